//! The tables. Changes of accounts go through [`save`], so that whoever remembers
//! something about them (see [`USERS`]) is woken.

use crate::{email, view::AccountState};
use kernel::{Cx, Digest, ProjectId, Result, Timestamp, UserId, UserNo};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use store::{IndexSet, Reads, Row, WriteTx};

/// Topic woken after every change that matters to who may do what.
pub const USERS: &str = "identity.changed";

/// The API token of a person (ID-TOK-05).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// Keyed hash: the look-up index.
    pub hash: Digest,
    /// The token under a key outside the database, base64.
    pub sealed: String,
    /// When it was made.
    pub created: Timestamp,
    /// When it expires.
    pub expires: Timestamp,
}

/// A verification code that was mailed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Code {
    /// Keyed hash.
    pub hash: Digest,
    /// Until when it is good; None: for ever.
    pub expires: Option<Timestamp>,
    /// The code itself, sealed, for administrators (ID-ADU-21); empty: not kept.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sealed: String,
}

/// An account (ID-MOD-01).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
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
    /// May log in and use the APIs.
    pub is_active: bool,
    /// An administrator.
    pub is_superuser: bool,
    /// Ownership of the address proven.
    pub email_verified: bool,
    /// When.
    pub verified_at: Option<Timestamp>,
    /// The code that proves it.
    pub code: Option<Code>,
    /// When it was last mailed.
    pub activation_sent: Option<Timestamp>,
    /// A decision was taken.
    pub moderated: bool,
    /// When.
    pub moderated_at: Option<Timestamp>,
    /// The account at that time, JSON without secrets.
    pub moderated_data: Option<String>,
    /// Turned away.
    pub is_rejected: bool,
    /// Why.
    pub rejected_reason: Option<String>,
    /// Why it was accepted (ID-ACT-05).
    pub accepted_policy: Option<String>,
    /// Address at the first acceptance.
    pub accepted_email: Option<String>,
    /// Why it was switched off.
    pub deactivated_reason: Option<String>,
    /// When.
    pub deactivated_at: Option<Timestamp>,
    /// The profile was looked at.
    pub is_verified: bool,
    /// Terms are signed.
    pub has_signed_terms: bool,
    /// When.
    pub date_signed_terms: Option<Timestamp>,
    /// API token.
    pub token: Option<Token>,
    /// Invitation level.
    pub level: u32,
    /// Invitations left.
    pub invitations: u32,
    /// As an outside identity states it.
    pub affiliation: Option<String>,
    /// Project that requests without one are charged to; None: the own one.
    pub default_project: Option<ProjectId>,
    /// When the account was made.
    pub joined: Timestamp,
    /// Last change.
    pub updated: Timestamp,
    /// Last login.
    pub last_login: Option<Timestamp>,
    /// Numbers of groups.
    pub groups: BTreeSet<u64>,
    /// Permissions of their own.
    pub permissions: BTreeSet<String>,
    /// What its life brought along.
    #[serde(default, skip_serializing_if = "Life::is_empty")]
    pub life: Life,
}

/// What an account brings along from its registration and the decision about it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Life {
    /// Newest version of the terms that was signed.
    #[serde(default)]
    pub signed_terms: u64,
    /// What the applicant wrote to those who decide.
    #[serde(default)]
    pub message: Option<String>,
    /// Number of the invitation the person signed up with.
    #[serde(default)]
    pub invitation: Option<u64>,
    /// Who decided, in words; None when the settings did.
    #[serde(default)]
    pub decided_by: Option<String>,
}

impl Life {
    fn is_empty(&self) -> bool {
        *self == Life::default()
    }
}

impl User {
    /// The derived state (ID-UST-01).
    pub fn state(&self) -> AccountState {
        if !self.email_verified {
            AccountState::Unverified
        } else if !self.moderated {
            AccountState::Unmoderated
        } else if self.is_rejected {
            AccountState::Rejected
        } else if self.is_active {
            AccountState::Active
        } else {
            AccountState::Inactive
        }
    }

