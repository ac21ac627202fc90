//! `create`: puts an image on an instance's first disk, as the service's build
//! document says (CY-VMA-02), and tells the service how it goes (CY-MSG-06).

use crate::{
    disk::Disk,
    environment::Environment,
    failure::Failure,
    service::{Pace, RealPace, Service, check_url, hash_of},
    settings::NodeSettings,
};
use kernel::BlockHash;
use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    time::Duration,
};
use wire::vmapi::{BuildDocument, HOLE, ImageBlocks, Messages, NO_IMAGE, Progress};

/// Blocks on their way at the same time.
const WORKERS: u64 = 4;
const BETWEEN_REPORTS: Duration = Duration::from_secs(1);

/// The script `create`.
pub fn run(environment: &Environment, node: &NodeSettings) -> Result<(), Failure> {
    let pace = RealPace::start();
    create(environment, node, &pace)
}

/// [`run`], with time as a parameter.
pub fn create(
    environment: &Environment,
    node: &NodeSettings,
    pace: &dyn Pace,
) -> Result<(), Failure> {
    environment.check_interface()?;
    let name = environment.required("INSTANCE_NAME")?;
    let Some(url) = environment.parameter("config_url") else {
        return without_service(environment, &name);
    };
    let service = Service::new(&url, node, pace)?;
    let result = build(environment, &service, &name);
    if let Err(failure) = &result {
        service.insist(&Progress::ImageError(Messages::one(failure.to_string())));
    }
    result
}

/// The script `verify`: are the given parameters usable?
pub fn verify(environment: &Environment, node: &NodeSettings) -> Result<(), Failure> {
    environment.check_interface()?;
    if let Some(url) = environment.parameter("config_url") {
        check_url(&url, node)?;
    }
    match environment.parameter("img_format") {
        Some(format) => check_format(&format),
        None => Ok(()),
    }
}

fn without_service(environment: &Environment, name: &str) -> Result<(), Failure> {
    match environment.parameter("img_id").as_deref() {
        Some(NO_IMAGE) => {
            println!("snf-image: {name}: nothing to copy");
            Ok(())
        }
        Some(_) => Err(Failure::Unsupported(
            "an image that is named by img_id alone, without config_url,".into(),
        )),
        None => Err(Failure::Environment(
            "neither config_url nor img_id is given; machines with this OS definition are made through Synnefo"
                .into(),
        )),
    }
}

fn build(environment: &Environment, service: &Service<'_>, name: &str) -> Result<(), Failure> {
    println!("snf-image: {name}: asking {} what to do", service.host());
    let document = service.document()?;
    let given = |parameter: &str, document: &str| {
        environment
            .parameter(parameter)
            .unwrap_or_else(|| document.to_owned())
    };
    if given("img_id", &document.img_id) == NO_IMAGE {
        println!("snf-image: {name}: the disk is there already, nothing to copy");
        return Ok(());
    }
    check_format(&given("img_format", &document.img_format))?;
    let blocks = document.blocks.ok_or_else(|| Failure::Refused {
        host: service.host().to_owned(),
        what: "the image".into(),
        reason: "the build names an image without saying where its blocks are".into(),
    })?;
    let path = environment.first_disk()?;
    let disk = Disk::open(&path, true)?;
    if disk.size() < blocks.size {
        return Err(Failure::TooSmall {
            path,
            disk: disk.size(),
            image: blocks.size,
        });
    }
    if let Some(warning) = left_out(&document) {
        println!("snf-image: {name}: warning: {warning}");
        service.tell(&Progress::ImageWarning(Messages::one(warning)));
    }
    println!(
        "snf-image: {name}: copying an image of {} bytes to {}",
        blocks.size,
        disk.path().display()
    );
    copy(service, &disk, blocks)?;
    println!("snf-image: {name}: copied and verified");
    Ok(())
}

fn check_format(format: &str) -> Result<(), Failure> {
    match format {
        "diskdump" => Ok(()),
        "extdump" | "ntfsdump" => Err(Failure::Unsupported(format!(
            "image format {format} (an image of a single file system)"
        ))),
        other => Err(Failure::Environment(format!(
            "there is no image format {other:?}; formats are diskdump, extdump and ntfsdump"
        ))),
    }
}

