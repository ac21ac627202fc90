//! Whom the remote API client trusts: the authority or the very certificate of the
//! backend's row; without one, the certificate seen first (trust at first use).

use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject},
};
use sha2::{Digest, Sha256};
use std::sync::{Arc, OnceLock};

/// Decides about a cluster's certificate.
#[derive(Debug)]
pub(crate) struct Trust {
    provider: Arc<CryptoProvider>,
    /// These very certificates.
    known: Vec<CertificateDer<'static>>,
    /// What these authorities signed, for the right name.
    signed: Option<Arc<WebPkiServerVerifier>>,
    /// The one with this hash.
    pinned: Option<[u8; 32]>,
    /// What was seen when nothing else says whom to trust.
    seen: OnceLock<[u8; 32]>,
}

impl Trust {
    /// From the row of a backend.
    ///
    /// # Errors
    /// Text that says what is wrong with the PEM.
    pub(crate) fn new(ca: Option<&str>, pinned: Option<[u8; 32]>) -> Result<Arc<Self>, String> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let mut known = Vec::new();
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(ca.unwrap_or_default().as_bytes()) {
            let certificate =
                certificate.map_err(|error| format!("the cluster's certificate: {error}"))?;
            // One that cannot be an authority is still good for itself.
            let _ = roots.add(certificate.clone());
            known.push(certificate);
        }
        if ca.is_some() && known.is_empty() {
            return Err("the cluster's certificate is not PEM".into());
        }
        let signed = match roots.is_empty() {
            true => None,
            false => Some(
                WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone())
                    .build()
                    .map_err(|error| error.to_string())?,
            ),
        };
        Ok(Arc::new(Trust {
            provider,
            known,
            signed,
            pinned,
            seen: OnceLock::new(),
        }))
    }

    /// The hash to trust from now on, when this was the first meeting.
    pub(crate) fn first_seen(&self) -> Option<[u8; 32]> {
        self.seen.get().copied()
    }

    /// A TLS configuration that asks this.
    pub(crate) fn config(self: &Arc<Self>) -> Result<ClientConfig, String> {
        let builder = ClientConfig::builder_with_provider(self.provider.clone());
        let builder = builder
            .with_safe_default_protocol_versions()
            .map_err(|e| e.to_string())?;
        Ok(builder
            .dangerous()
            .with_custom_certificate_verifier(self.clone())
            .with_no_client_auth())
    }
}

impl ServerCertVerifier for Trust {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if self.known.iter().any(|known| known == end_entity) {
            return Ok(ServerCertVerified::assertion());
        }
        if let Some(signed) = &self.signed {
            return signed.verify_server_cert(end_entity, intermediates, server_name, ocsp, now);
        }
        let hash: [u8; 32] = Sha256::digest(end_entity).into();
        let wanted = match self.pinned {
            Some(pinned) => pinned,
            None => *self.seen.get_or_init(|| hash),
        };
        match wanted == hash {
            true => Ok(ServerCertVerified::assertion()),
            false => Err(Error::InvalidCertificate(
                CertificateError::ApplicationVerificationFailure,
            )),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}
