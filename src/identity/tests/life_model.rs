//! Random lives of accounts against a simple reference: registrations, verifications,
//! decisions by command and by mailed link, changes of address, registrations anew.
//!
//! The reference knows addresses, who proved which, and decisions, and nothing of rows,
//! keys or links beyond "the n-th that was mailed". After every step both must say the
//! same, and: nobody is rejected and able to log in, no two active accounts share an
//! address, no address is verified without proof.

use super::{code, root, text};
use crate::{
    AccountState, Agreed, ClientInfo, Decision, Keys, UserChange, access,
    admin::{self, Change},
    email_change, moderation,
    rows::{Password, User, by_email},
    rules::Rules,
    sign_up::{self, NewUser},
    state, verify,
};
use kernel::{
    Cx, CxSource, Settings, UserNo,
    mail::{MailRequest, TOPIC},
    settings::Value,
};
use proptest::prelude::*;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use store::{Reads, Store};

#[derive(Clone, Debug)]
enum Step {
    SignUp(u8),
    /// Follows the n-th verification link that was mailed.
    Follow(usize),
    Resend(u8),
    /// Decides by the n-th link of a moderator.
    ByLink(usize, bool),
    /// An administrator: accept, reject, switch off, switch on.
    Command(u8, u8),
    /// Asks for the other address.
    Change(u8, u8),
    /// Agrees or refuses by the n-th key of a change.
    Answer(usize, bool),
    LogIn(u8),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..4u8).prop_map(Step::SignUp),
        5 => (0..12usize).prop_map(Step::Follow),
        1 => (0..4u8).prop_map(Step::Resend),
        5 => ((0..12usize), any::<bool>()).prop_map(|(n, yes)| Step::ByLink(n, yes)),
        3 => ((0..4u8), (0..4u8)).prop_map(|(who, what)| Step::Command(who, what)),
        4 => ((0..4u8), (0..4u8)).prop_map(|(who, to)| Step::Change(who, to)),
        6 => ((0..16usize), prop::bool::weighted(0.85)).prop_map(|(n, yes)| Step::Answer(n, yes)),
        3 => (0..4u8).prop_map(Step::LogIn),
    ]
}

fn address(n: u8) -> String {
    format!(
        "{}@example.org",
        ["ann", "bob", "eve", "zoe"][usize::from(n)]
    )
}

/// An account as the reference sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Person {
    address: String,
    state: AccountState,
    /// The one code that is good.
    code: Option<String>,
}

/// A change of address that waits.
#[derive(Clone, Debug)]
struct Waiting {
    to: String,
    keys: [String; 2],
    agreed: [bool; 2],
}

/// The reference.
#[derive(Default)]
struct Reference {
    people: BTreeMap<u64, Person>,
    waiting: BTreeMap<u64, Waiting>,
    /// Codes, links of moderators and keys of changes, in the order of the mails.
    codes: Vec<String>,
    links: Vec<(String, u64)>,
    keys: Vec<String>,
    /// Which addresses were proven by whom.
    proven: BTreeSet<(u64, String)>,
}

impl Reference {
    fn of(&self, address: &str) -> Option<u64> {
        let found = self.people.iter().find(|(_, one)| one.address == address);
        found.map(|(no, _)| *no)
    }

    fn keeps(person: &Person) -> bool {
        person.state != AccountState::Unverified
    }

    /// Frees an address of whoever has not proven it; is it free then?
    fn free(&mut self, address: &str, but: Option<u64>) -> bool {
        match self.of(address).filter(|no| Some(*no) != but) {
            Some(no) if Self::keeps(&self.people[&no]) => false,
            Some(no) => {
                self.people.remove(&no);
                self.waiting.remove(&no);
                true
            }
            None => true,
        }
    }

    fn decide(&mut self, no: u64, accept: bool) -> bool {
        let Some(person) = self.people.get_mut(&no) else {
            return false;
        };
        if person.state != AccountState::Unmoderated {
            return false;
        }
        person.state = match accept {
            true => AccountState::Active,
            false => AccountState::Rejected,
        };
        true
    }

