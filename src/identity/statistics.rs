//! How many people there are and what they use (ID-STA).

use crate::rows::{Method, User, methods};
use kernel::{Result, UserNo, quantity::INFINITE};
use quota::Holding;
use std::collections::{BTreeMap, BTreeSet};
use store::{ReadTx, Reads};

/// Numbers of accounts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// All.
    pub total: u64,
    /// With a proven address.
    pub verified: u64,
    /// Who may log in.
    pub active: u64,
    /// Verified and active with this login method only (ID-STA-03).
    pub exclusive: u64,
}

/// Of one resource.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Amounts {
    /// Used.
    pub used: u64,
    /// Sum of the finite limits.
    pub allocated: u64,
    /// `bytes` or none.
    pub unit: Option<String>,
    /// One line for people.
    pub description: String,
}

/// Amounts by resource.
pub type Resources = BTreeMap<String, Amounts>;

/// Everything at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// All accounts.
    pub all: Counts,
    /// By login method.
    pub modules: BTreeMap<String, Counts>,
    /// At the level of projects.
    pub resources: Resources,
    /// Of the people with one login method only, by that.
    pub module_resources: BTreeMap<String, Resources>,
}

fn count(counts: &mut Counts, user: &User) {
    counts.total += 1;
    counts.verified += u64::from(user.email_verified);
    counts.active += u64::from(user.is_active);
}

fn add(to: &mut Resources, held: &Holding) {
    // What is no resource any more is not told.
    if let Some(amounts) = to.get_mut(&held.resource) {
        amounts.used = amounts.used.saturating_add(held.usage_max);
        if held.limit < INFINITE {
            amounts.allocated = amounts.allocated.saturating_add(held.limit);
        }
    }
}

/// Counts everything; work grows with the store.
pub(crate) fn count_all(tx: &ReadTx) -> Result<Statistics> {
    let mut all = Statistics::default();
    let mut none = Resources::new();
    for info in quota::catalogue(tx)? {
        let amounts = Amounts {
            unit: info.about.unit.map(str::to_owned),
            description: info.about.description.to_owned(),
            ..Amounts::default()
        };
        none.insert(info.about.name.to_owned(), amounts);
    }
    all.resources = none.clone();
    let mut only: BTreeMap<String, String> = BTreeMap::new();
    tx.each_row::<User>(&(), None, |user| {
        count(&mut all.all, &user);
        let modules = modules_of(tx, user.no)?;
        for module in &modules {
            count(all.modules.entry(module.clone()).or_default(), &user);
        }
        let mut modules = modules.into_iter();
        if let (Some(module), None) = (modules.next(), modules.next()) {
            let counts = all.modules.entry(module.clone()).or_default();
            counts.exclusive += u64::from(user.email_verified && user.is_active);
            only.insert(quota::user_holder(user.uuid), module);
        }
        Ok(true)
    })?;
    for module in all.modules.keys() {
        all.module_resources.insert(module.clone(), none.clone());
    }
    tx.each_row::<Holding>(&(), None, |held| {
        if held.source.is_empty() {
            add(&mut all.resources, &held);
        } else if let Some(module) = only.get(&held.holder)
            && let Some(resources) = all.module_resources.get_mut(module)
        {
            add(resources, &held);
        }
        Ok(true)
    })?;
    Ok(all)
}

fn modules_of(tx: &ReadTx, user: UserNo) -> Result<BTreeSet<String>> {
    let all = methods(tx, user)?.into_iter();
    let active = all.filter(|method: &Method| method.active);
    Ok(active.map(|method| method.module).collect())
}
