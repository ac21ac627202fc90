//! The filters and functions of templates (ID-TPL-11, ID-TPL-12), as the template
//! engine calls them.
//!
//! Invariants: none fails but by asking for too much; none makes more than
//! [`LARGEST`] bytes.

use crate::dates;
use jiff::tz::TimeZone;
use kernel::Timestamp;
use minijinja::{
    AutoEscape, Environment, Error, ErrorKind, Output, State, Value,
    value::{Kwargs, ValueKind},
};
use std::sync::Arc;

/// Largest text that a template makes, bytes (ID-TPL-14).
pub(crate) const LARGEST: usize = 1 << 20;

/// Filters by name, with how many arguments they take.
pub(crate) const FILTERS: &[(&str, &[usize])] = &[
    ("upper", &[0]),
    ("lower", &[0]),
    ("title", &[0]),
    ("capfirst", &[0]),
    ("default", &[1]),
    ("default_if_none", &[1]),
    ("date", &[0, 1]),
    ("safe", &[0]),
    ("escape", &[0]),
    ("truncatechars", &[1]),
    ("length", &[0]),
    ("join", &[1]),
    ("pluralize", &[0, 1]),
    ("yesno", &[0, 1]),
    ("linebreaksbr", &[0]),
    ("urlencode", &[0, 1]),
    ("timesince", &[0, 1]),
    ("timeuntil", &[0, 1]),
    ("format_inf", &[0]),
    ("inf_display", &[0]),
];

/// Names that `{% url %}` knows, with their place below the base address.
pub(crate) const PAGES: &[(&str, &str)] = &[
    ("index", "/ui/"),
    ("login", "/ui/login"),
    ("edit_profile", "/ui/profile"),
    ("project_list", "/ui/projects/"),
];

/// What stands for no limit.
const INFINITE: i64 = i64::MAX;

/// Puts them into an environment, as of `now` in `zone`, below the path of `base`.
pub(crate) fn install(
    environment: &mut Environment<'_>,
    now: Timestamp,
    zone: &TimeZone,
    base: &str,
) {
    let at = now.to_zoned(zone.clone());
    let path = base.split_once("://").map_or(base, |(_, rest)| rest);
    let path: Arc<str> = path.find('/').map_or("", |at| &path[at..]).into();
    environment.set_formatter(write);
    texts(environment);
    values(environment, zone);
    let now = at.clone();
    environment.add_filter("dj_timesince", move |v: &Value, from: Option<Value>| {
        between(Some(v), from.as_ref(), &now, false)
    });
    let now = at.clone();
    environment.add_filter("dj_timeuntil", move |v: &Value, from: Option<Value>| {
        between(Some(v), from.as_ref(), &now, true)
    });
    environment.add_function("dj_now", move |letters: &str| dates::format(&at, letters));
    environment.add_function("dj_url", move |page: &str| {
        let known = PAGES.iter().find(|(name, _)| *name == page);
        known
            .map(|(_, place)| format!("{path}{place}"))
            .unwrap_or_default()
    });
}

/// What a value says in text.
pub(crate) fn words(value: &Value) -> String {
    match value.kind() {
        ValueKind::Undefined | ValueKind::None => String::new(),
        ValueKind::Bool if value.is_true() => "True".into(),
        ValueKind::Bool => "False".into(),
        ValueKind::Map => String::new(),
        ValueKind::Seq | ValueKind::Iterable => {
            let items = value.try_iter().into_iter().flatten().take(1000);
            items
                .map(|item| words(&item))
                .collect::<Vec<_>>()
                .join(", ")
        }
        _ => value.to_string(),
    }
}

/// Writes a value into a text, escaped where the text is HTML.
pub(crate) fn write(
    out: &mut Output<'_>,
    state: &mut State<'_, '_>,
    value: &Value,
) -> Result<(), Error> {
    let text = words(value);
    let html = matches!(state.auto_escape(), AutoEscape::Html) && !value.is_safe();
    let text = if html { escaped(&text) } else { text };
    out.write_str(&text).map_err(Error::from)
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#x27;"),
            c => out.push(c),
        }
    }
    out
}

