//! Random histories against what people may rely on: nobody is both rejected and
//! able to log in, no two accounts share an address, no address is verified without
//! proof, and only accepted accounts have a token that works.

use super::{code, root, seeded::histories};
use crate::{
    AccountState, ClientInfo, Keys, UserChange, access, admin,
    admin::Change,
    rows::{Password, User, by_email},
    rules::Rules,
    session, sign_up,
    sign_up::NewUser,
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
    /// Follows the n-th code that was ever mailed.
    Follow(usize),
    Resend(u8),
    Decide(u8, u8),
    LogIn(u8),
    Moderation(bool),
    Reset(u8),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..6u8).prop_map(Step::SignUp),
        4 => (0..20usize).prop_map(Step::Follow),
        1 => (0..6u8).prop_map(Step::Resend),
        5 => ((0..6u8), (0..8u8)).prop_map(|(who, what)| Step::Decide(who, what)),
        3 => (0..6u8).prop_map(Step::LogIn),
        1 => any::<bool>().prop_map(Step::Moderation),
        1 => (0..6u8).prop_map(Step::Reset),
    ]
}

/// Three addresses, each in two spellings.
fn address(n: u8) -> String {
    let local = ["ann", "bob", "eve"][usize::from(n / 2)];
    match n % 2 {
        0 => format!("{local}@example.org"),
        _ => format!("{}@Example.org", local.to_uppercase()),
    }
}

fn client() -> ClientInfo {
    ClientInfo {
        address: std::net::Ipv4Addr::LOCALHOST.into(),
        user_agent: String::new(),
    }
}

/// The table of ID-UST-02; None where it says nothing.
fn may(user: &User, change: &UserChange) -> Option<bool> {
    use AccountState::{Active, Inactive, Rejected, Unmoderated, Unverified};
    let state = user.state();
    Some(match change {
        UserChange::Accept => matches!(state, Unmoderated | Rejected),
        UserChange::Reject(_) => state == Unmoderated,
        UserChange::Verify => state == Unverified,
        UserChange::Activate => state == Inactive,
        UserChange::Deactivate(_) => matches!(state, Active | Inactive),
        UserChange::Delete => matches!(state, Unverified | Unmoderated | Rejected),
        _ => return None,
    })
}

struct Run {
    store: Store,
    settings: Settings,
    cx: Cx,
    /// Codes that were mailed, and to which address.
    codes: Vec<(String, String)>,
    /// Accounts whose address was proven, by a mailed code or an administrator.
    proven: BTreeSet<UserNo>,
}

impl Run {
    fn rules(&self) -> Rules {
        Rules {
            settings: Arc::new(self.settings.clone()),
            keys: Keys::from_bytes([7; 32]).unwrap(),
        }
    }

