//! Ganeti's remote API: HTTPS with a pinned certificate, a password, one request a
//! connection.

use crate::{cluster::Trouble, trust::Trust};
use kernel::secret::{ExposeSecret, SecretString};
use reqwest::{Client, Method, StatusCode};
use serde_json::Value;
use std::{sync::Arc, time::Duration};

const CONNECT: Duration = Duration::from_secs(5);
const PATIENCE: Duration = Duration::from_secs(60);
/// The largest answer taken.
const MAX: usize = 64 << 20;

/// A client of one cluster.
pub(crate) struct Rapi {
    http: Client,
    base: String,
    user: String,
    password: SecretString,
    trust: Arc<Trust>,
}

impl Rapi {
    pub(crate) fn new(
        host: &str,
        port: u16,
        user: &str,
        password: SecretString,
        trust: Arc<Trust>,
    ) -> Result<Self, Trouble> {
        let wrong = Trouble::Unreachable;
        let http = Client::builder()
            .tls_backend_preconfigured(trust.config().map_err(wrong)?)
            .connect_timeout(CONNECT)
            .timeout(PATIENCE)
            .pool_max_idle_per_host(0)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .map_err(|error| wrong(error.to_string()))?;
        Ok(Rapi {
            http,
            base: format!("https://{host}:{port}"),
            user: user.to_owned(),
            password,
            trust,
        })
    }

    /// What the first meeting showed, to be kept.
    pub(crate) fn first_seen(&self) -> Option<[u8; 32]> {
        self.trust.first_seen()
    }

    /// One request. `path` has its query already; None when the answer is 404.
    pub(crate) async fn ask(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Option<Value>, Trouble> {
        let url = format!("{}{path}", self.base);
        let mut request = self
            .http
            .request(method, url)
            .basic_auth(&self.user, Some(self.password.expose_secret()));
        if let Some(body) = body {
            request = request.json(body);
        }
        let mut answer = request.send().await.map_err(|error| {
            let text = chain(&error.without_url());
            Trouble::Doubt(text)
        })?;
        let status = answer.status();
        let mut bytes = Vec::new();
        loop {
            let part = answer.chunk().await;
            match part.map_err(|error| Trouble::Doubt(chain(&error.without_url())))? {
                Some(part) if bytes.len() + part.len() <= MAX => bytes.extend_from_slice(&part),
                Some(_) => return Err(Trouble::Doubt("the answer is too long".into())),
                None => break,
            }
        }
        read(status, &bytes)
    }

    /// [`Rapi::ask`] for something that changes the cluster: when not even a
    /// connection came about, certainly nothing was sent.
    pub(crate) async fn change(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Value, Trouble> {
        self.reachable().await?;
        self.ask(method, path, body)
            .await?
            .ok_or_else(|| Trouble::Refused("the remote API does not know this request".into()))
    }

    /// Does the API answer?
    pub(crate) async fn reachable(&self) -> Result<(), Trouble> {
        match self.ask(Method::GET, "/version", None).await {
            Ok(_) => Ok(()),
            Err(Trouble::Refused(why)) => Err(Trouble::Refused(why)),
            Err(Trouble::Doubt(why) | Trouble::Unreachable(why)) => Err(Trouble::Unreachable(why)),
        }
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}

pub(crate) fn read(status: StatusCode, bytes: &[u8]) -> Result<Option<Value>, Trouble> {
    let value: Option<Value> = serde_json::from_slice(bytes).ok();
    if status.is_success() {
        return match value {
            Some(value) => Ok(Some(value)),
            None => Err(Trouble::Doubt("the remote API's answer is not JSON".into())),
        };
    }
    let message = value
        .as_ref()
        .and_then(|v| v["message"].as_str())
        .unwrap_or_default();
    let message = unescape(message);
    let text = format!("{}: {message}", status.as_u16());
    match status.as_u16() {
        404 => Ok(None),
        // A queue that takes no jobs has certainly not taken this one.
        500 if message == "Queue drained" => Err(Trouble::Refused(text)),
        503 if message.starts_with("Job queue is ") => Err(Trouble::Refused(text)),
        503 => Err(Trouble::Unreachable(text)),
        // It says this before it sends anything on.
        502 if message.starts_with("Can't connect to master daemon") => {
            Err(Trouble::Unreachable(text))
        }
        // The daemon behind it is down, or it broke on the way.
        500 | 502 | 504 => Err(Trouble::Doubt(text)),
        _ => Err(Trouble::Refused(text)),
    }
}

/// Messages arrive escaped for HTML.
pub(crate) fn unescape(text: &str) -> String {
    text.replace("&#x27;", "'")
        .replace("&quot;", "\"")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}
