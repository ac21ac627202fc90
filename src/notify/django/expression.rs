//! Values with their filters, and conditions.

use super::PREFIX;
use crate::filters::FILTERS;
use std::fmt::Write as _;

/// Longest chain of filters or condition.
const LONGEST: usize = 60;

/// Words of a tag: parted by blanks, but not inside quotes.
pub(super) fn words(inner: &str) -> Result<Vec<String>, String> {
    let (mut all, mut word) = (Vec::new(), String::new());
    let mut quote = None;
    let mut escaped = false;
    for c in inner.chars() {
        match quote {
            Some(_) if escaped => escaped = false,
            Some(_) if c == '\\' => escaped = true,
            Some(q) if c == q => quote = None,
            Some(_) => {}
            None if c == '"' || c == '\'' => quote = Some(c),
            None if c.is_whitespace() => {
                if !word.is_empty() {
                    all.push(std::mem::take(&mut word));
                }
                continue;
            }
            None => {}
        }
        word.push(c);
    }
    if quote.is_some() {
        return Err("a quote is not closed".into());
    }
    if !word.is_empty() {
        all.push(word);
    }
    Ok(all)
}

/// Text as a literal of the engine that nothing can be broken out of with.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' | '{' | '}' | '%' | '#' | '\n' | '\r' => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// What a text in quotes says; None for anything else.
pub(super) fn literal_text(word: &str) -> Option<String> {
    let word = word
        .strip_prefix("_(")
        .and_then(|rest| rest.strip_suffix(')'))
        .unwrap_or(word);
    let quote = word.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let inner = word[1..].strip_suffix(quote)?;
    let mut text = String::new();
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => text.push(chars.next()?),
            c if c == quote => return None,
            c => text.push(c),
        }
    }
    Some(text)
}

/// A plain name.
pub(super) fn name(word: &str) -> Result<&str, String> {
    let mut bytes = word.bytes();
    let first = bytes.next().is_some_and(|b| b.is_ascii_alphabetic());
    let rest = bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_');
    match first && rest && word.len() <= 100 {
        true => Ok(word),
        false => Err(format!("'{word}' is no name")),
    }
}

/// A value with its filters: `user.email|default:"nobody"|upper`.
pub(super) fn filtered(text: &str) -> Result<String, String> {
    let mut parts = split(text, '|')?.into_iter();
    let first = parts.next().unwrap_or_default();
    let mut out = operand(first.trim())?;
    for (count, filter) in parts.enumerate() {
        if count >= LONGEST {
            return Err("too many filters".into());
        }
        let pieces = split(filter.trim(), ':')?;
        let (called, argument) = match pieces.as_slice() {
            [called] => (called.trim(), None),
            [called, argument] => (called.trim(), Some(operand(argument.trim())?)),
            _ => return Err(format!("filter '{filter}' takes one argument")),
        };
        let Some((_, arguments)) = FILTERS.iter().find(|(known, _)| *known == called) else {
            return Err(format!("unknown filter '{called}'"));
        };
        if !arguments.contains(&usize::from(argument.is_some())) {
            let wanted = if argument.is_some() { "no" } else { "an" };
            return Err(format!("filter '{called}' takes {wanted} argument"));
        }
        let argument = argument.map(|a| format!("({a})")).unwrap_or_default();
        out = format!("{out}|dj_{called}{argument}");
    }
    Ok(out)
}

/// `text` parted at `at`, but not inside quotes.
fn split(text: &str, at: char) -> Result<Vec<&str>, String> {
    let (mut parts, mut from) = (Vec::new(), 0);
    let (mut quote, mut escaped) = (None, false);
    for (place, c) in text.char_indices() {
        match quote {
            Some(_) if escaped => escaped = false,
            Some(_) if c == '\\' => escaped = true,
            Some(q) if c == q => quote = None,
            Some(_) => {}
            None if c == '"' || c == '\'' => quote = Some(c),
            None if c == at => {
                parts.push(&text[from..place]);
                from = place + c.len_utf8();
            }
            None => {}
        }
    }
    if quote.is_some() {
        return Err("a quote is not closed".into());
    }
    parts.push(&text[from..]);
    Ok(parts)
}

/// A text, a number, or a path like `object.owner.email`.
fn operand(word: &str) -> Result<String, String> {
    if let Some(text) = literal_text(word) {
        return Ok(quoted(&text));
    }
    match word {
        "True" => return Ok("true".into()),
        "False" => return Ok("false".into()),
        "None" => return Ok("none".into()),
        "" => return Err("a value is missing".into()),
        _ => {}
    }
    if let Some(number) = number(word) {
        return Ok(number);
    }
    let mut parts = word.split('.');
    let first = parts.next().unwrap_or_default();
    let mut out = match name(first)? {
        "forloop" => "loop".to_owned(),
        "block" => return Err("only {{ block.super }} is known of a block".into()),
        first => format!("{PREFIX}{first}"),
    };
    let mut deep = 0;
    for part in parts {
        deep += 1;
        let good = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
        if part.is_empty() || part.starts_with('_') || !part.bytes().all(good) || deep > 16 {
            return Err(format!("'{word}' is no value"));
        }
        let part = match (first, part) {
            ("forloop", "counter") => "index",
            ("forloop", "counter0") => "index0",
            ("forloop", "revcounter") => "revindex",
            ("forloop", "revcounter0") => "revindex0",
            (_, part) => part,
        };
        let _ = write!(out, "|dj_get({})", quoted(part));
    }
    Ok(out)
}

fn number(word: &str) -> Option<String> {
    let digits = word.strip_prefix('-').unwrap_or(word);
    let good = digits.len() <= 19
        && digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.ends_with(|c: char| c.is_ascii_digit())
        && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && digits.matches('.').count() <= 1;
    good.then(|| format!("({word})"))
}

/// The condition of an `if`: values between `and or not in == != < > <= >=`.
pub(super) fn condition(words: &[&str]) -> Result<String, String> {
    if words.len() > LONGEST {
        return Err("too long a condition".into());
    }
    let (mut out, mut value_next) = (String::new(), true);
    let mut at = 0;
    while let Some(word) = words.get(at) {
        at += 1;
        let written = match (*word, value_next) {
            ("not", true) => "not".to_owned(),
            ("not", false) if words.get(at) == Some(&"in") => {
                at += 1;
                value_next = true;
                "not in".to_owned()
            }
            ("and" | "or" | "in" | "==" | "!=" | "<" | ">" | "<=" | ">=", false) => {
                value_next = true;
                (*word).to_owned()
            }
            (word, true) => {
                value_next = false;
                format!("({})", filtered(word)?)
            }
            (word, false) => return Err(format!("'{word}' where an operator should be")),
        };
        let parted = if out.is_empty() { "" } else { " " };
        let _ = write!(out, "{parted}{written}");
    }
    match value_next {
        true => Err("a value is missing".into()),
        false => Ok(out),
    }
}
