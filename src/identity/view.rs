//! What goes into and comes out of this crate.

use kernel::{ProjectId, Timestamp, UserId, UserNo, secret::SecretString};
use std::net::IpAddr;

/// Where a request of a person comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientInfo {
    /// Address of the client, after trusted proxies.
    pub address: IpAddr,
    /// What the browser calls itself; cut to 256 characters where it is kept.
    pub user_agent: String,
}

/// The sign-up form (ID-REG-02).
#[derive(Clone, Debug)]
pub struct SignUp {
    /// Address as typed.
    pub email: String,
    /// First name, may be empty.
    pub first_name: String,
    /// Last name, may be empty.
    pub last_name: String,
    /// Password, both fields already compared by the form.
    pub password: SecretString,
    /// Language of the mails, `en` unless known.
    pub language: String,
}

/// What comes with the sign-up form beside the fields of the account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignUpMore {
    /// Code of the invitation that led here (ID-INV-04).
    pub code: Option<String>,
    /// The box of the terms is ticked.
    pub signs_terms: bool,
    /// What the applicant writes to those who decide; empty for nothing.
    pub message: String,
}

/// What became of an account (ID-ACT-11); the names are those the command line prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A verification mail is on its way.
    PendingVerification,
    /// Verified; an administrator decides.
    PendingModeration,
    /// Accepted and active.
    Accepted,
    /// Turned away.
    Rejected,
    /// Active again.
    Activated,
    /// Switched off.
    Deactivated,
}

impl Outcome {
    /// `PENDING_VERIFICATION` and so on.
    pub fn name(self) -> &'static str {
        match self {
            Outcome::PendingVerification => "PENDING_VERIFICATION",
            Outcome::PendingModeration => "PENDING_MODERATION",
            Outcome::Accepted => "ACCEPTED",
            Outcome::Rejected => "REJECTED",
            Outcome::Activated => "ACTIVATED",
            Outcome::Deactivated => "DEACTIVATED",
        }
    }

    /// Key of the text shown to the person (ID-ACT-11).
    pub fn message(self) -> &'static str {
        match self {
            Outcome::PendingVerification => "VERIFICATION_SENT",
            Outcome::PendingModeration => "NOTIFICATION_SENT",
            Outcome::Accepted | Outcome::Activated => "ACCOUNT_ACTIVATED",
            Outcome::Rejected => "ACCOUNT_REJECTED",
            Outcome::Deactivated => "ACCOUNT_DEACTIVATED",
        }
    }
}

/// State of an account, first match (ID-UST-01).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AccountState {
    /// The address is not verified.
    Unverified,
    /// No decision was taken.
    Unmoderated,
    /// Turned away.
    Rejected,
    /// May log in and use the APIs.
    Active,
    /// Accepted and switched off.
    Inactive,
}

/// A login method of a person (ID-MOD-04).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MethodView {
    /// Its number.
    pub id: u64,
    /// `local`, `ldap`, `shibboleth` …
    pub module: String,
    /// What the method calls the person; empty for local.
    pub identifier: String,
    /// `astakos` for local.
    pub backend: String,
    /// May it be used?
    pub active: bool,
    /// Where the provider says the person belongs.
    pub affiliation: Option<String>,
    /// When it was added.
    pub created: Timestamp,
    /// What the provider told, or administrators noted: a JSON object.
    pub info: String,
    /// Last login with it.
    pub last_login: Option<Timestamp>,
}

