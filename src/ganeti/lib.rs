//! `ganeti`: see the workspace layout in README.md.
