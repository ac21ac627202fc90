//! Commands of a process of its own: handed to the running service where there is
//! one, else carried out on the data directory itself.

use crate::{
    DataDir,
    admin_runner::AdminRunner,
    config, logging, manage_user,
    stack::Stack,
    upgrade::{self, Upgrade},
    upkeep,
};
use anyhow::{Context, bail};
use cli::{AdminCall, Call, LocalIo, Reached, RestoreCall};
use std::path::Path;

/// `snf-manage …`, `synnefo backup`, `synnefo verify`; the exit status.
pub fn manage(call: &AdminCall) -> anyhow::Result<u8> {
    let data = DataDir::existing(&call.data_dir);
    if let Reached::Done(code) = cli::call(&data.admin_socket(), call)? {
        if let Some(warning) = unheard(call) {
            eprintln!("{warning}");
        }
        return Ok(status(code));
    }
    let what = typed(call);
    if only_reads(call) {
        look(&data)?;
    }
    manage_user::become_owner(&data)?;
    let loaded = config::read(&call.config_dir, &call.set)?;
    manage_user::settle(&data, &loaded.settings)?;
    logging::start(&loaded.settings, logging::Ident::Manage)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    // Help and mistakes need no data.
    let mut io = LocalIo::new();
    // A host without a data directory of its own, as a Ganeti node, has general ones only.
    let there = data.root().is_dir();
    let services = match there {
        true => loaded.settings.strings("ENABLED_SERVICES"),
        false => Vec::new(),
    };
    let early = cli::run_without_data(&services, &what, &mut io);
    if let Some(code) = runtime.block_on(early)? {
        if code == 1 && !there {
            let root = data.root().display();
            let hint = format!("{root} does not exist: only general commands are known here.\n");
            runtime.block_on(wire::admin::Io::err(&mut io, &hint))?;
        }
        return Ok(status(code));
    }
    if cli::is_about_the_store(&services, &what, wire::admin::Terminal::default()) {
        let runner = Upgrade {
            data,
            settings: loaded.settings,
            served: local_address(),
        };
        return Ok(status(runtime.block_on(cli::run(&runner, &what, &mut io))?));
    }
    let data = DataDir::create(&call.data_dir)?;
    let stack = Stack::open(data, loaded.settings, &local_address())?;
    let runner = AdminRunner::new(&stack);
    let code = runtime.block_on(cli::run(&runner, &what, &mut io));
    // The mails of the change leave with the next service, or now where they are files.
    stack.store.close();
    Ok(status(code?))
}

/// The command as it was typed, and where.
fn typed(call: &AdminCall) -> Call {
    let here = std::env::current_dir().unwrap_or_default();
    Call {
        program: call.program.clone(),
        args: call.args.clone(),
        cwd: here.display().to_string(),
        pid: std::process::id(),
    }
}

/// What a running service was not told: it has settings of its own.
fn unheard(call: &AdminCall) -> Option<&'static str> {
    let warning = "Warning: the service runs with settings of its own: --set changed nothing.";
    (!call.set.is_empty()).then_some(warning)
}

/// Is it about a data directory that must be there?
fn only_reads(call: &AdminCall) -> bool {
    let named = call.args.first().map(String::as_str);
    let reads = ["verify", "backup", "log-level"].map(Some).contains(&named);
    // Help is about nothing that must be there.
    let helps = call.args.iter().any(|arg| arg == "--help" || arg == "-h");
    call.program == "synnefo" && reads && !helps
}

/// Nobody may serve the directory that is to be replaced.
fn unserved(data: &DataDir) -> anyhow::Result<()> {
    if std::os::unix::net::UnixStream::connect(data.admin_socket()).is_ok() {
        bail!("a service runs on {}: stop it first", data.root().display());
    }
    Ok(())
}

/// `synnefo restore --before-upgrade`.
pub fn go_back(call: &RestoreCall) -> anyhow::Result<u8> {
    let data = DataDir::existing(&call.data_dir);
    unserved(&data)?;
    look(&data)?;
    manage_user::become_owner(&data)?;
    upgrade::go_back(call)
}

