//! The list of people and search as one types, over made-up accounts:
//! `cargo bench -p web --bench people [-- PEOPLE [DIR]]` (100,000 in a temporary directory).
//!
//! Prints how long making the accounts and building the index took, then, for whole
//! answers of the router (session, rights, index, rows, page) and for the rules alone:
//! the first page of the list, pages by filter, and names typed letter by letter.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a measurement fails by panicking"
)]

use axum::{Router, body::Body};
use http::{Request, header};
use http_body_util::BodyExt;
use identity::{ClientInfo, Desk, LoginOutcome, SignUp, UserChange, synthetic};
use kernel::{
    Caller, CxSource, Origin, Role, Settings, SettingsHandle, UserId,
    secret::{ExposeSecret, SecretString},
    settings::Value,
};
use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};
use store::Store;
use tower::ServiceExt;

const EMAIL: &str = "root@example.org";
const PASSWORD: &str = "a quiet harbour";
const HOST: &str = "cloud.example.org";

fn state(store: &Store, dir: &Path) -> web::State {
    let mut settings = Settings::default();
    settings.set("ASTAKOS_BASE_URL", Value::Str(format!("https://{HOST}")));
    let (cx, settings) = (CxSource::system(), SettingsHandle::new(settings));
    let options = blocks::Options {
        reserve: 0,
        ..blocks::Options::default()
    };
    let blocks = blocks::Blocks::open(&dir.join("blocks"), options).unwrap();
    let (s, h, c) = (store, &settings, &cx);
    let keys = identity::Keys::from_bytes([7; 32]).unwrap();
    let identity = identity::Service::new(s.clone(), h.clone(), c.clone(), keys);
    web::State::from(web::Services {
        auth: Arc::new(identity.clone()),
        logins: Arc::new(login::Registry::product()),
        mail: notify::Service::new(s.clone(), h.clone(), c.clone()),
        identity,
        quota: quota::Service::new(s.clone()),
        objects: objects::Service::new(s.clone(), blocks, h.clone(), c.clone()),
        images: images::Service::new(s.clone(), h.clone(), c.clone()),
        compute: compute::Service::new(
            s.clone(),
            h.clone(),
            c.clone(),
            compute::Sealer::new(&[9; 32]).unwrap(),
            "http://127.0.0.1/cyclades/vmapi/v1.0",
        ),
        search: search::Service::open(&dir.join("search"), s.clone(), web::People).unwrap(),
        figures: metrics_exporter_prometheus::PrometheusBuilder::new()
            .build_recorder()
            .handle(),
        served: format!("https://{HOST}").into(),
        settings,
        cx,
    })
}

/// An administrator with a session: the cookie, and the desk.
async fn administrator(state: &web::State) -> (String, Desk) {
    let root = Caller::person(UserId(uuid::Uuid::from_bytes([250; 16]))).with(Role::Admin);
    let form = SignUp {
        email: EMAIL.into(),
        first_name: "Root".into(),
        last_name: "Admin".into(),
        password: SecretString::from(PASSWORD.to_owned()),
        language: "en".into(),
    };
    let changes = vec![UserChange::Admin(true)];
    let user = state
        .identity
        .admin_enrol(&root, form, changes)
        .await
        .unwrap();
    let client = ClientInfo {
        address: "127.0.0.1".parse().unwrap(),
        user_agent: "bench".into(),
    };
    let password = SecretString::from(PASSWORD.to_owned());
    let LoginOutcome::In(login) = state
        .identity
        .log_in(EMAIL, password, &client)
        .await
        .unwrap()
    else {
        panic!("not logged in");
    };
    let origin = Origin::user(user.uuid, EMAIL, "127.0.0.1", None);
    let desk = state.identity.desk(&user, origin).unwrap();
    (format!("sessionid={}", login.cookie.expose_secret()), desk)
}

struct Times(Vec<Duration>);

