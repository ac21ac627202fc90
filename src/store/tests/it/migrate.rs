//! Files of older releases: rows are upgraded as they are written, structures by
//! migrations, whatever release the file comes from and wherever a crash strikes.

use crate::disk::Disk;
use kernel::{Error, Result};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use serde::{Deserialize, Serialize};
use std::path::Path;
use store::{Begun, IndexSet, Migration, Options, Reads, Row, SLICE, Schema, Step, Store, WriteTx};

/// The first version of the row, as release 0.1.0 wrote it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Guest1 {
    id: u64,
    name: String,
}

impl Row for Guest1 {
    type Key = u64;
    const TABLE: &'static str = "test.guest";
    fn key(&self) -> u64 {
        self.id
    }
    fn indexes(&self, ix: &mut IndexSet) {
        ix.add("by_initial", self.name.chars().next().map(String::from));
    }
}

/// Today's: the name in two parts, another index.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Guest {
    id: u64,
    first: String,
    last: String,
}

impl Row for Guest {
    type Key = u64;
    const TABLE: &'static str = "test.guest";
    const VERSION: u8 = 2;
    fn key(&self) -> u64 {
        self.id
    }
    fn indexes(&self, ix: &mut IndexSet) {
        ix.unique("by_name", (&self.last, &self.first));
    }
    fn upgrade(version: u8, bytes: &[u8]) -> Result<Self> {
        match version {
            1 => store::decode::<Guest1>(bytes).map(Guest::from),
            other => Err(Error::broken(format!("guest version {other}"))),
        }
    }
}

impl From<Guest1> for Guest {
    fn from(old: Guest1) -> Self {
        let (first, last) = old.name.split_once(' ').unwrap_or((&old.name, ""));
        Guest {
            id: old.id,
            first: first.into(),
            last: last.into(),
        }
    }
}

fn guest(id: u64) -> Guest {
    Guest1 {
        id,
        name: format!("F{id} L{id}"),
    }
    .into()
}

const FIRST: Schema = Schema {
    release: "0.1.0",
    migrations: &[],
};

const NAMES: Migration = Migration {
    number: 1,
    name: "names in two parts",
    step: |tx, cursor| tx.rewrite::<Guest>(cursor, SLICE),
};

/// Counts in slices of one, so that half done and done twice would show.
const COUNT: Migration = Migration {
    number: 2,
    name: "count guests",
    step: count,
};

fn count(tx: &WriteTx, cursor: Option<Vec<u8>>) -> Result<Step> {
    let after = cursor.map(|bytes| u64::from_be_bytes(bytes.try_into().unwrap_or_default()));
    let Some(next) = tx.scan::<Guest>(after.as_ref(), 1)?.pop() else {
        return Ok(Step::Done);
    };
    tx.add("guests", &0u8, 1)?;
    Ok(Step::More(next.id.to_be_bytes().to_vec()))
}

const SECOND: Schema = Schema {
    release: "0.2.0",
    migrations: &[NAMES],
};

const THIRD: Schema = Schema {
    release: "0.3.0",
    migrations: &[NAMES, COUNT],
};

fn roomy() -> Options {
    Options {
        min_free: 0,
        ..Options::default()
    }
}

fn fill(store: &Store, guests: u64) {
    let fill = move |tx: &WriteTx| {
        for id in 1..=guests {
            tx.insert(&Guest1 {
                id,
                name: format!("F{id} L{id}"),
            })?;
        }
        Ok(())
    };
    store.write_blocking(fill).unwrap();
}

fn first_release(file: &Path, guests: u64) {
    let (store, made) = Store::open_with(file, roomy(), &FIRST).unwrap();
    assert_eq!(made.from, None);
    fill(&store, guests);
    store.close();
}

