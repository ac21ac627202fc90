//! Lists, pages and acts of administrators on machines, networks, addresses and the
//! others.

use super::{
    admin::{Desk, root},
    *,
};
use crate::api::compute::tests::{Cloud, carry_out, public};
use compute::{NewFloatingIp, NewServer};
use kernel::settings::literal;
use serde_json::{Value as Json, json};

const OWNER: &str = "maria@example.org";

/// A cloud with a cluster, in which somebody has machines.
pub(super) struct Cluster {
    pub(super) desk: Desk,
    pub(super) owner: UserId,
}

impl Cluster {
    pub(super) async fn new() -> Self {
        let settings = format!(
            "ASTAKOS_BASE_URL = 'https://{HOST}'
            CYCLADES_FORCED_SERVER_NETWORKS = ['SNF:ANY_PUBLIC_IPV4']"
        );
        let cloud = Cloud::furnished(&settings).await;
        cloud.pools().await;
        let image = cloud.image().await;
        let desk = Desk::of(House(cloud.into_fixture())).await;
        let owner = desk.house.person(OWNER).await;
        let cluster = Cluster { desk, owner };
        for name in ["web", "database"] {
            cluster.machine(name, image).await;
        }
        cluster.carry_out().await;
        cluster.desk.indexed().await;
        cluster
    }

    pub(super) fn state(&self) -> &crate::State {
        &self.desk.house.0.state
    }

    pub(super) async fn carry_out(&self) {
        carry_out(&self.desk.house.0).await;
    }

    fn caller(&self) -> Caller {
        Caller::person(self.owner)
    }

    async fn machine(&self, name: &str, image: uuid::Uuid) {
        let flavors = self.state().compute.flavors(&root()).await.unwrap();
        let new = NewServer {
            name: name.into(),
            image,
            flavor: Some(flavors[0].flavor.id),
            owner: Some(self.owner),
            project: Some(self.owner.own_project()),
            ..NewServer::default()
        };
        let made = self.state().compute.create_server(&root(), new).await;
        made.unwrap();
    }

    pub(super) async fn address(&self) -> u64 {
        let new = NewFloatingIp::default();
        let (compute, caller) = (&self.state().compute, self.caller());
        let made = compute.create_floating_ip(&caller, new);
        made.await.unwrap().address.id
    }

    pub(super) async fn network(&self, name: &str) -> u64 {
        let new = compute::NewNetwork {
            kind: compute::NetworkKind::MacFiltered,
            public: false,
            subnets: vec![],
            ..public("10.0.0.0/24", name, false)
        };
        let (compute, caller) = (&self.state().compute, self.caller());
        let made = compute.create_network(&caller, new);
        made.await.unwrap().id.0
    }

    fn set(&self, name: &str, text: &str) {
        let mut settings = (*self.state().settings.now()).clone();
        settings.set(name, literal::parse(text).unwrap());
        self.state().settings.replace(settings);
    }

    async fn table(&self, browser: &Browser, query: &str) -> Json {
        let path = format!("/admin/json/{query}");
        let kind = [("accept", "application/json")];
        let sent = browser.send(Method::GET, &path, &kind, String::new());
        serde_json::from_str(&sent.await.is(200)).unwrap()
    }

    /// An act as a program asks for it.
    pub(super) async fn act(&self, browser: &Browser, body: Json) -> (u16, Json) {
        let token = proof(&browser.get("/ui/profile").await.is(200));
        let headers = [
            ("content-type", "application/json"),
            ("x-csrftoken", token.as_str()),
        ];
        let sent = browser
            .send(Method::POST, "/admin/actions/", &headers, body.to_string())
            .await;
        let answer = serde_json::from_str(&sent.text).unwrap_or_default();
        (sent.status.as_u16(), answer)
    }

    async fn operstate(&self, id: u64) -> &'static str {
        let view = self.state().compute.any_server(kernel::ServerId(id)).await;
        view.unwrap().server.operstate.word()
    }
}

