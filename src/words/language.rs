//! One language and what is said in it.

use crate::{
    entry::{self, Entry},
    mails::{self, Mail, Place},
    read::Source,
};
use fluent_bundle::{FluentArgs, FluentResource, concurrent::FluentBundle};
use std::{collections::BTreeMap, sync::Arc};

type Bundle = FluentBundle<FluentResource>;

/// Named values of a text.
pub type Values<'a> = &'a [(&'a str, &'a str)];

/// A language there are texts in.
pub struct Language {
    code: String,
    name: String,
    bundle: Bundle,
    pub(crate) entries: BTreeMap<String, Entry>,
    /// The part of its files before the mails.
    pub(crate) texts: String,
    pub(crate) mails: BTreeMap<String, Mail>,
    /// Places that could not be read: where, and what is wrong.
    pub(crate) mistakes: Vec<(Place, String)>,
    /// What is said where this language says nothing.
    english: Option<Arc<Language>>,
}

impl std::fmt::Debug for Language {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Language").field(&self.code).finish()
    }
}

impl PartialEq for Language {
    fn eq(&self, other: &Self) -> bool {
        self.code == other.code
    }
}

impl Language {
    /// A language from its files, the program's first.
    pub(crate) fn new(code: &str, sources: &[Source], english: Option<Arc<Language>>) -> Self {
        let mut bundle = FluentBundle::new_concurrent(vec![code.parse().unwrap_or_default()]);
        bundle.set_use_isolating(false);
        let mut language = Language {
            code: code.to_owned(),
            name: String::new(),
            bundle,
            entries: BTreeMap::new(),
            texts: String::new(),
            mails: BTreeMap::new(),
            mistakes: Vec::new(),
            english,
        };
        for source in sources {
            language.read(source);
        }
        let name = language.own("language-name", &[]);
        language.name = name.unwrap_or_else(|| code.to_owned());
        language
    }

    fn read(&mut self, source: &Source) {
        let (texts, mails) = mails::part(&source.text, source.file.clone(), &source.stamp);
        let place = |above| Place {
            file: source.file.clone(),
            stamp: source.stamp.clone(),
            above,
        };
        let resource = match FluentResource::try_new(texts) {
            Ok(resource) => resource,
            Err((resource, errors)) => {
                // What could be read is better than nothing.
                for error in errors {
                    let before = resource.source().get(..error.pos.start).unwrap_or_default();
                    let above = before.matches('\n').count();
                    self.mistakes.push((place(above), error.to_string()));
                }
                resource
            }
        };
        let entries = entry::entries(&resource, self.texts.len(), place);
        self.entries.extend(entries);
        self.texts.push_str(resource.source());
        self.bundle.add_resource_overriding(resource);
        self.mails
            .extend(mails.into_iter().map(|mail| (mail.name.clone(), mail)));
    }

    /// The code, as `lang` attributes want it.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Its name in itself.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text of a key with named values filled in.
    pub fn say(&self, key: &str, values: Values<'_>) -> String {
        let english = || self.english.as_ref()?.own(key, values);
        self.own(key, values)
            .or_else(english)
            .unwrap_or_else(|| key.to_owned())
    }

    /// The same where this language itself has the key.
    pub fn own(&self, key: &str, values: Values<'_>) -> Option<String> {
        let pattern = self.bundle.get_message(key)?.value()?;
        let mut arguments = FluentArgs::new();
        for (name, value) in values {
            // A count chooses between forms ("1 hour", "2 hours"), so it is a number there.
            match value.parse::<i64>() {
                Ok(count) if *name == "n" => arguments.set(*name, count),
                _ => arguments.set(*name, *value),
            }
        }
        let mut wrong = Vec::new();
        let text = self
            .bundle
            .format_pattern(pattern, Some(&arguments), &mut wrong);
        Some(text.into_owned())
    }

    /// Is there a text for this key, here or in English?
    pub fn knows(&self, key: &str) -> bool {
        self.bundle.has_message(key)
            || self
                .english
                .as_ref()
                .is_some_and(|english| english.knows(key))
    }

    /// All keys it has a text of its own for.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str)
    }

    /// Its mail of a template, named without `.txt`.
    pub fn mail(&self, name: &str) -> Option<&Mail> {
        self.mails.get(name)
    }
}
