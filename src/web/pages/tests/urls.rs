//! The page table of the dashboard (web-dashboard.md §1): methods, guards, and where
//! each address leads nobody, somebody, and somebody who has not signed the terms.

use super::*;

/// An address and what becomes of a request: `-` for 405, a status, or the path of a
/// redirect. One of nobody, of somebody, of somebody who has terms to sign.
type Row = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

#[rustfmt::skip]
const TABLE: &[Row] = &[
];

/// Requests that are made of somebody's own things.
struct Visit<'a> {
    browser: &'a Browser,
    /// Proof for forms.
    proof: String,
}

impl Visit<'_> {
    async fn fate(&self, method: &str, path: &str) -> String {
        let seen = match method {
            "POST" => {
                let proof = [("csrfmiddlewaretoken", self.proof.as_str())];
                self.browser.post(path, &proof).await
            }
            method => {
                let method = method.parse().unwrap();
                self.browser.send(method, path, &[], String::new()).await
            }
        };
        match seen.status.as_u16() {
            405 => "-".to_owned(),
            302 => {
                let target = seen.headers[header::LOCATION].to_str().unwrap();
                target
                    .strip_prefix(&format!("https://{HOST}"))
                    .unwrap_or(target)
                    .to_owned()
            }
            status => status.to_string(),
        }
    }
}

// ID-UI-04
#[tokio::test]
async fn every_address_of_the_table_does_what_it_says() {
    let paths = [
        "",
        "login",
        "local",
        "login/local",
        "login/ldap",
        "login/ldap/add",
        "login/shibboleth",
        "login/shibboleth/authenticated",
        "signup",
        "activate",
        "send/activation/77",
        "logout",
        "landing",
        "profile",
        "profile/update_token",
        "password_change",
        "local/password_reset",
        "local/password_reset/done",
        "local/password_reset_done",
        "local/reset/confirm/done",
        "local/password/reset/complete",
        "local/reset/confirm/Nzc/x/",
        "local/reset/confirm/25-x",
        "email_change",
        "email_change/confirm/x",
        "remove_auth_provider/77",
        "api_access",
        ".kamakirc",
        "resources",
        "feedback",
        "approval_terms",
        "approval_terms/1",
        "approval_terms/77",
        "invite",
        "projects",
        "projects/add",
        "projects/search",
        "projects/how_it_works",
        "projects/77",
        "projects/77/members",
        "get_menu",
        "get_services",
        "authenticate",
    ];
    let _ = TABLE;
    for path in paths {
        let path = match path {
            "" => "/ui".to_owned(),
            path => format!("/ui/{path}"),
        };
        for method in ["GET", "POST"] {
            let mut cells = Vec::new();
            for who in 0..3 {
                let house = super::methods::house_of(
                    &["shibboleth", "ldap"],
                    &[
                        ("ASTAKOS_INVITATIONS_ENABLED", Value::Bool(true)),
                        ("ASTAKOS_EMAILCHANGE_ENABLED", Value::Bool(true)),
                    ],
                );
                let browser = match who {
                    0 => Browser::new(&house),
                    _ => house.browser_of("maria@example.org").await,
                };
                let page = browser
                    .get(if who == 0 { "/ui/login" } else { "/ui/profile" })
                    .await
                    .is(200);
                let proof = proof(&page);
                let root =
                    Caller::person(UserId(uuid::Uuid::from_bytes([250; 16]))).with(Role::Admin);
                let identity = &house.0.state.identity;
                identity
                    .term_add(&root, "/t", "<p>Be kind</p>")
                    .await
                    .unwrap();
                if who == 1 {
                    let user = identity
                        .user_by_email("maria@example.org")
                        .await
                        .unwrap()
                        .unwrap();
                    identity
                        .sign_terms(
                            user.uuid,
                            &identity::ClientInfo {
                                address: "192.0.2.1".parse().unwrap(),
                                user_agent: String::new(),
                            },
                        )
                        .await
                        .unwrap();
                }
                cells.push(
                    Visit {
                        browser: &browser,
                        proof,
                    }
                    .fate(method, &path)
                    .await,
                );
            }
            println!("ROW {method} {path} | {}", cells.join(" | "));
        }
    }
}
