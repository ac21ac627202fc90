//! The OAuth 2 provider, tokens of identity v3, web login, statistics.

use super::*;
use crate::{
    Proof, Scope, Wanted,
    oauth2::{AskedGrant, AskedToken, ClientKind, Credentials, NewClient, Refused},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use kernel::{Error, secret::ExposeSecret};
use sha2::Digest as _;
use store::Reads;

const BACK: &str = "https://client.example.org/cb";

fn client(name: &str, kind: ClientKind, trusted: bool) -> NewClient {
    NewClient {
        identifier: name.into(),
        secret: (kind == ClientKind::Confidential).then(|| secret("s3cret")),
        kind,
        is_trusted: trusted,
        urls: vec![BACK.into()],
    }
}

fn basic(name: &str, password: &str) -> Credentials {
    Credentials {
        basic: Some((name.into(), secret(password))),
        client_id: None,
    }
}

fn asked(name: &str) -> AskedGrant {
    AskedGrant {
        credentials: Credentials {
            basic: None,
            client_id: Some(name.into()),
        },
        response_type: Some("code".into()),
        scope: Some("/x more".into()),
        ..AskedGrant::default()
    }
}

fn redeem(code: &str) -> AskedToken {
    AskedToken {
        credentials: basic("client1", "s3cret"),
        grant_type: Some("authorization_code".into()),
        code: Some(code.into()),
        redirect_uri: Some(BACK.into()),
        verifier: None,
    }
}

fn text_of<T>(got: Result<T, Refused>) -> (&'static str, &'static str) {
    match got {
        Err(Refused::Client(code, text)) => (code, text),
        Err(Refused::Failed(error)) => panic!("{error}"),
        Ok(_) => panic!("not refused"),
    }
}

impl World {
    async fn client(&self, kind: ClientKind) {
        let new = client("client1", kind, true);
        self.service.oauth2_client_add(&root(), new).await.unwrap();
    }
}

// ID-OA2-14 ID-CLI-60 ID-CLI-61 ID-CLI-62 ID-MOD-15
#[tokio::test]
async fn clients_are_made_listed_and_removed_with_all_they_hold() {
    let world = World::new();
    let service = &world.service;
    let stranger = Caller::person(UserId(uuid::Uuid::from_bytes([9; 16])));
    let new = client("client1", ClientKind::Confidential, true);
    let refused = service.oauth2_client_add(&stranger, new.clone()).await;
    assert!(matches!(refused, Err(Error::Forbidden { .. })));
    let mut without = new.clone();
    without.secret = None;
    let mut nowhere = new.clone();
    nowhere.urls = vec!["/cb".into()];
    for bad in [without, nowhere] {
        let refused = service.oauth2_client_add(&root(), bad).await;
        assert!(matches!(refused, Err(Error::Invalid { .. })));
    }
    let mut long = new.clone();
    long.urls
        .push(format!("https://c.example.org/{}", "a".repeat(5000)));
    let (made, left_out) = service.oauth2_client_add(&root(), long).await.unwrap();
    assert_eq!((made.urls.len(), left_out.len()), (1, 1));
    let again = service.oauth2_client_add(&root(), new).await;
    assert!(matches!(again, Err(Error::Conflict { .. })));
    assert_eq!(service.oauth2_client_list(&root()).await.unwrap(), [made]);
    let user = world.person("a@example.org").await;
    let grant = service.oauth2_check(&asked("client1")).unwrap();
    let code = service
        .oauth2_issue(user.uuid, grant.clone())
        .await
        .unwrap();
    let (token, _) = service.oauth2_redeem(redeem(&code)).await.unwrap();
    service.oauth2_issue(user.uuid, grant).await.unwrap();
    service.oauth2_client_remove(&root(), "1").await.unwrap();
    let gone = service.oauth2_validate(token.expose_secret(), None).await;
    assert!(gone.is_err());
    let unknown = service.oauth2_client_remove(&root(), "client1").await;
    assert!(matches!(unknown, Err(Error::NotFound { .. })));
    assert!(
        service
            .oauth2_client_list(&root())
            .await
            .unwrap()
            .is_empty()
    );
}

// ID-OA2-03 ID-OA2-06
#[tokio::test]
async fn requests_of_clients_are_checked_before_anything_is_stored() {
    let world = World::new();
    world.client(ClientKind::Confidential).await;
    let check = |change: &dyn Fn(&mut AskedGrant)| {
        let mut asked = asked("client1");
        change(&mut asked);
        world.service.oauth2_check(&asked)
    };
    let good = check(&|_| {}).unwrap();
    assert_eq!(
        (good.redirect_uri.as_str(), good.scope.as_str()),
        (BACK, "/x")
    );
    let below = check(&|a| a.redirect_uri = Some(format!("{BACK}/x")));
    assert_eq!(below.unwrap().redirect_uri, format!("{BACK}/x"));
    let plain = check(&|a| a.scope = None);
    assert_eq!(plain.unwrap().scope, BACK);
    let proved = check(&|a| a.credentials = basic("client1", "s3cret"));
    assert!(proved.is_ok());
    type Change = fn(&mut AskedGrant);
    let cases: [(Change, &str, &str); 10] = [
        (
            |a| a.response_type = None,
            "invalid_request",
            "Missing authorization type",
        ),
        (
            |a| a.response_type = Some("token".into()),
            "unsupported_response_type",
            "Unsupported authorization type",
        ),
        (
            |a| a.response_type = Some("x".into()),
            "unsupported_response_type",
            "Invalid authorization type",
        ),
        (
            |a| a.credentials.client_id = None,
            "invalid_client",
            "Missing client identification",
        ),
        (
            |a| a.credentials.client_id = Some("nosuch".into()),
            "invalid_client",
            "No such client found",
        ),
        (
            |a| a.credentials.basic = basic("client1", "bad").basic,
            "invalid_client",
            "Invalid credentials",
        ),
        (
            |a| a.credentials.basic = basic("client2", "s3cret").basic,
            "invalid_client",
            "Client identification conflicts with client authorization",
        ),
        (
            |a| a.redirect_uri = Some("/cb".into()),
            "invalid_request",
            "Redirect uri is not an absolute URI",
        ),
        (
            |a| a.redirect_uri = Some(format!("{BACK}x")),
            "invalid_request",
            "Mismatching redirect uri",
        ),
        (
            |a| a.challenge = Some("short".into()),
            "invalid_request",
            "Invalid code challenge",
        ),
    ];
    for (change, code, text) in cases {
        assert_eq!(text_of(check(&change)), (code, text));
    }
    let long = check(&|a| a.redirect_uri = Some(format!("{BACK}/{}", "a".repeat(5000))));
    assert_eq!(text_of(long).1, "Redirect uri is too long");
}

// ID-OA2-07 ID-OA2-11 ID-OA2-12 ID-OA2-13 ID-KST-20 ID-SEC-26
#[tokio::test]
async fn a_code_works_once_for_its_client_and_address() {
    let world = World::new();
    let service = &world.service;
    world.client(ClientKind::Confidential).await;
    let mut other = client("client2", ClientKind::Confidential, false);
    other.secret = Some(secret("other"));
    service.oauth2_client_add(&root(), other).await.unwrap();
    let user = world.person("a@example.org").await;
    let grant = service.oauth2_check(&asked("client1")).unwrap();
    let code = service
        .oauth2_issue(user.uuid, grant.clone())
        .await
        .unwrap();
    assert_eq!(code.len(), 60);
    type Change = fn(&mut AskedToken);
    let cases: [(Change, &str, &str); 11] = [
        (
            |a| a.grant_type = None,
            "invalid_request",
            "Missing grant type",
        ),
        (
            |a| a.grant_type = Some("client_credentials".into()),
            "unsupported_grant_type",
            "Unsupported grant type",
        ),
        (
            |a| a.grant_type = Some("urn:x".into()),
            "unsupported_grant_type",
            "Unsupported grant type",
        ),
        (
            |a| a.grant_type = Some("x".into()),
            "unsupported_grant_type",
            "Invalid grant type",
        ),
        (
            |a| a.credentials = Credentials::default(),
            "invalid_client",
            "Missing client identification",
        ),
        (
            |a| a.credentials = basic("client1", "bad"),
            "invalid_client",
            "Invalid credentials",
        ),
        (
            |a| {
                a.credentials = Credentials {
                    basic: None,
                    client_id: Some("client1".into()),
                }
            },
            "invalid_client",
            "Missing client authentication",
        ),
        (
            |a| a.credentials = basic("client2", "other"),
            "invalid_grant",
            "No such authorization code",
        ),
        (
            |a| a.redirect_uri = Some(format!("{BACK}/x")),
            "invalid_grant",
            "The redirect uri does not match",
        ),
        (
            |a| a.redirect_uri = None,
            "invalid_grant",
            "The redirect uri does not match",
        ),
        (
            |a| a.verifier = Some("x".into()),
            "invalid_grant",
            "Invalid code verifier",
        ),
    ];
    for (change, kind, text) in cases {
        let mut asked = redeem(&code);
        change(&mut asked);
        assert_eq!(text_of(service.oauth2_redeem(asked).await), (kind, text));
    }
    // The address may be written another way.
    let mut same = redeem(&code);
    same.redirect_uri = Some("HTTPS://Client.example.org:443/cb".into());
    let (token, seconds) = service.oauth2_redeem(same).await.unwrap();
    assert_eq!((token.expose_secret().len(), seconds), (30, 20));
    let used = text_of(service.oauth2_redeem(redeem(&code)).await);
    assert_eq!(used, ("invalid_grant", "No such authorization code"));
    let good = service
        .oauth2_validate(token.expose_secret(), Some("/x/1"))
        .await;
    assert_eq!(good.unwrap().user.uuid, user.uuid);
    let outside = service
        .oauth2_validate(token.expose_secret(), Some("/y"))
        .await;
    assert_eq!(
        outside.unwrap_err().to_string(),
        "The specified tenant is outside the token's scope"
    );
    world.clock.advance(Duration::from_secs(20));
    for text in ["Token has expired", "No such token"] {
        let over = service.oauth2_validate(token.expose_secret(), None).await;
        assert_eq!(over.unwrap_err().to_string(), text);
    }
    // An old code.
    let code = service.oauth2_issue(user.uuid, grant).await.unwrap();
    world.clock.advance(Duration::from_secs(600));
    let old = text_of(service.oauth2_redeem(redeem(&code)).await);
    assert_eq!(old.1, "No such authorization code");
    assert_eq!(service.tidy().await.unwrap(), 1);
}

// ID-SEC-26: PKCE, for all clients, and required of public ones.
#[tokio::test]
async fn a_public_client_proves_itself_by_its_verifier() {
    let world = World::new();
    let service = &world.service;
    world.client(ClientKind::Public).await;
    let user = world.person("a@example.org").await;
    let bare = text_of(service.oauth2_check(&asked("client1")));
    assert_eq!(bare, ("invalid_request", "Missing code challenge"));
    let verifier = "a".repeat(43);
    let mut request = asked("client1");
    request.challenge = Some(URL_SAFE_NO_PAD.encode(sha2::Sha256::digest(&verifier)));
    let plain = text_of(service.oauth2_check(&request));
    assert_eq!(plain.1, "Invalid code challenge");
    request.challenge_method = Some("S256".into());
    let grant = service.oauth2_check(&request).unwrap();
    let code = service.oauth2_issue(user.uuid, grant).await.unwrap();
    let mut asked = redeem(&code);
    asked.credentials = request.credentials.clone();
    for wrong in [None, Some("b".repeat(43))] {
        asked.verifier = wrong;
        let refused = text_of(service.oauth2_redeem(asked.clone()).await);
        assert_eq!(refused, ("invalid_grant", "Invalid code verifier"));
    }
    asked.verifier = Some(verifier);
    assert!(service.oauth2_redeem(asked).await.is_ok());
}

// ID-OA2-13 ID-TOK-02 ID-LOG-22 ID-MOD-03: what ends an online token.
#[tokio::test]
async fn access_tokens_end_with_the_session_and_the_api_token() {
    let world = World::new();
    let service = &world.service;
    world.client(ClientKind::Confidential).await;
    let user = world.person("a@example.org").await;
    let code = async || {
        let grant = service.oauth2_check(&asked("client1")).unwrap();
        service.oauth2_issue(user.uuid, grant).await.unwrap()
    };
    let fresh = async || {
        service
            .oauth2_redeem(redeem(&code().await))
            .await
            .unwrap()
            .0
    };
    let good = async |token: &SecretString| {
        let got = service.oauth2_validate(token.expose_secret(), None).await;
        got.is_ok()
    };
    let token = fresh().await;
    assert!(good(&token).await);
    let before = code().await;
    service.renew_token(user.uuid).await.unwrap();
    assert!(!good(&token).await, "a new API token");
    assert!(service.oauth2_redeem(redeem(&before)).await.is_err());
    let token = fresh().await;
    let login = service
        .log_in("a@example.org", secret(PASSWORD), &here())
        .await;
    let LoginOutcome::In(login) = login.unwrap() else {
        panic!("not logged in");
    };
    let before = code().await;
    service.log_out(login.cookie.expose_secret()).await.unwrap();
    assert!(!good(&token).await, "logged out");
    assert!(service.oauth2_redeem(redeem(&before)).await.is_err());
    let token = fresh().await;
    let off = vec![UserChange::Deactivate("x".into())];
    service.admin_modify(&root(), user.no, off).await.unwrap();
    assert!(!good(&token).await, "switched off");
}

// CL-S-02 CL-O v3: who gets a token, and what for.
#[tokio::test]
async fn tokens_of_v3_are_bound_to_their_project_and_api_token() {
    let world = World::new();
    let service = &world.service;
    let user = world.person("a@example.org").await;
    let api = world.token(&user).await;
    let own = user.uuid.own_project();
    let uuid = user.uuid.to_string();
    let ask =
        async |proof: Proof, wanted: Wanted| service.scoped_token(proof, wanted, &here()).await;
    let by = |name: &str, word: &str| Proof::Password(name.into(), secret(word));
    for proof in [
        by(&uuid, &api),
        by("A@example.org", &api),
        by("a@example.org", PASSWORD),
        by(&uuid, PASSWORD),
        Proof::Token(secret(&api)),
        Proof::Application(uuid.clone(), secret(&api)),
    ] {
        let (token, person) = ask(proof, Wanted::Default).await.unwrap();
        assert_eq!(person.scope, Scope::Project(own));
        assert_ne!(token.expose_secret(), api);
        let caller = service.caller_by_token(token.expose_secret()).unwrap();
        assert_eq!((caller.user, caller.default_project), (user.uuid, own));
    }
    for proof in [
        by(&uuid, "wrong"),
        by("nobody@example.org", PASSWORD),
        by("b@example.org", &api),
        Proof::Token(secret("nosuch")),
        Proof::Application(uuid.clone(), secret(PASSWORD)),
    ] {
        let refused = ask(proof, Wanted::Default).await;
        assert!(matches!(refused, Err(Error::Unauthorized { .. })));
    }
    let by_token = || Proof::Token(secret(&api));
    let named = Wanted::Project("a@example.org".into());
    let (first, person) = ask(by_token(), named).await.unwrap();
    assert_eq!(person.scope, Scope::Project(own));
    let foreign = Wanted::Project(uuid::Uuid::from_bytes([3; 16]).to_string());
    assert!(ask(by_token(), foreign).await.is_err());
    let (second, person) = ask(by_token(), Wanted::Unscoped).await.unwrap();
    assert_eq!(person.scope, Scope::Unscoped);
    // Forged, and revoked.
    let mut forged = first.expose_secret().to_owned().into_bytes();
    forged[20] = if forged[20] == b'A' { b'B' } else { b'A' };
    let forged = String::from_utf8(forged).unwrap();
    assert!(service.caller_by_token(&forged).is_err());
    let me = Caller::person(user.uuid);
    let revoked = service.revoke_token(&me, first.expose_secret());
    revoked.await.unwrap();
    assert!(service.caller_by_token(first.expose_secret()).is_err());
    assert!(
        service
            .revoke_token(&me, first.expose_secret())
            .await
            .is_err()
    );
    assert!(service.caller_by_token(second.expose_secret()).is_ok());
    // ID-SEC-31: the next request knows.
    service.renew_token(user.uuid).await.unwrap();
    assert!(service.caller_by_token(second.expose_secret()).is_err());
    world.clock.advance(Duration::from_secs(31 * 86_400));
    service.tidy().await.unwrap();
    let left = world
        .store
        .read_now(|tx| tx.scan::<crate::scoped::Revoked>(None, 9));
    assert_eq!(left.unwrap(), [], "the revoked one is forgotten");
}

// ID-SEC-24: an address that shows many bad tokens waits; others do not.
#[tokio::test]
async fn bad_tokens_are_counted_by_address() {
    let world = World::new();
    let wrong = || Error::unauthorized("Invalid token");
    for _ in 0..60 {
        let told = world.service.note_bad_token(&here(), wrong());
        assert!(matches!(told, Error::Unauthorized { .. }));
    }
    let told = world.service.note_bad_token(&here(), wrong());
    assert!(matches!(told, Error::Busy { retry_after: 60 }));
    let other = world.service.note_bad_token(&from("192.0.2.9"), wrong());
    assert!(matches!(other, Error::Unauthorized { .. }));
    world.clock.advance(Duration::from_secs(60));
    let told = world.service.note_bad_token(&here(), wrong());
    assert!(matches!(told, Error::Unauthorized { .. }));
}

// ID-WEB-05 ID-SEC-11
#[tokio::test]
async fn a_handed_over_token_is_agreed_to_and_its_code_works_once() {
    let world = World::new();
    let service = &world.service;
    let user = world.person("a@example.org").await;
    assert!(!service.handover_agreed(user.uuid, "pithos").unwrap());
    service
        .agree_to_handover(user.uuid, "pithos")
        .await
        .unwrap();
    assert!(service.handover_agreed(user.uuid, "pithos").unwrap());
    assert!(!service.handover_agreed(user.uuid, "other").unwrap());
    let code = service.handover_code(user.uuid).await.unwrap();
    let (uuid, token) = service.redeem_handover(&code).await.unwrap();
    assert_eq!(uuid, user.uuid);
    assert_eq!(token.token.expose_secret(), world.token(&user).await);
    assert!(service.redeem_handover(&code).await.is_err(), "used");
    let code = service.handover_code(user.uuid).await.unwrap();
    world.clock.advance(Duration::from_secs(60));
    assert!(service.redeem_handover(&code).await.is_err(), "too old");
    // A new token from here ends the other sessions.
    let cookie = async || match service
        .log_in("a@example.org", secret(PASSWORD), &here())
        .await
    {
        Ok(LoginOutcome::In(login)) => login.cookie,
        other => panic!("{other:?}"),
    };
    let (mine, other) = (cookie().await, cookie().await);
    service
        .renew_token_alone(user.uuid, mine.expose_secret())
        .await
        .unwrap();
    assert!(
        service
            .session(mine.expose_secret())
            .await
            .unwrap()
            .is_some()
    );
    assert!(
        service
            .session(other.expose_secret())
            .await
            .unwrap()
            .is_none()
    );
}

// ID-STA-01 ID-STA-02 ID-STA-03
#[tokio::test]
async fn people_and_what_they_use_are_counted() {
    let world = World::new();
    let service = &world.service;
    for email in ["a@example.org", "b@example.org"] {
        world.person(email).await;
    }
    service
        .sign_up(form("c@example.org"), &here())
        .await
        .unwrap();
    let all = service.statistics().await.unwrap();
    assert_eq!((all.all.total, all.all.verified, all.all.active), (3, 2, 2));
    assert_eq!(all.modules["local"].exclusive, 2);
    let vm = &all.resources["cyclades.vm"];
    assert_eq!((vm.used, vm.allocated, vm.unit.as_deref()), (0, 16, None));
    assert_eq!(all.module_resources["local"]["cyclades.vm"], *vm);
    assert_eq!(all.resources["cyclades.total_ram"].allocated, 0, "infinite");
    // Counted once a minute.
    world.person("d@example.org").await;
    assert_eq!(service.statistics().await.unwrap().all.total, 3);
    world.clock.advance(Duration::from_secs(60));
    assert_eq!(service.statistics().await.unwrap().all.total, 4);
}
