//! Passkeys against a device in software.

use super::*;
use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const SITE: &str = "https://cloud.example.org";

/// A device that holds one key.
struct Device {
    key: EcdsaKeyPair,
    id: Vec<u8>,
    counter: u32,
}

impl Device {
    fn new(n: u8) -> Self {
        let random = SystemRandom::new();
        let bytes = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random);
        let bytes = bytes.unwrap();
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, bytes.as_ref());
        Device {
            key: key.unwrap(),
            id: vec![n; 16],
            counter: 0,
        }
    }

    /// What the device states about itself and the site.
    fn about(&mut self, site: &str, with_key: bool) -> Vec<u8> {
        self.counter += 1;
        let mut data = Sha256::digest(site.as_bytes()).to_vec();
        data.push(if with_key { 0x45 } else { 0x05 });
        data.extend(self.counter.to_be_bytes());
        if with_key {
            data.extend([0; 16]);
            data.extend([0, 16]);
            data.extend(&self.id);
            // {1: 2, 3: -7, -1: 1, -2: x, -3: y}: a key of P-256, in CBOR.
            let point = self.key.public_key().as_ref();
            data.extend([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
            data.extend(&point[1..33]);
            data.extend([0x22, 0x58, 0x20]);
            data.extend(&point[33..65]);
        }
        data
    }

    fn client(kind: &str, options: &str, origin: &str) -> Vec<u8> {
        let options: Value = serde_json::from_str(options).unwrap();
        let challenge = &options["publicKey"]["challenge"];
        json!({"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": false})
            .to_string()
            .into_bytes()
    }

    fn create(&mut self, options: &str, origin: &str) -> String {
        let client = Self::client("webauthn.create", options, origin);
        let about = self.about("cloud.example.org", true);
        // {"fmt": "none", "attStmt": {}, "authData": …} in CBOR.
        let mut object = vec![0xa3, 0x63];
        object.extend(b"fmt");
        object.push(0x64);
        object.extend(b"none");
        object.push(0x67);
        object.extend(b"attStmt");
        object.extend([0xa0, 0x68]);
        object.extend(b"authData");
        object.extend([0x58, u8::try_from(about.len()).unwrap()]);
        object.extend(about);
        let id = URL_SAFE_NO_PAD.encode(&self.id);
        json!({"id": id, "rawId": id, "type": "public-key", "extensions": {}, "response": {
            "clientDataJSON": URL_SAFE_NO_PAD.encode(client),
            "attestationObject": URL_SAFE_NO_PAD.encode(object),
        }})
        .to_string()
    }

    fn get(&mut self, options: &str, origin: &str) -> String {
        let client = Self::client("webauthn.get", options, origin);
        let about = self.about("cloud.example.org", false);
        let signed = [about.as_slice(), &Sha256::digest(&client)].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).unwrap();
        let id = URL_SAFE_NO_PAD.encode(&self.id);
        json!({"id": id, "rawId": id, "type": "public-key", "extensions": {}, "response": {
            "clientDataJSON": URL_SAFE_NO_PAD.encode(client),
            "authenticatorData": URL_SAFE_NO_PAD.encode(about),
            "signature": URL_SAFE_NO_PAD.encode(signature.as_ref()),
            "userHandle": null,
        }})
        .to_string()
    }
}

fn maria() -> Person {
    Person {
        uuid: uuid::Uuid::from_bytes([7; 16]),
        email: "maria@example.org".into(),
        name: " ".into(),
    }
}

/// A new key of the device.
fn registered(device: &mut Device) -> String {
    let question = Devices.register(SITE, &maria(), &[]).unwrap();
    let answer = device.create(&question.options, SITE);
    Devices.registered(SITE, &question.state, &answer).unwrap()
}

// ID-SEC-29
#[test]
fn a_device_is_known_again_and_no_other_is() {
    let (mut first, mut second) = (Device::new(1), Device::new(2));
    let known = [registered(&mut first), registered(&mut second)];
    let question = Devices.ask(SITE, &known).unwrap();
    let answer = second.get(&question.options, SITE);
    let (at, kept) = Devices
        .answered(SITE, &question.state, &answer, &known)
        .unwrap();
    assert_eq!(at, 1);
    assert_ne!(kept, known[1], "the counter is kept");
    // A stranger's device, another site, an answer to another question.
    let stranger = Device::new(1).get(&question.options, SITE);
    let elsewhere = first.get(&question.options, "https://evil.example");
    let older = Devices.ask(SITE, &known).unwrap();
    let stale = first.get(&older.options, SITE);
    for answer in [stranger, elsewhere, stale, "{}".into(), "x".repeat(100_000)] {
        let wrong = Devices.answered(SITE, &question.state, &answer, &known);
        assert!(matches!(wrong, Err(Error::Invalid { .. })), "{wrong:?}");
    }
    // A copy whose counter lags behind is refused.
    let kept = [known[0].clone(), kept];
    second.counter = 0;
    let question = Devices.ask(SITE, &kept).unwrap();
    let copied = second.get(&question.options, SITE);
    assert!(
        Devices
            .answered(SITE, &question.state, &copied, &kept)
            .is_err()
    );
}

// ID-SEC-29
#[test]
fn registration_is_bound_to_the_site_and_the_question() {
    let mut device = Device::new(3);
    let question = Devices.register(SITE, &maria(), &[]).unwrap();
    assert!(question.options.contains("maria@example.org"));
    let elsewhere = device.create(&question.options, "https://evil.example");
    assert!(
        Devices
            .registered(SITE, &question.state, &elsewhere)
            .is_err()
    );
    let known = registered(&mut device);
    let again = Devices
        .register(SITE, &maria(), std::slice::from_ref(&known))
        .unwrap();
    let options: Value = serde_json::from_str(&again.options).unwrap();
    let excluded = &options["publicKey"]["excludeCredentials"][0]["id"];
    assert_eq!(excluded, &json!(URL_SAFE_NO_PAD.encode([3; 16])));
}

// ID-SEC-29
#[test]
fn sites_without_a_name_have_no_passkeys() {
    for address in [
        "https://192.0.2.1",
        "https://[2001:db8::1]:8443",
        "nonsense",
    ] {
        let none = Devices.register(address, &maria(), &[]);
        assert!(matches!(none, Err(Error::NotSupported { .. })), "{address}");
    }
    assert!(
        Devices
            .register("https://cloud.example.org:8443", &maria(), &[])
            .is_ok()
    );
}
