//! Accounts of an original installation (ID-CLI-80 `import-django-dump`, ID-UPG-06): people
//! with their hashes of passwords, login methods, groups and tokens.
//!
//! Invariants: all or nothing; whoever is here already (by uuid) stays as they are, so an
//! import can be repeated; nobody becomes active here who was not verified and accepted
//! there; no mail is sent.

use crate::{
    audit::{self, Act},
    email,
    keys::Use,
    password, policy, project,
    rows::{Code, Group, Life, Method, Password, Token, User, by_email, by_uuid, save},
    rules::Rules,
    sign_up, token,
    user_setting::UserSetting,
};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use kernel::{
    Caller, Cx, Error, Result, Timestamp, UserId, UserNo,
    secret::{ExposeSecret, SecretString},
    settings::registry::MODULES,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use store::{IndexSet, Reads, Row, WriteTx};

/// A way to log in there.
#[derive(Clone, Debug, Default)]
pub struct NewcomerMethod {
    /// The module.
    pub module: String,
    /// What it calls the person.
    pub identifier: String,
    /// `astakos` for local.
    pub backend: String,
    /// May it be used?
    pub active: bool,
    /// Where the provider says the person belongs.
    pub affiliation: Option<String>,
    /// What the provider told, JSON.
    pub info: String,
    /// When it was added.
    pub created: Option<Timestamp>,
    /// Last login with it.
    pub last_login: Option<Timestamp>,
}

/// Somebody of the other installation.
#[derive(Clone, Debug)]
pub struct Newcomer {
    /// Permanent public id.
    pub uuid: UserId,
    /// Address as typed.
    pub email: String,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Hash of the password with its parameters; None for none.
    pub password: Option<SecretString>,
    /// May log in.
    pub active: bool,
    /// An administrator.
    pub superuser: bool,
    /// Ownership of the address proven.
    pub verified: bool,
    /// When.
    pub verified_at: Option<Timestamp>,
    /// The code that was mailed, while it is not.
    pub code: Option<SecretString>,
    /// When it was mailed.
    pub activation_sent: Option<Timestamp>,
    /// A decision was taken.
    pub moderated: bool,
    /// When.
    pub moderated_at: Option<Timestamp>,
    /// Turned away.
    pub rejected: bool,
    /// Why.
    pub rejected_reason: Option<String>,
    /// Why it was accepted.
    pub accepted_policy: Option<String>,
    /// Address at the first acceptance.
    pub accepted_email: Option<String>,
    /// Why it was switched off.
    pub deactivated_reason: Option<String>,
    /// When.
    pub deactivated_at: Option<Timestamp>,
    /// The profile was looked at.
    pub profile_seen: bool,
    /// Terms were signed there, when.
    pub signed_terms: Option<Timestamp>,
    /// The API token, when it was made and when it expires.
    pub token: Option<(SecretString, Timestamp, Timestamp)>,
    /// Invitation level.
    pub level: u32,
    /// Invitations left.
    pub invitations: u32,
    /// Where they belong.
    pub affiliation: Option<String>,
    /// When the account was made.
    pub joined: Option<Timestamp>,
    /// Last login.
    pub last_login: Option<Timestamp>,
    /// Names of groups.
    pub groups: BTreeSet<String>,
    /// Permissions of their own.
    pub permissions: BTreeSet<String>,
    /// Ways to log in.
    pub methods: Vec<NewcomerMethod>,
    /// Numbers under names (ID-MOD-14).
    pub settings: BTreeMap<String, i64>,
    /// Base quota that an administrator set, by resource.
    pub quota: BTreeMap<String, u64>,
}

/// An installation's people.
#[derive(Clone, Debug, Default)]
pub struct Newcomers {
    /// Permissions of groups, by name.
    pub groups: BTreeMap<String, BTreeSet<String>>,
    /// The people, oldest first.
    pub people: Vec<Newcomer>,
}

/// What an import led to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Brought {
    /// How many accounts were made.
    pub made: usize,
    /// How many were here already.
    pub there: usize,
    /// What could not be taken over as it was.
    pub notes: Vec<String>,
}

/// The dearest hash of a password that was brought: a wrong password takes as long for
/// everybody (ID-SEC-06).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Dearest {
    id: u8,
    rounds: u32,
}

impl Row for Dearest {
    type Key = u8;
    const TABLE: &'static str = "identity.dearest_hash";
    fn key(&self) -> u8 {
        self.id
    }
    fn indexes(&self, _: &mut IndexSet) {}
}

