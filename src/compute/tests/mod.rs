//! Rules tests, by requirement.

mod build;
mod create;
mod facts;
mod floating;
mod from_images;
mod lifecycle;
mod model;
mod networks;
mod registry;

use crate::{
    fact::{InstanceSeen, JobError, JobFact, NetworkFact, NicSeen},
    image::{Content, ImageSource},
    policy::Policy,
    server, *,
};
use kernel::{
    BackendId, Caller, CxSource, Error, FakeClock, FlavorId, NetworkId, ProjectId, Result, Role,
    ServerId, Settings, SettingsHandle, Timestamp, UserId, secret::SecretString, settings::literal,
};
use quota::{open_system_project, project_source, resource as r, set_limit, user_holder};
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use store::{Reads, Store, WriteTx};

pub(super) const PASSWORD: &str = "Abcdefghi1";

pub(super) fn person(n: u8) -> Caller {
    Caller::person(UserId(uuid::Uuid::from_bytes([n; 16])))
}

/// An administrator.
pub(super) fn root() -> Caller {
    person(250).with(Role::Admin)
}

/// A service over an empty store, a standing clock, and shorthands.
pub(super) struct World {
    pub service: Service,
    pub store: Store,
    pub clock: Arc<FakeClock>,
    pub cx: CxSource,
    pub settings: Settings,
}

impl Drop for World {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let mut problems = self.store.read_now(verify).unwrap();
            problems.extend(self.store.read_now(quota::verify).unwrap());
            assert_eq!(problems, vec![], "the store contradicts itself");
        }
    }
}

/// Writes from a thread of its own, as an async one must not wait.
fn write<T: Send + 'static>(
    store: &Store,
    f: impl Fn(&WriteTx) -> Result<T> + Send + 'static,
) -> Result<T> {
    let store = store.clone();
    std::thread::spawn(move || store.write_blocking(f))
        .join()
        .unwrap()
}

pub(super) fn image() -> ImageSource {
    ImageSource {
        id: uuid::Uuid::from_bytes([9; 16]),
        version: 7,
        name: "Debian".into(),
        format: "diskdump".into(),
        size: 1 << 30,
        img_id: "pithosmap://map/1073741824".into(),
        properties: BTreeMap::from([("osfamily".into(), "linux".into())]),
        content: Content::Kept(
            serde_json::from_value(serde_json::json!({
                "map": null, "owner": person(3).user, "size": 1u64 << 30
            }))
            .unwrap(),
        ),
    }
}

impl World {
    /// Nothing but two people.
    pub fn empty() -> Self {
        Self::with("")
    }

    /// The same under settings, written as in the files.
    pub fn with(lines: &str) -> Self {
        let store = Store::in_memory().unwrap();
        let (cx, clock) = CxSource::fake();
        let mut settings = Settings::default();
        for line in lines.lines().filter(|l| !l.trim().is_empty()) {
            let (name, value) = line.split_once('=').unwrap();
            settings.set(name.trim(), literal::parse(value.trim()).unwrap());
        }
        let service = Service::new(
            store.clone(),
            SettingsHandle::new(settings.clone()),
            cx.clone(),
            Sealer::new(b"key").unwrap(),
            "https://h/cyclades/vmapi/v1.0/",
        );
        for n in [1, 2, 250] {
            let user = person(n).user;
            write(&store, move |tx| open_system_project(tx, user)).unwrap();
        }
        World {
            service,
            store,
            clock,
            cx,
            settings,
        }
    }

    /// With a cluster, a flavor of 2 processors, 1024 MiB and 10 GiB, and a public
    /// network of 5 addresses, forced upon every server.
    pub async fn ready() -> Self {
        let world = Self::with("CYCLADES_FORCED_SERVER_NETWORKS = ['SNF:ANY_PUBLIC_IPV4']");
        world.furnish().await;
        world
    }

    pub async fn furnish(&self) {
        self.flavor(2, 1024, 10).await;
        let backend = self.backend("c1.example.org").await;
        self.public("10.0.0.0/29").await;
        self.network_is(backend, NetworkId(1), true).await;
    }

