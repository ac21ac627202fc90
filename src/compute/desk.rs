//! Lists of all there is, whoever's, for the administration pages (ID-ADU-20,
//! ID-ADU-30). Who may look is decided above.
//!
//! Invariants: a page is read from an index or in the order of numbers, and looks at a
//! bounded number of rows however narrow the filter: one that ends for this reason says
//! from where to go on.

use crate::{
    address::{self, AddressHistory},
    related,
    rows::{
        Address, Flavor, Network, Port, Server, Subnet, Volume, VolumeState, VolumeType,
        VolumeTypeId,
    },
};
use kernel::{NetworkId, ProjectId, Result, ServerId, UserId, VolumeId};
use std::{collections::BTreeSet, fmt, sync::Arc};
use store::{Encode, Reads, Row};

/// Rows one page looks at beyond those it skips.
pub const MOST_LOOKED_AT: usize = 2_000;

/// What can be listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ThingKind {
    /// Servers.
    Server,
    /// Disks.
    Volume,
    /// Networks.
    Network,
    /// Addresses in use.
    Address,
    /// The history of public addresses.
    AddressLog,
}

/// One of them.
#[derive(Clone, Debug)]
pub enum Thing {
    /// A server.
    Server {
        /// The row.
        row: Server,
        /// Its size in words.
        flavor: String,
    },
    /// A disk.
    Volume {
        /// The row.
        row: Volume,
        /// Its disk template.
        template: String,
    },
    /// A network.
    Network {
        /// The row.
        row: Network,
        /// Its subnets.
        subnets: Vec<Subnet>,
    },
    /// An address.
    Address {
        /// The row.
        row: Address,
        /// The server of its port.
        server: Option<ServerId>,
    },
    /// A line of the history of addresses.
    Log(AddressHistory),
}

impl Thing {
    /// Its number.
    pub fn id(&self) -> u64 {
        match self {
            Thing::Server { row, .. } => row.id.0,
            Thing::Volume { row, .. } => row.id.0,
            Thing::Network { row, .. } => row.id.0,
            Thing::Address { row, .. } => row.id,
            Thing::Log(row) => row.id,
        }
    }

    /// Whose.
    pub fn owner(&self) -> Option<UserId> {
        match self {
            Thing::Server { row, .. } => Some(row.user),
            Thing::Volume { row, .. } => Some(row.user),
            Thing::Network { row, .. } => row.user,
            Thing::Address { row, .. } => Some(row.user),
            Thing::Log(row) => Some(row.user),
        }
    }

    /// Where it is charged.
    pub fn project(&self) -> Option<ProjectId> {
        match self {
            Thing::Server { row, .. } => Some(row.project),
            Thing::Volume { row, .. } => Some(row.project),
            Thing::Network { row, .. } => row.project,
            Thing::Address { row, .. } => row.project,
            Thing::Log(_) => None,
        }
    }

    /// Is it only history?
    pub fn gone(&self) -> bool {
        match self {
            Thing::Server { row, .. } => row.deleted,
            Thing::Volume { row, .. } => row.state == VolumeState::Deleted,
            Thing::Network { row, .. } => row.deleted,
            Thing::Address { .. } | Thing::Log(_) => false,
        }
    }
}

/// What is deleted: shown or not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Gone {
    /// Not.
    #[default]
    Hidden,
    /// Among the others.
    Shown,
    /// Only that.
    Only,
}

impl Gone {
    fn wants(self, gone: bool) -> bool {
        match self {
            Gone::Hidden => !gone,
            Gone::Shown => true,
            Gone::Only => gone,
        }
    }

    /// The one value of an index over it.
    fn only(self) -> Option<bool> {
        match self {
            Gone::Hidden => Some(false),
            Gone::Shown => None,
            Gone::Only => Some(true),
        }
    }
}

/// A condition of the caller's own.
pub type Keep = Arc<dyn Fn(&Thing) -> bool + Send + Sync>;

/// Which of them. All conditions must hold; a set holds by one of its members.
#[derive(Clone, Default)]
pub struct Wanted {
    /// Of these people.
    pub users: Option<BTreeSet<UserId>>,
    /// Charged to these projects.
    pub projects: Option<BTreeSet<ProjectId>>,
    /// These servers, or what belongs to them.
    pub servers: Option<BTreeSet<u64>>,
    /// These disks, or what belongs to them.
    pub volumes: Option<BTreeSet<u64>>,
    /// These networks, or what is on them.
    pub networks: Option<BTreeSet<u64>>,
    /// These addresses, or what has them.
    pub addresses: Option<BTreeSet<u64>>,
    /// Deleted ones.
    pub gone: Gone,
    /// And this.
    pub keep: Option<Keep>,
}

