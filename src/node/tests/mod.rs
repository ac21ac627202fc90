//! The scripts against a service that fails as told.

mod double;
mod tls;

use crate::{
    create::{create, verify},
    environment::Environment,
    failure::Failure,
    service::Pace,
    settings::NodeSettings,
    transfer,
};
use double::{Double, Fault, SECRET, Shape};
use proptest::prelude::*;
use std::{os::unix::fs::MetadataExt, path::Path, sync::Mutex, time::Duration};

/// Time that passes only by waiting for it.
#[derive(Default)]
struct FakePace(Mutex<Duration>);

impl Pace for FakePace {
    fn now(&self) -> Duration {
        *self.0.lock().unwrap()
    }

    fn pause(&self, time: Duration) {
        *self.0.lock().unwrap() += time;
    }
}

fn plain() -> NodeSettings {
    NodeSettings {
        ca_file: "/nonexistent/ca.pem".into(),
        plain_http: true,
    }
}

fn environment(url: &str, disk: &Path) -> Environment {
    Environment::of(&[
        ("OS_API_VERSION", "20"),
        ("INSTANCE_NAME", "snf-42"),
        ("DISK_COUNT", "1"),
        ("DISK_0_PATH", disk.to_str().unwrap()),
        ("OSP_CONFIG_URL", url),
    ])
}

/// A disk with this content, removed with the value.
fn disk(content: &[u8]) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), content).unwrap();
    file
}

fn deploy(server: &Double, disk: &Path, pace: &FakePace) -> Result<(), Failure> {
    create(&environment(&server.url(), disk), &plain(), pace)
}

/// Bytes with runs of zeros, like a disk's.
fn bytes(length: std::ops::Range<usize>) -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec((any::<u8>(), 1usize..400, any::<bool>()), 0..40).prop_flat_map(
        move |runs| {
            let data: Vec<u8> = runs
                .iter()
                .flat_map(|(byte, count, zero)| {
                    std::iter::repeat_n(if *zero { 0 } else { *byte }, *count)
                })
                .collect();
            length.clone().prop_map(move |length| {
                let mut data = data.clone();
                data.resize(length, 0);
                data
            })
        },
    )
}

fn fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        Just(Fault::Drop),
        Just(Fault::Cut),
        Just(Fault::Flip),
        Just(Fault::Short),
        Just(Fault::Long),
        Just(Fault::Garbage),
        prop::sample::select(vec![500, 502, 503, 504]).prop_map(Fault::Status),
        // Ends the build, so it must be rare for others to be seen.
        prop_oneof![9 => Just(Fault::Drop), 1 => Just(Fault::Status(404))],
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    // CY-NOD-04: whatever happens on the way, the disk gets the image's bytes or
    // the script fails; a block is the image's or as it was, nothing in between
    #[test]
    fn faults_end_with_the_exact_bytes_or_an_error(
        image in bytes(0..6000),
        old in bytes(0..6000),
        extra in 0usize..700,
        block_size in 1u64..1500,
        page in 1u64..9,
        faults in prop::collection::vec(prop::option::weighted(0.4, fault()), 0..40),
    ) {
        let mut old = old;
        old.resize(image.len() + extra, 7);
        let target = disk(&old);
        let server = Double::serve(Shape::of(&image, block_size, page), &faults);
        let result = deploy(&server, target.path(), &FakePace::default());
        let now = std::fs::read(target.path()).unwrap();
        prop_assert_eq!(now.len(), old.len());
        prop_assert_eq!(&now[image.len()..], &old[image.len()..]);
        match result {
            Ok(()) => prop_assert_eq!(&now[..image.len()], &image[..]),
            Err(failure) => {
                prop_assert!(faults.iter().any(Option::is_some), "{failure}");
                prop_assert!(!failure.to_string().contains(SECRET), "{failure}");
                for (index, block) in now[..image.len()].chunks(block_size as usize).enumerate() {
                    let at = index * block_size as usize;
                    let range = at..at + block.len();
                    prop_assert!(block == &image[range.clone()] || block == &old[range]);
                }
            }
        }
    }
}

