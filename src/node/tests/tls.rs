//! Whom a node believes, by handshakes in memory.

use super::FakePace;
use crate::{failure::Failure, service::Pace, service::Service, settings::NodeSettings, trust};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::{ClientConnection, ServerConfig, ServerConnection, crypto::aws_lc_rs};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use std::{net::TcpListener, sync::Arc, time::Duration};

struct Identity {
    certificate: rcgen::Certificate,
    key: KeyPair,
}

fn own(name: &str) -> Identity {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new([name.to_owned()]).unwrap();
    Identity {
        certificate: params.self_signed(&key).unwrap(),
        key,
    }
}

fn server(identity: &Identity) -> Arc<ServerConfig> {
    let chain: Vec<CertificateDer<'static>> = vec![identity.certificate.der().clone()];
    let key = PrivateKeyDer::try_from(identity.key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    Arc::new(config)
}

/// Does a node that trusts `file` accept `identity` under `name`?
fn accepts(file: &str, identity: &Identity, name: &str) -> Result<(), rustls::Error> {
    let pem = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(pem.path(), file).unwrap();
    let config = Arc::new(trust::pinned(pem.path()).unwrap());
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let mut client = ClientConnection::new(config, name).unwrap();
    let mut server = ServerConnection::new(server(identity)).unwrap();
    while client.is_handshaking() || server.is_handshaking() {
        let mut wire = Vec::new();
        while client.wants_write() {
            client.write_tls(&mut wire).unwrap();
        }
        server.read_tls(&mut wire.as_slice()).unwrap();
        server.process_new_packets()?;
        let mut wire = Vec::new();
        while server.wants_write() {
            server.write_tls(&mut wire).unwrap();
        }
        let mut wire = wire.as_slice();
        while !wire.is_empty() {
            client.read_tls(&mut wire).unwrap();
            client.process_new_packets()?;
        }
    }
    Ok(())
}

// README decision 22: the certificate is pinned in the node's configuration
#[test]
fn exactly_the_pinned_certificate_is_believed() {
    let service = own("cloud.example");
    let stranger = own("cloud.example");
    let pin = service.certificate.pem();
    accepts(&pin, &service, "cloud.example").unwrap();
    accepts(&pin, &service, "10.248.255.1").unwrap();
    let error = accepts(&pin, &stranger, "cloud.example").unwrap_err();
    assert!(
        matches!(error, rustls::Error::InvalidCertificate(_)),
        "{error}"
    );
    let both = format!("{}{pin}", own("other.example").certificate.pem());
    accepts(&both, &service, "cloud.example").unwrap();
}

#[test]
fn what_an_authority_signed_is_believed_under_its_name_only() {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = params.self_signed(&key).unwrap().pem();
    let issuer = Issuer::new(params, key);
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(["cloud.example".to_owned()]).unwrap();
    let service = Identity {
        certificate: params.signed_by(&key, &issuer).unwrap(),
        key,
    };
    accepts(&authority, &service, "cloud.example").unwrap();
    assert!(accepts(&authority, &service, "other.example").is_err());
}

#[test]
fn a_file_without_a_certificate_is_an_error() {
    for text in [
        "",
        "nothing",
        "-----BEGIN CERTIFICATE-----\n%%%\n-----END CERTIFICATE-----\n",
    ] {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        assert!(trust::pinned(file.path()).is_err(), "{text}");
    }
}

// CY-NOD-04: a stranger's certificate ends the build at once, and says which file to mend
#[test]
fn a_stranger_is_not_waited_for() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let stranger = server(&own("127.0.0.1"));
    let serving = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut connection = ServerConnection::new(stranger).unwrap();
        let _ = connection.complete_io(&mut stream); // the client hangs up
    });
    let pin = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(pin.path(), own("127.0.0.1").certificate.pem()).unwrap();
    let node = NodeSettings {
        ca_file: pin.path().to_owned(),
        plain_http: false,
    };
    let pace = FakePace::default();
    let url = format!("https://127.0.0.1:{port}/build/secret");
    let service = Service::new(&url, &node, &pace).unwrap();
    let failure = service.document().unwrap_err();
    assert!(matches!(failure, Failure::Untrusted { .. }), "{failure}");
    assert!(failure.to_string().contains(node.ca_file.to_str().unwrap()));
    assert!(!failure.to_string().contains("secret"));
    assert_eq!(pace.now(), Duration::ZERO);
    serving.join().unwrap();
}
