//! The front page, the owner's texts around it (ID-PTL), and the way from the index.

use super::{
    Failed,
    cloudbar::{self, Room},
    owner::escaped,
    pager::Pager,
    shell::{Shell, page},
    visitor::Visitor,
};
use crate::{
    portal::{Item, Portal, Text, gives_way},
    text::text,
};
use askama::Template;
use axum::{
    extract::Path,
    response::{IntoResponse, Redirect, Response},
};
use http::header;
use jiff::civil::Date;
use kernel::{Error, Result};
use std::sync::Arc;

/// News on the front page.
const NEWEST: usize = 3;
/// Pages of the owner that are linked to.
const LINKED: usize = 12;
/// News in the feed.
const FED: usize = 20;

/// A place of the portal: address, words, is one there?
struct Place {
    path: String,
    words: String,
    here: bool,
}

#[derive(Template)]
#[template(path = "pages/portal.html")]
struct Front {
    s: Shell,
    places: Vec<Place>,
    index: Option<Arc<Text>>,
    rooms: Vec<Room>,
    news: Vec<Item>,
}

#[derive(Template)]
#[template(path = "pages/portal_text.html")]
struct One {
    s: Shell,
    places: Vec<Place>,
    text: Arc<Text>,
    date: Option<Date>,
}

#[derive(Template)]
#[template(path = "pages/portal_news.html")]
struct News {
    s: Shell,
    places: Vec<Place>,
    news: Vec<Item>,
    pager: Pager,
}

#[derive(Template)]
#[template(path = "pages/portal_faq.html")]
struct Faq {
    s: Shell,
    places: Vec<Place>,
    faq: Vec<(String, Vec<Item>)>,
}

fn day(date: &Date) -> String {
    date.strftime("%d/%m/%Y").to_string()
}

fn absent() -> Error {
    Error::not_found(text("no-such-page"))
}

/// Reads texts of the owner, away from other requests.
async fn read<T: Send + 'static>(
    v: &Visitor,
    root: &str,
    what: impl FnOnce(&Portal) -> T + Send + 'static,
) -> Result<T> {
    let off = !v.settings.bool("PORTAL_ENABLED") || !v.settings.str("PORTAL_URL").is_empty();
    if off || !root.is_empty() && gives_way(&v.settings, root) {
        return Err(absent());
    }
    let portal = Portal::new(&v.settings, v.language.code(), v.now);
    let read = tokio::task::spawn_blocking(move || what(&portal));
    read.await.map_err(Error::broken)
}

/// Where the texts around the front page are; `pages` are the owner's.
fn places(v: &Visitor, pages: Vec<(String, String)>, here: &str) -> Vec<Place> {
    let own = [("news", "portal-news"), ("faq", "portal-faq")].into_iter();
    let own = own.map(|(root, key)| (root, format!("/{root}/"), text(key)));
    let pages = pages.into_iter();
    let pages = pages.map(|(slug, title)| ("about", format!("/about/{slug}/"), title));
    own.chain(pages)
        .filter(|(root, _, _)| !gives_way(&v.settings, root))
        .map(|(_, path, words)| Place {
            here: path == here,
            path,
            words,
        })
        .collect()
}

/// `/`: the front page (ID-PTL-01), or where the settings say.
pub(super) async fn front(v: Visitor) -> Result<Response, Failed> {
    for name in ["PORTAL_URL", "WEBPROJECT_ROOT_REDIRECT"] {
        let elsewhere = v.settings.str(name);
        if !elsewhere.is_empty() {
            return Ok(Redirect::to(elsewhere).into_response());
        }
    }
    if !v.settings.bool("PORTAL_ENABLED") {
        return Ok(Redirect::to("/ui").into_response());
    }
    let with_news = !gives_way(&v.settings, "news");
    let all = read(&v, "", move |portal| {
        let newest = if with_news { NEWEST } else { 0 };
        let news = portal.news(0, newest);
        (portal.pages(LINKED), portal.index(), news)
    });
    let (pages, index, news) = all.await?;
    Ok(page(&Front {
        rooms: cloudbar::rooms(&v)?,
        places: places(&v, pages, "/"),
        s: Shell::titled(&v, "portal", "portal-title", ""),
        index,
        news,
    }))
}

/// A page of the owner.
pub(super) async fn about(v: Visitor, Path(slug): Path<String>) -> Result<Response, Failed> {
    let here = format!("/about/{slug}/");
    let all = read(&v, "about", move |portal| {
        Some((portal.page(&slug)?, portal.pages(LINKED)))
    });
    let (text, pages) = all.await?.ok_or_else(absent)?;
    Ok(page(&One {
        places: places(&v, pages, &here),
        s: Shell::new(v, "portal-page", &text.title, ""),
        text,
        date: None,
    }))
}

