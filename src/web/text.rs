//! Texts of the pages by message key and language: one file `templates/locale/<code>.ftl`
//! for each language, read once. Adding a language is adding a file.
//!
//! Invariants: the language of the page that is being drawn belongs to the task
//! ([`speaking`]), so no view carries it; a key that a language lacks is said in
//! English, a key without any text shows as itself, and a test makes sure that there
//! is neither. Lower-case keys are the pages' own; upper-case keys are identity's
//! messages in a language other than English ([`settings_in`]).

use fluent_bundle::{FluentArgs, FluentResource, concurrent::FluentBundle};
use kernel::{Settings, settings::Value};
use rust_embed::RustEmbed;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../templates/locale"]
struct Files;

type Bundle = FluentBundle<FluentResource>;

/// Names in identity's messages that are filled in later, in braces (ID-MSG-04).
const BRACES: [&str; 9] = [
    "available_methods_links",
    "method_prompt",
    "profile_url",
    "provider",
    "resend_activation_url",
    "service_name",
    "title",
    "user_email",
    "username",
];

/// A language and its texts.
struct Catalogue {
    code: String,
    name: String,
    bundle: Bundle,
}

impl Catalogue {
    fn read(code: &str, source: String) -> Self {
        let mut bundle = FluentBundle::new_concurrent(vec![code.parse().unwrap_or_default()]);
        bundle.set_use_isolating(false);
        let resource = match FluentResource::try_new(source) {
            Ok(resource) => resource,
            // What could be read is better than nothing; a test refuses errors.
            Err((resource, _)) => resource,
        };
        bundle.add_resource_overriding(resource);
        let name = format(&bundle, "language-name", &FluentArgs::new());
        Catalogue {
            code: code.to_owned(),
            name: name.unwrap_or_else(|| code.to_owned()),
            bundle,
        }
    }
}

/// All languages, English first, then by code.
fn catalogues() -> &'static [Catalogue] {
    static ALL: OnceLock<Vec<Catalogue>> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut names: Vec<String> = Files::iter().map(std::borrow::Cow::into_owned).collect();
        names.sort_by_key(|name| (name != "en.ftl", name.clone()));
        let read = names.iter().filter_map(|name| {
            let source = String::from_utf8(Files::get(name)?.data.into_owned()).ok()?;
            Some(Catalogue::read(name.strip_suffix(".ftl")?, source))
        });
        read.collect()
    })
}

/// A language there are texts in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Language(usize);

impl Language {
    /// The language of a code as `el`, `el-GR` or `en_us`.
    pub fn named(code: &str) -> Option<Self> {
        let base = code.split(['-', '_']).next()?.trim();
        let at = catalogues()
            .iter()
            .position(|one| one.code.eq_ignore_ascii_case(base));
        at.map(Language)
    }

    /// The best language for an `Accept-Language` header.
    pub fn accepted(header: &str) -> Option<Self> {
        let wish = |part: &str| {
            let (code, weight) = part.split_once(';').unwrap_or((part, "q=1"));
            let weight = weight.trim().strip_prefix("q=")?.trim().parse::<f32>();
            let language = Language::named(code.trim())?;
            Some((language, weight.ok().filter(|weight| *weight > 0.0)?))
        };
        let mut best: Option<(Language, f32)> = None;
        for (language, weight) in header.split(',').take(32).filter_map(wish) {
            if best.is_none_or(|(_, so_far)| weight > so_far) {
                best = Some((language, weight));
            }
        }
        best.map(|(language, _)| language)
    }

    /// All languages, with their names in themselves.
    pub fn all() -> impl Iterator<Item = (Self, &'static str)> {
        let named = catalogues().iter().enumerate();
        named.map(|(at, one)| (Language(at), one.name.as_str()))
    }

    /// The code, as `lang` attributes want it.
    pub fn code(self) -> &'static str {
        catalogues()
            .get(self.0)
            .map_or("en", |one| one.code.as_str())
    }
}

tokio::task_local! {
    static SPOKEN: Language;
}

/// Runs what draws a page, in a language.
pub async fn speaking<F: Future>(language: Language, drawing: F) -> F::Output {
    SPOKEN.scope(language, drawing).await
}

/// The language of the page that is being drawn; English outside of one.
pub fn spoken() -> Language {
    SPOKEN.try_with(|language| *language).unwrap_or_default()
}

fn format(bundle: &Bundle, key: &str, arguments: &FluentArgs<'_>) -> Option<String> {
    let pattern = bundle.get_message(key)?.value()?;
    let mut wrong = Vec::new();
    let text = bundle.format_pattern(pattern, Some(arguments), &mut wrong);
    Some(text.into_owned())
}

/// Is there a text for this key?
pub fn known(key: &str) -> bool {
    let mut all = catalogues().iter();
    all.next().is_some_and(|one| one.bundle.has_message(key))
}

/// The text of a key.
pub fn text(key: &str) -> String {
    with(key, &[])
}

/// The text of a key with named values filled in.
pub fn with(key: &str, values: &[(&'static str, &str)]) -> String {
    let mut arguments = FluentArgs::new();
    for (name, value) in values {
        // A count chooses between forms ("1 hour", "2 hours"), so it is a number there.
        match value.parse::<i64>() {
            Ok(count) if *name == "n" => arguments.set(*name, count),
            _ => arguments.set(*name, *value),
        }
    }
    let all = catalogues();
    let own = all.get(spoken().0).into_iter();
    let mut said = own
        .chain(all.first())
        .filter_map(|one| format(&one.bundle, key, &arguments));
    said.next().unwrap_or_else(|| key.to_owned())
}

/// The settings as a reader of this language meets them: identity's messages are in
/// the language, except where the administrator set them (ID-SET-90).
pub fn settings_in(language: Language, settings: &Arc<Settings>) -> Arc<Settings> {
    type Made = Option<(Arc<Settings>, Vec<(Language, Arc<Settings>)>)>;
    static MADE: Mutex<Made> = Mutex::new(None);
    if language == Language::default() {
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
    if let Some((_, there)) = known.iter().find(|(of, _)| *of == language) {
        return there.clone();
    }
    let fresh = Arc::new(translated(language, settings));
    known.push((language, fresh.clone()));
    fresh
}

fn translated(language: Language, settings: &Settings) -> Settings {
    let mut settings = settings.clone();
    let Some(own) = catalogues().get(language.0) else {
        return settings;
    };
    let mut arguments = FluentArgs::new();
    for name in BRACES {
        arguments.set(name, format!("{{{name}}}"));
    }
    for message in identity::messages::ALL {
        let name = format!("ASTAKOS_{}_MESSAGE", message.key);
        if let Some(text) = format(&own.bundle, message.key, &arguments)
            && settings.str(&name).is_empty()
        {
            settings.set(&name, Value::Str(text));
        }
    }
    settings
}

#[cfg(test)]
mod tests;
