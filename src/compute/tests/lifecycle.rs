//! Actions, facts and everything that can go wrong between them.

use super::*;

const STOP: Act = Act::Shutdown { timeout: None };

// CY-STM-05 CY-STM-09 CY-DSP-10 CY-QTA A1 and acceptance A1, A2 of the state machine
#[tokio::test]
async fn a_server_lives_and_its_quota_follows() {
    let world = World::ready().await;
    let id = world.active().await;
    assert_eq!(
        (world.view(id).progress, world.usage(&person(1))),
        (100, RUNNING)
    );
    assert_eq!(world.view(id).ports[0].port.state, PortState::Active);
    assert!(world.act(id, Act::Start).is_err());
    world.act(id, STOP).unwrap();
    let again = world.act(id, STOP).unwrap_err();
    assert!(matches!(again, Error::Invalid { .. }) && text(&again).contains("pending 'STOP'"));
    assert_eq!(world.view(id).task_state(), "STOPPING");
    world.carry_out(id, "SHUTDOWN", JobStatus::Success).await;
    assert_eq!(
        (world.view(id).status, world.usage(&person(1))),
        (Status::Stopped, HALTED)
    );
    assert!(world.act(id, STOP).is_err());
    world.act(id, Act::Start).unwrap();
    world.carry_out(id, "STARTUP", JobStatus::Success).await;
    assert_eq!(world.usage(&person(1)), RUNNING);
    world.act(id, Act::Delete).unwrap();
    assert_eq!(
        (world.view(id).status, world.view(id).task_state()),
        (Status::Active, "DESTROYING")
    );
    world.carry_out(id, "REMOVE", JobStatus::Success).await;
    assert_eq!(
        (world.view(id).status, world.usage(&person(1))),
        (Status::Deleted, NOTHING)
    );
    assert_eq!(world.free(1), 5);
    let gone = world.act(id, Act::Start).unwrap_err();
    assert_eq!(text(&gone), format!("Server '{id}' has been deleted."));
    let pending = world
        .store
        .read_now(|tx| quota::commissions(tx, None, 9))
        .unwrap();
    assert!(pending.is_empty());
}

// CY-ACT-01 CY-JOB-02 CY-STM-02 and acceptance A4
#[tokio::test]
async fn a_reboot_is_shown_while_its_job_is_heard_of() {
    let world = World::ready().await;
    let id = world.active().await;
    world.act(id, Act::Reboot { hard: true }).unwrap();
    let job = world
        .service
        .driver()
        .pending(BackendId(1), None, 9)
        .await
        .unwrap();
    let reboot = Job::Reboot {
        instance: format!("snf-{id}"),
        shutdown_timeout: Some(0),
    };
    assert_eq!(job[0].job, reboot);
    let number = world.send(id).await;
    assert_eq!(
        (world.view(id).status, world.view(id).task_state()),
        (Status::Active, "REBOOTING")
    );
    world.tick();
    let fact = world.fact(id, number, "REBOOT", JobStatus::Running);
    world.observe(fact.clone()).await;
    assert_eq!(world.view(id).status, Status::Reboot);
    world.tick();
    world
        .observe(world.fact(id, number, "REBOOT", JobStatus::Success))
        .await;
    world.observe(fact).await;
    assert_eq!(
        (world.view(id).status, world.view(id).task_state()),
        (Status::Active, "")
    );
    world.act(id, STOP).unwrap();
    world.carry_out(id, "SHUTDOWN", JobStatus::Success).await;
    world.limit(&person(1), r::CPU, 1);
    let over = world.act(id, Act::Reboot { hard: false }).unwrap_err();
    assert!(
        matches!(over, Error::OverQuota { .. }),
        "charged like a start"
    );
}

