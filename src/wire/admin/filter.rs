//! `--filter-by`: a comma-separated list of `key op value` (ID-CLI-15), read
//! against the fields of a list, so that a bad key, value or operator is refused
//! before anything runs.

use super::{
    list::{Field, FieldKind, List},
    output::Cell,
};
use kernel::Timestamp;
use std::cmp::Ordering;

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// `=`, `__exact`.
    Eq,
    /// `!=`; holds wherever `=` does not.
    Ne,
    /// `>`, `__gt`.
    Gt,
    /// `>=`, `=>`, `__gte`.
    Ge,
    /// `<`, `__lt`.
    Lt,
    /// `<=`, `=<`, `__lte`.
    Le,
    /// `__iexact`.
    IExact,
    /// `__contains`.
    Contains,
    /// `__icontains`.
    IContains,
    /// `__startswith`.
    StartsWith,
    /// `__istartswith`.
    IStartsWith,
    /// `__endswith`.
    EndsWith,
    /// `__in`, values parted by `|`.
    In,
    /// `__isnull`.
    IsNull,
}

/// What a field is compared with, of the field's kind.
#[derive(Clone, Debug, PartialEq)]
pub enum Wanted {
    /// Text.
    Text(String),
    /// A number.
    Int(i64),
    /// A truth value.
    Bool(bool),
    /// An instant.
    Time(Timestamp),
    /// Any of these.
    Any(Vec<Wanted>),
}

/// One condition.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter {
    /// Name of the field (never an alias).
    pub field: String,
    /// The comparison.
    pub op: Op,
    /// The other side.
    pub value: Wanted,
}

impl Filter {
    /// Does the condition hold for this value?
    pub fn matches(&self, cell: &Cell) -> bool {
        match (self.op, &self.value) {
            (Op::IsNull, Wanted::Bool(null)) => (*cell == Cell::None) == *null,
            (Op::Ne, value) => !any(cell, &|c| compare(c, value) == Some(Ordering::Equal)),
            (op, Wanted::Any(values)) => {
                debug_assert_eq!(op, Op::In);
                any(cell, &|c| {
                    values
                        .iter()
                        .any(|v| compare(c, v) == Some(Ordering::Equal))
                })
            }
            (op, value) => any(cell, &|c| holds(op, c, value)),
        }
    }
}

/// Does it hold for the cell, or for one of the list in it?
fn any(cell: &Cell, test: &dyn Fn(&Cell) -> bool) -> bool {
    match cell {
        Cell::List(cells) => cells.iter().any(test),
        other => test(other),
    }
}

fn holds(op: Op, cell: &Cell, value: &Wanted) -> bool {
    let order = || compare(cell, value);
    match op {
        Op::Eq => order() == Some(Ordering::Equal),
        Op::Gt => order() == Some(Ordering::Greater),
        Op::Ge => matches!(order(), Some(Ordering::Greater | Ordering::Equal)),
        Op::Lt => order() == Some(Ordering::Less),
        Op::Le => matches!(order(), Some(Ordering::Less | Ordering::Equal)),
        Op::Ne | Op::In | Op::IsNull => false,
        _ => text_holds(op, cell, value),
    }
}

fn text_holds(op: Op, cell: &Cell, value: &Wanted) -> bool {
    let Wanted::Text(wanted) = value else {
        return false;
    };
    let have = match cell {
        Cell::Text(text) => text.clone(),
        Cell::Int(n) => n.to_string(),
        _ => return false,
    };
    let lower = |text: &str| text.to_lowercase();
    match op {
        Op::IExact => lower(&have) == lower(wanted),
        Op::Contains => have.contains(wanted),
        Op::IContains => lower(&have).contains(&lower(wanted)),
        Op::StartsWith => have.starts_with(wanted),
        Op::IStartsWith => lower(&have).starts_with(&lower(wanted)),
        Op::EndsWith => have.ends_with(wanted),
        _ => false,
    }
}

