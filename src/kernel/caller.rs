//! Who asks: the answer to "authenticate" that every rules crate authorises with.

use crate::{Origin, ProjectId, UserId};
use std::{collections::BTreeSet, sync::Arc};

/// Extra rights of a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// An administrator (superuser): may act for anybody.
    Admin,
    /// May exceed quota (management commands only, ID-INT-07).
    ForceQuota,
}

/// An authenticated person, or the management commands acting as one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The person.
    pub user: UserId,
    /// Extra rights.
    pub roles: BTreeSet<Role>,
    /// Projects the person is an active member of; always has the own one.
    pub projects: BTreeSet<ProjectId>,
    /// Where resources are charged when a request names no project.
    pub default_project: ProjectId,
    /// From where they ask, where the edge said so.
    pub origin: Option<Arc<Origin>>,
}

impl Caller {
    /// A person without extra rights, in their own project only.
    pub fn person(user: UserId) -> Self {
        let own = user.own_project();
        Caller {
            user,
            roles: BTreeSet::new(),
            projects: BTreeSet::from([own]),
            default_project: own,
            origin: None,
        }
    }

    /// The same caller with a role.
    #[must_use]
    pub fn with(mut self, role: Role) -> Self {
        self.roles.insert(role);
        self
    }

    /// The same caller, asking from `origin`.
    #[must_use]
    pub fn asking_from(mut self, origin: Origin) -> Self {
        self.origin = Some(Arc::new(origin));
        self
    }

    /// Who asks and from where, for the audit trail: the management commands where
    /// nobody's account acts.
    pub fn origin(&self) -> Origin {
        match &self.origin {
            Some(origin) => Origin::clone(origin),
            None if self.user.0.is_nil() => Origin::command_line(""),
            None => Origin::user(self.user, "", "", None),
        }
    }

    /// Is this an administrator?
    pub fn is_admin(&self) -> bool {
        self.roles.contains(&Role::Admin)
    }

    /// May limits be ignored?
    pub fn may_exceed_quota(&self) -> bool {
        self.roles.contains(&Role::ForceQuota)
    }
}
