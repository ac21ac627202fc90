//! One act on many people: a page that names them and asks, then what became of each.
//! Each is a transaction of its own; one that cannot be done stops no other.

use super::{
    AtDesk,
    act::{Question, filled},
    ops, state_badge,
};
use crate::{
    pages::{
        Failed,
        posted::{Form, Posted},
        shell::{Shell, go, page},
    },
    text::{self, text},
};
use askama::Template;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use identity::{UserView, messages};
use kernel::{Error, UserNo};

/// Most people at once.
pub(super) const MOST: usize = 500;

/// One of those that were chosen.
pub(super) struct Chosen {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) tone: &'static str,
    pub(super) state: String,
}

#[derive(Template)]
#[template(path = "pages/admin_bulk.html")]
pub(super) struct Ask {
    pub(super) s: Shell,
    pub(super) f: Form,
    pub(super) q: Question,
    pub(super) op: &'static str,
    pub(super) heading: String,
    pub(super) chosen: Vec<Chosen>,
    /// Where the form goes.
    pub(super) action: String,
    /// Address and name of the list.
    pub(super) list: (String, String),
}

/// What became of one.
pub(super) struct Outcome {
    pub(super) id: String,
    pub(super) path: String,
    pub(super) name: String,
    pub(super) done: bool,
    pub(super) said: String,
}

#[derive(Template)]
#[template(path = "pages/admin_results.html")]
pub(super) struct Results {
    s: Shell,
    summary: String,
    outcomes: Vec<Outcome>,
    list: (String, String),
}

impl Results {
    pub(super) fn new(s: Shell, outcomes: Vec<Outcome>, list: (String, String)) -> Self {
        let done = outcomes.iter().filter(|outcome| outcome.done).count();
        let (done, all) = (done.to_string(), outcomes.len().to_string());
        Results {
            summary: text::with("adm-results", &[("done", &done), ("all", &all)]),
            s,
            outcomes,
            list,
        }
    }
}

fn list() -> (String, String) {
    ("/admin/user".to_owned(), text("adm-users"))
}

/// The numbers of a form, each once, in order.
fn numbers(sent: &Posted) -> Vec<u64> {
    let mut seen = std::collections::BTreeSet::new();
    let parsed = sent.all("id").filter_map(|id| id.parse::<u64>().ok());
    parsed
        .filter(|no| seen.insert(*no))
        .take(MOST + 1)
        .collect()
}

/// Words for why something was not done. What broke is for the log only, and no reason
/// to leave the others undone or untold.
pub(super) fn why(d: &AtDesk, error: &Error) -> String {
    let said = match error {
        Error::Broken(_) => {
            tracing::error!(target: "synnefo.admin", "{}", error.chain());
            return text("error-text-500");
        }
        Error::Invalid { reason, .. } => reason.clone(),
        other => other.to_string(),
    };
    messages::resolve(&d.settings, &said).into_owned()
}

async fn ask(
    d: &AtDesk,
    op: &'static ops::Op,
    people: &[UserView],
    f: Form,
) -> Result<Response, Failed> {
    let person = |user: &UserView| {
        let (tone, state) = state_badge(user.state);
        Chosen {
            id: user.no.to_string(),
            name: user.email.clone(),
            tone,
            state,
        }
    };
    let q = Question::new(d, op, None).await?;
    let n = people.len().to_string();
    Ok(page(&Ask {
        s: d.shell("admin-bulk", &q.title.clone(), "nav-adm-users"),
        heading: text::with("adm-bulk-ask", &[("op", &q.title), ("n", &n)]),
        f,
        q,
        op: op.name,
        chosen: people.iter().map(person).collect(),
        action: "/admin/user/bulk".to_owned(),
        list: list(),
    }))
}

/// Asks first; with `confirm` carries it out and tells what became of each.
pub(in crate::pages) async fn bulk(d: AtDesk, sent: Posted) -> Result<Response, Failed> {
    let op = ops::find(sent.get("op")).filter(|op| op.bulk);
    let numbers = numbers(&sent);
    let some = !numbers.is_empty() || !sent.get("all").is_empty();
    let (Some(op), true) = (op, some) else {
        return Ok(go(&d.user.visitor, "/admin/user", "done-adm-nobody"));
    };
    if !op.allowed(&d) {
        return Err(Error::forbidden("NOT_ALLOWED").into());
    }
    let numbers = match sent.get("all").is_empty() || !sent.get("confirm").is_empty() {
        true => numbers,
        // Everybody who fits the filters of the list the form stood below.
        false => {
            let query = super::people_asked::typed(sent.get("filters"), search::Order::Best);
            super::table::numbers(&d, query, 0, MOST + 1).await?
        }
    };
    if numbers.len() > MOST {
        return Err(Error::too_large(text("adm-too-many")).into());
    }
    let people = d.state.identity.desk_users(&d.desk, numbers).await?;
    if sent.get("confirm").is_empty() {
        let f = filled(&d, op, None).await?;
        return ask(&d, op, &people, f).await;
    }
    let asked = match op.read(&sent) {
        Ok(asked) => asked,
        Err(error) => {
            let f = Form::sent(&sent).refused(&d.user.visitor, error)?;
            let again = ask(&d, op, &people, f).await?;
            return Ok((StatusCode::BAD_REQUEST, again).into_response());
        }
    };
    let mut outcomes = Vec::with_capacity(people.len());
    for user in people {
        let identity = &d.state.identity;
        let acted = identity.desk_act(&d.desk, UserNo(user.no.0), asked.clone());
        let (done, said) = match acted.await {
            Ok((done, _)) => (true, done.said.join(" · ")),
            Err(error) => (false, why(&d, &error)),
        };
        outcomes.push(Outcome {
            id: user.no.to_string(),
            path: format!("/admin/user/{}", user.no),
            name: user.email,
            done,
            said,
        });
    }
    let s = d.shell("admin-results", &op.title(), "nav-adm-users");
    Ok(page(&Results::new(s, outcomes, list())))
}

/// Without a selection there is nothing to ask.
pub(in crate::pages) async fn nothing(_: AtDesk) -> axum::response::Redirect {
    axum::response::Redirect::to("/admin/user")
}
