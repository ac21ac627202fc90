//! A cloud in which somebody has one of everything, each called "treasure".

use crate::{
    api::compute::tests::{Cloud, Got, root},
    auth::Authenticate,
    authz::grants::Grants,
    server::{Peer, Private},
};
use axum::body::Body;
use compute::{Job, ServerView};
use futures_util::future::BoxFuture;
use http::Request;
use identity::{SignUp, UserChange};
use kernel::{BackendId, Caller, ProjectId, Result, UserId, secret::ExposeSecret};
use serde_json::{Value, json};
use std::{collections::BTreeSet, sync::Arc};
use uuid::Uuid;

/// The people of the table, in the order of its columns.
pub(super) const PEOPLE: [&str; 5] = ["nobody", "stranger", "member", "administrator", "owner"];
const SETTINGS: &str = "
    CYCLADES_FORCED_SERVER_NETWORKS = ['SNF:ANY_PUBLIC_IPV4']
    CYCLADES_SHARED_RESOURCES_ENABLED = True
    ASTAKOS_ADMIN_API_ENABLED = True
";

/// The project that owner and member share.
pub(super) fn project() -> ProjectId {
    ProjectId(Uuid::from_bytes([77; 16]))
}

/// Real accounts; some of them are in the project.
struct Fellows {
    identity: identity::Service,
    fellows: BTreeSet<UserId>,
}

impl Authenticate for Fellows {
    fn token<'a>(&'a self, token: &'a str) -> BoxFuture<'a, Result<Caller>> {
        Box::pin(async move {
            let mut caller = self.identity.caller_by_token(token)?;
            if self.fellows.contains(&caller.user) {
                caller.projects.insert(project());
            }
            Ok(caller)
        })
    }
}

/// Somebody with an account.
pub(super) struct Person {
    pub(super) uuid: UserId,
    pub(super) token: String,
}

/// Ids of what is the owner's.
#[derive(Default)]
pub(super) struct Things {
    pub(super) server: u64,
    pub(super) network: u64,
    pub(super) subnet: u64,
    pub(super) port: u64,
    pub(super) volume: u64,
    pub(super) floating_ip: u64,
    pub(super) image: String,
    pub(super) secret: String,
    pub(super) grants: Grants,
}

pub(super) struct World {
    pub(super) cloud: Cloud,
    /// Without nobody: the one of column n is number n - 1.
    pub(super) people: Vec<Person>,
    pub(super) things: Things,
}

/// An account, active, with its token.
async fn account(cloud: &Cloud, name: &str) -> Person {
    let identity = &cloud.fixture.state.identity;
    let form = SignUp {
        email: format!("{name}@example.org"),
        first_name: name.into(),
        last_name: "Doe".into(),
        password: "correct horse battery".to_owned().into(),
        language: "en".into(),
    };
    let groups = match name {
        "administrator" => vec!["admin-api".to_owned()],
        _ => vec![],
    };
    let root = root();
    let added = identity.admin_add(&root, form, false, groups, vec![]);
    let user = added.await.unwrap();
    let admin = UserChange::Admin(name == "administrator");
    let changes = vec![UserChange::Verify, UserChange::Accept, admin];
    let changed = identity.admin_modify(&root, user.no, changes).await;
    changed.unwrap();
    let token = identity.token_of(user.uuid).await.unwrap();
    Person {
        uuid: user.uuid,
        token: token.token.expose_secret().to_owned(),
    }
}

impl World {
    pub(super) async fn new() -> Self {
        let cloud = Cloud::furnished(SETTINGS).await;
        cloud.pools().await;
        let mut people = Vec::new();
        for name in ["stranger", "member", "administrator", "treasure"] {
            people.push(account(&cloud, name).await);
        }
        let fellows = BTreeSet::from([people[1].uuid, people[3].uuid]);
        open_project(&cloud, fellows.clone()).await;
        let identity = cloud.fixture.state.identity.clone();
        let cloud = cloud.known_to(Arc::new(Fellows { identity, fellows }));
        let mut world = World {
            cloud,
            people,
            things: Things::default(),
        };
        world.files().await;
        world.image().await;
        world.networks().await;
        world.servers().await;
        world.things.grants = Grants::new(&world).await;
        world
    }

    pub(super) fn owner(&self) -> &Person {
        self.people.last().unwrap()
    }

    /// Sends what the person of a column asks.
    pub(super) async fn ask(
        &self,
        column: usize,
        (method, path): (&str, &str),
        headers: &[(String, String)],
        body: &str,
    ) -> Got {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("Host", "cloud.example.org")
            .header("Content-Length", body.len());
        if column > 0 {
            request = request.header("X-Auth-Token", &self.people[column - 1].token);
        }
        for (name, value) in headers {
            request = request.header(name, value);
        }
        // Nobody here sits at the machine itself.
        let peer = Peer("192.0.2.9:4000".parse().unwrap());
        let mut request = request.extension(peer);
        if path.contains("/oauth2/") || path.contains("/oa2/") {
            request = request.extension(Private);
        }
        let body = Body::from(body.to_owned());
        self.cloud.send(request.body(body).unwrap()).await
    }

