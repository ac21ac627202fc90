//! Templates and subjects of all messages (ID-MAIL-05, ID-TPL-10).

use kernel::{Settings, mail::MailRequest, settings::Value};
use minijinja::{AutoEscape, Environment, UndefinedBehavior, syntax::SyntaxConfig, value::Serde};
use rust_embed::RustEmbed;
use std::{collections::BTreeMap, sync::Arc};

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../templates/mail"]
struct BuiltIn;

/// Template, subject key, default subject (`<S>`: the service's name, `%(user)s`: the address).
const SUBJECTS: &[(&str, &str, &str)] = &[
    (
        "im/activation_email",
        "VERIFICATION_EMAIL_SUBJECT",
        "<S> account verification",
    ),
    (
        "im/welcome_email",
        "GREETING_EMAIL_SUBJECT",
        "Welcome to <S>",
    ),
    (
        "im/account_pending_moderation_notification",
        "ACCOUNT_CREATION_SUBJECT",
        "<S> account created (%(user)s)",
    ),
    (
        "im/account_activated_notification",
        "HELPDESK_NOTIFICATION_EMAIL_SUBJECT",
        "<S> account activated (%(user)s)",
    ),
    (
        "registration/password_email",
        "PASSWORD_RESET_EMAIL_SUBJECT",
        "Password reset on <S>",
    ),
    (
        "im/feedback_mail",
        "FEEDBACK_EMAIL_SUBJECT",
        "Feedback from <S>",
    ),
];

/// A message ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// One line.
    pub subject: String,
    /// Plain text.
    pub text: String,
}

/// All templates with the settings they may use.
pub struct Templates {
    environment: Environment<'static>,
    settings: Arc<Settings>,
}

impl Templates {
    /// The built-in templates, seeing `settings`.
    pub fn new(settings: Arc<Settings>) -> Self {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Chainable);
        environment.set_auto_escape_callback(|name| {
            if name.ends_with(".html") {
                AutoEscape::Html
            } else {
                AutoEscape::None
            }
        });
        environment.set_fuel(Some(100_000));
        match SyntaxConfig::builder().trim_blocks(true).build() {
            Ok(syntax) => environment.set_syntax(syntax),
            Err(error) => tracing::error!(target: "synnefo::mail", "template syntax: {error}"),
        }
        environment.set_loader(|name| {
            let file = BuiltIn::get(name);
            Ok(file.map(|file| String::from_utf8_lossy(&file.data).into_owned()))
        });
        Templates {
            environment,
            settings,
        }
    }

    /// Renders a request. A template that fails gives its error as the text, so
    /// that nothing asked for disappears without a trace.
    pub fn render(&self, request: &MailRequest) -> Rendered {
        let name = format!("{}.txt", request.template);
        let context = self.context(request);
        let text = self
            .environment
            .get_template(&name)
            .and_then(|template| template.render(&context));
        let text = text.unwrap_or_else(|error| {
            tracing::error!(target: "synnefo::mail", "template {name}: {error:#}");
            format!(
                "The text of this message ({}) could not be made. Please tell the administrators.\n",
                request.template
            )
        });
        Rendered {
            subject: one_line(&self.subject(request)),
            text,
        }
    }

    fn subject(&self, request: &MailRequest) -> String {
        let service = self.settings.str("BRANDING_SERVICE_NAME");
        let known = SUBJECTS.iter().find(|(name, ..)| *name == request.template);
        let Some((_, key, default)) = known else {
            return service.to_owned();
        };
        let set = self.settings.str(&format!("ASTAKOS_{key}_MESSAGE"));
        let pattern = if set.is_empty() { default } else { set };
        let user = request.context.get("user");
        let email = user.and_then(|user| user.get("email")?.as_str());
        pattern
            .replace("<S>", service)
            .replace("%(user)s", email.unwrap_or_default())
    }

    fn context(&self, request: &MailRequest) -> BTreeMap<String, minijinja::Value> {
        let mut context = BTreeMap::new();
        for (name, value) in self.settings.starting_with("BRANDING_") {
            context.insert(name.to_owned(), plain(value));
        }
        let support = self.settings.str("CONTACT_EMAIL");
        context.insert("support".into(), support.into());
        let base = self.settings.str("ASTAKOS_BASE_URL");
        context.insert("baseurl".into(), base.into());
        for (name, value) in &request.context {
            context.insert(name.clone(), Serde(value.clone()).into());
        }
        context
    }
}

fn plain(value: &Value) -> minijinja::Value {
    match value {
        Value::None => ().into(),
        Value::Bool(on) => (*on).into(),
        Value::Int(n) => (*n).into(),
        Value::Float(x) => (*x).into(),
        Value::Str(text) => text.clone().into(),
        Value::List(_) | Value::Dict(_) => String::new().into(),
    }
}

/// Nothing a header could be broken out of with (ID-SEC-32).
fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_control())
        .collect::<Vec<_>>()
        .join(" ")
}
