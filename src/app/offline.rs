//! Commands of a process of its own: handed to the running service where there is
//! one, else carried out on the data directory itself.

use crate::{DataDir, admin_runner::AdminRunner, config, logging, stack::Stack, upkeep};
use anyhow::{Context, bail};
use cli::{AdminCall, Call, LocalIo, Reached, RestoreCall};
use std::os::unix::process::CommandExt;

/// `snf-manage …`, `synnefo backup`, `synnefo verify`; the exit status.
pub fn manage(call: &AdminCall) -> anyhow::Result<u8> {
    let data = DataDir::existing(&call.data_dir);
    if let Reached::Done(code) = cli::call(&data.admin_socket(), call)? {
        return Ok(status(code));
    }
    let what = Call {
        program: call.program.clone(),
        args: call.args.clone(),
        cwd: std::env::current_dir()
            .unwrap_or_default()
            .display()
            .to_string(),
    };
    become_owner(&data)?;
    let loaded = config::read(&call.config_dir, &call.set)?;
    logging::start(&loaded.settings, logging::Ident::Manage)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    // Help and mistakes need no data.
    let mut io = LocalIo::new();
    let services = loaded.settings.strings("ENABLED_SERVICES");
    let early = cli::run_without_data(&services, &what, &mut io);
    if let Some(code) = runtime.block_on(early)? {
        return Ok(status(code));
    }
    let data = DataDir::create(&call.data_dir)?;
    let stack = Stack::open(data, loaded.settings, &local_address())?;
    let runner = AdminRunner::new(&stack);
    let code = runtime.block_on(cli::run(&runner, &what, &mut io));
    // The mails of the change leave with the next service, or now where they are files.
    stack.store.close();
    Ok(status(code?))
}

/// `synnefo restore`.
pub fn restore(call: &RestoreCall) -> anyhow::Result<u8> {
    let data = DataDir::existing(&call.data_dir);
    if std::os::unix::net::UnixStream::connect(data.admin_socket()).is_ok() {
        bail!(
            "a service runs on {}: stop it first",
            call.data_dir.display()
        );
    }
    let report = upkeep::restore(&call.archive, &call.data_dir)
        .with_context(|| format!("cannot restore {}", call.archive.display()))?;
    println!("{report}");
    Ok(0)
}

/// The address for links where nothing is served; settings win over it.
fn local_address() -> String {
    format!("https://{}", crate::addresses::host())
}

fn status(code: i32) -> u8 {
    u8::try_from(code).unwrap_or(1)
}

/// An offline command run by root goes on as the directory's owner, so that all it
/// makes belongs to the service (decision 4).
fn become_owner(data: &DataDir) -> anyhow::Result<()> {
    let Some((uid, gid)) = data.owner() else {
        return Ok(());
    };
    if uid == 0 || !rustix::process::geteuid().is_root() {
        return Ok(());
    }
    let program = std::env::current_exe()?;
    let mut args = std::env::args_os();
    let mut again = std::process::Command::new(program);
    if let Some(name) = args.next() {
        again.arg0(name);
    }
    Err(again.args(args).uid(uid).gid(gid).exec().into())
}
