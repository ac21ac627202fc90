//! The page table of the dashboard (web-dashboard.md §1): which methods an address takes,
//! and where it leads nobody, somebody, and somebody who has terms to sign.

use super::{methods::house_of, *};
use identity::ClientInfo;

/// Requirement, path below `/ui`, what becomes of GET and of POST: one answer for all, or
/// those to nobody, somebody, and somebody unsigned. `-` is 405, `login` and `terms` lead
/// there and back, `away` to another site; else a status or a path.
type Row = (&'static str, &'static str, &'static str, &'static str);

#[rustfmt::skip]
const TABLE: &[Row] = &[
    ("ID-UI-20", "", "/ui/login /ui/landing /ui/landing", "-"),
    ("ID-UI-21", "/login", "200 /ui/landing /ui/landing", "200 leave leave"),
    ("ID-UI-22", "/local", "200 /ui/landing /ui/landing", "200 leave leave"),
    ("ID-UI-22", "/login/local", "200 /ui/landing /ui/landing", "200 leave leave"),
    ("ID-UI-23", "/login/ldap", "away", "/ui/login /ui/profile /ui/profile"),
    ("ID-UI-23", "/login/ldap/add", "login away terms", "login /ui/profile terms"),
    ("ID-UI-24", "/login/shibboleth", "away", "/ui/login /ui/profile /ui/profile"),
    ("ID-UI-24", "/login/shibboleth/authenticated", "/ui/login /ui/profile /ui/profile", "/ui/login /ui/profile /ui/profile"),
    ("ID-UI-24", "/login/google", "404", "404"),
    ("ID-UI-25", "/signup", "200 /ui /ui", "200 /ui /ui"),
    ("ID-UI-26", "/activate", "403", "403"),
    ("ID-UI-26", "/activate?auth=x", "/ui", "403"),
    ("ID-UI-26", "/send/activation/77", "200 /ui /ui", "/ui"),
    ("ID-UI-27", "/logout", "/ui", "/ui"),
    ("ID-UI-28", "/landing", "login 200 terms", "-"),
    ("ID-UI-29", "/profile", "login 200 terms", "login /ui/profile terms"),
    // Without script a page asks first (ID-UI-05).
    ("ID-UI-30", "/profile/update_token", "login 200 terms", "login /ui/api_access terms"),
    ("ID-UI-31", "/password_change", "login 200 terms", "login 200 terms"),
    ("ID-UI-31", "/local/password_reset", "200", "200"),
    ("ID-UI-31", "/local/password_reset/done", "/ui", "-"),
    ("ID-UI-31", "/local/password_reset_done", "/ui", "-"),
    ("ID-UI-31", "/local/reset/confirm/done", "/ui", "-"),
    ("ID-UI-31", "/local/password/reset/complete", "200", "-"),
    ("ID-UI-31", "/local/reset/confirm/Nzc/x/", "200", "200"),
    ("ID-UI-31", "/local/reset/confirm/25-x", "200", "200"),
    ("ID-UI-32", "/email_change", "login 200 terms", "login 200 terms"),
    ("ID-UI-32", "/email_change/confirm/x", "404", "404"),
    ("ID-UI-33", "/remove_auth_provider/77", "-", "login 404 terms"),
    ("ID-UI-34", "/api_access", "login 200 terms", "-"),
    ("ID-UI-34", "/.kamakirc", "login 200 terms", "-"),
    ("ID-UI-35", "/resources", "login 200 terms", "-"),
    ("ID-UI-36", "/feedback", "login 200 terms", "login 200 terms"),
    ("ID-UI-37", "/approval_terms", "200", "/ui/login?next=%2Fui%2Fapproval_terms 200 200"),
    ("ID-UI-37", "/approval_terms/1", "200", "/ui/login?next=%2Fui%2Fapproval_terms 200 200"),
    ("ID-UI-37", "/approval_terms/77", "/ui", "/ui"),
    ("ID-UI-38", "/invite", "login 200 terms", "login 200 terms"),
    // Pages of projects come later and say so, to whom they will be open.
    ("ID-UI-39", "/projects", "login 501 terms", "login 501 terms"),
    ("ID-UI-39", "/projects/add", "login 501 terms", "login 501 terms"),
    ("ID-UI-39", "/projects/search", "login 501 terms", "login 501 terms"),
    ("ID-UI-39", "/projects/how_it_works", "login 501 terms", "login 501 terms"),
    ("ID-UI-40", "/projects/77", "login 501 terms", "login 501 terms"),
    ("ID-UI-40", "/projects/77/members/accept", "login 501 terms", "login 501 terms"),
    ("ID-UI-41", "/get_menu", "200", "-"),
    ("ID-UI-41", "/get_services", "200", "-"),
    ("ID-UI-41", "/authenticate", "401", "-"),
];

