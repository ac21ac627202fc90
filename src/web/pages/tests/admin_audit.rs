//! What holds of every address and every act of administrators: the second factor where
//! it is required, and the trail.

use super::{
    admin::{Desk, root},
    admin_things::Cluster,
    *,
};
use crate::pages::{PAGES, admin::acts};
use identity::{
    Arrival, UserChange,
    audit::{Entry, Filter},
    outside::OutsideSignUp,
    provider::Outside,
};
use kernel::{page::PageRequest, secret::ExposeSecret};
use serde_json::json;

/// A path of the pattern, about things that are there.
fn filled(pattern: &str) -> String {
    let parts = pattern.split('/').map(|part| match part {
        "{kind}" => "vm",
        "{id}" | "{user}" => "1",
        "{op}" => "contact",
        "{component}" => "astakos",
        other => other,
    });
    parts.collect::<Vec<_>>().join("/")
}

// ID-SEC-29 ID-ADU-02: ADMIN_REQUIRE_2FA holds on every address of the table below
// /admin, for reading and for changing, whatever the group
#[tokio::test]
async fn without_the_second_factor_no_administrators_page_opens() {
    let desk = Desk::new().await;
    let mut browsers = Vec::new();
    for group in ["admin-readonly", "helpdesk", "admin"] {
        browsers.push(desk.member(&format!("{group}@example.org"), group).await);
    }
    browsers.push(desk.superuser("boss@example.org").await);
    let proofs: Vec<String> = {
        let mut all = Vec::new();
        for browser in &browsers {
            all.push(proof(&browser.get("/ui/profile").await.is(200)));
        }
        all
    };
    let mut settings = (*desk.house.0.state.settings.now()).clone();
    settings.set("ADMIN_REQUIRE_2FA", Value::Bool(true));
    desk.house.0.state.settings.replace(settings);
    let mut asked = 0;
    for (methods, pattern, _) in PAGES {
        // Leaving is always allowed.
        if !pattern.starts_with("/admin") || *pattern == "/admin/logout" {
            continue;
        }
        for method in methods.split(' ') {
            let method: Method = method.parse().unwrap();
            for (browser, proof) in browsers.iter().zip(&proofs) {
                let headers = [
                    ("content-type", "application/x-www-form-urlencoded"),
                    ("x-csrftoken", proof.as_str()),
                    ("accept", "application/json"),
                ];
                let path = filled(pattern);
                let sent = browser
                    .send(method.clone(), &path, &headers, String::new())
                    .await;
                assert_eq!(sent.leads_to(), "/ui/second_factor", "{method} {path}");
                asked += 1;
            }
        }
    }
    assert!(asked > 80, "{asked}");
}

/// The account an act is tried on, as it is before.
#[derive(Clone, Copy, Debug)]
enum Before {
    New,
    Waiting,
    Active,
    Inactive,
    Admin,
    Member,
    Permitted,
    Outsider,
    Second,
}

/// Name, before, fields, action of the trail.
type Act = (
    &'static str,
    Before,
    &'static [(&'static str, &'static str)],
    &'static str,
);

/// Every act on accounts: before, what the form sends, action of the trail.
#[rustfmt::skip]
const ACTS: &[Act] = &[
    ("accept", Before::Waiting, &[], "user.accept"),
    ("reject", Before::Waiting, &[("reason", "spam")], "user.reject"),
    ("verify", Before::New, &[], "user.verify"),
    ("resend", Before::New, &[], "user.send-verification"),
    ("activate", Before::Inactive, &[], "user.activate"),
    ("deactivate", Before::Active, &[("reason", "away")], "user.deactivate"),
    ("contact", Before::Active, &[("subject", "a"), ("text", "b")], "user.contact"),
    ("set-email", Before::Inactive, &[("value", "other@example.org")], "user.email"),
    ("modify-email", Before::Active, &[("value", "other@example.org")], "user.modify-email"),
    ("enable-local", Before::Outsider, &[], "user.enable-local"),
    ("release-shibboleth", Before::Outsider, &[], "user.release-shibboleth"),
    ("add-group", Before::Active, &[("value", "helpdesk")], "user.add-group"),
    ("delete-group", Before::Member, &[("value", "helpdesk")], "user.delete-group"),
    ("add-permission", Before::Active, &[("value", "a.b")], "user.add-permission"),
    ("delete-permission", Before::Permitted, &[("value", "a.b")], "user.delete-permission"),
    ("level", Before::Active, &[("value", "3")], "user.level"),
    ("invitations", Before::Active, &[("value", "8")], "user.invitations"),
    ("quota", Before::Active, &[("resource", "cyclades.vm"), ("value", "7")], "user.base-quota"),
    ("default-project", Before::Active, &[], "user.default-project"),
    ("sign-terms", Before::Active, &[], "user.sign-terms"),
    ("renew-token", Before::Active, &[], "user.renew-token"),
    ("renew-password", Before::Active, &[], "user.password"),
    ("reset-second-factor", Before::Second, &[], "user.reset-second-factor"),
    ("set-admin", Before::Active, &[], "user.admin"),
    ("unset-admin", Before::Admin, &[], "user.admin"),
    ("delete", Before::New, &[("name", "who@example.org")], "user.delete"),
];

