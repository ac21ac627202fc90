//! Browser sessions (ID-SES).

use crate::{
    keys::{Use, random_token},
    rows::{Session, User},
    rules::Rules,
    view::{ClientInfo, SessionInfo},
};
use kernel::{Cx, Digest, Result, Timestamp, UserNo};
use std::time::Duration;
use store::{Reads, WriteTx};

/// A session in use is marked as seen so often.
const SEEN: Duration = Duration::from_secs(300);

/// Most sessions of a person; one more ends the oldest.
pub(crate) const MOST: usize = 50;

/// Begins a session; returns the cookie's value and the row.
pub(crate) fn open(
    tx: &WriteTx,
    cx: &Cx,
    r: &Rules,
    user: &User,
    client: &ClientInfo,
    second: bool,
) -> Result<(String, Session)> {
    let there = tx.find::<Session>("user", &(user.no,), None, usize::MAX)?;
    for oldest in there.iter().take((there.len() + 1).saturating_sub(MOST)) {
        tx.remove::<Session>(&oldest.hash)?;
    }
    let cookie = random_token(&*cx.ids);
    let session = Session {
        hash: r.keys.hash(Use::Session, cookie.as_bytes()),
        user: user.no,
        created: cx.now,
        seen: cx.now,
        expires: r.session_end(cx.now, user.token.as_ref().map(|token| token.expires)),
        address: client.address.to_canonical().to_string(),
        user_agent: client
            .user_agent
            .chars()
            .filter(|c| !c.is_control())
            .take(256)
            .collect(),
        second,
    };
    tx.put(&session)?;
    Ok((cookie, session))
}

/// The live session of a cookie's hash and its active person.
pub(crate) fn live(
    tx: &impl Reads,
    cx: &Cx,
    r: &Rules,
    hash: &Digest,
) -> Result<Option<(Session, User)>> {
    let Some(session) = tx.get::<Session>(hash)? else {
        return Ok(None);
    };
    let idle = r.settings.int("ASTAKOS_SESSION_IDLE_HOURS");
    let idle = u64::try_from(idle).unwrap_or(0).min(876_000);
    // `seen` lags behind by up to its interval.
    let too_idle = idle > 0 && cx.now > session.seen + Duration::from_secs(idle * 3600) + SEEN;
    if cx.now >= session.expires || too_idle {
        return Ok(None);
    }
    let user = tx.get::<User>(&session.user)?;
    Ok(user
        .filter(|user| user.is_active)
        .map(|user| (session, user)))
}

/// The live sessions of a person, newest first; `own` is the one that asks.
pub(crate) fn list(
    tx: &impl Reads,
    user: UserNo,
    now: Timestamp,
    own: Option<&Digest>,
) -> Result<Vec<SessionInfo>> {
    let mut all = tx.find::<Session>("user", &(user,), None, 1000)?;
    all.retain(|session| now < session.expires);
    all.sort_by_key(|session| std::cmp::Reverse(session.created));
    let info = |session: Session| SessionInfo {
        id: session.hash.to_string(),
        current: Some(&session.hash) == own,
        created: session.created,
        seen: session.seen,
        expires: session.expires,
        address: session.address,
        user_agent: session.user_agent,
    };
    Ok(all.into_iter().map(info).collect())
}

/// Should this use be noted?
pub(crate) fn is_stale(session: &Session, cx: &Cx) -> bool {
    cx.now >= session.seen + SEEN
}

/// Notes that a session was used.
pub(crate) fn touch(tx: &WriteTx, cx: &Cx, hash: &Digest) -> Result<()> {
    match tx.get::<Session>(hash)? {
        Some(mut session) if session.seen < cx.now => {
            session.seen = cx.now;
            tx.put(&session)
        }
        _ => Ok(()),
    }
}

/// The same session under a new key (ID-PWD-12); returns the cookie's value.
pub(crate) fn rotate(tx: &WriteTx, cx: &Cx, r: &Rules, hash: &Digest) -> Result<Option<String>> {
    let Some(mut session) = tx.remove::<Session>(hash)? else {
        return Ok(None);
    };
    let cookie = random_token(&*cx.ids);
    session.hash = r.keys.hash(Use::Session, cookie.as_bytes());
    session.seen = cx.now;
    tx.put(&session)?;
    Ok(Some(cookie))
}

/// Ends all sessions of a person but one (ID-SES-05), and logins that are half done.
pub(crate) fn flush(tx: &WriteTx, user: UserNo, except: Option<&Digest>) -> Result<()> {
    crate::factor::flush(tx, user)?;
    for session in tx.find::<Session>("user", &(user,), None, usize::MAX)? {
        if Some(&session.hash) != except {
            tx.remove::<Session>(&session.hash)?;
        }
    }
    Ok(())
}
