//! A language as one whole file: where it has no words, the English ones stand. What
//! comes out for English is what a translator begins with.

use crate::{check::English, language::Language, languages::Languages};
use std::fmt::Write;

/// An English text of identity, in Fluent's form.
fn fluent(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else {
            break;
        };
        let _ = write!(out, "{before}{{ ${name} }}");
        rest = after;
    }
    out + rest
}

impl Language {
    /// Its file, whole.
    pub fn export(&self, english: &English) -> String {
        let built_in = Languages::built_in().english();
        let mut out = String::new();
        // The order and the headings are those of the English file.
        let mut texts: Vec<_> = built_in.entries.iter().collect();
        texts.sort_by_key(|(_, entry)| entry.within.start);
        let between = |range| built_in.texts.get(range).unwrap_or_default();
        let mut done = 0;
        for (key, entry) in texts {
            out.push_str(between(done..entry.within.start));
            out.push_str(&self.entries.get(key).unwrap_or(entry).lines);
            done = entry.within.end;
        }
        out.push_str(between(done..built_in.texts.len()));
        out.push_str("\n## Messages of identity, and texts of login methods\n");
        for (key, text) in &english.messages {
            let own = self.entries.get(key).map(|entry| entry.lines.clone());
            out.push_str(&own.unwrap_or_else(|| format!("{key} = {}\n", fluent(text))));
        }
        for mail in &english.mails {
            let own = self.mail(&mail.name);
            let subject = own.and_then(|own| own.subject.as_deref());
            let subject = subject.unwrap_or(&mail.subject);
            let _ = write!(out, "\n=== {}\n", mail.name);
            if !subject.is_empty() {
                let _ = writeln!(out, "Subject: {subject}");
            }
            let text = own.map_or(&mail.text, |own| &own.text);
            let _ = write!(out, "\n{text}");
        }
        out
    }
}