    pub fn tick(&self) {
        self.clock.advance(Duration::from_secs(10));
    }

    pub fn now(&self) -> Timestamp {
        self.cx.cx().now
    }

    pub fn policy(&self) -> Policy {
        Policy::from(&self.settings)
    }

    pub fn rule<T: Send + 'static>(
        &self,
        f: impl Fn(&WriteTx) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        write(&self.store, f)
    }

    pub async fn flavor(&self, cpu: u32, ram: u32, disk: u32) -> FlavorId {
        let new = NewFlavor {
            cpu,
            ram,
            disk,
            volume_type: "file".into(),
            public: true,
            specs: BTreeMap::new(),
        };
        self.service.add_flavor(new).await.unwrap().0.id
    }

    pub async fn backend(&self, name: &str) -> BackendId {
        let new = NewBackend {
            clustername: name.into(),
            transport: Transport::Luxi { socket: "".into() },
            port: 5080,
            username: "".into(),
            password: None,
            hypervisor: "kvm".into(),
            public: true,
            networks: true,
        };
        let id = self.service.add_backend(new).await.unwrap().id;
        let change = BackendChange {
            drained: Some(false),
            ..BackendChange::default()
        };
        self.service.modify_backend(id, change).await.unwrap();
        id
    }

    pub fn new_public(cidr: &str) -> NewNetwork {
        NewNetwork {
            name: "public".into(),
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
            floating_ip_pool: false,
            only_backend: None,
            subnets: vec![Self::new_subnet(cidr)],
        }
    }

    pub fn new_subnet(cidr: &str) -> NewSubnet {
        NewSubnet {
            network: NetworkId(0),
            name: "".into(),
            cidr: cidr.into(),
            gateway: None,
            dhcp: true,
            pools: None,
            dns_nameservers: vec![],
            host_routes: vec![],
        }
    }

    pub async fn public(&self, cidr: &str) -> Network {
        let new = Self::new_public(cidr);
        self.service.create_network(&root(), new).await.unwrap()
    }

    /// The cluster carries out what was asked about a network.
    pub async fn network_is(&self, backend: BackendId, network: NetworkId, there: bool) {
        self.tick();
        let driver = self.service.driver();
        let all = driver.pending(backend, None, 100).await.unwrap();
        let mine = all
            .iter()
            .find(|p| p.intent.target == Target::Network(network))
            .expect("an intent about the network");
        assert!(driver.attempt(mine.intent.id).await.unwrap());
        driver
            .submitted(mine.intent.id, 1000 + mine.intent.id)
            .await
            .unwrap();
        driver
            .observed(Fact::Network(NetworkFact {
                backend,
                network: mine.job.name().into(),
                job: Some(1000 + mine.intent.id),
                intent: Some(mine.intent.id),
                there: Some(there),
                error: None,
                at: self.now(),
            }))
            .await
            .unwrap();
    }

    pub fn new_server(&self) -> NewServer {
        NewServer {
            name: "web".into(),
            image: image().id,
            flavor: Some(FlavorId(1)),
            ..NewServer::default()
        }
    }

    pub fn create_as(&self, caller: &Caller, new: NewServer) -> Result<ServerId> {
        self.tick();
        let (policy, cx, caller) = (self.policy(), self.cx.cx(), caller.clone());
        let sealer = self.service.sealer.clone();
        server::check(&policy, &new)?;
        self.rule(move |tx| {
            let password = SecretString::from(PASSWORD);
            let tools = (&policy, &sealer);
            server::create(tx, &cx, &caller, tools, &new, &image(), &password)
        })
    }

    pub fn create(&self) -> ServerId {
        self.create_as(&person(1), self.new_server()).unwrap()
    }

    pub fn server(&self, id: ServerId) -> Server {
        self.store
            .read_now(|tx| tx.must(&id, "no such server"))
            .unwrap()
    }

    pub fn view(&self, id: ServerId) -> ServerView {
        let policy = self.policy();
        self.store
            .read_now(|tx| server::view(tx, &policy, tx.must(&id, "no such server")?))
            .unwrap()
    }

    /// The server's newest open intent.
    pub fn intent(&self, id: ServerId) -> Option<Intent> {
        self.store
            .read_now(|tx| intent::of_server(tx, id))
            .unwrap()
            .pop()
    }

    /// Sends the server's newest intent as job `100 + its number`.
    pub async fn send(&self, id: ServerId) -> u64 {
        let intent = self.intent(id).expect("an intent");
        let job = 100 + intent.id;
        let driver = self.service.driver();
        assert!(driver.attempt(intent.id).await.unwrap());
        driver.submitted(intent.id, job).await.unwrap();
        job
    }

    pub fn fact(&self, id: ServerId, job: u64, opcode: &str, status: JobStatus) -> JobFact {
        JobFact {
            backend: BackendId(1),
            job,
            instance: format!("snf-{id}"),
            opcode: format!("OP_INSTANCE_{opcode}"),
            status,
            at: self.now(),
            log: None,
            error: None,
            live: None,
            absent: false,
        }
    }

    pub async fn observe(&self, fact: JobFact) {
        let driver = self.service.driver();
        driver.observed(Fact::Job(fact)).await.unwrap();
    }

    /// Sends the server's newest intent and lets its job end.
    pub async fn carry_out(&self, id: ServerId, opcode: &str, status: JobStatus) -> JobFact {
        let job = self.send(id).await;
        self.tick();
        let fact = self.fact(id, job, opcode, status);
        self.observe(fact.clone()).await;
        fact
    }

    /// A server that runs.
    pub async fn active(&self) -> ServerId {
        let id = self.create();
        self.carry_out(id, "CREATE", JobStatus::Success).await;
        assert_eq!(self.view(id).status, Status::Active);
        id
    }

    /// Acts without waiting for the cluster.
    pub fn act(&self, id: ServerId, act: Act) -> Result<()> {
        self.act_as(&person(1), id, act)
    }

    pub fn act_as(&self, caller: &Caller, id: ServerId, act: Act) -> Result<()> {
        self.tick();
        let (policy, cx, caller) = (self.policy(), self.cx.cx(), caller.clone());
        self.rule(move |tx| server::act(tx, &cx, &caller, &policy, id, act).map(drop))
    }

    /// What a person uses: vm, total_cpu, cpu, total_ram MiB, ram MiB, disk GiB.
    /// The audit trail, newest first.
    pub fn trail(&self) -> Vec<::audit::Entry> {
        let page = kernel::page::PageRequest {
            after: None,
            limit: 1000,
        };
        let read = |tx: &store::ReadTx| ::audit::list(tx, &::audit::Filter::default(), &page);
        self.store.read_now(read).unwrap().items
    }

    pub fn usage(&self, caller: &Caller) -> [u64; 6] {
        let user = caller.user;
        [
            (r::VM, 0),
            (r::TOTAL_CPU, 0),
            (r::CPU, 0),
            (r::TOTAL_RAM, 20),
            (r::RAM, 20),
            (r::DISK, 30),
        ]
        .map(|(name, shift)| {
            let seen = self
                .store
                .read_now(|tx| quota::usage_in(tx, user, user.own_project(), name))
                .unwrap();
            seen.usage >> shift
        })
    }

    pub fn limit(&self, caller: &Caller, resource: &'static str, limit: u64) {
        let user = caller.user;
        let project = project_source(user.own_project());
        self.rule(move |tx| {
            set_limit(tx, &user_holder(user), &project, resource, limit)?;
            set_limit(tx, &project, "", resource, limit)
        })
        .unwrap();
    }

    pub fn free(&self, subnet: u64) -> u64 {
        self.store
            .read_now(|tx| tx.must::<Subnet>(&kernel::SubnetId(subnet), "no subnet"))
            .unwrap()
            .free
    }
}

pub(super) const RUNNING: [u64; 6] = [1, 2, 2, 1024, 1024, 10];
pub(super) const HALTED: [u64; 6] = [1, 2, 0, 1024, 0, 10];
pub(super) const NOTHING: [u64; 6] = [0; 6];

pub(super) fn text(error: &Error) -> String {
    error.to_string()
}