/// The cell compared with the value; None when they cannot be.
fn compare(cell: &Cell, value: &Wanted) -> Option<Ordering> {
    match (cell, value) {
        (Cell::Text(a), Wanted::Text(b)) => Some(a.as_str().cmp(b)),
        (Cell::Int(a), Wanted::Int(b)) => Some(a.cmp(b)),
        (Cell::Int(a), Wanted::Text(b)) => Some(a.to_string().as_str().cmp(b)),
        (Cell::Float(a), Wanted::Int(b)) => a.partial_cmp(&(*b as f64)),
        (Cell::Bool(a), Wanted::Bool(b)) => Some(a.cmp(b)),
        (Cell::Time(a), Wanted::Time(b)) => Some(a.cmp(b)),
        _ => None,
    }
}

/// Reads a `--filter-by` expression; the error is a sentence for the
/// administrator.
pub fn parse(list: &List, text: &str) -> Result<Vec<Filter>, String> {
    text.split(',').map(|part| one(list, part)).collect()
}

fn one(list: &List, part: &str) -> Result<Filter, String> {
    let bad = || {
        format!(
            "Invalid filter-by expression '{part}'. Expected a comma-separated list of \
             'key op value' with one of the operators =, !=, <, <=, >, >=."
        )
    };
    let start = part.find(['=', '!', '<', '>']).ok_or_else(bad)?;
    let (key, rest) = part.split_at(start);
    let end = rest
        .find(|c| !matches!(c, '=' | '!' | '<' | '>'))
        .unwrap_or(rest.len());
    let (sign, value) = rest.split_at(end);
    let (key, value) = (key.trim(), value.trim());
    let mut op = match sign {
        "=" => Op::Eq,
        "!=" => Op::Ne,
        ">" => Op::Gt,
        ">=" | "=>" => Op::Ge,
        "<" => Op::Lt,
        "<=" | "=<" => Op::Le,
        _ => return Err(bad()),
    };
    let (field, lookup) = find(list, key)?;
    if let Some(named) = lookup {
        if op != Op::Eq {
            return Err(bad());
        }
        op = named;
    }
    Ok(Filter {
        field: field.name.to_owned(),
        op,
        value: wanted(field, op, value).ok_or_else(bad)?,
    })
}

/// The field of a key, and the comparison of its `__lookup` part.
fn find(list: &List, key: &str) -> Result<(&'static Field, Option<Op>), String> {
    let unknown = || {
        let mut names: Vec<&str> = list.fields.iter().map(|f| f.name).collect();
        names.sort_unstable();
        format!(
            "Cannot resolve keyword '{key}' into field. Choices are: {}",
            names.join(", ")
        )
    };
    if let Some(field) = list.field(key) {
        return Ok((field, None));
    }
    let (name, lookup) = key.rsplit_once("__").ok_or_else(unknown)?;
    let op = match lookup {
        "exact" => Op::Eq,
        "iexact" => Op::IExact,
        "contains" => Op::Contains,
        "icontains" => Op::IContains,
        "startswith" => Op::StartsWith,
        "istartswith" => Op::IStartsWith,
        "endswith" => Op::EndsWith,
        "in" => Op::In,
        "isnull" => Op::IsNull,
        "gt" => Op::Gt,
        "gte" => Op::Ge,
        "lt" => Op::Lt,
        "lte" => Op::Le,
        _ => return Err(unknown()),
    };
    list.field(name)
        .map(|field| (field, Some(op)))
        .ok_or_else(unknown)
}

fn wanted(field: &Field, op: Op, text: &str) -> Option<Wanted> {
    match op {
        Op::IsNull => truth(text).map(Wanted::Bool),
        Op::In => text
            .split('|')
            .map(|part| scalar(field.kind, part.trim()))
            .collect::<Option<_>>()
            .map(Wanted::Any),
        Op::Eq | Op::Ne | Op::Gt | Op::Ge | Op::Lt | Op::Le => scalar(field.kind, text),
        _ => Some(Wanted::Text(text.to_owned())),
    }
}

