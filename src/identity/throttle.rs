//! Slowing down guesses (ID-LOG-09, ID-LOG-10, ID-SEC-24).
//!
//! An attempt is counted before the password is looked at and taken back when it was
//! right, so that many at once cannot slip through. Login counters are rows and
//! survive a restart; the hourly limits of other forms live in memory.

use crate::rows::Attempts;
use kernel::{Cx, Error, Result, Timestamp};
use std::{
    collections::VecDeque,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use store::{Reads, WriteTx};

const USERNAME: u8 = 1;
const ADDRESS: u8 = 2;
const BOTH: u8 = 3;
const KNOWN: u8 = 4;
const INSIDE: u8 = 5;
const SECOND: u8 = 6;
const SECOND_ALL: u8 = 7;

/// After so long without an attempt counting starts anew; also how long a lock lasts.
const MEMORY: Duration = Duration::from_secs(15 * 60);
/// Failures of one name from one address that lock the pair.
const LOCK: u32 = 20;
/// Attempts that cost nothing, of most kinds.
const FREE: u32 = 4;
/// Of an address, which many may share.
const FREE_ADDRESS: u32 = 20;
/// Of all strangers who know somebody's password and guess at the second factor: so many
/// that nobody makes the owner wait, so few that guessing is hopeless.
const FREE_SECOND: u32 = 100;

/// The part of an address that one customer has: all of IPv4, a /64 of IPv6.
pub(crate) fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

fn wait(row: &Attempts, now: Timestamp) -> Option<u32> {
    let pause = match row.kind {
        BOTH if row.count >= LOCK => MEMORY,
        KNOWN | INSIDE | SECOND if row.count >= LOCK => MEMORY,
        BOTH => return None,
        kind => {
            let free = match kind {
                ADDRESS => FREE_ADDRESS,
                SECOND_ALL => FREE_SECOND,
                _ => FREE,
            };
            let over = row.count.checked_sub(free)?;
            Duration::from_secs((1u64 << over.min(6)).min(60))
        }
    };
    let until = row.last + pause;
    let left = until.as_second() - now.as_second();
    (now < until).then(|| u32::try_from(left.max(1)).unwrap_or(u32::MAX))
}

/// The counter of a subject, from nothing when it was forgotten.
fn counter(tx: &impl Reads, cx: &Cx, kind: u8, subject: &str) -> Result<Attempts> {
    let row = tx.get::<Attempts>(&(kind, subject.to_owned()))?;
    Ok(row
        .filter(|row| cx.now < row.last + MEMORY)
        .unwrap_or(Attempts {
            kind,
            subject: subject.to_owned(),
            count: 0,
            last: cx.now,
        }))
}

/// Whose attempts are counted together.
#[derive(Clone, Debug)]
pub(crate) enum Who {
    /// Anybody: by name, by address, and by both.
    Anybody(String, IpAddr),
    /// Somebody in a browser that logged in under this name before, by its number
    /// (`device`): apart from what others try, so that nobody can lock the owner out.
    Known(String, String),
    /// Somebody who knows the password of this name, at its second factor: by name and
    /// address together, so that a stolen password keeps nobody out elsewhere.
    Second(String, IpAddr),
    /// Somebody who is logged in, about to prove it again: nobody outside can use
    /// their attempts up.
    Inside(String),
}

fn subjects(who: &Who) -> Vec<(u8, String)> {
    let short = |name: &str| name.chars().take(254).collect::<String>();
    match who {
        Who::Anybody(username, address) => {
            let (username, network) = (short(username), network(*address));
            vec![
                (BOTH, format!("{username} {network}")),
                (USERNAME, username),
                (ADDRESS, network),
            ]
        }
        Who::Second(username, address) => {
            let (username, network) = (short(username), network(*address));
            vec![
                (SECOND, format!("{username} {network}")),
                (SECOND_ALL, username),
                (ADDRESS, network),
            ]
        }
        Who::Known(username, device) => vec![(KNOWN, format!("{} {device}", short(username)))],
        Who::Inside(username) => vec![(INSIDE, short(username))],
    }
}

/// Counts an attempt of anybody.
///
/// # Errors
/// As [`attempt_by`].
pub(crate) fn attempt(tx: &WriteTx, cx: &Cx, username: &str, address: IpAddr) -> Result<()> {
    attempt_by(tx, cx, &Who::Anybody(username.to_owned(), address))
}

/// Would an attempt be counted now? None is.
///
/// # Errors
/// `Busy`, with the time to wait.
pub(crate) fn may_attempt(tx: &impl Reads, cx: &Cx, who: &Who) -> Result<()> {
    counters(tx, cx, who).map(drop)
}

/// The counters of an attempt that may be made.
fn counters(tx: &impl Reads, cx: &Cx, who: &Who) -> Result<Vec<Attempts>> {
    let mut rows = Vec::new();
    for (kind, subject) in subjects(who) {
        let row = counter(tx, cx, kind, &subject)?;
        if let Some(retry_after) = wait(&row, cx.now) {
            return Err(Error::Busy { retry_after });
        }
        rows.push(row);
    }
    Ok(rows)
}

/// Counts an attempt to log in.
///
/// # Errors
/// `Busy`, with the time to wait; then nothing is counted.
pub(crate) fn attempt_by(tx: &WriteTx, cx: &Cx, who: &Who) -> Result<()> {
    for mut row in counters(tx, cx, who)? {
        row.count += 1;
        row.last = cx.now;
        tx.put(&row)?;
    }
    Ok(())
}

/// Takes an attempt of anybody back that was right.
pub(crate) fn succeeded(tx: &WriteTx, cx: &Cx, username: &str, address: IpAddr) -> Result<()> {
    succeeded_by(tx, cx, &Who::Anybody(username.to_owned(), address))
}

/// Takes an attempt back that was right: the name starts anew; the address, and what all
/// strangers have in common, lose one.
pub(crate) fn succeeded_by(tx: &WriteTx, cx: &Cx, who: &Who) -> Result<()> {
    for (kind, subject) in subjects(who) {
        let mut row = counter(tx, cx, kind, &subject)?;
        row.count = if matches!(kind, ADDRESS | SECOND_ALL) {
            row.count.saturating_sub(1)
        } else {
            0
        };
        match row.count {
            0 => drop(tx.remove::<Attempts>(&(kind, subject))?),
            _ => tx.put(&row)?,
        }
    }
    Ok(())
}

/// Removes counters that no longer count, a slice at a time.
pub(crate) fn forget(tx: &WriteTx, cx: &Cx, limit: usize) -> Result<usize> {
    let old = tx.find::<Attempts>("last", &(), None, limit)?;
    let mut gone = 0;
    for row in old.iter().filter(|row| cx.now >= row.last + MEMORY) {
        tx.remove::<Attempts>(&store::Row::key(row))?;
        gone += 1;
    }
    Ok(gone)
}

/// How many recent uses somebody may make of a form.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Quota {
    pub(crate) name: &'static str,
    pub(crate) uses: usize,
    pub(crate) within: Duration,
}

