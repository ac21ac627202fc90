//! The certificate of the service: the one of the settings, or the self-signed one
//! of the first start.

use crate::DataDir;
use anyhow::Context;
use kernel::{Settings, Timestamp};
use rustls::ServerConfig;
use std::{net::SocketAddr, sync::Arc};

/// What the listener presents. Protocols are chosen by `web`.
pub fn config(
    settings: &Settings,
    data: &DataDir,
    bound: SocketAddr,
    now: Timestamp,
) -> anyhow::Result<Arc<ServerConfig>> {
    let mut names = appliance::base_url_hosts(settings);
    names.extend(appliance::host_names());
    if !bound.ip().is_unspecified() {
        names.push(bound.ip().to_string());
    }
    names.dedup();
    let tls = appliance::certificate(settings, &data.tls(), &names, now)?;
    if tls.made {
        tracing::info!(target: "synnefo", "a self-signed certificate was made: {}", tls.file.display());
    }
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(tls.chain, tls.key)
        .with_context(|| format!("{} and its key do not fit together", tls.file.display()))?;
    Ok(Arc::new(config))
}