// CY-NOD-04: faults that pass are survived
#[test]
fn a_service_that_comes_back_is_waited_for() {
    let image: Vec<u8> = (0..5000u32).map(|n| (n % 251) as u8).collect();
    let away = [
        Fault::Status(503),
        Fault::Drop,
        Fault::Status(502),
        Fault::Cut,
        Fault::Garbage,
    ];
    let faults: Vec<_> = away.iter().copied().map(Some).cycle().take(60).collect();
    let target = disk(&vec![0; 6000]);
    let server = Double::serve(Shape::of(&image, 1000, 2), &faults);
    deploy(&server, target.path(), &FakePace::default()).unwrap();
    assert_eq!(std::fs::read(target.path()).unwrap()[..5000], image);
    let told = server.told();
    assert_eq!(told.last().unwrap()["type"], "image-copy-progress");
    assert_eq!(told.last().unwrap()["progress"], 100.0);
}

// README decision 22: ten minutes, and not a second less
#[test]
fn a_service_that_stays_away_ends_the_build_after_ten_minutes() {
    let pace = FakePace::default();
    let url = format!("http://127.0.0.1:1/{SECRET}"); // nobody listens on port 1
    let target = disk(b"untouched");
    let failure = create(&environment(&url, target.path()), &plain(), &pace).unwrap_err();
    assert!(!failure.to_string().contains(SECRET), "{failure}");
    assert!(
        matches!(failure, Failure::Away { minutes: 10, .. }),
        "{failure}"
    );
    assert!(pace.now() >= Duration::from_secs(600), "{:?}", pace.now());
    assert!(pace.now() < Duration::from_secs(620), "{:?}", pace.now());
    assert_eq!(std::fs::read(target.path()).unwrap(), b"untouched");
}

// CY-MSG-06: the reason reaches the user, the secret nobody
#[test]
fn a_damaged_block_fails_the_build_and_is_reported() {
    let mut faults = vec![Some(Fault::Status(503)), None, None];
    faults.extend([Some(Fault::Short); 40]);
    let server = Double::serve(Shape::of(&[1; 100], 100, 10), &faults);
    let target = disk(&[0; 100]);
    let failure = deploy(&server, target.path(), &FakePace::default()).unwrap_err();
    assert!(
        matches!(failure, Failure::Damaged { tries: 5, .. }),
        "{failure}"
    );
    let told = server.told();
    let last = told.last().unwrap();
    assert_eq!(last["type"], "image-error");
    assert_eq!(last["messages"][0], failure.to_string());
    assert!(!failure.to_string().contains(SECRET));
}

// CY-VMA-03: the secret dies with the build
#[test]
fn a_build_that_is_over_ends_at_once() {
    let pace = FakePace::default();
    let server = Double::serve(Shape::of(&[1; 100], 10, 10), &[Some(Fault::Status(404))]);
    let failure = deploy(&server, disk(&[0; 100]).path(), &pace).unwrap_err();
    assert!(matches!(failure, Failure::Over(_)), "{failure}");
    assert_eq!(pace.now(), Duration::ZERO);
}

// CY-NOD-04: sparse, and what is there already is not fetched again
#[test]
fn holes_stay_holes_and_a_second_run_fetches_nothing() {
    const BLOCK: usize = 256 << 10;
    let mut image = vec![0; 40 * BLOCK];
    image[3 * BLOCK..3 * BLOCK + 100].fill(9);
    image[39 * BLOCK..].fill(8);
    let target = tempfile::NamedTempFile::new().unwrap();
    target.as_file().set_len(100 << 20).unwrap();
    let server = Double::serve(Shape::of(&image, BLOCK as u64, 7), &[]);
    deploy(&server, target.path(), &FakePace::default()).unwrap();
    assert_eq!(std::fs::read(target.path()).unwrap()[..image.len()], image);
    let used = target.as_file().metadata().unwrap().blocks() * 512;
    assert!(used <= 1 << 20, "{used} bytes are allocated");
    let blocks = |gets: &[String]| gets.iter().filter(|path| path.contains("/blocks/")).count();
    assert_eq!(blocks(&server.gets()), 2);
    deploy(&server, target.path(), &FakePace::default()).unwrap();
    assert_eq!(blocks(&server.gets()), 2);
}

