use crate::{resource as r, *};
use kernel::{CxSource, Error, UserId};
use proptest::prelude::*;
use std::{collections::BTreeMap, sync::Arc};
use store::{Reads, Store};

fn person(n: u8) -> UserId {
    UserId(uuid::Uuid::from_bytes([n; 16]))
}

async fn with_limit(user: UserId, limit: u64) -> Store {
    let store = Store::in_memory().unwrap();
    store
        .write(move |tx| {
            open_system_project(tx, user)?;
            let project = project_source(user.own_project());
            set_limit(tx, &user_holder(user), &project, r::VM, limit)
        })
        .await
        .unwrap();
    store
}

fn vm(user: UserId, amount: i64) -> Delta {
    Delta {
        user,
        project: user.own_project(),
        resource: r::VM,
        amount,
    }
}

// CY-QTA-07 PI-QTA-07
#[tokio::test]
async fn a_refusal_names_the_resource_and_the_amounts() {
    let user = person(1);
    let store = with_limit(user, 2).await;
    let spend = move |n| {
        store_write(store.clone(), move |tx| {
            charge_all(tx, &[vm(user, n)], false)
        })
    };
    spend(1).await.unwrap();
    let error = spend(2).await.unwrap_err();
    let Error::OverQuota { message, details } = error else {
        panic!("{error:?}")
    };
    assert_eq!(message, "Resource Limit Exceeded for your account.");
    assert_eq!(
        details,
        "Limit for resource 'Virtual Machine' exceeded for your account. Available: 1, Requested: 2"
    );
    spend(1).await.unwrap();
}

async fn store_write<T: Send + 'static>(
    store: Store,
    f: impl Fn(&store::WriteTx) -> kernel::Result<T> + Send + 'static,
) -> kernel::Result<T> {
    store.write(f).await
}

// ID-COM-02 ID-COM-03 ID-QTA-01
#[tokio::test]
async fn commissions_reserve_and_settle() {
    let user = person(2);
    let store = with_limit(user, 10).await;
    let cx = CxSource::fake().0.cx();
    let go = |n: i64, force: bool| {
        let cx = cx.clone();
        store_write(store.clone(), move |tx| {
            issue(tx, &cx, "t", &[vm(user, n)], force)
        })
    };
    let seen = || {
        store
            .read_now(|tx| usage_in(tx, user, user.own_project(), r::VM))
            .unwrap()
    };
    let first = go(5, false).await.unwrap();
    assert_eq!((seen().usage, seen().pending), (5, 5));
    assert!(matches!(go(6, false).await, Err(Error::OverQuota { .. })));
    store_write(store.clone(), move |tx| settle(tx, first, true))
        .await
        .unwrap();
    assert_eq!((seen().usage, seen().pending), (5, 0));
    let back = go(-5, false).await.unwrap();
    assert_eq!((seen().usage, seen().pending), (5, 5));
    store_write(store.clone(), move |tx| settle(tx, back, false))
        .await
        .unwrap();
    assert_eq!((seen().usage, seen().pending), (5, 0));
    // Force passes limits, but nothing releases what is not held.
    let forced = go(20, true).await.unwrap();
    assert!(go(-1000, true).await.is_err());
    store_write(store.clone(), move |tx| settle(tx, forced, false))
        .await
        .unwrap();
    assert!(matches!(
        store_write(store.clone(), move |tx| settle(tx, forced, true)).await,
        Err(Error::NotFound { .. })
    ));
    assert_eq!(store.read_now(verify).unwrap(), vec![]);
}

// ID-QTA-03: the project's limit binds as well as the user's.
#[tokio::test]
async fn the_project_level_counts() {
    let user = person(3);
    let store = with_limit(user, 10).await;
    store
        .write(move |tx| {
            set_limit(tx, &project_source(user.own_project()), "", r::VM, 1)?;
            charge(tx, user, user.own_project(), r::VM, 1, false)
        })
        .await
        .unwrap();
    let refused = store
        .write(move |tx| charge(tx, user, user.own_project(), r::VM, 1, false))
        .await;
    assert!(matches!(refused, Err(Error::OverQuota { .. })));
    let seen = store
        .read_now(|tx| usage_in(tx, user, user.own_project(), r::VM))
        .unwrap();
    assert_eq!((seen.usage, seen.available()), (1, 0));
}

