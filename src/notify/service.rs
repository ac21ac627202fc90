//! The queue and the templates for administrators: looking, trying again, removing,
//! previewing, checking.

use crate::{
    catalogue,
    check::{self, Finding},
    html,
    queue::{Message, MessageState, Place},
    render::{PLAIN, Templates},
    sample,
    seal::Sealer,
};
use audit::{Act, Target};
use kernel::{
    Caller, Cx, CxSource, Error, Origin, Result, SettingsHandle, Timestamp,
    mail::{MailRequest, TOPIC},
};
use std::sync::Arc;
use store::{Reads, Store, WriteTx};

/// For administrators; clones share everything.
#[derive(Clone)]
pub struct Service {
    store: Store,
    settings: SettingsHandle,
    cx: CxSource,
    sealer: Sealer,
    /// Who acts, where administrators do (see [`Service::on_behalf_of`]).
    origin: Arc<Origin>,
}

/// A message as it would be sent, with sample values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub text: String,
    /// The same words as HTML.
    pub html: String,
    /// Files of the owner that could not be used.
    pub problems: Vec<crate::Problem>,
}

/// What became of dead letters that were to be tried again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Retried {
    /// Those that are queued again.
    pub queued: Vec<u64>,
    /// Those that had been tried again before and died twice; removed.
    pub died_twice: Vec<u64>,
    /// Those whose text is not kept any more; removed.
    pub without_text: Vec<u64>,
}

/// An act on one message: to whom it goes, never its text.
fn of(action: &str, message: &Message) -> Act {
    Act::new(action, Target::new("mail", message.id, &message.to))
}

/// An act on the queue.
fn of_all(action: &str) -> Act {
    Act::new(action, Target::new("mail", "", "queue"))
}

impl Service {
    /// A service over an open store.
    pub fn new(store: Store, settings: SettingsHandle, cx: CxSource) -> Self {
        Service {
            store,
            settings,
            cx,
            sealer: Sealer::default(),
            origin: Arc::new(Origin::system()),
        }
    }

    /// The same service, whose acts the audit trail ascribes to `caller` (ID-SEC-28).
    #[must_use]
    pub fn on_behalf_of(&self, caller: &Caller) -> Self {
        Service {
            origin: Arc::new(caller.origin()),
            ..self.clone()
        }
    }

    /// Records an act of whoever this service acts for.
    fn note(tx: &WriteTx, cx: &Cx, origin: &Origin, act: Act) -> Result<()> {
        audit::record(tx, cx, origin, act)
    }

    /// The same, for texts that are sealed while they wait.
    #[must_use]
    pub fn sealed(mut self, sealer: Sealer) -> Self {
        self.sealer = sealer;
        self
    }

    /// The message with its text, or with why that does not open.
    fn opened(&self, mut message: Message) -> Message {
        let text = self.sealer.open(message.id, &message.text);
        message.text = text.unwrap_or_else(|error| error.chain());
        message
    }

    fn templates(&self) -> Templates {
        Templates::new(self.settings.now(), self.cx.cx().now)
    }

