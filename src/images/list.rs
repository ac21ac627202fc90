//! Which images somebody sees, filtered and sorted (CY-IMG-30, CY-IMG-31, CY-IMG-32).

use crate::{image::Image, rows::Listed};
use kernel::{Result, UserId};
use std::{cmp::Ordering, collections::BTreeMap};
use store::{Reads, WriteTx};
use uuid::Uuid;

/// What must hold of an image; None is anything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Its name.
    pub name: Option<String>,
    /// Its kind of disk.
    pub disk_format: Option<String>,
    /// Its kind of container.
    pub container_format: Option<String>,
    /// The name of its status, in any case.
    pub status: Option<String>,
    /// At least so many bytes.
    pub size_min: Option<u64>,
    /// At most so many bytes.
    pub size_max: Option<u64>,
}

impl Filter {
    fn passes(&self, image: &Image) -> bool {
        let same =
            |wanted: &Option<String>, have: &str| wanted.as_deref().is_none_or(|w| w == have);
        same(&self.name, &image.name)
            && same(&self.disk_format, &image.disk_format)
            && same(&self.container_format, &image.container_format)
            && self
                .status
                .as_ref()
                .is_none_or(|w| w.eq_ignore_ascii_case(image.status.name()))
            && self.size_min.is_none_or(|n| image.size >= n)
            && self.size_max.is_none_or(|n| image.size <= n)
    }
}

/// What a list is sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the attributes")]
pub enum SortKey {
    Id,
    Name,
    Status,
    Size,
    DiskFormat,
    ContainerFormat,
    #[default]
    CreatedAt,
    UpdatedAt,
}

impl SortKey {
    /// By the attribute's name.
    pub fn of(name: &str) -> Option<Self> {
        Some(match name {
            "id" => SortKey::Id,
            "name" => SortKey::Name,
            "status" => SortKey::Status,
            "size" => SortKey::Size,
            "disk_format" => SortKey::DiskFormat,
            "container_format" => SortKey::ContainerFormat,
            "created_at" => SortKey::CreatedAt,
            "updated_at" => SortKey::UpdatedAt,
            _ => return None,
        })
    }

    fn compare(self, a: &Image, b: &Image) -> Ordering {
        match self {
            SortKey::Id => a.id.cmp(&b.id),
            SortKey::Name => a.name.cmp(&b.name),
            SortKey::Status => a.status.name().cmp(b.status.name()),
            SortKey::Size => a.size.cmp(&b.size),
            SortKey::DiskFormat => a.disk_format.cmp(&b.disk_format),
            SortKey::ContainerFormat => a.container_format.cmp(&b.container_format),
            SortKey::CreatedAt => a.created.as_second().cmp(&b.created.as_second()),
            SortKey::UpdatedAt => a.updated.cmp(&b.updated),
        }
    }
}

/// A list that is asked for.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// What must hold.
    pub filter: Filter,
    /// Sorted by.
    pub key: SortKey,
    /// From the smallest up; else from the greatest down.
    pub ascending: bool,
}

impl Listing {
    fn arrange(&self, mut images: Vec<Image>) -> Vec<Image> {
        images.retain(|image| self.filter.passes(image));
        images.sort_by(|a, b| {
            let by_key = self.key.compare(a, b);
            let by_key = if self.ascending {
                by_key
            } else {
                by_key.reverse()
            };
            by_key.then(a.order.cmp(&b.order))
        });
        images
    }
}

/// Images a person owns, is given or finds public; and entries on the way there whose
/// files are gone.
pub(crate) fn visible(
    tx: &impl Reads,
    user: UserId,
    listing: &Listing,
) -> Result<(Vec<Image>, Vec<Uuid>)> {
    let mut seen: BTreeMap<u64, Listed> = BTreeMap::new();
    let mut add = |row: Listed| {
        seen.insert(row.order, row);
        Ok(true)
    };
    tx.each_found::<Listed>("by_owner", &(user,), None, &mut add)?;
    tx.each_found::<Listed>("by_member", &(user,), None, &mut add)?;
    tx.each_found::<Listed>("public", &(), None, &mut add)?;
    let (mut found, mut dead) = (Vec::new(), Vec::new());
    for row in seen.into_values() {
        match Image::listed(tx, &row)? {
            Some(image) => found.push(image),
            None => dead.push(row.image),
        }
    }
    Ok((listing.arrange(found), dead))
}

/// Removes entries whose files are gone: a file's permanent id dies with it, so they
/// would never show anything again, and every list would look at them.
pub(crate) fn forget(tx: &WriteTx, dead: &[Uuid]) -> Result<()> {
    for id in dead {
        if let Some(row) = tx.get::<Listed>(id)?
            && Image::listed(tx, &row)?.is_none()
        {
            tx.remove::<Listed>(id)?;
        }
    }
    Ok(())
}

/// All images, whoever asks: for administrators.
pub(crate) fn all(tx: &impl Reads, public_only: bool) -> Result<Vec<Image>> {
    let rows = match public_only {
        true => tx.find::<Listed>("public", &(), None, usize::MAX)?,
        false => tx.scan::<Listed>(None, usize::MAX)?,
    };
    let mut found = images(tx, rows.into_iter())?;
    found.sort_by_key(|image| image.order);
    Ok(found)
}

/// Images of `owner` that are not public and that `user` may use (CY-IMG-37).
pub(crate) fn shared(tx: &impl Reads, user: UserId, owner: UserId) -> Result<Vec<Image>> {
    let mut rows = tx.find::<Listed>("by_owner", &(owner,), None, usize::MAX)?;
    rows.retain(|row| !row.public && row.readable(user));
    images(tx, rows.into_iter())
}

fn images(tx: &impl Reads, rows: impl Iterator<Item = Listed>) -> Result<Vec<Image>> {
    let mut found = Vec::new();
    for row in rows {
        found.extend(Image::listed(tx, &row)?);
    }
    Ok(found)
}
