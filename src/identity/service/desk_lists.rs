//! Lists of the administration pages beside accounts: groups, login methods, projects;
//! and the owners of what other crates list.

use super::Service;
use crate::{
    desk::Desk,
    rows::{Group, Method, Project, ProjectState, User, by_uuid},
    users,
    view::UserView,
};
use kernel::{
    Error, ProjectId, Result, Timestamp, UserId, UserNo,
    page::{Page, PageRequest},
};
use std::collections::{BTreeMap, BTreeSet};
use store::{ReadTx, Reads};

/// Most owners one look-up is about.
const MOST: usize = 1000;

/// A group of people.
#[derive(Clone, Debug)]
pub struct DeskGroup {
    /// Its number.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// What its members may do.
    pub permissions: Vec<String>,
}

/// A login method of somebody.
#[derive(Clone, Debug)]
pub struct DeskMethod {
    /// Its number.
    pub id: u64,
    /// Whose.
    pub user: UserNo,
    /// `local`, `ldap` …
    pub module: String,
    /// What the method calls the person.
    pub identifier: String,
    /// `astakos` for local.
    pub backend: String,
    /// May it be used?
    pub active: bool,
    /// When it was added.
    pub created: Timestamp,
    /// What the provider told, JSON.
    pub info: String,
}

/// A project; system projects so far.
#[derive(Clone, Debug)]
pub struct DeskProject {
    /// Its id.
    pub uuid: ProjectId,
    /// Its number.
    pub no: u64,
    /// Its name.
    pub name: String,
    /// What it is.
    pub description: String,
    /// Whose.
    pub owner: UserView,
    /// Its limits are in force.
    pub alive: bool,
    /// A system project.
    pub system: bool,
    /// Why it was last suspended or resumed.
    pub reason: String,
    /// When it was made.
    pub created: Timestamp,
    /// When it ends.
    pub ends: Timestamp,
    /// By resource: the limit of all together, and of each member.
    pub limits: BTreeMap<String, (u64, u64)>,
}

fn group(row: Group) -> DeskGroup {
    DeskGroup {
        id: row.id,
        name: row.name,
        permissions: row.permissions.into_iter().collect(),
    }
}

fn method(row: Method) -> DeskMethod {
    DeskMethod {
        id: row.id,
        user: row.user,
        module: row.module,
        identifier: row.identifier,
        backend: row.backend,
        active: row.active,
        created: row.created,
        info: row.info,
    }
}

fn project(tx: &ReadTx, row: Project) -> Result<Option<DeskProject>> {
    let Some(owner) = tx.get::<User>(&row.user)? else {
        return Ok(None);
    };
    let limits = row.limits.into_iter();
    Ok(Some(DeskProject {
        owner: users::view(tx, owner)?,
        uuid: row.uuid,
        no: row.no,
        name: row.realname,
        description: row.description,
        alive: row.state == ProjectState::Normal,
        system: row.is_base,
        reason: row.reason,
        created: row.created,
        ends: row.end_date,
        limits: limits
            .map(|(name, limit)| (name, (limit.project, limit.member)))
            .collect(),
    }))
}

fn marker() -> Error {
    Error::field("marker", "The marker is not one of this list.")
}

impl Service {
    /// The accounts of these people; those that are gone left out.
    ///
    /// # Errors
    /// `TooLarge` for more than a thousand.
    pub async fn desk_owners(
        &self,
        _: &Desk,
        people: BTreeSet<UserId>,
    ) -> Result<BTreeMap<UserId, UserView>> {
        if people.len() > MOST {
            return Err(Error::too_large("At most 1000 users can be asked for."));
        }
        self.store
            .read(move |tx| {
                let mut found = BTreeMap::new();
                for uuid in people {
                    if let Some(user) = by_uuid(tx, uuid)? {
                        found.insert(uuid, users::view(tx, user)?);
                    }
                }
                Ok(found)
            })
            .await
    }

