//! Decisions about applicants by links that were mailed (goes beyond the original).
//!
//! Each of those who are told about an applicant gets a link of their own. Invariants:
//! a link is signed, ends after `ASTAKOS_MODERATION_LINK_DAYS`, and decides at most
//! once; looking at it changes nothing; after a decision, whoever took it, every link
//! of the applicant only tells it; who decided is the recipient the link was made for.

use crate::{
    audit::{self, Act},
    keys::Use,
    mails,
    rows::{User, domain, save},
    rules::Rules,
    state, users,
    view::{AccountState, ClientInfo, UserView},
};
use kernel::{Cx, Error, Origin, Result, Timestamp, UserNo, Who};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use store::{IndexSet, Reads, Row, WriteTx};

/// Accounts of the same domain that are shown.
const RELATIVES: usize = 10;
/// Applicants a digest names.
const DIGEST: usize = 50;
/// Longest reason.
const REASON: usize = 1000;

/// A link that was mailed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModerationLink {
    /// Its number.
    pub id: u64,
    /// The applicant.
    pub user: UserNo,
    /// For whom it was made.
    pub recipient: String,
    /// Until when it is good.
    pub expires: Timestamp,
    /// When it decided.
    pub used: Option<Timestamp>,
}

impl Row for ModerationLink {
    type Key = u64;
    const TABLE: &'static str = "identity.moderation_link";
    fn key(&self) -> u64 {
        self.id
    }
    fn indexes(&self, ix: &mut IndexSet) {
        ix.add("user", self.user);
        ix.add("expires", self.expires);
    }
}

/// When the last digest was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DigestMark {
    /// Always 0: there is one.
    pub id: u8,
    /// When.
    pub at: Timestamp,
}

impl Row for DigestMark {
    type Key = u8;
    const TABLE: &'static str = "identity.digest";
    fn key(&self) -> u8 {
        self.id
    }
}

/// What somebody decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Let the applicant in.
    Accept,
    /// Turn the applicant away, for a reason.
    Reject(String),
}

/// Another account of the applicant's domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relative {
    /// Its number.
    pub no: UserNo,
    /// Its address.
    pub email: String,
    /// Its state.
    pub state: AccountState,
    /// When it was made.
    pub joined: Timestamp,
}

/// What a mailed link is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moderation {
    /// For whom the link was made.
    pub recipient: String,
    /// The applicant.
    pub user: UserView,
    /// What the applicant wrote.
    pub message: String,
    /// Accounts of the same domain, newest first.
    pub relatives: Vec<Relative>,
    /// Are there more of them?
    pub more_relatives: bool,
    /// The decision, once there is one.
    pub decided: Option<Decided>,
}

/// A decision that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// By whom; empty when nobody is known.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Accepted, or turned away?
    pub accepted: bool,
    /// Was it this call that decided?
    pub just_now: bool,
}

/// The address of a link for one recipient, and until when it is good: the one they
/// have while half of its time or more is left, else a new one.
pub(crate) fn link(
    tx: &WriteTx,
    cx: &Cx,
    r: &Rules,
    user: &User,
    recipient: &str,
) -> Result<(String, Timestamp)> {
    let days = r.days("ASTAKOS_MODERATION_LINK_DAYS");
    let life = days.unwrap_or(Duration::from_secs(36_500 * 86_400));
    let mine = tx.find::<ModerationLink>("user", &(user.no,), None, 1000)?;
    let good = mine
        .into_iter()
        .find(|row| row.recipient == recipient && cx.now + life / 2 <= row.expires);
    let row = match good {
        Some(row) => row,
        None => {
            let row = ModerationLink {
                id: tx.next_id(ModerationLink::TABLE)?,
                user: user.no,
                recipient: recipient.to_owned(),
                expires: cx.now + life,
                used: None,
            };
            tx.put(&row)?;
            row
        }
    };
    let token = r.keys.sign(Use::Moderation, row.id, row.expires);
    let url = format!("{}/ui/moderate/{token}", r.settings.base_url());
    Ok((url, row.expires))
}

fn of_token(tx: &impl Reads, cx: &Cx, r: &Rules, token: &str) -> Result<(ModerationLink, User)> {
    let invalid = || Error::not_found("MODERATION_LINK_INVALID");
    let id = r.keys.signed(Use::Moderation, token, cx.now);
    let row: Option<ModerationLink> = match id {
        Some(id) => tx.get(&id)?,
        None => None,
    };
    // Who is asked no more decides no more.
    let asked = |row: &ModerationLink| {
        let people = r.settings.people("ACCOUNT_PENDING_MODERATION_RECIPIENTS");
        let mut now = people.iter().map(|(_, address)| address);
        now.any(|address| address.eq_ignore_ascii_case(&row.recipient))
    };
    let good = |row: &ModerationLink| cx.now < row.expires && asked(row);
    let row = row.filter(good).ok_or_else(invalid)?;
    let user = tx.get::<User>(&row.user)?.ok_or_else(invalid)?;
    Ok((row, user))
}

