//! Mail commands.

use super::*;
use kernel::{Clock, mail::MailRequest};
use std::collections::BTreeMap;
use wire::admin::{MailCommand, lists::MAIL};

async fn ask(world: &World, to: &str) {
    let request = MailRequest {
        to: to.to_owned(),
        template: "registration/password_email".to_owned(),
        context: BTreeMap::from([(
            "url".to_owned(),
            "https://cloud.example.org/ui/secret".into(),
        )]),
        language: "en".to_owned(),
        ..MailRequest::default()
    };
    world
        .store
        .write(move |tx| tx.publish(kernel::mail::TOPIC, &request))
        .await
        .unwrap();
}

/// Delivers in vain until nothing waits any more; `at_most` rounds.
async fn deliver(world: &World, at_most: usize) {
    let mut settings = (*world.admin.settings.now()).clone();
    settings.set("EMAIL_BACKEND", Value::Str("pigeon".into()));
    let settings = SettingsHandle::new(settings);
    let carrier = notify::Carrier::new(settings.clone(), std::path::PathBuf::from("/nowhere"));
    let mut now = kernel::FakeClock::default().now();
    for _ in 0..at_most {
        notify::step(&world.store, &settings, &carrier, now)
            .await
            .unwrap();
        now += std::time::Duration::from_secs(5 * 3600);
    }
}

/// A message that waits, and two that cannot be sent.
pub(crate) async fn dead_letters(world: &World) {
    for name in ["x", "y"] {
        ask(world, &format!("{name}@example.org")).await;
    }
    deliver(world, 12).await;
    ask(world, "z@example.org").await;
    deliver(world, 1).await;
}

fn inspect(queue: &str) -> Command {
    Command::Mail(MailCommand::Inspect {
        queue: queue.to_owned(),
        remove: false,
        ask: false,
    })
}

// CY-CLI-QUE-01 CY-QUE-04 CY-QUE-05 ID-CLI-80
#[tokio::test]
async fn the_queue_of_mail_is_inspected_and_tried_again() {
    let world = World::new();
    ask(&world, "eva@example.org").await;
    deliver(&world, 1).await;
    let report = world.run(inspect("mail")).await.unwrap();
    let shown = record(&report);
    assert_eq!(value(shown, "to"), &Cell::from("eva@example.org"));
    let Cell::Text(body) = value(shown, "body") else {
        panic!("{shown:?}");
    };
    assert!(
        body.contains("https://cloud.example.org/…") && !body.contains("secret"),
        "{body}"
    );
    let Cell::Text(death) = value(shown, "death") else {
        panic!("{shown:?}");
    };
    assert!(death.contains("EMAIL_BACKEND"), "{death}");
    assert_eq!(
        lines(&world.run(inspect("mail-dl")).await.unwrap()).1,
        ["Queue mail-dl is empty."]
    );
    deliver(&world, 12).await;
    let list = |failed| {
        Command::Mail(MailCommand::List {
            list: columns(&["id", "state", "to"]),
            failed,
        })
    };
    let report = world.run(list(true)).await.unwrap();
    assert_eq!(
        table(&report).rows,
        [vec![1u64.into(), "failed".into(), "eva@example.org".into()]]
    );
    assert!(
        table(&report)
            .columns
            .iter()
            .all(|name| MAIL.field(name).is_some())
    );
    let retry = |keep_zombies| {
        Command::Mail(MailCommand::RetryDead {
            keep_zombies,
            each: true,
        })
    };
    let (data, notes) = lines(&world.run(retry(false)).await.unwrap());
    assert_eq!(
        (data, notes),
        (
            vec!["Message 1: queued again".into()],
            vec!["1 messages: queued again".into()]
        )
    );
    deliver(&world, 12).await;
    let (data, _) = lines(&world.run(retry(false)).await.unwrap());
    assert_eq!(data, ["Message 1: removed, died twice"]);
    assert_eq!(
        lines(&world.run(retry(false)).await.unwrap()).1,
        ["There are no dead letters."]
    );
    assert!(
        world
            .refused(inspect("nosuch"))
            .await
            .starts_with("Queue nosuch not configured")
    );
    assert_eq!(
        world.refused(inspect("amqp:x")).await,
        "No broker is connected."
    );
    let none = Command::Mail(MailCommand::Retry { id: Some(5) });
    assert_eq!(world.refused(none).await, "Unknown message '5'");
}

// CY-QUE-04
#[tokio::test]
async fn messages_are_removed_when_asked_to() {
    let world = World::new();
    for name in ["a", "b"] {
        ask(&world, &format!("{name}@example.org")).await;
    }
    deliver(&world, 1).await;
    let asking = Command::Mail(MailCommand::Inspect {
        queue: "mail".to_owned(),
        remove: false,
        ask: true,
    });
    let mut person = Person {
        answer: Some("n"),
        ..Person::default()
    };
    world.admin.run(asking.clone(), &mut person).await.unwrap();
    assert_eq!(person.asked.len(), 2);
    assert!(person.asked[0].ends_with("Do you want to delete this message (N/y):"));
    assert!(
        person.asked[0].contains("to: a@example.org\n"),
        "{}",
        person.asked[0]
    );
    person.answer = Some("y");
    world.admin.run(asking, &mut person).await.unwrap();
    let report = world.run(inspect("mail")).await.unwrap();
    assert_eq!(lines(&report).1, ["Queue mail is empty."]);
}