#[tokio::test]
async fn a_stranger_to_the_project_is_told_so() {
    let (user, other) = (person(4), person(5));
    let store = with_limit(user, 1).await;
    let refused = store
        .write(move |tx| charge(tx, other, user.own_project(), r::VM, 1, false))
        .await
        .unwrap_err();
    assert_eq!(
        refused.to_string(),
        format!("User {other} not in project {}", user.own_project())
    );
}

// Acceptance check 4 of quotas: exactly the limit succeeds.
#[tokio::test]
async fn concurrent_charges_stop_at_the_limit() {
    let user = person(6);
    let store = with_limit(user, 50).await;
    store
        .write(move |tx| set_limit(tx, &project_source(user.own_project()), "", r::VM, 1000))
        .await
        .unwrap();
    let all: Vec<_> = (0..100)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(store_write(store, move |tx| {
                charge_all(tx, &[vm(user, 1)], false)
            }))
        })
        .collect();
    let mut won = 0;
    for one in all {
        won += usize::from(one.await.unwrap().is_ok());
    }
    assert_eq!(won, 50);
}

// ID-NFR-02: issued, accepted and rejected by many at once, a hot project is charged as if
// it were one after the other: never past the limit, and in the end what was accepted.
#[tokio::test(flavor = "multi_thread")]
async fn a_hot_project_is_charged_as_if_by_one() {
    let user = person(9);
    let store = with_limit(user, 30).await;
    store
        .write(move |tx| set_limit(tx, &project_source(user.own_project()), "", r::VM, 30))
        .await
        .unwrap();
    let cx = CxSource::fake().0.cx();
    let tasks = (0..120).map(|n: u64| {
        let (store, cx) = (store.clone(), cx.clone());
        tokio::spawn(async move {
            let issued = store.write(move |tx| issue(tx, &cx, "t", &[vm(user, 1)], false));
            let Ok(serial) = issued.await else {
                return (0, None);
            };
            let seen = store.read_now(|tx| usage_in(tx, user, user.own_project(), r::VM));
            let seen = seen.unwrap();
            assert!(seen.usage <= 30 && seen.pending <= seen.usage, "{seen:?}");
            let accept = !n.is_multiple_of(3);
            let settled = store.write(move |tx| settle(tx, serial, accept));
            settled.await.unwrap();
            (u64::from(accept), Some(serial))
        })
    });
    let (mut accepted, mut serials) = (0, std::collections::BTreeSet::new());
    for task in tasks.collect::<Vec<_>>() {
        let (one, serial) = task.await.unwrap();
        accepted += one;
        assert!(
            serial.is_none_or(|serial| serials.insert(serial)),
            "a serial twice"
        );
    }
    assert!(serials.len() >= 30, "{}", serials.len());
    let seen = store.read_now(|tx| usage_in(tx, user, user.own_project(), r::VM));
    let seen = seen.unwrap();
    assert_eq!((seen.usage, seen.pending), (accepted, 0));
    assert_eq!(store.read_now(verify).unwrap(), vec![]);
}

