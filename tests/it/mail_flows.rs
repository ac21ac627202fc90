//! Every mail of every flow of accounts, from the real program to a real mail server:
//! each message arrives once, at the right people, with its subject, and its link works.

use crate::{
    client::{PASSWORD, Visit, between},
    mail::{Sink, free_port},
    server::Server,
    walk::code,
};
use serde_json::Value;
use std::{cell::RefCell, collections::BTreeSet, time::Duration};

/// Who decides about accounts, each once (ID-MAIL-02).
const STAFF: [&str; 3] = ["boss@example.org", "help@example.org", "root@example.org"];
const NOTICE: &str = "My cloud account: a security notice";
const CHANGE: &str = "My cloud e-mail change notification";
const SECOND: &str = "another good password";

/// A service whose mails are read as they come.
struct Office {
    server: Server,
    sink: Sink,
    seen: RefCell<BTreeSet<String>>,
}

/// A message.
struct Mail {
    to: String,
    subject: String,
    text: String,
}

impl Office {
    fn open() -> Option<Self> {
        let port = free_port();
        let sink = Sink::start(port)?;
        let mut server = Server::unstarted(&format!(
            "EMAIL_HOST = '127.0.0.1'\nEMAIL_PORT = {port}\n\
             SERVER_EMAIL = 'Cloud <cloud@example.org>'\nBRANDING_SERVICE_NAME = 'My cloud'\n\
             ASTAKOS_MODERATION_ENABLED = True\nASTAKOS_EMAILCHANGE_ENABLED = True\n\
             ASTAKOS_INVITATIONS_ENABLED = True\nASTAKOS_IM_MODULES = ['local', 'shibboleth']\n\
             EMAIL_SUBJECT_PREFIX = '[Cloud] '\nADMINS = (('Root', 'root@example.org'),)\n\
             MANAGERS = (('Boss', 'boss@example.org'), ('Boss', 'Boss@example.org'))\n\
             HELPDESK = (('Help', 'help@example.org'), ('Boss', 'boss@example.org'))\n"
        ));
        let templates = server.config().join("templates");
        std::fs::create_dir_all(templates.join("im")).unwrap();
        std::fs::write(templates.join("im/invitation.txt"), "\n{% block x %}").unwrap();
        let line = format!("TEMPLATE_DIRS = ['{}']\n", templates.display());
        std::fs::write(server.config().join("60-mine.conf"), line).unwrap();
        server.resume();
        Some(Office {
            server,
            sink,
            seen: RefCell::default(),
        })
    }

    /// The next messages, which must be these and no others, in any order.
    fn takes(&self, wanted: &[(&str, &str)]) -> Vec<Mail> {
        let mut all = Vec::new();
        for _ in wanted {
            let mail = self.sink.next();
            let text = |name: &str| mail[name].as_str().unwrap().to_owned();
            assert_eq!(mail["from"], "cloud@example.org");
            assert!(self.seen.borrow_mut().insert(text("id")), "twice: {mail}");
            let to = mail["to"].as_array().unwrap();
            assert_eq!(to.len(), 1, "one message each (ID-MAIL-02): {mail}");
            all.push(Mail {
                to: to[0].as_str().unwrap().to_lowercase(),
                subject: text("subject"),
                text: text("text").replace("\r\n", "\n"),
            });
        }
        all.sort_by(|a, b| (&a.to, &a.subject).cmp(&(&b.to, &b.subject)));
        let got: Vec<_> = all
            .iter()
            .map(|m| (m.to.as_str(), m.subject.as_str()))
            .collect();
        let mut wanted = wanted.to_vec();
        wanted.sort_unstable();
        assert_eq!(got, wanted);
        all
    }

    /// The same for one message.
    fn take(&self, to: &str, subject: &str) -> Mail {
        self.takes(&[(to, subject)]).remove(0)
    }

    /// The same subject to all of the staff.
    fn staff(&self, subject: &str) -> Vec<Mail> {
        self.takes(&STAFF.map(|to| (to, subject)))
    }

