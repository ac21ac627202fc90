//! Random lives of accounts against a simple reference: registrations here and from
//! elsewhere, invitations, verifications, decisions by command, by page and by mailed
//! link, changes of address, login methods that come and go, new passwords, waiting,
//! tidying, and the store closed and opened again in between.
//!
//! After every step both must say the same of every account: address, state string,
//! login methods. And: nobody is rejected and able to log in, no two active accounts
//! share an address, no address is verified without proof, no invitation counts twice.

mod reference;
mod steps;

use super::{code, root, seeded::histories, text};
use crate::{
    Desk, Keys, UserView,
    admin::{self, Change},
    email_change, invitations,
    rows::{Session, User, methods},
    rules::Rules,
    session,
    sign_up::NewUser,
    token, users, verify,
};
use kernel::{
    Cx, CxSource, FakeClock, Origin, Settings, UserNo,
    mail::{MailRequest, TOPIC},
    settings::Value,
};
use proptest::prelude::*;
use reference::{DAY, Invited, Mailed, Reference, Reset};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use store::{Memory, Reads, Store};

/// Numbers name people there are, addresses, identities, and texts that were mailed,
/// counted from the newest.
#[derive(Clone, Debug)]
enum Step {
    /// With the n-th invitation, or without.
    SignUp(u8, Option<usize>),
    /// Follows the n-th verification link.
    Follow(usize),
    Resend(u8),
    /// Decides by the n-th link of a moderator.
    ByLink(usize, bool),
    /// An administrator accepts, rejects, switches off, switches on, verifies, deletes;
    /// by the page or by a command.
    Decide(u8, u8, bool),
    /// An administrator sets another address, by the page or by a command.
    SetEmail(u8, u8, bool),
    /// Asks for another address.
    Change(u8, u8),
    /// Agrees or refuses by the n-th key of a change.
    Answer(usize, bool),
    /// Somebody proves an identity and is not logged in.
    Arrive(u8),
    /// Fills in the form of the n-th arrival.
    OutsideSignUp(usize, u8),
    /// Somebody who is in proves an identity.
    AddMethod(u8, u8),
    /// Somebody who is in adds the identity of the n-th arrival.
    Adopt(u8, usize),
    RemoveMethod(u8, usize),
    Invite(u8, u8),
    AskReset(u8),
    /// Sets a password by the n-th link.
    UseReset(usize),
    LogIn(u8),
    Wait(u8),
    /// An administrator renews a token.
    Renew(u8),
    /// Those who come wait for a decision from now on, or do not.
    Moderation(bool),
    Tidy,
    /// Closes the store and opens it again.
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    let who = || 0..5u8;
    let to = || 0..10u8;
    let which = || 0..3u8;
    let act = prop_oneof![
        3 => Just(0u8), 2 => Just(1), 2 => Just(2), 4 => Just(3), 2 => Just(4), 1 => Just(5),
    ];
    let wait = prop_oneof![4 => Just(0u8), 3 => Just(1), 1 => Just(2), 1 => Just(3)];
    let yes = || prop::bool::weighted(0.85);
    prop_oneof![
        4 => (to(), prop::option::weighted(0.4, 0..2usize)).prop_map(|(n, i)| Step::SignUp(n, i)),
        8 => (0..2usize).prop_map(Step::Follow),
        1 => who().prop_map(Step::Resend),
        4 => ((0..3usize), any::<bool>()).prop_map(|(n, yes)| Step::ByLink(n, yes)),
        7 => (who(), act, any::<bool>()).prop_map(|(n, what, page)| Step::Decide(n, what, page)),
        1 => (who(), to(), any::<bool>()).prop_map(|(n, to, page)| Step::SetEmail(n, to, page)),
        4 => (who(), to()).prop_map(|(n, to)| Step::Change(n, to)),
        10 => ((0..2usize), yes()).prop_map(|(n, yes)| Step::Answer(n, yes)),
        5 => which().prop_map(Step::Arrive),
        5 => ((0..2usize), to()).prop_map(|(n, to)| Step::OutsideSignUp(n, to)),
        3 => (who(), which()).prop_map(|(n, i)| Step::AddMethod(n, i)),
        2 => (who(), 0..3usize).prop_map(|(n, i)| Step::Adopt(n, i)),
        2 => (who(), 0..3usize).prop_map(|(n, i)| Step::RemoveMethod(n, i)),
        3 => (who(), to()).prop_map(|(n, to)| Step::Invite(n, to)),
        3 => who().prop_map(Step::AskReset),
        3 => (0..2usize).prop_map(Step::UseReset),
        4 => who().prop_map(Step::LogIn),
        1 => wait.prop_map(Step::Wait),
        1 => who().prop_map(Step::Renew),
        1 => yes().prop_map(Step::Moderation),
        1 => Just(Step::Tidy),
        1 => Just(Step::Reopen),
    ]
}

