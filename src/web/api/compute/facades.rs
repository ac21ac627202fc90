//! Limits (CY-LIM-01), and what other programs ask compute for: floating IPs, and key
//! pairs, which nobody can have here yet.

use crate::{
    State,
    api::os::{
        Answer, Document, Who, inner, json_answer, list_answer, list_of, malformed, not_offered,
        one, path_id, text, told,
    },
};
use axum::{
    extract::{self, Path},
    response::IntoResponse,
};
use compute::{FloatingIp, NewFloatingIp};
use http::{StatusCode, Uri};
use kernel::{Error, quantity::INFINITE};
use quota::resource as r;
use serde_json::{Value, json};

/// Limits and use in the caller's default project.
pub(super) async fn limits(extract::State(state): extract::State<State>, who: Who) -> Answer {
    let all = state.quota.full_usage(who.caller.user).await?;
    let mine = all.get(&who.caller.default_project);
    let of = |name: &str| mine.and_then(|mine| mine.get(name)).copied();
    // -1 is how clients read "no limit".
    let most = |name: &str, unit: u64| match of(name).map_or(0, |n| n.limit.min(n.project_limit)) {
        limit if limit >= INFINITE => json!(-1),
        limit => json!(limit / unit),
    };
    let used = |name: &str, unit: u64| of(name).map_or(0, |n| n.usage) / unit;
    let settings = state.settings.now();
    let absolute = json!({
        "maxServerMeta": settings.int("CYCLADES_VM_MAX_METADATA"),
        "maxPersonality": settings.int("MAX_PERSONALITY"),
        "maxPersonalitySize": settings.int("MAX_PERSONALITY_SIZE"),
        "maxImageMeta": 128,
        "maxTotalInstances": most(r::VM, 1),
        "maxTotalCores": most(r::CPU, 1),
        "maxTotalRAMSize": most(r::RAM, 1 << 20),
        "totalInstancesUsed": used(r::VM, 1),
        "totalCoresUsed": used(r::CPU, 1),
        "totalRAMUsed": used(r::RAM, 1 << 20),
        "maxTotalKeypairs": settings.int("USERDATA_MAX_SSH_KEYS_PER_USER"),
    });
    let limits = json!({"limits": {"rate": [], "absolute": absolute}});
    Ok(json_answer(StatusCode::OK, &limits))
}

/// No key pairs.
pub(super) async fn keys(_: Who) -> Answer {
    Ok(list_answer("keypairs", Vec::new(), None))
}

/// Keys cannot be kept yet (CY-KEY-01).
pub(super) async fn new_key(_: Who, Document(body): Document) -> Answer {
    text(&inner(body, "keypair")?, "name")?.ok_or_else(malformed)?;
    Err(not_offered("Keeping key pairs"))
}

/// Nobody has a key of any name.
pub(super) async fn key(_: Who, Path(name): Path<String>) -> Answer {
    let name = name.escape_default();
    Err(Error::not_found(format!("Keypair {name} not found.")).into())
}

/// A floating IP as this API shows it (CY-FIP-20).
fn brief(found: &FloatingIp) -> Value {
    json!({
        "id": found.address.id, "ip": found.address.address, "fixed_ip": null,
        "instance_id": found.server.map(|id| id.to_string()), "pool": null,
    })
}

/// Floating IPs.
pub(super) async fn floating_ips(
    extract::State(state): extract::State<State>,
    who: Who,
    uri: Uri,
) -> Answer {
    let read = async |since| state.compute.floating_ips(&who.caller, since).await;
    list_of("floating_ips", &uri, read, |found| Ok(brief(found))).await
}

/// One of them.
pub(super) async fn floating_ip(
    extract::State(state): extract::State<State>,
    who: Who,
    Path(id): Path<String>,
) -> Answer {
    let found = state
        .compute
        .floating_ip(&who.caller, path_id(&id)?)
        .await?;
    one("floating_ip", brief(&found))
}

/// Reserves one of any pool; the body says nothing.
pub(super) async fn new_floating_ip(
    extract::State(state): extract::State<State>,
    who: Who,
) -> Answer {
    let any = NewFloatingIp::default();
    let made = state.compute.create_floating_ip(&who.caller, any).await?;
    told(&who, made.address.id, "floating IP reserved");
    one("floating_ip", brief(&made))
}

/// Gives one back.
pub(super) async fn delete_floating_ip(
    extract::State(state): extract::State<State>,
    who: Who,
    Path(id): Path<String>,
) -> Answer {
    let id = path_id(&id)?;
    state.compute.delete_floating_ip(&who.caller, id).await?;
    told(&who, id, "floating IP given back");
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Pools people may reserve addresses of (CY-FIP-21).
pub(super) async fn pools(extract::State(state): extract::State<State>, who: Who) -> Answer {
    let networks = state.compute.networks(&who.caller, None).await?;
    let subnets = state.compute.subnets(&who.caller, None).await?;
    let pools = networks.iter().filter(|network| network.floating_ip_pool);
    let pools: Value = pools
        .map(|network| {
            let four = subnets
                .iter()
                .filter(|s| s.network == network.id && s.version() == 4);
            let (size, free) = four.fold((0, 0), |(size, free), subnet| {
                (size + pool_size(subnet), free + subnet.free)
            });
            json!({
                "name": network.id.to_string(), "size": size, "free": free,
                "deleted": network.deleted,
            })
        })
        .collect();
    Ok(json_answer(
        StatusCode::OK,
        &json!({"floating_ip_pools": pools}),
    ))
}

fn pool_size(subnet: &compute::Subnet) -> u64 {
    let number = |address: std::net::Ipv4Addr| u64::from(u32::from(address));
    let sizes = subnet
        .pools
        .iter()
        .map(|p| number(p.end) - number(p.start) + 1);
    sizes.sum()
}
