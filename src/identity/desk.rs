//! Who may use the administration pages, and what for (ID-ADU-02, ID-ADU-03): the
//! superusers everything, the groups of `ADMIN_PERMITTED_GROUPS` what the table
//! `ADMIN_RBAC` says. A [`Desk`] is made here only and carries the right to look; an
//! action is compared with the table before it is carried out.

use crate::{
    admin::{self, Change},
    audit::{self, Act},
    follow, mails,
    rows::{Method, User, methods},
    rules::Rules,
    sign_up,
    view::{UserChange, UserView},
};
use kernel::{Caller, Cx, Error, Origin, Result, Role, Settings, UserNo, settings::Value};
use store::{Reads, Row, WriteTx};

/// Somebody who may use the administration pages.
#[derive(Clone, Debug)]
pub struct Desk {
    pub(crate) actor: Caller,
    groups: Vec<String>,
    superuser: bool,
}

/// The built-in table: type, actions, groups (ID-ADU-03). `h`: helpdesk and admin.
const TABLE: &[(&str, &str, &str)] = &[
    (
        "user",
        "activate deactivate accept reject verify resend_verification set_email release_shibboleth \
         enable_local",
        "a",
    ),
    ("user", "contact modify_email", "h"),
    ("vm", "start shutdown reboot suspend unsuspend contact", "h"),
    ("vm", "destroy", "a"),
    ("volume", "contact", "h"),
    ("network", "drain undrain destroy", "a"),
    ("network", "contact", "h"),
    ("ip", "destroy", "a"),
    ("ip", "contact", "h"),
    (
        "project",
        "approve deny suspend unsuspend terminate reinstate contact",
        "a",
    ),
];

/// Groups that may do `action` to things of `kind`.
fn allowed(settings: &Settings, kind: &str, action: &str) -> Vec<String> {
    if let Some(table) = settings.get("ADMIN_RBAC")
        && !matches!(table, Value::None)
    {
        let groups = table.entry(kind).and_then(|actions| actions.entry(action));
        return match groups {
            Some(Value::List(groups)) => groups
                .iter()
                .filter_map(|group| match group {
                    Value::Str(name) => Some(name.to_string()),
                    _ => None,
                })
                .collect(),
            _ => Vec::new(),
        };
    }
    let found = TABLE
        .iter()
        .find(|(k, all, _)| *k == kind && all.split_whitespace().any(|a| a == action));
    let group = |name: &str| settings.str(name).to_owned();
    match found {
        Some((_, _, "h")) => vec![group("ADMIN_HELPDESK_GROUP"), group("ADMIN_GROUP")],
        Some(_) => vec![group("ADMIN_GROUP")],
        None => Vec::new(),
    }
}

/// Groups that may enter (ID-ADU-01): those of the setting; as long as it names the three
/// built-in groups, those that `ADMIN_READONLY_GROUP`, `ADMIN_HELPDESK_GROUP` and
/// `ADMIN_GROUP` name in their place.
pub(crate) fn permitted(settings: &Settings) -> Vec<String> {
    let named = settings.strings("ADMIN_PERMITTED_GROUPS");
    if named != ["admin-readonly", "helpdesk", "admin"] {
        return named;
    }
    [
        "ADMIN_READONLY_GROUP",
        "ADMIN_HELPDESK_GROUP",
        "ADMIN_GROUP",
    ]
    .iter()
    .map(|name| settings.str(name).to_owned())
    .collect()
}

impl Desk {
    /// The desk of a person, if they have one.
    pub(crate) fn of(settings: &Settings, user: &UserView, origin: Origin) -> Option<Self> {
        if !settings.bool("ADMIN_ENABLED") || !user.active {
            return None;
        }
        let permitted = permitted(settings);
        let groups: Vec<String> = user.groups.iter().map(|(_, name)| name.clone()).collect();
        let enters = user.admin || groups.iter().any(|group| permitted.contains(group));
        enters.then(|| Desk {
            actor: Caller::person(user.uuid)
                .with(Role::Admin)
                .asking_from(origin),
            groups,
            superuser: user.admin,
        })
    }

    /// May they do `action` to things of `kind`? What the table does not name, only
    /// superusers may.
    pub fn may(&self, settings: &Settings, kind: &str, action: &str) -> bool {
        let groups = || allowed(settings, kind, action);
        self.superuser || groups().iter().any(|group| self.groups.contains(group))
    }

