//! API tokens (ID-TOK).

use crate::{
    events::{self, Event},
    handover,
    keys::{Use, random_token},
    oauth2,
    rows::{Token, User, save},
    rules::Rules,
    terms,
    view::TokenView,
};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use kernel::{Caller, Cx, Digest, Error, Result, Role, Timestamp, UserNo, secret::SecretString};
use std::collections::BTreeSet;
use store::{Reads, WriteTx};

fn place(user: UserNo) -> [u8; 8] {
    user.0.to_be_bytes()
}

/// A new token for a person; the old one is worth nothing once the row is stored.
pub(crate) fn make(cx: &Cx, r: &Rules, user: &mut User) -> Result<String> {
    let token = random_token(&*cx.ids);
    let sealed = sealed(cx, r, user.no, &token)?;
    user.token = Some(Token {
        hash: r.keys.hash(Use::Token, token.as_bytes()),
        sealed: STANDARD_NO_PAD.encode(sealed),
        created: cx.now,
        expires: cx.now + r.hours("ASTAKOS_AUTH_TOKEN_DURATION"),
    });
    Ok(token)
}

/// A token of a person as it is stored.
pub(crate) fn sealed(cx: &Cx, r: &Rules, user: UserNo, token: &str) -> Result<Vec<u8>> {
    r.keys.seal(&*cx.ids, &place(user), token)
}

/// Renews the token of a person (ID-TOK-02).
pub(crate) fn renew(tx: &WriteTx, cx: &Cx, r: &Rules, user: &mut User) -> Result<()> {
    make(cx, r, user)?;
    handover::forget_codes(tx, user.no)?;
    oauth2::forget(tx, user.no, false)?;
    save(tx, cx, user)?;
    events::publish(tx, user, Event::TokenRenewed)
}

/// The token to be shown to its owner.
pub(crate) fn show(r: &Rules, user: &User) -> Result<TokenView> {
    let none = || Error::not_found("There is no token.");
    let token = user.token.as_ref().ok_or_else(none)?;
    let sealed = STANDARD_NO_PAD
        .decode(&token.sealed)
        .map_err(Error::broken)?;
    Ok(TokenView {
        token: SecretString::from(r.keys.open(&place(user.no), &sealed)?),
        created: token.created,
        expires: token.expires,
    })
}

/// Who a token's hash belongs to, and until when.
///
/// # Errors
/// As of ID-TOK-03, but for the end of its life, which the caller compares (and which
/// is told before unsigned terms are).
pub(crate) fn owner(tx: &impl Reads, hash: &Digest, now: Timestamp) -> Result<(Caller, Timestamp)> {
    let user: Option<User> = tx.find_one("token", hash)?;
    let user = user.ok_or_else(|| Error::unauthorized("Invalid X-Auth-Token"))?;
    if !user.is_active {
        return Err(Error::unauthorized("User inactive"));
    }
    let expires = user
        .token
        .as_ref()
        .map_or(Timestamp::MIN, |token| token.expires);
    if now < expires && !terms::signed(tx, &user)? {
        return Err(Error::unauthorized("Pending approval terms"));
    }
    Ok((caller(&user), expires))
}

/// The rights of a person.
pub(crate) fn caller(user: &User) -> Caller {
    let own = user.uuid.own_project();
    Caller {
        user: user.uuid,
        roles: match user.is_superuser {
            true => BTreeSet::from([Role::Admin]),
            false => BTreeSet::new(),
        },
        projects: BTreeSet::from([own]),
        default_project: user.default_project.unwrap_or(own),
        origin: None,
    }
}
