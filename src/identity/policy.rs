//! What login methods are good for: settings, policy profiles of groups and persons,
//! and what follows from an account's other methods (ID-POL-01 … 06, ID-MOD-13).
//!
//! Invariants: a disabled module is good for nothing; a profile never decides for
//! somebody it is not assigned to; removing a group or a person removes its
//! assignments and nothing else.

use crate::{
    admin::allow,
    rows::{Group, Method, User, methods},
    rules::Rules,
    users,
};
use kernel::{Caller, Cx, Error, Result, UserNo, settings::Value};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use store::{IndexSet, Reads, Row, WriteTx};

/// The modules there are (ID-PRV-01).
pub const MODULES: [&str; 6] = [
    "local",
    "ldap",
    "shibboleth",
    "google",
    "twitter",
    "linkedin",
];

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

/// A policy that only the settings know, as MIRROR_GROUPS; off by default.
pub(crate) fn flag(r: &Rules, module: &str, policy: &str) -> bool {
    setting(r, module, policy).and_then(number).unwrap_or(0) != 0
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

/// What to change in a profile; None and absent values stay as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolicyChange {
    /// About all modules but the named one?
    pub exclusive: Option<bool>,
    /// Later ones override earlier ones; 1 in a new one.
    pub priority: Option<i64>,
    /// Does it count? True in a new one.
    pub active: Option<bool>,
    /// Values to set; yes is 1, no is 0.
    pub set: Values,
    /// Policies it shall say nothing about any more.
    pub unset: BTreeSet<Policy>,
}

/// A profile for administrators.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyView {
    /// Its number.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// The module it is about.
    pub provider: String,
    /// About all modules but that one?
    pub exclusive: bool,
    /// Order.
    pub priority: i64,
    /// Does it count?
    pub active: bool,
    /// What it says.
    pub policies: Values,
    /// (number, name) of groups.
    pub groups: Vec<(u64, String)>,
    /// (number, address) of people.
    pub users: Vec<(UserNo, String)>,
}

/// A group for administrators (ID-CLI-31).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupView {
    /// Its number.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// How many people are in it.
    pub users: usize,
    /// What its members may do.
    pub permissions: Vec<String>,
}

fn change(profile: &mut Profile, change: &PolicyChange) {
    profile.exclusive = change.exclusive.unwrap_or(profile.exclusive);
    profile.priority = change.priority.unwrap_or(profile.priority);
    profile.active = change.active.unwrap_or(profile.active);
    for policy in &change.unset {
        profile.policies.remove(policy);
    }
    for (policy, value) in &change.set {
        let value = match policy.counts() {
            true => *value,
            false => u32::from(*value != 0),
        };
        profile.policies.insert(*policy, value);
    }
}

fn name_fits(name: &str, longest: usize) -> Result<()> {
    let good = !name.trim().is_empty()
        && name.chars().count() <= longest
        && !name.chars().any(char::is_control);
    match good {
        true => Ok(()),
        false => Err(Error::field("name", format!("Invalid name '{name}'"))),
    }
}

/// Makes a profile (ID-CLI-32).
pub(crate) fn add(
    tx: &WriteTx,
    actor: &Caller,
    name: &str,
    provider: &str,
    with: &PolicyChange,
) -> Result<()> {
    allow(actor)?;
    name_fits(name, 255)?;
    if !MODULES.contains(&provider) {
        let text = format!("Unknown provider '{provider}'");
        return Err(Error::field("provider", text));
    }
    if tx.find_one::<Profile>("name", name)?.is_some() {
        return Err(Error::conflict("Profile with the same name already exists"));
    }
    let mut profile = Profile {
        id: tx.next_id(Profile::TABLE)?,
        name: name.to_owned(),
        provider: provider.to_owned(),
        exclusive: false,
        priority: 1,
        active: true,
        policies: Values::new(),
        groups: BTreeSet::new(),
        users: BTreeSet::new(),
    };
    change(&mut profile, with);
    tx.put(&profile)
}

fn named(tx: &impl Reads, name: &str) -> Result<Profile> {
    let found = tx.find_one::<Profile>("name", name)?;
    found.ok_or_else(|| Error::not_found("Invalid profile name"))
}

/// Changes a profile; `provider` too, when given (ID-CLI-32).
pub(crate) fn update(
    tx: &WriteTx,
    actor: &Caller,
    name: &str,
    provider: Option<&str>,
    with: &PolicyChange,
) -> Result<()> {
    allow(actor)?;
    let mut profile = named(tx, name)?;
    if let Some(provider) = provider {
        if !MODULES.contains(&provider) {
            let text = format!("Unknown provider '{provider}'");
            return Err(Error::field("provider", text));
        }
        provider.clone_into(&mut profile.provider);
    }
    change(&mut profile, with);
    tx.put(&profile)
}

