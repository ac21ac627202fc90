//! What tests of this crate stand on: a state over an in-memory store and a
//! temporary block directory, and an authenticator that knows names as tokens.

use crate::{Services, State, auth};
use futures_util::future::BoxFuture;
use kernel::{Caller, CxSource, Error, FakeClock, Result, SettingsHandle, UserId};
use std::sync::Arc;
use store::Store;

/// The token `user-<n>` is the person with the UUID of sixteen bytes n.
struct Named;

impl auth::Authenticate for Named {
    fn token<'a>(&'a self, token: &'a str) -> BoxFuture<'a, Result<Caller>> {
        Box::pin(async move {
            let number = token.strip_prefix("user-").and_then(|n| n.parse().ok());
            let number = number.ok_or_else(|| Error::unauthorized("Invalid token"))?;
            Ok(Caller::person(person(number)))
        })
    }
}

/// The person whose token is `user-<n>`.
pub(crate) fn person(n: u8) -> UserId {
    UserId(uuid::Uuid::from_bytes([n; 16]))
}

/// A state and what it stands on.
pub(crate) struct Fixture {
    pub(crate) state: State,
    pub(crate) store: Store,
    pub(crate) clock: Arc<FakeClock>,
    _dir: tempfile::TempDir,
}

impl Fixture {
    pub(crate) fn new() -> Self {
        let (cx, clock) = CxSource::fake();
        let settings = SettingsHandle::default();
        let store = Store::in_memory().unwrap();
        let dir = tempfile::tempdir().unwrap();
        let options = blocks::Options {
            reserve: 0,
            ..blocks::Options::default()
        };
        let blocks = blocks::Blocks::open(&dir.path().join("blocks"), options).unwrap();
        let objects = objects::Service::new(store.clone(), blocks, settings.clone(), cx.clone());
        let keys = identity::Keys::from_bytes([7; 32]).unwrap();
        let identity = identity::Service::new(store.clone(), settings.clone(), cx.clone(), keys);
        Fixture {
            state: State::from(Services {
                auth: Arc::new(Named),
                identity,
                logins: Arc::new(login::Registry::product()),
                quota: quota::Service::new(store.clone()),
                objects,
                images: images::Service::new(store.clone(), settings.clone(), cx.clone()),
                compute: compute::Service::new(
                    store.clone(),
                    settings.clone(),
                    cx.clone(),
                    compute::Sealer::new(&[9; 32]).unwrap(),
                    "http://nodes.example.org/cyclades/vmapi/v1.0",
                ),
                mail: notify::Service::new(store.clone(), settings.clone(), cx.clone()),
                search: search::Service::in_memory(store.clone(), crate::People).unwrap(),
                figures: metrics_exporter_prometheus::PrometheusBuilder::new()
                    .build_recorder()
                    .handle(),
                served: "https://cloud.example.org".into(),
                cx,
                settings,
            }),
            store,
            clock,
            _dir: dir,
        }
    }

    /// The instant it is, as pages write it to the second.
    pub(crate) fn clock_text(&self) -> String {
        let now = kernel::Clock::now(&*self.clock);
        now.strftime("%d/%m/%Y %H:%M:%S UTC").to_string()
    }

    /// Lets a person hold the standard resources.
    pub(crate) async fn enrol(&self, n: u8) {
        self.store
            .write(move |tx| quota::open_system_project(tx, person(n)))
            .await
            .unwrap();
    }
}
