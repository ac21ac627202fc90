//! Sending intents, and finding out about those that may have been sent already
//! (README decision 23).

use crate::{cluster::Trouble, watcher::Watch};
use compute::{Fact, IntentState, Job, Pending, Target, Why};
use kernel::Result;

/// How often a request may vanish in a cluster that answers otherwise, before it is
/// taken for refused: the remote API answers some refusals like a breakdown.
const MOST: u32 = 5;

/// What came of an intent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    /// It is settled for now.
    Settled,
    /// The cluster is out of reach: later.
    Later,
}

impl Watch {
    /// Sends one intent, or settles what became of an earlier attempt. `patient`
    /// while the cluster was reached a moment ago: then it is not given up.
    pub(crate) async fn send(&self, pending: &Pending, patient: bool) -> Result<Sent> {
        match pending.intent.state {
            IntentState::Trying => self.settle(pending).await,
            _ => self.attempt(pending, patient).await,
        }
    }

    async fn attempt(&self, pending: &Pending, patient: bool) -> Result<Sent> {
        let intent = &pending.intent;
        if !self.driver.attempt(intent.id).await? {
            return Ok(Sent::Settled);
        }
        let sent = self
            .cluster
            .submit(&pending.job, &intent.depends, &intent.key)
            .await;
        match sent {
            Ok(Some(job)) => self.found(pending, job).await?,
            Ok(None) => self.nothing_to_do(pending).await?,
            Err(Trouble::Refused(why)) => {
                tracing::warn!(target: "snf.dispatcher", "intent {}: refused: {why}", intent.id);
                self.driver.withdrawn(intent.id, Why::Refused(why)).await?;
            }
            Err(Trouble::Unreachable(why)) if !patient => {
                tracing::warn!(target: "snf.dispatcher", "intent {}: {why}", intent.id);
                self.driver
                    .withdrawn(intent.id, Why::Unreachable(why))
                    .await?;
                return Ok(Sent::Later);
            }
            Err(Trouble::Unreachable(why)) => {
                tracing::info!(target: "snf.dispatcher", "intent {} waits: {why}", intent.id);
                self.driver.again(intent.id).await?;
                return Ok(Sent::Later);
            }
            Err(Trouble::Doubt(why)) => {
                tracing::warn!(target: "snf.dispatcher", "intent {}: may have been sent: {why}", intent.id);
                if let Ok(mut doubts) = self.doubts.lock() {
                    *doubts.entry(intent.id).or_default() += 1;
                }
                return Ok(Sent::Later);
            }
        }
        Ok(Sent::Settled)
    }

    /// An attempt whose outcome is not known: a job with its key is its job; else
    /// what it wanted may be there; else, both having been answered, it never was.
    async fn settle(&self, pending: &Pending) -> Result<Sent> {
        let intent = &pending.intent;
        match self.cluster.find_job(&intent.key).await {
            Ok(Some(job)) => {
                self.found(pending, job).await?;
                return Ok(Sent::Settled);
            }
            Ok(None) => {}
            Err(trouble) => {
                tracing::info!(target: "snf.dispatcher", "intent {}: {trouble}", intent.id);
                return Ok(Sent::Later);
            }
        }
        if let Job::Create(spec) = &pending.job {
            match self.cluster.instance(&spec.name).await {
                Ok(None) => {}
                Ok(found) => {
                    // The instance without its job: only a purged archive does that.
                    let fact = Fact::JobGone {
                        intent: intent.id,
                        instance: found,
                        at: self.cx.cx().now,
                    };
                    self.driver.observed(fact).await?;
                    return Ok(Sent::Settled);
                }
                Err(_) => return Ok(Sent::Later),
            }
        }
        // The socket may have taken a call that the daemon had not written down when
        // it was asked for the jobs; a later call was answered, so it never will.
        match self.cluster.find_job(&intent.key).await {
            Ok(Some(job)) => self.found(pending, job).await?,
            Ok(None) => self.absent(pending).await?,
            Err(_) => return Ok(Sent::Later),
        }
        Ok(Sent::Settled)
    }

    async fn found(&self, pending: &Pending, job: u64) -> Result<()> {
        if let Ok(mut doubts) = self.doubts.lock() {
            doubts.remove(&pending.intent.id);
        }
        self.driver.submitted(pending.intent.id, job).await
    }

    /// No job came of an attempt: another one, but not for ever.
    async fn absent(&self, pending: &Pending) -> Result<()> {
        let id = pending.intent.id;
        let often = match self.doubts.lock() {
            Ok(mut doubts) if doubts.get(&id).is_some_and(|n| *n >= MOST) => {
                doubts.remove(&id).is_some()
            }
            _ => false,
        };
        if !often {
            return self.driver.again(id).await;
        }
        tracing::warn!(target: "snf.dispatcher", "intent {id}: given up after {MOST} attempts");
        let why = "The cluster breaks off whenever it is asked for this.".to_owned();
        self.driver.withdrawn(id, Why::Refused(why)).await
    }

    /// A network is as it is wanted already.
    async fn nothing_to_do(&self, pending: &Pending) -> Result<()> {
        let intent = &pending.intent;
        if let Target::Network(_) = intent.target {
            let there = matches!(pending.job, Job::NetworkCreate(_));
            let fact = self.network_now(intent, None, there);
            self.driver.observed(Fact::Network(fact)).await?;
        }
        Ok(())
    }
}