fn decided(user: &User, just_now: bool) -> Option<Decided> {
    let at = user.moderated_at.filter(|_| user.moderated)?;
    Some(Decided {
        by: user.life.decided_by.clone().unwrap_or_default(),
        at,
        accepted: !user.is_rejected,
        just_now,
    })
}

fn relatives(tx: &impl Reads, user: &User) -> Result<(Vec<Relative>, bool)> {
    let domain = domain(&user.username);
    let mut all = tx.find::<User>("domain", &(domain,), None, RELATIVES + 2)?;
    all.retain(|other| other.no != user.no);
    let more = all.len() > RELATIVES;
    all.truncate(RELATIVES);
    let relative = |other: User| Relative {
        no: other.no,
        state: other.state(),
        joined: other.joined,
        email: other.email,
    };
    Ok((all.into_iter().map(relative).collect(), more))
}

fn view(tx: &impl Reads, recipient: String, user: User, just_now: bool) -> Result<Moderation> {
    let (relatives, more_relatives) = relatives(tx, &user)?;
    Ok(Moderation {
        recipient,
        message: user.life.message.clone().unwrap_or_default(),
        relatives,
        more_relatives,
        decided: decided(&user, just_now),
        user: users::view(tx, user)?,
    })
}

/// What a link is about; changes nothing.
pub(crate) fn look(tx: &impl Reads, cx: &Cx, r: &Rules, token: &str) -> Result<Moderation> {
    let (row, user) = of_token(tx, cx, r, token)?;
    view(tx, row.recipient, user, false)
}

/// The recipient of a link as the one who acts, from where the click came.
fn origin(recipient: &str, client: &ClientInfo) -> Origin {
    Origin {
        who: Who::Recipient(recipient.to_owned()),
        name: recipient.to_owned(),
        from: client.address.to_canonical().to_string(),
        request: None,
    }
}

/// Decides by a link, once; when a decision was taken already, tells it.
pub(crate) fn decide(
    tx: &WriteTx,
    cx: &Cx,
    r: &Rules,
    token: &str,
    decision: &Decision,
    client: &ClientInfo,
) -> Result<Moderation> {
    let (mut row, mut user) = of_token(tx, cx, r, token)?;
    if user.moderated {
        return view(tx, row.recipient, user, false);
    }
    let before = user.clone();
    let what = match decision {
        Decision::Accept => {
            state::accept(tx, cx, r, &mut user)?;
            "accept"
        }
        Decision::Reject(reason) => {
            let reason = reason.trim();
            if reason.is_empty() {
                return Err(Error::field("reason", "REQUIRED_FIELD"));
            }
            if reason.chars().count() > REASON {
                return Err(Error::field("reason", "NAME_TOO_LONG"));
            }
            state::reject(tx, cx, &mut user, reason)?;
            "reject"
        }
    };
    user.life.decided_by = Some(row.recipient.clone());
    save(tx, cx, &mut user)?;
    row.used = Some(cx.now);
    tx.put(&row)?;
    let fields = audit::changes(tx, Some(&before), Some(&user))?;
    let act = Act::new(format!("user.{what}"), audit::target(&user)).and(fields);
    audit::record_from(tx, cx, &origin(&row.recipient, client), act)?;
    view(tx, row.recipient, user, true)
}

/// Links die with the account they are about.
pub(crate) fn forget(tx: &WriteTx, user: UserNo) -> Result<()> {
    for row in tx.find::<ModerationLink>("user", &(user,), None, 1000)? {
        tx.remove::<ModerationLink>(&row.id)?;
    }
    Ok(())
}

/// Mails everybody who decides a list of those who wait, when the interval of
/// `ASTAKOS_MODERATION_DIGEST_HOURS` is over and somebody waits; how many mails.
pub(crate) fn digest(tx: &WriteTx, cx: &Cx, r: &Rules) -> Result<usize> {
    let hours = u64::try_from(r.settings.int("ASTAKOS_MODERATION_DIGEST_HOURS")).unwrap_or(0);
    let interval = Duration::from_secs(hours.min(876_000) * 3600);
    let mark = tx.get::<DigestMark>(&0)?;
    let due = match &mark {
        // The interval begins with the first look.
        None => false,
        Some(mark) => cx.now >= mark.at + interval,
    };
    if hours == 0 || (mark.is_some() && !due) {
        return Ok(0);
    }
    tx.put(&DigestMark { id: 0, at: cx.now })?;
    if !due {
        return Ok(0);
    }
    let state = AccountState::Unmoderated as u8;
    let waiting = tx.find::<User>("state", &(state,), None, DIGEST)?;
    match waiting.is_empty() {
        true => Ok(0),
        false => mails::digest(tx, cx, r, &waiting),
    }
}
