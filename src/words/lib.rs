//! The languages of pages and mails. A language is one file: `templates/locale/<code>.ftl`
//! of the program, or `locale/<code>.ftl` in a directory of `TEMPLATE_DIRS`.
//!
//! Such a file holds texts by key in Fluent's form, lower-case keys for pages and
//! upper-case ones for messages of identity, and after them the mails, each under a line
//! `=== <template>` with its subject and its text.
//!
//! Invariants: what a language lacks is said in English, and a key without any text
//! shows as itself; a file of the owner goes before the program's of the same code, key
//! by key; a file with mistakes gives what could be read of it. The languages there are
//! follow from the settings alone, so that a page is drawn from one set of them.

mod check;
mod entry;
mod export;
mod language;
mod languages;
mod mails;
mod read;

pub use check::{English, EnglishMail, Finding};
pub use language::{Language, Values};
pub use languages::Languages;
pub use mails::{Mail, Place};

#[cfg(test)]
mod tests;
