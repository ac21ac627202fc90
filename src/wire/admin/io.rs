//! What a command may ask of the person at the keyboard and of their machine.
//! The same whether the command runs in the server, behind the admin socket, or
//! offline in the administrator's own process.

use kernel::{Error, Result};
use std::{future::Future, pin::Pin};

/// A boxed future, so that [`Io`] can be passed as `&mut dyn Io`.
pub type IoFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

/// The administrator's terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terminal {
    /// Columns; 80 when unknown.
    pub width: u16,
    /// Standard output is a terminal.
    pub tty: bool,
    /// Standard input is a terminal.
    pub input_tty: bool,
}

impl Default for Terminal {
    fn default() -> Self {
        Terminal {
            width: 80,
            tty: false,
            input_tty: false,
        }
    }
}

/// The administrator's side of a running command.
pub trait Io: Send {
    /// Writes text to standard output as it is (end a line with `\n`).
    fn out<'a>(&'a mut self, text: &'a str) -> IoFuture<'a, ()>;
    /// Writes text to standard error as it is.
    fn err<'a>(&'a mut self, text: &'a str) -> IoFuture<'a, ()>;
    /// Writes a line that ends in a token or password to standard output.
    fn tell<'a>(&'a mut self, before: &'a str, secret: &'a str) -> IoFuture<'a, ()> {
        Box::pin(async move { self.out(&format!("{before}{secret}\n")).await })
    }
    /// Asks a question and reads a line; None at the end of input. A secret is
    /// not echoed.
    fn ask<'a>(&'a mut self, prompt: &'a str, secret: bool) -> IoFuture<'a, Option<String>>;
    /// The content of a file of the administrator's machine that the command
    /// line names, `-` for standard input.
    fn read_file<'a>(&'a mut self, path: &'a str) -> IoFuture<'a, Vec<u8>>;
    /// The same for the accounts of a whole installation, which may be longer where
    /// nobody hands the content on.
    fn read_long_file<'a>(&'a mut self, path: &'a str) -> IoFuture<'a, Vec<u8>> {
        self.read_file(path)
    }
    /// The terminal.
    fn terminal(&self) -> Terminal;
    /// Name of the user of the machine who typed the command; empty when unknown.
    fn user(&self) -> String {
        String::new()
    }
}

/// Asks `question`; goes on after `y` or `yes`, else refuses with `Aborted.`
/// (ID-CLI-09).
pub async fn confirm(io: &mut dyn Io, question: &str) -> Result<()> {
    let answer = io.ask(question, false).await?.unwrap_or_default();
    match answer.trim().to_ascii_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => Err(Error::conflict(ABORTED)),
    }
}

/// What a command says that the administrator called off, and nothing more (ID-CLI-09).
pub const ABORTED: &str = "Aborted.";
