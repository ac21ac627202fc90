//! `import-django-dump` (ID-CLI-80, ID-UPG-06): reads what `dumpdata` of an original
//! installation (0.14 to 0.21) wrote and hands its people over.
//!
//! A dump is a list of `{"model", "pk", "fields"}`. A person is two records with one
//! number: `auth.user` (name, password, groups) and `im.astakosuser` (the rest).
//!
//! Invariant: every record that is not taken over is counted and told with the reason.

mod fields;
mod records;

use crate::Admin;
use fields::{Fields, amount, flag, small, text, time};
use identity::{Newcomer, NewcomerMethod, Newcomers};
use kernel::{Error, Result, UserId, secret::SecretString};
use records::{HOW, Records, names};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use wire::admin::{Io, Report};

/// Quota that is not set: what it is of, or how much, says nothing here.
const NO_RESOURCE: &str = "of a resource that is not in the dump, or of no amount";
/// Quota that is the default anyhow.
const DEFAULT: &str = "the default of its resource";
/// Quota of the projects that people apply for.
const PROJECTS: &str = "not of a person's own project";

/// Brings the people of a dump.
pub(super) async fn import(admin: &Admin, file: &str, io: &mut dyn Io) -> Result<Report> {
    let bytes = io.read_long_file(file).await?;
    // Much to read: not for a thread that serves.
    let read = tokio::task::spawn_blocking(move || read(&bytes));
    let (people, told) = read.await.map_err(Error::broken)??;
    let brought = admin.identity.admin_import(&admin.caller(), people).await?;
    let mut report = Report::new().note(format!(
        "Imported {} accounts; {} were here already.",
        brought.made, brought.there
    ));
    for note in brought.notes.into_iter().chain(told.notes) {
        // Typed by people themselves: no control characters to a terminal.
        report = report.note(note.escape_debug().to_string());
    }
    for ((model, why), count) in told.left_out {
        let model = model.escape_debug();
        report = report.note(format!("Left out: {count} × {model} ({why})"));
    }
    Ok(report)
}

/// What is to be told about a dump.
struct Told {
    notes: Vec<String>,
    left_out: BTreeMap<(String, &'static str), usize>,
}

/// The people of a dump.
fn read(bytes: &[u8]) -> Result<(Newcomers, Told)> {
    let mut dump = Dump {
        records: Records::read(bytes)?,
        notes: Vec::new(),
    };
    let mut all = Newcomers {
        groups: dump.groups(),
        people: Vec::new(),
    };
    for (pk, fields) in std::mem::take(&mut dump.records.people) {
        all.people.push(dump.person(pk, fields)?);
    }
    let others = dump.records.of_projects.values().map(Vec::len).sum();
    let records = &mut dump.records;
    records.leave_out("im.projectresourcequota", PROJECTS, others);
    let told = Told {
        notes: dump.notes,
        left_out: dump.records.left_out,
    };
    Ok((all, told))
}

/// A dump whose records are taken out one by one.
struct Dump {
    records: Records,
    notes: Vec<String>,
}

impl Dump {
    fn groups(&mut self) -> BTreeMap<String, BTreeSet<String>> {
        let permissions = &self.records.permissions;
        let read = |fields: &Fields| {
            let (known, unknown) = names(permissions, "codename", fields.get("permissions"));
            (text(fields, "name").unwrap_or_default(), known, unknown)
        };
        let all: Vec<_> = self.records.groups.values().map(read).collect();
        let mut groups = BTreeMap::new();
        for (name, known, unknown) in all {
            self.note_unknown(&format!("group {name}"), unknown, "permissions");
            groups.insert(name, known);
        }
        groups
    }

    fn permissions(&mut self, list: Option<&Value>, whose: &str) -> BTreeSet<String> {
        let (known, unknown) = names(&self.records.permissions, "codename", list);
        self.note_unknown(whose, unknown, "permissions");
        known
    }

    fn note_unknown(&mut self, whose: &str, count: usize, what: &str) {
        if count > 0 {
            let note = format!("{whose}: {count} {what} are not in the dump");
            self.notes.push(note);
        }
    }

