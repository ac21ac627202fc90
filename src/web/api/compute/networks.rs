//! The older networks resource below compute (CY-NC): the same networks, told in
//! another way.

use super::show::OLD_NETWORKS;
use crate::{
    State,
    api::{
        keystone::iso,
        network::{new_network, status},
        os::{
            Answer, Document, Fault, Object, Site, Who, flag, inner, json_answer, list_of,
            malformed, not_offered, number, plain, text, told,
        },
    },
};
use axum::{
    extract::{self, Path, Request},
    middleware::Next,
    response::{IntoResponse, Response},
};
use compute::{Network, NewNetwork, NewSubnet, PortState, PortView, Subnet};
use http::{StatusCode, Uri};
use kernel::{Caller, Error, NetworkId, Result};
use serde_json::{Value, json};

/// Lets requests through while the setting is on.
pub(super) async fn enabled(
    extract::State(state): extract::State<State>,
    request: Request,
    next: Next,
) -> Response {
    match state.settings.now().bool("CYCLADES_LEGACY_NETWORK_API") {
        true => next.run(request).await,
        false => Fault::from(Error::invalid("API endpoint not found")).into_response(),
    }
}

fn id(given: &str) -> Result<NetworkId> {
    let given = plain(given);
    number(given)
        .ok_or_else(|| Error::invalid(format!("Invalid network ID '{}'", given.escape_default())))
}

fn brief(site: &Site, network: &Network) -> Value {
    let id = network.id.to_string();
    json!({"id": id, "name": network.name, "links": site.links(OLD_NETWORKS, &id)})
}

/// What the details of networks are made of.
struct Around {
    subnets: Vec<Subnet>,
    ports: Vec<PortView>,
}

impl Around {
    async fn read(state: &State, caller: &Caller) -> Result<Self> {
        Ok(Around {
            subnets: state.compute.subnets(caller, None).await?,
            ports: state.compute.ports(caller).await?,
        })
    }

    /// A network (CY-NWIRE-05).
    fn show(&self, site: &Site, caller: &Caller, network: &Network) -> Value {
        let of = |version: u8| {
            let mut mine = self.subnets.iter().filter(|s| s.network == network.id);
            mine.find(move |s| s.version() == version)
        };
        let (four, six) = (of(4), of(6));
        let cidr = |subnet: Option<&Subnet>| subnet.map(|s| s.cidr.to_string());
        let gateway = |subnet: Option<&Subnet>| subnet.and_then(|s| s.gateway);
        let dhcp = four.or(six).is_some_and(|subnet| subnet.dhcp);
        let mut shown = brief(site, network);
        for (key, value) in [
            ("user_id", json!(network.user)),
            ("tenant_id", json!(network.user)),
            ("cidr", json!(cidr(four))),
            ("cidr6", json!(cidr(six))),
            ("gateway", json!(gateway(four))),
            ("gateway6", json!(gateway(six))),
            ("dhcp", json!(dhcp)),
            ("type", json!(network.kind.word())),
            ("status", json!(status(network))),
            ("public", json!(network.public)),
            ("created", json!(iso(network.created))),
            ("updated", json!(iso(network.updated))),
            ("attachments", json!(self.attachments(caller, network))),
        ] {
            shown[key] = value;
        }
        shown
    }

    /// `nic-<server>-<index>` of the caller's connected ports.
    fn attachments(&self, caller: &Caller, network: &Network) -> Vec<String> {
        let ports = self.ports.iter().map(|view| &view.port);
        let mine = ports.filter(|port| {
            port.network == network.id
                && port.user == caller.user
                && port.state == PortState::Active
        });
        mine.filter_map(|port| Some(format!("nic-{}-{}", port.server?, port.index?)))
            .collect()
    }
}

/// Names of networks.
pub(super) async fn list(
    extract::State(state): extract::State<State>,
    who: Who,
    uri: Uri,
) -> Answer {
    let site = Site::new(&state);
    let read = async |since| state.compute.networks(&who.caller, since).await;
    list_of("networks", &uri, read, |network| Ok(brief(&site, network))).await
}

