//! Texts of the pages by message key, in the language of the page that is being drawn.
//! The languages themselves are `words`'.
//!
//! Invariants: the language of a page belongs to the task that draws it ([`speaking`]),
//! so no view carries it. Lower-case keys are the pages' own; upper-case keys are
//! messages of identity, and reach it as settings ([`settings_in`]).

use kernel::{Settings, settings::Value};
use std::sync::{Arc, Mutex, PoisonError};
pub use words::{Language, Languages};

tokio::task_local! {
    static SPOKEN: Arc<Language>;
}

/// Runs what draws a page, in a language.
pub async fn speaking<F: Future>(language: Arc<Language>, drawing: F) -> F::Output {
    SPOKEN.scope(language, drawing).await
}

/// Asks the language of the page that is being drawn; English outside of one.
fn spoken<T>(ask: impl Fn(&Language) -> T) -> T {
    SPOKEN
        .try_with(|language| ask(language))
        .unwrap_or_else(|_| ask(Languages::built_in().english()))
}

/// Is there a text for this key?
pub fn known(key: &str) -> bool {
    spoken(|language| language.knows(key))
}

/// The text of a key.
pub fn text(key: &str) -> String {
    with(key, &[])
}

/// The text of a key with named values filled in.
pub fn with(key: &str, values: &[(&'static str, &str)]) -> String {
    spoken(|language| language.say(key, values))
}

/// The languages under these settings; files of the owner are looked at when the
/// settings are read.
pub fn languages(settings: &Arc<Settings>) -> Arc<Languages> {
    static READ: Mutex<Option<(Arc<Settings>, Arc<Languages>)>> = Mutex::new(None);
    let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
    match read.as_ref() {
        Some((of, there)) if Arc::ptr_eq(of, settings) => there.clone(),
        _ => {
            let fresh = Languages::of(settings);
            *read = Some((settings.clone(), fresh.clone()));
            fresh
        }
    }
}

/// The settings as a reader of this language meets them: identity's messages are in
/// the language, except where the administrator set them (ID-SET-90).
pub fn settings_in(language: &Arc<Language>, settings: &Arc<Settings>) -> Arc<Settings> {
    type Made = Option<(Arc<Settings>, Vec<(Arc<Language>, Arc<Settings>)>)>;
    static MADE: Mutex<Made> = Mutex::new(None);
    if !language.keys().any(is_message) {
        return settings.clone();
    }
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    if made
        .as_ref()
        .is_none_or(|(of, _)| !Arc::ptr_eq(of, settings))
    {
        *made = Some((settings.clone(), Vec::new()));
    }
    let Some((_, known)) = made.as_mut() else {
        return settings.clone();
    };
    if let Some((_, there)) = known.iter().find(|(of, _)| Arc::ptr_eq(of, language)) {
        return there.clone();
    }
    let fresh = Arc::new(translated(language, settings));
    known.push((language.clone(), fresh.clone()));
    fresh
}

/// Is this the key of a message of identity, or of a text of a login method?
fn is_message(key: &str) -> bool {
    key.starts_with(|c: char| c.is_ascii_uppercase())
}

fn translated(language: &Language, set: &Settings) -> Settings {
    let mut settings = set.clone();
    // Filled in later, by identity (ID-MSG-04).
    let places = identity::provider::VALUES.map(|name| (name, format!("{{{name}}}")));
    let places: Vec<(&'static str, &str)> = places
        .iter()
        .map(|(name, place)| (*name, place.as_str()))
        .collect();
    for message in identity::messages::ALL {
        let name = format!("ASTAKOS_{}_MESSAGE", message.key);
        if set.str(&name).is_empty()
            && let Some(text) = language.own(message.key, &places)
        {
            settings.set(&name, Value::Str(text));
        }
    }
    for (key, _) in identity::provider::words() {
        let (name, general) = (format!("ASTAKOS_{key}"), general(&key));
        if set.get(&name).is_none()
            && set.get(&general).is_none()
            && let Some(text) = language.own(&key, &places)
        {
            settings.set(&name, Value::Str(text));
        }
    }
    settings
}

/// The setting that holds for all login methods, by the key of one's text.
fn general(key: &str) -> String {
    let name = key
        .strip_prefix("AUTH_PROVIDER_")
        .and_then(|rest| rest.split_once('_'));
    let name = name.map(|(_, name)| name);
    let name = name.or_else(|| key.strip_prefix("AUTH_PROVIDERS_"));
    format!("ASTAKOS_AUTH_PROVIDERS_{}", name.unwrap_or(key))
}

#[cfg(test)]
mod tests;
