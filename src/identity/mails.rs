//! The mails that report changes of accounts, asked for in the same transaction
//! (emails-branding.md §2).

use crate::{
    email_change::EmailChange,
    invitations::Invitation,
    moderation,
    provider::{About, Texts},
    rows::{User, methods},
    rules::Rules,
};
use kernel::{
    Cx, Result,
    mail::{MailRequest, TOPIC},
};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use store::WriteTx;

/// What templates may know of a person (ID-MAIL-34).
fn person(user: &User) -> Value {
    json!({
        "id": user.no.0,
        "pk": user.no.0,
        "uuid": user.uuid.to_string(),
        "email": user.email,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "realname": format!("{} {}", user.first_name, user.last_name).trim(),
        "level": user.level,
        "invitations": user.invitations,
        "is_active": user.is_active,
        "accepted_policy": user.accepted_policy,
    })
}

pub(crate) fn publish(
    tx: &WriteTx,
    r: &Rules,
    template: &str,
    to: &str,
    user: &User,
    more: &[(&str, Value)],
) -> Result<()> {
    let mut context = BTreeMap::from([
        ("user".to_owned(), person(user)),
        ("baseurl".to_owned(), r.settings.base_url().into()),
    ]);
    for (name, value) in more {
        context.insert((*name).to_owned(), value.clone());
    }
    let request = MailRequest {
        to: to.to_owned(),
        template: template.to_owned(),
        context,
        language: user.language.clone(),
        ..MailRequest::default()
    };
    tx.publish(TOPIC, &r.keys.mail(request)?)?;
    Ok(())
}

/// The addresses of a setting, each once (ID-MAIL-02).
fn recipients(r: &Rules, name: &str) -> Vec<String> {
    let all = r.settings.addresses(name);
    if all.is_empty() {
        tracing::info!(target: "astakos.im", "{name} is empty: nobody is told");
    }
    all
}

fn index(r: &Rules) -> String {
    format!("{}/ui/", r.settings.base_url())
}

/// A person as mails to addresses that nobody has proven name them: somebody who signs
/// a stranger up, or invites one, must not put an advertisement into our mail.
fn stranger(mut person: Value) -> Value {
    for field in ["first_name", "last_name", "realname"] {
        let text = person.get(field).and_then(Value::as_str);
        if text.is_some_and(|text| !is_name(text)) {
            person[field] = "".into();
        }
    }
    person
}

/// Could this be somebody's name, and no link or address?
fn is_name(text: &str) -> bool {
    let lower = text.to_lowercase();
    let signs = ["://", "www.", "http", "@", "<", ">"];
    text.chars().count() <= 100 && signs.iter().all(|sign| !lower.contains(sign))
}

/// The verification link of a code (ID-VER-02).
pub(crate) fn verification_link(r: &Rules, code: &str) -> String {
    let base = r.settings.base_url();
    let path = base.split_once("://").map_or("", |(_, rest)| rest);
    let path = path.find('/').map_or("", |at| &path[at..]);
    format!("{base}/ui/activate?auth={code}&next={path}/ui/")
}

/// The verification link (ID-MAIL-06).
pub(crate) fn verification(tx: &WriteTx, r: &Rules, user: &User, code: &str) -> Result<()> {
    let url = verification_link(r, code);
    let more = [("url", url.into()), ("user", stranger(person(user)))];
    publish(tx, r, "im/activation_email", &user.email, user, &more)
}

/// The account is ready (ID-MAIL-09), and those who are told of it (ID-MAIL-11).
pub(crate) fn accepted(tx: &WriteTx, r: &Rules, user: &User) -> Result<()> {
    let template = "im/account_activated_notification";
    let mut about = person(user);
    if let Some(first) = methods(tx, user.no)?.first() {
        let title = Texts::new(&r.settings, &first.module).get("TITLE");
        about["get_auth_provider"] = json!({"module": first.module, "title": title});
    }
    for to in recipients(r, "ACCOUNT_ACTIVATED_RECIPIENTS") {
        publish(tx, r, template, &to, user, &[("user", about.clone())])?;
    }
    let more = [("url", index(r).into())];
    publish(tx, r, "im/welcome_email", &user.email, user, &more)
}

/// Somebody waits for a decision (ID-MAIL-10): to each who decides, with a link of
/// their own.
pub(crate) fn waiting(tx: &WriteTx, cx: &Cx, r: &Rules, user: &User) -> Result<()> {
    let template = "im/account_pending_moderation_notification";
    for to in recipients(r, "ACCOUNT_PENDING_MODERATION_RECIPIENTS") {
        let (url, expires) = moderation::link(tx, cx, r, user, &to)?;
        let more = [
            ("url", url.into()),
            ("expires", expires.to_string().into()),
            ("message", user.life.message.clone().into()),
        ];
        publish(tx, r, template, &to, user, &more)?;
    }
    Ok(())
}

