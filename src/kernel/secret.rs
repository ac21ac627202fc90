//! Secrets: compared in constant time, never shown.

pub use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

/// Are two secrets equal? Takes the same time wherever they differ.
pub fn same(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}
