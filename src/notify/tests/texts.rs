//! All built-in messages, in all languages.

use super::*;
use crate::catalogue::{Audience, KINDS};

fn templates(more: &[(&str, Value)]) -> Templates {
    let handle = settings(more);
    let mut all = (*handle.now()).clone();
    if all.base_url().is_empty() {
        all.set(
            "ASTAKOS_BASE_URL",
            Value::Str("https://cloud.example.org".into()),
        );
    }
    Templates::new(Arc::new(all), "2026-11-25T12:00:00Z".parse().unwrap())
}

fn sampled(templates: &Templates, name: &str, language: &str) -> Rendered {
    let kind = catalogue::find(name).unwrap();
    let request = sample::request(kind, templates.settings(), language);
    templates.render_in(&request, language)
}

// ID-MAIL-06 ID-MAIL-07 ID-MAIL-08 ID-MAIL-09 ID-MAIL-10 ID-MAIL-11 ID-MAIL-12 ID-MAIL-13
// ID-MAIL-14 ID-MAIL-15 ID-MAIL-16 ID-MAIL-20 ID-MAIL-21 ID-MAIL-22 ID-MAIL-23 ID-MAIL-24
// ID-MAIL-25 ID-MAIL-26 ID-MAIL-27 ID-MAIL-28 ID-MAIL-29 ID-MAIL-30 ID-MAIL-31 ID-MAIL-32
#[test]
fn every_message_is_whole_in_every_language() {
    let templates = templates(&[]);
    for kind in KINDS {
        let english = sampled(&templates, kind.template, "en");
        for language in ["en", "el"] {
            let made = sampled(&templates, kind.template, language);
            let (name, text) = (format!("{language} {}", kind.template), &made.text);
            assert_eq!(made.language, language, "{name}");
            assert!(!text.contains("could not be made"), "{name}: {text}");
            assert!(text.contains("help@example.org"), "{name}: {text}");
            assert!(text.contains("My cloud"), "{name}: {text}");
            assert!(
                !text.contains("\n\n\n") && text.ends_with('\n'),
                "{name}: {text}"
            );
            for line in text.lines() {
                let width = line.chars().count();
                let link = line.starts_with("https://") || line.starts_with("  ");
                assert!(width <= 72 || link, "{name}: {width}: {line}");
                assert_eq!(line.trim_end(), line, "{name}: {line:?}");
            }
            // At most one thing to open, on its own line; the digest has one for each.
            let links = text.lines().filter(|line| line.contains("/ui/")).count();
            let most = if kind.template == "im/moderation_digest" {
                3
            } else {
                1
            };
            assert!(links <= most, "{name}: {text}");
            for line in text.lines().filter(|line| line.contains("/ui/")) {
                assert!(
                    line.starts_with("https://") && !line.contains(' ')
                        || line.starts_with("page:"),
                    "{name}: {line}"
                );
            }
            if kind.needs_url {
                assert!(text.contains(sample::LINK), "{name}: {text}");
            }
            assert!(
                !made.subject.is_empty() && !made.subject.contains(['%', '<', '{']),
                "{name}: {}",
                made.subject
            );
            if language == "el" {
                assert_ne!(made.subject, english.subject, "{name}");
                let greek = text
                    .chars()
                    .filter(|c| ('\u{370}'..'\u{400}').contains(c))
                    .count();
                assert!(greek > 60, "{name}: {text}");
            } else {
                assert!(text.is_ascii(), "{name}: {text}");
            }
        }
    }
}

// ID-MAIL-05 ID-UI-09: every language of ours has every mail with its subject, and
// nothing is left that no message uses.
#[test]
fn no_language_lacks_a_message() {
    let names = files::built_in_names();
    for kind in KINDS {
        assert!(
            names.contains(&format!("{}.txt", kind.template)),
            "{}",
            kind.template
        );
    }
    for name in &names {
        assert!(
            name == "im/email.txt" || catalogue::find(name).is_some(),
            "{name}"
        );
    }
    for language in words::Languages::built_in().all().skip(1) {
        for english in catalogue::english() {
            let (code, name) = (language.code(), &english.name);
            let mail = language.mail(name);
            let mail = mail.unwrap_or_else(|| panic!("{code} lacks {name}"));
            assert_eq!(
                mail.subject.is_none(),
                english.subject.is_empty(),
                "{code}: {name}"
            );
        }
    }
}

