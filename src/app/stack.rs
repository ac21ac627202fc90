//! Opening everything a data directory holds, in the server and for offline
//! commands alike: the same services over the same store.

use crate::{DataDir, addresses, upkeep::SCHEMA};
use blocks::Blocks;
use kernel::{CxSource, Result, Settings, SettingsHandle};
use std::{path::Path, time::Duration};
use store::{Migrated, Store};

/// The services over an open data directory.
#[derive(Clone)]
pub struct Stack {
    /// Where it lies.
    pub data: DataDir,
    /// The settings in force, addresses filled in.
    pub settings: SettingsHandle,
    /// Instants and random ids.
    pub cx: CxSource,
    /// The store.
    pub store: Store,
    /// Content blocks.
    pub blocks: Blocks,
    /// Seals what waits to be mailed.
    pub mail_sealer: notify::Sealer,
    /// The quota ledger.
    pub quota: quota::Service,
    /// Accounts.
    pub identity: identity::Service,
    /// Files.
    pub objects: objects::Service,
    /// Images.
    pub images: images::Service,
    /// Servers and networks.
    pub compute: compute::Service,
}

impl Stack {
    /// Opens the directory; `served` is the address of this service as people use it.
    ///
    /// # Errors
    /// `Unavailable` with what to do, when another process has it open or it cannot
    /// be read.
    pub fn open(data: DataDir, mut settings: Settings, served: &str) -> Result<Self> {
        addresses::fill(&mut settings, served);
        appliance::check_complete(data.root())?;
        let fresh = !data.database().exists();
        let seal = appliance::key_file(&data.keys(), "seal.key", fresh)?;
        let (store, migrated) = open_store(&data.database(), &settings)?;
        for (number, name) in migrated.applied {
            tracing::info!(target: "synnefo", "migration {number} of the store is done: {name}");
        }
        let reserve = positive(settings.int("STORE_MIN_FREE_SPACE"));
        let blocks = Blocks::open(
            &data.blocks(),
            blocks::Options {
                reserve,
                grace: Duration::from_secs(positive(settings.int("PITHOS_GC_GRACE"))),
                ..blocks::Options::default()
            },
        )?;
        let vmapi = format!(
            "{}/vmapi/v1.0",
            settings.str("VMAPI_BASE_HOST").trim_end_matches('/')
        );
        let cx = CxSource::system();
        let settings = SettingsHandle::new(settings);
        let objects =
            objects::Service::new(store.clone(), blocks.clone(), settings.clone(), cx.clone());
        let images = images::Service::new(store.clone(), settings.clone(), cx.clone());
        let mail_sealer = notify::Sealer::new(seal.as_slice(), cx.clone())?;
        let identity = identity::Service::new(
            store.clone(),
            settings.clone(),
            cx.clone(),
            identity::Keys::from_bytes(*seal)?
                .under(settings.now().str("SECRET_KEY"))?
                .sealing(mail_sealer.requests()),
        );
        identity.register_components()?;
        Ok(Stack {
            mail_sealer,
            quota: quota::Service::new(store.clone()),
            identity,
            compute: compute::Service::new(
                store.clone(),
                settings.clone(),
                cx.clone(),
                compute::Sealer::new(seal.as_slice())?,
                &vmapi,
            ),
            objects,
            images,
            data,
            settings,
            cx,
            store,
            blocks,
        })
    }
}

fn positive(n: i64) -> u64 {
    u64::try_from(n).unwrap_or(0)
}

/// Opens the store and brings it up to date.
pub fn open_store(file: &Path, settings: &Settings) -> Result<(Store, Migrated)> {
    let options = store::Options {
        cache: usize::try_from(settings.int("STORE_CACHE_SIZE")).unwrap_or(32 << 20),
        min_free: positive(settings.int("STORE_MIN_FREE_SPACE")),
        queue: usize::try_from(settings.int("STORE_QUEUE_LENGTH")).unwrap_or(1024),
    };
    Store::open_with(file, options, &SCHEMA)
}
