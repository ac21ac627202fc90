//! Values as text (ID-CLI-13).

use kernel::Timestamp;
use std::{borrow::Cow, fmt::Write};
use wire::admin::Cell;

/// The text of a value: `True`, `None`, `['a', 'b']`, `2026-11-22 11:31:06.5`.
pub(crate) fn shown(cell: &Cell) -> String {
    match cell {
        Cell::None => "None".into(),
        Cell::Bool(true) => "True".into(),
        Cell::Bool(false) => "False".into(),
        Cell::Int(n) => n.to_string(),
        Cell::Float(x) => format!("{x:?}"),
        Cell::Text(text) => text.clone(),
        Cell::Secret(secret) => secret.expose().to_owned(),
        Cell::Time(at) => time(*at),
        Cell::List(cells) => {
            let inner: Vec<String> = cells.iter().map(quoted).collect();
            format!("[{}]", inner.join(", "))
        }
    }
}

/// A value inside a list.
fn quoted(cell: &Cell) -> String {
    match cell {
        Cell::Text(_) | Cell::Secret(_) | Cell::Time(_) => {
            let text = shown(cell).replace('\\', "\\\\").replace('\'', "\\'");
            format!("'{text}'")
        }
        other => shown(other),
    }
}

/// UTC, with microseconds where there are some.
pub(super) fn time(at: Timestamp) -> String {
    let seconds = at.strftime("%Y-%m-%d %H:%M:%S").to_string();
    match at.subsec_nanosecond() / 1000 {
        0 => seconds,
        micros => format!("{seconds}.{micros:06}"),
    }
}

/// The text with control characters and marks that reorder lines written out.
pub(super) fn printable(text: &str) -> Cow<'_, str> {
    if !text.contains(unsafe_on_terminals) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if unsafe_on_terminals(c) && (c as u32) < 256 => {
                let _ = write!(out, "\\x{:02x}", c as u32);
            }
            c if unsafe_on_terminals(c) => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

fn unsafe_on_terminals(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
