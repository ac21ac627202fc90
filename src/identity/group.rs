//! Groups as administrators keep them (ID-MOD-12, ID-CLI-30).

use crate::{
    policy::Profile,
    rows::{Group, User, save},
};
use kernel::{Cx, Error, Result, UserNo};
use std::collections::BTreeSet;
use store::{ReadTx, Reads, Row, WriteTx};

/// A group with how many are in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupView {
    /// Its number.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// How many members it has.
    pub users: u64,
    /// What its members may do.
    pub permissions: Vec<String>,
}

/// The group of that name, made when missing; says whether it was made.
pub(crate) fn add(tx: &WriteTx, name: &str) -> Result<(Group, bool)> {
    if let Some(group) = tx.find_one::<Group>("name", name)? {
        return Ok((group, false));
    }
    let good = !name.trim().is_empty() && name.chars().count() <= 80;
    if !good || name.contains(',') || name.chars().any(char::is_control) {
        return Err(Error::invalid(format!("Invalid group name '{name}'")));
    }
    let group = Group {
        id: tx.next_id(<Group as Row>::TABLE)?,
        name: name.to_owned(),
        permissions: BTreeSet::new(),
    };
    tx.put(&group)?;
    Ok((group, true))
}

/// The group of a name or number.
pub(crate) fn named(tx: &impl Reads, name: &str) -> Result<Option<Group>> {
    if let Some(group) = tx.find_one::<Group>("name", name)? {
        return Ok(Some(group));
    }
    match name.parse() {
        Ok(id) => tx.get(&id),
        Err(_) => Ok(None),
    }
}

/// All groups by number.
pub(crate) fn list(tx: &ReadTx) -> Result<Vec<GroupView>> {
    let mut all = Vec::new();
    for group in tx.scan::<Group>(None, usize::MAX)? {
        let mut users = 0;
        tx.each_found("group", &(group.id,), None::<&UserNo>, |_: User| {
            users += 1;
            Ok(true)
        })?;
        all.push(GroupView {
            id: group.id,
            name: group.name,
            users,
            permissions: group.permissions.into_iter().collect(),
        });
    }
    Ok(all)
}

/// Takes members out of a group, some at a time, and the group away with the last;
/// its name once it is gone.
pub(crate) fn remove(tx: &WriteTx, cx: &Cx, name: &str, slice: usize) -> Result<Option<String>> {
    let group = named(tx, name)?
        .ok_or_else(|| Error::not_found(format!("Group named {name} does not exist")))?;
    let members = tx.find::<User>("group", &(group.id,), None, slice)?;
    let last = members.len() < slice;
    for mut user in members {
        user.groups.remove(&group.id);
        save(tx, cx, &mut user)?;
    }
    if !last {
        return Ok(None);
    }
    // Policy profiles that were assigned to it lose it too.
    for mut profile in tx.find::<Profile>("group", &(group.id,), None, usize::MAX)? {
        profile.groups.remove(&group.id);
        tx.put(&profile)?;
    }
    tx.remove::<Group>(&group.id)?;
    Ok(Some(group.name))
}
