//! How programs get in: the token, and what to tell the clients (ID-DSH-06, ID-DSH-07).

use super::{
    Failed,
    posted::Posted,
    shell::{Shell, go, page},
    visitor::User,
    words,
};
use askama::Template;
use axum::response::{IntoResponse, Response};
use http::header;
use kernel::secret::ExposeSecret;

#[derive(Template)]
#[template(path = "pages/api_access.html")]
struct ApiAccess {
    s: Shell,
    url: String,
    cloud: String,
    token: String,
    uuid: String,
    /// "in 29 days".
    left: String,
    expires: String,
    exact: String,
    /// Where the command-line client is to be had (`ASTAKOS_API_CLIENT_URL`).
    client: String,
}

/// The name a client calls this cloud by (ID-SET-46), without what would end it in the
/// client's configuration.
fn cloud(settings: &kernel::Settings) -> String {
    let name = settings.str("ASTAKOS_KAMAKI_CONFIG_CLOUD_NAME");
    let plain = |c: &char| !c.is_control() && !"\"[]\\=#;".contains(*c);
    name.chars().filter(plain).collect()
}

/// Token and how to use it (ID-DSH-06).
pub(super) async fn api_access(user: User) -> Result<Response, Failed> {
    let v = &user.visitor;
    let token = v.state.identity.token_of(user.view.uuid).await?;
    let client = v.settings.str("ASTAKOS_API_CLIENT_URL");
    let client = if super::owner::runs_nothing(client) {
        client
    } else {
        ""
    };
    Ok(page(&ApiAccess {
        s: Shell::titled(v, "api-access", "nav-api", "nav-api"),
        url: format!("{}/identity/v2.0", v.settings.base_url()),
        cloud: cloud(&v.settings),
        token: token.token.expose_secret().to_owned(),
        uuid: user.view.uuid.to_string(),
        left: words::ahead(v.now, token.expires),
        expires: words::instant(token.expires),
        exact: words::exact(token.expires),
        client: client.to_owned(),
    }))
}

#[derive(Template)]
#[template(path = "pages/renew.html")]
struct Renew {
    s: Shell,
}

/// Asks before the token is made anew; for those without script (ID-UI-05).
pub(super) async fn ask_renewal(user: User) -> Response {
    page(&Renew {
        s: Shell::titled(&user.visitor, "api-access", "renew-token", "nav-api"),
    })
}

/// A new token (ID-TOK-02).
pub(super) async fn renew_token(user: User, _sent: Posted) -> Result<Response, Failed> {
    let v = &user.visitor;
    v.state.identity.renew_token(user.view.uuid).await?;
    Ok(go(v, "/ui/api_access", "TOKEN_UPDATED"))
}

/// The configuration of kamaki (ID-DSH-07).
pub(super) async fn kamakirc(user: User) -> Result<Response, Failed> {
    let v = &user.visitor;
    let token = v.state.identity.token_of(user.view.uuid).await?;
    let cloud = cloud(&v.settings);
    let base = v.settings.base_url();
    let token = token.token.expose_secret();
    let text = format!(
        "[global]\ndefault_cloud = {cloud}\n\n[cloud \"{cloud}\"]\nurl = {base}/identity/v2.0\ntoken = {token}\n"
    );
    let about = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\".kamakirc\"",
        ),
    ];
    Ok((about, text).into_response())
}
