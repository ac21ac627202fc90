//! The API against what the original answered, and what the recordings do not show.