    /// The path of the link in a message that leads to `part`.
    fn link(&self, mail: &Mail, part: &str) -> String {
        let words = mail.text.split_whitespace();
        let own = words.filter_map(|word| word.strip_prefix(self.server.url.as_str()));
        let found: Vec<_> = own.filter(|path| path.starts_with(part)).collect();
        assert_eq!(found.len(), 1, "{part} in {}", mail.text);
        found[0].to_owned()
    }

    /// The greeting, and the notice to the staff.
    fn accepted(&self, email: &str) {
        let notice = format!("My cloud account activated ({email})");
        let mut wanted = STAFF.map(|to| (to, notice.as_str())).to_vec();
        wanted.push((email, "Welcome to My cloud"));
        let mails = self.takes(&wanted);
        let greeting = mails.iter().find(|mail| mail.to == email).unwrap();
        assert_eq!(self.link(greeting, "/ui"), "/ui/");
    }

    fn visit(&self) -> Visit {
        Visit::start(&self.server)
    }

    /// Submits a form of the page at `path` to it; the page it leads to.
    fn sends(&self, visit: &Visit, path: &str, fields: &[(&str, &str)]) -> String {
        let page = visit.get(path);
        let answer = visit.submit(path.split('?').next().unwrap(), &page, fields);
        let status = answer.status();
        let text = answer.text().unwrap();
        assert!(status.is_redirection(), "{path}: {status}: {text}");
        text
    }

    /// Signs up; the path of the verification link.
    fn signs_up(&self, email: &str, code: &str) -> String {
        let fields = [
            ("email", email),
            ("first_name", "Eva"),
            ("last_name", "Post"),
            ("password1", PASSWORD),
            ("password2", PASSWORD),
            ("code", code),
        ];
        self.sends(&self.visit(), "/ui/signup", &fields);
        let mail = self.take(email, "My cloud account verification");
        self.link(&mail, "/ui/activate?auth=")
    }

    /// Follows a link that leads on; where to.
    fn follows(&self, visit: &Visit, link: &str) -> String {
        let (status, leads, _) = visit.ask(link);
        assert_eq!(status, 302, "{link}");
        leads
    }

    /// The mails to those who decide about an applicant.
    fn asks_for(&self, email: &str) -> Vec<Mail> {
        self.staff(&format!("My cloud account created ({email})"))
    }
}

/// Sign-up, another verification mail, a moderator's decision by link.
fn accounts(office: &Office) {
    let first = office.signs_up("maria@example.org", "");
    let visit = office.visit();
    let page = visit.get("/ui/login");
    let fields = [("username", "maria@example.org"), ("password", PASSWORD)];
    let refused = visit.submit("/ui/login", &page, &fields).text().unwrap();
    let link = between(&refused, "name=\"link\" value=\"", "\"");
    let sent = visit.submit("/ui/send/activation", &refused, &[("link", link)]);
    assert!(sent.status().is_redirection());
    let again = office.take("maria@example.org", "My cloud account verification");
    let second = office.link(&again, "/ui/activate?auth=");
    assert_eq!(
        office.follows(&visit, &first),
        "/ui",
        "the older one is dead"
    );
    assert_eq!(office.follows(&visit, &second), "/ui");
    let asked = office.asks_for("maria@example.org");
    let links: BTreeSet<_> = asked
        .iter()
        .map(|mail| office.link(mail, "/ui/moderate/"))
        .collect();
    assert_eq!(links.len(), 3, "each has a link of their own");
    let link = links.first().unwrap();
    office.sends(&office.visit(), link, &[("decision", "accept")]);
    office.accepted("maria@example.org");
    assert!(visit.get(links.last().unwrap()).contains("id=\"decided\""));

    // Turned away, for a reason: nobody is mailed (ID-ACT-08).
    let link = office.signs_up("carl@example.org", "");
    office.follows(&office.visit(), &link);
    let asked = office.asks_for("carl@example.org");
    let link = office.link(&asked[1], "/ui/moderate/");
    let turned = [("decision", "reject"), ("reason", "no such person")];
    office.sends(&office.visit(), &link, &turned);
    let shown = office.server.manage_ok(&["user-show", "carl@example.org"]);
    assert!(shown.contains("no such person"), "{shown}");

    // By command, as the administrator.
    let server = &office.server;
    server.manage_ok(&[
        "user-add",
        "chief@example.org",
        "Ada",
        "Chief",
        "--password",
        PASSWORD,
    ]);
    server.manage_ok(&["user-modify", "chief@example.org", "--verify"]);
    server.manage_ok(&["user-modify", "chief@example.org", "--accept"]);
    office.accepted("chief@example.org");
    server.manage_ok(&["user-modify", "chief@example.org", "--set-admin"]);
}

