//! Identity and account against what the original answered, and what the recordings
//! do not show.

mod answers;
mod intended;
mod oauth2;
mod replay;
mod third;
mod web;
mod wire;

use crate::{State, testing::Fixture};
use axum::{Router, body::Body};
use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use identity::{SignUp, UserChange, UserView};
use kernel::{
    Caller, Role, UserId,
    secret::{ExposeSecret, SecretString},
    settings::Value,
};
use std::sync::Arc;
use tower::ServiceExt;

/// An answer, read.
struct Got {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Got {
    fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

fn root() -> Caller {
    Caller::person(UserId(uuid::Uuid::nil())).with(Role::Admin)
}

/// The whole router over real accounts.
struct Cloud {
    fixture: Fixture,
    state: State,
    router: Router,
}

impl Cloud {
    fn new(settings: &[(&str, Value)]) -> Self {
        let fixture = Fixture::new();
        let mut all = (*fixture.state.settings.now()).clone();
        for (name, value) in settings {
            all.set(name, value.clone());
        }
        fixture.state.settings.replace(all);
        let mut state = fixture.state.clone();
        state.auth = Arc::new(state.identity.clone());
        let router = crate::router(state.clone());
        Cloud {
            fixture,
            state,
            router,
        }
    }

    /// An account with groups, and what is then changed of it; with its token.
    async fn user(
        &self,
        email: &str,
        (first, last): (&str, &str),
        groups: &[&str],
        changes: Vec<UserChange>,
    ) -> (UserView, String) {
        let identity = &self.state.identity;
        let form = SignUp {
            email: email.into(),
            first_name: first.into(),
            last_name: last.into(),
            password: SecretString::from("correct horse battery".to_owned()),
            language: "en".into(),
        };
        let groups = groups.iter().map(ToString::to_string).collect();
        let root = root();
        let user = identity.admin_add(&root, form, false, groups, vec![]);
        let user = user.await.unwrap();
        let changed = identity.admin_modify(&root, user.no, changes).await;
        let token = identity.token_of(user.uuid).await.unwrap();
        let user = changed.unwrap().1.unwrap();
        (user, token.token.expose_secret().to_owned())
    }

    /// The same, as if every request came from this peer.
    fn behind(mut self, peer: crate::server::Peer) -> Self {
        self.router = self.router.layer(axum::Extension(peer));
        self
    }

    /// The cookies of a browser that somebody logged in with, its token cookie having
    /// been seen to (ID-SES-03).
    async fn browser(&self, email: &str) -> String {
        format!("sessionid={}; mended=1", self.cookie(email).await)
    }

    /// The session's cookie of somebody who logs in.
    async fn cookie(&self, email: &str) -> String {
        let client = identity::ClientInfo {
            address: std::net::Ipv4Addr::LOCALHOST.into(),
            user_agent: String::new(),
        };
        let password = SecretString::from("correct horse battery".to_owned());
        match self.state.identity.log_in(email, password, &client).await {
            Ok(identity::LoginOutcome::In(login)) => login.cookie.expose_secret().to_owned(),
            other => panic!("{other:?}"),
        }
    }

    async fn active(&self, email: &str) -> (UserView, String) {
        let changes = vec![UserChange::Verify, UserChange::Accept];
        self.user(email, ("Maria", "Doe"), &[], changes).await
    }

    async fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Got {
        let mut request = Request::builder().method(method).uri(path);
        if !headers.iter().any(|(name, _)| *name == "Host") {
            request = request.header("Host", "host");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body.into())).unwrap();
        let (parts, body) = self
            .router
            .clone()
            .oneshot(request)
            .await
            .unwrap()
            .into_parts();
        Got {
            status: parts.status,
            headers: parts.headers,
            body: body.collect().await.unwrap().to_bytes(),
        }
    }
}
