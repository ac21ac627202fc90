//! The certificate of the service: the one of the settings, or the self-signed one
//! of the first start.

use crate::DataDir;
use anyhow::Context;
use kernel::Settings;
use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

/// What the listener presents. Protocols are chosen by `web`.
pub fn config(
    settings: &Settings,
    data: &DataDir,
    bound: SocketAddr,
) -> anyhow::Result<Arc<ServerConfig>> {
    let (certificate, key) = files(settings, data, bound)?;
    let chain = CertificateDer::pem_file_iter(&certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .with_context(|| format!("cannot read {}", certificate.display()))?;
    let secret = PrivateKeyDer::from_pem_file(&key)
        .with_context(|| format!("cannot read {}", key.display()))?;
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(chain, secret)
        .with_context(|| {
            format!(
                "{} and {} do not fit together",
                certificate.display(),
                key.display()
            )
        })?;
    Ok(Arc::new(config))
}

fn files(
    settings: &Settings,
    data: &DataDir,
    bound: SocketAddr,
) -> anyhow::Result<(PathBuf, PathBuf)> {
    let own = (
        settings.str("TLS_CERTIFICATE_FILE"),
        settings.str("TLS_PRIVATE_KEY_FILE"),
    );
    match own {
        ("", "") => Ok(appliance::self_signed(&data.tls(), bound.ip())?),
        ("", _) | (_, "") => {
            anyhow::bail!("TLS_CERTIFICATE_FILE and TLS_PRIVATE_KEY_FILE belong together")
        }
        (certificate, key) => Ok((Path::new(certificate).into(), Path::new(key).into())),
    }
}