impl fmt::Debug for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wanted")
            .field("users", &self.users)
            .field("projects", &self.projects)
            .field("gone", &self.gone)
            .finish_non_exhaustive()
    }
}

/// Which page.
#[derive(Clone, Copy, Debug, Default)]
pub struct Place {
    /// Strictly after this number.
    pub after: Option<u64>,
    /// The oldest first.
    pub oldest: bool,
    /// So many of those that fit are passed over.
    pub skip: usize,
    /// At most so many.
    pub limit: usize,
    /// Go on to count what fits, as far as one page looks.
    pub count: bool,
}

/// A page.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// What fits.
    pub things: Vec<Thing>,
    /// Go on after this one.
    pub next: Option<u64>,
    /// So many fitted, those passed over and counted included.
    pub matched: usize,
    /// Everything was looked at that could fit after the beginning of the page.
    pub complete: bool,
}

struct Look<'a> {
    wanted: &'a Wanted,
    place: Place,
    looked: usize,
    last: Option<u64>,
    found: Found,
}

impl Look<'_> {
    fn wants(&self, thing: &Thing) -> bool {
        let w = self.wanted;
        let among = |set: &Option<BTreeSet<UserId>>| {
            let own = |set: &BTreeSet<UserId>| thing.owner().is_some_and(|own| set.contains(&own));
            set.as_ref().is_none_or(own)
        };
        let charged = w.projects.as_ref().is_none_or(|set| {
            let own = thing.project();
            own.is_some_and(|project| set.contains(&project))
        });
        let network = match (thing, &w.networks) {
            (Thing::Address { row, .. }, Some(set)) => set.contains(&row.network.0),
            (Thing::Log(row), Some(set)) => set.contains(&row.network.0),
            _ => true,
        };
        among(&w.users)
            && charged
            && network
            && w.gone.wants(thing.gone())
            && w.keep.as_ref().is_none_or(|keep| keep(thing))
    }

    /// Looks at one; false when the page is done.
    fn take(&mut self, thing: Thing) -> Result<bool> {
        let full = self.found.things.len() >= self.place.limit;
        if full && self.found.next.is_none() {
            self.found.next = self.last;
        }
        let far = self.looked >= MOST_LOOKED_AT + self.place.skip;
        if far || full && !self.place.count {
            self.found.next = self.found.next.or(self.last);
            self.found.complete = false;
            return Ok(false);
        }
        self.looked += 1;
        self.last = Some(thing.id());
        if self.wants(&thing) {
            self.found.matched += 1;
            if !full && self.found.matched > self.place.skip {
                self.found.things.push(thing);
            }
        }
        Ok(true)
    }
}

/// A page of things of a kind.
pub(crate) fn list(
    tx: &impl Reads,
    kind: ThingKind,
    wanted: &Wanted,
    place: Place,
) -> Result<Found> {
    let mut look = Look {
        wanted,
        place,
        looked: 0,
        last: None,
        found: Found {
            complete: true,
            ..Found::default()
        },
    };
    match related::of(tx, kind, wanted)? {
        Some(numbers) => each_of(tx, kind, numbers, &mut look)?,
        None => each_in(tx, kind, &mut look)?,
    }
    Ok(look.found)
}

/// How many rows there are, deleted ones included.
pub(crate) fn total(tx: &impl Reads, kind: ThingKind) -> Result<u64> {
    match kind {
        ThingKind::Server => tx.total::<Server>(),
        ThingKind::Volume => tx.total::<Volume>(),
        ThingKind::Network => tx.total::<Network>(),
        ThingKind::Address => tx.total::<Address>(),
        ThingKind::AddressLog => tx.total::<AddressHistory>(),
    }
}

/// The thing of a number.
pub(crate) fn get(tx: &impl Reads, kind: ThingKind, id: u64) -> Result<Option<Thing>> {
    match kind {
        ThingKind::Server => tx
            .get(&ServerId(id))?
            .map(|row| server(tx, row))
            .transpose(),
        ThingKind::Volume => tx
            .get(&VolumeId(id))?
            .map(|row| volume(tx, row))
            .transpose(),
        ThingKind::Network => {
            let row = tx.get(&NetworkId(id))?;
            row.map(|row| network(tx, row)).transpose()
        }
        ThingKind::Address => tx.get(&id)?.map(|row| an_address(tx, row)).transpose(),
        ThingKind::AddressLog => Ok(tx.get(&id)?.map(Thing::Log)),
    }
}

