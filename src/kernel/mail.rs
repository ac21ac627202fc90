//! A message to people, as rules ask for it; `notify` renders and delivers it.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Outbox topic that mail requests are published under.
pub const TOPIC: &str = "mail";

/// A request for one message to one recipient, published in the transaction of
/// the change it reports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailRequest {
    /// Address of the recipient.
    pub to: String,
    /// Name of the template, as in `templates/mail/<name>.txt` (ID-MAIL).
    pub template: String,
    /// Values the template may use, JSON.
    pub context: BTreeMap<String, serde_json::Value>,
    /// Language of the recipient, `en` unless known.
    pub language: String,
}
