//! Talks to the service about one build (`wire::vmapi`): asks again while it is
//! away, refuses what is damaged, and gives up in words.
//!
//! Invariants: the config URL, which is a secret, is in no message; no answer is
//! read past its announced bound.

use crate::{failure::Failure, settings::NodeSettings, trust};
use kernel::{BlockHash, Digest};
use reqwest::{
    StatusCode, Url,
    blocking::{Client, Response},
    redirect::Policy,
};
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};
use std::{
    error::Error,
    io::{self, Read},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};
use wire::vmapi::{
    BuildDocument, HOLE, HashPage, ImageBlocks, PAGE, Progress, block_url, hashes_url, progress_url,
};

/// How long the service may be away at a stretch (README decision 22).
pub const PATIENCE: Duration = Duration::from_secs(600);
/// How often something that arrives damaged is asked for.
const TRIES: u32 = 5;
/// Most bytes of a document or hash page.
const TEXT_LIMIT: u64 = 16 << 20;
/// Largest block a service may announce.
const BLOCK_LIMIT: u64 = 64 << 20;

/// Waiting, as a parameter.
pub trait Pace: Send + Sync {
    /// Time since some moment.
    fn now(&self) -> Duration;
    /// Waits.
    fn pause(&self, time: Duration);
}

/// Real time.
pub struct RealPace(Instant);

impl RealPace {
    /// Counts from now on.
    pub fn start() -> Self {
        RealPace(Instant::now())
    }
}

impl Pace for RealPace {
    fn now(&self) -> Duration {
        self.0.elapsed()
    }

    fn pause(&self, time: Duration) {
        std::thread::sleep(time);
    }
}

/// What can go wrong with one request.
enum Setback {
    /// Not reached, or it says "later".
    Away(String),
    /// The answer is not what was announced.
    Damaged(String),
    /// No use in asking again.
    Final(Failure),
}

/// The service, as seen from one build.
pub struct Service<'a> {
    client: Client,
    url: String,
    host: String,
    trusted: String,
    pace: &'a dyn Pace,
    heard: Mutex<Duration>,
    given_up: AtomicBool,
}

impl<'a> Service<'a> {
    /// Prepares to talk; nothing is sent yet.
    pub fn new(url: &str, node: &NodeSettings, pace: &'a dyn Pace) -> Result<Self, Failure> {
        let parsed = check_url(url, node)?;
        let tls = match parsed.scheme() {
            "http" => trust::nobody()?,
            _ => trust::pinned(&node.ca_file)?,
        };
        let client = Client::builder()
            .tls_backend_preconfigured(tls)
            .no_proxy()
            .redirect(Policy::none())
            .http1_only()
            .connect_timeout(Duration::from_secs(10))
            .timeout(Duration::from_secs(120))
            .user_agent("snf-image")
            .build()
            .map_err(|error| Failure::Environment(error.to_string()))?;
        let port = parsed.port().map(|port| format!(":{port}"));
        Ok(Service {
            client,
            url: url.to_owned(),
            host: parsed.host_str().unwrap_or_default().to_owned() + &port.unwrap_or_default(),
            trusted: node.ca_file.display().to_string(),
            heard: Mutex::new(pace.now()),
            pace,
            given_up: AtomicBool::new(false),
        })
    }

    /// Host and port, for messages.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// What to do.
    pub fn document(&self) -> Result<BuildDocument, Failure> {
        self.ask("the build", || {
            let document: BuildDocument = self.json(&self.url)?;
            match &document.blocks {
                Some(blocks) if !plausible(blocks) => Err(Setback::Damaged(
                    "the measures of the image are wrong".into(),
                )),
                _ => Ok(document),
            }
        })
    }

    /// The hashes of blocks `from`, `from` + 1, …: at least one.
    pub fn hashes(&self, blocks: &ImageBlocks, from: u64) -> Result<Vec<BlockHash>, Failure> {
        self.ask("the hashes of the image", || {
            let page: HashPage = self.json(&hashes_url(&self.url, from))?;
            let count = page.hashes.len() as u64;
            if page.from != from
                || count == 0
                || count > PAGE
                || from.saturating_add(count) > blocks.block_count
            {
                return Err(Setback::Damaged(
                    "not the hashes that were asked for".into(),
                ));
            }
            Ok(page.hashes)
        })
    }

    /// Block `index` of `length` bytes, verified and filled up with zeros.
    pub fn block(&self, index: u64, length: u64, hash: BlockHash) -> Result<Vec<u8>, Failure> {
        self.ask(&format!("block {index} of the image"), || {
            let mut data = self.get(&block_url(&self.url, index), length)?;
            if hash_of(&data) != hash {
                return Err(Setback::Damaged("its hash is wrong".into()));
            }
            data.resize(usize::try_from(length).unwrap_or(usize::MAX), 0);
            Ok(data)
        })
    }

    /// Tells how it goes, once; whether that arrived.
    pub fn tell(&self, progress: &Progress) -> bool {
        self.client
            .post(progress_url(&self.url))
            .timeout(Duration::from_secs(5))
            .json(progress)
            .send()
            .is_ok_and(|answer| answer.status().is_success())
    }

    /// Tells something that should not get lost, a few times.
    pub fn insist(&self, progress: &Progress) {
        for _ in 0..3 {
            if self.tell(progress) {
                return;
            }
            self.pace.pause(Duration::from_secs(1));
        }
    }

    /// Makes everything under way end soon: something else failed.
    pub fn give_up(&self) {
        self.given_up.store(true, Ordering::Relaxed);
    }

