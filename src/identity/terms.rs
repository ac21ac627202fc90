//! Terms of use by version, and who signed which.

use kernel::Timestamp;

/// A version of the terms, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TermsView {
    /// Its number.
    pub id: u64,
    /// Since when it holds.
    pub issued: Timestamp,
    /// Where the file lay.
    pub location: String,
    /// Harmless HTML.
    pub html: String,
}

/// A signature below a version of the terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureView {
    /// Number of the version.
    pub terms: u64,
    /// When it was signed.
    pub at: Timestamp,
    /// From which address.
    pub address: String,
}
