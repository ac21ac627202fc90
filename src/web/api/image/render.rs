//! Images as JSON and the texts that headers share with it.

use images::Image;
use serde_json::{Value, json};

/// `YYYY-MM-DD HH:MM:SS`, UTC (CY-IMG-03).
pub(super) fn time(at: kernel::Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

pub(super) fn brief(image: &Image) -> Value {
    json!({
        "status": image.status.name(),
        "name": image.name,
        "disk_format": image.disk_format,
        "container_format": image.container_format,
        "size": image.size,
        "id": image.id,
    })
}

pub(super) fn detail(image: &Image) -> Value {
    json!({
        "name": image.name,
        "disk_format": image.disk_format,
        "container_format": image.container_format,
        "size": image.size,
        "checksum": image.checksum,
        "location": image.location(),
        "created_at": time(image.created),
        "updated_at": time(image.updated),
        "deleted_at": "",
        "status": image.status.name(),
        "is_public": image.public,
        "owner": image.owner.to_string(),
        "properties": image.properties,
        "id": image.id,
        "is_snapshot": image.is_snapshot,
        "description": image.description,
    })
}
