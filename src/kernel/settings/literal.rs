//! Python literals, read and written: what stands right of `=` in the guide's
//! settings files. Nothing is ever evaluated.
//!
//! Invariants: no input makes the reader panic, loop or recurse deeper than
//! [`MAX_DEPTH`]; `parse(value.to_literal())` gives the value back.

use super::Value;
use std::fmt::Write as _;

/// Deepest nesting of brackets.
pub const MAX_DEPTH: usize = 32;
/// Longest text read.
pub const MAX_SIZE: usize = 1 << 20;

/// What is wrong, and on which line of the text (from 1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// Line.
    pub line: usize,
    /// What.
    pub message: String,
    /// The setting whose value it is in, where it is in one.
    pub name: Option<String>,
}

type Read<T> = Result<T, SyntaxError>;

/// Reads one literal with nothing but blanks and comments around it.
pub fn parse(text: &str) -> Read<Value> {
    let mut reader = Reader::new(text)?;
    reader.blanks(true)?;
    let value = reader.value(0)?;
    reader.blanks(true)?;
    match reader.peek() {
        None => Ok(value),
        Some(c) => Err(reader.unexpected(c)),
    }
}

/// `NAME = literal` of a settings file.
#[derive(Clone, Debug, PartialEq)]
pub struct Assignment {
    /// The name.
    pub name: String,
    /// The value.
    pub value: Value,
    /// The line it starts on.
    pub line: usize,
}

/// Reads a settings file.
pub fn assignments(text: &str) -> Read<Vec<Assignment>> {
    let mut reader = Reader::new(text.strip_prefix('\u{feff}').unwrap_or(text))?;
    let mut found = Vec::new();
    loop {
        reader.blanks(true)?;
        if reader.peek().is_none() {
            return Ok(found);
        }
        let line = reader.line;
        let name = reader.name()?;
        reader.blanks(false)?;
        if !reader.eat('=') || reader.peek() == Some('=') {
            return Err(reader.error_at(line, format!("expected '=' and a value after '{name}'")));
        }
        match reader.assigned() {
            Ok(value) => found.push(Assignment { name, value, line }),
            Err(error) => {
                return Err(SyntaxError {
                    name: Some(name),
                    ..error
                });
            }
        }
    }
}

