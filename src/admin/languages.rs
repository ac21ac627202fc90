//! The languages of pages and mails: `language-check`, `language-export`.

use crate::Admin;
use kernel::{Error, Result, Settings};
use std::sync::Arc;
use wire::admin::Report;
use words::{English, Finding, Language, Languages, Place};

/// What others say in English: identity's messages, texts of login methods, mails.
fn english() -> English {
    let messages = identity::messages::ALL.iter();
    let messages = messages.filter(|message| !message.text.is_empty());
    let messages = messages.map(|message| (message.key.to_owned(), message.text.to_owned()));
    let methods = identity::provider::words().into_iter();
    let methods = methods.map(|(key, text)| (key, text.to_owned()));
    English {
        messages: messages.chain(methods).collect(),
        values: identity::provider::VALUES.map(str::to_owned).into(),
        mails: notify::catalogue::english(),
    }
}

fn find(languages: &Languages, code: &str) -> Result<Arc<Language>> {
    let mut all = languages.all();
    let found = all.find(|one| one.code() == code);
    found.cloned().ok_or_else(|| {
        let codes: Vec<&str> = languages.all().map(|one| one.code()).collect();
        let codes = codes.join(", ");
        Error::not_found(format!("There is no language '{code}'. There are: {codes}"))
    })
}

/// Reading and comparing takes a moment: not for a thread that serves.
async fn apart<T: Send + 'static>(
    admin: &Admin,
    look: impl FnOnce(&Settings, &Languages) -> Result<T> + Send + 'static,
) -> Result<T> {
    let settings = admin.settings.now();
    let looked = tokio::task::spawn_blocking(move || look(&settings, &Languages::of(&settings)));
    looked.await.map_err(Error::broken)?
}

fn place(code: &str, place: &Place) -> String {
    match &place.file {
        Some(file) => format!("{}:{}", file.display(), place.above + 1),
        None => code.to_owned(),
    }
}

/// Tells what languages lack, and what is wrong in them.
pub(crate) async fn check(admin: &Admin, code: Option<String>) -> Result<Report> {
    apart(admin, move |settings, languages| {
        let chosen: Vec<Arc<Language>> = match &code {
            Some(code) => vec![find(languages, code)?],
            None => languages.all().cloned().collect(),
        };
        let english = english();
        let (mut errors, mut warnings) = (0, 0);
        let mut report = Report::new();
        for language in &chosen {
            for finding in language.check(&english) {
                let code = language.code();
                report = report.text(match finding {
                    Finding::Error(at, text) => {
                        errors += 1;
                        format!("error: {}: {text}", place(code, &at))
                    }
                    Finding::Warning(at, text) => {
                        warnings += 1;
                        format!("warning: {}: {text}", place(code, &at))
                    }
                });
            }
        }
        report.code = i32::from(errors > 0);
        let names: Vec<String> = chosen
            .iter()
            .map(|one| format!("{} ({})", one.code(), one.name()))
            .collect();
        let (names, dirs) = (names.join(", "), settings.strings("TEMPLATE_DIRS").join(", "));
        Ok(report.note(format!(
            "{names}; own files are looked for in locale/ below {dirs}: {errors} errors, {warnings} warnings"
        )))
    })
    .await
}

/// Prints a language as one whole file.
pub(crate) async fn export(admin: &Admin, code: &str) -> Result<Report> {
    let code = code.to_owned();
    apart(admin, move |_, languages| {
        let language = find(languages, &code)?;
        let file = language.export(&english());
        Ok(Report::new().text(file.trim_end().to_owned()))
    })
    .await
}
