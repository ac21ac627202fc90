//! Numbers kept for a person under names (ID-MOD-14). No flow reads them; they come with
//! an import and go with the account.

use kernel::{Result, UserNo};
use serde::{Deserialize, Serialize};
use store::{IndexSet, Reads, Row, WriteTx};

/// A number of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserSetting {
    /// Whose.
    pub user: UserNo,
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: i64,
}

impl Row for UserSetting {
    type Key = (UserNo, String);
    const TABLE: &'static str = "identity.user_setting";
    fn key(&self) -> Self::Key {
        (self.user, self.name.clone())
    }
    fn indexes(&self, _: &mut IndexSet) {}
}

/// All of a person, by name.
pub(crate) fn all(tx: &impl Reads, user: UserNo) -> Result<Vec<UserSetting>> {
    tx.scan_prefix(&(user,), None, 1000)
}

/// They go with the account.
pub(crate) fn forget(tx: &WriteTx, user: UserNo) -> Result<()> {
    for row in all(tx, user)? {
        tx.remove::<UserSetting>(&row.key())?;
    }
    Ok(())
}
