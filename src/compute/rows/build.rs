//! What the node that builds a server is told, under a secret address
//! (CY-VMA, README decision 22), and first passwords.

use kernel::{BlockHash, ServerId, Timestamp};
use objects::Held;
use serde::{Deserialize, Serialize};
use store::{IndexSet, Row};

/// A running build. The secret's digest is the key; secret and password are sealed.
#[derive(Clone, Serialize, Deserialize)]
pub struct Build {
    /// SHA-256 of the secret.
    pub digest: BlockHash,
    /// Which server.
    pub server: ServerId,
    /// When it began.
    pub created: Timestamp,
    /// The secret, sealed: it goes into the job.
    pub secret: String,
    /// `pithosmap://…/<size>`.
    pub img_id: String,
    /// Password, sealed.
    pub img_passwd: String,
    /// diskdump, extdump or ntfsdump.
    pub img_format: String,
    /// JSON text, sealed: files may hold secrets.
    pub img_personality: String,
    /// JSON text: properties of the image, keys in upper case.
    pub img_properties: String,
    /// Public keys, one a line.
    pub auth_keys: Option<String>,
    /// User data, base64, sealed.
    pub cloud_userdata: Option<String>,
    /// The image's content, kept for the build.
    pub held: Held,
}

impl Row for Build {
    type Key = BlockHash;
    const TABLE: &'static str = "compute.build";

    fn key(&self) -> BlockHash {
        self.digest
    }

    fn indexes(&self, ix: &mut IndexSet) {
        ix.unique("by_server", self.server);
    }
}

/// The password a new server got, until it is taken away (CY-PWD-01).
#[derive(Clone, Serialize, Deserialize)]
pub struct ServerPassword {
    /// Which server.
    pub server: ServerId,
    /// Sealed.
    pub password: String,
    /// When it was made.
    pub created: Timestamp,
}

impl Row for ServerPassword {
    type Key = ServerId;
    const TABLE: &'static str = "compute.password";

    fn key(&self) -> ServerId {
        self.server
    }
}
