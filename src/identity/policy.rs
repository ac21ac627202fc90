//! What login methods are good for: settings, policy profiles of groups and persons,
//! and what follows from an account's other methods (ID-POL-01 … 06, ID-MOD-13).
//!
//! Invariants: a disabled module is good for nothing; a profile never decides for
//! somebody it is not assigned to; removing a group or a person removes its
//! assignments and nothing else.

use crate::{
    rows::{Method, User, methods},
    rules::Rules,
};
use kernel::{Result, UserNo, settings::Value};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use store::{IndexSet, Reads, Row, WriteTx};

mod profiles;

pub use profiles::{GroupView, PolicyChange, PolicyView};
pub(crate) use profiles::{
    add, assign, group_add, group_for, group_list, group_remove, list, remove, show, update,
};

/// A policy that a profile can hold (ID-MOD-13).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Policy {
    /// People may add the method to an account.
    Add,
    /// People may remove it.
    Remove,
    /// People may sign up with it.
    Create,
    /// People may log in with it.
    Login,
    /// How many of it an account may have.
    Limit,
    /// Everybody must have it.
    Required,
    /// Who signs up with it is accepted.
    Automoderate,
    /// The identity may be exchanged for another one.
    Switch,
}

impl Policy {
    /// All of them, in the order of the command line.
    pub const ALL: [Policy; 8] = [
        Policy::Add,
        Policy::Remove,
        Policy::Create,
        Policy::Login,
        Policy::Limit,
        Policy::Required,
        Policy::Automoderate,
        Policy::Switch,
    ];

    /// Its name in lower case, as `authpolicy-add --<name>-policy` has it.
    pub fn name(self) -> &'static str {
        match self {
            Policy::Add => "add",
            Policy::Remove => "remove",
            Policy::Create => "create",
            Policy::Login => "login",
            Policy::Limit => "limit",
            Policy::Required => "required",
            Policy::Automoderate => "automoderate",
            Policy::Switch => "switch",
        }
    }

    /// Is its value a number rather than yes or no?
    pub fn counts(self) -> bool {
        self == Policy::Limit
    }
}

/// Values by policy; yes is 1, no is 0.
pub type Values = BTreeMap<Policy, u32>;

/// A policy profile (ID-MOD-13).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Its number.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// The module it is about.
    pub provider: String,
    /// Is it about all modules but that one?
    pub exclusive: bool,
    /// Later ones override earlier ones.
    pub priority: i64,
    /// Does it count?
    pub active: bool,
    /// What it says.
    pub policies: Values,
    /// Numbers of the groups it is assigned to.
    pub groups: BTreeSet<u64>,
    /// The people it is assigned to.
    pub users: BTreeSet<UserNo>,
}

impl Row for Profile {
    type Key = u64;
    const TABLE: &'static str = "identity.profile";
    fn key(&self) -> u64 {
        self.id
    }
    fn indexes(&self, ix: &mut IndexSet) {
        ix.unique("name", &self.name);
        for group in &self.groups {
            ix.add("group", *group);
        }
        for user in &self.users {
            ix.add("user", *user);
        }
    }
}

impl Profile {
    fn is_about(&self, module: &str) -> bool {
        self.active && (self.provider == module) != self.exclusive
    }
}

/// What a login method is good for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policies(Values);

impl Policies {
    /// Is it allowed?
    pub fn allows(&self, policy: Policy) -> bool {
        self.0.get(&policy).is_some_and(|value| *value != 0)
    }

    /// How many of the method an account may have.
    pub fn limit(&self) -> usize {
        self.0.get(&Policy::Limit).map_or(1, |n| *n as usize)
    }
}

fn number(value: &Value) -> Option<u32> {
    match value {
        Value::Bool(on) => Some(u32::from(*on)),
        Value::Int(n) => Some(u32::try_from((*n).clamp(0, i64::from(u32::MAX))).unwrap_or(0)),
        _ => None,
    }
}

fn setting<'a>(r: &'a Rules, module: &str, policy: &str) -> Option<&'a Value> {
    let own = format!(
        "ASTAKOS_AUTH_PROVIDER_{}_{policy}_POLICY",
        module.to_uppercase()
    );
    let all = format!("ASTAKOS_AUTH_PROVIDERS_{policy}_POLICY");
    r.settings.get(&own).or_else(|| r.settings.get(&all))
}

/// What the settings alone say (ID-POL-01, ID-POL-02, ID-POL-04).
pub(crate) fn settings(r: &Rules, module: &str) -> Policies {
    let default = |policy| match policy {
        Policy::Add | Policy::Remove | Policy::Create | Policy::Login | Policy::Limit => 1,
        Policy::Required => 0,
        Policy::Automoderate => u32::from(!r.settings.bool("ASTAKOS_MODERATION_ENABLED")),
        Policy::Switch => u32::from(!matches!(module, "local" | "shibboleth" | "ldap")),
    };
    let value = |policy: Policy| {
        let set = setting(r, module, &policy.name().to_uppercase());
        set.and_then(number).unwrap_or_else(|| default(policy))
    };
    Policies(Policy::ALL.into_iter().map(|p| (p, value(p))).collect())
}

