//! The recorded visits to identity's pages, made again in order (ID-REC): status, where
//! it leads, targets and fields of the forms. What is intended to differ is in
//! [`INTENDED`]; a row that is no difference any more fails.

use super::*;
use identity::UserChange;
use serde_json::Value as Json;
use std::collections::BTreeSet;

const RECORDED: &str = include_str!("../../../../tests/golden/web.json");

/// Entry, the requirement behind it: a page asks first, and its form answers as recorded.
const INTENDED: &[(&str, &str)] = &[
    ("resend-activation", "ID-SEC-08: a page that asks"),
    ("email-change-confirm", "ID-EML-04: a page that asks"),
    ("weblogin-pithos-scheme", "ID-SEC-11: consent first"),
];
/// Fields that are not in our forms.
const LEFT_OUT: &[(&str, &[&str], &str)] = &[
    ("page-profile", &["auth"], "ID-SEC-10"),
    ("page-feedback", &["auth", "username"], "ID-SEC-10"),
    ("page-password_change", &["auth", "username"], "ID-SEC-10"),
    (
        "page-api_access",
        &["auth_token", "token_url"],
        "ID-DSH-06: plain text",
    ),
];
/// Pages of projects, which are not built yet: there the answer must say so.
const LATER: [&str; 3] = [
    "page-projects",
    "page-projects-add",
    "page-projects-how_it_works",
];

/// What differs from place to place, by the name of its placeholder.
struct Places(BTreeMap<&'static str, String>);

impl Places {
    fn fill(&self, text: &str) -> String {
        let mut text = text.replace("{{HOST}}", HOST);
        for (name, value) in &self.0 {
            text = text.replace(&format!("{{{{{name}}}}}"), value);
        }
        text
    }

    /// Takes what the mails that were asked for since then say.
    async fn read_mails(&mut self, house: &House) {
        for mail in house.mails().await {
            let url = mail.context.get("url").and_then(|url| url.as_str());
            let Some(url) = url else { continue };
            let name = match mail.template.as_str() {
                "im/activation_email" if mail.to.starts_with("alice") => "ALICE_VERIFICATION_CODE",
                "im/activation_email" if mail.to.starts_with("bob") => "BOB_VERIFICATION_CODE",
                "im/activation_email" => "CAROL_VERIFICATION_CODE",
                name if name.contains("password") => "PASSWORD_RESET_KEY",
                name if name.contains("email_change") || name.contains("emailchange") => {
                    "EMAIL_CHANGE_KEY"
                }
                _ => continue,
            };
            let value = match name {
                "PASSWORD_RESET_KEY" => between(&format!("{url}/"), "/confirm/", "//")
                    .trim_end_matches('/')
                    .to_owned(),
                "EMAIL_CHANGE_KEY" => url.rsplit('/').next().unwrap().to_owned(),
                _ => between(&format!("{url}&"), "auth=", "&").to_owned(),
            };
            self.0.insert(name, value);
        }
    }
}

impl Places {
    /// Takes what the cookie says of who is logged in: Alice, or nobody.
    fn read_cookie(&mut self, browser: &Browser) {
        let jar = browser.cookies.borrow();
        let said = jar
            .get("_pithos2_a")
            .and_then(|said| said.split_once("%7C"));
        if let Some((uuid, token)) = said.filter(|said| said.1.len() > 40) {
            self.0.insert("ALICE_UUID", uuid.to_owned());
            self.0.insert("ALICE_TOKEN", token.to_owned());
        }
    }
}

/// The address without the host and the base path; ours is the root.
fn plain(address: &str) -> String {
    let hosts = [format!("http://{HOST}"), format!("https://{HOST}")];
    let mut text = address.to_owned();
    for host in hosts {
        text = text.replace(&host, "");
        let coded =
            percent_encoding::utf8_percent_encode(&host, percent_encoding::NON_ALPHANUMERIC);
        text = text.replace(&coded.to_string(), "");
    }
    text.replace("%2Fastakos", "").replace("/astakos", "")
}

/// A redirect's target with its query decoded as far as it goes.
fn target(address: &str) -> String {
    let mut text = address.to_owned();
    for _ in 0..4 {
        text = percent_encoding::percent_decode_str(&text)
            .decode_utf8_lossy()
            .into_owned();
    }
    let text = plain(&text);
    if text == "/ui/" {
        return "/ui".to_owned();
    }
    // The order of parameters is free (ID-REC-06).
    let Some((base, query)) = text.split_once('?') else {
        return text;
    };
    let query: BTreeSet<&str> = query.split('&').collect();
    let query: Vec<&str> = query.into_iter().collect();
    format!("{base}?{}", query.join("&"))
}

/// Names of the fields and targets of the forms of a page.
fn forms(page: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut fields, mut targets) = (BTreeSet::new(), BTreeSet::new());
    for tag in page.split('<').filter_map(|rest| rest.split_once('>')) {
        let attribute = |name: &str| {
            let found = tag.0.split_once(&format!(" {name}=\""));
            found
                .and_then(|(_, rest)| rest.split_once('"'))
                .map(|(value, _)| value.to_owned())
        };
        let kind = tag.0.split_whitespace().next().unwrap_or_default();
        match kind {
            "form" => targets.extend(attribute("action").or(Some(String::new()))),
            "input" | "select" | "textarea" | "button" => fields.extend(attribute("name")),
            _ => {}
        }
    }
    (fields, targets)
}