// ID-MAIL-05 ID-MAIL-35 ID-MSG-03
#[test]
fn subjects_are_those_of_the_catalogue_or_of_the_settings() {
    let plain = templates(&[]);
    for (name, subject) in [
        ("activation_email", "My cloud account verification"),
        (
            "email_change_email_old_email",
            "My cloud e-mail change notification",
        ),
        (
            "account_pending_moderation_notification",
            "My cloud account created (eva.sample@example.org)",
        ),
        (
            "account_activated_notification",
            "My cloud account activated (eva.sample@example.org)",
        ),
        ("welcome_email", "Welcome to My cloud"),
        ("password_email", "Password reset on My cloud"),
        ("invitation", "Invitation to My cloud"),
        ("feedback_mail", "Feedback from My cloud"),
        ("switch_accounts_email", "My cloud account association"),
        ("plain_email", "New e-mail from My cloud"),
        (
            "project_creation_notification",
            "My cloud application for a new project created (science.example.org)",
        ),
        (
            "application_approved_admin_email",
            "My cloud project application approved (science.example.org)",
        ),
        (
            "project_unsuspension_notification",
            "My cloud project resumed (science.example.org)",
        ),
        (
            "project_membership_change_notification",
            "My cloud project membership changed (science.example.org)",
        ),
        (
            "project_membership_enroll_notification",
            "My cloud project enrollment (science.example.org)",
        ),
        (
            "moderation_digest",
            "My cloud accounts that wait for a decision (2)",
        ),
    ] {
        assert_eq!(sampled(&plain, name, "en").subject, subject);
    }
    let set = |key: &str, text: &str| {
        let key = format!("ASTAKOS_{key}_MESSAGE");
        templates(&[(&key, Value::Str(text.into()))])
    };
    let one = set(
        "PROJECT_MEMBERSHIP_CHANGE_SUBJECT",
        "%(id)s %(homepage)s %(nosuch)s 100%%",
    );
    let made = sampled(&one, "project_membership_change_notification", "el");
    assert_eq!(made.subject, "12 https://science.example.org/  100%");
    // Persons by their address; nothing that templates may not see (ID-MAIL-34).
    let one = set(
        "PROJECT_MEMBERSHIP_REQUEST_SUBJECT",
        "%(name)s: %(user)s to %(owner)s [%(token)s%(auth_token)s]",
    );
    let kind = catalogue::find("project_membership_request_notification").unwrap();
    let mut asked = sample::request(kind, one.settings(), "en");
    asked
        .context
        .insert("user".into(), "dan@example.org".into());
    let object = asked.context.get_mut("object").unwrap();
    object["token"] = "secret".into();
    object["owner"]["auth_token"] = "secret".into();
    assert_eq!(
        one.render(&asked).subject,
        "science.example.org: dan@example.org to eva.sample@example.org []"
    );
    let one = set("GREETING_EMAIL_SUBJECT", "No placeholder, {1} % %(");
    assert_eq!(
        sampled(&one, "welcome_email", "en").subject,
        "No placeholder, {1} % %("
    );
    let mut asked = request("eva@example.org");
    asked.template = "im/plain_email".into();
    asked
        .context
        .insert("subject".into(), "Our own\r\nBcc: x".into());
    assert_eq!(plain.render(&asked).subject, "Our own Bcc: x");
}

// ID-ADU-44 ID-MAIL-16: what somebody wrote from beginning to end is sent as it stands,
// whatever a file of the owner would put around it.
#[test]
fn a_message_written_as_a_whole_is_sent_as_it_stands() {
    let plain = templates(&[]);
    let mut asked = request("eva@example.org");
    asked.template = "im/plain_email".into();
    let text = "Hello Eva,\n\n{{ 7 * 7 }} <b>we move</b>.\n";
    asked.context.insert("text".into(), text.into());
    assert!(plain.render(&asked).text.contains("Questions?"));
    asked.context.insert("whole".into(), true.into());
    assert_eq!(plain.render(&asked).text, text);
    asked.template = "im/feedback_mail".into();
    assert_ne!(plain.render(&asked).text, text);
}

