//! The trail, newest first, from the index that narrows most.

use crate::row::{Entry, Place, place};
use kernel::{
    Error, Result, Timestamp,
    page::{Page, PageRequest},
};
use store::Reads;

/// Entries one page looks at, however many of them it shows. A page that ends for this
/// reason has fewer entries than asked for and a marker to go on from.
pub const MOST_LOOKED_AT: usize = 5_000;

/// Which entries. All conditions must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Key of the author, see [`kernel::Who::key`].
    pub who: Option<String>,
    /// Kind of the target, and its id if only one is meant.
    pub target: Option<(String, Option<String>)>,
    /// The action as a whole.
    pub action: Option<String>,
    /// Not before.
    pub since: Option<Timestamp>,
    /// Before.
    pub until: Option<Timestamp>,
    /// All words of it somewhere in names, ids, action, fields or addresses, in any case.
    pub text: String,
}

impl Filter {
    fn wants(&self, entry: &Entry, words: &[String]) -> bool {
        let who = self.who.as_ref().is_none_or(|who| entry.who.key() == *who);
        let target = self.target.as_ref().is_none_or(|(kind, id)| {
            entry.target.kind == *kind && id.as_ref().is_none_or(|id| entry.target.id == *id)
        });
        let action = self.action.as_ref().is_none_or(|a| entry.action == *a);
        who && target
            && action
            && self.until.is_none_or(|until| entry.at < until)
            && (words.is_empty() || {
                let text = everything(entry);
                words.iter().all(|word| text.contains(word))
            })
    }
}

/// All of an entry that a person may look for, in lower case.
fn everything(entry: &Entry) -> String {
    let mut text = format!(
        "{} {} {} {} {} {} {}",
        entry.who.key(),
        entry.name,
        entry.from,
        entry.action,
        entry.target.id,
        entry.target.name,
        entry.request.as_deref().unwrap_or_default()
    );
    for field in &entry.fields {
        for part in [&field.name, &field.before, &field.after] {
            text.push(' ');
            text.push_str(part);
        }
    }
    text.to_lowercase()
}

/// The marker of an entry: its time in microseconds and its number.
fn marker(entry: &Entry) -> String {
    format!("{}.{}", entry.at.as_microsecond(), entry.id)
}

fn parse_marker(text: &str) -> Result<Place> {
    let parsed = text.split_once('.').and_then(|(at, id)| {
        let at = Timestamp::from_microsecond(at.parse().ok()?).ok()?;
        Some(place(at, id.parse().ok()?))
    });
    parsed.ok_or_else(|| Error::field("marker", "The marker is not one of this list."))
}

/// A page of the trail, newest first.
///
/// # Errors
/// `Invalid` for a marker that is none.
pub fn list(tx: &impl Reads, filter: &Filter, page: &PageRequest) -> Result<Page<Entry>> {
    let limit = page.limit.clamp(1, 1000);
    let after = page.after.as_deref().map(parse_marker).transpose()?;
    // Keys grow with age: what is older than `until` comes after this place.
    let start = filter.until.map(|until| place(until, 0));
    let after = after.max(start);
    let lower = filter.text.to_lowercase();
    let words: Vec<String> = lower.split_whitespace().map(str::to_owned).collect();
    let mut found: Vec<Entry> = Vec::new();
    let mut looked = 0;
    // Where to go on when the page ends before the trail does.
    let mut next: Option<String> = None;
    let mut last: Option<String> = None;
    let take = |entry: Entry| {
        if filter.since.is_some_and(|since| entry.at < since) {
            return Ok(false);
        }
        if looked == MOST_LOOKED_AT || found.len() == limit {
            next = last.take();
            return Ok(false);
        }
        looked += 1;
        last = Some(marker(&entry));
        if filter.wants(&entry, &words) {
            found.push(entry);
        }
        Ok(true)
    };
    match (&filter.target, &filter.who, &filter.action) {
        (Some((kind, Some(id))), _, _) => {
            tx.each_found("target", &(kind, id), after.as_ref(), take)?;
        }
        (_, Some(who), _) => tx.each_found("who", &(who,), after.as_ref(), take)?,
        (_, _, Some(action)) => tx.each_found("action", &(action,), after.as_ref(), take)?,
        // An index over kinds alone would not be in order of time.
        (_, None, None) => tx.each_row(&(), after.as_ref(), take)?,
    }
    Ok(Page { items: found, next })
}
