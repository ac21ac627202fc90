//! Terms, upkeep, sessions, invitations and what else is about accounts (ID-CLI-25,
//! ID-CLI-26, ID-CLI-37, ID-CLI-65, ID-CLI-80).

mod dump;

use crate::{Admin, stats};
use identity::{
    SignUp, UserChange, UserView,
    audit::{Act, Entry, Field, Filter, Target},
};
use kernel::{Error, Result, Timestamp, Who, page::PageRequest, secret::SecretString};
use wire::admin::{
    AccountCommand, Io, ListOptions, Output, Report, Row, Table, confirm,
    lists::{AUDIT, INVITATION, PENDING},
};

/// Rows read at a time.
const PAGE: usize = 500;

/// Carries out a command of this family.
pub(crate) async fn run(admin: &Admin, command: AccountCommand, io: &mut dyn Io) -> Result<Report> {
    match command {
        AccountCommand::TermAdd { location, file } => term_add(admin, &location, &file, io).await,
        AccountCommand::FixSuperusers => {
            let fixed = admin.identity.fix_superusers(&admin.caller()).await?;
            Ok(Report::new().note(match fixed {
                0 => "No superuser needed a fix.".to_owned(),
                n => format!("Fixed {n} superuser(s)."),
            }))
        }
        AccountCommand::Cleanup => cleanup(admin, io).await,
        AccountCommand::Stats { unit_style, json } => stats::run(admin, &unit_style, json).await,
        AccountCommand::CreateSuperuser { email } => create_superuser(admin, email, io).await,
        AccountCommand::Sessions { user } => sessions(admin, &user).await,
        AccountCommand::FlushSessions { user } => {
            let user = person(admin, &user).await?;
            let ended = admin
                .identity
                .admin_flush_sessions(&admin.caller(), user.no)
                .await?;
            Ok(Report::new().note(format!("Ended {ended} sessions of {}.", user.username)))
        }
        AccountCommand::Invitations { list } => invitations(admin, &list).await,
        AccountCommand::Pending { list } => pending(admin, &list).await,
        AccountCommand::Audit { list, user, since } => trail(admin, &list, user, since).await,
        AccountCommand::Erase { user, no_confirm } => erase(admin, &user, no_confirm, io).await,
        AccountCommand::ImportDump { file } => dump::import(admin, &file, io).await,
        AccountCommand::Export { user } => {
            let user = person(admin, &user).await?;
            let all = admin
                .identity
                .admin_export(&admin.caller(), user.no)
                .await?;
            Ok(Report::new().with(Output::Json(all)))
        }
    }
}

/// Erases an account after the administrator saw whose it is.
async fn erase(admin: &Admin, name: &str, no_confirm: bool, io: &mut dyn Io) -> Result<Report> {
    let user = person(admin, name).await?;
    if !no_confirm {
        let whose = format!("{} <{}>", user.real_name(), user.email);
        let question = format!(
            "About to erase user {} ({}), and all that is personal of it; this cannot be undone. \
             Are you sure? [y/N] ",
            user.uuid,
            whose.escape_debug()
        );
        confirm(io, &question).await?;
    }
    let caller = admin.caller();
    admin.identity.admin_erase(&caller, user.no).await?;
    Ok(Report::new()
        .note(format!("User {} erased", user.uuid))
        .note("The audit trail keeps what administrators did to the account."))
}

/// The account an administrator names.
pub(crate) async fn person(admin: &Admin, name: &str) -> Result<UserView> {
    let found = admin.identity.find(name).await?;
    found.ok_or_else(|| {
        let by = match name.bytes().all(|b| b.is_ascii_digit()) {
            true => "id",
            false => "email",
        };
        Error::not_found(format!("Unknown user with {by} '{name}'"))
    })
}

async fn term_add(admin: &Admin, location: &str, file: &str, io: &mut dyn Io) -> Result<Report> {
    let invalid = || Error::invalid("Invalid location");
    let bytes = io.read_file(file).await.map_err(|_| invalid())?;
    let text = String::from_utf8(bytes).map_err(|_| invalid())?;
    let id = admin
        .identity
        .term_add(&admin.caller(), location, &text)
        .await?;
    Ok(Report::new().note(format!("Created term id {id}")))
}

async fn cleanup(admin: &Admin, io: &mut dyn Io) -> Result<Report> {
    io.err("Cleanup sessions ...\n").await?;
    let gone = admin.identity.tidy().await?;
    let act = Act::new(
        "accounts.cleanup",
        Target::new("accounts", "", "expired records"),
    )
    .with("records", gone, 0);
    admin.identity.admin_record(&admin.caller(), act).await?;
    Ok(Report::new()
        .note("Cleanup session catalog ...")
        .note(format!("Removed {gone} expired records.")))
}

async fn sessions(admin: &Admin, name: &str) -> Result<Report> {
    let user = person(admin, name).await?;
    let all = admin
        .identity
        .admin_sessions(&admin.caller(), user.no)
        .await?;
    let mut table = Table::new(["created", "last used", "expires", "address", "browser"]);
    for session in all {
        table.push([
            session.created.into(),
            session.seen.into(),
            session.expires.into(),
            session.address.into(),
            session.user_agent.into(),
        ]);
    }
    Ok(Report::new().with(table))
}