// CY-NOD-04: holes of the image hide what an earlier system left on the disk
#[test]
fn a_used_disk_reads_as_the_image() {
    let mut image = vec![0; 3000];
    image[1500] = 1;
    let target = disk(&vec![0xaa; 4000]);
    let server = Double::serve(Shape::of(&image, 1000, 10), &[]);
    deploy(&server, target.path(), &FakePace::default()).unwrap();
    let now = std::fs::read(target.path()).unwrap();
    assert_eq!(now[..3000], image);
    assert!(now[3000..].iter().all(|byte| *byte == 0xaa));
}

// CY-VMA-02: `null` means that nothing is copied
#[test]
fn a_disk_that_is_a_clone_is_left_alone() {
    let mut shape = Shape::of(&[1; 10], 10, 1);
    shape.document.img_id = "null".into();
    shape.document.blocks = None;
    let server = Double::serve(shape, &[]);
    let target = disk(b"clone");
    deploy(&server, target.path(), &FakePace::default()).unwrap();
    assert_eq!(std::fs::read(target.path()).unwrap(), b"clone");
}

#[test]
fn what_is_not_done_inside_the_image_is_said() {
    let mut shape = Shape::of(&[1; 10], 10, 1);
    shape.document.img_properties = "{}".into();
    let server = Double::serve(shape, &[]);
    deploy(&server, disk(&[0; 10]).path(), &FakePace::default()).unwrap();
    let told = server.told();
    assert_eq!(told[0]["type"], "image-warning");
    let text = told[0]["messages"][0].as_str().unwrap();
    assert!(text.ends_with("not set in it: password"), "{text}");
    assert!(!text.contains("hidden"));
}

/// A build that must fail before anything is written.
fn refused(change: impl FnOnce(&mut Shape), expected: &str) {
    let mut shape = Shape::of(&[1; 100], 10, 3);
    change(&mut shape);
    let server = Double::serve(shape, &[]);
    let target = disk(&[0; 99]);
    let failure = deploy(&server, target.path(), &FakePace::default()).unwrap_err();
    assert!(failure.to_string().contains(expected), "{failure}");
    assert_eq!(std::fs::read(target.path()).unwrap(), [0; 99]);
    assert_eq!(server.told().last().unwrap()["type"], "image-error");
}

// CY-NOD-04
#[test]
fn what_cannot_work_is_refused_before_anything_is_written() {
    refused(|_| {}, "the image has 100 bytes, disk");
    refused(
        |shape| shape.document.img_format = "extdump".into(),
        "extdump",
    );
    refused(
        |shape| shape.document.img_format = "tar".into(),
        "no image format",
    );
    refused(|shape| shape.document.blocks = None, "without saying where");
    refused(
        |shape| shape.document.blocks.as_mut().unwrap().block_count = 3,
        "measures of the image",
    );
    refused(
        |shape| shape.document.blocks.as_mut().unwrap().block_size = u64::MAX,
        "measures of the image",
    );
}

fn ends_with(pairs: &[(&str, &str)], node: &NodeSettings, expected: &str) {
    let failure = create(&Environment::of(pairs), node, &FakePace::default()).unwrap_err();
    assert!(failure.to_string().contains(expected), "{failure}");
}

