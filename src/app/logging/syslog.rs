//! Syslog, by a socket of this machine or by UDP, and the journal's own socket.
//!
//! Invariant: the sockets never block; what they do not take at once is lost, and told.

use super::{places::Sink, record::Record};
use std::{
    io::{self, Write},
    net::UdpSocket,
    os::unix::net::{UnixDatagram, UnixStream},
    path::{Path, PathBuf},
};

/// Longest message; longer ones are cut.
const LONGEST: usize = 8 << 10;

enum Target {
    Unix(PathBuf),
    Udp(String, u16),
}

enum Open {
    Datagram(UnixDatagram),
    Stream(UnixStream),
    Udp(UdpSocket),
}

impl Open {
    fn new(target: &Target) -> io::Result<Self> {
        match target {
            Target::Udp(host, port) => {
                let socket =
                    UdpSocket::bind(("::", 0)).or_else(|_| UdpSocket::bind(("0.0.0.0", 0)))?;
                if socket.connect((host.as_str(), *port)).is_err() {
                    // A name with IPv4 addresses only.
                    let socket = UdpSocket::bind(("0.0.0.0", 0))?;
                    socket.connect((host.as_str(), *port))?;
                    socket.set_nonblocking(true)?;
                    return Ok(Open::Udp(socket));
                }
                socket.set_nonblocking(true)?;
                Ok(Open::Udp(socket))
            }
            Target::Unix(path) => {
                let socket = UnixDatagram::unbound()?;
                socket.set_nonblocking(true)?;
                match socket.connect(path) {
                    Ok(()) => Ok(Open::Datagram(socket)),
                    Err(_) => {
                        let stream = UnixStream::connect(path)?;
                        stream.set_nonblocking(true)?;
                        Ok(Open::Stream(stream))
                    }
                }
            }
        }
    }

    fn send(&mut self, message: &[u8]) -> io::Result<()> {
        match self {
            Open::Datagram(socket) => socket.send(message).map(drop),
            Open::Udp(socket) => socket.send(message).map(drop),
            Open::Stream(stream) => {
                stream.write_all(message)?;
                stream.write_all(b"\0")
            }
        }
    }
}

/// A SysLogHandler.
pub(super) struct Socket {
    target: Target,
    open: Option<Open>,
    facility: u8,
    program: &'static str,
}

impl Socket {
    pub(super) fn unix(path: &str, facility: u8, program: &'static str) -> Self {
        Socket {
            target: Target::Unix(path.into()),
            open: None,
            facility,
            program,
        }
    }

    pub(super) fn udp(host: &str, port: u16, facility: u8, program: &'static str) -> Self {
        Socket {
            target: Target::Udp(host.to_owned(), port),
            open: None,
            facility,
            program,
        }
    }

    fn try_send(&mut self, message: &[u8]) -> io::Result<()> {
        let open = match self.open.take() {
            Some(open) => open,
            None => Open::new(&self.target)?,
        };
        self.open.insert(open).send(message)
    }
}

/// At most so many bytes, whole characters.
fn cut(text: &str, most: usize) -> &str {
    let end = text.char_indices().map(|(at, c)| at + c.len_utf8());
    let end = end.take_while(|end| *end <= most).last().unwrap_or(0);
    text.get(..end).unwrap_or_default()
}

impl Sink for Socket {
    fn write(&mut self, record: &Record, line: &str) -> io::Result<()> {
        let priority = u16::from(self.facility) * 8 + u16::from(record.level.priority());
        // A format may name the program itself, as those of the original do.
        let named = line.strip_prefix(self.program);
        let named = named.is_some_and(|rest| rest.starts_with(['[', ':']));
        let message = match named {
            true => format!("<{priority}>{line}"),
            false => format!(
                "<{priority}>{}[{}]: {line}",
                self.program,
                std::process::id()
            ),
        };
        let message = cut(&message, LONGEST);
        match self.try_send(message.as_bytes()) {
            Ok(()) => Ok(()),
            Err(cause) if cause.kind() == io::ErrorKind::WouldBlock => Err(cause),
            Err(_) => {
                // Syslog was started anew, say.
                self.open = None;
                self.try_send(message.as_bytes())
            }
        }
    }
}

/// A JournalHandler.
pub(super) struct Journal {
    path: PathBuf,
    open: Option<UnixDatagram>,
    program: &'static str,
}

impl Journal {
    pub(super) fn new(path: &Path, program: &'static str) -> Self {
        Journal {
            path: path.to_owned(),
            open: None,
            program,
        }
    }

    fn socket(&mut self) -> io::Result<&UnixDatagram> {
        let open = match self.open.take() {
            Some(open) => open,
            None => {
                let socket = UnixDatagram::unbound()?;
                socket.set_nonblocking(true)?;
                socket.connect(&self.path)?;
                socket
            }
        };
        Ok(self.open.insert(open))
    }
}

impl Sink for Journal {
    fn write(&mut self, record: &Record, line: &str) -> io::Result<()> {
        // Lines have no control characters, so the simple form of the protocol does.
        let message = format!(
            "MESSAGE={}\nPRIORITY={}\nSYSLOG_IDENTIFIER={}\nLOGGER={}\nCODE_FILE={}\nCODE_LINE={}\n",
            cut(line, LONGEST),
            record.level.priority(),
            self.program,
            record.name,
            record.code.path,
            record.code.line,
        );
        let sent = self.socket()?.send(message.as_bytes());
        if sent.is_err() {
            self.open = None;
        }
        sent.map(drop)
    }
}
