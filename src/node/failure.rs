//! Why a node program fails, in words for the administrator who reads the
//! result of Ganeti's job.

use std::{io, path::PathBuf};

/// The reason, with what can be done about it where that is not plain.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Called with the wrong words.
    #[error("{0}")]
    Usage(String),
    /// Ganeti's environment lacks something or has something unexpected.
    #[error("{0}")]
    Environment(String),
    /// The node's own settings.
    #[error("{path}: {reason}", path = .path.display())]
    Settings {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// Asked for something that is not there in this release.
    #[error("{0} is not supported by this release of snf-image")]
    Unsupported(String),
    /// The service could not be reached for too long.
    #[error(
        "the service at {host} could not be reached for {minutes} minutes, last while reading {what}: {reason}"
    )]
    Away {
        /// Where.
        host: String,
        /// How long.
        minutes: u64,
        /// What for.
        what: String,
        /// The last thing that went wrong.
        reason: String,
    },
    /// The service does not know the build (any more).
    #[error(
        "the service at {0} does not know this build: it has ended or was cancelled. To install a machine again, rebuild it there"
    )]
    Over(String),
    /// The service answers, but not with what was asked for.
    #[error("the service at {host} refuses to give {what}: {reason}")]
    Refused {
        /// Where.
        host: String,
        /// What was asked for.
        what: String,
        /// Its answer.
        reason: String,
    },
    /// What arrives is not what the service announced, again and again.
    #[error("{what} arrives damaged from the service at {host}, after {tries} tries: {reason}")]
    Damaged {
        /// Where from.
        host: String,
        /// What.
        what: String,
        /// How often it was asked for.
        tries: u32,
        /// The last thing that was wrong with it.
        reason: String,
    },
    /// The service at the other end is not the one the node trusts.
    #[error(
        "the certificate of the service at {host} is not trusted: {reason}; CA_FILE of the node's settings names {file}"
    )]
    Untrusted {
        /// Where.
        host: String,
        /// What TLS says.
        reason: String,
        /// The file with what is trusted.
        file: String,
    },
    /// The image does not fit.
    #[error("the image has {image} bytes, disk {path} only {disk}", path = .path.display())]
    TooSmall {
        /// The disk.
        path: PathBuf,
        /// Its bytes.
        disk: u64,
        /// Bytes of the image.
        image: u64,
    },
    /// The disk.
    #[error("cannot {doing} {path}: {cause}", path = .path.display())]
    Disk {
        /// `open`, `read`, `write` …
        doing: &'static str,
        /// The disk.
        path: PathBuf,
        /// Why; part of the text, so not a source.
        cause: io::Error,
    },
    /// Another part of the same work failed first.
    #[error("given up")]
    GivenUp,
}
