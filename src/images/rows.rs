//! Who may see which image.

use kernel::UserId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use store::{IndexSet, Row};
use uuid::Uuid;

/// One registered image and who may read it (the read permissions of CY-IMG-02).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// The object's permanent id.
    pub image: Uuid,
    /// Account of the file.
    pub owner: UserId,
    /// Place in the order of registration.
    pub order: u64,
    /// For everybody.
    pub public: bool,
    /// People it is shared with.
    pub members: BTreeSet<UserId>,
}

impl Listed {
    /// May this person use the image?
    pub fn readable(&self, user: UserId) -> bool {
        self.public || self.owner == user || self.members.contains(&user)
    }
}

impl Row for Listed {
    type Key = Uuid;
    const TABLE: &'static str = "images.listed";

    fn key(&self) -> Uuid {
        self.image
    }

    fn indexes(&self, ix: &mut IndexSet) {
        ix.add("by_owner", (self.owner, self.order));
        if self.public {
            ix.add("public", self.order);
        }
        for member in &self.members {
            ix.add("by_member", (*member, self.order));
        }
    }
}
