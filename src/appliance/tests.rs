//! Backups of a busy data directory, restorations and everything that must not be
//! restored.

use super::*;
use blocks::{Blocks, Buf, FREED, REFS};
use kernel::{BlockHash, Error, clock::Timestamp, settings::Settings};
use serde::{Deserialize, Serialize};
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
};
use store::{Inconsistency, Migration, Options, ReadTx, Reads, Row, Schema, Store};

/// A file: some blocks under a name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Item {
    name: String,
    blocks: Vec<[u8; 32]>,
}

impl Row for Item {
    type Key = String;
    const TABLE: &'static str = "test.item";
    fn key(&self) -> String {
        self.name.clone()
    }
}

const SCHEMA: Schema = Schema {
    release: "0.1.0",
    migrations: &[Migration::mark(1, "first")],
};

struct World {
    dir: tempfile::TempDir,
    source: Source,
}

fn options() -> Options {
    Options {
        min_free: 0,
        ..Options::default()
    }
}

fn block_options() -> blocks::Options {
    blocks::Options {
        reserve: 0,
        grace: std::time::Duration::ZERO,
        ..blocks::Options::default()
    }
}

fn open(root: &Path) -> (Store, Blocks) {
    let (store, _) = Store::open_with(&root.join(layout::DATABASE), options(), &SCHEMA).unwrap();
    let blocks = Blocks::open(&root.join(layout::BLOCKS), block_options()).unwrap();
    (store, blocks)
}

fn world() -> World {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("data");
    fs::create_dir_all(root.join("mail/sub")).unwrap();
    key_file(&root.join("keys"), "seal.key", true).unwrap();
    certificate(
        &Settings::default(),
        &root.join("tls"),
        &["localhost".into()],
        now(),
    )
    .unwrap();
    fs::write(root.join("mail/1.eml"), "To: a@example.org\n").unwrap();
    fs::write(root.join("mail/sub/2.eml"), "").unwrap();
    let (store, blocks) = open(&root);
    let source = Source {
        store,
        blocks,
        root,
        release: "0.1.0".into(),
    };
    World { dir, source }
}

fn now() -> Timestamp {
    "2026-03-01T10:00:00Z".parse().unwrap()
}

impl World {
    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn backup(&self, name: &str) -> kernel::Result<(PathBuf, Contents)> {
        let target = self.path(name);
        backup(&self.source, &target, now(), &mut |_| ()).map(|done| (target, done))
    }
}

/// Stores content of `pieces` blocks under a name.
fn put(source: &Source, name: &str, pieces: &[Vec<u8>]) -> Vec<BlockHash> {
    let lease = source.blocks.lease();
    let hashes: Vec<_> = pieces
        .iter()
        .map(|piece| {
            let mut buf = Buf::new().unwrap();
            buf.fill(piece);
            source.blocks.put_now(&lease, &mut buf).unwrap()
        })
        .collect();
    let (name, referred) = (name.to_owned(), hashes.clone());
    source
        .store
        .write_blocking(move |tx| {
            let row = Item {
                name: name.clone(),
                blocks: referred.iter().map(|hash| hash.0).collect(),
            };
            tx.put(&row)?;
            for hash in &referred {
                tx.add(REFS, hash, 1)?;
            }
            Ok(())
        })
        .unwrap();
    hashes
}

fn remove(source: &Source, name: &str) {
    let name = name.to_owned();
    source
        .store
        .write_blocking(move |tx| {
            let row = tx.remove::<Item>(&name)?.unwrap();
            for hash in row.blocks {
                let hash = kernel::Digest(hash);
                if tx.add(REFS, &hash, -1)? == 0 && tx.count(FREED, &hash)? == 0 {
                    tx.add(FREED, &hash, 1)?;
                }
            }
            Ok(())
        })
        .unwrap();
}