/// Removes a profile (ID-CLI-34).
pub(crate) fn remove(tx: &WriteTx, actor: &Caller, name: &str) -> Result<()> {
    allow(actor)?;
    let profile = named(tx, name)?;
    tx.remove::<Profile>(&profile.id).map(drop)
}

/// A group by number or name.
fn group(tx: &impl Reads, name: &str) -> Result<Option<Group>> {
    if let Ok(id) = name.parse::<u64>()
        && let Some(group) = tx.get::<Group>(&id)?
    {
        return Ok(Some(group));
    }
    tx.find_one("name", name)
}

/// Assigns a profile to these groups and people instead of those before (ID-CLI-35).
pub(crate) fn assign(
    tx: &WriteTx,
    actor: &Caller,
    name: &str,
    groups: &[String],
    people: &[String],
) -> Result<()> {
    allow(actor)?;
    let mut profile = named(tx, name)?;
    profile.groups.clear();
    profile.users.clear();
    for name in people {
        let user = users::named(tx, name)?;
        let user = user.ok_or_else(|| Error::not_found("Invalid user id"))?;
        profile.users.insert(user.no);
    }
    for name in groups {
        let group = group(tx, name)?.ok_or_else(|| Error::not_found("Invalid group id"))?;
        profile.groups.insert(group.id);
    }
    tx.put(&profile)
}

fn view(tx: &impl Reads, profile: Profile) -> Result<PolicyView> {
    let mut groups = Vec::new();
    for id in &profile.groups {
        if let Some(group) = tx.get::<Group>(id)? {
            groups.push((group.id, group.name));
        }
    }
    let mut users = Vec::new();
    for no in &profile.users {
        if let Some(user) = tx.get::<User>(no)? {
            users.push((user.no, user.email));
        }
    }
    Ok(PolicyView {
        id: profile.id,
        name: profile.name,
        provider: profile.provider,
        exclusive: profile.exclusive,
        priority: profile.priority,
        active: profile.active,
        policies: profile.policies,
        groups,
        users,
    })
}

/// All profiles, by number (ID-CLI-33).
pub(crate) fn list(tx: &impl Reads) -> Result<Vec<PolicyView>> {
    let all = tx.scan::<Profile>(None, 10_000)?;
    all.into_iter().map(|profile| view(tx, profile)).collect()
}

/// One profile (ID-CLI-36).
pub(crate) fn show(tx: &impl Reads, name: &str) -> Result<PolicyView> {
    let found = tx.find_one::<Profile>("name", name)?;
    view(
        tx,
        found.ok_or_else(|| Error::not_found("Profile does not exist"))?,
    )
}

/// The number of a group, made when missing (ID-CLI-30); false when it was there.
pub(crate) fn group_add(tx: &WriteTx, actor: &Caller, name: &str) -> Result<bool> {
    allow(actor)?;
    name_fits(name, 80)?;
    if tx.find_one::<Group>("name", name)?.is_some() {
        return Ok(false);
    }
    group_for(tx, name).map(|_| true)
}

/// The number of a group, made when missing.
pub(crate) fn group_for(tx: &WriteTx, name: &str) -> Result<u64> {
    if let Some(group) = tx.find_one::<Group>("name", name)? {
        return Ok(group.id);
    }
    let id = tx.next_id(Group::TABLE)?;
    tx.put(&Group {
        id,
        name: name.to_owned(),
        permissions: BTreeSet::new(),
    })?;
    Ok(id)
}

/// All groups, by number (ID-CLI-31).
pub(crate) fn group_list(tx: &impl Reads) -> Result<Vec<GroupView>> {
    let mut all = Vec::new();
    for group in tx.scan::<Group>(None, 10_000)? {
        let mut users = 0;
        tx.each_found("group", &(group.id,), None, |_: User| {
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

/// Removes a group that nobody is in any more, its members leaving it first; at most
/// `slice` of them, and whether there are more.
pub(crate) fn group_remove(
    tx: &WriteTx,
    cx: &Cx,
    actor: &Caller,
    name: &str,
    slice: usize,
) -> Result<bool> {
    allow(actor)?;
    let found = group(tx, name)?.ok_or_else(|| Error::not_found("Invalid group id"))?;
    let members: Vec<User> = tx.find("group", &(found.id,), None, slice)?;
    let more = members.len() == slice;
    for mut user in members {
        user.groups.remove(&found.id);
        crate::rows::save(tx, cx, &mut user)?;
    }
    if !more {
        for mut profile in tx.find::<Profile>("group", &(found.id,), None, usize::MAX)? {
            profile.groups.remove(&found.id);
            tx.put(&profile)?;
        }
        tx.remove::<Group>(&found.id)?;
    }
    Ok(more)
}
