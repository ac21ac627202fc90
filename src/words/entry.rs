//! Texts by key as they stand in a file: where, which values they name, their lines.
//!
//! What is a text, and what a value, is for the Fluent parser to say; here only lines are
//! told apart that it drops (comments, blank ones between texts).

use crate::mails::Place;
use fluent_bundle::FluentResource;
use fluent_syntax::ast::{CallArguments, Entry as Part, Expression, InlineExpression, Pattern};
use fluent_syntax::ast::{Message, PatternElement};
use std::{collections::BTreeSet, ops::Range};

/// A text by key.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub place: Place,
    /// Every value it names, whichever form of it is chosen.
    pub values: BTreeSet<String>,
    /// Its lines as they stand in the file.
    pub lines: String,
    /// Where these lines are in [`crate::Language::texts`].
    pub within: Range<usize>,
}

/// The texts of a resource, whose source begins at `start` of all texts of its language.
pub(crate) fn entries(
    resource: &FluentResource,
    start: usize,
    place: impl Fn(usize) -> Place,
) -> Vec<(String, Entry)> {
    let source = resource.source();
    let parts: Vec<&Part<&str>> = resource.entries().collect();
    let mut found = Vec::new();
    // Lines above the text before, and where that begins.
    let (mut above, mut counted) = (0, 0);
    for (at, part) in parts.iter().enumerate() {
        let Part::Message(message) = part else {
            continue;
        };
        if message.value.is_none() {
            continue;
        }
        let begin = offset(source, message.id.name);
        let next = parts.get(at + 1).and_then(|part| beginning(source, part));
        let region = source.get(begin..next.unwrap_or(source.len()));
        let lines = own_lines(region.unwrap_or_default());
        let between = source.get(counted..begin).unwrap_or_default();
        above += between.matches('\n').count();
        counted = begin;
        let entry = Entry {
            place: place(above),
            values: values(message),
            lines: lines.to_owned(),
            within: start + begin..start + begin + lines.len(),
        };
        found.push((message.id.name.to_owned(), entry));
    }
    found
}

/// Where in a source a piece of it stands.
fn offset(source: &str, piece: &str) -> usize {
    (piece.as_ptr() as usize).saturating_sub(source.as_ptr() as usize)
}

/// Where a part begins; none for a comment, which ends the lines before it anyhow.
fn beginning(source: &str, part: &Part<&str>) -> Option<usize> {
    match part {
        Part::Message(message) => Some(offset(source, message.id.name)),
        // Before the name stands a dash.
        Part::Term(term) => Some(offset(source, term.id.name).saturating_sub(1)),
        Part::Junk { content } => Some(offset(source, content)),
        Part::Comment(_) | Part::GroupComment(_) | Part::ResourceComment(_) => None,
    }
}

/// What of the lines up to the next text belongs to this one: no comment, which is the
/// only line that may begin so, and no blank lines at the end.
fn own_lines(region: &str) -> &str {
    let comment = region.find("\n#").map_or(region.len(), |at| at + 1);
    let own = region.get(..comment).unwrap_or(region);
    let filled = own.trim_end().len();
    let end = own.get(filled..).and_then(|rest| rest.find('\n'));
    own.get(..end.map_or(own.len(), |end| filled + end + 1))
        .unwrap_or(own)
}

fn values(message: &Message<&str>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let attributes = message.attributes.iter().map(|one| &one.value);
    for pattern in message.value.iter().chain(attributes) {
        of_pattern(pattern, &mut found);
    }
    found
}

fn of_pattern(pattern: &Pattern<&str>, found: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            of_expression(expression, found);
        }
    }
}

fn of_expression(expression: &Expression<&str>, found: &mut BTreeSet<String>) {
    match expression {
        Expression::Inline(inline) => of_inline(inline, found),
        Expression::Select { selector, variants } => {
            of_inline(selector, found);
            for variant in variants {
                of_pattern(&variant.value, found);
            }
        }
    }
}

fn of_inline(inline: &InlineExpression<&str>, found: &mut BTreeSet<String>) {
    match inline {
        InlineExpression::VariableReference { id } => {
            found.insert(id.name.to_owned());
        }
        InlineExpression::Placeable { expression } => of_expression(expression, found),
        InlineExpression::FunctionReference { arguments, .. } => of_call(arguments, found),
        InlineExpression::TermReference {
            arguments: Some(arguments),
            ..
        } => of_call(arguments, found),
        InlineExpression::TermReference { .. }
        | InlineExpression::MessageReference { .. }
        | InlineExpression::StringLiteral { .. }
        | InlineExpression::NumberLiteral { .. } => {}
    }
}

fn of_call(arguments: &CallArguments<&str>, found: &mut BTreeSet<String>) {
    let named = arguments.named.iter().map(|one| &one.value);
    for argument in arguments.positional.iter().chain(named) {
        of_inline(argument, found);
    }
}
