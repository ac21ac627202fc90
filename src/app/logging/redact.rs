//! Cutting out what must stay secret (ID-SEC-30), and what would forge lines.

use kernel::{
    Settings,
    settings::{Value, registry},
};
use regex::Regex;
use std::{borrow::Cow, sync::LazyLock};

const MASK: &str = "********";
/// Shorter values of settings would be found everywhere.
const SHORTEST: usize = 6;

static RULES: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    let rules = [
        // Headers: the rest of the line.
        (
            r#"(?i)\b((?:x-auth-token|x-auth-key|set-cookie|cookie|authorization)["']?\s*[:=]\s*).+"#,
            "${1}********",
        ),
        // Form fields, query parameters, JSON and the like.
        (
            r#"(?i)((?:[\w-]*(?:pass|token|secret)[\w-]*|\b(?:[\w-]+[_-])?code)["']?\s*=\s*["']?)[^\s&"',;)]+"#,
            "${1}********",
        ),
        (
            r#"(?i)(["'](?:[^"']*(?:pass|token|secret)[^"']*|code)["']\s*:\s*["'])[^"']*"#,
            "${1}********",
        ),
        // Addresses that carry their proof.
        (
            r"(server-params/|/tokens/|reset/confirm/[^/\s]+/)[^/?\s]+",
            "${1}********",
        ),
    ];
    let compiled = rules
        .into_iter()
        .filter_map(|(rule, with)| Some((Regex::new(rule).ok()?, with)));
    compiled.collect()
});

/// What must not be seen, by the settings.
#[derive(Clone, Debug, Default)]
pub(super) struct Redaction {
    values: Vec<String>,
    /// What the settings hide by name.
    rules: Vec<Regex>,
    /// The same names, as those of fields.
    names: Vec<String>,
}

/// Names in a setting, as they are written in requests: `HTTP_X_A` is `x-a`.
fn names_in(settings: &Settings, setting: &str) -> Vec<String> {
    let names = settings.strings(setting).into_iter().map(|name| {
        let name = name.to_ascii_lowercase();
        match name.strip_prefix("http_") {
            Some(header) => header.replace('_', "-"),
            None => name,
        }
    });
    names.filter(|name| !name.is_empty()).collect()
}

