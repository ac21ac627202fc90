//! Facts that come late, early or not at all; what reconciliation mends.

use super::*;

const STOP: Act = Act::Shutdown { timeout: None };

// README decision 23: the job is seen before its number was noted.
#[tokio::test]
async fn a_job_may_end_before_it_is_noted() {
    let world = World::ready().await;
    let id = world.create();
    let intent = world.intent(id).unwrap().id;
    let driver = world.service.driver();
    driver.attempt(intent).await.unwrap();
    world.tick();
    let fact = world.fact(id, 77, "CREATE", JobStatus::Success);
    world.observe(fact.clone()).await;
    assert_eq!(world.view(id).status, Status::Active);
    driver.submitted(intent, 77).await.unwrap();
    world.observe(fact).await;
    assert_eq!((world.view(id).task_state(), world.intent(id)), ("", None));
    driver.submitted(intent, 77).await.unwrap();
}

// README decision 23: killed between asking and noting.
#[tokio::test]
async fn an_attempt_that_left_no_job_is_made_again() {
    let world = World::ready().await;
    let id = world.create();
    let intent = world.intent(id).unwrap();
    let driver = world.service.driver();
    assert!(driver.attempt(intent.id).await.unwrap());
    assert!(
        !driver.attempt(intent.id).await.unwrap(),
        "look for a job first"
    );
    driver.again(intent.id).await.unwrap();
    assert!(driver.attempt(intent.id).await.unwrap());
    assert_eq!(world.intent(id).unwrap().key, intent.key);
}

fn instance(id: ServerId, running: bool) -> InstanceSeen {
    InstanceSeen {
        name: format!("snf-{id}"),
        running,
        nics: None,
    }
}

// README decision 23: jobs that were purged.
#[tokio::test]
async fn a_lost_job_is_settled_by_its_instance() {
    let world = World::ready().await;
    let gone = |id: ServerId, seen: Option<InstanceSeen>| {
        world.tick();
        let intent = world.intent(id).unwrap().id;
        let at = world.now();
        let driver = world.service.driver();
        async move {
            let fact = Fact::JobGone {
                intent,
                instance: seen,
                at,
            };
            driver.observed(fact.clone()).await.unwrap();
            driver.observed(fact).await.unwrap();
        }
    };
    let up = world.create();
    world.send(up).await;
    gone(up, Some(instance(up, true))).await;
    assert_eq!(world.view(up).status, Status::Active);
    for seen in [None, Some(false)] {
        let id = world.create();
        world.send(id).await;
        gone(id, seen.map(|running| instance(id, running))).await;
        assert_eq!(world.view(id).status, Status::Error);
    }
    world.act(up, STOP).unwrap();
    world.send(up).await;
    gone(up, Some(instance(up, false))).await;
    assert_eq!(
        (world.view(up).status, world.view(up).task_state()),
        (Status::Stopped, "")
    );
    world.act(up, Act::Delete).unwrap();
    world.send(up).await;
    gone(up, Some(instance(up, false))).await;
    assert_eq!(world.view(up).status, Status::Stopped);
    world.act(up, Act::Delete).unwrap();
    world.send(up).await;
    gone(up, None).await;
    assert_eq!(world.view(up).status, Status::Deleted);
}

// CY-REC-10 CY-REC-11 CY-REC-12 CY-REC-14
#[tokio::test]
async fn reconciliation_mends_quiet_servers_only() {
    let world = World::ready().await;
    let id = world.active().await;
    let driver = world.service.driver();
    let seen = |running| {
        world.tick();
        driver.observed(Fact::Seen {
            backend: BackendId(1),
            instance: instance(id, running),
            at: world.now(),
        })
    };
    let absent = || {
        world.tick();
        driver.observed(Fact::Absent {
            backend: BackendId(1),
            server: id,
            at: world.now(),
        })
    };
    seen(false).await.unwrap();
    assert_eq!(
        (world.view(id).status, world.usage(&person(1))),
        (Status::Stopped, HALTED)
    );
    world.act(id, Act::Start).unwrap();
    let expected = driver
        .instances_expected(BackendId(1), None, 9)
        .await
        .unwrap();
    assert!(expected[0].busy && expected[0].name == format!("snf-{id}"));
    seen(true).await.unwrap();
    absent().await.unwrap();
    assert_eq!(world.view(id).status, Status::Stopped);
    world.carry_out(id, "STARTUP", JobStatus::Success).await;
    assert!(
        driver
            .is_expected(BackendId(1), format!("snf-{id}"))
            .await
            .unwrap()
    );
    assert!(
        !driver
            .is_expected(BackendId(1), "snf-99".into())
            .await
            .unwrap()
    );
    absent().await.unwrap();
    assert_eq!(
        (world.view(id).status, world.usage(&person(1))),
        (Status::Deleted, NOTHING)
    );
    assert!(
        !driver
            .is_expected(BackendId(1), format!("snf-{id}"))
            .await
            .unwrap()
    );
}

