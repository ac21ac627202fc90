//! Carrying a message: by SMTP, as a file, to standard output, or nowhere
//! (`EMAIL_BACKEND`, ID-MAIL-03).

use crate::{
    compose::{build, passing},
    queue::{Failure, Message},
    seal::Sealer,
};
use kernel::{Settings, SettingsHandle, Timestamp, mail::Backend};
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Tokio1Executor,
    transport::smtp::{
        authentication::Credentials,
        client::{Certificate, Tls, TlsParameters},
    },
};
use std::{
    io::Write,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    time::Duration,
};

/// Delivers messages as the settings of the moment say.
pub struct Carrier {
    settings: SettingsHandle,
    spool: PathBuf,
    sealer: Sealer,
}

/// Where messages go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// To the server `EMAIL_HOST`.
    Smtp,
    /// Into files of this directory.
    Files(PathBuf),
    /// To standard output.
    Console,
    /// Nowhere.
    Nowhere,
}

/// What the settings say; `spool` is taken where no server is named.
pub(crate) fn way(settings: &Settings, spool: &Path) -> Result<Way, String> {
    let backend = Backend::of(settings.str("EMAIL_BACKEND"));
    Ok(
        match backend.map_err(|why| format!("EMAIL_BACKEND: {why}"))? {
            Backend::Smtp if settings.str("EMAIL_HOST").is_empty() => Way::Files(spool.to_owned()),
            Backend::Smtp => Way::Smtp,
            Backend::Console => Way::Console,
            Backend::Nowhere => Way::Nowhere,
            Backend::Directory(dir) => Way::Files(dir.to_owned()),
        },
    )
}

impl Carrier {
    /// A carrier that writes to `spool` while no mail server is set.
    pub fn new(settings: SettingsHandle, spool: PathBuf) -> Self {
        Carrier {
            settings,
            spool,
            sealer: Sealer::default(),
        }
    }

    /// The same, for texts that are sealed while they wait.
    #[must_use]
    pub fn sealed(mut self, sealer: Sealer) -> Self {
        self.sealer = sealer;
        self
    }

    pub(crate) fn sealer(&self) -> &Sealer {
        &self.sealer
    }

    /// Delivers one message; returns once the mail server took it or the file is on disk.
    pub async fn deliver(&self, message: &Message, now: Timestamp) -> Result<(), Failure> {
        let settings = self.settings.now();
        let way = way(&settings, &self.spool).map_err(passing)?;
        if way == Way::Nowhere {
            return Ok(());
        }
        let (copy, mut message) = (settings.clone(), message.clone());
        message.text = self
            .sealer
            .open(message.id, &message.text)
            .map_err(|cause| passing(cause.chain()))?;
        let id = message.id;
        // Composing reads the logo.
        let mail = apart(move || build(&copy, &message, now)).await??;
        match way {
            Way::Smtp => send(&settings, mail).await,
            Way::Files(dir) => {
                let bytes = mail.formatted();
                let written = apart(move || write(&dir, id, &bytes)).await?;
                written.map_err(|cause| passing(format!("cannot write to the spool: {cause}")))
            }
            Way::Console => {
                let bytes = mail.formatted();
                let mut out = std::io::stdout().lock();
                let said = out.write_all(&bytes).and_then(|()| out.write_all(b"\n"));
                said.map_err(|cause| passing(cause.to_string()))
            }
            Way::Nowhere => Ok(()),
        }
    }
}

async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|cause| passing(cause.to_string()))
}

async fn send(settings: &Settings, mail: lettre::Message) -> Result<(), Failure> {
    let copy = settings.clone();
    // Making it reads certificates.
    let transport = apart(move || transport(&copy)).await??;
    let Err(cause) = transport.send(mail).await else {
        return Ok(());
    };
    // 550 to 554 are about this message or its recipient. Other refusals are about how
    // we are set up (no login, no encryption), which an administrator may mend.
    let code = cause.status().map(u16::from);
    Err(Failure {
        unreachable: code.is_none(),
        permanent: cause.is_permanent() && code.is_none_or(|code| (550..=554).contains(&code)),
        reason: format!("{cause:#}").chars().take(500).collect(),
    })
}

fn transport(settings: &Settings) -> Result<AsyncSmtpTransport<Tokio1Executor>, Failure> {
    let host = settings.str("EMAIL_HOST");
    let patience = u64::try_from(settings.int("EMAIL_TIMEOUT")).unwrap_or(30);
    let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host)
        .timeout(Some(Duration::from_secs(patience.clamp(1, 600))));
    if let Ok(port @ 1..) = u16::try_from(settings.int("EMAIL_PORT")) {
        builder = builder.port(port);
    }
    if settings.bool("EMAIL_USE_SSL") {
        builder = builder.tls(Tls::Wrapper(tls(settings)?));
    } else if settings.bool("EMAIL_USE_TLS") {
        builder = builder.tls(Tls::Required(tls(settings)?));
    }
    let user = settings.str("EMAIL_HOST_USER");
    if !user.is_empty() {
        let password = settings.str("EMAIL_HOST_PASSWORD").to_owned();
        builder = builder.credentials(Credentials::new(user.to_owned(), password));
    }
    Ok(builder.build())
}

/// How the server proves who it is: by a certificate for its name from an authority
/// that the machine knows, or that the settings name.
fn tls(settings: &Settings) -> Result<TlsParameters, Failure> {
    let mut builder = TlsParameters::builder(settings.str("EMAIL_HOST").to_owned())
        .dangerous_accept_invalid_certs(!settings.bool("EMAIL_TLS_VERIFY"));
    let file = settings.str("EMAIL_TLS_CA_FILE");
    if !file.is_empty() {
        let wrong = |cause: String| passing(format!("EMAIL_TLS_CA_FILE: {cause}"));
        let text = std::fs::read(file).map_err(|cause| wrong(cause.to_string()))?;
        let known = Certificate::from_pem(&text).map_err(|cause| wrong(cause.to_string()))?;
        builder = builder.add_root_certificate(known);
    }
    builder.build().map_err(|cause| passing(cause.to_string()))
}

/// Whole or not at all, and the same name at every attempt.
fn write(dir: &Path, id: u64, bytes: &[u8]) -> std::io::Result<()> {
    if !dir.exists() {
        let mut make = std::fs::DirBuilder::new();
        make.recursive(true).mode(0o750).create(dir)?;
    }
    let file = dir.join(format!("{id:010}.eml"));
    let part = file.with_extension("part");
    let mut out = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&part)?;
    out.write_all(bytes)?;
    out.sync_all()?;
    std::fs::rename(&part, &file)?;
    std::fs::File::open(dir)?.sync_all()
}
