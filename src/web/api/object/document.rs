//! Listings and hashmaps as text, JSON and XML (PI-HDR-01 to 03, 11, 12).

use crate::error::escape_xml;
use http::HeaderMap;
use serde_json::{Map, Value};

/// How a document is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Text,
    Json,
    Xml,
}

impl Format {
    /// Parameter, then `Accept`, then the level's default.
    pub(super) fn of(parameter: &str, headers: &HeaderMap, default: Format) -> Self {
        match parameter {
            "json" => return Format::Json,
            "xml" => return Format::Xml,
            "text" => return Format::Text,
            _ => {}
        }
        let accept = headers
            .get(http::header::ACCEPT)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let mut kinds = accept.split(',').map(|kind| {
            let kind = kind.split(';').next().unwrap_or_default();
            kind.trim()
        });
        kinds
            .find_map(|kind| match kind {
                "application/json" => Some(Format::Json),
                "application/xml" => Some(Format::Xml),
                _ => None,
            })
            .unwrap_or(default)
    }

    pub(super) fn content_type(self) -> &'static str {
        match self {
            Format::Text => "text/plain; charset=UTF-8",
            Format::Json => "application/json; charset=UTF-8",
            Format::Xml => "application/xml; charset=UTF-8",
        }
    }
}

/// The start of every XML document.
pub(super) const XML: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/// `text` fit for XML.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    escape_xml(&mut out, text);
    out
}

/// One object of a JSON list as an XML element.
pub(super) fn element(name: &str, fields: &Map<String, Value>) -> String {
    let mut out = format!("<{name}>");
    for (key, value) in fields {
        let inner = match value {
            Value::Object(map) => map
                .iter()
                .map(|(key, value)| {
                    format!("<key>{}</key><value>{}</value>", escaped(key), plain(value))
                })
                .collect(),
            other => plain(other),
        };
        out.push_str(&format!("<{key}>{inner}</{key}>"));
    }
    out.push_str(&format!("</{name}>\n"));
    out
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => escaped(text),
        Value::Null => "None".into(),
        other => other.to_string(),
    }
}

/// Names as text: one a line.
pub(super) fn lines<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.flat_map(|name| [name, "\n"]).collect()
}

/// A plain list in the wanted format.
pub(super) fn list(format: Format, items: &[String]) -> String {
    match format {
        Format::Text => lines(items.iter().map(String::as_str)),
        Format::Json => Value::from(items.to_vec()).to_string(),
        Format::Xml => {
            let items: String = items
                .iter()
                .map(|item| format!("<item>{}</item>\n", escaped(item)))
                .collect();
            format!("{XML}<items>\n{items}</items>\n")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    // PI-HDR-01 PI-HDR-12
    #[test]
    fn formats_are_chosen_and_written() {
        let mut headers = HeaderMap::new();
        let of = |p: &str, headers: &HeaderMap| Format::of(p, headers, Format::Text);
        assert_eq!(of("", &headers), Format::Text);
        headers.insert("accept", "text/xml, application/xml;q=1".parse().unwrap());
        assert_eq!(of("", &headers), Format::Xml);
        assert_eq!(of("yaml", &headers), Format::Xml);
        assert_eq!(of("json", &headers), Format::Json);
        let fields = json!({"name": "a<b", "n": 1, "none": null, "p": {"k": "v"}});
        assert_eq!(
            element("object", fields.as_object().unwrap()),
            "<object><name>a&lt;b</name><n>1</n><none>None</none>\
             <p><key>k</key><value>v</value></p></object>\n"
        );
        let items = ["x".to_owned(), "y".to_owned()];
        assert_eq!(list(Format::Text, &items), "x\ny\n");
        assert_eq!(list(Format::Json, &items), r#"["x","y"]"#);
        assert!(
            list(Format::Xml, &items)
                .ends_with("<items>\n<item>x</item>\n<item>y</item>\n</items>\n")
        );
    }
}
