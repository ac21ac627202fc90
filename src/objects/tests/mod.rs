//! Rules and models over an in-memory store; block files only where bytes matter.

mod golden;
mod listings;
mod model;
mod rules;
mod uploads;

use crate::*;
use ::blocks::{BlockList, Blocks, EMPTY, Options};
use kernel::{Caller, CxSource, Digest, FakeClock, Result, Settings, SettingsHandle, UserId};
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use store::Store;

/// A store, its blocks and a standing clock; checked when dropped.
pub struct World {
    pub store: Store,
    pub service: Service,
    pub settings: SettingsHandle,
    pub clock: Arc<FakeClock>,
    pub cx: CxSource,
    pub dir: tempfile::TempDir,
}

impl World {
    pub fn new() -> Self {
        Self::with(Settings::default())
    }

    pub fn with(settings: Settings) -> Self {
        let store = Store::in_memory().unwrap();
        let dir = tempfile::tempdir().unwrap();
        let options = Options {
            reserve: 0,
            grace: Duration::from_secs(3600),
            ..Options::default()
        };
        let blocks = Blocks::open(&dir.path().join("blocks"), options).unwrap();
        let (cx, clock) = CxSource::fake();
        let settings = SettingsHandle::new(settings);
        World {
            service: Service::new(store.clone(), blocks, settings.clone(), cx.clone()),
            store,
            settings,
            clock,
            cx,
            dir,
        }
    }

    /// A person who may use the object store.
    pub async fn user(&self, n: u8) -> Caller {
        let user = UserId(uuid::Uuid::from_bytes([n; 16]));
        self.store
            .write(move |tx| quota::open_system_project(tx, user))
            .await
            .unwrap();
        Caller::person(user)
    }

    pub async fn container(&self, caller: &Caller, name: &str) -> ContainerPath {
        let path = ContainerPath::new(caller.user, name).unwrap();
        let (policies, meta) = (PolicyChange::default(), MetaChange::default());
        self.service
            .put_container(caller, path.clone(), policies, meta)
            .await
            .unwrap();
        path
    }

    /// Writes an object without block files.
    pub async fn put(
        &self,
        caller: &Caller,
        path: &ObjectPath,
        size: u64,
        fill: u8,
    ) -> Result<Version> {
        let upload = upload(path);
        let lease = self.service.blocks().lease();
        self.tick();
        self.service
            .put(caller, upload, content(size, fill), lease)
            .await
    }

    pub fn tick(&self) {
        self.clock.advance(Duration::from_millis(1500));
    }

    pub async fn used(&self, caller: &Caller) -> u64 {
        self.service
            .account(caller, caller.user, None)
            .await
            .unwrap()
            .used
    }

    pub async fn names(&self, caller: &Caller, path: &ContainerPath, want: Listing) -> Vec<String> {
        let (_, items) = self.service.list(caller, path.clone(), want).await.unwrap();
        items.iter().map(|item| item.name().to_owned()).collect()
    }

    pub fn check(&self) {
        let mut problems = self.store.read_now(verify).unwrap();
        problems.extend(self.store.read_now(quota::verify).unwrap());
        assert_eq!(problems, []);
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.check();
        }
    }
}

pub fn object(container: &ContainerPath, name: &str) -> ObjectPath {
    ObjectPath::new(container.clone(), name).unwrap()
}

pub fn upload(path: &ObjectPath) -> Upload {
    Upload {
        path: path.clone(),
        content_type: "text/plain".into(),
        meta: BTreeMap::new(),
        conditions: Conditions::default(),
    }
}

/// Content made of as many blocks as needed, named by `fill`; every third is zeros.
pub fn content(size: u64, fill: u8) -> Content {
    let count = size.div_ceil(::blocks::BLOCK_BYTES);
    let hash = |n| match n % 3 {
        2 => EMPTY,
        _ => Digest([fill; 32]),
    };
    let blocks: Vec<_> = (0..count).map(hash).collect();
    Content::new(BlockList::new(size, blocks).unwrap(), None)
}

pub fn all() -> Listing {
    Listing {
        limit: 10_000,
        ..Listing::default()
    }
}

/// People's metadata by short names.
pub fn meta<const N: usize>(pairs: [(&str, &str); N]) -> BTreeMap<String, String> {
    pairs
        .map(|(k, v)| (format!("{META}{k}"), v.to_owned()))
        .into()
}
