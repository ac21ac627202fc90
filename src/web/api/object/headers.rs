//! The object store's own way with headers: percent-encoding both ways, names in
//! one form, `~` for nothing (PI-HDR-04 to 07).

use http::{HeaderMap, HeaderName, HeaderValue};
use kernel::{Error, Result};
use percent_encoding::percent_decode;
use std::{borrow::Cow, collections::BTreeMap};

/// The request's headers, decoded, by lower-case name with `-`.
pub(super) struct Sent(BTreeMap<String, String>);

impl Sent {
    /// Decodes all headers; bytes outside ASCII are refused.
    pub(super) fn read(headers: &HeaderMap) -> Result<Self> {
        let mut all = BTreeMap::new();
        for (name, value) in headers {
            let plain = std::str::from_utf8(value.as_bytes())
                .ok()
                .filter(|text| text.is_ascii());
            let Some(plain) = plain else {
                return Err(Error::invalid(if name == http::header::CONTENT_TYPE {
                    "Bad characters in Content-Type."
                } else {
                    "Bad character in headers."
                }));
            };
            let (name, value) = if name == http::header::CONTENT_TYPE {
                (name.as_str().to_owned(), plain.to_owned())
            } else {
                (decoded(name.as_str()), decoded(plain))
            };
            all.insert(name.replace('_', "-"), value);
        }
        Ok(Sent(all))
    }

    /// One header.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Headers whose lower-case name starts with `prefix`: full name in stored form
    /// and value without `~`.
    pub(super) fn starting(&self, prefix: &str) -> BTreeMap<String, String> {
        self.0
            .iter()
            .filter(|(name, _)| name.len() > prefix.len() && name.starts_with(prefix))
            .map(|(name, value)| (stored_name(name), cleaned(value)))
            .collect()
    }
}

fn decoded(text: &str) -> String {
    // What is no UTF-8 once decoded stays as it was.
    match percent_decode(text.as_bytes()).decode_utf8() {
        Ok(Cow::Owned(decoded)) => decoded,
        _ => text.to_owned(),
    }
}

/// A value without `~`; white space alone is nothing.
pub(super) fn cleaned(value: &str) -> String {
    let value = value.replace('~', "");
    if value.trim().is_empty() {
        String::new()
    } else {
        value
    }
}

/// Each part between dashes with its first letter upper and the rest lower.
pub(super) fn stored_name(name: &str) -> String {
    let parts = name.split(['-', '_']).map(|part| {
        let mut letters = part.chars();
        let first = letters.next().into_iter().flat_map(char::to_uppercase);
        first
            .chain(letters.flat_map(char::to_lowercase))
            .collect::<String>()
    });
    parts.collect::<Vec<_>>().join("-")
}

/// Adds a header of this API, encoded where it needs to be.
pub(super) fn add(headers: &mut HeaderMap, name: &str, value: &str) {
    let encoded = encode(value, |b| {
        b.is_ascii_alphanumeric() || b"_.-/=,:@; \"".contains(&b)
    });
    let name = encode(name, |b| {
        b.is_ascii_alphanumeric() || b"!#$&'*+-.^_`|~".contains(&b)
    });
    put(headers, &name, &encoded);
}

/// Adds a header as it is; control characters, which cannot be sent, are left out.
pub(super) fn put(headers: &mut HeaderMap, name: &str, value: &str) {
    let value: Vec<u8> = value.bytes().filter(|b| *b >= 0x20 && *b != 0x7f).collect();
    if let (Ok(name), Ok(value)) = (
        HeaderName::from_bytes(name.as_bytes()),
        HeaderValue::from_bytes(&value),
    ) {
        headers.insert(name, value);
    }
}

fn encode(text: &str, plain: impl Fn(u8) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if plain(byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(pairs: &[(&str, &[u8])]) -> Result<Sent> {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(
                HeaderName::from_bytes(name.as_bytes()).unwrap(),
                HeaderValue::from_bytes(value).unwrap(),
            );
        }
        Sent::read(&headers)
    }

    // PI-HDR-04 PI-HDR-05 PI-HDR-06 AC-HDR-1 AC-HDR-2
    #[test]
    fn request_headers_are_decoded_into_one_form() {
        let got = sent(&[
            ("X-Object-Meta-foo_BAR", b"v%20%CE%B1"),
            ("X-Object-Meta-%CE%A0%CE%BF%CE%B9", b"%CE%91"),
            ("X-Object-Meta-Gone", b"~"),
            ("X-Object-Meta-Half", b"100%zz"),
            ("X-Object-Meta-", b"no name"),
            ("content-type", b"a/b%20c"),
        ])
        .unwrap();
        let wanted = [
            ("X-Object-Meta-Foo-Bar", "v α"),
            ("X-Object-Meta-Gone", ""),
            ("X-Object-Meta-Half", "100%zz"),
            ("X-Object-Meta-Ποι", "Α"),
        ];
        let wanted = wanted.map(|(k, v)| (k.to_owned(), v.to_owned()));
        assert_eq!(got.starting("x-object-meta-"), BTreeMap::from(wanted));
        assert_eq!(got.get("content-type"), Some("a/b%20c"));
        let refused = |name, text: &str| {
            let error = sent(&[(name, "ü".as_bytes())]).err().unwrap();
            assert_eq!(error.to_string(), text);
        };
        refused("x-any", "Bad character in headers.");
        refused("content-type", "Bad characters in Content-Type.");
    }

    // PI-HDR-07 CL-K-07
    #[test]
    fn reply_headers_are_encoded() {
        let mut headers = HeaderMap::new();
        add(&mut headers, "X-Object-Meta-Key a%", "α b*=\"x\";@:,/.-_+");
        assert_eq!(
            headers["x-object-meta-key%20a%25"],
            "%CE%B1 b%2A=\"x\";@:,/.-_%2B"
        );
        put(&mut headers, "Content-Type", "image/svg+xml\n");
        assert_eq!(headers["content-type"], "image/svg+xml");
    }
}
