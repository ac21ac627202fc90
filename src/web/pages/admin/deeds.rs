//! What can be done to servers, networks, addresses and the others: names, when it makes
//! sense, carrying it out (ID-ADU-03, ID-ADU-43).

use super::{
    AtDesk,
    items::{Item, What},
};
use crate::{pages::posted::Posted, text};
use compute::{Act, OperState, Thing};
use identity::DeskOp;
use kernel::{Error, NetworkId, Result, ServerId};
use std::time::Duration;

/// How long an answer to a program waits for a server to come where it was sent.
const PATIENCE: Duration = Duration::from_secs(60);

/// One thing that can be done.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deed {
    pub(super) kind: &'static str,
    /// Its name in addresses, for programs and in the table of rights.
    pub(super) name: &'static str,
    /// Good, bad or neither (ID-ADU-41).
    pub(super) karma: &'static str,
    /// How much thought it wants.
    pub(super) caution: &'static str,
}

const fn deed(
    kind: &'static str,
    name: &'static str,
    karma: &'static str,
    caution: &'static str,
) -> Deed {
    Deed {
        kind,
        name,
        karma,
        caution,
    }
}

/// All of them, as they are offered.
pub(super) const DEEDS: &[Deed] = &[
    deed("vm", "start", "good", "none"),
    deed("vm", "shutdown", "bad", "warning"),
    deed("vm", "reboot", "bad", "warning"),
    deed("vm", "suspend", "bad", "warning"),
    deed("vm", "unsuspend", "good", "none"),
    deed("vm", "contact", "neutral", "none"),
    deed("vm", "destroy", "bad", "dangerous"),
    deed("volume", "contact", "neutral", "none"),
    deed("network", "drain", "bad", "warning"),
    deed("network", "undrain", "good", "none"),
    deed("network", "contact", "neutral", "none"),
    deed("network", "destroy", "bad", "dangerous"),
    deed("ip", "contact", "neutral", "none"),
    deed("ip", "destroy", "bad", "dangerous"),
    deed("project", "contact", "neutral", "none"),
];

/// Names that stand for nothing yet (ID-ADU-03); those of projects come with them.
const PLACEHOLDERS: &[(&str, &str)] = &[
    (
        "vm",
        "resize connect disconnect attach detach reassign change_owner",
    ),
    ("network", "reassign change_owner"),
    ("ip", "reassign change_owner"),
    (
        "project",
        "approve deny suspend unsuspend terminate reinstate",
    ),
];

/// The act of a kind and name.
pub(super) fn find(kind: &str, name: &str) -> Option<&'static Deed> {
    DEEDS
        .iter()
        .find(|deed| deed.kind == kind && deed.name == name)
}

/// Is it a name that stands for nothing yet?
pub(super) fn placeholder(kind: &str, name: &str) -> bool {
    PLACEHOLDERS
        .iter()
        .any(|(own, names)| *own == kind && names.split(' ').any(|one| one == name))
}

/// What may be done to a thing now.
pub(super) fn offered(d: &AtDesk, kind: &str, item: &Item) -> Vec<&'static Deed> {
    let fits = |deed: &&Deed| deed.kind == kind && deed.allowed(d) && deed.fits(item);
    DEEDS.iter().filter(fits).collect()
}

/// What may be done to some of a kind.
pub(super) fn of(d: &AtDesk, kind: &str) -> Vec<&'static Deed> {
    let fits = |deed: &&Deed| deed.kind == kind && deed.allowed(d);
    DEEDS.iter().filter(fits).collect()
}

impl Deed {
    /// What it is called.
    pub(super) fn title(&self) -> String {
        match self.name {
            "contact" => text::text("adm-op-contact"),
            name => text::text(&format!("adm-deed-{}-{name}", self.kind)),
        }
    }

    /// What comes of it, where that is not obvious.
    pub(super) fn consequence(&self) -> String {
        let key = format!("adm-ask-{}-{}", self.kind, self.name);
        match text::known(&key) {
            true => text::text(&key),
            false => String::new(),
        }
    }

    /// May they?
    pub(super) fn allowed(&self, d: &AtDesk) -> bool {
        d.desk.may(&d.settings, self.kind, self.name)
    }

