//! A person's program talking to the service: token in the header, JSON in and out.

use crate::server::{PATIENCE, Server};
use reqwest::{
    Method,
    blocking::{Client as Http, RequestBuilder, Response},
};
use serde_json::Value;

/// Somebody with a token.
pub struct Client {
    http: Http,
    base: String,
    /// Their uuid.
    pub uuid: String,
    /// Their API token.
    pub token: String,
}

/// An HTTP client that follows nothing and trusts the tests' own certificates.
pub fn http() -> Http {
    // Another test may have been first.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    Http::builder()
        .timeout(PATIENCE * 4)
        .redirect(reqwest::redirect::Policy::none())
        .danger_accept_invalid_certs(true)
        .build()
        .unwrap()
}

impl Client {
    /// A client for a token the caller knows; asks the service whose it is.
    pub fn with_token(server: &Server, token: &str) -> Self {
        let mut client = Client {
            http: http(),
            base: server.url.clone(),
            uuid: String::new(),
            token: token.to_owned(),
        };
        let body = serde_json::json!({"auth": {"token": {"id": token}}});
        let access = client.json(client.post("/identity/v2.0/tokens").json(&body));
        client.uuid = access["access"]["user"]["id"].as_str().unwrap().to_owned();
        client
    }

    /// A new active person, made by the administrator.
    pub fn add(server: &Server, email: &str) -> Self {
        server.manage_ok(&["user-add", email, "Test", "Person", "--password", PASSWORD]);
        // With moderation off the verified are accepted at once.
        server.manage_ok(&["user-modify", email, "--verify"]);
        Self::log_in(server, email, PASSWORD)
    }

    /// Somebody who knows their password takes their token from the page *API access*.
    pub fn log_in(server: &Server, email: &str, password: &str) -> Self {
        let page = Visit::start(server)
            .log_in(email, password)
            .get("/ui/api_access");
        let token = between(&page, "id=\"token\"", "</code>");
        let token = token.rsplit('>').next().unwrap().trim();
        Self::with_token(server, token)
    }

    /// A request to a path of the service.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http
            .request(method, format!("{}{path}", self.base))
            .header("X-Auth-Token", &self.token)
    }

    /// GET.
    pub fn get(&self, path: &str) -> RequestBuilder {
        self.request(Method::GET, path)
    }

    /// POST.
    pub fn post(&self, path: &str) -> RequestBuilder {
        self.request(Method::POST, path)
    }

    /// PUT.
    pub fn put(&self, path: &str) -> RequestBuilder {
        self.request(Method::PUT, path)
            .header("Content-Type", "application/octet-stream")
    }

    /// DELETE.
    pub fn delete(&self, path: &str) -> RequestBuilder {
        self.request(Method::DELETE, path)
    }

    /// Sends a request that must succeed.
    pub fn ok(&self, request: RequestBuilder) -> Response {
        let answer = request.send().expect("an answer");
        let status = answer.status();
        if !status.is_success() {
            panic!(
                "{} {status}: {}",
                answer.url().clone(),
                answer.text().unwrap_or_default()
            );
        }
        answer
    }

    /// Sends a request that must succeed with a JSON body.
    pub fn json(&self, request: RequestBuilder) -> Value {
        self.ok(request).json().expect("JSON")
    }

    /// Sends a request and gives its status and body.
    pub fn try_json(&self, request: RequestBuilder) -> (u16, Value) {
        let answer = request.send().expect("an answer");
        let status = answer.status().as_u16();
        let text = answer.text().unwrap_or_default();
        (
            status,
            serde_json::from_str(&text).unwrap_or(Value::String(text)),
        )
    }

    /// The object store's address of a path of the own account.
    pub fn file(&self, path: &str) -> String {
        format!("/pithos/object-store/v1/{}/{path}", self.uuid)
    }
}

/// The password of people that [`Client::add`] makes.
pub const PASSWORD: &str = "correct horse battery";

/// What stands between two texts.
pub fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let found = text
        .split_once(from)
        .and_then(|(_, rest)| rest.split_once(to));
    found
        .unwrap_or_else(|| panic!("no {from:?} … {to:?} in {text}"))
        .0
}

/// A browser without script: cookies, forms, pages.
pub struct Visit {
    http: Http,
    base: String,
    cookies: std::sync::Mutex<std::collections::BTreeMap<String, String>>,
}

impl Visit {
    /// A new visitor.
    pub fn start(server: &Server) -> Self {
        Visit {
            http: http(),
            base: server.url.clone(),
            cookies: Default::default(),
        }
    }

