//! `image-list` (CY-CLI-IMG-01).

use crate::Admin;
use images::{Filter, Image, Listing, SortKey};
use kernel::{Caller, Result};
use wire::admin::{ImageList, Report, Row, lists::IMAGE};

/// All images, or those a user sees; newest first.
pub(crate) async fn list(admin: &Admin, asked: ImageList) -> Result<Report> {
    let mut found = match &asked.user {
        None => admin.images.all(&admin.caller(), asked.public).await?,
        Some(name) => {
            let user = admin.user_id(name).await?;
            let listing = Listing {
                filter: Filter::default(),
                key: SortKey::CreatedAt,
                ascending: false,
            };
            let seen = admin.images.list(&Caller::person(user), listing).await?;
            seen.into_iter()
                .filter(|image| image.public || !asked.public)
                .collect()
        }
    };
    found.sort_by_key(|image| std::cmp::Reverse(image.created));
    Ok(Report::new().with(IMAGE.table(&asked.list, found.iter().map(row))))
}

fn row(image: &Image) -> Row {
    Row::new()
        .with("id", image.id.to_string())
        .with("name", &image.name)
        .with("user.uuid", image.owner.to_string())
        .with("public", image.public)
        .with("snapshot", image.is_snapshot)
}