// CY-QTA acceptance A3; CY-STM-05
#[tokio::test]
async fn a_failed_action_gives_its_quota_back() {
    let world = World::ready().await;
    let id = world.active().await;
    world.act(id, STOP).unwrap();
    world.carry_out(id, "SHUTDOWN", JobStatus::Error).await;
    assert_eq!(
        (world.view(id).status, world.usage(&person(1))),
        (Status::Active, RUNNING)
    );
    world.act(id, STOP).unwrap();
    world.carry_out(id, "SHUTDOWN", JobStatus::Success).await;
    world.act(id, Act::Start).unwrap();
    assert_eq!(world.usage(&person(1)), RUNNING, "reserved");
    world.carry_out(id, "STARTUP", JobStatus::Canceled).await;
    assert_eq!(
        (world.view(id).status, world.usage(&person(1))),
        (Status::Stopped, HALTED)
    );
    assert_eq!(world.view(id).task_state(), "");
}

// CY-STM-06 and acceptance A3
#[tokio::test]
async fn a_building_server_can_only_be_deleted() {
    let world = World::ready().await;
    let id = world.create();
    for act in [Act::Start, STOP, Act::Reboot { hard: false }] {
        assert!(matches!(
            world.act(id, act),
            Err(Error::BuildInProgress { .. })
        ));
    }
    let create = world.send(id).await;
    world.act(id, Act::Delete).unwrap();
    world.act(id, Act::Delete).unwrap();
    let sent = world
        .service
        .driver()
        .pending(BackendId(1), None, 9)
        .await
        .unwrap();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].intent.depends, [create]);
    let remove = world.send(id).await;
    world.tick();
    world
        .observe(world.fact(id, create, "CREATE", JobStatus::Success))
        .await;
    assert_eq!(world.view(id).task_state(), "DESTROYING");
    assert_eq!(world.usage(&person(1)), RUNNING);
    world.tick();
    world
        .observe(world.fact(id, remove, "REMOVE", JobStatus::Success))
        .await;
    assert_eq!(
        (world.view(id).status, world.usage(&person(1))),
        (Status::Deleted, NOTHING)
    );
}

// Delete while it is not known whether the creation was sent: it waits for that.
#[tokio::test]
async fn a_removal_waits_until_the_creation_is_settled() {
    let world = World::ready().await;
    let id = world.create();
    let driver = world.service.driver();
    let create = world.intent(id).unwrap().id;
    driver.attempt(create).await.unwrap();
    world.act(id, Act::Delete).unwrap();
    let sent = driver.pending(BackendId(1), None, 9).await.unwrap();
    assert_eq!(
        sent.iter().map(|p| p.intent.id).collect::<Vec<_>>(),
        [create]
    );
    // The job was never there: nothing is left to be removed.
    driver
        .withdrawn(create, Why::Unreachable("x".into()))
        .await
        .unwrap();
    assert_eq!(
        (world.view(id).status, world.usage(&person(1))),
        (Status::Deleted, NOTHING)
    );
    assert!(
        driver
            .pending(BackendId(1), None, 9)
            .await
            .unwrap()
            .is_empty()
    );
}

// Nobody has heard of it yet: gone at once.
#[tokio::test]
async fn an_unsent_server_is_deleted_at_once() {
    let world = World::ready().await;
    let id = world.create();
    let attempt = world.intent(id).unwrap().id;
    world.act(id, Act::Delete).unwrap();
    assert_eq!((world.view(id).status, world.free(1)), (Status::Deleted, 5));
    assert!(!world.service.driver().attempt(attempt).await.unwrap());
}

// CY-SRV acceptance A5; README decision 15
#[tokio::test]
async fn an_unreachable_cluster_makes_an_error_that_can_be_deleted() {
    let world = World::ready().await;
    let id = world.create();
    let intent = world.intent(id).unwrap().id;
    let driver = world.service.driver();
    driver.attempt(intent).await.unwrap();
    driver
        .withdrawn(intent, Why::Unreachable("no route".into()))
        .await
        .unwrap();
    let view = world.view(id);
    assert_eq!((view.status, view.task_state()), (Status::Error, ""));
    let line = view.diagnostic.unwrap();
    assert_eq!(
        (line.message.as_str(), line.level),
        ("Failed to send job to Ganeti.", Level::Error)
    );
    assert_eq!(view.ports[0].port.state, PortState::Error);
    assert_eq!(world.usage(&person(1)), RUNNING);
    world.act(id, Act::Delete).unwrap();
    assert_eq!(
        (world.view(id).status, world.usage(&person(1))),
        (Status::Deleted, NOTHING)
    );
}

