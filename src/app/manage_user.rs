//! Which user offline commands run as (ID-CLI-08, decision 4): the owner of the data
//! directory; where there is no directory yet, `SNF_MANAGE_USER`, who then owns it.

use crate::DataDir;
use kernel::Settings;
use std::{fs, os::unix::process::CommandExt};

/// Runs the command again as the owner of the directory, if root runs it now: all it
/// makes must belong to the service. Returns when there is nothing to change.
pub fn become_owner(data: &DataDir) -> anyhow::Result<()> {
    let Some((uid, gid)) = data.owner() else {
        return Ok(());
    };
    if uid == 0 || !rustix::process::geteuid().is_root() {
        return Ok(());
    }
    run_as(uid, gid)
}

/// Makes the directory for `SNF_MANAGE_USER` and goes on as that user, where there is no
/// directory yet; warns whoever is neither root nor that user nor the owner.
pub fn settle(data: &DataDir, settings: &Settings) -> anyhow::Result<()> {
    let user = settings.str("SNF_MANAGE_USER");
    let known = ids(
        &fs::read_to_string("/etc/passwd").unwrap_or_default(),
        &fs::read_to_string("/etc/group").unwrap_or_default(),
        user,
        settings.str("SNF_MANAGE_GROUP"),
    );
    let me = rustix::process::geteuid();
    let owner = data.owner();
    if me.is_root() {
        let (None, Some((uid, gid))) = (owner, known) else {
            return Ok(());
        };
        fs::create_dir_all(data.root())?;
        std::os::unix::fs::chown(data.root(), Some(uid), Some(gid))?;
        return run_as(uid, gid);
    }
    let mine = owner.is_some_and(|(uid, _)| uid == me.as_raw());
    if !mine && known.is_none_or(|(uid, _)| uid != me.as_raw()) {
        eprintln!("Warning: this command should be run as root or as user '{user}'.");
    }
    Ok(())
}

/// The same command in place of this process, as another user.
fn run_as(uid: u32, gid: u32) -> anyhow::Result<()> {
    let program = std::env::current_exe()?;
    let mut args = std::env::args_os();
    let mut again = std::process::Command::new(program);
    if let Some(name) = args.next() {
        again.arg0(name);
    }
    Err(again.args(args).uid(uid).gid(gid).exec().into())
}

/// Numbers of a user and a group by the system's files; the user's own group where the
/// named one does not exist.
fn ids(passwd: &str, group: &str, user: &str, named: &str) -> Option<(u32, u32)> {
    let line = |file: &str, name: &str| -> Option<Vec<String>> {
        let found = file
            .lines()
            .find(|line| line.split(':').next() == Some(name));
        found.map(|line| line.split(':').map(str::to_owned).collect())
    };
    let person = line(passwd, user)?;
    let uid = person.get(2)?.parse().ok()?;
    let gid = match line(group, named).and_then(|group| group.get(2)?.parse().ok()) {
        Some(gid) => gid,
        None => person.get(3)?.parse().ok()?,
    };
    Some((uid, gid))
}

#[cfg(test)]
mod tests {
    use super::*;

    // ID-CLI-08
    #[test]
    fn the_user_and_group_of_the_settings_are_looked_up() {
        let passwd = "root:x:0:0::/root:/bin/sh\nsynnefo:x:998:997::/var/lib/synnefo:/bin/false\n";
        let group = "root:x:0:\nsynnefo:x:997:\ngnt-daemons:x:120:synnefo\n";
        assert_eq!(ids(passwd, group, "synnefo", "synnefo"), Some((998, 997)));
        assert_eq!(
            ids(passwd, group, "synnefo", "gnt-daemons"),
            Some((998, 120))
        );
        assert_eq!(ids(passwd, group, "synnefo", "nosuch"), Some((998, 997)));
        assert_eq!(ids(passwd, group, "nosuch", "synnefo"), None);
        assert_eq!(ids("synnefo:x:a:b", group, "synnefo", "x"), None);
    }
}
