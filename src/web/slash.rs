//! A final slash is optional and equivalent (ID-CON-04), except below the object
//! store, where it is part of an object's name.

use axum::{Router, extract::Request};
use http::Uri;
use tower::{ServiceExt, util::MapRequest};

/// Roots below which a final slash means something.
const EXACT: [&str; 5] = [
    "/pithos/object-store/",
    "/pithos/public/",
    "/pithos/v1/",
    "/object-store/",
    "/v1/",
];

/// `routes`, asked without the final slash of the path.
pub(crate) fn optional(routes: Router) -> MapRequest<Router, fn(Request) -> Request> {
    routes.map_request(strip as fn(Request) -> Request)
}

fn strip(mut request: Request) -> Request {
    if let Some(uri) = without_slash(request.uri()) {
        *request.uri_mut() = uri;
    }
    request
}

fn without_slash(uri: &Uri) -> Option<Uri> {
    let path = uri.path();
    if path.len() < 2 || !path.ends_with('/') || EXACT.iter().any(|root| path.starts_with(root)) {
        return None;
    }
    let path = path.trim_end_matches('/');
    let path = if path.is_empty() { "/" } else { path };
    let target = match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(target.parse().ok()?);
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    // ID-CON-04
    #[test]
    fn a_final_slash_goes_except_in_object_names() {
        let cases = [
            ("/identity/", Some("/identity")),
            ("/a//?b=/", Some("/a?b=/")),
            ("//", Some("/")),
            ("/", None),
            ("/a", None),
            ("/pithos/object-store/v1/acc/c/dir/", None),
        ];
        for (given, wanted) in cases {
            let uri: Uri = given.parse().unwrap();
            let got = without_slash(&uri).map(|uri| uri.to_string());
            assert_eq!(got.as_deref(), wanted, "{given}");
        }
    }
}
