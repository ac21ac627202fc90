//! Answers to `POST /identity/v2.0/tokens` a second:
//! `cargo bench -p web --bench tokens [-- [CONNECTIONS [SECONDS]]]`.
//!
//! The whole server over a store in memory with one person, asked over plain HTTP/1.1
//! by clients on this machine that keep their connections and wait for each answer
//! before they ask again: a token with its catalogue, the catalogue alone, then with a
//! change of somebody's account ten times a second, so that what is remembered is made
//! anew, and last tokens that are wrong.
//!
//! With `--url HOST:PORT --token TOKEN` another server is asked instead.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a measurement fails by panicking"
)]

use identity::{SignUp, UserChange};
use kernel::{
    Caller, CxSource, Role, Settings, SettingsHandle, UserId,
    secret::{ExposeSecret, SecretString},
    settings::Value,
};
use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};
use store::Store;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tokio_util::sync::CancellationToken;

/// The value after a name on the command line.
fn option(name: &str) -> Option<String> {
    let mut all = std::env::args().skip_while(|arg| arg != name);
    all.nth(1)
}

/// The numbers on the command line.
fn number(n: usize, default: u64) -> u64 {
    let all = std::env::args().skip(1).filter_map(|arg| arg.parse().ok());
    let all: Vec<u64> = all.collect();
    all.get(n).copied().unwrap_or(default)
}

fn state(store: &Store, dir: &std::path::Path, address: SocketAddr) -> web::State {
    let mut settings = Settings::default();
    for (name, path) in [
        ("ASTAKOS_BASE_URL", ""),
        ("CYCLADES_BASE_URL", "/cyclades"),
        ("PITHOS_BASE_URL", "/pithos"),
    ] {
        settings.set(name, Value::Str(format!("http://{address}{path}")));
    }
    let (cx, handle) = (CxSource::system(), SettingsHandle::new(settings));
    let options = blocks::Options {
        reserve: 0,
        ..blocks::Options::default()
    };
    let blocks = blocks::Blocks::open(&dir.join("blocks"), options).unwrap();
    let (s, h, c) = (store, &handle, &cx);
    let keys = identity::Keys::from_bytes([7; 32]).unwrap();
    let identity = identity::Service::new(s.clone(), h.clone(), c.clone(), keys);
    web::State::from(web::Services {
        auth: Arc::new(identity.clone()),
        identity,
        logins: Arc::new(login::Registry::product()),
        mail: notify::Service::new(s.clone(), h.clone(), c.clone()),
        search: search::Service::in_memory(s.clone(), web::People).unwrap(),
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
        figures: metrics_exporter_prometheus::PrometheusBuilder::new()
            .build_recorder()
            .handle(),
        served: format!("http://{address}").into(),
        cx,
        settings: handle,
    })
}

/// One request, ready to be sent again and again.
fn request(body: &str) -> Arc<[u8]> {
    format!(
        "POST /identity/v2.0/tokens HTTP/1.1\r\nHost: bench\r\nContent-Type: \
         application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
    .into()
}

fn with_token(token: &str) -> Arc<[u8]> {
    request(&format!(
        "{{\"auth\": {{\"token\": {{\"id\": \"{token}\"}}}}}}"
    ))
}

/// Reads one answer; its status and what was read of it.
async fn answer(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> u16 {
    buffer.clear();
    let (mut head, mut length) = (None, 0);
    loop {
        assert!(
            stream.read_buf(buffer).await.unwrap() > 0,
            "the server hung up"
        );
        if head.is_none()
            && let Some(end) = buffer.windows(4).position(|four| four == b"\r\n\r\n")
        {
            let text = std::str::from_utf8(&buffer[..end]).unwrap();
            let mut lines = text.split("\r\n");
            let status = lines.next().unwrap().split(' ').nth(1).unwrap();
            let found = lines.find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length")
                    .then(|| value.trim().parse::<usize>().unwrap())
            });
            length = end + 4 + found.expect("an answer without a length");
            head = Some(status.parse().unwrap());
        }
        if let Some(status) = head
            && buffer.len() >= length
        {
            return status;
        }
    }
}

