//! Requests made into subject and text (ID-MAIL-05, ID-TPL-01 … ID-TPL-14).
//!
//! Invariant: a request always becomes a message. A file of the owner that cannot be
//! used is reported and left out; the built-in template takes its place.

use crate::{
    catalogue::{self, Audience, Kind},
    django,
    files::{Files, Found, Piece, Source, canonical},
    filters,
};
use kernel::{Settings, Timestamp, mail::MailRequest, settings::Value};
use minijinja::{AutoEscape, Environment, UndefinedBehavior, syntax::SyntaxConfig, value::Serde};
use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    path::{Path, PathBuf},
    sync::Arc,
};
use words::{Language, Languages};

/// Templates that extend or include each other, at most (ID-TPL-14).
const DEEPEST: usize = 16;
/// What a rendering may do (ID-TPL-14).
const FUEL: u64 = 200_000;

/// The template of what administrators write.
pub(crate) const PLAIN: &str = "im/plain_email";

/// A message ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// One line.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// Where an answer goes; empty: to the sender.
    pub reply_to: String,
    /// Language of the text.
    pub language: String,
    /// Files of the owner that could not be used.
    pub problems: Vec<Problem>,
}

/// Why a file of the owner was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file.
    pub file: PathBuf,
    /// Which version of it.
    pub stamp: String,
    /// Line, from 1; 0 when it is about the whole file.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.file.display(), self.message),
            line => write!(f, "{}:{line}: {}", self.file.display(), self.message),
        }
    }
}

/// Why a template could not be rendered: which one, where, what.
struct Failure {
    source: Source,
    line: usize,
    message: String,
}

/// All templates with the settings they may use.
#[derive(Clone)]
pub struct Templates {
    settings: Arc<Settings>,
    now: Timestamp,
}

