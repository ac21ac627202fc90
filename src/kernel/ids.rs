//! Typed ids, so that a server's number cannot be passed where a network's is
//! meant. Numbers are counters that are never reused; users, projects, objects
//! and images have random (version 4) UUIDs.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

macro_rules! number_id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = std::num::ParseIntError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map($name)
            }
        }
    )*};
}

number_id! {
    /// Number of a user, as administrators see it; people and APIs use [`UserId`].
    UserNo;
    /// A virtual machine.
    ServerId;
    /// A machine size on offer.
    FlavorId;
    /// A network.
    NetworkId;
    /// A subnet of a network.
    SubnetId;
    /// A network interface.
    PortId;
    /// A disk.
    VolumeId;
    /// A Ganeti cluster.
    BackendId;
}

macro_rules! uuid_id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub uuid::Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                uuid::Uuid::parse_str(text).map($name)
            }
        }
    )*};
}

uuid_id! {
    /// A person's permanent public identifier.
    UserId;
    /// A project; a person's own (system) project has the person's UUID.
    ProjectId;
}

impl UserId {
    /// The person's own project, which carries the base quota (ID-PRJ).
    pub fn own_project(self) -> ProjectId {
        ProjectId(self.0)
    }
}

/// SHA-256 of a block or of any other bytes; shown as 64 lower-case hex digits.
///
/// Serialised as hex text for people's formats and as 32 raw bytes in binary ones.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

impl Serialize for Digest {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if to.is_human_readable() {
            to.collect_str(self)
        } else {
            to.serialize_bytes(&self.0)
        }
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        if from.is_human_readable() {
            let text = std::borrow::Cow::<str>::deserialize(from)?;
            text.parse().map_err(serde::de::Error::custom)
        } else {
            from.deserialize_bytes(DigestBytes)
        }
    }
}

struct DigestBytes;

impl serde::de::Visitor<'_> for DigestBytes {
    type Value = Digest;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("32 bytes")
    }

    fn visit_bytes<E: serde::de::Error>(self, bytes: &[u8]) -> Result<Digest, E> {
        bytes
            .try_into()
            .map(Digest)
            .map_err(|_| E::invalid_length(bytes.len(), &self))
    }
}

/// The digest that names a content block.
pub type BlockHash = Digest;

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Digest {
    type Err = hex::FromHexError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes)?;
        Ok(Digest(bytes))
    }
}

/// Where random identifiers and secrets come from.
pub trait Ids: Send + Sync + 'static {
    /// Fills `out` with random bytes, fit for secrets in production.
    fn fill(&self, out: &mut [u8]);

    /// A random (version 4) UUID.
    fn uuid(&self) -> uuid::Uuid {
        let mut bytes = [0; 16];
        self.fill(&mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }
}

/// The system's random generator.
#[derive(Clone, Copy, Debug, Default)]
pub struct RandomIds;

impl Ids for RandomIds {
    #[expect(
        clippy::expect_used,
        reason = "without a random source nothing secret can be made; stopping is right"
    )]
    fn fill(&self, out: &mut [u8]) {
        getrandom::fill(out).expect("the system's random generator answers");
    }
}

/// Repeatable ids for tests.
#[derive(Debug, Default)]
pub struct SeededIds(std::sync::atomic::AtomicU64);

impl Ids for SeededIds {
    fn fill(&self, out: &mut [u8]) {
        for byte in out.chunks_mut(8) {
            let n = self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let mixed = n.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            let mixed = (mixed ^ (mixed >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            for (to, from) in byte.iter_mut().zip(mixed.to_be_bytes()) {
                *to = from;
            }
        }
    }
}