/// Names of groups that a policy grants (ADD_GROUPS, CREATION_GROUPS).
pub(crate) fn granted(r: &Rules, module: &str, policy: &str) -> Vec<String> {
    let Some(Value::List(names)) = setting(r, module, policy) else {
        return Vec::new();
    };
    let text = |value: &Value| match value {
        Value::Str(name) if !name.is_empty() && name.chars().count() <= 80 => Some(name.clone()),
        _ => None,
    };
    names.iter().filter_map(text).collect()
}

/// A policy that only the settings know, as MIRROR_GROUPS.
pub(crate) fn flag(r: &Rules, module: &str, policy: &str, default: bool) -> bool {
    let set = setting(r, module, policy).and_then(number);
    set.map_or(default, |value| value != 0)
}

/// The settings, overridden by the profiles of a person and of their groups
/// (ID-POL-05).
pub(crate) fn stated(tx: &impl Reads, r: &Rules, user: &User, module: &str) -> Result<Policies> {
    let mut own: Vec<Profile> = tx.find("user", &(user.no,), None, 1000)?;
    let mut shared = BTreeMap::new();
    for group in &user.groups {
        for profile in tx.find::<Profile>("group", &(*group,), None, 1000)? {
            shared.insert(profile.id, profile);
        }
    }
    let mut shared: Vec<Profile> = shared.into_values().collect();
    own.sort_by_key(|profile| (profile.priority, profile.id));
    shared.sort_by_key(|profile| (profile.priority, profile.id));
    let Policies(mut values) = settings(r, module);
    for profile in own.iter().chain(&shared) {
        if profile.is_about(module) {
            values.extend(&profile.policies);
        }
    }
    Ok(Policies(values))
}

/// The active methods of enabled modules.
pub(crate) fn usable(tx: &impl Reads, r: &Rules, user: &User) -> Result<Vec<Method>> {
    let mut all = methods(tx, user.no)?;
    all.retain(|method| method.active && r.enabled(&method.module));
    Ok(all)
}

/// What holds for a person and a module now (ID-POL-03); `identifier` is the identity
/// somebody wants to add.
pub(crate) fn resolve(
    tx: &impl Reads,
    r: &Rules,
    user: &User,
    module: &str,
    identifier: Option<&str>,
) -> Result<Policies> {
    let Policies(mut values) = stated(tx, r, user, module)?;
    let usable = usable(tx, r, user)?;
    let there = usable.iter().filter(|m| m.module == module).count();
    let policies = Policies(values.clone());
    let taken = match identifier {
        Some(identifier) => holder(tx, module, identifier)?.is_some(),
        None => false,
    };
    let remove = policies.allows(Policy::Remove) && usable.len() > 1;
    let add = policies.allows(Policy::Add) && there < policies.limit() && !taken;
    let switch = policies.allows(Policy::Switch) && (add || !remove);
    values.insert(Policy::Remove, u32::from(remove));
    values.insert(Policy::Add, u32::from(add));
    values.insert(Policy::Switch, u32::from(switch));
    if !r.enabled(module) {
        for policy in [Policy::Add, Policy::Create, Policy::Login, Policy::Switch] {
            values.insert(policy, 0);
        }
    }
    Ok(Policies(values))
}

/// The verified person who holds an outside identity (ID-MOD-05).
pub(crate) fn holder(
    tx: &impl Reads,
    module: &str,
    identifier: &str,
) -> Result<Option<(User, Method)>> {
    for method in tx.find::<Method>("identity", &(module, identifier), None, 1000)? {
        if let Some(user) = tx.get::<User>(&method.user)?
            && user.email_verified
        {
            return Ok(Some((user, method)));
        }
    }
    Ok(None)
}

/// Is who signed up with this module accepted without a decision? (ID-ACT-03)
pub(crate) fn accepts(tx: &impl Reads, r: &Rules, user: &User, module: &str) -> Result<bool> {
    Ok(stated(tx, r, user, module)?.allows(Policy::Automoderate))
}

/// Modules everybody must have and this person lacks (ID-PRV-15).
pub(crate) fn missing(tx: &impl Reads, r: &Rules, user: &User) -> Result<Vec<String>> {
    let there = usable(tx, r, user)?;
    let mut missing = Vec::new();
    for module in r.settings.strings("ASTAKOS_IM_MODULES") {
        if !there.iter().any(|method| method.module == module)
            && stated(tx, r, user, &module)?.allows(Policy::Required)
        {
            missing.push(module);
        }
    }
    Ok(missing)
}

/// Takes a person out of all profiles; for deleted accounts.
pub(crate) fn forget(tx: &WriteTx, user: UserNo) -> Result<()> {
    for mut profile in tx.find::<Profile>("user", &(user,), None, usize::MAX)? {
        profile.users.remove(&user);
        tx.put(&profile)?;
    }
    Ok(())
}
