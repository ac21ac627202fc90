//! What administrators ask.

use super::Service;
use crate::{
    admin::{self, Change, Rights},
    audit, email, password,
    sign_up::NewUser,
    users,
    view::{SignUp, UserChange, UserFilter, UserView},
};
use kernel::{
    Caller, Error, Result, Role, UserNo,
    page::{Page, PageRequest},
    secret::{ExposeSecret, SecretString},
};

impl Service {
    /// Makes an unverified, inactive account (ID-CLI-20); no mail is sent.
    ///
    /// # Errors
    /// `Invalid` for a malformed or used address, `Forbidden` for non-administrators.
    pub async fn admin_add(
        &self,
        actor: &Caller,
        form: SignUp,
        admin: bool,
        groups: Vec<String>,
        permissions: Vec<String>,
    ) -> Result<UserView> {
        let new = self.admissible(actor, form).await?;
        let (actor, rights) = (
            actor.clone(),
            Rights {
                admin,
                groups,
                permissions,
            },
        );
        self.write(move |tx, cx, r| {
            let user = admin::add(tx, cx, r, &actor, &new, &rights)?;
            users::view(tx, user)
        })
        .await
    }

    /// The account an administrator describes, its password hashed.
    async fn admissible(&self, actor: &Caller, form: SignUp) -> Result<NewUser> {
        admin::allow(actor)?;
        if !email::valid(&form.email) {
            return Err(Error::field("email", "Invalid email"));
        }
        not_empty(&form.password)?;
        self.hashed(form).await
    }

    /// Makes an account that is verified and accepted at once (ID-ADM-04).
    ///
    /// # Errors
    /// As [`Service::admin_add`].
    pub async fn admin_enrol(
        &self,
        actor: &Caller,
        form: SignUp,
        changes: Vec<UserChange>,
    ) -> Result<UserView> {
        let new = self.admissible(actor, form).await?;
        let actor = actor.clone();
        let changes: Vec<_> = changes.into_iter().map(Change::Other).collect();
        self.write(move |tx, cx, r| {
            let user = admin::enrol(tx, cx, r, &actor, &new, &changes)?;
            users::view(tx, user)
        })
        .await
    }

    /// The caller of a token as an administrator of users, if one of the groups of
    /// `ASTAKOS_ADMIN_API_PERMITTED_GROUPS` says so (ID-ADM-01).
    ///
    /// # Errors
    /// As [`Service::caller_by_token`]; `Forbidden` for everybody else.
    pub fn admin_by_token(&self, token: &str) -> Result<Caller> {
        let (caller, user) = self.user_by_token(token)?;
        let settings = self.settings.now();
        let permitted = settings.strings("ASTAKOS_ADMIN_API_PERMITTED_GROUPS");
        match user.groups.iter().any(|(_, name)| permitted.contains(name)) {
            true => Ok(caller.with(Role::Admin)),
            false => Err(Error::forbidden("No group of yours may administer users.")),
        }
    }

    /// A random password for an account (ID-SEC-05).
    pub fn random_password(&self) -> String {
        password::random(&*self.cx.cx().ids)
    }

    /// Makes changes in order, all or none (ID-CLI-23); what each says, and the account
    /// after them (None when deleted).
    pub async fn admin_modify(
        &self,
        actor: &Caller,
        user: UserNo,
        changes: Vec<UserChange>,
    ) -> Result<(Vec<String>, Option<UserView>)> {
        admin::allow(actor)?;
        let mut prepared = Vec::with_capacity(changes.len());
        for change in changes {
            prepared.push(match change {
                UserChange::Password(password) => {
                    not_empty(&password)?;
                    let ids = self.cx.cx().ids;
                    Change::Password(self.hasher.hash(ids, password).await?)
                }
                other => Change::Other(other),
            });
        }
        let actor = actor.clone();
        self.write(move |tx, cx, r| {
            let (said, left) = admin::modify(tx, cx, r, &actor, user, &prepared)?;
            let left = left.map(|user| users::view(tx, user)).transpose()?;
            Ok((said, left))
        })
        .await
    }

    /// Sends the verification mail again (ID-CLI-24).
    ///
    /// # Errors
    /// `Conflict` with ACCOUNT_ALREADY_VERIFIED.
    pub async fn admin_send_verification(&self, actor: &Caller, user: UserNo) -> Result<()> {
        let actor = actor.clone();
        self.write(move |tx, cx, r| admin::send_verification(tx, cx, r, &actor, user))
            .await
    }

    /// Records an act of an administrator that changes nothing in the store (ID-SEC-28),
    /// also when the disk is nearly full: the act is done, and may be what makes room.
    ///
    /// # Errors
    /// `Forbidden` for non-administrators.
    pub async fn admin_record(&self, actor: &Caller, act: audit::Act) -> Result<()> {
        admin::allow(actor)?;
        let actor = actor.clone();
        self.write_anyway(move |tx, cx, _| audit::record(tx, cx, &actor, act.clone()))
            .await
    }

    /// A page of the audit trail, newest first (ID-SEC-28).
    ///
    /// # Errors
    /// `Forbidden` for non-administrators; `Invalid` for a marker that is none.
    pub async fn audit(
        &self,
        actor: &Caller,
        filter: audit::Filter,
        page: PageRequest,
    ) -> Result<Page<audit::Entry>> {
        admin::allow(actor)?;
        self.store
            .read(move |tx| audit::list(tx, &filter, &page))
            .await
    }

    /// Accounts by number, a page at a time from an index; the marker is a number.
    pub async fn admin_list(
        &self,
        actor: &Caller,
        filter: UserFilter,
        page: PageRequest,
    ) -> Result<Page<UserView>> {
        admin::allow(actor)?;
        self.store
            .read(move |tx| users::list(tx, &filter, &page))
            .await
    }
}

/// An administrator may choose any password but none (ID-SEC-04).
fn not_empty(password: &SecretString) -> Result<()> {
    match password.expose_secret().is_empty() {
        true => Err(Error::field("password", "The password is empty.")),
        false => Ok(()),
    }
}