async fn invitations(admin: &Admin, list: &ListOptions) -> Result<Report> {
    let mut table = INVITATION.table(list, []);
    let mut page = PageRequest {
        after: None,
        limit: PAGE,
    };
    loop {
        let found = admin
            .identity
            .invitations(&admin.caller(), page.clone())
            .await?;
        let mut rows = Vec::with_capacity(found.items.len());
        for one in found.items {
            let inviter = match one.inviter {
                Some(no) if list.needs("inviter") => admin.identity.user_by_no(no).await?,
                _ => None,
            };
            rows.push(
                Row::new()
                    .with("id", one.id)
                    .with("inviter", inviter.map(|user| user.username))
                    .with("username", one.email)
                    .with("realname", one.realname)
                    .with("is_consumed", one.consumed.is_some())
                    .with("created", one.created)
                    .with("consumed_at", one.consumed),
            );
        }
        table.rows.extend(INVITATION.table(list, rows).rows);
        page.after = found.next;
        if page.after.is_none() {
            return Ok(Report::new().with(table));
        }
    }
}

async fn pending(admin: &Admin, list: &ListOptions) -> Result<Report> {
    let all = admin.identity.admin_pending(&admin.caller()).await?;
    let rows = (1u64..).zip(all).map(|(n, one)| {
        Row::new()
            .with("id", n)
            .with("provider", one.provider)
            .with("identifier", one.identifier)
            .with("email", one.email)
            .with("realname", format!("{} {}", one.first_name, one.last_name))
            .with("affiliation", one.affiliation)
            .with("created", one.created)
    });
    Ok(Report::new().with(PENDING.table(list, rows)))
}

/// All entries that a filter wants, newest first.
async fn entries(admin: &Admin, filter: Filter) -> Result<Vec<Entry>> {
    let mut page = PageRequest {
        after: None,
        limit: PAGE,
    };
    let mut found = Vec::new();
    loop {
        let some = admin
            .identity
            .audit(&admin.caller(), filter.clone(), page.clone())
            .await?;
        found.extend(some.items);
        page.after = some.next;
        if page.after.is_none() {
            return Ok(found);
        }
    }
}

/// What administrators did, oldest first; of a user, what was done to and by them.
async fn trail(
    admin: &Admin,
    list: &ListOptions,
    user: Option<String>,
    since: Option<Timestamp>,
) -> Result<Report> {
    let anybody = Filter {
        since,
        ..Filter::default()
    };
    let mut found = Vec::new();
    match user {
        None => found.extend(entries(admin, anybody).await?),
        Some(name) => {
            let user = person(admin, &name).await?;
            let on = Filter {
                target: Some(("user".to_owned(), Some(user.no.to_string()))),
                ..anybody.clone()
            };
            let by = Filter {
                who: Some(Who::User(user.uuid).key()),
                ..anybody
            };
            found.extend(entries(admin, on).await?);
            found.extend(entries(admin, by).await?);
            found.sort_by_key(|entry| std::cmp::Reverse((entry.at, entry.id)));
            found.dedup_by_key(|entry| entry.id);
        }
    }
    let rows = found.into_iter().rev().map(|entry| {
        let side = |value: fn(&Field) -> &String| {
            let each = entry.fields.iter().filter(|field| !value(field).is_empty());
            let each = each.map(|field| format!("{}: {}", field.name, value(field)));
            each.collect::<Vec<_>>().join(", ")
        };
        Row::new()
            .with("id", entry.id)
            .with("time", entry.at)
            .with("who", &entry.name)
            .with("channel", &entry.from)
            .with("action", &entry.action)
            .with(
                "target",
                format!("{} {}", entry.target.kind, entry.target.name),
            )
            .with("before", side(|field| &field.before))
            .with("after", side(|field| &field.after))
    });
    Ok(Report::new().with(AUDIT.table(list, rows)))
}

/// Asks for what is not given; two passwords that agree.
async fn create_superuser(admin: &Admin, email: Option<String>, io: &mut dyn Io) -> Result<Report> {
    let aborted = || Error::conflict("Aborted.");
    let email = match email {
        Some(email) => email,
        None => io.ask("Email: ", false).await?.ok_or_else(aborted)?,
    };
    let first_name = io.ask("First name: ", false).await?.ok_or_else(aborted)?;
    let last_name = io.ask("Last name: ", false).await?.ok_or_else(aborted)?;
    let password = io.ask("Password: ", true).await?.ok_or_else(aborted)?;
    let again = io
        .ask("Password (again): ", true)
        .await?
        .ok_or_else(aborted)?;
    if password != again {
        return Err(Error::invalid("The two passwords differ."));
    }
    let form = SignUp {
        email: email.trim().to_owned(),
        first_name: first_name.trim().to_owned(),
        last_name: last_name.trim().to_owned(),
        password: SecretString::from(password),
        language: "en".to_owned(),
    };
    let made = admin
        .identity
        .admin_enrol(&admin.caller(), form, vec![UserChange::Admin(true)])
        .await?;
    Ok(Report::new().note(format!(
        "Superuser created successfully with UUID: {}",
        made.uuid
    )))
}
