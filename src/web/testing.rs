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

/// What one logger says, field by field.
#[derive(Clone)]
pub(crate) struct Heard(&'static str, std::sync::Arc<std::sync::Mutex<Vec<String>>>);

impl Heard {
    /// Listens to the logger of this name, once it is a thread's default.
    pub(crate) fn of(target: &'static str) -> Self {
        // With one listener alone, what another thread says first would never be asked about
        // again (tracing asks the default of that thread, which is none).
        static DEAF: std::sync::LazyLock<tracing::Dispatch> = std::sync::LazyLock::new(|| {
            tracing::Dispatch::new(Heard("", std::sync::Arc::default()))
        });
        std::sync::LazyLock::force(&DEAF);
        Heard(target, std::sync::Arc::default())
    }

    /// All it said.
    pub(crate) fn all(&self) -> String {
        self.1.lock().map(|all| all.join(" ")).unwrap_or_default()
    }
}

impl tracing::field::Visit for Heard {
    fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
        if let Ok(mut all) = self.1.lock() {
            all.push(format!("{field}={value:?}"));
        }
    }
}

impl tracing::Subscriber for Heard {
    fn enabled(&self, about: &tracing::Metadata<'_>) -> bool {
        about.target() == self.0
    }
    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }
    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}
    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}
    fn event(&self, event: &tracing::Event<'_>) {
        event.record(&mut self.clone());
    }
    fn enter(&self, _: &tracing::span::Id) {}
    fn exit(&self, _: &tracing::span::Id) {}
}