/// Every item reads back as what its name says.
fn intact(store: &Store, blocks: &Blocks) -> u64 {
    let items = store.read_now(|tx| tx.scan::<Item>(None, 10_000)).unwrap();
    for item in &items {
        for (n, hash) in item.blocks.iter().enumerate() {
            let want = content(&item.name, n);
            let block = blocks.get_now(&kernel::Digest(*hash), want.len()).unwrap();
            assert!(*block == want, "{} {n}", item.name);
        }
    }
    items.len() as u64
}

fn content(name: &str, n: usize) -> Vec<u8> {
    format!("{name} {n} ").repeat(n * 1000 + 1).into_bytes()
}

fn fill(source: &Source, names: std::ops::Range<u32>) {
    for n in names {
        let name = format!("item {n}");
        let pieces: Vec<_> = (0..n as usize % 3).map(|i| content(&name, i)).collect();
        put(source, &name, &pieces);
    }
}

fn fails(done: kernel::Result<Contents>, with: &str) {
    let message = done.unwrap_err().chain();
    assert!(message.contains(with), "{message}");
}

#[test]
fn a_backup_is_restored_elsewhere_with_everything() {
    let world = world();
    fill(&world.source, 0..40);
    put(&world.source, "zeros", &[vec![0; 5000]]);
    for name in ["b.tar", "b"] {
        let (target, made) = world.backup(name).unwrap();
        assert_eq!(made.files, 5, "seal.key, key and certificate, two mails");
        let mode = target.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, if name == "b" { 0o700 } else { 0o600 });

        let root = world.path(&format!("{name}-restored"));
        let back = restore(&target, &root, &SCHEMA, &mut |_| ()).unwrap();
        assert_eq!(back, made);
        check_complete(&root).unwrap();
        for file in [
            "keys/seal.key",
            "tls/key.pem",
            "tls/cert.pem",
            "mail/sub/2.eml",
        ] {
            let (old, new) = (world.source.root.join(file), root.join(file));
            assert_eq!(fs::read(old).unwrap(), fs::read(&new).unwrap());
            assert_eq!(new.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
        let mode = root.join("keys").metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        let (store, blocks) = open(&root);
        assert_eq!(store.about().unwrap().schema, 1);
        let found = verify(&store, &blocks, &[], true, &mut |_| ()).unwrap();
        assert_eq!((found.problems, found.exit_code()), (0, 0));
        store
            .write_blocking(|tx| tx.remove::<Item>(&"zeros".to_owned()).map(drop))
            .unwrap();
        assert_eq!(intact(&store, &blocks), 40);
    }
    let left: Vec<_> = fs::read_dir(world.dir.path()).unwrap().collect();
    assert_eq!(left.len(), 5, "nothing of the making is left: {left:?}");
}

/// Items come and go, the sweep runs, and every backup is one whole moment.
#[test]
fn a_backup_of_a_busy_service_is_one_moment() {
    let world = world();
    fill(&world.source, 0..30);
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let source = &world.source;
        scope.spawn(|| {
            let mut n = 30;
            while !stop.load(Ordering::Relaxed) {
                fill(source, n..n + 1);
                remove(source, &format!("item {}", n - 30));
                n += 1;
            }
        });
        scope.spawn(|| {
            let refs = Counts(&source.store);
            let future = "2100-01-01T00:00:00Z".parse().unwrap();
            while !stop.load(Ordering::Relaxed) {
                let mut at = blocks::Cursor::default();
                while let Ok(step) = source.blocks.sweep(&refs, future, &at, false) {
                    match step.next {
                        Some(next) if !step.paused => at = next,
                        _ => break,
                    }
                }
            }
        });
        for n in 0..4 {
            let (target, _) = world.backup(&format!("{n}.tar")).unwrap();
            let root = world.path(&format!("root{n}"));
            restore(&target, &root, &SCHEMA, &mut |_| ()).unwrap();
            let (store, blocks) = open(&root);
            let items = intact(&store, &blocks);
            assert!((30..=31).contains(&items), "{items}");
        }
        stop.store(true, Ordering::Relaxed);
    });
}

