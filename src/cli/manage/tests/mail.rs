//! Mail commands as they are typed.

use super::*;
use wire::admin::MailCommand;

// ID-CLI-80 ID-TPL-04 CY-CLI-QUE-01
#[test]
fn mail_commands_are_read() {
    let mail = |argv: &[&str]| match command(argv) {
        Command::Mail(command) => command,
        other => panic!("{other:?}"),
    };
    assert_eq!(mail(&["template-check"]), MailCommand::Check);
    assert_eq!(
        mail(&["language-check"]),
        MailCommand::LanguageCheck { code: None }
    );
    assert_eq!(
        mail(&["language-export", "el"]),
        MailCommand::LanguageExport { code: "el".into() }
    );
    assert_eq!(
        mail(&["email-preview", "activation_email", "--html"]),
        MailCommand::Preview {
            name: Some("activation_email".into()),
            html: true,
            language: "en".into()
        }
    );
    assert_eq!(
        mail(&["queue-inspect", "mail-dl", "-i", "--no-requeue"]),
        MailCommand::Inspect {
            queue: "mail-dl".into(),
            remove: true,
            ask: true
        }
    );
    assert_eq!(
        mail(&["queue-retry", "--keep-zombies", "-v", "2"]),
        MailCommand::RetryDead {
            keep_zombies: true,
            each: true
        }
    );
    assert_eq!(
        mail(&["queue-retry"]),
        MailCommand::RetryDead {
            keep_zombies: false,
            each: false
        }
    );
    assert_eq!(
        mail(&["mail-retry", "7"]),
        MailCommand::Retry { id: Some(7) }
    );
    assert_eq!(mail(&["mail-retry"]), MailCommand::Retry { id: None });
    assert_eq!(
        mail(&["mail-test", "a@b"]),
        MailCommand::Test { to: "a@b".into() }
    );
    assert!(matches!(
        mail(&["mail-list", "--failed"]),
        MailCommand::List { failed: true, .. }
    ));
    assert_eq!(command(&["settings-reload"]), Command::SettingsReload);
}

#[test]
fn mail_commands_are_refused() {
    for (argv, said) in [
        (&["queue-inspect"][..], "Please provide a queue"),
        (&["mail-test"], "Please provide an address"),
        (&["email-preview", "a", "b"], "Invalid number of arguments"),
        (&["mail-retry", "x"], "x"),
        (&["language-check", "a", "b"], "Invalid number of arguments"),
        (
            &["language-export"],
            "Please provide the code of a language",
        ),
    ] {
        let printed = refused(argv);
        assert!(printed.contains(said), "{argv:?}: {printed}");
    }
}