impl Templates {
    /// The owner's templates over the built-in ones, seeing `settings`.
    pub fn new(settings: Arc<Settings>, now: Timestamp) -> Self {
        Templates { settings, now }
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(crate) fn files(&self) -> Files {
        let dirs = self.settings.strings("TEMPLATE_DIRS");
        Files {
            dirs: dirs.iter().map(PathBuf::from).collect(),
            languages: Languages::of(&self.settings),
            without: BTreeSet::new(),
        }
    }

    /// The language a request is to be written in.
    fn language<'a>(&'a self, kind: Option<&Kind>, request: &'a MailRequest) -> &'a str {
        match kind.map(|kind| kind.audience) {
            Some(Audience::Staff) => self.settings.str("LANGUAGE_CODE"),
            _ => &request.language,
        }
    }

    /// Renders a request. Reads files: not for a thread that serves.
    pub fn render(&self, request: &MailRequest) -> Rendered {
        let kind = catalogue::find(&request.template);
        let language = self.language(kind, request);
        self.render_kind(kind, language, request)
    }

    /// The same in a language of one's choice; in the usual one when it is empty.
    pub(crate) fn render_in(&self, request: &MailRequest, language: &str) -> Rendered {
        let kind = catalogue::find(&request.template);
        let language = match language {
            "" => self.language(kind, request),
            language => language,
        };
        self.render_kind(kind, language, request)
    }

    fn render_kind(&self, kind: Option<&Kind>, language: &str, request: &MailRequest) -> Rendered {
        let name = match kind {
            Some(kind) => format!("{}.txt", kind.template),
            None => canonical(&format!("{}.txt", request.template)).unwrap_or_default(),
        };
        let files = self.files();
        let english = files.languages.english();
        let wanted = files.language(language);
        let language = match files.speaks(wanted, &name) {
            true => wanted.clone(),
            false => english.clone(),
        };
        let context = self.context(kind, &language, request);
        let (text, problems) = match whole(kind, request) {
            Some(text) => (text, Vec::new()),
            None => self.text(files, language.code(), &name, &context),
        };
        let replies = kind.is_some_and(|kind| kind.reply_to_user);
        let email = request
            .context
            .get("user")
            .and_then(|user| user.get("email"));
        let reply_to = email.and_then(|email| email.as_str()).filter(|_| replies);
        // Who writes to somebody may want the answers (ID-ADU-44).
        let sender = request.context.get("sender").and_then(|to| to.as_str());
        let reply_to = sender.or(reply_to);
        Rendered {
            subject: self.subject(kind, &language, request),
            text,
            reply_to: one_line(reply_to.unwrap_or_default()),
            language: language.code().to_owned(),
            problems,
        }
    }

    /// Does a file of the owner parse?
    pub(crate) fn parse(&self, files: &Files, file: &Path) -> Result<(), Problem> {
        let Some(Found {
            source: Source::Own(piece),
            text,
        }) = files.own(file.to_owned())
        else {
            return Ok(());
        };
        let problem = |line, message| problem(piece.clone(), line, message);
        let text = text.map_err(|message| problem(0, message))?;
        let translated = django::translate(&text);
        let translated = translated.map_err(|wrong| problem(wrong.line, wrong.message))?;
        let parsed = self
            .environment()
            .add_template_owned("it.txt", translated.source);
        parsed.map_err(|error| problem(error.line().unwrap_or(0), in_words(&error)))
    }

    /// The text of a template, without the files that cannot be used.
    pub(crate) fn text(
        &self,
        mut files: Files,
        language: &str,
        name: &str,
        context: &Context,
    ) -> (String, Vec<Problem>) {
        let mut problems = Vec::new();
        loop {
            let failure = match self.attempt(&files, language, name, context) {
                Ok(text) => return (text, problems),
                Err(failure) => failure,
            };
            match failure.source {
                Source::Own(piece)
                    if files
                        .without
                        .insert((piece.file.clone(), piece.mail.clone())) =>
                {
                    let problem = problem(piece, failure.line, failure.message);
                    tracing::error!(target: "synnefo::mail", "template {problem}; the built-in one is used");
                    problems.push(problem);
                    // However many there are, an end is in sight.
                    if problems.len() > DEEPEST {
                        files.forget_own();
                    }
                }
                _ if !files.dirs.is_empty() => files.forget_own(),
                _ => {
                    tracing::error!(target: "synnefo::mail", "built-in template {name}:{}: {}", failure.line, failure.message);
                    let plain = name.strip_suffix(".txt").unwrap_or(name);
                    let text = format!(
                        "The text of this message ({plain}) could not be made. Please tell the \
                         administrators.\n"
                    );
                    return (text, problems);
                }
            }
        }
    }

    fn attempt(
        &self,
        files: &Files,
        language: &str,
        name: &str,
        context: &Context,
    ) -> Result<String, Failure> {
        let mut loaded = Loaded {
            files,
            language,
            templates: BTreeMap::new(),
        };
        loaded.load(name, &mut Vec::new())?;
        let mut environment = self.environment();
        let sources: BTreeMap<&String, &Source> =
            loaded.templates.iter().map(|(n, (s, _))| (n, s)).collect();
        let failed = |error: minijinja::Error| {
            let at = error.name().unwrap_or(name).to_owned();
            let there = sources.get(&at).or_else(|| sources.get(&name.to_owned()));
            let own = |source: &&&Source| matches!(source, Source::Own(_));
            let message = in_words(&error);
            // By themselves ours are good: what was put around them is not.
            let (source, line) = match (there, sources.values().find(own)) {
                (Some(Source::Own(_)), _) | (_, None) => (there, error.line().unwrap_or(0)),
                (_, around) => (around, 0),
            };
            Failure {
                source: source.map_or(Source::BuiltIn, |source| (*source).clone()),
                line,
                message,
            }
        };
        for (name, (_, text)) in &loaded.templates {
            let added = environment.add_template_owned(name.clone(), text.clone());
            added.map_err(&failed)?;
        }
        let mut out = Bounded(Vec::new());
        let template = environment.get_template(name).map_err(&failed)?;
        let values: BTreeMap<String, minijinja::Value> = context
            .iter()
            .map(|(name, value)| (format!("{}{name}", django::PREFIX), value.clone()))
            .collect();
        template
            .render_captured_to(values, &mut out)
            .map_err(&failed)?;
        Ok(String::from_utf8_lossy(&out.0).into_owned())
    }

    fn environment(&self) -> Environment<'static> {
        let mut environment = Environment::empty();
        environment.set_undefined_behavior(UndefinedBehavior::Chainable);
        environment.set_auto_escape_callback(|name| match name.ends_with(".html") {
            true => AutoEscape::Html,
            false => AutoEscape::None,
        });
        environment.set_fuel(Some(FUEL));
        environment.set_recursion_limit(200);
        match SyntaxConfig::builder().keep_trailing_newline(true).build() {
            Ok(syntax) => environment.set_syntax(syntax),
            Err(error) => tracing::error!(target: "synnefo::mail", "template syntax: {error}"),
        }
        let zone = self.settings.zone();
        filters::install(&mut environment, self.now, &zone, self.settings.base_url());
        environment
    }

