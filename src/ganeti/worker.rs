//! The loops: one over the clusters, one worker for each of them. No input but
//! stored state; woken by signal and by timer.

use crate::{cluster::Cluster, doubt::Sent, watcher::Watch};
use compute::{Backend, Driver, IntentId, IntentState, Transport};
use kernel::{BackendId, CxSource, NetworkId, Result, SettingsHandle};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};
use tokio::{
    task::{JoinHandle, JoinSet},
    time::Instant,
};
use tokio_util::sync::CancellationToken;

/// The longest a worker sleeps when nothing wakes it.
const NAP: Duration = Duration::from_secs(10);
/// Pause before a cluster out of reach is tried again.
const RETRY: Duration = Duration::from_secs(1);
/// How long a cluster may be out of reach before what is asked of it is given up.
const GRACE: Duration = Duration::from_secs(20);
/// Pause before a network that could not be made is tried again; doubled each time.
const MEND: Duration = Duration::from_secs(2);
/// The longest such pause.
const MEND_MOST: Duration = Duration::from_secs(600);
/// Intents read at a time.
const SLICE: usize = 100;
/// Jobs followed at a time in one cluster.
const FOLLOWED: usize = 200;

/// What of a row decides how the cluster is reached; another one, another worker.
type Reached = (String, Transport, u16, String, String);

fn reached(backend: &Backend) -> Reached {
    (
        backend.clustername.clone(),
        backend.transport.clone(),
        backend.port,
        backend.username.clone(),
        backend.password.clone(),
    )
}

/// Drives the clusters until told to stop. May be dropped at any time.
pub async fn run(
    compute: compute::Service,
    settings: SettingsHandle,
    cx: CxSource,
    stop: CancellationToken,
) {
    let driver = compute.driver();
    let mut woken = driver.watch();
    let mut workers = BTreeMap::new();
    while !stop.is_cancelled() {
        if let Err(error) = muster(&driver, &settings, &cx, &mut workers).await {
            tracing::error!(target: "snf.dispatcher", "clusters: {}", error.chain());
        }
        tokio::select! {
            () = stop.cancelled() => {}
            _ = woken.changed() => {}
            () = tokio::time::sleep(NAP) => {}
        }
    }
}

/// One worker for every cluster that is to be talked to.
async fn muster(
    driver: &Driver,
    settings: &SettingsHandle,
    cx: &CxSource,
    workers: &mut BTreeMap<BackendId, Worker>,
) -> Result<()> {
    let mut clusters = driver.clusters().await?;
    clusters.retain(|one| !one.backend.offline);
    let live: BTreeSet<_> = clusters.iter().map(|one| one.backend.id).collect();
    workers.retain(|id, worker| live.contains(id) && !worker.task.is_finished());
    for one in clusters {
        let (id, way) = (one.backend.id, reached(&one.backend));
        if workers.get(&id).is_some_and(|worker| worker.reached == way) {
            continue;
        }
        // Its followers end before others begin.
        workers.remove(&id);
        let cluster = match Cluster::new(&one.backend, one.password) {
            Ok(cluster) => Arc::new(cluster),
            Err(trouble) => {
                tracing::error!(target: "snf.dispatcher", "{}: {trouble}", one.backend.clustername);
                continue;
            }
        };
        let watch = Watch {
            driver: driver.clone(),
            cluster,
            cx: cx.clone(),
            doubts: Arc::default(),
        };
        let lane = Lane::new(watch, one.backend, settings.clone());
        let task = tokio::spawn(lane.work());
        workers.insert(id, Worker { reached: way, task });
    }
    Ok(())
}

/// A running worker; stops when dropped.
struct Worker {
    reached: Reached,
    task: JoinHandle<()>,
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The work for one cluster.
struct Lane {
    watch: Watch,
    backend: Backend,
    settings: SettingsHandle,
    followers: JoinSet<IntentId>,
    followed: BTreeSet<IntentId>,
    reached: Instant,
    refresh: Instant,
    compare: Instant,
    /// Networks whose making or removal failed: how often, and when to try again.
    mending: BTreeMap<NetworkId, (u32, Instant)>,
}

impl Lane {
    fn new(watch: Watch, backend: Backend, settings: SettingsHandle) -> Self {
        let now = Instant::now();
        Lane {
            watch,
            backend,
            settings,
            followers: JoinSet::new(),
            followed: BTreeSet::new(),
            reached: now,
            refresh: now,
            compare: now + NAP,
            mending: BTreeMap::new(),
        }
    }

