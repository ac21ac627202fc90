//! The command line's side of the admin socket: says what was typed, then shows
//! and answers what the service asks until it says how it ended.
//!
//! Invariant: no file is handed over that the arguments do not name.

use crate::{
    invocation::AdminCall,
    local::{LocalIo, Terminals},
};
use kernel::{Error, Result};
use std::{
    io::{ErrorKind, Read, Write},
    os::unix::net::UnixStream,
    path::Path,
};
use wire::admin::frame::{self, Bytes, Hello, MAX_FILE, ToClient, ToServer};

/// How far a call came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reached {
    /// The service carried it out; the exit status.
    Done(i32),
    /// No service runs there.
    Nobody,
}

/// Hands `call` to the service at `socket`, at the terminal of this process.
pub fn call(socket: &Path, call: &AdminCall) -> Result<Reached> {
    call_with(socket, call, &mut LocalIo::new())
}

/// [`call()`] with somebody else at the keyboard.
pub fn call_with(socket: &Path, call: &AdminCall, person: &mut dyn Terminals) -> Result<Reached> {
    let stream = match UnixStream::connect(socket) {
        Ok(stream) => stream,
        Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused) => {
            return Ok(Reached::Nobody);
        }
        Err(e) => {
            return Err(Error::unavailable(format!(
                "Cannot reach the service at {}: {e}",
                socket.display()
            )));
        }
    };
    let terminal = person.terminal();
    let cwd = std::env::current_dir().unwrap_or_default();
    let hello = Hello {
        version: frame::VERSION,
        program: call.program.clone(),
        args: call.args.clone(),
        cwd: cwd.to_string_lossy().into_owned(),
        width: terminal.width,
        tty: terminal.tty,
        input_tty: terminal.input_tty,
        pid: std::process::id(),
    };
    let mut talk = Talk { stream };
    talk.send(&ToServer::Hello(hello))?;
    loop {
        match talk.receive()? {
            ToClient::Out(bytes) => person.out(&bytes.0)?,
            ToClient::Err(bytes) => person.err(&bytes.0)?,
            ToClient::Ask { prompt, secret } => {
                let answer = person.ask(&prompt, secret)?;
                talk.send(&ToServer::Answer(answer))?;
            }
            ToClient::ReadFile { path, long } => {
                let answer = match named(&call.args, &path) {
                    true => read(person, &path, long),
                    false => ToServer::NoFile(format!("{path}: not named in the command")),
                };
                talk.send(&answer)?;
            }
            ToClient::Exit(code) => return Ok(Reached::Done(code)),
        }
    }
}

/// Do the arguments name this file, by themselves or as the value of an option?
fn named(args: &[String], path: &str) -> bool {
    args.iter().any(|arg| {
        arg == path
            || arg
                .strip_prefix('-')
                .and_then(|option| option.split_once('='))
                .is_some_and(|(_, value)| value == path)
    })
}

fn read(person: &mut dyn Terminals, path: &str, long: bool) -> ToServer {
    match person.read(path) {
        Ok(bytes) if bytes.len() > MAX_FILE => ToServer::NoFile(format!(
            "{path}: longer than {MAX_FILE} bytes{}",
            match long {
                true => "; longer files are read while the service is stopped",
                false => "",
            }
        )),
        Ok(bytes) => ToServer::FileContent(Bytes(bytes)),
        Err(error) => ToServer::NoFile(error.to_string()),
    }
}

struct Talk {
    stream: UnixStream,
}

impl Talk {
    fn send(&mut self, message: &ToServer) -> Result<()> {
        let bytes = frame::encode(message).map_err(|e| Error::invalid(e.to_string()))?;
        self.stream.write_all(&bytes).map_err(lost)
    }

    fn receive(&mut self) -> Result<ToClient> {
        let mut prefix = [0; 4];
        self.stream.read_exact(&mut prefix).map_err(lost)?;
        let length = frame::length(prefix).map_err(|e| Error::unavailable(e.to_string()))?;
        let mut body = Vec::new();
        let mut part = (&self.stream).take(length as u64);
        part.read_to_end(&mut body).map_err(lost)?;
        if body.len() < length {
            return Err(lost(ErrorKind::UnexpectedEof.into()));
        }
        frame::decode(&body).map_err(|e| Error::unavailable(e.to_string()))
    }
}

fn lost(cause: std::io::Error) -> Error {
    Error::unavailable(match cause.kind() {
        ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset | ErrorKind::BrokenPipe => {
            "The service closed the connection.".to_owned()
        }
        _ => format!("The connection to the service broke: {cause}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_of_the_command_are_handed_over() {
        let args = ["term-add", "/a", "--json=b", "--ca-cert", "c=d"].map(str::to_owned);
        for good in ["/a", "b", "c=d"] {
            assert!(named(&args, good), "{good}");
        }
        for bad in ["d", "/etc/shadow", "a", ""] {
            assert!(!named(&args, bad), "{bad}");
        }
    }
}