fn settings() -> Vec<(&'static str, Value)> {
    vec![
        ("ASTAKOS_MODERATION_ENABLED", Value::Bool(true)),
        ("ASTAKOS_EMAILCHANGE_ENABLED", Value::Bool(true)),
        ("ASTAKOS_EMAILCHANGE_BOTH_ADDRESSES", Value::Bool(false)),
        ("ASTAKOS_RATELIMIT_RETRIES_ALLOWED", Value::Int(1000)),
    ]
}

async fn decide(house: &House, email: &str, change: UserChange) {
    let root = Caller::person(UserId(uuid::Uuid::from_bytes([250; 16]))).with(Role::Admin);
    let identity = &house.0.state.identity;
    let user = identity.user_by_email(email).await.unwrap().unwrap();
    let made = identity.admin_modify(&root, user.no, vec![change]).await;
    made.unwrap();
}

/// What the file does not hold (ID-REC-03).
async fn between_times(house: &House, browser: &Browser, before: &str) {
    match before {
        "login-rejected" => {
            decide(
                house,
                "carol@example.org",
                UserChange::Reject("unknown affiliation".into()),
            )
            .await;
        }
        "login-form" => {
            decide(house, "alice@example.org", UserChange::Accept).await;
            decide(house, "bob@example.org", UserChange::Accept).await;
        }
        "weblogin-without-next" => {
            let back = UserChange::Email("alice@example.org".into());
            decide(house, "alice2@example.org", back).await;
        }
        // A cookie that was left over from the session that the login before it ended.
        "weblogin-same-host" => {
            let mut jar = browser.cookies.borrow_mut();
            jar.insert("_pithos2_a".into(), "left%7Cover".into());
            jar.insert("sessionid".into(), "over".into());
        }
        // The last block was recorded with a new login.
        "weblogin-pithos-scheme" => {
            browser.get("/ui/logout").await;
            browser
                .log_in("alice@example.org", "Al1cePass!")
                .await
                .leads_to();
        }
        _ => {}
    }
}

/// The cookies that are set and taken away; those of forms and messages are ours
/// (ID-SES-04).
fn cookies<'a>(set: impl Iterator<Item = &'a str>) -> BTreeSet<(&'a str, bool)> {
    const KNOWN: [&str; 3] = ["_pithos2_a", "sessionid", "astakos_last_login_method"];
    let named = set.filter_map(|set| {
        let (name, rest) = set.split_once('=')?;
        let name = KNOWN.into_iter().find(|known| *known == name)?;
        Some((name, rest.contains("Max-Age=0")))
    });
    named.collect()
}

/// A list of services without their texts, which are ours, and without icons, which may be
/// there (ID-MNU-01).
fn without_texts(mut services: Json) -> Json {
    for service in services.as_array_mut().unwrap() {
        let service = service.as_object_mut().unwrap();
        let said = service.remove("verbose_name");
        assert!(said.is_some_and(|said| !said.as_str().unwrap().is_empty()));
        for (part, text) in [("cloudbar", "title"), ("dashboard", "description")] {
            let part = service[part].as_object_mut().unwrap();
            let said = part.remove(text);
            assert!(said.is_some_and(|said| !said.as_str().unwrap().is_empty()));
            part.remove("icon");
        }
    }
    services
}

