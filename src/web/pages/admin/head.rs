//! What the pages of people and of things have in common: where one is, name and state,
//! what can be done, what is on the page; values by heading; the latest of the trail.

use super::{AtDesk, audit, list::Owner, query_of};
use identity::audit::Filter;
use kernel::{Result, page::PageRequest};

/// Entries of the trail shown with a person or thing.
const RECENT: usize = 15;

/// A value with its name.
#[derive(Default)]
pub(super) struct Pair {
    pub(super) name: String,
    pub(super) value: String,
    /// The instant it tells; empty where it tells none.
    pub(super) exact: String,
    /// Where it leads; empty: nowhere.
    pub(super) link: String,
    /// People copy it.
    pub(super) copied: bool,
}

impl Pair {
    pub(super) fn new(name: String, value: String) -> Self {
        Pair {
            name,
            value,
            ..Pair::default()
        }
    }
}

/// Values under a heading.
pub(super) struct Section {
    pub(super) id: &'static str,
    pub(super) title: String,
    pub(super) pairs: Vec<Pair>,
}

/// Something that can be done.
pub(super) struct Button {
    pub(super) path: String,
    pub(super) words: String,
    pub(super) karma: &'static str,
}

/// A part of the page, and how many there are in it; 0 where that is not counted.
pub(super) struct Jump {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) count: usize,
}

/// The head of a page.
#[derive(Default)]
pub(super) struct Head {
    /// Address and name of the list.
    pub(super) list: (String, String),
    pub(super) name: String,
    /// Colours and words of states.
    pub(super) badges: Vec<(&'static str, String)>,
    pub(super) note: String,
    pub(super) owner: Option<Owner>,
    /// What can be done, and what of it is in the menu.
    pub(super) buttons: Vec<Button>,
    pub(super) more: Vec<Button>,
    pub(super) jumps: Vec<Jump>,
}

impl Head {
    /// The same with what can be done; what takes something away comes last.
    pub(super) fn offering(mut self, mut buttons: Vec<Button>, more: Vec<Button>) -> Self {
        buttons.sort_by_key(|button| button.karma == "bad");
        (self.buttons, self.more) = (buttons, more);
        self
    }

    /// The same with one more part of the page.
    pub(super) fn with(mut self, id: &str, title: String, count: usize) -> Self {
        self.jumps.push(Jump {
            id: id.to_owned(),
            title,
            count,
        });
        self
    }
}

/// The latest of what was done to something.
pub(super) struct Trail {
    pub(super) lines: Vec<audit::Line>,
    /// The address of all of it.
    pub(super) link: String,
}

/// What was done to the thing that the trail knows by this kind and id.
pub(super) async fn trail(d: &AtDesk, kind: &str, id: &str) -> Result<Trail> {
    let filter = Filter {
        target: Some((kind.to_owned(), Some(id.to_owned()))),
        ..Filter::default()
    };
    let request = PageRequest {
        after: None,
        limit: RECENT,
    };
    let identity = &d.state.identity;
    let found = identity.desk_audit(&d.desk, filter, request).await?;
    let lines = found.items.into_iter();
    Ok(Trail {
        lines: lines.map(|entry| audit::line(d, entry)).collect(),
        link: format!(
            "/admin/audit?{}",
            query_of(&[("kind", kind), ("target", id)])
        ),
    })
}
