//! What Ganeti tells an OS script: environment variables of OS interface 20.

use crate::failure::Failure;
use std::{collections::HashMap, ffi::OsString, path::PathBuf};

/// The variables of one call.
pub struct Environment {
    values: HashMap<OsString, OsString>,
}

impl Environment {
    /// Those of this process.
    pub fn of_process() -> Self {
        Environment {
            values: std::env::vars_os().collect(),
        }
    }

    /// Those given.
    #[cfg(test)]
    pub fn of(pairs: &[(&str, &str)]) -> Self {
        Environment {
            values: pairs
                .iter()
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        }
    }

    /// A variable that is there and not empty, as text.
    pub fn text(&self, name: &str) -> Option<String> {
        let value = self.values.get(&OsString::from(name))?;
        (!value.is_empty()).then(|| value.to_string_lossy().into_owned())
    }

    /// An OS parameter: `config_url` is `OSP_CONFIG_URL`.
    pub fn parameter(&self, name: &str) -> Option<String> {
        self.text(&format!("OSP_{}", name.to_uppercase()))
    }

    /// A path.
    pub fn path(&self, name: &str) -> Option<PathBuf> {
        let value = self.values.get(&OsString::from(name))?;
        (!value.is_empty()).then(|| PathBuf::from(value))
    }

    /// A variable that the interface promises.
    pub fn required(&self, name: &str) -> Result<String, Failure> {
        self.text(name).ok_or_else(|| missing(name))
    }

    /// The interface must be the one this is written for.
    pub fn check_interface(&self) -> Result<(), Failure> {
        match self.text("OS_API_VERSION").as_deref() {
            None | Some("20") => Ok(()),
            Some(other) => Err(Failure::Environment(format!(
                "Ganeti uses OS interface {other}; this is an OS definition for interface 20"
            ))),
        }
    }

    /// The first disk, where an image goes.
    pub fn first_disk(&self) -> Result<PathBuf, Failure> {
        let count = self.required("DISK_COUNT")?;
        match count.parse::<u32>() {
            Ok(0) => Err(Failure::Environment(
                "the instance has no disk to put the image on".into(),
            )),
            Ok(_) => match self.path("DISK_0_PATH") {
                Some(path) => Ok(path),
                None if self.text("DISK_0_URI").is_some() => Err(Failure::Unsupported(
                    "a disk that only the hypervisor opens (DISK_0_URI without DISK_0_PATH)".into(),
                )),
                None => Err(missing("DISK_0_PATH")),
            },
            Err(_) => Err(Failure::Environment(format!(
                "DISK_COUNT is {count:?}, not a number"
            ))),
        }
    }
}

/// A variable is missing.
pub fn missing(name: &str) -> Failure {
    Failure::Environment(format!(
        "{name} is not in the environment; this program is run by Ganeti"
    ))
}
