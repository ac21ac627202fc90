//! The OAuth 2 provider: clients, authorisation codes, access tokens (identity-api §6,
//! ID-MOD-15, ID-SEC-26).
//!
//! Invariants: secrets, codes and tokens are held as keyed hashes only; a code works
//! once, for its client and redirect address, for ten minutes; a public client has no
//! secret and proves itself by PKCE; a token dies with the API token it was made under, and
//! a code with the one it was given out under, or with a session of its person.

use crate::{
    keys::Use,
    rows::{Token, User},
    rules::Rules,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use kernel::{
    Cx, Digest, Error, Ids, Result, UserNo,
    secret::{ExposeSecret, SecretString, same},
};
use sha2::Digest as _;
use std::time::Duration;
use store::{Reads, Row, WriteTx};

mod address;
mod rows;

pub(crate) use address::Address;
pub use rows::{ClientKind, OauthClient, OauthCode, OauthToken};

/// How long a code is good.
const CODE: Duration = Duration::from_secs(600);

/// A client to be made (ID-CLI-60).
#[derive(Clone, Debug)]
pub struct NewClient {
    /// What it calls itself.
    pub identifier: String,
    /// Its secret; a confidential one needs it.
    pub secret: Option<SecretString>,
    /// Can it keep a secret?
    pub kind: ClientKind,
    /// Are people not asked?
    pub is_trusted: bool,
    /// Where people may be sent back to, the default first.
    pub urls: Vec<String>,
}

/// A client as administrators see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientView {
    /// Its number.
    pub id: u64,
    /// What it calls itself.
    pub identifier: String,
    /// Can it keep a secret?
    pub kind: ClientKind,
    /// Are people not asked?
    pub is_trusted: bool,
    /// Where people may be sent back to, the default first.
    pub urls: Vec<String>,
}

impl ClientKind {
    /// `confidential` or `public`.
    pub fn name(self) -> &'static str {
        match self {
            ClientKind::Confidential => "confidential",
            ClientKind::Public => "public",
        }
    }
}

/// Why a request of a client is refused.
#[derive(Debug)]
pub enum Refused {
    /// The client is at fault: a code of RFC 6749, and a text.
    Client(&'static str, &'static str),
    /// We are.
    Failed(Error),
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Refused::Failed(error)
    }
}

const INVALID_CLIENT: &str = "invalid_client";
const INVALID_GRANT: &str = "invalid_grant";
const INVALID_REQUEST: &str = "invalid_request";

/// How a client says who it is.
#[derive(Clone, Default)]
pub struct Credentials {
    /// Name and secret of Basic credentials.
    pub basic: Option<(String, SecretString)>,
    /// The parameter `client_id`.
    pub client_id: Option<String>,
}

/// The parameters of an authorisation request (ID-OA2-03).
#[derive(Clone, Default)]
pub struct AskedGrant {
    /// Who asks.
    pub credentials: Credentials,
    /// `response_type`.
    pub response_type: Option<String>,
    /// `redirect_uri`.
    pub redirect_uri: Option<String>,
    /// `scope`.
    pub scope: Option<String>,
    /// `state`.
    pub state: Option<String>,
    /// `code_challenge`.
    pub challenge: Option<String>,
    /// `code_challenge_method`.
    pub challenge_method: Option<String>,
}

/// A request that may be granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Who asks.
    pub client: ClientView,
    /// Where the answer goes.
    pub redirect_uri: String,
    /// What for.
    pub scope: String,
    /// Opaque to us.
    pub state: Option<String>,
    /// PKCE challenge.
    pub challenge: Option<String>,
}

impl Grant {
    /// The redirect address with more parameters in its query.
    pub fn back(&self, more: &[(&str, &str)]) -> String {
        address::with_query(&self.redirect_uri, more)
    }
}

/// The fields of a token request (ID-OA2-11).
#[derive(Clone, Default)]
pub struct AskedToken {
    /// Who asks.
    pub credentials: Credentials,
    /// `grant_type`.
    pub grant_type: Option<String>,
    /// `code`.
    pub code: Option<String>,
    /// `redirect_uri`.
    pub redirect_uri: Option<String>,
    /// `code_verifier`.
    pub verifier: Option<String>,
}

fn view(client: OauthClient) -> ClientView {
    ClientView {
        id: client.id,
        identifier: client.identifier,
        kind: client.kind,
        is_trusted: client.is_trusted,
        urls: client.urls,
    }
}

fn longest(r: &Rules) -> usize {
    let most = r.settings.int("OAUTH2_MAXIMUM_ALLOWED_REDIRECT_URI_LENGTH");
    usize::try_from(most).unwrap_or(0).clamp(1, 1 << 16)
}