struct Counts<'a>(&'a Store);

impl blocks::References for Counts<'_> {
    fn count(&self, hash: &BlockHash) -> kernel::Result<u64> {
        self.0.read_now(|tx| tx.count(REFS, hash))
    }
    fn freed(&self, _: &BlockHash) -> kernel::Result<u64> {
        Ok(0)
    }
    fn page(&self, after: Option<&BlockHash>, limit: usize) -> kernel::Result<Vec<BlockHash>> {
        self.0.read_now(|tx| manifest::referenced(tx, after, limit))
    }
}

#[test]
fn nothing_is_overwritten() {
    let world = world();
    fill(&world.source, 0..3);
    let (target, _) = world.backup("b.tar").unwrap();
    fails(world.backup("b.tar").map(|b| b.1), "is there already");
    fails(world.backup("b.tar.gz").map(|b| b.1), "ends in .tar");
    fs::create_dir(world.path("full")).unwrap();
    fs::write(world.path("full/file"), "mine").unwrap();
    fails(world.backup("full").map(|b| b.1), "is there already");
    fs::create_dir(world.path("empty")).unwrap();
    world.backup("empty").unwrap();
    let again = restore(&target, &world.source.root, &SCHEMA, &mut |_| ());
    fails(again, "is not empty");
    assert_eq!(intact(&world.source.store, &world.source.blocks), 3);
    // The skeleton that a first start makes is empty; so is a mount point.
    let root = world.path("skeleton");
    for dir in ["blocks/tmp", "keys", "run", "lost+found"] {
        fs::create_dir_all(root.join(dir)).unwrap();
    }
    fs::write(root.join("run/admin.sock"), "").unwrap();
    restore(&target, &root, &SCHEMA, &mut |_| ()).unwrap();
}

/// Cut short or changed anywhere, an archive is refused and leaves nothing.
#[test]
fn a_damaged_archive_is_refused() {
    let world = world();
    fill(&world.source, 0..12);
    let (target, _) = world.backup("b.tar").unwrap();
    let good = fs::read(&target).unwrap();
    let root = world.path("root");
    let refused = |bytes: &[u8], what: &str| {
        let bad = world.path("bad.tar");
        fs::write(&bad, bytes).unwrap();
        let done = restore(&bad, &root, &SCHEMA, &mut |_| ());
        assert!(done.is_err(), "{what}");
        assert!(!layout::holds_files(&root).unwrap(), "{what}");
    };
    for part in 0..20 {
        refused(&good[..good.len() * part / 20], "cut");
    }
    refused(&good[..good.len() - 2048], "without its end");
    // A bit of a block: blocks lie between the mails and the database.
    let at = good.windows(5).position(|w| w == b"item ").unwrap();
    let mut bad = good.clone();
    bad[at] ^= 1;
    refused(&bad, "a changed block");
    // Bits of a key, a mail and the database, here of a row.
    let key = fs::read(world.source.root.join("keys/seal.key")).unwrap();
    for part in [&key[..], b"example.org", b"test.item"] {
        let at = good.windows(part.len()).position(|w| w == part).unwrap();
        let mut bad = good.clone();
        bad[at + 3] ^= 1;
        refused(&bad, "a changed file");
    }
    refused(b"no archive at all", "nonsense");
    restore(&target, &root, &SCHEMA, &mut |_| ()).unwrap();
}