    fn command(&mut self, no: u64, what: u8) -> bool {
        use AccountState::{Active, Inactive, Rejected, Unmoderated};
        let Some(person) = self.people.get_mut(&no) else {
            return false;
        };
        let next = match (what, person.state) {
            (0, Unmoderated | Rejected) => Active,
            (1, Unmoderated) => Rejected,
            (2, Active | Inactive) => Inactive,
            (3, Inactive) => Active,
            _ => return false,
        };
        person.state = next;
        true
    }
}

struct Run {
    store: Store,
    rules: Rules,
    cx: Cx,
    told: u64,
    wanted: Reference,
}

fn client() -> ClientInfo {
    ClientInfo {
        address: std::net::Ipv4Addr::LOCALHOST.into(),
        user_agent: String::new(),
    }
}

fn tail(mail: &MailRequest, name: &str) -> Option<String> {
    let url = mail.context.get(name)?.as_str()?;
    url.rsplit('/').next().map(str::to_owned)
}

impl Run {
    fn new() -> Self {
        let mut settings = Settings::default();
        settings.set("ASTAKOS_BASE_URL", text("https://cloud.example.org"));
        settings.set("ASTAKOS_MODERATION_ENABLED", Value::Bool(true));
        settings.set("ASTAKOS_EMAILCHANGE_ENABLED", Value::Bool(true));
        settings.set(
            "ACCOUNT_PENDING_MODERATION_RECIPIENTS",
            super::people(&["staff@staff.example", "help@staff.example"]),
        );
        Run {
            store: Store::in_memory().unwrap(),
            rules: Rules {
                settings: Arc::new(settings),
                keys: Keys::from_bytes([7; 32]).unwrap(),
            },
            cx: CxSource::fake().0.cx(),
            told: 0,
            wanted: Reference::default(),
        }
    }