// ID-ADU-10 ID-ADU-11 ID-ADU-12 ID-ADU-18 ID-ADU-21: every list has its page, its data
// with the columns of the table, and a page for each of its things
#[tokio::test]
async fn every_list_has_a_page_data_and_details() {
    let cluster = Cluster::new().await;
    cluster.address().await;
    cluster.set("ADMIN_VIEWS", "{'user': {}, 'vm': {}, 'volume': {}, 'network': {}, 'ip': {}, 'ip_log': {}, 'project': {}, 'group': {}, 'auth_provider': {}}");
    let reader = cluster.desk.member("reader@example.org", "admin-readonly");
    let reader = reader.await;
    let all = [
        ("vm", 5, "Flavor C1R1024D20drbd", "flavor"),
        ("volume", 9, "drbd", "origin"),
        ("network", 6, "203.0.113.0/24", "subnets"),
        ("ip", 5, "203.0.113", "in_use"),
        ("ip_log", 7, "associate port", "reason"),
        ("project", 7, "1 (Active)", "total_resources"),
        ("group", 2, "helpdesk", "permissions"),
        ("auth_provider", 5, "local", "backend"),
    ];
    for (kind, columns, _, summary) in all {
        let page = reader.get(&format!("/admin/{kind}")).await.is(200);
        assert!(page.contains("data-page=\"admin-things\""), "{kind}");
        assert!(page.contains("<tr data-id=\""), "{kind}: {page}");
        let table = cluster.table(&reader, &format!("{kind}?sEcho=4")).await;
        assert_eq!(table["sEcho"], 4);
        let rows = table["aaData"].as_array().unwrap();
        assert!(
            !rows.is_empty() && rows.len() == table["iTotalRecords"],
            "{kind}: {table}"
        );
        assert_eq!(rows[0].as_array().unwrap().len(), columns, "{kind}");
        let extra = &table["extra"][0];
        for key in [
            "allowed_actions",
            "id",
            "item_name",
            "details_url",
            "contact_id",
            "contact_email",
            "contact_name",
            summary,
        ] {
            assert!(
                extra[key]["display_name"].is_string(),
                "{kind} {key}: {extra}"
            );
        }
        let details = extra["details_url"]["value"].as_str().unwrap();
        let page = reader.get(details).await.is(200);
        assert!(page.contains("data-page=\"admin-thing\""), "{details}");
        let none = reader.get(&format!("/admin/{kind}/987654")).await.is(404);
        assert!(none.contains("987654"), "{kind}");
        let whole = cluster
            .table(&reader, &format!("{kind}?iDisplayLength=-1"))
            .await;
        assert_eq!(whole["extra"].as_array().unwrap().len(), rows.len());
        assert_eq!(whole["aaData"], json!([]));
    }
    let path = format!("/admin/project/{}", cluster.owner);
    let page = reader.get(&path).await.is(200);
    assert!(
        page.contains(OWNER) && page.contains("data-resource=\"cyclades.vm\""),
        "{page}"
    );
    reader.get("/admin/json/vm").await.is(400);
    for path in ["/admin/kitchen", "/admin/kitchen/1", "/admin/json/kitchen"] {
        assert!(reader.get(path).await.is(404).contains("kitchen"), "{path}");
    }
    // What is not among the views is not there.
    cluster.set("ADMIN_VIEWS", "{'vm': {'label': 'Boxes'}}");
    reader.get("/admin/network").await.is(404);
    reader.get("/admin/user").await.is(404);
    reader.get("/admin/user/1").await.is(404);
    let first = reader.get("/admin").await;
    assert!(first.headers[header::LOCATION] == "/admin/vm");
    assert_eq!(
        reader.get("/admin/home").await.headers[header::LOCATION],
        "/admin"
    );
    assert!(
        reader
            .get("/admin/vm")
            .await
            .is(200)
            .contains("<h1>Boxes</h1>")
    );
}

