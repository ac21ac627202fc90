//! One act on one thing, or on many: a page that asks, and the act (ID-UI-05). Each of
//! many is done by itself; one that cannot be done stops no other.

use super::{
    AtDesk,
    act::{Ask, Question, letter},
    bulk::{self, Chosen, Outcome, Results},
    deeds::{self, Deed},
    filter::Asked,
    items::Item,
    list_find::{self, Part},
    ops::Asks,
    views::{self, Kind},
};
use crate::{
    pages::{
        Failed,
        posted::{Form, Posted},
        shell::{go, page},
    },
    text::{self, text},
};
use axum::{
    extract::Path,
    response::{IntoResponse, Redirect, Response},
};
use http::StatusCode;
use kernel::Error;

fn question(deed: &Deed) -> Question {
    Question {
        title: deed.title(),
        consequence: deed.consequence(),
        asks: match deed.name {
            "contact" => Asks::Message,
            _ => Asks::Nothing,
        },
        label: String::new(),
        karma: deed.karma,
        caution: deed.caution,
        choices: Vec::new(),
    }
}

/// Fields as they are at first.
async fn filled(d: &AtDesk, deed: &Deed) -> kernel::Result<Form> {
    match question(deed).asks {
        Asks::Message => letter(d).await,
        _ => Ok(Form::default()),
    }
}

/// The thing an address names, or a page that says there is none (ID-ADU-18).
pub(super) async fn named(d: &AtDesk, kind: &Kind, id: &str) -> Result<Item, Failed> {
    let none = || {
        let about = [("kind", kind.title(&d.settings)), ("name", id.to_owned())];
        let about = about.each_ref().map(|(key, value)| (*key, value.as_str()));
        Failed::from(Error::not_found(text::with("adm-no-thing", &about)))
    };
    list_find::one(d, kind, id).await?.ok_or_else(none)
}

fn known(kind: &Kind, name: &str) -> Result<&'static Deed, Failed> {
    if let Some(deed) = deeds::find(kind.name, name) {
        return Ok(deed);
    }
    Err(match deeds::placeholder(kind.name, name) {
        true => Error::not_supported("Not supported yet.").into(),
        false => Error::not_found(text("no-such-page")).into(),
    })
}

fn list_of(d: &AtDesk, kind: &Kind) -> (String, String) {
    (kind.path(), kind.title(&d.settings))
}

fn draw(d: &AtDesk, kind: &'static Kind, deed: &Deed, item: &Item, f: Form) -> Response {
    let q = question(deed);
    page(&Ask {
        s: d.shell("admin-act", &q.title.clone(), kind.key),
        f,
        q,
        email: item.name.clone(),
        back: item.path(kind.name),
        list: list_of(d, kind),
    })
}

/// The page that asks.
pub(in crate::pages) async fn ask(
    d: AtDesk,
    Path((kind, id, name)): Path<(String, String, String)>,
) -> Result<Response, Failed> {
    let kind = views::named(&d.settings, &kind)?;
    let deed = known(kind, &name)?;
    d.desk.permit(&d.settings, kind.name, deed.name)?;
    let item = named(&d, kind, &id).await?;
    let f = filled(&d, deed).await?;
    Ok(draw(&d, kind, deed, &item, f))
}

/// The act.
pub(in crate::pages) async fn act(
    d: AtDesk,
    Path((kind, id, name)): Path<(String, String, String)>,
    sent: Posted,
) -> Result<Response, Failed> {
    let kind = views::named(&d.settings, &kind)?;
    let deed = known(kind, &name)?;
    d.desk.permit(&d.settings, kind.name, deed.name)?;
    let item = named(&d, kind, &id).await?;
    match deed.carry_out(&d, &item, &sent).await {
        Ok(()) if (kind.name, deed.name) == ("ip", "destroy") => {
            Ok(go(&d, &kind.path(), "done-adm"))
        }
        Ok(()) => Ok(go(&d, &item.path(kind.name), "done-adm")),
        Err(error) => {
            let f = Form::sent(&sent).refused(&d.user.visitor, error)?;
            let again = draw(&d, kind, deed, &item, f);
            Ok((StatusCode::BAD_REQUEST, again).into_response())
        }
    }
}

