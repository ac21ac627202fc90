//! `kill -9` under load: what was acknowledged is there, what was not is whole or
//! absent, and the store verifies.

use crate::{client::Client, files::Noise, server::Server};
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

const ROUNDS: u64 = 6;
const WRITERS: u64 = 6;

/// Name → seed and size of what was uploaded.
type Uploads = BTreeMap<String, (u64, u64)>;

/// Uploads until the service is gone; what was answered goes to `done`, the last
/// one of each writer that was not to `open`.
fn load(
    person: &Client,
    round: u64,
    writer: u64,
    stop: &AtomicBool,
    done: &Mutex<Uploads>,
    open: &Mutex<Uploads>,
) {
    for n in 0.. {
        if stop.load(Ordering::SeqCst) {
            return;
        }
        let name = format!("r{round}w{writer}n{n}");
        let upload = (round * 1000 + writer * 100 + n, 1 + (n * 7919) % 70_000);
        let body = Noise::bytes(upload.0, upload.1);
        let sent = person
            .put(&person.file(&format!("load/{name}")))
            .body(body)
            .send();
        match sent {
            Ok(answer) if answer.status().is_success() => {
                done.lock().unwrap().insert(name, upload);
            }
            _ => {
                open.lock().unwrap().insert(name, upload);
            }
        }
    }
}

fn check(person: &Client, done: &Uploads, open: &Uploads) {
    for (name, (seed, size)) in done {
        let answer = person.ok(person.get(&person.file(&format!("load/{name}"))));
        assert!(
            answer.bytes().unwrap() == Noise::bytes(*seed, *size),
            "{name} is not what was sent"
        );
    }
    for (name, (seed, size)) in open {
        let answer = person
            .get(&person.file(&format!("load/{name}")))
            .send()
            .unwrap();
        match answer.status().as_u16() {
            404 => {}
            200 => assert!(
                answer.bytes().unwrap() == Noise::bytes(*seed, *size),
                "{name} is half there"
            ),
            other => panic!("{name}: {other}"),
        }
    }
}

#[test]
fn nothing_acknowledged_is_lost_by_kill_9() {
    let mut server = Server::start("");
    let person = Arc::new(Client::add(&server, "load@example.org"));
    person.ok(person.put(&person.file("load")));
    let (mut all, mut unsure) = (Uploads::new(), Uploads::new());
    for round in 0..ROUNDS {
        let (done, open) = (Arc::new(Mutex::default()), Arc::new(Mutex::default()));
        let stop = Arc::new(AtomicBool::new(false));
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let (person, stop, done, open) =
                    (person.clone(), stop.clone(), done.clone(), open.clone());
                std::thread::spawn(move || load(&person, round, writer, &stop, &done, &open))
            })
            .collect();
        std::thread::park_timeout(Duration::from_millis(300 + 97 * round));
        server.kill();
        stop.store(true, Ordering::SeqCst);
        for writer in writers {
            writer.join().unwrap();
        }
        server.resume();
        all.append(&mut done.lock().unwrap());
        unsure.append(&mut open.lock().unwrap());
        check(&person, &all, &unsure);
    }
    assert!(
        all.len() > 30,
        "only {} uploads were answered: no load",
        all.len()
    );
    let verified = server.synnefo(&["verify", "--deep"]);
    assert!(
        verified.status.success(),
        "{}{}",
        String::from_utf8_lossy(&verified.stdout),
        String::from_utf8_lossy(&verified.stderr)
    );
    server.stop();
}

/// Signs up in the browser's way; true when the page said so.
fn sign_up(visit: &crate::client::Visit, page: &str, email: &str) -> bool {
    let fields = [
        ("email", email),
        ("first_name", "Kill"),
        ("last_name", "Minus Nine"),
        ("password1", crate::client::PASSWORD),
        ("password2", crate::client::PASSWORD),
    ];
    visit
        .try_submit("/ui/signup", page, &fields)
        .is_some_and(|status| status < 400)
}

// ID-MAIL-03: a message asked for leaves, whatever happens in between, and once.
#[test]
fn verification_mails_are_neither_lost_nor_doubled_by_kill_9() {
    let mut server = Server::start("");
    let mut answered = Vec::new();
    for round in 0..8u64 {
        let email = format!("mail{round}@example.org");
        let visit = crate::client::Visit::start(&server);
        let page = visit.get("/ui/signup");
        let done = std::thread::scope(|scope| {
            let sent = scope.spawn(|| sign_up(&visit, &page, &email));
            // Hashing the password takes most of the time of a sign-up.
            std::thread::park_timeout(Duration::from_millis(20 + 45 * round));
            server.kill();
            sent.join().unwrap()
        });
        server.resume();
        if done {
            answered.push(email);
        }
    }
    let count = |mails: &[String], email: &str| {
        let to = format!("To: {email}");
        mails.iter().filter(|mail| mail.contains(&to)).count()
    };
    for email in &answered {
        crate::server::wait_for("the mail", || {
            (count(&server.mails(), email) > 0).then_some(())
        });
    }
    server.stop();
    server.resume();
    let mails = server.mails();
    for round in 0..8 {
        let email = format!("mail{round}@example.org");
        let there = count(&mails, &email);
        assert!(there <= 1, "{email} got {there} mails");
        assert!(there == 1 || !answered.contains(&email), "{email} got none");
    }
    assert!(
        !answered.is_empty(),
        "no sign-up was answered: nothing was tried"
    );
}
