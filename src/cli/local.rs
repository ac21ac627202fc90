//! The terminal of this process as the [`Io`] of a command. Blocks: meant for a
//! process that does nothing else meanwhile.

use kernel::{Error, Result};
use std::{
    fs::File,
    io::{BufRead, IsTerminal, Read, Write},
};
use wire::admin::{Io, IoFuture, Terminal, frame::MAX_FILE};

/// Longest file of another installation's accounts, where nobody hands it on.
const MAX_LONG_FILE: usize = 1 << 30;

/// What the command line needs of a terminal and of files.
pub trait Terminals: Send {
    /// Its size and kind.
    fn terminal(&self) -> Terminal;
    /// To standard output.
    fn out(&mut self, bytes: &[u8]) -> Result<()>;
    /// To standard error.
    fn err(&mut self, bytes: &[u8]) -> Result<()>;
    /// A line typed after the question; None at the end of input.
    fn ask(&mut self, prompt: &str, secret: bool) -> Result<Option<String>>;
    /// A file, `-` for standard input; at most one byte more than [`MAX_FILE`].
    fn read(&mut self, path: &str) -> Result<Vec<u8>>;
}

/// Standard streams and files of this process.
#[derive(Debug)]
pub struct LocalIo {
    terminal: Terminal,
}

impl Default for LocalIo {
    fn default() -> Self {
        LocalIo::new()
    }
}

impl LocalIo {
    /// The terminal as it is now.
    pub fn new() -> Self {
        let out = std::io::stdout();
        let width = match out.is_terminal() {
            true => rustix::termios::tcgetwinsize(&out).map_or(0, |size| size.ws_col),
            false => 0,
        };
        LocalIo {
            terminal: Terminal {
                width: if width == 0 { 80 } else { width },
                tty: out.is_terminal(),
                input_tty: std::io::stdin().is_terminal(),
            },
        }
    }
}

impl Terminals for LocalIo {
    fn terminal(&self) -> Terminal {
        self.terminal
    }

    fn out(&mut self, bytes: &[u8]) -> Result<()> {
        let mut out = std::io::stdout().lock();
        said(out.write_all(bytes).and_then(|()| out.flush()))
    }

    fn err(&mut self, bytes: &[u8]) -> Result<()> {
        said(std::io::stderr().lock().write_all(bytes))
    }

    fn ask(&mut self, prompt: &str, secret: bool) -> Result<Option<String>> {
        if secret && self.terminal.input_tty {
            return match rpassword::prompt_password(prompt) {
                Ok(text) => Ok(Some(text)),
                Err(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => Ok(None),
                Err(e) => Err(gone(e)),
            };
        }
        Terminals::err(self, prompt.as_bytes())?;
        let answer = line(&mut std::io::stdin().lock())?;
        if answer.is_none() {
            // Nobody ended the line of the question.
            Terminals::err(self, b"\n")?;
        }
        Ok(answer)
    }

    fn read(&mut self, path: &str) -> Result<Vec<u8>> {
        content(path, MAX_FILE)
    }
}

/// One line of input without its end; None when there is none.
fn line(input: &mut dyn BufRead) -> Result<Option<String>> {
    let mut bytes = Vec::new();
    let mut input = input.take(64 << 10);
    input.read_until(b'\n', &mut bytes).map_err(gone)?;
    if bytes.is_empty() {
        return Ok(None);
    }
    let text = String::from_utf8_lossy(&bytes);
    Ok(Some(text.trim_end_matches(['\n', '\r']).to_owned()))
}

/// A file, or standard input; at most one byte more than `most`.
fn content(path: &str, most: usize) -> Result<Vec<u8>> {
    match path {
        "-" => bounded(path, std::io::stdin().lock(), most),
        _ => {
            let file = File::open(path).map_err(|e| unreadable(path, &e))?;
            bounded(path, file, most)
        }
    }
}

/// The same, refused when it is longer.
fn whole(path: &str, most: usize) -> Result<Vec<u8>> {
    let bytes = content(path, most)?;
    match bytes.len() > most {
        true => Err(Error::too_large(format!(
            "{path}: longer than {most} bytes"
        ))),
        false => Ok(bytes),
    }
}

fn bounded(path: &str, from: impl Read, most: usize) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(most as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(|e| unreadable(path, &e))?;
    Ok(bytes)
}

fn unreadable(path: &str, cause: &std::io::Error) -> Error {
    Error::invalid(format!("{path}: {cause}"))
}

/// Whoever reads may stop when they have seen enough, as `head` does: a closed pipe is no
/// failure of the command.
fn said(written: std::io::Result<()>) -> Result<()> {
    match written {
        Err(cause) if cause.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(gone),
    }
}

fn gone(cause: std::io::Error) -> Error {
    Error::unavailable(format!("Cannot use the terminal: {cause}"))
}

impl Io for LocalIo {
    fn out<'a>(&'a mut self, text: &'a str) -> IoFuture<'a, ()> {
        let done = Terminals::out(self, text.as_bytes());
        Box::pin(std::future::ready(done))
    }

