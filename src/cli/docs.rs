//! Man pages and shell completion, made from the parsers themselves.

use crate::{invocation, manage};
use clap::Command;
use clap_complete::Shell;
use std::{fs, io, path::Path};

/// Writes man pages to `dir/man1` and completion for bash, zsh and fish to
/// `dir/completion`.
pub fn write(dir: &Path) -> io::Result<()> {
    let pages = dir.join("man1");
    fs::create_dir_all(&pages)?;
    for program in programs() {
        clap_mangen::generate_to(program, &pages)?;
    }
    let completion = dir.join("completion");
    fs::create_dir_all(&completion)?;
    for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
        for mut program in programs() {
            let name = program.get_name().to_owned();
            clap_complete::generate_to(shell, &mut program, name, &completion)?;
        }
    }
    Ok(())
}

/// Every name the binary goes by that people type.
fn programs() -> [Command; 4] {
    [
        invocation::command(),
        snf_manage(),
        manage::register_command()
            .arg(invocation::data_dir())
            .args(invocation::settings_args()),
        invocation::export_command(),
    ]
}

/// `snf-manage` with all its commands, as one parser; only for documents.
fn snf_manage() -> Command {
    let commands = manage::entries().map(|entry| {
        entry
            .command("snf-manage")
            .arg(invocation::data_dir())
            .args(invocation::settings_args())
    });
    Command::new("snf-manage")
        .about("Administration of Synnefo")
        .version(env!("CARGO_PKG_VERSION"))
        .subcommand_required(true)
        .subcommands(commands)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_and_completion_are_written() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path()).unwrap();
        let read = |name: &str| fs::read_to_string(dir.path().join(name)).unwrap();
        assert!(read("man1/snf-manage-user-list.1").contains("filter\\-by"));
        for entry in manage::entries() {
            let page = read(&format!("man1/snf-manage-{}.1", entry.name));
            assert!(page.contains("output\\-format"), "{}", entry.name);
        }
        assert!(read("man1/snf-component-register.1").contains("base\\-url"));
        assert!(read("man1/snf-service-export.1").contains("COMPONENT"));
        assert!(read("man1/synnefo-serve.1").contains("data\\-dir"));
        assert!(!dir.path().join("man1/synnefo-generate-docs.1").exists());
        for name in ["snf-manage.bash", "_snf-manage", "snf-manage.fish"] {
            assert!(
                read(&format!("completion/{name}")).contains("user-modify"),
                "{name}"
            );
            for entry in manage::entries() {
                let all = read(&format!("completion/{name}"));
                assert!(all.contains(entry.name), "{name}: {}", entry.name);
            }
        }
    }
}
