//! Texts of login methods for mails, which are in their reader's language: put together
//! of what is said in every language alike and of what each says its own way (ID-UI-09).

use crate::provider::Texts;
use serde_json::{Value, json};

/// Texts that other languages have words for, by their placeholder.
const SAID: [(&str, &str); 3] = [
    ("title", "TITLE"),
    ("account_prompt", "ACCOUNT_PROMPT"),
    ("method_prompt", "METHOD_PROMPT"),
];

impl Texts<'_> {
    /// A text of ID-PRV-02 in parts: words of a language by their key, with the English
    /// ones; what the owner of the service wrote, names and addresses as they are.
    pub(crate) fn parts(&self, name: &str) -> Value {
        let pattern = self.raw(name);
        let mut parts = Vec::new();
        let mut rest = pattern.as_str();
        while let Some((before, after)) = rest.split_once('{') {
            let Some((placeholder, after)) = after.split_once('}') else {
                break;
            };
            parts.push(json!(before));
            parts.push(self.part(placeholder));
            rest = after;
        }
        parts.push(json!(rest));
        parts.retain(|part| part != "");
        Value::Array(parts)
    }

    /// What stands in the place of a placeholder.
    fn part(&self, placeholder: &str) -> Value {
        let plain = self.filled(&format!("{{{placeholder}}}"));
        let said = SAID.iter().find(|(named, _)| *named == placeholder);
        match said.and_then(|(_, name)| self.key(name)) {
            Some(key) => {
                let title = match placeholder {
                    "title" => Value::Null,
                    _ => self.part("title"),
                };
                json!({"message": key, "text": plain, "values": {"title": title}})
            }
            None => plain.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::About;
    use kernel::{Settings, settings::Value as Set};

    // ID-PRV-02 ID-UI-09: what the owner of the service wrote is said in every language.
    #[test]
    fn own_words_stay_as_they_are() {
        let mut settings = Settings::default();
        let parts = |settings: &Settings| {
            let about = About::default().method("scholar", "{}");
            Texts::about(settings, "google", about).parts("METHOD_DETAILS")
        };
        // Names of companies have no translation, what is said of them does.
        let prompt = json!({
            "message": "AUTH_PROVIDERS_ACCOUNT_PROMPT", "text": "Google account",
            "values": {"title": "Google"},
        });
        assert_eq!(parts(&settings), json!([prompt, ": ", "scholar"]));
        let own = "ASTAKOS_AUTH_PROVIDER_GOOGLE_ACCOUNT_PROMPT";
        settings.set(own, Set::Str("{title} of ours".into()));
        assert_eq!(parts(&settings), json!(["Google of ours", ": ", "scholar"]));
        let own = "ASTAKOS_AUTH_PROVIDERS_METHOD_DETAILS";
        settings.set(own, Set::Str("<{username}> {unknown}{".into()));
        assert_eq!(parts(&settings), json!(["<", "scholar", "> ", "{"]));
    }
}
