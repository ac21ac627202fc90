//! Changes of metadata, and the keys with a meaning of their own.

use crate::limits::check_items;
use kernel::Result;
use std::collections::BTreeMap;

/// Start of the names of people's object metadata.
pub const META: &str = "X-Object-Meta-";
/// Sent with the content as it is.
pub const CONTENT_ENCODING: &str = "Content-Encoding";
/// Sent with the content as it is.
pub const CONTENT_DISPOSITION: &str = "Content-Disposition";
/// Names the parts of a large object.
pub const MANIFEST: &str = "X-Object-Manifest";

/// New metadata of one domain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MetaChange {
    /// Names and values; an empty value removes.
    pub items: BTreeMap<String, String>,
    /// Keep what is not named.
    pub merge: bool,
}

impl MetaChange {
    /// Exactly these items.
    pub fn replace(items: BTreeMap<String, String>) -> Self {
        MetaChange {
            items,
            merge: false,
        }
    }

    /// What `old` becomes, within `max` items.
    pub(crate) fn apply(
        &self,
        old: &BTreeMap<String, String>,
        max: usize,
    ) -> Result<BTreeMap<String, String>> {
        let mut new = if self.merge {
            old.clone()
        } else {
            BTreeMap::new()
        };
        for (name, value) in &self.items {
            if value.is_empty() {
                new.remove(name);
            } else {
                new.insert(name.clone(), value.clone());
            }
        }
        check_items(&new, max)?;
        Ok(new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items<const N: usize>(pairs: [(&str, &str); N]) -> BTreeMap<String, String> {
        pairs.map(|(k, v)| (k.into(), v.into())).into()
    }

    // PI-UPD-02 PI-HDR-08
    #[test]
    fn metadata_is_replaced_or_merged() {
        let old = items([("A", "1"), ("B", "2")]);
        let mut change = MetaChange::replace(items([("B", ""), ("C", "3")]));
        assert_eq!(change.apply(&old, 32).unwrap(), items([("C", "3")]));
        change.merge = true;
        let merged = items([("A", "1"), ("C", "3")]);
        assert_eq!(change.apply(&old, 2).unwrap(), merged);
        assert!(change.apply(&old, 1).is_err());
    }
}
