//! The recorded mails, asked for again by what asked for them then (ID-REC-09):
//! recipients, sender, subject, links. What is intended to differ is in [`INTENDED`]; a
//! row that is no difference any more fails.

use super::*;
use identity::UserChange;
use serde_json::Value as Json;
use std::collections::BTreeSet;

const RECORDED: &str = include_str!("../../../../tests/golden/emails.json");
/// Where the recorded service was, and ours.
const BASE: &str = "http://cloud.example.org/astakos";
const FROM: &str = "Synnefo cloud <cloud@example.org>";

/// Event, template, what differs, the requirement behind it.
const INTENDED: &[(&str, &str, Differs, &str)] = &[
    (
        "email verification of",
        "im/account_pending_moderation_notification",
        Differs::LinkMore,
        "decisions by mail (beyond the original)",
    ),
    (
        "users API actions",
        "im/projects/project_membership_change_notification",
        Differs::NotSent,
        "ID-MAIL-34: not of system projects",
    ),
    (
        "operator commands",
        "im/projects/project_membership_change_notification",
        Differs::NotSent,
        "ID-MAIL-34: not of system projects",
    ),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Differs {
    /// Ours has a link to press a button behind.
    LinkMore,
    /// Ours is not sent.
    NotSent,
}

/// A mail, recorded or ours: one for each recipient (ID-MAIL-02). In plain text `&` is
/// `&` (ID-VER-02).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Mail {
    to: String,
    from: String,
    subject: String,
    links: Vec<String>,
}

/// The recorded ones of an event; those of projects are not sent yet.
fn recorded(event: &str) -> Vec<Mail> {
    let all: Vec<Json> = serde_json::from_str(RECORDED).unwrap();
    let words = |value: &Json| value.as_str().unwrap().to_owned();
    let of = all.iter().filter(|mail| {
        let of_projects = words(&mail["subject"]).ends_with("(science.example.org)");
        words(&mail["event"]) == event && !of_projects
    });
    of.flat_map(|mail| {
        let to = words(&mail["to"]);
        let link = |link: &Json| {
            let link = words(link).replace("&amp;", "&");
            link.replace("{{HOST}}", HOST)
        };
        let links: Vec<String> = mail["links"].as_array().unwrap().iter().map(link).collect();
        to.split(", ")
            .map(|to| Mail {
                to: to.to_owned(),
                from: words(&mail["from"]),
                subject: words(&mail["subject"]),
                links: links.clone(),
            })
            .collect::<Vec<_>>()
    })
    .collect()
}

/// Does a text fit a recorded one, in which secrets are names in double braces? A name
/// may stand for two parts of a path, for the number and the secret of a link.
fn fits(ours: &str, recorded: &str) -> bool {
    let Some((before, rest)) = recorded.split_once("{{") else {
        return ours == recorded;
    };
    let (_, after) = rest.split_once("}}").unwrap();
    let Some(rest) = ours.strip_prefix(before) else {
        return false;
    };
    let mut ends = (1..=rest.len()).filter(|end| rest.is_char_boundary(*end));
    ends.any(|end| !rest[..end].contains(['&', '?']) && fits(&rest[end..], after))
}

/// A value of a header of a message as it is sent.
fn header<'a>(message: &'a str, name: &str) -> &'a str {
    let head = message.split("\r\n\r\n").next().unwrap();
    let mut lines = head.lines();
    let found = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    found.unwrap_or_else(|| panic!("no {name} in {head}"))
}

