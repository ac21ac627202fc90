//! Shapes shared by `web`, `cli`, `admin` and `node`: what crosses a process
//! or crate boundary, one module per family. Plain data; no rules, no I/O.

pub mod admin;
pub mod guide;
pub mod vmapi;
