//! From one release to the next, and back (identity.md §14.3): `snf-manage migrate` and
//! its rehearsal, `synnefo restore --before-upgrade`.
//!
//! Invariants: `--check` and every look before a question change no byte of the
//! database; going back moves the present database aside and removes nothing.

use crate::{
    DataDir,
    stack::{Stack, open_store},
    upkeep::{SCHEMA, sound},
};
use anyhow::{Context, bail};
use cli::RestoreCall;
use kernel::{Error, Result, Settings};
use std::{
    fs,
    path::{Path, PathBuf},
};
use store::{Change, Options, Store};
use wire::admin::{Command, GeneralCommand, Io, IoFuture, Report};

/// Carries out `migrate` and `syncdb` on a data directory nobody serves.
#[derive(Clone)]
pub struct Upgrade {
    /// The directory, which may not exist yet.
    pub data: DataDir,
    /// The settings.
    pub settings: Settings,
    /// Address of the service, for a store that is made now.
    pub served: String,
}

impl cli::Runner for Upgrade {
    fn run<'a>(&'a self, command: Command, _: &'a mut dyn Io) -> IoFuture<'a, Report> {
        let own = self.clone();
        let work = move || match command {
            Command::General(GeneralCommand::Migrate { check: true }) => own.rehearse(),
            Command::General(GeneralCommand::Migrate { check: false }) => own.upgrade(),
            _ => Err(Error::broken("another command came to the upgrade")),
        };
        Box::pin(async {
            let done = tokio::task::spawn_blocking(work).await;
            done.map_err(Error::broken)?
        })
    }

    fn services(&self) -> Vec<String> {
        self.settings.strings("ENABLED_SERVICES")
    }

    fn keep(&self, log: &cli::CommandLog) -> Result<()> {
        let now = kernel::CxSource::system().cx().now;
        crate::command_log::write(&self.settings, now, log)
    }
}

const NOTHING: &str = "The store is up to date: nothing to do.";

