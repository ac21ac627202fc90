//! The life of an account beside the ways in: terms, invitations, another address,
//! decisions by mailed links.

use super::{Service, must};
use crate::{
    admin,
    email_change::{self, Agreed, EmailChangeView},
    invitations::{self, Invitation, InvitationView},
    moderation::{self, Decision, Moderation},
    terms::{self, SignatureView, Terms, TermsView},
    throttle,
    view::ClientInfo,
};
use kernel::{
    Caller, Error, Result, UserId,
    page::{Page, PageRequest},
};
use store::Reads;

impl Service {
    /// Registers a new version of the terms and returns its number; everybody has to
    /// sign again (ID-TRM-01). `location` is where the file lay, `html` what it held.
    ///
    /// # Errors
    /// `Forbidden` for non-administrators; `Invalid` for an empty or too long text.
    pub async fn term_add(&self, actor: &Caller, location: &str, html: &str) -> Result<u64> {
        admin::allow(actor)?;
        terms::bounded(html)?;
        let (actor, location, html) = (actor.clone(), location.to_owned(), html.to_owned());
        self.write(move |tx, cx, _| terms::add(tx, cx, &actor, &location, &html))
            .await
    }

    /// The newest terms; None while there are none.
    pub async fn terms_newest(&self) -> Result<Option<TermsView>> {
        self.store
            .read(|tx| Ok(tx.last::<Terms>(&())?.map(TermsView::from)))
            .await
    }

    /// A version of the terms (ID-TRM-03).
    pub async fn terms(&self, id: u64) -> Result<Option<TermsView>> {
        self.store
            .read(move |tx| Ok(tx.get::<Terms>(&id)?.map(TermsView::from)))
            .await
    }

    /// Number of the newest terms, 0 while there are none; fit for async threads.
    pub fn terms_version(&self) -> Result<u64> {
        self.store.read_now(terms::newest)
    }

    /// A person signs the newest terms (ID-TRM-03).
    ///
    /// # Errors
    /// `NotFound` with NO_APPROVAL_TERMS.
    pub async fn sign_terms(&self, user: UserId, client: &ClientInfo) -> Result<()> {
        let address = client.address.to_canonical().to_string();
        self.write(move |tx, cx, _| terms::sign(tx, cx, &mut must(tx, user)?, &address))
            .await
    }

    /// Which versions somebody signed, oldest first (ID-TRM-05).
    pub async fn terms_signed_by(&self, user: UserId) -> Result<Vec<SignatureView>> {
        self.store
            .read(move |tx| terms::history(tx, must(tx, user)?.no))
            .await
    }

    /// Invites somebody (ID-INV-03).
    ///
    /// # Errors
    /// `Conflict` with MAX_INVITATION_NUMBER_REACHED; `Invalid` at `username` with
    /// INVITATION_EMAIL_EXISTS or INVALID_EMAIL, or at `realname`; `Busy` past 20 in an
    /// hour; `NotFound` when invitations are off.
    pub async fn invite(
        &self,
        user: UserId,
        email: &str,
        realname: &str,
        client: &ClientInfo,
    ) -> Result<InvitationView> {
        let subject = throttle::network(client.address);
        let now = self.cx.cx().now;
        self.recent.note(throttle::INVITE, &subject, 1, now)?;
        let (email, realname) = (email.to_owned(), realname.to_owned());
        let sent = self.write(move |tx, cx, r| {
            let mut user = must(tx, user)?;
            invitations::send(tx, cx, r, &mut user, &email, &realname)
        });
        sent.await.map(InvitationView::from)
    }

    /// Invitations a person sent, newest first, at most 500 (ID-INV-01).
    pub async fn invitations_of(&self, user: UserId) -> Result<Vec<InvitationView>> {
        self.store
            .read(move |tx| {
                let sent = invitations::sent(tx, must(tx, user)?.no, 500)?;
                Ok(sent.into_iter().map(InvitationView::from).collect())
            })
            .await
    }

    /// All invitations by number, for administrators; the marker is a number.
    pub async fn invitations(
        &self,
        actor: &Caller,
        page: PageRequest,
    ) -> Result<Page<InvitationView>> {
        admin::allow(actor)?;
        let after = page.after.as_deref().map(str::parse::<u64>).transpose();
        let after = after.map_err(|_| Error::field("marker", "The marker is not a number."))?;
        let limit = page.limit.clamp(1, 1000);
        self.store
            .read(move |tx| {
                let mut all = tx.scan::<Invitation>(after.as_ref(), limit + 1)?;
                let more = all.len() > limit;
                all.truncate(limit);
                Ok(Page {
                    next: all.last().filter(|_| more).map(|row| row.id.to_string()),
                    items: all.into_iter().map(InvitationView::from).collect(),
                })
            })
            .await
    }

    /// The invitation of a code (ID-INV-04); None for an unknown code.
    ///
    /// # Errors
    /// `Conflict` with INVITATION_CONSUMED_ERR, or with EMAIL_RESERVED and the address.
    pub async fn invitation(&self, code: &str) -> Result<Option<InvitationView>> {
        let (rules, code) = (self.rules(), code.to_owned());
        self.store
            .read(move |tx| {
                let found = invitations::usable(tx, &rules, &code)?;
                Ok(found.map(InvitationView::from))
            })
            .await
    }

