//! Finding: candidates from the index, each compared with the store before it counts.

use crate::{
    Document, LABELS, Source,
    index::{self, Index, KEY},
    words,
};
use kernel::{Error, Result};
use std::ops::Bound;
use store::ReadTx;
use tantivy::{
    DocAddress, Order as Direction, Searcher, Term,
    collector::{Count, TopDocs},
    query::{AllQuery, BooleanQuery, Query as Clause, RangeQuery, TermQuery},
    schema::{Field, IndexRecordOption},
};

/// Most candidates one page looks at.
const MOST_LOOKED_AT: usize = 2_000;
/// Whole matches that come before the others.
const FIRST: usize = 10;

/// In which order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// Greatest key first; with words, those that match as a whole before the others.
    #[default]
    Best,
    /// Greatest key first.
    Newest,
    /// Smallest key first.
    Oldest,
    /// By a label, upwards or downwards; those that are alike by key, the same way.
    Label {
        /// Which one.
        n: usize,
        /// The last first.
        down: bool,
    },
}

/// What is looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// What was typed: each word begins some word of the document.
    pub text: String,
    /// All of these facets.
    pub facets: Vec<String>,
    /// In which order.
    pub order: Order,
    /// After this one, as [`Found::next`] says.
    pub after: Option<String>,
    /// At most so many.
    pub limit: usize,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Keys, in order.
    pub keys: Vec<u64>,
    /// The place of each in the order, as [`Query::after`] wants it; empty for a whole
    /// match that stands before its turn.
    pub places: Vec<String>,
    /// For the next page.
    pub next: Option<String>,
    /// False while the index is being built: there may be more.
    pub ready: bool,
}

/// Does a document, as it is now, fit?
fn fits(document: &Document, words: &[String], facets: &[String]) -> bool {
    if !facets.iter().all(|facet| document.facets.contains(facet)) {
        return false;
    }
    if words.is_empty() {
        return true;
    }
    let tokens = index::tokens(document);
    let begins = |word: &String| {
        let mut from = tokens.range::<String, _>(word.clone()..);
        from.next().is_some_and(|token| token.starts_with(word))
    };
    words.iter().all(begins)
}

struct Search<'a> {
    index: &'a Index,
    searcher: Searcher,
    source: &'a dyn Source,
    tx: &'a ReadTx,
    words: Vec<String>,
    query: &'a Query,
}

/// A candidate: its key and what it is sorted by.
struct Candidate {
    key: u64,
    marker: String,
}

/// A page of what fits.
pub(crate) fn find(
    index: &Index,
    source: &dyn Source,
    tx: &ReadTx,
    query: &Query,
) -> Result<Found> {
    let search = Search {
        searcher: index.reader.searcher(),
        words: words::typed(&query.text),
        index,
        source,
        tx,
        query,
    };
    let limit = query.limit.clamp(1, 1000);
    let mut first = Vec::new();
    if query.order == Order::Best && !search.words.is_empty() {
        for candidate in search.candidates(true, None, FIRST.min(limit))? {
            if search.holds(candidate.key)? {
                first.push(candidate.key);
            }
        }
    }
    let mut found = Found::default();
    if query.after.is_none() {
        found.keys.extend(&first);
        found.places.resize(first.len(), String::new());
    }
    let mut after = query.after.clone();
    let mut looked = 0;
    'more: loop {
        let want = limit + 1 + first.len();
        let candidates = search.candidates(false, after.as_deref(), want)?;
        let last = candidates.len() < want;
        for candidate in candidates {
            if found.keys.len() >= limit || looked == MOST_LOOKED_AT {
                // Nothing of the rest was shown so far: it begins at its greatest key.
                found.next = after.or_else(|| Some(u64::MAX.to_string()));
                break 'more;
            }
            looked += 1;
            if !first.contains(&candidate.key) && search.holds(candidate.key)? {
                found.keys.push(candidate.key);
                found.places.push(candidate.marker.clone());
            }
            after = Some(candidate.marker);
        }
        if last {
            break;
        }
    }
    Ok(found)
}