    async fn work(mut self) {
        let mut woken = self.watch.driver.watch();
        loop {
            let pause = match self.round().await {
                Ok(Sent::Settled) => self.nap(),
                Ok(Sent::Later) => RETRY,
                Err(error) => {
                    tracing::error!(
                        target: "snf.dispatcher",
                        "{}: {}", self.backend.clustername, error.chain()
                    );
                    RETRY
                }
            };
            tokio::select! {
                // What was put off waits its turn: putting it off wakes us, too.
                changed = woken.changed(), if pause != RETRY => if changed.is_err() { return },
                Some(ended) = self.followers.join_next() => {
                    // A follower that panicked is found by its intent, which is still at work.
                    if let Ok(intent) = ended { self.followed.remove(&intent); }
                    else { self.followed.clear(); self.followers.abort_all(); }
                }
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// Until the next network is to be made again, at most the usual time.
    fn nap(&self) -> Duration {
        let now = Instant::now();
        let next = self.mending.values().map(|(_, at)| at.duration_since(now));
        next.min()
            .map_or(NAP, |due| NAP.min(due + Duration::from_millis(10)))
    }

    /// Has networks made again whose making failed, and removed again whose removal
    /// failed, at growing intervals: Ganeti refuses now and then because something
    /// else changed meanwhile (CY-REC-30).
    async fn mend(&mut self) -> Result<()> {
        let driver = &self.watch.driver;
        let failed = driver.networks_to_mend(self.backend.id).await?;
        let now = Instant::now();
        self.mending
            .retain(|id, _| failed.iter().any(|one| one.network == *id));
        for one in failed.iter().filter(|one| !one.busy) {
            let first = (0, now + MEND);
            let (tries, at) = self.mending.entry(one.network).or_insert(first);
            if now >= *at {
                *tries += 1;
                *at = now + MEND_MOST.min(MEND * 2u32.saturating_pow(*tries));
                tracing::info!(target: "snf.dispatcher", "network {} is tried again", one.name);
                driver.mend_network(self.backend.id, one.network).await?;
            }
        }
        Ok(())
    }

    async fn round(&mut self) -> Result<Sent> {
        self.follow().await?;
        let sent = self.send().await?;
        self.follow().await?;
        if sent == Sent::Settled {
            self.mend().await?;
            self.look().await?;
        }
        if let Some(hash) = self.watch.cluster.first_seen() {
            self.watch.driver.pinned(self.backend.id, hash).await?;
        }
        Ok(sent)
    }

    /// A follower for every job that exists.
    async fn follow(&mut self) -> Result<()> {
        let mut after = None;
        loop {
            let driver = &self.watch.driver;
            let slice = driver.at_work(self.backend.id, after, SLICE).await?;
            for intent in &slice {
                let IntentState::Submitted { job } = intent.state else {
                    continue;
                };
                if self.followed.len() < FOLLOWED && self.followed.insert(intent.id) {
                    let (watch, intent) = (self.watch.clone(), intent.clone());
                    self.followers.spawn(async move {
                        watch.follow(&intent, job).await;
                        intent.id
                    });
                }
            }
            match slice.last() {
                Some(last) if slice.len() == SLICE => after = Some(last.id),
                _ => return Ok(()),
            }
        }
    }

    /// Sends what waits, in order.
    async fn send(&mut self) -> Result<Sent> {
        let mut after = None;
        loop {
            let driver = &self.watch.driver;
            let slice = driver.pending(self.backend.id, after, SLICE).await?;
            for pending in &slice {
                let patient = self.reached.elapsed() < GRACE;
                match self.watch.send(pending, patient).await? {
                    Sent::Settled => self.reached = Instant::now(),
                    Sent::Later => return Ok(Sent::Later),
                }
            }
            match slice.last() {
                Some(last) if slice.len() == SLICE => after = Some(last.intent.id),
                _ => return Ok(Sent::Settled),
            }
        }
    }

    /// Now and then: what is free, and do the rows say what the cluster says?
    async fn look(&mut self) -> Result<()> {
        let now = Instant::now();
        let settings = self.settings.now();
        let minutes = |name: &str| {
            let minutes = u64::try_from(settings.int(name)).unwrap_or(0);
            (minutes > 0).then(|| Duration::from_secs(minutes * 60))
        };
        let fixes = settings.strings("RECONCILIATION_AUTO_FIX");
        let mut answered = false;
        if now >= self.refresh {
            let fresh = self.watch.refresh(self.backend.id).await?;
            answered |= fresh;
            let pause = minutes("BACKEND_REFRESH_MIN").unwrap_or(NAP);
            self.refresh = now + if fresh { pause } else { NAP };
        }
        if now >= self.compare {
            let every = minutes("RECONCILIATION_MIN");
            if every.is_some() {
                answered |= self.watch.compare(&self.backend, &fixes).await?;
            }
            self.compare = now + every.unwrap_or(Duration::from_secs(60));
        }
        if answered {
            self.reached = now;
        }
        Ok(())
    }
}