const WHO: &str = "who@example.org";

impl Desk {
    async fn outsider(&self) {
        let identity = &self.house.0.state.identity;
        let client = identity::ClientInfo {
            address: std::net::Ipv4Addr::LOCALHOST.into(),
            user_agent: String::new(),
        };
        let person = Outside {
            module: "shibboleth".into(),
            identifier: "who@uni".into(),
            ..Outside::default()
        };
        let arrived = identity.arrive(None, person, Default::default(), &client);
        let Arrival::SignUp(token) = arrived.await.unwrap() else {
            panic!("known already");
        };
        let form = OutsideSignUp {
            email: WHO.into(),
            first_name: "Who".into(),
            last_name: "Ever".into(),
            language: "en".into(),
            ..OutsideSignUp::default()
        };
        let made = identity.outside_sign_up(token.expose_secret(), form, &client);
        made.await.unwrap();
        for change in [UserChange::Verify, UserChange::Accept] {
            self.change(WHO, change).await;
        }
    }

    async fn set_up(&self, before: Before) {
        match before {
            Before::New => {
                let form = SignUp {
                    email: WHO.into(),
                    first_name: "Who".into(),
                    last_name: "Ever".into(),
                    password: SecretString::from(PASSWORD.to_owned()),
                    language: "en".into(),
                };
                let identity = &self.house.0.state.identity;
                let added = identity.admin_add(&self.root, form, false, vec![], vec![]);
                added.await.unwrap();
            }
            Before::Waiting => drop(self.waiting(WHO).await),
            Before::Outsider => self.outsider().await,
            Before::Second => {
                let browser = self.house.browser_of(WHO).await;
                super::second::set_up(&self.house, &browser).await;
            }
            _ => {
                self.house.person(WHO).await;
            }
        }
        match before {
            Before::Inactive => self.change(WHO, UserChange::Deactivate("x".into())).await,
            Before::Admin => self.change(WHO, UserChange::Admin(true)).await,
            Before::Member => {
                self.change(WHO, UserChange::AddGroup("helpdesk".into()))
                    .await
            }
            Before::Permitted => {
                self.change(WHO, UserChange::AddPermission("a.b".into()))
                    .await
            }
            _ => {}
        }
    }

    /// The newest entry of the trail.
    pub(super) async fn newest(&self) -> Entry {
        let request = PageRequest {
            after: None,
            limit: 1,
        };
        let found = self
            .house
            .0
            .state
            .identity
            .audit(&self.root, Filter::default(), request);
        found.await.unwrap().items.remove(0)
    }
}

/// Who, what, when, from where, and what changed.
fn tells_all(desk: &Desk, entry: &Entry, action: &str, who: &identity::UserView) {
    assert_eq!(entry.action, action);
    assert_eq!(entry.who.key(), who.uuid.to_string(), "{action}");
    assert_eq!(entry.name, who.email, "{action}");
    assert!(
        !entry.from.is_empty() && entry.request.is_some(),
        "{action}: {entry:?}"
    );
    let now = desk.house.0.state.cx.cx().now;
    assert_eq!(entry.at, now, "{action}");
    assert!(!entry.target.id.is_empty(), "{action}");
    // There is one project only that can be the default one: nothing changes.
    let same = action == "user.default-project";
    assert!(same || !entry.fields.is_empty(), "{action}: {entry:?}");
}

fn settings() -> Vec<(&'static str, Value)> {
    let modules = ["local", "shibboleth"].map(|name| Value::Str(name.into()));
    vec![
        ("ASTAKOS_MODERATION_ENABLED", Value::Bool(true)),
        ("ASTAKOS_EMAILCHANGE_ENABLED", Value::Bool(true)),
        ("ASTAKOS_IM_MODULES", Value::List(modules.to_vec())),
    ]
}