/// How many documents fit, as the index knows.
pub(crate) fn count(index: &Index, text: &str, facets: &[String]) -> Result<u64> {
    let searcher = index.reader.searcher();
    let words = words::typed(text);
    let begin = words.iter().map(|word| words::beginning(word));
    let mut clauses: Vec<_> = begin.map(|text| term(index.fields.term, &text)).collect();
    clauses.extend(facets.iter().map(|facet| term(index.fields.facet, facet)));
    if clauses.is_empty() {
        return Ok(searcher.num_docs());
    }
    let query = BooleanQuery::intersection(clauses);
    let count = searcher.search(&query, &Count).map_err(Error::broken)?;
    Ok(count as u64)
}

fn term(field: Field, text: &str) -> Box<dyn Clause> {
    let term = Term::from_field_text(field, text);
    Box::new(TermQuery::new(term, IndexRecordOption::Basic))
}

impl Search<'_> {
    /// Does the store, in this snapshot, agree?
    fn holds(&self, key: u64) -> Result<bool> {
        let document = self.source.document(self.tx, key)?;
        Ok(document.is_some_and(|d| fits(&d, &self.words, &self.query.facets)))
    }

    /// What the index thinks fits, after a marker.
    fn candidates(&self, whole: bool, after: Option<&str>, limit: usize) -> Result<Vec<Candidate>> {
        let fields = &self.index.fields;
        let mut clauses: Vec<Box<dyn Clause>> = Vec::new();
        for word in &self.words {
            let text = match whole {
                true => words::whole(word),
                false => words::beginning(word),
            };
            clauses.push(term(fields.term, &text));
        }
        for facet in &self.query.facets {
            clauses.push(term(fields.facet, facet));
        }
        clauses.extend(after.map(|after| self.after(after)).transpose()?);
        let query: Box<dyn Clause> = match clauses.len() {
            0 => Box::new(AllQuery),
            _ => Box::new(BooleanQuery::intersection(clauses)),
        };
        self.collect(&*query, limit).map_err(Error::broken)
    }

    fn after(&self, marker: &str) -> Result<Box<dyn Clause>> {
        let fields = &self.index.fields;
        let key = || {
            let key: Result<u64, _> = marker.parse();
            let bad = |_| Error::field("marker", "The marker is not one of this list.");
            key.map(|key| Term::from_field_u64(fields.key, key))
                .map_err(bad)
        };
        let label = |n: usize| {
            let field = fields.labels[n.min(LABELS - 1)];
            Bound::Excluded(Term::from_field_text(field, marker))
        };
        let (from, to) = match self.query.order {
            Order::Best | Order::Newest => (Bound::Unbounded, Bound::Excluded(key()?)),
            Order::Oldest => (Bound::Excluded(key()?), Bound::Unbounded),
            Order::Label { n, down: false } => (label(n), Bound::Unbounded),
            Order::Label { n, down: true } => (Bound::Unbounded, label(n)),
        };
        Ok(Box::new(RangeQuery::new(from, to)))
    }

    fn collect(&self, query: &dyn Clause, limit: usize) -> tantivy::Result<Vec<Candidate>> {
        let top = TopDocs::with_limit(limit);
        let direction = match self.query.order {
            Order::Best | Order::Newest => Direction::Desc,
            Order::Oldest => Direction::Asc,
            Order::Label { n, down } => return self.by_label(query, limit, n, down),
        };
        let top = top.order_by_fast_field::<u64>(KEY, direction);
        let found: Vec<(Option<u64>, DocAddress)> = self.searcher.search(query, &top)?;
        let keys = found.into_iter().filter_map(|(key, _)| key);
        Ok(keys
            .map(|key| Candidate {
                key,
                marker: key.to_string(),
            })
            .collect())
    }

    fn by_label(
        &self,
        query: &dyn Clause,
        limit: usize,
        n: usize,
        down: bool,
    ) -> tantivy::Result<Vec<Candidate>> {
        let direction = match down {
            true => Direction::Desc,
            false => Direction::Asc,
        };
        let label = index::label(n.min(LABELS - 1));
        let top = TopDocs::with_limit(limit).order_by_string_fast_field(label, direction);
        let found: Vec<(Option<String>, DocAddress)> = self.searcher.search(query, &top)?;
        let mut all = Vec::with_capacity(found.len());
        for (label, address) in found {
            let segment = self.searcher.segment_reader(address.segment_ord);
            let key = segment.fast_fields().u64(KEY)?.first(address.doc_id);
            if let (Some(key), Some(marker)) = (key, label) {
                all.push(Candidate { key, marker });
            }
        }
        Ok(all)
    }
}
