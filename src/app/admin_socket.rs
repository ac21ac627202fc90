//! The service's side of `run/admin.sock` (decision 5): administration commands
//! of this machine's administrators, carried out here and answered there.
//!
//! Invariants: the socket has mode 0600 from its first moment on; only root and
//! the owner of the socket are listened to, whoever reached it; a frame that is
//! too long or not of the protocol closes the connection and changes nothing;
//! a command reads files only through the asking side.

use cli::{Call, Runner};
use kernel::{Error, Result};
use std::{
    fs,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{UnixListener, UnixStream},
    sync::Semaphore,
    task::JoinSet,
    time::timeout,
};
use tokio_util::sync::CancellationToken;
use wire::admin::{
    Io, IoFuture, Terminal,
    frame::{self, Bytes, Hello, ToClient, ToServer},
};

/// Commands that may run at the same time; further callers wait.
const AT_ONCE: usize = 16;
/// How long a caller may take to say what it wants, or to take what it is told.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long an administrator may think about a question.
const ANSWER: Duration = Duration::from_secs(600);
/// How long running commands may go on once the service stops.
const FAREWELL: Duration = Duration::from_secs(10);
/// Output goes in pieces of this size.
const PIECE: usize = 256 << 10;

/// A bound admin socket.
#[derive(Debug)]
pub struct AdminSocket {
    listener: UnixListener,
    path: PathBuf,
    owner: u32,
}

/// Takes the socket at `path`, over one that a service left behind. The caller holds
/// the database, so no other service answers there.
pub fn listen(path: &Path) -> Result<AdminSocket> {
    bind(path)
        .map_err(|cause| Error::unavailable(format!("Cannot make {}: {cause}", path.display())))
}

fn bind(path: &Path) -> std::io::Result<AdminSocket> {
    // Under another name until its mode is right.
    let fresh = path.with_extension("new");
    match fs::remove_file(&fresh) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(e),
        _ => {}
    }
    let listener = UnixListener::bind(&fresh)?;
    fs::set_permissions(&fresh, fs::Permissions::from_mode(0o600))?;
    let owner = fs::metadata(&fresh)?.uid();
    fs::rename(&fresh, path)?;
    Ok(AdminSocket {
        listener,
        path: path.to_owned(),
        owner,
    })
}

/// Answers callers until `stop`; then waits a little for running commands, and
/// removes the socket.
pub async fn serve<R: Runner + 'static>(
    socket: AdminSocket,
    runner: Arc<R>,
    stop: CancellationToken,
) {
    let mut tasks = JoinSet::new();
    let places = Arc::new(Semaphore::new(AT_ONCE));
    loop {
        let stream = tokio::select! {
            () = stop.cancelled() => break,
            Some(_) = tasks.join_next() => continue,
            accepted = socket.listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(cause) => {
                    // Out of files, say; the next one may do.
                    tracing::warn!(%cause, "admin socket");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            },
        };
        if !socket.welcomes(&stream) {
            continue;
        }
        let (runner, places) = (runner.clone(), places.clone());
        tasks.spawn(async move {
            let Ok(_place) = places.acquire_owned().await else {
                return;
            };
            if let Err(error) = converse(stream, &*runner).await {
                tracing::info!(%error, "admin socket: connection ended");
            }
        });
    }
    let _ = fs::remove_file(&socket.path);
    let rest = async { while tasks.join_next().await.is_some() {} };
    let _ = timeout(FAREWELL, rest).await;
    tasks.abort_all();
}

impl AdminSocket {
    fn welcomes(&self, stream: &UnixStream) -> bool {
        match stream.peer_cred() {
            Ok(peer) if may_command(peer.uid(), self.owner) => true,
            Ok(peer) => {
                tracing::warn!(uid = peer.uid(), "admin socket: not an administrator");
                false
            }
            Err(cause) => {
                tracing::warn!(%cause, "admin socket: no word on who calls");
                false
            }
        }
    }
}

/// Root, and whoever the service runs as.
fn may_command(uid: u32, owner: u32) -> bool {
    uid == 0 || uid == owner
}

/// One command from hello to exit.
async fn converse(stream: UnixStream, runner: &dyn Runner) -> Result<()> {
    let user = stream.peer_cred().map(|peer| user_name(peer.uid()));
    let mut far = Far {
        stream,
        user: user.unwrap_or_default(),
        terminal: Terminal::default(),
    };
    let ToServer::Hello(hello) = far.receive(PATIENCE).await? else {
        return Err(garbled());
    };
    if hello.version != frame::VERSION {
        let text = format!(
            "The service is of another release (protocol {}, not {}); restart it.\n",
            frame::VERSION,
            hello.version
        );
        Io::err(&mut far, &text).await?;
        return far.send(&ToClient::Exit(1)).await;
    }
    far.terminal = Terminal {
        width: hello.width.clamp(20, 1000),
        tty: hello.tty,
        input_tty: hello.input_tty,
    };
    let Hello {
        program,
        args,
        cwd,
        pid,
        ..
    } = hello;
    let call = Call {
        program,
        args,
        cwd,
        pid,
    };
    let code = cli::run(runner, &call, &mut far).await?;
    far.send(&ToClient::Exit(code)).await
}