// ID-MAIL-01: only error reports have the prefix.
#[test]
fn the_prefix_is_for_error_reports() {
    let prefix = ("EMAIL_SUBJECT_PREFIX", Value::Str("[cloud] ".into()));
    let templates = templates(&[prefix]);
    let problem = sampled(&templates, "template_problem", "en");
    assert!(
        problem.subject.starts_with("[cloud] "),
        "{}",
        problem.subject
    );
    assert!(
        !sampled(&templates, "welcome_email", "en")
            .subject
            .contains("[cloud]")
    );
}

#[test]
fn people_read_their_language_and_staff_the_service_s() {
    let greek = templates(&[("LANGUAGE_CODE", Value::Str("el-gr".into()))]);
    for kind in KINDS {
        let request = sample::request(kind, greek.settings(), "en");
        let expected = match kind.audience {
            Audience::Person => "en",
            Audience::Staff => "el",
        };
        assert_eq!(
            greek.render(&request).language,
            expected,
            "{}",
            kind.template
        );
    }
}

// ID-MAIL-15 ID-MAIL-23: samples say what a message of the kind would say
#[test]
fn samples_fit_their_kind() {
    let templates = templates(&[]);
    let text = |name: &str, language: &str| sampled(&templates, name, language).text;
    assert!(text("im/log_record", "en").contains(" ERROR "));
    assert!(text("im/switch_accounts_email", "en").contains("Academic"));
    for language in ["en", "el"] {
        let approved = text("im/application_approved_admin_email", language);
        assert!(approved.contains("40 GiB\n\n"), "{approved}");
    }
}

// ID-MAIL-10: with and without a link to decide with.
#[test]
fn moderators_get_a_link_or_a_command() {
    let templates = templates(&[]);
    let kind = catalogue::find("account_pending_moderation_notification").unwrap();
    let mut request = sample::request(kind, templates.settings(), "en");
    let with = templates.render(&request).text;
    assert!(with.contains("0f9e\n") && with.contains("opening it decides nothing"));
    assert!(
        with.contains("good until 9 December 2026, 12:00 UTC"),
        "{with}"
    );
    assert!(with.contains("  snf-manage user-modify 42 --accept\n"));
    request.context.remove("url");
    let without = templates.render(&request).text;
    assert!(
        !without.contains("https://cloud.example.org/ui"),
        "{without}"
    );
    assert!(without.contains(
        "To let them in, run on the service's machine:\n\n  snf-manage user-modify 42 --accept\n"
    ));
    assert!(!without.contains("\n\n\n"), "{without}");
}

// ID-PWD-02 ID-UI-09: a message inside a mail is in the language of the mail, unless the
// owner wrote it.
#[test]
fn a_message_inside_a_mail_is_translated() {
    let why = serde_json::json!({
        "message": "AUTH_PROVIDER_UNUSABLE_PASSWORD", "text": "English {braces}",
        "values": {"method_prompt": "Klassik", "available_methods_links": "Google"},
    });
    let mut asked = request("eva@example.org");
    asked.template = "registration/password_email".into();
    asked.context.remove("url");
    asked.context.insert("why".into(), why);
    asked.context.insert(
        "again".into(),
        serde_json::json!({"message": "x", "text": "Again"}),
    );
    asked
        .context
        .insert("link".into(), "https://cloud/y".into());
    let usual = templates(&[]);
    let english = usual.render_in(&asked, "en").text;
    assert!(
        english.contains("\n\nEnglish {braces}\n\nAgain:\n\nhttps://cloud/y\n\n"),
        "{english}"
    );
    let greek = usual.render_in(&asked, "el").text;
    let said = "Η μέθοδος «Klassik» δεν διατίθεται για τον λογαριασμό σας. Συνδεθείτε με Google.";
    assert!(greek.contains(said), "{greek}");
    let name = "ASTAKOS_AUTH_PROVIDER_UNUSABLE_PASSWORD_MESSAGE";
    let own = templates(&[(name, Value::Str("Ours".into()))]);
    assert!(
        own.render_in(&asked, "el")
            .text
            .contains("English {braces}")
    );
}

