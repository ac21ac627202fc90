//! The administration pages, as those who may use them see them.

use super::*;
use identity::UserChange;

pub(super) struct Desk {
    pub(super) house: House,
    pub(super) root: Caller,
}

impl Desk {
    pub(super) async fn new() -> Self {
        Self::with(&[]).await
    }

    pub(super) async fn with(more: &[(&str, Value)]) -> Self {
        Self::of(House::with(more)).await
    }

    /// The same in a house.
    pub(super) async fn of(house: House) -> Self {
        for name in ["admin-readonly", "helpdesk", "admin"] {
            house
                .0
                .state
                .identity
                .group_add(&root(), name)
                .await
                .unwrap();
        }
        Desk {
            house,
            root: root(),
        }
    }

    /// The index as of now.
    pub(super) async fn indexed(&self) {
        self.house.0.state.search.catch_up().await.unwrap();
    }

    pub(super) async fn change(&self, email: &str, change: UserChange) {
        let identity = &self.house.0.state.identity;
        let user = identity.user_by_email(email).await.unwrap().unwrap();
        identity
            .admin_modify(&self.root, user.no, vec![change])
            .await
            .unwrap();
    }

    pub(super) async fn user(&self, email: &str) -> identity::UserView {
        let identity = &self.house.0.state.identity;
        identity.user_by_email(email).await.unwrap().unwrap()
    }

    /// Somebody in a group, logged in.
    pub(super) async fn member(&self, email: &str, group: &str) -> Browser {
        let browser = self.house.browser_of(email).await;
        self.change(email, UserChange::AddGroup(group.into())).await;
        browser
    }

    pub(super) async fn superuser(&self, email: &str) -> Browser {
        let browser = self.house.browser_of(email).await;
        self.change(email, UserChange::Admin(true)).await;
        browser
    }

    /// Somebody who waits for a decision.
    pub(super) async fn waiting(&self, email: &str) -> identity::UserView {
        let form = SignUp {
            email: email.into(),
            first_name: "Wait".into(),
            last_name: "Ing".into(),
            password: SecretString::from(PASSWORD.to_owned()),
            language: "en".into(),
        };
        let identity = &self.house.0.state.identity;
        let added = identity.admin_add(&self.root, form, false, vec![], vec![]);
        let user = added.await.unwrap();
        let verify = vec![UserChange::Verify];
        identity
            .admin_modify(&self.root, user.no, verify)
            .await
            .unwrap();
        self.user(email).await
    }
}

pub(super) fn root() -> Caller {
    Caller::person(UserId(uuid::Uuid::from_bytes([250; 16]))).with(Role::Admin)
}