    /// Messages in a state, the oldest first, at most `limit`.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn list(&self, state: MessageState, limit: usize) -> Result<Vec<Message>> {
        let index = index_of(state);
        let found = self
            .store
            .read(move |tx| tx.find::<Message>(index, &(), None, limit))
            .await?;
        Ok(found.into_iter().map(|one| self.opened(one)).collect())
    }

    /// Messages in a state, the newest first, before the place `before`, at most
    /// `limit`. Their texts stay sealed.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn page(
        &self,
        state: MessageState,
        before: Option<Place>,
        limit: usize,
    ) -> Result<Vec<Message>> {
        let index = index_of(state);
        self.store
            .read(move |tx| {
                let mut found = Vec::new();
                let each = |message: Message| {
                    found.push(message);
                    Ok(found.len() < limit)
                };
                match before {
                    None => tx.each_found_back(index, &(), None, each)?,
                    Some(before) => tx.each_found_before(index, &(before.at, before.id), each)?,
                }
                Ok(found)
            })
            .await
    }

    /// Messages to an address, the newest first, at most `limit`. Their texts stay
    /// sealed.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn to(&self, address: &str, limit: usize) -> Result<Vec<Message>> {
        let address = address.to_lowercase();
        self.store
            .read(move |tx| {
                let mut found = Vec::new();
                tx.each_found_back::<Message>("to", &(&address,), None, |message| {
                    found.push(message);
                    Ok(found.len() < limit)
                })?;
                Ok(found)
            })
            .await
    }

    /// One message.
    ///
    /// # Errors
    /// `NotFound` when there is none of that number.
    pub async fn get(&self, id: u64) -> Result<Message> {
        let found = self.store.read(move |tx| tx.get::<Message>(&id)).await?;
        let found = found.ok_or_else(|| Error::not_found(format!("Unknown message '{id}'")))?;
        Ok(self.opened(found))
    }

    /// Removes a message that was not sent.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn remove(&self, id: u64) -> Result<()> {
        let (cx, origin) = (self.cx.cx(), self.origin.clone());
        self.store
            .write_reclaiming(move |tx| match tx.remove::<Message>(&id)? {
                None => Ok(()),
                Some(message) => Self::note(
                    tx,
                    &cx,
                    &origin,
                    of("mail.remove", &message).with("template", &message.template, ""),
                ),
            })
            .await
    }

    /// Has one message tried again now, whether it waits or is a dead letter.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` when it was sent or its text is gone.
    pub async fn retry(&self, id: u64) -> Result<()> {
        let (cx, origin) = (self.cx.cx(), self.origin.clone());
        let now = cx.now;
        self.store
            .write(move |tx| {
                let Some(mut message) = tx.get::<Message>(&id)? else {
                    return Err(Error::not_found(format!("Unknown message '{id}'")));
                };
                match message.state {
                    MessageState::Sent => {
                        return Err(Error::conflict(format!("Message {id} was sent already.")));
                    }
                    MessageState::Failed if message.text.is_empty() => {
                        let gone = format!("The text of message {id} is not kept any more.");
                        return Err(Error::conflict(gone));
                    }
                    MessageState::Failed => revive(&mut message),
                    MessageState::Queued => {}
                }
                message.at = now;
                tx.put(&message)?;
                tx.wake(TOPIC);
                Self::note(
                    tx,
                    &cx,
                    &origin,
                    of("mail.retry", &message).with("template", "", &message.template),
                )
            })
            .await
    }

    /// Has all waiting messages tried again now; how many.
    ///
    /// # Errors
    /// When the store fails.
    async fn hurry(&self) -> Result<usize> {
        let cx = self.cx.cx();
        let now = cx.now;
        let mut all = 0;
        loop {
            let (cx, origin) = (cx.clone(), self.origin.clone());
            let moved = self
                .store
                .write(move |tx| {
                    let mut late = Vec::new();
                    tx.each_found("queued", &(), None, |message: Message| {
                        if message.at > now {
                            late.push(message);
                        }
                        Ok(late.len() < SLICE)
                    })?;
                    for message in &mut late {
                        message.at = now;
                        tx.put(message)?;
                    }
                    if !late.is_empty() {
                        tx.wake(TOPIC);
                        let act = of_all("mail.hurry").with("waiting", "", late.len());
                        Self::note(tx, &cx, &origin, act)?;
                    }
                    Ok(late.len())
                })
                .await?;
            all += moved;
            if moved < SLICE {
                return Ok(all);
            }
        }
    }

    /// Has all that was not sent tried again now: what waits, and dead letters as far as
    /// their text is kept; the others stay as they are. How many.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn retry_all(&self) -> Result<usize> {
        let waiting = self.hurry().await?;
        let dead = self.go_over(|message| match message.text.is_empty() {
            true => Fate::Stays,
            false => Fate::Again,
        });
        Ok(waiting + dead.await?.queued.len())
    }

    /// Goes over all dead letters (CY-QUE-05): queues them again; removes those that
    /// died before, unless they are to be kept, and those without text.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn retry_dead(&self, keep_zombies: bool) -> Result<Retried> {
        let fate = move |message: &Message| match message.text.is_empty() {
            true => Fate::WithoutText,
            false if message.revived && !keep_zombies => Fate::DiedTwice,
            false => Fate::Again,
        };
        self.go_over(fate).await
    }

    async fn go_over(
        &self,
        fate: impl Fn(&Message) -> Fate + Copy + Send + 'static,
    ) -> Result<Retried> {
        let cx = self.cx.cx();
        let dead = self.store.read(|tx| {
            let mut dead = Vec::new();
            tx.each_found("failed", &(), None, |message: Message| {
                dead.push(message.id);
                Ok(true)
            })?;
            Ok(dead)
        });
        let mut all = Retried::default();
        for ids in dead.await?.chunks(SLICE) {
            let (cx, origin, ids) = (cx.clone(), self.origin.clone(), ids.to_owned());
            let part = self.store.write(move |tx| {
                let part = bury_or_revive(tx, cx.now, &ids, fate)?;
                let gone = part.died_twice.len() + part.without_text.len();
                if gone + part.queued.len() > 0 {
                    let act = of_all("mail.retry-dead")
                        .with("queued", "0", part.queued.len())
                        .with("removed", "0", gone);
                    Self::note(tx, &cx, &origin, act)?;
                }
                Ok(part)
            });
            let part = part.await?;
            all.queued.extend(part.queued);
            all.died_twice.extend(part.died_twice);
            all.without_text.extend(part.without_text);
        }
        Ok(all)
    }

    /// Asks for a test message.
    ///
    /// # Errors
    /// `Invalid` when it is no address.
    pub async fn test(&self, to: &str) -> Result<()> {
        let good = to.split_once('@').is_some_and(|(user, domain)| {
            !user.is_empty()
                && !domain.is_empty()
                && !to.contains(|c: char| c.is_control() || c == ' ')
        });
        if !good {
            return Err(Error::invalid(format!("'{to}' is not an address")));
        }
        let request = MailRequest {
            to: to.to_owned(),
            template: "im/test_email".to_owned(),
            ..MailRequest::default()
        };
        let (cx, origin) = (self.cx.cx(), self.origin.clone());
        self.store
            .write(move |tx| {
                tx.publish(TOPIC, &request)?;
                let act = of_all("mail.test").with("to", "", &request.to);
                Self::note(tx, &cx, &origin, act)
            })
            .await
    }

    /// The message of a template with sample values, in a language.
    ///
    /// # Errors
    /// `NotFound` with the names there are.
    pub async fn preview(&self, name: &str, language: &str) -> Result<Preview> {
        let Some(kind) = catalogue::find(name) else {
            let names: Vec<&str> = catalogue::KINDS.iter().map(|kind| kind.template).collect();
            let names = names.join(", ");
            return Err(Error::not_found(format!(
                "Unknown template '{name}'. There are: {names}"
            )));
        };
        let (templates, settings) = (self.templates(), self.settings.now());
        let language = language.to_owned();
        let made = tokio::task::spawn_blocking(move || {
            let request = sample::request(kind, &settings, &language);
            let rendered = templates.render_in(&request, &language);
            let twin = html::twin(
                &settings,
                &rendered.language,
                &rendered.subject,
                &rendered.text,
            );
            Preview {
                subject: rendered.subject,
                text: rendered.text,
                html: twin.standing_alone(),
                problems: rendered.problems,
            }
        });
        made.await.map_err(Error::broken)
    }

    /// What a message of an administrator to people begins with, in a language: the
    /// template of such messages, with the placeholders that are filled in for each
    /// person (ID-ADU-44).
    ///
    /// # Errors
    /// None in practice.
    pub async fn draft(&self, language: &str) -> Result<String> {
        let templates = self.templates();
        let person = serde_json::json!({
            "realname": "{{ full_name }}", "first_name": "{{ first_name }}",
            "last_name": "{{ last_name }}", "email": "{{ email }}",
        });
        let context = [("user", person), ("text", String::new().into())];
        let request = MailRequest {
            template: PLAIN.to_owned(),
            context: context.map(|(name, value)| (name.to_owned(), value)).into(),
            language: language.to_owned(),
            ..MailRequest::default()
        };
        let made = tokio::task::spawn_blocking(move || templates.render(&request).text);
        made.await.map_err(Error::broken)
    }

    /// Looks at all templates of the owner; how many files there are, and what is to
    /// be said of them (ID-TPL-04).
    ///
    /// # Errors
    /// When the looking itself fails.
    pub async fn check(&self) -> Result<(usize, Vec<Finding>)> {
        let templates = self.templates();
        let looked = tokio::task::spawn_blocking(move || check::all(&templates));
        looked.await.map_err(Error::broken)
    }
}