    /// Was a decision for the account taken? (ID-UST-04)
    pub fn is_accepted(&self) -> bool {
        self.moderated && !self.is_rejected
    }

    /// `<uuid>::<email>`, for the log (ID-CON-09).
    pub fn log_display(&self) -> String {
        format!("{}::{}", self.uuid, self.email)
    }
}

impl Row for User {
    type Key = UserNo;
    const TABLE: &'static str = "identity.user";
    fn key(&self) -> UserNo {
        self.no
    }
    fn indexes(&self, ix: &mut IndexSet) {
        ix.unique("uuid", self.uuid);
        ix.unique("username", &self.username);
        // Where the name is not the one spelling of the mailbox.
        let mailbox = email::key(&self.username);
        if mailbox != self.username {
            ix.add("mailbox", mailbox);
        }
        ix.add("state", self.state() as u8);
        // Newest first.
        ix.add("domain", (domain(&self.username), u64::MAX - self.no.0));
        if let Some(token) = &self.token {
            ix.unique("token", token.hash);
        }
        if let Some(code) = &self.code {
            ix.unique("code", code.hash);
        }
        for group in &self.groups {
            ix.add("group", *group);
        }
    }
}

/// Slice of a migration: accounts are listed by the domain of their address, and found by
/// any spelling of it.
///
/// # Errors
/// When a row cannot be read.
pub fn reindex_users(tx: &WriteTx, cursor: Option<Vec<u8>>) -> Result<store::Step> {
    tx.rewrite::<User>(cursor, store::SLICE)
}

/// The domain of an address.
pub(crate) fn domain(username: &str) -> &str {
    username.rsplit_once('@').map_or("", |(_, domain)| domain)
}

/// Stores a changed account.
pub(crate) fn save(tx: &WriteTx, cx: &Cx, user: &mut User) -> Result<()> {
    user.updated = cx.now;
    tx.put(user)?;
    tx.wake(USERS);
    crate::follow::changed(tx, user.no)
}

/// The account of a public id.
pub(crate) fn by_uuid(tx: &impl Reads, uuid: UserId) -> Result<Option<User>> {
    tx.find_one("uuid", &uuid)
}

/// The account of an address, in any case and spelling.
pub(crate) fn by_email(tx: &impl Reads, email: &str) -> Result<Option<User>> {
    let mailbox = email::key(email);
    let plain: Option<User> = tx.find_one("username", &mailbox)?;
    if plain.is_some() {
        return Ok(plain);
    }
    Ok(tx.find::<User>("mailbox", &(mailbox,), None, 1)?.pop())
}

/// A way to log in (ID-MOD-04).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Method {
    /// Whose.
    pub user: UserNo,
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub affiliation: Option<String>,
    /// What the provider told, JSON.
    pub info: String,
    /// When it was added.
    pub created: Timestamp,
    /// Last login with it.
    pub last_login: Option<Timestamp>,
}

impl Row for Method {
    type Key = (UserNo, u64);
    const TABLE: &'static str = "identity.method";
    fn key(&self) -> Self::Key {
        (self.user, self.id)
    }
    fn indexes(&self, ix: &mut IndexSet) {
        if !self.identifier.is_empty() {
            ix.add("identity", (&self.module, &self.identifier));
        }
    }
}

/// The login methods of an account, by module and age.
pub(crate) fn methods(tx: &impl Reads, user: UserNo) -> Result<Vec<Method>> {
    let mut all = tx.scan_prefix::<Method>(&(user,), None, 1000)?;
    all.sort_by(|a, b| (&a.module, a.created).cmp(&(&b.module, b.created)));
    Ok(all)
}