    fn write<T: Send + 'static>(
        &self,
        rule: impl Fn(&store::WriteTx, &Cx, &Rules) -> kernel::Result<T> + Send + 'static,
    ) -> kernel::Result<T> {
        let (cx, rules) = (self.cx.clone(), self.rules());
        self.store.write_blocking(move |tx| rule(tx, &cx, &rules))
    }

    fn user(&self, n: u8) -> Option<User> {
        self.store.read_now(|tx| by_email(tx, &address(n))).unwrap()
    }

    fn step(&mut self, step: &Step) {
        match step.clone() {
            Step::SignUp(n) => {
                let new = NewUser {
                    email: address(n),
                    first_name: String::new(),
                    last_name: String::new(),
                    language: "en".into(),
                    password_hash: "not looked at".into(),
                };
                let before = self.user(n);
                let made = self.write(move |tx, cx, r| {
                    sign_up::sign_up(tx, cx, r, &new, &sign_up::Along::default())
                });
                // Refused exactly when the address belongs to somebody.
                let taken = before.is_some_and(|user| sign_up::blocks(&user));
                assert_eq!(made.is_err(), taken);
            }
            Step::Follow(n) => {
                let Some((code, mailed_to)) = self.codes.get(n).cloned() else {
                    return;
                };
                let followed =
                    self.write(move |tx, cx, r| access::follow(tx, cx, r, &code, &client()));
                if let Ok((user, ..)) = followed {
                    assert_eq!(user.username, mailed_to, "proof of another address");
                    self.proven.insert(user.no);
                }
            }
            Step::Resend(n) => {
                if let Some(user) = self.user(n) {
                    let verified = user.email_verified;
                    let user = self.write(move |tx, cx, r| {
                        state::send_verification(tx, cx, r, &mut user.clone())
                    });
                    assert_eq!(user.is_err(), verified);
                }
            }
            Step::Decide(n, what) => self.decide(n, what),
            Step::LogIn(n) => {
                let Some(user) = self.user(n) else { return };
                let may = user.is_active && !user.is_rejected && user.email_verified;
                let hash = self
                    .store
                    .read_now(|tx| tx.get::<Password>(&user.no))
                    .unwrap()
                    .unwrap()
                    .hash;
                let right = Arc::new(access::Right {
                    who: crate::throttle::Who::Inside(user.username.clone()),
                    user,
                    hash,
                    better: None,
                });
                let (_, fresh) = self
                    .write(move |tx, cx, r| access::enter(tx, cx, r, &right, &client()))
                    .unwrap();
                assert_eq!(matches!(fresh, access::Entry::In(_)), may);
            }
            Step::Moderation(on) => self
                .settings
                .set("ASTAKOS_MODERATION_ENABLED", Value::Bool(on)),
            Step::Reset(n) => {
                if let Some(user) = self.user(n) {
                    self.write(move |tx, cx, r| access::request_reset(tx, cx, r, &user))
                        .unwrap();
                }
            }
        }
    }

    fn decide(&mut self, n: u8, what: u8) {
        let Some(user) = self.user(n) else { return };
        let change = match what {
            0 => UserChange::Accept,
            1 => UserChange::Reject("no".into()),
            2 => UserChange::Verify,
            3 => UserChange::Activate,
            4 => UserChange::Deactivate("off".into()),
            5 => UserChange::Delete,
            6 => UserChange::RenewToken,
            _ => UserChange::Email(address((n + 3) % 6)),
        };
        let verifies = matches!(change, UserChange::Verify);
        let allowed = may(&user, &change);
        let changes = vec![Change::Other(change)];
        let done =
            self.write(move |tx, cx, r| admin::modify(tx, cx, r, &root(), user.no, &changes));
        if let Some(allowed) = allowed {
            assert_eq!(done.is_ok(), allowed, "{what} of {:?}", user.state());
        }
        if verifies && done.is_ok() {
            self.proven.insert(user.no);
        }
    }

    fn collect(&mut self) {
        let mails = self
            .store
            .read_now(|tx| tx.outbox::<MailRequest>(TOPIC, 0, 10_000))
            .unwrap();
        for (_, mail) in mails {
            if let Some(code) = code(&mail)
                && !self.codes.iter().any(|(known, _)| *known == code)
            {
                self.codes.push((code, mail.to.to_lowercase()));
            }
        }
    }

    fn check(&self) {
        assert_eq!(self.store.read_now(verify).unwrap(), []);
        let mut addresses = BTreeMap::new();
        let users = self
            .store
            .read_now(|tx| tx.scan::<User>(None, 100))
            .unwrap();
        for user in users {
            assert!(
                addresses
                    .insert(user.email.to_lowercase(), user.no)
                    .is_none()
            );
            assert!(!(user.is_rejected && user.is_active));
            assert!(
                !user.email_verified || self.proven.contains(&user.no),
                "{user:?}"
            );
            assert!(!user.is_active || user.email_verified);
            let hash = user.token.as_ref().unwrap().hash;
            let caller = self
                .store
                .read_now(|tx| crate::token::owner(tx, &hash, self.cx.now));
            assert_eq!(caller.is_ok(), user.is_active);
            let sessions = self
                .store
                .read_now(|tx| tx.find::<crate::rows::Session>("user", &(user.no,), None, 100))
                .unwrap();
            for row in sessions {
                let live = self
                    .store
                    .read_now(|tx| session::live(tx, &self.cx, &self.rules(), &row.hash));
                assert_eq!(live.unwrap().is_some(), user.is_active);
            }
        }
    }
}

// ID-MOD-02 ID-UST-01 ID-UST-02 ID-UST-03 ID-REG-06 ID-VER-03 ID-SEC-31
#[test]
fn no_history_breaks_what_people_rely_on() {
    histories(96, prop::collection::vec(step(), 1..60), |steps| {
        let mut settings = Settings::default();
        settings.set(
            "ASTAKOS_BASE_URL",
            Value::Str("https://cloud.example.org".into()),
        );
        let mut run = Run {
            store: Store::in_memory().unwrap(),
            settings,
            cx: CxSource::fake().0.cx(),
            codes: Vec::new(),
            proven: BTreeSet::new(),
        };
        for step in &steps {
            run.step(step);
            run.collect();
            run.check();
        }
    });
}
