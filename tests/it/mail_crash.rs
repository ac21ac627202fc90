//! `kill -9` of the service while it hands messages to a real mail server: none is
//! lost, and one arrives a second time only where its first delivery could not be
//! recorded any more, under the same Message-ID.

use crate::{
    mail::{Sink, free_port},
    server::{Server, wait_for},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

const PEOPLE: usize = 24;
const KILLS: usize = 5;

// ID-MAIL-03 ID-MAIL-04
#[test]
fn no_message_is_lost_by_kill_9_and_a_second_copy_is_the_same_message() {
    let port = free_port();
    let Some(sink) = Sink::start(port) else {
        return;
    };
    let mut server = Server::start(&format!(
        "EMAIL_HOST = '127.0.0.1'\nEMAIL_PORT = {port}\nSERVER_EMAIL = 'cloud@example.org'\n"
    ));
    let mut copies: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut take = |patience: Duration| {
        let Ok(mail) = sink.lines.recv_timeout(patience) else {
            return false;
        };
        let word = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        let id = word(&mail["id"]);
        copies.entry(word(&mail["to"][0])).or_default().push(id);
        true
    };
    let mut killed = 0;
    for n in 0..PEOPLE {
        server.manage_ok(&["mail-test", &format!("person{n}@example.org")]);
        // As soon as one message of this round has arrived: its record may not be written yet.
        if n % 4 == 3 && killed < KILLS {
            assert!(take(Duration::from_secs(90)), "no message in round {n}");
            server.kill();
            killed += 1;
            server.resume();
        }
    }
    wait_for("an empty queue", || {
        let list = server.manage_ok(&["mail-list", "--output-format", "json", "-o", "state"]);
        (!list.contains("queued")).then_some(())
    });
    while take(Duration::from_secs(1)) {}
    server.stop();
    while take(Duration::from_millis(100)) {}
    let wanted: BTreeSet<String> = (0..PEOPLE)
        .map(|n| format!("person{n}@example.org"))
        .collect();
    let got: BTreeSet<String> = copies.keys().cloned().collect();
    assert_eq!(got, wanted);
    let mut second = 0;
    for (to, ids) in &copies {
        assert!(ids.iter().all(|id| *id == ids[0]), "{to}: {ids:?}");
        second += ids.len() - 1;
    }
    let different: BTreeSet<&String> = copies.values().map(|ids| &ids[0]).collect();
    assert_eq!(different.len(), PEOPLE, "Message-IDs are one per message");
    assert!(second <= killed, "{second} second copies of {killed} kills");
}

// ID-MAIL-03: what waits for a mail server that is away is not readable in the database.
#[test]
fn what_waits_is_sealed_in_the_database() {
    let port = free_port();
    let mut server = Server::start(&format!(
        "EMAIL_HOST = '127.0.0.1'\nEMAIL_PORT = {port}\nSERVER_EMAIL = 'cloud@example.org'\n"
    ));
    crate::mail::sign_up(&server, "sealed@example.org");
    let listed = || server.manage_ok(&["queue-inspect", "mail"]);
    let shown = wait_for("the message", || {
        let shown = listed();
        shown.contains("sealed@example.org").then_some(shown)
    });
    assert!(
        shown.contains("confirm that this address is yours"),
        "{shown}"
    );
    let shown = server.manage_ok(&["mail-list", "-o", "id,state,to"]);
    assert!(shown.contains("queued"), "{shown}");
    server.stop();
    let bytes = std::fs::read(server.data().join("synnefo.redb")).unwrap();
    let has = |what: &[u8]| bytes.windows(what.len()).any(|part| part == what);
    assert!(has(b"sealed@example.org") && has(b"\"sealed:") || has(b"sealed:"));
    assert!(!has(b"confirm that this address is yours"));
}
