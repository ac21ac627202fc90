//! The tables of the provider: secrets, codes and tokens as keyed hashes only.

use kernel::{Digest, Timestamp, UserNo};
use serde::{Deserialize, Serialize};
use store::{IndexSet, Row};

/// Can a client keep a secret?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClientKind {
    /// It has one.
    Confidential,
    /// It has none.
    Public,
}

/// A client (ID-MOD-15).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OauthClient {
    /// Its number.
    pub id: u64,
    /// What it calls itself.
    pub identifier: String,
    /// Keyed hash of its secret.
    pub secret: Option<Digest>,
    /// Can it keep a secret?
    pub kind: ClientKind,
    /// Are people not asked?
    pub is_trusted: bool,
    /// Where people may be sent back to, the default first.
    pub urls: Vec<String>,
}

impl Row for OauthClient {
    type Key = u64;
    const TABLE: &'static str = "identity.oauth2.client";
    fn key(&self) -> u64 {
        self.id
    }
    fn indexes(&self, ix: &mut IndexSet) {
        ix.unique("identifier", &self.identifier);
    }
}

/// A code that was given out (ID-OA2-07).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OauthCode {
    /// Keyed hash.
    pub hash: Digest,
    /// Number of its client.
    pub client: u64,
    /// Who agreed.
    pub user: UserNo,
    /// Where it was sent.
    pub redirect_uri: String,
    /// What for.
    pub scope: String,
    /// As the client gave it.
    pub state: Option<String>,
    /// PKCE challenge, method S256.
    pub challenge: Option<String>,
    /// Until when it is good.
    pub expires: Timestamp,
}

impl Row for OauthCode {
    type Key = Digest;
    const TABLE: &'static str = "identity.oauth2.code";
    fn key(&self) -> Digest {
        self.hash
    }
    fn indexes(&self, ix: &mut IndexSet) {
        ix.add("client", self.client);
        ix.add("user", self.user);
        ix.add("expires", self.expires);
    }
}

/// An access token (ID-OA2-13).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OauthToken {
    /// Keyed hash.
    pub hash: Digest,
    /// Number of its client.
    pub client: u64,
    /// Whose rights it carries.
    pub user: UserNo,
    /// What for.
    pub scope: String,
    /// Does it end at logout and with the API token?
    pub online: bool,
    /// Keyed hash of the API token it was made under.
    pub made_under: Option<Digest>,
    /// Until when it is good.
    pub expires: Timestamp,
}

impl Row for OauthToken {
    type Key = Digest;
    const TABLE: &'static str = "identity.oauth2.token";
    fn key(&self) -> Digest {
        self.hash
    }
    fn indexes(&self, ix: &mut IndexSet) {
        ix.add("client", self.client);
        ix.add("user", self.user);
        ix.add("expires", self.expires);
    }
}