/// An account as others may see it: no secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserView {
    /// Number for administrators.
    pub no: UserNo,
    /// Permanent public id.
    pub uuid: UserId,
    /// Address as typed.
    pub email: String,
    /// Lower-case address.
    pub username: String,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Language of mails.
    pub language: String,
    /// Derived state.
    pub state: AccountState,
    /// State in words for administrators (ID-UST-01, ID-UST-10).
    pub status: String,
    /// May log in.
    pub active: bool,
    /// Address proven.
    pub verified: bool,
    /// A decision was taken.
    pub moderated: bool,
    /// Turned away.
    pub rejected: bool,
    /// An administrator.
    pub admin: bool,
    /// Why it was accepted.
    pub accepted_policy: Option<String>,
    /// Address at the first acceptance.
    pub accepted_email: Option<String>,
    /// Why it was rejected.
    pub rejected_reason: Option<String>,
    /// Why it was switched off.
    pub deactivated_reason: Option<String>,
    /// When that was.
    pub deactivated_at: Option<Timestamp>,
    /// When the address was proven.
    pub verified_at: Option<Timestamp>,
    /// When the decision was taken.
    pub moderated_at: Option<Timestamp>,
    /// When the last verification mail was sent.
    pub activation_sent: Option<Timestamp>,
    /// When the account was made.
    pub joined: Timestamp,
    /// Last change.
    pub updated: Timestamp,
    /// Last login.
    pub last_login: Option<Timestamp>,
    /// When the API token was made.
    pub token_created: Option<Timestamp>,
    /// When the API token expires.
    pub token_expires: Option<Timestamp>,
    /// The profile was looked at (ID-SET-07).
    pub profile_confirmed: bool,
    /// Terms are signed.
    pub signed_terms: bool,
    /// When.
    pub signed_terms_at: Option<Timestamp>,
    /// Invitation level.
    pub level: u32,
    /// Invitations left.
    pub invitations: u32,
    /// As an outside identity or an administrator states it.
    pub affiliation: Option<String>,
    /// Where requests that name no project are charged.
    pub default_project: ProjectId,
    /// (number, name) of groups, by number.
    pub groups: Vec<(u64, String)>,
    /// Permissions of their own.
    pub permissions: Vec<String>,
    /// Permissions by groups.
    pub group_permissions: Vec<String>,
    /// Login methods.
    pub methods: Vec<MethodView>,
}

impl UserView {
    /// Was a decision for the account taken? (ID-UST-04)
    pub fn is_accepted(&self) -> bool {
        self.moderated && !self.rejected
    }

    /// First and last name (ID-CON-08).
    pub fn real_name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name)
    }

    /// `<uuid>::<email>`, for the log (ID-CON-09).
    pub fn log_display(&self) -> String {
        format!("{}::{}", self.uuid, self.email)
    }
}

/// A fresh session.
#[derive(Clone, Debug)]
pub struct Login {
    /// Who.
    pub user: UserView,
    /// Value of the session cookie; shown nowhere else.
    pub cookie: SecretString,
    /// When the cookie ends.
    pub expires: Timestamp,
}

/// What a right password led to.
#[derive(Clone, Debug)]
pub enum LoginOutcome {
    /// Logged in.
    In(Login),
    /// The account's state does not allow it (ID-LOG-03); only told after the right
    /// password.
    Refused {
        /// Whose account.
        user: UserView,
        /// Key of the explanation.
        message: &'static str,
        /// For [`crate::Service::resend_verification`], when unverified.
        resend: Option<String>,
    },
    /// The password was right; a second factor is asked for before there is a session.
    Half(HalfLogin),
}

/// What a new password led to.
#[derive(Debug)]
pub struct NewPassword {
    /// The session's new cookie.
    pub cookie: SecretString,
    /// The address of a change that waited and is called off.
    pub called_off: Option<String>,
}

impl From<(String, Option<String>)> for NewPassword {
    fn from((cookie, called_off): (String, Option<String>)) -> Self {
        NewPassword {
            cookie: SecretString::from(cookie),
            called_off,
        }
    }
}

/// Why no link for a new password was mailed, where that is no secret (ID-PWD-01).
#[derive(Clone, Debug)]
pub struct NoReset {
    /// Whose account.
    pub user: UserView,
    /// Key of the explanation.
    pub message: &'static str,
    /// For [`crate::Service::resend_verification`], when unverified.
    pub resend: Option<String>,
}

/// Half a login: good for the page that asks for the second factor and nothing else
/// (ID-SEC-29).
#[derive(Clone, Debug)]
pub struct HalfLogin {
    /// Value of the cookie of this login; shown nowhere else.
    pub cookie: SecretString,
    /// When it ends.
    pub expires: Timestamp,
}

/// What a sign-up led to.
#[derive(Clone, Debug)]
pub struct SignedUp {
    /// State of things.
    pub outcome: Outcome,
    /// The account; None where the existence of accounts is hidden.
    pub user: Option<UserView>,
    /// A session, when the account is active at once (ID-REG-05).
    pub login: Option<Login>,
}

/// What following a verification link led to.
#[derive(Clone, Debug)]
pub struct Verified {
    /// State of things.
    pub outcome: Outcome,
    /// The account.
    pub user: UserView,
    /// A session, when the account is active now (ID-VER-02).
    pub login: Option<Login>,
}