/// A length from the settings, never so short that it could be guessed.
fn length(r: &Rules, name: &str) -> usize {
    usize::try_from(r.settings.int(name))
        .unwrap_or(0)
        .clamp(24, 200)
}

fn random(ids: &dyn Ids, length: usize) -> String {
    let mut bytes = vec![0; length];
    ids.fill(&mut bytes);
    let mut text = URL_SAFE_NO_PAD.encode(bytes);
    text.truncate(length);
    text
}

/// Makes a client; also the addresses that were left out because they are too long.
pub(crate) fn add(tx: &WriteTx, r: &Rules, new: &NewClient) -> Result<(ClientView, Vec<String>)> {
    let name = &new.identifier;
    if name.is_empty() || name.chars().count() > 255 || name.chars().any(char::is_control) {
        return Err(Error::invalid("Invalid identifier."));
    }
    if tx
        .find_one::<OauthClient>("identifier", name.as_str())?
        .is_some()
    {
        return Err(Error::conflict(format!("Client {name} exists already.")));
    }
    let secret = new.secret.as_ref().map(|secret| secret.expose_secret());
    let secret = secret.filter(|secret| !secret.is_empty());
    match (new.kind, secret) {
        (ClientKind::Confidential, None) => {
            return Err(Error::invalid("Confidential clients need a secret."));
        }
        (ClientKind::Public, Some(_)) => {
            return Err(Error::invalid("Public clients have no secret."));
        }
        _ => {}
    }
    let most = longest(r);
    let (urls, too_long): (Vec<String>, Vec<String>) =
        new.urls.iter().cloned().partition(|url| url.len() <= most);
    if urls.is_empty() {
        return Err(Error::invalid("There should be at least one redirect URI."));
    }
    for url in &urls {
        if Address::parse(url).is_none() {
            return Err(Error::invalid(format!("Invalid redirect URI {url}")));
        }
    }
    let row = OauthClient {
        id: tx.next_id(OauthClient::TABLE)?,
        identifier: name.clone(),
        secret: secret.map(|secret| r.keys.hash(Use::OauthSecret, secret.as_bytes())),
        kind: new.kind,
        is_trusted: new.is_trusted,
        urls,
    };
    tx.put(&row)?;
    Ok((view(row), too_long))
}

/// All clients by number.
pub(crate) fn list(tx: &impl Reads) -> Result<Vec<ClientView>> {
    let all = tx.scan::<OauthClient>(None, usize::MAX)?;
    Ok(all.into_iter().map(view).collect())
}

/// Removes a client by number or identifier, with its codes and tokens.
pub(crate) fn remove(tx: &WriteTx, name: &str) -> Result<ClientView> {
    let by_number = match name.parse::<u64>() {
        Ok(id) => tx.get::<OauthClient>(&id)?,
        Err(_) => None,
    };
    let found = match by_number {
        Some(row) => Some(row),
        None => tx.find_one::<OauthClient>("identifier", name)?,
    };
    let client = found.ok_or_else(|| Error::not_found("Client does not exist."))?;
    for code in tx.find::<OauthCode>("client", &(client.id,), None, usize::MAX)? {
        tx.remove::<OauthCode>(&code.hash)?;
    }
    for token in tx.find::<OauthToken>("client", &(client.id,), None, usize::MAX)? {
        tx.remove::<OauthToken>(&token.hash)?;
    }
    tx.remove::<OauthClient>(&client.id)?;
    Ok(view(client))
}

/// Who a client is; has it proved it?
fn identify(
    tx: &impl Reads,
    r: &Rules,
    given: &Credentials,
) -> Result<(OauthClient, bool), Refused> {
    let refuse = |text| Err(Refused::Client(INVALID_CLIENT, text));
    let named = given.client_id.as_deref();
    let Some(name) = given
        .basic
        .as_ref()
        .map(|(name, _)| name.as_str())
        .or(named)
    else {
        return refuse("Missing client identification");
    };
    if named.is_some_and(|named| named != name) {
        return refuse("Client identification conflicts with client authorization");
    }
    let client: Option<OauthClient> = tx.find_one("identifier", name)?;
    let Some((_, secret)) = &given.basic else {
        return match client {
            Some(client) => Ok((client, false)),
            None => refuse("No such client found"),
        };
    };
    let hash = r
        .keys
        .hash(Use::OauthSecret, secret.expose_secret().as_bytes());
    let known = client.as_ref().and_then(|client| client.secret);
    let right = same(&known.unwrap_or(Digest([0; 32])).0, &hash.0);
    match client.filter(|_| right && known.is_some()) {
        Some(client) => Ok((client, true)),
        None => refuse("Invalid credentials"),
    }
}

