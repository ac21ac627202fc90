//! Mails that tell people what was changed about the security of their account, so that
//! somebody else's change does not go unnoticed.
//!
//! Invariants: asked for in the transaction of the change; they carry no secret and no
//! link that does anything by itself.

use crate::{mails, rows::User, rules::Rules, view::ClientInfo};
use kernel::{Cx, Result};
use serde_json::Value;
use store::WriteTx;

/// What was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Notice {
    /// The owner chose another password; the address of a change that was called off.
    PasswordChanged(Option<String>),
    /// A mailed link was used to choose another password; the address of a change that was called off.
    PasswordReset(Option<String>),
    /// The account has a password for the first time; the address of a change that was called off.
    PasswordMade(Option<String>),
    /// An administrator set a password; the address of a change that was called off.
    PasswordSet(Option<String>),
    /// One more second factor, by the name its owner gave it.
    FactorAdded(String),
    /// One less.
    FactorRemoved(String),
    /// An administrator removed all of them.
    FactorsReset,
    /// New recovery codes took the place of the old ones.
    CodesRenewed,
    /// A recovery code was used to log in; so many are left.
    CodeUsed(usize),
    /// The account moved from this address.
    EmailChanged(String),
    /// One more way to log in, in words.
    MethodAdded(Value),
    /// One less.
    MethodRemoved(Value),
    /// A login method stands for another identity now.
    MethodSwitched(Value),
    /// Sessions were ended by their owner.
    SessionsEnded,
    /// An administrator ended all sessions.
    SessionsEndedByAdmin,
}

/// The address of a change that was called off, for templates.
fn address(called_off: &Option<String>) -> Value {
    called_off.as_deref().unwrap_or_default().into()
}

impl Notice {
    /// The word templates know it by, and what belongs to it.
    fn parts(&self) -> (&'static str, Value) {
        match self {
            Notice::PasswordChanged(off) => ("password-changed", address(off)),
            Notice::PasswordReset(off) => ("password-reset", address(off)),
            Notice::PasswordMade(off) => ("password-made", address(off)),
            Notice::PasswordSet(off) => ("password-set", address(off)),
            Notice::FactorAdded(name) => ("factor-added", name.as_str().into()),
            Notice::FactorRemoved(name) => ("factor-removed", name.as_str().into()),
            Notice::FactorsReset => ("factors-reset", "".into()),
            Notice::CodesRenewed => ("codes-renewed", "".into()),
            Notice::CodeUsed(left) => ("code-used", left.to_string().into()),
            Notice::EmailChanged(from) => ("email-changed", from.as_str().into()),
            Notice::MethodAdded(name) => ("method-added", name.clone()),
            Notice::MethodRemoved(name) => ("method-removed", name.clone()),
            Notice::MethodSwitched(name) => ("method-switched", name.clone()),
            Notice::SessionsEnded => ("sessions-ended", "".into()),
            Notice::SessionsEndedByAdmin => ("sessions-ended-by-admin", "".into()),
        }
    }
}

/// Asks for the mail about a change; `client` is who made it, where that is known. A
/// move to another address is told at both.
pub(crate) fn tell(
    tx: &WriteTx,
    cx: &Cx,
    r: &Rules,
    user: &User,
    notice: &Notice,
    client: Option<&ClientInfo>,
) -> Result<()> {
    if !r.settings.bool("ASTAKOS_ACCOUNT_NOTICES") {
        return Ok(());
    }
    let (event, detail) = notice.parts();
    let from = client.map(|client| client.address.to_canonical().to_string());
    let url = format!("{}/ui/sessions", r.settings.base_url());
    let more = [
        ("event", event.into()),
        ("detail", detail),
        ("when", cx.now.to_string().into()),
        ("from", from.into()),
        ("url", url.into()),
    ];
    let mut to = vec![user.email.as_str()];
    if let Notice::EmailChanged(from) = notice {
        to.push(from);
    }
    for to in to {
        mails::publish(tx, r, "im/account_notice", to, user, &more)?;
    }
    Ok(())
}