// ID-ADU-20 ID-ADU-22 ID-ADU-23: pages, words, fields, filters by other things
#[tokio::test]
async fn lists_are_paged_and_filtered() {
    let cluster = Cluster::new().await;
    let reader = cluster.desk.member("reader@example.org", "admin-readonly");
    let reader = reader.await;
    for n in 0..53 {
        let new = compute::NewNetwork {
            drained: n == 7,
            ..public(&format!("10.0.{n}.0/24"), &format!("net-{n:02}"), false)
        };
        cluster
            .state()
            .compute
            .create_network(&root(), new)
            .await
            .unwrap();
    }
    let first = reader.get("/admin/network").await.is(200);
    assert_eq!(first.matches("<tr data-id=").count(), 50);
    assert!(first.contains(">net-52<") && !first.contains(">net-01<"));
    let next = between(&first, "rel=\"next\" href=\"", "\"").replace("&#38;", "&");
    let second = reader.get(&next.replace("&amp;", "&")).await.is(200);
    assert_eq!(second.matches("<tr data-id=").count(), 5);
    assert!(second.contains(">net-01<") && second.contains("First page"));
    let oldest = reader.get("/admin/network?sort=oldest").await.is(200);
    assert!(oldest.find(">Public<") < oldest.find(">net-00<"));

    let names = async |query: &str| -> Vec<String> {
        let (kind, query) = query.split_once('?').unwrap();
        let query = percent_encoding::utf8_percent_encode(query, percent_encoding::CONTROLS);
        let query = query.to_string().replace(' ', "%20");
        let table = cluster.table(&reader, &format!("{kind}?{query}")).await;
        let extras = table["extra"].as_array().unwrap().clone();
        let name = |e: &Json| e["item_name"]["value"].as_str().unwrap().to_owned();
        extras.iter().map(name).collect()
    };
    let none: [&str; 0] = [];
    assert_eq!(
        names("network?iDisplayStart=1&iDisplayLength=2").await,
        ["net-51", "net-50"]
    );
    assert_eq!(names("network?sSearch=net-07").await, ["net-07"]);
    assert_eq!(names("network?sSearch=drained:yes").await, ["net-07"]);
    assert_eq!(
        names("network?sSearch=net-07 OR net-08").await,
        ["net-08", "net-07"]
    );
    assert_eq!(names("network?sSearch=name=net-07").await, ["net-07"]);
    assert_eq!(names("network?sSearch=height=2").await, none);
    assert_eq!(names("network?sSearch=vm:web").await, ["Public"]);
    assert_eq!(names("vm?sSearch=web").await, ["web"]);
    assert_eq!(names("vm?sSearch=snf-1").await, ["web"]);
    assert_eq!(names("vm?sSearch=operstate:stopped").await, none);
    assert_eq!(
        names("vm?sSearch=operstate:stopped,started user:maria").await,
        ["database", "web"]
    );
    assert_eq!(names("vm?sSearch=user:nobody").await, none);
    assert_eq!(
        names("vm?sSearch=net:Public&sSortDir_0=asc&iSortCol_0=0").await,
        ["web", "database"]
    );
    assert_eq!(names("volume?sSearch=vm:database").await.len(), 1);
    assert_eq!(names("ip?sSearch=vm:web").await.len(), 1);
    assert_eq!(
        names(&format!("vm?sSearch=proj:{}", cluster.owner))
            .await
            .len(),
        2
    );
    cluster.set("ADMIN_OR_SIGN", "'ODER'");
    cluster.set("ADMIN_FIELD_SIGN", "'~'");
    assert_eq!(
        names("vm?sSearch=name~web ODER name~data").await,
        ["database", "web"]
    );
    assert_eq!(names("vm?sSearch=name=web").await, none);
    // People by what they have, and by their fields.
    cluster.set("ADMIN_OR_SIGN", "'OR'");
    cluster.set("ADMIN_FIELD_SIGN", "'='");
    cluster.desk.indexed().await;
    let people = async |words: &str| {
        let words =
            percent_encoding::utf8_percent_encode(words, percent_encoding::NON_ALPHANUMERIC);
        let page = reader.get(&format!("/admin/user?q={words}")).await.is(200);
        [OWNER, "reader@example.org"].map(|email| page.contains(&format!(">{email}</a>")))
    };
    assert_eq!(people("vm:web").await, [true, false]);
    assert_eq!(people("vm:operstate=stopped").await, [false, false]);
    assert_eq!(people("email=reader OR email=maria").await, [true, true]);
    assert_eq!(people("email=reader is_active=false").await, [false, false]);
    assert_eq!(people("has_not_auth_providers:local").await, [false, false]);
    assert_eq!(
        people("status:pending moderation,active").await,
        [true, true]
    );
}

