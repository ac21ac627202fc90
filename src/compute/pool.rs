//! The pools of MAC prefixes and bridges that keep private networks apart (CY-POOL-10,
//! CY-POOL-11). At most one of each kind.

use crate::{
    ranges::{self, Pool},
    rows::{Network, NetworkKind},
};
use kernel::{Error, Result};
use serde::{Deserialize, Serialize};
use store::{Reads, Row, WriteTx};

/// What a pool gives out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PoolKind {
    /// Five hex digits for a MAC_FILTERED network.
    MacPrefix,
    /// A bridge for a PHYSICAL_VLAN network.
    Bridge,
}

impl PoolKind {
    /// The word of the command line.
    pub fn word(self) -> &'static str {
        match self {
            PoolKind::MacPrefix => "mac-prefix",
            PoolKind::Bridge => "bridge",
        }
    }

    fn number(self) -> u8 {
        match self {
            PoolKind::MacPrefix => 1,
            PoolKind::Bridge => 2,
        }
    }

    fn ranges(self) -> Pool {
        match self {
            PoolKind::MacPrefix => Pool::MacPrefixes,
            PoolKind::Bridge => Pool::Bridges,
        }
    }

    /// The pool a kind of network takes from.
    pub(crate) fn of(kind: NetworkKind) -> Option<Self> {
        match kind {
            NetworkKind::MacFiltered => Some(PoolKind::MacPrefix),
            NetworkKind::PhysicalVlan => Some(PoolKind::Bridge),
            NetworkKind::Custom | NetworkKind::IpLessRouted => None,
        }
    }
}

/// A pool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValuePool {
    /// What it gives out.
    pub kind: PoolKind,
    /// First prefix, or what bridge names begin with.
    pub base: String,
    /// Number of values, those never given out included.
    pub size: u64,
    /// How many of them are never given out.
    pub reserved: u64,
}

impl Row for ValuePool {
    type Key = u8;
    const TABLE: &'static str = "compute.pool";

    fn key(&self) -> u8 {
        self.kind.number()
    }
}

const DIGITS: u64 = 0x10_0000;

/// `aa:00:0` as a number.
fn prefix_number(text: &str) -> Option<u64> {
    let digits: String = text.split(':').collect();
    let shape = text.len() == 7 && digits.len() == 5 && text.is_ascii();
    u64::from_str_radix(&digits, 16).ok().filter(|_| shape)
}

fn prefix_text(number: u64) -> String {
    let digits = format!("{number:05x}");
    let (a, rest) = digits.split_at(2);
    let (b, c) = rest.split_at(2);
    format!("{a}:{b}:{c}")
}

/// Indexes of a MAC pool that may be given out: unicast, locally administered, and
/// not the first, which is for public networks.
fn usable(base: u64, size: u64) -> Vec<(u64, u64)> {
    let (first, last) = (base + 1, base + size - 1);
    let mut found: Vec<(u64, u64)> = Vec::new();
    for octet in first >> 12..=last >> 12 {
        if octet & 0b11 == 0b10 {
            let (start, end) = (first.max(octet << 12), last.min((octet << 12) | 0xfff));
            if start <= end {
                found.push((start - base, end - base));
            }
        }
    }
    found
}

/// Makes a pool (CY-CLI-POL-01).
pub(crate) fn create(tx: &WriteTx, kind: PoolKind, base: &str, size: u64) -> Result<ValuePool> {
    if size == 0 || size > DIGITS {
        return Err(Error::field("size", "Invalid size"));
    }
    let free = match kind {
        PoolKind::MacPrefix => {
            let number = prefix_number(base).filter(|number| number + size <= DIGITS);
            let number = number.ok_or_else(|| {
                Error::field(
                    "base",
                    format!(
                        "Invalid base. {} is not a valid MAC prefix.",
                        base.escape_default()
                    ),
                )
            })?;
            usable(number, size)
        }
        PoolKind::Bridge => {
            let plain = base.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
            if base.is_empty() || base.len() > 10 || !plain {
                return Err(Error::field("base", "Invalid base."));
            }
            vec![(0, size - 1)]
        }
    };
    let count: u64 = free.iter().map(|(a, b)| b - a + 1).sum();
    let pool = ValuePool {
        kind,
        base: base.to_ascii_lowercase(),
        size,
        reserved: size - count,
    };
    if tx.get::<ValuePool>(&pool.key())?.is_some() {
        let word = kind.word();
        return Err(Error::conflict(format!(
            "Pool of type {word} already exists"
        )));
    }
    tx.insert(&pool)?;
    for (start, end) in free {
        ranges::give(tx, kind.ranges(), start, end)?;
    }
    Ok(pool)
}

/// Takes the lowest free value.
///
/// # Errors
/// [`Error::Unavailable`] when there is no pool or nothing left in it (CY-NET-13).
pub(crate) fn take(tx: &WriteTx, kind: PoolKind) -> Result<String> {
    let empty = || Error::unavailable("Failed to allocate resources for network.");
    let pool = tx.get::<ValuePool>(&kind.number())?.ok_or_else(empty)?;
    let index = ranges::lowest(tx, kind.ranges())?.ok_or_else(empty)?;
    ranges::take(tx, kind.ranges(), index)?;
    Ok(match kind {
        PoolKind::Bridge => format!("{}{}", pool.base, index + 1),
        PoolKind::MacPrefix => prefix_text(prefix_number(&pool.base).ok_or_else(empty)? + index),
    })
}

/// Which value of its pool a network has.
fn index_of(pool: &ValuePool, network: &Network) -> Option<u64> {
    match pool.kind {
        PoolKind::MacPrefix => {
            prefix_number(&network.mac_prefix)?.checked_sub(prefix_number(&pool.base)?)
        }
        PoolKind::Bridge => network
            .link
            .strip_prefix(&pool.base)?
            .parse::<u64>()
            .ok()?
            .checked_sub(1),
    }
    .filter(|index| *index < pool.size)
}

/// Gives the value of a network that is gone back.
pub(crate) fn give_back(tx: &WriteTx, network: &Network) -> Result<()> {
    let Some(kind) = PoolKind::of(network.kind) else {
        return Ok(());
    };
    let Some(pool) = tx.get::<ValuePool>(&kind.number())? else {
        return Ok(());
    };
    match index_of(&pool, network) {
        Some(index) if !ranges::is_free(tx, kind.ranges(), index)? => {
            ranges::give(tx, kind.ranges(), index, index)
        }
        _ => Ok(()),
    }
}

/// The pools, each with its number of free values.
pub(crate) fn all(tx: &impl Reads) -> Result<Vec<(ValuePool, u64)>> {
    let pools = tx.scan::<ValuePool>(None, 9)?;
    pools
        .into_iter()
        .map(|pool| {
            let free = ranges::all(tx, pool.kind.ranges())?;
            let free = free.iter().map(|(a, b)| b - a + 1).sum();
            Ok((pool, free))
        })
        .collect()
}

/// Does the network's value agree with its pool: in use and never free?
pub(crate) fn agrees(tx: &impl Reads, network: &Network) -> Result<bool> {
    let Some(kind) = PoolKind::of(network.kind) else {
        return Ok(true);
    };
    for (pool, _) in all(tx)? {
        if pool.kind == kind
            && let Some(index) = index_of(&pool, network)
        {
            return Ok(!ranges::is_free(tx, kind.ranges(), index)?);
        }
    }
    Ok(true)
}
