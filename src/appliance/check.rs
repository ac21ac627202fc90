//! Does everything in the data directory agree?

use crate::{NOTE_EVERY, Note, Tell, manifest::each_block};
use blocks::Blocks;
use kernel::Result;
use store::{Inconsistency, ReadTx, Store};

/// The invariants of one crate: what is checked, and how.
pub type Check = (&'static str, fn(&ReadTx) -> Result<Vec<Inconsistency>>);

/// What a verification found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// Problems told.
    pub problems: u64,
    /// Referenced blocks looked at.
    pub blocks: u64,
}

impl Verified {
    /// 0 when all is well, 1 otherwise.
    pub fn exit_code(&self) -> u8 {
        u8::from(self.problems > 0)
    }
}

/// Checks the store by itself, then by each of `checks`, all on one snapshot; then
/// that every referenced block is there. `deep` reads and hashes each of them; else
/// their lengths must be possible. Works beside a running service. A check that
/// cannot be carried out is a problem like any other.
pub fn verify(
    store: &Store,
    blocks: &Blocks,
    checks: &[Check],
    deep: bool,
    tell: Tell<'_>,
) -> Result<Verified> {
    let mut found = Verified::default();
    let _pin = blocks.pin();
    let own: Check = ("the store", ReadTx::verify_file);
    store.read_now(|tx| {
        for (what, check) in std::iter::once(&own).chain(checks) {
            tell(Note::Step(&format!("checking {what}")));
            match check(tx) {
                Ok(problems) => {
                    for Inconsistency { place, problem } in problems {
                        found.problems += 1;
                        tell(Note::Problem(&format!("{place}: {problem}")));
                    }
                }
                Err(error) => {
                    found.problems += 1;
                    tell(Note::Problem(&format!("{what}: {}", error.chain())));
                }
            }
        }
        Ok(())
    })?;
    tell(Note::Step(match deep {
        true => "reading every referenced block",
        false => "looking for every referenced block",
    }));
    each_block(store, |hash| {
        found.blocks += 1;
        let trouble = match blocks.check(&hash, deep) {
            Ok(None) => None,
            Ok(Some(trouble)) => Some(trouble.to_string()),
            Err(error) => Some(error.chain()),
        };
        if let Some(trouble) = trouble {
            found.problems += 1;
            tell(Note::Problem(&format!("block {hash} {trouble}")));
        }
        if found.blocks.is_multiple_of(NOTE_EVERY) {
            tell(Note::Blocks(found.blocks, 0));
        }
        Ok(())
    })?;
    Ok(found)
}