const HOUR: Duration = Duration::from_secs(3600);

/// Sign-ups of an address.
pub(crate) const SIGN_UP: Quota = Quota {
    name: "signup",
    uses: 10,
    within: HOUR,
};
/// Password links of an address, and of a name.
pub(crate) const RESET: Quota = Quota {
    name: "reset",
    uses: 5,
    within: HOUR,
};
/// Answers to captchas from an address: each is a row, and a question to whoever judges it.
pub(crate) const CAPTCHA: Quota = Quota {
    name: "captcha",
    uses: 60,
    within: MINUTE,
};
/// Verification mails of an address.
pub(crate) const RESEND: Quota = Quota {
    name: "resend",
    uses: 20,
    within: HOUR,
};
/// Verification mails of an account.
pub(crate) const RESEND_USER: Quota = Quota {
    name: "resend-user",
    uses: 1,
    within: Duration::from_secs(300),
};
/// Feedback from an address.
pub(crate) const FEEDBACK: Quota = Quota {
    name: "feedback",
    uses: 10,
    within: HOUR,
};
/// Invitations from an address.
pub(crate) const INVITE: Quota = Quota {
    name: "invite",
    uses: 20,
    within: HOUR,
};
/// Changes of address asked for from an address.
pub(crate) const EMAIL_CHANGE: Quota = Quota {
    name: "email-change",
    uses: 10,
    within: HOUR,
};
/// Links for attaching an identity, asked for from an address and for one.
pub(crate) const SWITCH: Quota = Quota {
    name: "switch",
    uses: 5,
    within: HOUR,
};
/// Addresses looked up by a person (ID-ACC-12).
pub(crate) const LOOKUP: Quota = Quota {
    name: "lookup",
    uses: 600,
    within: HOUR,
};

