//! Commands over real services and a store in memory.

mod audit;
mod compute;
mod dump;
mod images;
mod mail;
mod quota;
mod registry;
mod resources;
mod servers;
mod users;

use crate::{Admin, Upkeep, UpkeepFuture};
use blocks::Blocks;
use kernel::{CxSource, Error, Result, Settings, SettingsHandle, settings::Value};
use std::{path::Path, sync::Arc};
use store::Store;
use wire::admin::{
    Cell, Command, Io, IoFuture, ListOptions, Output, Record, Report, Table, Terminal,
};

/// An administrator who gives these answers, then the same one to everything.
#[derive(Default)]
pub(crate) struct Person {
    pub(crate) answers: std::collections::VecDeque<&'static str>,
    pub(crate) answer: Option<&'static str>,
    pub(crate) file: Option<String>,
    pub(crate) told: String,
    pub(crate) asked: Vec<String>,
    pub(crate) read: String,
}

impl Io for Person {
    fn out<'a>(&'a mut self, _: &'a str) -> IoFuture<'a, ()> {
        panic!("commands give reports")
    }

    fn tell<'a>(&'a mut self, before: &'a str, secret: &'a str) -> IoFuture<'a, ()> {
        self.told.push_str(&format!("{before}{secret}"));
        Box::pin(async { Ok(()) })
    }

    fn err<'a>(&'a mut self, text: &'a str) -> IoFuture<'a, ()> {
        self.read.push_str(text);
        Box::pin(async { Ok(()) })
    }

    fn ask<'a>(&'a mut self, prompt: &'a str, _: bool) -> IoFuture<'a, Option<String>> {
        self.asked.push(prompt.to_owned());
        let answer = self.answers.pop_front().or(self.answer);
        Box::pin(async move { Ok(answer.map(str::to_owned)) })
    }

    fn read_file<'a>(&'a mut self, path: &'a str) -> IoFuture<'a, Vec<u8>> {
        let file = self.file.clone().map(String::into_bytes);
        Box::pin(async move { file.ok_or_else(|| Error::invalid(format!("{path}: no such file"))) })
    }

    fn terminal(&self) -> Terminal {
        Terminal::default()
    }

    fn user(&self) -> String {
        TYPIST.to_owned()
    }
}

/// Who types commands here.
pub(crate) const TYPIST: &str = "ada";

struct NoUpkeep;

impl Upkeep for NoUpkeep {
    fn backup<'a>(&'a self, target: &'a Path) -> UpkeepFuture<'a> {
        Box::pin(async move { Ok(Report::new().text(target.display().to_string())) })
    }

    fn verify(&self, deep: bool) -> UpkeepFuture<'_> {
        Box::pin(async move { Ok(Report::new().text(format!("deep: {deep}"))) })
    }
}

/// All services over a store in memory.
pub(crate) struct World {
    pub(crate) admin: Admin,
    pub(crate) store: Store,
    pub(crate) objects: objects::Service,
    _dir: tempfile::TempDir,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::on(Store::in_memory().unwrap())
    }

    /// The services over a store that may have been used before.
    pub(crate) fn on(store: Store) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (cx, _) = CxSource::fake();
        let mut settings = Settings::default();
        let mut set = |name: &str, text: &str| settings.set(name, Value::Str(text.to_owned()));
        set("ASTAKOS_BASE_URL", "https://cloud.example.org");
        settings.set("ASTAKOS_MODERATION_ENABLED", Value::Bool(true));
        let settings = SettingsHandle::new(settings);
        let blocks = Blocks::open(&dir.path().join("blocks"), blocks::Options::default()).unwrap();
        let (s, h, c) = (&store, &settings, &cx);
        World {
            admin: Admin {
                identity: identity::Service::new(
                    s.clone(),
                    h.clone(),
                    c.clone(),
                    identity::Keys::from_bytes([7; 32]).unwrap(),
                ),
                compute: ::compute::Service::new(
                    s.clone(),
                    h.clone(),
                    c.clone(),
                    ::compute::Sealer::new(&[7; 32]).unwrap(),
                    "https://cloud.example.org/cyclades/vmapi/v1.0",
                ),
                images: ::images::Service::new(s.clone(), h.clone(), c.clone()),
                quota: ::quota::Service::new(s.clone()),
                settings: settings.clone(),
                cx: cx.clone(),
                mail: notify::Service::new(s.clone(), h.clone(), c.clone()),
                upkeep: Arc::new(NoUpkeep),
                user: String::new(),
            },
            objects: objects::Service::new(s.clone(), blocks, h.clone(), c.clone()),
            store,
            _dir: dir,
        }
    }

    pub(crate) async fn run(&self, command: Command) -> Result<Report> {
        self.admin.run(command, &mut Person::default()).await
    }

    /// Runs a command that reads this file.
    pub(crate) async fn with_file(&self, command: Command, file: &str) -> Result<Report> {
        let mut person = Person {
            file: Some(file.to_owned()),
            ..Person::default()
        };
        self.admin.run(command, &mut person).await
    }

    pub(crate) async fn refused(&self, command: Command) -> String {
        self.run(command).await.unwrap_err().to_string()
    }
}

/// Columns and filters as the command line gives them.
pub(crate) fn columns(names: &[&str]) -> ListOptions {
    ListOptions {
        columns: names.iter().map(|name| (*name).to_owned()).collect(),
        filters: Vec::new(),
    }
}

pub(crate) fn table(report: &Report) -> &Table {
    let mut tables = report
        .outputs
        .iter()
        .rev()
        .filter_map(|output| match output {
            Output::Table(table) => Some(table),
            _ => None,
        });
    tables.next().unwrap()
}

pub(crate) fn record(report: &Report) -> &Record {
    let mut records = report
        .outputs
        .iter()
        .rev()
        .filter_map(|output| match output {
            Output::Record(record) => Some(record),
            _ => None,
        });
    records.next().unwrap()
}

pub(crate) fn value<'a>(record: &'a Record, key: &str) -> &'a Cell {
    let found = record.fields.iter().find(|(name, _)| name == key);
    &found.unwrap_or_else(|| panic!("{key} in {record:?}")).1
}

/// The lines of data, and the lines of notes.
pub(crate) fn lines(report: &Report) -> (Vec<String>, Vec<String>) {
    let (mut data, mut notes) = (Vec::new(), Vec::new());
    for output in &report.outputs {
        match output {
            Output::Text(line) => data.push(line.clone()),
            Output::Lines(lines) => data.extend(lines.iter().cloned()),
            Output::Told { before, secret } => data.push(format!("{before}{}", secret.expose())),
            Output::Note(line) => notes.push(line.clone()),
            _ => {}
        }
    }
    (data, notes)
}

#[tokio::test]
async fn upkeep_is_reached() {
    let world = World::new();
    let target = "/x".to_owned();
    let report = world.run(Command::Backup { target }).await.unwrap();
    assert_eq!(lines(&report).0, ["/x"]);
    let report = world.run(Command::Verify { deep: true }).await.unwrap();
    assert_eq!(lines(&report).0, ["deep: true"]);
}
