//! The Django template language of the original's mails, as far as ID-TPL-10 … ID-TPL-13
//! go, turned into the language of the template engine.
//!
//! Invariants: translating never panics and takes time in proportion to the text; what
//! comes out has as many lines as what went in, so that the engine's line numbers are
//! those of the file; a template can name nothing but the values of its message
//! (every name is given a prefix that no function has).

mod expression;
mod scan;

#[cfg(test)]
mod tests;

use expression::{condition, filtered, literal_text, name, words};
use scan::{Piece, pieces};
use std::fmt::Write as _;

/// Longest template that is read, bytes.
pub(crate) const LONGEST: usize = 256 << 10;
/// Tags inside each other.
const DEEPEST: usize = 40;
/// Before every name of a template's values.
pub(crate) const PREFIX: &str = "_d_";

/// A translated template.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Translated {
    /// For the engine.
    pub source: String,
    /// Templates it extends or includes, with the line that says so.
    pub needs: Vec<(String, usize)>,
}

/// Why a template cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wrong {
    /// Line, from 1.
    pub line: usize,
    /// What is wrong there.
    pub message: String,
}

/// Translates a template.
pub(crate) fn translate(source: &str) -> Result<Translated, Wrong> {
    if source.len() > LONGEST {
        let message = format!("longer than {LONGEST} bytes");
        return Err(Wrong { line: 1, message });
    }
    let mut translator = Translator::default();
    for (line, piece) in pieces(source) {
        let done = translator.piece(&piece, line);
        done.map_err(|message| Wrong { line, message })?;
    }
    match translator.open.pop() {
        None => Ok(translator.done),
        Some(open) => Err(Wrong {
            line: open.line,
            message: format!("{{% {} %}} is not closed", open.tag),
        }),
    }
}

/// A tag that waits for its end.
struct Open {
    tag: String,
    line: usize,
    /// What ends it in the engine's language.
    end: &'static str,
    /// An `else` or `empty` was there.
    split: bool,
}

#[derive(Default)]
struct Translator {
    done: Translated,
    open: Vec<Open>,
    /// Some tag was there.
    begun: bool,
    /// Line breaks of a comment that is being left out.
    skipped: usize,
}

impl Translator {
    fn emit(&mut self, text: &str) {
        self.done.source.push_str(text);
    }

    fn piece(&mut self, piece: &Piece<'_>, line: usize) -> Result<(), String> {
        if self.within("comment") {
            return self.skip(piece);
        }
        match piece {
            Piece::Text(text) => self.text(text),
            Piece::Comment => {}
            Piece::Variable("block.super") => self.emit("{{ super() }}"),
            Piece::Variable(inner) => {
                let value = filtered(inner)?;
                let _ = write!(self.done.source, "{{{{ {value} }}}}");
            }
            Piece::Tag(inner) => {
                self.tag(inner, line)?;
                self.begun = true;
            }
        }
        Ok(())
    }

    fn within(&self, tag: &str) -> bool {
        self.open.last().is_some_and(|open| open.tag == tag)
    }

    /// Left out, but for its line breaks.
    fn skip(&mut self, piece: &Piece<'_>) -> Result<(), String> {
        match piece {
            Piece::Tag("endcomment") => {
                self.open.pop();
                let breaks = "\n".repeat(std::mem::take(&mut self.skipped));
                let _ = write!(self.done.source, "{{#{breaks}#}}");
            }
            Piece::Text(text) => self.skipped += text.matches('\n').count(),
            _ => {}
        }
        Ok(())
    }

    /// Text as it is; what the engine would take for a tag is written as a value.
    fn text(&mut self, text: &str) {
        let mut rest = text;
        while let Some(at) = rest.find('{') {
            let (before, after) = rest.split_at(at);
            self.emit(before);
            match after.as_bytes().get(1) {
                Some(b'{' | b'%' | b'#') | None => self.emit("{{ \"\\u007b\" }}"),
                _ => self.emit("{"),
            }
            rest = &after[1..];
        }
        self.emit(rest);
    }

