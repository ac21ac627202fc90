//! The async face of this crate: one call per request, rules inside.

use crate::{
    Keys,
    view::{
        ClientInfo, LoginOutcome, PasswordChange, ProfileChange, SessionInfo, SessionView, SignUp,
        SignedUp, TokenView, UserChange, UserFilter, UserView, Verified,
    },
};
use kernel::{
    Caller, CxSource, Error, Result, SettingsHandle, UserId, UserNo,
    page::{Page, PageRequest},
    secret::SecretString,
};
use std::collections::BTreeMap;
use store::Store;

/// Identity for `web` and `admin`. Cheap to clone.
#[derive(Clone)]
pub struct Service {
    store: Store,
    settings: SettingsHandle,
    cx: CxSource,
    keys: Keys,
}

fn later<T>() -> Result<T> {
    Err(Error::not_supported("not supported yet"))
}

impl Service {
    /// A service over an open store.
    pub fn new(store: Store, settings: SettingsHandle, cx: CxSource, keys: Keys) -> Self {
        Service {
            store,
            settings,
            cx,
            keys,
        }
    }

    /// What is wrong with a sign-up form: (field, message key), empty when nothing is.
    /// Whether the address is used is told by [`Service::sign_up`].
    pub fn check_sign_up(&self, _form: &SignUp) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    /// Registers somebody (ID-REG-03, ID-REG-04).
    ///
    /// # Errors
    /// `Invalid` with a field and a message key; `Busy` past the limit of sign-ups.
    pub async fn sign_up(&self, _form: SignUp, _client: &ClientInfo) -> Result<SignedUp> {
        later()
    }

    /// Sends the verification mail again (ID-VER-05); `link` is the value of
    /// [`LoginOutcome::Refused`]. Says the same whatever the account's state.
    pub async fn resend_verification(&self, _link: &str, _client: &ClientInfo) -> Result<()> {
        later()
    }

    /// Follows a verification link (ID-VER-02).
    ///
    /// # Errors
    /// `NotFound` with INVALID_ACTIVATION_KEY.
    pub async fn verify(&self, _code: &str, _client: &ClientInfo) -> Result<Verified> {
        later()
    }

    /// Logs in with a password (ID-LOG).
    ///
    /// # Errors
    /// `Unauthorized` with INVALID_LOGIN_CREDENTIALS; `Busy` past the limits (ID-LOG-10).
    pub async fn log_in(
        &self,
        _email: &str,
        _password: SecretString,
        _client: &ClientInfo,
    ) -> Result<LoginOutcome> {
        later()
    }

    /// The session of a cookie; None when there is none any more.
    pub async fn session(&self, _cookie: &str) -> Result<Option<SessionView>> {
        later()
    }

    /// Ends the session of a cookie.
    pub async fn log_out(&self, _cookie: &str) -> Result<()> {
        later()
    }

    /// Somebody's sessions, newest first; `cookie` marks the one that asks.
    pub async fn sessions(&self, _user: UserId, _cookie: &str) -> Result<Vec<SessionInfo>> {
        later()
    }

    /// Ends one session of a user by its public id; with None all but that of `cookie`.
    pub async fn revoke(&self, _user: UserId, _id: Option<&str>, _cookie: &str) -> Result<()> {
        later()
    }

    /// What an anonymous form must bring back for the random value of its cookie.
    pub fn anonymous_csrf(&self, _cookie: &str) -> String {
        String::new()
    }

    /// Who a token belongs to (ID-INT-01); point reads only, fit for async threads.
    ///
    /// # Errors
    /// `Unauthorized` as of ID-TOK-03.
    pub fn caller_by_token(&self, _token: &str) -> Result<Caller> {
        later()
    }

    /// The API token of a user, to be shown to them.
    pub async fn token_of(&self, _user: UserId) -> Result<TokenView> {
        later()
    }

    /// Makes a new API token; the old one stops working at once (ID-TOK-02).
    pub async fn renew_token(&self, _user: UserId) -> Result<TokenView> {
        later()
    }

