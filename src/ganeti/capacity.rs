//! What a cluster can still take.

use crate::cluster::{Cluster, LuxiCluster, RapiCluster, Trouble};
use compute::Stats;
use reqwest::Method;
use serde_json::{Value, json};

/// The fields of nodes that are read.
const NODE: [&str; 10] = [
    "mfree",
    "mtotal",
    "dfree",
    "dtotal",
    "pinst_cnt",
    "ctotal",
    "offline",
    "drained",
    "vm_capable",
    "cnodes",
];

impl Cluster {
    /// What is free, and the disk templates it can make.
    pub async fn capacity(&self) -> Result<(Stats, Vec<String>), Trouble> {
        let (nodes, info) = match self {
            Cluster::Luxi(LuxiCluster(luxi)) => {
                let answer = luxi.call("QueryNodes", json!([[], NODE, false])).await?;
                let info = luxi.call("QueryClusterInfo", json!([])).await?;
                (answer.as_array().cloned().unwrap_or_default(), info)
            }
            Cluster::Rapi(RapiCluster(rapi)) => {
                let answer = rapi.ask(Method::GET, "/2/nodes?bulk=1", None).await?;
                let info = rapi.ask(Method::GET, "/2/info", None).await?;
                let rows = answer.as_ref().and_then(Value::as_array);
                let rows = rows.map(Vec::as_slice).unwrap_or_default();
                let fields = |node: &Value| NODE.iter().map(|f| node[*f].clone()).collect();
                (rows.iter().map(fields).collect(), info.unwrap_or_default())
            }
        };
        Ok((free(&nodes), templates(&info)))
    }
}

/// What the usable nodes have together; each is the fields of [`NODE`].
fn free(nodes: &[Value]) -> Stats {
    let mut stats = Stats::default();
    // Only what may take instances counts, and a node that did not answer has no cnodes.
    let usable = |node: &&Value| {
        let is = |index: usize| node[index] == json!(true);
        !is(6) && !is(7) && is(8) && !node[9].is_null()
    };
    for node in nodes.iter().filter(usable) {
        let of = |index: usize| node[index].as_u64().unwrap_or(0);
        stats.mfree += of(0);
        stats.mtotal += of(1);
        stats.dfree += of(2);
        stats.dtotal += of(3);
        stats.pinst_cnt += of(4);
        stats.ctotal += of(5);
    }
    stats
}

/// The templates that are enabled and that the policy for instances allows.
fn templates(info: &Value) -> Vec<String> {
    let mut enabled = texts(&info["enabled_disk_templates"]);
    if info["ipolicy"]["disk-templates"].is_array() {
        let allowed = texts(&info["ipolicy"]["disk-templates"]);
        enabled.retain(|template| allowed.contains(template));
    }
    enabled
}

fn texts(value: &Value) -> Vec<String> {
    let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
    items
        .iter()
        .filter_map(|v| v.as_str().map(str::to_owned))
        .collect()
}