// ID-CLI-80 ID-TPL-04
#[tokio::test]
async fn previews_checks_and_tests() {
    let world = World::new();
    let preview = |name: Option<&str>, html| {
        Command::Mail(MailCommand::Preview {
            name: name.map(str::to_owned),
            html,
            language: "el".to_owned(),
        })
    };
    let (data, _) = lines(
        &world
            .run(preview(Some("welcome_email"), false))
            .await
            .unwrap(),
    );
    assert!(
        data[0].starts_with("Subject: ") && data[1].contains("Γεια σας"),
        "{data:?}"
    );
    let (data, _) = lines(
        &world
            .run(preview(Some("welcome_email"), true))
            .await
            .unwrap(),
    );
    assert!(data[0].starts_with("<!doctype html>"), "{data:?}");
    let (data, _) = lines(&world.run(preview(None, false)).await.unwrap());
    assert!(
        data.iter()
            .any(|line| line.starts_with("im/activation_email.txt")),
        "{data:?}"
    );
    assert!(
        world
            .refused(preview(Some("x"), false))
            .await
            .starts_with("Unknown template 'x'")
    );

    let dir = tempfile::tempdir().unwrap();
    let mut settings = (*world.admin.settings.now()).clone();
    let place = Value::Str(dir.path().to_str().unwrap().to_owned());
    settings.set("TEMPLATE_DIRS", Value::List(vec![place]));
    world.admin.settings.replace(settings);
    let check = || world.run(Command::Mail(MailCommand::Check));
    assert_eq!(check().await.unwrap().code, 0);
    std::fs::create_dir(dir.path().join("im")).unwrap();
    let file = dir.path().join("im/activation_email.txt");
    std::fs::write(&file, "no link").unwrap();
    let report = check().await.unwrap();
    assert_eq!((report.code, lines(&report).0.len()), (0, 1));
    std::fs::write(&file, "\n{% block x %}").unwrap();
    let report = check().await.unwrap();
    assert_eq!(report.code, 1);
    let told = &lines(&report).0[0];
    assert!(
        told.contains("activation_email.txt:2: {% block %} is not closed"),
        "{told}"
    );

    let languages = |code: Option<&str>| {
        let code = code.map(str::to_owned);
        Command::Mail(MailCommand::LanguageCheck { code })
    };
    assert_eq!(world.run(languages(None)).await.unwrap().code, 0);
    let export = |code: &str| {
        let code = code.to_owned();
        Command::Mail(MailCommand::LanguageExport { code })
    };
    let begun = world.run(export("en")).await.unwrap();
    let begun = lines(&begun).0.join("\n");
    for part in [
        "\nsave = Save\n",
        "\nAUTH_PROVIDER_ADDED = { $method_prompt } added to your account.\n",
        "\nAUTH_PROVIDERS_LOGIN_TITLE = { $title } LOGIN\n",
        "\n=== im/email\n\n{% block content %}",
        "\n=== im/welcome_email\nSubject: Welcome to <S>\n\n{% extends",
    ] {
        assert!(begun.contains(part), "{part}");
    }
    // What is written out is a whole language once it has a name of its own.
    std::fs::create_dir(dir.path().join("locale")).unwrap();
    let file = dir.path().join("locale/xx.ftl");
    std::fs::write(&file, begun.replace("= English", "= Xenian") + "\n").unwrap();
    let report = world.run(languages(Some("xx"))).await.unwrap();
    let (data, notes) = lines(&report);
    assert_eq!(data, Vec::<String>::new());
    assert!(notes[0].contains("xx (Xenian)") && notes[0].ends_with("0 errors, 0 warnings"));
    std::fs::write(&file, "save = { $x }\nsaev = Save\n").unwrap();
    let report = world.run(languages(Some("xx"))).await.unwrap();
    let data = lines(&report).0;
    assert_eq!(report.code, 1);
    let place = file.display();
    let first = [
        format!("warning: {place}:2: nothing says 'saev'"),
        format!("error: {place}:1: 'save': there is no value 'x' for it"),
        "warning: xx: 'cancel' is missing".to_owned(),
        "warning: xx: the mail 'im/welcome_email' is missing".to_owned(),
    ];
    for line in first {
        assert!(data.contains(&line), "{line}: {:?}", &data[..3]);
    }
    let unknown = world.refused(languages(Some("tlh"))).await;
    assert_eq!(unknown, "There is no language 'tlh'. There are: en, el, xx");

    let test = |to: &str| Command::Mail(MailCommand::Test { to: to.to_owned() });
    world.run(test("root@example.org")).await.unwrap();
    assert!(world.refused(test("root")).await.contains("not an address"));
    assert_eq!(
        world.refused(Command::SettingsReload).await,
        "No service runs here."
    );
}
