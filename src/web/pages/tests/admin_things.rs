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

pub(super) const OWNER: &str = "maria@example.org";

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

    pub(super) fn caller(&self) -> Caller {
        Caller::person(self.owner)
    }

    pub(super) async fn machine(&self, name: &str, image: uuid::Uuid) {
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

    pub(super) fn set(&self, name: &str, text: &str) {
        let mut settings = (*self.state().settings.now()).clone();
        settings.set(name, literal::parse(text).unwrap());
        self.state().settings.replace(settings);
    }

    pub(super) async fn table(&self, browser: &Browser, query: &str) -> Json {
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

    pub(super) async fn operstate(&self, id: u64) -> &'static str {
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
    // ID-ADU-14 ID-ADU-17
    for (path, to) in [("/admin/home", "/admin"), ("/admin/logout", "/ui/logout")] {
        assert_eq!(reader.get(path).await.headers[header::LOCATION], to);
    }
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
    // Time passes as it does: it would run ahead while the store writes.
    tokio::time::resume();
    let worker = async {
        loop {
            cluster.carry_out().await;
            tokio::task::yield_now().await;
        }
    };
    let answer = tokio::select! {
        answer = cluster.act(&helper, asked) => answer,
        () = worker => unreachable!("it works until the answer is there"),
    };
    assert_eq!(answer.0, 200, "{}", answer.1);
    assert_eq!(answer.1["error_ids"], json!([]));
    assert_eq!(cluster.operstate(1).await, "STOPPED");
    assert_eq!(cluster.operstate(2).await, "STOPPED");
    tokio::time::pause();
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

/// The fields of the page's form that are filled in.
fn filled(page: &str) -> Vec<(String, String)> {
    let form = between(page, "<form class=\"filters\" id=\"filters\"", "</form>");
    let inputs = form.split("<input ").skip(1).map(|input| {
        let value = |name: &str| match input.contains(name) {
            true => between(input, name, "\"").replace("&#38;", "&"),
            false => String::new(),
        };
        (value("name=\""), value("value=\""))
    });
    let chosen = form.split("<select ").skip(1).filter_map(|select| {
        let option = select.split_once("</select>")?.0.split("<option ");
        let chosen = option.into_iter().find(|o| o.contains(" selected"))?;
        let value = between(chosen, "value=\"", "\"");
        let name = between(select, "name=\"", "\"");
        Some((name.to_owned(), value.to_owned()))
    });
    let all = inputs.chain(chosen);
    all.filter(|(name, value)| {
        !value.is_empty() && !["sort", "deleted", "col"].contains(&name.as_str())
    })
    .collect()
}

// ID-ADU-23: one box or a field each; what was given goes along
#[tokio::test]
async fn filters_are_fields_or_one_box() {
    let cluster = Cluster::new().await;
    let reader = cluster.desk.member("reader@example.org", "admin-readonly");
    let reader = reader.await;
    cluster.desk.indexed().await;
    let has = |page: &str, all: &[(&str, &str)]| {
        let found = filled(page);
        let all: Vec<(String, String)> = all
            .iter()
            .map(|(n, v)| ((*n).into(), (*v).into()))
            .collect();
        assert_eq!(found, all);
    };
    // Machines: from fields to the box and back.
    let from = "/admin/vm?q=web&operstate=started&user=maria&suspended=no&vol=&deleted=all";
    let page = reader.get(from).await.is(200);
    let fields = [
        ("q", "web"),
        ("user", "maria"),
        ("operstate", "started"),
        ("suspended", "no"),
    ];
    has(&page, &fields);
    assert!(page.contains("More filters (1)") && page.contains(">web<"));
    let page = reader.get(&format!("{from}&turn=compact")).await.is(200);
    let typed = "web operstate:started suspended:no user:maria";
    has(&page, &[("q", typed), ("view", "compact")]);
    assert!(page.contains(">web<") && page.contains("<kbd>i</kbd>"));
    let typed = typed.replace(' ', "%20");
    let back = format!("/admin/vm?view=compact&q={typed}&turn=standard");
    has(&reader.get(&back).await.is(200), &fields);
    // What no field can show stays typed.
    let back = "/admin/vm?q=operstate:started,stopped%20web&turn=standard";
    let page = reader.get(back).await.is(200);
    has(&page, &[("q", "operstate:started,stopped web")]);
    // The next page is seen in the same view.
    let page = reader.get("/admin/vm?view=compact&q=user:maria").await;
    assert!(
        page.is(200)
            .contains("export?view=compact&#38;q=user%3Amaria")
    );
    // People.
    let from =
        "/admin/user?q=maria&state=active&has_not_auth_providers=google&vm=operstate%3Dstarted";
    let page = reader.get(from).await.is(200);
    let fields = [
        ("q", "maria"),
        ("has_not_auth_providers", "google"),
        ("vm", "operstate=started"),
        ("state", "active"),
    ];
    has(&page, &fields);
    assert!(page.contains(&format!(">{OWNER}</a>")));
    assert!(!page.contains(">reader@example.org</a>"));
    let page = reader.get(&format!("{from}&turn=compact")).await.is(200);
    let typed = "maria status:active has_not_auth_providers:google vm:operstate=started";
    has(&page, &[("q", typed), ("view", "compact")]);
    assert!(page.contains(&format!(">{OWNER}</a>")));
    let typed = typed.replace(' ', "%20").replace('=', "%3D");
    let back = format!("/admin/user?q={typed}&turn=standard");
    has(&reader.get(&back).await.is(200), &fields);
    let back = "/admin/user?q=status:pending%20moderation,active%20eva&turn=standard";
    let page = reader.get(back).await.is(200);
    has(&page, &[("q", "eva status:unmoderated,active")]);
}
