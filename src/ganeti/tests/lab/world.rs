//! One service over an empty store and one cluster of the lab.

use blocks::{BlockList, Blocks};
use compute::{
    Act, BackendChange, NetworkKind, NewBackend, NewFlavor, NewNetwork, NewServer, NewSubnet,
    Sealer, Service, Status, Transport,
};
use kernel::{
    BackendId, Caller, CxSource, FlavorId, NetworkId, Role, ServerId, Settings, SettingsHandle,
    UserId, settings::literal,
};
use objects::{
    Conditions, ContainerPath, Content, MetaChange, NewObject, ObjectPath, PolicyChange,
};
use quota::resource as r;
use std::{
    collections::BTreeMap,
    process::Command,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};
use store::{Reads, Store};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// A cluster of the lab.
pub struct LabCluster {
    /// Its own name.
    pub name: String,
    luxi: String,
    host: String,
    user: String,
    password: String,
    ca: String,
    gnt: Vec<String>,
}

/// The lab's last cluster; None without a lab, unless it is required.
pub fn lab() -> Option<LabCluster> {
    let state = std::env::var("LAB_STATE").unwrap_or_else(|_| "/var/lib/gntlab".into());
    let Ok(text) = std::fs::read_to_string(format!("{state}/lab.json")) else {
        assert!(
            std::env::var_os("TESTS_REQUIRE_LAB").is_none(),
            "the Ganeti lab is required and not up: tests/lab/up"
        );
        eprintln!("SKIPPED: no Ganeti lab (tests/lab/up)");
        return None;
    };
    let all: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
    let last = all.last().unwrap();
    let of = |key: &str| last[key].as_str().unwrap().to_owned();
    let gnt = last["gnt"].as_array().unwrap();
    Some(LabCluster {
        name: of("cluster"),
        luxi: of("luxi"),
        host: of("rapi").replace("https://", "").replace(":5080", ""),
        user: of("user"),
        password: of("password"),
        ca: std::fs::read_to_string(of("ca")).unwrap(),
        gnt: gnt.iter().map(|v| v.as_str().unwrap().to_owned()).collect(),
    })
}

impl LabCluster {
    fn gnt(&self, args: &[&str]) -> String {
        let (program, first) = self.gnt.split_first().unwrap();
        let output = Command::new(program).args(first).args(args).output();
        String::from_utf8_lossy(&output.unwrap().stdout).into_owned()
    }

    /// Stops a daemon and starts it again.
    pub fn restart(&self, daemon: &str) {
        let file = format!("/run/ganeti/{daemon}.pid");
        let before = self.gnt(&["cat", &file]);
        assert!(!before.is_empty(), "{daemon} does not run");
        for what in ["stop", "start"] {
            self.gnt(&["/usr/lib/ganeti/daemon-util", what, daemon]);
        }
        let after = self.gnt(&["cat", &file]);
        assert!(
            !after.is_empty() && after != before,
            "{daemon} was not restarted"
        );
    }

    /// Moves a finished job to the archive.
    pub fn archive(&self, job: u64) {
        self.gnt(&["gnt-job", "archive", &job.to_string()]);
    }

    /// How many jobs were to make an instance.
    pub fn creations(&self, name: &str) -> usize {
        let jobs = self.gnt(&["gnt-job", "list", "--no-headers", "-o", "summary"]);
        let summary = format!("INSTANCE_CREATE({name})");
        jobs.lines().filter(|line| line.contains(&summary)).count()
    }
}

/// How a test drives a cluster.
#[derive(Clone, Copy, Debug)]
pub enum Over {
    /// The query socket.
    Luxi,
    /// The remote API.
    Rapi,
}

/// A running driver.
pub struct Driving(JoinHandle<()>, CancellationToken);

impl Driving {
    /// Lets it end.
    pub async fn end(self) {
        self.1.cancel();
        self.0.await.unwrap();
    }

    /// Drops it wherever it is.
    pub fn cut(self) {
        self.0.abort();
    }
}

/// Rows of one test.
pub struct World {
    service: Service,
    settings: SettingsHandle,
    cx: CxSource,
    store: Store,
    image: uuid::Uuid,
    prefix: String,
    _dir: tempfile::TempDir,
}

fn alice() -> Caller {
    Caller::person(UserId(uuid::Uuid::from_bytes([1; 16])))
}