// ID-ADU-03 ID-ADU-43 ID-UI-05 ID-SEC-07: what the table of rights allows, after a page
// that asks, and nothing else
#[tokio::test]
async fn machines_are_acted_on_by_whom_the_table_allows() {
    let cluster = Cluster::new().await;
    let desk = &cluster.desk;
    let reader = desk.member("reader@example.org", "admin-readonly").await;
    let helper = desk.member("helper@example.org", "helpdesk").await;
    let admin = desk.member("admin@example.org", "admin").await;
    let page = reader.get("/admin/vm/1").await.is(200);
    assert!(!page.contains("/admin/vm/1/"), "{page}");
    for (who, op) in [
        (&reader, "shutdown"),
        (&reader, "contact"),
        (&helper, "destroy"),
    ] {
        let path = format!("/admin/vm/1/{op}");
        who.get(&path).await.is(403);
        assert_eq!(
            who.submit("/admin/vm", &path, &[]).await.status,
            403,
            "{op}"
        );
    }
    let forged = helper.post("/admin/vm/1/shutdown", &[]).await;
    assert_eq!(forged.status, 403);
    let path = "/admin/vm/1/shutdown";
    let asks = helper.get(path).await.is(200);
    assert!(asks.contains("data-karma=\"bad\" data-caution=\"warning\""));
    cluster.carry_out().await;
    assert_eq!(cluster.operstate(1).await, "STARTED");
    assert_eq!(
        helper.submit(path, path, &[]).await.leads_to(),
        "/admin/vm/1"
    );
    cluster.carry_out().await;
    assert_eq!(cluster.operstate(1).await, "STOPPED");
    // It does not run: nothing to shut down.
    helper.submit(path, path, &[]).await.is(400);
    for (op, after) in [("suspend", true), ("unsuspend", false)] {
        let path = format!("/admin/vm/1/{op}");
        helper.submit(&path, &path, &[]).await.leads_to();
        let view = cluster
            .state()
            .compute
            .any_server(kernel::ServerId(1))
            .await;
        assert_eq!(view.unwrap().server.suspended, after);
    }
    // Many at once: the one that runs cannot be started.
    let fields = [("op", "start"), ("id", "1"), ("id", "2")];
    let asked = helper
        .submit("/admin/vm", "/admin/vm/bulk", &fields)
        .await
        .is(200);
    assert!(
        asked.contains(">web<") && asked.contains("database"),
        "{asked}"
    );
    let mut fields = fields.to_vec();
    fields.push(("confirm", "yes"));
    let done = helper
        .submit("/admin/vm", "/admin/vm/bulk", &fields)
        .await
        .is(200);
    assert!(done.contains("1 of 2 done"), "{done}");
    cluster.carry_out().await;
    assert_eq!(cluster.operstate(1).await, "STARTED");
    let path = "/admin/vm/2/destroy";
    admin.submit(path, path, &[]).await.leads_to();
    cluster.carry_out().await;
    let list = admin.get("/admin/vm").await.is(200);
    assert!(list.contains(">web<") && !list.contains(">database<"));
    let gone = admin.get("/admin/vm?deleted=only").await.is(200);
    assert!(gone.contains(">database<") && !gone.contains(">web<"));
    let trail = admin.get("/admin/vm/1").await.is(200);
    assert!(trail.contains("server.suspend") && trail.contains("helper@example.org"));
}

