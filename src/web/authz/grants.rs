//! What is asked of the endpoints that hand tokens out: with a real code and a real
//! secret, so that a missing check is seen.

use super::{asks::Ask, world::World};
use crate::api::compute::tests::root;
use base64::{Engine, engine::general_purpose::STANDARD};
use identity::oauth2::{AskedGrant, AskedToken, ClientKind, Credentials, NewClient};
use kernel::secret::{ExposeSecret, SecretString};
use serde_json::json;

const BACK: &str = "https://client.example.org/cb";
/// Name and secret of the client the code is for, and of another one.
const CLIENT: &str = "client:s3cret";
const OTHER: &str = "other:0ther";

/// What stands for the owner's token.
#[derive(Default)]
pub(super) struct Grants {
    /// Code for [`CLIENT`].
    code: String,
    /// Access token of the same client.
    token: String,
    /// Code of a web login.
    handover: String,
}

fn credentials(basic: &str) -> Credentials {
    let (name, secret) = basic.split_once(':').unwrap();
    Credentials {
        basic: Some((name.to_owned(), SecretString::from(secret.to_owned()))),
        client_id: None,
    }
}

impl Grants {
    /// Two clients with secrets, one without; a code and a token of the owner's.
    pub(super) async fn new(world: &World) -> Self {
        let identity = &world.cloud.fixture.state.identity;
        for basic in [CLIENT, OTHER, "public:"] {
            let (name, secret) = basic.split_once(':').unwrap();
            let secret = (!secret.is_empty()).then(|| SecretString::from(secret.to_owned()));
            let client = NewClient {
                identifier: name.into(),
                kind: match secret {
                    Some(_) => ClientKind::Confidential,
                    None => ClientKind::Public,
                },
                secret,
                is_trusted: true,
                urls: vec![BACK.into()],
            };
            let root = root();
            let made = identity.oauth2_client_add(&root, client);
            made.await.unwrap();
        }
        Self::fresh(world).await
    }

    /// Codes and tokens that are good now: none is for long.
    pub(super) async fn fresh(world: &World) -> Self {
        let identity = &world.cloud.fixture.state.identity;
        let owner = world.owner().uuid;
        let asked = AskedGrant {
            credentials: credentials(CLIENT),
            response_type: Some("code".into()),
            redirect_uri: None,
            scope: None,
            state: None,
            challenge: None,
            challenge_method: None,
        };
        let grant = identity.oauth2_check(&asked).unwrap();
        let issue = || identity.oauth2_issue(owner, grant.clone());
        let redeemed = identity.oauth2_redeem(AskedToken {
            credentials: credentials(CLIENT),
            grant_type: Some("authorization_code".into()),
            code: Some(issue().await.unwrap()),
            redirect_uri: Some(BACK.into()),
            verifier: None,
        });
        let (token, _) = redeemed.await.unwrap();
        Grants {
            code: issue().await.unwrap(),
            token: token.expose_secret().to_owned(),
            handover: identity.handover_code(owner).await.unwrap(),
        }
    }
}

/// Does this route hand tokens out, or tell of them, for a secret of its own?
pub(super) fn about(pattern: &str) -> bool {
    ["/oauth2/token", "/oauth2/introspect", "/weblogin/token"].contains(&pattern)
}

fn ask(pattern: &str, how: &str, kind: &str, basic: &str, body: String) -> Ask {
    let mut headers = vec![("Content-Type".to_owned(), kind.to_owned())];
    if !basic.is_empty() {
        let basic = format!("Basic {}", STANDARD.encode(basic));
        headers.push(("Authorization".to_owned(), basic));
    }
    Ask {
        line: format!("POST {pattern} ({how})"),
        method: "POST".to_owned(),
        path: pattern.to_owned(),
        headers,
        body,
        once: false,
    }
}

fn form(pattern: &str, how: &str, basic: &str, body: String) -> Ask {
    let kind = "application/x-www-form-urlencoded";
    ask(pattern, how, kind, basic, body)
}

/// The requests, the ones that are to be refused first.
pub(super) fn of(world: &World, pattern: &str) -> Vec<Ask> {
    let grants = &world.things.grants;
    let mut all = match pattern {
        "/oauth2/token" => {
            let redeem = |code: &str, client: &str| {
                let grant = "grant_type=authorization_code";
                format!("{grant}&code={code}&redirect_uri={BACK}{client}")
            };
            let code = redeem(&grants.code, "");
            let named = redeem(&grants.code, "&client_id=client");
            let public = redeem(&grants.code, "&client_id=public");
            vec![
                form(pattern, "code alone", "", code.clone()),
                form(pattern, "code, client without its secret", "", named),
                form(pattern, "code, client that has no secret", "", public),
                form(pattern, "code, wrong secret", "client:wrong", code.clone()),
                form(pattern, "code of another client", OTHER, code.clone()),
                form(
                    pattern,
                    "code that was made up",
                    CLIENT,
                    redeem("made-up", ""),
                ),
                form(pattern, "code and secret", CLIENT, code),
            ]
        }
        "/oauth2/introspect" => {
            let token = format!("token={}", grants.token);
            vec![
                form(pattern, "token alone", "", token.clone()),
                form(
                    pattern,
                    "client that has no secret",
                    "public:",
                    token.clone(),
                ),
                form(pattern, "wrong secret", "client:wrong", token.clone()),
                form(pattern, "the secret of a client", CLIENT, token),
            ]
        }
        _ => {
            let code = |code: &str| json!({"code": code}).to_string();
            let json = "application/json";
            vec![
                ask(pattern, "code that was made up", json, "", code("made-up")),
                ask(pattern, "code", json, "", code(&grants.handover)),
            ]
        }
    };
    if let Some(last) = all.last_mut() {
        last.once = pattern != "/oauth2/introspect";
    }
    all
}
