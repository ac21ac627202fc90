//! Any sequence of requests and facts, compared with plain integers.

use super::*;
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Step {
    Create(u8),
    Act(usize, u8),
    /// Try to send what waits for server n: 0 submit, 1 withdraw, 2 try and withdraw,
    /// 3 try and try again.
    Send(usize, u8),
    /// End the oldest job of server n; how: 0 success, 1 error, 2 gone and the
    /// instance with it, 3 gone and the instance there.
    End(usize, u8),
    /// An old fact comes again.
    Replay(usize),
    /// Somebody else starts or stops the instance.
    ByHand(usize, bool),
    Reconcile(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0u8..2).prop_map(Step::Create),
        4 => (0usize..6, 0u8..5).prop_map(|(n, a)| Step::Act(n, a)),
        6 => (0usize..6, 0u8..4).prop_map(|(n, how)| Step::Send(n, how)),
        6 => (0usize..6, 0u8..4).prop_map(|(n, how)| Step::End(n, how)),
        1 => (0usize..99).prop_map(Step::Replay),
        1 => (0usize..6, any::<bool>()).prop_map(|(n, up)| Step::ByHand(n, up)),
        1 => (0usize..6).prop_map(Step::Reconcile),
    ]
}

/// A server as the model keeps it, and its instance in the make-believe cluster.
#[derive(Clone, Debug)]
struct Modelled {
    id: ServerId,
    owner: u8,
    /// Some(running) while the cluster has it.
    instance: Option<bool>,
}

struct Run {
    world: World,
    servers: Vec<Modelled>,
    facts: Vec<JobFact>,
    jobs: u64,
}

impl Run {
    fn intents(&self, id: ServerId) -> Vec<Intent> {
        self.world
            .store
            .read_now(|tx| intent::of_server(tx, id))
            .unwrap()
    }

    async fn send(&mut self, n: usize, how: u8) {
        let id = self.servers[n].id;
        let driver = self.world.service.driver();
        let pending = driver.pending(BackendId(1), None, 99).await.unwrap();
        let Some(one) = pending
            .into_iter()
            .find(|p| p.intent.target == Target::Server(id))
        else {
            return;
        };
        let intent = one.intent.id;
        if how != 1 && one.intent.state == IntentState::Waiting {
            assert!(driver.attempt(intent).await.unwrap());
        }
        match how {
            0 => {
                self.jobs += 1;
                driver.submitted(intent, self.jobs).await.unwrap();
            }
            3 => driver.again(intent).await.unwrap(),
            _ => driver
                .withdrawn(intent, Why::Unreachable("x".into()))
                .await
                .unwrap(),
        }
    }

    async fn end(&mut self, n: usize, how: u8) {
        let id = self.servers[n].id;
        self.world.tick();
        let at_work = |i: &Intent| matches!(i.state, IntentState::Submitted { .. });
        let Some(intent) = self.intents(id).into_iter().find(at_work) else {
            return;
        };
        let IntentState::Submitted { job } = intent.state else {
            return;
        };
        let instance = &mut self.servers[n].instance;
        // The make-believe cluster does the work, or not.
        let done = matches!(how, 0 | 2)
            && (instance.is_some() || matches!(intent.work, Work::Create { .. }));
        if done {
            *instance = match intent.work {
                Work::Create { .. } | Work::Start | Work::Reboot { .. } => Some(true),
                Work::Stop { .. } => Some(false),
                _ => None,
            };
        }
        let now = *instance;
        let opcode = match intent.work {
            Work::Create { .. } => "CREATE",
            Work::Start => "STARTUP",
            Work::Stop { .. } => "SHUTDOWN",
            Work::Reboot { .. } => "REBOOT",
            _ => "REMOVE",
        };
        let driver = self.world.service.driver();
        if how >= 2 {
            let instance = now.map(|running| InstanceSeen {
                name: format!("snf-{id}"),
                running,
                nics: None,
            });
            let (intent, at) = (intent.id, self.world.now());
            let gone = Fact::JobGone {
                intent,
                instance,
                at,
            };
            return driver.observed(gone).await.unwrap();
        }
        let status = if done {
            JobStatus::Success
        } else {
            JobStatus::Error
        };
        let mut fact = self.world.fact(id, job, opcode, status);
        fact.absent = now.is_none();
        self.facts.push(fact.clone());
        self.world.observe(fact).await;
    }