#[test]
fn foreign_names_and_newer_backups_are_refused() {
    let world = world();
    fill(&world.source, 0..4);
    let root = world.path("root");
    let (target, _) = world.backup("b").unwrap();
    let older = Schema {
        release: "0.0.9",
        migrations: &[],
    };
    let newer = restore(&target, &root, &older, &mut |_| ());
    let message = newer.unwrap_err().to_string();
    assert!(
        message.contains("0.1.0") && message.contains("0.0.9"),
        "{message}"
    );
    fs::write(target.join("keys/../evil"), "x").unwrap();
    let done = restore(&target, &root, &SCHEMA, &mut |_| ());
    fails(done, "unknown name");
    fs::remove_file(target.join("evil")).unwrap();
    for name in [
        "../x",
        "/etc/x",
        "keys/../../x",
        "keys",
        "synnefo.redb/x",
        "run/x",
    ] {
        let file = world.path("evil.tar");
        let mut tar = tar::Builder::new(fs::File::create(&file).unwrap());
        let manifest = fs::read(target.join("MANIFEST.json")).unwrap();
        let mut add = |name: &str, data: &[u8]| {
            let mut header = tar::Header::new_gnu();
            header.set_size(data.len() as u64);
            let raw = &mut header.as_old_mut().name;
            raw[..name.len()].copy_from_slice(name.as_bytes());
            header.set_cksum();
            tar.append(&header, data).unwrap();
        };
        add("MANIFEST.json", &manifest);
        add(name, b"x");
        tar.finish().unwrap();
        fails(restore(&file, &root, &SCHEMA, &mut |_| ()), "unknown name");
    }
    assert!(!world.path("x").exists());
}

#[test]
fn an_interrupted_restoration_is_noticed_and_begun_again() {
    let world = world();
    fill(&world.source, 0..5);
    let (target, _) = world.backup("b").unwrap();
    let root = world.path("root");
    fs::create_dir_all(root.join("keys")).unwrap();
    fs::write(root.join("keys/seal.key"), "half").unwrap();
    fs::write(root.join(layout::RESTORING), "").unwrap();
    assert!(matches!(
        check_complete(&root),
        Err(Error::Unavailable { .. })
    ));
    restore(&target, &root, &SCHEMA, &mut |_| ()).unwrap();
    check_complete(&root).unwrap();
    let (store, blocks) = open(&root);
    assert_eq!(intact(&store, &blocks), 5);
}

/// PI-BLK-11: what cannot be read is told, and everything else is saved.
#[test]
fn unreadable_blocks_are_told_and_left_out() {
    let world = world();
    fill(&world.source, 0..9);
    let gone = put(&world.source, "gone", &[b"gone".to_vec()])[0];
    let torn = put(&world.source, "torn", &[b"torn to pieces".to_vec()])[0];
    let hollow = put(&world.source, "hollow", &[b"hollow".to_vec()])[0];
    let path = |hash| world.source.blocks.path_of(&hash);
    fs::remove_file(path(gone)).unwrap();
    fs::write(path(torn), b"torn to pie").unwrap();
    fs::write(path(hollow), b"").unwrap();

    let mut told = Vec::new();
    let mut tell = |note: Note<'_>| {
        if let Note::Problem(text) = note {
            told.push(text.to_owned());
        }
    };
    let check: Check = ("nothing", |_| {
        Ok(vec![Inconsistency::new("here", "is odd")])
    });
    let broken: Check = ("all", |_: &ReadTx| Err(Error::broken("cannot be checked")));
    let (store, blocks) = (&world.source.store, &world.source.blocks);
    let found = verify(store, blocks, &[check, broken], false, &mut tell).unwrap();
    assert_eq!((found.problems, found.exit_code()), (4, 1));
    let found = verify(store, blocks, &[], true, &mut tell).unwrap();
    assert_eq!(found.problems, 3);
    let all = told.join("\n");
    for text in [
        "here: is odd".to_owned(),
        "all: internal error: cannot be checked".to_owned(),
        format!("block {gone} is missing"),
        format!("block {torn} is damaged"),
        format!("block {hollow} is damaged"),
    ] {
        assert!(all.contains(&text), "{text} not in {all}");
    }

    let (target, made) = world.backup("b.tar").unwrap();
    assert_eq!(made.unreadable.len(), 3);
    let root = world.path("root");
    let mut problems = 0;
    let mut count = |note: Note<'_>| problems += u32::from(matches!(note, Note::Problem(_)));
    let back = restore(&target, &root, &SCHEMA, &mut count).unwrap();
    assert_eq!((back.unreadable.len(), problems), (3, 3));
}

