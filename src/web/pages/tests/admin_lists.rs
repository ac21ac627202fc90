//! Lists of administrators page by page, and in every order: nothing is left out,
//! nothing comes twice.

use super::{admin::Desk, admin_things::Cluster, *};
use std::collections::BTreeSet;

impl Desk {
    /// People as the bench makes them up, and the index with them.
    async fn crowd(&self, people: std::ops::Range<u64>) {
        let (cx, store) = (self.house.0.state.cx.cx(), &self.house.0.store);
        let made = store.write(move |tx| identity::synthetic::add(tx, &cx, people.clone()));
        made.await.unwrap();
        self.indexed().await;
    }
}

/// Ids of the rows from an address on, a list for each page.
async fn pages(browser: &Browser, from: &str) -> Vec<Vec<String>> {
    let (mut all, mut next) = (Vec::new(), Some(from.to_owned()));
    while let Some(path) = next {
        let page = browser.get(&path).await.is(200);
        let rows = page.split("<tr data-id=\"").skip(1);
        let ids = rows.map(|row| row.split('"').next().unwrap().to_owned());
        all.push(ids.collect());
        next = page.split_once("rel=\"next\" href=\"").map(|(_, rest)| {
            let link = rest.split('"').next().unwrap();
            link.replace("&#38;", "&").replace("&amp;", "&")
        });
        assert!(all.len() < 100, "{from} has no end");
    }
    all
}

/// The numbers of the pages together; each must be there once.
fn numbers(pages: &[Vec<String>]) -> Vec<u64> {
    let all: Vec<u64> = pages
        .concat()
        .iter()
        .map(|id| id.parse().unwrap())
        .collect();
    let once: BTreeSet<u64> = all.iter().copied().collect();
    assert_eq!(once.len(), all.len(), "{all:?}");
    all
}

// ID-UI-10: every list of the administration pages has as many rows as the setting says
#[tokio::test]
async fn lists_are_paged_by_the_setting() {
    let desk = Desk::with(&[("ASTAKOS_PAGINATE_BY", Value::Int(3))]).await;
    let boss = desk.superuser("boss@example.org").await;
    desk.crowd(0..7).await;
    let people = pages(&boss, "/admin/user").await;
    assert_eq!(people.iter().map(Vec::len).collect::<Vec<_>>(), [3, 3, 2]);
    assert_eq!(numbers(&people), [8, 7, 6, 5, 4, 3, 2, 1]);
    let groups = pages(&boss, "/admin/group").await;
    assert_eq!(groups[0].len(), 3);
    numbers(&groups);
    let request = MailRequest {
        to: "eva@example.org".into(),
        template: "im/plain_email".into(),
        language: "en".into(),
        ..MailRequest::default()
    };
    let store = &desk.house.0.store;
    for _ in 0..4 {
        let request = request.clone();
        let sent = store.write(move |tx| tx.publish(TOPIC, &request));
        sent.await.unwrap();
    }
    let mut settings = Settings::default();
    settings.set("EMAIL_BACKEND", Value::Str("pigeon".into()));
    let settings = kernel::SettingsHandle::new(settings);
    let carrier = notify::Carrier::new(settings.clone(), "/nowhere".into());
    let now = desk.house.0.state.cx.cx().now;
    notify::step(store, &settings, &carrier, now).await.unwrap();
    for path in ["/admin/mail?state=queued", "/admin/audit"] {
        let page = boss.get(path).await.is(200);
        let body = between(&page, "<tbody>", "</tbody>");
        assert_eq!(body.matches("<tr>").count(), 3, "{path}: {page}");
        assert!(page.contains("rel=\"next\""), "{path}");
    }
    let cluster = Cluster::new().await;
    cluster.set("ASTAKOS_PAGINATE_BY", "1");
    let boss = cluster.desk.superuser("boss@example.org").await;
    let servers = pages(&boss, "/admin/vm").await;
    assert_eq!(servers, [["2"], ["1"]]);
}

// ID-ADU-20 ID-ADU-22: somebody who is called exactly what was typed does not end the
// list where they stand in it, whatever else is compared
#[tokio::test]
async fn pages_of_a_search_leave_nobody_out() {
    let desk = Desk::with(&[("ASTAKOS_PAGINATE_BY", Value::Int(4))]).await;
    let boss = desk.superuser("boss@example.org").await;
    desk.crowd(0..30).await;
    let found = async |query: &str| {
        let all = numbers(&pages(&boss, &format!("/admin/user?{query}")).await);
        all.into_iter().collect::<BTreeSet<u64>>()
    };
    // The first account is the only one that is called `1` as a whole; others begin so.
    let plain = found("q=1").await;
    assert!(plain.contains(&1) && plain.len() > 10, "{plain:?}");
    for query in [
        "q=1+OR+nobody",
        "q=1+OR+1",
        "q=1+level%3D",
        "q=1+has_not_auth_providers%3Aldap",
        "q=1&sort=oldest",
        "q=1+OR+nobody&sort=oldest",
        "q=1&sort=address",
        "q=1+OR+nobody&sort=address",
        "q=1+level%3D&sort=last-name",
        "q=status%3Aactive,inactive,rejected,unverified,unmoderated+1",
    ] {
        assert_eq!(found(query).await, plain, "{query}");
    }
    // Nobody fits, and a page does not look at everybody: it says where to go on.
    let none = pages(&boss, "/admin/user?q=level%3D77").await;
    assert!(none.len() > 1 && none.concat().is_empty(), "{none:?}");
    let everybody: BTreeSet<u64> = (1..=31).collect();
    for query in [
        "",
        "sort=first-name",
        "q=level%3D",
        "q=level%3D+OR+1&sort=last-name",
    ] {
        assert_eq!(found(query).await, everybody, "{query}");
    }
}

