//! The pages over a store in memory, with somebody who has files, images, machines and
//! a network: to look at, nothing is kept. Prints address and login, serves until killed.
//!
//! `cargo run -p web --example demo [PORT]` (0: any port)

use blocks::{BlockList, Blocks};
use compute::{
    BackendChange, Fact, InstanceSeen, JobError, JobFact, JobStatus, NetworkFact, NetworkKind,
    NewBackend, NewFlavor, NewNetwork, NewServer, NewSubnet, Target, Transport,
};
use identity::{SignUp, UserChange};
use kernel::{
    BackendId, Caller, CxSource, NetworkId, Origin, Role, ServerId, Settings, SettingsHandle,
    UserId, settings::Value,
};
use objects::{Conditions, ContainerPath, Content, MetaChange, NewObject, ObjectPath, Policy};
use std::{collections::BTreeMap, sync::Arc};
use store::Store;

type Done<T> = Result<T, Box<dyn std::error::Error>>;

const EMAIL: &str = "maria@example.org";
const ADMIN: &str = "admin@example.org";
/// Whose names need room; reads Greek and has nothing.
const LONGEST: &str =
    "konstantina.papadimitriou.anagnostopoulou@postgraduates.informatics.university.example.org";
const PASSWORD: &str = "a quiet harbour";

struct Demo {
    state: web::State,
    store: Store,
    root: Caller,
}

/// Texts of the front page.
const TEXTS: [(&str, &str); 6] = [
    (
        "pages/who-we-are.md",
        "# Who we are\n\nThe harbour office keeps this cloud for everybody who lives here.\n\n## What it is made of\n\n| What | How much |\n|---|---|\n| Memory | 2 TB |\n| Disks | 400 TB |\n\n* Run on *free* software.\n* In two buildings, `north` and `south`.\n",
    ),
    (
        "pages/prices.md",
        "# Prices\n\nNone, for up to eight machines.",
    ),
    (
        "news/2026-11-20-new-disks.md",
        "# Twice as many disks\n\nFrom Monday on there is room for 400 TB. Nothing has to be done: whoever asks for more gets it at once, and everybody's limit for disks is now 200 GB instead of 100 GB, as the first of three steps this winter.",
    ),
    (
        "news/2026-10-02-power-cut.md",
        "# The power goes off on Sunday from 04:00 to 05:00\n\nMachines go on; the pages may be away for a moment.",
    ),
    (
        "faq/machines/names.md",
        "# May two machines have the same name?\n\nYes. They are told apart by their number.",
    ),
    (
        "faq/files/size.md",
        "# How large may a file be?\n\nAs large as your limit.",
    ),
];

fn texts(dir: &std::path::Path) -> Done<Value> {
    for (name, text) in TEXTS {
        let path = dir.join("portal").join(name);
        std::fs::create_dir_all(path.parent().ok_or("no folder")?)?;
        std::fs::write(path, text)?;
    }
    Ok(Value::Str(dir.join("portal").display().to_string()))
}

fn settings(port: u16) -> Settings {
    let mut settings = Settings::default();
    let mut set = |name: &str, value: &str| settings.set(name, Value::Str(value.to_owned()));
    set("ASTAKOS_BASE_URL", &format!("http://127.0.0.1:{port}"));
    set("CYCLADES_BASE_URL", &format!("http://127.0.0.1:{port}"));
    if let Ok(color) = std::env::var("DEMO_ACCENT") {
        set("BRANDING_ACCENT_COLOR", &color);
    }
    for name in [
        "ASTAKOS_MODERATION_ENABLED",
        "ASTAKOS_SIGNUP_ASK_MESSAGE",
        "ASTAKOS_INVITATIONS_ENABLED",
        "ASTAKOS_EMAILCHANGE_ENABLED",
    ] {
        settings.set(name, Value::Bool(true));
    }
    let staff = ["Staff", "staff@example.org"].map(|text| Value::Str(text.to_owned()));
    let staff = Value::List(vec![Value::List(staff.to_vec())]);
    settings.set("ACCOUNT_PENDING_MODERATION_RECIPIENTS", staff);
    settings.set("BRANDING_SHOW_COPYRIGHT", Value::Bool(true));
    // For `/ui/_components`.
    settings.set("DEBUG", Value::Bool(true));
    settings
}

