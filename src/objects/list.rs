//! Listing the objects of a container (PI-LST).
//!
//! One ordered walk over the entries, with a seek past each folded prefix: work
//! grows with what is listed, not with what is there.

use crate::{
    access::{Container as Path, Want, allow},
    filter::MetaFilter,
    rows::{Cluster, Entry, Micros, Node, Version},
    until,
};
use kernel::{Caller, Result};
use store::{Encode, Reads, prefix_end};

/// What is to be listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// At most so many items.
    pub limit: usize,
    /// Names strictly after this.
    pub marker: String,
    /// Names starting with this.
    pub prefix: String,
    /// Fold names at its first occurrence after the prefix; empty for no folding.
    pub delimiter: String,
    /// Leave folded names out.
    pub no_folded: bool,
    /// Only objects whose metadata passes.
    pub filter: MetaFilter,
    /// As it was just before this instant.
    pub until: Option<Micros>,
}

impl Listing {
    /// The `path` parameter: what lies directly in a folder (PI-LST-01).
    pub fn folder(&mut self, path: &str) {
        self.prefix(path, "/");
        self.no_folded = true;
    }

    /// Prefix and delimiter as clients of the original mean them: slashes in front
    /// of the prefix do not count, and it ends with the delimiter.
    pub fn prefix(&mut self, prefix: &str, delimiter: &str) {
        prefix.trim_start_matches('/').clone_into(&mut self.prefix);
        delimiter.clone_into(&mut self.delimiter);
        if !self.prefix.is_empty() && !self.prefix.ends_with(delimiter) {
            self.prefix.push_str(delimiter);
        }
    }

    /// What a name is folded to, if it is: up to the first delimiter after the prefix.
    fn fold<'a>(&self, name: &'a str) -> Option<&'a str> {
        if self.delimiter.is_empty() {
            return None;
        }
        let rest = name.get(self.prefix.len()..)?;
        let at = rest.find(&self.delimiter)?;
        name.get(..self.prefix.len() + at + self.delimiter.len())
    }
}

/// One line of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// An object and its version.
    Object(String, Box<Version>),
    /// Names that start with this were folded.
    Folded(String),
}

impl Item {
    /// What the listing is ordered by.
    pub fn name(&self) -> &str {
        match self {
            Item::Object(name, _) | Item::Folded(name) => name,
        }
    }
}

/// Where a walk starts: bytes of a key, whole or not.
pub(crate) struct Start(Vec<u8>);

impl Encode for Start {
    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.0);
    }
}

impl Start {
    /// At the first name that starts with `prefix`.
    pub(crate) fn of(container: u64, prefix: &str) -> Self {
        let mut bytes = (container, prefix).bytes();
        // Two bytes end a text; without them it is the start of longer ones.
        bytes.truncate(bytes.len() - 2);
        Start(bytes)
    }

    /// After the last name that starts with `prefix`; none when nothing can be there.
    fn past(container: u64, prefix: &str) -> Option<Self> {
        prefix_end(&Start::of(container, prefix).0).map(Start)
    }

    /// After exactly this name.
    fn after(container: u64, name: &str) -> Self {
        let mut bytes = (container, name).bytes();
        bytes.push(0);
        Start(bytes)
    }
}

/// Lists a container.
pub(crate) fn list(
    tx: &impl Reads,
    caller: &Caller,
    path: &Path,
    want: &Listing,
) -> Result<Vec<Item>> {
    allow(caller, path.account, Want::ReadContainer)?;
    let container = path.row(tx)?.id;
    let mut items: Vec<Item> = Vec::new();
    let mut start = first(container, want);
    while let Some(from) = start.take() {
        if items.len() >= want.limit {
            break;
        }
        each(tx, container, &from, want.until, |name, version| {
            if !name.starts_with(&want.prefix) {
                return Ok(false);
            }
            match want.fold(&name).filter(|fold| fold.len() < name.len()) {
                None => {
                    if want.filter.passes(&version) {
                        items.push(Item::Object(name, Box::new(version)));
                    }
                }
                Some(fold) => {
                    start = Start::past(container, fold);
                    let known = items.last().is_some_and(|item| item.name() == fold);
                    // A fold stands for whatever it hides, so the filter must pass once.
                    if !want.no_folded && !known && fold > want.marker.as_str() {
                        if !want.filter.passes(&version) {
                            start = Some(Start::after(container, &name));
                            return Ok(false);
                        }
                        items.push(Item::Folded(fold.to_owned()));
                    }
                    return Ok(false);
                }
            }
            Ok(items.len() < want.limit)
        })?;
    }
    Ok(items)
}

/// The first place that can hold something to list.
fn first(container: u64, want: &Listing) -> Option<Start> {
    if want.marker.as_str() < want.prefix.as_str() {
        return Some(Start::of(container, &want.prefix));
    }
    if want.marker.is_empty() {
        return Some(Start::of(container, ""));
    }
    if want.marker.starts_with(&want.prefix)
        && let Some(fold) = want.fold(&want.marker)
    {
        return Start::past(container, fold);
    }
    Some(Start::after(container, &want.marker))
}

/// Walks names and versions in order, of now or of an instant.
fn each(
    tx: &impl Reads,
    container: u64,
    from: &Start,
    until: Option<Micros>,
    mut each: impl FnMut(String, Version) -> Result<bool>,
) -> Result<()> {
    match until {
        None => tx.each_from::<Entry>(&(container,), from, |e| each(e.name, e.version)),
        Some(until) => tx.each_from::<Node>(&(container,), from, |node| {
            match until::version(tx, &node, until)? {
                Some(version) if version.cluster != Cluster::Deleted => each(node.name, version),
                _ => Ok(true),
            }
        }),
    }
}