fn all_new(store: &Store, guests: u64, counted: u64) {
    let look = |tx: &store::ReadTx| {
        assert_eq!(tx.verify_table::<Guest>()?, []);
        assert_eq!(tx.verify_file()?, []);
        assert_eq!(
            tx.scan::<Guest>(None, 10_000)?,
            (1..=guests).map(guest).collect::<Vec<_>>()
        );
        assert_eq!(tx.count("guests", &0u8)?, counted);
        let by_name = tx.find_one::<Guest>("by_name", &("L3", "F3"))?;
        assert_eq!(by_name, Some(guest(3)));
        Ok(())
    };
    store.read_now(look).unwrap();
}

// ID-UPG-02
#[test]
fn a_file_of_any_older_release_goes_through_all_it_missed() {
    let guests = SLICE as u64 * 2 + 7;
    let dir = tempfile::tempdir().unwrap();
    for skip in [false, true] {
        let file = dir.path().join(format!("{skip}.redb"));
        first_release(&file, guests);
        if !skip {
            let (store, done) = Store::open_with(&file, roomy(), &SECOND).unwrap();
            assert_eq!(done.applied, [(1, NAMES.name)]);
            all_new(&store, guests, 0);
        }
        let (store, done) = Store::open_with(&file, roomy(), &THIRD).unwrap();
        assert_eq!(done.applied.len(), if skip { 2 } else { 1 });
        all_new(&store, guests, guests);
        assert_eq!(store.about().unwrap().schema, 2);
        assert_eq!(store.about().unwrap().release, "0.3.0");
        store.close();
        // The copy is the file as it was, and opens with the release it came from.
        let copy = done.copy.unwrap();
        let before = if skip { &FIRST } else { &SECOND };
        let (old, again) = Store::open_with(&copy, roomy(), before).unwrap();
        assert_eq!(again.applied, []);
        let rows = old.read_now(|tx| tx.scan::<Guest>(None, 10_000)).unwrap();
        assert_eq!(rows.len() as u64, guests);
        drop(old);
        // And nothing is left to do.
        let (_, done) = Store::open_with(&file, roomy(), &THIRD).unwrap();
        assert_eq!((done.applied, done.copy), (vec![], None));
    }
}

#[test]
fn a_file_from_before_there_was_a_record_is_migrated_too() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("s.redb");
    let store = Store::open(&file, roomy()).unwrap();
    fill(&store, 5);
    store.close();
    let (store, done) = Store::open_with(&file, roomy(), &THIRD).unwrap();
    assert_eq!(done.applied.len(), 2);
    all_new(&store, 5, 5);
}

// ID-UPG-02: untouched, to the byte
#[test]
fn a_newer_file_is_refused_naming_both_versions() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("s.redb");
    first_release(&file, 3);
    drop(Store::open_with(&file, roomy(), &THIRD).unwrap());
    let before = std::fs::read(&file).unwrap();
    let refused = Store::open_with(&file, roomy(), &SECOND).map(drop);
    let message = refused.unwrap_err().to_string();
    assert!(
        message.contains("0.3.0") && message.contains("0.2.0"),
        "{message}"
    );
    assert!(std::fs::read(&file).unwrap() == before, "it was written to");
    assert_eq!(Store::peek(&file).unwrap().release, "0.3.0");
    let (store, _) = Store::open_with(&file, roomy(), &THIRD).unwrap();
    all_new(&store, 3, 3);
}

// ID-UPG-02: `--check`
#[test]
fn a_rehearsal_tells_what_would_happen_and_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("s.redb");
    first_release(&file, 12);
    let before = std::fs::read(&file).unwrap();
    let look = |store: &Store| {
        all_new(store, 12, 12);
        Ok(())
    };
    let tried = Store::rehearse(&file, &roomy(), &THIRD, look).unwrap();
    assert_eq!(tried.applied, [(1, NAMES.name), (2, COUNT.name)]);
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    assert!(std::fs::read(&file).unwrap() == before, "it was written to");
    let (store, done) = Store::open_with(&file, roomy(), &FIRST).unwrap();
    assert_eq!(done.applied, []);
    assert_eq!(store.about().unwrap().schema, 0);
    let rows = store.read_now(|tx| tx.scan::<Guest1>(None, 100)).unwrap();
    assert_eq!(rows.len(), 12);
}

