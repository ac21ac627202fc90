//! The hashmap document: `{"hashes": […], "bytes": n}` or its XML form, both ways
//! (PI-OBJ-08, PI-WRT-07).

use super::document::{Format, XML, escaped};
use blocks::{BLOCK_SIZE, BlockList};
use kernel::{BlockHash, Error, Result};
use quick_xml::{Reader, events::Event};
use serde::Deserialize;
use std::borrow::Cow;

/// Bytes a hashmap document may have: enough for 1 TiB.
pub(super) const MAX: usize = 24 << 20;

/// A hashmap as it was sent.
#[derive(Deserialize, Default)]
struct Sent<'a> {
    #[serde(borrow)]
    hashes: Vec<Cow<'a, str>>,
    bytes: u64,
    #[serde(default)]
    block_size: Option<u64>,
    #[serde(default, borrow)]
    block_hash: Option<Cow<'a, str>>,
}

fn malformed() -> Error {
    Error::invalid("Invalid data formatting")
}

/// Reads a hashmap.
pub(super) fn read(format: Format, body: &[u8]) -> Result<BlockList> {
    let sent = match format {
        Format::Xml => read_xml(body).ok_or_else(malformed)?,
        _ => serde_json::from_slice(body).map_err(|_| malformed())?,
    };
    if sent.block_size.is_some_and(|n| n != BLOCK_SIZE as u64)
        || sent
            .block_hash
            .as_ref()
            .is_some_and(|name| name != "sha256")
    {
        return Err(Error::invalid(
            "The hashmap is for another block size or hash algorithm",
        ));
    }
    let hashes = sent
        .hashes
        .iter()
        .map(|text| {
            let hash = text.parse::<BlockHash>();
            hash.map_err(|_| Error::invalid(format!("Invalid hash: {text}")))
        })
        .collect::<Result<Vec<_>>>()?;
    BlockList::new(sent.bytes, hashes)
}

fn read_xml(body: &[u8]) -> Option<Sent<'static>> {
    let text = std::str::from_utf8(body).ok()?;
    let mut reader = Reader::from_str(text);
    let mut sent = Sent::default();
    let (mut in_hash, mut seen) = (false, false);
    loop {
        match reader.read_event().ok()? {
            Event::Start(tag) | Event::Empty(tag) if tag.name().as_ref() == "object" => {
                seen = true;
                for attribute in tag.attributes() {
                    let attribute = attribute.ok()?;
                    let value = attribute.value.into_owned();
                    match attribute.key.as_ref() {
                        "bytes" => sent.bytes = value.parse().ok()?,
                        "block_size" => sent.block_size = Some(value.parse().ok()?),
                        "block_hash" => sent.block_hash = Some(value.into()),
                        _ => {}
                    }
                }
            }
            Event::Start(tag) => in_hash = tag.name().as_ref() == "hash",
            Event::End(_) => in_hash = false,
            Event::Text(text) if in_hash => {
                sent.hashes.push(text.trim().to_owned().into());
            }
            Event::Eof => return seen.then_some(sent),
            _ => {}
        }
    }
}

/// Writes a hashmap; there is no text form, so that is JSON.
pub(super) fn write(format: Format, name: &str, list: &BlockList) -> String {
    let hashes = list.to_map();
    if format == Format::Xml {
        let hashes: String = hashes
            .iter()
            .map(|hash| format!("<hash>{hash}</hash>\n"))
            .collect();
        return format!(
            "{XML}<object name=\"{}\" bytes=\"{}\" block_size=\"{BLOCK_SIZE}\" \
             block_hash=\"sha256\">\n{hashes}</object>\n",
            escaped(name),
            list.size(),
        );
    }
    serde_json::json!({
        "block_hash": "sha256", "block_size": BLOCK_SIZE, "bytes": list.size(), "hashes": hashes,
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Digest;

    // PI-WRT-07 AC-WRT-5
    #[test]
    fn hashmaps_are_read_and_refused() {
        let a = "aa".repeat(32);
        let good = format!(
            r#"{{"hashes": ["{a}"], "bytes": 10, "block_hash": "sha256", "block_size": 4194304, "x": 1}}"#
        );
        let list = read(Format::Json, good.as_bytes()).unwrap();
        assert_eq!(
            (list.size(), list.blocks()),
            (10, &[Digest([0xaa; 32])][..])
        );
        for (format, name) in [(Format::Json, "n"), (Format::Xml, "a<\"b")] {
            let written = write(format, name, &list);
            assert_eq!(read(format, written.as_bytes()).unwrap(), list, "{written}");
        }
        assert_eq!(
            read(Format::Json, br#"{"hashes": [], "bytes": 0}"#).unwrap(),
            BlockList::empty()
        );
        let bad = [
            ("{", "Invalid data formatting"),
            ("{}", "Invalid data formatting"),
            (r#"{"hashes": 1, "bytes": 1}"#, "Invalid data formatting"),
            (r#"{"hashes": [], "bytes": -1}"#, "Invalid data formatting"),
            (r#"{"hashes": ["zz"], "bytes": 1}"#, "Invalid hash: zz"),
            (
                r#"{"hashes": [], "bytes": 9223372036854775807}"#,
                "The object's size does not match",
            ),
            (
                &good.replace("10", "4194305"),
                "The object's size does not match",
            ),
            (
                &good.replace("sha256", "sha1"),
                "The hashmap is for another",
            ),
            (
                &good.replace("4194304", "1024"),
                "The hashmap is for another",
            ),
        ];
        for (body, text) in bad {
            let error = read(Format::Json, body.as_bytes()).unwrap_err().to_string();
            assert!(error.starts_with(text), "{body}: {error}");
        }
        for body in [
            "",
            "<x/>",
            "<object bytes='x'/>",
            "<object bytes=\"1\"><hash>",
        ] {
            assert!(read(Format::Xml, body.as_bytes()).is_err(), "{body}");
        }
    }
}