impl World {
    /// A cluster in use, a public network and an image. `osparams` as in the settings.
    pub async fn new(cluster: &LabCluster, over: Over, osparams: &str) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = std::process::id() % 10_000 * 10 + NEXT.fetch_add(1, Ordering::SeqCst) % 10;
        let prefix = format!("d{number}-");
        let mut settings = Settings::default();
        for (name, value) in [
            ("BACKEND_PREFIX_ID", format!("'{prefix}'")),
            (
                "GANETI_CREATEINSTANCE_KWARGS",
                format!(
                    "{{'os': 'noop+default', 'osparams': {osparams}, 'hvparams': {{'fake': {{}}}}}}"
                ),
            ),
            (
                "CYCLADES_FORCED_SERVER_NETWORKS",
                "['SNF:ANY_PUBLIC_IPV4']".into(),
            ),
        ] {
            settings.set(name, literal::parse(&value).unwrap());
        }
        let settings = SettingsHandle::new(settings);
        let (store, cx) = (Store::in_memory().unwrap(), CxSource::system());
        let service = Service::new(
            store.clone(),
            settings.clone(),
            cx.clone(),
            Sealer::new(b"key").unwrap(),
            "https://h/cyclades/vmapi/v1.0/",
        );
        let user = alice().user;
        store
            .write(move |tx| quota::open_system_project(tx, user))
            .await
            .unwrap();
        let dir = tempfile::tempdir().unwrap();
        let image = image(&store, &settings, &cx, &dir).await;
        let world = World {
            service,
            settings,
            cx,
            store,
            image,
            prefix,
            _dir: dir,
        };
        world.backend(cluster, over).await;
        world.network(number).await;
        world
    }

    async fn backend(&self, cluster: &LabCluster, over: Over) {
        let transport = match over {
            Over::Luxi => Transport::Luxi {
                socket: cluster.luxi.clone(),
            },
            Over::Rapi => Transport::Rapi {
                ca: Some(cluster.ca.clone()),
                pinned: None,
            },
        };
        let new = NewBackend {
            clustername: cluster.host.clone(),
            transport,
            port: 5080,
            username: cluster.user.clone(),
            password: Some(cluster.password.clone().into()),
            hypervisor: "fake".into(),
            public: true,
            networks: true,
        };
        let id = self.service.add_backend(new).await.unwrap().id;
        let change = BackendChange {
            drained: Some(false),
            ..BackendChange::default()
        };
        self.service.modify_backend(id, change).await.unwrap();
    }

    async fn network(&self, number: u32) {
        let subnet = NewSubnet {
            network: NetworkId(0),
            name: "".into(),
            cidr: format!("10.{}.{}.0/28", 200 + number / 250 % 50, number % 250),
            gateway: None,
            dhcp: true,
            pools: None,
            dns_nameservers: vec![],
            host_routes: vec![],
        };
        let new = NewNetwork {
            name: "public".into(),
            kind: NetworkKind::Custom,
            project: None,
            shared_to_project: false,
            owner: None,
            public: true,
            mode: None,
            link: Some("br0".into()),
            mac_prefix: None,
            tags: vec![],
            drained: false,
            floating_ip_pool: false,
            only_backend: None,
            subnets: vec![subnet],
        };
        let root = alice().with(Role::Admin);
        self.service.create_network(&root, new).await.unwrap();
        // Servers need the network in the cluster and its disk templates known.
        let driver = self.drive();
        self.eventually("the network", async || {
            let network = self.service.network(&root, NetworkId(1)).await.unwrap();
            let backend = self
                .store
                .read_now(|tx| tx.must::<compute::Backend>(&BackendId(1), "no backend"));
            let there = self
                .store
                .read_now(|tx| tx.get::<compute::BackendNetwork>(&(network.id, BackendId(1))));
            let made = there
                .unwrap()
                .is_some_and(|t| t.state == compute::BackendNetworkState::Active);
            made && backend.unwrap().refreshed.is_some()
        })
        .await;
        driver.end().await;
    }

    /// Starts a driver.
    pub fn drive(&self) -> Driving {
        let stop = CancellationToken::new();
        let run = ganeti::run(
            self.service.clone(),
            self.settings.clone(),
            self.cx.clone(),
            stop.clone(),
        );
        Driving(tokio::spawn(run), stop)
    }

    async fn eventually(&self, what: &str, mut is: impl AsyncFnMut() -> bool) {
        let mut woken = self.store.subscribe("compute.intent");
        let all = async {
            while !is().await {
                tokio::select! {
                    _ = woken.changed() => {}
                    () = tokio::time::sleep(Duration::from_millis(200)) => {}
                }
            }
        };
        let waited = tokio::time::timeout(PATIENCE, all).await;
        assert!(waited.is_ok(), "{what} did not come about");
    }

    /// Name of a server's instance.
    pub fn name(&self, id: ServerId) -> String {
        format!("{}{id}", self.prefix)
    }

    /// The rows say that the cluster has more memory than any has.
    pub async fn pretend_room(&self) {
        let mut row = self
            .service
            .driver()
            .clusters()
            .await
            .unwrap()
            .remove(0)
            .backend;
        row.stats.mfree = 1 << 30;
        row.stats.mtotal = 1 << 30;
        let driver = self.service.driver();
        driver
            .refreshed(row.id, row.stats, row.disk_templates)
            .await
            .unwrap();
    }

    /// Asks for a server with so many MiB.
    pub async fn create(&self, ram: u32) -> ServerId {
        let new = NewFlavor {
            cpu: 1,
            ram,
            disk: 1,
            volume_type: "file".into(),
            public: true,
            specs: BTreeMap::new(),
        };
        let flavor: FlavorId = self.service.add_flavor(new).await.unwrap().0.id;
        let user = alice().user;
        self.store
            .write(move |tx| {
                let project = quota::project_source(user.own_project());
                for name in [r::CPU, r::TOTAL_CPU, r::RAM, r::TOTAL_RAM] {
                    quota::set_limit(tx, &quota::user_holder(user), &project, name, 1 << 50)?;
                    quota::set_limit(tx, &project, "", name, 1 << 50)?;
                }
                Ok(())
            })
            .await
            .unwrap();
        let new = NewServer {
            name: "web".into(),
            image: self.image,
            flavor: Some(flavor),
            ..NewServer::default()
        };
        let created = self.service.create_server(&alice(), new).await.unwrap();
        created.server.server.id
    }

    /// Acts as the owner.
    pub async fn act(&self, id: ServerId, act: Act) {
        self.service.act(&alice(), id, act).await.unwrap();
    }

    /// Where a server stands.
    pub async fn status(&self, id: ServerId) -> Status {
        self.service.server(&alice(), id).await.unwrap().status
    }

    /// Waits for a status without a task at work.
    pub async fn until(&self, id: ServerId, status: Status) {
        let what = format!("{} {status:?}", self.name(id));
        self.eventually(&what, async || {
            let view = self.service.server(&alice(), id).await.unwrap();
            view.status == status && view.server.task.is_none()
        })
        .await;
    }

    /// Waits until its instance is listed: the job runs.
    pub async fn until_job(&self, id: ServerId) {
        let name = self.name(id);
        self.eventually("the job", async || {
            self.instances().await.iter().any(|(n, _)| *n == name)
        })
        .await;
    }

    /// The last line of a server's log.
    pub async fn said(&self, id: ServerId) -> String {
        let log = self.service.diagnostics(&alice(), id).await.unwrap();
        log.first()
            .map(|d| format!("{} {:?}", d.message, d.details))
            .unwrap_or_default()
    }

    /// The cluster's row.
    pub async fn backend_row(&self) -> compute::Backend {
        let mut all = self.service.driver().clusters().await.unwrap();
        all.remove(0).backend
    }

    /// A client of the cluster.
    pub async fn cluster(&self) -> ganeti::Cluster {
        let mut all = self.service.driver().clusters().await.unwrap();
        let one = all.remove(0);
        ganeti::Cluster::new(&one.backend, one.password).unwrap()
    }

    /// Names of this test's instances, and whether they run.
    pub async fn instances(&self) -> Vec<(String, bool)> {
        let seen = self.cluster().await.instances(&self.prefix).await.unwrap();
        seen.into_iter().map(|(i, _)| (i.name, i.running)).collect()
    }

    /// Hardware addresses of a server's instance.
    pub async fn macs(&self, id: ServerId) -> Vec<String> {
        let seen = self.cluster().await.instance(&self.name(id)).await.unwrap();
        seen.unwrap()
            .nics
            .unwrap()
            .into_iter()
            .map(|nic| nic.mac)
            .collect()
    }

    /// Removes the network from the cluster.
    pub async fn clean_up(&self) {
        let root = alice().with(Role::Admin);
        self.service
            .delete_network(&root, NetworkId(1))
            .await
            .unwrap();
        let driver = self.drive();
        self.eventually("the end of the network", async || {
            let there = self
                .store
                .read_now(|tx| tx.get::<compute::BackendNetwork>(&(NetworkId(1), BackendId(1))));
            there
                .unwrap()
                .is_none_or(|t| t.state == compute::BackendNetworkState::Deleted)
        })
        .await;
        driver.end().await;
    }
}

