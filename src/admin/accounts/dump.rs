//! `import-django-dump` (ID-CLI-80, ID-UPG-06): reads what `dumpdata` of an original
//! installation (0.14 to 0.21) wrote and hands its people over.
//!
//! A dump is a list of `{"model", "pk", "fields"}`. A person is two records with one
//! number: `auth.user` (name, password, groups) and `im.astakosuser` (the rest). What is
//! not taken over is counted and told.

use crate::Admin;
use identity::{Newcomer, NewcomerMethod, Newcomers};
use kernel::{Error, Result, Timestamp, quantity::INFINITE, secret::SecretString};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use wire::admin::{Io, Report};

/// Notes that are shown one by one.
const NOTES: usize = 100;
/// Records that say nothing people would miss.
const SILENT: [&str; 6] = [
    "im.sessioncatalog",
    "im.pendingthirdpartyuser",
    "im.emailchange",
    "im.chain",
    "im.serial",
    "im.resource",
];

#[derive(Deserialize)]
struct Record {
    model: String,
    pk: Value,
    fields: Map<String, Value>,
}

/// Brings the people of a dump.
pub(super) async fn import(admin: &Admin, file: &str, io: &mut dyn Io) -> Result<Report> {
    let bytes = io.read_long_file(file).await?;
    let (people, left_out) = read(&bytes)?;
    let brought = admin.identity.admin_import(&admin.caller(), people).await?;
    let mut report = Report::new().note(format!(
        "Imported {} accounts; {} were here already.",
        brought.made, brought.there
    ));
    let more = brought.notes.len().saturating_sub(NOTES);
    for note in brought.notes.into_iter().take(NOTES) {
        // Typed by people themselves: no control characters to a terminal.
        report = report.note(note.escape_debug().to_string());
    }
    if more > 0 {
        report = report.note(format!("… and {more} more like these."));
    }
    for (model, count) in left_out {
        report = report.note(format!("Left out: {count} × {model} (not supported yet)"));
    }
    Ok(report)
}

/// The people of a dump, and how many records of which kinds are left out.
fn read(bytes: &[u8]) -> Result<(Newcomers, BTreeMap<String, usize>)> {
    let records: Vec<Record> = serde_json::from_slice(bytes)
        .map_err(|error| Error::invalid(format!("This is no file that dumpdata wrote: {error}")))?;
    let dump = Dump::sorted(records)?;
    let mut people = Newcomers {
        groups: dump.groups(),
        people: Vec::new(),
    };
    for (pk, fields) in &dump.people {
        people.people.push(dump.person(*pk, fields)?);
    }
    Ok((people, dump.left_out))
}

type Fields = Map<String, Value>;

/// The records by kind and number.
#[derive(Default)]
struct Dump {
    /// `auth.user`.
    users: BTreeMap<u64, Fields>,
    /// `im.astakosuser`.
    people: BTreeMap<u64, Fields>,
    groups: BTreeMap<u64, Fields>,
    permissions: BTreeMap<u64, Fields>,
    resources: BTreeMap<u64, Fields>,
    /// By the person they belong to.
    methods: BTreeMap<u64, Vec<Fields>>,
    settings: BTreeMap<u64, Vec<Fields>>,
    /// Base quota of 0.14, by person.
    quota: BTreeMap<u64, Vec<Fields>>,
    /// Quota of projects, by project.
    of_projects: BTreeMap<String, Vec<Fields>>,
    left_out: BTreeMap<String, usize>,
}

impl Dump {
    fn sorted(records: Vec<Record>) -> Result<Self> {
        let mut dump = Dump::default();
        for Record { model, pk, fields } in records {
            let model = model.to_ascii_lowercase();
            let by_number = match model.as_str() {
                "auth.user" => &mut dump.users,
                "im.astakosuser" => &mut dump.people,
                "auth.group" => &mut dump.groups,
                "auth.permission" => &mut dump.permissions,
                "im.resource" => &mut dump.resources,
                _ => {
                    dump.belonging(&model, fields);
                    continue;
                }
            };
            let no = number(&pk);
            let no = no.ok_or_else(|| Error::invalid(format!("{model}: {pk} is no number")))?;
            by_number.insert(no, fields);
        }
        if dump.people.is_empty() {
            return Err(Error::invalid(
                "The file holds no accounts of an original installation (im.astakosuser).",
            ));
        }
        let alone = dump.users.keys().filter(|pk| !dump.people.contains_key(pk));
        let alone = alone.count();
        if alone > 0 {
            dump.left_out
                .insert("auth.user without im.astakosuser".into(), alone);
        }
        Ok(dump)
    }

    /// A record that belongs to a person or a project.
    fn belonging(&mut self, model: &str, fields: Fields) {
        let user = fields.get("user").and_then(number);
        let (list, user) = match (model, user) {
            ("im.astakosuserauthprovider", Some(user)) => (&mut self.methods, user),
            ("im.usersetting", Some(user)) => (&mut self.settings, user),
            ("im.astakosuserquota", Some(user)) => (&mut self.quota, user),
            ("im.projectresourcequota", _) => {
                let project = fields.get("project").map(Value::to_string);
                let all = self.of_projects.entry(project.unwrap_or_default());
                all.or_default().push(fields);
                return;
            }
            _ => {
                let known = model.starts_with("im.") && !SILENT.contains(&model);
                if known || model.starts_with("quotaholder") {
                    *self.left_out.entry(model.to_owned()).or_default() += 1;
                }
                return;
            }
        };
        list.entry(user).or_default().push(fields);
    }