/// Checks an authorisation request (ID-OA2-03, ID-OA2-06).
pub(crate) fn check(tx: &impl Reads, r: &Rules, asked: &AskedGrant) -> Result<Grant, Refused> {
    let refuse = |code, text| Err(Refused::Client(code, text));
    match asked.response_type.as_deref() {
        Some("code") => {}
        None | Some("") => return refuse(INVALID_REQUEST, "Missing authorization type"),
        Some("token") => {
            return refuse(
                "unsupported_response_type",
                "Unsupported authorization type",
            );
        }
        Some(_) => return refuse("unsupported_response_type", "Invalid authorization type"),
    }
    let (client, _) = identify(tx, r, &asked.credentials)?;
    let redirect_uri = match asked.redirect_uri.as_deref() {
        Some(uri) if uri.len() > longest(r) => {
            return refuse(INVALID_REQUEST, "Redirect uri is too long");
        }
        Some(uri) => uri.to_owned(),
        None => client.urls.first().cloned().unwrap_or_default(),
    };
    let Some(target) = Address::parse(&redirect_uri) else {
        return refuse(INVALID_REQUEST, "Redirect uri is not an absolute URI");
    };
    let mut known = client.urls.iter().filter_map(|url| Address::parse(url));
    if !known.any(|known| target.is_below(&known)) {
        return refuse(INVALID_REQUEST, "Mismatching redirect uri");
    }
    let scope = asked.scope.as_deref().and_then(|s| s.split(' ').next());
    let scope = scope.filter(|scope| !scope.is_empty());
    let scope = scope.unwrap_or(&redirect_uri).to_owned();
    let state = asked.state.clone();
    if scope.len() > 5000 || state.as_ref().is_some_and(|state| state.len() > 5000) {
        return refuse(INVALID_REQUEST, "A parameter is too long");
    }
    let challenge = match (&asked.challenge, asked.challenge_method.as_deref()) {
        (None, None) => None,
        (Some(challenge), Some("S256")) if is_challenge(challenge) => Some(challenge.clone()),
        _ => return refuse(INVALID_REQUEST, "Invalid code challenge"),
    };
    if client.kind == ClientKind::Public && challenge.is_none() {
        return refuse(INVALID_REQUEST, "Missing code challenge");
    }
    Ok(Grant {
        client: view(client),
        redirect_uri,
        scope,
        state,
        challenge,
    })
}

/// A SHA-256 in URL-safe base64.
fn is_challenge(text: &str) -> bool {
    URL_SAFE_NO_PAD.decode(text).is_ok_and(|b| b.len() == 32)
}

/// Gives a code out (ID-OA2-07).
pub(crate) fn issue(
    tx: &WriteTx,
    cx: &Cx,
    r: &Rules,
    user: &User,
    grant: &Grant,
) -> Result<String> {
    if !user.is_active {
        return Err(Error::forbidden("User inactive"));
    }
    tx.must::<OauthClient>(&grant.client.id, "No such client found")?;
    let code = random(&*cx.ids, length(r, "OAUTH2_AUTHORIZATION_CODE_LENGTH"));
    tx.put(&OauthCode {
        hash: r.keys.hash(Use::OauthCode, code.as_bytes()),
        client: grant.client.id,
        user: user.no,
        redirect_uri: grant.redirect_uri.clone(),
        scope: grant.scope.clone(),
        state: grant.state.clone(),
        challenge: grant.challenge.clone(),
        expires: cx.now + CODE,
    })?;
    Ok(code)
}

/// Checks everything of a token request but the code itself, which [`redeem`] uses up
/// (ID-OA2-11).
pub(crate) fn admissible(
    tx: &impl Reads,
    cx: &Cx,
    r: &Rules,
    asked: &AskedToken,
) -> Result<OauthCode, Refused> {
    let refuse = |code, text| Err(Refused::Client(code, text));
    match asked.grant_type.as_deref() {
        Some("authorization_code") => {}
        None | Some("") => return refuse(INVALID_REQUEST, "Missing grant type"),
        Some(kind) if matches!(kind, "client_credentials" | "token") || kind.contains(':') => {
            return refuse("unsupported_grant_type", "Unsupported grant type");
        }
        Some(_) => return refuse("unsupported_grant_type", "Invalid grant type"),
    }
    let (client, proved) = identify(tx, r, &asked.credentials)?;
    if client.kind == ClientKind::Confidential && !proved {
        return refuse(INVALID_CLIENT, "Missing client authentication");
    }
    let unknown = || Refused::Client(INVALID_GRANT, "No such authorization code");
    let Some(code) = asked.code.as_deref().filter(|code| !code.is_empty()) else {
        return refuse(INVALID_REQUEST, "Missing authorization code");
    };
    let hash = r.keys.hash(Use::OauthCode, code.as_bytes());
    let row = tx.get::<OauthCode>(&hash)?;
    let row = row.filter(|row| row.client == client.id && cx.now < row.expires);
    let row = row.ok_or_else(unknown)?;
    let given = asked.redirect_uri.as_deref().and_then(Address::parse);
    if given.is_none() || given != Address::parse(&row.redirect_uri) {
        return refuse(INVALID_GRANT, "The redirect uri does not match");
    }
    let proof = asked.verifier.as_deref().map(|verifier| {
        let digest = sha2::Sha256::digest(verifier.as_bytes());
        URL_SAFE_NO_PAD.encode(digest)
    });
    match (&row.challenge, proof) {
        (None, None) => Ok(row),
        (Some(challenge), Some(proof)) if same(challenge.as_bytes(), proof.as_bytes()) => Ok(row),
        _ => refuse(INVALID_GRANT, "Invalid code verifier"),
    }
}