    /// An account.
    pub async fn user(&self, _user: UserId) -> Result<UserView> {
        later()
    }

    /// An account by address or user name, in any case (ID-CON-06).
    pub async fn user_by_email(&self, _email: &str) -> Result<Option<UserView>> {
        later()
    }

    /// An account by number.
    pub async fn user_by_no(&self, _no: UserNo) -> Result<Option<UserView>> {
        later()
    }

    /// An account by number, uuid or address, as administrators name it.
    pub async fn find(&self, _name: &str) -> Result<Option<UserView>> {
        later()
    }

    /// Changes a password; all other sessions end, this one gets a new cookie, which
    /// is returned (ID-PWD-12).
    ///
    /// # Errors
    /// `Invalid` with a field and a message key.
    pub async fn change_password(
        &self,
        _user: UserId,
        _change: PasswordChange,
        _cookie: &str,
        _client: &ClientInfo,
    ) -> Result<SecretString> {
        later()
    }

    /// Asks for a link for a new password; says the same whether the account exists
    /// unless the settings tell (ID-PWD-01, ID-PWD-02).
    pub async fn request_password_reset(&self, _email: &str, _client: &ClientInfo) -> Result<()> {
        later()
    }

    /// Is the link good? `user` and `token` are the two parts of its path.
    pub async fn password_reset_valid(&self, _user: &str, _token: &str) -> Result<bool> {
        later()
    }

    /// Sets the new password (ID-PWD-04).
    ///
    /// # Errors
    /// `NotFound` with INVALID_RESET_LINK; `Invalid` with a field and a message key.
    pub async fn reset_password(
        &self,
        _user: &str,
        _token: &str,
        _password: SecretString,
        _renew_token: bool,
    ) -> Result<()> {
        later()
    }

    /// Saves the profile form.
    pub async fn update_profile(&self, _user: UserId, _change: ProfileChange) -> Result<UserView> {
        later()
    }

    /// Mails feedback to the people who read it (ID-ACC-05).
    pub async fn feedback(
        &self,
        _user: UserId,
        _message: String,
        _data: String,
        _client: &ClientInfo,
    ) -> Result<()> {
        later()
    }

    /// Addresses of users by uuid text, and uuids by address (ID-ACC-10, ID-INT-04).
    pub async fn user_catalogs(
        &self,
        _uuids: Vec<String>,
        _names: Vec<String>,
    ) -> Result<(BTreeMap<String, String>, BTreeMap<String, UserId>)> {
        later()
    }

    /// Sets where requests without a project are charged (ID-ACC-20).
    pub async fn set_default_project(&self, _user: UserId, _project: &str) -> Result<()> {
        later()
    }

    /// Makes an unverified, inactive account (ID-CLI-20).
    pub async fn admin_add(
        &self,
        _actor: &Caller,
        _form: SignUp,
        _admin: bool,
        _groups: Vec<String>,
        _permissions: Vec<String>,
    ) -> Result<UserView> {
        later()
    }

    /// Makes changes in order, all or none (ID-CLI-23); what each says, and the account
    /// after them (None when deleted).
    pub async fn admin_modify(
        &self,
        _actor: &Caller,
        _user: UserNo,
        _changes: Vec<UserChange>,
    ) -> Result<(Vec<String>, Option<UserView>)> {
        later()
    }

    /// Sends the verification mail again (ID-CLI-24).
    pub async fn admin_send_verification(&self, _actor: &Caller, _user: UserNo) -> Result<()> {
        later()
    }

    /// Accounts by number, a page at a time from an index; the marker is a number.
    pub async fn admin_list(
        &self,
        _actor: &Caller,
        _filter: UserFilter,
        _page: PageRequest,
    ) -> Result<Page<UserView>> {
        later()
    }

    /// Removes what is over: expired sessions, codes, links, counters, and accounts
    /// never verified (ID-CLI-26, ID-VER-06). A slice at a time; how many were removed.
    pub async fn tidy(&self) -> Result<usize> {
        later()
    }
}
