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
use askama::Template;
use axum::response::Response;
use identity::{ProfileChange, ProfileForm, ProfileRules};

#[derive(Template)]
#[template(path = "pages/profile.html")]
struct Profile {
    s: Shell,
    f: Form,
    email: String,
    uuid: String,
    joined: String,
    languages: Vec<(String, String)>,
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
        languages: v
            .languages
            .all()
            .map(|one| (one.code().to_owned(), one.name().to_owned()))
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

/// Saves it: names, and where the boxes are ticked another address and another
/// password; all of it or nothing.
pub(super) async fn save_profile(user: User, sent: Posted) -> Result<Response, Failed> {
    let v = &user.visitor;
    let mut f = Form::sent(&sent);
    let (new_email, new_password) = (sent.ticked("change_email"), sent.ticked("change_password"));
    // What is typed without its box is neither taken unasked nor passed over.
    let typed = |names: &[&str]| names.iter().any(|name| !sent.trimmed(name).is_empty());
    if !new_email && typed(&["new_email_address"]) {
        f.wrong(
            "new_email_address",
            crate::text::text("email-change-untick"),
        );
    }
    if !new_password && typed(&["new_password1", "new_password2"]) {
        f.wrong("new_password1", crate::text::text("password-change-untick"));
    }
    if new_password && sent.get("new_password1") != sent.get("new_password2") {
        f.refuse(v, "new_password2", "PASSWORDS_DIFFER");
    }
    if f.has_errors() {
        return draw_profile(&user, f).await;
    }
    let form = ProfileForm {
        change: ProfileChange {
            first_name: sent.trimmed("first_name").to_owned(),
            last_name: sent.trimmed("last_name").to_owned(),
            language: v
                .languages
                .named(sent.get("language"))
                .map(|own| own.code().to_owned()),
        },
        email: new_email.then(|| sent.trimmed("new_email_address").to_owned()),
        password: new_password.then(|| passwords::asked(&sent)),
    };
    let identity = &v.state.identity;
    let saved = identity.save_profile(user.view.uuid, form, &v.cookie, &v.client);
    let new = match saved.await {
        Ok(new) => new,
        Err(error) => return again(&user, f, error).await,
    };
    let called_off = new.as_ref().is_some_and(|new| new.called_off.is_some());
    let messages = [
        (true, "PROFILE_UPDATED"),
        (new_email, "EMAIL_CHANGE_REGISTERED"),
        (new_password, "PASSWORD_CHANGED"),
        (called_off && !new_email, passwords::CALLED_OFF),
    ];
    let said: Vec<_> = messages
        .iter()
        .filter(|one| one.0)
        .map(|one| one.1)
        .collect();
    let target = v.next(sent.get("next")).unwrap_or("/ui/profile");
    let response = go(v, target, &said.join(","));
    Ok(match new {
        Some(new) => passwords::with_cookie(v, response, &new.cookie),
        None => response,
    })
}

/// The profile with what was refused.
async fn again(user: &User, f: Form, error: kernel::Error) -> Result<Response, Failed> {
    let refused = Refused::of(&user.visitor, f, error)?;
    let drawn = draw_profile(user, refused.form.clone()).await?;
    Ok(refused.answer(|_| drawn))
}
