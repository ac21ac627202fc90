//! Reading the fields of a record.

use kernel::{Timestamp, quantity::INFINITE};
use serde_json::{Map, Value};

/// A record's fields by name.
pub(super) type Fields = Map<String, Value>;

pub(super) fn number(value: &Value) -> Option<u64> {
    value
        .as_u64()
        .or_else(|| value.as_str().and_then(|text| text.parse().ok()))
}

/// A text that is not empty.
pub(super) fn text(fields: &Fields, name: &str) -> Option<String> {
    let found = fields.get(name).and_then(Value::as_str);
    found.filter(|text| !text.is_empty()).map(str::to_owned)
}

pub(super) fn flag(fields: &Fields, name: &str) -> bool {
    fields.get(name) == Some(&Value::Bool(true))
}

pub(super) fn small(fields: &Fields, name: &str, default: u32) -> u32 {
    let found = fields.get(name).and_then(Value::as_u64);
    found.and_then(|n| u32::try_from(n).ok()).unwrap_or(default)
}

/// What is at least 2^63 − 1 is no limit.
pub(super) fn amount(fields: &Fields, name: &str) -> Option<u64> {
    let value = fields.get(name)?.as_f64()?;
    match value >= INFINITE as f64 {
        true => Some(INFINITE),
        false => fields.get(name)?.as_u64(),
    }
}

/// An instant; without an offset it is UTC, as the original stored it.
pub(super) fn time(fields: &Fields, name: &str) -> Option<Timestamp> {
    let text = text(fields, name)?;
    text.parse()
        .ok()
        .or_else(|| wire::admin::filter::instant(&text))
}
