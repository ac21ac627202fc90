//! `user-modify` (ID-CLI-23): the options in the order of the table, as one change.

use super::show;
use crate::{Admin, units};
use identity::{UserChange, UserView};
use kernel::{Error, Result, quantity, secret::SecretString};
use wire::admin::{Cell, Io, Report, UserModify, confirm};

pub(super) async fn modify(admin: &Admin, asked: UserModify, io: &mut dyn Io) -> Result<Report> {
    let user = find(admin, &asked.user).await?;
    let quota = base_quota(admin, &user, &asked, io).await?;
    // What is refused anyway needs no question.
    if asked.delete && !asked.no_confirm && !user.is_accepted() {
        show_and_ask(&user, io).await?;
    }
    let renewed = asked
        .renew_password
        .then(|| admin.identity.random_password());
    let mut changes = before_delete(&asked);
    if let Some(password) = &renewed {
        changes.push(UserChange::Password(SecretString::from(password.clone())));
    }
    if asked.renew_token {
        changes.push(UserChange::RenewToken);
    }
    if asked.reset_second_factor {
        changes.push(UserChange::ResetFactors);
    }
    if asked.sign_terms {
        changes.push(UserChange::SignTerms);
    }
    if asked.delete {
        changes.push(UserChange::Delete);
    } else {
        changes.extend(asked.set_email.map(UserChange::Email));
        changes.extend(quota);
    }
    let (said, _) = admin
        .identity
        .admin_modify(&admin.caller(), user.no, changes)
        .await?;
    let mut report = Report::new();
    for line in said {
        report = report.note(line);
    }
    if let Some(password) = renewed {
        report = report.told("User's new password: ", password);
    }
    Ok(report)
}

/// The account, or what is wrong with its name.
async fn find(admin: &Admin, name: &str) -> Result<UserView> {
    if let Some(user) = admin.identity.find(name).await? {
        return Ok(user);
    }
    let text = if name.bytes().all(|b| b.is_ascii_digit()) {
        "Invalid user ID".to_owned()
    } else if name.parse::<kernel::UserId>().is_ok() {
        "Invalid user UUID".to_owned()
    } else {
        format!("Invalid user identification: '{name}' is no id, uuid or email address of a user")
    };
    Err(Error::not_found(text))
}

/// The changes that come before the password in the table.
fn before_delete(asked: &UserModify) -> Vec<UserChange> {
    let mut changes = Vec::new();
    changes.extend(asked.set_admin.map(UserChange::Admin));
    if asked.reject {
        let reason = asked.reject_reason.clone().unwrap_or_default();
        changes.push(UserChange::Reject(reason));
    }
    if asked.verify {
        changes.push(UserChange::Verify);
    }
    if asked.accept {
        changes.push(UserChange::Accept);
    }
    changes.extend(
        asked
            .default_project
            .clone()
            .map(UserChange::DefaultProject),
    );
    match asked.set_active {
        Some(true) => changes.push(UserChange::Activate),
        Some(false) => {
            let reason = asked.inactive_reason.clone().unwrap_or_default();
            changes.push(UserChange::Deactivate(reason));
        }
        None => {}
    }
    changes.extend(asked.invitations.map(UserChange::Invitations));
    changes.extend(asked.level.map(UserChange::Level));
    let each = |names: &[String], to: fn(String) -> UserChange| {
        names.iter().cloned().map(to).collect::<Vec<_>>()
    };
    changes.extend(each(&asked.add_groups, UserChange::AddGroup));
    changes.extend(each(&asked.delete_groups, UserChange::DeleteGroup));
    changes.extend(each(&asked.add_permissions, UserChange::AddPermission));
    changes.extend(each(
        &asked.delete_permissions,
        UserChange::DeletePermission,
    ));
    if let Some(password) = &asked.password {
        changes.push(UserChange::Password(SecretString::from(
            password.expose().to_owned(),
        )));
    }
    changes
}

async fn show_and_ask(user: &UserView, io: &mut dyn Io) -> Result<()> {
    for (key, value) in show::record(user).fields {
        if let Cell::Text(text) = value {
            // Typed by the person themselves: no control characters to a terminal.
            let line = format!("{key}: {}\n", text.escape_debug());
            io.err(&line).await?;
        }
    }
    confirm(io, "About to delete this user, are you sure? [y/N] ").await
}

/// The new base quota, after the administrator saw what it replaces.
async fn base_quota(
    admin: &Admin,
    user: &UserView,
    asked: &UserModify,
    io: &mut dyn Io,
) -> Result<Vec<UserChange>> {
    if asked.base_quota.is_empty() {
        return Ok(Vec::new());
    }
    let catalogue = admin.quota.catalogue().await?;
    let current = admin.quota.full_usage(user.uuid).await?;
    let own = current.get(&user.uuid.own_project());
    let mut changes = Vec::new();
    for (resource, text) in &asked.base_quota {
        let Some(info) = catalogue.iter().find(|info| info.about.name == resource) else {
            return Err(Error::not_found(format!("No such resource: {resource}")));
        };
        let capacity = capacity(text)?;
        if !asked.no_confirm {
            let bytes = info.about.unit == Some("bytes");
            let amount = |n: u64| units::shown(n, bytes, "auto");
            let now = own
                .and_then(|resources| resources.get(resource))
                .map_or_else(|| "none".to_owned(), |numbers| amount(numbers.limit));
            let text = format!(
                "user: {} ({})\nresource: {resource}\ndefault capacity: {}\n\
                 current capacity: {now}\nnew capacity: {}\n",
                user.uuid,
                user.username.escape_debug(),
                amount(info.system_default),
                capacity.map_or_else(|| "default".to_owned(), amount),
            );
            io.err(&text).await?;
            confirm(io, "Confirm? [y/N] ").await?;
        }
        changes.push(UserChange::BaseQuota {
            resource: resource.clone(),
            capacity,
        });
    }
    Ok(changes)
}

fn capacity(text: &str) -> Result<Option<u64>> {
    if text == "default" {
        return Ok(None);
    }
    quantity::parse(text).map(Some).ok_or_else(|| {
        Error::invalid("Quota limit should be an integer, optionally followed by a unit, or 'inf'.")
    })
}