/// Uses a code up and makes a token; None when the code was used meanwhile.
pub(crate) fn redeem(
    tx: &WriteTx,
    cx: &Cx,
    r: &Rules,
    code: &OauthCode,
) -> Result<Option<(String, u64)>> {
    let Some(code) = tx.get::<OauthCode>(&code.hash)? else {
        return Ok(None);
    };
    let user = tx.get::<User>(&code.user)?.filter(|user| user.is_active);
    tx.remove::<OauthCode>(&code.hash)?;
    let Some(user) = user else {
        return Ok(None);
    };
    let seconds = u64::try_from(r.settings.int("OAUTH2_TOKEN_EXPIRES")).unwrap_or(0);
    let seconds = seconds.clamp(1, 86_400);
    let token = random(&*cx.ids, length(r, "OAUTH2_TOKEN_LENGTH"));
    tx.put(&OauthToken {
        hash: r.keys.hash(Use::OauthToken, token.as_bytes()),
        client: code.client,
        user: user.no,
        scope: code.scope,
        online: true,
        made_under: user.token.as_ref().map(|token| token.hash),
        expires: cx.now + Duration::from_secs(seconds),
    })?;
    Ok(Some((token, seconds)))
}

/// A token that is good, and whose rights it carries (ID-KST-20).
///
/// # Errors
/// `NotFound` with the texts of ID-KST-20.
pub(crate) fn validate(
    tx: &impl Reads,
    cx: &Cx,
    r: &Rules,
    token: &str,
) -> Result<(OauthToken, User)> {
    let unknown = || Error::not_found("No such token");
    let hash = r.keys.hash(Use::OauthToken, token.as_bytes());
    let row = tx.get::<OauthToken>(&hash)?.ok_or_else(unknown)?;
    if cx.now >= row.expires {
        return Err(Error::not_found("Token has expired"));
    }
    let user = tx.get::<User>(&row.user)?.filter(|user| user.is_active);
    let user = user.ok_or_else(unknown)?;
    let under = |token: &Token| cx.now < token.expires && Some(token.hash) == row.made_under;
    match !row.online || user.token.as_ref().is_some_and(under) {
        true => Ok((row, user)),
        false => Err(unknown()),
    }
}

/// Is this who it claims to be, with a secret where it has one? (ID-KST-22)
pub(crate) fn proves(tx: &impl Reads, r: &Rules, given: &Credentials) -> Result<(), Refused> {
    match identify(tx, r, given)? {
        (_, true) => Ok(()),
        _ => Err(Refused::Client(INVALID_CLIENT, "Invalid credentials")),
    }
}

/// Forgets what hangs on a person: codes, and tokens that end with a session, or all.
pub(crate) fn forget(tx: &WriteTx, user: UserNo, everything: bool) -> Result<()> {
    for token in tx.find::<OauthToken>("user", &(user,), None, usize::MAX)? {
        if token.online || everything {
            tx.remove::<OauthToken>(&token.hash)?;
        }
    }
    for code in tx.find::<OauthCode>("user", &(user,), None, usize::MAX)? {
        tx.remove::<OauthCode>(&code.hash)?;
    }
    Ok(())
}

/// Removes codes and tokens that are over, a slice at a time.
pub(crate) fn tidy(tx: &WriteTx, cx: &Cx, limit: usize) -> Result<usize> {
    let mut gone = 0;
    for code in tx.find::<OauthCode>("expires", &(), None, limit)? {
        if cx.now >= code.expires {
            tx.remove::<OauthCode>(&code.hash)?;
            gone += 1;
        }
    }
    for token in tx.find::<OauthToken>("expires", &(), None, limit)? {
        if cx.now >= token.expires {
            tx.remove::<OauthToken>(&token.hash)?;
            gone += 1;
        }
    }
    Ok(gone)
}