// ID-ADU-20: sorted by any column, either way, by the protocol of the table
#[tokio::test]
async fn lists_come_in_any_order() {
    let desk = Desk::new().await;
    let boss = desk.superuser("boss@example.org").await;
    desk.crowd(0..40).await;
    let ask = async |query: &str| {
        let headers = [("accept", "application/json")];
        let path = format!("/admin/json/user?{query}");
        let body = boss.send(Method::GET, &path, &headers, String::new()).await;
        let body: serde_json::Value = serde_json::from_str(&body.is(200)).unwrap();
        body["aaData"].as_array().unwrap().clone()
    };
    for column in 0..8 {
        for down in [false, true] {
            let direction = if down { "desc" } else { "asc" };
            let order = format!("iSortingCols=1&iSortCol_0={column}&sSortDir_0={direction}");
            let mut rows = Vec::new();
            for start in [0, 15, 30] {
                let page = format!("{order}&iDisplayStart={start}&iDisplayLength=15");
                rows.extend(ask(&page).await);
            }
            assert_eq!(rows.len(), 41, "{order}");
            let key = |row: &serde_json::Value| {
                let text = row[column].as_str().unwrap();
                let number = text.parse::<u64>().unwrap_or(0);
                let no: u64 = row[0].as_str().unwrap().parse().unwrap();
                (number, search::folded(text), no)
            };
            let found: Vec<_> = rows.iter().map(key).collect();
            let mut wanted = found.clone();
            wanted.sort();
            if down {
                wanted.reverse();
            }
            assert_eq!(found, wanted, "{order}");
        }
    }
    let cluster = Cluster::new().await;
    let boss = cluster.desk.superuser("boss@example.org").await;
    for (order, names) in [
        ("iSortCol_0=2&sSortDir_0=asc", ["database", "web"]),
        ("iSortCol_0=2&sSortDir_0=desc", ["web", "database"]),
        ("iSortCol_0=0&sSortDir_0=asc", ["web", "database"]),
        ("", ["database", "web"]),
    ] {
        let table = cluster.table(&boss, &format!("vm?{order}")).await;
        let found = [0, 1].map(|row| table["aaData"][row][2].as_str().unwrap().to_owned());
        assert_eq!(found, names, "{order}");
    }
    let second = "vm?iSortCol_0=2&sSortDir_0=asc&iDisplayStart=1&iDisplayLength=1";
    let table = cluster.table(&boss, second).await;
    assert_eq!(table["aaData"][0][2], "web");
    assert_eq!(table["iTotalDisplayRecords"], 2);
}

// ID-ADU-20, ui.md "Lists": a list is taken away as it is filtered, page by page, and no
// cell is a formula
#[tokio::test]
async fn lists_are_taken_away_as_files() {
    let cluster = Cluster::new().await;
    let reader = cluster
        .desk
        .member("reader@example.org", "admin-readonly")
        .await;
    let rename = kernel::ServerId(1);
    let (compute, caller) = (&cluster.state().compute, cluster.caller());
    let renamed = compute.rename_server(&caller, rename, "=cmd|' /C x'!A1".into());
    renamed.await.unwrap();
    let sent = reader.get("/admin/vm/export").await;
    let named = sent.headers[header::CONTENT_DISPOSITION].to_str().unwrap();
    assert_eq!(named, "attachment; filename=\"vm.csv\"");
    let all = sent.is(200);
    let mut lines = all.lines();
    let head = lines.next().unwrap();
    assert!(
        head.starts_with("id,owner_uuid,name,state,suspended,owner,"),
        "{head}"
    );
    assert_eq!(lines.count(), 2, "{all}");
    assert!(
        all.contains(",'=cmd") && all.contains("maria@example.org"),
        "{all}"
    );
    let some = reader.get("/admin/vm/export?q=database").await.is(200);
    assert_eq!(some.lines().count(), 2, "{some}");
    for kind in ["volume", "network", "ip", "ip_log", "project", "group"] {
        let all = reader.get(&format!("/admin/{kind}/export")).await.is(200);
        assert!(all.lines().next().unwrap().contains(','), "{kind}: {all}");
    }
    reader.get("/admin/car/export").await.is(404);
    let stranger = Browser::new(&cluster.desk.house);
    assert!(
        stranger
            .get("/admin/vm/export")
            .await
            .leads_to()
            .contains("login")
    );
}
