//! The state just before an instant (PI-VER-03).

use crate::rows::{Cluster, Container, Micros, Node, Stat, Version};
use kernel::Result;
use store::Reads;

/// Figures of a container at an instant.
pub(crate) struct Figures {
    pub(crate) stat: Stat,
    /// Newest change before it.
    pub(crate) modified: Micros,
}

/// The version of a name that counted just before `until`, deletions included.
pub(crate) fn version(tx: &impl Reads, node: &Node, until: Micros) -> Result<Option<Version>> {
    let mut found = None;
    tx.each_row::<Version>(&(node.id,), None, |version| {
        if version.mtime < until {
            found = Some(version);
        }
        Ok(true)
    })?;
    Ok(found)
}

/// Counts a container's versions as they were. Work grows with the container.
pub(crate) fn figures(tx: &impl Reads, row: &Container, until: Micros) -> Result<Figures> {
    let mut figures = Figures {
        stat: Stat::default(),
        modified: row.created,
    };
    tx.each_row::<Node>(&(row.id,), None, |node| {
        if let Some(version) = version(tx, &node, until)? {
            figures.modified = figures.modified.max(version.mtime);
            if version.cluster != Cluster::Deleted {
                figures.stat.count += 1;
                figures.stat.bytes += version.size;
            }
        }
        Ok(true)
    })?;
    Ok(figures)
}
