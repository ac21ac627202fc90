//! What people may change about themselves.

use super::{Service, must, own::Proved};
use crate::{
    email_change,
    keys::Use,
    profile, users,
    view::{ClientInfo, NewPassword, ProfileChange, ProfileForm, ProfileRules, UserView},
};
use kernel::{Error, Result, UserId, secret::SecretString};

/// Refuses names that are no names.
fn plain_names(change: &ProfileChange) -> Result<()> {
    let names = [
        ("first_name", &change.first_name),
        ("last_name", &change.last_name),
    ];
    for (field, name) in names {
        if !users::is_name(name) {
            return Err(Error::field(field, "NAME_TOO_LONG"));
        }
    }
    Ok(())
}

impl Service {
    /// What the profile page offers this person (ID-DSH-04, ID-PWD-11, ID-PWD-13).
    pub async fn profile_rules(&self, user: UserId) -> Result<ProfileRules> {
        let rules = self.rules();
        self.store
            .read_now(|tx| profile::rules(tx, &rules, &must(tx, user)?))
    }

    /// Saves names and language alone.
    ///
    /// # Errors
    /// `Invalid` with a field and a message key.
    pub async fn update_profile(&self, user: UserId, change: ProfileChange) -> Result<UserView> {
        plain_names(&change)?;
        self.write(move |tx, cx, r| {
            let mut user = must(tx, user)?;
            profile::update(tx, cx, r, &mut user, &change)?;
            users::view(tx, user)
        })
        .await
    }

    /// Saves the profile form: all of it or, when a part is refused, nothing. With
    /// another password the session gets a new cookie, which is returned.
    ///
    /// # Errors
    /// `Invalid` with a field and a message key; those of `request_email_change` and
    /// `change_password` for the parts.
    pub async fn save_profile(
        &self,
        user: UserId,
        form: ProfileForm,
        cookie: &str,
        client: &ClientInfo,
    ) -> Result<Option<NewPassword>> {
        let ProfileForm {
            change,
            email,
            password,
        } = form;
        plain_names(&change)?;
        let email = match email {
            Some(email) => Some(self.bounded_email(&email, client)?),
            None => None,
        };
        let password = match password {
            Some(new) => Some(self.prove_password(user, new, cookie, client).await?),
            None => None,
        };
        let saved = self.write(move |tx, cx, r| {
            let mut user = must(tx, user)?;
            profile::update(tx, cx, r, &mut user, &change)?;
            // A new password ends a change of address that waits: this one comes after.
            let put = |proved: &Proved| proved.put(tx, cx, r, &mut user);
            let put = password.as_ref().map(put).transpose()?;
            if let Some(email) = &email {
                email_change::request(tx, cx, r, &user, email)?;
            }
            Ok(put)
        });
        Ok(saved.await?.map(NewPassword::from))
    }

    /// Notes that a person looked at the profile page (ID-DSH-04, ID-SET-07).
    pub async fn profile_visited(&self, user: UserId) -> Result<()> {
        self.write(move |tx, cx, _| profile::visited(tx, cx, &mut must(tx, user)?))
            .await
    }

    /// A first password for somebody without one (ID-PWD-11): all other sessions end,
    /// this one gets a new cookie, which is returned. The API token is renewed if `renew`,
    /// or where the settings say so.
    ///
    /// # Errors
    /// `Conflict` with AUTH_PROVIDER_ADD_DISABLED; `Invalid` at `new_password1`.
    pub async fn make_password(
        &self,
        user: UserId,
        password: SecretString,
        renew: bool,
        cookie: &str,
    ) -> Result<NewPassword> {
        let rules = self.rules();
        let (person, may) = self.store.read_now(|tx| {
            let person = must(tx, user)?;
            let may = profile::makes_password(tx, &rules, &person)?;
            Ok((person, may))
        })?;
        if !may {
            return Err(Error::conflict("AUTH_PROVIDER_ADD_DISABLED"));
        }
        self.acceptable("new_password1", &password, &person)?;
        let hash = self.hasher.hash(self.cx.cx().ids, password).await?;
        let own = self.keys.hash(Use::Session, cookie.as_bytes());
        let made = self.write(move |tx, cx, r| {
            let mut user = must(tx, user)?;
            profile::make_password(tx, cx, r, &mut user, (&hash, renew), &own)
        });
        made.await.map(NewPassword::from)
    }
}
