//! If-Match and If-None-Match on writes, evaluated in the transaction (PI-WRT-01).

use kernel::{Error, Result};

/// What must hold of the current object for a write to go on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conditions {
    /// One of these tags, `*` for any, unquoted and in lower case.
    pub matching: Option<Vec<String>>,
    /// None of these tags, `*` for any.
    pub none_matching: Option<Vec<String>>,
}

impl Conditions {
    /// Checks against the current tag, if there is a current object.
    pub fn check(&self, tag: Option<&str>) -> Result<()> {
        if let Some(wanted) = &self.matching {
            let Some(tag) = tag else {
                return Err(Error::precondition("Resource does not exist"));
            };
            if !names(wanted, tag) {
                return Err(Error::precondition("Resource ETag does not match"));
            }
        }
        if let (Some(unwanted), Some(tag)) = (&self.none_matching, tag)
            && names(unwanted, tag)
        {
            return Err(Error::precondition("Resource exists or ETag matches"));
        }
        Ok(())
    }
}

fn names(list: &[String], tag: &str) -> bool {
    list.iter()
        .any(|one| one == "*" || one.eq_ignore_ascii_case(tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    // PI-OBJ-03 PI-WRT-01
    #[test]
    fn tags_are_compared() {
        let list = |tags: &[&str]| Some(tags.iter().map(|t| (*t).to_owned()).collect());
        let matching = |tags| Conditions {
            matching: list(tags),
            none_matching: None,
        };
        let none = |tags| Conditions {
            matching: None,
            none_matching: list(tags),
        };
        assert!(matching(&["x", "AB"]).check(Some("ab")).is_ok());
        assert!(matching(&["*"]).check(Some("ab")).is_ok());
        assert!(matching(&["*"]).check(None).is_err());
        assert!(matching(&["x"]).check(Some("ab")).is_err());
        assert!(none(&["*"]).check(None).is_ok());
        assert!(none(&["*"]).check(Some("ab")).is_err());
        assert!(none(&["x"]).check(Some("ab")).is_ok());
        assert!(none(&["ab"]).check(Some("ab")).is_err());
    }
}