/// A text unless it is too large.
fn bounded(text: String) -> Result<String, Error> {
    match text.len() <= LARGEST {
        true => Ok(text),
        false => Err(Error::new(
            ErrorKind::InvalidOperation,
            "the text grows too large",
        )),
    }
}

fn texts(environment: &mut Environment<'_>) {
    environment.add_filter("dj_upper", |v: &Value| bounded(words(v).to_uppercase()));
    environment.add_filter("dj_lower", |v: &Value| bounded(words(v).to_lowercase()));
    environment.add_filter("dj_title", |v: &Value| bounded(title(&words(v))));
    environment.add_filter("dj_capfirst", |v: &Value| bounded(capfirst(&words(v))));
    environment.add_filter("dj_safe", |v: &Value| Value::from_safe_string(words(v)));
    environment.add_filter("dj_escape", |v: &Value| {
        let text = if v.is_safe() {
            words(v)
        } else {
            escaped(&words(v))
        };
        bounded(text).map(Value::from_safe_string)
    });
    environment.add_filter("dj_linebreaksbr", |state: &State, v: &Value| {
        let html = matches!(state.auto_escape(), AutoEscape::Html) && !v.is_safe();
        let text = if html { escaped(&words(v)) } else { words(v) };
        bounded(text.replace("\r\n", "\n").replace('\n', "<br />")).map(Value::from_safe_string)
    });
    environment.add_filter("dj_urlencode", |v: &Value, kept: Option<String>| {
        bounded(urlencode(&words(v), kept.as_deref().unwrap_or("/")))
    });
    environment.add_filter("dj_truncatechars", |v: &Value, most: &Value| {
        truncated(&words(v), most)
    });
    environment.add_filter("dj_spaceless", |text: &str, _: Kwargs| {
        Value::from_safe_string(spaceless(text))
    });
}

fn values(environment: &mut Environment<'_>, zone: &TimeZone) {
    let zone = zone.clone();
    environment.add_filter("dj_get", get);
    environment.add_filter("dj_each", each);
    environment.add_filter("dj_default", |v: &Value, other: &Value| {
        if v.is_true() {
            v.clone()
        } else {
            other.clone()
        }
    });
    environment.add_filter("dj_default_if_none", |v: &Value, other: &Value| {
        if v.is_none() {
            other.clone()
        } else {
            v.clone()
        }
    });
    environment.add_filter("dj_length", |v: &Value| match v.as_str() {
        Some(text) => text.chars().count(),
        None => v.len().unwrap_or(0),
    });
    environment.add_filter("dj_join", |v: &Value, between: &Value| {
        let items = v.try_iter().into_iter().flatten().take(10_000);
        let items: Vec<String> = items.map(|item| words(&item)).collect();
        let between = words(between);
        let size = items.iter().map(String::len).sum::<usize>() + between.len() * items.len();
        match size <= LARGEST {
            true => bounded(items.join(&between)),
            false => bounded(" ".repeat(LARGEST + 1)),
        }
    });
    environment.add_filter("dj_pluralize", |v: &Value, forms: Option<String>| {
        pluralize(v, forms.as_deref().unwrap_or("s"))
    });
    environment.add_filter("dj_yesno", |v: &Value, forms: Option<String>| {
        yesno(v, forms.as_deref().unwrap_or("yes,no,maybe"))
    });
    environment.add_filter("dj_date", move |v: &Value, letters: Option<String>| {
        let letters = letters.unwrap_or_else(|| "N j, Y".into());
        dates::read_in(&words(v), &zone).map_or(String::new(), |at| dates::format(&at, &letters))
    });
    for name in ["dj_format_inf", "dj_inf_display"] {
        environment.add_filter(name, |v: &Value| match unlimited(v) {
            true => Value::from("Unlimited"),
            false => v.clone(),
        });
    }
}

