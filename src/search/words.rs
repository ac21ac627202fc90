//! From texts to what is indexed, and from what is typed to what is looked for.
//!
//! Texts are folded: no accents, no capitals, a final sigma is a sigma. A word gives the
//! suffixes that begin at the edges of its parts (`eva.doe@example.org` is found by
//! `eva`, `doe@ex`, `example` and `org`), each by its beginnings up to [`LONGEST`]
//! characters.

use icu_normalizer::DecomposingNormalizerBorrowed;
use std::collections::BTreeSet;

/// Longest beginning that is indexed; longer words are compared when found.
pub(crate) const LONGEST: usize = 20;
/// Words of a query beyond this number are not looked at.
const MOST_WORDS: usize = 8;
/// Longest text of a document that is looked at.
const MOST_CHARS: usize = 500;
/// Ends a word that is indexed as a whole.
pub(crate) const END: char = '\u{1}';

/// A text as it is compared and sorted: no accents, no capitals, at most so long as is
/// looked at.
pub fn fold(text: &str) -> String {
    let cut: String = text.chars().take(MOST_CHARS).collect();
    let apart = DecomposingNormalizerBorrowed::new_nfkd().normalize(&cut);
    apart
        .chars()
        .filter(|c| !is_mark(*c))
        .flat_map(char::to_lowercase)
        .map(|c| if c == 'ς' { 'σ' } else { c })
        .filter(|c| *c != END)
        .collect()
}

/// Accents and other marks that combine with the letter before them.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}')
}

/// The words of what was typed.
pub(crate) fn typed(text: &str) -> Vec<String> {
    let folded = fold(text);
    let words = folded
        .split_whitespace()
        .map(|word| word.trim_matches(|c: char| c.is_ascii_punctuation() && c != '_'));
    let words = words.filter(|word| !word.is_empty());
    words.take(MOST_WORDS).map(str::to_owned).collect()
}

/// The tokens of a text: every word from each edge of its parts on.
pub(crate) fn tokens(text: &str, into: &mut BTreeSet<String>) {
    for word in fold(text).split_whitespace() {
        let mut inside = false;
        for (at, c) in word.char_indices() {
            let part = c.is_alphanumeric();
            if part && !inside {
                into.insert(word[at..].to_owned());
            }
            inside = part;
        }
    }
}

/// The terms one token is indexed by: its beginnings, and itself as a whole.
pub(crate) fn terms(token: &str, into: &mut BTreeSet<String>) {
    for (n, (at, c)) in token.char_indices().enumerate() {
        if n == LONGEST {
            break;
        }
        into.insert(token[..at + c.len_utf8()].to_owned());
    }
    into.insert(whole(token));
}

/// The term of a token as a whole.
pub(crate) fn whole(token: &str) -> String {
    format!("{token}{END}")
}

/// The term that a typed word is looked for by.
pub(crate) fn beginning(word: &str) -> String {
    word.chars().take(LONGEST).collect()
}