struct Reader<'a> {
    rest: std::str::Chars<'a>,
    line: usize,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Read<Self> {
        if text.len() > MAX_SIZE {
            return Err(SyntaxError {
                line: 1,
                message: format!("longer than {MAX_SIZE} bytes"),
                name: None,
            });
        }
        Ok(Reader {
            rest: text.chars(),
            line: 1,
        })
    }

    fn peek(&self) -> Option<char> {
        self.rest.clone().next()
    }

    fn starts_with(&self, text: &str) -> bool {
        self.rest.as_str().starts_with(text)
    }

    fn next(&mut self) -> Option<char> {
        let c = self.rest.next()?;
        if c == '\n' {
            self.line += 1;
        }
        Some(c)
    }

    fn eat(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.next();
        }
        found
    }

    fn error(&self, message: impl Into<String>) -> SyntaxError {
        self.error_at(self.line, message)
    }

    fn error_at(&self, line: usize, message: impl Into<String>) -> SyntaxError {
        SyntaxError {
            line,
            message: message.into(),
            name: None,
        }
    }

    fn unexpected(&self, c: char) -> SyntaxError {
        let found = match c {
            '\n' => "the end of the line".to_owned(),
            c => format!("'{}'", c.escape_default()),
        };
        let hint = match c {
            '+' | '-' | '*' | '/' | '%' | '.' | '[' | '(' => {
                "; settings are plain values and never evaluated"
            }
            _ => "",
        };
        self.error(format!("unexpected {found}{hint}"))
    }

    /// Skips blanks and continued lines; with `lines` also line ends and comments.
    fn blanks(&mut self, lines: bool) -> Read<()> {
        loop {
            match self.peek() {
                Some(' ' | '\t' | '\r' | '\u{c}') => {
                    self.next();
                }
                Some('\n') if lines => {
                    self.next();
                }
                Some('#') if lines => self.comment(),
                Some('\\') => {
                    self.next();
                    self.eat('\r');
                    if !self.eat('\n') {
                        return Err(self.error("a backslash must be the last thing on its line"));
                    }
                }
                _ => return Ok(()),
            }
        }
    }

    fn comment(&mut self) {
        while self.peek().is_some_and(|c| c != '\n') {
            self.next();
        }
    }

    fn end_of_line(&mut self) -> Read<()> {
        self.blanks(false)?;
        match self.peek() {
            None | Some('\n') => Ok(()),
            Some('#') => {
                self.comment();
                Ok(())
            }
            Some(c) => Err(self.unexpected(c)),
        }
    }

    fn word(&mut self) -> String {
        let mut word = String::new();
        while let Some(c) = self.peek().filter(|c| c.is_alphanumeric() || *c == '_') {
            word.push(c);
            self.next();
        }
        word
    }

    fn name(&mut self) -> Read<String> {
        match self.peek() {
            Some(c) if c.is_ascii_alphabetic() || c == '_' => {
                let name = self.word();
                if name.is_ascii() {
                    Ok(name)
                } else {
                    Err(self.error("a setting's name has only letters, digits and '_'"))
                }
            }
            Some(c) => Err(self.error(format!(
                "expected NAME = value, found '{}'",
                c.escape_default()
            ))),
            None => Err(self.error("expected NAME = value")),
        }
    }

    fn value(&mut self, depth: usize) -> Read<Value> {
        if depth > MAX_DEPTH {
            return Err(self.error(format!("nested deeper than {MAX_DEPTH} brackets")));
        }
        match self.peek() {
            Some('[') => self.sequence(']', depth),
            Some('(') => self.sequence(')', depth),
            Some('{') => self.braces(depth),
            Some('\'' | '"') => self.strings(depth),
            Some(c) if c.is_ascii_digit() || matches!(c, '+' | '-' | '.') => self.number(),
            Some(c) if c.is_alphabetic() || c == '_' => self.keyword_or_string(depth),
            Some('\n' | '#') | None => Err(self.error("the value is missing")),
            Some(c) => Err(self.unexpected(c)),
        }
    }

    fn keyword_or_string(&mut self, depth: usize) -> Read<Value> {
        let text = self.rest.as_str();
        let prefix: String = text.chars().take_while(char::is_ascii_alphabetic).collect();
        let quoted = text[prefix.len()..].starts_with(['\'', '"']);
        if quoted && string_prefix(&prefix).is_some() {
            return self.strings(depth);
        }
        let word = self.word();
        match word.as_str() {
            "True" => Ok(Value::Bool(true)),
            "False" => Ok(Value::Bool(false)),
            "None" => Ok(Value::None),
            _ => Err(self.error(format!(
                "'{word}' is not a value; write text in quotes, or True, False, None"
            ))),
        }
    }

    /// All that stands right of `=`.
    fn assigned(&mut self) -> Read<Value> {
        self.blanks(false)?;
        let mut value = self.value(0)?;
        self.blanks(false)?;
        if self.peek() == Some(',') {
            value = self.bare_tuple(value)?;
        }
        self.end_of_line()?;
        Ok(value)
    }

    /// `[…]`, `(…)`: the opening bracket is next.
    fn sequence(&mut self, close: char, depth: usize) -> Read<Value> {
        let opened = self.line;
        self.next();
        let mut items = Vec::new();
        let mut comma = false;
        loop {
            self.blanks(true)?;
            if self.eat(close) {
                break;
            }
            if !items.is_empty() && !comma {
                return Err(self.missing(close, opened));
            }
            items.push(self.item(depth, close, opened)?);
            self.blanks(true)?;
            comma = self.eat(',');
        }
        match (close, items.len(), comma) {
            (')', 1, false) => Ok(items.remove(0)),
            _ => Ok(Value::List(items)),
        }
    }

    fn item(&mut self, depth: usize, close: char, opened: usize) -> Read<Value> {
        match self.peek() {
            None => Err(self.missing(close, opened)),
            Some(_) => self.value(depth + 1),
        }
    }

    fn missing(&self, close: char, opened: usize) -> SyntaxError {
        match self.peek() {
            None => self.error_at(opened, format!("the bracket is never closed by '{close}'")),
            Some(c) => self.error(format!(
                "expected ',' or '{close}', found '{}'",
                c.escape_default()
            )),
        }
    }

    /// A dictionary or a set: the opening brace is next.
    fn braces(&mut self, depth: usize) -> Read<Value> {
        let opened = self.line;
        self.next();
        let mut pairs: Vec<(Value, Value)> = Vec::new();
        let mut items = Vec::new();
        let mut comma = true;
        loop {
            self.blanks(true)?;
            if self.eat('}') {
                break;
            }
            if !comma {
                return Err(self.missing('}', opened));
            }
            let key = self.item(depth, '}', opened)?;
            self.blanks(true)?;
            if items.is_empty() && self.eat(':') {
                self.blanks(true)?;
                let value = self.item(depth, '}', opened)?;
                match pairs.iter_mut().find(|(k, _)| *k == key) {
                    Some(pair) => pair.1 = value,
                    None => pairs.push((key, value)),
                }
            } else if pairs.is_empty() {
                items.push(key);
            } else {
                return Err(self.error("expected ':' after the key"));
            }
            self.blanks(true)?;
            comma = self.eat(',');
        }
        Ok(match items.is_empty() {
            true => Value::Dict(pairs),
            false => Value::List(items),
        })
    }

    /// `first, second …` without brackets; a comma is next.
    fn bare_tuple(&mut self, first: Value) -> Read<Value> {
        let mut items = vec![first];
        while self.eat(',') {
            self.blanks(false)?;
            if matches!(self.peek(), None | Some('\n' | '#')) {
                break;
            }
            items.push(self.value(0)?);
            self.blanks(false)?;
        }
        Ok(Value::List(items))
    }

    fn number(&mut self) -> Read<Value> {
        let mut text = String::new();
        while let Some(c) = self.peek() {
            let exponent = text.ends_with(['e', 'E']) && !text.contains(['x', 'X']);
            let sign = matches!(c, '+' | '-') && (text.is_empty() || exponent);
            if !(sign || c.is_ascii_alphanumeric() || matches!(c, '_' | '.')) {
                break;
            }
            text.push(c);
            self.next();
        }
        let value = number(&text);
        value.ok_or_else(|| self.error(format!("'{text}' is not a number that can be kept")))
    }

    /// Adjacent strings, joined; inside brackets they may stand on lines of their own.
    fn strings(&mut self, depth: usize) -> Read<Value> {
        let mut text = String::new();
        loop {
            self.string(&mut text)?;
            let after = self.rest.clone();
            let line = self.line;
            self.blanks(depth > 0)?;
            let rest = self.rest.as_str();
            let prefix: String = rest.chars().take_while(char::is_ascii_alphabetic).collect();
            let quoted = rest[prefix.len()..].starts_with(['\'', '"']);
            if !quoted || string_prefix(&prefix).is_none() {
                self.rest = after;
                self.line = line;
                return Ok(Value::Str(text));
            }
        }
    }

    fn string(&mut self, into: &mut String) -> Read<()> {
        let opened = self.line;
        let prefix = self.word();
        let raw = string_prefix(&prefix) == Some(true);
        let quote = self.next().unwrap_or('"');
        let triple = self.starts_with(&format!("{quote}{quote}"));
        if triple {
            self.next();
            self.next();
        }
        let open = || SyntaxError {
            line: opened,
            message: "the string is never closed".into(),
            name: None,
        };
        loop {
            let c = self.peek().ok_or_else(open)?;
            if c == quote && (!triple || self.starts_with(&String::from_iter([quote; 3]))) {
                for _ in 0..if triple { 3 } else { 1 } {
                    self.next();
                }
                return Ok(());
            }
            if c == '\n' && !triple {
                return Err(open());
            }
            self.next();
            match c {
                '\r' if self.peek() == Some('\n') => {}
                '\\' if raw => {
                    into.push('\\');
                    into.extend(self.next());
                }
                '\\' => self.escape(into)?,
                c => into.push(c),
            }
        }
    }

    fn escape(&mut self, into: &mut String) -> Read<()> {
        let c = self
            .next()
            .ok_or_else(|| self.error("the string is never closed"))?;
        match c {
            '\n' => {}
            '\r' => {
                self.eat('\n');
            }
            '\\' | '\'' | '"' => into.push(c),
            'a' => into.push('\u{7}'),
            'b' => into.push('\u{8}'),
            'f' => into.push('\u{c}'),
            'n' => into.push('\n'),
            'r' => into.push('\r'),
            't' => into.push('\t'),
            'v' => into.push('\u{b}'),
            'x' => into.push(self.code(2)?),
            'u' => into.push(self.code(4)?),
            'U' => into.push(self.code(8)?),
            'N' => return Err(self.error("characters by name (\\N) are not supported")),
            '0'..='7' => {
                let mut code = c.to_digit(8).unwrap_or(0);
                for _ in 0..2 {
                    let Some(digit) = self.peek().and_then(|c| c.to_digit(8)) else {
                        break;
                    };
                    code = code * 8 + digit;
                    self.next();
                }
                into.extend(char::from_u32(code));
            }
            other => {
                into.push('\\');
                into.push(other);
            }
        }
        Ok(())
    }

    fn code(&mut self, digits: usize) -> Read<char> {
        let mut code = 0u32;
        for _ in 0..digits {
            let digit = self
                .peek()
                .and_then(|c| c.to_digit(16))
                .ok_or_else(|| self.error("a character escape has too few digits"))?;
            code = code.wrapping_mul(16).wrapping_add(digit);
            self.next();
        }
        char::from_u32(code).ok_or_else(|| self.error("there is no such character"))
    }
}

