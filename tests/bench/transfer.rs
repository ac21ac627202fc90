//! Uploads and downloads through the rules of the object store, without HTTP:
//! `cargo bench -p objects --bench transfer [-- DIR]`.
//!
//! Prints the rate of hashing alone, then uploads (hash, write, commit), uploads of
//! what is there already, and downloads (read and check), with 1 and 4 at a time, and
//! the most memory the process ever had.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a measurement fails by panicking"
)]

use blocks::{BLOCK_SIZE, Blocks};
use kernel::{Caller, CxSource, Settings, SettingsHandle, UserId};
use objects::{
    Conditions, ContainerPath, Content, MetaChange, ObjectPath, PolicyChange, Service, Upload,
    Version,
};
use std::{path::Path, time::Instant};
use store::{Options, Store};

/// Blocks of one object: 256 MiB.
const BLOCKS: usize = 64;

/// Different for every object and block, and not made of zeros.
fn block(object: u32, n: usize) -> Vec<u8> {
    let mut state = u64::from(object) << 32 | n as u64 | 1;
    let mut data = Vec::with_capacity(BLOCK_SIZE);
    while data.len() < BLOCK_SIZE {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        data.extend_from_slice(&(state ^ state >> 29).to_le_bytes());
    }
    data
}

async fn upload(service: Service, caller: Caller, path: ObjectPath, object: u32) -> Version {
    let mut writer = service.writer();
    for n in 0..BLOCKS {
        for part in block(object, n).chunks(64 << 10) {
            writer.push(part).await.unwrap();
        }
    }
    let done = writer.finish().await.unwrap();
    let upload = Upload {
        path,
        content_type: "application/octet-stream".into(),
        meta: Default::default(),
        conditions: Conditions::default(),
    };
    let content = Content::new(done.list, Some(done.md5));
    service
        .put(&caller, upload, content, done.lease)
        .await
        .unwrap()
}

async fn download(service: Service, version: Version) -> u64 {
    let mut total = 0;
    let all = 0..version.size;
    let pieces = service.pieces(version, vec![all]).await.unwrap();
    for piece in pieces.into_iter().flatten() {
        total += service.read(&piece).await.unwrap().len() as u64;
    }
    total
}

fn told(what: &str, count: u32, started: Instant) {
    let bytes = f64::from(count) * (BLOCKS * BLOCK_SIZE) as f64;
    let rate = bytes / f64::from(1 << 20) / started.elapsed().as_secs_f64();
    println!("| {what} | {count} | {rate:.0} |");
}

async fn round(service: &Service, caller: &Caller, container: &ContainerPath, count: u32) {
    for what in ["upload", "upload again"] {
        let started = Instant::now();
        let tasks: Vec<_> = (0..count)
            .map(|n| {
                let object = count * 100 + n;
                let path = ObjectPath::new(container.clone(), format!("{object}")).unwrap();
                tokio::spawn(upload(service.clone(), caller.clone(), path, object))
            })
            .collect();
        let mut versions = Vec::new();
        for task in tasks {
            versions.push(task.await.unwrap());
        }
        told(what, count, started);
        if what == "upload" {
            continue;
        }
        let started = Instant::now();
        let tasks: Vec<_> = versions
            .into_iter()
            .map(|version| tokio::spawn(download(service.clone(), version)))
            .collect();
        for task in tasks {
            assert_eq!(task.await.unwrap(), (BLOCKS * BLOCK_SIZE) as u64);
        }
        told("download", count, started);
    }
}

async fn run(dir: &Path) {
    let store = Store::open(&dir.join("synnefo.redb"), Options::default()).unwrap();
    let blocks = Blocks::open(&dir.join("blocks"), blocks::Options::default()).unwrap();
    let settings = SettingsHandle::new(Settings::default());
    let service = Service::new(store.clone(), blocks, settings, CxSource::fake().0);
    let user = UserId(uuid::Uuid::from_bytes([1; 16]));
    store
        .write(move |tx| quota::open_system_project(tx, user))
        .await
        .unwrap();
    let caller = Caller::person(user).with(kernel::Role::ForceQuota);
    let container = ContainerPath::new(user, "c").unwrap();
    let (policies, meta) = (PolicyChange::default(), MetaChange::default());
    service
        .put_container(&caller, container.clone(), policies, meta)
        .await
        .unwrap();
    for count in [1, 4] {
        round(&service, &caller, &container, count).await;
    }
    store.close();
}

fn main() {
    let dir = std::env::args()
        .skip(1)
        .find(|arg| !arg.starts_with('-'))
        .map_or_else(std::env::temp_dir, Into::into);
    let dir = tempfile::tempdir_in(dir).unwrap();
    println!("| what | at a time | MiB/s |");
    println!("|---|---|---|");
    let data = block(0, 0);
    let started = Instant::now();
    for _ in 0..BLOCKS {
        std::hint::black_box(blocks::hash_block(std::hint::black_box(&data)));
    }
    told("hash alone", 1, started);
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(run(dir.path()));
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let most = status.lines().find(|line| line.starts_with("VmHWM"));
    println!(
        "most memory: {}",
        most.unwrap_or("?").trim_start_matches("VmHWM:").trim()
    );
}
