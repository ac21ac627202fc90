//! Getting to know a cluster before it is relied on: its name, whether it may be
//! changed, what is free in it.

use crate::cluster::{Cluster, LuxiCluster, RapiCluster, Trouble};
use compute::Stats;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

/// How long somebody at a terminal waits for all of it.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a cluster says of itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Survey {
    /// Its own name.
    pub name: String,
    /// What is free.
    pub stats: Stats,
    /// Templates it can make disks of.
    pub disk_templates: Vec<String>,
}

impl Cluster {
    /// Asks the cluster who it is and what it has. With `verify`, also makes sure
    /// that it takes changes from us, by one that changes nothing (CY-BKD-03).
    ///
    /// # Errors
    /// It cannot be reached, or it refuses.
    pub async fn survey(&self, verify: bool) -> Result<Survey, Trouble> {
        let asking = async {
            let name = self.name().await?;
            if verify {
                self.verify().await?;
            }
            let (stats, disk_templates) = self.capacity().await?;
            Ok(Survey {
                name,
                stats,
                disk_templates,
            })
        };
        tokio::time::timeout(PATIENCE, asking)
            .await
            .unwrap_or_else(|_| Err(Trouble::Unreachable("no answer in time".into())))
    }

    async fn name(&self) -> Result<String, Trouble> {
        let info: Value = match self {
            Cluster::Luxi(LuxiCluster(luxi)) => luxi.call("QueryClusterInfo", json!([])).await?,
            Cluster::Rapi(RapiCluster(rapi)) => rapi
                .ask(Method::GET, "/2/info", None)
                .await?
                .unwrap_or_default(),
        };
        match info["name"].as_str() {
            Some(name) => Ok(name.to_owned()),
            None => Err(Trouble::Refused("it does not answer like Ganeti".into())),
        }
    }

    /// Whoever may open the query socket may change everything; users of the remote
    /// API may have been allowed to read only.
    async fn verify(&self) -> Result<(), Trouble> {
        match self {
            Cluster::Luxi(_) => Ok(()),
            Cluster::Rapi(RapiCluster(rapi)) => rapi
                .change(Method::PUT, "/2/modify", Some(&json!({})))
                .await
                .map(drop),
        }
    }
}