/// Is this a string prefix, and if so a raw one?
fn string_prefix(prefix: &str) -> Option<bool> {
    match prefix.to_ascii_lowercase().as_str() {
        "" | "u" | "b" => Some(false),
        "r" | "ur" | "br" | "rb" => Some(true),
        _ => None,
    }
}

fn number(text: &str) -> Option<Value> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if digits.starts_with('_') || digits.ends_with('_') || digits.contains("__") {
        return None;
    }
    let digits = digits.replace('_', "").to_ascii_lowercase();
    let whole = digits.strip_suffix('l').unwrap_or(&digits);
    let (radix, body) = match whole.get(..2) {
        Some("0x") => (16, &whole[2..]),
        Some("0o") => (8, &whole[2..]),
        Some("0b") => (2, &whole[2..]),
        // Octal as the guide's interpreter read it.
        Some(_) if whole.starts_with('0') && whole.bytes().all(|b| b.is_ascii_digit()) => {
            (8, &whole[1..])
        }
        _ => (10, whole),
    };
    if !body.is_empty() && body.chars().all(|c| c.is_digit(radix)) {
        let n = i128::from_str_radix(body, radix).ok()?;
        return i64::try_from(if negative { -n } else { n })
            .ok()
            .map(Value::Int);
    }
    let float = radix == 10
        && digits.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && !digits.ends_with('l');
    let x: f64 = digits.parse().ok().filter(|_| float)?;
    x.is_finite()
        .then_some(Value::Float(if negative { -x } else { x }))
}

