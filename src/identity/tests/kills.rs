//! The power goes again and again while people sign up, are switched off and on, renew
//! their tokens and are charged: what was answered is there, what was not is whole or
//! absent, and quota is what the accounts say.

#[path = "../../store/tests/it/disk.rs"]
mod disk;

use super::{seeded::seed, text};
use crate::{
    Keys, limits,
    rows::{Session, User, by_email},
    rules::Rules,
    session,
    sign_up::{Along, NewUser, sign_up},
    state, token, verify,
};
use disk::Disk;
use kernel::{Cx, CxSource, Result, Settings, settings::Value};
use quota::{Delta, resource::VM};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use std::sync::Arc;
use store::{Reads, Store, WriteTx};

const KILLS: u64 = 1000;
const PEOPLE: usize = 5;
/// What one person goes through between two registrations.
const ROUND: u32 = 8;

fn rules() -> Rules {
    let mut settings = Settings::default();
    settings.set("ASTAKOS_BASE_URL", text("https://cloud.example.org"));
    settings.set("ASTAKOS_SKIP_EMAIL_VERIFICATION", Value::Bool(true));
    Rules {
        settings: Arc::new(settings),
        keys: Keys::from_bytes([7; 32]).unwrap(),
    }
}

fn address(person: usize) -> String {
    format!("person{person}@example.org")
}

fn vm(user: &User, amount: i64) -> [Delta; 1] {
    [Delta {
        user: user.uuid,
        project: user.uuid.own_project(),
        resource: VM,
        amount,
    }]
}

/// The n-th thing that happens to a person; how often something happened stands in the
/// account, in the same transaction.
fn act(tx: &WriteTx, cx: &Cx, r: &Rules, person: usize, n: u32) -> Result<()> {
    let there = by_email(tx, &address(person))?;
    let mut user = match there {
        Some(user) => user,
        None => {
            let new = NewUser {
                email: address(person),
                first_name: String::new(),
                last_name: String::new(),
                language: "en".into(),
                password_hash: "not looked at".into(),
            };
            sign_up(tx, cx, r, &new, &Along::default())?.0
        }
    };
    match n % ROUND {
        1 => quota::charge_all(tx, &vm(&user, 2), false)?,
        // Left open until the next.
        2 => drop(quota::issue(tx, cx, "kills", &vm(&user, 1), false)?),
        3 => {
            for open in quota::commissions(tx, None, 100)? {
                let own = quota::user_holder(user.uuid);
                if open.provisions.iter().any(|one| one.holder == own) {
                    quota::settle(tx, open.serial, true)?;
                }
            }
        }
        4 => drop(state::deactivate(tx, cx, &mut user, "for a while")?),
        5 => drop(state::activate(tx, cx, &mut user)?),
        6 => token::renew(tx, cx, r, &mut user)?,
        7 => quota::charge_all(tx, &vm(&user, -3), true)?,
        _ => drop(session::open(tx, cx, r, &user, &super::HERE, false)?),
    }
    user.invitations = n;
    tx.put(&user)
}

/// How far everybody is, once all that is stored was looked at; `told` is what was answered.
fn check(store: &Store, told: &[u32]) -> Vec<u32> {
    let look = |tx: &store::ReadTx| {
        assert_eq!(verify(tx)?, []);
        assert_eq!(quota::verify(tx)?, []);
        // What `quota-verify` compares.
        assert_eq!(limits::check(tx)?, []);
        let mut all = Vec::new();
        for (person, told) in told.iter().enumerate() {
            let Some(user) = by_email(tx, &address(person))? else {
                assert_eq!(*told, 0, "{person} is lost");
                all.push(0);
                continue;
            };
            let n = user.invitations;
            assert!((*told..=told + 1).contains(&n), "{n} of {told}");
            assert_eq!(user.is_active, n % ROUND != 4);
            let own = user.uuid.own_project();
            let held = quota::usage_in(tx, user.uuid, own, VM)?;
            let wanted = match n % ROUND {
                0 | 7 => (0, 0),
                1 => (2, 0),
                2 => (3, 1),
                _ => (3, 0),
            };
            assert_eq!((held.usage, held.pending), wanted, "after {n}");
            let sessions = tx.find::<Session>("user", &(user.no,), None, 1000)?;
            assert!(user.is_active || sessions.is_empty());
            all.push(n);
        }
        Ok(all)
    };
    store.read_now(look).unwrap()
}

/// Everybody at once, until the power goes.
async fn live(store: &Store, source: &CxSource, told: &mut [u32]) {
    let rules = rules();
    let people: Vec<_> = told
        .iter()
        .copied()
        .enumerate()
        .map(|(person, done)| {
            let (store, rules, source) = (store.clone(), rules.clone(), source.clone());
            tokio::spawn(async move {
                for n in done + 1..done + 12 {
                    let (cx, rules) = (source.cx(), rules.clone());
                    let done = store.write(move |tx| act(tx, &cx, &rules, person, n)).await;
                    if done.is_err() {
                        return n - 1;
                    }
                }
                done + 11
            })
        })
        .collect();
    for (person, told) in people.into_iter().zip(told) {
        *told = person.await.unwrap();
    }
}

// ID-NFR-03 ID-CON-01: the acceptance check of non-functional requirements
#[test]
fn a_thousand_kills_leave_accounts_and_quota_in_order() {
    let seed = seed();
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let runtime = runtime.unwrap();
    let mut rng = StdRng::seed_from_u64(seed);
    let (source, _) = CxSource::fake();
    // A store that was made completely.
    let disk = Disk::new(Vec::new(), None);
    Store::open_backend(disk.clone()).unwrap().close();
    let mut image = disk.cut(&mut rng);
    let (mut done, mut answered) = (vec![0; PEOPLE], 0);
    for kill in 0..KILLS {
        let disk = Disk::new(image, Some(rng.random_range(1..=150)));
        let before = done.clone();
        if let Ok(store) = Store::open_backend(disk.clone()) {
            runtime.block_on(live(&store, &source, &mut done));
        }
        answered += done.iter().sum::<u32>() - before.iter().sum::<u32>();
        image = disk.cut(&mut rng);
        let there = Store::open_backend(Disk::new(image.clone(), None));
        let there = there.unwrap_or_else(|error| panic!("SEED={seed}, kill {kill}: {error}"));
        done = check(&there, &done);
    }
    assert!(
        answered > 1000,
        "only {answered} acts were answered: no load"
    );
}
