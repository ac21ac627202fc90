//! The life of an account beside the ways in: terms, invitations, another address,
//! decisions by mailed links.

use super::Service;
use crate::{
    email_change::EmailChangeView,
    invitations::InvitationView,
    moderation::{Decision, Moderation},
    terms::{SignatureView, TermsView},
    view::ClientInfo,
};
use kernel::{
    Caller, Error, Result, UserId,
    page::{Page, PageRequest},
};

impl Service {
    /// Registers a new version of the terms and returns its number; everybody has to
    /// sign again (ID-TRM-01). `location` is where the file lay, `html` what it held.
    ///
    /// # Errors
    /// `Forbidden` for non-administrators; `Invalid` for an empty or too long text.
    pub async fn term_add(&self, actor: &Caller, location: &str, html: &str) -> Result<u64> {
        let _ = (actor, location, html);
        Err(Error::not_supported("terms"))
    }

    /// The newest terms; None while there are none. One point read.
    pub async fn terms_newest(&self) -> Result<Option<TermsView>> {
        Err(Error::not_supported("terms"))
    }

    /// A version of the terms (ID-TRM-03).
    pub async fn terms(&self, id: u64) -> Result<Option<TermsView>> {
        let _ = id;
        Err(Error::not_supported("terms"))
    }

    /// Number of the newest terms, 0 while there are none; fit for async threads.
    pub fn terms_version(&self) -> Result<u64> {
        Ok(0)
    }

    /// A person signs the newest terms (ID-TRM-03).
    ///
    /// # Errors
    /// `NotFound` with NO_APPROVAL_TERMS.
    pub async fn sign_terms(&self, user: UserId, client: &ClientInfo) -> Result<()> {
        let _ = (user, client);
        Err(Error::not_supported("terms"))
    }

    /// Which versions somebody signed, oldest first (ID-TRM-05).
    pub async fn terms_signed_by(&self, user: UserId) -> Result<Vec<SignatureView>> {
        let _ = user;
        Err(Error::not_supported("terms"))
    }

    /// Invites somebody (ID-INV-03).
    ///
    /// # Errors
    /// `Conflict` with MAX_INVITATION_NUMBER_REACHED; `Invalid` at `username` with
    /// INVITATION_EMAIL_EXISTS or INVALID_EMAIL; `Busy` past 20 in an hour; `NotFound`
    /// when invitations are off.
    pub async fn invite(
        &self,
        user: UserId,
        email: &str,
        realname: &str,
        client: &ClientInfo,
    ) -> Result<InvitationView> {
        let _ = (user, email, realname, client);
        Err(Error::not_supported("invitations"))
    }

    /// Invitations a person sent, newest first, at most 500 (ID-INV-01).
    pub async fn invitations_of(&self, user: UserId) -> Result<Vec<InvitationView>> {
        let _ = user;
        Err(Error::not_supported("invitations"))
    }

    /// All invitations by number, for administrators.
    pub async fn invitations(
        &self,
        actor: &Caller,
        page: PageRequest,
    ) -> Result<Page<InvitationView>> {
        let _ = (actor, page);
        Err(Error::not_supported("invitations"))
    }

    /// The invitation of a code (ID-INV-04); None for an unknown code.
    ///
    /// # Errors
    /// `Conflict` with INVITATION_CONSUMED_ERR, or with EMAIL_RESERVED and the address.
    pub async fn invitation(&self, code: &str) -> Result<Option<InvitationView>> {
        let _ = code;
        Err(Error::not_supported("invitations"))
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
        let _ = (user, email, client);
        Err(Error::not_supported("email change"))
    }

    /// The change of address somebody asked for that still waits (ID-EML-02).
    pub async fn pending_email_change(&self, user: UserId) -> Result<Option<EmailChangeView>> {
        let _ = user;
        Err(Error::not_supported("email change"))
    }

    /// What a mailed link of a pending decision is about; changes nothing.
    ///
    /// # Errors
    /// `NotFound` with MODERATION_LINK_INVALID.
    pub async fn moderation(&self, token: &str) -> Result<Moderation> {
        let _ = token;
        Err(Error::not_supported("moderation by mail"))
    }

    /// Decides about the applicant of a mailed link, once.
    ///
    /// # Errors
    /// As [`Service::moderation`]; `Invalid` at `reason` for a rejection without one.
    pub async fn decide(
        &self,
        token: &str,
        decision: Decision,
        client: &ClientInfo,
    ) -> Result<Moderation> {
        let _ = (token, decision, client);
        Err(Error::not_supported("moderation by mail"))
    }

    /// Mails those who decide a digest of everything that waits, when one is due; how
    /// many mails were asked for.
    pub async fn moderation_digest(&self) -> Result<usize> {
        Ok(0)
    }
}
