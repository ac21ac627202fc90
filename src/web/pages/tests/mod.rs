//! Pages through the router, as a browser without script sees them.

mod account;
mod admin;
mod admin_acts;
mod admin_api;
mod admin_audit;
mod admin_lists;
mod admin_mail;
mod admin_related;
mod admin_things;
mod along;
mod attacks;
mod bar;
mod base;
mod branding;
mod emails;
mod entry;
mod guide;
mod languages;
mod life;
mod look;
mod methods;
mod portal;
mod replay;
mod rooms;
mod second;
mod security;
mod settings;
mod switch;
mod table;
mod urls;
mod ways;

use crate::testing::Fixture;
use axum::body::Body;
use http::{HeaderMap, Method, Request, StatusCode, header};
use identity::SignUp;
use kernel::{
    Caller, Role, Settings, UserId,
    mail::{MailRequest, TOPIC},
    secret::SecretString,
    settings::Value,
};
use std::{cell::RefCell, collections::BTreeMap};
use store::Reads;
use tower::ServiceExt;

const PASSWORD: &str = "correct horse battery";
const HOST: &str = "cloud.example.org";

/// An answer that was read.
struct Seen {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

impl Seen {
    /// Where it leads.
    fn leads_to(&self) -> &str {
        assert_eq!(self.status, StatusCode::FOUND, "{}", self.text);
        self.headers[header::LOCATION].to_str().unwrap()
    }

    fn cookie(&self, name: &str) -> Option<&str> {
        let all = self.headers.get_all(header::SET_COOKIE).iter();
        all.map(|value| value.to_str().unwrap())
            .find(|value| value.split('=').next() == Some(name))
    }

    /// The page, whose status must be this.
    fn is(self, status: u16) -> String {
        assert_eq!(self.status, status, "{}", self.text);
        self.text
    }
}

/// What stands between two texts.
fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let found = text
        .split_once(from)
        .and_then(|(_, rest)| rest.split_once(to));
    found
        .unwrap_or_else(|| panic!("no {from:?} … {to:?} in {text}"))
        .0
}

/// The proof in the forms of a page.
fn proof(page: &str) -> String {
    let rest = between(page, "name=\"csrfmiddlewaretoken\"", ">");
    between(rest, "value=\"", "\"").to_owned()
}

fn encoded(fields: &[(&str, &str)]) -> String {
    let encode = |text: &str| {
        percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
    };
    let pairs: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect();
    pairs.join("&")
}

/// The house, with nobody in it.
struct House(Fixture);

impl House {
    fn new() -> Self {
        Self::with(&[])
    }

    fn with(more: &[(&str, Value)]) -> Self {
        let fixture = Fixture::new();
        let mut settings = Settings::default();
        settings.set("ASTAKOS_BASE_URL", Value::Str(format!("https://{HOST}")));
        for (name, value) in more {
            settings.set(name, value.clone());
        }
        fixture.state.settings.replace(settings);
        House(fixture)
    }

    /// Somebody with an active account.
    async fn person(&self, email: &str) -> UserId {
        let root = Caller::person(UserId(uuid::Uuid::from_bytes([250; 16]))).with(Role::Admin);
        let form = SignUp {
            email: email.into(),
            first_name: "Maria".into(),
            last_name: "Doe".into(),
            password: SecretString::from(PASSWORD.to_owned()),
            language: "en".into(),
        };
        let enrolled = self.0.state.identity.admin_enrol(&root, form, vec![]);
        enrolled.await.unwrap().uuid
    }

    /// A browser in which somebody is logged in.
    async fn browser_of(&self, email: &str) -> Browser {
        self.person(email).await;
        let browser = Browser::new(self);
        let entered = browser.log_in(email, PASSWORD).await;
        assert_eq!(entered.leads_to(), "/ui/landing");
        browser
    }

    /// Mails that were asked for since the last look.
    async fn mails(&self) -> Vec<MailRequest> {
        let taken = self.0.store.write(|tx| {
            let all = tx.outbox::<MailRequest>(TOPIC, 0, 1000)?;
            for (seq, _) in &all {
                tx.ack_one(TOPIC, *seq)?;
            }
            Ok(all.into_iter().map(|(_, mail)| mail).collect())
        });
        taken.await.unwrap()
    }

    /// The path of the link in the one mail made of `template`.
    async fn mailed_path(&self, template: &str) -> String {
        let mails = self.mails().await;
        let mail = mails.iter().find(|mail| mail.template.contains(template));
        let mail = mail.unwrap_or_else(|| panic!("no {template} in {mails:?}"));
        let url = mail.context["url"].as_str().unwrap();
        let path = url.strip_prefix(&format!("https://{HOST}"));
        path.unwrap_or_else(|| panic!("{url} leads elsewhere"))
            .to_owned()
    }
}

/// A browser without script.
struct Browser {
    router: axum::Router,
    cookies: RefCell<BTreeMap<String, String>>,
}

impl Browser {
    fn new(house: &House) -> Self {
        Browser {
            router: crate::router(house.0.state.clone()),
            cookies: RefCell::default(),
        }
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> Seen {
        let jar: Vec<String> = self
            .cookies
            .borrow()
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, HOST)
            .header(header::COOKIE, jar.join("; "));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body)).unwrap();
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = answer.into_parts();
        let body = axum::body::to_bytes(body, 4 << 20).await.unwrap();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            let (name, rest) = cookie.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            match rest.contains("Max-Age=0") {
                true => self.cookies.borrow_mut().remove(name),
                false => self
                    .cookies
                    .borrow_mut()
                    .insert(name.to_owned(), value.to_owned()),
            };
        }
        let seen = Seen {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8_lossy(&body).into_owned(),
        };
        security::guarded(path, &seen);
        seen
    }

    async fn get(&self, path: &str) -> Seen {
        self.send(Method::GET, path, &[], String::new()).await
    }

    /// The form as it is, from our own page.
    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Seen {
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("origin", &format!("https://{HOST}")),
            ("sec-fetch-site", "same-origin"),
        ];
        self.send(Method::POST, path, &headers, encoded(fields))
            .await
    }

    /// Fills in a form of the page `from` and sends it.
    async fn submit(&self, from: &str, path: &str, fields: &[(&str, &str)]) -> Seen {
        let mut page = self.get(from).await;
        // What an ended session left behind is taken away first (ID-SES-03).
        if page.status == StatusCode::FOUND && page.leads_to() == from {
            page = self.get(from).await;
        }
        let proof = proof(&page.is(200));
        let mut all = vec![("csrfmiddlewaretoken", proof.as_str())];
        all.extend_from_slice(fields);
        self.post(path, &all).await
    }

    async fn log_in(&self, email: &str, password: &str) -> Seen {
        let fields = [("username", email), ("password", password)];
        self.submit("/ui/login", "/ui/login", &fields).await
    }
}
