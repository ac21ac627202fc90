//! Asking clusters what they are, for the administrator's commands.
//!
//! Invariant: nothing here changes a cluster or a row.

use admin::ClusterInfo;
use compute::{Backend, NewBackend, Transport};
use ganeti::{Cluster, Trouble};
use kernel::{BackendId, Error, Result, secret::SecretString};
use std::{net::IpAddr, time::Duration};

/// How long a cluster may take to say it all; somebody waits at a terminal.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a cluster that is to be registered says of itself (CY-BKD-03).
///
/// # Errors
/// `Unavailable` when it does not answer as it should, `Invalid` when it is another
/// cluster than the one named.
pub(crate) async fn probe(new: &NewBackend) -> Result<ClusterInfo> {
    let row = as_row(new);
    let info = ask(&row, new.password.clone()).await?;
    same(&row.transport, &row.clustername, &info.name)?;
    Ok(info)
}

/// What a registered cluster has now.
pub(crate) async fn refresh(compute: &compute::Service, backend: &Backend) -> Result<ClusterInfo> {
    let all = compute.driver().clusters().await?;
    let one = all.into_iter().find(|one| one.backend.id == backend.id);
    let one = one.ok_or_else(|| Error::not_found("The backend was removed meanwhile."))?;
    // One registered without a check may have any name.
    ask(&one.backend, one.password).await
}

async fn ask(row: &Backend, password: Option<SecretString>) -> Result<ClusterInfo> {
    let work = async {
        let cluster = Cluster::new(row, password)?;
        cluster.may_write().await?;
        let name = cluster.name().await?;
        let (stats, disk_templates) = cluster.capacity().await?;
        Ok(ClusterInfo {
            name,
            stats,
            disk_templates,
            first_seen: cluster.first_seen(),
        })
    };
    let late = |_| Err(Trouble::Unreachable("no answer in time".into()));
    let answer = tokio::time::timeout(PATIENCE, work).await;
    answer.unwrap_or_else(late).map_err(|trouble| {
        let name = &row.clustername;
        match trouble {
            Trouble::Refused(why) => Error::forbidden(format!("The cluster {name} refuses: {why}")),
            Trouble::Doubt(why) | Trouble::Unreachable(why) => {
                Error::unavailable(format!("Cannot reach the cluster {name}: {why}"))
            }
        }
    })
}

/// Is the cluster the one that was named? Over the remote API the name is where the
/// cluster is reached: an address says nothing about a name, so any name is right.
fn same(transport: &Transport, given: &str, own: &str) -> Result<()> {
    let by_address = matches!(transport, Transport::Rapi { .. })
        && given.trim_matches(['[', ']']).parse::<IpAddr>().is_ok();
    match by_address || given.trim_end_matches('.').eq_ignore_ascii_case(own) {
        true => Ok(()),
        false => Err(Error::invalid(format!(
            "Invalid clustername value. Please use the Ganeti Cluster name: {own}"
        ))),
    }
}

/// The row as it will be, as far as reaching the cluster goes.
fn as_row(new: &NewBackend) -> Backend {
    Backend {
        id: BackendId(0),
        clustername: new.clustername.clone(),
        transport: new.transport.clone(),
        port: new.port,
        username: new.username.clone(),
        password: String::new(),
        index: 0,
        drained: true,
        offline: false,
        public: new.public,
        hypervisor: new.hypervisor.clone(),
        disk_templates: Vec::new(),
        stats: compute::Stats::default(),
        refreshed: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rapi() -> Transport {
        Transport::Rapi {
            ca: None,
            pinned: None,
        }
    }

    fn luxi(socket: &str) -> Transport {
        Transport::Luxi {
            socket: socket.into(),
        }
    }

    // CY-BKD-03
    #[test]
    fn a_cluster_of_another_name_is_refused_unless_it_is_named_by_its_address() {
        let own = "c1.example.com";
        for (transport, given, right) in [
            (luxi(""), own, true),
            (luxi(""), "C1.example.com.", true),
            (luxi(""), "c2.example.com", false),
            (luxi(""), "192.0.2.1", false),
            (rapi(), own, true),
            (rapi(), "c2.example.com", false),
            (rapi(), "192.0.2.1", true),
            (rapi(), "[2001:db8::1]", true),
        ] {
            let answer = same(&transport, given, own);
            assert_eq!(answer.is_ok(), right, "{transport:?} {given}");
            if let Err(error) = answer {
                let asked = "Please use the Ganeti Cluster name: c1.example.com";
                assert!(error.to_string().contains(asked), "{error}");
            }
        }
    }

    // CY-BKD-03
    #[tokio::test]
    async fn a_cluster_that_is_not_there_is_refused() {
        let new = NewBackend {
            clustername: "c1.example.com".into(),
            transport: luxi("/nonexistent/socket"),
            port: 5080,
            username: String::new(),
            password: None,
            hypervisor: "kvm".into(),
            public: true,
            networks: false,
        };
        let error = probe(&new).await.unwrap_err();
        assert!(error.to_string().contains("/nonexistent/socket"), "{error}");
    }
}
