//! With real block files: what may be named, what is kept and what is swept.

use super::*;
use ::blocks::BLOCK_SIZE;
use kernel::{BlockHash, settings::Value};

/// Uploads bytes the streamed way.
async fn send(world: &World, caller: &Caller, path: &ObjectPath, data: &[u8]) -> Version {
    let mut writer = world.service.writer();
    for part in data.chunks(700_001) {
        writer.push(part).await.unwrap();
    }
    let done = writer.finish().await.unwrap();
    let content = Content::new(done.list, Some(done.md5));
    world.tick();
    world
        .service
        .put(caller, upload(path), content, done.lease)
        .await
        .unwrap()
}

fn pattern(len: usize, seed: usize) -> Vec<u8> {
    (0..len)
        .map(|i| ((i / 1000) * 7 + i + seed) as u8 | 1)
        .collect()
}

fn files(world: &World) -> usize {
    fn count(dir: &std::path::Path) -> usize {
        let entries = std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path());
        entries
            .map(|p| if p.is_dir() { count(&p) } else { 1 })
            .sum()
    }
    count(world.dir.path())
}

// AC-BLK 2 PI-OBJ-04 PI-OBJ-12
#[tokio::test]
async fn what_was_sent_is_read_in_whole_and_in_part() {
    let world = World::new();
    let alice = world.user(1).await;
    let c = world.container(&alice, "c").await;
    let data = pattern(2 * BLOCK_SIZE + 100, 0);
    for n in 0..3 {
        let version = send(&world, &alice, &object(&c, &format!("f{n}")), &data).await;
        let all = world.service.read_all(version, 1 << 30).await.unwrap();
        assert!(all == data);
    }
    assert_eq!(files(&world), 3);
    let path = object(&c, "f1");
    let view = world
        .service
        .object(&alice, path, Which::Current)
        .await
        .unwrap();
    let size = BLOCK_SIZE as u64;
    let ranges = vec![0..1, size - 3..size + 3, 2 * size..2 * size + 100, 5..5];
    let parts = world
        .service
        .pieces(view.version.clone(), ranges.clone())
        .await
        .unwrap();
    for (range, pieces) in ranges.into_iter().zip(parts) {
        let mut got = Vec::new();
        for piece in pieces {
            let block = world.service.read(&piece).await.unwrap();
            got.extend_from_slice(&block[piece.bytes]);
        }
        assert_eq!(got, data[range.start as usize..range.end as usize]);
    }
    let list = world
        .service
        .block_list(view.version.clone())
        .await
        .unwrap();
    assert_eq!(list.top_hash(), view.version.hash.unwrap());
}

// PI-SCL-03: a map of several chunks.
#[tokio::test]
async fn large_maps_are_read_in_part() {
    let world = World::new();
    let alice = world.user(1).await;
    let c = world.container(&alice, "c").await;
    let size = 2500 * ::blocks::BLOCK_BYTES - 1;
    let hash = |n: u32| match n % 5 {
        0 => EMPTY,
        _ => Digest([(n / 256) as u8 + 1; 32]),
    };
    let list = BlockList::new(size, (0..2500).map(hash).collect::<Vec<_>>()).unwrap();
    let lease = world.service.blocks().lease();
    let content = Content::new(list.clone(), None);
    let put = world
        .service
        .put(&alice, upload(&object(&c, "f")), content, lease);
    let version = put.await.unwrap();
    assert_eq!(
        world.service.block_list(version.clone()).await.unwrap(),
        list
    );
    let block = ::blocks::BLOCK_BYTES;
    for from in [
        0,
        1023 * block + 5,
        1024 * block,
        2047 * block - 1,
        size - 1,
    ] {
        let range = from..(from + 3 * block).min(size);
        let got = world
            .service
            .pieces(version.clone(), vec![range.clone()])
            .await
            .unwrap();
        let wanted: Vec<_> = list
            .pieces(range)
            .map(|(_, hash, bytes)| Piece { hash, bytes })
            .collect();
        assert_eq!(got, [wanted]);
    }
}

