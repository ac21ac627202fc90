//! How the filters of a list are given (ID-ADU-23): each in a field of its own, or all
//! typed in one box. What was given goes along when one changes from one to the other.

use super::users::Choice;
use crate::{auth::query_value, text::text};

/// Which of the two.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum View {
    /// The standard view.
    #[default]
    Fields,
    /// The compact view.
    Box,
}

impl View {
    /// As the address says, and whether it was changed with this request.
    pub(super) fn read(query: &str) -> (Self, bool) {
        let named = |name: &str| match query_value(query, name)?.as_str() {
            "compact" => Some(View::Box),
            "standard" => Some(View::Fields),
            _ => None,
        };
        match named("turn") {
            Some(view) => (view, true),
            None => (named("view").unwrap_or_default(), false),
        }
    }

    /// Its name in addresses; the standard view needs none.
    pub(super) fn name(self) -> &'static str {
        match self {
            View::Fields => "",
            View::Box => "compact",
        }
    }

    pub(super) fn compact(self) -> bool {
        self == View::Box
    }
}

/// Adds a filter to what is typed.
pub(super) fn type_one(typed: &mut String, name: &str, value: &str) {
    if !typed.is_empty() {
        typed.push(' ');
    }
    typed.push_str(name);
    typed.push(':');
    typed.push_str(value);
}

/// A filter with a field of its own.
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) label: String,
    pub(super) value: String,
    /// What can be chosen; empty: typed.
    pub(super) choices: Vec<Choice>,
}

/// The fields that are not always in sight.
#[derive(Default)]
pub(super) struct More {
    pub(super) fields: Vec<Field>,
    /// So many of them are filled in.
    pub(super) filled: usize,
}

impl More {
    /// Of these filters; those of `truths` are either so or not.
    pub(super) fn of<'a>(
        names: impl Iterator<Item = &'static str>,
        truths: &[&str],
        given: impl Fn(&str) -> &'a str,
    ) -> Self {
        let field = |name: &'static str| {
            let value = given(name).to_owned();
            let choice = |answer: &&str| Choice {
                value: (*answer).to_owned(),
                words: text(answer),
                chosen: value == *answer,
            };
            let choices = match truths.contains(&name) {
                true => ["yes", "no"].iter().map(choice).collect(),
                false => Vec::new(),
            };
            Field {
                name,
                label: text(&format!("adm-by-{}", name.replace('_', "-"))),
                choices,
                value,
            }
        };
        let fields: Vec<Field> = names.map(field).collect();
        More {
            filled: fields.iter().filter(|f| !f.value.is_empty()).count(),
            fields,
        }
    }
}
