//! A message with its headers, ready for the wire (ID-MAIL-01, ID-MAIL-03).
//!
//! Invariant: nothing that people wrote becomes a header or ends one (ID-SEC-32): the
//! addresses are parsed, the subject is one line, all else is the body.

use crate::{
    html,
    queue::{Failure, Message},
    render::one_line,
};
use kernel::{Settings, Timestamp};
use lettre::{
    Address,
    address::Envelope,
    message::{
        Attachment, Mailbox, MultiPart, SinglePart,
        header::{ContentType, HeaderName, HeaderValue},
    },
};

/// Something that may be otherwise at the next attempt.
pub(crate) fn passing(reason: impl Into<String>) -> Failure {
    Failure {
        reason: reason.into(),
        permanent: false,
        unreachable: false,
    }
}

fn permanent(reason: impl Into<String>) -> Failure {
    Failure {
        reason: reason.into(),
        permanent: true,
        unreachable: false,
    }
}

/// An address with its domain as name servers know it, so that any mail server takes
/// it; a name beside it is encoded when it is written.
fn mailbox(text: &str) -> Result<Mailbox, String> {
    if text.contains(|c: char| c.is_control()) {
        return Err("it has control characters".into());
    }
    let mailbox: Mailbox = text.parse().map_err(|cause| format!("{cause}"))?;
    if mailbox.email.domain().is_ascii() {
        return Ok(mailbox);
    }
    let domain =
        idna::domain_to_ascii(mailbox.email.domain()).map_err(|cause| format!("{cause}"))?;
    let email = Address::new(mailbox.email.user(), domain).map_err(|cause| format!("{cause}"))?;
    Ok(Mailbox::new(mailbox.name, email))
}

/// Who sends: `SERVER_EMAIL`, where it is empty `DEFAULT_FROM_EMAIL` (ID-MAIL-01).
fn sender(settings: &Settings) -> Result<Mailbox, Failure> {
    let (name, address) = match settings.str("SERVER_EMAIL") {
        "" => ("DEFAULT_FROM_EMAIL", settings.str("DEFAULT_FROM_EMAIL")),
        own => ("SERVER_EMAIL", own),
    };
    mailbox(address).map_err(|cause| passing(format!("{name} is not an address: {cause}")))
}

/// The message with its headers. It is the same at every attempt but for its date.
pub(crate) fn build(
    settings: &Settings,
    message: &Message,
    now: Timestamp,
) -> Result<lettre::Message, Failure> {
    let from = sender(settings)?;
    let to = mailbox(&message.to).map_err(|cause| permanent(format!("not an address: {cause}")))?;
    let envelope = Envelope::new(Some(from.email.clone()), vec![to.email.clone()])
        .map_err(|cause| permanent(cause.to_string()))?;
    let id = format!("<{}@{}>", message.token, from.email.domain());
    let replies = match message.reply_to.as_str() {
        "" => None,
        text => mailbox(text).ok(),
    };
    // A colleague of the sender's own domain is shown as who writes (ID-ADU-44); anybody
    // else only gets the answers, or mail servers would take it for forged.
    let colleague = replies.as_ref().filter(|to| {
        message.template == "im/plain_email" && to.email.domain() == from.email.domain()
    });
    let mut mail = lettre::Message::builder()
        .to(to)
        .subject(one_line(&message.subject))
        .date(now.into())
        .message_id(Some(id))
        .envelope(envelope);
    mail = match colleague {
        Some(colleague) => mail.from(colleague.clone()).sender(from),
        None => mail.from(from),
    };
    if let Some(replies) = replies {
        mail = mail.reply_to(replies);
    }
    let plain = SinglePart::plain(message.text.clone());
    let built = match settings.bool("EMAIL_HTML") {
        false => mail.singlepart(plain),
        true => {
            let twin = html::twin(settings, &message.language, &message.subject, &message.text);
            mail.multipart(alternatives(plain, twin))
        }
    };
    let mut mail = built.map_err(|cause| permanent(cause.to_string()))?;
    for (name, value) in [
        ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", "All"),
    ] {
        let name = HeaderName::new_from_ascii_str(name);
        let header = HeaderValue::new(name, value.to_owned());
        mail.headers_mut().insert_raw(header);
    }
    Ok(mail)
}

/// The text first, then its twin with the logo beside it.
fn alternatives(plain: SinglePart, twin: html::Twin) -> MultiPart {
    let both = MultiPart::alternative().singlepart(plain);
    if twin.page.is_empty() {
        return both;
    }
    let page = SinglePart::html(twin.page);
    let logo = twin
        .logo
        .and_then(|logo| Some((ContentType::parse(logo.kind).ok()?, logo)));
    match logo {
        None => both.singlepart(page),
        Some((kind, logo)) => {
            let picture = Attachment::new_inline_with_name(html::LOGO_ID.to_owned(), logo.name);
            let related = MultiPart::related()
                .singlepart(page)
                .singlepart(picture.body(logo.bytes, kind));
            both.multipart(related)
        }
    }
}