// ID-SEC-32
#[test]
fn headers_cannot_be_broken_out_of() {
    let subject = Value::Str("x\r\nBcc: all@example.org\u{2028}y\0".into());
    let settings = settings(&[("ASTAKOS_VERIFICATION_EMAIL_SUBJECT_MESSAGE", subject)]);
    let now = FakeClock::default().now();
    let templates = Templates::new(settings.now(), now);
    let mut asked = request("a@b.org");
    let rendered = templates.render(&asked);
    assert_eq!(rendered.subject, "x Bcc: all@example.org y");
    asked.template = "im/feedback_mail".into();
    asked.context.insert(
        "user".into(),
        serde_json::json!({"email": "eva@b.org\r\nBcc: x@y.org"}),
    );
    asked
        .context
        .insert("message".into(), "a\r\n.\r\nMAIL FROM:<x@y.org>".into());
    let rendered = templates.render(&asked);
    let mut message = Message {
        id: 1,
        template: asked.template.clone(),
        to: "help@example.org".into(),
        subject: "a\r\nBcc: x@y.org".into(),
        text: rendered.text,
        token: "t".into(),
        state: MessageState::Queued,
        attempts: 0,
        created: now,
        at: now,
        error: String::new(),
        reply_to: rendered.reply_to,
        language: "en".into(),
        revived: false,
    };
    let mail = compose::build(&settings.now(), &message, now).unwrap();
    let bytes = String::from_utf8(mail.formatted()).unwrap();
    let (headers, _) = bytes.split_once("\r\n\r\n").unwrap();
    for line in headers.lines() {
        assert!(!line.starts_with("Bcc"), "{headers}");
    }
    assert!(!headers.contains("Reply-To"), "{headers}");
    assert_eq!(mail.envelope().to().len(), 1);
    for bad in [
        "a@b.org\r\nBcc: c@d.org",
        "a@b.org, c@d.org",
        "no address",
        "",
        "a@b.org\0",
    ] {
        message.to = bad.into();
        let failure = compose::build(&settings.now(), &message, now).unwrap_err();
        assert!(failure.permanent, "{bad}");
    }
}

// ID-MAIL-01 ID-MAIL-14 ID-BRD-12
#[test]
fn headers_of_the_world() {
    let settings = settings(&[(
        "SERVER_EMAIL",
        Value::Str("Νέφος <cloud@νέφος.example>".into()),
    )]);
    let now = FakeClock::default().now();
    let message = Message {
        id: 1,
        template: "im/feedback_mail".into(),
        to: "Ελένη <eleni@παράδειγμα.example>".into(),
        subject: "Σχόλια".into(),
        text: "Γεια\n".into(),
        token: "1.2.3".into(),
        state: MessageState::Queued,
        attempts: 0,
        created: now,
        at: now,
        error: String::new(),
        reply_to: "eva@example.org".into(),
        language: "el".into(),
        revived: false,
    };
    let mail = compose::build(&settings.now(), &message, now).unwrap();
    let bytes = String::from_utf8(mail.formatted()).unwrap();
    assert!(bytes.is_ascii(), "{bytes}");
    let from = mail.envelope().from().unwrap().to_string();
    assert_eq!(
        from, "cloud@xn--ixa5ahms.example",
        "bounces come to the sender of all mail"
    );
    assert!(
        mail.envelope().to()[0]
            .to_string()
            .starts_with("eleni@xn--")
    );
    for part in [
        "Reply-To: eva@example.org",
        "Message-ID: <1.2.3@xn--ixa5ahms.example>",
        "Subject: =?utf-8?",
        "Content-Type: multipart/alternative",
        "Content-Type: multipart/related",
        "Content-ID: <logo>",
        "Content-Disposition: inline",
    ] {
        assert!(bytes.contains(part), "{part}: {bytes}");
    }
    let plain = bytes.find("Content-Type: text/plain").unwrap();
    assert!(plain < bytes.find("Content-Type: text/html").unwrap());
}

