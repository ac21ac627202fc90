//! On whose behalf something is done, and from where: what an audit entry says of
//! its author. Made at the edge (a page, an API, the admin socket, a mailed link),
//! carried by [`crate::Caller`], written down by the rules.

use crate::UserId;
use serde::{Deserialize, Serialize};

/// Who acts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Who {
    /// A person with an account.
    User(UserId),
    /// A user of this machine who typed a management command; may be empty.
    CommandLine(String),
    /// The address a signed link was mailed to.
    Recipient(String),
    /// The service itself.
    System,
}

impl Who {
    /// Text that names the author in indexes and filters: a uuid, `command line`,
    /// `command line:<user>`, `mail:<address>` or `system`.
    pub fn key(&self) -> String {
        match self {
            Who::User(user) => user.to_string(),
            Who::CommandLine(name) if name.is_empty() => "command line".to_owned(),
            Who::CommandLine(name) => format!("command line:{name}"),
            Who::Recipient(address) => format!("mail:{}", address.to_lowercase()),
            Who::System => "system".to_owned(),
        }
    }
}

/// Who acts, from where, by which request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// Who.
    pub who: Who,
    /// What people call them: an address for a person; may be empty.
    pub name: String,
    /// Address of the client, or `command line`; empty when unknown.
    pub from: String,
    /// Id of the request, where there is one.
    pub request: Option<String>,
}

impl Origin {
    /// The management commands, typed by a user of this machine.
    pub fn command_line(name: &str) -> Self {
        let who = Who::CommandLine(name.to_owned());
        Origin {
            name: who.key(),
            who,
            from: "command line".to_owned(),
            request: None,
        }
    }

    /// A person with an account.
    pub fn user(user: UserId, name: &str, from: &str, request: Option<String>) -> Self {
        Origin {
            who: Who::User(user),
            name: name.to_owned(),
            from: from.to_owned(),
            request,
        }
    }

    /// Whoever got a signed link by mail.
    pub fn recipient(address: &str, from: &str, request: Option<String>) -> Self {
        Origin {
            who: Who::Recipient(address.to_owned()),
            name: address.to_owned(),
            from: from.to_owned(),
            request,
        }
    }

    /// The service itself.
    pub fn system() -> Self {
        Origin {
            who: Who::System,
            name: "system".to_owned(),
            from: String::new(),
            request: None,
        }
    }
}
