//! The settings files with all defaults, commented, one per group (ID-OPS-01).

use super::registry::{self, FAMILIES, Group};
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
        let _ = writeln!(text, "#{} = {}", setting.name, setting.default);
    }
    for family in FAMILIES.iter().filter(|f| f.file == group.file) {
        let _ = write!(text, "\n# {}: {}.\n", family.pattern, family.about);
    }
    text
}

/// Names and texts of all files.
pub fn all() -> impl Iterator<Item = (&'static str, String)> {
    registry::GROUPS
        .iter()
        .map(|group| (group.file, default_text(group)))
}
