//! What the links of moderators lead to: the applicant, and one click that decides.

use super::{
    Failed,
    arrival::Refused,
    email_change::unreferred,
    posted::{Form, Posted},
    shell::{Shell, go, page},
    visitor::Visitor,
    words,
};
use askama::Template;
use axum::{
    extract::Path,
    response::{IntoResponse, Redirect, Response},
};
use identity::{Decision, Moderation, provider::Texts};

struct Relative {
    email: String,
    tone: &'static str,
    status: String,
    joined: String,
}

/// Something a login method says of the applicant.
struct Fact {
    name: String,
    value: String,
}

#[derive(Template)]
#[template(path = "pages/moderate.html")]
struct ModeratePage {
    s: Shell,
    f: Form,
    recipient: String,
    email: String,
    name: String,
    joined: String,
    verified: String,
    methods: String,
    affiliation: String,
    facts: Vec<Fact>,
    message: String,
    relatives: Vec<Relative>,
    more: bool,
    /// The decision in words, once there is one.
    decided: Option<String>,
    accepted: bool,
}

/// What providers told: the plain values of their JSON objects.
fn facts(seen: &Moderation) -> Vec<Fact> {
    let mut all = Vec::new();
    for method in &seen.user.methods {
        let told: serde_json::Value = serde_json::from_str(&method.info).unwrap_or_default();
        for (name, value) in told.as_object().into_iter().flatten().take(30) {
            let value = match value {
                serde_json::Value::String(text) => text.clone(),
                serde_json::Value::Bool(_) | serde_json::Value::Number(_) => value.to_string(),
                _ => continue,
            };
            let value: String = value.chars().take(300).collect();
            all.push(Fact {
                name: format!("{} · {name}", method.module),
                value,
            });
        }
    }
    all
}

/// „Already decided by … at …“, to the second.
fn told(seen: &Moderation) -> Option<String> {
    let decided = seen.decided.as_ref()?;
    let by = match decided.by.is_empty() {
        true => crate::text::text("moderate-by-management"),
        false => decided.by.clone(),
    };
    let key = match decided.accepted {
        true => "moderate-was-accepted",
        false => "moderate-was-rejected",
    };
    let at = crate::drawn::instant(decided.at, "%d/%m/%Y %H:%M:%S %Z");
    Some(crate::text::with(
        key,
        &[("email", &seen.user.email), ("by", &by), ("at", &at)],
    ))
}

fn draw(visitor: &Visitor, seen: Moderation, f: Form) -> Response {
    let titles = seen.user.methods.iter();
    let titles = titles.map(|one| Texts::new(&visitor.settings, &one.module).get("TITLE"));
    let relative = |one: &identity::Relative| {
        let (tone, status) = super::admin::state_badge(one.state);
        Relative {
            email: one.email.clone(),
            tone,
            status,
            joined: words::day(one.joined),
        }
    };
    unreferred(page(&ModeratePage {
        s: Shell::titled(visitor, "moderate", "moderate-title", ""),
        f,
        decided: told(&seen),
        accepted: seen.decided.as_ref().is_some_and(|d| d.accepted),
        email: seen.user.email.clone(),
        name: seen.user.real_name().trim().to_owned(),
        joined: words::instant(seen.user.joined),
        verified: seen
            .user
            .verified_at
            .map(words::instant)
            .unwrap_or_default(),
        methods: titles.collect::<Vec<_>>().join(", "),
        affiliation: seen.user.affiliation.clone().unwrap_or_default(),
        facts: facts(&seen),
        relatives: seen.relatives.iter().map(relative).collect(),
        more: seen.more_relatives,
        message: seen.message,
        recipient: seen.recipient,
    }))
}

/// The applicant of a link; looking changes nothing.
pub(super) async fn form(visitor: Visitor, Path(token): Path<String>) -> Result<Response, Failed> {
    let seen = visitor.state.identity.moderation(&token).await?;
    Ok(draw(&visitor, seen, Form::default()))
}

/// Decides, once; the page then tells who decided when.
pub(super) async fn decide(
    visitor: Visitor,
    Path(token): Path<String>,
    sent: Posted,
) -> Result<Response, Failed> {
    let identity = &visitor.state.identity;
    let decision = match sent.get("decision") {
        "accept" => Decision::Accept,
        "reject" => Decision::Reject(sent.trimmed("reason").to_owned()),
        _ => return Ok(Redirect::to(visitor.uri.path()).into_response()),
    };
    match identity.decide(&token, decision, &visitor.client).await {
        Ok(seen) => Ok(match &seen.decided {
            Some(decided) if decided.just_now && decided.accepted => {
                go(&visitor, visitor.uri.path(), "done-moderate-accepted")
            }
            Some(decided) if decided.just_now => {
                go(&visitor, visitor.uri.path(), "done-moderate-rejected")
            }
            // Somebody was faster: the page tells who, and when.
            _ => Redirect::to(visitor.uri.path()).into_response(),
        }),
        Err(error) => {
            let refused = Refused::new(&visitor, &sent, error)?;
            let seen = identity.moderation(&token).await?;
            Ok(refused.answer(|f| draw(&visitor, seen, f)))
        }
    }
}