/// The n-th, counted from the newest.
fn newest<T: Clone>(all: &[T], n: usize) -> Option<T> {
    all.iter().rev().nth(n).cloned()
}

/// Five addresses, each in two spellings.
fn address(n: u8) -> String {
    let local = ["ann", "bob", "eve", "kim", "zoe"][usize::from(n / 2)];
    match n % 2 {
        0 => format!("{local}@example.org"),
        _ => format!("{}@Example.org", local.to_uppercase()),
    }
}

/// Two identities of each of two modules.
fn identity(n: u8) -> (String, String) {
    let module = ["google", "twitter"][usize::from(n / 2)];
    (module.to_owned(), format!("{module} {n}"))
}

struct Run {
    memory: Memory,
    store: Store,
    rules: Rules,
    source: CxSource,
    clock: Arc<FakeClock>,
    desk: Desk,
    /// The administrator who sits at the desk.
    administrator: u64,
    /// Mails read so far.
    told: u64,
    wanted: Reference,
}

fn settings() -> Settings {
    let names = |all: &[&str]| Value::List(all.iter().map(|name| text(name)).collect());
    let per_level = vec![
        (Value::Int(4), Value::Int(2)),
        (Value::Int(5), Value::Int(1)),
    ];
    let mut settings = Settings::default();
    for (name, value) in [
        ("ASTAKOS_BASE_URL", text("https://cloud.example.org")),
        ("ASTAKOS_MODERATION_ENABLED", Value::Bool(true)),
        ("ASTAKOS_EMAILCHANGE_ENABLED", Value::Bool(true)),
        ("ASTAKOS_INVITATIONS_ENABLED", Value::Bool(true)),
        ("ASTAKOS_INVITATIONS_PER_LEVEL", Value::Dict(per_level)),
        ("ASTAKOS_IM_MODULES", names(&["local", "google", "twitter"])),
        (
            "ASTAKOS_AUTH_PROVIDER_GOOGLE_AUTOMODERATE_POLICY",
            Value::Bool(true),
        ),
        ("ASTAKOS_RE_USER_EMAIL_PATTERNS", names(&["bob@"])),
        (
            "ACCOUNT_PENDING_MODERATION_RECIPIENTS",
            super::people(&["staff@staff.example", "help@staff.example"]),
        ),
    ] {
        settings.set(name, value);
    }
    settings
}

impl Run {
    fn new() -> Self {
        let memory = Memory::default();
        let (source, clock) = CxSource::fake();
        let rules = Rules {
            settings: Arc::new(settings()),
            keys: Keys::from_bytes([7; 32]).unwrap(),
        };
        let store = Store::open_backend(memory.clone()).unwrap();
        let (cx, r) = (source.cx(), rules.clone());
        let boss = store.write_blocking(move |tx| boss(tx, &cx, &r)).unwrap();
        let origin = Origin::user(boss.uuid, &boss.email, "192.0.2.9", None);
        Run {
            desk: Desk::of(&rules.settings, &boss, origin).unwrap(),
            administrator: boss.no.0,
            memory,
            store,
            rules,
            source,
            clock,
            told: 0,
            wanted: Reference {
                moderation: true,
                ..Reference::default()
            },
        }
    }

