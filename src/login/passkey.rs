//! Passkeys by WebAuthn, as a second factor (ID-SEC-29).
//!
//! Invariant: what happens between question and answer lies with identity, in the
//! store; the browser never holds it.

use identity::factor::{Passkeys, Person, Question};
use kernel::{Error, Result};
use serde::{Serialize, de::DeserializeOwned};
use webauthn_rs::prelude::{
    Passkey, PasskeyAuthentication, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Url, Webauthn, WebauthnBuilder, WebauthnError,
};

/// Longest answer of a device that is read.
const LONGEST: usize = 64 << 10;

/// WebAuthn for the site the settings name.
#[derive(Clone, Copy, Debug, Default)]
pub struct Devices;

fn site(address: &str) -> Result<Webauthn> {
    // Devices know sites by name; an address of numbers is none.
    let none = || Error::not_supported("PASSKEYS_NOT_SUPPORTED");
    let url = Url::parse(address).map_err(|_| none())?;
    let name = url.domain().ok_or_else(none)?;
    let builder = WebauthnBuilder::new(name, &url).map_err(|_| none())?;
    builder.build().map_err(|_| none())
}

fn text(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(Error::broken)
}

fn stored<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(Error::broken)
}

fn sent<T: DeserializeOwned>(text: &str) -> Result<T> {
    let read = (text.len() <= LONGEST).then(|| serde_json::from_str(text).ok());
    read.flatten()
        .ok_or_else(|| Error::invalid("the answer is malformed"))
}

fn refused(error: WebauthnError) -> Error {
    Error::invalid(error.to_string())
}

fn keys(known: &[String]) -> Result<Vec<Passkey>> {
    known.iter().map(|key| stored(key)).collect()
}

impl Passkeys for Devices {
    fn register(&self, address: &str, person: &Person, known: &[String]) -> Result<Question> {
        let known = keys(known)?
            .iter()
            .map(|key| key.cred_id().clone())
            .collect();
        let name = match person.name.trim() {
            "" => &person.email,
            name => name,
        };
        let (options, state) = site(address)?
            .start_passkey_registration(person.uuid, &person.email, name, Some(known))
            .map_err(Error::broken)?;
        Ok(Question {
            options: text(&options)?,
            state: text(&state)?,
        })
    }

    fn registered(&self, address: &str, state: &str, answer: &str) -> Result<String> {
        let answer: RegisterPublicKeyCredential = sent(answer)?;
        let state: PasskeyRegistration = stored(state)?;
        let key = site(address)?
            .finish_passkey_registration(&answer, &state)
            .map_err(refused)?;
        text(&key)
    }

    fn ask(&self, address: &str, known: &[String]) -> Result<Question> {
        let (options, state) = site(address)?
            .start_passkey_authentication(&keys(known)?)
            .map_err(Error::broken)?;
        Ok(Question {
            options: text(&options)?,
            state: text(&state)?,
        })
    }

    fn answered(
        &self,
        address: &str,
        state: &str,
        answer: &str,
        known: &[String],
    ) -> Result<(usize, String)> {
        let answer: PublicKeyCredential = sent(answer)?;
        let state: PasskeyAuthentication = stored(state)?;
        let result = site(address)?
            .finish_passkey_authentication(&answer, &state)
            .map_err(refused)?;
        for (at, mut key) in keys(known)?.into_iter().enumerate() {
            if key.update_credential(&result).is_some() {
                return Ok((at, text(&key)?));
            }
        }
        Err(Error::invalid("the key is not one of this account"))
    }
}

#[cfg(test)]
mod tests;
