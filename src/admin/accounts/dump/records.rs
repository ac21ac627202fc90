//! The records of a dump, sorted while they are read, and what they refer to.
//!
//! `dumpdata` writes a reference as the number of a record, or with `--natural` or
//! `--natural-foreign` as a list: a user's name, a group's name, a permission's codename
//! with its model. Both are understood. With `--natural-primary` the records themselves
//! have no numbers, and nothing says which `auth.user` an `im.astakosuser` is: refused.

use super::fields::{Fields, number, text};
use kernel::{Error, Result};
use serde::{
    Deserialize, Deserializer,
    de::{SeqAccess, Visitor},
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// How a dump that can be read is made.
pub(super) const HOW: &str =
    "Export it again so: snf-manage dumpdata auth im quotaholder_app > accounts.json";

const NOT_YET: &str = "not supported yet";
const NOT_NEEDED: &str = "not needed here";
const REGISTERED: &str = "components register their resources";
const NOBODYS: &str = "of nobody in the dump";
/// Of the identity part, and nothing that anybody would miss.
const PASSING: [&str; 5] = [
    "im.sessioncatalog",
    "im.pendingthirdpartyuser",
    "im.emailchange",
    "im.chain",
    "im.serial",
];

#[derive(Deserialize)]
struct Record {
    model: String,
    pk: Option<Value>,
    #[serde(default)]
    fields: Fields,
}

/// What belongs to one person.
#[derive(Default)]
pub(super) struct Belongings {
    pub methods: Vec<Fields>,
    pub settings: Vec<Fields>,
    /// Base quota of 0.14.
    pub quota: Vec<Fields>,
}

/// The records by kind and number.
#[derive(Default)]
pub(super) struct Records {
    /// `auth.user`.
    pub users: BTreeMap<u64, Fields>,
    /// `im.astakosuser`.
    pub people: BTreeMap<u64, Fields>,
    pub groups: BTreeMap<u64, Fields>,
    pub permissions: BTreeMap<u64, Fields>,
    pub resources: BTreeMap<u64, Fields>,
    /// Login methods, settings and quota as they came: model and fields.
    loose: Vec<(String, Fields)>,
    /// The same by person.
    pub of_people: BTreeMap<u64, Belongings>,
    /// Quota of projects, by project.
    pub of_projects: BTreeMap<String, Vec<Fields>>,
    /// Records that are not taken over: kind and why, how many.
    pub left_out: BTreeMap<(String, &'static str), usize>,
    /// Why the dump cannot be read at all.
    refused: Option<Error>,
}

impl<'de> Deserialize<'de> for Records {
    fn deserialize<D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        struct List;
        impl<'de> Visitor<'de> for List {
            type Value = Records;

            fn expecting(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                to.write_str("a list of records")
            }

            fn visit_seq<A: SeqAccess<'de>>(
                self,
                mut list: A,
            ) -> std::result::Result<Records, A::Error> {
                let mut records = Records::default();
                while let Some(record) = list.next_element::<Record>()? {
                    if records.refused.is_none() {
                        records.refused = records.sort(record).err();
                    }
                }
                Ok(records)
            }
        }
        from.deserialize_seq(List)
    }
}

impl Records {
    /// Reads a dump.
    pub(super) fn read(bytes: &[u8]) -> Result<Self> {
        let mut records: Records = serde_json::from_slice(bytes).map_err(|error| {
            Error::invalid(format!("This is no file that dumpdata wrote: {error}"))
        })?;
        if let Some(refused) = records.refused.take() {
            return Err(refused);
        }
        if records.people.is_empty() {
            return Err(Error::invalid(
                "The file holds no accounts of an original installation (im.astakosuser).",
            ));
        }
        records.hand_out();
        let alone = records.users.keys();
        let alone = alone.filter(|pk| !records.people.contains_key(pk)).count();
        records.leave_out(
            "auth.user",
            "no accounts: they have no im.astakosuser",
            alone,
        );
        Ok(records)
    }

