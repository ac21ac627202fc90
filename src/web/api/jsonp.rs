//! JSON that pages of other places may load as a script (ID-SEC-21, ID-MNU-04).

use crate::auth::query_value;
use axum::response::{IntoResponse, Response};
use http::{Uri, header};
use kernel::{Error, Result};
use serde_json::Value;

/// `^[A-Za-z_$][\w$.]{0,127}$`
fn is_name(text: &str) -> bool {
    let mut all = text.chars();
    let first = all
        .next()
        .is_some_and(|c| c.is_ascii_alphabetic() || "_$".contains(c));
    first && text.len() <= 128 && all.all(|c| c.is_ascii_alphanumeric() || "_$.".contains(c))
}

/// The name of the function to be called, where one was given.
///
/// # Errors
/// `Invalid` when it is none.
pub(crate) fn callback(uri: &Uri) -> Result<Option<String>> {
    let query = uri.query().unwrap_or_default();
    let given = query
        .split('&')
        .any(|p| p == "callback" || p.starts_with("callback="));
    match query_value(query, "callback") {
        None if !given => Ok(None),
        Some(name) if is_name(&name) => Ok(Some(name)),
        _ => Err(Error::invalid("Invalid callback")),
    }
}

/// The answer, as a call of that function.
pub(crate) fn answer(callback: Option<String>, value: &Value) -> Response {
    let (kind, body) = match callback {
        None => ("application/json", value.to_string()),
        Some(name) => {
            // These end a line for scripts, but not for JSON.
            let text = value.to_string();
            let text = text
                .replace('\u{2028}', "\\u2028")
                .replace('\u{2029}', "\\u2029");
            ("application/javascript", format!("{name}({text})"))
        }
    };
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    // ID-SEC-21
    #[test]
    fn callbacks_are_names() {
        let asked = |query: &str| callback(&format!("/x?{query}").parse().unwrap());
        assert_eq!(asked("a=1").unwrap(), None);
        assert_eq!(asked("callback=$a.b_1").unwrap().as_deref(), Some("$a.b_1"));
        let long = format!("callback={}", "a".repeat(129));
        for bad in [
            "callback=",
            "callback",
            "callback=alert(1)//",
            "callback=1a",
            "callback=a%0Ab",
            &long,
        ] {
            assert!(asked(bad).is_err(), "{bad}");
        }
    }
}