    fn person(&mut self, pk: u64, own: Fields) -> Result<Newcomer> {
        new_enough(&own)?;
        let mut fields = self.records.users.remove(&pk).ok_or_else(|| {
            Error::invalid(format!("User {pk} has no record of auth.user. {HOW}"))
        })?;
        fields.extend(own);
        let f = &fields;
        let email = text(f, "email").or_else(|| text(f, "username"));
        let email = email.unwrap_or_default();
        let uuid = uuid(f, pk, &email)?;
        let token = text(f, "auth_token").zip(time(f, "auth_token_expires"));
        let joined = time(f, "date_joined");
        let (groups, unknown) = names(&self.records.groups, "name", f.get("groups"));
        self.note_unknown(&email, unknown, "groups");
        let belongings = self.records.of_people.remove(&pk).unwrap_or_default();
        let (settings, quota) = (belongings.settings, belongings.quota);
        let quota = self.quota(quota, f.get("base_project"));
        Ok(Newcomer {
            uuid,
            first_name: text(f, "first_name").unwrap_or_default(),
            last_name: text(f, "last_name").unwrap_or_default(),
            password: text(f, "password")
                .filter(|hash| !hash.starts_with('!'))
                .map(SecretString::from),
            active: flag(f, "is_active"),
            superuser: flag(f, "is_superuser"),
            verified: flag(f, "email_verified"),
            verified_at: time(f, "verified_at"),
            code: text(f, "verification_code").map(SecretString::from),
            activation_sent: time(f, "activation_sent"),
            moderated: flag(f, "moderated"),
            moderated_at: time(f, "moderated_at"),
            rejected: flag(f, "is_rejected"),
            rejected_reason: text(f, "rejected_reason"),
            accepted_policy: text(f, "accepted_policy"),
            accepted_email: text(f, "accepted_email"),
            deactivated_reason: text(f, "deactivated_reason"),
            deactivated_at: time(f, "deactivated_at"),
            profile_seen: flag(f, "is_verified"),
            signed_terms: flag(f, "has_signed_terms")
                .then(|| time(f, "date_signed_terms").or(joined))
                .flatten(),
            token: token.map(|(token, expires)| {
                let made = time(f, "auth_token_created").unwrap_or(expires);
                (SecretString::from(token), made, expires)
            }),
            level: small(f, "level", 4),
            invitations: small(f, "invitations", 0),
            affiliation: text(f, "affiliation"),
            joined,
            last_login: time(f, "last_login"),
            groups,
            permissions: self.permissions(f.get("user_permissions"), &email),
            methods: methods(belongings.methods),
            settings: self.settings(settings),
            quota,
            email,
        })
    }

    fn settings(&mut self, all: Vec<Fields>) -> BTreeMap<String, i64> {
        let rows = all.len();
        let one = |f: &Fields| Some((text(f, "setting")?, f.get("value")?.as_i64()?));
        let taken: Vec<(String, i64)> = all.iter().filter_map(one).collect();
        let unread = rows - taken.len();
        self.records
            .leave_out("im.usersetting", "the value is no number", unread);
        taken.into_iter().collect()
    }

    /// Base quota that is not the default of its resource.
    fn quota(&mut self, older: Vec<Fields>, project: Option<&Value>) -> BTreeMap<String, u64> {
        let newer = project.and_then(|key| self.records.of_projects.remove(&key.to_string()));
        let older = older
            .into_iter()
            .map(|f| (f, "im.astakosuserquota", "capacity"));
        let newer = newer.unwrap_or_default().into_iter();
        let newer = newer.map(|f| (f, "im.projectresourcequota", "member_capacity"));
        let mut all = BTreeMap::new();
        for (fields, model, capacity) in older.chain(newer) {
            let resource = self.records.resource(fields.get("resource"));
            let named = resource.and_then(|resource| {
                let name = text(resource, "name")?.replace("pithos+.", "pithos.");
                Some((name, amount(resource, "uplimit")))
            });
            let why = match (named, amount(&fields, capacity)) {
                (Some((_, default)), Some(amount)) if default == Some(amount) => DEFAULT,
                (Some((name, _)), Some(amount)) => {
                    all.insert(name, amount);
                    continue;
                }
                _ => NO_RESOURCE,
            };
            self.records.leave_out(model, why, 1);
        }
        all
    }
}

fn uuid(f: &Fields, pk: u64, email: &str) -> Result<UserId> {
    let uuid = text(f, "uuid").and_then(|text| text.parse().ok());
    uuid.ok_or_else(|| Error::invalid(format!("User {pk} ({}) has no uuid.", email.escape_debug())))
}

/// The ways to log in, the oldest first.
fn methods(mut all: Vec<Fields>) -> Vec<NewcomerMethod> {
    all.sort_by_key(|fields| time(fields, "created"));
    let method = |f: &Fields| NewcomerMethod {
        module: text(f, "module").unwrap_or_default(),
        identifier: text(f, "identifier").unwrap_or_default(),
        backend: text(f, "auth_backend").unwrap_or_default(),
        active: f.get("active").is_none_or(|on| on != &Value::Bool(false)),
        affiliation: text(f, "affiliation"),
        info: text(f, "info_data").unwrap_or_default(),
        created: time(f, "created"),
        last_login: time(f, "last_login_at"),
    };
    all.iter().map(method).collect()
}

/// 0.13 had neither of these fields; what came before is not read.
fn new_enough(own: &Fields) -> Result<()> {
    match own.contains_key("uuid") && own.contains_key("is_rejected") {
        true => Ok(()),
        false => Err(Error::invalid(
            "This dump was written by a release before 0.14. Bring that installation to \
             0.14.10 by the original's own notes first.",
        )),
    }
}
