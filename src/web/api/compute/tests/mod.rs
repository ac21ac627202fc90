//! The API against what the original answered, and what the recordings do not show.

mod replay;
pub(crate) mod replayed;
mod wire;
mod xml;

use crate::testing::{Fixture, person};
use axum::{Router, body::Body};
use bytes::Bytes;
use compute::{
    BackendChange, Fact, InstanceSeen, Job, JobFact, JobStatus, NetworkFact, NetworkKind,
    NewBackend, NewFlavor, NewNetwork, NewSubnet, NicSeen, Pending, PoolKind, Target, Transport,
};
use http::{HeaderMap, Request};
use http_body_util::BodyExt;
use kernel::{BackendId, Caller, NetworkId, Role, Settings, Timestamp, settings::literal};
use serde_json::Value;
use std::{collections::BTreeMap, time::Duration};
use tower::ServiceExt;
use uuid::Uuid;

/// An answer, read.
pub(crate) struct Got {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Got {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("{}", self.text()))
    }

    /// Name, code and message of a fault.
    pub(crate) fn fault(&self) -> (String, u64, String) {
        let body = self.json();
        let (name, fault) = body.as_object().unwrap().iter().next().unwrap();
        let message = fault["message"].as_str().unwrap().to_owned();
        (name.clone(), fault["code"].as_u64().unwrap(), message)
    }
}

/// The whole router over a store with a cluster that does what it is asked when told.
pub(crate) struct Cloud {
    pub(crate) fixture: Fixture,
    router: Router,
}

pub(crate) fn root() -> Caller {
    Caller::person(person(250)).with(Role::Admin)
}

pub(crate) fn public(cidr: &str, name: &str, pool: bool) -> NewNetwork {
    let subnet = NewSubnet {
        network: NetworkId(0),
        name: String::new(),
        cidr: cidr.into(),
        gateway: None,
        dhcp: true,
        pools: None,
        dns_nameservers: vec![],
        host_routes: vec![],
    };
    NewNetwork {
        name: name.into(),
        kind: NetworkKind::Custom,
        project: None,
        shared_to_project: false,
        owner: None,
        public: true,
        mode: None,
        link: None,
        mac_prefix: None,
        tags: vec![],
        drained: false,
        floating_ip_pool: pool,
        only_backend: None,
        subnets: vec![subnet],
    }
}

impl Cloud {
    /// Persons 1 and 2 and nothing else, under settings written as in the files.
    pub(crate) async fn new(lines: &str) -> Self {
        let fixture = Fixture::new();
        let mut settings = Settings::default();
        for line in lines.lines().filter(|line| line.contains('=')) {
            let (name, value) = line.split_once('=').unwrap();
            settings.set(name.trim(), literal::parse(value.trim()).unwrap());
        }
        fixture.state.settings.replace(settings);
        fixture.enrol(1).await;
        fixture.enrol(2).await;
        let router = crate::router(fixture.state.clone());
        Cloud { fixture, router }
    }

    /// With the pools of MAC prefixes and bridges.
    pub(crate) async fn pools(&self) {
        let compute = &self.fixture.state.compute;
        for (kind, base, size) in [
            (PoolKind::MacPrefix, "aa:00:0", 65_536),
            (PoolKind::Bridge, "prv", 20),
        ] {
            compute.create_pool(kind, base.into(), size).await.unwrap();
        }
    }

    /// With a cluster, public networks 1 and 2 and one flavor.
    pub(crate) async fn furnished(lines: &str) -> Self {
        let cloud = Self::new(lines).await;
        cloud.flavor(1, 1024, 20, "drbd").await;
        cloud.backend().await;
        cloud
    }

    /// The same cloud, all of the program's routes, people known by other tokens.
    pub(crate) fn known_to(mut self, auth: std::sync::Arc<dyn crate::auth::Authenticate>) -> Self {
        self.fixture.state.auth = auth;
        let state = &self.fixture.state;
        self.router = crate::server::monitor::add(crate::router(state.clone()), state);
        self
    }

    pub(crate) async fn flavor(&self, cpu: u32, ram: u32, disk: u32, template: &str) {
        let new = NewFlavor {
            cpu,
            ram,
            disk,
            volume_type: template.into(),
            public: true,
            specs: BTreeMap::new(),
        };
        self.fixture.state.compute.add_flavor(new).await.unwrap();
    }

    pub(crate) async fn backend(&self) {
        let new = NewBackend {
            clustername: "c1.example.org".into(),
            transport: Transport::Luxi { socket: "".into() },
            port: 5080,
            username: "".into(),
            password: None,
            hypervisor: "kvm".into(),
            public: true,
            networks: true,
        };
        let compute = &self.fixture.state.compute;
        let id = compute.add_backend(new).await.unwrap().id;
        let change = BackendChange {
            drained: Some(false),
            ..BackendChange::default()
        };
        compute.modify_backend(id, change).await.unwrap();
        for (cidr, name, pool) in [
            ("203.0.113.0/24", "Public", true),
            ("2001:db8::/64", "PublicV6", false),
        ] {
            let new = public(cidr, name, pool);
            compute.create_network(&root(), new).await.unwrap();
        }
        self.carry_out().await;
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.fixture.state.cx.cx().now
    }

