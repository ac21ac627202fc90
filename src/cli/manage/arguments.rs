//! What clap matched, by type.

use super::common::Failure;
use clap::ArgMatches;
use wire::admin::{List, ListOptions, Secret, Shown, Table, filter};

/// Matched arguments; names that a command does not define are simply absent.
pub(crate) struct Args<'a> {
    /// What clap found.
    pub matches: &'a ArgMatches,
    /// The fields of a list command.
    pub list: Option<&'static List>,
}

impl Args<'_> {
    /// Is the switch set?
    pub fn flag(&self, name: &str) -> bool {
        self.one::<bool>(name).unwrap_or(false)
    }

    /// Was the argument given at all?
    pub fn flag_of(&self, name: &str) -> bool {
        !self.texts(name).is_empty()
    }

    /// The value of an option.
    pub fn text(&self, name: &str) -> Option<String> {
        self.one(name)
    }

    /// `--unit-style`.
    pub fn unit_style(&self, default: &str) -> String {
        self.text("unit-style")
            .unwrap_or_else(|| default.to_owned())
    }

    /// A password.
    pub fn secret(&self, name: &str) -> Option<Secret> {
        self.text(name).map(Secret::new)
    }

    /// True or False.
    pub fn boolean(&self, name: &str) -> Option<bool> {
        self.one(name)
    }

    /// A value of the type its parser gives.
    pub fn one<T: Clone + Send + Sync + 'static>(&self, name: &str) -> Option<T> {
        self.matches.try_get_one::<T>(name).ok().flatten().cloned()
    }

    /// All values of an option.
    pub fn texts(&self, name: &str) -> Vec<String> {
        match self.matches.try_get_many::<String>(name) {
            Ok(Some(values)) => values.cloned().collect(),
            _ => Vec::new(),
        }
    }

    /// The values of an option that takes two each time.
    pub fn twos(&self, name: &str) -> Vec<(String, String)> {
        self.texts(name)
            .chunks_exact(2)
            .map(|two| (two[0].clone(), two[1].clone()))
            .collect()
    }

    /// What stands without an option.
    pub fn positional(&self) -> Vec<String> {
        self.texts("argument")
    }

    /// The only thing that stands without an option.
    pub fn only(&self, missing: &str) -> Result<String, Failure> {
        let mut all = self.positional();
        match (all.pop(), all.is_empty()) {
            (Some(only), true) => Ok(only),
            (None, _) => Err(Failure::new(missing)),
            (Some(_), false) => Err(Failure::new("Invalid number of arguments")),
        }
    }

    /// Columns and filters (ID-CLI-14, CY-CLI-LST-01); without `-o` the default
    /// columns and `extra`.
    pub fn list_options(&self, extra: &[&str]) -> Result<ListOptions, Failure> {
        let Some(list) = self.list else {
            return Ok(ListOptions::default());
        };
        let columns = match self.text("output") {
            Some(names) => columns(list, &names)?,
            None => {
                let mut columns = list.defaults();
                for name in extra {
                    if !columns.iter().any(|c| c == name) {
                        columns.push((*name).to_owned());
                    }
                }
                columns
            }
        };
        let mut filters = Vec::new();
        for text in self.texts("filter-by") {
            filters.extend(filter::parse(list, &text).map_err(Failure::new)?);
        }
        Ok(ListOptions { columns, filters })
    }

    /// The answer to `--list-fields` and `--list-filters`.
    pub fn asks_for_fields(&self) -> Option<Table> {
        let list = self.list?;
        let (header, filters) = match (self.flag("list-fields"), self.flag("list-filters")) {
            (true, _) => ("Field", false),
            (_, true) => ("Filter", true),
            _ => return None,
        };
        let mut table = Table::new([header, "Description"]);
        for field in list.fields {
            if filters || field.shown != Shown::Filter {
                table.push([field.name.into(), field.about.into()]);
            }
        }
        Some(table)
    }
}

fn columns(list: &List, names: &str) -> Result<Vec<String>, Failure> {
    names
        .split(',')
        .map(str::trim)
        .map(|name| match list.field(name) {
            Some(field) if field.shown != Shown::Filter => Ok(field.name.to_owned()),
            _ => Err(Failure::new(format!(
                "Unknown field '{name}'. 'Use --list-fields option to find out available fields."
            ))),
        })
        .collect()
}