// PI-WRT-08 PI-SEC-01 PI-SEC-02 AC-SEC
#[tokio::test]
async fn only_own_blocks_may_be_named() {
    let world = World::new();
    let (alice, bob) = (world.user(1).await, world.user(2).await);
    let (ca, cb) = (
        world.container(&alice, "c").await,
        world.container(&bob, "c").await,
    );
    let secret = pattern(BLOCK_SIZE + 5, 3);
    let version = send(&world, &alice, &object(&ca, "secret"), &secret).await;
    let list = world.service.block_list(version.clone()).await.unwrap();
    let (before, mine) = (files(&world), object(&cb, "mine"));
    let name = |caller: &Caller, path: &ObjectPath, list: &BlockList| {
        let (caller, up, list) = (caller.clone(), upload(path), list.clone());
        let service = world.service.clone();
        async move { service.put_map(&caller, up, list).await.unwrap() }
    };
    let again = name(&alice, &object(&ca, "again"), &list).await.unwrap();
    assert_eq!(
        (again.hash, again.map == version.map),
        (version.hash, false)
    );
    let missing = name(&bob, &mine, &list).await.unwrap_err();
    assert_eq!(missing, list.blocks());

    for part in secret.chunks(BLOCK_SIZE) {
        let mut writer = world.service.writer();
        writer.push(part).await.unwrap();
        let done = writer.finish().await.unwrap();
        world
            .service
            .grant(&bob, done.list, done.lease)
            .await
            .unwrap();
    }
    name(&bob, &mine, &list).await.unwrap();
    assert_eq!(files(&world), before);

    // A grant ends after a day; what is in the account stays nameable.
    let other = BlockList::new(3, vec![::blocks::hash_block(b"new")]).unwrap();
    let mut writer = world.service.writer();
    writer.push(b"new").await.unwrap();
    let done = writer.finish().await.unwrap();
    world
        .service
        .grant(&bob, done.list, done.lease)
        .await
        .unwrap();
    world.clock.advance(Duration::from_secs(86_400));
    assert_eq!(name(&bob, &mine, &other).await.unwrap_err(), other.blocks());
    name(&bob, &mine, &list).await.unwrap();
    assert_eq!(world.service.expire_grants().await.unwrap(), 3);

    let mut settings = Settings::default();
    settings.set("PITHOS_BLOCK_CLAIM", Value::Str("global".into()));
    world.settings.replace(settings);
    name(&bob, &object(&cb, "global"), &other).await.unwrap();
}

// PI-WRT-08: each missing hash once, in order, known ones left out.
#[tokio::test]
async fn missing_blocks_are_named_in_order() {
    let world = World::new();
    let alice = world.user(1).await;
    let c = world.container(&alice, "c").await;
    let known = send(&world, &alice, &object(&c, "f"), b"known").await;
    let known = known.hash.unwrap();
    let h = |n: u8| Digest([n; 32]);
    let hashes: Vec<BlockHash> = vec![h(9), known, EMPTY, h(2), h(9)];
    let list = BlockList::new(hashes.len() as u64 * ::blocks::BLOCK_BYTES, hashes).unwrap();
    let asked = world
        .service
        .put_map(&alice, upload(&object(&c, "g")), list.clone());
    assert_eq!(asked.await.unwrap().unwrap_err(), [h(9), h(2)]);
    // A file that went missing is asked for again, in its place.
    std::fs::remove_file(world.service.blocks().path_of(&known)).unwrap();
    let asked = world
        .service
        .put_map(&alice, upload(&object(&c, "g")), list);
    assert_eq!(asked.await.unwrap().unwrap_err(), [h(9), known, h(2)]);
    assert_eq!(world.names(&alice, &c, all()).await, ["f"]);
}

