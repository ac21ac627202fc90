//! The service's certificate: the administrator's by setting, else a self-signed
//! one made at the first start and kept in `tls/`.

use crate::private::{self, named};
use jiff::{civil::Date, tz::TimeZone};
use kernel::{Error, Result, clock::Timestamp, settings::Settings};
use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
};
use zeroize::Zeroizing;

/// Nodes pin the certificate, so it must outlive them.
const YEARS: i16 = 10;

/// A certificate chain and its key.
pub struct Tls {
    /// The server's certificate first.
    pub chain: Vec<CertificateDer<'static>>,
    /// The private key.
    pub key: PrivateKeyDer<'static>,
    /// Where the chain was read, to be shown or pinned.
    pub file: PathBuf,
    /// Made just now?
    pub made: bool,
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Tls({}, {} certificates)",
            self.file.display(),
            self.chain.len()
        )
    }
}

/// The certificate of `TLS_CERTIFICATE_FILE` and `TLS_PRIVATE_KEY_FILE`; without
/// them the one in `dir`, made for `names` (host names and addresses) when there is
/// none.
pub fn certificate(
    settings: &Settings,
    dir: &Path,
    names: &[String],
    now: Timestamp,
) -> Result<Tls> {
    let own = |name| Some(settings.str(name)).filter(|path| !path.is_empty());
    match (own("TLS_CERTIFICATE_FILE"), own("TLS_PRIVATE_KEY_FILE")) {
        (Some(chain), Some(key)) => load(Path::new(chain), Path::new(key), false),
        (Some(both), None) => load(Path::new(both), Path::new(both), false),
        (None, Some(_)) => Err(Error::unavailable(
            "TLS_PRIVATE_KEY_FILE is set but TLS_CERTIFICATE_FILE is not.",
        )),
        (None, None) => kept(dir, names, now),
    }
}

/// The certificate in `dir`. The key is written first, so only a certificate
/// without its key is somebody's mistake.
fn kept(dir: &Path, names: &[String], now: Timestamp) -> Result<Tls> {
    let (chain, key) = (dir.join("cert.pem"), dir.join("key.pem"));
    let made = !chain.try_exists().map_err(|e| named("read", &chain, &e))?;
    if made {
        make(dir, &chain, &key, names, now)?;
    }
    load(&chain, &key, made)
}

fn make(dir: &Path, chain: &Path, key: &Path, names: &[String], now: Timestamp) -> Result<()> {
    private::make_dir(dir, 0o700)?;
    let pair = match fs::read_to_string(key).map(Zeroizing::new) {
        Ok(pem) => KeyPair::from_pem(&pem).map_err(Error::broken)?,
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            let pair = KeyPair::generate().map_err(Error::broken)?;
            private::write(key, Zeroizing::new(pair.serialize_pem()).as_bytes(), false)?;
            pair
        }
        Err(e) => return Err(named("read", key, &e)),
    };
    let mut params = CertificateParams::new(names).map_err(|cause| {
        Error::unavailable(format!(
            "No certificate can be made for these names: {cause}"
        ))
    })?;
    let today = now.to_zoned(TimeZone::UTC).date();
    let (year, month, day) = parts(today.yesterday().unwrap_or(today));
    params.not_before = rcgen::date_time_ymd(year, month, day);
    let (year, month, day) = parts(today.saturating_add(jiff::Span::new().years(YEARS)));
    params.not_after = rcgen::date_time_ymd(year, month, day);
    params.distinguished_name = rcgen::DistinguishedName::new();
    let name = names.first().map_or("Synnefo", String::as_str);
    params.distinguished_name.push(DnType::CommonName, name);
    params
        .distinguished_name
        .push(DnType::OrganizationName, "Synnefo self-signed");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let certificate = params.self_signed(&pair).map_err(Error::broken)?;
    private::write(chain, certificate.pem().as_bytes(), false)
}

/// A date as the three numbers a certificate wants.
fn parts(date: Date) -> (i32, u8, u8) {
    (
        i32::from(date.year()),
        date.month().unsigned_abs(),
        date.day().unsigned_abs(),
    )
}

fn load(file: &Path, key: &Path, made: bool) -> Result<Tls> {
    let unusable = |what: &str, path: &Path| {
        Error::unavailable(format!("{} holds no {what} in PEM form.", path.display()))
    };
    let pem = fs::read(file).map_err(|e| named("read the certificate", file, &e))?;
    let chain: Vec<_> = CertificateDer::pem_slice_iter(&pem)
        .collect::<Result<_, _>>()
        .map_err(|_| unusable("certificate", file))?;
    if chain.is_empty() {
        return Err(unusable("certificate", file));
    }
    let pem = fs::read(key)
        .map(Zeroizing::new)
        .map_err(|e| named("read the private key", key, &e))?;
    Ok(Tls {
        chain,
        key: PrivateKeyDer::from_pem_slice(&pem).map_err(|_| unusable("private key", key))?,
        file: file.to_owned(),
        made,
    })
}
