//! Statistics to take away (ID-ADU-15, ID-ADU-50): the bodies of the statistics APIs for
//! whoever may use these pages.

use super::AtDesk;
use crate::{api::stats, pages::Failed, text};
use axum::{
    Json,
    extract::Path,
    response::{IntoResponse, Response},
};
use compute::{Figures, Sizes, Sum};
use http::header;
use kernel::{Error, Timestamp};
use serde_json::{Map, Value, json};

const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;

/// An unknown component is none (ID-ADU-18).
fn unknown(component: &str) -> Failed {
    Error::not_found(text::with("adm-no-type", &[("name", component)])).into()
}

fn file(name: &str, body: Value) -> Response {
    let named = format!("attachment; filename=\"{name}.json\"");
    ([(header::CONTENT_DISPOSITION, named)], Json(body)).into_response()
}

/// The few numbers everybody may know.
pub(in crate::pages) async fn terse(
    d: AtDesk,
    Path(component): Path<String>,
) -> Result<Response, Failed> {
    match component.as_str() {
        "astakos" => {
            let figures = d.state.identity.statistics().await?;
            Ok(file("astakos", stats::terse(&figures)))
        }
        "cyclades" => Ok(file("cyclades", of_all(&*d.state.compute.figures().await?))),
        other => Err(unknown(other)),
    }
}

/// By login method and what is used; by cluster and size.
pub(in crate::pages) async fn detailed(
    d: AtDesk,
    Path(component): Path<String>,
) -> Result<Response, Failed> {
    match component.as_str() {
        "astakos" => {
            let figures = d.state.identity.statistics().await?;
            Ok(file("astakos-detail", stats::detailed(&figures, d.now)))
        }
        "cyclades" => {
            let figures = d.state.compute.figures().await?;
            Ok(file("cyclades-detail", in_detail(&figures, d.now)))
        }
        other => Err(unknown(other)),
    }
}

fn sum(sum: &Sum) -> Value {
    json!({
        "count": sum.count, "cpu": sum.cpu, "ram": sum.ram * MIB, "disk": sum.disk * GIB,
    })
}

fn object<K: ToString, V>(
    all: impl IntoIterator<Item = (K, V)>,
    value: impl Fn(V) -> Value,
) -> Value {
    let pairs = all
        .into_iter()
        .map(|(key, one)| (key.to_string(), value(one)));
    pairs.collect::<Map<_, _>>().into()
}

/// The document of CY-AST-01.
fn of_all(all: &Figures) -> Value {
    json!({
        "servers": object(&all.servers, sum),
        "networks": object(&all.networks, |count| json!({"count": count})),
    })
}

fn sizes(sizes: &Sizes) -> Value {
    let counts = |all: &std::collections::BTreeMap<u32, u64>, unit: u64| {
        object(
            all.iter().map(|(size, n)| (u64::from(*size) * unit, n)),
            |n| json!(n),
        )
    };
    json!({
        "count": sizes.count,
        "cpu": counts(&sizes.cpu, 1),
        "ram": counts(&sizes.ram, MIB),
        "disk": object(&sizes.disk, |all| counts(all, GIB)),
    })
}

/// The document of CY-AST-03. What single nodes of a cluster have is not known here.
fn in_detail(all: &Figures, now: Timestamp) -> Value {
    let clusters = all.clusters.iter().map(|(backend, sum)| {
        let about = json!({
            "drained": backend.drained, "offline": backend.offline,
            "hypervisor": backend.hypervisor, "disk_templates": backend.disk_templates,
            "virtual_servers": sum.count, "virtual_cpu": sum.cpu,
            "virtual_ram": sum.ram * MIB, "virtual_disk": sum.disk * GIB, "nodes": {},
        });
        (backend.clustername.clone(), about)
    });
    let pools = |pools: &compute::Pools| json!({"count": pools.count, "total": pools.total, "free": pools.free});
    json!({
        "datetime": now.strftime("%a %b %e %H:%M:%S %Y").to_string(),
        "clusters": object(clusters, |about| about),
        "servers": object(&all.sizes, sizes),
        "ip_pools": object(&all.pools, pools),
        "networks": object(&all.network_kinds, |(active, error)| {
            json!({"active": active, "error": error})
        }),
        "images": object(&all.images, |count| json!(count)),
    })
}