    fn push(&mut self, tag: &str, line: usize, end: &'static str) -> Result<(), String> {
        if self.open.len() >= DEEPEST {
            return Err(format!("more than {DEEPEST} tags inside each other"));
        }
        self.open.push(Open {
            tag: tag.to_owned(),
            line,
            end,
            split: false,
        });
        Ok(())
    }

    fn tag(&mut self, inner: &str, line: usize) -> Result<(), String> {
        let words = words(inner)?;
        let Some((tag, rest)) = words.split_first() else {
            return Err("empty tag".into());
        };
        let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
        match tag.as_str() {
            "extends" | "include" => self.other_template(tag, &rest, line),
            "block" => {
                let block = block_name(one(&rest)?)?;
                self.push(tag, line, "{% endblock %}")?;
                self.emit(&format!("{{% block {block} %}}"));
                Ok(())
            }
            "if" | "elif" | "else" | "empty" => self.branch(tag, &rest, line),
            "for" => self.each(&rest, line),
            "with" => self.with(&rest, line, "with"),
            "comment" => self.push(tag, line, ""),
            "autoescape" => {
                let on = match one(&rest)? {
                    "on" => "true",
                    "off" => "false",
                    _ => return Err("autoescape is on or off".into()),
                };
                self.push(tag, line, "{% endautoescape %}")?;
                self.emit(&format!("{{% autoescape {on} %}}"));
                Ok(())
            }
            "spaceless" => {
                self.push(tag, line, "{% endfilter %}")?;
                self.emit("{% filter dj_spaceless %}");
                Ok(())
            }
            "blocktrans" | "blocktranslate" => self.block_of_words(&rest, line),
            "load" => Ok(()),
            "trans" | "translate" | "now" | "url" => self.value_of(tag, &rest),
            tag => self.end(tag),
        }
    }

    fn other_template(&mut self, tag: &str, rest: &[&str], line: usize) -> Result<(), String> {
        if tag == "extends" && self.begun {
            return Err("{% extends %} must be the first tag".into());
        }
        let path = literal_text(one(rest)?).ok_or("the template's path must be in quotes")?;
        let path = super::files::canonical(&path)
            .ok_or_else(|| format!("'{path}' is not the path of a template"))?;
        self.emit(&format!("{{% {tag} {} %}}", expression::quoted(&path)));
        self.done.needs.push((path, line));
        Ok(())
    }

    fn branch(&mut self, tag: &str, rest: &[&str], line: usize) -> Result<(), String> {
        if tag == "if" {
            let condition = condition(rest)?;
            self.push(tag, line, "{% endif %}")?;
            self.emit(&format!("{{% if {condition} %}}"));
            return Ok(());
        }
        let wanted = if tag == "empty" { "for" } else { "if" };
        let Some(open) = self.open.last_mut().filter(|open| open.tag == wanted) else {
            return Err(format!("{{% {tag} %}} without {{% {wanted} %}}"));
        };
        if open.split {
            return Err(format!("{{% {tag} %}} after the last branch"));
        }
        if tag == "elif" {
            let condition = condition(rest)?;
            self.emit(&format!("{{% elif {condition} %}}"));
            return Ok(());
        }
        if !rest.is_empty() {
            return Err(format!("{{% {tag} %}} takes nothing"));
        }
        open.split = true;
        self.emit("{% else %}");
        Ok(())
    }

    fn each(&mut self, rest: &[&str], line: usize) -> Result<(), String> {
        const SHAPE: &str = "expected {% for NAME in LIST [reversed] %}";
        let at = rest.iter().position(|w| *w == "in").ok_or(SHAPE)?;
        let (names, list) = (rest[..at].concat(), &rest[at + 1..]);
        let (list, reversed) = match list {
            [list] => (list, false),
            [list, "reversed"] => (list, true),
            _ => return Err(SHAPE.into()),
        };
        let names: Vec<&str> = names.split(',').collect();
        if names.len() > 4 {
            return Err(SHAPE.into());
        }
        let mut bound = String::new();
        for (number, one) in names.into_iter().enumerate() {
            let parted = if number == 0 { "" } else { ", " };
            let _ = write!(bound, "{parted}{PREFIX}{}", name(one)?);
        }
        let list = filtered(list)?;
        self.push("for", line, "{% endfor %}")?;
        self.emit(&format!(
            "{{% for {bound} in ({list})|dj_each({reversed}) %}}"
        ));
        Ok(())
    }

