//! What administrators see together: whom things belong to, what belongs to them, what is
//! written to them, charts.

use super::{
    admin::{Desk, root},
    admin_things::*,
    *,
};
use serde_json::{Value as Json, json};

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
    // Methods the person has, since when, and those the person does not use.
    let methods = between(&page, "id=\"methods\"", "</section>");
    assert!(methods.contains("<td>local</td><td") && methods.contains("data-label=\"Created\""));
    assert!(!methods.contains("Not used"));
    cluster.set("ASTAKOS_IM_MODULES", "['local', 'google', 'shibboleth']");
    let page = admin.get(&at).await.is(200);
    assert!(page.contains("Not used: google, shibboleth"));
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
        ..MailRequest::default()
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
