//! Names of things and who may touch them.
//!
//! Until sharing exists an account is open to its owner alone; to anybody else
//! everything in it is forbidden, whether it exists or not (PI-ERR-02).

use crate::rows::{Container as ContainerRow, Entry, Node};
use kernel::{Caller, Error, Result, UserId};
use store::Reads;

/// A container by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Container {
    /// Whose.
    pub account: UserId,
    /// Its name.
    pub name: String,
}

/// An object by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// The container it is in.
    pub container: Container,
    /// Its name.
    pub name: String,
}

impl Container {
    /// A container name within the limits (PI-GEN-05).
    pub fn new(account: UserId, name: impl Into<String>) -> Result<Self> {
        let name = name.into();
        if name.chars().count() > 256 {
            return Err(Error::invalid("Container name too large"));
        }
        if name.is_empty() || name.contains(['/', '\0']) {
            return Err(Error::invalid("Invalid container name."));
        }
        Ok(Container { account, name })
    }

    pub(crate) fn key(&self) -> (UserId, String) {
        (self.account, self.name.clone())
    }

    pub(crate) fn row(&self, tx: &impl Reads) -> Result<ContainerRow> {
        tx.must(&self.key(), "Container does not exist")
    }
}

impl Object {
    /// An object name within the limits (PI-GEN-05).
    pub fn new(container: Container, name: impl Into<String>) -> Result<Self> {
        let name = name.into();
        if name.chars().count() > 1024 {
            return Err(Error::invalid("Object name too large."));
        }
        if name.is_empty() || name.contains('\0') {
            return Err(Error::invalid("Invalid object name."));
        }
        Ok(Object { container, name })
    }

    /// Whose.
    pub fn account(&self) -> UserId {
        self.container.account
    }

    /// The current version, if there is one.
    pub(crate) fn entry(&self, tx: &impl Reads, container: u64) -> Result<Option<Entry>> {
        tx.get(&(container, self.name.clone()))
    }

    pub(crate) fn node(&self, tx: &impl Reads, container: u64) -> Result<Option<Node>> {
        tx.get(&(container, self.name.clone()))
    }
}

/// What somebody wants to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Want {
    ReadAccount,
    WriteAccount,
    ReadContainer,
    WriteContainer,
    ReadObject,
    WriteObject,
    /// Only ever the owner.
    OwnObject,
}

/// Refuses everybody but the owner.
pub(crate) fn allow(caller: &Caller, account: UserId, want: Want) -> Result<()> {
    if caller.user == account {
        return Ok(());
    }
    Err(Error::forbidden(match want {
        Want::ReadAccount => "User does not have read access to the account",
        Want::WriteAccount => "User does not have write access to the account",
        Want::ReadContainer => "User does not have read access to the container",
        Want::WriteContainer => "User does not have write access to the container",
        Want::ReadObject => "User does not have access to the object",
        Want::WriteObject => "User does not have write access to the object",
        Want::OwnObject => "",
    }))
}
