//! The life of an account: model, states, registration, activation, login, terms,
//! invitations, tokens.

use super::{
    all_letters, application, follow, link, person, refused, send, shown, sign_up, status,
};
use crate::{
    client::{Client, PASSWORD, Visit, between, number_after},
    server::{Server, wait_for},
};
use std::collections::BTreeSet;

const STAFF: &str = "ADMINS = (('A', 'admin@example.org'),)
MANAGERS = (('M', 'manager@example.org'),)
HELPDESK = (('H', 'helpdesk@example.org'),)
";

// Acceptance checks of the model (ID-MOD-01 ID-MOD-02 ID-MOD-03)
#[test]
fn model() {
    let server = Server::start("");
    let at_once: Vec<_> = std::thread::scope(|scope| {
        let both: Vec<_> = (0..2)
            .map(|_| scope.spawn(|| sign_up(&server, "Kpap@Example.org")))
            .collect();
        both.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert!(at_once.iter().all(|(status, ..)| *status < 400));
    let list = server.manage_ok(&["user-list", "--output-format", "json", "-o", "id"]);
    let list: serde_json::Value = serde_json::from_str(&list).unwrap();
    assert_eq!(list.as_array().unwrap().len(), 1, "{list}");

    let user = "kpap@example.org";
    assert!(shown(&server, user, "id").parse::<u64>().is_ok());
    let uuid = shown(&server, user, "uuid");
    let version = uuid.split('-').nth(2).unwrap();
    assert!(uuid.len() == 36 && version.starts_with('4'), "{uuid}");
    assert_eq!(shown(&server, user, "username"), user);

    server.manage_ok(&["user-modify", user, "--delete", "-f"]);
    sign_up(&server, user);
    let again = shown(&server, user, "uuid");
    assert!(again != uuid && shown(&server, user, "providers").starts_with("local"));
}

// Acceptance checks of the states (ID-UST-01 ID-UST-02 ID-UST-10)
#[test]
fn states() {
    let server = Server::start("ASTAKOS_MODERATION_ENABLED = True\n");
    let user = "kpap@example.org";
    sign_up(&server, user);
    assert_eq!(status(&server, user), "Pending email verification");
    server.manage_ok(&["user-modify", user, "--verify"]);
    assert_eq!(status(&server, user), "Pending moderation");
    server.manage_ok(&["user-modify", user, "--reject", "--reject-reason=spammer"]);
    assert_eq!(status(&server, user), "Rejected (spammer)");
    server.manage_ok(&["user-modify", user, "--accept"]);
    let active = "Accepted/Active (accepted policy: manual)";
    assert_eq!(status(&server, user), active);
    let before = server.manage_ok(&["user-show", user]);
    let why = refused(&server, &["user-modify", user, "--reject"]);
    assert!(why.contains("Failed to reject"), "{why}");
    assert_eq!(server.manage_ok(&["user-show", user]), before);
    server.manage_ok(&["user-modify", user, "--set-inactive", "--inactive-reason=x"]);
    let inactive = "Accepted/Inactive (x) (accepted policy: manual)";
    assert_eq!(status(&server, user), inactive);
}

// Acceptance checks of registration (ID-REG-01 ID-REG-05 ID-REG-06 ID-REG-07)
#[test]
fn registration() {
    let server = Server::start(
        "ASTAKOS_IM_MODULES = ['local', 'shibboleth']\n\
         ASTAKOS_AUTH_PROVIDER_SHIBBOLETH_CREATE_POLICY = False\n",
    );
    let user = "kpap@example.org";
    let visit = Visit::start(&server);
    let answer = visit.fill("/ui/signup", "/ui/signup", &application(user, "Kostas"));
    let page = follow(&visit, &answer);
    assert!(page.contains("VERIFICATION_SENT"), "{page}");
    assert_eq!(status(&server, user), "Pending email verification");
    let first = link(&server, user, "/ui/activate?auth=");
    assert_eq!(all_letters(&server).len(), 1);

    sign_up(&server, "KPAP@example.org");
    let second = link(&server, "KPAP@example.org", "/ui/activate?auth=");
    let visit = Visit::start(&server);
    let page = follow(&visit, &visit.ask(&first));
    assert!(page.contains("INVALID_ACTIVATION_KEY"), "{page}");
    let visit = Visit::start(&server);
    follow(&visit, &visit.ask(&second));
    assert!(status(&server, user).starts_with("Accepted/Active"));

    for inactive in [false, true] {
        if inactive {
            server.manage_ok(&["user-modify", user, "--set-inactive"]);
        }
        let (status, _, page) = sign_up(&server, "kPap@example.org");
        assert!(status < 500 && page.contains("EMAIL_USED"), "{status}");
    }

    let terms = server.config().join("terms.html");
    std::fs::write(&terms, "<p>Be kind</p>").unwrap();
    server.manage_ok(&["term-add", terms.to_str().unwrap()]);
    let (_, _, page) = sign_up(&server, "unsigned@example.org");
    assert!(page.contains("SIGN_TERMS"), "{page}");
    refused(&server, &["user-show", "unsigned@example.org"]);

    let mut form = application("empty@example.org", "Eva");
    form.extend([("has_signed_terms", "on"), ("provider", "")]);
    let visit = Visit::start(&server);
    let answer = visit.fill("/ui/signup", "/ui/signup", &form);
    assert_eq!((answer.0, answer.1.as_str()), (302, "/ui/signup"));
    refused(&server, &["user-show", "empty@example.org"]);
    form.pop();
    form.push(("provider", "shibboleth"));
    let answer = visit.fill("/ui/signup", "/ui/signup", &form);
    assert_eq!(answer.0, 403, "{}", answer.2);
}

// Acceptance checks of activation 1 and 3 (ID-VER-02 ID-ACT-07 ID-ACT-04)
#[test]
fn activation_without_moderation() {
    let server = Server::start(&format!(
        "{STAFF}ASTAKOS_RE_USER_EMAIL_PATTERNS = ['.*@synnefo.org']\n"
    ));
    let user = "kpap@example.org";
    sign_up(&server, user);
    let visit = Visit::start(&server);
    let path = link(&server, user, "/ui/activate?auth=");
    follow(&visit, &visit.ask(&path));
    let profile = visit.get("/ui/profile");
    assert!(profile.contains(user), "not logged in: {profile}");
    let sent = all_letters(&server);
    let own = sent.iter().filter(|letter| letter.to == user).count();
    let to: BTreeSet<_> = sent.iter().map(|letter| letter.to.as_str()).collect();
    assert_eq!(own, 2, "verification and greeting");
    // The notice is one message for each of the staff.
    assert_eq!(to.len(), 1 + sent.len() - own, "{to:?}");
    assert!(to.contains("helpdesk@example.org"), "{to:?}");

    // The link works once, and none without its key.
    let again = Visit::start(&server);
    let page = follow(&again, &again.ask(&path));
    assert!(page.contains("INVALID_ACTIVATION_KEY"), "{page}");
    assert_eq!(again.ask("/ui/activate").0, 403);
}

// Acceptance checks of activation 2, 3, 6 (ID-ACT-02 ID-ACT-04 ID-ACT-07 ID-ACT-10)
#[test]
fn activation_with_moderation() {
    let server = Server::start(&format!(
        "{STAFF}ASTAKOS_MODERATION_ENABLED = True\n\
         ASTAKOS_RE_USER_EMAIL_PATTERNS = ['.*@synnefo.org']\n"
    ));
    let user = "kpap@example.org";
    sign_up(&server, user);
    let visit = Visit::start(&server);
    let page = follow(
        &visit,
        &visit.ask(&link(&server, user, "/ui/activate?auth=")),
    );
    assert!(page.contains("NOTIFICATION_SENT"), "{page}");
    let sent = all_letters(&server);
    let staff: Vec<_> = sent.iter().skip(1).map(|one| one.to.clone()).collect();
    let distinct: BTreeSet<_> = staff.iter().cloned().collect();
    assert_eq!((staff.len(), distinct.len()), (3, 3), "{staff:?}");
    server.manage_ok(&["user-modify", user, "--accept"]);
    let after = all_letters(&server);
    let new: Vec<_> = after.iter().skip(sent.len()).map(|one| &one.to).collect();
    assert_eq!(new.iter().filter(|to| **to == user).count(), 1, "{new:?}");
    assert!(new.iter().any(|to| **to != user), "{new:?}");

    let matching = "kpap@synnefo.org";
    sign_up(&server, matching);
    let visit = Visit::start(&server);
    visit.ask(&link(&server, matching, "/ui/activate?auth="));
    let line = status(&server, matching);
    assert_eq!(line, "Accepted/Active (accepted policy: email)");

    server.manage_ok(&["user-modify", user, "--set-inactive"]);
    server.manage_ok(&["user-modify", user, "--set-active"]);
    assert!(status(&server, user).starts_with("Accepted/Active"));
}

/// The page without what differs from visit to visit and the address that was typed.
fn without(page: &str, typed: &str) -> String {
    let mut text = page.replace(typed, "");
    while let Some((before, rest)) = text.split_once("name=\"csrfmiddlewaretoken\" value=\"") {
        let after = rest.split_once('"').unwrap().1;
        text = format!("{before}{after}");
    }
    text
}

// Acceptance checks of login and passwords 1, 3, 6 (ID-LOG-01 ID-LOG-02 ID-PWD-04 ID-LOG-21 ID-SEC-06)
#[test]
fn login_and_passwords() {
    let server = Server::start("ASTAKOS_RATELIMIT_RETRIES_ALLOWED = 50\n");
    let user = "kpap@example.org";
    person(&server, user);
    let try_in = |name: &str, password: &str| {
        let visit = Visit::start(&server);
        let fields = [("username", name), ("password", password)];
        let answer = visit.fill("/ui/login", "/ui/local", &fields);
        (visit, answer)
    };
    let (visit, answer) = try_in("KpaP@example.org", PASSWORD);
    assert_eq!(answer.0, 302, "{}", answer.2);
    let (_, wrong) = try_in(user, "wrong");
    let (_, unknown) = try_in("nobody@example.org", "wrong");
    let plain = without(&wrong.2, user);
    assert_eq!(plain, without(&unknown.2, "nobody@example.org"));

    let waiting = "waits@example.org";
    sign_up(&server, waiting);
    let (_, right) = try_in(waiting, PASSWORD);
    assert!(right.2.contains("/ui/send/activation"), "{}", right.2);
    let (_, wrong) = try_in(waiting, "wrong");
    assert!(!wrong.2.contains("/ui/send/activation"), "{}", wrong.2);

    let client = Client::log_in(&server, user, PASSWORD);
    let asks = Visit::start(&server);
    let form = "/ui/local/password_reset";
    let answer = asks.fill(form, form, &[("email", user)]);
    assert_eq!(answer.0, 302, "{}", answer.2);
    let path = link(&server, user, "/ui/local/reset/confirm/");
    let new = "another horse, another battery";
    let fields = [("new_password1", new), ("new_password2", new)];
    let page = follow(&asks, &(302, path.clone(), String::new()));
    let answer = send(&asks, &page, &path, "reset", &fields);
    assert_eq!(answer.0, 302, "{}", answer.2);
    let again = Visit::start(&server);
    let page = follow(&again, &(302, path, String::new()));
    assert!(!page.contains("new_password1"), "works twice: {page}");
    assert_eq!(try_in(user, PASSWORD).1.0, 200);
    assert_eq!(try_in(user, new).1.0, 302);
    assert_eq!(visit.ask("/ui/profile").0, 302, "the old session lives");
    let (status, _) = client.try_json(client.get("/account/v1.0/authenticate"));
    assert_eq!(status, 401, "the old token lives");

    let (visit, _) = try_in(user, new);
    let page = visit.get("/ui/profile");
    visit.submit("/ui/logout", &page, &[]);
    let token = visit.cookie("_pithos2_a").unwrap_or_default();
    assert!(token.is_empty() || token == "\"\"", "{token}");
    let (status, to, _) = visit.ask("/ui/profile");
    assert_eq!(status, 302);
    assert!(
        to.starts_with("/ui/login?next=") && to.contains("profile"),
        "{to}"
    );
}

// Acceptance check of login 5 (ID-EML-02 ID-EML-03 ID-EML-04) where the new address decides alone;
// that both agree is walked in a browser
#[test]
fn another_address() {
    let server = Server::start(
        "ASTAKOS_EMAILCHANGE_ENABLED = True\nASTAKOS_EMAILCHANGE_BOTH_ADDRESSES = False\n",
    );
    let user = "kpap@example.org";
    person(&server, user);
    person(&server, "other@example.org");
    let visit = Visit::start(&server).log_in(user, PASSWORD);
    let ask = |new: &str| {
        let form = "/ui/email_change";
        let answer = visit.fill(form, form, &[("new_email_address", new)]);
        assert_eq!(answer.0, 302, "{}", answer.2);
        link(&server, new, "/ui/email_change/confirm/")
    };
    let first = ask("first@example.org");
    let second = ask("second@example.org");
    assert_eq!(visit.ask(&first).0, 404);
    let other = Visit::start(&server).log_in("other@example.org", PASSWORD);
    assert_eq!(other.ask(&second).0, 403);
    let page = visit.get(&second);
    assert_eq!(
        shown(&server, user, "email"),
        user,
        "a look changes nothing"
    );
    let answer = send(&visit, &page, &second, "email-change-confirm-form", &[]);
    assert_eq!(answer.0, 302, "{}", answer.2);
    assert_eq!(
        shown(&server, "second@example.org", "username"),
        "second@example.org"
    );
    assert_eq!(visit.ask(&second).0, 404, "works twice");
}

// Acceptance checks of terms and invitations (ID-TRM-02 ID-INV-02 ID-INV-03)
#[test]
fn terms_and_invitations() {
    let server = Server::start(
        "ASTAKOS_INVITATIONS_ENABLED = True\nASTAKOS_MODERATION_ENABLED = True\n\
                       ASTAKOS_INVITATIONS_PER_LEVEL = {0: 100, 1: 2, 2: 2, 3: 2, 4: 2}\n",
    );
    let user = "kpap@example.org";
    person(&server, user);
    let client = Client::log_in(&server, user, PASSWORD);
    let terms = server.config().join("terms.html");
    std::fs::write(&terms, "<p>Be kind</p>").unwrap();
    server.manage_ok(&["term-add", terms.to_str().unwrap()]);
    let asked = || client.try_json(client.get("/account/v1.0/authenticate"));
    let (status_, body) = asked();
    assert_eq!(status_, 401);
    assert!(
        body.to_string().contains("Pending approval terms"),
        "{body}"
    );
    let visit = Visit::start(&server).log_in(user, PASSWORD);
    let (_, to, _) = visit.ask("/ui/profile");
    assert!(to.starts_with("/ui/approval_terms?next="), "{to}");
    let page = visit.get(&to);
    let answer = send(
        &visit,
        &page,
        &to,
        "terms-form",
        &[("has_signed_terms", "on")],
    );
    assert_eq!((answer.0, answer.1.as_str()), (302, "/ui/profile"));
    assert_eq!(asked().0, 200);

    let left = |page: &str| -> u64 {
        let main = between(page, "<main", "</main>");
        number_after(between(main, "<p class=\"muted before\">", "</p>"))
            .parse()
            .unwrap()
    };
    let page = visit.get("/ui/invite");
    let before = left(&page);
    let guest = "guest@example.org";
    let fields = [("username", guest), ("realname", "Maria Guest")];
    let answer = send(&visit, &page, "/ui/invite", "invite-form", &fields);
    let page = follow(&visit, &answer);
    assert_eq!(left(&page), before - 1);
    let path = link(&server, guest, "code=");
    let come = Visit::start(&server);
    let page = follow(&come, &(302, path.clone(), String::new()));
    let mut fields = application(guest, "Maria");
    fields.push(("has_signed_terms", "on"));
    let answer = send(&come, &page, &path, "signup-form", &fields);
    assert_eq!(answer.0, 302, "{}", answer.2);
    assert!(
        status(&server, guest).starts_with("Accepted/Active"),
        "{}",
        status(&server, guest)
    );
    let list = server.manage_ok(&["invitation-list", "--output-format", "json"]);
    assert!(list.contains("\"True\""), "{list}");

    let late = Visit::start(&server);
    let (status_, _, page) = late.ask(&path);
    let fields = application("late@example.org", "Late");
    if status_ == 200 && page.contains("signup-form") {
        let fields: Vec<_> = fields
            .into_iter()
            .chain([("has_signed_terms", "on")])
            .collect();
        let answer = send(&late, &page, &path, "signup-form", &fields);
        assert!(answer.0 < 500, "{}", answer.2);
    }
    refused(&server, &["user-show", "late@example.org"]);
}

// Acceptance checks of tokens (ID-TOK-01 ID-TOK-02 ID-SES-01 ID-SES-03)
#[test]
fn tokens_and_sessions() {
    let mut server = Server::start("");
    let user = "kpap@example.org";
    person(&server, user);
    let hours = |server: &Server, user: &str| {
        let client = Client::log_in(server, user, PASSWORD);
        let me = client.json(client.get("/account/v1.0/authenticate"));
        let at = |key: &str| me[key].as_i64().unwrap();
        let lasts = at("auth_token_expires") - at("auth_token_created");
        (client, lasts / 3_600_000)
    };
    let (client, lasts) = hours(&server, user);
    assert_eq!((client.token.len(), lasts), (43, 30 * 24));
    let safe = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    assert!(client.token.bytes().all(safe));

    let before = Visit::start(&server);
    let page = before.get("/ui/login");
    let anonymous = before.cookie("sessionid");
    let fields = [("username", user), ("password", PASSWORD)];
    before.submit("/ui/login", &page, &fields);
    let session = before.cookie("sessionid");
    assert!(session.is_some() && session != anonymous);

    let page = before.get("/ui/api_access");
    let old = before.cookie("_pithos2_a").unwrap();
    let answer = send(&before, &page, "/ui/api_access", "renew-token-form", &[]);
    assert_eq!(answer.0, 302, "{}", answer.2);
    before.ask("/ui/profile");
    let (status, _) = client.try_json(client.get("/account/v1.0/authenticate"));
    assert_eq!(status, 401);
    assert_ne!(before.cookie("_pithos2_a").unwrap(), old);

    let own = server.config().join("99-local.conf");
    std::fs::write(own, "ASTAKOS_AUTH_TOKEN_DURATION = 48\n").unwrap();
    server.stop();
    server.resume();
    assert_eq!(hours(&server, user).1, 30 * 24, "an old token changed");
    server.manage_ok(&["user-modify", user, "--renew-token"]);
    assert_eq!(hours(&server, user).1, 48);
}

// Acceptance of mails: nobody who is waited for gets the same message twice
#[test]
fn everybody_gets_one() {
    let server = Server::start(&format!("{STAFF}ASTAKOS_MODERATION_ENABLED = True\n"));
    sign_up(&server, "kpap@example.org");
    let path = link(&server, "kpap@example.org", "/ui/activate?auth=");
    let visit = Visit::start(&server);
    visit.ask(&path);
    let decided = link(&server, "helpdesk@example.org", "/ui/moderate/");
    let desk = Visit::start(&server);
    let page = desk.get(&decided);
    assert_eq!(status(&server, "kpap@example.org"), "Pending moderation");
    let answer = send(&desk, &page, &decided, "moderate-accept-form", &[]);
    assert!(answer.0 < 400, "{}", answer.2);
    wait_for("the decision", || {
        status(&server, "kpap@example.org")
            .starts_with("Accepted/Active")
            .then_some(())
    });
    let mut seen = BTreeSet::new();
    for letter in all_letters(&server) {
        let what = (letter.to, letter.subject);
        assert!(seen.insert(what.clone()), "{what:?} came twice");
    }
}
