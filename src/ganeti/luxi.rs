//! Ganeti's query socket: JSON objects, each followed by the byte 3, in both
//! directions; one call at a time on a connection (README decision 7).

use crate::cluster::Trouble;
use serde_json::{Value, json};
use std::{path::PathBuf, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixStream,
    sync::Mutex,
};

/// Ends a message.
const END: u8 = 3;
/// Ganeti's protocol version.
const VERSION: u32 = 3_000_000;
/// The largest answer taken: a list of all instances of a large cluster.
const MAX: usize = 64 << 20;
/// How long an ordinary call may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// Where a master of this machine listens unless the row says otherwise.
const SOCKET: &str = "/var/run/ganeti/socket/ganeti-query";

/// Cuts a stream of bytes into messages.
#[derive(Debug, Default)]
pub(crate) struct Messages {
    buffer: Vec<u8>,
    looked: usize,
}

impl Messages {
    /// Takes more bytes.
    ///
    /// # Errors
    /// The message that is not complete yet is longer than allowed.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Result<(), &'static str> {
        self.buffer.extend_from_slice(bytes);
        let whole = self.buffer.iter().skip(self.looked).any(|b| *b == END);
        if !whole && self.buffer.len() > MAX {
            return Err("the answer is too long");
        }
        Ok(())
    }

    /// The next whole message, without its end.
    pub(crate) fn next(&mut self) -> Option<Vec<u8>> {
        let fresh = self.buffer.get(self.looked..)?;
        match fresh.iter().position(|b| *b == END) {
            Some(at) => {
                let rest = self.buffer.split_off(self.looked + at + 1);
                let mut message = std::mem::replace(&mut self.buffer, rest);
                message.pop();
                self.looked = 0;
                Some(message)
            }
            None => {
                self.looked = self.buffer.len();
                None
            }
        }
    }
}

/// What an answer says: the result, or why the call was refused.
pub(crate) fn answer(message: &[u8]) -> Result<Value, Trouble> {
    let garbled = || Trouble::Doubt("the answer of the query socket makes no sense".into());
    let mut value: Value = serde_json::from_slice(message).map_err(|_| garbled())?;
    let success = value
        .get("success")
        .and_then(Value::as_bool)
        .ok_or_else(garbled)?;
    let result = value.get_mut("result").map(Value::take).unwrap_or_default();
    match success {
        true => Ok(result),
        false => Err(Trouble::Refused(words(&result))),
    }
}

/// `"text"` or `["Class", ["text", …]]` in words.
fn words(result: &Value) -> String {
    match result {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts
            .iter()
            .map(words)
            .filter(|w| !w.is_empty())
            .collect::<Vec<_>>()
            .join(": "),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// A client of one socket. Calls wait for each other; jobs are waited for on
/// connections of their own.
pub(crate) struct Luxi {
    path: PathBuf,
    connection: Mutex<Option<UnixStream>>,
}

impl Luxi {
    pub(crate) fn new(socket: &str) -> Self {
        let path = if socket.is_empty() { SOCKET } else { socket };
        Luxi {
            path: path.into(),
            connection: Mutex::default(),
        }
    }

    async fn connect(&self) -> Result<UnixStream, Trouble> {
        UnixStream::connect(&self.path).await.map_err(|error| {
            Trouble::Unreachable(format!(
                "cannot connect to {}: {error}",
                self.path.display()
            ))
        })
    }

    /// One call on the shared connection. A connection that turns out to be dead
    /// before anything could have reached the daemon is replaced once.
    pub(crate) async fn call(&self, method: &str, args: Value) -> Result<Value, Trouble> {
        let mut place = self.connection.lock().await;
        let mut stream = match place.take().filter(alive) {
            Some(stream) => stream,
            None => self.connect().await?,
        };
        let result = tokio::time::timeout(PATIENCE, exchange(&mut stream, method, &args)).await;
        let result =
            result.unwrap_or_else(|_| Err(Trouble::Doubt(format!("{method}: no answer in time"))));
        if matches!(result, Ok(_) | Err(Trouble::Refused(_))) {
            *place = Some(stream);
        }
        result
    }

    /// One call on a connection of its own, which may take `patience`.
    pub(crate) async fn call_apart(
        &self,
        method: &str,
        args: Value,
        patience: Duration,
    ) -> Result<Value, Trouble> {
        let mut stream = self.connect().await?;
        tokio::time::timeout(patience, exchange(&mut stream, method, &args))
            .await
            .unwrap_or_else(|_| Err(Trouble::Doubt(format!("{method}: no answer in time"))))
    }
}

/// Has the other end neither closed nor said anything unasked?
fn alive(stream: &UnixStream) -> bool {
    let mut byte = [0];
    matches!(stream.try_read(&mut byte), Err(error) if error.kind() == std::io::ErrorKind::WouldBlock)
}

async fn exchange(stream: &mut UnixStream, method: &str, args: &Value) -> Result<Value, Trouble> {
    let call = json!({"method": method, "args": args, "version": VERSION});
    let mut bytes = call.to_string().into_bytes();
    bytes.push(END);
    let broke = |error: std::io::Error| Trouble::Doubt(format!("{method}: {error}"));
    stream.write_all(&bytes).await.map_err(broke)?;
    let mut messages = Messages::default();
    let mut buffer = vec![0; 64 << 10];
    loop {
        if let Some(message) = messages.next() {
            return answer(&message);
        }
        match stream.read(&mut buffer).await.map_err(broke)? {
            0 => {
                return Err(Trouble::Doubt(format!(
                    "{method}: the connection was closed"
                )));
            }
            n => messages
                .push(buffer.get(..n).unwrap_or_default())
                .map_err(|why| Trouble::Doubt(why.into()))?,
        }
    }
}