const EMAIL: &str = "maria@example.org";

/// Who looks: nobody, somebody, somebody who has terms to sign.
struct Looker {
    _house: House,
    browser: Browser,
    who: usize,
}

impl Looker {
    async fn new(who: usize) -> Self {
        let on = Value::Bool(true);
        let settings = [
            ("ASTAKOS_INVITATIONS_ENABLED", on.clone()),
            ("ASTAKOS_EMAILCHANGE_ENABLED", on),
        ];
        let house = house_of(&["shibboleth", "ldap"], &settings);
        let person = house.person(EMAIL).await;
        let root = Caller::person(UserId(uuid::Uuid::from_bytes([250; 16]))).with(Role::Admin);
        let identity = &house.0.state.identity;
        let terms = identity.term_add(&root, "/terms.html", "<p>Be kind</p>");
        terms.await.unwrap();
        if who == 1 {
            let client = ClientInfo {
                address: "192.0.2.1".parse().unwrap(),
                user_agent: String::new(),
            };
            identity.sign_terms(person, &client).await.unwrap();
        }
        Looker {
            browser: Browser::new(&house),
            _house: house,
            who,
        }
    }

    /// Logged in where it is somebody.
    async fn arrives(&self) {
        if self.who > 0 && !self.browser.cookies.borrow().contains_key("sessionid") {
            self.browser.log_in(EMAIL, PASSWORD).await.leads_to();
        }
    }

    async fn asks(&self, method: &str, path: &str) -> Seen {
        self.arrives().await;
        if method == "GET" {
            return self.browser.get(path).await;
        }
        let page = match self.who {
            0 => "/ui/login",
            1 => "/ui/profile",
            _ => "/ui/approval_terms",
        };
        let proof = proof(&self.browser.get(page).await.is(200));
        self.browser
            .post(path, &[("csrfmiddlewaretoken", &proof)])
            .await
    }
}

/// Does an answer fit the cell of the table?
fn fits(cell: &str, method: &str, path: &str, seen: &Seen) -> bool {
    let back = if method == "POST" {
        "/ui/landing"
    } else {
        path
    };
    let back = percent_encoding::utf8_percent_encode(back, percent_encoding::NON_ALPHANUMERIC);
    let target = seen
        .headers
        .get(header::LOCATION)
        .map(|to| to.to_str().unwrap());
    let leads = |to: &str| seen.status == StatusCode::FOUND && target == Some(to);
    match cell {
        "-" => seen.status == StatusCode::METHOD_NOT_ALLOWED,
        "login" => leads(&format!("/ui/login?next={back}")),
        "terms" => leads(&format!("/ui/approval_terms?next={back}&show_form=")),
        "leave" => leads("/ui/logout?next=%2Fui%2Flocal"),
        "away" => target.is_some_and(|to| to.starts_with("https://idp.example/")),
        path if path.starts_with('/') => leads(path),
        status => seen.status.as_str() == status,
    }
}