// CY-NOD-04: an administrator understands what is wrong
#[test]
fn an_environment_that_lacks_something_is_explained() {
    let name = ("INSTANCE_NAME", "snf-1");
    ends_with(&[], &plain(), "INSTANCE_NAME is not in the environment");
    ends_with(&[name, ("OS_API_VERSION", "10")], &plain(), "interface 10");
    ends_with(&[name], &plain(), "made through Synnefo");
    ends_with(&[name, ("OSP_IMG_ID", "x")], &plain(), "not supported");
    ends_with(
        &[name, ("OSP_CONFIG_URL", "nonsense")],
        &plain(),
        "is not a URL",
    );
    ends_with(
        &[name, ("OSP_CONFIG_URL", "file:///etc/passwd")],
        &plain(),
        "neither https",
    );
    let node = NodeSettings {
        plain_http: false,
        ..plain()
    };
    ends_with(
        &[name, ("OSP_CONFIG_URL", "http://127.0.0.1/x")],
        &node,
        "ALLOW_PLAIN_HTTP",
    );
    ends_with(
        &[name, ("OSP_CONFIG_URL", "https://127.0.0.1/x")],
        &node,
        "/nonexistent/ca.pem",
    );

    let server = Double::serve(Shape::of(&[1; 10], 10, 1), &[]);
    let url = server.url();
    let with = |more: &[(&'static str, &'static str)], expected| {
        let mut pairs = vec![name, ("OSP_CONFIG_URL", url.as_str())];
        pairs.extend(more);
        ends_with(&pairs, &plain(), expected);
    };
    with(&[], "DISK_COUNT is not in the environment");
    with(&[("DISK_COUNT", "0")], "no disk to put the image on");
    with(&[("DISK_COUNT", "1")], "DISK_0_PATH is not");
    with(
        &[("DISK_COUNT", "1"), ("DISK_0_URI", "nbd:x")],
        "only the hypervisor opens",
    );
    with(
        &[("DISK_COUNT", "1"), ("DISK_0_PATH", "/nonexistent/disk")],
        "cannot open /nonexistent/disk",
    );
    with(
        &[("DISK_COUNT", "1"), ("DISK_0_PATH", "/dev/null")],
        "neither a file nor a block device",
    );
}

// CY-NOD-04: verify
#[test]
fn parameters_are_verified() {
    let check = |pairs: &[(&str, &str)]| verify(&Environment::of(pairs), &NodeSettings::default());
    check(&[]).unwrap();
    check(&[
        ("OSP_IMG_FORMAT", "diskdump"),
        ("OSP_CONFIG_URL", "https://h/x"),
    ])
    .unwrap();
    assert!(check(&[("OSP_IMG_FORMAT", "zip")]).is_err());
    assert!(check(&[("OSP_CONFIG_URL", "http://h/x")]).is_err());
}

// CY-NOD-04: export, import
#[test]
fn a_disk_survives_export_and_import() {
    let mut content = vec![0; (9 << 20) + 17];
    content[5 << 20] = 1;
    content[8 << 20..].fill(3);
    let source = disk(&content);
    let mut dump = Vec::new();
    let export = [("EXPORT_DEVICE", source.path().to_str().unwrap())];
    transfer::export(&Environment::of(&export), &mut dump).unwrap();
    assert_eq!(dump, content);

    let target = disk(&vec![0xff; content.len()]);
    let import = [("IMPORT_DEVICE", target.path().to_str().unwrap())];
    transfer::import(&Environment::of(&import), &mut dump.as_slice()).unwrap();
    assert_eq!(std::fs::read(target.path()).unwrap(), content);

    let small = disk(&[0; 100]);
    let import = [("IMPORT_DEVICE", small.path().to_str().unwrap())];
    let failure = transfer::import(&Environment::of(&import), &mut dump.as_slice()).unwrap_err();
    assert!(
        failure.to_string().contains("larger than the disk"),
        "{failure}"
    );
    assert!(transfer::import(&Environment::of(&import), &mut &b""[..]).is_err());
}
