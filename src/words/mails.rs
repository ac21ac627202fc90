//! The mails of a language: the second part of its file.
//!
//! ```text
//! === im/welcome_email
//! Subject: Welcome to <S>
//!
//! {% extends "im/email.txt" %}
//! ...
//! ```
//!
//! The name is that of the template, without `.txt`; the text is a template as in a file
//! of its own. Blank lines before the next mail do not belong to the text.

use std::path::PathBuf;

/// Begins a mail.
const MARK: &str = "=== ";
/// Begins the subject.
const SUBJECT: &str = "Subject:";

/// Where in which file a text stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The file of the owner; none for one of the program.
    pub file: Option<PathBuf>,
    /// Its version.
    pub stamp: String,
    /// Lines of the file before the text.
    pub above: usize,
}

/// A mail in a language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// Name of its template, without `.txt`.
    pub name: String,
    /// Its subject; `<S>` is the service's name. None where the file has none.
    pub subject: Option<String>,
    /// Its template.
    pub text: String,
    /// Whence it is.
    pub place: Place,
}

/// Parts a file into its texts by key and its mails.
pub(crate) fn part(source: &str, file: Option<PathBuf>, stamp: &str) -> (String, Vec<Mail>) {
    let mut texts = String::new();
    let mut mails: Vec<Mail> = Vec::new();
    let mut head = false;
    for (at, line) in source.lines().enumerate() {
        if let Some(name) = line.strip_prefix(MARK) {
            head = true;
            mails.push(Mail {
                name: name.trim().trim_end_matches(".txt").to_owned(),
                subject: None,
                text: String::new(),
                place: Place {
                    file: file.clone(),
                    stamp: stamp.to_owned(),
                    above: at + 1,
                },
            });
            continue;
        }
        let Some(mail) = mails.last_mut() else {
            texts.push_str(line);
            texts.push('\n');
            continue;
        };
        if head {
            let subject = line
                .strip_prefix(SUBJECT)
                .map(|text| text.trim().to_owned());
            if subject.is_some() || line.trim().is_empty() {
                mail.subject = mail.subject.take().or(subject);
                mail.place.above = at + 1;
                continue;
            }
            head = false;
        }
        mail.text.push_str(line);
        mail.text.push('\n');
    }
    for mail in &mut mails {
        let end = mail.text.trim_end_matches('\n').len();
        mail.text.truncate(end);
        if end > 0 {
            mail.text.push('\n');
        }
    }
    (texts, mails)
}
