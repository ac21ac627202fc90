//! 200 people log in at the same moment; how long others wait meanwhile:
//! `cargo bench -p synnefo --bench logins [-- PEOPLE]`.
//!
//! Starts the program on a directory of its own, makes the people, and sends all login
//! forms at once, each from an address of its own as a trusted proxy would report it.
//! Beside them four visitors look at the login page, ask whose a token is and list an
//! account's files, again and again; the time of each of these requests counts from
//! the first login form to the last answer. The same four before the logins show what
//! the machine gives when it is quiet.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a measurement fails by panicking and looks at the clock"
)]

mod program;

use program::{manage, serve};
use reqwest::{Client, header};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

const PASSWORD: &str = "a quiet harbour at dawn";

fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let rest = text.split_once(from).expect(from).1;
    rest.split_once(to).expect(to).0
}

/// Somebody at the login page, ready to send the form.
struct Visitor {
    client: Client,
    url: String,
    address: String,
    email: String,
    proof: String,
    cookies: String,
}

fn cookies(answer: &reqwest::Response) -> String {
    let set = answer.headers().get_all(header::SET_COOKIE);
    let pairs = set
        .iter()
        .map(|value| value.to_str().unwrap().split(';').next().unwrap());
    pairs.collect::<Vec<_>>().join("; ")
}

fn email(n: usize) -> String {
    format!("person{n}@example.org")
}

impl Visitor {
    async fn arrive(url: &str, n: usize) -> Self {
        let client = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        let address = format!("10.1.{}.{}", n / 250, n % 250 + 1);
        let request = client.get(format!("{url}/ui/login"));
        let answer = request.header("X-Forwarded-For", &address).send().await;
        let answer = answer.unwrap();
        let cookies = cookies(&answer);
        let page = answer.text().await.unwrap();
        let rest = between(&page, "name=\"csrfmiddlewaretoken\"", ">");
        Visitor {
            proof: between(rest, "value=\"", "\"").to_owned(),
            url: url.to_owned(),
            email: email(n),
            client,
            address,
            cookies,
        }
    }

    /// Sends the form; the time until the answer and the session's cookies.
    async fn log_in(self) -> (Duration, String) {
        let form = [
            ("csrfmiddlewaretoken", self.proof.as_str()),
            ("username", &self.email),
            ("password", PASSWORD),
        ];
        let began = Instant::now();
        let request = self.client.post(format!("{}/ui/login", self.url));
        let request = request
            .header("X-Forwarded-For", &self.address)
            .header("Origin", &self.url)
            .header("Cookie", &self.cookies)
            .form(&form);
        let answer = request.send().await.unwrap();
        let status = answer.status();
        assert!(status.is_redirection(), "{}: {status}", self.email);
        (began.elapsed(), cookies(&answer))
    }
}

/// Asks again and again until told to stop; the time of each request.
async fn ask(url: String, token: String, uuid: String, stop: Arc<AtomicBool>) -> Vec<Duration> {
    let client = Client::new();
    let body = serde_json::json!({"auth": {"token": {"id": token}}});
    let mut times = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let requests = [
            client.get(format!("{url}/ui/login")),
            client
                .post(format!("{url}/identity/v2.0/tokens"))
                .json(&body),
            client
                .get(format!("{url}/pithos/object-store/v1/{uuid}/?format=json"))
                .header("X-Auth-Token", &token),
        ];
        for request in requests {
            let began = Instant::now();
            let answer = request.send().await.unwrap();
            assert!(answer.status().is_success(), "{}", answer.url());
            answer.bytes().await.unwrap();
            times.push(began.elapsed());
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
    times
}

fn report(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |part: f64| times[((times.len() - 1) as f64 * part) as usize].as_secs_f64() * 1e3;
    println!(
        "| {what} | {} | {:.1} | {:.1} | {:.1} |",
        times.len(),
        at(0.5),
        at(0.99),
        at(1.0)
    );
}

/// Four of [`ask`] while something happens.
async fn beside<T>(
    url: &str,
    token: &str,
    uuid: &str,
    work: impl Future<Output = T>,
) -> (T, Vec<Duration>) {
    let stop = Arc::new(AtomicBool::new(false));
    let ask = || ask(url.into(), token.into(), uuid.into(), stop.clone());
    let asking: Vec<_> = (0..4).map(|_| tokio::spawn(ask())).collect();
    let done = work.await;
    stop.store(true, Ordering::Relaxed);
    let mut times = Vec::new();
    for one in asking {
        times.extend(one.await.unwrap());
    }
    (done, times)
}

#[tokio::main]
async fn main() {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let people = std::env::args().find_map(|word| word.parse().ok());
    let people: usize = people.unwrap_or(200);
    let dir = tempfile::tempdir().unwrap();
    let (_service, url) = serve(dir.path());
    for n in 0..=people {
        let email = email(n);
        let add = ["user-add", &email, "Some", "Person", "--password", PASSWORD];
        manage(dir.path(), &add);
        manage(dir.path(), &["user-modify", &email, "--verify"]);
    }
    let (_, session) = Visitor::arrive(&url, people).await.log_in().await;
    let request = Client::new().get(format!("{url}/ui/api_access"));
    let page = request.header("Cookie", session).send().await.unwrap();
    let page = page.text().await.unwrap();
    let token = between(&page, "id=\"token\"", "</code>");
    let token = token.rsplit('>').next().unwrap().trim().to_owned();
    let body = serde_json::json!({"auth": {"token": {"id": token}}});
    let request = Client::new().post(format!("{url}/identity/v2.0/tokens"));
    let access = request.json(&body).send().await.unwrap();
    let access: serde_json::Value = access.json().await.unwrap();
    let uuid = access["access"]["user"]["id"].as_str().unwrap().to_owned();

    println!("| what | requests | p50 ms | p99 ms | most ms |\n|---|---|---|---|---|");
    let quiet = tokio::time::sleep(Duration::from_secs(3));
    let ((), times) = beside(&url, &token, &uuid, quiet).await;
    report("others, nobody logs in", times);

    let mut visitors = Vec::new();
    for n in 0..people {
        visitors.push(Visitor::arrive(&url, n).await);
    }
    let all = async {
        let sent: Vec<_> = visitors
            .into_iter()
            .map(|visitor| tokio::spawn(visitor.log_in()))
            .collect();
        let mut times = Vec::new();
        for one in sent {
            times.push(one.await.unwrap().0);
        }
        times
    };
    let (logins, times) = beside(&url, &token, &uuid, all).await;
    report(&format!("others, {people} log in"), times);
    report("logins", logins);
}
