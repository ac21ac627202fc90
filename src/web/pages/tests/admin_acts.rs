//! What forms of administrators begin with, and what comes of acts that are not plain.

use super::{admin::Desk, admin_things::Cluster, *};
use identity::UserChange;
use serde_json::json;

/// What stands in the field of the text, as a browser sends it.
fn body(page: &str) -> String {
    let field = between(page, "<textarea id=\"f-text\"", "</textarea>");
    let text = field.split_once('>').unwrap().1;
    let text = text
        .replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&#39;", "'");
    text.trim_start_matches('\n').replace('\n', "\r\n")
}

// ID-ADU-44: the body begins as the template of such messages in the reader's language,
// and is sent as it stands then
#[tokio::test]
async fn a_message_begins_with_the_template() {
    let desk = Desk::new().await;
    let boss = desk.superuser("boss@example.org").await;
    let user = desk.waiting("wait@example.org").await;
    desk.indexed().await;
    let path = format!("/admin/user/{}/contact", user.no);
    let page = boss.get(&path).await.is(200);
    let begun = body(&page);
    assert!(begun.starts_with("Hello {{ full_name }},\r\n"), "{page}");
    assert!(begun.contains("You get this message because"), "{begun}");
    let no = user.no.to_string();
    let bulk = [("op", "contact"), ("id", no.as_str())];
    let asks = boss
        .submit("/admin/user", "/admin/user/bulk", &bulk)
        .await
        .is(200);
    assert_eq!(body(&asks), begun);
    let greek = [("cookie", "language=el")];
    let page = boss
        .send(Method::GET, &path, &greek, String::new())
        .await
        .is(200);
    assert!(body(&page).contains("{{ full_name }}"), "{page}");
    desk.house.mails().await;
    let text = begun.replacen("\r\n\r\n", "\r\n\r\nWe move on Friday.\r\n\r\n", 1);
    let fields = [("subject", "On Friday"), ("text", text.as_str())];
    assert_eq!(boss.submit(&path, &path, &fields).await.status, 302);
    let mail = desk.house.mails().await.remove(0);
    let settings = desk.house.0.state.settings.now();
    let now = desk.house.0.state.cx.cx().now;
    let sent = notify::Templates::new(settings, now).render(&mail).text;
    assert!(
        sent.starts_with("Hello Wait Ing,\n\nWe move on Friday.\n\n"),
        "{sent}"
    );
    assert_eq!(sent.matches("Hello").count(), 1, "{sent}");
    assert_eq!(sent.matches("You get this message").count(), 1, "{sent}");

    let cluster = Cluster::new().await;
    let boss = cluster.desk.superuser("boss@example.org").await;
    let page = boss.get("/admin/vm/1/contact").await.is(200);
    assert!(body(&page).starts_with("Hello {{ full_name }},"), "{page}");
}

// ID-ADU-40: a password that is made for a program is told, once; nobody could find it
// out later
#[tokio::test]
async fn a_new_password_is_told_to_programs() {
    let desk = Desk::new().await;
    let boss = desk.superuser("boss@example.org").await;
    let user = desk.house.person("eva@example.org").await;
    let token = proof(&boss.get("/ui/profile").await.is(200));
    let headers = [
        ("content-type", "application/json"),
        ("x-csrftoken", token.as_str()),
    ];
    let asked = json!({"target": "user", "op": "renew_password", "items": [{"id": user}]});
    let sent = boss
        .send(Method::POST, "/admin/actions/", &headers, asked.to_string())
        .await
        .is(200);
    let answer: serde_json::Value = serde_json::from_str(&sent).unwrap();
    let password = answer["passwords"][0]["password"].as_str().unwrap();
    let entered = Browser::new(&desk.house)
        .log_in("eva@example.org", password)
        .await;
    assert_eq!(entered.leads_to(), "/ui/landing");
}

// ID-ADU-30: the trail of a thing, and the way to all of it, are about the same
#[tokio::test]
async fn the_trail_of_a_thing_leads_to_all_of_it() {
    let cluster = Cluster::new().await;
    let boss = cluster.desk.superuser("boss@example.org").await;
    let lan = cluster.network("lan").await;
    let (eva, machine) = (cluster.owner, "/admin/vm/1/suspend");
    assert_eq!(boss.submit(machine, machine, &[]).await.status, 302);
    let page = boss.get("/admin/project/1").await.is(200);
    let project = between(&page, "/admin/audit?", "\"");
    assert!(project.contains("kind=project"), "{project}");
    let uuid = project.replace("%2D", "-");
    assert!(
        uuid.contains('-') && !uuid.ends_with("target=1"),
        "{project}"
    );
    let page = boss.get("/admin/vm/1").await.is(200);
    let link = between(&page, "/admin/audit?", "\"").replace("&#38;", "&");
    let all = boss.get(&format!("/admin/audit?{link}")).await.is(200);
    assert!(
        all.contains("server.suspend") && all.contains("\"/admin/vm/1\""),
        "{all}"
    );
    for kind in ["server", "ip", "subnet", "mail"] {
        let page = boss
            .get(&format!("/admin/audit?kind={kind}&target=1"))
            .await
            .is(200);
        let chosen = format!("<option value=\"{kind}\" selected>");
        assert!(page.contains(&chosen), "{kind}");
    }
    // What is gone has no page.
    let destroy = format!("/admin/network/{lan}/destroy");
    assert_eq!(boss.submit(&destroy, &destroy, &[]).await.status, 302);
    let page = boss.get("/admin/audit").await.is(200);
    assert!(page.contains("network.destroy"), "{page}");
    assert!(
        !page.contains(&format!("\"/admin/network/{lan}\"")),
        "{eva}"
    );
}

// ID-ADU-03: who is no superuser opens no superuser's account
#[tokio::test]
async fn only_superusers_open_a_superusers_account() {
    let desk = Desk::new().await;
    let admin = desk.member("admin@example.org", "admin").await;
    drop(desk.superuser("boss@example.org").await);
    desk.change("boss@example.org", UserChange::Deactivate("x".into()))
        .await;
    let boss = desk.user("boss@example.org").await;
    let at = format!("/admin/user/{}", boss.no);
    assert!(
        !admin
            .get(&at)
            .await
            .is(200)
            .contains(&format!("{at}/set-email"))
    );
    for op in ["set-email", "enable-local"] {
        let path = format!("{at}/{op}");
        let fields = [("value", "mine@example.org")];
        let sent = admin.submit("/ui/profile", &path, &fields).await;
        assert!(sent.status.is_client_error(), "{op}: {}", sent.text);
    }
    assert_eq!(desk.user("boss@example.org").await.no, boss.no);
}