impl Value {
    /// The value as a literal of a settings file, on one line.
    pub fn to_literal(&self) -> String {
        let mut text = String::new();
        self.write(&mut text);
        text
    }

    fn write(&self, into: &mut String) {
        match self {
            Value::None => into.push_str("None"),
            Value::Bool(true) => into.push_str("True"),
            Value::Bool(false) => into.push_str("False"),
            Value::Int(n) => {
                let _ = write!(into, "{n}");
            }
            Value::Float(x) => {
                let _ = write!(into, "{x:?}");
            }
            Value::Str(text) => quote(text, into),
            Value::List(items) => {
                into.push('[');
                for (i, item) in items.iter().enumerate() {
                    into.push_str(if i > 0 { ", " } else { "" });
                    item.write(into);
                }
                into.push(']');
            }
            Value::Dict(pairs) => {
                into.push('{');
                for (i, (key, value)) in pairs.iter().enumerate() {
                    into.push_str(if i > 0 { ", " } else { "" });
                    key.write(into);
                    into.push_str(": ");
                    value.write(into);
                }
                into.push('}');
            }
        }
    }
}

fn quote(text: &str, into: &mut String) {
    into.push('\'');
    for c in text.chars() {
        match c {
            '\\' => into.push_str("\\\\"),
            '\'' => into.push_str("\\'"),
            '\n' => into.push_str("\\n"),
            '\r' => into.push_str("\\r"),
            '\t' => into.push_str("\\t"),
            c if c.is_control() => {
                let _ = write!(into, "\\u{:04x}", u32::from(c));
            }
            c => into.push(c),
        }
    }
    into.push('\'');
}

#[cfg(test)]
#[path = "literal_tests.rs"]
mod tests;