/// The pairs of a `.kamakirc`, each behind its section (ID-REC-07).
fn pairs(text: &str) -> BTreeSet<String> {
    let mut section = "";
    let lines = text.lines().map(str::trim);
    let mut all = BTreeSet::new();
    for line in lines.filter(|line| !line.is_empty()) {
        match line.starts_with('[') {
            true => section = line,
            false => {
                let (key, value) = line.split_once('=').unwrap();
                all.insert(format!("{section} {} {}", key.trim(), value.trim()));
            }
        }
    }
    all
}

/// Compares a body that is no page.
fn same_text(name: &str, recorded: &str, ours: &str) -> Result<(), String> {
    let same = match name {
        "page-kamakirc" => pairs(&plain(recorded)) == pairs(&plain(ours)),
        "page-get_services" | "page-get_menu" => {
            let read = |text: &str| {
                let all = serde_json::from_str(&plain(text)).unwrap();
                let services = name == "page-get_services";
                if services { without_texts(all) } else { all }
            };
            read(recorded) == read(ours)
        }
        // What a page says is ours.
        _ => !ours.is_empty() || recorded.is_empty(),
    };
    if same {
        return Ok(());
    }
    Err(format!("{ours}\n  instead of {recorded}"))
}

/// Where it leads to, as recorded.
fn leads(entry: &Json, places: &Places, seen: &Seen) -> Result<(), String> {
    let headers = entry["response"]["headers"].as_array().unwrap();
    let recorded = headers.iter().find(|pair| pair[0] == "Location");
    let wanted = recorded.map(|pair| target(&places.fill(pair[1].as_str().unwrap())));
    let ours = seen.headers.get(header::LOCATION);
    let ours = ours.map(|ours| target(ours.to_str().unwrap()));
    if wanted == ours {
        return Ok(());
    }
    Err(format!("leads to {ours:?} instead of {wanted:?}"))
}

fn compare(entry: &Json, places: &Places, seen: &Seen) -> Result<(), String> {
    let name = entry["name"].as_str().unwrap();
    let answer = &entry["response"];
    let status = answer["status"].as_u64().unwrap();
    if u64::from(seen.status.as_u16()) != status {
        return Err(format!("{} instead of {status}", seen.status));
    }
    leads(entry, places, seen)?;
    let headers = answer["headers"].as_array().unwrap();
    let told = cookies(headers.iter().filter_map(|pair| match &pair[0] {
        kind if kind == "Set-Cookie" => pair[1].as_str(),
        _ => None,
    }));
    let all = seen.headers.get_all(header::SET_COOKIE).iter();
    let ours = cookies(all.map(|set| set.to_str().unwrap()));
    if told != ours {
        return Err(format!("sets {ours:?} instead of {told:?}"));
    }
    // What leads elsewhere has nothing to read.
    if status == 302 {
        return Ok(());
    }
    let kind = |text: &str| text.split(';').next().unwrap().to_owned();
    let recorded = headers.iter().find(|pair| pair[0] == "Content-Type");
    let recorded = kind(recorded.unwrap()[1].as_str().unwrap());
    let ours = kind(seen.headers[header::CONTENT_TYPE].to_str().unwrap());
    if recorded != ours {
        return Err(format!("is {ours} instead of {recorded}"));
    }
    let Some(html) = answer.get("html") else {
        let body = places.fill(answer["body"].as_str().unwrap());
        return same_text(name, &body, &seen.text);
    };
    let (fields, targets) = forms(&seen.text);
    let left_out = LEFT_OUT.iter().find(|(entry, ..)| *entry == name);
    for field in html["field_names"].as_array().unwrap() {
        let field = field.as_str().unwrap();
        let gone = left_out.is_some_and(|(_, gone, _)| gone.contains(&field));
        if fields.contains(field) == gone {
            return Err(format!("field {field}: {fields:?}"));
        }
    }
    for action in html["form_actions"].as_array().unwrap() {
        let action = plain(action.as_str().unwrap());
        if !targets.iter().any(|ours| plain(ours) == action) {
            return Err(format!("no form for {action:?}: {targets:?}"));
        }
    }
    Ok(())
}

