//! The subnets resource (CY-SUB).

use super::{body_id, id, inner, missing, show};
use crate::{
    State,
    api::os::{
        Answer, Document, Object, Site, Who, flag, json_answer, list as items, list_of, malformed,
        one, text, texts, told,
    },
};
use axum::extract::{self, Path};
use compute::{NewSubnet, SubnetPool};
use http::{StatusCode, Uri};
use kernel::{Error, Result};
use serde_json::{Value, json};
use std::net::IpAddr;

/// Subnets, always with all of theirs.
pub(super) async fn list(
    extract::State(state): extract::State<State>,
    who: Who,
    uri: Uri,
) -> Answer {
    let site = Site::new(&state);
    let read = async |since| state.compute.subnets(&who.caller, since).await;
    list_of("subnets", &uri, read, |subnet| {
        Ok(show::subnet(&site, subnet))
    })
    .await
}

/// One subnet.
pub(super) async fn show(
    extract::State(state): extract::State<State>,
    who: Who,
    Path(given): Path<String>,
) -> Answer {
    let id = id("subnet", &given)?;
    let subnet = state.compute.subnet(&who.caller, id).await?;
    one("subnet", show::subnet(&Site::new(&state), &subnet))
}

/// Adds a subnet to a network.
pub(super) async fn create(
    extract::State(state): extract::State<State>,
    who: Who,
    Document(body): Document,
) -> Answer {
    if !body.contains_key("subnet") {
        return Err(malformed().into());
    }
    let new = new_subnet(&inner(body, "subnet")?)?;
    let subnet = state.compute.create_subnet(&who.caller, new).await?;
    told(&who, subnet.id, "subnet created");
    let shown = show::subnet(&Site::new(&state), &subnet);
    Ok(json_answer(StatusCode::CREATED, &json!({"subnet": shown})))
}

/// What a body asks for (CY-SUB-03).
fn new_subnet(asked: &Object) -> Result<NewSubnet> {
    let network = body_id("network", asked, "network_id")?;
    let cidr = text(asked, "cidr")?.ok_or_else(|| missing("cidr"))?;
    let six = match asked.get("ip_version").map(|version| version.as_u64()) {
        None | Some(Some(4)) => false,
        Some(Some(6)) => true,
        Some(_) => return Err(Error::field("ip_version", "Malformed IP version type")),
    };
    if cidr.contains(':') != six {
        return Err(malformed_cidr(cidr));
    }
    let dhcp = flag(asked, "enable_dhcp")?.or(flag(asked, "dhcp_enabled")?);
    let slaac = flag(asked, "enable_slaac")?.filter(|_| six);
    Ok(NewSubnet {
        network,
        name: text(asked, "name")?.unwrap_or_default().to_owned(),
        cidr: cidr.to_owned(),
        gateway: gateway(asked)?,
        dhcp: slaac.or(dhcp).unwrap_or(true),
        pools: pools(asked, six)?,
        dns_nameservers: texts(asked, "dns_nameservers")?,
        host_routes: texts(asked, "host_routes")?,
    })
}

fn malformed_cidr(given: &str) -> Error {
    Error::field(
        "cidr",
        format!("Malformed CIDR '{}'", given.escape_default()),
    )
}

/// None: the first host; Some(None): no gateway (CY-SUB-06).
fn gateway(asked: &Object) -> Result<Option<Option<IpAddr>>> {
    if !asked.contains_key("gateway_ip") {
        return Ok(None);
    }
    let Some(given) = text(asked, "gateway_ip")? else {
        return Ok(Some(None));
    };
    let address = given.parse().map(|address| Some(Some(address)));
    address.map_err(|_| Error::field("gateway_ip", "Malformed gateway IP"))
}

fn pools(asked: &Object, six: bool) -> Result<Option<Vec<SubnetPool>>> {
    let Some(given) = items(asked, "allocation_pools")? else {
        return Ok(None);
    };
    if six && !given.is_empty() {
        return Err(Error::conflict(
            "Allocation pools are for IPv4 subnets only.",
        ));
    }
    given.iter().map(pool).collect::<Result<_>>().map(Some)
}

fn pool(given: &Value) -> Result<SubnetPool> {
    let wrong = || Error::field("allocation_pools", "Malformed IP pool");
    let end = |key: &str| {
        let text = given.get(key).and_then(Value::as_str).ok_or_else(wrong)?;
        text.parse().map_err(|_| wrong())
    };
    Ok(SubnetPool {
        start: end("start")?,
        end: end("end")?,
    })
}

/// Renames a subnet; nothing else of one ever changes (CY-SUB-08).
pub(super) async fn rename(
    extract::State(state): extract::State<State>,
    who: Who,
    Path(given): Path<String>,
    Document(body): Document,
) -> Answer {
    let id = id("subnet", &given)?;
    state.compute.subnet(&who.caller, id).await?;
    let asked = inner(body, "subnet")?;
    let name = text(&asked, "name")?.filter(|_| asked.len() == 1);
    let name = name.ok_or_else(|| Error::invalid("Only the name of a subnet can be updated"))?;
    let name = name.to_owned();
    let subnet = state.compute.rename_subnet(&who.caller, id, name).await?;
    told(&who, id, "subnet renamed");
    one("subnet", show::subnet(&Site::new(&state), &subnet))
}

/// A subnet goes with its network.
pub(super) async fn delete(
    extract::State(state): extract::State<State>,
    who: Who,
    Path(given): Path<String>,
) -> Answer {
    state
        .compute
        .subnet(&who.caller, id("subnet", &given)?)
        .await?;
    Err(Error::invalid("Deletion of a subnet is not supported").into())
}
