//! A thing of any kind as lists, pages and programs show it: named values, a state, an
//! owner (ID-ADU-21).

use crate::{pages::words, text::text};
use compute::{Address, AddressHistory, Network, OperState, Subnet, Thing, VolumeState};
use identity::{DeskGroup, DeskMethod, DeskProject};
use kernel::{ServerId, Timestamp, UserId, quantity::INFINITE};

/// A thing, from wherever it is kept.
#[derive(Clone)]
pub(super) enum What {
    Thing(Box<Thing>),
    Project(Box<DeskProject>),
    Group,
    Method(DeskMethod),
}

/// Its values and what else is shown.
#[derive(Clone)]
pub(super) struct Item {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) owner: Option<UserId>,
    /// Colour of the state, and its words; empty for what has none.
    pub(super) tone: &'static str,
    pub(super) state: String,
    values: Vec<(&'static str, String)>,
    pub(super) what: What,
}

fn yes(on: bool) -> String {
    text(if on { "yes" } else { "no" })
}

fn maybe(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

impl Item {
    /// The value of a name; empty when there is none.
    pub(super) fn value(&self, name: &str) -> &str {
        let found = self.values.iter().find(|(own, _)| *own == name);
        found.map_or("", |(_, value)| value.as_str())
    }

    /// All values, by name.
    pub(super) fn values(&self) -> &[(&'static str, String)] {
        &self.values
    }

    /// Where its page is, for something of the kind `kind`.
    pub(super) fn path(&self, kind: &str) -> String {
        format!("/admin/{kind}/{}", self.id)
    }

    /// A thing of compute.
    pub(super) fn thing(thing: Thing) -> Self {
        let mut item = Item {
            id: thing.id().to_string(),
            name: String::new(),
            owner: thing.owner(),
            tone: "muted",
            state: String::new(),
            values: values(&thing),
            what: What::Thing(Box::new(thing)),
        };
        if let What::Thing(thing) = &item.what {
            (item.tone, item.state) = state(thing);
            item.name = name(thing);
        }
        item
    }

    /// A project.
    pub(super) fn project(project: DeskProject) -> Self {
        let word = if project.alive { "active" } else { "suspended" };
        let code = if project.alive {
            "1 (Active)"
        } else {
            "10 (Suspended)"
        };
        let limits = |member: bool| {
            let finite = project.limits.iter().filter_map(|(name, (all, each))| {
                let limit = if member { *each } else { *all };
                (limit < INFINITE).then(|| format!("{name}: {limit}"))
            });
            finite.collect::<Vec<_>>().join(", ")
        };
        Item {
            id: project.no.to_string(),
            name: project.name.clone(),
            owner: Some(project.owner.uuid),
            tone: if project.alive { "success" } else { "warning" },
            state: text(&format!("adm-state-{word}")),
            values: vec![
                ("id", project.no.to_string()),
                ("uuid", project.uuid.to_string()),
                ("owner_uuid", project.owner.uuid.to_string()),
                ("name", project.name.clone()),
                ("project_status", code.to_owned()),
                ("application_status", String::new()),
                ("created", words::exact(project.created)),
                ("ends", words::exact(project.ends)),
                ("homepage", String::new()),
                ("description", project.description.clone()),
                ("members", "1 / 1".to_owned()),
                ("comments", String::new()),
                ("member_resources", limits(true)),
                ("total_resources", limits(false)),
                ("is_base", yes(project.system)),
                ("reason", project.reason.clone()),
            ],
            what: What::Project(Box::new(project)),
        }
    }

    /// A group.
    pub(super) fn group(group: DeskGroup) -> Self {
        Item {
            id: group.id.to_string(),
            name: group.name.clone(),
            owner: None,
            tone: "muted",
            state: String::new(),
            values: vec![
                ("id", group.id.to_string()),
                ("name", group.name.clone()),
                ("permissions", group.permissions.join(", ")),
            ],
            what: What::Group,
        }
    }

    /// A login method.
    pub(super) fn method(method: DeskMethod) -> Self {
        Item {
            id: format!("{}.{}", method.user, method.id),
            name: method.module.clone(),
            owner: None,
            tone: if method.active { "success" } else { "muted" },
            state: text(if method.active { "adm-on" } else { "adm-off" }),
            values: vec![
                ("id", method.id.to_string()),
                ("name", method.module.clone()),
                ("user", method.user.to_string()),
                ("identifier", method.identifier.clone()),
                ("active", yes(method.active)),
                ("created", words::exact(method.created)),
                ("description", method.info.clone()),
                ("backend", method.backend.clone()),
            ],
            what: What::Method(method),
        }
    }

    /// The thing, where compute keeps it.
    pub(super) fn as_thing(&self) -> Option<&Thing> {
        match &self.what {
            What::Thing(thing) => Some(thing),
            _ => None,
        }
    }
}

/// What it is called.
fn name(thing: &Thing) -> String {
    match thing {
        Thing::Server { row, .. } => row.name.clone(),
        Thing::Volume { row, .. } => match row.name.as_deref() {
            None | Some("") => format!("#{}", row.id),
            Some(name) => name.to_owned(),
        },
        Thing::Network { row, .. } => row.name.clone(),
        Thing::Address { row, .. } => row.address.to_string(),
        Thing::Log(row) => row.address.clone(),
    }
}

/// Colour and words of where it stands.
fn state(thing: &Thing) -> (&'static str, String) {
    let tone = |word: &str| match word {
        "STARTED" | "IN_USE" | "ACTIVE" => "success",
        "BUILD" | "CREATING" | "PENDING" => "info",
        "ERROR" => "danger",
        _ => "muted",
    };
    let word = match thing {
        Thing::Server { row, .. } if row.deleted => OperState::Destroyed.word(),
        Thing::Server { row, .. } => row.operstate.word(),
        Thing::Volume { row, .. } => row.state.word(),
        Thing::Network { row, .. } => row.state.word(),
        Thing::Address { row, .. } => {
            let (tone, key) = match row.port {
                Some(_) => ("success", "adm-in-use"),
                None => ("muted", "adm-free"),
            };
            return (tone, text(key));
        }
        Thing::Log(row) => {
            let (tone, key) = match row.associated {
                true => ("success", "adm-associated"),
                false => ("muted", "adm-released"),
            };
            return (tone, text(key));
        }
    };
    let key = format!("adm-state-{}", word.to_lowercase().replace('_', "-"));
    (tone(word), text(&key))
}

fn dates(created: Timestamp, updated: Timestamp) -> [(&'static str, String); 2] {
    [
        ("created", words::exact(created)),
        ("updated", words::exact(updated)),
    ]
}

fn values(thing: &Thing) -> Vec<(&'static str, String)> {
    let mut all = vec![
        ("id", thing.id().to_string()),
        ("owner_uuid", maybe(thing.owner())),
        ("project", maybe(thing.project())),
    ];
    match thing {
        Thing::Server { row, flavor } => {
            all.extend([
                ("name", row.name.clone()),
                ("state", row.operstate.word().to_owned()),
                ("operstate", row.operstate.word().to_owned()),
                ("suspended", yes(row.suspended)),
                ("image", row.image.to_string()),
                ("image_name", row.image_name.clone()),
                ("flavor", flavor.clone()),
                ("task", maybe(row.task.map(|task| task.task_word()))),
                ("backend", row.backend.to_string()),
                ("deleted", yes(row.deleted)),
            ]);
            all.extend(dates(row.created, row.updated));
        }
        Thing::Volume { row, template } => {
            let version = row.source_version.map(|version| format!(" ({version})"));
            let source = maybe(row.source.as_ref());
            all.extend([
                ("name", maybe(row.name.as_ref())),
                ("status", row.state.word().to_owned()),
                ("size", row.size.to_string()),
                ("template", template.clone()),
                ("vm", maybe(row.server)),
                ("description", String::new()),
                ("source", format!("{source}{}", version.unwrap_or_default())),
                ("origin", maybe(row.origin.as_ref())),
                ("index", maybe(row.index)),
                ("with_server", yes(row.delete_on_termination)),
                ("deleted", yes(row.state == VolumeState::Deleted)),
            ]);
            all.extend(dates(row.created, row.updated));
        }
        Thing::Network { row, subnets } => {
            all.extend(of_network(row, subnets));
            all.extend(dates(row.created, row.updated));
        }
        Thing::Address { row, server } => {
            all.extend(of_address(row, *server));
            all.extend(dates(row.created, row.created));
        }
        Thing::Log(row) => all.extend(of_log(row)),
    }
    all
}

fn of_network(row: &Network, subnets: &[Subnet]) -> [(&'static str, String); 12] {
    let live = subnets.iter().map(|subnet| subnet.cidr.to_string());
    [
        ("name", row.name.clone()),
        ("status", row.state.word().to_owned()),
        ("state", row.state.word().to_owned()),
        ("public", yes(row.public)),
        ("drained", yes(row.drained)),
        ("kind", row.kind.word().to_owned()),
        ("mode", row.mode.clone()),
        ("link", row.link.clone()),
        ("mac_prefix", row.mac_prefix.clone()),
        ("subnets", live.collect::<Vec<_>>().join(", ")),
        ("floating_pool", yes(row.floating_ip_pool)),
        ("deleted", yes(row.deleted)),
    ]
}

fn of_address(row: &Address, server: Option<ServerId>) -> [(&'static str, String); 7] {
    [
        ("address", row.address.to_string()),
        ("floating", yes(row.floating)),
        ("vm", maybe(server)),
        ("network", row.network.to_string()),
        ("subnet", row.subnet.to_string()),
        ("nic", maybe(row.port)),
        ("in_use", yes(row.port.is_some())),
    ]
}

fn of_log(row: &AddressHistory) -> [(&'static str, String); 7] {
    [
        ("address", row.address.clone()),
        ("user", row.user.to_string()),
        ("vm", row.server.to_string()),
        ("network", row.network.to_string()),
        (
            "action",
            text(if row.associated {
                "adm-associated"
            } else {
                "adm-released"
            }),
        ),
        ("date", words::exact(row.at)),
        ("reason", row.reason.clone()),
    ]
}