    /// Groups by number, a page at a time.
    ///
    /// # Errors
    /// `Invalid` for a marker that is none.
    pub async fn desk_group_list(&self, _: &Desk, page: PageRequest) -> Result<Page<DeskGroup>> {
        let after = page.after.as_deref().map(str::parse::<u64>).transpose();
        let after = after.map_err(|_| marker())?;
        self.store
            .read(move |tx| {
                let rows = tx.scan::<Group>(after.as_ref(), page.limit)?;
                let next = rows.last().filter(|_| rows.len() >= page.limit);
                Ok(Page {
                    next: next.map(|row| row.id.to_string()),
                    items: rows.into_iter().map(group).collect(),
                })
            })
            .await
    }

    /// The group of a number.
    pub async fn desk_group(&self, _: &Desk, id: u64) -> Result<Option<DeskGroup>> {
        let found = self.store.read(move |tx| tx.get::<Group>(&id)).await?;
        Ok(found.map(group))
    }

    /// Login methods by account, a page at a time; the marker is the account's number and
    /// the method's.
    ///
    /// # Errors
    /// `Invalid` for a marker that is none.
    pub async fn desk_method_list(&self, _: &Desk, page: PageRequest) -> Result<Page<DeskMethod>> {
        let parse = |text: &str| {
            let (user, id) = text.split_once('.')?;
            Some((UserNo(user.parse().ok()?), id.parse::<u64>().ok()?))
        };
        let after = match page.after.as_deref() {
            None => None,
            Some(text) => Some(parse(text).ok_or_else(marker)?),
        };
        self.store
            .read(move |tx| {
                let rows = tx.scan::<Method>(after.as_ref(), page.limit)?;
                let next = rows.last().filter(|_| rows.len() >= page.limit);
                Ok(Page {
                    next: next.map(|row| format!("{}.{}", row.user, row.id)),
                    items: rows.into_iter().map(method).collect(),
                })
            })
            .await
    }

    /// The login method `<account>.<method>`.
    pub async fn desk_method(&self, _: &Desk, name: &str) -> Result<Option<DeskMethod>> {
        let key = name
            .split_once('.')
            .and_then(|(user, id)| Some((UserNo(user.parse().ok()?), id.parse::<u64>().ok()?)));
        let Some(key) = key else { return Ok(None) };
        let found = self.store.read(move |tx| tx.get::<Method>(&key)).await?;
        Ok(found.map(method))
    }

    /// Projects, the newest first, a page at a time; the marker is a number.
    ///
    /// # Errors
    /// `Invalid` for a marker that is none.
    pub async fn desk_project_list(
        &self,
        _: &Desk,
        page: PageRequest,
    ) -> Result<Page<DeskProject>> {
        let before = page.after.as_deref().map(str::parse::<u64>).transpose();
        let before = before.map_err(|_| marker())?;
        self.store
            .read(move |tx| {
                let before = match before {
                    None => None,
                    Some(no) => tx.find_one::<Project>("no", &no)?.map(|row| row.uuid),
                };
                let (mut items, mut last, mut next) = (Vec::new(), None, None);
                tx.each_found_back::<Project>("no", &(), before.as_ref(), |row| {
                    if items.len() >= page.limit {
                        next = last;
                        return Ok(false);
                    }
                    last = Some(row.no);
                    items.extend(project(tx, row)?);
                    Ok(true)
                })?;
                let next = next.map(|no| no.to_string());
                Ok(Page { items, next })
            })
            .await
    }

    /// The project of a number or id.
    pub async fn desk_project(&self, _: &Desk, name: &str) -> Result<Option<DeskProject>> {
        let (no, uuid) = (name.parse::<u64>().ok(), name.parse::<ProjectId>().ok());
        self.store
            .read(move |tx| {
                let row = match (no, uuid) {
                    (Some(no), _) => tx.find_one::<Project>("no", &no)?,
                    (None, Some(uuid)) => tx.get::<Project>(&uuid)?,
                    _ => None,
                };
                match row {
                    Some(row) => project(tx, row),
                    None => Ok(None),
                }
            })
            .await
    }

    /// How many groups, login methods and projects there are.
    pub async fn desk_totals(&self, _: &Desk) -> Result<(u64, u64, u64)> {
        self.store
            .read(|tx| {
                Ok((
                    tx.total::<Group>()?,
                    tx.total::<Method>()?,
                    tx.total::<Project>()?,
                ))
            })
            .await
    }
}
