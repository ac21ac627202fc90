//! Random changes against plain vectors: versions, figures, listings, quota.

use super::*;
use kernel::Settings;
use proptest::prelude::*;
use std::collections::BTreeSet;

#[derive(Clone, Debug)]
enum Step {
    Put { name: String, size: u64, fill: u8 },
    Meta { name: String },
    Delete { name: String },
    Purge { name: String, back: usize },
    PurgeAll { back: usize },
    Empty { prefix: String },
    Versioning { keep: bool },
}

fn name() -> impl Strategy<Value = String> {
    "[abφ/]{1,4}"
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (name(), 0..3u64, 1..4u8).prop_map(|(name, n, fill)| Step::Put {
            name, size: n * ::blocks::BLOCK_BYTES * 2 + u64::from(fill), fill,
        }),
        2 => name().prop_map(|name| Step::Meta { name }),
        3 => name().prop_map(|name| Step::Delete { name }),
        1 => (name(), 0..8usize).prop_map(|(name, back)| Step::Purge { name, back }),
        1 => (0..8usize).prop_map(|back| Step::PurgeAll { back }),
        1 => "[ab]{0,1}".prop_map(|prefix| Step::Empty { prefix }),
        1 => any::<bool>().prop_map(|keep| Step::Versioning { keep }),
    ]
}

/// One version in the model; size none for a deletion.
#[derive(Clone, Debug)]
struct Past {
    mtime: Micros,
    size: Option<u64>,
}

#[derive(Default)]
struct Model {
    names: BTreeMap<String, Vec<Past>>,
    drop_old: bool,
}

impl Model {
    fn live(&self, name: &str) -> Option<u64> {
        self.names.get(name)?.last()?.size
    }

    fn push(&mut self, name: &str, past: Past) {
        let all = self.names.entry(name.to_owned()).or_default();
        if self.drop_old && all.last().is_some_and(|p| p.size.is_some()) {
            all.pop();
        }
        all.push(past);
    }

    fn purge(&mut self, name: Option<&str>, until: Micros) {
        for (one, all) in &mut self.names {
            if name.is_none_or(|name| name == one) {
                let last = all.len() - 1;
                let mut index = 0;
                all.retain(|past| {
                    let current = index == last && past.size.is_some();
                    index += 1;
                    past.mtime > until || (current && name.is_none())
                });
            }
        }
        self.names.retain(|_, all| !all.is_empty());
    }

    /// Names and sizes as they were just before an instant.
    fn at(&self, until: Micros) -> Vec<(String, u64)> {
        let then = self.names.iter().filter_map(|(name, all)| {
            let past = all.iter().rev().find(|past| past.mtime < until)?;
            Some((name.clone(), past.size?))
        });
        then.collect()
    }
}

async fn apply(world: &World, alice: &Caller, c: &ContainerPath, model: &mut Model, step: &Step) {
    world.tick();
    let now = micros(world.cx.cx().now);
    let back = |n: usize| now - n as Micros * 1_500_000;
    let service = &world.service;
    match step {
        Step::Put { name, size, fill } => {
            let lease = service.blocks().lease();
            let put = service.put(
                alice,
                upload(&object(c, name)),
                content(*size, *fill),
                lease,
            );
            put.await.unwrap();
            let size = Some(*size);
            model.push(name, Past { mtime: now, size });
        }
        Step::Meta { name } => {
            let change = MetaChange::replace([(format!("{META}K"), now.to_string())].into());
            let done = service
                .change_object(alice, object(c, name), PITHOS, change)
                .await;
            let size = model.live(name);
            assert_eq!(done.is_ok(), size.is_some());
            if size.is_some() {
                model.push(name, Past { mtime: now, size });
            }
        }
        Step::Delete { name } => {
            let done = service.delete(alice, object(c, name)).await;
            assert_eq!(done.is_ok(), model.live(name).is_some());
            if done.is_ok() {
                model.push(
                    name,
                    Past {
                        mtime: now,
                        size: None,
                    },
                );
            }
        }
        Step::Purge { name, back: n } => {
            service
                .purge(alice, object(c, name), back(*n))
                .await
                .unwrap();
            model.purge(Some(name), back(*n));
        }
        Step::PurgeAll { back: n } => {
            service
                .purge_container(alice, c.clone(), back(*n))
                .await
                .unwrap();
            model.purge(None, back(*n));
        }
        Step::Empty { prefix } => {
            service
                .empty_container(alice, c.clone(), prefix.clone())
                .await
                .unwrap();
            let names: Vec<_> = model
                .names
                .keys()
                .filter(|n| n.starts_with(prefix))
                .cloned()
                .collect();
            for name in names {
                if model.live(&name).is_some() {
                    model.push(
                        &name,
                        Past {
                            mtime: now,
                            size: None,
                        },
                    );
                }
            }
        }
        Step::Versioning { keep } => {
            let versioning = if *keep {
                Versioning::Auto
            } else {
                Versioning::None
            };
            let policies = PolicyChange {
                versioning: Some(Some(versioning)),
                ..PolicyChange::default()
            };
            let meta = MetaChange::default();
            service
                .change_container(alice, c.clone(), policies, meta)
                .await
                .unwrap();
            model.drop_old = !keep;
        }
    }
}

