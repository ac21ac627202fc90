//! A service of our own that fails as told: one request per connection.

use crate::service::hash_of;
use std::{
    collections::VecDeque,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
};
use wire::vmapi::{BuildDocument, HashPage, ImageBlocks};

pub const SECRET: &str = "3f0c8a1e-secret";

/// What happens to one request instead of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The connection closes before anything was said.
    Drop,
    /// The connection closes in the middle of the answer.
    Cut,
    /// The first byte is wrong.
    Flip,
    /// One byte is missing at the end, and the answer says so.
    Short,
    /// There are a thousand more bytes.
    Long,
    /// Not HTTP.
    Garbage,
    /// An answer without content.
    Status(u16),
}

/// How the service looks.
pub struct Shape {
    pub image: Vec<u8>,
    pub block_size: u64,
    pub page: u64,
    pub document: BuildDocument,
}

impl Shape {
    pub fn of(image: &[u8], block_size: u64, page: u64) -> Self {
        let document = BuildDocument {
            img_id: "pithosmap://map/1".into(),
            img_passwd: "hidden".into(),
            img_format: "diskdump".into(),
            img_personality: "[]".into(),
            img_properties: r#"{"EXCLUDE_ALL_TASKS": "yes"}"#.into(),
            blocks: Some(ImageBlocks::new(image.len() as u64, block_size)),
            ..BuildDocument::default()
        };
        Shape {
            image: image.to_vec(),
            block_size,
            page,
            document,
        }
    }

    fn block(&self, index: u64) -> Option<&[u8]> {
        let (start, length) =
            ImageBlocks::new(self.image.len() as u64, self.block_size).range(index)?;
        let data = &self.image[start as usize..(start + length) as usize];
        let keep = data
            .iter()
            .rposition(|byte| *byte != 0)
            .map_or(0, |at| at + 1);
        Some(&data[..keep]) // the service may leave out trailing zeros
    }

    fn answer(&self, path: &str) -> Option<Vec<u8>> {
        let base = format!("/vmapi/v1.0/server-params/{SECRET}");
        let rest = path.strip_prefix(&base)?;
        if rest.is_empty() {
            return serde_json::to_vec(&self.document).ok();
        }
        if let Some(from) = rest.strip_prefix("/hashes?from=") {
            let from: u64 = from.parse().ok()?;
            let hashes = (from..from + self.page)
                .map_while(|index| self.block(index).map(hash_of))
                .collect();
            return serde_json::to_vec(&HashPage { from, hashes }).ok();
        }
        let index = rest.strip_prefix("/blocks/")?;
        Some(self.block(index.parse().ok()?)?.to_vec())
    }
}

#[derive(Default)]
struct Seen {
    faults: VecDeque<Option<Fault>>,
    gets: Vec<String>,
    told: Vec<serde_json::Value>,
}

/// Serves until it is dropped; one of `faults` for each GET, as long as they last.
pub struct Double {
    port: u16,
    seen: Arc<Mutex<Seen>>,
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Double {
    pub fn serve(shape: Shape, faults: &[Option<Fault>]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Seen {
            faults: faults.iter().copied().collect(),
            ..Seen::default()
        }));
        let over = Arc::new(AtomicBool::new(false));
        let (state, stop) = (seen.clone(), over.clone());
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if stop.load(Ordering::SeqCst) {
                    return;
                }
                let _ = stream.map(|stream| converse(stream, &shape, &state));
            }
        });
        Double {
            port,
            seen,
            over,
            thread: Some(thread),
        }
    }

    pub fn url(&self) -> String {
        format!(
            "http://127.0.0.1:{}/vmapi/v1.0/server-params/{SECRET}",
            self.port
        )
    }

    /// Paths that were read.
    pub fn gets(&self) -> Vec<String> {
        self.seen.lock().unwrap().gets.clone()
    }

    /// Progress that arrived.
    pub fn told(&self) -> Vec<serde_json::Value> {
        self.seen.lock().unwrap().told.clone()
    }
}

impl Drop for Double {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

fn converse(mut stream: TcpStream, shape: &Shape, seen: &Mutex<Seen>) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut first = String::new();
    reader.read_line(&mut first).ok()?;
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut words = first.split_ascii_whitespace();
    let (method, path) = (words.next()?, words.next()?);
    if method == "POST" {
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        seen.lock()
            .ok()?
            .told
            .push(serde_json::from_slice(&body).ok()?);
        return reply(&mut stream, 204, b"", 0);
    }
    let fault = {
        let mut seen = seen.lock().ok()?;
        seen.gets.push(path.to_owned());
        seen.faults.pop_front().flatten()
    };
    let Some(mut data) = shape.answer(path) else {
        return reply(&mut stream, 404, b"", 0);
    };
    match fault {
        None => {}
        Some(Fault::Drop) => return None,
        Some(Fault::Garbage) => return stream.write_all(b"\x00\x01 hello\r\n\r\n").ok(),
        Some(Fault::Status(status)) => return reply(&mut stream, status, b"", 0),
        Some(Fault::Cut) => {
            return reply(&mut stream, 200, &data[..data.len() / 2], data.len() + 1);
        }
        Some(Fault::Flip) => data.first_mut().map(|byte| *byte ^= 1).unwrap_or_default(),
        Some(Fault::Short) => drop(data.pop()),
        Some(Fault::Long) => data.extend([b'x'; 1000]),
    }
    let length = data.len();
    reply(&mut stream, 200, &data, length)
}

fn reply(stream: &mut TcpStream, status: u16, body: &[u8], length: usize) -> Option<()> {
    let head =
        format!("HTTP/1.1 {status} Any\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n");
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(body).ok()
}