    /// Does it make sense for a thing as it is?
    pub(super) fn fits(&self, item: &Item) -> bool {
        if self.name == "contact" {
            return item.owner.is_some();
        }
        match item.as_thing() {
            Some(Thing::Server { row, .. }) => {
                let free = !row.deleted && row.task.is_none();
                match self.name {
                    "start" => free && row.operstate == OperState::Stopped,
                    "shutdown" | "reboot" => free && row.operstate == OperState::Started,
                    "suspend" => !row.deleted && !row.suspended,
                    "unsuspend" => !row.deleted && row.suspended,
                    _ => !row.deleted,
                }
            }
            Some(Thing::Network { row, .. }) => {
                let there = !row.deleted && !row.destroying;
                match self.name {
                    "drain" => there && row.public && !row.drained,
                    "undrain" => there && row.public && row.drained,
                    _ => there,
                }
            }
            Some(Thing::Address { row, .. }) => row.floating && row.port.is_none(),
            _ => false,
        }
    }

    /// Carries it out; every act is recorded where it happens.
    ///
    /// # Errors
    /// `Forbidden` when the table of rights does not allow it; `Conflict` and `Invalid`
    /// with the reason.
    pub(super) async fn carry_out(&self, d: &AtDesk, item: &Item, sent: &Posted) -> Result<()> {
        let caller = d.desk.permit(&d.settings, self.kind, self.name)?;
        if !self.fits(item) {
            return Err(Error::conflict("NOT_ALLOWED"));
        }
        let compute = &d.state.compute;
        let id = item.as_thing().map_or(0, Thing::id);
        let (server, network) = (ServerId(id), NetworkId(id));
        match (self.kind, self.name) {
            (_, "contact") => self.contact(d, item, sent).await,
            ("vm", "start") => compute.desk_act(caller, server, Act::Start).await,
            ("vm", "shutdown") => {
                let act = Act::Shutdown { timeout: None };
                compute.desk_act(caller, server, act).await
            }
            ("vm", "reboot") => {
                let act = Act::Reboot { hard: false };
                compute.desk_act(caller, server, act).await
            }
            ("vm", "destroy") => compute.desk_act(caller, server, Act::Delete).await,
            ("vm", "suspend") => compute.on_behalf_of(caller).suspend(server, true).await,
            ("vm", "unsuspend") => compute.on_behalf_of(caller).suspend(server, false).await,
            ("network", "drain") => compute.desk_drain(caller, network, true).await,
            ("network", "undrain") => compute.desk_drain(caller, network, false).await,
            ("network", "destroy") => compute.desk_delete_network(caller, network).await,
            ("ip", "destroy") => compute.desk_delete_address(caller, id).await,
            _ => Err(Error::not_supported("Not supported yet.")),
        }
    }

    /// For programs: waits until the server stands where it was sent. True when it does
    /// not yet.
    pub(super) async fn pending(&self, d: &AtDesk, item: &Item) -> Result<bool> {
        let moves = ["start", "shutdown", "reboot", "destroy"].contains(&self.name);
        let Some(Thing::Server { row, .. }) = item.as_thing().filter(|_| moves) else {
            return Ok(false);
        };
        let settled = d.state.compute.settled(row.id, PATIENCE).await?;
        Ok(settled.is_none())
    }

    /// Writes to the owner.
    async fn contact(&self, d: &AtDesk, item: &Item, sent: &Posted) -> Result<()> {
        let gone = || Error::not_found("UNKNOWN_USER_ID");
        let owner = item.owner.ok_or_else(gone)?;
        let no = match &item.what {
            What::Project(project) => project.owner.no,
            _ => {
                let people = [owner].into();
                let found = d.state.identity.desk_owners(&d.desk, people).await?;
                found.get(&owner).ok_or_else(gone)?.no
            }
        };
        let op = message(self.kind, sent)?;
        d.state.identity.desk_act(&d.desk, no, op).await.map(drop)
    }
}

/// A message to somebody, about a thing of a kind (ID-ADU-44).
pub(super) fn message(about: &'static str, sent: &Posted) -> Result<DeskOp> {
    for field in ["subject", "text"] {
        if sent.trimmed(field).is_empty() {
            return Err(Error::field(field, "REQUIRED_FIELD"));
        }
    }
    Ok(DeskOp::Contact {
        about,
        sender: sent.trimmed("sender").to_owned(),
        subject: sent.trimmed("subject").to_owned(),
        text: sent.get("text").to_owned(),
    })
}