/// Rounds of the dearest hash that was brought, 0 while there is none.
pub(crate) fn dearest(tx: &impl Reads) -> Result<u32> {
    Ok(tx.get::<Dearest>(&0)?.map_or(0, |row| row.rounds))
}

/// Brings people.
///
/// # Errors
/// `Invalid` naming every address that is malformed, there twice or somebody else's here.
pub(crate) fn bring(
    tx: &WriteTx,
    cx: &Cx,
    r: &Rules,
    actor: &Caller,
    all: &Newcomers,
) -> Result<Brought> {
    crate::admin::allow(actor)?;
    let mut brought = Brought::default();
    let new = unknown(tx, &all.people)?;
    brought.there = all.people.len() - new.len();
    for (name, permissions) in &all.groups {
        let id = policy::group_for(tx, name)?;
        let mut group: Group = tx.must(&id, "a group is gone")?;
        group.permissions.extend(permissions.iter().cloned());
        tx.put(&group)?;
    }
    let mut rounds = dearest(tx)?;
    for person in &new {
        let user = account(tx, cx, r, person, &mut brought.notes)?;
        if let Some(hash) = &person.password {
            let hash = hash.expose_secret();
            match password::rounds(hash) {
                Some(own) => {
                    rounds = rounds.max(own);
                    sign_up::set_password(tx, cx, &user, hash)?;
                }
                None => brought.notes.push(format!(
                    "{}: the password is of a kind that is not known; a new one is asked for by mail",
                    user.email
                )),
            }
        }
        ways(tx, cx, &user, person, &mut brought.notes)?;
        for (name, value) in &person.settings {
            tx.put(&UserSetting {
                user: user.no,
                name: name.clone(),
                value: *value,
            })?;
        }
        brought.made += 1;
    }
    tx.put(&Dearest { id: 0, rounds })?;
    let target = audit::Target::new("import", 0, "accounts of another installation");
    let act = Act::new("user.import", target).with("accounts", 0, brought.made);
    audit::record(tx, cx, actor, act)?;
    Ok(brought)
}

/// Those who are not here yet, all of them looked at before anything is written.
fn unknown<'a>(tx: &impl Reads, people: &'a [Newcomer]) -> Result<Vec<&'a Newcomer>> {
    let (mut new, mut wrong) = (Vec::new(), Vec::new());
    let (mut names, mut uuids) = (BTreeSet::new(), BTreeSet::new());
    for person in people {
        if !uuids.insert(person.uuid) || !names.insert(email::key(&person.email)) {
            wrong.push(format!("{} is there twice", person.email));
        } else if by_uuid(tx, person.uuid)?.is_some() {
            continue;
        } else if !email::valid(&person.email) {
            wrong.push(format!("'{}' is no address", person.email.escape_debug()));
        } else if by_email(tx, &person.email)?.is_some() {
            wrong.push(format!("{} is somebody else's here", person.email));
        } else {
            new.push(person);
        }
    }
    match wrong.is_empty() {
        true => Ok(new),
        false => Err(Error::invalid(format!(
            "Nothing is imported: {}{}",
            wrong[..wrong.len().min(20)].join("; "),
            if wrong.len() > 20 { "; and more" } else { "" }
        ))),
    }
}

/// The account itself, its token and its own project.
fn account(
    tx: &WriteTx,
    cx: &Cx,
    r: &Rules,
    from: &Newcomer,
    notes: &mut Vec<String>,
) -> Result<User> {
    let rejected = from.moderated && from.rejected;
    let accepted = from.verified && from.moderated && !rejected;
    if from.active && !accepted {
        notes.push(format!(
            "{}: was active without being verified and accepted, and is not active here",
            from.email
        ));
    }
    let mut user = bare(tx, cx, from)?;
    user.code = code(r, from);
    for name in &from.groups {
        user.groups.insert(policy::group_for(tx, name)?);
    }
    match &from.token {
        Some((text, created, expires)) => {
            let sealed = token::sealed(cx, r, user.no, text.expose_secret())?;
            user.token = Some(Token {
                hash: r.keys.hash(Use::Token, text.expose_secret().as_bytes()),
                sealed: STANDARD_NO_PAD.encode(sealed),
                created: *created,
                expires: *expires,
            });
        }
        None => drop(token::make(cx, r, &mut user)?),
    }
    save(tx, cx, &mut user)?;
    if accepted {
        project::open(tx, cx, &user)?;
        for (resource, capacity) in &from.quota {
            match project::set_base_quota(tx, &user, resource, Some(*capacity)) {
                Err(Error::NotFound { message }) => {
                    notes.push(format!("{}: {message}", user.email))
                }
                done => done?,
            }
        }
        if !user.is_active {
            project::suspend(tx, &user)?;
        }
    } else if !from.quota.is_empty() {
        notes.push(format!(
            "{}: {} quota limits are left out: the account is not accepted",
            user.email,
            from.quota.len()
        ));
    }
    Ok(user)
}

