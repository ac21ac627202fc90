//! The words every crate shares: ids, time, quantities, errors, settings.
//!
//! Owns no state and does no I/O. Invariant: nothing here knows HTTP, redb,
//! Ganeti or a template; everything here is cheap to compile.

pub mod caller;
pub mod clock;
pub mod cx;
pub mod error;
pub mod ids;
pub mod mail;
pub mod origin;
pub mod page;
pub mod quantity;
pub mod secret;
pub mod settings;

pub use caller::{Caller, Role};
pub use clock::{Clock, FakeClock, SystemClock, Timestamp};
pub use cx::{Cx, CxSource};
pub use error::{Error, Result};
pub use ids::{
    BackendId, BlockHash, Digest, FlavorId, Ids, NetworkId, PortId, ProjectId, RandomIds,
    SeededIds, ServerId, SubnetId, UserId, UserNo, VolumeId,
};
pub use origin::{Origin, Who};
pub use settings::{Settings, SettingsHandle};