#[test]
fn a_failing_migration_says_which_and_goes_on_where_it_was() {
    const TWICE: Schema = Schema {
        release: "0.3.0",
        migrations: &[
            NAMES,
            Migration {
                number: 2,
                name: "stumbles",
                step: stumble,
            },
        ],
    };
    fn stumble(tx: &WriteTx, cursor: Option<Vec<u8>>) -> Result<Step> {
        match cursor.as_deref() {
            Some(key) if key == 3u64.to_be_bytes() => Err(Error::invalid("guest 4 is odd")),
            _ => count(tx, cursor),
        }
    }
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("s.redb");
    first_release(&file, 6);
    let failed = Store::open_with(&file, roomy(), &TWICE)
        .map(drop)
        .unwrap_err();
    let message = failed.chain();
    assert!(
        message.contains("2 (stumbles)") && message.contains("guest 4"),
        "{message}"
    );
    // An older binary may not take it half done either.
    assert!(Store::open_with(&file, roomy(), &FIRST).is_err());
    let (store, done) = Store::open_with(&file, roomy(), &THIRD).unwrap();
    let begun = done.from.unwrap().begun.unwrap();
    assert_eq!(
        (begun.number, begun.cursor),
        (2, Some(3u64.to_be_bytes().to_vec()))
    );
    assert_eq!(done.applied.len(), 1);
    all_new(&store, 6, 6);
}

/// The power goes at every possible moment of an upgrade.
// ID-UPG-02: resumable after a kill at any moment
#[test]
fn power_cuts_cost_a_slice_at_most() {
    let disk = Disk::new(Vec::new(), None);
    let (store, _) = Store::open_backend_with(disk.clone(), &FIRST).unwrap();
    fill(&store, 20);
    store.close();
    let mut rng = StdRng::seed_from_u64(7);
    let old = disk.cut(&mut rng);
    let mut resumed = 0;
    for _ in 0..12 {
        let mut image = old.clone();
        loop {
            let disk = Disk::new(image, Some(rng.random_range(1..60)));
            let opened = Store::open_backend_with(disk.clone(), &THIRD);
            image = disk.cut(&mut rng);
            if let Ok((store, done)) = opened {
                drop(store);
                let begun = done.from.and_then(|about| about.begun);
                resumed += u32::from(matches!(begun, Some(Begun { number: 2, .. })));
                break;
            }
        }
        let (store, done) = Store::open_backend_with(Disk::new(image, None), &THIRD).unwrap();
        assert_eq!(done.applied, []);
        all_new(&store, 20, 20);
    }
    assert!(resumed > 0, "no cut struck within a migration");
}

// ID-UPG-05: what was written since
#[test]
fn differences_are_told_table_by_table() {
    let dir = tempfile::tempdir().unwrap();
    let (old, new) = (dir.path().join("old"), dir.path().join("new"));
    for (file, guests) in [(&old, 4), (&new, 6)] {
        let store = Store::open(file, roomy()).unwrap();
        fill(&store, guests);
        store.close();
    }
    let open = |file| Store::open(file, roomy()).unwrap();
    let (old, new) = (open(&old), open(&new));
    assert_eq!(Store::differences(&old, &old).unwrap(), []);
    let there = Store::differences(&old, &new).unwrap();
    assert_eq!(there.len(), 1, "{there:?}");
    assert_eq!(
        (there[0].added, there[0].changed, there[0].removed),
        (2, 0, 0)
    );
    let back = Store::differences(&new, &old).unwrap();
    assert_eq!((back[0].added, back[0].removed), (0, 2));
}
