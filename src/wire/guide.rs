//! The administrator's guide, which travels with the program (ID-OPS-05).

/// One chapter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chapter {
    /// Its name in commands and addresses.
    pub name: &'static str,
    /// Its text, Markdown; the first line is its title.
    pub text: &'static str,
}

impl Chapter {
    /// Its title.
    pub fn title(&self) -> &'static str {
        let first = self.text.lines().next().unwrap_or_default();
        first.trim_start_matches("# ")
    }
}

macro_rules! chapters {
    ($(($name:literal, $file:literal)),* $(,)?) => {
        &[$(Chapter {
            name: $name,
            text: include_str!(concat!("../../templates/guide/", $file, ".md")),
        }),*]
    };
}

/// All chapters, in reading order.
pub const CHAPTERS: &[Chapter] = chapters![
    ("overview", "01-overview"),
    ("architecture", "02-architecture"),
    ("prerequisites", "03-prerequisites"),
    ("installation", "04-installation"),
    ("configuration", "05-configuration"),
    ("accounts", "06-accounts"),
    ("quota", "07-quota"),
    ("mail-and-branding", "08-mail-and-branding"),
    ("files-and-images", "09-files-and-images"),
    ("compute", "10-compute"),
    ("operation", "11-operation"),
    ("ten-nodes", "12-ten-nodes"),
];

/// The chapter of a name.
pub fn chapter(name: &str) -> Option<&'static Chapter> {
    CHAPTERS.iter().find(|chapter| chapter.name == name)
}