#[test]
fn a_key_is_made_once_and_never_replaced() {
    let dir = tempfile::tempdir().unwrap();
    let keys = dir.path().join("keys");
    assert!(key_file(&keys, "seal.key", false).is_err());
    let key = key_file(&keys, "seal.key", true).unwrap();
    assert_eq!(key_file(&keys, "seal.key", false).unwrap(), key);
    assert_eq!(key_file(&keys, "seal.key", true).unwrap(), key);
    assert_ne!(key_file(&keys, "other.key", true).unwrap(), key);
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&keys), mode(&keys.join("seal.key"))), (0o700, 0o600));
    assert_eq!(fs::read_dir(&keys).unwrap().count(), 2);
    fs::write(keys.join("seal.key"), [7; 31]).unwrap();
    assert!(key_file(&keys, "seal.key", true).is_err());
}

#[test]
fn a_certificate_is_made_once_for_all_names() {
    let dir = tempfile::tempdir().unwrap();
    let tls = dir.path().join("tls");
    let names = [
        "cloud.example.org".to_owned(),
        "10.0.0.7".into(),
        "::1".into(),
    ];
    let settings = Settings::default();
    let made = certificate(&settings, &tls, &names, now()).unwrap();
    assert!(made.made);
    let (_, parsed) = x509_parser::parse_x509_certificate(&made.chain[0]).unwrap();
    let sans = parsed.subject_alternative_name().unwrap().unwrap();
    assert_eq!(sans.value.general_names.len(), 3);
    let days = (parsed.validity().not_after.timestamp() - now().as_second()) / 86_400;
    assert!((3600..3700).contains(&days), "{days}");
    assert!(parsed.validity().not_before.timestamp() < now().as_second());
    let mode = tls.join("key.pem").metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    let again = certificate(&settings, &tls, &["other".into()], now()).unwrap();
    assert!(!again.made);
    assert_eq!(again.chain, made.chain);
    assert_eq!(again.key, made.key);
    // Interrupted between the key and the certificate: the key stays.
    fs::remove_file(tls.join("cert.pem")).unwrap();
    let third = certificate(&settings, &tls, &names, now()).unwrap();
    assert!(third.made);
    assert_eq!(third.key, made.key);
    // A certificate without its key is somebody's, and stays.
    fs::remove_file(tls.join("key.pem")).unwrap();
    assert!(certificate(&settings, &tls, &names, now()).is_err());
    assert!(tls.join("cert.pem").exists() && !tls.join("key.pem").exists());
}

#[test]
fn the_administrators_certificate_comes_first() {
    use kernel::settings::Value;
    let dir = tempfile::tempdir().unwrap();
    let (tls, own) = (dir.path().join("tls"), dir.path().join("own"));
    let made = certificate(&Settings::default(), &own, &["a.example".into()], now()).unwrap();
    let text = |name: &str| Value::Str(own.join(name).to_str().unwrap().to_owned());
    let mut settings = Settings::default();
    settings.set("TLS_PRIVATE_KEY_FILE", text("key.pem"));
    let half = certificate(&settings, &tls, &[], now()).unwrap_err();
    assert!(half.to_string().contains("TLS_CERTIFICATE_FILE"));
    settings.set("TLS_CERTIFICATE_FILE", text("cert.pem"));
    let used = certificate(&settings, &tls, &[], now()).unwrap();
    assert_eq!((used.chain, used.made), (made.chain, false));
    assert!(!tls.exists());
    settings.set("TLS_CERTIFICATE_FILE", text("key.pem"));
    let wrong = certificate(&settings, &tls, &[], now()).unwrap_err();
    assert!(wrong.to_string().contains("no certificate"), "{wrong}");
    settings.set("TLS_CERTIFICATE_FILE", text("missing.pem"));
    let missing = certificate(&settings, &tls, &[], now()).unwrap_err();
    assert!(missing.to_string().contains("missing.pem"));
}
