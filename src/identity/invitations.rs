//! Invitations: who invited whom, and whether it was used.

use kernel::{Timestamp, UserNo};

/// An invitation as its sender and administrators see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvitationView {
    /// Its number.
    pub id: u64,
    /// Who invited.
    pub inviter: Option<UserNo>,
    /// Name of the invited person.
    pub realname: String,
    /// Address of the invited person.
    pub email: String,
    /// When it was sent.
    pub created: Timestamp,
    /// When it was used.
    pub consumed: Option<Timestamp>,
}