    /// May this person ask for another address (ID-EML-01)?
    pub async fn may_change_email(&self, user: UserId) -> Result<bool> {
        let rules = self.rules();
        let allowed = self
            .store
            .read_now(|tx| email_change::allowed(tx, &rules, &must(tx, user)?));
        match allowed {
            Ok(()) => Ok(true),
            Err(Error::Forbidden { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Asks for another address (ID-EML-03).
    ///
    /// # Errors
    /// `Forbidden` when that is off or a login method forces the address; `Invalid` at
    /// `new_email_address`; `Busy`.
    pub async fn request_email_change(
        &self,
        user: UserId,
        email: &str,
        client: &ClientInfo,
    ) -> Result<()> {
        let email = self.bounded_email(email, client)?;
        self.write(move |tx, cx, r| email_change::request(tx, cx, r, &must(tx, user)?, &email))
            .await
    }

    /// The address to come as it is looked at, once the number of requests from there
    /// is not too large.
    pub(super) fn bounded_email(&self, email: &str, client: &ClientInfo) -> Result<String> {
        let subject = throttle::network(client.address);
        let now = self.cx.cx().now;
        self.recent.note(throttle::EMAIL_CHANGE, &subject, 1, now)?;
        Ok(email.trim().chars().take(255).collect())
    }

    /// The change of address somebody asked for that still waits (ID-EML-02).
    pub async fn pending_email_change(&self, user: UserId) -> Result<Option<EmailChangeView>> {
        let (cx, rules) = (self.cx.cx(), self.rules());
        self.store
            .read_now(|tx| email_change::pending(tx, &cx, &rules, &must(tx, user)?))
    }

    /// What the key of a mailed link is about; changes nothing (ID-EML-04). `viewer` is
    /// whoever is logged in.
    ///
    /// # Errors
    /// `NotFound` for an unknown key; `Forbidden` for another viewer; `Conflict` with
    /// EMAIL_CHANGE_EXPIRED.
    pub async fn email_change_of(
        &self,
        key: &str,
        viewer: Option<UserId>,
    ) -> Result<EmailChangeView> {
        let (cx, rules) = (self.cx.cx(), self.rules());
        self.store
            .read_now(|tx| email_change::look(tx, &cx, &rules, key, viewer))
    }

    /// The owner of one of the addresses agrees to the change (ID-EML-04).
    ///
    /// # Errors
    /// As [`Service::email_change_of`]; `Conflict` with EMAIL_USED.
    pub async fn agree_email_change(&self, key: &str, viewer: Option<UserId>) -> Result<Agreed> {
        let key = key.to_owned();
        let agreed = self.write(move |tx, cx, r| {
            let change = email_change::look(tx, cx, r, &key, viewer)?;
            Ok((email_change::agree(tx, cx, r, &key, viewer)?, change))
        });
        let (agreed, change) = agreed.await?;
        if agreed == Agreed::Changed {
            let (user, new) = (change.user, &change.email);
            tracing::info!(target: "astakos.im", "{user}::{} has another address: {new}", change.present);
        }
        Ok(agreed)
    }

    /// The owner of one of the addresses refuses the change.
    ///
    /// # Errors
    /// As [`Service::email_change_of`].
    pub async fn refuse_email_change(&self, key: &str, viewer: Option<UserId>) -> Result<()> {
        let key = key.to_owned();
        self.write(move |tx, cx, r| email_change::refuse(tx, cx, r, &key, viewer))
            .await
    }

    /// What a mailed link of a pending decision is about; changes nothing.
    ///
    /// # Errors
    /// `NotFound` with MODERATION_LINK_INVALID.
    pub async fn moderation(&self, token: &str) -> Result<Moderation> {
        let (cx, rules, token) = (self.cx.cx(), self.rules(), token.to_owned());
        self.store
            .read(move |tx| moderation::look(tx, &cx, &rules, &token))
            .await
    }

    /// Decides about the applicant of a mailed link, once; later calls tell what was
    /// decided.
    ///
    /// # Errors
    /// As [`Service::moderation`]; `Invalid` at `reason` for a rejection without one.
    pub async fn decide(
        &self,
        token: &str,
        decision: Decision,
        client: &ClientInfo,
    ) -> Result<Moderation> {
        let (token, client) = (token.to_owned(), client.clone());
        let seen = self
            .write(move |tx, cx, r| moderation::decide(tx, cx, r, &token, &decision, &client))
            .await?;
        if seen
            .decided
            .as_ref()
            .is_some_and(|decided| decided.just_now)
        {
            tracing::info!(
                target: "astakos.im",
                "{} was decided about by the mailed link of {}: {}",
                seen.user.log_display(), seen.recipient, seen.user.status
            );
        }
        Ok(seen)
    }

    /// Mails those who decide a digest of everything that waits, when one is due; how
    /// many mails were asked for.
    pub async fn moderation_digest(&self) -> Result<usize> {
        self.write(moderation::digest).await
    }
}