    fn err<'a>(&'a mut self, text: &'a str) -> IoFuture<'a, ()> {
        let done = Terminals::err(self, text.as_bytes());
        Box::pin(std::future::ready(done))
    }

    fn ask<'a>(&'a mut self, prompt: &'a str, secret: bool) -> IoFuture<'a, Option<String>> {
        let answer = Terminals::ask(self, prompt, secret);
        Box::pin(std::future::ready(answer))
    }

    fn read_file<'a>(&'a mut self, path: &'a str) -> IoFuture<'a, Vec<u8>> {
        Box::pin(std::future::ready(whole(path, MAX_FILE)))
    }

    fn read_long_file<'a>(&'a mut self, path: &'a str) -> IoFuture<'a, Vec<u8>> {
        Box::pin(std::future::ready(whole(path, MAX_LONG_FILE)))
    }

    fn terminal(&self) -> Terminal {
        self.terminal
    }

    /// As the environment says: whoever may open the database may write what they like.
    fn user(&self) -> String {
        let named = ["SUDO_USER", "LOGNAME", "USER"];
        let mut named = named.iter().filter_map(|name| std::env::var(name).ok());
        named.find(|name| !name.is_empty()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now<T>(reading: IoFuture<'_, T>) -> Result<T> {
        let mut reading = reading;
        let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
        match reading.as_mut().poll(&mut cx) {
            std::task::Poll::Ready(done) => done,
            std::task::Poll::Pending => panic!("it waits"),
        }
    }

    // ID-CLI-80: the accounts of an installation may be long; nothing else may.
    #[test]
    fn only_what_may_be_long_is_read_when_it_is() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let path = file.path().to_str().unwrap().to_owned();
        let mut io = LocalIo::new();
        file.as_file().set_len(MAX_FILE as u64).unwrap();
        assert_eq!(now(io.read_file(&path)).unwrap().len(), MAX_FILE);
        file.as_file().set_len(MAX_FILE as u64 + 1).unwrap();
        let refused = now(io.read_file(&path)).unwrap_err().to_string();
        assert_eq!(refused, format!("{path}: longer than {MAX_FILE} bytes"));
        assert_eq!(now(io.read_long_file(&path)).unwrap().len(), MAX_FILE + 1);
        // Holes, so that nothing is written; and no more is read than one byte too much.
        file.as_file().set_len(MAX_LONG_FILE as u64 * 64).unwrap();
        let refused = bounded(&path, file.as_file(), 1000).unwrap();
        assert_eq!(refused.len(), 1001);
    }

    // ID-CLI-05: `user-list | head -1` says nothing of pipes
    #[test]
    fn nobody_need_read_to_the_end() {
        let cause = |kind: std::io::ErrorKind| Err(std::io::Error::from(kind));
        assert!(said(cause(std::io::ErrorKind::BrokenPipe)).is_ok());
        assert!(said(cause(std::io::ErrorKind::StorageFull)).is_err());
    }

    #[test]
    fn lines_end_where_they_end() {
        let mut input = &b"yes\r\nno"[..];
        assert_eq!(line(&mut input).unwrap().as_deref(), Some("yes"));
        assert_eq!(line(&mut input).unwrap().as_deref(), Some("no"));
        assert_eq!(line(&mut input).unwrap(), None);
        let mut empty = &b"\n"[..];
        assert_eq!(line(&mut empty).unwrap().as_deref(), Some(""));
    }
}
