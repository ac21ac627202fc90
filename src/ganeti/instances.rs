//! Reading the instances of a cluster.
//!
//! Invariant: what a cluster does not know of an instance is never taken for a no.

use crate::cluster::{Cluster, LuxiCluster, RapiCluster, Trouble, known};
use compute::{InstanceSeen, NicSeen};
use reqwest::Method;
use serde_json::{Value, json};

/// The fields of instances that are read.
const INSTANCE: [&str; 6] = [
    "name",
    "oper_state",
    "nic.names",
    "nic.networks.names",
    "nic.ips",
    "nic.macs",
];
impl Cluster {
    /// One instance; None when it does not exist.
    pub async fn instance(&self, name: &str) -> Result<Option<InstanceSeen>, Trouble> {
        match self {
            Cluster::Luxi(_) => {
                let found = self.query_instances(json!(["=", "name", name])).await;
                let found = known(found)?.unwrap_or_default().into_iter().next();
                found.map(certain).transpose()
            }
            Cluster::Rapi(RapiCluster(rapi)) => {
                let answer = rapi
                    .ask(Method::GET, &format!("/2/instances/{name}"), None)
                    .await?;
                let found = answer.map(|value| listed(&in_order(&value)));
                found.map(certain).transpose()
            }
        }
    }

    /// All instances whose name begins with `prefix`, each with whether it is known to
    /// run or not: it is not while its node is off line or does not answer.
    pub async fn instances(&self, prefix: &str) -> Result<Vec<(InstanceSeen, bool)>, Trouble> {
        let mut all = match self {
            Cluster::Luxi(_) => self.query_instances(Value::Null).await?,
            Cluster::Rapi(RapiCluster(rapi)) => {
                let answer = rapi.ask(Method::GET, "/2/instances?bulk=1", None).await?;
                let rows = answer.as_ref().and_then(Value::as_array);
                // Without a list there is no saying that an instance is absent.
                let rows = rows.ok_or_else(no_instances)?;
                rows.iter().map(|value| listed(&in_order(value))).collect()
            }
        };
        all.retain(|(instance, _)| instance.name.starts_with(prefix));
        Ok(all)
    }

    async fn query_instances(&self, filter: Value) -> Result<Vec<(InstanceSeen, bool)>, Trouble> {
        let Cluster::Luxi(LuxiCluster(luxi)) = self else {
            return Ok(Vec::new());
        };
        let answer = luxi
            .call("Query", json!(["instance", INSTANCE, filter]))
            .await?;
        let rows = answer["data"].as_array().ok_or_else(no_instances)?;
        let values = |row: &Value| -> Vec<Value> {
            let fields = row.as_array().map(Vec::as_slice).unwrap_or_default();
            fields.iter().map(|field| field[1].clone()).collect()
        };
        Ok(rows.iter().map(|row| listed(&values(row))).collect())
    }
}

fn no_instances() -> Trouble {
    Trouble::Doubt("the list of instances makes no sense".into())
}

/// The fields of [`INSTANCE`] of an object of the remote API.
fn in_order(value: &Value) -> Vec<Value> {
    INSTANCE.iter().map(|field| value[*field].clone()).collect()
}

/// An instance, and whether the cluster knows if it runs.
fn listed(fields: &[Value]) -> (InstanceSeen, bool) {
    (seen(fields), fields.get(1).is_some_and(Value::is_boolean))
}

/// Only an instance whose state is known says anything.
fn certain((instance, known): (InstanceSeen, bool)) -> Result<InstanceSeen, Trouble> {
    match known {
        true => Ok(instance),
        false => Err(Trouble::Doubt(format!(
            "the node of {} does not answer",
            instance.name
        ))),
    }
}

fn seen(fields: &[Value]) -> InstanceSeen {
    let none = Value::Null;
    let of = |index: usize| fields.get(index).unwrap_or(&none);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let macs = of(5).as_array().cloned();
    let nics = macs.map(|macs| {
        let nic = |(index, mac): (usize, &Value)| NicSeen {
            name: text(&of(2)[index]),
            network: text(&of(3)[index]),
            ip: of(4)[index].as_str().map(str::to_owned),
            mac: text(mac),
        };
        macs.iter().enumerate().map(nic).collect()
    });
    InstanceSeen {
        name: text(of(0)),
        running: of(1) == &json!(true),
        nics,
    }
}

#[cfg(test)]
pub(crate) mod testing {
    //! The pure readers, for tests.
    use super::*;

    pub(crate) fn instance(value: &Value) -> InstanceSeen {
        seen(&in_order(value))
    }

    pub(crate) fn is_certain(value: &Value) -> bool {
        certain(listed(&in_order(value))).is_ok()
    }
}
