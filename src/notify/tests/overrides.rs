//! Templates of the owner over the built-in ones.

use super::*;
use std::path::Path;

struct Own {
    dir: tempfile::TempDir,
    settings: SettingsHandle,
}

impl Own {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let place = Value::Str(dir.path().to_str().unwrap().into());
        let settings = settings(&[
            ("TEMPLATE_DIRS", Value::List(vec![place])),
            (
                "ASTAKOS_BASE_URL",
                Value::Str("https://cloud.example.org".into()),
            ),
            (
                "ADMINS",
                Value::List(vec![Value::List(vec![
                    Value::Str("Root".into()),
                    Value::Str("root@example.org".into()),
                ])]),
            ),
        ]);
        Own { dir, settings }
    }

    fn put(&self, name: &str, text: &str) {
        let path = self.dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn templates(&self) -> Templates {
        Templates::new(self.settings.now(), FakeClock::default().now())
    }

    fn render(&self, name: &str, language: &str) -> Rendered {
        let kind = catalogue::find(name).unwrap();
        let templates = self.templates();
        let request = sample::request(kind, templates.settings(), language);
        templates.render_in(&request, language)
    }

    fn findings(&self) -> Vec<Finding> {
        check::all(&self.templates()).1
    }
}

// ID-TPL-01 ID-TPL-02 and acceptance 1 of templates
#[test]
fn one_footer_changes_all_mails_at_once() {
    let own = Own::new();
    assert!(
        own.render("welcome_email", "en")
            .text
            .contains("a person will answer")
    );
    own.put(
        "im/email.txt",
        "{% block content %}{% endblock %}-- \nOur footer, {{ BRANDING_COMPANY_NAME|upper }}\n",
    );
    for name in [
        "welcome_email",
        "password_email",
        "project_denial_notification",
        "feedback_mail",
    ] {
        for language in ["en", "el"] {
            let made = own.render(name, language);
            assert!(
                made.text.ends_with("-- \nOur footer, GRNET\n"),
                "{}",
                made.text
            );
            assert!(!made.text.contains("You get this message"), "{}", made.text);
            assert_eq!(made.problems, []);
        }
    }
    std::fs::remove_file(own.dir.path().join("im/email.txt")).unwrap();
    assert!(
        own.render("welcome_email", "en")
            .text
            .contains("a person will answer")
    );
}

// ID-TPL-01: words for readers of one language only.
#[test]
fn a_language_has_its_own_words() {
    let own = Own::new();
    own.put("im/welcome_email.txt", "for all");
    own.put("el/im/welcome_email.txt", "για όλους");
    assert_eq!(own.render("welcome_email", "en").text, "for all");
    assert_eq!(own.render("welcome_email", "el").text, "για όλους");
}

/// Two mails in a language that nobody speaks.
const MADE_UP: &str = "\
language-name = Xenian

=== im/email
{% block content %}{% endblock %}
Xenian foot.

=== im/welcome_email
Subject: Velcome to <S>

