//! Images as headers, in both directions (CY-IMG-20, CY-IMG-21).

use super::render::time;
use http::{HeaderMap, HeaderName, HeaderValue};
use images::{Attributes, Image};
use kernel::{Error, Result};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use std::collections::BTreeMap;

const PREFIX: &str = "x-image-meta-";
const PROPERTY: &str = "property_";
/// Python's `quote` leaves these alone.
const QUOTED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'_')
    .remove(b'.')
    .remove(b'-')
    .remove(b'/');

/// An image to be registered.
pub(super) struct NewImage {
    pub(super) location: String,
    pub(super) attributes: Attributes,
}

/// Attributes that may be given when an image is registered.
const ALLOWED: [&str; 10] = [
    "name",
    "store",
    "disk_format",
    "container_format",
    "size",
    "checksum",
    "is_public",
    "owner",
    "location",
    "id",
];

/// The attributes of an image, as headers of an answer.
pub(super) fn of(image: &Image) -> HeaderMap {
    let quoted = |text: &str| utf8_percent_encode(text, QUOTED).to_string();
    let word = |yes: bool| if yes { "True" } else { "False" }.to_owned();
    let mut headers = HeaderMap::new();
    let mut put = |name: &str, value: String| {
        let name = format!("{PREFIX}{}", name.replace('_', "-"));
        let name = HeaderName::from_bytes(name.as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(&value)) {
            headers.insert(name, value);
        }
    };
    put("id", image.id.to_string());
    put("name", quoted(&image.name));
    put("status", image.status.name().to_owned());
    put("location", image.location());
    put("size", image.size.to_string());
    put("checksum", image.checksum.clone());
    put("disk_format", image.disk_format.clone());
    put("container_format", image.container_format.clone());
    put("is_public", word(image.public));
    put("owner", image.owner.to_string());
    put("is_snapshot", word(image.is_snapshot));
    put("description", quoted(&image.description));
    put("created_at", time(image.created));
    put("updated_at", time(image.updated));
    put("deleted_at", String::new());
    for (name, value) in &image.properties {
        put(&format!("property_{}", quoted(name)), quoted(value));
    }
    headers
}

/// Names without prefix, in the form metadata keeps them, and values.
fn given(headers: &HeaderMap) -> Result<BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    for (name, value) in headers {
        let Some(rest) = name.as_str().strip_prefix(PREFIX) else {
            continue;
        };
        let text = String::from_utf8_lossy(value.as_bytes()).into_owned();
        let property = rest.starts_with("property-") || rest.starts_with(PROPERTY);
        let name = decoded(rest)?.to_lowercase();
        let underscored = |c: char| if c.is_ascii_punctuation() { '_' } else { c };
        let name: String = name.chars().map(underscored).collect();
        let value = if property || ["name", "description"].contains(&name.as_str()) {
            decoded(&text)?
        } else {
            text
        };
        found.insert(name, value);
    }
    Ok(found)
}

fn decoded(text: &str) -> Result<String> {
    percent_decode_str(text)
        .decode_utf8()
        .map(std::borrow::Cow::into_owned)
        .map_err(|_| Error::invalid("Could not decode the image's metadata as UTF-8"))
}

fn attributes(given: &BTreeMap<String, String>) -> Attributes {
    let text = |name: &str| given.get(name).cloned();
    let properties = given
        .iter()
        .filter_map(|(name, value)| Some((name.strip_prefix(PROPERTY)?.to_owned(), value.clone())))
        .collect();
    Attributes {
        name: text("name"),
        disk_format: text("disk_format"),
        container_format: text("container_format"),
        public: text("is_public").map(|word| word.eq_ignore_ascii_case("true")),
        status: text("status"),
        properties,
        ..Attributes::default()
    }
}

/// Reads a registration (CY-IMG-33).
pub(super) fn new_image(headers: &HeaderMap) -> Result<NewImage> {
    let mut given = given(headers)?;
    given.retain(|name, _| name.starts_with(PROPERTY) || ALLOWED.contains(&name.as_str()));
    if given.contains_key("id") {
        return Err(Error::invalid("Setting the image ID is not supported"));
    }
    if given.get("store").is_some_and(|store| store != "pithos") {
        return Err(Error::invalid(
            "Invalid 'store': only 'pithos' is supported",
        ));
    }
    let size = |text: &String| {
        let wrong = |_| Error::invalid("Invalid 'size': it is not a number");
        text.trim().parse::<u64>().map_err(wrong)
    };
    Ok(NewImage {
        location: given.get("location").cloned().unwrap_or_default(),
        attributes: Attributes {
            size: given.get("size").map(size).transpose()?,
            checksum: given.get("checksum").cloned(),
            status: None,
            ..attributes(&given)
        },
    })
}

/// Reads a change (CY-IMG-34).
pub(super) fn change(headers: &HeaderMap) -> Result<Attributes> {
    let given = given(headers)?;
    let known = [
        "name",
        "disk_format",
        "container_format",
        "is_public",
        "owner",
        "status",
    ];
    let unknown = |name: &&String| !name.starts_with(PROPERTY) && !known.contains(&name.as_str());
    if let Some(name) = given.keys().find(unknown) {
        return Err(Error::field(
            name.clone(),
            format!("Invalid metadata: {name}"),
        ));
    }
    Ok(attributes(&given))
}
