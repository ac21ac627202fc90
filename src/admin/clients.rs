//! `oauth2-client-*` (ID-CLI-60 … ID-CLI-62).

use crate::Admin;
use identity::oauth2::{ClientKind, NewClient};
use kernel::Result;
use wire::admin::{ClientCommand, Report, Row, lists::CLIENT};

/// Carries out a command of this family.
pub(crate) async fn run(admin: &Admin, command: ClientCommand) -> Result<Report> {
    let caller = admin.caller();
    match command {
        ClientCommand::Add(new) => {
            let new = NewClient {
                identifier: new.identifier,
                secret: new.secret.map(|secret| secret.expose().to_owned().into()),
                kind: match new.public {
                    true => ClientKind::Public,
                    false => ClientKind::Confidential,
                },
                is_trusted: new.trusted,
                urls: new.urls,
            };
            let (_, left_out) = admin.identity.oauth2_client_add(&caller, new).await?;
            let report = left_out.iter().fold(Report::new(), |report, url| {
                let start: String = url.chars().take(60).collect();
                report.note(format!("Redirect URL '{start}…' is too long and left out."))
            });
            Ok(report.note("Client created successfully"))
        }
        ClientCommand::List {
            list,
            confidential,
            trusted,
        } => {
            let all = admin.identity.oauth2_client_list(&caller).await?;
            let chosen = all.into_iter().filter(|client| {
                confidential.is_none_or(|yes| (client.kind == ClientKind::Confidential) == yes)
                    && (!trusted || client.is_trusted)
            });
            let rows = chosen.map(|client| {
                Row::new()
                    .with("id", client.id)
                    .with("identifier", client.identifier)
                    .with("type", client.kind.name())
                    .with("is_trusted", client.is_trusted)
                    .with("redirect_urls", client.urls)
            });
            Ok(Report::new().with(CLIENT.table(&list, rows)))
        }
        ClientCommand::Remove { client } => {
            let gone = admin
                .identity
                .oauth2_client_remove(&caller, &client)
                .await?;
            Ok(Report::new().note(format!("Client '{}' removed.", gone.identifier)))
        }
    }
}