// ID-ADU-40 ID-ADU-43: programs wait for the final state; each failure has its code
#[tokio::test(start_paused = true)]
async fn programs_act_and_are_told_what_became_of_each() {
    let cluster = Cluster::new().await;
    let desk = &cluster.desk;
    let network = cluster.network("lan").await;
    let address = cluster.address().await;
    let reader = desk.member("reader@example.org", "admin-readonly").await;
    let helper = desk.member("helper@example.org", "helpdesk").await;
    let admin = desk.member("admin@example.org", "admin").await;
    let ask =
        |target: &str, op: &str, items: Json| json!({"target": target, "op": op, "items": items});
    let one = json!([{"id": 1}]);
    assert_eq!(
        cluster
            .act(&reader, ask("vm", "reboot", one.clone()))
            .await
            .0,
        403
    );
    assert_eq!(
        cluster
            .act(&helper, ask("vm", "destroy", one.clone()))
            .await
            .0,
        403
    );
    assert_eq!(
        cluster
            .act(&admin, ask("kitchen", "start", one.clone()))
            .await
            .0,
        404
    );
    assert_eq!(
        cluster.act(&admin, ask("vm", "fly", one.clone())).await.0,
        404
    );
    assert_eq!(
        cluster
            .act(&admin, ask("vm", "resize", one.clone()))
            .await
            .0,
        403
    );
    let boss = desk.superuser("boss@example.org").await;
    assert_eq!(
        cluster.act(&boss, ask("vm", "resize", one.clone())).await.0,
        501
    );
    assert_eq!(admin.get("/admin/actions/").await.status, 405);

    // The answer comes when the machine has stopped.
    let asked = ask("vm", "shutdown", json!([{"id": 1}, {"id": 2}]));
    let worker = async {
        for _ in 0..8 {
            tokio::time::sleep(std::time::Duration::from_millis(400)).await;
            cluster.carry_out().await;
        }
    };
    let (answer, ()) = tokio::join!(cluster.act(&helper, asked), worker);
    assert_eq!(answer.0, 200, "{}", answer.1);
    assert_eq!(answer.1["error_ids"], json!([]));
    assert_eq!(cluster.operstate(1).await, "STOPPED");
    assert_eq!(cluster.operstate(2).await, "STOPPED");
    // Nobody carries it out: after a minute it is said to go on.
    let (status, answer) = cluster.act(&helper, ask("vm", "start", one.clone())).await;
    assert_eq!((status, &answer["result"]), (200, &json!("In progress.")));
    cluster.carry_out().await;

    let items = json!([{"id": 1}, {"id": 99}, "98"]);
    let (status, answer) = cluster.act(&helper, ask("vm", "suspend", items)).await;
    assert_eq!((status, &answer["error_ids"]), (404, &json!([99, "98"])));
    let items = json!([{"id": 1}, {"id": 99}]);
    let (status, answer) = cluster.act(&helper, ask("vm", "suspend", items)).await;
    assert_eq!(status, 400, "{answer}");
    assert_eq!(answer["errors"][0]["code"], 400);
    assert_eq!(answer["errors"][1]["code"], 404);

    for (target, op, id, status) in [
        ("network", "drain", 1, 200),
        ("network", "drain", 1, 400),
        ("network", "undrain", 1, 200),
        ("network", "drain", network, 400),
        ("network", "destroy", 1, 400),
        ("network", "destroy", network, 200),
        ("ip", "destroy", 1, 400),
        ("ip", "destroy", address, 200),
        ("ip", "destroy", address, 404),
        ("project", "approve", 1, 501),
    ] {
        let (got, answer) = cluster
            .act(&admin, ask(target, op, json!([{"id": id}])))
            .await;
        assert_eq!(got, status, "{target} {op} {id}: {answer}");
    }
    cluster.carry_out().await;
    admin.get(&format!("/admin/ip/{address}")).await.is(404);
}

