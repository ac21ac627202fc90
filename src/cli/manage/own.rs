//! Commands of `synnefo` itself that need the database: `backup`, `verify`.

use clap::Command;

/// `synnefo backup`.
pub fn backup() -> Command {
    Command::new("backup").about("Copy everything into an archive or a directory")
}

/// `synnefo verify`.
pub fn verify() -> Command {
    Command::new("verify").about("Check the database and the blocks it names")
}
