//! What people change about themselves.

use super::{Service, must};
use crate::{
    access, admin,
    keys::Use,
    mails,
    notice::{self, Notice},
    profile,
    rows::{Password, User},
    rules::Rules,
    session,
    throttle::{self, Who},
    token,
    view::{ClientInfo, NewPassword, PasswordChange, TokenView},
};
use kernel::{Cx, Digest, Error, Result, UserId};
use store::{Reads, WriteTx};

/// A change of password whose owner gave the present one.
pub(super) struct Proved {
    who: Who,
    /// Hash of the present password, which must be there still.
    before: String,
    hash: String,
    renew: bool,
    /// The session it is done in.
    own: Digest,
    client: ClientInfo,
}

impl Proved {
    /// Puts the new password; the session's new cookie, and as [`access::new_password`].
    pub(super) fn put(
        &self,
        tx: &WriteTx,
        cx: &Cx,
        r: &Rules,
        person: &mut User,
    ) -> Result<(String, Option<String>)> {
        let now = tx.get::<Password>(&person.no)?;
        if now.is_none_or(|now| now.hash != self.before) {
            return Err(Error::field("old_password", "PASSWORD_INCORRECT"));
        }
        throttle::succeeded_by(tx, cx, &self.who)?;
        let called_off = access::new_password(tx, cx, r, person, &self.hash, self.renew)?;
        session::flush(tx, person.no, Some(&self.own))?;
        let changed = Notice::PasswordChanged(called_off.clone());
        notice::tell(tx, cx, r, person, &changed, Some(&self.client))?;
        let cookie = session::rotate(tx, cx, r, &self.own)?;
        let over = || Error::unauthorized("The session is over.");
        Ok((cookie.ok_or_else(over)?, called_off))
    }
}

impl Service {
    /// The API token of a user, to be shown to them.
    pub async fn token_of(&self, user: UserId) -> Result<TokenView> {
        let rules = self.rules();
        self.store
            .read_now(|tx| token::show(&rules, &must(tx, user)?))
    }

    /// Makes a new API token; the old one stops working at once (ID-TOK-02).
    pub async fn renew_token(&self, user: UserId) -> Result<TokenView> {
        let renewed = self.write(move |tx, cx, r| {
            let mut user = must(tx, user)?;
            token::renew(tx, cx, r, &mut user)?;
            Ok((token::show(r, &user)?, user.log_display()))
        });
        let (token, whose) = renewed.await?;
        tracing::info!(target: "astakos.im", "{whose} has a new token");
        Ok(token)
    }

    /// Changes a password; all other sessions end, this one gets a new cookie
    /// (ID-PWD-12), and a change of address that waits is called off.
    ///
    /// # Errors
    /// `Invalid` with a field and a message key; `Busy` past the limits of logins.
    pub async fn change_password(
        &self,
        user: UserId,
        change: PasswordChange,
        cookie: &str,
        client: &ClientInfo,
    ) -> Result<NewPassword> {
        let proved = self.prove_password(user, change, cookie, client).await?;
        let put = self.write(move |tx, cx, r| {
            let mut person = must(tx, user)?;
            let put = proved.put(tx, cx, r, &mut person)?;
            Ok((put, person.log_display()))
        });
        let (put, whose) = put.await?;
        tracing::info!(target: "astakos.im", "{whose} has a new password");
        Ok(NewPassword::from(put))
    }

    /// Compares the present password and hashes the new one; nothing is changed yet but
    /// the count of attempts.
    pub(super) async fn prove_password(
        &self,
        user: UserId,
        change: PasswordChange,
        cookie: &str,
        client: &ClientInfo,
    ) -> Result<Proved> {
        let rules = self.rules();
        let (person, stored) = self.store.read_now(|tx| {
            let person = must(tx, user)?;
            let usable = profile::changes_password(tx, &rules, &person)?;
            let stored = tx.get::<Password>(&person.no)?.filter(|_| usable);
            Ok((person, stored))
        })?;
        let stored =
            stored.ok_or_else(|| Error::conflict("AUTH_PROVIDER_CANNOT_CHANGE_PASSWORD"))?;
        self.acceptable("new_password1", &change.new, &person)?;
        let who = Who::Inside(person.username.clone());
        let counted = who.clone();
        self.write(move |tx, cx, _| throttle::attempt_by(tx, cx, &counted))
            .await?;
        let ids = self.cx.cx().ids;
        let compared = Some(stored.hash.clone());
        let (right, _) = self
            .hasher
            .check(ids.clone(), change.old, compared, 0)
            .await?;
        if !right {
            return Err(Error::field("old_password", "PASSWORD_INCORRECT"));
        }
        Ok(Proved {
            who,
            before: stored.hash,
            hash: self.hasher.hash(ids, change.new).await?,
            renew: change.renew_token,
            own: self.keys.hash(Use::Session, cookie.as_bytes()),
            client: client.clone(),
        })
    }

    /// Mails feedback to the people who read it (ID-ACC-05).
    ///
    /// # Errors
    /// `Invalid` without a message; `Busy` past ten in an hour from an address (ID-SEC-24).
    pub async fn feedback(
        &self,
        user: UserId,
        message: String,
        data: String,
        client: &ClientInfo,
    ) -> Result<()> {
        if message.trim().is_empty() {
            return Err(Error::field("feedback_msg", "Invalid data"));
        }
        if message.len() > 64 << 10 || data.len() > 64 << 10 {
            return Err(Error::too_large("The message is too long."));
        }
        let now = self.cx.cx().now;
        let subject = throttle::network(client.address);
        self.recent.note(throttle::FEEDBACK, &subject, 1, now)?;
        self.write(move |tx, _, r| mails::feedback(tx, r, &must(tx, user)?, &message, &data))
            .await
    }

    /// Notes that a person looks `n` addresses up (ID-ACC-12).
    ///
    /// # Errors
    /// `Busy` past the hourly limit; `TooLarge` for more than will ever be within it.
    pub fn note_lookups(&self, user: UserId, n: usize) -> Result<()> {
        let most = throttle::LOOKUP.uses;
        if n > most {
            let text = format!("At most {most} addresses can be looked up in an hour.");
            return Err(Error::too_large(text));
        }
        let now = self.cx.cx().now;
        self.recent
            .note(throttle::LOOKUP, &user.to_string(), n, now)
    }

    /// Sets where requests without a project are charged (ID-ACC-20).
    ///
    /// # Errors
    /// `NotFound` for a project the user is not in; `Conflict` with a message key when
    /// the account's state does not allow it.
    pub async fn set_default_project(&self, user: UserId, project: &str) -> Result<()> {
        let project = project.to_owned();
        self.write(move |tx, cx, _| {
            let mut user = must(tx, user)?;
            admin::set_default_project(tx, cx, &mut user, &project)
        })
        .await
    }
}