// ID-ADU-44: the owner of a thing is written to, by whom and about what is recorded
#[tokio::test]
async fn owners_are_written_to() {
    let cluster = Cluster::new().await;
    let helper = cluster.desk.member("helper@example.org", "helpdesk").await;
    cluster.desk.house.mails().await;
    let body = |text: &str, sender: &str| {
        json!({
            "target": "vm", "op": "contact", "items": [{"id": 1}],
            "subject": "Your machine, {{ first_name }}", "text": text, "sender": sender,
        })
    };
    let (status, answer) = cluster.act(&helper, body("", "")).await;
    assert_eq!(status, 400);
    assert!(
        answer["result"].as_str().unwrap().starts_with("text: "),
        "{answer}"
    );
    let (status, _) = cluster.act(&helper, body("Hello", "no address")).await;
    assert_eq!(status, 400);
    assert!(cluster.desk.house.mails().await.is_empty());
    let (status, _) = cluster.act(&helper, body("Hello", "ann@example.org")).await;
    assert_eq!(status, 200);
    let mails = cluster.desk.house.mails().await;
    assert_eq!((mails.len(), mails[0].to.as_str()), (1, OWNER));
    assert_eq!(mails[0].context["subject"], "Your machine, Maria");
    assert_eq!(mails[0].context["sender"], "ann@example.org");
    // As the form is at first: the service writes.
    let path = "/admin/vm/1/contact";
    let own = cluster
        .state()
        .settings
        .now()
        .str("SERVER_EMAIL")
        .to_owned();
    let form = helper.get(path).await.is(200);
    assert!(form.contains("name=\"sender\""));
    let fields = [("sender", own.as_str()), ("subject", "a"), ("text", "b")];
    let sent = helper.submit(path, path, &fields).await;
    assert_eq!(sent.leads_to(), "/admin/vm/1");
    assert_eq!(cluster.desk.house.mails().await[0].context["sender"], "");
    let page = helper
        .get(&format!("/admin/user/{}", cluster.owner))
        .await
        .is(200);
    assert!(page.contains("user.contact") && page.contains("about"));
}

// ID-ADU-30: what belongs to a person and to a thing, as many as the settings say
#[tokio::test]
async fn what_belongs_together_is_shown_together() {
    let cluster = Cluster::new().await;
    let admin = cluster.desk.member("admin@example.org", "admin").await;
    let at = format!("/admin/user/{}", cluster.owner);
    cluster.address().await;
    let page = admin.get(&at).await.is(200);
    for id in ["vm", "volume", "network", "ip", "ip-log", "project", "mail"] {
        assert!(page.contains(&format!("id=\"related-{id}\"")), "{id}");
        assert!(page.contains(&format!("href=\"#related-{id}\"")), "{id}");
    }
    assert!(page.contains(">web</a>") && page.contains(">database</a>"));
    cluster.set("ADMIN_LIMIT_ASSOCIATED_ITEMS_PER_CATEGORY", "1");
    let page = admin.get(&at).await.is(200);
    assert!(page.contains(">database</a>") && !page.contains(">web</a>"));
    assert!(page.contains("The first 1 of more"));
    let path = "/admin/vm/2/destroy";
    admin.submit(path, path, &[]).await.leads_to();
    cluster.carry_out().await;
    let page = admin.get(&at).await.is(200);
    assert!(page.contains(">web</a>") && !page.contains(">database</a>"));
    assert!(page.contains("deleted ones are left out"));
    cluster.set("ADMIN_LIMIT_ASSOCIATED_ITEMS_PER_CATEGORY", "50");
    cluster.set("ADMIN_SHOW_DELETED_ASSOCIATED_ITEMS", "True");
    let page = admin.get(&at).await.is(200);
    assert!(page.contains(">web</a>") && page.contains(">database</a>"));

    let machine = admin.get("/admin/vm/1").await.is(200);
    for id in ["volume", "network", "ip", "ip-log", "nics"] {
        assert!(machine.contains(&format!("id=\"related-{id}\"")), "{id}");
    }
    assert!(machine.contains("c1.example.org") && machine.contains(">Public</a>"));
    let network = admin.get("/admin/network/1").await.is(200);
    assert!(network.contains(">web</a>") && network.contains("203.0.113"));
    // Members who may not log in are members no longer shown.
    let project = format!("/admin/project/{}", cluster.owner);
    let members = async || admin.get(&project).await.is(200).contains("id=\"members\"");
    assert!(members().await);
    let away = identity::UserChange::Deactivate("away".into());
    cluster.desk.change(OWNER, away).await;
    assert!(!members().await);
    cluster.set("ADMIN_SHOW_ONLY_ACTIVE_PROJECT_MEMBERS", "False");
    assert!(members().await);
}

