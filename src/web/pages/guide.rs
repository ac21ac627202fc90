//! The administrator's guide as pages (ID-OPS-05): for administrators, or for everybody
//! where `GUIDE_PUBLIC` says so.

use super::{
    Failed,
    shell::{Shell, page},
    visitor::Visitor,
};
use askama::Template;
use axum::{
    extract::Path,
    response::{IntoResponse, Redirect, Response},
};
use kernel::Error;
use pulldown_cmark::{Options, Parser, html};
use wire::guide::{CHAPTERS, Chapter, chapter};

#[derive(Template)]
#[template(path = "pages/guide.html")]
struct Page {
    s: Shell,
    current: &'static str,
    chapters: &'static [Chapter],
    /// Made of our own text.
    text: String,
}

/// `/guide`: the first chapter.
pub(super) async fn index(visitor: Visitor) -> Result<Response, Failed> {
    show(visitor, "overview")
}

/// `/guide/{chapter}`.
pub(super) async fn one(visitor: Visitor, Path(name): Path<String>) -> Result<Response, Failed> {
    show(visitor, &name)
}

fn show(visitor: Visitor, name: &str) -> Result<Response, Failed> {
    if !visitor.settings.bool("GUIDE_PUBLIC") {
        match visitor.user() {
            Some(user) if user.admin => {}
            Some(_) => {
                return Err(Error::forbidden(crate::text::text("guide-administrators")).into());
            }
            None => return Ok(Redirect::to("/ui/login?next=%2Fguide").into_response()),
        }
    }
    let Some(chapter) = chapter(name) else {
        return Err(Error::not_found(crate::text::text("no-such-page")).into());
    };
    let mut text = String::new();
    html::push_html(
        &mut text,
        Parser::new_ext(chapter.text, Options::ENABLE_TABLES),
    );
    Ok(page(&Page {
        s: Shell::titled(&visitor, "guide", "guide-title", "nav-guide"),
        current: chapter.name,
        chapters: CHAPTERS,
        text,
    }))
}
