//! A real mail server (aiosmtpd) receives every message; one that is stopped loses none.

use super::{post::MailServer, *};

/// Prints every message it takes as a line of JSON.
const SERVER: &str = r#"
import email, email.policy, json, sys, time
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
class Take:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith('nobody@'):
            return '550 no such user'
        if address.startswith('later@'):
            return '451 come back'
        envelope.rcpt_tos.append(address)
        return '250 OK'
    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        body = mail.get_body(('plain',))
        html = mail.get_body(('html',))
        images = [p.get('Content-ID') for p in mail.walk() if p.get_content_maintype() == 'image']
        print(json.dumps({
            'from': envelope.mail_from, 'to': envelope.rcpt_tos, 'subject': str(mail['Subject']),
            'header_to': str(mail['To']), 'header_from': str(mail['From']), 'id': str(mail['Message-ID']),
            'date': str(mail['Date']), 'auto': str(mail['Auto-Submitted']), 'reply': str(mail['Reply-To']),
            'defects': [str(d) for p in mail.walk() for d in p.defects],
            'text': body.get_content(), 'html': html.get_content() if html else '', 'images': images}), flush=True)
        return '250 taken'
def login(server, session, envelope, mechanism, data):
    good = data.login == b'cloud' and data.password == b'secret'
    return AuthResult(success=good, handled=False)
more = dict(authenticator=login, auth_required=True, auth_require_tls=False) if 'auth' in sys.argv else {}
controller = Controller(Take(), hostname='127.0.0.1', port=int(sys.argv[1]), ready_timeout=60, **more)
controller.start()
print(json.dumps({'port': controller.server.sockets[0].getsockname()[1]}), flush=True)
for line in sys.stdin:
    print(json.dumps({'mark': True}), flush=True)
"#;

impl MailServer {
    fn start(port: u16) -> Option<Self> {
        Self::start_with(port, "")
    }

    fn start_with(port: u16, more: &str) -> Option<Self> {
        // The port was just given back.
        let port = match port {
            0 => std::net::TcpListener::bind("127.0.0.1:0")
                .ok()?
                .local_addr()
                .ok()?
                .port(),
            port => port,
        };
        Self::run(SERVER, &[&port.to_string(), more])
    }
}

fn to_server(server: &MailServer) -> SettingsHandle {
    settings(&[
        ("EMAIL_HOST", Value::Str("127.0.0.1".into())),
        ("EMAIL_PORT", Value::Int(server.port)),
        (
            "ASTAKOS_BASE_URL",
            Value::Str("https://cloud.example.org".into()),
        ),
    ])
}

// ID-MAIL-01 ID-MAIL-02 ID-MAIL-03 ID-MAIL-14 ID-BRD-12
#[tokio::test]
async fn a_real_server_takes_every_message() {
    let Some(server) = MailServer::start(0) else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let settings = to_server(&server);
    let store = Store::in_memory().unwrap();
    let carrier = Carrier::new(settings.clone(), dir.path().to_owned());
    let now = "2026-11-25T12:00:00Z".parse().unwrap();
    let mut expected = Vec::new();
    for kind in catalogue::KINDS {
        for language in ["en", "el"] {
            let mut asked = sample::request(kind, &settings.now(), language);
            asked.to = format!("{language}.{}@example.org", expected.len());
            expected.push((kind, asked.clone()));
            store
                .write(move |tx| tx.publish(TOPIC, &asked))
                .await
                .unwrap();
        }
    }
    step(&store, &settings, &carrier, now).await.unwrap();
    let taken = server.taken();
    assert_eq!(taken.len(), expected.len());
    let templates = Templates::new(settings.now(), now);
    let mut ids = std::collections::BTreeSet::new();
    for (mail, (kind, asked)) in taken.iter().zip(&expected) {
        let rendered = templates.render(asked);
        let name = kind.template;
        assert_eq!(mail["defects"], serde_json::json!([]), "{name}");
        assert_eq!(mail["from"], "cloud@example.org", "{name}");
        assert_eq!(mail["to"], serde_json::json!([asked.to]), "{name}");
        assert_eq!(mail["header_to"], asked.to.as_str());
        assert_eq!(mail["subject"], rendered.subject.as_str());
        let text = mail["text"].as_str().unwrap().replace("\r\n", "\n");
        assert_eq!(text, rendered.text, "{name}");
        assert_eq!(mail["auto"], "auto-generated");
        assert!(
            mail["date"]
                .as_str()
                .unwrap()
                .starts_with("Wed, 25 Nov 2026")
        );
        assert_eq!(mail["images"], serde_json::json!(["<logo>"]), "{name}");
        let html = mail["html"].as_str().unwrap();
        assert!(
            html.contains("cid:logo") && !html.contains("src=\"http"),
            "{name}"
        );
        assert!(ids.insert(mail["id"].as_str().unwrap().to_owned()));
        let answered = [
            "im/feedback_mail",
            "im/account_pending_moderation_notification",
        ];
        let reply = if answered.contains(&name) {
            "eva.sample@example.org"
        } else {
            "None"
        };
        assert_eq!(mail["reply"], reply, "{name}");
    }
}