// ID-UI-04 ID-LOG-01 ID-TRM-02 ID-UI-20 ID-UI-21 ID-UI-22 ID-UI-23 ID-UI-24 ID-UI-25
// ID-UI-26 ID-UI-27 ID-UI-28 ID-UI-29 ID-UI-30 ID-UI-31 ID-UI-32 ID-UI-33 ID-UI-34 ID-UI-35
// ID-UI-36 ID-UI-37 ID-UI-38 ID-UI-39 ID-UI-40 ID-UI-41
#[tokio::test]
async fn every_address_of_the_table_does_what_it_says() {
    let mut wrong = Vec::new();
    for who in 0..3 {
        let looker = Looker::new(who).await;
        for (requirement, below, get, post) in TABLE {
            let path = format!("/ui{below}");
            for (method, cells) in [("GET", get), ("POST", post)] {
                let mut all = cells.split(' ');
                let cell = all.clone().nth(who).or_else(|| all.next()).unwrap();
                let seen = looker.asks(method, &path).await;
                if !fits(cell, method, &path, &seen) {
                    let to = seen.headers.get(header::LOCATION);
                    wrong.push(format!(
                        "{requirement} {method} {path} of {who}: {} {to:?} is not {cell}",
                        seen.status
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The rows of the store now, to be compared with later.
async fn kept(house: &House) -> (tempfile::TempDir, store::Store) {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("copy.redb");
    house.0.store.copy_to(file.clone()).await.unwrap();
    let store = store::Store::open(&file, store::Options::default()).unwrap();
    (dir, store)
}

// ID-SEC-08 ID-VER-02 ID-EML-04 ID-SHB-09: programs that look at mailed links, and browsers
// that look ahead, change nothing: HEAD never does, GET only where a link acts by itself
// and does not say that it only looks.
#[tokio::test]
async fn who_only_looks_at_a_link_changes_nothing() {
    let on = || Value::Bool(true);
    let house = house_of(
        &["shibboleth"],
        &[
            ("ASTAKOS_MODERATION_ENABLED", on()),
            ("ASTAKOS_EMAILCHANGE_ENABLED", on()),
            ("ASTAKOS_INVITATIONS_ENABLED", on()),
            (
                "ACCOUNT_PENDING_MODERATION_RECIPIENTS",
                Value::List(vec![Value::List(vec![
                    Value::Str("Staff".into()),
                    Value::Str("staff@example.org".into()),
                ])]),
            ),
        ],
    );
    let owner = house.browser_of(EMAIL).await;
    // Who came from elsewhere goes on in the same browser.
    let visitor = Browser::new(&house);
    let links = links(&house, &owner, &visitor).await;
    let ahead = [("sec-purpose", "prefetch")];
    let (_dir, before) = kept(&house).await;
    for (name, path, acts) in &links {
        for browser in [&visitor, &owner] {
            let head = browser.send(Method::HEAD, path, &[], String::new()).await;
            assert!(head.text.is_empty(), "{name}");
            browser.send(Method::GET, path, &ahead, String::new()).await;
            if !acts {
                browser.send(Method::GET, path, &[], String::new()).await;
            }
        }
    }
    let changed = store::Store::differences(&before, &house.0.store).unwrap();
    assert!(changed.is_empty(), "{changed:?}");
    owner.get("/ui/landing").await.is(200);
    let mails = house.mails().await;
    assert!(mails.is_empty(), "{mails:?}");
    // All of them were good, and do what they say once somebody acts.
    for (name, path, acts) in &links {
        let seen = visitor.send(Method::GET, path, &[], String::new()).await;
        match acts {
            true => drop(seen.leads_to()),
            false => assert_eq!(seen.status, 200, "{name}: {}", seen.text),
        }
    }
}

/// Every kind of mailed link, and whether it acts by itself.
async fn links(
    house: &House,
    owner: &Browser,
    visitor: &Browser,
) -> Vec<(&'static str, String, bool)> {
    let mut all = Vec::new();
    house.mails().await;
    let fields = |email: &'static str| {
        [
            ("email", email),
            ("password1", PASSWORD),
            ("password2", PASSWORD),
        ]
    };
    let sign_up = async |email| {
        visitor
            .submit("/ui/signup", "/ui/signup", &fields(email))
            .await
            .leads_to();
        house.mailed_path("activation").await
    };
    let waiting = sign_up("waiting@example.org").await;
    visitor.get(&waiting).await.leads_to();
    all.push((
        "moderation",
        house.mailed_path("pending_moderation").await,
        false,
    ));
    all.push(("verification", sign_up("fresh@example.org").await, true));
    let reset = [("email", EMAIL)];
    let path = "/ui/local/password_reset";
    visitor.submit(path, path, &reset).await.leads_to();
    all.push(("password", house.mailed_path("password_email").await, false));
    let change = [("new_email_address", "new@example.org")];
    owner
        .submit("/ui/email_change", "/ui/email_change", &change)
        .await
        .leads_to();
    let mails = house.mails().await;
    for (name, template) in [("new address", "new_email"), ("old address", "old_email")] {
        let mail = mails
            .iter()
            .find(|mail| mail.template.contains(template))
            .unwrap();
        let url = mail.context["url"].as_str().unwrap();
        all.push((name, url.replace(&format!("https://{HOST}"), ""), false));
    }
    let form = visitor.at_site("shibboleth", "", "scholar").await;
    let form = form.leads_to().to_owned();
    let token = form.split_once('=').unwrap().1.to_owned();
    let ask = [
        ("third_party_token", token.as_str()),
        ("email", EMAIL),
        ("switch", "1"),
    ];
    visitor.submit(&form, "/ui/signup", &ask).await.leads_to();
    all.push(("switch", house.mailed_path("switch_accounts").await, false));
    all.push(("sign-up", form, false));
    all
}
