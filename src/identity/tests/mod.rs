//! Rules by requirement, and a model of random histories.

mod administration;
mod captchas;
mod credentials;
mod crowds;
mod desk;
mod email_change;
mod erase;
mod factors;
mod flows;
mod golden;
mod golden_ways;
mod guesses;
mod import;
mod kills;
mod known;
mod life;
mod lives;
mod lockout;
mod messages;
mod methods;
mod moderation;
mod notices;
mod oauth2;
mod policies;
mod races;
mod records;
mod seeded;
mod settings;
mod switch;
mod takeover;

use crate::{
    ClientInfo, Keys, LoginOutcome, Service, SignUp, SignedUp, UserChange, UserView, verify,
};
use kernel::{
    Caller, CxSource, FakeClock, Role, Settings, SettingsHandle, UserId,
    mail::{MailRequest, TOPIC},
    secret::SecretString,
    settings::Value,
};
use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};
use store::{Reads, Store};

const PASSWORD: &str = "correct horse battery";

/// A service over a store in memory. Dropping it checks the store.
struct World {
    service: Service,
    store: Store,
    clock: Arc<FakeClock>,
    settings: SettingsHandle,
}

fn secret(text: &str) -> SecretString {
    SecretString::from(text.to_owned())
}

fn text(text: &str) -> Value {
    Value::Str(text.into())
}

fn people(all: &[&str]) -> Value {
    let pair = |address: &&str| Value::List(vec![text("Somebody"), text(address)]);
    Value::List(all.iter().map(pair).collect())
}

fn form(email: &str) -> SignUp {
    SignUp {
        email: email.into(),
        first_name: "Maria".into(),
        last_name: "Doe".into(),
        password: secret(PASSWORD),
        language: "en".into(),
    }
}

fn from(address: &str) -> ClientInfo {
    ClientInfo {
        address: address.parse().unwrap(),
        user_agent: "Browser/1.0".into(),
    }
}

fn here() -> ClientInfo {
    from("192.0.2.1")
}

/// The same, for calls that are awaited later.
static HERE: LazyLock<ClientInfo> = LazyLock::new(here);
static ROOT: LazyLock<Caller> = LazyLock::new(root);

fn root() -> Caller {
    Caller::person(UserId(uuid::Uuid::nil())).with(Role::Admin)
}

impl World {
    fn with(more: &[(&str, Value)]) -> Self {
        let mut settings = Settings::default();
        settings.set("ASTAKOS_BASE_URL", text("https://cloud.example.org"));
        settings.set(
            "ACCOUNT_ACTIVATED_RECIPIENTS",
            people(&["staff@example.org"]),
        );
        settings.set(
            "ACCOUNT_PENDING_MODERATION_RECIPIENTS",
            people(&["staff@example.org", "help@example.org", "Staff@example.org"]),
        );
        for (name, value) in more {
            settings.set(name, value.clone());
        }
        let settings = SettingsHandle::new(settings);
        let store = Store::in_memory().unwrap();
        let (cx, clock) = CxSource::fake();
        let keys = Keys::from_bytes([7; 32]).unwrap();
        World {
            service: Service::new(store.clone(), settings.clone(), cx, keys),
            store,
            clock,
            settings,
        }
    }

    fn new() -> Self {
        Self::with(&[])
    }

    fn moderated() -> Self {
        Self::with(&[("ASTAKOS_MODERATION_ENABLED", Value::Bool(true))])
    }

    fn set(&self, name: &str, value: Value) {
        let mut settings = (*self.settings.now()).clone();
        settings.set(name, value);
        self.settings.replace(settings);
    }

    fn wait(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    /// The mails asked for since the last call.
    async fn mails(&self) -> Vec<MailRequest> {
        self.store
            .write(|tx| {
                let all = tx.outbox::<MailRequest>(TOPIC, 0, 1000)?;
                for (seq, _) in &all {
                    tx.ack_one(TOPIC, *seq)?;
                }
                Ok(all.into_iter().map(|(_, mail)| mail).collect())
            })
            .await
            .unwrap()
    }

    /// Signs up and returns what came of it and the code that was mailed.
    async fn sign_up(&self, email: &str) -> (SignedUp, String) {
        let made = self.service.sign_up(form(email), &here()).await.unwrap();
        let mails = self.mails().await;
        (made, mails.iter().find_map(code).unwrap_or_default())
    }

    /// An active person.
    async fn person(&self, email: &str) -> UserView {
        let (_, code) = self.sign_up(email).await;
        let verified = self.service.verify(&code, &here()).await.unwrap();
        assert!(verified.user.active);
        self.mails().await;
        verified.user
    }

    /// An active person made by an administrator.
    async fn person_by_command(&self, email: &str) -> UserView {
        let made = self.service.admin_enrol(&root(), form(email), vec![]).await;
        let user = made.unwrap();
        self.mails().await;
        user
    }

    /// What a login says to somebody who just signed up.
    async fn sign_up_and_log_in(&self, email: &str) -> LoginOutcome {
        self.sign_up(email).await;
        self.log_in(email, PASSWORD).await.unwrap()
    }

    async fn log_in(&self, email: &str, password: &str) -> kernel::Result<LoginOutcome> {
        self.service.log_in(email, secret(password), &here()).await
    }

    /// Logs in and returns the cookie.
    async fn cookie(&self, email: &str) -> String {
        use kernel::secret::ExposeSecret;
        match self.log_in(email, PASSWORD).await.unwrap() {
            LoginOutcome::In(login) => login.cookie.expose_secret().to_owned(),
            LoginOutcome::Refused { message, .. } => panic!("{message}"),
            LoginOutcome::Half(_) => panic!("half a login"),
        }
    }

    /// The two parts of a link for a new password that is asked for now: whose, and secret.
    async fn reset_link(&self, email: &str) -> (String, String) {
        let asked = self.service.request_password_reset(email, &HERE);
        asked.await.unwrap();
        let mails = self.mails().await;
        let url = mails[0].context["url"].as_str().unwrap();
        let mut parts = url.trim_end_matches('/').rsplit('/').map(str::to_owned);
        let token = parts.next().unwrap();
        (parts.next().unwrap(), token)
    }

    async fn token(&self, user: &UserView) -> String {
        use kernel::secret::ExposeSecret;
        let view = self.service.token_of(user.uuid).await.unwrap();
        view.token.expose_secret().to_owned()
    }

    /// The audit trail, newest first.
    async fn trail(&self, filter: crate::audit::Filter) -> Vec<crate::audit::Entry> {
        let page = kernel::page::PageRequest {
            after: None,
            limit: 1000,
        };
        let found = self.service.audit(&root(), filter, page).await.unwrap();
        found.items
    }

    async fn modify(&self, user: &UserView, change: UserChange) -> kernel::Result<UserView> {
        let changed = self
            .service
            .admin_modify(&root(), user.no, vec![change])
            .await;
        changed.map(|(_, user)| user.unwrap())
    }
}

/// The code in a verification mail.
fn code(mail: &MailRequest) -> Option<String> {
    if mail.template != "im/activation_email" {
        return None;
    }
    let url = mail.context.get("url")?.as_str()?;
    let rest = url.strip_prefix("https://cloud.example.org/ui/activate?auth=")?;
    rest.split('&').next().map(str::to_owned)
}

impl Drop for World {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert_eq!(self.store.read_now(verify).unwrap(), []);
            assert_eq!(self.store.read_now(quota::verify).unwrap(), []);
        }
    }
}