/// Everything that differs was met.
struct Met(BTreeSet<(String, &'static str, Differs)>);

impl House {
    fn recording() -> Self {
        let set = [
            "EMAIL_HTML=False".to_owned(),
            "ASTAKOS_EMAILCHANGE_ENABLED=True".to_owned(),
            "ASTAKOS_EMAILCHANGE_BOTH_ADDRESSES=False".to_owned(),
            "ASTAKOS_MODERATION_ENABLED=True".to_owned(),
            "TEMPLATE_DIRS=[]".to_owned(),
            format!("ASTAKOS_BASE_URL='{BASE}'"),
            format!("SERVER_EMAIL='{FROM}'"),
            "HELPDESK=(('Help', 'helpdesk@example.org'),)".to_owned(),
            "MANAGERS=(('Manager', 'manager@example.org'),)".to_owned(),
            "ADMINS=(('Admin', 'admin@example.org'),)".to_owned(),
        ];
        let loaded = kernel::settings::load("/nowhere".as_ref(), [], &set);
        let house = House(Fixture::new());
        let settings = loaded
            .unwrap_or_else(|problems| panic!("{problems}"))
            .settings;
        house.0.state.settings.replace(settings);
        house
    }

    /// Sends what was asked for, and takes it as it is on its way.
    async fn sent(&self) -> Vec<(MailRequest, Mail)> {
        let state = &self.0.state;
        let asked = self.mails().await;
        let templates = notify::Templates::new(state.settings.now(), state.cx.cx().now);
        let store = store::Store::in_memory().unwrap();
        let spool = tempfile::tempdir().unwrap();
        let place = spool.path().to_owned();
        let carrier = notify::Carrier::new(state.settings.clone(), place);
        for request in asked.clone() {
            let put = store.write(move |tx| tx.publish(TOPIC, &request));
            put.await.unwrap();
        }
        let now = state.cx.cx().now;
        notify::step(&store, &state.settings, &carrier, now)
            .await
            .unwrap();
        let mut files: Vec<_> = std::fs::read_dir(spool.path())
            .unwrap()
            .map(|file| file.unwrap().path())
            .collect();
        files.sort();
        assert_eq!(files.len(), asked.len());
        let pairs = asked.into_iter().zip(files);
        let read = pairs.map(|(request, file)| {
            let message = std::fs::read_to_string(file).unwrap();
            let text = templates.render(&request).text;
            let links = text
                .split_whitespace()
                .filter(|word| word.starts_with("http"));
            let mail = Mail {
                to: header(&message, "To").to_owned(),
                from: header(&message, "From").replace('"', ""),
                subject: header(&message, "Subject").to_owned(),
                links: links.map(str::to_owned).collect(),
            };
            (request, mail)
        });
        read.collect()
    }

    /// Compares what was asked for since the last look with the recorded mails of an
    /// event.
    async fn compare(&self, event: &str, met: &mut Met) {
        let mut ours = self.sent().await;
        for recorded in recorded(event) {
            let same = |(_, mail): &(MailRequest, Mail)| {
                mail.to == recorded.to
                    && mail.from == recorded.from
                    && fits(&mail.subject, &recorded.subject)
            };
            let intended = INTENDED.iter().find(|(of, template, differs, _)| {
                event.starts_with(of)
                    && match differs {
                        Differs::NotSent => recorded.subject.contains("membership changed"),
                        Differs::LinkMore => ours
                            .iter()
                            .any(|one| same(one) && one.0.template == *template),
                    }
            });
            let at = ours.iter().position(same);
            if let Some((of, template, differs, _)) = intended {
                met.0.insert(((*of).to_owned(), template, *differs));
                if *differs == Differs::NotSent {
                    assert_eq!(at, None, "{event}: {recorded:?} is sent");
                    continue;
                }
            }
            let at = at.unwrap_or_else(|| panic!("{event}: no {recorded:?} in {ours:#?}"));
            let (_, mail) = ours.remove(at);
            let more = usize::from(intended.is_some());
            assert_eq!(
                mail.links.len(),
                recorded.links.len() + more,
                "{event}: {mail:?}"
            );
            for (link, recorded) in mail.links.iter().zip(&recorded.links) {
                assert!(fits(link, recorded), "{event}: {link} for {recorded}");
            }
        }
        // emails.json does not hold every mail; what we send beyond it is about security.
        for (request, mail) in ours {
            assert_eq!(request.template, "im/account_notice", "{event}: {mail:?}");
        }
    }

    async fn change(&self, email: &str, change: UserChange) {
        let identity = &self.0.state.identity;
        let root = Caller::person(UserId(uuid::Uuid::from_bytes([250; 16]))).with(Role::Admin);
        let user = identity.user_by_email(email).await.unwrap().unwrap();
        identity
            .admin_modify(&root, user.no, vec![change])
            .await
            .unwrap();
    }
}

/// The path of a link on our host.
fn path(mails: &[MailRequest], template: &str) -> String {
    let mail = mails.iter().find(|mail| mail.template == template).unwrap();
    let url = mail.context["url"].as_str().unwrap();
    url.strip_prefix("http://cloud.example.org")
        .unwrap()
        .to_owned()
}

async fn sign_up(house: &House, name: &str, met: &mut Met) {
    let email = format!("{name}@example.org");
    let fields = [
        ("email", email.as_str()),
        ("first_name", name),
        ("last_name", "Doe"),
        ("password1", PASSWORD),
        ("password2", PASSWORD),
    ];
    let browser = Browser::new(house);
    browser
        .submit("/astakos/ui/signup", "/astakos/ui/signup", &fields)
        .await;
    house
        .compare(&format!("signup of {name}@example.org"), met)
        .await;
}

/// Sends another link, follows it, and has the moderators told.
async fn verify(house: &House, name: &str, met: &mut Met) {
    let email = format!("{name}@example.org");
    let identity = &house.0.state.identity;
    let root = Caller::person(UserId(uuid::Uuid::from_bytes([250; 16]))).with(Role::Admin);
    let user = identity.user_by_email(&email).await.unwrap().unwrap();
    identity
        .admin_send_verification(&root, user.no)
        .await
        .unwrap();
    let mails = house.mails().await;
    for mail in mails.clone() {
        house
            .0
            .store
            .write(move |tx| tx.publish(TOPIC, &mail))
            .await
            .unwrap();
    }
    if name == "alice" {
        let event = "verification email sent again for alice@example.org";
        house.compare(event, met).await;
    }
    house.mails().await;
    let link = path(&mails, "im/activation_email");
    Browser::new(house).get(&link).await;
    let event = format!("email verification of {email} (moderation enabled)");
    house.compare(&event, met).await;
}

// ID-REC-09 ID-MAIL-01 ID-MAIL-02 ID-MAIL-05 ID-MAIL-06 ID-MAIL-09 ID-MAIL-10 ID-MAIL-11
#[tokio::test]
async fn the_recorded_mails_of_accounts_are_sent_again() {
    let house = House::recording();
    let met = &mut Met(BTreeSet::new());
    for name in ["alice", "bob", "carol"] {
        sign_up(&house, name, met).await;
        verify(&house, name, met).await;
        let email = format!("{name}@example.org");
        if name == "carol" {
            let reason = "unknown affiliation".to_owned();
            house.change(&email, UserChange::Reject(reason)).await;
            assert_eq!(house.mails().await, [], "a rejection tells nobody");
        } else {
            house.change(&email, UserChange::Accept).await;
            let event = format!("acceptance of {email} by an operator");
            house.compare(&event, met).await;
        }
    }
    of_people(&house, met).await;
    of_operators(&house, met).await;
    let all: BTreeSet<_> = INTENDED
        .iter()
        .map(|(event, template, differs, _)| ((*event).to_owned(), *template, *differs))
        .collect();
    assert_eq!(met.0, all, "a difference that is none any more");
}

/// Dave is switched off and on by the API; Erin is added by command, and goes off and on.
async fn of_operators(house: &House, met: &mut Met) {
    let identity = &house.0.state.identity;
    let root = Caller::person(UserId(uuid::Uuid::from_bytes([250; 16]))).with(Role::Admin);
    let form = |name: &str| SignUp {
        email: format!("{name}@example.org"),
        first_name: name.into(),
        last_name: "Example".into(),
        password: SecretString::from(PASSWORD.to_owned()),
        language: "en".into(),
    };
    let off_and_on = [
        UserChange::Deactivate("left".into()),
        UserChange::Activate,
        UserChange::RenewToken,
    ];
    let enrolled = identity.admin_enrol(&root, form("dave"), vec![]).await;
    enrolled.unwrap();
    house.mails().await;
    for change in off_and_on.clone() {
        house.change("dave@example.org", change).await;
    }
    let event = "users API actions (deactivate, activate, renew token)";
    house.compare(event, met).await;
    let added = identity.admin_add(&root, form("erin"), false, vec![], vec![]);
    let erin = added.await.unwrap().no;
    let sent = identity.admin_send_verification(&root, erin).await;
    sent.unwrap();
    for change in [UserChange::Verify, UserChange::Accept] {
        house.change("erin@example.org", change).await;
    }
    for change in off_and_on {
        house.change("erin@example.org", change).await;
    }
    house.compare("operator commands", met).await;
}

// ID-MAIL-07 ID-MAIL-08 ID-MAIL-12 ID-MAIL-14
async fn of_people(house: &House, met: &mut Met) {
    let alice = Browser::new(house);
    let known = [("username", "alice@example.org"), ("password", PASSWORD)];
    let at = "/astakos/ui/login";
    alice.submit(at, at, &known).await.leads_to();
    let form = [("feedback_msg", "Nice pages"), ("feedback_data", "x")];
    alice
        .submit("/astakos/ui/feedback", "/astakos/ui/feedback", &form)
        .await;
    house
        .compare("feedback submitted in the web interface", met)
        .await;
    let form = [
        ("new_email_address", "alice2@example.org"),
        ("password", PASSWORD),
    ];
    alice
        .submit(
            "/astakos/ui/email_change",
            "/astakos/ui/email_change",
            &form,
        )
        .await;
    house.compare("email change requested", met).await;
    let lost = [("email", "bob@example.org")];
    let at = "/astakos/ui/local/password_reset";
    Browser::new(house).submit(at, at, &lost).await;
    house.compare("password reset requested", met).await;
    let identity = &house.0.state.identity;
    let user = identity.user_by_email("alice@example.org").await.unwrap();
    let client = identity::ClientInfo {
        address: "192.0.2.7".parse().unwrap(),
        user_agent: String::new(),
    };
    let sent = identity.feedback(user.unwrap().uuid, "Nice".into(), String::new(), &client);
    sent.await.unwrap();
    house
        .compare("feedback submitted through the API", met)
        .await;
}