// ID-INT-03: a thing and its provisional charge are stored together or not at all; whoever
// crashed in between settles later by the serial.
#[tokio::test]
async fn a_thing_and_its_charge_are_one_transaction() {
    let user = person(10);
    let memory = store::Memory::default();
    let open = || Store::open_backend(memory.clone()).unwrap();
    let store = open();
    store
        .write(move |tx| {
            open_system_project(tx, user)?;
            let project = project_source(user.own_project());
            set_limit(tx, &user_holder(user), &project, r::VM, 2)
        })
        .await
        .unwrap();
    let cx = CxSource::fake().0.cx();
    let make = async |store: &Store, amount: i64, fail: bool| {
        let cx = cx.clone();
        let made = store.write(move |tx| {
            let thing = tx.next_id("things")?;
            let serial = issue(tx, &cx, "a thing", &[vm(user, amount)], false)?;
            match fail {
                true => Err(Error::conflict("changed my mind")),
                false => Ok((thing, serial)),
            }
        });
        made.await
    };
    let there = |store: &Store| {
        let seen = |tx: &store::ReadTx| {
            let usage = usage_in(tx, user, user.own_project(), r::VM)?;
            Ok((tx.last_id("things")?, usage.usage, usage.pending))
        };
        store.read_now(seen).unwrap()
    };
    assert!(make(&store, 1, true).await.is_err());
    // No thing without its charge.
    assert!(matches!(
        make(&store, 3, false).await,
        Err(Error::OverQuota { .. })
    ));
    assert_eq!(there(&store), (0, 0, 0));
    let (_, serial) = make(&store, 2, false).await.unwrap();
    store.close();
    let store = open();
    assert_eq!(there(&store), (1, 2, 2));
    let pending = store.read_now(|tx| commissions(tx, None, 10)).unwrap();
    assert_eq!(
        pending.iter().map(|one| one.serial).collect::<Vec<_>>(),
        [serial]
    );
    store
        .write(move |tx| settle(tx, serial, true))
        .await
        .unwrap();
    assert_eq!(there(&store), (1, 2, 0));
    assert_eq!(store.read_now(verify).unwrap(), vec![]);
}

// ID-INT-06: limits are read at each charge and remembered by nobody.
#[tokio::test]
async fn a_changed_limit_counts_at_the_next_charge() {
    let user = person(11);
    let store = with_limit(user, 0).await;
    let charge = || {
        store_write(store.clone(), move |tx| {
            charge_all(tx, &[vm(user, 1)], false)
        })
    };
    let limit = |n: u64| {
        store_write(store.clone(), move |tx| {
            let project = project_source(user.own_project());
            set_limit(tx, &user_holder(user), &project, r::VM, n)
        })
    };
    for (allowed, works) in [
        (0, false),
        (1, true),
        (1, false),
        (2, true),
        (1, false),
        (3, true),
    ] {
        limit(allowed).await.unwrap();
        assert_eq!(charge().await.is_ok(), works, "{allowed}");
    }
}

// ID-RES-05 ID-RES-07
#[tokio::test]
async fn defaults_reach_new_projects_only() {
    let store = with_limit(person(7), 3).await;
    store
        .write(|tx| {
            set_system_default(tx, r::CPU, 99)?;
            open_system_project(tx, person(7))?;
            open_system_project(tx, person(8))
        })
        .await
        .unwrap();
    let limit = |user: UserId| {
        store
            .read_now(|tx| usage_in(tx, user, user.own_project(), r::CPU))
            .unwrap()
            .limit
    };
    assert_eq!((limit(person(7)), limit(person(8))), (16, 99));
    assert!(
        store
            .write(|tx| set_system_default(tx, "no.such", 1))
            .await
            .is_err()
    );
    assert_eq!(store.read_now(catalogue).unwrap().len(), 10);
}

#[derive(Clone, Debug)]
enum Step {
    Charge(u8, i64, bool),
    Issue(u8, i64, bool),
    Settle(usize, bool),
    Limit(u8, u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (0u8..2, -6i64..12, any::<bool>()).prop_map(|(u, n, f)| Step::Charge(u, n, f)),
        (0u8..2, -6i64..12, any::<bool>()).prop_map(|(u, n, f)| Step::Issue(u, n, f)),
        (0usize..8, any::<bool>()).prop_map(|(i, a)| Step::Settle(i, a)),
        (0u8..2, 0u64..30).prop_map(|(u, n)| Step::Limit(u, n)),
    ]
}