/// Networks with all of theirs.
pub(super) async fn detail(
    extract::State(state): extract::State<State>,
    who: Who,
    uri: Uri,
) -> Answer {
    let site = Site::new(&state);
    let around = Around::read(&state, &who.caller).await?;
    let read = async |since| state.compute.networks(&who.caller, since).await;
    list_of("networks", &uri, read, |network| {
        Ok(around.show(&site, &who.caller, network))
    })
    .await
}

async fn shown(state: &State, who: &Who, network: &Network, status: StatusCode) -> Answer {
    let around = Around::read(state, &who.caller).await?;
    let network = around.show(&Site::new(state), &who.caller, network);
    Ok(json_answer(status, &json!({"network": network})))
}

/// One network.
pub(super) async fn show(
    extract::State(state): extract::State<State>,
    who: Who,
    Path(given): Path<String>,
) -> Answer {
    let network = state.compute.network(&who.caller, id(&given)?).await?;
    shown(&state, &who, &network, StatusCode::OK).await
}

/// Makes a network with its subnets (CY-NC-03).
pub(super) async fn create(
    extract::State(state): extract::State<State>,
    who: Who,
    Document(body): Document,
) -> Answer {
    let new = asked(&inner(body, "network")?, &who.caller)?;
    let network = state.compute.create_network(&who.caller, new).await?;
    told(&who, network.id, "network created");
    shown(&state, &who, &network, StatusCode::ACCEPTED).await
}

fn asked(body: &Object, caller: &Caller) -> Result<NewNetwork> {
    if flag(body, "public")? == Some(true) {
        return Err(Error::forbidden("Can not create a public network."));
    }
    let dhcp = flag(body, "dhcp")?.unwrap_or(true);
    let subnet = |cidr: &str, gateway: &str| {
        let gateway = match text(body, gateway)? {
            None => None,
            Some(given) => {
                let address = given.parse();
                Some(Some(address.map_err(|_| {
                    Error::field("gateway", "Malformed gateway IP")
                })?))
            }
        };
        Ok::<_, Error>(NewSubnet {
            network: NetworkId(0),
            name: String::new(),
            cidr: cidr.to_owned(),
            gateway,
            dhcp,
            pools: None,
            dns_nameservers: Vec::new(),
            host_routes: Vec::new(),
        })
    };
    text(body, "name")?.ok_or_else(malformed)?;
    let four = text(body, "cidr")?.unwrap_or("192.168.1.0/24");
    let mut subnets = vec![subnet(four, "gateway")?];
    if let Some(six) = text(body, "cidr6")? {
        subnets.push(subnet(six, "gateway6")?);
    }
    Ok(NewNetwork {
        subnets,
        ..new_network(body, caller)?
    })
}

/// Renames a network.
pub(super) async fn rename(
    extract::State(state): extract::State<State>,
    who: Who,
    Path(given): Path<String>,
    Document(body): Document,
) -> Answer {
    let id = id(&given)?;
    let asked = inner(body, "network")?;
    let name = text(&asked, "name")?.ok_or_else(malformed)?.to_owned();
    state.compute.rename_network(&who.caller, id, name).await?;
    told(&who, id, "network renamed");
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Removes a network; one in use has a fault of its own here (CY-NC-05).
pub(super) async fn delete(
    extract::State(state): extract::State<State>,
    who: Who,
    Path(given): Path<String>,
) -> Answer {
    let id = id(&given)?;
    match state.compute.delete_network(&who.caller, id).await {
        Ok(()) => {
            told(&who, id, "network deleted");
            Ok(StatusCode::NO_CONTENT.into_response())
        }
        Err(Error::Conflict { message }) => Err(Fault::new(
            StatusCode::MISDIRECTED_REQUEST,
            "networkInUse",
            message,
        )),
        Err(error) => Err(error.into()),
    }
}

/// Servers cannot be connected or disconnected yet (CY-NC-06).
pub(super) async fn act(
    extract::State(state): extract::State<State>,
    who: Who,
    Path(given): Path<String>,
    Document(body): Document,
) -> Answer {
    let network = state.compute.network(&who.caller, id(&given)?).await?;
    let action = ["add", "remove"]
        .iter()
        .find(|name| body.contains_key(**name));
    let action = action.filter(|_| body.len() == 1).ok_or_else(malformed)?;
    if network.public {
        return Err(Error::forbidden("Can not change the servers of a public network.").into());
    }
    Err(not_offered(&format!("Action {action}")))
}