/// A session of a browser.
#[derive(Clone, Debug)]
pub struct SessionView {
    /// Who is logged in.
    pub user: UserView,
    /// What forms and script requests must bring back (ID-SEC-07).
    pub csrf: String,
    /// Public id of the session, for lists.
    pub id: String,
    /// When it ends.
    pub expires: Timestamp,
    /// Modules this person has to add (ID-PRV-15).
    pub missing_methods: Vec<String>,
    /// A second factor is required and was not given.
    pub lacks_second: bool,
}

/// A line of the list of somebody's sessions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionInfo {
    /// Public id, for [`crate::Service::revoke`].
    pub id: String,
    /// Is it the one that asks?
    pub current: bool,
    /// When it began.
    pub created: Timestamp,
    /// When it was last used, to a few minutes.
    pub seen: Timestamp,
    /// When it ends.
    pub expires: Timestamp,
    /// From where it began.
    pub address: String,
    /// Browser that began it.
    pub user_agent: String,
}

/// An API token to be shown to its owner.
#[derive(Clone, Debug)]
pub struct TokenView {
    /// The token itself.
    pub token: SecretString,
    /// When it was made.
    pub created: Timestamp,
    /// When it expires.
    pub expires: Timestamp,
}

/// New names of a person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProfileChange {
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Language of mails; None leaves it.
    pub language: Option<String>,
}

/// Everything the profile form may ask for at once.
#[derive(Clone, Debug, Default)]
pub struct ProfileForm {
    /// Names and language.
    pub change: ProfileChange,
    /// Another address, where that box is ticked.
    pub email: Option<String>,
    /// Another password, where that box is ticked.
    pub password: Option<PasswordChange>,
}

/// What the profile page offers a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ProfileRules {
    /// A login method says what the first name is.
    pub first_name_forced: bool,
    /// A login method says what the last name is.
    pub last_name_forced: bool,
    /// Another address may be asked for (ID-EML-01).
    pub changes_email: bool,
    /// The password may be changed (ID-PWD-13).
    pub changes_password: bool,
    /// A first password may be set (ID-PWD-11).
    pub makes_password: bool,
}

/// A change of password by its owner (ID-PWD-10).
#[derive(Clone, Debug)]
pub struct PasswordChange {
    /// The present one.
    pub old: SecretString,
    /// The new one, both fields already compared by the form.
    pub new: SecretString,
    /// Renew the API token too, where the setting leaves the choice.
    pub renew_token: bool,
}

/// Which accounts a list is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserFilter {
    /// Only those in this state; they come from an index.
    pub state: Option<AccountState>,
    /// Only members of any of these groups; no restriction when empty.
    pub groups: Vec<String>,
}

/// One change an administrator makes (ID-CLI-23).
#[derive(Clone, Debug)]
pub enum UserChange {
    /// Superuser flag.
    Admin(bool),
    /// REJECT.
    Reject(String),
    /// VERIFY with the stored code.
    Verify,
    /// ACCEPT by hand.
    Accept,
    /// Project that requests without one are charged to.
    DefaultProject(String),
    /// ACTIVATE.
    Activate,
    /// DEACTIVATE.
    Deactivate(String),
    /// Invitations left.
    Invitations(u32),
    /// Invitation level.
    Level(u32),
    /// Into a group that exists.
    AddGroup(String),
    /// Out of a group.
    DeleteGroup(String),
    /// A permission, made on demand.
    AddPermission(String),
    /// Away with a permission.
    DeletePermission(String),
    /// A new password.
    Password(SecretString),
    /// A new API token.
    RenewToken,
    /// All second factors away, for somebody who lost the device; sessions end.
    ResetFactors,
    /// Terms count as signed.
    SignTerms,
    /// Another address, unverified state untouched.
    Email(String),
    /// First name.
    FirstName(String),
    /// Last name.
    LastName(String),
    /// Affiliation.
    Affiliation(Option<String>),
    /// What is noted about the local login method: a JSON object.
    Info(String),
    /// Base quota of a resource; None: the default (ID-QTA-20).
    BaseQuota {
        /// Name of the resource.
        resource: String,
        /// Limit.
        capacity: Option<u64>,
    },
    /// Delete an account that was not accepted.
    Delete,
}
