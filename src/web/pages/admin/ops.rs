//! What can be done to accounts: names, rights, when it makes sense, what is asked for.

use super::AtDesk;
use crate::{pages::posted::Posted, text};
use identity::{AccountState, Card, DeskOp, UserChange};
use kernel::{Error, Result, quantity};

/// What an act asks for besides a yes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asks {
    Nothing,
    /// A reason, may be empty.
    Reason,
    /// One line of this field.
    Line,
    /// A number.
    Number,
    /// Subject and text.
    Message,
    /// A resource and an amount.
    Quota,
    /// The address of the account, typed.
    Name,
}

/// One thing that can be done.
#[derive(Clone, Copy, Debug)]
pub(super) struct Op {
    /// Its name in addresses; `adm-op-<name>` is its text.
    pub(super) name: &'static str,
    /// Its name in the table of rights.
    right: &'static str,
    pub(super) asks: Asks,
    pub(super) danger: bool,
    /// Also for many at once.
    pub(super) bulk: bool,
}

const fn op(name: &'static str, right: &'static str, asks: Asks, danger: bool, bulk: bool) -> Op {
    Op {
        name,
        right,
        asks,
        danger,
        bulk,
    }
}

/// All of them, as they are offered.
#[rustfmt::skip]
pub(super) const OPS: &[Op] = &[
    op("accept", "accept", Asks::Nothing, false, true),
    op("reject", "reject", Asks::Reason, true, true),
    op("verify", "verify", Asks::Nothing, false, true),
    op("resend", "resend_verification", Asks::Nothing, false, true),
    op("activate", "activate", Asks::Nothing, false, true),
    op("deactivate", "deactivate", Asks::Reason, true, true),
    op("contact", "contact", Asks::Message, false, true),
    op("set-email", "set_email", Asks::Line, true, false),
    op("modify-email", "modify_email", Asks::Line, false, false),
    op("enable-local", "enable_local", Asks::Nothing, true, false),
    op("release-shibboleth", "release_shibboleth", Asks::Nothing, true, false),
    op("add-group", "modify", Asks::Line, false, true),
    op("delete-group", "modify", Asks::Line, false, true),
    op("add-permission", "modify", Asks::Line, false, true),
    op("delete-permission", "modify", Asks::Line, false, true),
    op("level", "modify", Asks::Number, false, true),
    op("invitations", "modify", Asks::Number, false, true),
    op("quota", "modify", Asks::Quota, false, true),
    op("default-project", "modify", Asks::Line, false, false),
    op("sign-terms", "modify", Asks::Nothing, false, true),
    op("renew-token", "modify", Asks::Nothing, true, true),
    op("renew-password", "renew_password", Asks::Nothing, true, false),
    op("reset-second-factor", "modify", Asks::Nothing, true, false),
    op("set-admin", "modify", Asks::Nothing, true, false),
    op("unset-admin", "modify", Asks::Nothing, true, false),
    op("delete", "modify", Asks::Name, true, false),
];

/// The act of a name.
pub(super) fn find(name: &str) -> Option<&'static Op> {
    OPS.iter().find(|op| op.name == name)
}

impl Op {
    /// Its name for programs (ID-ADU-42).
    pub(super) fn json_name(&self) -> String {
        match self.name {
            "resend" => "resend_verification".to_owned(),
            name => name.replace('-', "_"),
        }
    }