// ID-REC-02 ID-REC-03 ID-REC-04 ID-REC-06 ID-REC-09
// ID-UI-20 ID-UI-21 ID-UI-22 ID-UI-25 ID-UI-26 ID-UI-27 ID-UI-28 ID-UI-29 ID-UI-31 ID-UI-32 ID-UI-34 ID-UI-35
// ID-UI-36 ID-UI-41 ID-LOG-21 ID-DSH-12
#[tokio::test]
async fn the_recorded_visits_go_as_recorded() {
    let recorded: Vec<Json> = serde_json::from_str(RECORDED).unwrap();
    let house = House::with(&settings());
    let browser = Browser::new(&house);
    let mut places = Places(BTreeMap::new());
    let mut wrong = Vec::new();
    for entry in &recorded {
        let name = entry["name"].as_str().unwrap();
        between_times(&house, &browser, name).await;
        places.read_mails(&house).await;
        let request = &entry["request"];
        let mut path = places.fill(request["path"].as_str().unwrap());
        if name == "resend-activation" {
            let identity = &house.0.state.identity;
            let alice = identity.user_by_email("alice@example.org").await.unwrap();
            path = format!("/astakos/ui/send/activation/{}", alice.unwrap().no);
        }
        let body = request["body"].as_str();
        let seen = match body {
            Some(body) => {
                let form = path.replace("/ui/local", "/ui/login");
                let form = if path.ends_with("/ui/local") {
                    form
                } else {
                    path.clone()
                };
                let mut page = browser.get(&form).await;
                // A link with a key in it leads to a page without.
                if page.status == StatusCode::FOUND {
                    page = browser.get(page.leads_to()).await;
                }
                let page = page.is(200);
                places.0.insert(
                    "CSRF",
                    percent_encoding::utf8_percent_encode(
                        &proof(&page),
                        percent_encoding::NON_ALPHANUMERIC,
                    )
                    .to_string(),
                );
                let origin = format!("https://{HOST}");
                let headers = [
                    ("content-type", "application/x-www-form-urlencoded"),
                    ("origin", origin.as_str()),
                ];
                browser
                    .send(Method::POST, &path, &headers, places.fill(body))
                    .await
            }
            None if name.ends_with("-anonymous") => Browser::new(&house).get(&path).await,
            None => browser.get(&path).await,
        };
        if LATER.contains(&name) {
            assert_eq!(seen.status, 501, "{name}");
            continue;
        }
        places.read_cookie(&browser);
        let mut told = compare(entry, &places, &seen);
        if let Some((_, why)) = INTENDED.iter().find(|(entry, _)| *entry == name) {
            assert!(told.is_err(), "{name}: {why} is no difference any more");
            // What the page asks, the person answers; then it goes as recorded.
            assert_eq!(seen.status, 200, "{name}");
            let proof = proof(&seen.text);
            let fields = [("csrfmiddlewaretoken", proof.as_str()), ("accept", "1")];
            let answer = browser.post(&path, &fields).await;
            told = compare(entry, &places, &answer);
        }
        if let Err(text) = told {
            wrong.push(format!("{name}: {text}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

// ID-REC-01: the file is in the order it was recorded in, which is that of the replay; what
// follows the last login was made later.
#[test]
fn the_visits_are_in_the_order_they_were_made() {
    let recorded: Vec<Json> = serde_json::from_str(RECORDED).unwrap();
    let parser = jiff::fmt::rfc2822::DateTimeParser::new();
    let made = recorded.iter().map(|entry| {
        let headers = entry["response"]["headers"].as_array().unwrap();
        let date = headers.iter().find(|pair| pair[0] == "Date").unwrap();
        let date = parser.parse_timestamp(date[1].as_str().unwrap()).unwrap();
        (date, entry["name"].as_str().unwrap())
    });
    let made: Vec<_> = made.collect();
    assert!(made.is_sorted_by_key(|(at, _)| *at), "{made:?}");
    let gap = |two: &&[(jiff::Timestamp, &str)]| two[1].0.as_second() - two[0].0.as_second();
    let latest = made.windows(2).max_by_key(gap).unwrap();
    assert_eq!(latest[1].1, "weblogin-pithos-scheme");
}