// ID-ADU-30: mails to a person are listed with them, never their texts
#[tokio::test]
async fn mails_are_listed_with_whom_they_went_to() {
    let cluster = Cluster::new().await;
    let admin = cluster.desk.member("admin@example.org", "admin").await;
    let request = |to: &str| MailRequest {
        to: to.into(),
        template: "im/plain_email".into(),
        context: BTreeMap::from([
            ("subject".into(), format!("Hello {to}").into()),
            ("text".into(), "nobody reads this here".into()),
        ]),
        language: "en".into(),
    };
    let mails = [request("Maria@example.org"), request("ann@example.org")];
    let store = &cluster.desk.house.0.store;
    cluster.desk.house.mails().await;
    let asked = store.write(move |tx| {
        mails
            .iter()
            .try_for_each(|mail| tx.publish(TOPIC, mail).map(drop))
    });
    asked.await.unwrap();
    let mut settings = Settings::default();
    settings.set("EMAIL_BACKEND", Value::Str("pigeon".into()));
    let settings = kernel::SettingsHandle::new(settings);
    let carrier = notify::Carrier::new(settings.clone(), "/nowhere".into());
    let now = cluster.state().cx.cx().now;
    notify::step(store, &settings, &carrier, now).await.unwrap();
    let page = admin
        .get(&format!("/admin/user/{}", cluster.owner))
        .await
        .is(200);
    assert!(page.contains("Hello Maria@example.org"), "{page}");
    assert!(!page.contains("Hello ann") && !page.contains("nobody reads"));
}

// ID-ADU-31: what is unlimited, and what is 0 and unused, is not shown
#[tokio::test]
async fn quotas_that_tell_nothing_are_left_out() {
    let cluster = Cluster::new().await;
    let admin = cluster.desk.superuser("boss@example.org").await;
    let at = format!("/admin/user/{}", cluster.owner);
    let shown = async || {
        let page = admin.get(&at).await.is(200);
        ["cyclades.vm", "cyclades.floating_ip"]
            .map(|name| page.contains(&format!("data-resource=\"{name}\"")))
    };
    let set = async |resource: &str, value: &str| {
        let path = format!("{at}/quota");
        let fields = [("resource", resource), ("value", value)];
        admin.submit(&path, &path, &fields).await.leads_to();
    };
    set("cyclades.vm", "9").await;
    set("cyclades.floating_ip", "3").await;
    assert_eq!(shown().await, [true, true]);
    set("cyclades.floating_ip", "0").await;
    // Machines are in use: a limit of 0 is shown.
    set("cyclades.vm", "0").await;
    assert_eq!(shown().await, [true, false]);
    set("cyclades.vm", "inf").await;
    assert_eq!(shown().await, [false, false]);
}