// README decision 15: an action that finds no cluster is undone and answers 503.
#[tokio::test]
async fn a_withdrawn_action_is_as_if_it_never_was() {
    let world = World::ready().await;
    let id = world.active().await;
    let (service, driver) = (world.service.clone(), world.service.driver());
    let mut woken = driver.watch();
    let asking = tokio::spawn(async move { service.act(&person(1), id, STOP).await });
    while world.intent(id).is_none() {
        woken.changed().await.unwrap();
    }
    let intent = world.intent(id).unwrap().id;
    driver.attempt(intent).await.unwrap();
    driver
        .withdrawn(intent, Why::Refused("drained".into()))
        .await
        .unwrap();
    let refused = asking.await.unwrap().unwrap_err();
    assert!(matches!(refused, Error::Unavailable { .. }), "{refused:?}");
    assert!(text(&refused).contains("c1.example.org") && !text(&refused).contains("drained"));
    assert_eq!(
        (world.view(id).status, world.usage(&person(1))),
        (Status::Active, RUNNING)
    );
    world.act(id, STOP).unwrap();
    driver
        .withdrawn(intent, Why::Refused("again".into()))
        .await
        .unwrap();
    assert_eq!(world.view(id).task_state(), "STOPPING");
    // A late word about an intent that has a job is refused.
    world.send(id).await;
    let second = world.intent(id).unwrap().id;
    assert!(
        driver
            .withdrawn(second, Why::Refused("x".into()))
            .await
            .is_err()
    );
}

// README decision 15: the handler goes on as soon as there is a job, or after a second.
#[tokio::test(start_paused = true)]
async fn the_handler_waits_for_the_job_but_not_long() {
    let world = World::ready().await;
    let id = world.active().await;
    world.service.act(&person(1), id, STOP).await.unwrap();
    assert_eq!(world.view(id).task_state(), "STOPPING");
    world.carry_out(id, "SHUTDOWN", JobStatus::Success).await;
    assert_eq!(world.view(id).status, Status::Stopped);
}

// CY-BKD acceptance A3
#[tokio::test]
async fn an_offline_cluster_refuses_actions_and_shows_servers() {
    let world = World::ready().await;
    let id = world.active().await;
    let off = BackendChange {
        offline: Some(true),
        ..BackendChange::default()
    };
    world
        .service
        .modify_backend(BackendId(1), off)
        .await
        .unwrap();
    for act in [STOP, Act::Delete] {
        let refused = world.act(id, act).unwrap_err();
        assert!(matches!(refused, Error::Unavailable { .. }) && text(&refused).contains("offline"));
    }
    assert_eq!(world.view(id).status, Status::Active);
}

fn no_room(fact: JobFact) -> JobFact {
    JobFact {
        error: Some(JobError {
            class: "OpPrereqError".into(),
            message: "Can't compute nodes using iallocator 'hail': FailMem: 1".into(),
            code: "insufficient_resources".into(),
        }),
        ..fact
    }
}

// CY-DSP A2; issue 2 §7: cluster full.
#[tokio::test]
async fn a_full_cluster_gives_a_readable_reason() {
    let world = World::ready().await;
    let id = world.create();
    let job = world.send(id).await;
    world.tick();
    world
        .observe(no_room(world.fact(id, job, "CREATE", JobStatus::Error)))
        .await;
    let view = world.view(id);
    assert_eq!(view.status, Status::Error);
    let line = view.diagnostic.unwrap();
    assert_eq!(
        line.message,
        "There is no room for this server at the moment."
    );
    assert!(line.details.unwrap().contains("FailMem"));
    assert_eq!(world.usage(&person(1)), RUNNING);
    let start = world.act(id, Act::Start).unwrap_err();
    assert!(text(&start).contains("'ERROR' state"));
    world.act(id, Act::Delete).unwrap();
    let remove = world.send(id).await;
    world.tick();
    let mut fact = world.fact(id, remove, "REMOVE", JobStatus::Error);
    fact.absent = true;
    world.observe(fact).await;
    assert_eq!(
        (world.view(id).status, world.usage(&person(1))),
        (Status::Deleted, NOTHING)
    );
}