/// The row without what needs the store or the keys. A decision about an address that
/// was never proven counts for nothing here.
fn bare(tx: &WriteTx, cx: &Cx, from: &Newcomer) -> Result<User> {
    let moderated = from.verified && from.moderated;
    let rejected = moderated && from.rejected;
    let accepted = moderated && !rejected;
    let joined = from.joined.unwrap_or(cx.now);
    let kept = |on: bool, text: &Option<String>| text.clone().filter(|_| on);
    Ok(User {
        no: UserNo(tx.next_id(User::TABLE)?),
        uuid: from.uuid,
        email: from.email.clone(),
        username: from.email.to_lowercase(),
        first_name: from.first_name.clone(),
        last_name: from.last_name.clone(),
        language: "en".into(),
        is_active: from.active && accepted,
        is_superuser: from.superuser,
        email_verified: from.verified,
        verified_at: from.verified.then(|| from.verified_at.unwrap_or(joined)),
        code: None,
        activation_sent: from.activation_sent,
        moderated,
        moderated_at: from.moderated_at.or(Some(joined)).filter(|_| moderated),
        moderated_data: None,
        is_rejected: rejected,
        rejected_reason: kept(rejected, &from.rejected_reason),
        accepted_policy: kept(accepted, &from.accepted_policy)
            .or_else(|| accepted.then(|| "manual".to_owned())),
        accepted_email: kept(accepted, &from.accepted_email)
            .or_else(|| accepted.then(|| from.email.clone())),
        deactivated_reason: kept(accepted && !from.active, &from.deactivated_reason),
        deactivated_at: from.deactivated_at.filter(|_| accepted && !from.active),
        is_verified: from.profile_seen,
        has_signed_terms: from.signed_terms.is_some(),
        date_signed_terms: from.signed_terms,
        token: None,
        level: from.level,
        invitations: from.invitations,
        affiliation: from.affiliation.clone(),
        default_project: accepted.then(|| from.uuid.own_project()),
        joined,
        updated: cx.now,
        last_login: from.last_login,
        groups: BTreeSet::new(),
        permissions: from.permissions.clone(),
        life: Life::default(),
    })
}

/// The code that was mailed stays good for its time.
fn code(r: &Rules, from: &Newcomer) -> Option<Code> {
    let text = from.code.as_ref().filter(|_| !from.verified)?;
    let days = r.days("ASTAKOS_VERIFICATION_DAYS");
    let sent = from.activation_sent?;
    Some(Code {
        hash: r.keys.hash(Use::Code, text.expose_secret().as_bytes()),
        expires: days.map(|days| sent + days),
        sealed: String::new(),
    })
}

/// The ways to log in; an identity belongs to one verified account (ID-MOD-05).
fn ways(
    tx: &WriteTx,
    cx: &Cx,
    user: &User,
    from: &Newcomer,
    notes: &mut Vec<String>,
) -> Result<()> {
    let mut there = BTreeSet::new();
    for way in &from.methods {
        let (module, identifier) = (way.module.as_str(), way.identifier.as_str());
        let name = format!("{module}:{identifier}");
        if !MODULES.contains(&module) || identifier.chars().count() > 255 {
            notes.push(format!("{}: {name} is no login method here", user.email));
            continue;
        }
        let taken = !identifier.is_empty() && policy::holder(tx, module, identifier)?.is_some();
        if !there.insert(name.clone()) || taken {
            notes.push(format!("{}: {name} is somebody's already", user.email));
            continue;
        }
        let json = serde_json::from_str::<serde_json::Value>(&way.info);
        let object = json.is_ok_and(|info| info.is_object());
        tx.put(&Method {
            user: user.no,
            id: tx.next_id(Method::TABLE)?,
            module: module.to_owned(),
            identifier: identifier.to_owned(),
            backend: match way.backend.is_empty() {
                true => "astakos".to_owned(),
                false => way.backend.clone(),
            },
            active: way.active,
            affiliation: way.affiliation.clone(),
            info: if object {
                way.info.clone()
            } else {
                "{}".into()
            },
            created: way.created.unwrap_or(user.joined),
            last_login: way.last_login,
        })?;
    }
    if there.is_empty() && tx.get::<Password>(&user.no)?.is_some() {
        sign_up::add_local(tx, cx, user)?;
    }
    Ok(())
}
