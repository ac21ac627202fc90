//! The frames of the admin socket `run/admin.sock` (decision 5): four bytes of
//! length, big-endian, then that much JSON.
//!
//! The command line sends [`ToServer::Hello`] first and then only answers to what
//! it is asked; the server ends with [`ToClient::Exit`]. Invariants: no frame is
//! longer than [`MAX_FRAME`], and nothing is allocated for bytes that have not
//! arrived; whatever arrives, decoding gives a value or a [`FrameError`].

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned};

/// The protocol spoken here.
pub const VERSION: u32 = 1;
/// Longest frame taken, without its length.
pub const MAX_FRAME: usize = 16 << 20;
/// Longest file the command line hands over.
pub const MAX_FILE: usize = 8 << 20;

/// Raw bytes, base64 in JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bytes(pub Vec<u8>);

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(from)?;
        STANDARD
            .decode(text.as_bytes())
            .map(Bytes)
            .map_err(|_| serde::de::Error::custom("bytes are not base64"))
    }
}

/// Who calls, from where.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// [`VERSION`].
    pub version: u32,
    /// Name the program was started by (`snf-manage`).
    pub program: String,
    /// Its arguments.
    pub args: Vec<String>,
    /// Working directory, for relative paths.
    pub cwd: String,
    /// Columns of the terminal.
    pub width: u16,
    /// Standard output is a terminal.
    pub tty: bool,
    /// Standard input is a terminal.
    pub input_tty: bool,
    /// The process.
    #[serde(default)]
    pub pid: u32,
}

/// From the command line to the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToServer {
    /// Opens the conversation.
    Hello(Hello),
    /// The answer to [`ToClient::ReadFile`].
    FileContent(Bytes),
    /// The file cannot be read; why.
    NoFile(String),
    /// The answer to [`ToClient::Ask`]; None at the end of input.
    Answer(Option<String>),
}

/// From the server to the command line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToClient {
    /// For standard output.
    Out(Bytes),
    /// For standard error.
    Err(Bytes),
    /// Ask and send [`ToServer::Answer`].
    Ask {
        /// The question.
        prompt: String,
        /// Do not echo the answer.
        secret: bool,
    },
    /// Read a file that the arguments name, or `-`.
    ReadFile {
        /// Its path.
        path: String,
        /// Without a service between, a longer one would be read.
        #[serde(default)]
        long: bool,
    },
    /// The end, with the exit status.
    Exit(i32),
}

/// What is wrong with a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FrameError {
    /// Longer than [`MAX_FRAME`].
    TooLong(usize),
    /// Not a frame of the expected kind.
    Garbled,
}

impl std::fmt::Display for FrameError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            FrameError::TooLong(length) => write!(f, "frame of {length} bytes is too long"),
            FrameError::Garbled => f.write_str("not a message of the admin socket"),
        }
    }
}

impl std::error::Error for FrameError {}

/// A frame with its length in front.
pub fn encode<T: Serialize>(message: &T) -> Result<Vec<u8>, FrameError> {
    let mut bytes = vec![0; 4];
    serde_json::to_writer(&mut bytes, message).map_err(|_| FrameError::Garbled)?;
    let length = bytes.len() - 4;
    let Ok(prefix) = u32::try_from(length) else {
        return Err(FrameError::TooLong(length));
    };
    if length > MAX_FRAME {
        return Err(FrameError::TooLong(length));
    }
    bytes[..4].copy_from_slice(&prefix.to_be_bytes());
    Ok(bytes)
}

/// The length a frame announces.
pub fn length(prefix: [u8; 4]) -> Result<usize, FrameError> {
    let length = u32::from_be_bytes(prefix) as usize;
    if length > MAX_FRAME {
        return Err(FrameError::TooLong(length));
    }
    Ok(length)
}

/// The message in a frame without its length.
pub fn decode<T: DeserializeOwned>(frame: &[u8]) -> Result<T, FrameError> {
    serde_json::from_slice(frame).map_err(|_| FrameError::Garbled)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn frames_round_trip() {
        for message in [
            ToClient::Out(Bytes(vec![0, 255, b'\n'])),
            ToClient::Ask {
                prompt: "Sure? ".into(),
                secret: true,
            },
            ToClient::Exit(2),
        ] {
            let bytes = encode(&message).unwrap();
            let prefix = [bytes[0], bytes[1], bytes[2], bytes[3]];
            assert_eq!(length(prefix).unwrap(), bytes.len() - 4);
            assert_eq!(decode::<ToClient>(&bytes[4..]).unwrap(), message);
        }
        assert_eq!(
            length([255; 4]),
            Err(FrameError::TooLong(u32::MAX as usize))
        );
        let huge = ToClient::Out(Bytes(vec![0; MAX_FRAME]));
        assert!(matches!(encode(&huge), Err(FrameError::TooLong(_))));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn garbage_is_an_error_never_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = decode::<ToServer>(&bytes);
            let _ = decode::<ToClient>(&bytes);
        }

        #[test]
        fn file_contents_round_trip(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
            let message = ToServer::FileContent(Bytes(bytes));
            let frame = encode(&message).unwrap();
            prop_assert_eq!(decode::<ToServer>(&frame[4..]).unwrap(), message);
        }
    }
}
