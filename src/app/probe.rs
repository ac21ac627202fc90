//! Asking clusters on behalf of administrators: before they are registered, and
//! for what they have now.

use admin::ClusterInfo;
use compute::{Backend, NewBackend, Stats};
use ganeti::{Cluster, Trouble};
use kernel::{BackendId, Error, Result, secret::SecretString};

/// What a cluster that is to be registered says of itself; it must let us change it
/// (CY-BKD-03).
pub(crate) async fn new(cluster: &NewBackend) -> Result<ClusterInfo> {
    // Only how it is reached counts; nothing of this is kept.
    let row = Backend {
        id: BackendId(0),
        clustername: cluster.clustername.clone(),
        transport: cluster.transport.clone(),
        port: cluster.port,
        username: cluster.username.clone(),
        password: String::new(),
        index: 0,
        drained: true,
        offline: false,
        public: cluster.public,
        hypervisor: cluster.hypervisor.clone(),
        disk_templates: Vec::new(),
        stats: Stats::default(),
        refreshed: None,
    };
    ask(&row, cluster.password.clone(), true).await
}

/// What a registered cluster has now.
pub(crate) async fn registered(
    compute: &compute::Service,
    backend: &Backend,
) -> Result<ClusterInfo> {
    let mut all = compute.driver().clusters().await?;
    all.retain(|one| one.backend.id == backend.id);
    match all.pop() {
        Some(one) => ask(&one.backend, one.password, false).await,
        None => Err(Error::not_found(format!(
            "Backend with ID {} does not exist.",
            backend.id
        ))),
    }
}

async fn ask(row: &Backend, password: Option<SecretString>, verify: bool) -> Result<ClusterInfo> {
    let in_words = |trouble: Trouble| {
        let name = &row.clustername;
        match trouble {
            Trouble::Unreachable(why) | Trouble::Doubt(why) => {
                Error::unavailable(format!("Cannot reach the cluster '{name}': {why}"))
            }
            Trouble::Refused(why) => Error::invalid(format!("The cluster '{name}' refuses: {why}")),
        }
    };
    let cluster = Cluster::new(row, password).map_err(in_words)?;
    let survey = cluster.survey(verify).await.map_err(in_words)?;
    Ok(ClusterInfo {
        name: survey.name,
        stats: survey.stats,
        disk_templates: survey.disk_templates,
        first_seen: cluster.first_seen(),
    })
}
