//! What people see and change of themselves: the profile.

use super::{
    Failed,
    arrival::Refused,
    passwords,
    posted::{Form, Posted},
    shell::{Shell, go, page},
    visitor::User,
    words,
};
use crate::text::Language;
use askama::Template;
use axum::response::Response;
use identity::{ProfileChange, ProfileRules};

#[derive(Template)]
#[template(path = "pages/profile.html")]
struct Profile {
    s: Shell,
    f: Form,
    email: String,
    uuid: String,
    joined: String,
    languages: Vec<(&'static str, &'static str)>,
    rules: ProfileRules,
    next: String,
    asks_renew: bool,
    methods: super::methods::Section,
}

async fn draw_profile(user: &User, f: Form) -> Result<Response, Failed> {
    let v = &user.visitor;
    let rules = v.state.identity.profile_rules(user.view.uuid).await?;
    let next = match f.value("next") {
        "" => super::registration::query(v, "next"),
        sent => sent.to_owned(),
    };
    Ok(page(&Profile {
        rules,
        next: v.next(&next).unwrap_or_default().to_owned(),
        asks_renew: !v.settings.bool("ASTAKOS_NEWPASSWD_INVALIDATE_TOKEN"),
        s: Shell::titled(v, "profile", "nav-account", "nav-account"),
        f,
        email: user.view.email.clone(),
        uuid: user.view.uuid.to_string(),
        joined: words::instant(user.view.joined),
        languages: Language::all()
            .map(|(language, name)| (language.code(), name))
            .collect(),
        methods: super::methods::section(user).await?,
    }))
}

/// The profile (ID-DSH-04). Having looked at it is all that `ASTAKOS_FORCE_PROFILE_UPDATE`
/// asks for, so the first look is noted.
pub(super) async fn profile_page(user: User) -> Result<Response, Failed> {
    if !user.view.profile_confirmed {
        let identity = &user.visitor.state.identity;
        identity.profile_visited(user.view.uuid).await?;
    }
    let names = [
        ("first_name", user.view.first_name.as_str()),
        ("last_name", user.view.last_name.as_str()),
        ("language", user.visitor.language.code()),
    ];
    draw_profile(&user, Form::with(&names)).await
}

/// Saves it: names, and where the boxes are ticked another address and another password.
pub(super) async fn save_profile(user: User, sent: Posted) -> Result<Response, Failed> {
    let v = &user.visitor;
    let identity = &v.state.identity;
    let mut messages = vec!["PROFILE_UPDATED"];
    let change = ProfileChange {
        first_name: sent.trimmed("first_name").to_owned(),
        last_name: sent.trimmed("last_name").to_owned(),
        language: Language::named(sent.get("language")).map(|own| own.code().to_owned()),
    };
    let mut f = Form::sent(&sent);
    let new_password = sent.ticked("change_password");
    if new_password && sent.get("new_password1") != sent.get("new_password2") {
        f.refuse(v, "new_password2", "PASSWORDS_DIFFER");
        return draw_profile(&user, f).await;
    }
    if let Err(error) = identity.update_profile(user.view.uuid, change).await {
        return again(&user, f, error).await;
    }
    if sent.ticked("change_email") {
        let email = sent.trimmed("new_email_address");
        let asked = identity.request_email_change(user.view.uuid, email, &v.client);
        match asked.await {
            Ok(()) => messages.push("EMAIL_CHANGE_REGISTERED"),
            Err(error) => return again(&user, f, error).await,
        }
    }
    let next = sent.get("next");
    let target = v.next(next).unwrap_or("/ui/profile");
    if !new_password {
        return Ok(go(v, target, &messages.join(",")));
    }
    match passwords::changed(&user, &sent).await {
        Ok(cookie) => {
            messages.push("PASSWORD_CHANGED");
            let response = go(v, target, &messages.join(","));
            Ok(passwords::with_cookie(v, response, &cookie))
        }
        Err(error) => again(&user, f, error).await,
    }
}

/// The profile with what was refused.
async fn again(user: &User, f: Form, error: kernel::Error) -> Result<Response, Failed> {
    let refused = Refused::of(&user.visitor, f, error)?;
    let drawn = draw_profile(user, refused.form.clone()).await?;
    Ok(refused.answer(|_| drawn))
}
