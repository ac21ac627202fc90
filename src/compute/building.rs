//! Running builds: what a node may read and say under a build's secret (CY-VMA).
//! The secret dies with the build's final state (README decision 22).

use crate::{
    image::ImageSource,
    rows::{Build, Level, OperState, Server},
    seal::Sealer,
    server::{self, diagnose},
    view::{BuildDocument, BuildProgress, NewServer, PersonalityFile},
};
use kernel::{
    BlockHash, Cx, Digest, Error, Result, ServerId,
    secret::{ExposeSecret, SecretString},
};
use serde_json::{Map, Value, json};
use sha2::Digest as _;
use store::{Reads, WriteTx};

/// Bytes of a block of an image.
pub(crate) const BLOCK: u64 = 4 << 20;

fn digest(secret: &str) -> BlockHash {
    Digest(sha2::Sha256::digest(secret.as_bytes()).into())
}

fn personality(files: &[PersonalityFile]) -> String {
    let one = |file: &PersonalityFile| {
        let mut object = Map::new();
        object.insert("path".into(), json!(file.path));
        object.insert("contents".into(), json!(file.contents));
        let mut some = |key: &str, value: Option<Value>| {
            if let Some(value) = value {
                object.insert(key.into(), value);
            }
        };
        some("owner", file.owner.as_ref().map(|v| json!(v)));
        some("group", file.group.as_ref().map(|v| json!(v)));
        some("mode", file.mode.map(|v| json!(v)));
        Value::Object(object)
    };
    Value::Array(files.iter().map(one).collect()).to_string()
}

/// Publishes the document of a new server's build.
pub(crate) fn begin(
    tx: &WriteTx,
    cx: &Cx,
    sealer: &Sealer,
    server: &Server,
    new: &NewServer,
    image: &ImageSource,
    password: &SecretString,
) -> Result<()> {
    let secret = cx.ids.uuid().to_string();
    let properties: Map<String, Value> = image
        .properties
        .iter()
        .map(|(key, value)| (key.to_uppercase(), json!(value)))
        .collect();
    let keys: Vec<&str> = new.keys.iter().map(|(_, content)| content.trim()).collect();
    tx.insert(&Build {
        digest: digest(&secret),
        server: server.id,
        created: cx.now,
        secret: sealer.seal(cx, &secret)?,
        img_id: image.img_id.clone(),
        img_passwd: sealer.seal(cx, password.expose_secret())?,
        img_format: image.format.clone(),
        img_personality: sealer.seal(cx, &personality(&new.personality))?,
        img_properties: Value::Object(properties).to_string(),
        auth_keys: (!keys.is_empty()).then(|| keys.join("\n")),
        cloud_userdata: match &new.user_data {
            Some(data) => Some(sealer.seal(cx, data)?),
            None => None,
        },
        held: image.keep(tx)?,
    })
}

/// The running build of a server.
pub(crate) fn of_server(tx: &impl Reads, server: ServerId) -> Result<Option<Build>> {
    tx.find_one("by_server", &server)
}

/// The build has reached its final state: its secret is worth nothing any more.
pub(crate) fn end(tx: &WriteTx, cx: &Cx, server: ServerId) -> Result<()> {
    let Some(build) = of_server(tx, server)? else {
        return Ok(());
    };
    tx.remove::<Build>(&build.digest)?;
    objects::let_go(tx, cx, &build.held)
}

/// The running build with that secret.
pub(crate) fn find(tx: &impl Reads, secret: &str) -> Result<Build> {
    tx.must(&digest(secret), "The resource could not be found.")
}

/// The build document.
pub(crate) fn document(tx: &impl Reads, sealer: &Sealer, secret: &str) -> Result<BuildDocument> {
    let build = find(tx, secret)?;
    let open = |text: &str| -> Result<String> { Ok(sealer.open(text)?.expose_secret().to_owned()) };
    Ok(BuildDocument {
        server: build.server,
        img_passwd: open(&build.img_passwd)?,
        img_personality: open(&build.img_personality)?,
        cloud_userdata: build.cloud_userdata.as_deref().map(open).transpose()?,
        img_id: build.img_id,
        img_format: build.img_format,
        img_properties: build.img_properties,
        auth_keys: build.auth_keys,
        block_size: BLOCK,
        size: build.held.size,
    })
}

/// Takes a node's report (CY-DSP-22).
pub(crate) fn progress(tx: &WriteTx, cx: &Cx, secret: &str, report: &BuildProgress) -> Result<()> {
    let build = find(tx, secret)?;
    let mut server: Server = tx.must(&build.server, "The resource could not be found.")?;
    match report {
        BuildProgress::Copy(percent) if percent.is_nan() || *percent < 0.0 => {
            return Err(Error::field("progress", "Invalid progress."));
        }
        BuildProgress::Copy(percent) => {
            let percent = percent.min(100.0) as u8;
            if server.operstate != OperState::Build || server.progress >= percent {
                return Ok(());
            }
            server.progress = percent;
        }
        BuildProgress::Said {
            level,
            source,
            message,
            details,
        } => diagnose(tx, cx, &server, *level, source, message, details.clone())?,
    }
    server::touch(tx, cx, &mut server)
}

/// Level of a report by its word.
impl Level {
    /// From the last part of a report's type: `warning`, `error`, `info`.
    pub fn of_report(word: &str) -> Level {
        match word {
            "warning" => Level::Warning,
            "error" => Level::Error,
            "info" => Level::Info,
            _ => Level::Debug,
        }
    }
}
