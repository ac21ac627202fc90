//! Looking at all templates of the owner: does each parse and render, and does it say
//! what it must (ID-TPL-03, ID-TPL-04, ID-TPL-05).

use crate::{
    catalogue::{self, KINDS, Kind},
    files::{self, Files, Found, Source, canonical},
    render::{Problem, Templates},
    sample,
};
use std::path::{Path, PathBuf};

/// Something about a template of the owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// It cannot be used; the built-in one is.
    Error(Problem),
    /// It can be used but is not as it should be.
    Warning(Problem),
}

/// How many files of the owner there are that can be templates, and all findings, those of
/// one file once.
pub(crate) fn all(templates: &Templates) -> (usize, Vec<Finding>) {
    let files = templates.files();
    let own = files.all_own();
    let mut findings = Vec::new();
    for (dir, name) in &own {
        look_at(templates, &files, dir, name, &mut findings);
    }
    // Base templates break others: found by rendering what uses them.
    for kind in KINDS {
        for language in files.languages.all() {
            for problem in rendered(templates, &files, kind, language.code()).1 {
                let error = Finding::Error(problem);
                if !findings.contains(&error) {
                    findings.push(error);
                }
            }
        }
    }
    let count = own.iter().filter(|(_, name)| name.ends_with(".txt"));
    (count.count(), findings)
}

fn rendered(
    templates: &Templates,
    files: &Files,
    kind: &Kind,
    language: &str,
) -> (String, Vec<Problem>) {
    let request = sample::request(kind, templates.settings(), language);
    let context = templates.context(Some(kind), files.language(language), &request);
    let name = format!("{}.txt", kind.template);
    templates.text(files.clone(), language, &name, &context)
}

/// One of the languages whose readers get the template from this file; else the file that
/// goes before it, if there is one.
fn reader<'a>(
    files: &Files,
    languages: &[&'a str],
    canonical: &str,
    file: &Path,
) -> Result<&'a str, Option<PathBuf>> {
    let mut better = None;
    for language in languages {
        if let Some(Found {
            source: Source::Own(piece),
            ..
        }) = files.find(language, canonical)
        {
            if piece.file == file {
                return Ok(language);
            }
            better = Some(piece.file);
        }
    }
    Err(better)
}

fn look_at(
    templates: &Templates,
    files: &Files,
    dir: &Path,
    name: &str,
    findings: &mut Vec<Finding>,
) {
    let file = dir.join(name);
    let warning = |message: String| {
        Finding::Warning(Problem {
            file: file.clone(),
            stamp: String::new(),
            line: 0,
            message,
        })
    };
    if name.ends_with(".html") {
        let message = "HTML templates are not supported; pages are changed through branding";
        findings.push(warning(message.to_owned()));
        return;
    }
    // A language itself: see `language-check`.
    if name.starts_with("locale/") && name.ends_with(".ftl") {
        return;
    }
    // A language's directory, or the words for everybody.
    let codes = || files.languages.all().map(|one| one.code());
    let (readers, rest): (Vec<&str>, &str) = match name.split_once('/') {
        Some((first, rest)) if codes().any(|code| code == first) => (vec![first], rest),
        _ => (codes().collect(), name),
    };
    let Some(canonical) = canonical(rest) else {
        findings.push(warning("not a template: ignored".to_owned()));
        return;
    };
    if let Err(problem) = templates.parse(files, &file) {
        findings.push(Finding::Error(problem));
        return;
    }
    let known = catalogue::find(&canonical);
    let Some(kind) = known.filter(|kind| canonical == format!("{}.txt", kind.template)) else {
        if files::built_in(&canonical).is_none() {
            let message = "no message uses it unless another template includes it";
            findings.push(warning(message.to_owned()));
        }
        return;
    };
    let said = match reader(files, &readers, &canonical, &file) {
        Ok(language) => unfit(templates, files, kind, language),
        Err(better) => better.map(|better| {
            let better = better.strip_prefix(dir).unwrap_or(&better);
            format!("not used: {} goes before it", better.display())
        }),
    };
    findings.extend(said.map(warning));
}

/// Why the template of a kind is of no use to readers of a language, if it is of none.
fn unfit(templates: &Templates, files: &Files, kind: &Kind, language: &str) -> Option<String> {
    let (text, problems) = rendered(templates, files, kind, language);
    let lacking = kind.needs_url && problems.is_empty() && !text.contains(sample::LINK);
    lacking.then(|| "does not use {{ url }}: the message is of no use".to_owned())
}
