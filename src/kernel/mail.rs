//! A message to people, as rules ask for it; `notify` renders and delivers it.

use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, path::Path};

/// Outbox topic that mail requests are published under.
pub const TOPIC: &str = "mail";

/// A request for one message to one recipient, published in the transaction of
/// the change it reports.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailRequest {
    /// Address of the recipient.
    pub to: String,
    /// Name of the template, as in `templates/mail/<name>.txt` (ID-MAIL).
    pub template: String,
    /// Values the template may use, JSON. A message of identity is an object of its key
    /// (`message`), its English `text` and the `values` in it.
    pub context: BTreeMap<String, serde_json::Value>,
    /// Language of the recipient, `en` unless known.
    pub language: String,
    /// The context, sealed while it waits; then [`MailRequest::context`] is empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sealed: Vec<u8>,
}

/// How mail leaves, as `EMAIL_BACKEND` says (ID-MAIL-03).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend<'a> {
    /// To a mail server.
    Smtp,
    /// Into files of this directory.
    Directory(&'a Path),
    /// To standard output.
    Console,
    /// Not at all.
    Nowhere,
}

impl<'a> Backend<'a> {
    /// What the setting says. The names of the original's backends mean the same.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn of(setting: &'a str) -> Result<Self, String> {
        let short = setting
            .strip_prefix("django.core.mail.backends.")
            .and_then(|rest| rest.strip_suffix(".EmailBackend"))
            .unwrap_or(setting);
        match short {
            "smtp" | "" => Ok(Backend::Smtp),
            "console" => Ok(Backend::Console),
            "none" | "dummy" => Ok(Backend::Nowhere),
            other => match other.strip_prefix("file:").map(Path::new) {
                Some(dir) if dir.is_absolute() => Ok(Backend::Directory(dir)),
                Some(_) => Err("the directory must be an absolute path".to_owned()),
                None => Err(format!(
                    "'{other}' is none of smtp, file:<directory>, console, none"
                )),
            },
        }
    }
}