    /// Is it good, bad or neither for the person (ID-ADU-41)?
    pub(super) fn karma(&self) -> &'static str {
        match self.name {
            "accept" | "verify" | "activate" => "good",
            _ if self.danger => "bad",
            _ => "neutral",
        }
    }

    /// How much thought it wants (ID-ADU-41): what cannot be undone is dangerous, what
    /// takes something away wants a warning.
    pub(super) fn caution(&self) -> &'static str {
        match self.name {
            "reject" | "release-shibboleth" | "delete" | "reset-second-factor" => "dangerous",
            "modify-email" | "set-email" | "enable-local" => "warning",
            _ if self.danger => "warning",
            _ => "none",
        }
    }

    /// What it is called.
    pub(super) fn title(&self) -> String {
        text::text(&format!("adm-op-{}", self.name))
    }

    /// What comes of it, where that is not obvious.
    pub(super) fn consequence(&self) -> String {
        let key = format!("adm-ask-{}", self.name);
        match text::known(&key) {
            true => text::text(&key),
            false => String::new(),
        }
    }

    /// Label of the one field of [`Asks::Line`] and [`Asks::Number`].
    pub(super) fn label(&self) -> String {
        text::text(match self.name {
            "set-email" | "modify-email" => "email",
            "add-group" | "delete-group" => "adm-group",
            "add-permission" | "delete-permission" => "adm-permission",
            "default-project" => "adm-project",
            "level" => "adm-level",
            _ => "adm-invitations",
        })
    }

    /// May they?
    pub(super) fn allowed(&self, d: &AtDesk) -> bool {
        d.may(self.right)
    }

    /// Why it makes no sense where it does not fit.
    pub(super) fn refusal(&self) -> &'static str {
        match self.name {
            "set-email" => "ACTIVE_USER_SET_EMAIL",
            _ => "NOT_ALLOWED",
        }
    }

    /// Does it make sense for an account as it is?
    pub(super) fn fits(&self, card: &Card) -> bool {
        let (user, password) = (&card.user, card.password);
        let accepted = user.is_accepted();
        let has = |module: &str| {
            let mut all = user.methods.iter();
            all.any(|method| method.module == module && method.active)
        };
        match self.name {
            "accept" => user.verified && !accepted,
            "reject" => user.state == AccountState::Unmoderated && !user.active,
            "verify" | "resend" => !user.verified,
            "activate" => user.state == AccountState::Inactive,
            "deactivate" => accepted,
            "set-email" => !user.active,
            "modify-email" => user.active,
            "reset-second-factor" => card.factor,
            "enable-local" => !has("local"),
            "release-shibboleth" => has("shibboleth"),
            "delete-group" => !user.groups.is_empty(),
            "delete-permission" => !user.permissions.is_empty(),
            "quota" => accepted,
            "default-project" => user.active,
            "sign-terms" => !user.signed_terms,
            "renew-password" => password || has("local"),
            "set-admin" => !user.admin,
            "unset-admin" => user.admin,
            "delete" => !accepted,
            _ => true,
        }
    }

    /// What a form asked for.
    pub(super) fn read(&self, sent: &Posted) -> Result<DeskOp> {
        let line = || match sent.trimmed("value") {
            "" => Err(Error::field("value", "REQUIRED_FIELD")),
            value => Ok(value.to_owned()),
        };
        let number = || {
            let parsed: Result<u32, _> = sent.trimmed("value").parse();
            parsed.map_err(|_| Error::field("value", text::text("adm-number-wrong")))
        };
        let reason = || sent.trimmed("reason").to_owned();
        use UserChange as C;
        let change = match self.name {
            "accept" => C::Accept,
            // ID-ADU-42
            "reject" => C::Reject(match reason() {
                none if none.is_empty() => "Rejected by the admin".to_owned(),
                given => given,
            }),
            "verify" => C::Verify,
            "activate" => C::Activate,
            "deactivate" => C::Deactivate(reason()),
            "set-email" => C::Email(line()?),
            "add-group" => C::AddGroup(line()?),
            "delete-group" => C::DeleteGroup(line()?),
            "add-permission" => C::AddPermission(line()?),
            "delete-permission" => C::DeletePermission(line()?),
            "level" => C::Level(number()?),
            "invitations" => C::Invitations(number()?),
            "default-project" => C::DefaultProject(line()?),
            "sign-terms" => C::SignTerms,
            "renew-token" => C::RenewToken,
            "reset-second-factor" => C::ResetFactors,
            "set-admin" => C::Admin(true),
            "unset-admin" => C::Admin(false),
            "delete" => C::Delete,
            "quota" => quota(sent)?,
            "resend" => return Ok(DeskOp::Resend),
            "contact" => return super::deeds::message("user", sent),
            "modify-email" => return Ok(DeskOp::ModifyEmail(line()?)),
            "enable-local" => return Ok(DeskOp::EnableLocal),
            "release-shibboleth" => return Ok(DeskOp::ReleaseShibboleth),
            "renew-password" => return Ok(DeskOp::RenewPassword),
            _ => return Err(Error::not_found(text::text("no-such-page"))),
        };
        Ok(DeskOp::Change(change))
    }
}

fn quota(sent: &Posted) -> Result<UserChange> {
    let resource = match sent.trimmed("resource") {
        "" => return Err(Error::field("resource", "REQUIRED_FIELD")),
        resource => resource.to_owned(),
    };
    let capacity = match sent.trimmed("value") {
        "default" => None,
        amount => {
            let wrong = || Error::field("value", text::text("adm-amount-wrong"));
            Some(quantity::parse(amount).ok_or_else(wrong)?)
        }
    };
    Ok(UserChange::BaseQuota { resource, capacity })
}

/// What may be done to an account now.
pub(super) fn offered(d: &AtDesk, card: &Card) -> Vec<&'static Op> {
    // Superusers are changed by superusers only; others may write to them.
    let above = card.user.admin && !d.desk.is_superuser();
    let fits = |op: &&Op| op.allowed(d) && op.fits(card) && (!above || op.asks == Asks::Message);
    OPS.iter().filter(fits).collect()
}
