//! Decisions about applicants by links that were mailed.

use crate::view::{AccountState, UserView};
use kernel::{Timestamp, UserNo};

/// What somebody decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Let the applicant in.
    Accept,
    /// Turn the applicant away, for a reason.
    Reject(String),
}

/// Another account of the applicant's domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relative {
    /// Its number.
    pub no: UserNo,
    /// Its address.
    pub email: String,
    /// Its state.
    pub state: AccountState,
    /// The state in words.
    pub status: String,
    /// When it was made.
    pub joined: Timestamp,
}

/// What a mailed link is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moderation {
    /// For whom the link was made.
    pub recipient: String,
    /// The applicant.
    pub user: UserView,
    /// What the applicant wrote.
    pub message: String,
    /// Accounts of the same domain, newest first.
    pub relatives: Vec<Relative>,
    /// Are there more of them?
    pub more_relatives: bool,
    /// The decision, once there is one.
    pub decided: Option<Decided>,
}

/// A decision that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// By whom; empty when nobody is known.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Accepted, or turned away?
    pub accepted: bool,
    /// Was it this call that decided?
    pub just_now: bool,
}
