//! `mail-*`, `email-preview`, `template-check`, `language-*`, `queue-*` (ID-CLI-80, ID-TPL-04,
//! CY-CLI-QUE-01), and reading the settings again.

use super::{
    Context, Entry,
    arguments::Args,
    common::{Failure, flag, number, option, positional},
    inventory::Service::{Astakos, Cyclades, General},
};
use clap::ArgAction;
use wire::admin::{Command, MailCommand, lists::MAIL};

pub(super) static ENTRIES: &[Entry] = &[
    Entry {
        name: "email-preview",
        service: Astakos,
        about: "Show the message of a template with sample values",
        list: None,
        define: |command| {
            command
                .override_usage("snf-manage email-preview [OPTIONS] [NAME]")
                .after_help("Without a name, the names are listed.")
                .arg(flag("html", "Show the HTML twin"))
                .arg(option(
                    "language",
                    "CODE",
                    "Language of the message [default: en]",
                ))
                .arg(positional("NAME"))
        },
        read: preview,
    },
    Entry {
        name: "template-check",
        service: Astakos,
        about: "Check the mail templates in TEMPLATE_DIRS",
        list: None,
        define: |command| command,
        read: |_, _| Ok(Command::Mail(MailCommand::Check)),
    },
    Entry {
        name: "language-check",
        service: General,
        about: "Show what the languages of pages and mails lack",
        list: None,
        define: |command| {
            command
                .override_usage("snf-manage language-check [CODE]")
                .after_help("Without a code, all languages.")
                .arg(positional("CODE"))
        },
        read: |args, _| {
            let code = match args.positional().as_slice() {
                [] => None,
                [code] => Some(code.clone()),
                _ => return Err(Failure::new("Invalid number of arguments")),
            };
            Ok(Command::Mail(MailCommand::LanguageCheck { code }))
        },
    },
    Entry {
        name: "language-export",
        service: General,
        about: "Print a language as one whole file, to translate or to change",
        list: None,
        define: |command| {
            command
                .after_help("What the language lacks stands there in English.")
                .arg(positional("CODE"))
        },
        read: |args, _| {
            let code = args.only("Please provide the code of a language")?;
            Ok(Command::Mail(MailCommand::LanguageExport { code }))
        },
    },
    Entry {
        name: "mail-list",
        service: General,
        about: "List messages that wait, were sent or could not be sent",
        list: Some(&MAIL),
        define: |command| command.arg(flag("failed", "Only those that could not be sent")),
        read: |args, _| {
            Ok(Command::Mail(MailCommand::List {
                list: args.list_options(&[])?,
                failed: args.flag("failed"),
            }))
        },
    },
    Entry {
        name: "mail-retry",
        service: General,
        about: "Try to send messages again now",
        list: None,
        define: |command| {
            command
                .override_usage("snf-manage mail-retry [ID]")
                .after_help("Without an id, all that were not sent.")
                .arg(positional("ID"))
        },
        read: retry,
    },
    Entry {
        name: "mail-test",
        service: General,
        about: "Send a test message",
        list: None,
        define: |command| command.arg(positional("ADDRESS")),
        read: |args, _| {
            let to = args.only("Please provide an address")?;
            Ok(Command::Mail(MailCommand::Test { to }))
        },
    },
    Entry {
        name: "queue-inspect",
        service: Cyclades,
        about: "Show the messages of a queue without removing them",
        list: None,
        define: |command| {
            command
                .after_help("Queues: mail (waiting messages), mail-dl (dead letters).")
                .arg(flag("no-requeue", "Remove the messages that are shown"))
                .arg(flag("interactive", "Ask for each message whether to remove it").short('i'))
                .arg(positional("QUEUE"))
        },
        read: |args, _| {
            Ok(Command::Mail(MailCommand::Inspect {
                queue: args.only("Please provide a queue")?,
                remove: args.flag("no-requeue"),
                ask: args.flag("interactive"),
            }))
        },
    },
    Entry {
        name: "queue-retry",
        service: Cyclades,
        about: "Put dead letters back into their queues",
        list: None,
        define: |command| {
            command.arg(
                flag("keep-zombies", "Keep messages that died twice").action(ArgAction::SetTrue),
            )
        },
        read: |args, _| {
            Ok(Command::Mail(MailCommand::RetryDead {
                keep_zombies: args.flag("keep-zombies"),
                each: args
                    .text("verbosity")
                    .is_some_and(|level| matches!(level.as_str(), "2" | "3")),
            }))
        },
    },
    Entry {
        name: "settings-reload",
        service: General,
        about: "Have the running service read its settings again",
        list: None,
        define: |command| command,
        read: |_, _| Ok(Command::SettingsReload),
    },
];

fn preview(args: &Args<'_>, _: &Context<'_>) -> Result<Command, Failure> {
    let name = match args.positional().as_slice() {
        [] => None,
        [name] => Some(name.clone()),
        _ => return Err(Failure::new("Invalid number of arguments")),
    };
    Ok(Command::Mail(MailCommand::Preview {
        name,
        html: args.flag("html"),
        language: args.text("language").unwrap_or_else(|| "en".to_owned()),
    }))
}

fn retry(args: &Args<'_>, _: &Context<'_>) -> Result<Command, Failure> {
    let id = match args.positional().as_slice() {
        [] => None,
        [id] => Some(number("Message", "", id)?),
        _ => return Err(Failure::new("Invalid number of arguments")),
    };
    Ok(Command::Mail(MailCommand::Retry { id }))
}
