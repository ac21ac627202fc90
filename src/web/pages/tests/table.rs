//! Who may do what: every page against the table in `tests/golden/authz.txt`.

use super::*;
use crate::pages::PAGES;

/// A path of the pattern, about things that are not there.
fn filled(pattern: &str) -> String {
    let parts = pattern.split('/').map(|part| match part {
        "{server}" => "77",
        "{kind}" => "vm",
        "{chapter}" => "overview",
        "{image}" => "00000000-0000-0000-0000-000000000000",
        "{*path}" | "{container}" => "none",
        "{module}" => "google",
        "{id}" => "77",
        "{slug}" => "none",
        "{user}" | "{token}" | "{link}" | "{key}" => "x",
        other => other,
    });
    parts.collect::<Vec<_>>().join("/")
}

/// A form with a proof that was made up.
const FORGED: &str =
    "--x\r\ncontent-disposition: form-data; name=\"csrfmiddlewaretoken\"\r\n\r\nx\r\n--x--\r\n";

/// What becomes of a request.
fn fate(seen: &Seen) -> &'static str {
    let target = seen.headers.get(header::LOCATION);
    let target = target.map_or("", |target| target.to_str().unwrap());
    match seen.status.as_u16() {
        302 | 303 | 307 if target.starts_with("/ui/login?next=") => "login",
        403 => "forgery",
        200..400 => "open",
        400 | 404 => "open",
        _ => "other",
    }
}

// ID-SEC-01 ID-SEC-07: no page is without an entry, and nothing is changed without proof
#[tokio::test]
async fn every_page_lets_in_whom_the_table_says() {
    let house = House::new();
    house.person("maria@example.org").await;
    let mut lines = vec!["# method path: nobody, somebody without proof".to_owned()];
    for (methods, pattern, _) in PAGES {
        if pattern.ends_with("/events") {
            // For somebody it never ends; nobody must not hear it.
            let nobody = Browser::new(&house).get(pattern).await;
            lines.push(format!("GET {pattern}: {}, -", fate(&nobody)));
            continue;
        }
        for method in methods.split(' ') {
            let path = filled(pattern);
            let method: Method = method.parse().unwrap();
            let nobody = Browser::new(&house);
            let nobody = nobody.send(method.clone(), &path, &[], String::new()).await;
            let somebody = Browser::new(&house);
            somebody
                .log_in("maria@example.org", PASSWORD)
                .await
                .leads_to();
            let kind = [("content-type", "multipart/form-data; boundary=x")];
            let (kind, body) = match method == Method::POST {
                true => (&kind[..], FORGED.to_owned()),
                false => (&[][..], String::new()),
            };
            let seen = somebody
                .send(method.clone(), &path, kind, body.clone())
                .await;
            let (nobody, seen) = (fate(&nobody), fate(&seen));
            if method == Method::POST {
                assert_eq!(seen, "forgery", "{pattern} changes without proof");
            }
            lines.push(format!("{method} {pattern}: {nobody}, {seen}"));
        }
    }
    lines.push(String::new());
    let table = lines.join("\n");
    let file =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/authz.txt");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&file, &table).unwrap();
    }
    assert_eq!(table, std::fs::read_to_string(&file).unwrap_or_default());
}
