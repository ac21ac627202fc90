//! Reading the settings again while the service runs: `synnefo settings reload`,
//! `snf-manage settings-reload`, SIGHUP (ID-BRD-13).
//!
//! Invariant: settings with a problem change nothing; those in force stay.

use crate::{addresses, config, logging};
use kernel::{
    Error, Result, Settings, SettingsHandle,
    settings::{Loaded, registry},
};
use std::path::PathBuf;
use tokio::signal::unix::Signal;
use tokio_util::sync::CancellationToken;
use wire::admin::Report;

/// Settings that are read once, when the service starts.
const AT_START: &[&str] = &[
    "ENABLED_SERVICES",
    "STORE_CACHE_SIZE",
    "STORE_MIN_FREE_SPACE",
    "STORE_QUEUE_LENGTH",
    "SECRET_KEY",
    "PITHOS_GC_GRACE",
    "MEDIA_URL",
    "ASTAKOS_IM_STATIC_URL",
    "OAUTH2_ENDPOINT_PREFIX",
    "OAUTH2_TOKEN_ENDPOINT",
    "OAUTH2_AUTHORIZATION_ENDPOINT",
    "PASSWORD_HASH_WORKERS",
    "TLS_CERTIFICATE_FILE",
    "TLS_PRIVATE_KEY_FILE",
    "VMAPI_BASE_HOST",
    "HTTP_HEADER_TIMEOUT",
    "HTTP_IDLE_TIMEOUT",
    "HTTP_MAX_CONNECTIONS",
    "SHUTDOWN_GRACE",
];

/// Whence the settings came, and where they are in force.
#[derive(Clone)]
pub struct Reload {
    /// `--config-dir`.
    pub config_dir: PathBuf,
    /// `--set`.
    pub set: Vec<String>,
    /// The address of this service as people use it.
    pub served: String,
    /// The settings in force.
    pub settings: SettingsHandle,
}

impl Reload {
    /// Reads the settings and puts them in force; what changed, in words.
    ///
    /// # Errors
    /// `Invalid` with every problem, its file and line; then nothing changed.
    pub fn now(&self) -> Result<Report> {
        let read = config::read(&self.config_dir, &self.set);
        let loaded = read.map_err(|problems| {
            Error::invalid(format!("The settings stay as they are.\n{problems}"))
        })?;
        config::warn(&loaded);
        let Loaded {
            mut settings,
            warnings,
            ..
        } = loaded;
        addresses::fill(&mut settings, &self.served);
        let changed = changed(&self.settings.now(), &settings);
        logging::apply(&settings)?;
        self.settings.replace(settings);
        tracing::info!(target: "synnefo", "settings are read again; changed: {}", changed.join(", "));
        let mut report = Report::new();
        for warning in warnings {
            report = report.note(format!("warning: {warning}"));
        }
        for name in &changed {
            report = report.text((*name).clone());
        }
        let late: Vec<&str> = changed
            .iter()
            .map(String::as_str)
            .filter(|name| AT_START.contains(name))
            .collect();
        if !late.is_empty() {
            let late = late.join(", ");
            report = report.note(format!("These take effect at the next start: {late}"));
        }
        Ok(match changed.len() {
            0 => report.note("Nothing changed."),
            1 => report.note("1 setting changed."),
            n => report.note(format!("{n} settings changed.")),
        })
    }

    /// Reads the settings again at every signal (SIGHUP), until told to stop.
    pub async fn at_signals(self, mut hangup: Signal, stop: CancellationToken) {
        while let Some(Some(())) = stop.run_until_cancelled(hangup.recv()).await {
            let reload = self.clone();
            match tokio::task::spawn_blocking(move || reload.now()).await {
                Ok(Ok(_)) => {}
                Ok(Err(error)) => tracing::error!(target: "synnefo", "{error}"),
                Err(cause) => tracing::error!(target: "synnefo", %cause, "settings"),
            }
        }
    }
}

/// Names whose values differ; those of secrets too, but never the values.
fn changed(old: &Settings, new: &Settings) -> Vec<String> {
    let mut names: Vec<String> = new
        .iter()
        .filter(|(name, value)| old.get(name) != Some(value))
        .map(|(name, _)| name.to_owned())
        .collect();
    let gone = old.iter().filter(|(name, _)| new.get(name).is_none());
    names.extend(gone.map(|(name, _)| name.to_owned()));
    names.retain(|name| registry::kind(name).is_some());
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::admin::Output;

    fn world(dir: &std::path::Path) -> Reload {
        let mut settings = config::read(dir, &[]).unwrap().settings;
        addresses::fill(&mut settings, "https://cloud.example.org");
        Reload {
            config_dir: dir.to_owned(),
            set: Vec::new(),
            served: "https://cloud.example.org".into(),
            settings: SettingsHandle::new(settings),
        }
    }

    fn texts(report: &Report) -> Vec<String> {
        let text = |output: &Output| match output {
            Output::Text(text) | Output::Note(text) => text.clone(),
            other => format!("{other:?}"),
        };
        report.outputs.iter().map(text).collect()
    }

    // ID-BRD-13
    #[test]
    fn good_settings_take_effect_and_bad_ones_do_not() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("15-snf-branding.conf");
        std::fs::write(&file, "BRANDING_SERVICE_NAME = 'One'\n").unwrap();
        let reload = world(dir.path());
        assert_eq!(texts(&reload.now().unwrap()), ["Nothing changed."]);
        std::fs::write(&file, "BRANDING_SERVICE_NAME = 'Two'\n").unwrap();
        let told = texts(&reload.now().unwrap());
        assert!(
            told.contains(&"BRANDING_SERVICE_NAME".to_owned()),
            "{told:?}"
        );
        let now = reload.settings.now();
        assert_eq!(now.str("BRANDING_SERVICE_NAME"), "Two");
        assert_eq!(
            now.base_url(),
            "https://cloud.example.org",
            "addresses stay"
        );
        for bad in [
            "\nBRANDING_SERVICE_NAME = 3\n",
            "\nBRANDING_SERVICE_NAM = 'x'\n",
            "\nBRANDING_SERVICE_NAME = (\n",
            "\nEMAIL_BACKEND = 'pigeon'\n",
        ] {
            std::fs::write(&file, bad).unwrap();
            let error = reload.now().unwrap_err().to_string();
            assert!(error.contains("15-snf-branding.conf:2"), "{error}");
            assert_eq!(reload.settings.now().str("BRANDING_SERVICE_NAME"), "Two");
        }
        std::fs::write(&file, "STORE_CACHE_SIZE = 1000000\n").unwrap();
        let told = texts(&reload.now().unwrap()).join("\n");
        assert!(told.contains("next start: STORE_CACHE_SIZE"), "{told}");
        assert_eq!(
            reload.settings.now().str("BRANDING_SERVICE_NAME"),
            "Synnefo"
        );
    }
}