impl Times {
    fn show(mut self, what: &str) {
        self.0.sort_unstable();
        let at =
            |part: f64| self.0[((self.0.len() - 1) as f64 * part) as usize].as_secs_f64() * 1e3;
        println!(
            "{what:<44} {:>6} asked  p50 {:>7.2} ms  p99 {:>7.2} ms  most {:>7.2} ms",
            self.0.len(),
            at(0.5),
            at(0.99),
            at(1.0)
        );
    }
}

async fn ask(router: &Router, cookie: &str, path: &str, part: bool) -> (Duration, String) {
    let mut request = Request::get(path)
        .header(header::HOST, HOST)
        .header(header::COOKIE, cookie);
    if part {
        request = request.header("hx-request", "true");
    }
    let request = request.body(Body::empty()).unwrap();
    let begin = Instant::now();
    let answer = router.clone().oneshot(request).await.unwrap();
    let status = answer.status();
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    let took = begin.elapsed();
    assert_eq!(status, 200, "{path}");
    (took, String::from_utf8_lossy(&body).into_owned())
}

async fn many(router: &Router, cookie: &str, path: &str, n: usize) -> Times {
    let mut times = Vec::with_capacity(n);
    for _ in 0..n {
        let (took, page) = ask(router, cookie, path, false).await;
        assert!(page.contains("<tr data-id="), "{path} is empty");
        times.push(took);
    }
    Times(times)
}

/// What is typed to find somebody: every beginning of name and address.
fn typed(n: u64) -> Vec<String> {
    let (email, first, last) = synthetic::person(n);
    let name = format!("{first} {last}");
    let beginnings = |text: &str| {
        let ends = text.char_indices().map(|(at, c)| at + c.len_utf8());
        ends.map(|end| text[..end].to_owned()).collect::<Vec<_>>()
    };
    [beginnings(&name), beginnings(&email)].concat()
}

fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

async fn measure(people: u64, dir: &Path) {
    let store = Store::open(&dir.join("synnefo.redb"), store::Options::default()).unwrap();
    let state = state(&store, dir);
    let begin = Instant::now();
    for from in (0..people).step_by(500) {
        let cx = state.cx.cx();
        let to = (from + 500).min(people);
        store
            .write(move |tx| synthetic::add(tx, &cx, from..to))
            .await
            .unwrap();
    }
    println!(
        "{people} accounts made in {:.1} s",
        begin.elapsed().as_secs_f64()
    );
    let (cookie, desk) = administrator(&state).await;
    let begin = Instant::now();
    state.search.catch_up().await.unwrap();
    println!("index built in {:.1} s", begin.elapsed().as_secs_f64());
    let router = web::router(state.clone());
    for path in [
        "/admin/user",
        "/admin/user?sort=address",
        "/admin/user?state=unmoderated",
        "/admin/user?group=staff&provider=shibboleth",
    ] {
        many(&router, &cookie, path, 200).await.show(path);
    }
    let (mut answers, mut rules) = (Vec::new(), Vec::new());
    for n in (0..people).step_by((people / 20).max(1) as usize) {
        for text in typed(n) {
            let path = format!("/admin/user?q={}", encoded(&text));
            let (took, page) = ask(&router, &cookie, &path, true).await;
            assert!(page.contains("<tr data-id="), "{text} finds nobody");
            answers.push(took);
            let query = search::Query {
                text,
                limit: 50,
                ..search::Query::default()
            };
            let begin = Instant::now();
            let found = state.search.find(query).await.unwrap();
            let users = state.identity.desk_users(&desk, found.keys).await.unwrap();
            rules.push(begin.elapsed());
            assert!(!users.is_empty());
        }
    }
    Times(answers).show("typed letter by letter, whole answers");
    Times(rules).show("typed letter by letter, without the page");
    store.close();
}

fn main() {
    let mut args = std::env::args()
        .skip(1)
        .filter(|arg| !arg.starts_with("--"));
    let people = args
        .next()
        .map_or(100_000, |n| n.parse().expect("a number of people"));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    match args.next() {
        Some(dir) => {
            let dir = tempfile::tempdir_in(dir).unwrap();
            runtime.block_on(measure(people, dir.path()));
        }
        None => {
            let dir = tempfile::tempdir().unwrap();
            runtime.block_on(measure(people, dir.path()));
        }
    }
}
