//! Ways to prove who somebody is.