// ID-MAIL-03 ID-MAIL-04: a stopped server loses none and doubles none.
#[tokio::test]
async fn a_stopped_server_loses_no_message() {
    let Some(server) = MailServer::start(0) else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let settings = to_server(&server);
    let store = Store::in_memory().unwrap();
    let carrier = Carrier::new(settings.clone(), dir.path().to_owned());
    let clock = FakeClock::default();
    let ask = async |to: &str| {
        let asked = request(to);
        store
            .write(move |tx| tx.publish(TOPIC, &asked))
            .await
            .unwrap();
    };
    ask("before@example.org").await;
    step(&store, &settings, &carrier, clock.now())
        .await
        .unwrap();
    let port = u16::try_from(server.port).unwrap();
    let mut taken = server.taken();
    drop(server);
    for name in ["one", "two", "three"] {
        ask(&format!("{name}@example.org")).await;
        step(&store, &settings, &carrier, clock.now())
            .await
            .unwrap();
        clock.advance(Duration::from_secs(20));
    }
    let ids = store
        .read(|tx| tx.find::<Message>("queued", &(), None, 10))
        .await
        .unwrap();
    assert_eq!(ids.len(), 3);
    let Some(server) = MailServer::start(port) else {
        return;
    };
    for _ in 0..10 {
        clock.advance(Duration::from_secs(60));
        step(&store, &settings, &carrier, clock.now())
            .await
            .unwrap();
    }
    taken.extend(server.taken());
    let mut to: Vec<&str> = taken
        .iter()
        .map(|mail| mail["to"][0].as_str().unwrap())
        .collect();
    to.sort_unstable();
    assert_eq!(
        to,
        [
            "before@example.org",
            "one@example.org",
            "three@example.org",
            "two@example.org"
        ]
    );
    // The Message-ID was given when the message was queued.
    for message in ids {
        let id = format!("<{}@example.org>", message.token);
        assert!(taken.iter().any(|mail| mail["id"] == id.as_str()), "{id}");
    }
}

// ID-MAIL-03: what a server refuses for good is a dead letter at once.
#[tokio::test]
async fn refusals_are_told_apart() {
    let Some(server) = MailServer::start(0) else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let settings = to_server(&server);
    let store = Store::in_memory().unwrap();
    let carrier = Carrier::new(settings.clone(), dir.path().to_owned());
    let now = FakeClock::default().now();
    for to in ["nobody@example.org", "later@example.org", "eva@example.org"] {
        let asked = request(to);
        store
            .write(move |tx| tx.publish(TOPIC, &asked))
            .await
            .unwrap();
    }
    step(&store, &settings, &carrier, now).await.unwrap();
    let state = async |id: u64| {
        let message = store.read(move |tx| tx.get::<Message>(&id)).await.unwrap();
        let message = message.unwrap();
        (message.state, message.error)
    };
    let (dead, why) = state(1).await;
    assert_eq!(dead, MessageState::Failed);
    assert!(why.contains("no such user"), "{why}");
    assert_eq!(state(2).await.0, MessageState::Queued);
    assert_eq!(state(3).await.0, MessageState::Sent);
    assert_eq!(server.taken().len(), 1);
}

// ID-MAIL-01: a server that wants a login; a wrong password is for an administrator to
// mend, so the message waits.
#[tokio::test]
async fn a_login_at_the_server() {
    let Some(server) = MailServer::start_with(0, "auth") else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let store = Store::in_memory().unwrap();
    let clock = FakeClock::default();
    let asked = request("eva@example.org");
    store
        .write(move |tx| tx.publish(TOPIC, &asked))
        .await
        .unwrap();
    for (password, state) in [
        ("wrong", MessageState::Queued),
        ("", MessageState::Queued),
        ("secret", MessageState::Sent),
    ] {
        let mut settings = (*to_server(&server).now()).clone();
        if !password.is_empty() {
            settings.set("EMAIL_HOST_USER", Value::Str("cloud".into()));
            settings.set("EMAIL_HOST_PASSWORD", Value::Str(password.into()));
        }
        let settings = SettingsHandle::new(settings);
        let carrier = Carrier::new(settings.clone(), dir.path().to_owned());
        clock.advance(Duration::from_secs(3600));
        step(&store, &settings, &carrier, clock.now())
            .await
            .unwrap();
        let message = store.read(|tx| tx.get::<Message>(&1)).await.unwrap();
        let message = message.unwrap();
        assert_eq!(message.state, state, "{password}: {}", message.error);
        assert!(!message.error.contains("wrong"), "{}", message.error);
    }
    assert_eq!(server.taken().len(), 1);
}

// ID-SEC-32: what people write stays inside the message.
#[tokio::test]
async fn the_protocol_cannot_be_broken_out_of() {
    let Some(server) = MailServer::start(0) else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let settings = to_server(&server);
    let store = Store::in_memory().unwrap();
    let carrier = Carrier::new(settings.clone(), dir.path().to_owned());
    let evil =
        "first\r\n.\r\nMAIL FROM:<x@evil.org>\r\nRCPT TO:<y@evil.org>\r\nDATA\r\n\n.\n..\nlast";
    let mut asked = request("help@example.org");
    asked.template = "im/feedback_mail".into();
    asked.context.insert("message".into(), evil.into());
    store
        .write(move |tx| tx.publish(TOPIC, &asked))
        .await
        .unwrap();
    let now = FakeClock::default().now();
    step(&store, &settings, &carrier, now).await.unwrap();
    let taken = server.taken();
    assert_eq!(taken.len(), 1);
    let text = taken[0]["text"].as_str().unwrap().replace("\r\n", "\n");
    assert!(
        text.contains("MAIL FROM:<x@evil.org>") && text.contains("last"),
        "{text}"
    );
    assert!(text.contains("\n.\n") && text.contains("\n..\n"), "{text}");
    assert_eq!(taken[0]["to"], serde_json::json!(["help@example.org"]));
}
