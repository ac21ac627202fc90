//! One message, and how a line of it looks.

use kernel::{
    Timestamp,
    settings::logging::{Field, Format, Level},
};
use serde_json::{Map, Value};
use std::fmt::Write;

/// One message, free of secrets and of control characters.
#[derive(Clone, Debug)]
pub(super) struct Record {
    pub(super) at: Timestamp,
    pub(super) level: Level,
    pub(super) name: String,
    pub(super) text: String,
    /// Key and value pairs, those of the request first.
    pub(super) fields: Vec<(String, String)>,
    pub(super) code: Code,
    pub(super) thread: String,
}

/// Where in the code it was said.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Code {
    pub(super) module: &'static str,
    pub(super) path: &'static str,
    pub(super) line: u32,
}

impl Record {
    /// Text and fields.
    pub(super) fn message(&self) -> String {
        let mut message = self.text.clone();
        for (key, value) in &self.fields {
            let space = if message.is_empty() { "" } else { " " };
            let _ = write!(message, "{space}{key}={value}");
        }
        message
    }

    /// The value of a field of a format.
    fn value(&self, field: Field, format: &Format, program: &str) -> String {
        let module = self.code.module.rsplit("::").next().unwrap_or_default();
        match field {
            Field::AscTime => self.instant(format.datefmt.as_deref()),
            Field::LevelName => self.level.to_string(),
            Field::LevelNo => self.level.0.to_string(),
            Field::Name => self.name.clone(),
            Field::Message => self.message(),
            Field::Process => std::process::id().to_string(),
            Field::ProcessName => program.to_owned(),
            Field::Thread | Field::ThreadName => self.thread.clone(),
            Field::Module | Field::FuncName => module.to_owned(),
            Field::LineNo => self.code.line.to_string(),
            Field::PathName => self.code.path.to_owned(),
            Field::FileName => {
                let name = self.code.path.rsplit('/').next();
                name.unwrap_or_default().to_owned()
            }
            Field::Created => format!("{:.6}", self.at.as_microsecond() as f64 / 1e6),
            Field::Msecs => self.at.subsec_millisecond().to_string(),
        }
    }

    /// As Python writes it, in the machine's time.
    fn instant(&self, format: Option<&str>) -> String {
        let local = self.at.to_zoned(jiff::tz::TimeZone::system());
        let given = format.and_then(|format| jiff::fmt::strtime::format(format, &local).ok());
        given.unwrap_or_else(|| {
            let millis = self.at.subsec_millisecond().abs();
            format!("{},{millis:03}", local.strftime("%Y-%m-%d %H:%M:%S"))
        })
    }

    /// The line of a format.
    pub(super) fn line(&self, format: &Format, program: &str) -> String {
        format.line(|field| self.value(field, format, program))
    }

    /// `2026-11-25 19:13:48,123 INFO synnefo.api: text key=value`.
    pub(super) fn plain(&self) -> String {
        let at = self.instant(None);
        format!("{at} {} {}", self.level, self.brief())
    }

    /// `synnefo.api: text key=value`.
    pub(super) fn brief(&self) -> String {
        format!("{}: {}", self.name, self.message())
    }

    /// One JSON object.
    pub(super) fn json(&self) -> String {
        let mut object = Map::new();
        let mut put = |key: &str, value: String| {
            object.insert(key.to_owned(), Value::String(value));
        };
        for (key, value) in &self.fields {
            put(key, value.clone());
        }
        put("timestamp", self.at.to_string());
        put("level", self.level.to_string());
        put("name", self.name.clone());
        put("message", self.text.clone());
        Value::Object(object).to_string()
    }
}