/// New passwords, ended sessions: told to the owner.
fn passwords(office: &Office) {
    let email = "maria@example.org";
    let path = "/ui/local/password_reset";
    office.sends(&office.visit(), path, &[("email", email)]);
    let mail = office.take(email, "Password reset on My cloud");
    let link = office.link(&mail, "/ui/local/reset/confirm/");
    let new = [("new_password1", SECOND), ("new_password2", SECOND)];
    let visit = office.visit();
    let page = visit.get(&link);
    assert!(visit.submit(&link, &page, &new).status().is_redirection());
    assert!(
        office
            .take(email, NOTICE)
            .text
            .contains("by the link we mailed you")
    );

    let visit = office.visit().log_in(email, SECOND);
    let change = [
        ("old_password", SECOND),
        ("new_password1", PASSWORD),
        ("new_password2", PASSWORD),
    ];
    office.sends(&visit, "/ui/password_change", &change);
    assert!(office.take(email, NOTICE).text.contains("was changed"));

    let other = office.visit().log_in(email, PASSWORD);
    office.sends(&visit, "/ui/sessions", &[]);
    let told = office.take(email, NOTICE);
    office.link(&told, "/ui/sessions");
    assert!(told.text.contains("were ended"));
    assert!(
        office
            .follows(&other, "/ui/profile")
            .starts_with("/ui/login")
    );
}

/// A second factor, another address: told to the owner, at both addresses.
fn changes(office: &Office) {
    let email = "maria@example.org";
    let visit = office.visit().log_in(email, PASSWORD);
    let begin = [
        ("action", "begin"),
        ("kind", "totp"),
        ("password", PASSWORD),
    ];
    office.sends(&visit, "/ui/second_factor", &begin);
    let page = visit.get("/ui/second_factor");
    let now = code(between(&page, "secret=", "&"), 0);
    let confirm = [
        ("action", "confirm"),
        ("kind", "totp"),
        ("code", &now),
        ("name", "Phone"),
    ];
    let kept = visit.submit("/ui/second_factor", &page, &confirm);
    assert_eq!(kept.status().as_u16(), 200);
    assert!(office.take(email, NOTICE).text.contains("Phone"));
    let page = visit.get("/ui/second_factor");
    let id = between(&page, "<li data-id=\"", "\"").to_owned();
    let remove = [
        ("action", "remove"),
        ("factor", id.as_str()),
        ("password", PASSWORD),
    ];
    office.sends(&visit, "/ui/second_factor", &remove);
    assert!(office.take(email, NOTICE).text.contains("removed"));

    let new = "maria.new@example.org";
    office.sends(&visit, "/ui/email_change", &[("new_email_address", new)]);
    let mails = office.takes(&[(new, CHANGE), (email, CHANGE)]);
    for mail in &mails {
        let link = office.link(mail, "/ui/email_change/confirm/");
        office.sends(&office.visit(), &link, &[]);
    }
    let told = office.takes(&[(new, NOTICE), (email, NOTICE)]);
    assert!(told.iter().all(|mail| mail.text.contains(new)));
}