    /// What the owner asks to have the cloud furnished.
    async fn make(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Got {
        let headers = headers.iter().map(|(k, v)| ((*k).into(), (*v).into()));
        let headers: Vec<_> = headers.collect();
        let got = self.ask(4, (method, path), &headers, body).await;
        assert!((200..300).contains(&got.status), "{path}: {}", got.text());
        got
    }

    async fn posted(&self, path: &str, body: Value) -> Value {
        let kind = [("Content-Type", "application/json")];
        let path = format!("/cyclades/{path}");
        self.make("POST", &path, &kind, &body.to_string())
            .await
            .json()
    }

    async fn files(&self) {
        let root = format!("/pithos/object-store/v1/{}", self.owner().uuid);
        let kind = [("Content-Type", "application/octet-stream")];
        for (path, body) in [
            ("treasure", ""),
            ("treasure-empty", ""),
            ("treasure/treasure-object", "treasure bytes"),
            ("treasure/treasure-disk", "treasure image"),
        ] {
            self.make("PUT", &format!("{root}/{path}"), &kind, body)
                .await;
        }
        // Where others might copy to.
        for column in 1..4 {
            let account = self.people[column - 1].uuid;
            let path = format!("/pithos/object-store/v1/{account}/mine");
            self.ask(column, ("PUT", &path), &[], "").await;
        }
    }

    async fn image(&mut self) {
        let owner = self.owner().uuid;
        let location = format!("pithos://{owner}/treasure/treasure-disk");
        let member = self.people[1].uuid;
        let headers = [
            ("X-Image-Meta-Name", "treasure-image"),
            ("X-Image-Meta-Location", &location),
            ("X-Image-Meta-Property-Os", "treasure-os"),
            ("X-Image-Meta-Property-Root-Partition", "1"),
        ];
        let got = self
            .make("POST", "/cyclades/image/v1.0/images", &headers, "")
            .await;
        self.things.image = got.headers["x-image-meta-id"].to_str().unwrap().to_owned();
        let image = &self.things.image;
        let path = format!("/cyclades/image/v1.0/images/{image}/members/{member}");
        self.make("PUT", &path, &[], "").await;
    }

    async fn networks(&mut self) {
        let project = project();
        let body = json!({"network": {
            "type": "MAC_FILTERED", "name": "treasure-network", "project": project,
            "shared_to_project": true,
        }});
        let number = |got: &Value| got["id"].as_str().unwrap().parse::<u64>().unwrap();
        let made = self.posted("network/v2.0/networks", body).await;
        self.things.network = number(&made["network"]);
        let network = self.things.network.to_string();
        let subnet = json!({"subnet": {
            "network_id": network, "cidr": "10.9.8.0/24", "name": "treasure-subnet",
        }});
        let made = self.posted("network/v2.0/subnets", subnet).await;
        self.things.subnet = number(&made["subnet"]);
        let mut caller = Caller::person(self.owner().uuid);
        caller.projects.insert(project);
        let compute = &self.cloud.fixture.state.compute;
        let new = compute::NewFloatingIp {
            project: Some(project),
            shared_to_project: true,
            ..Default::default()
        };
        let taken = compute.create_floating_ip(&caller, new);
        self.things.floating_ip = taken.await.unwrap().address.id;
    }

    async fn servers(&mut self) {
        let network = self.things.network.to_string();
        let mut wanted = json!({"server": {
            "name": "treasure-server", "imageRef": self.things.image, "flavorRef": 1,
            "project": project(), "shared_to_project": true, "tags": ["treasure"],
            "metadata": {"treasure-key": "treasure"}, "networks": [{"uuid": network}],
        }});
        let made = self.posted("compute/v2.0/servers", wanted.clone()).await;
        self.things.server = made["server"]["id"].as_u64().unwrap();
        self.cloud.carry_out().await;
        let seen = self.server().await;
        assert_eq!(seen.status, compute::Status::Active);
        self.things.volume = seen.volumes[0].0;
        self.things.port = seen.ports[0].port.id.0;
        // One more, whose build goes on.
        wanted["server"]["name"] = json!("treasure-build");
        self.posted("compute/v2.0/servers", wanted).await;
        let driver = self.cloud.fixture.state.compute.driver();
        let waiting = driver.pending(BackendId(1), None, 100).await.unwrap();
        let url = waiting.iter().find_map(|pending| match &pending.job {
            Job::Create(spec) => spec.osparams["config_url"].as_str(),
            _ => None,
        });
        self.things.secret = url.unwrap().rsplit('/').next().unwrap().to_owned();
    }

    async fn server(&self) -> ServerView {
        let compute = &self.cloud.fixture.state.compute;
        let id = kernel::ServerId(self.things.server);
        compute.server(&root(), id).await.unwrap()
    }

    /// Does an answer name something of the owner's?
    pub(super) fn reveals(&self, got: &Got) -> bool {
        let uuid = self.owner().uuid.to_string();
        let body = String::from_utf8_lossy(&got.body);
        let headers = got.headers.values().map(|value| value.as_bytes());
        let headers: Vec<_> = headers.map(String::from_utf8_lossy).collect();
        let mut texts = headers.iter().chain(std::iter::once(&body));
        texts.any(|text| text.contains("treasure") || text.contains(&uuid))
    }
}

/// The project with room for everything.
async fn open_project(cloud: &Cloud, fellows: BTreeSet<UserId>) {
    let opened = cloud.fixture.store.write(move |tx| {
        let source = quota::project_source(project());
        for info in quota::catalogue(tx)? {
            let name = info.about.name;
            quota::set_limit(tx, &source, "", name, 1 << 50)?;
            for user in &fellows {
                let holder = quota::user_holder(*user);
                quota::set_limit(tx, &holder, &source, name, 1 << 50)?;
            }
        }
        Ok(())
    });
    opened.await.unwrap();
}