/// `synnefo restore`.
pub fn restore(call: &RestoreCall) -> anyhow::Result<u8> {
    let data = DataDir::existing(&call.data_dir);
    unserved(&data)?;
    let archive = call.archive.clone().unwrap_or_default();
    // The directory itself may be put there anew.
    let owner = data.owner();
    let report = upkeep::restore(&archive, &call.data_dir)
        .with_context(|| format!("cannot restore {}", archive.display()))?;
    if let Some((uid, gid)) = owner.filter(|(uid, _)| *uid != 0)
        && rustix::process::geteuid().is_root()
    {
        give(data.root(), uid, gid)
            .with_context(|| format!("cannot give {} to its owner", data.root().display()))?;
    }
    println!("{report}");
    Ok(0)
}

/// Commands that only look must find something: they make no directory.
fn look(data: &DataDir) -> anyhow::Result<()> {
    let root = data.root().display();
    match (data.root().is_dir(), data.database().exists()) {
        (false, _) => bail!("the data directory {root} does not exist"),
        (true, false) => bail!("{root} is not a data directory: it has no database"),
        (true, true) => Ok(()),
    }
}

/// Everything below a directory, and it itself, to an owner; links are not followed.
fn give(path: &Path, uid: u32, gid: u32) -> std::io::Result<()> {
    std::os::unix::fs::lchown(path, Some(uid), Some(gid))?;
    if std::fs::symlink_metadata(path)?.is_dir() {
        for entry in std::fs::read_dir(path)? {
            give(&entry?.path(), uid, gid)?;
        }
    }
    Ok(())
}

/// The address for links where nothing is served; settings win over it.
fn local_address() -> String {
    format!("https://{}", crate::addresses::host())
}

fn status(code: i32) -> u8 {
    u8::try_from(code).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(data_dir: &Path, command: &str) -> AdminCall {
        AdminCall {
            data_dir: data_dir.to_owned(),
            config_dir: data_dir.join("conf"),
            set: Vec::new(),
            program: "synnefo".to_owned(),
            args: vec![command.to_owned()],
        }
    }

    // ID-CLI-08: what is not done is not passed over in silence
    #[test]
    fn settings_of_a_call_do_not_reach_a_running_service() {
        let dir = Path::new("/nowhere");
        assert!(unheard(&call(dir, "verify")).is_none());
        let set = AdminCall {
            set: vec!["ASTAKOS_NOPE=1".to_owned()],
            ..call(dir, "verify")
        };
        assert!(unheard(&set).is_some_and(|text| text.contains("--set")));
    }

    // Looking at what is not there makes nothing
    #[test]
    fn commands_that_look_make_no_directory() {
        let dir = tempfile::tempdir().unwrap();
        let missing = dir.path().join("missing");
        for command in ["verify", "backup"] {
            let error = manage(&call(&missing, command)).unwrap_err();
            assert!(error.to_string().ends_with("does not exist"), "{error}");
            assert!(!missing.exists());
            let error = manage(&call(dir.path(), command)).unwrap_err();
            assert!(error.to_string().contains("no database"), "{error}");
            assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
        }
    }

    // ID-CLI-17: a host without a data directory knows general commands only
    #[test]
    fn without_a_data_directory_there_are_general_commands() {
        let dir = tempfile::tempdir().unwrap();
        let missing = dir.path().join("missing");
        let run = |command: &str, data_dir: &Path| {
            let call = AdminCall {
                program: "snf-manage".to_owned(),
                ..call(data_dir, command)
            };
            manage(&call).unwrap()
        };
        assert_eq!(run("user-list", &missing), 1);
        assert_eq!(run("server-list", &missing), 1);
        assert_eq!(run("snf-component-register", &missing), 1);
        assert!(!missing.exists());
        assert_eq!(run("help", &missing), 0);
        assert_eq!(run("collectstatic", dir.path()), 0);
        assert_eq!(run("user-list", dir.path()), 0);
    }

    #[test]
    fn everything_is_given_to_the_owner() {
        use std::os::unix::fs::MetadataExt;
        if !rustix::process::geteuid().is_root() {
            eprintln!("skipped: only root gives files away");
            return;
        }
        let dir = tempfile::tempdir().unwrap();
        let below = dir.path().join("a/b");
        std::fs::create_dir_all(&below).unwrap();
        std::os::unix::fs::symlink("/etc/hostname", below.join("link")).unwrap();
        give(dir.path(), 12_345, 54_321).unwrap();
        for path in [dir.path(), &below, &below.join("link")] {
            let meta = std::fs::symlink_metadata(path).unwrap();
            assert_eq!(
                (meta.uid(), meta.gid()),
                (12_345, 54_321),
                "{}",
                path.display()
            );
        }
        assert_eq!(std::fs::metadata("/etc/hostname").unwrap().uid(), 0);
    }
}
