//! What a language lacks, and what it says that nobody asks for.

use crate::{entry::Entry, language::Language, languages::Languages, mails::Place};
use std::collections::{BTreeMap, BTreeSet};

/// A mail in English.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EnglishMail {
    /// Name of its template, without `.txt`.
    pub name: String,
    /// Its subject; empty: it is a part of others.
    pub subject: String,
    /// Its template.
    pub text: String,
}

/// English as others keep it: messages of identity and mails.
#[derive(Clone, Debug, Default)]
pub struct English {
    /// Upper-case keys and their texts, values in braces.
    pub messages: Vec<(String, String)>,
    /// Values that any text about a login method may name: one with a value in English.
    pub values: BTreeSet<String>,
    /// The mails.
    pub mails: Vec<EnglishMail>,
}

/// Something about a language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// It cannot be used as it is.
    Error(Place, String),
    /// English is said instead, or nobody says it.
    Warning(Place, String),
}

/// What a text has to be filled in with.
#[derive(Debug, Default, PartialEq)]
struct Places {
    values: BTreeSet<String>,
    /// `%s` and `%(name)s`, in order: they are filled in so.
    percent: Vec<String>,
}

impl Places {
    fn of_page(entry: &Entry) -> Self {
        Places {
            values: entry.values.clone(),
            percent: percent(&entry.lines),
        }
    }

    fn of_message(text: &str) -> Self {
        let braced = text.split('{').skip(1);
        let braced = braced.filter_map(|rest| Some(rest.split_once('}')?.0.to_owned()));
        Places {
            values: braced.collect(),
            percent: percent(text),
        }
    }

    /// What is wrong with a text that ought to have these places.
    fn differ(&self, own: &Places) -> Option<String> {
        if let Some(unknown) = own.values.difference(&self.values).next() {
            return Some(format!("there is no value '{unknown}' for it"));
        }
        let (wanted, found) = (self.percent.join(" "), own.percent.join(" "));
        (wanted != found).then(|| format!("it has '{found}' where English has '{wanted}'"))
    }
}

fn percent(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for rest in text.split('%').skip(1) {
        if rest.starts_with('s') {
            found.push("%s".to_owned());
        } else if let Some(end) = rest.find(")s").filter(|_| rest.starts_with('(')) {
            found.push(format!("%{}", &rest[..end + 2]));
        }
    }
    found
}

impl Language {
    /// Looks at it beside the program's English: mistakes, values that do not exist, what
    /// is missing, what is unknown.
    pub fn check(&self, english: &English) -> Vec<Finding> {
        let built_in = Languages::built_in().english();
        let mut found: Vec<Finding> = self
            .mistakes
            .iter()
            .map(|(place, mistake)| Finding::Error(place.clone(), mistake.clone()))
            .collect();
        let pages = built_in.entries.iter();
        let mut wanted: BTreeMap<&str, Places> = pages
            .map(|(key, entry)| (key.as_str(), Places::of_page(entry)))
            .collect();
        for (key, text) in &english.messages {
            let mut places = Places::of_message(text);
            if !places.values.is_empty() {
                places.values.extend(english.values.iter().cloned());
            }
            wanted.insert(key, places);
        }
        for (key, entry) in &self.entries {
            let place = entry.place.clone();
            match wanted.get(key.as_str()) {
                None => found.push(Finding::Warning(place, format!("nothing says '{key}'"))),
                Some(places) => {
                    let wrong = places.differ(&Places::of_page(entry));
                    found.extend(
                        wrong.map(|wrong| Finding::Error(place, format!("'{key}': {wrong}"))),
                    );
                }
            }
        }
        let names: BTreeSet<&str> = english
            .mails
            .iter()
            .map(|mail| mail.name.as_str())
            .collect();
        for mail in self.mails.values() {
            if !names.contains(mail.name.as_str()) {
                let unknown = format!("there is no mail '{}'", mail.name);
                found.push(Finding::Warning(mail.place.clone(), unknown));
            }
        }
        // English is whole by itself: what its file lacks, others keep.
        if self != &**built_in {
            let missing = wanted
                .keys()
                .filter(|key| !self.entries.contains_key(**key));
            let missing = missing.map(|key| format!("'{key}' is missing"));
            let mails = english.mails.iter();
            found.extend(
                missing
                    .chain(mails.filter_map(|mail| lacks(self, mail)))
                    .map(|text| Finding::Warning(Place::default(), text)),
            );
        }
        found
    }
}

/// What a language lacks of a mail.
fn lacks(language: &Language, mail: &EnglishMail) -> Option<String> {
    let name = &mail.name;
    match language.mail(name) {
        None => Some(format!("the mail '{name}' is missing")),
        Some(own) if own.subject.is_none() && !mail.subject.is_empty() => {
            Some(format!("the mail '{name}' has no subject"))
        }
        Some(_) => None,
    }
}