/// A part of a value: a key, or the place in a list; nothing where there is none.
fn get(value: &Value, part: &str) -> Value {
    if value.is_undefined() || value.is_none() {
        return Value::UNDEFINED;
    }
    let found = value.get_attr(part).unwrap_or(Value::UNDEFINED);
    if !found.is_undefined() {
        return found;
    }
    match (value.kind(), part.parse::<usize>()) {
        (ValueKind::Seq, Ok(place)) => value.get_item_by_index(place).unwrap_or(Value::UNDEFINED),
        (ValueKind::Map, _) if part == "items" => {
            let keys = value.try_iter().into_iter().flatten().take(10_000);
            let pairs = keys.map(|key| {
                let item = value.get_item(&key).unwrap_or(Value::UNDEFINED);
                Value::from(vec![key, item])
            });
            Value::from(pairs.collect::<Vec<_>>())
        }
        _ => Value::UNDEFINED,
    }
}

/// What a loop goes over.
fn each(value: &Value, reversed: bool) -> Vec<Value> {
    let listed = matches!(
        value.kind(),
        ValueKind::Seq | ValueKind::Iterable | ValueKind::Map
    );
    if !listed {
        return Vec::new();
    }
    let mut all: Vec<Value> = value
        .try_iter()
        .into_iter()
        .flatten()
        .take(10_000)
        .collect();
    if reversed {
        all.reverse();
    }
    all
}

fn title(text: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for c in text.chars() {
        match inside {
            true => out.extend(c.to_lowercase()),
            false => out.extend(c.to_uppercase()),
        }
        inside = c.is_alphanumeric() || c == '\'';
    }
    out
}

fn capfirst(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

fn truncated(text: &str, most: &Value) -> String {
    let Ok(most) = usize::try_from(most.clone()) else {
        return text.to_owned();
    };
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{kept}\u{2026}")
}

fn urlencode(text: &str, kept: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        let plain = byte.is_ascii_alphanumeric() || b"_.-~".contains(&byte);
        match plain || byte.is_ascii() && kept.as_bytes().contains(&byte) {
            true => out.push(byte.into()),
            false => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// Without the blanks between tags.
fn spaceless(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.trim();
    while let Some(at) = rest.find('>') {
        let (before, after) = rest.split_at(at + 1);
        out.push_str(before);
        let next = after.trim_start();
        rest = if next.starts_with('<') { next } else { after };
    }
    out.push_str(rest);
    out
}

fn pluralize(value: &Value, forms: &str) -> String {
    let forms: Vec<&str> = forms.split(',').collect();
    let (one, many) = match forms.as_slice() {
        [many] => ("", *many),
        [one, many] => (*one, *many),
        _ => return String::new(),
    };
    let count = match value.kind() {
        ValueKind::Number => f64::try_from(value.clone()).unwrap_or(0.0),
        ValueKind::String => words(value).parse().unwrap_or(0.0),
        _ => value.len().unwrap_or(0) as f64,
    };
    let single = (count - 1.0).abs() < f64::EPSILON;
    if single { one } else { many }.to_owned()
}

fn yesno(value: &Value, forms: &str) -> String {
    let forms: Vec<&str> = forms.split(',').collect();
    let (yes, no, maybe) = match forms.as_slice() {
        [yes, no] => (*yes, *no, *no),
        [yes, no, maybe] => (*yes, *no, *maybe),
        _ => return words(value),
    };
    match (value.is_none(), value.is_true()) {
        (true, _) => maybe,
        (_, true) => yes,
        (_, false) => no,
    }
    .to_owned()
}

fn unlimited(value: &Value) -> bool {
    match value.kind() {
        ValueKind::Number => {
            i64::try_from(value.clone()).is_ok_and(|n| n == INFINITE)
                || f64::try_from(value.clone()).is_ok_and(f64::is_infinite)
        }
        ValueKind::String => matches!(
            value.as_str(),
            Some("inf" | "Infinite" | "9223372036854775807")
        ),
        _ => false,
    }
}

fn between(value: Option<&Value>, from: Option<&Value>, now: &jiff::Zoned, ahead: bool) -> String {
    let Some(at) = value.and_then(|value| dates::read(&words(value))) else {
        return String::new();
    };
    let from = from.and_then(|value| dates::read(&words(value)));
    let from = from.as_ref().unwrap_or(now);
    match ahead {
        true => dates::between(from, &at),
        false => dates::between(&at, from),
    }
}
