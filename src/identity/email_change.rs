//! Another address for an account.

use kernel::Timestamp;

/// A change of address that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmailChangeView {
    /// The address to come.
    pub email: String,
    /// When it was asked for.
    pub requested: Timestamp,
    /// The new address agreed.
    pub new_agreed: bool,
    /// The present address agreed.
    pub old_agreed: bool,
}