/// Attempts to log in under a name.
const LOGIN: &str = "login";
const MINUTE: Duration = Duration::from_secs(60);
/// More attempts than these need not be known.
const MOST: usize = 100;
/// Tokens of an address that were not good (ID-SEC-24).
pub(crate) const BAD_TOKEN: Quota = Quota {
    name: "bad-token",
    uses: 60,
    within: Duration::from_secs(60),
};

type Uses = Arc<Mutex<VecDeque<Timestamp>>>;

/// Recent uses, in memory.
#[derive(Clone)]
pub(crate) struct Recent(moka::sync::Cache<(&'static str, String), Uses>);

impl Default for Recent {
    fn default() -> Self {
        Recent(moka::sync::Cache::new(100_000))
    }
}

impl Recent {
    /// Attempts to log in under a name within the last minute (ID-LOG-09).
    pub(crate) fn lately(&self, name: &str, now: Timestamp) -> usize {
        let Some(uses) = self.0.get(&(LOGIN, name.to_owned())) else {
            return 0;
        };
        let uses = uses.lock().unwrap_or_else(PoisonError::into_inner);
        uses.iter().filter(|t| now < **t + MINUTE).count()
    }

    /// Notes an attempt to log in under a name.
    pub(crate) fn attempted(&self, name: &str, now: Timestamp) {
        let uses = self.0.get_with((LOGIN, name.to_owned()), Uses::default);
        let mut uses = uses.lock().unwrap_or_else(PoisonError::into_inner);
        while uses.len() >= MOST || uses.front().is_some_and(|t| now >= *t + MINUTE) {
            uses.pop_front();
        }
        uses.push_back(now);
    }

    /// The right password was given: the name starts anew.
    pub(crate) fn forgive(&self, name: &str) {
        self.0.invalidate(&(LOGIN, name.to_owned()));
    }

    /// Is there room for another use? None is noted.
    ///
    /// # Errors
    /// `Busy` when there is none.
    pub(crate) fn room(&self, quota: Quota, subject: &str, now: Timestamp) -> Result<()> {
        self.within(quota, subject, 1, now, |_| {})
    }

    /// Notes `n` uses.
    ///
    /// # Errors
    /// `Busy` when that is too many; then none is noted.
    pub(crate) fn note(&self, quota: Quota, subject: &str, n: usize, now: Timestamp) -> Result<()> {
        let add = |uses: &mut VecDeque<Timestamp>| uses.extend(std::iter::repeat_n(now, n));
        self.within(quota, subject, n, now, add)
    }

    /// Does something with recent uses when there is room for `n` more.
    fn within(
        &self,
        quota: Quota,
        subject: &str,
        n: usize,
        now: Timestamp,
        then: impl FnOnce(&mut VecDeque<Timestamp>),
    ) -> Result<()> {
        let key = (quota.name, subject.to_owned());
        let uses = self.0.get_with(key, Uses::default);
        let mut uses = uses.lock().unwrap_or_else(PoisonError::into_inner);
        while uses.front().is_some_and(|t| now >= *t + quota.within) {
            uses.pop_front();
        }
        if uses.len() + n > quota.uses {
            let left = uses
                .front()
                .map_or(1, |t| (*t + quota.within).as_second() - now.as_second());
            let retry_after = u32::try_from(left.max(1)).unwrap_or(60);
            return Err(Error::Busy { retry_after });
        }
        then(&mut uses);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // ID-LOG-10
    #[test]
    fn a_customer_of_ipv6_has_a_64() {
        let net = |a: &str| network(a.parse().unwrap());
        assert_eq!(net("2001:db8:1:2:3::1"), net("2001:db8:1:2::9"));
        assert_ne!(net("2001:db8:1:2::1"), net("2001:db8:1:3::1"));
        assert_eq!(net("::ffff:10.0.0.1"), "10.0.0.1");
    }

    // ID-SEC-24
    #[test]
    fn recent_uses_are_limited_and_forgotten() {
        let recent = Recent::default();
        let at = |s| Timestamp::from_second(s).unwrap();
        for n in 0..5 {
            recent.note(RESET, "a", 1, at(n)).unwrap();
        }
        let Err(Error::Busy { retry_after }) = recent.note(RESET, "a", 1, at(10)) else {
            panic!("six in an hour");
        };
        assert_eq!(retry_after, 3590);
        recent.note(RESET, "b", 1, at(10)).unwrap();
        recent.note(RESET, "a", 1, at(3600)).unwrap();
        assert!(recent.note(RESET, "a", 1, at(3600)).is_err());
    }
}
