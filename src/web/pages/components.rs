//! All components in all states on one page, for those who make pages (`DEBUG` only).

use super::{
    Failed,
    pager::Pager,
    posted::Form,
    shell::{Shell, page},
    visitor::Visitor,
    words::Meter,
};
use askama::Template;
use axum::response::Response;
use kernel::Error;

/// An address, words, and whether one is there.
type Part = (&'static str, &'static str, bool);

#[derive(Template)]
#[template(path = "pages/components.html")]
struct Components {
    s: Shell,
    plain: Form,
    wrong: Form,
    meters: Vec<Meter>,
    pager: Pager,
    options: Vec<(&'static str, &'static str)>,
    parts: Vec<Part>,
    crumbs: Vec<(&'static str, &'static str)>,
    happened: Vec<(&'static str, &'static str, &'static str, &'static str)>,
}

/// The page; with `DEBUG` off there is none.
pub(super) async fn all(v: Visitor) -> Result<Response, Failed> {
    if !v.settings.bool("DEBUG") {
        return Err(Error::not_found(crate::text::text("no-such-page")).into());
    }
    let mut wrong = Form::with(&[("email", "maria@"), ("choice", "b")]);
    wrong.refuse(&v, "email", "INVALID_EMAIL");
    wrong.refuse(&v, "words", "REQUIRED_FIELD");
    wrong.refuse(&v, "choice", "REQUIRED_FIELD");
    let meter = |name: &str, percent: u64, level: &'static str| Meter {
        name: name.to_owned(),
        label: format!("Level {level}"),
        project: String::new(),
        used: percent.to_string(),
        limit: "100".to_owned(),
        percent,
        level,
    };
    Ok(page(&Components {
        plain: Form::with(&[
            ("email", "maria@example.org"),
            ("agree", "on"),
            ("choice", "b"),
        ]),
        wrong,
        meters: vec![
            meter("none", 0, "ok"),
            meter("some", 20, "ok"),
            meter("half", 50, "warning"),
            meter("full", 100, "danger"),
        ],
        pager: Pager::new(&v, "", 321),
        options: vec![("a", "First choice"), ("b", "Second choice")],
        parts: vec![
            ("#tabs", "Here", true),
            ("#other", "There", false),
            ("#third", "Elsewhere", false),
        ],
        crumbs: vec![("#files", "Files"), ("#photos", "photos")],
        happened: vec![
            (
                "2 minutes ago",
                "2026-11-25T18:00:00Z",
                "maria@example.org",
                "changed the name",
            ),
            (
                "yesterday",
                "2026-11-24T09:00:00Z",
                "root",
                "accepted the account",
            ),
        ],
        s: Shell::new(v, "components", "Components", ""),
    }))
}