    /// The cluster takes what waits for it and does it, and what waited for that.
    pub(crate) async fn carry_out(&self) {
        carry_out(&self.fixture).await;
    }

    /// What it stands on.
    pub(crate) fn into_fixture(self) -> Fixture {
        self.fixture
    }
}

/// The cluster takes what waits for it and does it, and what waited for that.
pub(crate) async fn carry_out(fixture: &Fixture) {
    let driver = fixture.state.compute.driver();
    loop {
        let all = driver.pending(BackendId(1), None, 100).await.unwrap();
        if all.is_empty() {
            return;
        }
        for pending in &all {
            let (id, job) = (pending.intent.id, 1000 + pending.intent.id);
            if driver.attempt(id).await.unwrap() {
                driver.submitted(id, job).await.unwrap();
            }
            fixture.clock.advance(Duration::from_secs(1));
            driver
                .observed(done(fixture.state.cx.cx().now, pending, job))
                .await
                .unwrap();
        }
    }
}

fn done(at: Timestamp, pending: &Pending, job: u64) -> Fact {
    let backend = BackendId(1);
    if let Target::Network(_) = pending.intent.target {
        return Fact::Network(NetworkFact {
            backend,
            network: pending.job.name().into(),
            job: Some(job),
            intent: Some(pending.intent.id),
            there: Some(matches!(pending.job, Job::NetworkCreate(_))),
            error: None,
            at,
        });
    }
    let opcode = match &pending.job {
        Job::Create(_) => "CREATE",
        Job::Startup { .. } => "STARTUP",
        Job::Shutdown { .. } => "SHUTDOWN",
        Job::Reboot { .. } => "REBOOT",
        _ => "REMOVE",
    };
    let live = match &pending.job {
        Job::Create(spec) => Some(InstanceSeen {
            name: spec.name.clone(),
            running: true,
            nics: Some(spec.nics.iter().map(nic).collect()),
        }),
        _ => None,
    };
    Fact::Job(JobFact {
        backend,
        job,
        instance: pending.job.name().into(),
        opcode: format!("OP_INSTANCE_{opcode}"),
        status: JobStatus::Success,
        at,
        log: None,
        error: None,
        live,
        absent: false,
    })
}

impl Cloud {
    /// Sends a request of a person (0: nobody) to a path.
    pub(crate) async fn ask(&self, n: u8, method: &str, path: &str, body: Option<&str>) -> Got {
        let mut request = Request::builder().method(method).uri(path);
        if n > 0 {
            request = request.header("X-Auth-Token", format!("user-{n}"));
        }
        if body.is_some() {
            request = request.header("Content-Type", "application/json");
        }
        let body = Body::from(body.unwrap_or_default().to_owned());
        self.send(request.body(body).unwrap()).await
    }

    /// Sends a request as it is.
    pub(crate) async fn send(&self, request: Request<Body>) -> Got {
        self.fixture.clock.advance(Duration::from_micros(1_000_001));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        Got {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: body.collect().await.unwrap().to_bytes(),
        }
    }

    /// An image of person 1 with the properties of the recorded one.
    pub(crate) async fn image(&self) -> Uuid {
        let account = person(1);
        let root = format!("/pithos/object-store/v1/{account}/images");
        for (path, body) in [(root.clone(), ""), (format!("{root}/disk"), "some bytes")] {
            let request = Request::put(path)
                .header("X-Auth-Token", "user-1")
                .header("Content-Type", "application/octet-stream")
                .header("Content-Length", body.len());
            let got = self.send(request.body(Body::from(body)).unwrap()).await;
            assert_eq!(got.status, 201, "{}", got.text());
        }
        let location = images::location(&format!("pithos://{account}/images/disk")).unwrap();
        let properties = [
            ("osfamily", "linux"),
            ("os", "debian"),
            ("root_partition", "1"),
        ];
        let given = images::Attributes {
            name: Some("Debian".into()),
            properties: properties.map(|(k, v)| (k.into(), v.into())).into(),
            ..images::Attributes::default()
        };
        let caller = Caller::person(person(1));
        let image = self.fixture.state.images.register(&caller, location, given);
        image.await.unwrap().id
    }
}

/// A NIC with the address that the recorded one with that number and network had: the
/// first of the recorded server was number 6.
fn nic(spec: &compute::NicSpec) -> NicSeen {
    let number = |name: &str| name.rsplit('-').next().unwrap().parse::<u64>().unwrap();
    NicSeen {
        name: spec.name.clone(),
        network: spec.network.clone(),
        ip: spec.ip.clone(),
        mac: format!(
            "aa:00:{:02x}:00:00:{:02x}",
            number(&spec.network),
            number(&spec.name) + 5
        ),
    }
}
