//! `synnefo settings front`: what a web server that ends TLS in front of the service
//! needs to know (ID-OPS-03).
//!
//! Both files pass everything on but `/Shibboleth.sso`, stream bodies in both
//! directions, leave encoded slashes alone and let web sockets through. They remove the
//! headers an identity provider would set wherever the module did not set them itself.

use crate::invocation::Printed;
use kernel::Settings;

const APACHE: &str = include_str!("front/apache.conf");
const NGINX: &str = include_str!("front/nginx.conf");

/// The site file for `server`, for the host of `ASTAKOS_BASE_URL`.
pub(super) fn site(server: &str, settings: &Settings) -> Printed {
    let template = if server == "apache" { APACHE } else { NGINX };
    let url = settings.base_url();
    let host = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = host.split(['/', ':']).next().unwrap_or_default();
    let host = if host.is_empty() {
        "cloud.example.org"
    } else {
        host
    };
    Printed {
        out: template.replace("@HOST@", host),
        ..Printed::default()
    }
}