fn garbled() -> Error {
    Error::invalid(frame::FrameError::Garbled.to_string())
}

fn gone(cause: std::io::Error) -> Error {
    Error::unavailable(format!("the caller is gone: {cause}"))
}

/// The administrator at the other end.
struct Far {
    stream: UnixStream,
    user: String,
    terminal: Terminal,
}

impl Far {
    async fn send(&mut self, message: &ToClient) -> Result<()> {
        let bytes = frame::encode(message).map_err(|e| Error::invalid(e.to_string()))?;
        match timeout(PATIENCE, self.stream.write_all(&bytes)).await {
            Ok(written) => written.map_err(gone),
            Err(_) => Err(Error::unavailable("the caller takes nothing any more")),
        }
    }

    async fn receive(&mut self, patience: Duration) -> Result<ToServer> {
        match timeout(patience, self.frame()).await {
            Ok(message) => message,
            Err(_) => Err(Error::unavailable("the caller says nothing any more")),
        }
    }

    /// Grows with what arrives, not with what was announced.
    async fn frame(&mut self) -> Result<ToServer> {
        let mut prefix = [0; 4];
        self.stream.read_exact(&mut prefix).await.map_err(gone)?;
        let length = frame::length(prefix).map_err(|e| Error::invalid(e.to_string()))?;
        let mut body = Vec::new();
        let mut part = (&mut self.stream).take(length as u64);
        part.read_to_end(&mut body).await.map_err(gone)?;
        if body.len() < length {
            return Err(gone(std::io::ErrorKind::UnexpectedEof.into()));
        }
        frame::decode(&body).map_err(|e| Error::invalid(e.to_string()))
    }

    async fn write(&mut self, text: &str, to: fn(Bytes) -> ToClient) -> Result<()> {
        for piece in text.as_bytes().chunks(PIECE) {
            self.send(&to(Bytes(piece.to_vec()))).await?;
        }
        Ok(())
    }

    async fn file(&mut self, path: &str, long: bool) -> Result<Vec<u8>> {
        let path = path.to_owned();
        self.send(&ToClient::ReadFile { path, long }).await?;
        match self.receive(ANSWER).await? {
            ToServer::FileContent(bytes) => Ok(bytes.0),
            ToServer::NoFile(why) => Err(Error::invalid(why)),
            _ => Err(garbled()),
        }
    }
}

impl Io for Far {
    fn out<'a>(&'a mut self, text: &'a str) -> IoFuture<'a, ()> {
        Box::pin(self.write(text, ToClient::Out))
    }

    fn err<'a>(&'a mut self, text: &'a str) -> IoFuture<'a, ()> {
        Box::pin(self.write(text, ToClient::Err))
    }

    fn ask<'a>(&'a mut self, prompt: &'a str, secret: bool) -> IoFuture<'a, Option<String>> {
        Box::pin(async move {
            let prompt = prompt.to_owned();
            self.send(&ToClient::Ask { prompt, secret }).await?;
            match self.receive(ANSWER).await? {
                ToServer::Answer(answer) => Ok(answer),
                _ => Err(garbled()),
            }
        })
    }

    fn read_file<'a>(&'a mut self, path: &'a str) -> IoFuture<'a, Vec<u8>> {
        Box::pin(self.file(path, false))
    }

    fn read_long_file<'a>(&'a mut self, path: &'a str) -> IoFuture<'a, Vec<u8>> {
        Box::pin(self.file(path, true))
    }

    fn terminal(&self) -> Terminal {
        self.terminal
    }

    fn user(&self) -> String {
        self.user.clone()
    }
}

/// The name of a user of this machine, or the number where there is no name.
fn user_name(uid: u32) -> String {
    let known = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let mut lines = known.lines().map(|line| line.split(':'));
    let found = lines.find_map(|mut parts| {
        let name = parts.next()?;
        (parts.nth(1)?.parse() == Ok(uid)).then(|| name.to_owned())
    });
    found.unwrap_or_else(|| uid.to_string())
}

#[cfg(test)]
#[path = "admin_socket_tests.rs"]
mod tests;
