//! Removing what is over, a slice at a time (ID-CLI-26, ID-SES-06, ID-VER-06).

use crate::{
    captcha,
    email_change::EmailChange,
    events, factor, handover,
    moderation::ModerationLink,
    oauth2, pending,
    rows::{Reset, Session, User},
    rules::Rules,
    scoped, sign_up, switch, throttle,
    view::AccountState,
};
use kernel::{Cx, Result};
use std::time::Duration;
use store::{Reads, WriteTx};

const SLICE: usize = 200;
/// Accounts never verified are removed after so long.
const UNVERIFIED: Duration = Duration::from_secs(30 * 86_400);

/// One slice; how many rows went.
pub(crate) fn tidy(tx: &WriteTx, cx: &Cx, r: &Rules) -> Result<usize> {
    let mut gone = throttle::forget(tx, cx, SLICE)?;
    gone += mailed(tx, cx, r)?;
    events::trim(tx)?;
    gone += pending::tidy(tx, cx, SLICE)?;
    gone += switch::tidy(tx, cx, SLICE)?;
    gone += factor::tidy(tx, cx, SLICE)?;
    gone += captcha::tidy(tx, cx, SLICE)?;
    for session in tx.find::<Session>("expires", &(), None, SLICE)? {
        if cx.now >= session.expires {
            tx.remove::<Session>(&session.hash)?;
            gone += 1;
        }
    }
    for reset in tx.find::<Reset>("expires", &(), None, SLICE)? {
        if cx.now >= reset.expires {
            tx.remove::<Reset>(&reset.hash)?;
            gone += 1;
        }
    }
    gone += oauth2::tidy(tx, cx, SLICE)?;
    gone += scoped::tidy(tx, cx, SLICE)?;
    gone += handover::tidy(tx, cx, SLICE)?;
    // By number, which is not always by age: an import brings old accounts late.
    let state = AccountState::Unverified as u8;
    for user in tx.find::<User>("state", &(state,), None, SLICE)? {
        let old = cx.now >= user.joined + UNVERIFIED;
        if old && !sign_up::blocks(&user) && !user.is_superuser {
            sign_up::delete(tx, &user)?;
            gone += 1;
        }
    }
    Ok(gone)
}

/// Links that were mailed and are too old.
fn mailed(tx: &WriteTx, cx: &Cx, r: &Rules) -> Result<usize> {
    let mut gone = 0;
    for link in tx.find::<ModerationLink>("expires", &(), None, SLICE)? {
        if cx.now >= link.expires {
            tx.remove::<ModerationLink>(&link.id)?;
            gone += 1;
        }
    }
    let Some(days) = r.days("ASTAKOS_EMAILCHANGE_ACTIVATION_DAYS") else {
        return Ok(gone);
    };
    for change in tx.find::<EmailChange>("requested", &(), None, SLICE)? {
        if cx.now >= change.requested + days {
            tx.remove::<EmailChange>(&change.user)?;
            gone += 1;
        }
    }
    Ok(gone)
}