fn steps(report: Report, applied: &[(u32, &'static str)]) -> Report {
    applied.iter().fold(report, |report, (number, name)| {
        report.note(format!("migration {number}: {name}"))
    })
}

impl Upgrade {
    fn rehearse(&self) -> Result<Report> {
        let file = self.data.database();
        if !file.exists() {
            return Ok(Report::new().note(format!(
                "There is no store in {} yet: it would be made.",
                self.data.root().display()
            )));
        }
        let tried = Store::rehearse(&file, &Options::default(), &SCHEMA, sound)?;
        Ok(match tried.applied.as_slice() {
            [] => Report::new().note(NOTHING),
            applied => {
                let report = Report::new().note("The store would be copied aside, and then:");
                steps(report, applied)
                    .note("It was tried on a copy: the result is sound. Nothing was changed.")
            }
        })
    }

    fn upgrade(&self) -> Result<Report> {
        let data = DataDir::create(self.data.root())?;
        let fresh = !data.database().exists();
        let migrated = match fresh {
            true => store::Migrated::default(),
            false => {
                let (store, migrated) = open_store(&data.database(), &self.settings)?;
                store.close();
                migrated
            }
        };
        // The rest of what a first start makes.
        let stack = Stack::open(data, self.settings.clone(), &self.served)?;
        stack.store.close();
        if fresh {
            return Ok(Report::new().note("The store was made."));
        }
        if migrated.applied.is_empty() {
            return Ok(Report::new().note(NOTHING));
        }
        let mut report = Report::new();
        if let Some(copy) = &migrated.copy {
            report = report.note(format!("The store was copied to {}.", copy.display()));
        }
        Ok(steps(report, &migrated.applied).note("The store is up to date."))
    }
}

/// `synnefo restore --before-upgrade` (ID-UPG-05).
pub fn go_back(call: &RestoreCall) -> anyhow::Result<u8> {
    let data = DataDir::existing(&call.data_dir);
    let file = data.database();
    let Some(copy) = copy_of_before(&file)? else {
        bail!(
            "{} has no copy of before an upgrade (its name would be synnefo.redb.from-…)",
            call.data_dir.display()
        );
    };
    let about = |file: &Path| Store::peek(file).with_context(|| file.display().to_string());
    let (then, now) = (about(&copy)?, about(&file)?);
    println!(
        "The copy {} was made by an upgrade from Synnefo {} (structure {});\n\
         the present database is of Synnefo {} (structure {}).",
        copy.display(),
        named(&then.release),
        then.schema,
        named(&now.release),
        now.schema
    );
    match written_since(&copy, &file) {
        Ok(changes) => tell_what_is_lost(&changes),
        // An older program on a newer database: it can go back, but not look inside.
        Err(Error::Unavailable { message, .. }) => println!(
            "This program cannot list what was written since; the one that upgraded can. {message}"
        ),
        Err(error) => return Err(error.into()),
    }
    if !call.no_confirm && !sure()? {
        eprintln!("{}", wire::admin::io::ABORTED);
        return Ok(1);
    }
    let aside = free_name(&file, &format!("after-{}", named(&now.release)));
    put_back(&copy, &file, &aside)?;
    // It describes rows that are gone, and is made anew.
    let _ = fs::remove_dir_all(data.root().join("search"));
    fs::File::open(data.root()).and_then(|dir| dir.sync_all())?;
    println!(
        "Back to structure {}: start Synnefo {} now; this program would upgrade it again.\n\
         The database of after the upgrade is kept as {}.",
        then.schema,
        named(&then.release),
        aside.display()
    );
    Ok(0)
}

/// Puts the copy in the place of the database, which is kept as `aside`. At no moment is
/// there none: a service that was started in between would make a new one.
fn put_back(copy: &Path, file: &Path, aside: &Path) -> anyhow::Result<()> {
    let place = || aside.display().to_string();
    fs::hard_link(file, aside)
        .or_else(|_| fs::copy(file, aside).map(drop))
        .with_context(place)?;
    if let Err(cause) = fs::rename(copy, file) {
        fs::remove_file(aside).with_context(place)?;
        bail!("{}: {cause}; nothing was changed", copy.display());
    }
    Ok(())
}

fn named(release: &str) -> &str {
    match release {
        "" => "unknown",
        release => release,
    }
}

/// The copy that the last upgrade made: the one of the highest structure.
fn copy_of_before(file: &Path) -> anyhow::Result<Option<PathBuf>> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let start = format!("{name}.from-");
    let folder = file.parent().unwrap_or(Path::new("."));
    let found = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let mut copies: Vec<(u32, PathBuf)> = found
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let name = entry.file_name().into_string().ok()?;
            let (_, number) = name.strip_prefix(&start)?.rsplit_once("-structure-")?;
            Some((number.parse().ok()?, entry.path()))
        })
        .collect();
    copies.sort();
    Ok(copies.pop().map(|(_, path)| path))
}

/// What the present database has and the copy, brought to the same structure, has not.
fn written_since(copy: &Path, file: &Path) -> Result<Vec<Change>> {
    let mut changes = Vec::new();
    let options = Options::default();
    Store::rehearse(file, &options, &SCHEMA, |now| {
        Store::rehearse(copy, &options, &SCHEMA, |then| {
            changes = Store::differences(then, now)?;
            Ok(())
        })
        .map(drop)
    })?;
    Ok(changes)
}

fn tell_what_is_lost(changes: &[Change]) {
    if changes.is_empty() {
        println!("Nothing was written since.");
        return;
    }
    println!("Written since, and lost when you go back:");
    let width = changes.iter().map(|c| c.table.len()).max().unwrap_or(0);
    for change in changes {
        println!(
            "  {:width$}  {} new, {} changed, {} removed",
            change.table, change.added, change.changed, change.removed
        );
    }
}

fn sure() -> anyhow::Result<bool> {
    use cli::local::Terminals;
    let answer = Terminals::ask(&mut cli::LocalIo::new(), "Go back? [y/N] ", false)?;
    let answer = answer.unwrap_or_default().trim().to_ascii_lowercase();
    Ok(matches!(answer.as_str(), "y" | "yes"))
}

/// `<file>.<what>`, with a number where that is taken.
fn free_name(file: &Path, what: &str) -> PathBuf {
    let mut n = 0u32;
    loop {
        let mut name = file.as_os_str().to_owned();
        name.push(match n {
            0 => format!(".{what}"),
            n => format!(".{what}-{n}"),
        });
        let path = PathBuf::from(name);
        if !path.exists() {
            return path;
        }
        n += 1;
    }
}

#[cfg(test)]
#[path = "upgrade_tests.rs"]
mod tests;
