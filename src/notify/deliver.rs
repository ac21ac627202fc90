//! Carrying a message: by SMTP, or as a file of the mail spool.

use crate::queue::{Failure, Message};
use kernel::{Settings, SettingsHandle, Timestamp};
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Tokio1Executor,
    message::{
        Mailbox, SinglePart,
        header::{HeaderName, HeaderValue},
    },
    transport::smtp::{
        authentication::Credentials,
        client::{Tls, TlsParameters},
    },
};
use std::{io::Write, os::unix::fs::OpenOptionsExt, path::PathBuf, time::Duration};

/// Delivers messages as the settings of the moment say.
pub struct Carrier {
    settings: SettingsHandle,
    spool: PathBuf,
}

impl Carrier {
    /// A carrier that writes to `spool` while `EMAIL_HOST` is empty.
    pub fn new(settings: SettingsHandle, spool: PathBuf) -> Self {
        Carrier { settings, spool }
    }

    /// Delivers one message; returns once the mail server took it or the file is on disk.
    pub async fn deliver(&self, message: &Message, now: Timestamp) -> Result<(), Failure> {
        let settings = self.settings.now();
        let mail = build(&settings, message, now)?;
        if settings.str("EMAIL_HOST").is_empty() {
            let file = self.spool.join(format!("{:010}.eml", message.id));
            let bytes = mail.formatted();
            let written = tokio::task::spawn_blocking(move || write(&file, &bytes)).await;
            return match written {
                Ok(Ok(())) => Ok(()),
                Ok(Err(cause)) => Err(passing(format!("cannot write to the spool: {cause}"))),
                Err(cause) => Err(passing(cause.to_string())),
            };
        }
        let transport = transport(&settings)?;
        match transport.send(mail).await {
            Ok(_) => Ok(()),
            Err(cause) => Err(Failure {
                permanent: cause.is_permanent(),
                reason: format!("{cause:#}"),
            }),
        }
    }
}

fn passing(reason: String) -> Failure {
    Failure {
        reason,
        permanent: false,
    }
}

fn permanent(reason: String) -> Failure {
    Failure {
        reason,
        permanent: true,
    }
}

/// The message with its headers (ID-MAIL-01, ID-MAIL-03).
fn build(
    settings: &Settings,
    message: &Message,
    now: Timestamp,
) -> Result<lettre::Message, Failure> {
    let from: Mailbox = settings
        .str("SERVER_EMAIL")
        .parse()
        .map_err(|cause| passing(format!("SERVER_EMAIL is not an address: {cause}")))?;
    let to: Mailbox = message
        .to
        .parse()
        .map_err(|cause| permanent(format!("not an address: {cause}")))?;
    let domain = from.email.domain().to_owned();
    let mut mail = lettre::Message::builder()
        .from(from)
        .to(to)
        .subject(&message.subject)
        .date(now.into())
        .message_id(Some(format!("<{}@{domain}>", message.token)))
        .singlepart(SinglePart::plain(message.text.clone()))
        .map_err(|cause| permanent(cause.to_string()))?;
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

fn transport(settings: &Settings) -> Result<AsyncSmtpTransport<Tokio1Executor>, Failure> {
    let host = settings.str("EMAIL_HOST");
    let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host)
        .timeout(Some(Duration::from_secs(30)));
    if let Ok(port @ 1..) = u16::try_from(settings.int("EMAIL_PORT")) {
        builder = builder.port(port);
    }
    if settings.bool("EMAIL_USE_TLS") {
        let tls =
            TlsParameters::new(host.to_owned()).map_err(|cause| passing(cause.to_string()))?;
        builder = builder.tls(Tls::Required(tls));
    }
    let user = settings.str("EMAIL_HOST_USER");
    if !user.is_empty() {
        let password = settings.str("EMAIL_HOST_PASSWORD").to_owned();
        builder = builder.credentials(Credentials::new(user.to_owned(), password));
    }
    Ok(builder.build())
}

/// Whole or not at all, and the same name at every attempt.
fn write(file: &std::path::Path, bytes: &[u8]) -> std::io::Result<()> {
    let part = file.with_extension("part");
    let mut out = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&part)?;
    out.write_all(bytes)?;
    out.sync_all()?;
    std::fs::rename(&part, file)?;
    match file.parent() {
        Some(dir) => std::fs::File::open(dir)?.sync_all(),
        None => Ok(()),
    }
}
