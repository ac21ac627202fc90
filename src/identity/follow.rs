//! What is told of accounts to those who follow them, and what can be found of one:
//! the crate `search` keeps an index of it. Every change of a row that
//! [`searchable`] reads names the account under [`CHANGED`], in the same transaction.

use crate::{
    rows::{Group, User, methods},
    view::AccountState,
};
use kernel::{Result, UserNo};
use store::{Reads, WriteTx};

/// Topic of the outbox that names accounts that changed: messages are numbers (u64).
pub const CHANGED: &str = "identity.user";

/// Names an account as changed, or gone.
pub(crate) fn changed(tx: &WriteTx, user: UserNo) -> Result<()> {
    tx.publish(CHANGED, &user.0).map(drop)
}

/// What can be found of an account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Searchable {
    /// What lists are sorted by: address, first name, last name, active, rejected,
    /// moderated, verified.
    pub labels: Vec<String>,
    /// Names, addresses, identities at providers, groups, affiliation.
    pub texts: Vec<String>,
    /// Uuid and number.
    pub ids: Vec<String>,
    /// `state:…`, `group:…`, `provider:…`, `admin:yes`.
    pub facets: Vec<String>,
}

/// Name of a state in facets and addresses of pages.
pub fn state_name(state: AccountState) -> &'static str {
    match state {
        AccountState::Unverified => "unverified",
        AccountState::Unmoderated => "unmoderated",
        AccountState::Rejected => "rejected",
        AccountState::Active => "active",
        AccountState::Inactive => "inactive",
    }
}

/// What can be found of an account now; None when there is none.
pub fn searchable(tx: &impl Reads, no: u64) -> Result<Option<Searchable>> {
    let Some(user) = tx.get::<User>(&UserNo(no))? else {
        return Ok(None);
    };
    let yes = |on: bool| if on { "1" } else { "0" }.to_owned();
    let mut found = Searchable {
        labels: vec![
            user.username.clone(),
            user.first_name.clone(),
            user.last_name.clone(),
            yes(user.is_active),
            yes(user.is_rejected),
            yes(user.moderated_at.is_some()),
            yes(user.email_verified),
        ],
        texts: vec![
            format!("{} {}", user.first_name, user.last_name),
            user.email.clone(),
        ],
        ids: vec![user.uuid.to_string(), no.to_string()],
        facets: vec![format!("state:{}", state_name(user.state()))],
    };
    found.texts.extend(user.affiliation.clone());
    found.texts.extend(user.accepted_email.clone());
    if user.is_superuser {
        found.facets.push("admin:yes".to_owned());
    }
    for id in &user.groups {
        if let Some(group) = tx.get::<Group>(id)? {
            found.facets.push(format!("group:{}", group.name));
            found.texts.push(group.name);
        }
    }
    for method in methods(tx, user.no)? {
        let facet = format!("provider:{}", method.module);
        if !found.facets.contains(&facet) {
            found.facets.push(facet);
        }
        found.texts.push(method.identifier);
    }
    Ok(Some(found))
}

/// Numbers of accounts after `after`, in order.
pub fn numbers(tx: &impl Reads, after: Option<u64>, limit: usize) -> Result<Vec<u64>> {
    let users = tx.scan::<User>(after.map(UserNo).as_ref(), limit)?;
    Ok(users.into_iter().map(|user| user.no.0).collect())
}