{% extends \"im/email.txt\" %}
{% block content %}Hallo {{ user.realname }}.
{% endblock %}
";

// ID-UI-09 ID-TPL-01 ID-TPL-02: a language is a file; what it has no words for is said
// in English, and files of single templates go before it.
#[test]
fn mails_speak_a_language_that_was_put_there() {
    let own = Own::new();
    assert_eq!(own.render("welcome_email", "xx").language, "en");
    own.put("locale/xx.ftl", MADE_UP);
    let made = own.render("welcome_email", "xx-XX");
    assert_eq!(made.text, "Hallo Eva Sample.\n\nXenian foot.\n");
    assert_eq!(
        (made.subject.as_str(), made.language.as_str()),
        ("Velcome to My cloud", "xx")
    );
    let english = own.render("password_email", "en");
    assert_eq!(own.render("password_email", "xx"), english);
    own.put(
        "im/email.txt",
        "{% block content %}{% endblock %}Foot for all.\n",
    );
    assert_eq!(
        own.render("welcome_email", "xx").text,
        "Hallo Eva Sample.\nFoot for all.\n"
    );
    own.put(
        "xx/im/email.txt",
        "{% block content %}{% endblock %}Better foot.\n",
    );
    assert_eq!(
        own.render("welcome_email", "xx").text,
        "Hallo Eva Sample.\nBetter foot.\n"
    );
    assert!(
        own.render("welcome_email", "en")
            .text
            .ends_with("Foot for all.\n")
    );
    assert_eq!(own.findings(), []);
}

// ID-TPL-03: one bad mail costs that mail alone, and the file and the line are named.
#[test]
fn a_bad_mail_of_a_language_is_left_out_and_named() {
    let own = Own::new();
    let bad = MADE_UP.replace("user.realname }}", "user.realname|nosuch }}");
    let more = "\n=== im/test_email\nSubject: Zest\n\nA zest.\n";
    own.put("locale/xx.ftl", &format!("{bad}{more}"));
    let made = own.render("welcome_email", "xx");
    assert!(
        made.text.contains("your account on My cloud is ready"),
        "{}",
        made.text
    );
    let [problem] = made.problems.as_slice() else {
        panic!("{:?}", made.problems);
    };
    let said = problem.to_string();
    assert!(
        said.contains("locale/xx.ftl:11: im/welcome_email: "),
        "{said}"
    );
    assert_eq!(own.render("test_email", "xx").text, "A zest.\n");
    let [Finding::Error(found)] = &own.findings()[..] else {
        panic!("{:?}", own.findings());
    };
    assert_eq!(found.to_string(), said);
}

// ID-MAIL-07 and acceptance 2 of templates
#[test]
fn the_newer_name_comes_first() {
    let own = Own::new();
    own.put("registration/email_change_email.txt", "old {{ url }}");
    let new = || own.render("email_change_email_new_email", "en").text;
    assert!(new().starts_with("old https://"));
    let old = own.render("email_change_email_old_email", "en").text;
    assert!(old.contains("eva.new@example.org") && !old.starts_with("old"));
    own.put(
        "registration/email_change_email_new_email.txt",
        "new {{ url }} {{ ec.new_email_address }}",
    );
    assert!(new().starts_with("new https://"));
}

// ID-TPL-01: both places the guide's indentation allows.
#[test]
fn projects_may_lie_in_either_place() {
    let own = Own::new();
    own.put("projects/project_denial_notification.txt", "{% extends \"projects/base.txt\" %}{% block a %}{{ object.end_date|date:\"d/m/Y\" }}{% endblock %}");
    own.put("im/projects/base.txt", "[{% block a %}{% endblock %}]");
    let made = own.render("project_denial_notification", "en");
    assert_eq!(
        (made.text.as_str(), made.problems),
        ("[31/05/2027]", vec![])
    );
    own.put("im/projects/project_denial_notification.txt", "better");
    assert_eq!(
        own.render("project_denial_notification", "en").text,
        "better"
    );
}

// ID-TPL-03 and acceptance 3 of templates
#[test]
fn a_broken_file_is_left_out_and_named() {
    for (broken, line) in [
        ("{% extends \"im/email.txt\" %}\n{% block content %}x", 2),
        ("a\n\n{{ x|nosuch }}", 3),
        ("\n{% include \"im/gone.txt\" %}", 2),
        ("\n{% extends \"im/welcome_email.txt\" %}", 2),
        (
            "{% block a %}{% endblock %}\n{% block a %}{% endblock %}",
            2,
        ),
        (
            "{% for a in BRANDING_SERVICE_NAME %}{% endfor %}\n{{ object|join:x|nosuch:1 }}",
            2,
        ),
    ] {
        let own = Own::new();
        own.put("im/welcome_email.txt", broken);
        let made = own.render("welcome_email", "en");
        assert!(
            made.text.contains("your account on My cloud is ready"),
            "{}",
            made.text
        );
        let [problem] = made.problems.as_slice() else {
            panic!("{:?}", made.problems);
        };
        assert_eq!(problem.file, own.dir.path().join("im/welcome_email.txt"));
        assert_eq!(problem.line, line, "{broken}: {problem}");
        assert!(!problem.message.is_empty());
    }
    // Only the broken file is left out: the good one stays.
    let own = Own::new();
    own.put(
        "im/welcome_email.txt",
        "{% extends \"im/email.txt\" %}{% block content %}mine\n{% endblock %}",
    );
    own.put("im/email.txt", "{% block content %}");
    let made = own.render("welcome_email", "en");
    assert!(
        made.text.starts_with("mine\n") && made.text.contains("help@example.org"),
        "{}",
        made.text
    );
    assert_eq!(made.problems.len(), 1);
}

// ID-TPL-03: where a file of the owner makes a template of ours fail, it is named.
#[test]
fn a_base_that_breaks_our_templates_is_named() {
    let own = Own::new();
    let loops = "{% for a in object.resource_policies %}".repeat(14);
    let ends = "{% endfor %}".repeat(14);
    own.put(
        "im/email.txt",
        &format!("{loops}{{% block content %}}{{% endblock %}}{ends}"),
    );
    let made = own.render("project_denial_notification", "en");
    assert!(made.text.contains("was denied") && made.text.contains("help@example.org"));
    let [problem] = made.problems.as_slice() else {
        panic!("{:?}", made.problems);
    };
    assert_eq!(problem.file, own.dir.path().join("im/email.txt"));
}

// ID-TPL-14
#[test]
fn what_runs_away_is_stopped() {
    let own = Own::new();
    let loops =
        "{% for a in object.resource_policies %}".repeat(25) + "x" + &"{% endfor %}".repeat(25);
    own.put("im/projects/project_denial_notification.txt", &loops);
    let made = own.render("project_denial_notification", "en");
    assert_eq!(made.problems.len(), 1);
    assert!(made.text.contains("was denied"));
    for step in 0..20 {
        own.put(
            &format!("im/d{step}.txt"),
            &format!("{{% include \"im/d{}.txt\" %}}", step + 1),
        );
    }
    own.put("im/d20.txt", "end");
    own.put("im/welcome_email.txt", "{% include \"im/d0.txt\" %}");
    let made = own.render("welcome_email", "en");
    assert!(made.text.contains("is ready"));
    assert!(
        made.problems[0].message.contains("too deep"),
        "{:?}",
        made.problems
    );
    own.put("im/d3.txt", "end");
    assert_eq!(own.render("welcome_email", "en").text, "end");
    let big = "x".repeat(200 << 10);
    own.put("im/d3.txt", &big);
    own.put(
        "im/welcome_email.txt",
        &"{% include \"im/d3.txt\" %}".repeat(6),
    );
    let made = own.render("welcome_email", "en");
    assert!(made.text.len() < 2000 && made.problems.len() == 1);
}

// ID-TPL-04 ID-TPL-05
#[test]
fn the_check_finds_everything() {
    let own = Own::new();
    assert_eq!(own.findings(), []);
    own.put("im/activation_email.txt", "no link");
    own.put("im/welcome_email.txt", "fine without");
    own.put("im/invitation.txt", "{{ url }}");
    own.put("im/email.html", "<b>");
    own.put("im/notes.md", "");
    own.put("im/part.txt", "included by others");
    own.put("registration/password_email.txt", "{% if %}");
    own.put("registration/email_change_email.txt", "no link");
    let mut told: Vec<String> = own
        .findings()
        .iter()
        .map(|finding| {
            let (kind, problem) = match finding {
                Finding::Error(problem) => ("error", problem),
                Finding::Warning(problem) => ("warning", problem),
            };
            let file = problem.file.strip_prefix(own.dir.path()).unwrap();
            format!(
                "{kind} {}:{} {}",
                file.display(),
                problem.line,
                problem.message
            )
        })
        .collect();
    told.sort();
    let expected = [
        "error registration/password_email.txt:1",
        "warning im/activation_email.txt:0 does not use {{ url }}",
        "warning im/email.html:0 HTML templates are not supported",
        "warning im/notes.md:0 not a template",
        "warning im/part.txt:0 no message uses it",
        "warning registration/email_change_email.txt:0 does not use {{ url }}",
    ];
    assert_eq!(told.len(), expected.len(), "{told:?}");
    for (told, expected) in told.iter().zip(expected) {
        assert!(told.starts_with(expected), "{told}");
    }
}

// ID-TPL-04 ID-MAIL-07: what is said of a file is about that file, and one that another
// goes before is named.
#[test]
fn the_check_tells_files_of_one_message_apart() {
    let own = Own::new();
    let told = || -> Vec<String> {
        let findings = own.findings();
        let told = findings.iter().map(|finding| {
            let (Finding::Error(problem) | Finding::Warning(problem)) = finding;
            problem
                .to_string()
                .replace(&format!("{}/", own.dir.path().display()), "")
        });
        told.collect()
    };
    let (old, new) = (
        "registration/email_change_email.txt",
        "registration/email_change_email_new_email.txt",
    );
    own.put(old, "{{ url }}");
    own.put(new, "no link");
    assert_eq!(
        told(),
        [
            format!("{old}: not used: {new} goes before it"),
            format!("{new}: does not use {{{{ url }}}}: the message is of no use"),
        ]
    );
    own.put(new, "{{ url }}");
    own.put(old, "no link");
    assert_eq!(told(), [format!("{old}: not used: {new} goes before it")]);
    std::fs::remove_file(own.dir.path().join(new)).unwrap();
    // Words for one language leave the others to the file for all.
    own.put(&format!("en/{old}"), "{{ url }}");
    assert_eq!(
        told(),
        [format!(
            "{old}: does not use {{{{ url }}}}: the message is of no use"
        )]
    );
}

async fn texts(store: &Store, dir: &Path) -> usize {
    let queued = store
        .read(|tx| tx.find::<Message>("sent", &(), None, 100))
        .await
        .unwrap();
    let told = queued
        .iter()
        .filter(|m| m.template == "im/template_problem");
    assert_eq!(files(dir).len(), queued.len());
    told.count()
}

// ID-TPL-03: the administrators are told once for each version of a file.
#[tokio::test]
async fn administrators_are_told_once_per_version() {
    let own = Own::new();
    let spool = tempfile::tempdir().unwrap();
    let store = Store::in_memory().unwrap();
    let carrier = Carrier::new(own.settings.clone(), spool.path().to_owned());
    let now = FakeClock::default().now();
    let send = || async {
        store
            .write(|tx| tx.publish(TOPIC, &request("eva@example.org")))
            .await
            .unwrap();
        step(&store, &own.settings, &carrier, now).await.unwrap();
    };
    own.put("im/activation_email.txt", "{% if %}");
    begin(&store, &own.settings, spool.path(), now).await;
    send().await;
    send().await;
    assert_eq!(texts(&store, spool.path()).await, 1);
    begin(&store, &own.settings, spool.path(), now).await;
    send().await;
    assert_eq!(texts(&store, spool.path()).await, 1);
    own.put("im/activation_email.txt", "{% if again %}");
    send().await;
    send().await;
    assert_eq!(texts(&store, spool.path()).await, 2);
    let mails = files(spool.path());
    let told = mails
        .iter()
        .find(|mail| mail.contains("To: root@example.org"))
        .unwrap();
    assert!(
        told.contains("activation_email.txt") && told.contains("[email-subject-prefix]"),
        "{told}"
    );
}