/// The index that lists messages in a state by time.
fn index_of(state: MessageState) -> &'static str {
    match state {
        MessageState::Queued => "queued",
        MessageState::Sent => "sent",
        MessageState::Failed => "failed",
    }
}

/// Messages changed in one transaction.
const SLICE: usize = 200;

/// What is to become of a dead letter.
enum Fate {
    /// It is queued again.
    Again,
    /// It stays as it is.
    Stays,
    /// It is removed: it was queued again before.
    DiedTwice,
    /// It is removed: there is nothing to send.
    WithoutText,
}

fn bury_or_revive(
    tx: &WriteTx,
    now: Timestamp,
    ids: &[u64],
    fate: impl Fn(&Message) -> Fate,
) -> Result<Retried> {
    let mut part = Retried::default();
    for &id in ids {
        let dead = tx.get::<Message>(&id)?;
        let Some(mut message) = dead.filter(|dead| dead.state == MessageState::Failed) else {
            continue;
        };
        let removed = match fate(&message) {
            Fate::Stays => continue,
            Fate::Again => {
                revive(&mut message);
                message.at = now;
                tx.put(&message)?;
                tx.wake(TOPIC);
                part.queued.push(id);
                continue;
            }
            Fate::DiedTwice => &mut part.died_twice,
            Fate::WithoutText => &mut part.without_text,
        };
        removed.push(id);
        tx.remove::<Message>(&id)?;
    }
    Ok(part)
}

fn revive(message: &mut Message) {
    message.state = MessageState::Queued;
    message.attempts = 0;
    message.revived = true;
}
