//! Branding images on other servers: whether they have a form for dense displays
//! (ID-BRD-06, ID-BRD-14).
//!
//! Invariant: no request waits for another server. They are asked behind the scenes,
//! once a day; a page knows only what was found out before.

use crate::{State, pages};
use kernel::Timestamp;
use std::{
    collections::HashMap,
    sync::{LazyLock, PoisonError, RwLock},
    time::Duration,
};
use tokio_util::sync::CancellationToken;

/// How long an answer is believed.
const A_DAY: Duration = Duration::from_secs(86_400);
/// How long it is believed that a server cannot be reached.
const A_WHILE: Duration = Duration::from_secs(600);
/// How long a server may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// Between two looks at the settings.
const PAUSE: Duration = Duration::from_secs(5);

/// What is known of an address: is there something, and until when that is believed.
static KNOWN: LazyLock<RwLock<HashMap<String, (bool, Timestamp)>>> = LazyLock::new(RwLock::default);

/// Is there an image at this address of another server, as far as is known?
pub(crate) fn is_there(url: &str) -> bool {
    let known = KNOWN.read().unwrap_or_else(PoisonError::into_inner);
    known.get(url).is_some_and(|(there, _)| *there)
}

/// Asks other servers until told to stop.
pub(crate) async fn watch(state: State, stop: CancellationToken) {
    let client = reqwest::Client::builder()
        .timeout(PATIENCE)
        .redirect(reqwest::redirect::Policy::none())
        .build();
    let Ok(client) = client else {
        tracing::warn!(target: "synnefo.ui", "images on other servers are not looked for");
        return;
    };
    loop {
        let wanted = pages::images_elsewhere(&state.settings.now());
        look(&client, &wanted, || state.cx.cx().now, &stop).await;
        if stop
            .run_until_cancelled(tokio::time::sleep(PAUSE))
            .await
            .is_none()
        {
            return;
        }
    }
}

/// Asks for those of `wanted` of which nothing is known any more; forgets all others.
async fn look(
    client: &reqwest::Client,
    wanted: &[String],
    now: impl Fn() -> Timestamp,
    stop: &CancellationToken,
) {
    let asked: Vec<&String> = {
        let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() > 100 {
            known.retain(|url, _| wanted.contains(url));
        }
        let fresh = |url: &String| known.get(url).is_some_and(|(_, until)| *until > now());
        wanted.iter().filter(|url| !fresh(url)).collect()
    };
    for url in asked {
        let Some(answer) = stop.run_until_cancelled(client.head(url).send()).await else {
            return;
        };
        let (there, believed) = match answer {
            Ok(answer) => (answer.status().is_success(), A_DAY),
            Err(_) => (false, A_WHILE),
        };
        let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
        known.insert(url.clone(), (there, now() + believed));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        io::{BufRead, BufReader, Write},
        sync::{Arc, Mutex},
    };

    /// Answers 200 to names with `@2x` in them that begin with `/good`; remembers all.
    fn server() -> (String, Arc<Mutex<Vec<String>>>) {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let lines = seen.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let mut first = String::new();
                let mut reader = BufReader::new(&stream);
                reader.read_line(&mut first).unwrap();
                let mut line = String::new();
                while reader.read_line(&mut line).is_ok_and(|n| n > 2) {
                    line.clear();
                }
                lines.lock().unwrap().push(first.trim().to_owned());
                let status = match () {
                    () if first.contains("/good") => "200 OK",
                    () if first.contains("/moved") => "302 Found\r\nLocation: /good@2x.png",
                    () => "404 Not Found",
                };
                let answer =
                    format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                (&stream).write_all(answer.as_bytes()).unwrap();
            }
        });
        (address, seen)
    }

    // ID-BRD-06 ID-BRD-14
    #[tokio::test]
    async fn other_servers_are_asked_once_a_day() {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let (address, seen) = server();
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        let urls: Vec<String> = ["good", "gone", "moved"]
            .iter()
            .map(|name| format!("{address}/{name}@2x.png"))
            .collect();
        let start: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let stop = CancellationToken::new();
        assert!(!is_there(&urls[0]), "nothing is known yet");
        look(&client, &urls, || start, &stop).await;
        assert_eq!(
            urls.iter().map(|url| is_there(url)).collect::<Vec<_>>(),
            [true, false, false]
        );
        look(&client, &urls, || start + A_DAY / 2, &stop).await;
        assert_eq!(seen.lock().unwrap().len(), 3);
        assert!(seen.lock().unwrap()[0].starts_with("HEAD /good@2x.png"));
        look(&client, &urls, || start + A_DAY * 2, &stop).await;
        assert_eq!(seen.lock().unwrap().len(), 6);
        // A server that is not there is asked again before long, and is no error.
        let nobody = vec!["http://127.0.0.1:1/x@2x.png".to_owned()];
        look(&client, &nobody, || start, &stop).await;
        assert!(!is_there(&nobody[0]));
    }
}
