//! `authpolicy-*` (ID-CLI-32 … ID-CLI-36).

use crate::Admin;
use identity::policy::{Policy, PolicyChange, PolicyView};
use kernel::{Error, Result};
use wire::admin::{PolicyAdd, PolicyCommand, Record, Report, Row, lists::POLICY};

/// Carries out a command of this family.
pub(crate) async fn run(admin: &Admin, command: PolicyCommand) -> Result<Report> {
    let caller = admin.caller();
    match command {
        PolicyCommand::Add(new) => add(admin, new).await,
        PolicyCommand::List { list } => {
            let all = admin.identity.authpolicy_list(&caller).await?;
            Ok(Report::new().with(POLICY.table(&list, all.iter().map(row))))
        }
        PolicyCommand::Remove { name } => {
            admin.identity.authpolicy_remove(&caller, &name).await?;
            Ok(Report::new().note("Profile removed"))
        }
        PolicyCommand::Set {
            name,
            groups,
            users,
        } => {
            let set = admin.identity.authpolicy_set(&caller, &name, groups, users);
            set.await?;
            Ok(Report::new().note("Profile assigned"))
        }
        PolicyCommand::Show { name } => {
            let profile = admin.identity.authpolicy_show(&caller, &name).await?;
            Ok(Report::new().with(record(&profile)))
        }
    }
}

async fn add(admin: &Admin, new: PolicyAdd) -> Result<Report> {
    let mut change = PolicyChange {
        exclusive: (new.exclusive || !new.update).then_some(new.exclusive),
        priority: new.priority,
        active: (new.inactive || !new.update).then_some(!new.inactive),
        ..PolicyChange::default()
    };
    for (name, value) in &new.flags {
        let policy = Policy::ALL
            .into_iter()
            .find(|policy| policy.name() == *name);
        let policy = policy.ok_or_else(|| Error::broken(format!("no policy {name}")))?;
        match value {
            Some(on) => drop(change.set.insert(policy, u32::from(*on))),
            None => drop(change.unset.insert(policy)),
        }
    }
    match new.limit {
        Some(Some(limit)) => drop(change.set.insert(Policy::Limit, limit)),
        Some(None) => drop(change.unset.insert(Policy::Limit)),
        None => {}
    }
    let caller = admin.caller();
    if new.update {
        let provider = Some(new.provider.as_str());
        let done = admin
            .identity
            .authpolicy_update(&caller, &new.name, provider, change);
        done.await?;
        return Ok(Report::new().note("Profile updated"));
    }
    let done = admin
        .identity
        .authpolicy_add(&caller, &new.name, &new.provider, change);
    done.await?;
    Ok(Report::new().note("Profile stored"))
}

fn groups(profile: &PolicyView) -> Vec<String> {
    profile
        .groups
        .iter()
        .map(|(_, name)| name.clone())
        .collect()
}

fn users(profile: &PolicyView) -> Vec<String> {
    profile
        .users
        .iter()
        .map(|(_, email)| email.clone())
        .collect()
}

fn row(profile: &PolicyView) -> Row {
    Row::new()
        .with("id", profile.id)
        .with("name", &profile.name)
        .with("provider", &profile.provider)
        .with("exclusive", profile.exclusive)
        .with("groups", groups(profile))
        .with("users", users(profile))
        .with("active", profile.active)
        .with("priority", profile.priority)
}

fn record(profile: &PolicyView) -> Record {
    let policies: Vec<String> = profile
        .policies
        .iter()
        .map(|(policy, value)| match (policy.counts(), value) {
            (true, n) => format!("{}: {n}", policy.name()),
            (false, 0) => format!("{}: False", policy.name()),
            (false, _) => format!("{}: True", policy.name()),
        })
        .collect();
    Record::new()
        .with("id", profile.id)
        .with("is active", profile.active)
        .with("name", &profile.name)
        .with("provider", &profile.provider)
        .with("is exclusive", profile.exclusive)
        .with("policies", policies.join(", "))
        .with("groups", groups(profile))
        .with("users", users(profile))
}