// ID-MAIL-05 ID-REC-09: what the original sent, by subject, links and who reads it. That
// the rules ask for them for the right people is tested where pages are.
#[test]
fn recorded_mails_have_their_like() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../tests/golden/emails.json"
    );
    let recorded: Vec<serde_json::Value> =
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert!(recorded.len() > 40);
    let templates = templates(&[("BRANDING_SERVICE_NAME", Value::Str("Synnefo".into()))]);
    for mail in &recorded {
        let subject = mail["subject"].as_str().unwrap();
        let name = subject
            .split_once('(')
            .map(|(_, rest)| rest.trim_end_matches(')'));
        let name = name.unwrap_or_default();
        let links = mail["links"].as_array().unwrap().len();
        let like = KINDS.iter().any(|kind| {
            let mut asked = sample::request(kind, templates.settings(), "en");
            for (key, field) in [
                ("user", "email"),
                ("object", "name"),
                ("application", "name"),
            ] {
                if let Some(value) = asked.context.get_mut(key) {
                    value[field] = name.into();
                }
            }
            // What the original has not: links to decide and to agree with.
            if matches!(
                kind.template,
                "registration/email_change_email_old_email"
                    | "im/account_pending_moderation_notification"
            ) {
                asked.context.remove("url");
                asked.context.remove("both");
            }
            for value in asked.context.values_mut() {
                if let Some(map) = value.as_object_mut() {
                    map.remove("homepage");
                }
            }
            let made = templates.render_in(&asked, "en");
            // Several of the staff, or one person.
            let staff = mail["to"].as_str().unwrap().contains("helpdesk@");
            made.subject == subject
                && made.text.matches("://").count() == links
                && (kind.audience == Audience::Staff) == staff
        });
        assert!(like, "{subject} with {links} links");
    }
}

// ID-UI-09 ID-PRV-02: so is a text that is put together of several.
#[test]
fn a_text_in_parts_is_in_the_language_of_the_mail() {
    let title = serde_json::json!({
        "message": "AUTH_PROVIDER_SHIBBOLETH_TITLE", "text": "Academic", "values": {"title": null},
    });
    let prompt = serde_json::json!({
        "message": "AUTH_PROVIDERS_ACCOUNT_PROMPT", "text": "Academic account",
        "values": {"title": title},
    });
    let mut asked = request("eva@example.org");
    asked.template = "im/switch_accounts_email".into();
    let detail = serde_json::json!([prompt, ": ", "eva@uni.example"]);
    asked.context.insert("detail".into(), detail);
    let usual = templates(&[]);
    let english = usual.render_in(&asked, "en").text;
    assert!(
        english.contains("\n  Academic account: eva@uni.example\n"),
        "{english}"
    );
    let greek = usual.render_in(&asked, "el").text;
    assert!(
        greek.contains("\n  Ακαδημαϊκή: eva@uni.example\n"),
        "{greek}"
    );
}

// ID-PWD-12: who gets a new password learns of the change of address that it ended
#[test]
fn the_notice_of_a_new_password_tells_what_it_ended() {
    let templates = templates(&[]);
    let kind = catalogue::find("im/account_notice").unwrap();
    for language in ["en", "el"] {
        let text = |event: &str, detail: &str| {
            let mut request = sample::request(kind, templates.settings(), language);
            request.context.insert("event".into(), event.into());
            request.context.insert("detail".into(), detail.into());
            templates.render_in(&request, language).text
        };
        for event in [
            "password-changed",
            "password-reset",
            "password-made",
            "password-set",
        ] {
            let told = text(event, "new@example.org");
            assert!(
                told.contains("\n\n  new@example.org\n\n"),
                "{event}: {told}"
            );
            assert!(!told.contains("\n\n\n"), "{event}: {told}");
            let plain = text(event, "");
            assert_eq!(told.lines().count() - plain.lines().count(), 6, "{event}");
        }
        let other = text("code-used", "7");
        assert!(!other.contains("\n  7\n"), "{other}");
    }
}
