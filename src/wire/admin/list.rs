//! Lists: the fields a list command knows, rows of typed cells, and the one
//! place where filters are applied and columns picked.

use super::{
    command::ListOptions,
    output::{Cell, Table},
};
use std::collections::BTreeMap;

/// What the values of a field are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// Text.
    Text,
    /// Whole numbers.
    Int,
    /// True or False.
    Bool,
    /// Instants.
    Time,
    /// Lists of texts; a filter holds when it holds for one of them.
    Many,
    /// Numbers, in filters also with a unit or `inf`.
    Amount,
}

/// Where a field is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// Unless `-o` says otherwise.
    Default,
    /// With `-o` or an option that adds it.
    Extra,
    /// Never; good for `--filter-by` only.
    Filter,
}

/// A column or filter key of a list command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Name, header and filter key.
    pub name: &'static str,
    /// Other names that mean the same.
    pub aliases: &'static [&'static str],
    /// Its values.
    pub kind: FieldKind,
    /// Where it is seen.
    pub shown: Shown,
    /// What it is, for `--list-fields` and `--list-filters`.
    pub about: &'static str,
}

/// The fields of a list command, in the order of the columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct List {
    /// All of them.
    pub fields: &'static [Field],
}

impl List {
    /// The field of that name or alias.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields
            .iter()
            .find(|f| f.name == name)
            .or_else(|| self.fields.iter().find(|f| f.aliases.contains(&name)))
    }

    /// The names of the columns shown unless `-o` says otherwise.
    pub fn defaults(&self) -> Vec<String> {
        self.fields
            .iter()
            .filter(|f| f.shown == Shown::Default)
            .map(|f| f.name.to_owned())
            .collect()
    }

    /// `rows` that pass the filters, with the columns asked for.
    pub fn table(&self, options: &ListOptions, rows: impl IntoIterator<Item = Row>) -> Table {
        let mut table = Table::new(options.columns.iter().cloned());
        for row in rows {
            if options.filters.iter().all(|f| f.matches(row.get(&f.field))) {
                table.push(options.columns.iter().map(|c| row.seen(c).clone()));
            }
        }
        table
    }
}

impl ListOptions {
    /// Is this field shown or filtered by? Costly ones may be left out otherwise.
    pub fn needs(&self, field: &str) -> bool {
        self.columns.iter().any(|c| c == field) || self.filters.iter().any(|f| f.field == field)
    }
}

/// The values of one row by field name; what is not set is None.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    values: BTreeMap<&'static str, Cell>,
    /// What is printed in place of some values.
    seen: BTreeMap<&'static str, Cell>,
}

impl Row {
    /// An empty row.
    pub fn new() -> Self {
        Row::default()
    }

    /// The same row with a value.
    #[must_use]
    pub fn with(mut self, field: &'static str, value: impl Into<Cell>) -> Self {
        self.values.insert(field, value.into());
        self
    }

    /// The same row with a value that is printed otherwise than it is filtered by.
    #[must_use]
    pub fn shown(
        mut self,
        field: &'static str,
        value: impl Into<Cell>,
        seen: impl Into<Cell>,
    ) -> Self {
        self.values.insert(field, value.into());
        self.seen.insert(field, seen.into());
        self
    }

    /// The value of a field.
    pub fn get(&self, field: &str) -> &Cell {
        self.values.get(field).unwrap_or(&Cell::None)
    }

    /// What is printed of a field.
    pub fn seen(&self, field: &str) -> &Cell {
        self.seen.get(field).unwrap_or_else(|| self.get(field))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::admin::lists;

    #[test]
    fn names_and_aliases_are_unambiguous() {
        for list in lists::ALL {
            let mut seen = std::collections::BTreeSet::new();
            for field in list.fields {
                for name in field.aliases.iter().chain([&field.name]) {
                    assert!(seen.insert(*name), "{name} twice");
                }
            }
            assert!(!list.defaults().is_empty());
        }
    }

    // ID-CLI-14 ID-CLI-15
    #[test]
    fn rows_are_filtered_and_columns_picked() {
        let list = lists::USER;
        let options = ListOptions {
            columns: vec!["email".into(), "id".into()],
            filters: crate::admin::filter::parse(&list, "is_active=yes,id>=2").unwrap(),
        };
        assert!(options.needs("active") && options.needs("email") && !options.needs("groups"));
        let rows = [(1u64, true), (2, true), (3, false)]
            .map(|(id, active)| Row::new().with("id", id).with("active", active));
        let table = list.table(&options, rows);
        assert_eq!(table.columns, ["email", "id"]);
        assert_eq!(table.rows, [vec![Cell::None, Cell::Int(2)]]);
    }
}
