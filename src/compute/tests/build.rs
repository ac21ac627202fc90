//! What a node is told and what it reports.

use super::*;

pub(super) async fn secret(world: &World) -> String {
    let driver = world.service.driver();
    let sent = driver.pending(BackendId(1), None, 9).await.unwrap();
    let Job::Create(spec) = &sent[0].job else {
        panic!("{sent:?}")
    };
    let url = spec.osparams["config_url"].as_str().unwrap();
    url.rsplit('/').next().unwrap().to_owned()
}

// CY-VMA-01 CY-VMA-02 CY-VMA-04 CY-WIRE-06; README decision 22
#[tokio::test]
async fn the_document_lives_as_long_as_the_build() {
    let world = World::ready().await;
    let mut new = world.new_server();
    new.keys = vec![
        ("laptop".into(), "ssh-rsa AAAA laptop\n".into()),
        ("phone".into(), "ssh-rsa BBBB phone".into()),
    ];
    new.user_data = Some("aGk=".into());
    new.personality = vec![PersonalityFile {
        path: "/etc/motd".into(),
        contents: "SGk=".into(),
        mode: Some(384),
        ..PersonalityFile::default()
    }];
    let id = world.create_as(&person(1), new).unwrap();
    let secret = secret(&world).await;
    let service = &world.service;
    for _ in 0..2 {
        let told = service.build(&secret).await.unwrap();
        assert_eq!((told.server, told.img_passwd.as_str()), (id, PASSWORD));
        assert_eq!(told.img_id, "pithosmap://map/1073741824");
        assert_eq!(told.img_properties, r#"{"OSFAMILY":"linux"}"#);
        assert_eq!(
            told.img_personality,
            r#"[{"path":"/etc/motd","contents":"SGk=","mode":384}]"#
        );
        assert_eq!(
            told.auth_keys.as_deref(),
            Some("ssh-rsa AAAA laptop\nssh-rsa BBBB phone")
        );
        assert_eq!(told.cloud_userdata.as_deref(), Some("aGk="));
        assert!(!format!("{told:?}").contains(PASSWORD));
    }
    assert_eq!(world.server(id).key_names, ["laptop", "phone"]);
    for other in ["", "x", "00000000-0000-4000-8000-000000000000"] {
        assert!(matches!(
            service.build(other).await,
            Err(Error::NotFound { .. })
        ));
    }
    world.carry_out(id, "CREATE", JobStatus::Success).await;
    assert!(matches!(
        service.build(&secret).await,
        Err(Error::NotFound { .. })
    ));
    let late = service
        .build_progress(&secret, BuildProgress::Copy(5.0))
        .await;
    assert!(matches!(late, Err(Error::NotFound { .. })));
}

// CY-VMA-04 CY-BKD-20 CY-MOD-40: no secret is readable in the rows.
#[tokio::test]
pub(super) async fn secrets_are_sealed_at_rest() {
    let world = World::ready().await;
    world.create();
    let secret = secret(&world).await;
    let rows = world
        .store
        .read_now(|tx| tx.scan::<Build>(None, 9))
        .unwrap();
    let kept = world
        .store
        .read_now(|tx| tx.scan::<ServerPassword>(None, 9))
        .unwrap();
    let bytes = [
        store::encode(1, &rows).unwrap(),
        store::encode(1, &kept).unwrap(),
    ]
    .concat();
    for hidden in [secret.as_str(), PASSWORD] {
        let found = bytes.windows(hidden.len()).any(|w| w == hidden.as_bytes());
        assert!(!found, "{hidden}");
    }
}

// CY-DSP-22 and acceptance A6; CY-DIA-01 CY-MOD-10
#[tokio::test]
async fn progress_and_log_lines_are_taken() {
    let world = World::ready().await;
    let id = world.create();
    let secret = secret(&world).await;
    let service = &world.service;
    let copy = |percent| service.build_progress(&secret, BuildProgress::Copy(percent));
    copy(41.7).await.unwrap();
    assert_eq!(world.view(id).progress, 41);
    copy(12.0).await.unwrap();
    assert_eq!(world.view(id).progress, 41);
    copy(137.0).await.unwrap();
    assert_eq!(world.view(id).progress, 100);
    assert!(copy(-1.0).await.is_err() && copy(f64::NAN).await.is_err());
    let say = |level, message: &str| {
        let said = BuildProgress::Said {
            level,
            source: "image-helper-task-start".into(),
            message: message.into(),
            details: None,
        };
        service.build_progress(&secret, said)
    };
    say(Level::Debug, "FixPartitionTable").await.unwrap();
    say(Level::of_report("error"), &"e".repeat(300))
        .await
        .unwrap();
    let alice = person(1);
    let lines = service.diagnostics(&alice, id).await.unwrap();
    assert_eq!(
        (lines.len(), lines[0].level, lines[0].message.len()),
        (2, Level::Error, 255)
    );
    assert_eq!(world.view(id).diagnostic.unwrap().id, lines[0].id);
    for n in 0..250 {
        say(Level::Info, &n.to_string()).await.unwrap();
    }
    assert_eq!(service.diagnostics(&alice, id).await.unwrap().len(), 200);
    assert!(service.diagnostics(&person(2), id).await.is_err());
}