/// The news.
pub(super) async fn news(v: Visitor) -> Result<Response, Failed> {
    let asker = v.clone();
    let all = read(&v, "news", move |portal| {
        let pager = Pager::new(&asker, "", portal.news_count());
        let (skip, take) = pager.window();
        let news = portal.news(skip, take.min(100));
        (news, pager, portal.pages(LINKED))
    });
    let (news, pager, pages) = all.await?;
    Ok(page(&News {
        places: places(&v, pages, "/news/"),
        s: Shell::titled(&v, "portal-news", "portal-news", ""),
        news,
        pager,
    }))
}

/// A piece of news.
pub(super) async fn news_item(v: Visitor, Path(slug): Path<String>) -> Result<Response, Failed> {
    let all = read(&v, "news", move |portal| {
        Some((portal.news_item(&slug)?, portal.pages(LINKED)))
    });
    let (item, pages) = all.await?.ok_or_else(absent)?;
    Ok(page(&One {
        places: places(&v, pages, "/news/"),
        s: Shell::new(v, "portal-news-item", &item.text.title, ""),
        text: item.text,
        date: item.date,
    }))
}

/// Our own answers: name, question, answer.
const ANSWERS: [(&str, &str, &str); 4] = [
    ("account", "faq-account-q", "faq-account-a"),
    ("machine", "faq-machine-q", "faq-machine-a"),
    ("files", "faq-files-q", "faq-files-a"),
    ("program", "faq-program-q", "faq-program-a"),
];

/// Our own answers, until the owner has some.
fn usual_answers() -> Vec<(String, Vec<Item>)> {
    let item = |(name, question, answer): &(&str, &str, &str)| Item {
        slug: (*name).to_owned(),
        date: None,
        text: Arc::new(Text {
            title: text(question),
            html: format!("<p>{}</p>", escaped(&text(answer))),
            lead: String::new(),
        }),
    };
    vec![(text("faq-start"), ANSWERS.iter().map(item).collect())]
}

/// Questions and answers.
pub(super) async fn faq(v: Visitor) -> Result<Response, Failed> {
    let all = read(&v, "faq", |portal| (portal.faq(), portal.pages(LINKED)));
    let (faq, pages) = all.await?;
    Ok(page(&Faq {
        places: places(&v, pages, "/faq/"),
        s: Shell::titled(&v, "portal-faq", "portal-faq", ""),
        faq: match faq.is_empty() {
            true => usual_answers(),
            false => faq,
        },
    }))
}

/// The news for programs that read many (RFC 4287).
pub(super) async fn feed(v: Visitor) -> Result<Response, Failed> {
    let news = read(&v, "news", |portal| portal.news(0, FED)).await?;
    let base = v.settings.base_url().trim_end_matches('/');
    let service = escaped(v.settings.str("BRANDING_SERVICE_NAME"));
    let at = |date: Option<Date>| {
        let day = date.map_or_else(|| "1970-01-01".to_owned(), |date| date.to_string());
        format!("{day}T00:00:00Z")
    };
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
         <feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{lang}\">\n\
         <title>{service}: {title}</title>\n<id>{base}/news/</id>\n\
         <link href=\"{base}/news/\"/>\n<link rel=\"self\" href=\"{base}/news/feed.atom\"/>\n\
         <author><name>{service}</name></author>\n<updated>{updated}</updated>\n",
        lang = v.language.code(),
        title = escaped(&text("portal-news")),
        updated = at(news.first().and_then(|one| one.date)),
        base = escaped(base),
    );
    for one in news {
        let link = escaped(&format!("{base}/news/{}/", one.slug));
        out.push_str(&format!(
            "<entry><title>{}</title><id>{link}</id><link href=\"{link}\"/>\
             <updated>{}</updated><content type=\"html\">{}</content></entry>\n",
            escaped(&one.text.title),
            at(one.date),
            escaped(&one.text.html),
        ));
    }
    out.push_str("</feed>\n");
    // Control characters have no place in XML.
    let allowed = |c: &char| !c.is_control() || "\n\t\r".contains(*c);
    let out: String = out.chars().filter(allowed).collect();
    let about = [
        (header::CONTENT_TYPE, "application/atom+xml; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache"),
        (header::VARY, "Accept-Language, Cookie"),
    ];
    Ok((about, out).into_response())
}

/// `/ui`: to the overview or the login page (ID-UI-20); with the code of an invitation
/// to the sign-up form (ID-INV-04).
pub(super) async fn index(visitor: Visitor) -> Redirect {
    if visitor.user().is_some() {
        return Redirect::to("/ui/landing");
    }
    let code = super::registration::query(&visitor, "code");
    if !code.is_empty() && code.bytes().all(|b| b.is_ascii_digit()) {
        return Redirect::to(&format!("/ui/signup?code={code}"));
    }
    match visitor.uri.query() {
        // A key to be added after the login goes along (ID-DSH-14).
        Some(query) => Redirect::to(&format!("/ui/login?{query}")),
        None => Redirect::to("/ui/login"),
    }
}