    async fn by_hand(&mut self, n: usize, up: bool) {
        let one = &mut self.servers[n];
        if one.instance.is_some() {
            one.instance = Some(up);
            self.jobs += 1;
            let (id, job) = (one.id, self.jobs);
            self.world.tick();
            let opcode = if up { "STARTUP" } else { "SHUTDOWN" };
            let fact = self.world.fact(id, job, opcode, JobStatus::Success);
            self.facts.push(fact.clone());
            self.world.observe(fact).await;
        }
    }

    async fn reconcile(&mut self, n: usize) {
        let Modelled { id, instance, .. } = self.servers[n].clone();
        self.world.tick();
        let (backend, at) = (BackendId(1), self.world.now());
        if let Some(running) = instance {
            let instance = InstanceSeen {
                name: format!("snf-{id}"),
                running,
                nics: None,
            };
            let driver = self.world.service.driver();
            driver
                .observed(Fact::Seen {
                    backend,
                    instance,
                    at,
                })
                .await
                .unwrap();
        }
    }

    async fn step(&mut self, step: Step) {
        match step {
            Step::Create(owner) => {
                let caller = person(owner + 1);
                if let Ok(id) = self.world.create_as(&caller, self.world.new_server()) {
                    self.servers.push(Modelled {
                        id,
                        owner,
                        instance: None,
                    });
                }
            }
            Step::Act(n, act) if n < self.servers.len() => {
                let act = match act {
                    0 => Act::Start,
                    1 => Act::Shutdown { timeout: None },
                    2 => Act::Reboot { hard: false },
                    _ => Act::Delete,
                };
                let owner = person(self.servers[n].owner + 1);
                // Whether it is admitted is the subject of other tests.
                let _ = self.world.act_as(&owner, self.servers[n].id, act);
            }
            Step::Send(n, how) if n < self.servers.len() => self.send(n, how).await,
            Step::End(n, how) if n < self.servers.len() => self.end(n, how).await,
            Step::ByHand(n, up) if n < self.servers.len() => self.by_hand(n, up).await,
            Step::Reconcile(n) if n < self.servers.len() => self.reconcile(n).await,
            Step::Replay(n) if n < self.facts.len() => {
                self.world.observe(self.facts[n].clone()).await
            }
            _ => {}
        }
    }

    /// Usage, addresses and states as integers.
    fn check(&self) {
        let mut used = [NOTHING; 2];
        let mut live = 0;
        for one in &self.servers {
            let row = self.world.server(one.id);
            if row.deleted {
                assert_eq!(one.instance, None, "an orphan: {row:?}");
                continue;
            }
            live += 1;
            let reserved =
                matches!(row.task, Some(Action::Start | Action::Reboot)) && row.serial.is_some();
            let active = row.operstate.active() || reserved;
            for (sum, part) in
                used[usize::from(one.owner)]
                    .iter_mut()
                    .zip(if active { RUNNING } else { HALTED })
            {
                *sum += part;
            }
        }
        assert_eq!(
            [self.world.usage(&person(1)), self.world.usage(&person(2))],
            used
        );
        assert_eq!(self.world.free(1), 5 - live);
        assert_eq!(self.world.store.read_now(verify).unwrap(), vec![]);
    }

    /// Carries everything out that is open, then everything must agree with the cluster.
    async fn settle(&mut self) {
        for _ in 0..4 {
            for n in 0..self.servers.len() {
                self.send(n, 0).await;
                self.end(n, 0).await;
            }
        }
        for n in 0..self.servers.len() {
            self.reconcile(n).await;
            let one = &self.servers[n];
            let row = self.world.server(one.id);
            assert_eq!((row.task, self.intents(one.id).len()), (None, 0), "{row:?}");
            match (row.operstate, one.instance) {
                (OperState::Started, Some(true)) | (OperState::Stopped, Some(false)) => {}
                (OperState::Destroyed, None) | (OperState::Error, None | Some(false)) => {}
                other => panic!("{other:?}"),
            }
        }
        let pending = self
            .world
            .store
            .read_now(|tx| quota::commissions(tx, None, 9))
            .unwrap();
        assert!(pending.is_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]
    // CY-QTA A1, A2; CY-DSP A1; README decisions 15, 23, 27
    #[test]
    fn states_quota_and_addresses_are_integers(steps in prop::collection::vec(step(), 1..60)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let world = World::ready().await;
            let mut run = Run { world, servers: vec![], facts: vec![], jobs: 5000 };
            for step in steps {
                run.step(step).await;
                run.check();
            }
            run.settle().await;
            run.check();
        });
    }
}