/// Everybody who waits, to each who decides, with links of their own; how many mails.
pub(crate) fn digest(tx: &WriteTx, cx: &Cx, r: &Rules, waiting: &[User]) -> Result<usize> {
    let all = recipients(r, "ACCOUNT_PENDING_MODERATION_RECIPIENTS");
    for to in &all {
        let mut applicants = Vec::new();
        for user in waiting {
            let mut applicant = person(user);
            applicant["url"] = moderation::link(tx, cx, r, user, to)?.0.into();
            let since = user.verified_at.unwrap_or(user.joined);
            applicant["since"] = since.to_string().into();
            applicants.push(applicant);
        }
        let context = BTreeMap::from([
            ("applicants".to_owned(), Value::Array(applicants)),
            ("count".to_owned(), waiting.len().into()),
            ("baseurl".to_owned(), r.settings.base_url().into()),
        ]);
        let request = MailRequest {
            to: to.clone(),
            template: "im/moderation_digest".to_owned(),
            context,
            language: "en".to_owned(),
            ..MailRequest::default()
        };
        tx.publish(TOPIC, &r.keys.mail(request)?)?;
    }
    Ok(all.len())
}

/// Another address was asked for: to the new one (ID-MAIL-07) and to the present one
/// (ID-MAIL-08).
pub(crate) fn email_change(
    tx: &WriteTx,
    r: &Rules,
    user: &User,
    change: &EmailChange,
    new_key: &str,
    old_key: &str,
) -> Result<()> {
    let link = |key: &str| format!("{}/ui/email_change/confirm/{key}", r.settings.base_url());
    let ec = json!({
        "user": person(user),
        "new_email_address": change.new_email,
        "requested_at": change.requested.to_string(),
    });
    // Where the new address alone decides, the present one gets a notice only.
    let old_link = (!change.old_agreed).then(|| link(old_key));
    for (template, to, url) in [
        ("new_email", &change.new_email, Some(link(new_key))),
        ("old_email", &change.old_email, old_link),
    ] {
        let more = [
            ("ec", ec.clone()),
            ("url", url.into()),
            ("both", (!change.old_agreed).into()),
            (
                "days",
                r.settings.int("ASTAKOS_EMAILCHANGE_ACTIVATION_DAYS").into(),
            ),
        ];
        let template = format!("registration/email_change_email_{template}");
        publish(tx, r, &template, to, user, &more)?;
    }
    Ok(())
}

/// Somebody is invited (ID-MAIL-13).
pub(crate) fn invitation(
    tx: &WriteTx,
    r: &Rules,
    inviter: &User,
    invitation: &Invitation,
    code: &str,
) -> Result<()> {
    let url = format!("{}/ui/?code={code}", r.settings.base_url());
    let about = json!({
        "realname": invitation.realname,
        "username": invitation.email,
        "inviter": stranger(person(inviter)),
    });
    let about = stranger(about);
    let more = [("invitation", about), ("url", url.into())];
    publish(tx, r, "im/invitation", &invitation.email, inviter, &more)
}

/// A message inside a mail, which is said in the reader's language when it is written.
pub(crate) fn message(key: &str, texts: &Texts<'_>, about: &About) -> Value {
    json!({"message": key, "text": texts.message(key), "values": about.values()})
}

/// A link for a new password (ID-MAIL-12), `url`; without one, why there is none
/// (ID-PWD-02).
pub(crate) fn reset(
    tx: &WriteTx,
    r: &Rules,
    user: &User,
    mut more: Vec<(&str, Value)>,
) -> Result<()> {
    more.push(("email", user.email.clone().into()));
    let template = "registration/password_email";
    publish(tx, r, template, &user.email, user, &more)
}

/// Somebody who comes from elsewhere asks for this account (ID-MAIL-15): with the link
/// that allows it, or without one where that cannot be.
pub(crate) fn switch(
    tx: &WriteTx,
    r: &Rules,
    user: &User,
    details: Value,
    from: &str,
    url: Option<String>,
) -> Result<()> {
    let more = [
        ("detail", details),
        ("from", from.into()),
        ("url", url.into()),
    ];
    publish(tx, r, "im/switch_accounts_email", &user.email, user, &more)
}

/// What an administrator writes to a person (ID-ADU-44): all of it, the form having
/// begun with the template.
pub(crate) fn contact(
    tx: &WriteTx,
    r: &Rules,
    user: &User,
    (subject, text): (&str, &str),
    sender: &str,
) -> Result<()> {
    // The service's own address is no other sender; a name may stand before an address.
    let sender = if sender == r.settings.str("SERVER_EMAIL") {
        ""
    } else {
        sender
    };
    let address = sender
        .rsplit_once('<')
        .map_or(sender, |(_, rest)| rest.trim_end_matches('>'));
    let good = crate::email::valid(address) && !sender.contains(char::is_control);
    if !sender.is_empty() && !good {
        return Err(kernel::Error::field("sender", "INVALID_EMAIL"));
    }
    let more = [
        ("subject", subject.into()),
        ("text", text.replace("\r\n", "\n").into()),
        ("whole", true.into()),
        ("sender", sender.into()),
    ];
    publish(tx, r, "im/plain_email", &user.email, user, &more)
}

/// What somebody wrote to the people who read feedback (ID-MAIL-14).
pub(crate) fn feedback(
    tx: &WriteTx,
    r: &Rules,
    user: &User,
    message: &str,
    data: &str,
) -> Result<()> {
    for to in recipients(r, "FEEDBACK_NOTIFICATIONS_RECIPIENTS") {
        let more = [("message", message.into()), ("data", data.into())];
        publish(tx, r, "im/feedback_mail", &to, user, &more)?;
    }
    Ok(())
}
