//! What this crate asks of `images`: an image the caller may use, and its content
//! kept for as long as a build needs it (CY-IMG-50 to 52).

use kernel::{Caller, Error, Result};
use objects::Held;
use std::collections::BTreeMap;
use store::{Reads, WriteTx};
use uuid::Uuid;

/// The image of a new server, looked up and allowed.
#[derive(Clone, Debug)]
pub(crate) struct ImageSource {
    pub id: Uuid,
    pub version: u64,
    pub name: String,
    pub format: String,
    pub size: u64,
    pub img_id: String,
    pub properties: BTreeMap<String, String>,
    pub content: Content,
}

/// Where the image's bytes are.
#[derive(Clone, Debug)]
pub(crate) enum Content {
    /// In the file this image is.
    Of(Box<images::Image>),
    /// Kept already.
    #[cfg(test)]
    Kept(Held),
}

impl ImageSource {
    /// Keeps the image's content for a build.
    pub fn keep(&self, tx: &WriteTx) -> Result<Held> {
        match &self.content {
            Content::Of(image) => image.keep(tx),
            #[cfg(test)]
            Content::Kept(held) => Ok(held.clone()),
        }
    }
}

/// The image of a new server, if the caller may use it.
pub(crate) fn find(tx: &impl Reads, caller: &Caller, id: Uuid) -> Result<ImageSource> {
    let absent = || Error::not_found(format!("Image '{id}' not found"));
    let image = images::Image::find(tx, caller, id).map_err(|error| match error {
        // Whose image it is, is nobody's business here (CY-SRV acceptance A2).
        Error::NotFound { .. } | Error::Forbidden { .. } => absent(),
        other => other,
    })?;
    if image.status != images::Status::Available {
        return Err(Error::invalid(format!("Image '{id}' is not available.")));
    }
    Ok(ImageSource {
        id,
        version: image.version.serial,
        name: image.name.clone(),
        format: image.disk_format.clone(),
        size: image.size,
        img_id: image.map_url(),
        properties: image.upper_properties(),
        content: Content::Of(Box::new(image)),
    })
}