    fn sort(&mut self, record: Record) -> Result<()> {
        let Record { model, pk, fields } = record;
        let model = model.to_ascii_lowercase();
        let by_number = match model.as_str() {
            "auth.user" => &mut self.users,
            "im.astakosuser" => &mut self.people,
            "auth.group" => &mut self.groups,
            "auth.permission" => &mut self.permissions,
            "im.resource" => {
                self.leave_out(&model, REGISTERED, 1);
                &mut self.resources
            }
            "im.astakosuserauthprovider" | "im.usersetting" | "im.astakosuserquota" => {
                self.loose.push((model, fields));
                return Ok(());
            }
            "im.projectresourcequota" => {
                let project = fields.get("project").map(Value::to_string);
                let all = self.of_projects.entry(project.unwrap_or_default());
                all.or_default().push(fields);
                return Ok(());
            }
            other => {
                let ours = other.starts_with("im.") || other.starts_with("quotaholder");
                let why = match ours && !PASSING.contains(&other) {
                    true => NOT_YET,
                    false => NOT_NEEDED,
                };
                self.leave_out(other, why, 1);
                return Ok(());
            }
        };
        let Some(pk) = pk.filter(|pk| !pk.is_null()) else {
            return Err(Error::invalid(format!(
                "The records of {model} have no numbers (dumpdata --natural-primary), so that \
                 nothing says what belongs together. {HOW}"
            )));
        };
        let no = number(&pk);
        let no = no.ok_or_else(|| Error::invalid(format!("{model}: {pk} is no number. {HOW}")))?;
        by_number.insert(no, fields);
        Ok(())
    }

    /// Gives people what belongs to them, now that all are known.
    fn hand_out(&mut self) {
        let named = |(pk, fields): (&u64, &Fields)| Some((text(fields, "username")?, *pk));
        let by_name: BTreeMap<String, u64> = self.users.iter().filter_map(named).collect();
        for (model, fields) in std::mem::take(&mut self.loose) {
            let user = match fields.get("user") {
                Some(Value::Array(natural)) => match natural.as_slice() {
                    [Value::String(name)] => by_name.get(name).copied(),
                    _ => None,
                },
                Some(key) => number(key),
                None => None,
            };
            let Some(user) = user.filter(|pk| self.people.contains_key(pk)) else {
                self.leave_out(&model, NOBODYS, 1);
                continue;
            };
            let own = self.of_people.entry(user).or_default();
            match model.as_str() {
                "im.astakosuserauthprovider" => own.methods.push(fields),
                "im.usersetting" => own.settings.push(fields),
                _ => own.quota.push(fields),
            }
        }
    }

    /// Counts records that are not taken over.
    pub(super) fn leave_out(&mut self, what: &str, why: &'static str, count: usize) {
        if count > 0 {
            *self.left_out.entry((what.to_owned(), why)).or_default() += count;
        }
    }

    /// The resource that a number or a name in a list means.
    pub(super) fn resource(&self, key: Option<&Value>) -> Option<&Fields> {
        match key? {
            Value::Array(natural) => {
                let [Value::String(name)] = natural.as_slice() else {
                    return None;
                };
                let mut all = self.resources.values();
                all.find(|fields| text(fields, "name").as_ref() == Some(name))
            }
            key => self.resources.get(&number(key)?),
        }
    }
}

/// Names of what a list of references means, and how many mean nothing.
pub(super) fn names(
    of: &BTreeMap<u64, Fields>,
    name: &str,
    list: Option<&Value>,
) -> (BTreeSet<String>, usize) {
    let all = list.and_then(Value::as_array).into_iter().flatten();
    let one = |key: &Value| match key {
        Value::Array(natural) => natural.first().and_then(Value::as_str).map(str::to_owned),
        key => of.get(&number(key)?).and_then(|fields| text(fields, name)),
    };
    let all: Vec<Option<String>> = all.map(one).collect();
    let unknown = all.iter().filter(|name| name.is_none()).count();
    (all.into_iter().flatten().collect(), unknown)
}