async fn agree(world: &World, alice: &Caller, c: &ContainerPath, model: &Model) {
    let (view, items) = world.service.list(alice, c.clone(), all()).await.unwrap();
    let wanted = model.at(Micros::MAX);
    let sizes = |items: Vec<Item>| {
        let pair = |item| match item {
            Item::Object(name, version) => (name, version.size),
            Item::Folded(name) => panic!("{name} folded"),
        };
        items.into_iter().map(pair).collect::<Vec<_>>()
    };
    assert_eq!(sizes(items), wanted);
    assert_eq!(view.stat.count, wanted.len() as u64);
    assert_eq!(
        view.stat.bytes,
        wanted.iter().map(|(_, size)| size).sum::<u64>()
    );
    assert_eq!(world.used(alice).await, view.stat.bytes);
    for (name, all) in &model.names {
        let kept = world
            .service
            .versions(alice, object(c, name))
            .await
            .unwrap();
        let sizes: Vec<_> = all.iter().filter_map(|past| past.size).collect();
        assert_eq!(
            kept.iter().map(|v| v.size).collect::<Vec<_>>(),
            sizes,
            "{name}"
        );
    }
    let now = micros(world.cx.cx().now);
    for back in [0, 2, 5] {
        let until = now - back * 1_500_000 - 700_000;
        let want = Listing {
            until: Some(until),
            ..all()
        };
        let (view, items) = world.service.list(alice, c.clone(), want).await.unwrap();
        assert_eq!(view.stat.count, items.len() as u64);
        assert_eq!(sizes(items), model.at(until));
    }
    world.check();
}

/// Sort, fold, cut: what a listing must be equal to.
fn plain(names: &[String], want: &Listing) -> Vec<String> {
    let mut found = BTreeSet::new();
    for name in names.iter().filter(|name| name.starts_with(&want.prefix)) {
        let rest = &name[want.prefix.len()..];
        let folded = match rest.find(&want.delimiter) {
            Some(at) if !want.delimiter.is_empty() => {
                name[..want.prefix.len() + at + want.delimiter.len()].to_owned()
            }
            _ => name.clone(),
        };
        if !want.no_folded || folded == *name {
            found.insert(folded);
        }
    }
    let after = found.into_iter().filter(|name| *name > want.marker);
    after.take(want.limit).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    // PI-VER-01 PI-VER-03 PI-VER-04 PI-QTA-02 AC-DM-3
    #[test]
    fn versions_follow_a_plain_history(steps in prop::collection::vec(step(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let world = World::with(Settings::default());
            let alice = world.user(1).await;
            let c = world.container(&alice, "c").await;
            let mut model = Model::default();
            for step in &steps {
                apply(&world, &alice, &c, &mut model, step).await;
            }
            agree(&world, &alice, &c, &model).await;
        });
    }

    // PI-LST-01 PI-LST-02 PI-SCL-01
    #[test]
    fn listings_equal_sort_fold_and_cut(
        names in prop::collection::btree_set("[abφ/]{1,5}", 0..25),
        asked in prop::collection::vec(
            (0..6usize, "[abφ/]{0,4}", "[abφ/]{0,2}", prop_oneof![Just(""), Just("/"), Just("ab")], any::<bool>()),
            12,
        ),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let world = World::new();
            let alice = world.user(1).await;
            let c = world.container(&alice, "c").await;
            let other = world.container(&alice, "d").await;
            world.put(&alice, &object(&other, "b/x"), 1, 1).await.unwrap();
            for name in &names {
                world.put(&alice, &object(&c, name), 1, 1).await.unwrap();
            }
            world.put(&alice, &object(&c, "ab"), 1, 1).await.unwrap();
            world.service.delete(&alice, object(&c, "ab")).await.unwrap();
            let names: Vec<_> = names.into_iter().filter(|name| name != "ab").collect();
            for (limit, marker, prefix, delimiter, no_folded) in asked {
                let want = Listing {
                    limit: limit + 1, marker, prefix, delimiter: delimiter.into(), no_folded,
                    ..Listing::default()
                };
                let got = world.names(&alice, &c, want.clone()).await;
                assert_eq!(got, plain(&names, &want), "{want:?} of {names:?}");
            }
            // Walking page by page names everything once.
            let mut want = Listing { limit: 2, delimiter: "/".into(), ..Listing::default() };
            let mut walked = Vec::new();
            loop {
                let page = world.names(&alice, &c, want.clone()).await;
                let Some(last) = page.last() else { break };
                want.marker.clone_from(last);
                walked.extend(page);
            }
            let whole = Listing { limit: usize::MAX, marker: String::new(), ..want };
            assert_eq!(walked, plain(&names, &whole));
        });
    }
}
