//! Accounts, containers and object versions over content-addressed blocks.
//!
//! Owns the tables `objects.*` and adds to the block counters of `blocks`.
//! Invariants: every change of what is stored, its figures, its quota and its
//! block references is one transaction; a version is only committed when its
//! blocks are durable and leased; figures of a container equal the sums over its
//! versions; the entry of a name is its one current version.
//! Knows nothing of HTTP: header names appear only as metadata keys, which is what
//! the original stores. Bytes are streamed by the caller through [`blocks::Writer`]
//! and read back piece by piece.

mod access;
mod account;
mod claims;
mod conditions;
mod container;
mod filter;
mod history;
mod limits;
mod list;
mod maps;
mod meta;
mod object;
mod policy;
mod references;
mod rows;
mod service;
mod transfers;
mod until;
mod upkeep;
mod verify;

pub use access::{Container as ContainerPath, Object as ObjectPath};
pub use account::AccountView;
pub use conditions::Conditions;
pub use container::{ContainerView, Created, PolicyChange};
pub use filter::MetaFilter;
pub use history::{Purge, Which, versions};
pub use limits::check_headers;
pub use list::{Item, Listing};
pub use maps::{Held, Piece, block_list, held_hashes, keep, let_go, pieces};
pub use meta::{CONTENT_DISPOSITION, CONTENT_ENCODING, MANIFEST, META, MetaChange};
pub use object::{
    Content, NewObject, ObjectView, change_attributes, live_in_domain, lookup, lookup_uuid, put,
};
pub use policy::Policy;
pub use references::Counted;
pub use rows::{
    Account, Cluster, Container, Entry, Micros, PITHOS, Stat, Version, Versioning, micros,
};
pub use service::{Service, Upload};
pub use transfers::Transfer;
pub use verify::verify;

#[cfg(test)]
mod tests;