    /// Who sits at it, to do `action` to things of `kind`.
    ///
    /// # Errors
    /// `Forbidden` when the table does not allow it.
    pub fn permit(&self, settings: &Settings, kind: &str, action: &str) -> Result<&Caller> {
        match self.may(settings, kind, action) {
            true => Ok(&self.actor),
            false => Err(Error::forbidden("NOT_ALLOWED")),
        }
    }

    /// Who sits at it, with the right to look; what they do beyond that is compared
    /// with the table first ([`Desk::may`]).
    pub fn caller(&self) -> &Caller {
        &self.actor
    }

    /// A superuser, who may do everything?
    pub fn is_superuser(&self) -> bool {
        self.superuser
    }
}

/// What can be done to an account from the desk.
#[derive(Clone, Debug)]
pub enum DeskOp {
    /// As the command line does it.
    Change(UserChange),
    /// The verification mail again.
    Resend,
    /// A random password, shown once.
    RenewPassword,
    /// A message to the person; placeholders are filled in (ID-ADU-44).
    Contact {
        /// About a thing of this kind, whose row of the table counts: `user`, `vm` …
        about: &'static str,
        /// Who writes, where that is not the service itself: an address, or empty.
        sender: String,
        /// Subject.
        subject: String,
        /// Text.
        text: String,
    },
    /// Adds or switches on the local login method (ID-ADU-42).
    EnableLocal,
    /// Removes the Shibboleth method (ID-ADU-42).
    ReleaseShibboleth,
    /// Asks for another address in the person's name (ID-ADU-42, ID-EML-03).
    ModifyEmail(String),
}

impl DeskOp {
    /// The kind of things whose row of the table counts.
    pub fn kind(&self) -> &'static str {
        match self {
            DeskOp::Contact { about, .. } => about,
            _ => "user",
        }
    }

    /// The name the table knows it by.
    pub fn name(&self) -> &'static str {
        match self {
            DeskOp::Resend => "resend_verification",
            DeskOp::RenewPassword => "renew_password",
            DeskOp::Contact { .. } => "contact",
            DeskOp::EnableLocal => "enable_local",
            DeskOp::ReleaseShibboleth => "release_shibboleth",
            DeskOp::ModifyEmail(_) => "modify_email",
            DeskOp::Change(change) => match change {
                UserChange::Accept => "accept",
                UserChange::Reject(_) => "reject",
                UserChange::Verify => "verify",
                UserChange::Activate => "activate",
                UserChange::Deactivate(_) => "deactivate",
                UserChange::Email(_) => "set_email",
                _ => "modify",
            },
        }
    }
}

/// What an act led to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// In words.
    pub said: Vec<String>,
    /// The account was deleted.
    pub gone: bool,
    /// The new password is in force.
    pub(crate) renewed: bool,
}

/// Carries out an act; `hash` is that of the new password where one is needed.
pub(crate) fn act(
    tx: &WriteTx,
    cx: &Cx,
    r: &Rules,
    desk: &Desk,
    no: UserNo,
    op: &DeskOp,
    hash: &str,
) -> Result<Done> {
    desk.permit(&r.settings, op.kind(), op.name())?;
    let user: User = tx.must(&no, &format!("Unknown user with id '{no}'"))?;
    let actor = &desk.actor;
    if !matches!(op, DeskOp::Contact { .. }) {
        admin::may_change(tx, actor, &user)?;
    }
    let done = |said: &str| Done {
        said: vec![said.to_owned()],
        ..Done::default()
    };
    match op {
        DeskOp::Change(UserChange::Email(_)) if user.is_active => {
            Err(Error::conflict("ACTIVE_USER_SET_EMAIL"))
        }
        DeskOp::Change(change) => {
            let change = Change::Other(change.clone());
            let (said, left) = admin::modify(tx, cx, r, actor, no, &[change])?;
            let gone = left.is_none();
            Ok(Done {
                said,
                gone,
                ..Done::default()
            })
        }
        DeskOp::RenewPassword => {
            let change = Change::Password(hash.to_owned());
            let (said, _) = admin::modify(tx, cx, r, actor, no, &[change])?;
            Ok(Done {
                said,
                renewed: true,
                ..Done::default()
            })
        }
        DeskOp::Resend => {
            admin::send_verification(tx, cx, r, actor, no)?;
            Ok(done("Activation sent"))
        }
        DeskOp::Contact { .. } => {
            let act = contact(tx, r, &user, op)?;
            audit::record(tx, cx, actor, act)?;
            Ok(done("Message sent"))
        }
        DeskOp::ModifyEmail(email) => {
            modify_email(tx, cx, r, actor, &user, email)?;
            Ok(done("Change of address asked for"))
        }
        DeskOp::EnableLocal => enable_local(tx, cx, r, actor, user, hash),
        DeskOp::ReleaseShibboleth => release(tx, cx, actor, &user, "shibboleth"),
    }
}