/// Invitations, feedback, what an administrator writes; deactivation, which mails nobody.
fn letters(office: &Office) {
    let maria = "maria.new@example.org";
    office
        .server
        .manage_ok(&["user-modify", maria, "--invitations", "2"]);
    let visit = office.visit().log_in(maria, PASSWORD);
    let invited = [
        ("username", "guest@example.org"),
        ("realname", "Guest Star"),
    ];
    office.sends(&visit, "/ui/invite", &invited);
    // The owner's template for it is broken: the built-in one takes its place.
    let mails = office.take("guest@example.org", "Invitation to My cloud");
    let link = office.link(&mails, "/ui/?code=");
    let guest = office.visit();
    let form = office.follows(&guest, &link);
    let page = guest.get(&form);
    assert!(page.contains("guest@example.org"), "{page}");
    let code = link.rsplit('=').next().unwrap();
    let fields = [
        ("email", "guest@example.org"),
        ("password1", PASSWORD),
        ("password2", PASSWORD),
        ("code", code),
    ];
    // Whoever follows the link has the mailbox, and needs no moderator (ID-INV-05).
    office.sends(&guest, &form, &fields);
    office.accepted("guest@example.org");

    let said = [
        ("feedback_msg", "The pages are a pleasure."),
        ("feedback_data", ""),
    ];
    office.sends(&visit, "/ui/feedback", &said);
    let wanted = ["boss@example.org", "help@example.org"];
    let mails = office.takes(&wanted.map(|to| (to, "Feedback from My cloud")));
    assert!(
        mails
            .iter()
            .all(|mail| mail.text.contains("a pleasure") && mail.text.contains(maria))
    );

    let chief = office.visit().log_in("chief@example.org", PASSWORD);
    let contact = [
        ("subject", "On Friday"),
        ("text", "We move, {{ first_name }}."),
    ];
    office.sends(&chief, "/admin/user/guest@example.org/contact", &contact);
    assert!(
        office
            .take("guest@example.org", "On Friday")
            .text
            .contains("We move")
    );

    let modify = |flag| office.server.manage_ok(&["user-modify", maria, flag]);
    modify("--set-inactive");
    modify("--set-active");
    office.server.manage_ok(&["mail-test", "root@example.org"]);
    office.take("root@example.org", "My cloud test message");
}

impl Office {
    /// What no request brings about: somebody proven by an institution, and the day after
    /// next. Done on the store while the service is stopped; the token of the sign-up form,
    /// and the cookie of the browser the proof was given in.
    fn meanwhile(&mut self) -> (String, String) {
        self.server.stop();
        let data = self.server.data();
        let key = std::fs::read(data.join("keys/seal.key")).unwrap();
        let keys = identity::Keys::from_bytes(key.try_into().unwrap()).unwrap();
        let options = store::Options::default();
        let store = store::Store::open(&data.join("synnefo.redb"), options).unwrap();
        let mut settings = kernel::Settings::default();
        let text = |text: &str| kernel::settings::Value::Str(text.into());
        let list = |all| kernel::settings::Value::List(all);
        settings.set("ASTAKOS_BASE_URL", text(&self.server.url));
        settings.set(
            "ASTAKOS_IM_MODULES",
            list(vec![text("local"), text("shibboleth")]),
        );
        let staff = STAFF.map(|to| list(vec![text(""), text(to)]));
        settings.set("ACCOUNT_PENDING_MODERATION_RECIPIENTS", list(staff.into()));
        let settings = kernel::SettingsHandle::new(settings);
        let service =
            |cx| identity::Service::new(store.clone(), settings.clone(), cx, keys.clone());
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let proven = runtime.block_on(async {
            let (later, clock) = kernel::CxSource::fake();
            let began = later.cx().now;
            let now = kernel::CxSource::system().cx().now;
            let ahead = u64::try_from(now.as_second() - began.as_second()).unwrap();
            clock.advance(Duration::from_secs(ahead));
            let digest = service(later);
            for _ in 0..2 {
                clock.advance(Duration::from_secs(25 * 3600));
                digest.moderation_digest().await.unwrap();
            }
            let scholar = identity::provider::Outside {
                module: "shibboleth".into(),
                identifier: "maria@uni.example".into(),
                ..identity::provider::Outside::default()
            };
            let client = identity::ClientInfo {
                address: "192.0.2.7".parse().unwrap(),
                user_agent: String::new(),
            };
            let here = service(kernel::CxSource::system());
            let asked = identity::outside::Asked::default();
            match here.arrive(None, scholar, asked, &client).await.unwrap() {
                identity::Arrival::SignUp(token) => {
                    use kernel::secret::ExposeSecret;
                    let proof = here.arrival_cookie(token.expose_secret());
                    (
                        token.expose_secret().to_owned(),
                        proof.expose_secret().to_owned(),
                    )
                }
                other => panic!("{other:?}"),
            }
        });
        drop((runtime, store));
        self.server.resume();
        proven
    }
}

