//! Pages of lists.

/// Which part of a list is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageRequest {
    /// Start strictly after this marker.
    pub after: Option<String>,
    /// At most so many entries.
    pub limit: usize,
}

/// One page and, when there is more, the marker of its last entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The entries.
    pub items: Vec<T>,
    /// Ask for the next page with this marker.
    pub next: Option<String>,
}
