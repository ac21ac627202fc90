//! Networks of a person and those of everybody.

use super::{
    Failed,
    shell::{Shell, page},
    visitor::User,
};
use askama::Template;
use axum::response::Response;
use compute::NetworkState;

struct Row {
    id: String,
    name: String,
    cidr: String,
    public: bool,
    state: String,
    tone: &'static str,
    moving: bool,
}

#[derive(Template)]
#[template(path = "pages/networks.html")]
struct List {
    s: Shell,
    rows: Vec<Row>,
}

pub(super) async fn list(user: User) -> Result<Response, Failed> {
    let v = &user.visitor;
    let networks = v.state.compute.networks(&user.caller, None).await?;
    let subnets = v.state.compute.subnets(&user.caller, None).await?;
    let row = |network: compute::Network| {
        let cidrs = subnets.iter().filter(|subnet| subnet.network == network.id);
        let cidrs: Vec<String> = cidrs.map(|subnet| subnet.cidr.to_string()).collect();
        let (key, tone) = match network.state {
            NetworkState::Pending => ("network-pending", "info"),
            NetworkState::Active => ("network-active", "success"),
            NetworkState::Deleted => ("network-deleted", "neutral"),
            NetworkState::Error => ("network-error", "danger"),
        };
        Row {
            id: network.id.to_string(),
            name: network.name,
            cidr: cidrs.join(", "),
            public: network.public,
            state: crate::text::text(key),
            tone,
            moving: tone == "info",
        }
    };
    Ok(page(&List {
        s: Shell::titled(v, "networks", "nav-networks", "nav-networks"),
        rows: networks.into_iter().map(row).collect(),
    }))
}
