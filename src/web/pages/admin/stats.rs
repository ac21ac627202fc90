//! Statistics to take away (ID-ADU-15, ID-ADU-50): the bodies of the statistics API for
//! whoever may use these pages.

use super::AtDesk;
use crate::{api::stats, pages::Failed, text};
use axum::{
    Json,
    extract::Path,
    response::{IntoResponse, Response},
};
use http::header;
use kernel::Error;
use serde_json::Value;

/// Only identity counts so far; an unknown component is none (ID-ADU-18).
fn known(component: &str) -> Result<(), Failed> {
    match component {
        "astakos" => Ok(()),
        "cyclades" => Err(Error::not_supported("Not supported yet.").into()),
        _ => Err(Error::not_found(text::with("adm-no-type", &[("name", component)])).into()),
    }
}

fn file(name: &str, body: Value) -> Response {
    let named = format!("attachment; filename=\"{name}.json\"");
    ([(header::CONTENT_DISPOSITION, named)], Json(body)).into_response()
}

/// The few numbers everybody may know.
pub(in crate::pages) async fn terse(
    d: AtDesk,
    Path(component): Path<String>,
) -> Result<Response, Failed> {
    known(&component)?;
    let figures = d.state.identity.statistics().await?;
    Ok(file("astakos", stats::terse(&figures)))
}

/// By login method, and what is used.
pub(in crate::pages) async fn detailed(
    d: AtDesk,
    Path(component): Path<String>,
) -> Result<Response, Failed> {
    known(&component)?;
    let figures = d.state.identity.statistics().await?;
    Ok(file("astakos-detail", stats::detailed(&figures, d.now)))
}