    fn write<T: Send + 'static>(
        &self,
        rule: impl Fn(&store::WriteTx, &Cx, &Rules) -> kernel::Result<T> + Send + 'static,
    ) -> kernel::Result<T> {
        let (cx, rules) = (self.cx.clone(), self.rules.clone());
        self.store.write_blocking(move |tx| rule(tx, &cx, &rules))
    }

    fn at(&self, n: u8) -> Option<User> {
        let address = address(n);
        self.store.read_now(|tx| by_email(tx, &address)).unwrap()
    }

    fn step(&mut self, step: &Step) {
        match step.clone() {
            Step::SignUp(n) => self.sign_up(n),
            Step::Follow(n) => self.follow(n),
            Step::Resend(n) => {
                let Some(user) = self.at(n) else { return };
                let wanted = user.state() == AccountState::Unverified;
                let sent = self
                    .write(move |tx, cx, r| state::send_verification(tx, cx, r, &mut user.clone()));
                assert_eq!(sent.is_ok(), wanted);
            }
            Step::ByLink(n, accept) => self.by_link(n, accept),
            Step::Command(n, what) => self.command(n, what),
            Step::Change(n, to) => self.change(n, to),
            Step::Answer(n, yes) => self.answer(n, yes),
            Step::LogIn(n) => self.log_in(n),
        }
    }

    fn sign_up(&mut self, n: u8) {
        let new = NewUser {
            email: address(n),
            first_name: String::new(),
            last_name: String::new(),
            language: "en".into(),
            password_hash: "not looked at".into(),
        };
        let along = sign_up::Along::default();
        let made = self.write(move |tx, cx, r| sign_up::sign_up(tx, cx, r, &new, &along));
        let free = self.wanted.free(&address(n), None);
        assert_eq!(made.is_ok(), free);
        if let Ok((user, _)) = made {
            let person = Person {
                address: address(n),
                state: AccountState::Unverified,
                code: None,
            };
            self.wanted.people.insert(user.no.0, person);
        }
    }

    fn follow(&mut self, n: usize) {
        let Some(mailed) = self.wanted.codes.get(n).cloned() else {
            return;
        };
        let good = self.wanted.people.iter_mut().find(|(_, one)| {
            one.code.as_ref() == Some(&mailed) && one.state == AccountState::Unverified
        });
        let wanted = good.map(|(no, person)| {
            person.state = AccountState::Unmoderated;
            person.code = None;
            (*no, person.address.clone())
        });
        let followed = self.write(move |tx, cx, r| access::follow(tx, cx, r, &mailed, &client()));
        assert_eq!(followed.is_ok(), wanted.is_some());
        self.wanted.proven.extend(wanted);
    }

    fn by_link(&mut self, n: usize, accept: bool) {
        let Some((token, no)) = self.wanted.links.get(n).cloned() else {
            return;
        };
        let decided = self.wanted.decide(no, accept);
        let decision = match accept {
            true => Decision::Accept,
            false => Decision::Reject("no".into()),
        };
        let done = self
            .write(move |tx, cx, r| moderation::decide(tx, cx, r, &token, &decision, &client()));
        match done {
            Ok(seen) => assert_eq!(seen.decided.unwrap().just_now, decided),
            Err(_) => assert!(!decided),
        }
    }

    fn command(&mut self, n: u8, what: u8) {
        let Some(user) = self.at(n) else { return };
        let change = match what {
            0 => UserChange::Accept,
            1 => UserChange::Reject("no".into()),
            2 => UserChange::Deactivate("off".into()),
            _ => UserChange::Activate,
        };
        let wanted = self.wanted.command(user.no.0, what);
        let changes = vec![Change::Other(change)];
        let done =
            self.write(move |tx, cx, r| admin::modify(tx, cx, r, &root(), user.no, &changes));
        assert_eq!(done.is_ok(), wanted);
    }

    fn change(&mut self, n: u8, to: u8) {
        // Only who is in can ask.
        let Some(user) = self.at(n).filter(|user| user.is_active) else {
            return;
        };
        let wanted = match self.wanted.of(&address(to)) {
            Some(no) => !Reference::keeps(&self.wanted.people[&no]),
            None => true,
        };
        let no = user.no.0;
        let to_there = address(to);
        let asked = self.write(move |tx, cx, r| email_change::request(tx, cx, r, &user, &to_there));
        assert_eq!(asked.is_ok(), wanted);
        if wanted {
            // The keys are known once the mails are read.
            let waiting = Waiting {
                to: address(to),
                keys: [String::new(), String::new()],
                agreed: [false, false],
            };
            self.wanted.waiting.insert(no, waiting);
        }
    }

    fn answer(&mut self, n: usize, yes: bool) {
        let Some(key) = self.wanted.keys.get(n).cloned() else {
            return;
        };
        let found = self.wanted.waiting.iter().find_map(|(no, one)| {
            let side = one.keys.iter().position(|own| *own == key)?;
            Some((*no, side, one.clone()))
        });
        if !yes {
            let refused = self.write(move |tx, cx, r| email_change::refuse(tx, cx, r, &key, None));
            assert_eq!(refused.is_ok(), found.is_some());
            if let Some((no, ..)) = found {
                self.wanted.waiting.remove(&no);
            }
            return;
        }
        let agreed = self.write(move |tx, cx, r| email_change::agree(tx, cx, r, &key, None));
        let Some((no, side, mut waiting)) = found else {
            assert!(agreed.is_err());
            return;
        };
        let taken = self.wanted.of(&waiting.to).filter(|holder| *holder != no);
        if taken.is_some_and(|holder| Reference::keeps(&self.wanted.people[&holder])) {
            assert!(agreed.is_err());
            return;
        }
        waiting.agreed[side] = true;
        if waiting.agreed != [true, true] {
            assert_eq!(agreed.unwrap(), Agreed::Waits);
            self.wanted.waiting.insert(no, waiting);
            return;
        }
        assert_eq!(agreed.unwrap(), Agreed::Changed);
        assert!(self.wanted.free(&waiting.to, Some(no)));
        self.wanted.waiting.remove(&no);
        self.wanted.proven.insert((no, waiting.to.clone()));
        self.wanted.people.get_mut(&no).unwrap().address = waiting.to;
    }

    fn log_in(&mut self, n: u8) {
        let Some(user) = self.at(n) else { return };
        let may = self.wanted.people[&user.no.0].state == AccountState::Active;
        let stored = self.store.read_now(|tx| tx.get::<Password>(&user.no));
        let right = Arc::new(access::Right {
            who: crate::throttle::Who::Inside(user.username.clone()),
            hash: stored.unwrap().unwrap().hash,
            user,
            better: None,
        });
        let (_, entry) = self
            .write(move |tx, cx, r| access::enter(tx, cx, r, &right, &client()))
            .unwrap();
        assert_eq!(matches!(entry, access::Entry::In(_)), may);
    }

    /// Reads the mails since the last look into the reference.
    fn collect(&mut self) {
        let mails = self
            .store
            .read_now(|tx| tx.outbox::<MailRequest>(TOPIC, self.told, 10_000))
            .unwrap();
        for (seq, mail) in mails {
            self.told = seq;
            let about = mail
                .context
                .get("user")
                .and_then(|user| user["id"].as_u64());
            if let Some(code) = code(&mail) {
                let no = about.unwrap();
                if let Some(person) = self.wanted.people.get_mut(&no) {
                    assert_eq!(mail.to, person.address, "a code to another address");
                    person.code = Some(code.clone());
                }
                self.wanted.codes.push(code);
            }
            if mail.template == "im/account_pending_moderation_notification"
                && let Some(token) = tail(&mail, "url")
            {
                self.wanted.links.push((token, about.unwrap()));
            }
            let side = match mail.template.as_str() {
                "registration/email_change_email_new_email" => 0,
                "registration/email_change_email_old_email" => 1,
                _ => continue,
            };
            let key = tail(&mail, "url").unwrap();
            let no = about.unwrap();
            let waiting = self.wanted.waiting.get_mut(&no).unwrap();
            waiting.keys[side].clone_from(&key);
            let wanted = [&waiting.to, &self.wanted.people[&no].address][side];
            assert_eq!(mail.to, *wanted, "a key to another address");
            self.wanted.keys.push(key);
        }
    }

    fn check(&self) {
        assert_eq!(self.store.read_now(verify).unwrap(), []);
        let users = self.store.read_now(|tx| tx.scan::<User>(None, 100));
        let users = users.unwrap();
        let mut active = BTreeSet::new();
        let mut seen = BTreeMap::new();
        for user in users {
            let state = user.state();
            assert!(!(user.is_rejected && user.is_active), "{user:?}");
            assert!(!user.is_active || active.insert(user.email.to_lowercase()));
            if user.email_verified {
                let proof = (user.no.0, user.username.clone());
                assert!(self.wanted.proven.contains(&proof), "unproven: {user:?}");
            }
            seen.insert(user.no.0, (user.username, state));
        }
        let wanted = self.wanted.people.iter();
        let wanted: BTreeMap<_, _> = wanted
            .map(|(no, one)| (*no, (one.address.clone(), one.state)))
            .collect();
        assert_eq!(seen, wanted);
        for no in self.wanted.waiting.keys() {
            let row = self
                .store
                .read_now(|tx| tx.get::<email_change::EmailChange>(&UserNo(*no)));
            assert!(row.unwrap().is_some(), "a change of {no} is gone");
        }
    }
}

proptest! {
    // No file of failures: it would lie where the workspace looks for crates.
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]
    // ID-REG-06 ID-REG-07 ID-VER-03 ID-VER-04 ID-ACT-06 ID-ACT-08 ID-ACT-09 ID-ACT-10
    // ID-UST-02 ID-UST-03 ID-EML-03 ID-EML-04 ID-EML-05 ID-MOD-02
    #[test]
    fn lives_go_as_the_reference_says(steps in prop::collection::vec(step(), 1..70)) {
        let mut run = Run::new();
        for step in &steps {
            run.step(step);
            run.collect();
            run.check();
        }
    }
}
