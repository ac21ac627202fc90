//! Files through the real program: large ones with bounded memory, a full disk,
//! damaged blocks.

use crate::{client::Client, server::Server};
use sha2::{Digest, Sha256};
use std::io::Read;

/// Bytes that look random, repeatable, and are made as they are read.
pub struct Noise {
    left: u64,
    state: u64,
}

impl Noise {
    /// `size` bytes that depend on `seed`.
    pub fn new(seed: u64, size: u64) -> Self {
        Noise {
            left: size,
            state: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1,
        }
    }

    /// All of them at once.
    pub fn bytes(seed: u64, size: u64) -> Vec<u8> {
        let mut all = Vec::new();
        Noise::new(seed, size).read_to_end(&mut all).unwrap();
        all
    }
}

impl Read for Noise {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let n = out
            .len()
            .min(usize::try_from(self.left).unwrap_or(usize::MAX));
        for chunk in out[..n].chunks_mut(8) {
            self.state ^= self.state << 13;
            self.state ^= self.state >> 7;
            self.state ^= self.state << 17;
            let bytes = self.state.to_le_bytes();
            chunk.copy_from_slice(&bytes[..chunk.len()]);
        }
        self.left -= n as u64;
        Ok(n)
    }
}

fn digest(mut from: impl Read) -> [u8; 32] {
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        match from.read(&mut buffer).unwrap() {
            0 => return hash.finalize().into(),
            n => hash.update(&buffer[..n]),
        }
    }
}

/// The most memory the process ever had, KiB.
fn peak(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|l| l.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

// PI-WRT-01 PI-OBJ-01
#[test]
fn two_gibibytes_go_through_little_memory() {
    let server = Server::start("");
    let person = Client::add(&server, "large@example.org");
    person.ok(person.put(&person.file("pithos")));
    let size = 2 << 30;
    let body = reqwest::blocking::Body::sized(Noise::new(7, size), size);
    person.ok(person.put(&person.file("pithos/large")).body(body));
    let answer = person.ok(person.get(&person.file("pithos/large")));
    assert_eq!(answer.content_length(), Some(size));
    assert!(
        digest(answer) == digest(Noise::new(7, size)),
        "other bytes came back"
    );
    let peak = peak(server.pid());
    assert!(peak < 150 << 10, "the service took {peak} KiB");
}

// PI-BLK-06
#[test]
fn damaged_blocks_are_errors_and_verify_finds_them() {
    let mut server = Server::start("");
    let person = Client::add(&server, "damage@example.org");
    person.ok(person.put(&person.file("pithos")));
    for (name, seed) in [("torn", 1), ("missing", 2), ("whole", 3)] {
        let body = Noise::bytes(seed, 5 << 20);
        person.ok(person
            .put(&person.file(&format!("pithos/{name}")))
            .body(body));
    }
    let clean = server.synnefo(&["verify", "--deep"]);
    assert!(
        clean.status.success(),
        "{}",
        String::from_utf8_lossy(&clean.stdout)
    );
    let first_block = |seed| {
        let block = &Noise::bytes(seed, 5 << 20)[..4 << 20];
        let hash = blocks::hash_block(block).to_string();
        server
            .data()
            .join("blocks")
            .join(&hash[..2])
            .join(&hash[2..4])
            .join(&hash[4..6])
            .join(&hash)
    };
    let torn = first_block(1);
    let bytes = std::fs::read(&torn).unwrap_or_else(|e| panic!("{}: {e}", torn.display()));
    std::fs::write(&torn, &bytes[..bytes.len() / 2]).unwrap();
    std::fs::remove_file(first_block(2)).unwrap();
    for name in ["torn", "missing"] {
        // An error or a connection cut short, never wrong bytes.
        if let Ok(answer) = person.get(&person.file(&format!("pithos/{name}"))).send()
            && answer.status().is_success()
        {
            assert!(answer.bytes().is_err(), "{name} was served whole");
        }
    }
    person.ok(person.get(&person.file("pithos/whole")));
    // A missing file is found without reading all bytes.
    let quick = server.synnefo(&["verify"]);
    assert!(!quick.status.success(), "verify did not miss the block");
    let found = server.synnefo(&["verify", "--deep"]);
    assert!(!found.status.success(), "verify found nothing");
    let text = String::from_utf8_lossy(&found.stdout).into_owned()
        + &*String::from_utf8_lossy(&found.stderr);
    for path in [torn, first_block(2)] {
        let hash = path.file_name().unwrap().to_str().unwrap().to_owned();
        assert!(text.contains(&hash), "{hash} is not in:\n{text}");
    }
    server.stop();
}
