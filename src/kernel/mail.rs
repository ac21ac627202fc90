//! A message to people, as rules ask for it; `notify` renders and delivers it.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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
