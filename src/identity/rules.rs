//! What the rules of one request know beside the transaction: settings and keys.

use crate::{Keys, policy};
use kernel::{Settings, Timestamp, settings::Value};
use std::{sync::Arc, time::Duration};

/// Settings and keys of one request.
#[derive(Clone)]
pub(crate) struct Rules {
    pub(crate) settings: Arc<Settings>,
    pub(crate) keys: Keys,
}

impl Rules {
    /// Days as a span; None for 0, which means for ever.
    pub(crate) fn days(&self, name: &str) -> Option<Duration> {
        let days = u64::try_from(self.settings.int(name)).unwrap_or(0);
        (days > 0).then(|| Duration::from_secs(days.min(36_500) * 86_400))
    }

    /// Hours as a span, at least one.
    pub(crate) fn hours(&self, name: &str) -> Duration {
        let hours = u64::try_from(self.settings.int(name)).unwrap_or(0);
        Duration::from_secs(hours.clamp(1, 876_000) * 3600)
    }

    /// Is the login method offered at all? (ID-PRV-01)
    pub(crate) fn enabled(&self, module: &str) -> bool {
        self.settings
            .strings("ASTAKOS_IM_MODULES")
            .iter()
            .any(|one| one == module)
    }

    /// Are addresses taken as verified? (ID-VER-01)
    pub(crate) fn verifies_itself(&self, module: &str) -> bool {
        let default = self.settings.bool("ASTAKOS_SKIP_EMAIL_VERIFICATION");
        policy::flag(self, module, "AUTOVERIFY", default)
    }

    /// Does the address need no decision? (ID-ACT-02, ID-SEC-27)
    pub(crate) fn accepts_address(&self, email: &str) -> bool {
        self.settings
            .strings("ASTAKOS_RE_USER_EMAIL_PATTERNS")
            .iter()
            .any(|pattern| {
                let anchored = regex::RegexBuilder::new(&format!("^(?:{pattern})"))
                    .size_limit(1 << 20)
                    .build();
                match anchored {
                    Ok(pattern) => pattern.is_match(email),
                    Err(error) => {
                        tracing::warn!(target: "astakos.im", "ASTAKOS_RE_USER_EMAIL_PATTERNS: {error}");
                        false
                    }
                }
            })
    }

    /// Invitations a person of this level starts with (ID-INV-02).
    pub(crate) fn invitations(&self, level: u32) -> u32 {
        let Some(Value::Dict(pairs)) = self.settings.get("ASTAKOS_INVITATIONS_PER_LEVEL") else {
            return 0;
        };
        let own = pairs
            .iter()
            .find(|(key, _)| *key == Value::Int(level.into()));
        match own {
            Some((_, Value::Int(n))) => u32::try_from(*n).unwrap_or(0),
            _ => 0,
        }
    }

    /// When a session that begins now ends at the latest (ID-SES-01).
    pub(crate) fn session_end(
        &self,
        now: Timestamp,
        token_expires: Option<Timestamp>,
    ) -> Timestamp {
        let end = now + self.hours("ASTAKOS_SESSION_HOURS");
        token_expires.map_or(end, |token| end.min(token))
    }
}