/// What the build asks for and does not get: nothing inside the image is changed.
fn left_out(document: &BuildDocument) -> Option<String> {
    let properties: serde_json::Value =
        serde_json::from_str(&document.img_properties).unwrap_or_default();
    let excluded = properties
        .get("EXCLUDE_ALL_TASKS")
        .and_then(serde_json::Value::as_str)
        .is_some_and(|value| value.eq_ignore_ascii_case("yes"));
    if excluded {
        return None;
    }
    let files = serde_json::from_str::<Vec<serde_json::Value>>(&document.img_personality);
    let wanted = [
        ("password", !document.img_passwd.is_empty()),
        ("files", files.is_ok_and(|files| !files.is_empty())),
        ("public keys", document.auth_keys.is_some()),
    ];
    let names: Vec<_> = wanted
        .iter()
        .filter(|(_, asked)| *asked)
        .map(|(name, _)| *name)
        .collect();
    (!names.is_empty()).then(|| {
        format!(
            "the image is deployed as it is; not set in it: {}",
            names.join(", ")
        )
    })
}

/// Copies all blocks; every byte of the image is on stable storage afterwards.
fn copy(service: &Service<'_>, disk: &Disk, blocks: ImageBlocks) -> Result<(), Failure> {
    let position = AtomicU64::new(0);
    let result = std::thread::scope(|scope| {
        let (done, wait) = mpsc::channel::<()>();
        let reported = &position;
        scope.spawn(move || report(service, reported, blocks.size, &wait));
        let result = pages(service, disk, blocks, &position).and_then(|()| disk.finish());
        drop(done);
        result
    });
    if result.is_ok() {
        service.tell(&Progress::copied(blocks.size, blocks.size));
    }
    result
}

/// Tells the position, at most once a second, until `wait` is closed.
fn report(service: &Service<'_>, position: &AtomicU64, size: u64, wait: &mpsc::Receiver<()>) {
    let mut told = None;
    while let Err(mpsc::RecvTimeoutError::Timeout) = wait.recv_timeout(BETWEEN_REPORTS) {
        let now = position.load(Ordering::Relaxed);
        if told != Some(now) && service.tell(&Progress::copied(now, size)) {
            told = Some(now);
        }
    }
}

fn pages(
    service: &Service<'_>,
    disk: &Disk,
    blocks: ImageBlocks,
    position: &AtomicU64,
) -> Result<(), Failure> {
    let mut from = 0;
    while from < blocks.block_count {
        let hashes = service.hashes(&blocks, from)?;
        let page = Page {
            service,
            disk,
            blocks,
            from,
            hashes: &hashes,
            next: AtomicU64::new(0),
            position,
            failure: Mutex::new(None),
        };
        page.copy()?;
        from += hashes.len() as u64;
    }
    Ok(())
}

/// A stretch of the image that several workers copy.
struct Page<'a> {
    service: &'a Service<'a>,
    disk: &'a Disk,
    blocks: ImageBlocks,
    from: u64,
    hashes: &'a [BlockHash],
    next: AtomicU64,
    position: &'a AtomicU64,
    failure: Mutex<Option<Failure>>,
}

impl Page<'_> {
    fn copy(self) -> Result<(), Failure> {
        let workers = WORKERS.min(self.hashes.len() as u64);
        std::thread::scope(|scope| {
            for _ in 0..workers {
                scope.spawn(|| {
                    if let Err(failure) = self.work() {
                        self.service.give_up();
                        let mut first = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
                        if first
                            .as_ref()
                            .is_none_or(|known| matches!(known, Failure::GivenUp))
                        {
                            *first = Some(failure);
                        }
                    }
                });
            }
        });
        let failure = self.failure.into_inner();
        failure
            .unwrap_or_else(PoisonError::into_inner)
            .map_or(Ok(()), Err)
    }

    fn work(&self) -> Result<(), Failure> {
        let mut old = Vec::new();
        loop {
            let offset = self.next.fetch_add(1, Ordering::Relaxed);
            let hash = usize::try_from(offset)
                .ok()
                .and_then(|at| self.hashes.get(at));
            let index = self.from + offset;
            let (Some(hash), Some((start, length))) = (hash, self.blocks.range(index)) else {
                return Ok(());
            };
            self.block(index, start, length, *hash, &mut old)?;
            self.position.fetch_add(length, Ordering::Relaxed);
        }
    }

    /// What is right already, from an earlier try or because it is zeros, is left
    /// alone.
    fn block(
        &self,
        index: u64,
        start: u64,
        length: u64,
        hash: BlockHash,
        old: &mut Vec<u8>,
    ) -> Result<(), Failure> {
        old.resize(usize::try_from(length).unwrap_or(usize::MAX), 0);
        self.disk.read(start, old)?;
        if hash_of(old) == hash {
            return Ok(());
        }
        let new = if hash == HOLE {
            vec![0; old.len()]
        } else {
            self.service.block(index, length, hash)?
        };
        self.disk.change(start, old, &new)
    }
}
