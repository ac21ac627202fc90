//! `user-*` (ID-CLI-20 … ID-CLI-24).

mod modify;
mod show;

use crate::Admin;
use identity::{AccountState, SignUp, UserFilter, UserView, messages};
use kernel::{Error, Result, page::PageRequest, secret::SecretString};
use wire::admin::{Command, Io, Report, Row, UserAdd, UserList, lists::USER};

/// Accounts read at a time.
const PAGE: usize = 500;

/// Carries out a command of this family.
pub(crate) async fn run(admin: &Admin, command: Command, io: &mut dyn Io) -> Result<Report> {
    let done = match command {
        Command::UserAdd(new) => add(admin, new).await,
        Command::UserList(asked) => list(admin, asked).await,
        Command::UserShow {
            user,
            quota,
            unit_style,
            projects,
        } => {
            let more = show::More {
                quota,
                unit_style,
                projects,
            };
            show::show(admin, &user, more).await
        }
        Command::UserModify(change) => modify::modify(admin, *change, io).await,
        Command::UserActivationSend { users } => activation_send(admin, users).await,
        _ => Err(Error::not_supported("Not supported yet.")),
    };
    done.map_err(|error| in_words(admin, error))
}

/// The rules name texts by key; administrators read the texts.
fn in_words(admin: &Admin, error: Error) -> Error {
    let settings = admin.settings.now();
    let text = |key: &str| messages::resolve(&settings, key).into_owned();
    match error {
        Error::Invalid { reason, .. } => Error::invalid(text(&reason)),
        Error::Conflict { message } => Error::conflict(text(&message)),
        Error::NotFound { message } => Error::not_found(text(&message)),
        Error::Forbidden { message } => Error::forbidden(text(&message)),
        other => other,
    }
}

/// Makes an unverified, inactive account.
async fn add(admin: &Admin, new: UserAdd) -> Result<Report> {
    let (password, made) = match &new.password {
        Some(given) => (given.expose().to_owned(), false),
        None => (admin.identity.random_password(), true),
    };
    let form = SignUp {
        email: new.email,
        first_name: new.first_name,
        last_name: new.last_name,
        password: SecretString::from(password.clone()),
        language: "en".to_owned(),
    };
    let caller = admin.caller();
    let user = admin
        .identity
        .admin_add(&caller, form, new.admin, new.groups, new.permissions)
        .await?;
    let report = Report::new().text(format!(
        "User created successfully with UUID: {}",
        user.uuid
    ));
    Ok(match made {
        true => report.told(" and password: ", password),
        false => report,
    })
}

async fn list(admin: &Admin, asked: UserList) -> Result<Report> {
    let mut table = USER.table(&asked.list, []);
    let mut states = [
        (asked.active, AccountState::Active),
        (asked.pending_moderation, AccountState::Unmoderated),
        (asked.pending_verification, AccountState::Unverified),
    ]
    .into_iter()
    .filter_map(|(wanted, state)| wanted.then_some(state));
    let filter = UserFilter {
        state: states.next(),
        groups: asked.groups,
    };
    if states.next().is_some() {
        // Nobody is in two states.
        return Ok(Report::new().with(table));
    }
    let mut page = PageRequest {
        after: None,
        limit: PAGE,
    };
    loop {
        let found = admin
            .identity
            .admin_list(&admin.caller(), filter.clone(), page.clone())
            .await?;
        let rows = found.items.iter().map(row);
        table.rows.extend(USER.table(&asked.list, rows).rows);
        page.after = found.next;
        if page.after.is_none() {
            return Ok(Report::new().with(table));
        }
    }
}

fn row(user: &UserView) -> Row {
    let names = |all: &[(u64, String)]| -> Vec<String> {
        all.iter().map(|(_, name)| name.clone()).collect()
    };
    let providers: Vec<String> = user
        .methods
        .iter()
        .map(|method| match method.identifier.as_str() {
            "" => format!("{}:{}", method.module, method.backend),
            identifier => format!("{}:{identifier}", method.module),
        })
        .collect();
    let row = Row::new()
        .with("id", user.no.0)
        .with("displayname", &user.username)
        .with("realname", user.real_name())
        .with("uuid", user.uuid.to_string())
        .with("active", user.active)
        .with("verified", user.verified)
        .with("moderated", user.moderated)
        .with("admin", user.admin)
        .with("providers", providers.join(", "))
        .with("activation_sent", user.activation_sent)
        .with("groups", names(&user.groups))
        .with("last_login_details", login_details(user))
        .with("last_login", user.last_login)
        .with("email", &user.email)
        .with("status", &user.status)
        .with("level", user.level)
        .with("invitations", user.invitations);
    filter_fields(row, user)
}

/// Fields that are there to filter by.
fn filter_fields(row: Row, user: &UserView) -> Row {
    row.with("first_name", &user.first_name)
        .with("last_name", &user.last_name)
        .with("is_staff", false)
        .with("has_credits", false)
        .with("disturbed_quota", false)
        .with("verified_at", user.verified_at)
        .with("moderated_at", user.moderated_at)
        .with("is_rejected", user.rejected)
        .with("rejected_reason", user.rejected_reason.clone())
        .with("accepted_policy", user.accepted_policy.clone())
        .with("accepted_email", user.accepted_email.clone())
        .with("deactivated_reason", user.deactivated_reason.clone())
        .with("deactivated_at", user.deactivated_at)
        .with("is_verified", user.profile_confirmed)
        .with("has_signed_terms", user.signed_terms)
        .with("date_signed_terms", user.signed_terms_at)
        .with("auth_token_created", user.token_created)
        .with("auth_token_expires", user.token_expires)
        .with("affiliation", user.affiliation.clone())
        .with("default_project", user.default_project.to_string())
        .with("date_joined", user.joined)
        .with("updated", user.updated)
        .with("permissions", user.permissions.clone())
}

/// `[module] time, …`, newest first.
fn login_details(user: &UserView) -> String {
    let mut logins: Vec<_> = user
        .methods
        .iter()
        .filter_map(|method| method.last_login.map(|at| (at, &method.module)))
        .collect();
    logins.sort_by(|a, b| b.cmp(a));
    match logins.is_empty() {
        true => "No login info available".to_owned(),
        false => logins
            .iter()
            .map(|(at, module)| format!("[{module}] {}", at.strftime("%Y-%m-%d %H:%M:%S%.6f")))
            .collect::<Vec<_>>()
            .join(", "),
    }
}

/// Sends the verification mail to each; the ones that cannot get it are told, and
/// the status is 1 then.
async fn activation_send(admin: &Admin, users: Vec<String>) -> Result<Report> {
    let mut report = Report::new();
    for name in users {
        let line = match admin.identity.find(&name).await? {
            None => Err(format!("Unknown user '{name}'")),
            Some(user) if user.verified => {
                Err(format!("User email already verified '{}'", user.email))
            }
            Some(user) => {
                let caller = admin.caller();
                admin
                    .identity
                    .admin_send_verification(&caller, user.no)
                    .await?;
                Ok(format!("Activation sent to '{}'", user.email))
            }
        };
        report.code |= i32::from(line.is_err());
        report = report.note(line.unwrap_or_else(|line| line));
    }
    Ok(report)
}