fn scalar(kind: FieldKind, text: &str) -> Option<Wanted> {
    match kind {
        FieldKind::Text | FieldKind::Many => Some(Wanted::Text(text.to_owned())),
        FieldKind::Int => text.parse().ok().map(Wanted::Int),
        FieldKind::Amount => {
            let amount = kernel::quantity::parse(text)?;
            i64::try_from(amount).ok().map(Wanted::Int)
        }
        FieldKind::Bool => truth(text).map(Wanted::Bool),
        FieldKind::Time => instant(text).map(Wanted::Time),
    }
}

/// yes, true, t, y, 1 and no, false, f, n, 0 in any case (CY-CLI-GEN-04).
pub fn truth(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "true" | "t" | "y" | "1" | "on" => Some(true),
        "no" | "false" | "f" | "n" | "0" | "off" => Some(false),
        _ => None,
    }
}

/// `YYYY-MM-DD`, with `HH:MM[:SS[.ffffff]]` after a blank or `T`, UTC.
pub fn instant(text: &str) -> Option<Timestamp> {
    let text = text.trim_end_matches('Z').replace(' ', "T");
    let full = match text.split_once('T') {
        None => format!("{text}T00:00:00Z"),
        Some(_) => format!("{text}Z"),
    };
    full.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::admin::lists::{SERVER, USER};
    use proptest::prelude::*;

    fn hit(expression: &str, cell: impl Into<Cell>) -> bool {
        let filters = parse(&USER, expression).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(filters.len(), 1);
        filters[0].matches(&cell.into())
    }

    // ID-CLI-15
    #[test]
    fn every_operator_compares() {
        assert!(hit("id=7", 7u64) && !hit("id=7", 8u64));
        assert!(hit("id!=7", 8u64) && !hit("id != 7", 7u64));
        assert!(hit("id>7", 8u64) && !hit("id>7", 7u64));
        assert!(hit("id>=7", 7u64) && hit("id=>7", 7u64));
        assert!(hit("id<7", 6u64) && hit("id<=7", 7u64) && hit("id=<7", 7u64));
        assert!(hit("is_active=t", true) && hit("is_active=F", false));
        assert!(hit("email__iexact=A@B", "a@b") && !hit("email__exact=A@B", "a@b"));
        assert!(hit("email__in=x|a@b", "a@b") && !hit("email__in=x|y", "a@b"));
        assert!(hit("email__icontains=EXAMPLE", "a@example.org"));
        assert!(hit("email__startswith=a", "ab") && hit("email__istartswith=A", "ab"));
        assert!(hit("email__endswith=b", "ab") && !hit("email__contains=B", "ab"));
        assert!(hit("last_login__isnull=True", Cell::None));
        assert!(hit("id__gte=7", 7u64) && hit("id__lt=7", 6u64));
        let then: Timestamp = "2026-11-22T11:31:06.5Z".parse().unwrap();
        assert!(hit("last_login>2026-11-22", then));
        assert!(hit("last_login<2026-11-22 11:31:07", then));
        assert!(!hit("last_login>2026-11-22", Cell::None));
        // Null is not equal to anything, so "not equal" holds.
        assert!(hit("email!=a", Cell::None));
        assert!(hit("groups=b", vec!["a", "b"]) && !hit("groups!=b", vec!["a", "b"]));
    }

    // ID-CLI-15 CY-CLI-LST-01
    #[test]
    fn bad_expressions_are_named() {
        let error = |text| parse(&USER, text).unwrap_err();
        assert!(error("nosuch=1").contains("'nosuch'"));
        assert!(error("id__near=1").contains("'id__near'"));
        for bad in [
            "",
            "id",
            "id==1",
            "id=x",
            "is_active=maybe",
            "id__in>1",
            "last_login=soon",
        ] {
            assert!(
                error(bad).starts_with(&format!("Invalid filter-by expression '{bad}'.")),
                "{bad}: {}",
                error(bad)
            );
        }
        let both = parse(&SERVER, "id>=2,operstate!=ERROR").unwrap();
        assert_eq!(both.len(), 2);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn nothing_panics(text in "\\PC*") {
            if let Ok(filters) = parse(&USER, &text) {
                for filter in filters {
                    filter.matches(&Cell::Text(text.clone()));
                    filter.matches(&Cell::None);
                }
            }
        }
    }
}