/// The ledger as plain integers: per user (min, max, limit), one shared project.
#[derive(Default)]
struct Model {
    users: BTreeMap<u8, (i64, i64, i64)>,
    project: (i64, i64, i64),
    pending: Vec<(u64, u8, i64)>,
}

impl Model {
    fn reserve(&mut self, user: u8, n: i64, force: bool) -> bool {
        let mine = self.users.entry(user).or_default();
        let fits = |h: &(i64, i64, i64)| {
            if n > 0 {
                force || h.1 + n <= h.2
            } else {
                h.0 + n >= 0
            }
        };
        if n == 0 {
            return true;
        }
        if !fits(mine) || !fits(&self.project) {
            return false;
        }
        for held in [mine, &mut self.project] {
            if n > 0 { held.1 += n } else { held.0 += n }
        }
        true
    }

    fn settle(&mut self, user: u8, n: i64, accept: bool) {
        for held in [self.users.entry(user).or_default(), &mut self.project] {
            match (n > 0, accept) {
                (true, true) | (false, false) => held.0 += n.abs(),
                _ => held.1 -= n.abs(),
            }
        }
    }
}

fn delta(user: u8, amount: i64) -> Delta {
    Delta {
        user: person(user),
        project: person(9).own_project(),
        resource: r::VM,
        amount,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]
    // ID-COM-02 ID-COM-03: any sequence agrees with plain integers.
    #[test]
    fn the_ledger_is_integer_arithmetic(steps in prop::collection::vec(step(), 1..40)) {
        let store = Store::in_memory().unwrap();
        let project = project_source(person(9).own_project());
        let mut model = Model { project: (0, 0, 20), ..Model::default() };
        let named = project.clone();
        store.write_blocking(move |tx| {
            set_limit(tx, &named, "", r::VM, 20)?;
            (0..2).try_for_each(|u| set_limit(tx, &user_holder(person(u)), &named, r::VM, 0))
        }).unwrap();
        let cx = CxSource::fake().0.cx();
        let cx = Arc::new(cx);
        for step in steps {
            match step {
                Step::Charge(u, n, force) => {
                    let got = store.write_blocking(move |tx| charge_all(tx, &[delta(u, n)], force));
                    let want = model.reserve(u, n, force);
                    if want && n != 0 { model.settle(u, n, true); }
                    prop_assert_eq!(got.is_ok(), want);
                }
                Step::Issue(u, n, force) => {
                    let cx = cx.clone();
                    let got = store.write_blocking(move |tx| issue(tx, &cx, "m", &[delta(u, n)], force));
                    prop_assert_eq!(got.is_ok(), model.reserve(u, n, force));
                    if let Ok(serial) = got { model.pending.push((serial, u, n)); }
                }
                Step::Settle(i, accept) if i < model.pending.len() => {
                    let (serial, u, n) = model.pending.remove(i);
                    store.write_blocking(move |tx| settle(tx, serial, accept)).unwrap();
                    if n != 0 { model.settle(u, n, accept); }
                }
                Step::Settle(..) => {}
                Step::Limit(u, n) => {
                    let named = project.clone();
                    store.write_blocking(move |tx| set_limit(tx, &user_holder(person(u)), &named, r::VM, n)).unwrap();
                    model.users.entry(u).or_default().2 = n as i64;
                }
            }
            for (u, (min, max, limit)) in &model.users {
                let seen = store.read_now(|tx| usage_in(tx, person(*u), person(9).own_project(), r::VM)).unwrap();
                prop_assert_eq!((seen.usage as i64, seen.pending as i64, seen.limit as i64), (*max, max - min, *limit));
                prop_assert_eq!((seen.project_usage as i64, seen.project_pending as i64), (model.project.1, model.project.1 - model.project.0));
            }
            prop_assert_eq!(store.read_now(verify).unwrap(), vec![]);
        }
        let left = store.read_now(|tx| commissions(tx, None, 100)).unwrap();
        prop_assert_eq!(left.len(), model.pending.len());
        prop_assert!(store.read_now(|tx| tx.get::<Commission>(&0)).unwrap().is_none());
    }
}