    fn cx(&self) -> Cx {
        self.source.cx()
    }

    fn write<T: Send + 'static>(
        &self,
        rule: impl Fn(&store::WriteTx, &Cx, &Rules) -> kernel::Result<T> + Send + 'static,
    ) -> kernel::Result<T> {
        let (cx, rules) = (self.cx(), self.rules.clone());
        self.store.write_blocking(move |tx| rule(tx, &cx, &rules))
    }

    /// The n-th account there is.
    fn at(&self, n: u8) -> Option<User> {
        let people = &self.wanted.people;
        let no = people.keys().nth(usize::from(n) % people.len().max(1))?;
        self.store.read_now(|tx| tx.get(&UserNo(*no))).unwrap()
    }

    /// Somebody who is in.
    fn inside(&self, n: u8) -> Option<User> {
        let user = self.at(n)?;
        self.wanted.people[&user.no.0].active.then_some(user)
    }

    fn reopen(&mut self) {
        self.store.close();
        self.store = Store::open_backend(self.memory.clone()).unwrap();
    }

    /// Reads the mails since the last look into the reference.
    fn collect(&mut self) {
        let mails = self
            .store
            .read_now(|tx| tx.outbox::<MailRequest>(TOPIC, self.told, 10_000))
            .unwrap();
        for (seq, mail) in mails {
            self.told = seq;
            let about = mail.context.get("user");
            let about = about.and_then(|user| user["id"].as_u64());
            self.read(&mail, about.unwrap());
        }
    }

    fn read(&mut self, mail: &MailRequest, about: u64) {
        let at = self.cx().now;
        let mailed = |text: String| Mailed { text, at };
        let url = mail.context.get("url").and_then(|url| url.as_str());
        let tail = || url.unwrap().rsplit(['/', '=']).next().unwrap().to_owned();
        let wanted = &mut self.wanted;
        if let Some(code) = code(mail) {
            if let Some(person) = wanted.people.get_mut(&about) {
                assert_eq!(mail.to, person.email, "a code to another address");
                person.code = Some(mailed(code.clone()));
            }
            wanted.codes.push(code);
        }
        match mail.template.as_str() {
            "im/account_pending_moderation_notification" => {
                wanted.links.push((mailed(tail()), about));
            }
            "im/invitation" => wanted.invited.push(Invited {
                inviter: about,
                email: mail.to.clone(),
                code: tail(),
                used: false,
            }),
            "registration/password_email" => {
                let person = &wanted.people[&about];
                assert_eq!(url.is_some(), person.active && person.has("local"));
                if let Some(url) = url {
                    let link = mailed(url.to_owned());
                    let (no, there) = (about, true);
                    wanted.resets.push(Reset { link, no, there });
                }
            }
            "registration/email_change_email_new_email" => self.key(0, about, tail(), &mail.to),
            "registration/email_change_email_old_email" => self.key(1, about, tail(), &mail.to),
            _ => {}
        }
    }

    fn key(&mut self, side: usize, about: u64, key: String, to: &str) {
        let waiting = self.wanted.waiting.get_mut(&about).unwrap();
        waiting.keys[side].clone_from(&key);
        let address = [&waiting.to, &self.wanted.people[&about].email][side];
        assert_eq!(to, address, "a key to another address");
        self.wanted.keys.push(key);
    }

    /// Compares all accounts with the reference; `deep`: and every table with itself.
    fn check(&self, deep: bool) {
        self.store
            .read_now(|tx| {
                if deep {
                    assert_eq!(verify(tx)?, []);
                    assert_eq!(quota::verify(tx)?, []);
                }
                self.check_people(tx)?;
                self.check_sessions(tx)?;
                for (no, waiting) in &self.wanted.waiting {
                    let row = tx.get::<email_change::EmailChange>(&UserNo(*no))?;
                    let live = self.cx().now < waiting.at + 10 * DAY;
                    assert!(row.is_some() || !live, "a change of {no} is gone");
                }
                let invited = tx.scan::<invitations::Invitation>(None, 100)?;
                let used: Vec<bool> = invited.iter().map(|row| row.consumed.is_some()).collect();
                let wanted: Vec<bool> = self.wanted.invited.iter().map(|one| one.used).collect();
                assert_eq!(used, wanted);
                Ok(())
            })
            .unwrap();
    }

    fn check_people(&self, tx: &store::ReadTx) -> kernel::Result<()> {
        let mut active = BTreeSet::new();
        let mut seen = BTreeMap::new();
        for user in tx.scan::<User>(None, 100)? {
            if user.no.0 == self.administrator {
                continue;
            }
            assert!(!user.is_active || active.insert(user.email.to_lowercase()));
            if user.email_verified {
                let proof = (user.no.0, user.username.clone());
                assert!(self.wanted.proven.contains(&proof), "unproven: {user:?}");
            }
            let hash = user.token.as_ref().unwrap().hash;
            let may = token::owner(tx, &hash, self.cx().now).is_ok();
            assert!(!(user.is_rejected && (user.is_active || may)), "{user:?}");
            assert_eq!(may, user.is_active);
            let ways = methods(tx, user.no)?;
            let ways: BTreeSet<_> = ways.into_iter().map(|m| (m.module, m.identifier)).collect();
            let status = users::status(&user);
            seen.insert(user.no.0, (user.email, status, ways, user.invitations));
        }
        let wanted = self.wanted.people.iter().map(|(no, one)| {
            let ways = one.methods.iter().cloned().collect();
            (
                *no,
                (one.email.clone(), one.status(), ways, one.invitations),
            )
        });
        assert_eq!(seen, wanted.collect());
        Ok(())
    }

    fn check_sessions(&self, tx: &store::ReadTx) -> kernel::Result<()> {
        for row in tx.scan::<Session>(None, 1000)? {
            let user: User = tx.must(&row.user, "a session of nobody")?;
            let live = session::live(tx, &self.cx(), &self.rules, &row.hash)?;
            let wanted = user.is_active && self.cx().now < row.expires;
            assert_eq!(live.is_some(), wanted, "{user:?} {row:?}");
            assert!(live.is_none() || !user.is_rejected, "{user:?}");
        }
        Ok(())
    }
}