// PI-GC-01 PI-GC-02 AC-GC
#[tokio::test]
async fn purged_content_is_swept_after_the_grace_period() {
    let world = World::new();
    let alice = world.user(1).await;
    let c = world.container(&alice, "c").await;
    let (a, b) = (object(&c, "a"), object(&c, "b"));
    send(&world, &alice, &a, b"shared").await;
    send(&world, &alice, &b, b"shared").await;
    send(&world, &alice, &b, b"only b").await;
    // The files' times are the machine's: be later than those.
    world.clock.advance(Duration::from_secs(200 * 365 * 86_400));
    assert_eq!(world.service.sweep(false).await.unwrap().removed, 0);
    world.service.purge(&alice, b, Micros::MAX).await.unwrap();
    assert_eq!(world.service.sweep(false).await.unwrap().removed, 0);
    world.clock.advance(Duration::from_secs(3601));
    assert_eq!(world.service.sweep(true).await.unwrap().removed, 1);
    assert_eq!(world.service.sweep(false).await.unwrap().removed, 1);
    assert_eq!(files(&world), 1);
    let view = world
        .service
        .object(&alice, a, Which::Current)
        .await
        .unwrap();
    let data = world.service.read_all(view.version, 99).await.unwrap();
    assert_eq!(data, b"shared");
    let refs = Counted(world.store.clone());
    assert_eq!(world.service.blocks().verify(&refs, true).count(), 0);
}

// PI-SWF-06 PI-WRT-09
#[tokio::test]
async fn md5_of_named_blocks_is_computed_by_setting() {
    let mut settings = Settings::default();
    settings.set("PITHOS_UPDATE_MD5", Value::Bool(true));
    let world = World::with(settings);
    let alice = world.user(1).await;
    let c = world.container(&alice, "c").await;
    let sent = send(
        &world,
        &alice,
        &object(&c, "f"),
        &pattern(BLOCK_SIZE + 9, 1),
    )
    .await;
    let list = world.service.block_list(sent.clone()).await.unwrap();
    let up = upload(&object(&c, "g"));
    let named = world
        .service
        .put_map(&alice, up, list)
        .await
        .unwrap()
        .unwrap();
    assert!(named.md5.is_some());
    assert_eq!(named.md5, sent.md5);
}

// PI-GC-02: somebody may leave while their upload waits to be committed.
#[tokio::test(flavor = "multi_thread")]
async fn an_upload_abandoned_before_its_commit_keeps_its_blocks() {
    let world = World::new();
    let alice = world.user(1).await;
    let c = world.container(&alice, "c").await;
    let data = pattern(5000, 3);
    let mut writer = world.service.writer();
    writer.push(&data).await.unwrap();
    let done = writer.finish().await.unwrap();

    let (go, gate) = std::sync::mpsc::channel::<()>();
    let gate = std::sync::Mutex::new(gate);
    let mut busy = Box::pin(world.store.write(move |_| {
        gate.lock().unwrap().recv().unwrap();
        Ok(())
    }));
    let content = Content::new(done.list, None);
    let path = object(&c, "f");
    let put = world
        .service
        .put(&alice, upload(&path), content, done.lease);
    tokio::select! {
        biased;
        _ = &mut busy => panic!("the writer should be busy"),
        () = std::future::ready(()) => {}
    }
    tokio::select! {
        biased;
        _ = put => panic!("the upload should wait"),
        () = std::future::ready(()) => {}
    }
    let refs = Counted(world.store.clone());
    let far = "2100-01-01T00:00:00Z".parse().unwrap();
    let mut at = ::blocks::Cursor::default();
    loop {
        let blocks = world.service.blocks();
        let swept = blocks.sweep(&refs, far, &at, false).unwrap();
        assert_eq!(swept.removed, 0);
        match swept.next {
            Some(next) => at = next,
            None => break,
        }
    }
    go.send(()).unwrap();
    busy.await.unwrap();
    world.store.write(|_| Ok(())).await.unwrap();
    let view = world.service.object(&alice, path, Which::Current).await;
    let version = view.unwrap().version;
    assert!(world.service.read_all(version, 1 << 20).await.unwrap() == data);
}