fn state(store: &Store, dir: &std::path::Path, port: u16) -> Done<web::State> {
    let mut settings = settings(port);
    settings.set("PORTAL_DIR", texts(dir)?);
    let (cx, handle) = (CxSource::system(), SettingsHandle::new(settings));
    let options = blocks::Options {
        reserve: 0,
        ..blocks::Options::default()
    };
    let blocks = Blocks::open(&dir.join("blocks"), options)?;
    let (s, h, c) = (store, &handle, &cx);
    let keys = identity::Keys::from_bytes([7; 32])?;
    let identity = identity::Service::new(s.clone(), h.clone(), c.clone(), keys)
        .with_passkeys(Arc::new(login::passkey::Devices));
    Ok(web::State::from(web::Services {
        auth: Arc::new(identity.clone()),
        identity,
        logins: Arc::new(login::Registry::product()),
        quota: quota::Service::new(s.clone()),
        objects: objects::Service::new(s.clone(), blocks, h.clone(), c.clone()),
        images: images::Service::new(s.clone(), h.clone(), c.clone()),
        compute: compute::Service::new(
            s.clone(),
            h.clone(),
            c.clone(),
            compute::Sealer::new(&[9; 32])?,
            "http://127.0.0.1/cyclades/vmapi/v1.0",
        ),
        mail: notify::Service::new(s.clone(), h.clone(), c.clone()),
        search: search::Service::in_memory(s.clone(), web::People)?,
        figures: metrics_exporter_prometheus::PrometheusBuilder::new()
            .build_recorder()
            .handle(),
        served: format!("http://127.0.0.1:{port}").into(),
        settings: handle,
        cx,
    }))
}

impl Demo {
    /// Other people, somebody who administers them, and what that person did.
    async fn crowd(&self) -> Done<()> {
        let cx = self.state.cx.cx();
        self.store
            .write(move |tx| identity::synthetic::add(tx, &cx, 0..240))
            .await?;
        let form = SignUp {
            email: ADMIN.into(),
            first_name: "Ada".into(),
            last_name: "Ministrator".into(),
            password: PASSWORD.to_owned().into(),
            language: "en".into(),
        };
        let identity = &self.state.identity;
        let changes = vec![
            UserChange::Admin(true),
            UserChange::AddGroup("staff".into()),
        ];
        let admin = identity.admin_enrol(&self.root, form, changes).await?;
        let origin = Origin::user(admin.uuid, ADMIN, "192.0.2.17", Some("b7f1".into()));
        let caller = Caller::person(admin.uuid)
            .with(Role::Admin)
            .asking_from(origin);
        let waits = identity.find(&identity::synthetic::person(1).0).await?;
        if let Some(user) = waits {
            let info = UserChange::Affiliation(Some("Harbour office".into()));
            identity.admin_modify(&caller, user.no, vec![info]).await?;
        }
        if let Some(user) = identity.find(EMAIL).await? {
            for change in [
                UserChange::Level(2),
                UserChange::AddGroup("researchers".into()),
                UserChange::Deactivate("Asked for a pause until spring, by phone".into()),
                UserChange::Activate,
                UserChange::RenewToken,
            ] {
                identity
                    .admin_modify(&caller, user.no, vec![change])
                    .await?;
            }
        }
        self.state.search.catch_up().await?;
        Ok(())
    }

    async fn longest(&self) -> Done<()> {
        let form = SignUp {
            email: LONGEST.into(),
            first_name: "Κωνσταντίνα-Αλεξάνδρα-Θεοδώρα".into(),
            last_name: "Παπαδημητρίου-Αναγνωστοπούλου-Χατζηπαναγιωτοπούλου".into(),
            password: PASSWORD.to_owned().into(),
            language: "el".into(),
        };
        let identity = &self.state.identity;
        identity.admin_enrol(&self.root, form, vec![]).await?;
        Ok(())
    }

    async fn person(&self) -> Done<Caller> {
        let form = SignUp {
            email: EMAIL.into(),
            first_name: "Maria".into(),
            last_name: "Papadaki".into(),
            password: PASSWORD.to_owned().into(),
            language: "en".into(),
        };
        let identity = &self.state.identity;
        let terms = "<h2>1. Who we are</h2><p>A cloud for everybody who <b>lives here</b>.</p>\
            <h2>2. What you may do</h2><ul><li>Make machines.</li><li>Keep files.</li></ul>";
        identity.term_add(&self.root, "/terms.html", terms).await?;
        let changes = vec![identity::UserChange::Invitations(3)];
        let view = identity.admin_enrol(&self.root, form, changes);
        Ok(Caller::person(view.await?.uuid))
    }