fn server(tx: &impl Reads, row: Server) -> Result<Thing> {
    let flavor = tx.get::<Flavor>(&row.flavor)?;
    let flavor = flavor.map(|flavor| flavor.name()).unwrap_or_default();
    Ok(Thing::Server { row, flavor })
}

fn volume(tx: &impl Reads, row: Volume) -> Result<Thing> {
    let kind: VolumeTypeId = row.volume_type;
    let kind = tx.get::<VolumeType>(&kind)?;
    let template = kind.map(|kind| kind.disk_template).unwrap_or_default();
    Ok(Thing::Volume { row, template })
}

fn network(tx: &impl Reads, row: Network) -> Result<Thing> {
    let subnets = address::subnets(tx, &row)?;
    Ok(Thing::Network { row, subnets })
}

pub(crate) fn an_address(tx: &impl Reads, row: Address) -> Result<Thing> {
    let port = match row.port {
        Some(port) => tx.get::<Port>(&port)?,
        None => None,
    };
    let server = port.and_then(|port| port.server);
    Ok(Thing::Address { row, server })
}

/// Those of these numbers.
fn each_of(
    tx: &impl Reads,
    kind: ThingKind,
    numbers: BTreeSet<u64>,
    look: &mut Look<'_>,
) -> Result<()> {
    let place = look.place;
    let mut numbers: Vec<u64> = numbers.into_iter().collect();
    if !place.oldest {
        numbers.reverse();
    }
    let begins = |id: &u64| match (place.after, place.oldest) {
        (None, _) => true,
        (Some(after), true) => *id > after,
        (Some(after), false) => *id < after,
    };
    for id in numbers.into_iter().filter(begins) {
        if let Some(thing) = get(tx, kind, id)?
            && !look.take(thing)?
        {
            break;
        }
    }
    Ok(())
}

/// Those an index lists, or all.
fn each_in(tx: &impl Reads, kind: ThingKind, look: &mut Look<'_>) -> Result<()> {
    let one = look.wanted.users.as_ref().filter(|users| users.len() == 1);
    let user = one.and_then(|users| users.first().copied());
    let gone = look.wanted.gone.only();
    match kind {
        ThingKind::Server => {
            let way = Way::of(user, gone, true);
            walk(tx, &way, look, ServerId, |row| server(tx, row))
        }
        ThingKind::Volume => {
            let way = Way::of(user, gone, false);
            walk(tx, &way, look, VolumeId, |row| volume(tx, row))
        }
        ThingKind::Network => {
            let way = Way::of(user, gone, true);
            walk(tx, &way, look, NetworkId, |row| network(tx, row))
        }
        ThingKind::Address => walk(tx, &Way::All, look, |id| id, |row| an_address(tx, row)),
        ThingKind::AddressLog => {
            let way = user.map_or(Way::All, Way::Of);
            walk(tx, &way, look, |id| id, |row| Ok(Thing::Log(row)))
        }
    }
}

/// The narrowest order there is.
enum Way {
    All,
    Of(UserId),
    OfUser(UserId, bool),
    Gone(bool),
}

impl Way {
    fn of(user: Option<UserId>, gone: Option<bool>, by_gone: bool) -> Self {
        match (user, gone) {
            (Some(user), Some(gone)) => Way::OfUser(user, gone),
            (Some(user), None) => Way::Of(user),
            (None, Some(gone)) if by_gone => Way::Gone(gone),
            _ => Way::All,
        }
    }
}

fn walk<R: Row>(
    tx: &impl Reads,
    way: &Way,
    look: &mut Look<'_>,
    key: fn(u64) -> R::Key,
    made: impl Fn(R) -> Result<Thing>,
) -> Result<()> {
    let (after, oldest) = (look.place.after.map(key), look.place.oldest);
    let after = after.as_ref();
    let each = |row: R| look.take(made(row)?);
    match way {
        Way::All if oldest => tx.each_row(&(), after, each),
        Way::All => tx.each_row_back(after, each),
        Way::Of(user) => found(tx, ("by_user", user), after, oldest, each),
        Way::OfUser(user, gone) => found(tx, ("by_user", &(*user, *gone)), after, oldest, each),
        Way::Gone(gone) => found(tx, ("by_deleted", gone), after, oldest, each),
    }
}

fn found<R: Row>(
    tx: &impl Reads,
    (index, prefix): (&str, &impl Encode),
    after: Option<&R::Key>,
    oldest: bool,
    each: impl FnMut(R) -> Result<bool>,
) -> Result<()> {
    match oldest {
        true => tx.each_found(index, prefix, after, each),
        false => tx.each_found_back(index, prefix, after, each),
    }
}
