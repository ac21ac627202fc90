//! `group-*` (ID-CLI-30, ID-CLI-31).

use crate::Admin;
use kernel::Result;
use wire::admin::{GroupCommand, Io, Report, Row, confirm, lists::GROUP};

/// Carries out a command of this family.
pub(crate) async fn run(admin: &Admin, command: GroupCommand, io: &mut dyn Io) -> Result<Report> {
    let caller = admin.caller();
    match command {
        GroupCommand::Add { name } => {
            admin.identity.group_add(&caller, &name).await?;
            Ok(Report::new().note("Group created"))
        }
        GroupCommand::List { list } => {
            let groups = admin.identity.group_list(&caller).await?;
            let rows = groups.into_iter().map(|group| {
                Row::new()
                    .with("id", group.id)
                    .with("name", group.name)
                    .with("users_count", group.users)
                    .with("permissions", group.permissions)
            });
            Ok(Report::new().with(GROUP.table(&list, rows)))
        }
        GroupCommand::Remove { name, no_confirm } => {
            if io.terminal().input_tty && !no_confirm {
                let question = format!("Remove group '{}'? [y/N] ", name.escape_debug());
                confirm(io, &question).await?;
            }
            admin.identity.group_remove(&caller, &name).await?;
            Ok(Report::new().note("Group removed"))
        }
    }
}