    /// Somebody who waits for a decision, somebody who is invited, an address that is
    /// to change: where the mailed links lead.
    async fn applicants(&self, person: &Caller) -> Done<Vec<String>> {
        let identity = &self.state.identity;
        let client = identity::ClientInfo {
            address: std::net::Ipv4Addr::LOCALHOST.into(),
            user_agent: String::new(),
        };
        for email in ["nikos@uni.example", "eleni@uni.example"] {
            let form = SignUp {
                email: email.into(),
                first_name: "Eleni".into(),
                last_name: "Karra".into(),
                password: PASSWORD.to_owned().into(),
                language: "en".into(),
            };
            let more = identity::SignUpMore {
                signs_terms: true,
                message: "I teach physics at the university and need machines for my course."
                    .into(),
                ..identity::SignUpMore::default()
            };
            identity.sign_up_with(form, more, &client).await?;
            let code = self.mailed("auth=", '&').await?;
            identity.verify(&code, &client).await?;
        }
        for (email, name) in [("ann@example.org", "Ann Lee"), ("bob@example.org", "")] {
            identity.invite(person.user, email, name, &client).await?;
        }
        let new = "maria.papadaki@example.com";
        identity
            .request_email_change(person.user, new, &client)
            .await?;
        let mut links = Vec::new();
        for key in ["/ui/moderate/", "/ui/?code=", "/ui/email_change/confirm/"] {
            links.push(format!("{key}{}", self.mailed(key, '"').await?));
        }
        Ok(links)
    }

    /// What follows `mark` in the last mail that holds it.
    async fn mailed(&self, mark: &str, end: char) -> Done<String> {
        use store::Reads;
        let mails = self
            .store
            .read(|tx| tx.outbox::<kernel::mail::MailRequest>(kernel::mail::TOPIC, 0, 1000));
        let texts = mails.await?.into_iter().rev();
        let mut found = texts.filter_map(|(_, mail)| {
            let text = serde_json::to_string(&mail.context).ok()?;
            let (_, rest) = text.split_once(mark)?;
            rest.split(end).next().map(str::to_owned)
        });
        Ok(found.next().ok_or("no such mail")?)
    }

    async fn file(
        &self,
        person: &Caller,
        container: &str,
        name: &str,
        size: u64,
    ) -> Done<ObjectPath> {
        let blocks = usize::try_from(size.div_ceil(4 << 20))?;
        let list = BlockList::new(size, vec![blocks::EMPTY; blocks])?;
        let path = ObjectPath::new(ContainerPath::new(person.user, container)?, name)?;
        let new = NewObject {
            path: path.clone(),
            content: Content::new(list, None),
            content_type: "application/octet-stream".into(),
            meta: BTreeMap::new(),
            conditions: Conditions::default(),
        };
        let (person, cx) = (person.clone(), self.state.cx.cx());
        self.store
            .write(move |tx| objects::put(tx, &cx, &person, &Policy::default(), &new).map(drop))
            .await?;
        Ok(path)
    }

    async fn files(&self, person: &Caller) -> Done<Vec<images::Image>> {
        for name in ["images", "pithos", "backups"] {
            let path = ContainerPath::new(person.user, name)?;
            let objects = &self.state.objects;
            objects
                .put_container(person, path, Default::default(), MetaChange::default())
                .await?;
        }
        for (name, size) in [
            ("holidays/andros.jpg", 2_411_724),
            ("holidays/tinos.jpg", 3_120_224),
            ("notes.txt", 1_830),
            (
                "A report with a rather long name about the harbour and its winds, second edition.pdf",
                812_000,
            ),
        ] {
            self.file(person, "pithos", name, size).await?;
        }
        let mut made = Vec::new();
        for (name, os, public) in [
            ("Debian 13", "debian", true),
            ("Ubuntu 26.04 LTS", "ubuntu", true),
            ("my-router", "freebsd", false),
        ] {
            let path = self
                .file(person, "images", &format!("{os}.diskdump"), 5 << 28)
                .await?;
            let mut given = images::Attributes {
                name: Some(name.into()),
                public: Some(public),
                ..images::Attributes::default()
            };
            let family = if os == "freebsd" { "freebsd" } else { "linux" };
            for (key, value) in [("os", os), ("osfamily", family)] {
                given.properties.insert(key.into(), value.into());
            }
            let admin = person.clone().with(Role::Admin);
            made.push(self.state.images.register(&admin, path, given).await?);
        }
        Ok(made)
    }

    async fn cluster(&self) -> Done<BackendId> {
        let compute = &self.state.compute;
        for (cpu, ram, disk) in [(1, 1024, 20), (2, 4096, 40), (4, 8192, 80), (8, 16384, 160)] {
            let new = NewFlavor {
                cpu,
                ram,
                disk,
                volume_type: "file".into(),
                public: true,
                specs: BTreeMap::new(),
            };
            compute.add_flavor(new).await?;
        }
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
        let id = compute.add_backend(new).await?.id;
        let change = BackendChange {
            drained: Some(false),
            ..BackendChange::default()
        };
        compute.modify_backend(id, change).await?;
        Ok(id)
    }

