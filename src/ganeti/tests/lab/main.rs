//! The driver against real Ganeti (`tests/lab/up`): rows of an in-memory store on
//! one side, instances of the hypervisor `fake` on the other.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod world;

use compute::{Act, Status};
use std::time::Duration;
use world::{Over, World, lab};

async fn lifecycle(over: Over) {
    let Some(cluster) = lab() else { return };
    let world = World::new(&cluster, over, "{}").await;
    let driver = world.drive();
    let id = world.create(128).await;
    world.until(id, Status::Active).await;
    assert_eq!(world.instances().await, [(world.name(id), true)]);
    assert!(world.macs(id).await.iter().all(|mac| mac.len() == 17));
    world.act(id, Act::Shutdown { timeout: Some(1) }).await;
    world.until(id, Status::Stopped).await;
    assert_eq!(world.instances().await, [(world.name(id), false)]);
    world.act(id, Act::Start).await;
    world.until(id, Status::Active).await;
    world.act(id, Act::Reboot { hard: true }).await;
    world.until(id, Status::Active).await;
    world.act(id, Act::Delete).await;
    world.until(id, Status::Deleted).await;
    assert_eq!(world.instances().await, []);
    driver.end().await;
    world.clean_up().await;
}

// CY-JOB-01 CY-JOB-02 CY-JOB-03
#[tokio::test(flavor = "multi_thread")]
async fn a_server_lives_and_dies_over_the_query_socket() {
    lifecycle(Over::Luxi).await;
}

// CY-JOB-01 CY-JOB-02 CY-JOB-03
#[tokio::test(flavor = "multi_thread")]
async fn a_server_lives_and_dies_over_the_remote_api() {
    lifecycle(Over::Rapi).await;
}

// issue 2 §7
#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_without_room_makes_an_error_that_can_be_read() {
    let Some(cluster) = lab() else { return };
    let world = World::new(&cluster, Over::Luxi, "{}").await;
    world.pretend_room().await;
    let id = world.create(60_000).await;
    assert_eq!(world.status(id).await, Status::Build);
    let driver = world.drive();
    world.until(id, Status::Error).await;
    let said = world.said(id).await;
    assert!(said.contains("no room"), "no reason is told: {said}");
    world.act(id, Act::Delete).await;
    world.until(id, Status::Deleted).await;
    driver.end().await;
    world.clean_up().await;
}

// issue 2 §7
#[tokio::test(flavor = "multi_thread")]
async fn a_build_can_be_deleted() {
    let Some(cluster) = lab() else { return };
    let world = World::new(&cluster, Over::Luxi, "{'lab_sleep': '6'}").await;
    let driver = world.drive();
    let id = world.create(128).await;
    world.until_job(id).await;
    assert_eq!(world.status(id).await, Status::Build);
    world.act(id, Act::Delete).await;
    world.until(id, Status::Deleted).await;
    assert_eq!(world.instances().await, []);
    driver.end().await;
    world.clean_up().await;
}

// issue 2 §7
#[tokio::test(flavor = "multi_thread")]
async fn restarted_daemons_are_not_noticed() {
    let Some(cluster) = lab() else { return };
    for over in [Over::Luxi, Over::Rapi] {
        let world = World::new(&cluster, over, "{'lab_sleep': '6'}").await;
        let driver = world.drive();
        let id = world.create(128).await;
        world.until_job(id).await;
        for daemon in ["ganeti-luxid", "ganeti-wconfd", "ganeti-rapi"] {
            cluster.restart(daemon);
        }
        world.until(id, Status::Active).await;
        assert_eq!(world.instances().await, [(world.name(id), true)]);
        world.act(id, Act::Delete).await;
        world.until(id, Status::Deleted).await;
        driver.end().await;
        world.clean_up().await;
    }
}

// README decision 23, issue 2 §7
#[tokio::test(flavor = "multi_thread")]
async fn a_driver_cut_off_at_any_moment_builds_once() {
    let Some(cluster) = lab() else { return };
    for over in [Over::Luxi, Over::Rapi] {
        let world = World::new(&cluster, over, "{'lab_sleep': '1'}").await;
        let id = world.create(128).await;
        // Ever later moments: before, while and after the job is sent.
        for lived in [2, 5, 9, 15, 30, 60, 120, 400, 900] {
            let driver = world.drive();
            tokio::time::sleep(Duration::from_millis(lived)).await;
            driver.cut();
        }
        let driver = world.drive();
        world.until(id, Status::Active).await;
        assert_eq!(world.instances().await, [(world.name(id), true)]);
        assert_eq!(cluster.creations(&world.name(id)), 1);
        world.act(id, Act::Delete).await;
        world.until(id, Status::Deleted).await;
        assert_eq!(world.instances().await, []);
        driver.end().await;
        world.clean_up().await;
    }
}

// README decision 23
#[tokio::test(flavor = "multi_thread")]
async fn a_job_is_found_by_its_key_in_the_archive_too() {
    let Some(cluster) = lab() else { return };
    for over in [Over::Luxi, Over::Rapi] {
        let world = World::new(&cluster, over, "{}").await;
        let client = world.cluster().await;
        let instance = world.name(kernel::ServerId(404));
        assert_eq!(client.instance(&instance).await, Ok(None));
        let key = format!("key-of-{instance}");
        assert_eq!(client.find_job(&key).await, Ok(None));
        let start = compute::Job::Startup { instance };
        let job = client.submit(&start, &[], &key).await.unwrap().unwrap();
        let mut known = None;
        while let Some(view) = client.wait(job, known, -1).await.unwrap() {
            known = Some(view.status);
            if view.status.is_final() {
                assert_eq!(view.error.unwrap().code, "unknown_entity");
                break;
            }
        }
        assert_eq!(client.find_job(&key).await, Ok(Some(job)));
        cluster.archive(job);
        assert_eq!(client.find_job(&key).await, Ok(Some(job)));
        // Who still waits for it learns that there is nothing to wait for.
        let late = client.wait(job, Some(compute::JobStatus::Running), -1);
        assert!(late.await.is_ok());
        world.clean_up().await;
    }
}

// CY-BKD-03 CY-CLI-BKD-02
#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_says_who_it_is_to_those_it_knows() {
    let Some(cluster) = lab() else { return };
    for over in [Over::Luxi, Over::Rapi] {
        let world = World::new(&cluster, over, "{}").await;
        let survey = world.cluster().await.survey(true).await.unwrap();
        assert_eq!(survey.name, cluster.name);
        assert!(survey.stats.mtotal > 0 && survey.stats.ctotal > 0);
        assert!(!survey.disk_templates.is_empty());
        let row = world.backend_row().await;
        if let compute::Transport::Rapi { .. } = row.transport {
            let wrong = ganeti::Cluster::new(&row, Some("not this one".to_owned().into())).unwrap();
            let refused = wrong.survey(true).await;
            assert!(
                matches!(refused, Err(ganeti::Trouble::Refused(_))),
                "{refused:?}"
            );
        }
        world.clean_up().await;
    }
}