    /// Names of what a list of numbers, or of natural keys, means.
    fn names(of: &BTreeMap<u64, Fields>, name: &str, list: Option<&Value>) -> BTreeSet<String> {
        let all = list.and_then(Value::as_array).into_iter().flatten();
        let one = |key: &Value| match key {
            Value::Array(natural) => natural.first().and_then(Value::as_str).map(str::to_owned),
            key => of.get(&number(key)?).and_then(|fields| text(fields, name)),
        };
        all.filter_map(one).collect()
    }

    fn groups(&self) -> BTreeMap<String, BTreeSet<String>> {
        let named = |fields: &Fields| {
            let permissions = fields.get("permissions");
            let permissions = Self::names(&self.permissions, "codename", permissions);
            text(fields, "name").map(|name| (name, permissions))
        };
        self.groups.values().filter_map(named).collect()
    }

    fn person(&self, pk: u64, own: &Fields) -> Result<Newcomer> {
        new_enough(own)?;
        let mut fields = self.users.get(&pk).cloned().unwrap_or_default();
        fields.extend(own.clone());
        let f = &fields;
        let email = text(f, "email").or_else(|| text(f, "username"));
        let email = email.unwrap_or_default();
        let uuid = text(f, "uuid").and_then(|text| text.parse().ok());
        let uuid = uuid.ok_or_else(|| {
            Error::invalid(format!("User {pk} ({}) has no uuid.", email.escape_debug()))
        })?;
        let token = text(f, "auth_token").zip(time(f, "auth_token_expires"));
        let joined = time(f, "date_joined");
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
            groups: Self::names(&self.groups, "name", f.get("groups")),
            permissions: Self::names(&self.permissions, "codename", f.get("user_permissions")),
            methods: self.methods(pk),
            settings: self.settings(pk),
            quota: self.quota(pk, f.get("base_project")),
            email,
        })
    }

    fn methods(&self, pk: u64) -> Vec<NewcomerMethod> {
        let mut all = self.methods.get(&pk).cloned().unwrap_or_default();
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

    fn settings(&self, pk: u64) -> BTreeMap<String, i64> {
        let all = self.settings.get(&pk).into_iter().flatten();
        let one = |f: &Fields| Some((text(f, "setting")?, f.get("value")?.as_i64()?));
        all.filter_map(one).collect()
    }

    /// Base quota that is not the default of its resource.
    fn quota(&self, pk: u64, project: Option<&Value>) -> BTreeMap<String, u64> {
        let older = self.quota.get(&pk).into_iter().flatten();
        let older = older.map(|f| (f, "capacity"));
        let newer = project.and_then(|project| self.of_projects.get(&project.to_string()));
        let newer = newer.into_iter().flatten().map(|f| (f, "member_capacity"));
        let mut all = BTreeMap::new();
        for (fields, capacity) in older.chain(newer) {
            let resource = fields.get("resource").and_then(number);
            let resource = resource.and_then(|no| self.resources.get(&no));
            let (Some(resource), Some(amount)) = (resource, self::amount(fields, capacity)) else {
                continue;
            };
            if self::amount(resource, "uplimit") == Some(amount) {
                continue;
            }
            if let Some(name) = text(resource, "name") {
                all.insert(name.replace("pithos+.", "pithos."), amount);
            }
        }
        all
    }
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

fn number(value: &Value) -> Option<u64> {
    value
        .as_u64()
        .or_else(|| value.as_str().and_then(|text| text.parse().ok()))
}

/// A text that is not empty.
fn text(fields: &Fields, name: &str) -> Option<String> {
    let found = fields.get(name).and_then(Value::as_str);
    found.filter(|text| !text.is_empty()).map(str::to_owned)
}

fn flag(fields: &Fields, name: &str) -> bool {
    fields.get(name) == Some(&Value::Bool(true))
}

fn small(fields: &Fields, name: &str, default: u32) -> u32 {
    let found = fields.get(name).and_then(Value::as_u64);
    found.and_then(|n| u32::try_from(n).ok()).unwrap_or(default)
}

/// What is at least 2^63 − 1 is no limit.
fn amount(fields: &Fields, name: &str) -> Option<u64> {
    let value = fields.get(name)?.as_f64()?;
    match value >= INFINITE as f64 {
        true => Some(INFINITE),
        false => fields.get(name)?.as_u64(),
    }
}

/// An instant; without an offset it is UTC, as the original stored it.
fn time(fields: &Fields, name: &str) -> Option<Timestamp> {
    let text = text(fields, name)?;
    text.parse()
        .ok()
        .or_else(|| wire::admin::filter::instant(&text))
}
