//! The acceptance checks of identity, block by block, as somebody goes through them who has
//! the program, a browser and nothing else: pages, APIs, commands and the mail it writes.

mod accounts;
mod apis;
mod commands;
mod guard;
mod owner;

use crate::{
    client::{PASSWORD, Visit, told},
    server::{Server, wait_for},
};

/// A message as it was written.
struct Letter {
    to: String,
    subject: String,
    text: String,
}

/// All messages so far, oldest first, with soft line ends undone.
fn letters(server: &Server) -> Vec<Letter> {
    let read = |raw: String| {
        let raw = raw.replace("\r\n", "\n").replace("=\n", "");
        let raw = raw.replace("=3D", "=");
        let (head, body) = raw.split_once("\n\n").unwrap();
        let field = |name: &str| {
            let line = head.lines().find_map(|line| line.strip_prefix(name));
            line.unwrap_or_default().trim().to_owned()
        };
        let plain = body.split("text/html").next().unwrap_or(body);
        Letter {
            to: field("To:"),
            subject: field("Subject:"),
            text: plain.to_owned(),
        }
    };
    server.mails().into_iter().map(read).collect()
}

/// All messages that were asked for before: one more is asked for, and messages are taken up
/// in order.
fn all_letters(server: &Server) -> Vec<Letter> {
    const LAST: &str = "last@example.net";
    let marks = |all: &[Letter]| all.iter().filter(|letter| letter.to == LAST).count();
    let before = marks(&letters(server));
    server.manage_ok(&["mail-test", LAST]);
    wait_for("the mail to be written", || {
        let list = server.manage_ok(&["mail-list", "--output-format", "json", "-o", "state"]);
        let list: serde_json::Value = serde_json::from_str(&list).unwrap();
        let waits = list.as_array()?.iter().any(|row| row["state"] != "sent");
        let mut all = letters(server);
        let came = !waits && marks(&all) > before;
        all.retain(|letter| letter.to != LAST);
        came.then_some(all)
    })
}

/// The path of the link with `part` in the newest message to somebody.
fn link(server: &Server, to: &str, part: &str) -> String {
    wait_for(&format!("a link {part} for {to}"), || {
        let all = letters(server);
        let mut own = all.iter().rev().filter(|letter| letter.to == to);
        let text = own.find_map(|letter| {
            let mut words = letter.text.split_whitespace();
            words
                .find(|word| word.starts_with(&server.url) && word.contains(part))
                .map(|word| word[server.url.len()..].to_owned())
        })?;
        Some(text)
    })
}

/// The form of a new account.
fn application<'a>(email: &'a str, name: &'a str) -> Vec<(&'static str, &'a str)> {
    vec![
        ("email", email),
        ("first_name", name),
        ("last_name", "Papas"),
        ("password1", PASSWORD),
        ("password2", PASSWORD),
    ]
}

/// Signs up with a browser of its own.
fn sign_up(server: &Server, email: &str) -> (u16, String, String) {
    let visit = Visit::start(server);
    visit.fill("/ui/signup", "/ui/signup", &application(email, "Kostas"))
}

/// What `user-show` says of a key.
fn shown(server: &Server, user: &str, key: &str) -> String {
    let text = server.manage_ok(&["user-show", user]);
    let line = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        (name.trim() == key).then(|| value.trim().to_owned())
    });
    line.unwrap_or_else(|| panic!("no {key} in {text}"))
}

/// An active person.
fn person(server: &Server, email: &str) {
    server.manage_ok(&["user-add", email, "Kostas", "Papas", "--password", PASSWORD]);
    server.manage_ok(&["user-modify", email, "--verify"]);
    if shown(server, email, "active") == "False" {
        server.manage_ok(&["user-modify", email, "--accept"]);
    }
}

/// Follows an answer that leads somewhere and gives the page there.
fn follow(visit: &Visit, answer: &(u16, String, String)) -> String {
    assert_eq!(answer.0, 302, "{}", answer.2);
    let mut to = answer.1.clone();
    for _ in 0..5 {
        let (status, next, text) = visit.ask(&to);
        if status != 302 {
            assert_eq!(status, 200, "{to}: {text}");
            return text;
        }
        to = next;
    }
    panic!("led in circles, last to {to}")
}

/// Everything an administrator reads of a command that fails.
fn refused(server: &Server, args: &[&str]) -> String {
    let output = server.manage(args);
    assert!(!output.status.success(), "{args:?} worked");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The state lines of accounts.
fn status(server: &Server, user: &str) -> String {
    shown(server, user, "status")
}

/// Sends the form whose tag has this word, as a browser does: with its hidden fields, to its
/// action or to the page's own address.
fn send(
    visit: &Visit,
    page: &str,
    here: &str,
    word: &str,
    fields: &[(&str, &str)],
) -> (u16, String, String) {
    let form = page.split("<form").skip(1).find(|form| {
        let head = form.split('>').next();
        head.is_some_and(|head| head.contains(word))
    });
    let form = form.unwrap_or_else(|| panic!("no form {word} in {page}"));
    let form = form.split("</form>").next().unwrap_or(form);
    let attribute = |tag: &str, name: &str| {
        let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
        Some(
            rest.split('"')
                .next()
                .unwrap_or_default()
                .replace("&amp;", "&"),
        )
    };
    let hidden = form.split("<input").skip(1).filter_map(|tag| {
        let tag = tag.split('>').next()?;
        let name = attribute(tag, "name").filter(|_| tag.contains("type=\"hidden\""))?;
        let own = name == "csrfmiddlewaretoken" || fields.iter().any(|(field, _)| *field == name);
        let value = attribute(tag, "value").unwrap_or_default();
        (!own).then_some((name, value))
    });
    let hidden: Vec<_> = hidden.collect();
    let mut all: Vec<_> = hidden
        .iter()
        .map(|(n, v)| (n.as_str(), v.as_str()))
        .collect();
    all.extend_from_slice(fields);
    let head = form.split('>').next().unwrap_or_default();
    let to = attribute(head, "action").unwrap_or_else(|| here.to_owned());
    told(visit.submit(&to, page, &all))
}