/// The administrator whose desk the page is.
fn boss(tx: &store::WriteTx, cx: &Cx, r: &Rules) -> kernel::Result<UserView> {
    let new = NewUser {
        email: "boss@staff.example".into(),
        first_name: String::new(),
        last_name: String::new(),
        language: "en".into(),
        password_hash: "not looked at".into(),
    };
    let change = [Change::Other(crate::UserChange::Admin(true))];
    let user = admin::enrol(tx, cx, r, &root(), &new, &change)?;
    for (seq, _) in tx.outbox::<MailRequest>(TOPIC, 0, 100)? {
        tx.ack_one(TOPIC, seq)?;
    }
    users::view(tx, user)
}

// ID-REG-06 ID-REG-07 ID-REG-14 ID-VER-03 ID-VER-04 ID-VER-06 ID-ACT-02 ID-ACT-03 ID-ACT-04
// ID-ACT-06 ID-ACT-08 ID-ACT-09 ID-ACT-10 ID-UST-01 ID-UST-02 ID-UST-03 ID-UST-10 ID-EML-03
// ID-EML-04 ID-EML-05 ID-INV-03 ID-INV-04 ID-INV-05 ID-PRV-10 ID-PRV-13 ID-PRV-14 ID-PWD-03
// ID-MOD-02 ID-MOD-03 ID-MOD-05 ID-ACT-01 ID-SEC-31
#[test]
fn lives_go_as_the_reference_says() {
    let steps = prop::collection::vec(step(), 1..200);
    histories(48, steps, |steps| {
        let mut run = Run::new();
        for (n, step) in steps.iter().enumerate() {
            run.step(step);
            run.collect();
            run.check(n % 8 == 7 || n + 1 == steps.len());
        }
    });
}
