//! The audit trail: searched, paged, exported (ID-SEC-28).

use super::{AtDesk, SLICE, query_of, streamed, views};
use crate::{
    auth::query_value,
    pages::{
        Failed,
        shell::{Shell, page},
        words,
    },
};
use askama::Template;
use axum::response::Response;
use identity::audit::{CSV_HEAD, Entry, Field, Filter, KINDS, csv_line, json_line};
use kernel::{Error, Result, Timestamp, Who, page::PageRequest};

/// An entry as it is shown.
pub(super) struct Line {
    pub(super) when: String,
    pub(super) exact: String,
    pub(super) who: String,
    /// Address of the author's page.
    pub(super) who_link: String,
    pub(super) from: String,
    pub(super) action: String,
    pub(super) target: String,
    pub(super) target_link: String,
    pub(super) fields: Vec<Field>,
    pub(super) request: String,
}

/// Where the page of a target is; nowhere for what is gone or has none.
fn page_of(d: &AtDesk, entry: &Entry) -> String {
    let gone = ["delete", "destroy", "erase", "remove"];
    let verb = entry.action.rsplit('.').next().unwrap_or_default();
    let kinds = views::all(&d.settings);
    let kind = kinds.iter().find(|kind| kind.audited == entry.target.kind);
    match kind {
        Some(kind) if !gone.contains(&verb) => format!("{}/{}", kind.path(), entry.target.id),
        _ => String::new(),
    }
}

/// An entry for the pages.
pub(super) fn line(d: &AtDesk, entry: Entry) -> Line {
    let target_link = page_of(d, &entry);
    let who_link = match &entry.who {
        Who::User(user) => format!("/admin/user/{user}"),
        _ => String::new(),
    };
    let key = entry.who.key();
    let target = match entry.target.name.is_empty() {
        true => format!("{} {}", entry.target.kind, entry.target.id),
        false => entry.target.name.clone(),
    };
    Line {
        when: words::ago(d.now, entry.at),
        exact: words::exact(entry.at),
        who: if entry.name.is_empty() {
            key
        } else {
            entry.name
        },
        who_link,
        from: entry.from,
        action: entry.action,
        target,
        target_link,
        fields: entry.fields,
        request: entry.request.unwrap_or_default(),
    }
}

/// What the address asks for.
#[derive(Clone, Default)]
struct Asked {
    text: String,
    pub(super) who: String,
    kind: String,
    pub(super) target: String,
    pub(super) action: String,
    since: String,
    until: String,
    after: String,
}

/// The beginning of a day `yyyy-mm-dd`.
fn day(text: &str) -> Option<Timestamp> {
    let date: jiff::civil::Date = text.parse().ok()?;
    let start = date.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(start.timestamp())
}

impl Asked {
    fn read(query: &str) -> Self {
        let one = |name: &str| {
            let value = query_value(query, name).unwrap_or_default();
            value.trim().chars().take(200).collect::<String>()
        };
        Asked {
            text: one("q"),
            who: one("who"),
            kind: one("kind"),
            target: one("target"),
            action: one("action"),
            since: one("since"),
            until: one("until"),
            after: one("after"),
        }
    }

    fn link(&self, after: &str, format: &str) -> String {
        query_of(&[
            ("q", self.text.as_str()),
            ("who", self.who.as_str()),
            ("kind", self.kind.as_str()),
            ("target", self.target.as_str()),
            ("action", self.action.as_str()),
            ("since", self.since.as_str()),
            ("until", self.until.as_str()),
            ("after", after),
            ("format", format),
        ])
    }

    /// The filter; an author may be named by address, number or uuid.
    async fn filter(&self, d: &AtDesk) -> Result<Filter> {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let identity = &d.state.identity;
        let who = match self.who.as_str() {
            "" => None,
            name => match identity.desk_card(&d.desk, name).await? {
                Some(card) => Some(card.user.uuid.to_string()),
                None => Some(name.to_owned()),
            },
        };
        let kind = if self.kind.is_empty() {
            "user"
        } else {
            self.kind.as_str()
        };
        let target = match (self.kind.is_empty(), self.target.is_empty()) {
            (true, true) => None,
            (false, true) => Some((kind.to_owned(), None)),
            _ => {
                let card = match kind == "user" {
                    true => identity.desk_card(&d.desk, &self.target).await?,
                    false => None,
                };
                let id = card.map_or_else(|| self.target.clone(), |c| c.user.no.to_string());
                Some((kind.to_owned(), Some(id)))
            }
        };
        Ok(Filter {
            who,
            target,
            action: some(&self.action),
            since: day(&self.since),
            // The day is meant as a whole.
            until: day(&self.until).map(|day| day + std::time::Duration::from_secs(86_400)),
            text: self.text.clone(),
        })
    }

    fn filtered(&self) -> bool {
        !self.link("", "").is_empty()
    }
}

#[derive(Template)]
#[template(path = "pages/admin_audit.html")]
struct Trail {
    s: Shell,
    text: String,
    pub(super) who: String,
    kind: String,
    pub(super) target: String,
    pub(super) action: String,
    since: String,
    until: String,
    kinds: Vec<&'static str>,
    lines: Vec<Line>,
    next: String,
    first: bool,
    filtered: bool,
    csv: String,
    json: String,
}

pub(in crate::pages) async fn trail(d: AtDesk) -> std::result::Result<Response, Failed> {
    let asked = Asked::read(d.uri.query().unwrap_or_default());
    let filter = asked.filter(&d).await?;
    let request = PageRequest {
        after: Some(asked.after.clone()).filter(|after| !after.is_empty()),
        limit: d.rows(),
    };
    let identity = &d.state.identity;
    let found = identity.desk_audit(&d.desk, filter, request).await?;
    let lines = found.items.into_iter().map(|entry| line(&d, entry));
    let title = crate::text::text("adm-audit");
    Ok(page(&Trail {
        s: d.shell("admin-audit", &title, "nav-adm-audit"),
        lines: lines.collect(),
        next: found
            .next
            .map(|next| asked.link(&next, ""))
            .unwrap_or_default(),
        first: asked.after.is_empty(),
        filtered: asked.filtered(),
        csv: asked.link("", "csv"),
        json: asked.link("", "json"),
        kinds: KINDS.to_vec(),
        text: asked.text,
        who: asked.who,
        kind: asked.kind,
        target: asked.target,
        action: asked.action,
        since: asked.since,
        until: asked.until,
    }))
}

/// The trail as a file, as filtered.
pub(in crate::pages) async fn export(d: AtDesk) -> std::result::Result<Response, Failed> {
    let query = d.uri.query().unwrap_or_default();
    let filter = Asked::read(query).filter(&d).await?;
    let json = query_value(query, "format").as_deref() == Some("json");
    let (identity, desk) = (d.state.identity.clone(), d.desk.clone());
    let next = move |after: Option<String>| {
        let (identity, desk, filter) = (identity.clone(), desk.clone(), filter.clone());
        async move {
            let request = PageRequest {
                after,
                limit: SLICE,
            };
            let found = identity.desk_audit(&desk, filter, request).await?;
            let text = |entry: &Entry| match json {
                true => json_line(entry),
                false => csv_line(entry),
            };
            let lines = found.items.iter().map(text);
            Ok((lines.collect::<Result<String, Error>>()?, found.next))
        }
    };
    Ok(match json {
        true => streamed("audit.jsonl", "application/x-ndjson", "", next),
        false => streamed("audit.csv", "text/csv; charset=utf-8", CSV_HEAD, next),
    })
}