/// A rule that cuts out what follows one of these names.
fn rule(names: &[String], value: &str) -> Option<Regex> {
    let names: Vec<String> = names.iter().map(|name| regex::escape(name)).collect();
    let all = names.join("|");
    match all.is_empty() {
        true => None,
        false => Regex::new(&format!(r#"(?i)((?:^|[^\w-])(?:{all})["']?\s*{value}"#)).ok(),
    }
}

impl Redaction {
    pub(super) fn new(settings: &Settings) -> Self {
        let pattern = Regex::new(settings.str("HIDDEN_SETTINGS")).ok();
        let hidden = |name: &str, text: &str| {
            let named = pattern.as_ref().is_some_and(|p| p.is_match(name));
            // Paths and addresses are no secrets, whatever their settings are called.
            registry::is_secret(name) || named && !text.contains('/')
        };
        let values = settings.iter().filter_map(|(name, value)| match value {
            Value::Str(text) if text.len() >= SHORTEST && hidden(name, text) => Some(text.clone()),
            _ => None,
        });
        let headers = names_in(settings, "HIDDEN_HEADERS");
        let mut named = names_in(settings, "HIDDEN_COOKIES");
        named.extend(names_in(settings, "HIDDEN_STACKVARS"));
        let rules = [
            // A header goes to the end of the line, other things to theirs.
            rule(&headers, r"[:=]\s*).+"),
            rule(&named, r#"[:=]\s*["']?)[^\s&"',;)]+"#),
        ];
        Redaction {
            values: values.collect(),
            rules: rules.into_iter().flatten().collect(),
            names: headers.into_iter().chain(named).collect(),
        }
    }

    /// The text as it may be written.
    pub(super) fn text(&self, text: &str) -> String {
        let mut text = Cow::Borrowed(text);
        for value in &self.values {
            if text.contains(value.as_str()) {
                text = text.replace(value.as_str(), MASK).into();
            }
        }
        let own = self.rules.iter().map(|rule| (rule, "${1}********"));
        for (rule, with) in RULES.iter().map(|(rule, with)| (rule, *with)).chain(own) {
            if let Cow::Owned(cut) = rule.replace_all(&text, with) {
                text = cut.into();
            }
        }
        one_line(&text)
    }

    /// The value of a field as it may be written.
    pub(super) fn field(&self, key: &str, value: &str) -> String {
        let own = || {
            let key = key.to_ascii_lowercase();
            let dashed = key.replace('_', "-");
            let named = |name: &String| *name == key || *name == dashed;
            self.names.iter().any(named)
        };
        match is_secret(key) || own() {
            true => MASK.to_owned(),
            false => self.text(value),
        }
    }
}

fn is_secret(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    let held = ["pass", "token", "secret", "cookie", "authorization"];
    held.iter().any(|word| key.contains(word)) || key.split(['_', '-', '.']).any(|w| w == "code")
}

/// Control characters would begin lines that nobody wrote, or move a terminal's cursor.
fn one_line(text: &str) -> String {
    if !text.chars().any(char::is_control) {
        return text.to_owned();
    }
    let mut line = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\t' => line.push('\t'),
            c if c.is_control() => line.extend(c.escape_default()),
            c => line.push(c),
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    // ID-SEC-30 ID-CON-09
    #[test]
    fn secrets_are_cut_out_and_lines_are_one() {
        let mut settings = Settings::default();
        settings.set("EMAIL_HOST_PASSWORD", Value::Str("hunter2hunter2".into()));
        let redaction = Redaction::new(&settings);
        for (said, written) in [
            ("X-Auth-Token: abc", "X-Auth-Token: ********"),
            ("header cookie=a; b", "header cookie=********"),
            ("GET /x?token=abc&a=1", "GET /x?token=********&a=1"),
            ("new_password=x y", "new_password=******** y"),
            (
                "auth_code=12 code='3'",
                "auth_code=******** code='********'",
            ),
            ("status_of opcode=OP_X", "status_of opcode=OP_X"),
            (
                r#"{"admin_password": "x"}"#,
                r#"{"admin_password": "********"}"#,
            ),
            ("login as hunter2hunter2 failed", "login as ******** failed"),
            (
                "GET /vmapi/v1.0/server-params/u-1/x",
                "GET /vmapi/v1.0/server-params/********/x",
            ),
            ("a\nb\u{1b}[2J", "a\\nb\\u{1b}[2J"),
            ("the token has expired", "the token has expired"),
        ] {
            assert_eq!(redaction.text(said), written);
        }
        assert_eq!(redaction.field("auth_token", "x"), MASK);
        assert_eq!(redaction.field("server", "42"), "42");
    }

    // ID-SET-75
    #[test]
    fn what_the_settings_name_is_hidden() {
        let mut settings = Settings::default();
        let usual = Redaction::new(&settings);
        let said = "X-Color: red, shibstate=abc; size=12 x-colors: blue";
        assert_eq!(
            usual.text(said),
            "X-Color: red, shibstate=********; size=12 x-colors: blue"
        );
        assert_eq!(usual.field("shibsession", "x"), MASK);
        assert_eq!(usual.field("x_color", "red"), "red");
        let names = |names: &[&str]| {
            let text = |name: &&str| Value::Str((*name).into());
            Value::List(names.iter().map(text).collect())
        };
        settings.set("HIDDEN_HEADERS", names(&["HTTP_X_COLOR"]));
        settings.set("HIDDEN_COOKIES", names(&["taste"]));
        settings.set("HIDDEN_STACKVARS", names(&["size"]));
        settings.set("HIDDEN_SETTINGS", Value::Str("COMPANY".into()));
        settings.set("BRANDING_COMPANY_NAME", Value::Str("Hidden Ltd".into()));
        let own = Redaction::new(&settings);
        for (said, written) in [
            ("got X-Color: red, green", "got X-Color: ********"),
            ("taste=sweet; a=b", "taste=********; a=b"),
            (
                "failed with size=12 (left: 3)",
                "failed with size=******** (left: 3)",
            ),
            ("oversize=12", "oversize=12"),
            ("by Hidden Ltd", "by ********"),
            ("shibstate=abc", "shibstate=abc"),
        ] {
            assert_eq!(own.text(said), written);
        }
        for field in ["x_color", "x-color", "taste", "size"] {
            assert_eq!(own.field(field, "x"), MASK, "{field}");
        }
        assert_eq!(own.field("shibsession", "x"), "x");
    }
}