/// Asks for another address in the person's name.
fn modify_email(
    tx: &WriteTx,
    cx: &Cx,
    r: &Rules,
    actor: &Caller,
    user: &User,
    email: &str,
) -> Result<()> {
    crate::email_change::allowed(tx, r, user).map_err(|_| {
        Error::conflict(
            "Addresses are not changed by their owners: see ASTAKOS_EMAILCHANGE_ENABLED, \
             and what the login methods of this account force.",
        )
    })?;
    crate::email_change::request(tx, cx, r, user, email.trim())?;
    let act = Act::new("user.modify-email", audit::target(user));
    audit::record(tx, cx, actor, act.with("email", &user.email, email))
}

/// Writes to somebody; what is to be recorded.
fn contact(tx: &WriteTx, r: &Rules, user: &User, op: &DeskOp) -> Result<Act> {
    let DeskOp::Contact {
        about,
        sender,
        subject,
        text,
    } = op
    else {
        return Err(Error::broken("handled by the caller"));
    };
    let fill = |text: &str| fill(text, user);
    let sender = sender.trim();
    mails::contact(tx, r, user, (&fill(subject), &fill(text)), sender)?;
    let about = if *about == "user" { "" } else { about };
    Ok(Act::new("user.contact", audit::target(user))
        .with("subject", "", subject)
        .with("sender", "", sender)
        .with("about", "", about))
}

/// Puts what is known of the person in place of the four placeholders, nothing else
/// (ID-ADU-44).
fn fill(text: &str, user: &User) -> String {
    let full = format!("{} {}", user.first_name, user.last_name);
    let known = |name: &str| match name {
        "full_name" => Some(full.trim()),
        "first_name" => Some(user.first_name.as_str()),
        "last_name" => Some(user.last_name.as_str()),
        "email" => Some(user.email.as_str()),
        _ => None,
    };
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        out.push_str(before);
        match after.split_once("}}") {
            Some((name, later)) if known(name.trim()).is_some() => {
                out.push_str(known(name.trim()).unwrap_or_default());
                rest = later;
            }
            _ => {
                out.push_str("{{");
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

fn enable_local(
    tx: &WriteTx,
    cx: &Cx,
    r: &Rules,
    actor: &Caller,
    mut user: User,
    hash: &str,
) -> Result<Done> {
    if sign_up::local(tx, &user)?.is_some() {
        return Err(Error::conflict("LOCAL_PROVIDER_ACTIVE"));
    }
    let mut act = Act::new("user.enable-local", audit::target(&user)).with("local", "no", "yes");
    let renewed = tx.get::<crate::rows::Password>(&user.no)?.is_none();
    if renewed {
        act = act.and(admin::set_password(tx, cx, r, &mut user, hash)?);
    } else {
        sign_up::add_local(tx, cx, &user)?;
    }
    follow::changed(tx, user.no)?;
    audit::record(tx, cx, actor, act)?;
    Ok(Done {
        said: vec!["Local login method enabled".to_owned()],
        renewed,
        ..Done::default()
    })
}

fn release(tx: &WriteTx, cx: &Cx, actor: &Caller, user: &User, module: &str) -> Result<Done> {
    let all = methods(tx, user.no)?;
    let gone: Vec<&Method> = all.iter().filter(|m| m.module == module).collect();
    if gone.is_empty() {
        return Err(Error::conflict("SHIBBOLETH_NOT_FOUND"));
    }
    let mut act = Act::new(format!("user.release-{module}"), audit::target(user));
    for method in gone {
        act = act.with("identifier", &method.identifier, "");
        tx.remove::<Method>(&method.key())?;
    }
    follow::changed(tx, user.no)?;
    audit::record(tx, cx, actor, act)?;
    Ok(Done {
        said: vec![format!("Login method {module} removed")],
        ..Done::default()
    })
}