/// A password; absent: none that could match (ID-SEC-02).
#[derive(Clone, Serialize, Deserialize)]
pub struct Password {
    /// Whose.
    pub user: UserNo,
    /// Hash with its parameters.
    pub hash: String,
    /// When it was set.
    pub set: Timestamp,
}

impl Row for Password {
    type Key = UserNo;
    const TABLE: &'static str = "identity.password";
    fn key(&self) -> UserNo {
        self.user
    }
}

/// A browser's session (ID-SES-01).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Keyed hash of the cookie.
    pub hash: Digest,
    /// Whose.
    pub user: UserNo,
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
    /// Began with a second factor.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub second: bool,
}

impl Row for Session {
    type Key = Digest;
    const TABLE: &'static str = "identity.session";
    fn key(&self) -> Digest {
        self.hash
    }
    fn indexes(&self, ix: &mut IndexSet) {
        ix.add("user", (self.user, self.created));
        ix.add("expires", self.expires);
    }
}

/// A link for a new password (ID-PWD-03).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reset {
    /// Keyed hash of its secret part.
    pub hash: Digest,
    /// Whose.
    pub user: UserNo,
    /// Until when it is good.
    pub expires: Timestamp,
}

impl Row for Reset {
    type Key = Digest;
    const TABLE: &'static str = "identity.reset";
    fn key(&self) -> Digest {
        self.hash
    }
    fn indexes(&self, ix: &mut IndexSet) {
        ix.add("user", self.user);
        ix.add("expires", self.expires);
    }
}

/// Login attempts that did not succeed (ID-LOG-10).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempts {
    /// What is counted: see `throttle`.
    pub kind: u8,
    /// For whom.
    pub subject: String,
    /// How many.
    pub count: u32,
    /// When the last one was.
    pub last: Timestamp,
}

impl Row for Attempts {
    type Key = (u8, String);
    const TABLE: &'static str = "identity.attempts";
    fn key(&self) -> Self::Key {
        (self.kind, self.subject.clone())
    }
    fn indexes(&self, ix: &mut IndexSet) {
        ix.add("last", self.last);
    }
}

/// A group (ID-MOD-12); members are known by their accounts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Its number.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// What its members may do.
    pub permissions: BTreeSet<String>,
}

impl Row for Group {
    type Key = u64;
    const TABLE: &'static str = "identity.group";
    fn key(&self) -> u64 {
        self.id
    }
    fn indexes(&self, ix: &mut IndexSet) {
        ix.unique("name", &self.name);
    }
}

/// State of a project (ID-PRJ-02).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ProjectState {
    /// Its limits are in force.
    Normal,
    /// Its limits are 0.
    Suspended,
}

/// Limits of a resource in a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limit {
    /// For all members together.
    pub project: u64,
    /// For each member.
    pub member: u64,
    /// Set by an administrator, so that other defaults do not change it (ID-RES-05).
    pub explicit: bool,
}

/// A project (ID-PRJ-01); the system projects of persons so far (ID-PRJ-30).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Project {
    /// Its id; that of the person for a system project.
    pub uuid: ProjectId,
    /// Its chain number.
    pub no: u64,
    /// Its name.
    pub realname: String,
    /// What it is.
    pub description: String,
    /// The person whose system project it is.
    pub user: UserNo,
    /// When it was made.
    pub created: Timestamp,
    /// When it ends.
    pub end_date: Timestamp,
    /// A system project?
    pub is_base: bool,
    /// Hidden from others?
    pub private: bool,
    /// Its state.
    pub state: ProjectState,
    /// Why it was last suspended or resumed.
    pub reason: String,
    /// Limits by resource.
    pub limits: BTreeMap<String, Limit>,
}

impl Row for Project {
    type Key = ProjectId;
    const TABLE: &'static str = "identity.project";
    fn key(&self) -> ProjectId {
        self.uuid
    }
    fn indexes(&self, ix: &mut IndexSet) {
        ix.unique("no", self.no);
    }
}