/// Asks on one connection until the time is over; the times of the answers.
async fn client(to: SocketAddr, request: Arc<[u8]>, end: Instant, status: &[u16]) -> Vec<u32> {
    let mut stream = TcpStream::connect(to).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let (mut times, mut buffer) = (Vec::with_capacity(1 << 16), Vec::with_capacity(16 << 10));
    loop {
        let start = Instant::now();
        if start >= end {
            return times;
        }
        stream.write_all(&request).await.unwrap();
        let got = answer(&mut stream, &mut buffer).await;
        assert!(status.contains(&got), "status {got}");
        let micros = start.elapsed().as_micros();
        times.push(u32::try_from(micros).unwrap_or(u32::MAX));
    }
}

async fn measure(name: &str, to: SocketAddr, request: Arc<[u8]>, status: &'static [u16]) {
    let (connections, seconds) = (number(0, 64), number(1, 5));
    let start = Instant::now();
    let end = start + Duration::from_secs(seconds);
    let tasks: Vec<_> = (0..connections)
        .map(|_| tokio::spawn(client(to, request.clone(), end, status)))
        .collect();
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await.unwrap());
    }
    let rate = times.len() as f64 / start.elapsed().as_secs_f64();
    times.sort_unstable();
    let at = |part: f64| {
        let place = (times.len() as f64 * part) as usize;
        let micros = times.get(place.min(times.len().saturating_sub(1)));
        f64::from(micros.copied().unwrap_or(0)) / 1000.0
    };
    println!(
        "{name:<34} {connections:>4} connections {rate:>9.0}/s   p50 {:.2} ms   p99 {:.2} ms   max {:.1} ms",
        at(0.5),
        at(0.99),
        at(1.0)
    );
}

/// The server, and the token of the one person.
async fn serve(dir: &std::path::Path, store: &Store) -> (SocketAddr, String, web::State) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let state = state(store, dir, address);
    let root = Caller::person(UserId(uuid::Uuid::nil())).with(Role::Admin);
    let form = SignUp {
        email: "maria@example.org".into(),
        first_name: "Maria".into(),
        last_name: "Doe".into(),
        password: SecretString::from("a quiet harbour".to_owned()),
        language: "en".into(),
    };
    let made = state.identity.admin_enrol(&root, form, vec![]);
    let user = made.await.unwrap();
    let token = state.identity.token_of(user.uuid).await.unwrap();
    let token = token.token.expose_secret().to_owned();
    let serving = state.clone();
    tokio::spawn(async move {
        web::serve(listener, None, serving, CancellationToken::new())
            .await
            .unwrap();
    });
    (address, token, state)
}

/// Changes an account ten times a second.
async fn change(state: web::State) {
    let root = Caller::person(UserId(uuid::Uuid::nil())).with(Role::Admin);
    let user = state.identity.user_by_email("maria@example.org").await;
    let no = user.unwrap().unwrap().no;
    for n in 0.. {
        let change = vec![UserChange::LastName(format!("Doe {n}"))];
        state
            .identity
            .admin_modify(&root, no, change)
            .await
            .unwrap();
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::main]
async fn main() {
    // For the client that looks for images on other servers.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    if let (Some(url), Some(token)) = (option("--url"), option("--token")) {
        let to = url.parse().expect("--url HOST:PORT");
        measure("token with catalogue", to, with_token(&token), &[200]).await;
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let store = Store::in_memory().unwrap();
    let (to, token, state) = serve(dir.path(), &store).await;
    measure("token with catalogue", to, with_token(&token), &[200]).await;
    measure("catalogue alone", to, request(""), &[200]).await;
    let changing = tokio::spawn(change(state));
    let name = "the same while accounts change";
    measure(name, to, with_token(&token), &[200]).await;
    changing.abort();
    // An address that guesses is told to wait, after the first ones.
    measure("wrong token", to, with_token("nosuch"), &[401, 429]).await;
}