/// All who still wait, in one message; an academic identity attached by link.
fn later(office: &mut Office) {
    let link = office.signs_up("dora@example.org", "");
    office.follows(&office.visit(), &link);
    office.asks_for("dora@example.org");
    let (token, proof) = office.meanwhile();
    let digests = office.staff("My cloud accounts that wait for a decision (1)");
    for mail in &digests {
        let link = office.link(mail, "/ui/moderate/");
        assert!(mail.text.contains("dora@example.org"));
        assert!(office.visit().get(&link).contains("moderate-accept-form"));
    }

    let maria = "maria.new@example.org";
    let form = format!("/ui/signup?third_party_token={token}");
    let ask = [
        ("third_party_token", token.as_str()),
        ("email", maria),
        ("switch", "1"),
    ];
    let visit = office.visit();
    visit.keep("arrival", &proof);
    office.sends(&visit, &form, &ask);
    let mail = office.take(maria, "My cloud account association");
    assert!(mail.text.contains("maria@uni.example"));
    let link = office.link(&mail, "/ui/switch/");
    let visit = office.visit();
    office.sends(&visit, &link, &[]);
    let told = office.take(maria, NOTICE);
    assert!(told.text.contains("maria@uni.example"), "{}", told.text);
    let profile = visit.get("/ui/profile");
    assert!(
        profile.contains("maria@uni.example"),
        "in, with one more method"
    );
}

// ID-MAIL-02 ID-MAIL-06 ID-MAIL-07 ID-MAIL-08 ID-MAIL-09 ID-MAIL-10 ID-MAIL-11 ID-MAIL-12
// ID-MAIL-13 ID-MAIL-14 ID-MAIL-15 ID-MAIL-16 ID-SHB-09 ID-ACT-07 ID-ACT-08: the acceptance
// check of mails
#[test]
fn every_mail_of_every_flow_arrives_once_and_its_link_works() {
    let Some(mut office) = Office::open() else {
        return;
    };
    // One of the owner's templates is broken, which administrators are told at the start.
    let told = office.take("root@example.org", "[Cloud] a mail template cannot be used");
    assert!(told.text.contains("im/invitation.txt"), "{}", told.text);
    accounts(&office);
    passwords(&office);
    changes(&office);
    letters(&office);
    later(&mut office);
    // Nothing else was sent, nothing waits, and no kind of message was forgotten.
    let list = office.server.manage_ok(&[
        "mail-list",
        "--output-format",
        "json",
        "-o",
        "state,template",
    ]);
    let list: Value = serde_json::from_str(&list).unwrap();
    let rows = list.as_array().unwrap();
    assert_eq!(rows.len(), office.seen.borrow().len(), "{list}");
    let kinds: BTreeSet<_> = rows
        .iter()
        .map(|row| row["template"].as_str().unwrap())
        .collect();
    let wanted = [
        "im/account_activated_notification",
        "im/account_notice",
        "im/account_pending_moderation_notification",
        "im/activation_email",
        "im/feedback_mail",
        "im/invitation",
        "im/moderation_digest",
        "im/plain_email",
        "im/switch_accounts_email",
        "im/template_problem",
        "im/test_email",
        "im/welcome_email",
        "registration/email_change_email_new_email",
        "registration/email_change_email_old_email",
        "registration/password_email",
    ];
    assert_eq!(kinds, BTreeSet::from(wanted));
}