    async fn network(&self, backend: BackendId) -> Done<()> {
        let new = NewNetwork {
            name: "Internet".into(),
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
            floating_ip_pool: true,
            only_backend: None,
            subnets: vec![NewSubnet {
                network: NetworkId(0),
                name: "".into(),
                cidr: "203.0.113.0/24".into(),
                gateway: None,
                dhcp: true,
                pools: None,
                dns_nameservers: vec![],
                host_routes: vec![],
            }],
        };
        self.state.compute.create_network(&self.root, new).await?;
        let driver = self.state.compute.driver();
        for pending in driver.pending(backend, None, 100).await? {
            let job = 1000 + pending.intent.id;
            driver.attempt(pending.intent.id).await?;
            driver.submitted(pending.intent.id, job).await?;
            let fact = NetworkFact {
                backend,
                network: pending.job.name().into(),
                job: Some(job),
                intent: Some(pending.intent.id),
                there: Some(true),
                error: None,
                at: self.state.cx.cx().now,
            };
            driver.observed(Fact::Network(fact)).await?;
        }
        Ok(())
    }

    /// Sends what is asked for a machine; its job has come as far as `status`.
    async fn job(
        &self,
        backend: BackendId,
        server: ServerId,
        opcode: &str,
        status: JobStatus,
    ) -> Done<()> {
        let driver = self.state.compute.driver();
        let asked = driver.pending(backend, None, 100).await?;
        let mine = asked
            .iter()
            .find(|p| p.intent.target == Target::Server(server));
        let intent = mine.ok_or("nothing was asked")?.intent.id;
        driver.attempt(intent).await?;
        driver.submitted(intent, 100 + intent).await?;
        let error = (status == JobStatus::Error).then(|| JobError {
            class: "OpPrereqError".into(),
            message: "no node has room for the disk".into(),
            code: "insufficient_resources".into(),
        });
        let live: Option<InstanceSeen> = None;
        let fact = JobFact {
            backend,
            job: 100 + intent,
            instance: format!("snf-{server}"),
            opcode: format!("OP_INSTANCE_{opcode}"),
            status,
            at: self.state.cx.cx().now,
            log: None,
            error,
            live,
            absent: false,
        };
        Ok(driver.observed(Fact::Job(fact)).await?)
    }

    async fn machines(
        &self,
        person: &Caller,
        backend: BackendId,
        image: &images::Image,
    ) -> Done<()> {
        let compute = &self.state.compute;
        let flavors = compute.flavors(person).await?;
        let flavor = flavors.first().ok_or("no flavor")?.flavor.id;
        for (name, status) in [
            ("web-1", Some(JobStatus::Success)),
            ("database", Some(JobStatus::Success)),
            ("builder", Some(JobStatus::Error)),
            ("new one", None),
        ] {
            let new = NewServer {
                name: name.into(),
                image: image.id,
                flavor: Some(flavor),
                ..NewServer::default()
            };
            let id = compute.create_server(person, new).await?.server.server.id;
            if let Some(status) = status {
                self.job(backend, id, "CREATE", status).await?;
            }
        }
        Ok(())
    }
}

#[tokio::main]
async fn main() -> Done<()> {
    // For images of the owner on other servers.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let port = std::env::args()
        .nth(1)
        .map_or(Ok(8700), |port| port.parse())?;
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    let port = listener.local_addr()?.port();
    let dir = tempfile::tempdir()?;
    let store = Store::in_memory()?;
    let root = Caller::person(UserId(uuid::Uuid::from_bytes([250; 16]))).with(Role::Admin);
    let demo = Demo {
        state: state(&store, dir.path(), port)?,
        store,
        root,
    };
    let person = demo.person().await?;
    demo.longest().await?;
    let links = demo.applicants(&person).await?;
    let images = demo.files(&person).await?;
    let backend = demo.cluster().await?;
    demo.network(backend).await?;
    if let Some(image) = images.first() {
        demo.machines(&person, backend, image).await?;
    }
    demo.crowd().await?;
    println!("http://127.0.0.1:{port}  {EMAIL}  {PASSWORD}");
    for link in links {
        println!("http://127.0.0.1:{port}{link}");
    }
    println!("http://127.0.0.1:{port}/admin  {ADMIN}  {PASSWORD}");
    println!("{LONGEST}  {PASSWORD}");
    web::serve(listener, None, demo.state, Default::default()).await?;
    Ok(())
}