// ID-ADU-16 ID-ADU-50: charts of people and of the infrastructure, and their downloads
#[tokio::test]
async fn charts_show_people_and_infrastructure() {
    let cluster = Cluster::new().await;
    let reader = cluster.desk.member("reader@example.org", "admin-readonly");
    let reader = reader.await;
    let page = reader.get("/admin/charts").await.is(200);
    for id in [
        "resources",
        "servers",
        "pools",
        "templates",
        "images",
        "clusters",
        "by-provider",
        "exclusiveness",
        "provider-status",
        "status-provider",
    ] {
        assert!(page.contains(&format!("id=\"{id}\"")), "{id}");
    }
    for path in [
        "/admin/stats/astakos",
        "/admin/stats/astakos/detail",
        "/admin/stats/cyclades",
        "/admin/stats/cyclades/detail",
    ] {
        assert!(
            page.contains(&format!("href=\"{path}\" download")),
            "{path}"
        );
    }
    let detail = reader.get("/admin/stats/cyclades/detail").await.is(200);
    let detail: Json = serde_json::from_str(&detail).unwrap();
    assert_eq!(detail["servers"]["started"]["count"], 2);
    assert_eq!(detail["servers"]["started"]["ram"]["1073741824"], 2);
    assert_eq!(detail["clusters"]["c1.example.org"]["virtual_cpu"], 2);
    let pool = &detail["ip_pools"]["active"];
    assert_eq!(
        pool["total"].as_u64().unwrap() - pool["free"].as_u64().unwrap(),
        2
    );
    assert_eq!(detail["images"], json!({"user:linux:debian": 2}));
    let terse = reader.get("/admin/stats/cyclades").await.is(200);
    let terse: Json = serde_json::from_str(&terse).unwrap();
    assert_eq!(terse["servers"]["ACTIVE"]["count"], 2);
    assert_eq!(terse["networks"]["ACTIVE"]["count"], 2);
}

// ID-ADU-01 ID-ADU-02: as long as ADMIN_PERMITTED_GROUPS is not set, the three groups are
// those that the settings name
#[tokio::test]
async fn the_groups_are_those_of_the_settings() {
    let cluster = Cluster::new().await;
    let identity = &cluster.state().identity;
    identity.group_add(&root(), "watchers").await.unwrap();
    let watcher = cluster.desk.member("watcher@example.org", "watchers").await;
    watcher.get("/admin/vm").await.is(403);
    cluster.set("ADMIN_READONLY_GROUP", "'watchers'");
    watcher.get("/admin/vm").await.is(200);
    watcher.get("/admin/vm/1/shutdown").await.is(403);
    cluster.set("ADMIN_PERMITTED_GROUPS", "['others']");
    watcher.get("/admin/vm").await.is(403);
}

// ID-ADU-21: the link that proves an address, for those who may decide
#[tokio::test]
async fn who_decides_sees_the_link_that_was_mailed() {
    let desk = Desk::with(&[]).await;
    let helper = desk.member("helper@example.org", "helpdesk").await;
    let admin = desk.member("admin@example.org", "admin").await;
    let form = SignUp {
        email: "new@example.org".into(),
        first_name: "New".into(),
        last_name: "Comer".into(),
        password: SecretString::from(PASSWORD.to_owned()),
        language: "en".into(),
    };
    let identity = &desk.house.0.state.identity;
    let client = identity::ClientInfo {
        address: std::net::Ipv4Addr::LOCALHOST.into(),
        user_agent: String::new(),
    };
    desk.house.mails().await;
    identity.sign_up(form, &client).await.unwrap();
    let mailed = desk.house.mailed_path("activation").await;
    desk.indexed().await;
    let extra = async |browser: &Browser| -> Json {
        let kind = [("accept", "application/json")];
        let path = "/admin/json/user?sSearch=new%40example.org";
        let sent = browser.send(Method::GET, path, &kind, String::new()).await;
        let table: Json = serde_json::from_str(&sent.is(200)).unwrap();
        table["extra"][0]["activation_url"]["value"].clone()
    };
    assert_eq!(
        extra(&admin).await,
        json!(format!("https://{HOST}{mailed}"))
    );
    assert_eq!(extra(&helper).await, Json::Null);
    let user = desk.user("new@example.org").await;
    let path = format!("/admin/user/{}/verify", user.no);
    admin.submit(&path, &path, &[]).await.leads_to();
    assert_eq!(extra(&admin).await, Json::Null);
}
