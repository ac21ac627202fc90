//! Encryption to the mail server, against a real one (aiosmtpd) with a certificate.

use super::{post::MailServer, *};
use std::path::Path;

/// Takes messages after a login; says how each arrived, and who tried to log in.
const SERVER: &str = r#"
import asyncio, email, email.policy, json, ssl, sys, threading
from aiosmtpd.smtp import SMTP, AuthResult
mode, cert, key = sys.argv[1:4]
def say(**what):
    print(json.dumps(what), flush=True)
def login(server, session, envelope, mechanism, data):
    tls = server.transport.get_extra_info('cipher') is not None
    say(login=data.login.decode(), tls=tls)
    return AuthResult(success=data.login == b'cloud' and data.password == b'secret', handled=False)
class Take:
    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        say(to=envelope.rcpt_tos, subject=str(mail['Subject']), user=str(session.authenticated),
            tls=server.transport.get_extra_info('cipher') is not None)
        return '250 taken'
async def main():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    more = dict(authenticator=login, auth_required=True, auth_require_tls=False)
    if mode == 'starttls':
        more.update(tls_context=context, require_starttls=True)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Take(), loop=loop, **more), '127.0.0.1', 0,
        ssl=context if mode == 'implicit' else None)
    threading.Thread(target=lambda: [say(mark=True) for _ in sys.stdin], daemon=True).start()
    say(port=server.sockets[0].getsockname()[1])
    await server.serve_forever()
asyncio.run(main())
"#;

fn start(mode: &str, cert: &Path, key: &Path) -> Option<MailServer> {
    MailServer::run(SERVER, &[mode.as_ref(), cert.as_os_str(), key.as_os_str()])
}

/// A certificate for a name that signs itself; the files it and its key are in.
fn certificate(dir: &Path, name: &str) -> (std::path::PathBuf, std::path::PathBuf) {
    let made = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
    let (cert, key) = (
        dir.join(format!("{name}.pem")),
        dir.join(format!("{name}.key")),
    );
    std::fs::write(&cert, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    (cert, key)
}

fn word(text: &str) -> Value {
    Value::Str(text.to_owned())
}

/// What becomes of one message, and what the server saw of it.
async fn try_once(
    server: &MailServer,
    more: &[(&str, Value)],
) -> (MessageState, String, Vec<serde_json::Value>) {
    let mut all = vec![
        ("EMAIL_HOST", word("127.0.0.1")),
        ("EMAIL_PORT", Value::Int(server.port)),
        ("EMAIL_HOST_USER", word("cloud")),
        ("EMAIL_HOST_PASSWORD", word("secret")),
    ];
    all.extend_from_slice(more);
    let settings = settings(&all);
    let store = Store::in_memory().unwrap();
    let carrier = Carrier::new(settings.clone(), "/nowhere".into());
    let asked = request("eva@example.org");
    store
        .write(move |tx| tx.publish(TOPIC, &asked))
        .await
        .unwrap();
    let now = FakeClock::default().now();
    step(&store, &settings, &carrier, now).await.unwrap();
    let message = store.read(|tx| tx.get::<Message>(&1)).await.unwrap();
    let message = message.unwrap();
    (message.state, message.error, server.taken())
}

// ID-MAIL-01 ID-SET-66: the message, the user and the password cross the network
// encrypted, to a server that has proved who it is, or not at all.
#[tokio::test]
async fn encryption_is_real_or_nothing_is_sent() {
    let dir = tempfile::tempdir().unwrap();
    let (cert, key) = certificate(dir.path(), "127.0.0.1");
    let (other, other_key) = certificate(dir.path(), "mail.example.org");
    let file = |path: &Path| ("EMAIL_TLS_CA_FILE", word(path.to_str().unwrap()));
    for (mode, switch) in [("starttls", "EMAIL_USE_TLS"), ("implicit", "EMAIL_USE_SSL")] {
        let on = (switch, Value::Bool(true));
        let Some(server) = start(mode, &cert, &key) else {
            return;
        };
        let (state, error, seen) = try_once(&server, &[on.clone(), file(&cert)]).await;
        assert_eq!(state, MessageState::Sent, "{mode}: {error}");
        assert_eq!(seen.len(), 2, "{mode}: {seen:?}");
        assert_eq!(seen[0]["login"], "cloud");
        assert_eq!(seen[1]["to"][0], "eva@example.org");
        assert!(seen.iter().all(|line| line["tls"] == true), "{seen:?}");
        // Nobody vouches for the certificate.
        let (state, error, seen) = try_once(&server, std::slice::from_ref(&on)).await;
        assert_eq!((state, seen.len()), (MessageState::Queued, 0), "{mode}");
        assert!(error.contains("certificate"), "{mode}: {error}");
        // Unless the owner says so.
        let any = ("EMAIL_TLS_VERIFY", Value::Bool(false));
        let (state, error, seen) = try_once(&server, &[on.clone(), any]).await;
        assert_eq!(state, MessageState::Sent, "{mode}: {error}");
        assert!(seen.iter().all(|line| line["tls"] == true), "{seen:?}");
        // Trusted, but for another name.
        let Some(stranger) = start(mode, &other, &other_key) else {
            return;
        };
        let (state, error, seen) = try_once(&stranger, &[on.clone(), file(&other)]).await;
        assert_eq!((state, seen.len()), (MessageState::Queued, 0), "{mode}");
        assert!(error.contains("certificate"), "{mode}: {error}");
        // The file of the settings is not there.
        let (state, error, _) = try_once(&server, &[on, file(Path::new("/gone.pem"))]).await;
        assert_eq!(state, MessageState::Queued);
        assert!(error.contains("EMAIL_TLS_CA_FILE"), "{error}");
    }
}

// ID-MAIL-01: a server that offers no encryption, or a network that hides the offer,
// gets nothing where encryption is asked for.
#[tokio::test]
async fn encryption_is_never_given_up() {
    let dir = tempfile::tempdir().unwrap();
    let (cert, key) = certificate(dir.path(), "127.0.0.1");
    let Some(server) = start("plain", &cert, &key) else {
        return;
    };
    for switch in ["EMAIL_USE_TLS", "EMAIL_USE_SSL"] {
        let more = [
            (switch, Value::Bool(true)),
            ("EMAIL_TLS_VERIFY", Value::Bool(false)),
            ("EMAIL_TIMEOUT", Value::Int(2)),
        ];
        let (state, error, seen) = try_once(&server, &more).await;
        assert_eq!(state, MessageState::Queued, "{switch}");
        assert_eq!(seen, Vec::<serde_json::Value>::new(), "{switch}: {error}");
    }
    let (state, error, seen) = try_once(&server, &[]).await;
    assert_eq!(state, MessageState::Sent, "{error}");
    assert_eq!(seen[1]["tls"], false);
}