    fn ask<T>(&self, what: &str, attempt: impl Fn() -> Result<T, Setback>) -> Result<T, Failure> {
        let mut delay = Duration::from_millis(200);
        let mut tries = 0;
        loop {
            if self.given_up.load(Ordering::Relaxed) {
                return Err(Failure::GivenUp);
            }
            match attempt() {
                Ok(answer) => {
                    *self.heard.lock().unwrap_or_else(PoisonError::into_inner) = self.pace.now();
                    return Ok(answer);
                }
                Err(Setback::Final(failure)) => return Err(failure),
                Err(Setback::Damaged(reason)) => {
                    tries += 1;
                    if tries >= TRIES {
                        return Err(Failure::Damaged {
                            host: self.host.clone(),
                            what: what.to_owned(),
                            tries,
                            reason,
                        });
                    }
                }
                Err(Setback::Away(reason)) => self.check_patience(what, reason)?,
            }
            self.pace.pause(delay);
            delay = (delay * 2).min(Duration::from_secs(5));
        }
    }

    fn check_patience(&self, what: &str, reason: String) -> Result<(), Failure> {
        let heard = *self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        if self.pace.now().saturating_sub(heard) < PATIENCE {
            return Ok(());
        }
        Err(Failure::Away {
            host: self.host.clone(),
            minutes: PATIENCE.as_secs() / 60,
            what: what.to_owned(),
            reason,
        })
    }

    fn json<T: DeserializeOwned>(&self, url: &str) -> Result<T, Setback> {
        let text = self.get(url, TEXT_LIMIT)?;
        // A serde message may quote what it read, and that may be a password.
        serde_json::from_slice(&text)
            .map_err(|_| Setback::Damaged("not the document that was expected".into()))
    }

    fn get(&self, url: &str, limit: u64) -> Result<Vec<u8>, Setback> {
        let answer = self
            .client
            .get(url)
            .send()
            .map_err(|error| self.not_sent(error))?;
        self.check_status(&answer)?;
        let mut data = Vec::new();
        answer
            .take(limit + 1)
            .read_to_end(&mut data)
            .map_err(|error| Setback::Away(innermost(&error)))?;
        if data.len() as u64 > limit {
            return Err(Setback::Damaged(
                "there is more of it than announced".into(),
            ));
        }
        Ok(data)
    }

    fn check_status(&self, answer: &Response) -> Result<(), Setback> {
        let status = answer.status();
        match status {
            StatusCode::OK => Ok(()),
            StatusCode::NOT_FOUND | StatusCode::GONE => {
                Err(Setback::Final(Failure::Over(self.host.clone())))
            }
            StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT
            | StatusCode::TOO_MANY_REQUESTS
            | StatusCode::REQUEST_TIMEOUT => Err(Setback::Away(format!("it answers {status}"))),
            _ if status.is_server_error() => Err(Setback::Damaged(format!("it answers {status}"))),
            _ => Err(Setback::Final(Failure::Refused {
                host: self.host.clone(),
                what: "what this build needs".into(),
                reason: format!("it answers {status}"),
            })),
        }
    }

    /// A certificate that is not trusted does not become so by waiting.
    fn not_sent(&self, error: reqwest::Error) -> Setback {
        let error = error.without_url();
        match untrusted(&error) {
            Some(reason) => Setback::Final(Failure::Untrusted {
                host: self.host.clone(),
                reason,
                file: self.trusted.clone(),
            }),
            None => Setback::Away(innermost(&error)),
        }
    }
}

/// A config URL must be one that this node may read.
pub fn check_url(url: &str, node: &NodeSettings) -> Result<Url, Failure> {
    let wrong = |reason: &str| Failure::Environment(format!("config_url {reason}"));
    let parsed = Url::parse(url).map_err(|_| wrong("is not a URL"))?;
    match parsed.scheme() {
        "https" => {}
        "http" if node.plain_http => {}
        "http" => {
            return Err(wrong(
                "is not https; ALLOW_PLAIN_HTTP = True in the node's settings permits that, for tests",
            ));
        }
        _ => return Err(wrong("is neither https nor http")),
    }
    if !parsed.has_host() || parsed.query().is_some() || parsed.fragment().is_some() {
        return Err(wrong("is not a plain address of a build"));
    }
    Ok(parsed)
}

/// The hash of a block: of its bytes without trailing zeros.
pub fn hash_of(data: &[u8]) -> BlockHash {
    let keep = data
        .iter()
        .rposition(|byte| *byte != 0)
        .map_or(0, |at| at + 1);
    match data.get(..keep) {
        Some(rest) if !rest.is_empty() => Digest(Sha256::digest(rest).into()),
        _ => HOLE,
    }
}

fn plausible(blocks: &ImageBlocks) -> bool {
    (1..=BLOCK_LIMIT).contains(&blocks.block_size)
        && blocks.block_count == blocks.size.div_ceil(blocks.block_size)
}

fn innermost(error: &(dyn Error + 'static)) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}

/// Why the peer's certificate is refused, if that is what went wrong. What an
/// I/O error wraps is not its source, so both ways are followed.
fn untrusted(error: &(dyn Error + 'static)) -> Option<String> {
    if let Some(rustls::Error::InvalidCertificate(reason)) = error.downcast_ref() {
        return Some(reason.to_string());
    }
    let wrapped = error.downcast_ref::<io::Error>().and_then(|e| e.get_ref());
    wrapped
        .and_then(|inner| untrusted(inner))
        .or_else(|| error.source().and_then(untrusted))
}
