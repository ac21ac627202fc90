//! What the administration pages ask.

use super::Service;
use crate::{
    audit,
    desk::{self, Desk, DeskOp, Done},
    rows::{Group, Session, User},
    rules::Rules,
    users,
    view::{UserFilter, UserView},
};
use kernel::{
    Cx, Error, Origin, Result, UserNo,
    page::{Page, PageRequest},
    secret::SecretString,
};
use store::Reads;

/// Most accounts one look-up is about.
const MOST: usize = 1000;

/// An account with what is counted about it.
#[derive(Clone, Debug)]
pub struct Card {
    /// The account.
    pub user: UserView,
    /// Its open sessions.
    pub sessions: usize,
    /// Has a password.
    pub password: bool,
    /// Has a second factor.
    pub factor: bool,
    /// The address to come, where a change waits (ID-EML-02).
    pub pending_email: Option<String>,
}

fn card(tx: &impl Reads, cx: &Cx, rules: &Rules, user: User) -> Result<Card> {
    let no = user.no;
    Ok(Card {
        sessions: tx.find::<Session>("user", &(no,), None, MOST)?.len(),
        password: tx.get::<crate::rows::Password>(&no)?.is_some(),
        factor: !crate::factor::all(tx, no)?.is_empty(),
        pending_email: crate::email_change::pending(tx, cx, rules, &user)?
            .map(|change| change.email),
        user: users::view(tx, user)?,
    })
}

impl Service {
    /// The desk of a person at the administration pages, if they may use them
    /// (ID-ADU-02).
    pub fn desk(&self, user: &UserView, origin: Origin) -> Option<Desk> {
        Desk::of(&self.settings.now(), user, origin)
    }

    /// Accounts by number, a page at a time from an index; the marker is a number.
    ///
    /// # Errors
    /// `Invalid` for a marker that is none.
    pub async fn desk_list(
        &self,
        desk: &Desk,
        filter: UserFilter,
        page: PageRequest,
    ) -> Result<Page<UserView>> {
        self.admin_list(&desk.actor, filter, page).await
    }

    /// The accounts of these numbers, in that order; those that are gone left out.
    ///
    /// # Errors
    /// `TooLarge` for more than a thousand.
    pub async fn desk_users(&self, _: &Desk, numbers: Vec<u64>) -> Result<Vec<UserView>> {
        if numbers.len() > MOST {
            return Err(Error::too_large("At most 1000 users can be asked for."));
        }
        self.store
            .read(move |tx| {
                let mut found = Vec::with_capacity(numbers.len());
                for no in numbers {
                    if let Some(user) = tx.get::<User>(&UserNo(no))? {
                        found.push(users::view(tx, user)?);
                    }
                }
                Ok(found)
            })
            .await
    }

    /// An account by number, uuid or address, with what is counted about it.
    pub async fn desk_card(&self, _: &Desk, name: &str) -> Result<Option<Card>> {
        let (cx, rules, name) = (self.cx.cx(), self.rules(), name.to_owned());
        self.store
            .read(move |tx| {
                let user = users::named(tx, &name)?;
                user.map(|user| card(tx, &cx, &rules, user)).transpose()
            })
            .await
    }

    /// The accounts of these numbers with what is counted about them, in that order, in
    /// one reading; those that are gone left out.
    ///
    /// # Errors
    /// `TooLarge` for more than a thousand.
    pub async fn desk_cards(&self, _: &Desk, numbers: Vec<u64>) -> Result<Vec<Card>> {
        if numbers.len() > MOST {
            return Err(Error::too_large("At most 1000 users can be asked for."));
        }
        let (cx, rules) = (self.cx.cx(), self.rules());
        self.store
            .read(move |tx| {
                let users = numbers.into_iter().map(|no| tx.get::<User>(&UserNo(no)));
                let known = users.filter_map(Result::transpose);
                known.map(|user| card(tx, &cx, &rules, user?)).collect()
            })
            .await
    }

    /// The link that proves an account's address, while one is good (ID-ADU-21). It is as
    /// good as the mail it stands in: for those who may decide only.
    ///
    /// # Errors
    /// `Forbidden` when the table of rights does not let them accept.
    pub async fn desk_activation(&self, desk: &Desk, no: UserNo) -> Result<Option<String>> {
        desk.permit(&self.settings.now(), "user", "accept")?;
        let (cx, rules) = (self.cx.cx(), self.rules());
        self.store
            .read(move |tx| {
                let user = tx.get::<User>(&no)?;
                user.map_or(Ok(None), |user| crate::state::link(&cx, &rules, &user))
            })
            .await
    }

    /// Names of groups.
    pub async fn desk_groups(&self, _: &Desk) -> Result<Vec<String>> {
        self.store
            .read(|tx| {
                let groups = tx.scan::<Group>(None, MOST)?;
                let mut names: Vec<String> = groups.into_iter().map(|group| group.name).collect();
                names.sort();
                Ok(names)
            })
            .await
    }

    /// A page of the audit trail, newest first.
    ///
    /// # Errors
    /// As [`Service::audit`].
    pub async fn desk_audit(
        &self,
        desk: &Desk,
        filter: audit::Filter,
        page: PageRequest,
    ) -> Result<Page<audit::Entry>> {
        self.audit(&desk.actor, filter, page).await
    }

    /// Carries out an act on an account, where the table of rights allows it; with the
    /// new password, where one was made.
    ///
    /// # Errors
    /// `Forbidden` when the table does not; `Conflict` and `Invalid` with the reason.
    pub async fn desk_act(
        &self,
        desk: &Desk,
        user: UserNo,
        op: DeskOp,
    ) -> Result<(Done, Option<SecretString>)> {
        let mut hash = String::new();
        let mut password = None;
        if matches!(op, DeskOp::RenewPassword | DeskOp::EnableLocal) {
            if !desk.may(&self.settings.now(), "user", op.name()) {
                return Err(Error::forbidden("NOT_ALLOWED"));
            }
            let new = SecretString::from(self.random_password());
            let ids = self.cx.cx().ids;
            hash = self.hasher.hash(ids, new.clone()).await?;
            password = Some(new);
        }
        let desk = desk.clone();
        let done = self
            .write(move |tx, cx, r| desk::act(tx, cx, r, &desk, user, &op, &hash))
            .await?;
        let password = password.filter(|_| done.renewed);
        Ok((done, password))
    }
}
