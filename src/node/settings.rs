//! The node's settings: `/etc/synnefo-node/node.conf`, in the syntax of all
//! settings files (`NAME = literal`). Without the file the defaults hold.

use crate::failure::Failure;
use kernel::settings::{Value, literal};
use std::{
    io::ErrorKind,
    path::{Path, PathBuf},
};

const FILE: &str = "/etc/synnefo-node/node.conf";
const CA_FILE: &str = "/etc/synnefo-node/ca.pem";

/// What a node's administrator decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeSettings {
    /// `CA_FILE`: the service's certificate, or the authority that signed it.
    pub ca_file: PathBuf,
    /// `ALLOW_PLAIN_HTTP`: a config URL may be `http://` (for tests: images and
    /// passwords then cross the network readable).
    pub plain_http: bool,
}

impl Default for NodeSettings {
    fn default() -> Self {
        NodeSettings {
            ca_file: CA_FILE.into(),
            plain_http: false,
        }
    }
}

impl NodeSettings {
    /// Reads the node's file, or the one that `SYNNEFO_NODE_CONFIG` names.
    pub fn load() -> Result<Self, Failure> {
        match std::env::var_os("SYNNEFO_NODE_CONFIG").filter(|path| !path.is_empty()) {
            Some(path) => Self::read(Path::new(&path), true),
            None => Self::read(Path::new(FILE), false),
        }
    }

    fn read(path: &Path, must_exist: bool) -> Result<Self, Failure> {
        match std::fs::read_to_string(path) {
            Ok(text) => Self::parse(&text).map_err(|reason| wrong(path, reason)),
            Err(error) if error.kind() == ErrorKind::NotFound && !must_exist => {
                Ok(NodeSettings::default())
            }
            Err(error) => Err(wrong(path, error.to_string())),
        }
    }

    fn parse(text: &str) -> Result<Self, String> {
        let mut settings = NodeSettings::default();
        let lines = literal::assignments(text)
            .map_err(|error| format!("line {}: {}", error.line, error.message))?;
        for entry in lines {
            match (entry.name.as_str(), entry.value) {
                ("CA_FILE", Value::Str(path)) => settings.ca_file = path.into(),
                ("ALLOW_PLAIN_HTTP", Value::Bool(allowed)) => settings.plain_http = allowed,
                (name @ ("CA_FILE" | "ALLOW_PLAIN_HTTP"), _) => {
                    let kind = if name == "CA_FILE" {
                        "text"
                    } else {
                        "True or False"
                    };
                    return Err(format!("line {}: {name} must be {kind}", entry.line));
                }
                (name, _) => {
                    return Err(format!(
                        "line {}: there is no setting {name}; known are CA_FILE and ALLOW_PLAIN_HTTP",
                        entry.line
                    ));
                }
            }
        }
        Ok(settings)
    }
}

fn wrong(path: &Path, reason: String) -> Failure {
    Failure::Settings {
        path: path.to_owned(),
        reason,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // CY-NOD-04: what the node trusts is the node's own decision
    #[test]
    fn settings_are_read_and_mistakes_are_named() {
        assert_eq!(
            NodeSettings::parse("# nothing").unwrap(),
            NodeSettings::default()
        );
        let read = NodeSettings::parse("CA_FILE = '/x.pem'\nALLOW_PLAIN_HTTP = True\n").unwrap();
        assert_eq!(read.ca_file, Path::new("/x.pem"));
        assert!(read.plain_http);
        for (text, part) in [
            ("CA_FIL = '/x'", "no setting CA_FIL"),
            ("\nCA_FILE = 3", "line 2: CA_FILE must be text"),
            ("ALLOW_PLAIN_HTTP = 'yes'", "True or False"),
            ("CA_FILE =", "line 1"),
        ] {
            let error = NodeSettings::parse(text).unwrap_err();
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