fn moderated() -> [(&'static str, Value); 1] {
    [("ASTAKOS_MODERATION_ENABLED", Value::Bool(true))]
}

// ID-ADU-02 ID-ADU-03 ID-ADU-10 ID-UI-12: acceptance check 1
#[tokio::test]
async fn who_is_in_no_group_is_turned_away() {
    let desk = Desk::with(&moderated()).await;
    let nobody = Browser::new(&desk.house).get("/admin").await;
    assert!(nobody.leads_to().starts_with("/ui/login?next="));
    let stranger = desk.house.browser_of("maria@example.org").await;
    stranger.get("/admin").await.is(403);
    let page = stranger.get("/ui/landing").await.is(200);
    assert!(!page.contains("/admin/user"));

    let user = desk.waiting("wait@example.org").await;
    let at = format!("/admin/user/{}", user.no);
    let reader = desk.member("reader@example.org", "admin-readonly").await;
    desk.indexed().await;
    let list = reader.get("/admin").await.is(200);
    assert!(list.contains("data-page=\"admin-users\"") && list.contains("wait@example.org"));
    assert!(list.contains("aria-current=\"page\""));
    let page = reader.get(&at).await.is(200);
    assert!(page.contains("data-page=\"admin-user\"") && !page.contains(&format!("{at}/")));
    for op in ["accept", "contact", "deactivate"] {
        reader.get(&format!("{at}/{op}")).await.is(403);
        let sent = reader.submit("/admin", &format!("{at}/{op}"), &[]).await;
        assert_eq!(sent.status, 403, "{op}");
    }
    assert_eq!(desk.user("wait@example.org").await.status, user.status);

    let helper = desk.member("helper@example.org", "helpdesk").await;
    helper.get(&format!("{at}/accept")).await.is(403);
    let contact = format!("{at}/contact");
    let fields = [
        ("subject", "Hello {{ first_name }}"),
        ("text", "Dear {{ full_name }}"),
    ];
    desk.house.mails().await;
    let sent = helper.submit(&contact, &contact, &fields).await;
    assert_eq!(sent.leads_to(), at);
    let mails = desk.house.mails().await;
    assert_eq!(mails[0].context["subject"], "Hello Wait");
    assert_eq!(mails[0].context["text"], "Dear Wait Ing");
}

// ID-ADU-22 ID-ADU-23 ID-ADU-42: acceptance check 2
#[tokio::test]
async fn pending_people_are_found_and_accepted() {
    let desk = Desk::with(&moderated()).await;
    let user = desk.waiting("wait@example.org").await;
    let admin = desk.member("admin@example.org", "admin").await;
    desk.indexed().await;
    for address in [
        "/admin/user?state=unmoderated",
        "/admin/user?q=status%3Apending%20moderation",
        "/admin/user?q=wai%20ing",
    ] {
        let list = admin.get(address).await.is(200);
        assert!(list.contains(">wait@example.org<"), "{address}");
        assert!(!list.contains(">admin@example.org</a>"), "{address}");
    }
    let at = format!("/admin/user/{}", user.uuid);
    let page = admin.get(&at).await.is(200);
    assert!(page.contains("Pending moderation"));
    let accept = format!("/admin/user/{}/accept", user.no);
    // Looking changes nothing.
    admin.get(&accept).await.is(200);
    assert_eq!(desk.user("wait@example.org").await.status, user.status);
    desk.house.mails().await;
    let done = admin.submit(&accept, &accept, &[]).await;
    assert_eq!(done.leads_to(), format!("/admin/user/{}", user.no));
    assert!(desk.user("wait@example.org").await.active);
    let mails = desk.house.mails().await;
    assert!(
        mails
            .iter()
            .any(|m| m.template == "im/welcome_email" && m.to == "wait@example.org")
    );
    let again = admin.submit(&at, &accept, &[]).await.is(400);
    assert!(again.contains("Failed to accept"), "{again}");
    let page = admin.get(&at).await.is(200);
    assert!(page.contains("user.accept") && page.contains("admin@example.org"));
    assert!(
        admin
            .get("/admin/user/nobody%40example.org")
            .await
            .is(404)
            .contains("nobody@example.org")
    );
}

// ID-ADU-40 ID-SEC-07: acceptance check 3
#[tokio::test]
async fn acts_come_as_json_too() {
    let desk = Desk::with(&moderated()).await;
    let one = desk.waiting("one@example.org").await;
    let two = desk.house.person("two@example.org").await;
    let admin = desk.member("admin@example.org", "admin").await;
    let proof = proof(&admin.get("/ui/profile").await.is(200));
    let ask = async |browser: &Browser, token: &str, op: &str, items: String| {
        let body = serde_json::json!({"target": "user", "op": op, "items": items});
        let headers = [("content-type", "application/json"), ("x-csrftoken", token)];
        let sent = browser.send(Method::POST, "/admin/actions/", &headers, body.to_string());
        sent.await
    };
    let items = serde_json::json!([{"id": one.uuid.to_string()}, {"id": two.to_string()}]);
    let forged = ask(&admin, "x", "accept", items.to_string()).await;
    assert_eq!(forged.status, 403);
    assert!(!desk.user("one@example.org").await.active);
    let answer = ask(&admin, &proof, "accept", items.to_string())
        .await
        .is(400);
    let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(answer["error_ids"], serde_json::json!([two.to_string()]));
    assert!(desk.user("one@example.org").await.active);
    ask(&admin, &proof, "fly", "[]".into()).await.is(404);
    ask(&admin, &proof, "accept", "no".into()).await.is(400);
    let helper = desk.member("helper@example.org", "helpdesk").await;
    let theirs = super::proof(&helper.get("/ui/profile").await.is(200));
    ask(&helper, &theirs, "accept", items.to_string())
        .await
        .is(403);
    // Acceptance check 4: the address of an active account is not set.
    let items =
        serde_json::json!([{"id": two.to_string(), "data": {"new_email": "x@example.org"}}]);
    let refused = ask(&admin, &proof, "set_email", items.to_string()).await;
    let refused = refused.is(400);
    assert!(refused.contains("cannot be set directly"), "{refused}");
}

// ID-ADU-20: many at once, after a page that names them; what became of each is told.
#[tokio::test]
async fn many_are_changed_at_once_after_a_question() {
    let desk = Desk::with(&moderated()).await;
    let mut numbers = Vec::new();
    for n in 0..3 {
        let user = desk.waiting(&format!("u{n}@example.org")).await;
        numbers.push(user.no.to_string());
    }
    desk.change("u2@example.org", UserChange::Accept).await;
    let admin = desk.member("admin@example.org", "admin").await;
    let mut fields: Vec<(&str, &str)> = numbers.iter().map(|no| ("id", no.as_str())).collect();
    fields.push(("op", "reject"));
    let bulk = "/admin/user/bulk";
    let asked = admin.submit("/admin/user", bulk, &fields).await.is(200);
    assert!(asked.contains("data-page=\"admin-bulk\"") && asked.contains("u1@example.org"));
    assert!(!desk.user("u0@example.org").await.rejected);
    fields.extend([("confirm", "yes"), ("reason", "spam")]);
    let done = admin.submit("/admin/user", bulk, &fields).await.is(200);
    assert!(done.contains("2 of 3 done"), "{done}");
    assert_eq!(done.matches("badge--danger").count(), 1);
    assert_eq!(desk.user("u0@example.org").await.status, "Rejected (spam)");
    assert!(desk.user("u2@example.org").await.active);
    let nothing = admin.submit("/admin/user", bulk, &[("op", "reject")]).await;
    assert_eq!(nothing.leads_to(), "/admin/user");
    // Not for many at once.
    let no = numbers[0].as_str();
    let one = [("id", no), ("op", "delete"), ("confirm", "yes")];
    let refused = admin.submit("/admin/user", bulk, &one).await;
    assert_eq!(refused.leads_to(), "/admin/user");
}

// ID-SEC-28 ID-CLI-23: what only superusers may; secrets are shown once and nowhere else.
#[tokio::test]
async fn superusers_do_what_the_command_line_does() {
    let desk = Desk::new().await;
    let user = {
        desk.house.person("eva@example.org").await;
        desk.user("eva@example.org").await
    };
    let boss = desk.superuser("boss@example.org").await;
    let at = format!("/admin/user/{}", user.no);
    for (op, fields) in [
        ("add-group", &[("value", "helpdesk")][..]),
        ("add-permission", &[("value", "projects.view")]),
        ("level", &[("value", "2")]),
        ("invitations", &[("value", "9")]),
        ("quota", &[("resource", "cyclades.vm"), ("value", "10")]),
        ("renew-token", &[]),
        ("deactivate", &[("reason", "away")]),
        ("set-email", &[("value", "eve@example.org")]),
        ("activate", &[]),
        ("set-admin", &[]),
        ("unset-admin", &[]),
    ] {
        let path = format!("{at}/{op}");
        let done = boss.submit(&path, &path, fields).await;
        assert_eq!(done.leads_to(), at, "{op}");
    }
    let user = desk.user("eve@example.org").await;
    assert_eq!((user.level, user.invitations), (2, 9));
    assert_eq!(user.permissions, ["projects.view"]);
    assert_eq!(user.groups[0].1, "helpdesk");
    for (op, field, value) in [
        ("level", "value", "many"),
        ("add-group", "value", "nosuch"),
        ("quota", "value", "lots"),
        ("delete", "name", "other@example.org"),
    ] {
        let path = format!("{at}/{op}");
        let fields = [("resource", "cyclades.vm"), (field, value)];
        let wrong = boss.submit(&at, &path, &fields).await.is(400);
        assert!(wrong.contains("field-error"), "{op}");
    }
    let path = format!("{at}/renew-password");
    let shown = boss.submit(&path, &path, &[]).await.is(200);
    let password = between(&shown, "data-copy=\"", "\"").to_owned();
    let other = Browser::new(&desk.house);
    let entered = other.log_in("eve@example.org", &password).await;
    assert!(entered.leads_to().starts_with('/'));
    let trail = boss.get("/admin/audit").await.is(200);
    assert!(trail.contains("user.password") && !trail.contains(&password));
}

// ID-ADU-42 ID-SEC-29: another address is asked for in the person's name, by helpdesk
// too; who lost the second factor gets rid of it by a superuser.
#[tokio::test]
async fn addresses_and_lost_factors_are_seen_to() {
    let desk = Desk::with(&[("ASTAKOS_EMAILCHANGE_ENABLED", Value::Bool(true))]).await;
    let helper = desk.member("help@example.org", "helpdesk").await;
    desk.house.browser_of("maria@example.org").await;
    let maria = desk.user("maria@example.org").await;
    let at = format!("/admin/user/{}", maria.no);
    let ask = format!("{at}/modify-email");
    let taken = [("value", "help@example.org")];
    let page = helper.submit(&ask, &ask, &taken).await.is(400);
    assert!(page.contains("aria-invalid"));
    let fields = [("value", "maria@example.com")];
    helper.submit(&ask, &ask, &fields).await.is(302);
    let page = helper.get(&at).await.is(200);
    assert!(page.contains("maria@example.com") && page.contains("user.modify-email"));
    assert_eq!(desk.user("maria@example.org").await.email, maria.email);

    // Nothing to reset: not offered, and refused.
    let reset = format!("{at}/reset-second-factor");
    let root = desk.superuser("root@example.org").await;
    assert!(!root.get(&at).await.is(200).contains("reset-second-factor"));
    root.submit(&reset, &reset, &[]).await.is(400);
    helper.get(&reset).await.is(403);
}

// ID-SEC-28: the trail is searched, paged and exported.
#[tokio::test]
async fn the_trail_is_searched_and_exported() {
    let desk = Desk::new().await;
    desk.house.person("eva@example.org").await;
    for n in 0..60 {
        desk.change("eva@example.org", UserChange::Level(n)).await;
    }
    desk.change(
        "eva@example.org",
        UserChange::Affiliation(Some("=Harbour".into())),
    )
    .await;
    let reader = desk.member("reader@example.org", "admin-readonly").await;
    let first = reader.get("/admin/audit?action=user.level").await.is(200);
    assert_eq!(first.matches("<code>user.level</code>").count(), 50);
    let next = between(&first, "rel=\"next\" href=\"", "\"").replace("&#38;", "&");
    let next = next.replace("&amp;", "&");
    let second = reader.get(&next).await.is(200);
    assert_eq!(second.matches("<code>user.level</code>").count(), 10);
    let found = reader.get("/admin/audit?q=HARBOUR").await.is(200);
    assert_eq!(found.matches("<code>user.affiliation</code>").count(), 1);
    let none = reader
        .get("/admin/audit?target=eva%40example.org&since=2999-01-01")
        .await
        .is(200);
    assert!(none.contains("No entries"));
    let csv = reader
        .get("/admin/audit/export?kind=user&format=csv&target=eva%40example.org")
        .await;
    assert_eq!(csv.headers[header::CONTENT_TYPE], "text/csv; charset=utf-8");
    let csv = csv.is(200);
    assert!(csv.lines().count() > 61 && csv.starts_with("id,time,who"));
    let json = reader
        .get("/admin/audit/export?format=json&action=user.affiliation")
        .await
        .is(200);
    let line: serde_json::Value = serde_json::from_str(json.trim()).unwrap();
    assert_eq!(line["changes"][0]["after"], "=Harbour");
}

// ID-ADU-20 ID-ADU-50: pages of the list, columns, export, figures; parts for the script.
#[tokio::test]
async fn people_are_listed_page_by_page() {
    let desk = Desk::new().await;
    let reader = desk.member("reader@example.org", "admin-readonly").await;
    let cx = desk.house.0.state.identity.clone();
    for n in 0..3 {
        let form = SignUp {
            email: format!("p{n:02}@example.org"),
            first_name: "=Pat".into(),
            last_name: format!("Number{n}"),
            password: SecretString::from(PASSWORD.to_owned()),
            language: "en".into(),
        };
        cx.admin_add(&desk.root, form, false, vec![], vec![])
            .await
            .unwrap();
    }
    let now = desk.house.0.state.cx.cx();
    let made = desk
        .house
        .0
        .store
        .write(move |tx| identity::synthetic::add(tx, &now, 0..57));
    made.await.unwrap();
    // Before the index is there, who is named in full is found.
    let early = reader.get("/admin/user?q=p01%40example.org").await.is(200);
    assert!(early.contains("index is being built") && early.contains(">p01@example.org<"));
    desk.indexed().await;
    let first = reader.get("/admin/user?sort=address").await.is(200);
    assert_eq!(first.matches("<tr data-id=").count(), 50);
    let next = between(&first, "rel=\"next\" href=\"", "\"");
    let next = next.replace("&#38;", "&").replace("&amp;", "&");
    let second = reader.get(&next).await.is(200);
    assert_eq!(second.matches("<tr data-id=").count(), 11);
    assert!(!first.contains("rel=\"prev\"") && second.contains("First page"));
    let chosen = reader.get("/admin/user?col=uuid&col=level").await.is(200);
    assert!(chosen.contains("<th>User id</th>") && !chosen.contains("<th>Joined</th>"));
    let part = reader
        .send(
            Method::GET,
            "/admin/user?q=number1",
            &[("hx-request", "true")],
            String::new(),
        )
        .await
        .is(200);
    assert!(!part.contains("<html") && part.contains("p01@example.org"));
    let csv = reader.get("/admin/user/export?q=pat").await.is(200);
    assert_eq!(csv.lines().count(), 4);
    assert!(csv.contains(",'=Pat,"));
    let figures = reader.get("/admin/charts").await.is(200);
    assert!(figures.contains("data-page=\"admin-figures\"") && figures.contains(">61<"));
}

// ID-ADU-12 ID-ADU-20 ID-ADU-21 ID-ADU-41: the list for programs; everybody who fits is
// chosen at once, and the page that asks names them and says how grave the act is.
#[tokio::test]
async fn the_list_comes_as_data_and_all_of_it_is_chosen_at_once() {
    let desk = Desk::new().await;
    let boss = desk.superuser("boss@example.org").await;
    let cx = desk.house.0.state.cx.cx();
    let store = &desk.house.0.store;
    let made = store.write(move |tx| identity::synthetic::add(tx, &cx, 0..57));
    made.await.unwrap();
    desk.indexed().await;
    let ask = async |query: &str| {
        let headers = [("accept", "application/json")];
        let path = format!("/admin/json/user?{query}");
        let body = boss.send(Method::GET, &path, &headers, String::new()).await;
        serde_json::from_str::<serde_json::Value>(&body.is(200)).unwrap()
    };
    let page = ask("sEcho=7&iDisplayStart=10&iDisplayLength=5&iSortCol_0=0&sSortDir_0=asc").await;
    assert_eq!(
        (&page["sEcho"], &page["iTotalRecords"]),
        (&7.into(), &58.into())
    );
    let first: Vec<&str> = page["aaData"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row[0].as_str().unwrap())
        .collect();
    assert_eq!(first, ["11", "12", "13", "14", "15"]);
    let row = &page["extra"][0];
    assert_eq!(row["details_url"]["value"], "/admin/user/11");
    assert_eq!(row["contact_email"]["visible"], false);
    let allowed = row["allowed_actions"]["value"].as_array().unwrap();
    assert!(allowed.contains(&"contact".into()));
    let found = ask("sSearch=boss&iDisplayLength=10").await;
    assert_eq!(found["iTotalDisplayRecords"], 1);
    assert_eq!(found["aaData"][0][1], "boss@example.org");
    let all = ask("iDisplayLength=-1").await;
    assert_eq!(all["extra"].as_array().unwrap().len(), 58);
    assert_eq!(all["aaData"], serde_json::json!([]));
    // Names are escaped, numbers are numbers, other types and plain browsers are told.
    assert!(!ask("iDisplayLength=60").await.to_string().contains("<b>"));
    boss.get("/admin/json/user").await.is(400);
    let headers = [("accept", "application/json")];
    for (path, status) in [
        ("user?iDisplayStart=x", 400),
        ("user?iDisplayStart=99999", 400),
        ("car", 404),
    ] {
        let path = format!("/admin/json/{path}");
        boss.send(Method::GET, &path, &headers, String::new())
            .await
            .is(status);
    }

    let list = boss.get("/admin/user").await.is(200);
    assert!(list.contains("name=\"all\""));
    let fields = [("op", "contact"), ("all", "yes"), ("filters", "q=boss")];
    let asks = boss
        .submit("/admin/user", "/admin/user/bulk", &fields)
        .await
        .is(200);
    assert!(asks.contains("boss@example.org") && !asks.contains("p01@example.org"));
    assert!(asks.contains("data-karma=\"neutral\" data-caution=\"none\""));
    let fields = [("op", "deactivate"), ("all", "yes"), ("filters", "")];
    let asks = boss
        .submit("/admin/user", "/admin/user/bulk", &fields)
        .await
        .is(200);
    assert_eq!(asks.matches("name=\"id\"").count(), 58);
    assert!(asks.contains("data-karma=\"bad\" data-caution=\"warning\""));
    assert!(asks.contains("class=\"msg warning\""));
}

// ID-ADU-15 ID-ADU-18: figures to take away; at the root the API's address serves browsers.
#[tokio::test]
async fn figures_are_taken_away() {
    let desk = Desk::new().await;
    let reader = desk.member("reader@example.org", "admin-readonly").await;
    let terse = reader.get("/admin/stats/astakos").await.is(200);
    assert_eq!(terse, r#"{"users":{"total":1,"active":1}}"#);
    let detailed = reader.get("/admin/stats/astakos/detail").await.is(200);
    let detailed: serde_json::Value = serde_json::from_str(&detailed).unwrap();
    assert_eq!(detailed["users"]["local"]["exclusive"], 1);
    let machines = reader.get("/admin/stats/cyclades").await;
    let named = &machines.headers[header::CONTENT_DISPOSITION];
    assert_eq!(named, "attachment; filename=\"cyclades.json\"");
    let machines: serde_json::Value = serde_json::from_str(&machines.is(200)).unwrap();
    assert_eq!(machines["servers"]["ACTIVE"]["count"], 0);
    reader.get("/admin/stats/cyclades/detail").await.is(200);
    reader.get("/admin/stats/kitchen").await.is(404);
    let stranger = desk.house.browser_of("maria@example.org").await;
    stranger.get("/admin/stats/astakos").await.is(403);
    let page = [("accept", "text/html,application/xhtml+xml")];
    for path in ["/admin/stats", "/admin/stats/detail"] {
        let sent = reader.send(Method::GET, path, &page, String::new()).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER);
        assert_eq!(sent.headers[header::LOCATION], "/admin/charts");
    }
    for (path, status) in [
        ("/astakos/admin/stats", 200),
        ("/astakos/admin/stats/detail", 401),
    ] {
        let api = reader.send(Method::GET, path, &page, String::new()).await;
        assert!(api.is(status).starts_with('{'), "{path}");
    }
}

// ID-ADU-01: acceptance check 5
#[tokio::test]
async fn switched_off_they_are_not_there() {
    let desk = Desk::with(&[("ADMIN_ENABLED", Value::Bool(false))]).await;
    let boss = desk.superuser("boss@example.org").await;
    for path in [
        "/admin",
        "/admin/user",
        "/admin/user/1",
        "/admin/audit",
        "/admin/charts",
        "/admin/home",
        "/admin/logout",
        "/admin/mail",
        "/admin/vm",
        "/admin/vm/1",
        "/admin/json/vm",
        "/admin/stats/astakos",
    ] {
        boss.get(path).await.is(404);
    }
}
