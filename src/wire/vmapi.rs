//! The build protocol between the service and a Ganeti node (CY-VMA, CY-MSG-06,
//! README decision 22).
//!
//! A build has one *config URL* that carries its secret,
//! `…/vmapi/v1.0/server-params/<secret>`, and everything the node's OS script
//! needs hangs below it:
//!
//! | request | answer |
//! |---|---|
//! | `GET <config_url>` | [`BuildDocument`] as JSON |
//! | `GET <config_url>/hashes?from=N` | [`HashPage`] as JSON: the hashes of blocks N, N+1, … |
//! | `GET <config_url>/blocks/<index>` | the raw bytes of that block; trailing zeros may be left out |
//! | `POST <config_url>/progress` | takes one [`Progress`] as JSON, answers 204 |
//!
//! All of it answers 404 once the build has reached its final state; 502, 503
//! and 504 mean "ask again". The document does not carry the hashes itself, so
//! that it stays small for images of any size; a node reads them page by page.
//!
//! A block's hash is the SHA-256 of its bytes without trailing zeros, as in the
//! object store; a block of zeros therefore has the hash [`HOLE`] and is never
//! asked for. Every block is `block_size` bytes, the last one what is left of
//! `size`.

use kernel::{BlockHash, Digest};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The hash of a block that is all zeros: SHA-256 of nothing.
pub const HOLE: BlockHash = Digest([
    0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24,
    0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
]);

/// The most hashes one [`HashPage`] carries (40 GiB of blocks of 4 MiB).
pub const PAGE: u64 = 10_000;

/// The image id that means "the disk is already there, copy nothing" (CY-VMA-02).
pub const NO_IMAGE: &str = "null";

/// What an OS script has to do: the strings of CY-VMA-02, and where the image's
/// bytes come from. Holds a password, so it has no derived `Debug`.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct BuildDocument {
    /// `pithosmap://<map>/<size>`, or [`NO_IMAGE`].
    pub img_id: String,
    /// The password to set for the image's users.
    pub img_passwd: String,
    /// `diskdump`, `extdump` or `ntfsdump`.
    pub img_format: String,
    /// JSON text: the files to inject.
    pub img_personality: String,
    /// JSON text: the image's properties, keys in upper case.
    pub img_properties: String,
    /// Public keys, one a line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_keys: Option<String>,
    /// User data, base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cloud_userdata: Option<String>,
    /// The image's bytes; absent when there is nothing to copy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocks: Option<ImageBlocks>,
}

impl fmt::Debug for BuildDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BuildDocument")
            .field("img_id", &self.img_id)
            .field("img_format", &self.img_format)
            .field("blocks", &self.blocks)
            .finish_non_exhaustive()
    }
}

/// The measures of an image as a list of blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageBlocks {
    /// Bytes of every block but the last.
    pub block_size: u64,
    /// Bytes of the image.
    pub size: u64,
    /// Number of blocks: `size / block_size`, rounded up.
    pub block_count: u64,
}

impl ImageBlocks {
    /// The measures of an image of `size` bytes in blocks of `block_size`.
    pub fn new(size: u64, block_size: u64) -> Self {
        ImageBlocks {
            block_size,
            size,
            block_count: size.div_ceil(block_size.max(1)),
        }
    }

    /// Where block `index` begins and how many bytes it has; None past the end.
    pub fn range(&self, index: u64) -> Option<(u64, u64)> {
        let start = index.checked_mul(self.block_size)?;
        let left = self.size.checked_sub(start).filter(|left| *left > 0)?;
        Some((start, left.min(self.block_size)))
    }
}

/// A stretch of an image's block hashes, at most [`PAGE`] of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HashPage {
    /// Index of the first one.
    pub from: u64,
    /// Lower-case hex SHA-256, in order.
    pub hashes: Vec<BlockHash>,
}

/// Address of the hash page that begins at block `from`.
pub fn hashes_url(config_url: &str, from: u64) -> String {
    format!("{}/hashes?from={from}", config_url.trim_end_matches('/'))
}

/// Address of block `index`.
pub fn block_url(config_url: &str, index: u64) -> String {
    format!("{}/blocks/{index}", config_url.trim_end_matches('/'))
}

/// Address that takes [`Progress`].
pub fn progress_url(config_url: &str) -> String {
    format!("{}/progress", config_url.trim_end_matches('/'))
}

/// A report on a running build (CY-MSG-06). The secret in the URL says which
/// instance it is about and the service knows the time, so neither is sent;
/// both are accepted, as is any other field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Progress {
    /// How far the copy has come.
    #[serde(alias = "ganeti-create-progress")]
    ImageCopyProgress {
        /// Bytes of the image.
        #[serde(default)]
        total: u64,
        /// Bytes done, holes included.
        #[serde(default)]
        position: u64,
        /// Percent.
        progress: f64,
    },
    /// Something worth telling.
    ImageInfo(Messages),
    /// Something that may surprise.
    ImageWarning(Messages),
    /// Why the build fails.
    ImageError(Messages),
    /// A task of the image's customisation.
    ImageHelper(Task),
}