// ID-SEC-28 ID-ADU-04 ID-ADU-13 ID-ADU-42: every act on an account, by page and as JSON,
// leaves who, what, when, from where, before and after; an act without a line here fails
#[tokio::test]
async fn every_act_on_accounts_is_in_the_trail() {
    let lines: Vec<&str> = ACTS.iter().map(|(name, ..)| *name).collect();
    assert_eq!(acts::of_accounts(), lines);
    for (name, before, fields, action) in ACTS {
        // By page.
        let desk = Desk::with(&settings()).await;
        let boss = desk.superuser("boss@example.org").await;
        desk.set_up(*before).await;
        let who = desk.user("boss@example.org").await;
        let user = desk.user(WHO).await;
        let terms = identity_terms(&desk, name).await;
        let mut all = fields.to_vec();
        let project = user.uuid.to_string();
        if *name == "default-project" {
            all.push(("value", &project));
        }
        let path = format!("/admin/user/{}/{name}", user.no);
        let sent = boss.submit(&path, &path, &all).await;
        assert!(
            sent.status.as_u16() < 400,
            "{name} {before:?} {terms}: {}",
            sent.text
        );
        let entry = desk.newest().await;
        tells_all(&desk, &entry, action, &who);
        assert_eq!(entry.target.id, user.no.to_string());
        // As JSON, where programs may.
        if matches!(*name, "delete" | "quota") {
            continue;
        }
        let desk = Desk::with(&settings()).await;
        let boss = desk.superuser("boss@example.org").await;
        desk.set_up(*before).await;
        let who = desk.user("boss@example.org").await;
        let user = desk.user(WHO).await;
        identity_terms(&desk, name).await;
        let value = |key: &str| {
            let own = all.iter().find(|(name, _)| *name == key);
            own.map(|(_, value)| (*value).to_owned())
        };
        let project = user.uuid.to_string();
        let given = match *name {
            "default-project" => Some(project),
            _ => value("value"),
        };
        let op = match *name {
            "resend" => "resend_verification".to_owned(),
            name => name.replace('-', "_"),
        };
        let body = json!({
            "target": "user", "op": op,
            "items": [{"id": user.no.0, "data": {"new_email": given, "reason": value("reason")}}],
            "subject": value("subject"), "text": value("text"),
        });
        let token = proof(&boss.get("/ui/profile").await.is(200));
        let headers = [
            ("content-type", "application/json"),
            ("x-csrftoken", token.as_str()),
        ];
        let sent = boss
            .send(Method::POST, "/admin/actions/", &headers, body.to_string())
            .await;
        assert_eq!(sent.status, 200, "{name}: {}", sent.text);
        tells_all(&desk, &desk.newest().await, action, &who);
    }
}

/// Where an act needs terms, there are some.
async fn identity_terms(desk: &Desk, name: &str) -> bool {
    let needs = name == "sign-terms";
    if needs {
        let identity = &desk.house.0.state.identity;
        identity
            .term_add(&root(), "/terms.html", "<p>Be kind.</p>")
            .await
            .unwrap();
        // The administrator has signed.
        desk.change("boss@example.org", UserChange::SignTerms).await;
    }
    needs
}

/// Every act on other things: which of them, what it needs before, action of the trail.
const DEEDS: &[(&str, &str, &str, &str)] = &[
    ("vm", "start", "shutdown", "server.start"),
    ("vm", "shutdown", "", "server.shutdown"),
    ("vm", "reboot", "start", "server.reboot"),
    ("vm", "suspend", "", "server.suspend"),
    ("vm", "unsuspend", "suspend", "server.unsuspend"),
    ("vm", "contact", "", "user.contact"),
    ("vm", "destroy", "", "server.destroy"),
    ("volume", "contact", "", "user.contact"),
    ("network", "drain", "", "network.drain"),
    ("network", "undrain", "drain", "network.undrain"),
    ("network", "contact", "", "user.contact"),
    ("network", "destroy", "", "network.destroy"),
    ("ip", "contact", "", "user.contact"),
    ("ip", "destroy", "", "ip.destroy"),
    ("project", "contact", "", "user.contact"),
];

// ID-SEC-28 ID-ADU-04 ID-ADU-43: and every act on machines, networks, addresses and the
// others, by page and as JSON
#[tokio::test(start_paused = true)]
async fn every_act_on_things_is_in_the_trail() {
    let lines: Vec<(&str, &str)> = DEEDS
        .iter()
        .map(|(kind, name, ..)| (*kind, *name))
        .collect();
    assert_eq!(acts::of_things(), lines);
    for as_json in [false, true] {
        let cluster = Cluster::new().await;
        let desk = &cluster.desk;
        let boss = desk.superuser("boss@example.org").await;
        let who = desk.user("boss@example.org").await;
        for (kind, name, first, action) in DEEDS {
            let id = match (*kind, *name) {
                // Public networks are drained, private ones have owners.
                ("network", "contact" | "destroy") => cluster.network("lan").await,
                ("ip", _) => cluster.address().await,
                _ => 1,
            };
            let fields = [("subject", "a"), ("text", "b")];
            let at = format!("/admin/{kind}/{id}");
            if !first.is_empty() {
                let path = format!("{at}/{first}");
                let sent = boss.submit(&path, &path, &fields).await;
                // What the line before left may do already.
                assert!(
                    sent.status == 302 || sent.status == 400,
                    "{first}: {}",
                    sent.text
                );
                cluster.carry_out().await;
            }
            if as_json {
                let body = json!({
                    "target": kind, "op": name, "items": [{"id": id}], "subject": "a", "text": "b",
                });
                let (status, answer) = cluster.act(&boss, body).await;
                assert_eq!(status, 200, "{kind} {name}: {answer}");
            } else {
                let path = format!("{at}/{name}");
                let sent = boss.submit(&path, &path, &fields).await;
                assert_eq!(sent.status, 302, "{kind} {name}: {}", sent.text);
            }
            let mut entry = desk.newest().await;
            // Programs may wait a minute for the machine.
            entry.at = desk.house.0.state.cx.cx().now;
            tells_all(desk, &entry, action, &who);
            cluster.carry_out().await;
        }
    }
}
