//! Care of the data directory for administrators: backup, verification, restore;
//! asking clusters; and what this binary knows of the store's structure.

use crate::{logging::level, probe, reload::Reload, stack::Stack};
use admin::{Asked, ClusterInfo, Upkeep, UpkeepFuture};
use appliance::{Check, Note};
use blocks::Blocks;
use compute::{Backend, NewBackend};
use kernel::{CxSource, Error, Result};
use std::path::{Path, PathBuf};
use store::{Migration, Schema, Store};
use wire::admin::{LogLevel, Report};

/// The structure of the store. The list only ever grows (see `store`'s `migrate`).
pub const SCHEMA: Schema = Schema {
    release: env!("CARGO_PKG_VERSION"),
    migrations: &[
        Migration {
            number: 1,
            name: "the audit trail in its wider form",
            step: audit::bring_over,
        },
        Migration {
            number: 2,
            name: "accounts by the domain of their address",
            step: identity::reindex_users,
        },
        Migration {
            number: 3,
            name: "messages by their recipient",
            step: notify::reindex_messages,
        },
        Migration {
            number: 4,
            name: "accounts by any spelling of their address",
            step: identity::reindex_users,
        },
    ],
};

/// What `synnefo version` says; verbosely also the commit it was built from and the
/// stores it opens (ID-UPG-01).
pub fn version(verbose: bool) -> String {
    let mut text = format!("synnefo {}", SCHEMA.release);
    if verbose {
        let commit = option_env!("BUILD_COMMIT").unwrap_or("unknown");
        let format = SCHEMA.migrations.len();
        text.push_str(&format!(
            "\ncommit {commit}\nstore format {format}; opens stores of format 0 and newer"
        ));
    }
    text
}

/// The invariants of all crates that own tables.
const CHECKS: &[Check] = &[
    ("quota", quota::verify),
    ("accounts", identity::verify),
    ("files", objects::verify),
    ("images", images::verify),
    ("servers and networks", compute::verify),
    ("mail", notify::verify),
];

/// Does a store agree with itself?
///
/// # Errors
/// The first thing that is wrong with it.
pub fn sound(store: &Store) -> Result<()> {
    store.read_now(|tx| {
        for (place, check) in CHECKS {
            if let Some(wrong) = check(tx)?.first() {
                let text = format!("{place}: {}: {}", wrong.place, wrong.problem);
                return Err(Error::broken(text));
            }
        }
        Ok(())
    })
}

/// Backup and verification of an open data directory.
pub struct DirectoryUpkeep {
    store: Store,
    blocks: Blocks,
    root: PathBuf,
    cx: CxSource,
    compute: compute::Service,
    services: Vec<String>,
    reload: Option<Reload>,
}

impl DirectoryUpkeep {
    /// Takes care of the directory of `stack`.
    pub fn new(stack: &Stack) -> Self {
        DirectoryUpkeep {
            services: stack.settings.now().strings("ENABLED_SERVICES"),
            store: stack.store.clone(),
            blocks: stack.blocks.clone(),
            root: stack.data.root().to_owned(),
            cx: stack.cx.clone(),
            compute: stack.compute.clone(),
            reload: None,
        }
    }

    /// The same for a running service, whose settings can be read again.
    pub fn serving(stack: &Stack, reload: Reload) -> Self {
        DirectoryUpkeep {
            reload: Some(reload),
            ..DirectoryUpkeep::new(stack)
        }
    }
}

/// Runs `work` on a blocking thread.
async fn apart<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(Error::broken)?
}

/// Gathers what is told into lines of a report.
fn gather(lines: &mut Vec<String>) -> impl FnMut(Note<'_>) + '_ {
    |note| {
        if let Note::Problem(text) = note {
            lines.push(text.to_owned());
        }
    }
}

fn report(lines: Vec<String>, last: String, code: u8) -> Report {
    let mut report = lines.into_iter().fold(Report::new(), Report::text);
    report = report.text(last);
    report.code = code.into();
    report
}

impl Upkeep for DirectoryUpkeep {
    fn addresses(&self) -> Vec<(String, String)> {
        web::addresses(&self.services)
    }

    fn backup<'a>(&'a self, target: &'a Path) -> UpkeepFuture<'a> {
        let source = appliance::Source {
            store: self.store.clone(),
            blocks: self.blocks.clone(),
            root: self.root.clone(),
            release: SCHEMA.release.to_owned(),
        };
        let (target, now) = (target.to_owned(), self.cx.cx().now);
        Box::pin(apart(move || {
            let mut lines = Vec::new();
            let made = appliance::backup(&source, &target, now, &mut gather(&mut lines))?;
            let code = u8::from(!lines.is_empty());
            let last = format!("{}: {}", target.display(), in_words(&made));
            Ok(report(lines, last, code))
        }))
    }

    fn verify(&self, deep: bool) -> UpkeepFuture<'_> {
        let (store, blocks) = (self.store.clone(), self.blocks.clone());
        Box::pin(apart(move || {
            let mut lines = Vec::new();
            let found = appliance::verify(&store, &blocks, CHECKS, deep, &mut gather(&mut lines))?;
            let looked = if deep { "hashed" } else { "looked at" };
            let last = match found.problems {
                0 => format!("Everything is in order; {} blocks {looked}.", found.blocks),
                n => format!("{n} problems; {} blocks {looked}.", found.blocks),
            };
            Ok(report(lines, last, found.exit_code()))
        }))
    }

    fn reload(&self) -> UpkeepFuture<'_> {
        let Some(reload) = self.reload.clone() else {
            let text =
                "No service runs on this data directory; it reads its settings when it starts.";
            return Box::pin(async move { Err(Error::unavailable(text)) });
        };
        Box::pin(apart(move || reload.now()))
    }

    fn log_level(&self, asked: LogLevel) -> UpkeepFuture<'_> {
        match self.reload {
            Some(_) => Box::pin(async move { level::change(asked) }),
            None => Box::pin(async {
                Err(Error::unavailable(
                    "No service runs on this data directory; 'LOGGING_SETUP' says the levels of \
                     its next start.",
                ))
            }),
        }
    }

    fn probe<'a>(&'a self, cluster: &'a NewBackend) -> Asked<'a, Option<ClusterInfo>> {
        Box::pin(async { probe::new(cluster).await.map(Some) })
    }

    fn ask<'a>(&'a self, cluster: &'a Backend) -> Asked<'a, Option<ClusterInfo>> {
        Box::pin(async { probe::registered(&self.compute, cluster).await.map(Some) })
    }
}

/// Restores a backup into an empty data directory; one line about it.
pub fn restore(from: &Path, root: &Path) -> Result<String> {
    let mut tell = |note: Note<'_>| match note {
        Note::Step(text) => eprintln!("{text}"),
        Note::Problem(text) => eprintln!("problem: {text}"),
        Note::Blocks(..) => {}
    };
    let contents = appliance::restore(from, root, &SCHEMA, &mut tell)?;
    Ok(format!("{}: {}", root.display(), in_words(&contents)))
}

fn in_words(contents: &appliance::Contents) -> String {
    format!(
        "{} blocks, {} files, {}",
        contents.blocks,
        contents.files,
        kernel::quantity::human_bytes(contents.bytes)
    )
}