impl Progress {
    /// [`Progress::ImageCopyProgress`] after `position` of `total` bytes.
    pub fn copied(position: u64, total: u64) -> Self {
        let percent = 100.0 * position as f64 / total.max(1) as f64;
        Progress::ImageCopyProgress {
            total,
            position,
            progress: (percent * 100.0).round() / 100.0,
        }
    }
}

/// Text for people: lines, or what a program printed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Messages {
    /// Lines.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub messages: Vec<String>,
    /// Output of a program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stderr: Option<String>,
}

impl Messages {
    /// One line.
    pub fn one(line: impl Into<String>) -> Self {
        Messages {
            messages: vec![line.into()],
            stderr: None,
        }
    }
}

/// What happens to a customisation task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "subtype", rename_all = "kebab-case")]
pub enum Task {
    /// It begins.
    TaskStart {
        /// Its name.
        task: String,
    },
    /// It is done.
    TaskEnd {
        /// Its name.
        task: String,
    },
    /// It has something to say.
    Warning(Messages),
    /// It failed.
    Error(Messages),
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{from_value, json, to_value};

    // CY-VMA-02
    #[test]
    fn a_document_is_strings_and_the_measures_of_the_image() {
        let mut document = BuildDocument {
            img_id: "null".into(),
            img_passwd: "hidden".into(),
            img_format: "diskdump".into(),
            img_personality: "[]".into(),
            img_properties: r#"{"OSFAMILY":"linux"}"#.into(),
            ..BuildDocument::default()
        };
        assert_eq!(
            to_value(&document).unwrap(),
            json!({"img_id": "null", "img_passwd": "hidden", "img_format": "diskdump",
                   "img_personality": "[]", "img_properties": "{\"OSFAMILY\":\"linux\"}"})
        );
        document.blocks = Some(ImageBlocks::new(10, 4));
        document.auth_keys = Some("ssh-ed25519 A".into());
        let wire = to_value(&document).unwrap();
        assert_eq!(
            wire["blocks"],
            json!({"block_size": 4, "size": 10, "block_count": 3})
        );
        assert_eq!(from_value::<BuildDocument>(wire).unwrap(), document);
        assert!(!format!("{document:?}").contains("hidden"));
    }

    #[test]
    fn blocks_cover_the_image_exactly() {
        let blocks = ImageBlocks::new(10, 4);
        let ranges: Vec<_> = (0..4).map(|i| blocks.range(i)).collect();
        assert_eq!(ranges, [Some((0, 4)), Some((4, 4)), Some((8, 2)), None]);
        assert_eq!(ImageBlocks::new(8, 4).block_count, 2);
        assert_eq!(ImageBlocks::new(0, 4).range(0), None);
        assert_eq!(blocks.range(u64::MAX), None);
    }

    // CY-MSG-06
    #[test]
    fn progress_has_the_forms_of_the_original() {
        let forms = [
            (
                Progress::copied(1, 3),
                json!({"type": "image-copy-progress", "total": 3, "position": 1, "progress": 33.33}),
            ),
            (
                Progress::ImageInfo(Messages::one("a")),
                json!({"type": "image-info", "messages": ["a"]}),
            ),
            (
                Progress::ImageWarning(Messages::one("b")),
                json!({"type": "image-warning", "messages": ["b"]}),
            ),
            (
                Progress::ImageError(Messages {
                    messages: vec![],
                    stderr: Some("c".into()),
                }),
                json!({"type": "image-error", "stderr": "c"}),
            ),
            (
                Progress::ImageHelper(Task::TaskStart { task: "t".into() }),
                json!({"type": "image-helper", "subtype": "task-start", "task": "t"}),
            ),
            (
                Progress::ImageHelper(Task::TaskEnd { task: "t".into() }),
                json!({"type": "image-helper", "subtype": "task-end", "task": "t"}),
            ),
            (
                Progress::ImageHelper(Task::Error(Messages::one("e"))),
                json!({"type": "image-helper", "subtype": "error", "messages": ["e"]}),
            ),
        ];
        for (progress, wire) in forms {
            assert_eq!(to_value(&progress).unwrap(), wire);
            assert_eq!(from_value::<Progress>(wire).unwrap(), progress);
        }
    }

    // CY-MSG-06: the historic word, and the fields a node's monitor adds
    #[test]
    fn the_historic_word_is_accepted() {
        let old = json!({"type": "ganeti-create-progress", "progress": 12.5,
                         "instance": "snf-42", "event_time": [1, 2], "timestamp": 1.5});
        assert_eq!(
            from_value::<Progress>(old).unwrap(),
            Progress::ImageCopyProgress {
                total: 0,
                position: 0,
                progress: 12.5
            }
        );
        assert!(from_value::<Progress>(json!({"type": "image-nonsense"})).is_err());
    }

    #[test]
    fn addresses_hang_below_the_config_url() {
        let base = "https://h/vmapi/v1.0/server-params/s";
        assert_eq!(block_url(base, 7), format!("{base}/blocks/7"));
        assert_eq!(
            hashes_url(&format!("{base}/"), 5),
            format!("{base}/hashes?from=5")
        );
        assert_eq!(progress_url(base), format!("{base}/progress"));
    }
}