/// The chosen things, or all that fit the filters of the list the form stood below.
async fn chosen(d: &AtDesk, kind: &Kind, sent: &Posted) -> Result<Vec<Item>, Failed> {
    let confirmed = !sent.get("confirm").is_empty();
    if !sent.get("all").is_empty() && !confirmed {
        let asked = Asked::read(kind, sent.get("filters"));
        let part = Part {
            skip: 0,
            limit: bulk::MOST + 1,
            count: false,
        };
        return Ok(list_find::find_owned(d, kind, &asked, part, false)
            .await?
            .items);
    }
    let mut items = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    for id in sent.all("id").take(bulk::MOST + 1) {
        if seen.insert(id)
            && let Some(item) = list_find::one(d, kind, id).await?
        {
            items.push(item);
        }
    }
    Ok(items)
}

/// Asks first; with `confirm` carries it out and tells what became of each.
pub(in crate::pages) async fn many(
    d: AtDesk,
    Path(kind): Path<String>,
    sent: Posted,
) -> Result<Response, Failed> {
    let kind = views::named(&d.settings, &kind)?;
    let Some(deed) = deeds::find(kind.name, sent.get("op")) else {
        return Ok(go(&d, &kind.path(), "done-adm-nothing"));
    };
    d.desk.permit(&d.settings, kind.name, deed.name)?;
    let items = chosen(&d, kind, &sent).await?;
    if items.is_empty() {
        return Ok(go(&d, &kind.path(), "done-adm-nothing"));
    }
    if items.len() > bulk::MOST {
        return Err(Error::too_large(text("adm-too-many")).into());
    }
    if sent.get("confirm").is_empty() {
        let f = filled(&d, deed).await?;
        return Ok(ask_many(&d, kind, deed, &items, f));
    }
    if deed.name == "contact"
        && let Err(error) = deeds::message("vm", &sent)
    {
        let f = Form::sent(&sent).refused(&d.user.visitor, error)?;
        let again = ask_many(&d, kind, deed, &items, f);
        return Ok((StatusCode::BAD_REQUEST, again).into_response());
    }
    let mut outcomes = Vec::with_capacity(items.len());
    for item in items {
        let (done, said) = match deed.carry_out(&d, &item, &sent).await {
            Ok(()) => (true, text("adm-done")),
            Err(error) => (false, bulk::why(&d, &error)),
        };
        outcomes.push(Outcome {
            path: item.path(kind.name),
            id: item.id,
            name: item.name,
            done,
            said,
        });
    }
    let s = d.shell("admin-results", &deed.title(), kind.key);
    Ok(page(&Results::new(s, outcomes, list_of(&d, kind))))
}

fn ask_many(d: &AtDesk, kind: &'static Kind, deed: &Deed, items: &[Item], f: Form) -> Response {
    let q = question(deed);
    let n = items.len().to_string();
    let chosen = |item: &Item| Chosen {
        id: item.id.clone(),
        name: item.name.clone(),
        tone: item.tone,
        state: item.state.clone(),
    };
    page(&bulk::Ask {
        s: d.shell("admin-bulk", &q.title.clone(), kind.key),
        heading: text::with("adm-bulk-ask-things", &[("op", &q.title), ("n", &n)]),
        f,
        q,
        op: deed.name,
        chosen: items.iter().map(chosen).collect(),
        action: format!("{}/bulk", kind.path()),
        list: list_of(d, kind),
    })
}

/// Without a selection there is nothing to ask.
pub(in crate::pages) async fn nothing(
    d: AtDesk,
    Path(kind): Path<String>,
) -> Result<Redirect, Failed> {
    let kind = views::named(&d.settings, &kind)?;
    Ok(Redirect::to(&kind.path()))
}
