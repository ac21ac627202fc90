//! The settings files with all defaults, commented, one per group (ID-OPS-01).

use super::{
    Value, literal,
    registry::{self, FAMILIES, Group},
};
use std::fmt::Write as _;

/// The text of a group's file.
pub fn default_text(group: &Group) -> String {
    let mut text = format!(
        "# {}.\n# Uncomment a line to change it. Later files win over earlier ones.\n",
        group.title
    );
    for setting in group.settings() {
        let _ = write!(text, "\n# {}.\n", setting.about);
        if let Some(why) = registry::idle(setting.name) {
            let _ = writeln!(text, "# Without effect: {why}.");
        }
        for line in format!("{} = {}", setting.name, broken(setting.default)).lines() {
            let _ = writeln!(text, "#{line}");
        }
    }
    for family in FAMILIES.iter().filter(|f| f.file == group.file) {
        let _ = write!(text, "\n# {}: {}.\n", family.pattern, family.about);
    }
    text
}

/// Longest default on one line.
const LONGEST: usize = 300;

/// A literal; a long one with an entry on each line, so that it can be changed by hand.
fn broken(literal: &str) -> String {
    match literal::parse(literal) {
        Ok(value) if literal.len() > LONGEST => entries(&value),
        _ => literal.to_owned(),
    }
}

fn entries(value: &Value) -> String {
    /// Longest entry that stays on its line.
    const ENTRY: usize = 140;
    let flat = value.to_literal();
    if flat.len() <= ENTRY {
        return flat;
    }
    match value {
        Value::Dict(pairs) => {
            let line = |(key, value): &(Value, Value)| {
                format!("{}: {},\n", key.to_literal(), entries(value))
            };
            format!("{{\n{}}}", pairs.iter().map(line).collect::<String>())
        }
        Value::List(items) => {
            let line = |item: &Value| format!("{},\n", entries(item));
            format!("[\n{}]", items.iter().map(line).collect::<String>())
        }
        _ => flat,
    }
}

/// Names and texts of all files.
pub fn all() -> impl Iterator<Item = (&'static str, String)> {
    registry::GROUPS
        .iter()
        .map(|group| (group.file, default_text(group)))
}
