//! Mail and its queue: `mail-*`, `email-preview`, `template-check` (ID-CLI-80,
//! ID-TPL-04), `queue-inspect`, `queue-retry` (CY-QUE-04, CY-QUE-05).

use crate::{Admin, languages};
use kernel::{Error, Result};
use notify::{Finding, Message, MessageState, catalogue};
use wire::admin::{Io, MailCommand, Output, Record, Report, Row, lists};

/// Messages that wait.
const WAITING: &str = "mail";
/// Its dead letters.
const DEAD: &str = "mail-dl";
/// Messages shown at most, of each state.
const MOST: usize = 10_000;

/// Carries out a command about mail.
pub(crate) async fn run(admin: &Admin, command: MailCommand, io: &mut dyn Io) -> Result<Report> {
    match command {
        MailCommand::List { list, failed } => {
            let states = match failed {
                true => &[MessageState::Failed][..],
                false => &[
                    MessageState::Failed,
                    MessageState::Queued,
                    MessageState::Sent,
                ],
            };
            let mut messages = Vec::new();
            for state in states {
                messages.extend(admin.mail.page(*state, None, MOST).await?);
            }
            messages.sort_by_key(|message| message.id);
            let table = lists::MAIL.table(&list, messages.iter().map(row));
            Ok(Report::new().with(table))
        }
        MailCommand::Retry { id: Some(id) } => {
            admin.mail.retry(id).await?;
            Ok(Report::new().note(format!("Message {id} is tried again.")))
        }
        MailCommand::Retry { id: None } => {
            let all = admin.mail.retry_all().await?;
            Ok(Report::new().note(format!("{all} messages are tried again.")))
        }
        MailCommand::Test { to } => {
            admin.mail.test(&to).await?;
            let note =
                format!("A test message to {to} is queued; 'mail-list' shows what became of it.");
            Ok(Report::new().note(note))
        }
        MailCommand::Preview { name: None, .. } => Ok(names()),
        MailCommand::Preview {
            name: Some(name),
            html,
            language,
        } => preview(admin, &name, html, &language).await,
        MailCommand::Check => check(admin).await,
        MailCommand::LanguageCheck { code } => languages::check(admin, code).await,
        MailCommand::LanguageExport { code } => languages::export(admin, &code).await,
        MailCommand::Inspect { queue, remove, ask } => {
            inspect(admin, &queue, remove, ask, io).await
        }
        MailCommand::RetryDead { keep_zombies, each } => {
            retry_dead(admin, keep_zombies, each).await
        }
    }
}

fn state(message: &Message) -> &'static str {
    match message.state {
        MessageState::Queued => "queued",
        MessageState::Sent => "sent",
        MessageState::Failed => "failed",
    }
}

fn row(message: &Message) -> Row {
    Row::new()
        .with("id", message.id)
        .with("state", state(message))
        .with("to", &message.to)
        .with("template", &message.template)
        .with("subject", &message.subject)
        .with("attempts", message.attempts)
        .with("created", message.created)
        .with("at", message.at)
        .with("error", &message.error)
}

fn names() -> Report {
    let lines = catalogue::KINDS
        .iter()
        .map(|kind| format!("{}.txt  ({})", kind.template, kind.about));
    Report::new().with(Output::Lines(lines.collect()))
}

async fn preview(admin: &Admin, name: &str, html: bool, language: &str) -> Result<Report> {
    let preview = admin.mail.preview(name, language).await?;
    let mut report = Report::new();
    for problem in &preview.problems {
        report = report.note(format!("error: {problem}; the built-in one is shown"));
    }
    report.code = i32::from(!preview.problems.is_empty());
    Ok(match html {
        true => report.text(preview.html),
        false => report
            .text(format!("Subject: {}\n", preview.subject))
            .text(preview.text.trim_end().to_owned()),
    })
}

