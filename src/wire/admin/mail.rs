//! The commands about mail and its queue.

use super::command::ListOptions;

/// A command about mail.
#[derive(Clone, Debug, PartialEq)]
pub enum MailCommand {
    /// `mail-list` (ID-CLI-80); fields [`super::lists::MAIL`].
    List {
        /// Columns and filters.
        list: ListOptions,
        /// `--failed`: only dead letters.
        failed: bool,
    },
    /// `mail-retry [ID]` (ID-CLI-80): one message, or all that were not sent.
    Retry {
        /// Which one; all without it.
        id: Option<u64>,
    },
    /// `mail-test ADDRESS` (ID-CLI-80).
    Test {
        /// To whom.
        to: String,
    },
    /// `email-preview NAME`: a message with sample values.
    Preview {
        /// Name of the template; without it, the names.
        name: Option<String>,
        /// `--html`: the HTML twin.
        html: bool,
        /// `--language`.
        language: String,
    },
    /// `template-check` (ID-TPL-04).
    Check,
    /// `language-check [CODE]`: what languages lack.
    LanguageCheck {
        /// Which one; all without it.
        code: Option<String>,
    },
    /// `language-export CODE`: a language as one whole file.
    LanguageExport {
        /// Which one.
        code: String,
    },
    /// `queue-inspect QUEUE` (CY-QUE-04).
    Inspect {
        /// Name of the queue.
        queue: String,
        /// `--no-requeue`: remove what is shown.
        remove: bool,
        /// `-i`: ask about each.
        ask: bool,
    },
    /// `queue-retry` (CY-QUE-05).
    RetryDead {
        /// `--keep-zombies`.
        keep_zombies: bool,
        /// `-v 2`: print each.
        each: bool,
    },
}