// CY-REC-10: a server that failed stays until its owner removes it.
#[tokio::test]
async fn a_failed_server_is_not_taken_for_stale() {
    let world = World::ready().await;
    let id = world.create();
    world.carry_out(id, "CREATE", JobStatus::Error).await;
    world.tick();
    let driver = world.service.driver();
    let (backend, at) = (BackendId(1), world.now());
    driver
        .observed(Fact::Absent {
            backend,
            server: id,
            at,
        })
        .await
        .unwrap();
    driver
        .observed(Fact::Seen {
            backend,
            instance: instance(id, false),
            at,
        })
        .await
        .unwrap();
    assert_eq!(world.view(id).status, Status::Error);
}

// CY-DSP-12 CY-IPA-01 CY-IPA-03 CY-IPH-01 and acceptance A2 of addresses
#[tokio::test]
async fn ports_learn_their_macs_and_addresses_return() {
    let world = World::ready().await;
    let mut new = World::new_public("10.0.1.0/29");
    new.subnets.push(World::new_subnet("2001:db8:1:2::/64"));
    world.service.create_network(&root(), new).await.unwrap();
    let id = world.create();
    let job = world.send(id).await;
    let mut fact = world.fact(id, job, "CREATE", JobStatus::Success);
    let nic = |name: &str| NicSeen {
        name: name.into(),
        network: "snf-net-1".into(),
        ip: Some("10.0.0.2".into()),
        mac: "aa:00:00:2f:1c:0b".into(),
    };
    fact.live = Some(InstanceSeen {
        nics: Some(vec![nic("snf-nic-1"), nic("snf-nic-99"), nic("")]),
        ..instance(id, true)
    });
    world.observe(fact).await;
    let port = &world.view(id).ports[0].port;
    assert_eq!(port.mac.as_deref(), Some("aa:00:00:2f:1c:0b"));
    assert_eq!((port.state, port.index), (PortState::Active, Some(0)));
    let alice = person(1);
    assert_eq!(world.service.ports(&alice).await.unwrap().len(), 1);
    assert!(world.service.port(&person(2), port.id).await.is_err());
    world.act(id, Act::Delete).unwrap();
    world.carry_out(id, "REMOVE", JobStatus::Success).await;
    assert!(world.service.port(&alice, port.id).await.is_err());
    let history = world
        .store
        .read_now(|tx| tx.find::<AddressHistory>("by_address", &"10.0.0.2", None, 9))
        .unwrap();
    let kinds: Vec<bool> = history.iter().map(|h| h.associated).collect();
    assert_eq!(kinds, [true, false]);
    assert_eq!(world.free(1), 5);
}

// CY-QTA-06 and acceptance A4
#[tokio::test]
async fn a_server_over_quota_can_be_destroyed() {
    let world = World::ready().await;
    let id = world.active().await;
    for resource in [r::VM, r::CPU, r::RAM, r::DISK] {
        world.limit(&person(1), resource, 0);
    }
    world.act(id, Act::Delete).unwrap();
    world.carry_out(id, "REMOVE", JobStatus::Success).await;
    assert_eq!(world.usage(&person(1)), NOTHING);
}

// CY-API-10
#[tokio::test]
async fn every_change_moves_updated_and_wakes_who_watches() {
    let world = World::ready().await;
    let mut watch = world.service.watch_servers();
    let id = world.create();
    assert!(watch.has_changed().unwrap());
    watch.borrow_and_update();
    let before = world.server(id).updated;
    world.carry_out(id, "CREATE", JobStatus::Success).await;
    assert!(watch.has_changed().unwrap() && world.server(id).updated > before);
}

// CY-REC-14: started by hand after its build failed.
#[tokio::test]
async fn a_failed_server_that_runs_is_active_after_all() {
    let world = World::ready().await;
    let id = world.create();
    world.carry_out(id, "CREATE", JobStatus::Error).await;
    assert_eq!(world.view(id).ports[0].port.state, PortState::Error);
    world.tick();
    world
        .observe(world.fact(id, 9000, "STARTUP", JobStatus::Success))
        .await;
    let view = world.view(id);
    assert_eq!(
        (view.status, view.ports[0].port.state),
        (Status::Active, PortState::Active)
    );
    assert_eq!(world.usage(&person(1)), RUNNING);
}

// CY-REC-10 CY-DSP-02: the cluster was read before the server's job ended, and the
// cluster's clock, by which that end is dated, is behind.
#[tokio::test]
async fn a_server_made_while_its_cluster_was_read_is_not_missing() {
    let world = World::ready().await;
    let early = world.now();
    let id = world.create();
    let job = world.send(id).await;
    world.tick();
    let read = world.now();
    world.tick();
    let mut made = world.fact(id, job, "CREATE", JobStatus::Success);
    made.at = early;
    world.observe(made).await;
    assert_eq!(world.view(id).status, Status::Active);
    let driver = world.service.driver();
    let absent = |at| {
        driver.observed(Fact::Absent {
            backend: BackendId(1),
            server: id,
            at,
        })
    };
    absent(read).await.unwrap();
    assert_eq!(world.view(id).status, Status::Active);
    world.tick();
    absent(world.now()).await.unwrap();
    assert_eq!(world.view(id).status, Status::Deleted);
}