async fn check(admin: &Admin) -> Result<Report> {
    let (count, findings) = admin.mail.check().await?;
    let (mut errors, mut warnings) = (0, 0);
    let mut report = Report::new();
    for finding in findings {
        report = report.text(match finding {
            Finding::Error(problem) => {
                errors += 1;
                format!("error: {problem}")
            }
            Finding::Warning(problem) => {
                warnings += 1;
                format!("warning: {problem}")
            }
        });
    }
    report.code = i32::from(errors > 0);
    let dirs = admin.settings.now().strings("TEMPLATE_DIRS").join(", ");
    Ok(report.note(format!(
        "{count} templates in {dirs}: {errors} errors, {warnings} warnings"
    )))
}

/// A message as an administrator may see it: its links are cut, for they log people in.
fn shown(message: &Message) -> Record {
    let dead = match message.state {
        MessageState::Failed => format!(
            "queue {WAITING}, reason {}, count {}",
            message.error, message.attempts
        ),
        _ => message.error.clone(),
    };
    Record::new()
        .with("id", message.id)
        .with("routing key", &message.template)
        .with("to", &message.to)
        .with("subject", &message.subject)
        .with("created", message.created)
        .with("attempts", message.attempts)
        .with(
            "next attempt",
            (message.state == MessageState::Queued).then_some(message.at),
        )
        .with("death", dead)
        .with("from-dead-letter", message.revived)
        .with("body", without_links(&message.text))
}

fn without_links(text: &str) -> String {
    let lines = text.lines().map(|line| {
        match line
            .find("://")
            .and_then(|at| line[at + 3..].find('/').map(|end| at + 3 + end))
        {
            Some(end) => format!("{}/…", &line[..end]),
            None => line.to_owned(),
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

async fn inspect(
    admin: &Admin,
    queue: &str,
    remove: bool,
    ask: bool,
    io: &mut dyn Io,
) -> Result<Report> {
    let state = match queue {
        WAITING => MessageState::Queued,
        DEAD => MessageState::Failed,
        _ if queue.starts_with("amqp:") => {
            return Err(Error::not_supported("No broker is connected."));
        }
        _ => {
            return Err(Error::not_found(format!(
                "Queue {queue} not configured. There are: {WAITING}, {DEAD}"
            )));
        }
    };
    let messages = admin.mail.list(state, MOST).await?;
    let mut report = Report::new();
    for message in &messages {
        let record = shown(message);
        let mut removed = remove;
        if ask {
            let mut question = String::new();
            for (name, value) in &record.fields {
                question.push_str(&format!("{name}: {}\n", plain(value)));
            }
            question.push_str("Do you want to delete this message (N/y):");
            let answer = io.ask(&question, false).await?.unwrap_or_default();
            removed = matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes");
        } else {
            report = report.with(record.section(format!("Message {}", message.id)));
        }
        if removed {
            admin.mail.remove(message.id).await?;
            report = report.note(format!("Message {} is removed.", message.id));
        }
    }
    if messages.is_empty() {
        report = report.note(format!("Queue {queue} is empty."));
    }
    Ok(report)
}

fn plain(cell: &wire::admin::Cell) -> String {
    use wire::admin::Cell;
    match cell {
        Cell::Text(text) => text.clone(),
        Cell::Int(n) => n.to_string(),
        Cell::Bool(on) => on.to_string(),
        Cell::Time(at) => at.to_string(),
        _ => String::new(),
    }
}

async fn retry_dead(admin: &Admin, keep_zombies: bool, each: bool) -> Result<Report> {
    let done = admin.mail.retry_dead(keep_zombies).await?;
    let mut report = Report::new();
    for (what, ids) in [
        ("queued again", &done.queued),
        ("removed, died twice", &done.died_twice),
        ("removed, its text is not kept any more", &done.without_text),
    ] {
        if each {
            for id in ids {
                report = report.text(format!("Message {id}: {what}"));
            }
        }
        if !ids.is_empty() {
            report = report.note(format!("{} messages: {what}", ids.len()));
        }
    }
    match report.outputs.is_empty() {
        true => Ok(report.note("There are no dead letters.")),
        false => Ok(report),
    }
}