    /// Puts a cookie into the browser.
    pub fn keep(&self, name: &str, value: &str) {
        let mut jar = self.cookies.lock().unwrap();
        jar.insert(name.to_owned(), value.to_owned());
    }

    /// Logs in; panics unless it works.
    pub fn log_in(self, email: &str, password: &str) -> Self {
        let page = self.get("/ui/login");
        let answer = self.submit(
            "/ui/login",
            &page,
            &[("username", email), ("password", password)],
        );
        let status = answer.status();
        assert!(
            status.is_redirection(),
            "login: {status}: {}",
            answer.text().unwrap()
        );
        self
    }

    /// A page that must be there.
    pub fn get(&self, path: &str) -> String {
        let answer = self.send(
            self.http
                .get(format!("{}{path}", self.base))
                .header("Cookie", self.cookies()),
        );
        let status = answer.status();
        let text = answer.text().unwrap();
        assert!(status.is_success(), "{path}: {status}: {text}");
        text
    }

    /// Whatever a page answers: status, where it leads, text.
    pub fn ask(&self, path: &str) -> (u16, String, String) {
        let request = self.http.get(format!("{}{path}", self.base));
        told(self.send(request.header("Cookie", self.cookies())))
    }

    /// Whatever a form of the page at `path` answers when it is sent there or to `action`.
    pub fn fill(&self, path: &str, action: &str, fields: &[(&str, &str)]) -> (u16, String, String) {
        let page = self.get(path);
        told(self.submit(action, &page, fields))
    }

    /// Sends JSON with the proof of a form of `page`.
    pub fn send_json(&self, path: &str, page: &str, body: &Value) -> (u16, String, String) {
        let request = self.http.post(format!("{}{path}", self.base)).json(body);
        let request = request
            .header("X-CSRFToken", proof(page))
            .header("Origin", &self.base)
            .header("Cookie", self.cookies());
        told(self.send(request))
    }

    /// What a cookie holds.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().unwrap().get(name).cloned()
    }

    /// Sends a form of `page`; the status, or none when the service is gone.
    pub fn try_submit(&self, path: &str, page: &str, fields: &[(&str, &str)]) -> Option<u16> {
        let answer = self.form(path, page, fields).send().ok()?;
        Some(answer.status().as_u16())
    }

    /// Sends a form of `page` with its hidden proof.
    pub fn submit(&self, path: &str, page: &str, fields: &[(&str, &str)]) -> Response {
        self.send(self.form(path, page, fields))
    }

    fn form(&self, path: &str, page: &str, fields: &[(&str, &str)]) -> RequestBuilder {
        let mut form = vec![("csrfmiddlewaretoken", proof(page))];
        form.extend_from_slice(fields);
        self.http
            .post(format!("{}{path}", self.base))
            .form(&form)
            .header("Origin", &self.base)
            .header("Cookie", self.cookies())
    }

    /// What its cookies hold that nobody else may know.
    pub fn secrets(&self) -> Vec<String> {
        let jar = self.cookies.lock().unwrap();
        let values = jar.iter().filter(|(_, value)| value.len() >= 20);
        values
            .map(|(_, value)| value.rsplit("%7C").next().unwrap_or(value).to_owned())
            .collect()
    }

    fn cookies(&self) -> String {
        let jar = self.cookies.lock().unwrap();
        let pairs: Vec<_> = jar
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.join("; ")
    }

    fn send(&self, request: RequestBuilder) -> Response {
        let answer = request.send().expect("an answer");
        for set in answer.headers().get_all("set-cookie") {
            let set = set.to_str().unwrap().split(';').next().unwrap();
            if let Some((name, value)) = set.split_once('=') {
                self.cookies
                    .lock()
                    .unwrap()
                    .insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }
}

/// What proves that a form of this page was sent by its reader.
fn proof(page: &str) -> &str {
    let rest = between(page, "name=\"csrfmiddlewaretoken\"", ">");
    between(rest, "value=\"", "\"")
}

/// Status, where it leads (without the host), text.
pub fn told(answer: Response) -> (u16, String, String) {
    let status = answer.status().as_u16();
    let leads = answer.headers().get("location");
    let leads = leads.map_or("", |to| to.to_str().unwrap()).to_owned();
    let host = format!("{}://{}", answer.url().scheme(), answer.url().authority());
    let leads = leads.strip_prefix(&host).unwrap_or(&leads).to_owned();
    (status, leads, answer.text().unwrap())
}

/// The first whole number in what a command printed.
pub fn number_after(text: &str) -> String {
    text.split(|c: char| !c.is_ascii_digit())
        .find(|part| !part.is_empty())
        .unwrap_or_else(|| panic!("no number in {text:?}"))
        .to_owned()
}