    fn subject(&self, kind: Option<&Kind>, language: &Language, request: &MailRequest) -> String {
        let service = self.settings.str("BRANDING_SERVICE_NAME");
        let Some(kind) = kind else {
            return one_line(service);
        };
        let own = format!("ASTAKOS_{}_MESSAGE", kind.subject_key);
        let given = request.context.get("subject").and_then(|s| s.as_str());
        let pattern = match (self.settings.str(&own), given) {
            (_, Some(given))
                if ["im/plain_email", "im/log_record"].contains(&kind.template)
                    && !given.is_empty() =>
            {
                return one_line(given);
            }
            ("", _) => subject_of(language, kind),
            (set, _) => set.to_owned(),
        };
        let filled = fill(
            &pattern.replace("<S>", service),
            &kind.seen(&request.context),
        );
        let prefix = match kind.template {
            "im/template_problem" => self.settings.str("EMAIL_SUBJECT_PREFIX"),
            _ => "",
        };
        one_line(&format!("{prefix}{filled}"))
    }

    /// A message of identity inside a mail, or a text put together of such; None: the
    /// value is something else.
    fn said(&self, language: &Language, value: &serde_json::Value) -> Option<String> {
        if let serde_json::Value::Array(parts) = value {
            let part = |part: &serde_json::Value| self.part(language, part);
            return parts.iter().map(part).collect();
        }
        let (key, text) = (
            value.get("message")?.as_str()?,
            value.get("text")?.as_str()?,
        );
        let values = value.get("values").and_then(|values| values.as_object());
        let values = values.into_iter().flatten();
        let values: Vec<(&str, String)> = values
            .filter_map(|(name, value)| Some((name.as_str(), self.part(language, value)?)))
            .collect();
        let values: Vec<(&str, &str)> = values
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let set = self.settings.str(&format!("ASTAKOS_{key}_MESSAGE"));
        let own = language.own(key, &values).filter(|_| set.is_empty());
        Some(own.unwrap_or_else(|| text.to_owned()))
    }

    /// A text as it is, or a message.
    fn part(&self, language: &Language, value: &serde_json::Value) -> Option<String> {
        match value.as_str() {
            Some(text) => Some(text.to_owned()),
            None => self.said(language, value),
        }
    }

    /// What a template sees: the settings of branding and the values of its kind.
    pub(crate) fn context(
        &self,
        kind: Option<&Kind>,
        language: &Language,
        request: &MailRequest,
    ) -> Context {
        let mut context = Context::new();
        for (name, value) in self.settings.starting_with("BRANDING_") {
            context.insert(name.to_owned(), plain(value));
        }
        let year = self.now.to_zoned(self.settings.zone()).year();
        let copyright = self.settings.copyright(year);
        context.insert("BRANDING_COPYRIGHT_MESSAGE".into(), copyright.into());
        let support = self.settings.str("CONTACT_EMAIL");
        context.insert("support".into(), support.into());
        context.insert("baseurl".into(), self.settings.base_url().into());
        let mut given = request.context.clone();
        for value in given.values_mut() {
            if let Some(said) = self.said(language, value) {
                *value = said.into();
            }
        }
        let seen = kind.map(|kind| kind.seen(&given));
        for (name, value) in seen.unwrap_or_default() {
            context.insert(name, Serde(value).into());
        }
        context
    }
}

/// The text of a message that somebody wrote from beginning to end, the template having
/// been what they began with (ID-ADU-44).
fn whole(kind: Option<&Kind>, request: &MailRequest) -> Option<String> {
    let given = |name: &str| request.context.get(name);
    let plain = kind.is_some_and(|kind| kind.template == PLAIN);
    let whole = given("whole").and_then(serde_json::Value::as_bool);
    let text = given("text")?
        .as_str()
        .filter(|_| plain && whole == Some(true));
    text.map(|text| format!("{}\n", text.trim_end()))
}

/// Values by name.
pub(crate) type Context = BTreeMap<String, minijinja::Value>;

/// A template with all it extends and includes, translated.
struct Loaded<'a> {
    files: &'a Files,
    language: &'a str,
    templates: BTreeMap<String, (Source, String)>,
}