/// An image of zeros.
async fn image(
    store: &Store,
    settings: &SettingsHandle,
    cx: &CxSource,
    dir: &tempfile::TempDir,
) -> uuid::Uuid {
    let blocks = Blocks::open(&dir.path().join("blocks"), blocks::Options::default()).unwrap();
    let objects = objects::Service::new(store.clone(), blocks, settings.clone(), cx.clone());
    let container = ContainerPath::new(alice().user, "images").unwrap();
    let path = ObjectPath::new(container.clone(), "disk").unwrap();
    let (policies, meta) = (PolicyChange::default(), MetaChange::default());
    objects
        .put_container(&alice(), container, policies, meta)
        .await
        .unwrap();
    let new = NewObject {
        path: path.clone(),
        content: Content::new(BlockList::new(4 << 20, vec![blocks::EMPTY]).unwrap(), None),
        content_type: "application/octet-stream".into(),
        meta: BTreeMap::new(),
        conditions: Conditions::default(),
    };
    let now = cx.cx();
    store
        .write(move |tx| {
            objects::put(tx, &now, &alice(), &objects::Policy::default(), &new).map(drop)
        })
        .await
        .unwrap();
    let attributes = images::Attributes {
        name: Some("Disk".into()),
        ..images::Attributes::default()
    };
    let images = images::Service::new(store.clone(), settings.clone(), cx.clone());
    images
        .register(&alice(), path, attributes)
        .await
        .unwrap()
        .id
}
