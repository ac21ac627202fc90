//! Messages to the people of `ADMINS`, through the outbox like any mail (ID-OPS-10).
//!
//! Invariants: the same text leaves at most once in ten minutes; what is said about mail
//! is not mailed, or one failure would feed the next.

use super::{Plan, places::Sink, record::Record};
use kernel::{
    Timestamp,
    mail::{MailRequest, TOPIC},
};
use std::{collections::HashMap, io, sync::OnceLock};
use store::Store;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Template of these messages.
const TEMPLATE: &str = "im/log_record";
/// Seconds in which the same text is not sent again.
const QUIET: i64 = 600;
/// Texts remembered, and messages that may wait for the store.
const REMEMBERED: usize = 1000;

static TO: OnceLock<mpsc::Sender<MailRequest>> = OnceLock::new();

/// Puts the messages into the outbox until `stop`.
pub async fn deliver(store: Store, stop: CancellationToken) {
    let (to, mut from) = mpsc::channel(REMEMBERED);
    if TO.set(to).is_err() {
        return;
    }
    while let Some(Some(request)) = stop.run_until_cancelled(from.recv()).await {
        let put = store.write(move |tx| tx.publish(TOPIC, &request)).await;
        if let Err(error) = put {
            tracing::warn!(target: "synnefo.mail", "a message of the log is lost: {}", error.chain());
        }
    }
}

/// An AdminEmailHandler.
pub(super) struct Mails {
    people: Vec<String>,
    prefix: String,
    longest: usize,
    sent: HashMap<String, Timestamp>,
}

impl Mails {
    pub(super) fn new(plan: &Plan) -> Self {
        Mails {
            people: plan.admins.clone(),
            prefix: plan.subject.clone(),
            longest: plan.longest_mail,
            sent: HashMap::new(),
        }
    }

    /// What is to be sent, if it is.
    pub(super) fn requests(&mut self, record: &Record, line: &str) -> Vec<MailRequest> {
        if record.name == "synnefo.mail" {
            return Vec::new();
        }
        let now = record.at;
        let fresh = |at: &Timestamp| now.duration_since(*at).as_secs() < QUIET;
        self.sent.retain(|_, at| fresh(at));
        if self.sent.contains_key(&record.text) || self.sent.len() >= REMEMBERED {
            return Vec::new();
        }
        self.sent.insert(record.text.clone(), now);
        let line: String = line.chars().take(self.longest).collect();
        let subject: String = record.text.chars().take(200).collect();
        let subject = format!("{}{}: {subject}", self.prefix, record.level);
        let to_one = |to: &String| MailRequest {
            to: to.clone(),
            template: TEMPLATE.to_owned(),
            context: [
                ("subject".to_owned(), subject.clone().into()),
                ("line".to_owned(), line.clone().into()),
            ]
            .into(),
            language: "en".to_owned(),
            ..MailRequest::default()
        };
        self.people.iter().map(to_one).collect()
    }
}

impl Sink for Mails {
    fn write(&mut self, record: &Record, line: &str) -> io::Result<()> {
        for request in self.requests(record, line) {
            let Some(to) = TO.get() else {
                return Err(io::Error::other("there is no service to send mail"));
            };
            to.try_send(request).map_err(io::Error::other)?;
        }
        Ok(())
    }
}