    /// `a=b c=d`, or the older `b as a`.
    fn with(&mut self, rest: &[&str], line: usize, tag: &str) -> Result<(), String> {
        let mut pairs = Vec::new();
        match rest {
            [value, "as", one] => pairs.push((name(one)?, filtered(value)?)),
            _ => {
                for pair in rest.iter().filter(|word| **word != "and") {
                    let (one, value) = pair.split_once('=').ok_or("expected NAME=VALUE")?;
                    pairs.push((name(one)?, filtered(value)?));
                }
            }
        }
        if pairs.is_empty() {
            return Err("expected NAME=VALUE".into());
        }
        self.push(tag, line, "{% endwith %}")?;
        let pairs: Vec<String> = pairs
            .iter()
            .map(|(name, value)| format!("{PREFIX}{name} = {value}"))
            .collect();
        self.emit(&format!("{{% with {} %}}", pairs.join(", ")));
        Ok(())
    }

    fn block_of_words(&mut self, rest: &[&str], line: usize) -> Result<(), String> {
        let rest: Vec<&str> = rest.iter().copied().filter(|w| *w != "trimmed").collect();
        match rest.split_first() {
            None => self.push("blocktrans", line, ""),
            Some((&"with", pairs)) => self.with(pairs, line, "blocktrans"),
            Some((word, _)) => Err(format!("'{word}' is not supported in {{% blocktrans %}}")),
        }
    }

    /// Tags that are a value.
    fn value_of(&mut self, tag: &str, rest: &[&str]) -> Result<(), String> {
        let only = one(rest)?;
        let value = match tag {
            "now" => {
                let format = literal_text(only).ok_or("the format must be in quotes")?;
                format!("dj_now({})", expression::quoted(&format))
            }
            "url" => {
                let page = literal_text(only).unwrap_or_else(|| only.to_owned());
                if !super::filters::PAGES.iter().any(|(name, _)| *name == page) {
                    return Err(format!("no page '{page}'"));
                }
                format!("dj_url({})", expression::quoted(&page))
            }
            _ => filtered(only)?,
        };
        self.emit(&format!("{{{{ {value} }}}}"));
        Ok(())
    }

    fn end(&mut self, tag: &str) -> Result<(), String> {
        let Some(ended) = tag.strip_prefix("end") else {
            return Err(format!("unknown tag '{tag}'"));
        };
        let ended = if ended == "blocktranslate" {
            "blocktrans"
        } else {
            ended
        };
        match self.open.last() {
            Some(open) if open.tag == ended => {
                let end = open.end;
                self.open.pop();
                self.emit(end);
                Ok(())
            }
            Some(open) => Err(format!(
                "{{% {tag} %}} where {{% {} %}} of line {} is not closed",
                open.tag, open.line
            )),
            None => Err(format!("{{% {tag} %}} without its beginning")),
        }
    }
}

fn one<'a>(rest: &[&'a str]) -> Result<&'a str, String> {
    match rest {
        [only] => Ok(only),
        _ => Err("expected one thing after the tag's name".into()),
    }
}

/// A block's name for the engine, where fewer characters are good.
fn block_name(given: &str) -> Result<String, String> {
    let good = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    if given.is_empty() || given.len() > 100 || !given.chars().all(good) {
        return Err(format!("'{given}' is no name of a block"));
    }
    let mut name = String::from("b_");
    for c in given.chars() {
        match c {
            '-' => name.push_str("_1_"),
            '.' => name.push_str("_2_"),
            c => name.push(c),
        }
    }
    Ok(name)
}
