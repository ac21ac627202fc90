//! Whole-store tests: durability order, damage, sweeping against uploads.

use crate::testing::{self, Counts};
use crate::*;
use kernel::{Error, clock::Timestamp};
use std::{
    fs,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

fn options() -> Options {
    Options {
        reserve: 0,
        grace: Duration::ZERO,
        ..Options::default()
    }
}

fn open(dir: &Path) -> Blocks {
    Blocks::open(dir, options()).unwrap()
}

fn buf(data: &[u8]) -> Buf {
    let mut buf = Buf::new().unwrap();
    assert_eq!(buf.fill(data), data.len());
    buf
}

fn put(blocks: &Blocks, data: &[u8]) -> kernel::BlockHash {
    blocks.put_now(&blocks.lease(), &mut buf(data)).unwrap()
}

/// Far enough ahead that nothing counts as young.
fn later() -> Timestamp {
    Timestamp::from_second(9_000_000_000).unwrap()
}

fn sweep_all(blocks: &Blocks, refs: &dyn References, dry: bool) -> Swept {
    let mut total = Swept::default();
    let mut at = Cursor::default();
    loop {
        let step = blocks.sweep(refs, later(), &at, dry).unwrap();
        total.seen += step.seen;
        total.removed += step.removed;
        total.bytes += step.bytes;
        total.paused |= step.paused;
        match step.next {
            Some(next) if !step.paused => at = next,
            _ => return total,
        }
    }
}

fn files(dir: &Path) -> usize {
    let entries = fs::read_dir(dir).unwrap().map(|e| e.unwrap());
    entries
        .map(|e| match e.file_type().unwrap().is_dir() {
            true => files(&e.path()),
            false => 1,
        })
        .sum()
}

// PI-BLK-05 PI-BLK-06 PI-BLK-07: the vectors through the store, both ways of writing.
#[tokio::test]
async fn written_blocks_lie_where_they_should_and_read_back() {
    for direct in [true, false] {
        let dir = tempfile::tempdir().unwrap();
        let options = Options {
            direct,
            ..options()
        };
        let blocks = Blocks::open(dir.path(), options).unwrap();
        for vector in testing::vectors() {
            let mut writer = Writer::new(&blocks, u64::MAX);
            for piece in vector.data.chunks(1_000_003) {
                writer.push(piece).await.unwrap();
            }
            let written = writer.finish().await.unwrap();
            assert_eq!(written.list.to_map(), vector.hashes, "{}", vector.id);
            assert_eq!(written.list.top_hash(), vector.top_hash);
            assert_eq!(hex::encode(written.md5), vector.md5, "{}", vector.id);
            for (n, piece) in vector.data.chunks(BLOCK_SIZE).enumerate() {
                let hash = written.list.blocks()[n];
                let read = blocks.get(hash, written.list.len_of(n)).await.unwrap();
                assert_eq!(&*read, piece, "{}", vector.id);
                let name = hash.to_string();
                let path = format!("{}/{}/{}/{name}", &name[..2], &name[2..4], &name[4..6]);
                match hash == EMPTY {
                    true => assert!(!dir.path().join(path).exists()),
                    false => assert_eq!(
                        fs::read(dir.path().join(path)).unwrap(),
                        stripped(piece),
                        "{}",
                        vector.id
                    ),
                }
            }
        }
        assert_eq!(fs::read_dir(dir.path().join("tmp")).unwrap().count(), 0);
    }
}

// PI-BLK-05: stored with zeros at the end, or in the second generation's place.
#[test]
fn blocks_of_the_original_are_read() {
    let dir = tempfile::tempdir().unwrap();
    let blocks = open(dir.path());
    let hash = hash_block(b"old");
    let name = hash.to_string();
    let digits = hash_block(name.as_bytes()).to_string();
    let place = dir.path().join(format!(
        "{}/{}/{}",
        &digits[..2],
        &digits[2..4],
        &digits[4..6]
    ));
    fs::create_dir_all(&place).unwrap();
    fs::write(place.join(&name), b"old\0\0\0\0").unwrap();
    assert_eq!(&*blocks.get_now(&hash, 4).unwrap(), b"old\0");
    assert_eq!(&*blocks.get_now(&hash, 2).unwrap(), b"ol");
    assert_eq!(put(&blocks, b"old"), hash);
    assert_eq!(files(dir.path()), 1);
}

// PI-BLK-11: an error, never wrong bytes; an upload mends.
#[test]
fn torn_and_missing_files_are_found_and_mended() {
    let data = b"some content of a block";
    type Harm = (&'static str, fn(&Path));
    let damage: [Harm; 5] = [
        ("gone", |path| fs::remove_file(path).unwrap()),
        ("cut", |path| fs::write(path, b"some con").unwrap()),
        ("nothing", |path| fs::write(path, b"").unwrap()),
        ("changed", |path| {
            fs::write(path, b"some content of a clock").unwrap()
        }),
        ("long", |path| {
            fs::write(path, vec![1; BLOCK_SIZE + 1]).unwrap()
        }),
    ];
    for (what, harm) in damage {
        let dir = tempfile::tempdir().unwrap();
        let blocks = open(dir.path());
        let (hash, good) = (put(&blocks, data), put(&blocks, b"good"));
        let refs = Counts::default();
        refs.add(hash, 1);
        refs.add(good, 2);
        assert_eq!(blocks.verify(&refs, true).count(), 0);
        harm(&blocks.path_of(&hash));
        let error = blocks.get_now(&hash, data.len()).unwrap_err();
        assert!(matches!(error, Error::Broken(_)), "{what}: {error:?}");
        let found: Vec<_> = blocks.verify(&refs, true).map(Result::unwrap).collect();
        let trouble = match what {
            "gone" => Trouble::Missing,
            _ => Trouble::Damaged,
        };
        assert_eq!(found, [Finding { hash, trouble }], "{what}");
        let plain = blocks.verify(&refs, false).count();
        assert_eq!(plain, usize::from(!matches!(what, "cut" | "changed")));

        assert_eq!(put(&blocks, data), hash);
        assert_eq!(&*blocks.get_now(&hash, data.len()).unwrap(), data, "{what}");
        assert_eq!(blocks.verify(&refs, true).count(), 0, "{what}");
    }
}

// PI-BLK-07: a crash leaves files without a name; they go at the next start.
#[test]
fn half_written_files_are_cleared_at_the_start() {
    let dir = tempfile::tempdir().unwrap();
    let hash = put(&open(dir.path()), b"kept");
    for n in 0..5 {
        fs::write(dir.path().join(format!("tmp/new-{n}")), vec![1; n]).unwrap();
    }
    let blocks = open(dir.path());
    assert_eq!(files(dir.path()), 1);
    assert_eq!(&*blocks.get_now(&hash, 4).unwrap(), b"kept");
}

// PI-WRT-08: hashes an upload names are reported once and in order when missing.
#[tokio::test]
async fn relied_on_blocks_are_kept_or_reported() {
    let dir = tempfile::tempdir().unwrap();
    let blocks = open(dir.path());
    let there = put(&blocks, b"there");
    let (gone, gone_too) = (hash_block(b"gone"), hash_block(b"gone too"));
    let lease = blocks.lease();
    let asked = vec![gone_too, there, EMPTY, gone, gone_too];
    let absent = blocks.rely(&lease, asked).await.unwrap();
    assert_eq!(absent, [gone_too, gone]);
    let refs = Counts::default();
    assert_eq!(sweep_all(&blocks, &refs, false).removed, 0);
    drop(lease);
    assert_eq!(sweep_all(&blocks, &refs, true).removed, 1);
    assert_eq!(sweep_all(&blocks, &refs, false).removed, 1);
    assert!(!blocks.exists_now(&there).unwrap());
    assert_eq!(files(dir.path()), 0);
}

// PI-GC-02: age, count, lease and pin each keep a block.
#[test]
fn the_sweep_spares_what_is_in_use() {
    let dir = tempfile::tempdir().unwrap();
    let blocks = open(dir.path());
    let refs = Counts::default();
    let counted = put(&blocks, b"counted");
    refs.add(counted, 1);
    let lease = blocks.lease();
    let leased = blocks.put_now(&lease, &mut buf(b"leased")).unwrap();
    let orphan = put(&blocks, b"orphan");
    let foreign = dir.path().join("aa/bb");
    fs::create_dir_all(&foreign).unwrap();
    fs::write(foreign.join("README"), b"not ours").unwrap();

    let pin = blocks.pin();
    assert!(sweep_all(&blocks, &refs, false).paused);
    assert!(blocks.exists_now(&orphan).unwrap());
    drop(pin);
    let swept = sweep_all(&blocks, &refs, false);
    assert_eq!((swept.seen, swept.removed, swept.bytes), (3, 1, 6));
    assert!(!blocks.exists_now(&orphan).unwrap());
    assert!(blocks.exists_now(&counted).unwrap() && blocks.exists_now(&leased).unwrap());
    assert!(foreign.join("README").exists());

    drop(lease);
    refs.add(counted, -1);
    let patient = Blocks::open(
        dir.path(),
        Options {
            grace: Duration::from_secs(100_000_000_000),
            ..options()
        },
    )
    .unwrap();
    assert_eq!(sweep_all(&patient, &refs, false).removed, 0);
    refs.1.store(9_000_000_001, Ordering::Relaxed);
    assert_eq!(sweep_all(&blocks, &refs, false).removed, 0);
    refs.1.store(9_000_000_000, Ordering::Relaxed);
    assert_eq!(sweep_all(&blocks, &refs, false).removed, 2);
}

// PI-GC-02: an upload of a dying block wins, whatever the order.
#[test]
fn uploads_and_the_sweep_race_without_loss() {
    let dir = tempfile::tempdir().unwrap();
    let blocks = open(dir.path());
    let refs = Arc::new(Counts::default());
    let stop = Arc::new(AtomicBool::new(false));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                sweep_all(&blocks, &*refs, false);
            }
        });
        let uploads: Vec<_> = (0..3u8)
            .map(|who| {
                let (blocks, refs) = (&blocks, &refs);
                scope.spawn(move || {
                    for round in 0..150u32 {
                        let data = [1 + (round as u8 + who) % 4; 40];
                        let lease = blocks.lease();
                        let hash = blocks.put_now(&lease, &mut buf(&data)).unwrap();
                        refs.add(hash, 1);
                        drop(lease);
                        assert_eq!(&*blocks.get_now(&hash, 40).unwrap(), data);
                        refs.add(hash, -1);
                    }
                })
            })
            .collect();
        for upload in uploads {
            upload.join().unwrap();
        }
        stop.store(true, Ordering::Relaxed);
    });
    sweep_all(&blocks, &*refs, false);
    assert_eq!(files(dir.path()), 0);
}

// Decision 27: nearly full refuses new blocks; reading and known blocks go on.
#[test]
fn a_nearly_full_disk_refuses_new_blocks_only() {
    let dir = tempfile::tempdir().unwrap();
    let known = put(&open(dir.path()), b"known");
    let full = Options {
        reserve: u64::MAX / 2,
        ..options()
    };
    let blocks = Blocks::open(dir.path(), full).unwrap();
    let refused = blocks.put_now(&blocks.lease(), &mut buf(b"new"));
    assert!(matches!(refused, Err(Error::StorageFull { .. })));
    assert_eq!(put(&blocks, b"known"), known);
    assert_eq!(put(&blocks, b"\0\0"), EMPTY);
    assert_eq!(&*blocks.get_now(&known, 5).unwrap(), b"known");
}

// PI-WRT-03
#[tokio::test]
async fn too_much_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let blocks = open(dir.path());
    let mut writer = Writer::new(&blocks, 5);
    writer.push(b"12345").await.unwrap();
    assert!(matches!(
        writer.push(b"6").await,
        Err(Error::Invalid { .. })
    ));
}