// CY-DSP-10: too few free nodes under opportunistic locking.
#[tokio::test]
async fn a_creation_is_repeated_without_opportunistic_locking_once() {
    let world = World::ready().await;
    let id = world.create();
    let key = world.intent(id).unwrap().key;
    for round in 0..2 {
        let job = world.send(id).await + round;
        let driver = world.service.driver();
        driver
            .submitted(world.intent(id).unwrap().id, job)
            .await
            .unwrap();
        world.tick();
        let mut fact = world.fact(id, job, "CREATE", JobStatus::Error);
        fact.error = Some(JobError {
            code: "temp_insufficient_resources".into(),
            ..JobError::default()
        });
        world.observe(fact).await;
        if round == 0 {
            let again = world.intent(id).unwrap();
            assert_eq!(
                again.work,
                Work::Create {
                    opportunistic: false
                }
            );
            assert_ne!(again.key, key);
            assert_eq!(world.view(id).status, Status::Build);
        }
    }
    assert_eq!(world.view(id).status, Status::Error);
}

// CY-DSP A3
#[tokio::test]
async fn a_failed_removal_leaves_the_server() {
    let world = World::ready().await;
    let id = world.active().await;
    world.act(id, Act::Delete).unwrap();
    world.carry_out(id, "REMOVE", JobStatus::Error).await;
    assert_eq!(
        (world.view(id).status, world.view(id).task_state()),
        (Status::Active, "")
    );
    assert_eq!(world.usage(&person(1)), RUNNING);
}

// CY-DSP A4, A1; CY-DSP-01, -02: what an administrator does by hand counts too.
#[tokio::test]
async fn other_peoples_jobs_count_unless_they_are_old() {
    let world = World::ready().await;
    let id = world.active().await;
    world.tick();
    let stop = world.fact(id, 9000, "SHUTDOWN", JobStatus::Success);
    world.observe(stop.clone()).await;
    assert_eq!(
        (world.view(id).status, world.usage(&person(1))),
        (Status::Stopped, HALTED)
    );
    world.tick();
    world
        .observe(world.fact(id, 9001, "STARTUP", JobStatus::Success))
        .await;
    world.observe(stop.clone()).await;
    assert_eq!(
        (world.view(id).status, world.usage(&person(1))),
        (Status::Active, RUNNING)
    );
    world.tick();
    for foreign in ["web-1", "snf-99", "snf-01"] {
        let fact = JobFact {
            instance: foreign.into(),
            at: world.now(),
            ..stop.clone()
        };
        world.observe(fact).await;
    }
    let elsewhere = JobFact {
        backend: BackendId(2),
        at: world.now(),
        ..stop
    };
    world.observe(elsewhere).await;
    assert_eq!(world.view(id).status, Status::Active);
}

// CY-DSP-20: an action by hand between ours and its job.
#[tokio::test]
async fn quota_is_exact_when_somebody_else_acts_in_between() {
    let world = World::ready().await;
    let id = world.active().await;
    world.act(id, STOP).unwrap();
    let ours = world.send(id).await;
    world.tick();
    world
        .observe(world.fact(id, 9000, "SHUTDOWN", JobStatus::Success))
        .await;
    assert_eq!(world.usage(&person(1)), HALTED);
    world.tick();
    world
        .observe(world.fact(id, ours, "SHUTDOWN", JobStatus::Success))
        .await;
    assert_eq!(
        (world.usage(&person(1)), world.view(id).task_state()),
        (HALTED, "")
    );
}