impl Loaded<'_> {
    fn load(&mut self, name: &str, above: &mut Vec<String>) -> Result<(), Failure> {
        if self.templates.contains_key(name) {
            return Ok(());
        }
        let found = self.files.find(self.language, name);
        let Some(Found { source, text }) = found else {
            return Err(Failure {
                source: Source::BuiltIn,
                line: 0,
                message: format!("no template '{name}'"),
            });
        };
        let failed = |line, message| Failure {
            source: source.clone(),
            line,
            message,
        };
        let text = text.map_err(|message| failed(0, message))?;
        let translated = match django::translate(&text) {
            Ok(translated) => translated,
            Err(wrong) => return Err(failed(wrong.line, wrong.message)),
        };
        above.push(name.to_owned());
        for (other, line) in &translated.needs {
            if above.contains(other) || above.len() >= DEEPEST {
                let message = format!("'{other}' is needed by itself, or too deep");
                return Err(failed(*line, message));
            }
            if self.files.find(self.language, other).is_none() {
                return Err(failed(*line, format!("no template '{other}'")));
            }
            self.load(other, above)?;
        }
        above.pop();
        let entry = (source.clone(), translated.source);
        self.templates.insert(name.to_owned(), entry);
        Ok(())
    }
}

/// Takes no more than a template may make.
struct Bounded(Vec<u8>);

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > filters::LARGEST {
            return Err(io::Error::other("the text grows too large"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What is wrong, for the owner of a template.
fn in_words(error: &minijinja::Error) -> String {
    match error.detail() {
        Some(detail) => format!("{}: {detail}", error.kind()),
        None => error.kind().to_string(),
    }
}

/// The subject of a kind in a language, else in English.
fn subject_of(language: &Language, kind: &Kind) -> String {
    let own = language.mail(kind.template);
    let own = own.and_then(|mail| mail.subject.clone());
    own.unwrap_or_else(|| kind.subject.to_owned())
}

/// What is wrong with a piece of the owner's, by the lines of its file.
fn problem(piece: Piece, line: usize, message: String) -> Problem {
    let message = match piece.mail.as_str() {
        "" => message,
        mail => format!("{mail}: {message}"),
    };
    Problem {
        file: piece.file,
        stamp: piece.stamp,
        line: piece.above + line,
        message,
    }
}

/// Fills in `%(name)s`, `%s` and `{0}` (ID-MAIL-05, ID-MAIL-35); a person is their
/// address, what is unknown says nothing.
fn fill(pattern: &str, context: &BTreeMap<String, serde_json::Value>) -> String {
    let text = |value: &serde_json::Value| match value.get("email").unwrap_or(value) {
        serde_json::Value::String(text) => Some(text.clone()),
        serde_json::Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let about = context.get("object").or_else(|| context.get("application"));
    let known = |name: &str| -> Option<String> {
        let field = |value: Option<&serde_json::Value>, name| text(value?.get(name)?);
        match name {
            "user" | "count" => text(context.get(name)?),
            name => field(about, name).or_else(|| field(context.get("user"), name)),
        }
    };
    let name = known("name").or_else(|| known("user")).unwrap_or_default();
    let mut out = String::new();
    let mut rest = pattern;
    while let Some(at) = rest.find(['%', '{']) {
        let (before, special) = rest.split_at(at);
        out.push_str(before);
        let (filled, taken) = match special {
            s if s.starts_with("%s") => (name.clone(), 2),
            s if s.starts_with("{0}") => (name.clone(), 3),
            s if s.starts_with("%%") => ("%".into(), 2),
            s if s.starts_with("%(") => match s[2..].find(")s") {
                Some(end) => (known(&s[2..2 + end]).unwrap_or_default(), end + 4),
                None => ("%".into(), 1),
            },
            s => (s[..1].to_owned(), 1),
        };
        out.push_str(&filled);
        rest = &special[taken..];
    }
    out.push_str(rest);
    out
}

fn plain(value: &Value) -> minijinja::Value {
    match value {
        Value::None => ().into(),
        Value::Bool(on) => (*on).into(),
        Value::Int(n) => (*n).into(),
        Value::Float(x) => (*x).into(),
        Value::Str(text) => text.clone().into(),
        Value::List(_) | Value::Dict(_) => String::new().into(),
    }
}

/// Nothing a header could be broken out of with (ID-SEC-32), and no longer than a
/// header should be.
pub(crate) fn one_line(text: &str) -> String {
    let parts: Vec<&str> = text
        .split(|c: char| c.is_control() || c == '\u{2028}' || c == '\u{2029}')
        .filter(|part| !part.is_empty())
        .collect();
    parts.join(" ").trim().chars().take(300).collect()
}
