//! Every command that changes something leaves its entries in the trail, in the name of
//! whoever typed it and with what was before and after; commands that only look leave
//! none (ID-SEC-28).

mod kinds;
mod looks;
mod others;
mod people;

use super::*;
use identity::audit::{Entry, Filter};
use kernel::{Who, page::PageRequest};
use kinds::{Kind, OPTIONS};
use std::collections::{BTreeSet, VecDeque};
use wire::admin::{LogLevel, UserModify};

/// A service runs.
struct Serving;

impl Upkeep for Serving {
    fn backup<'a>(&'a self, target: &'a Path) -> UpkeepFuture<'a> {
        NoUpkeep.backup(target)
    }

    fn verify(&self, deep: bool) -> UpkeepFuture<'_> {
        NoUpkeep.verify(deep)
    }

    fn reload(&self) -> UpkeepFuture<'_> {
        Box::pin(async { Ok(Report::new().note("BRANDING_SERVICE_NAME: 'A' -> 'B'")) })
    }

    fn log_level(&self, _: LogLevel) -> UpkeepFuture<'_> {
        Box::pin(async { Ok(Report::new()) })
    }
}

const ERIN: &str = "erin@example.org";

/// What commands leave, one after the other.
struct Trail {
    world: World,
    /// Kinds of commands that were tried.
    tried: BTreeSet<&'static str>,
    /// Options of `user-modify` that were tried.
    options: [bool; OPTIONS],
    /// Where something else was left than expected.
    wrong: Vec<String>,
}

impl Trail {
    async fn entries(&self) -> Vec<Entry> {
        let admin = &self.world.admin;
        let page = PageRequest {
            after: None,
            limit: 1000,
        };
        let caller = admin.caller();
        let found = admin.identity.audit(&caller, Filter::default(), page);
        found.await.unwrap().items
    }

    /// Carries out a command and compares all that it leaves with what it should.
    async fn leaves(&mut self, command: Command, wanted: &[&str]) {
        self.with(command, "", &[], wanted).await;
    }

    /// The same of a command that reads a file and asks.
    async fn with(
        &mut self,
        command: Command,
        file: &str,
        answers: &[&'static str],
        wanted: &[&str],
    ) {
        let before = self.entries().await.len();
        let mut person = Person {
            file: Some(file.to_owned()),
            answers: VecDeque::from(answers.to_vec()),
            answer: Some("y"),
            ..Person::default()
        };
        let said = self.world.admin.run(command.clone(), &mut person).await;
        let refused = said.is_err();
        if let Err(error) = said {
            self.wrong.push(format!("{command:?}: {error}"));
        }
        let (kind, name) = kinds::of(&command);
        self.tried.insert(name);
        if let Command::UserModify(change) = &command {
            let given = kinds::options(change);
            for (tried, given) in self.options.iter_mut().zip(given) {
                *tried |= given;
            }
        }
        let mut new = self.entries().await;
        new.truncate(new.len() - before);
        let now = self.world.admin.cx.cx().now;
        for entry in &new {
            assert_eq!(entry.at, now, "{entry:?}");
            assert_eq!(entry.who, Who::CommandLine(TYPIST.into()), "{entry:?}");
            assert_eq!(entry.name, format!("command line:{TYPIST}"), "{entry:?}");
            assert_eq!(entry.from, "command line", "{entry:?}");
            assert_eq!(entry.request, None, "{entry:?}");
        }
        let left: Vec<String> = new.iter().rev().map(line).collect();
        let silent = kind == Kind::Looks || refused;
        if left != wanted || silent != left.is_empty() {
            self.wrong.push(format!("{command:?} leaves\n{left:#?}"));
        }
    }

    /// A command that cannot succeed here leaves nothing.
    async fn refused(&mut self, command: Command, why: &str) {
        let before = self.wrong.len();
        let wanted = format!("{command:?}: {why}");
        self.with(command, "", &[], &[]).await;
        match self.wrong.get(before) {
            Some(said) if *said == wanted => self.wrong.truncate(before),
            _ => {}
        }
    }

    async fn modify(&mut self, change: UserModify, wanted: &[&str]) {
        let change = UserModify {
            user: ERIN.into(),
            no_confirm: true,
            ..change
        };
        self.leaves(Command::UserModify(Box::new(change)), wanted)
            .await;
    }
}

/// All that an entry says of an act.
fn line(entry: &Entry) -> String {
    let target = &entry.target;
    let mut line = format!("{} {} {}", entry.action, target.kind, target.id);
    if target.name != target.id {
        line.push_str(&format!(" ({})", target.name));
    }
    for field in &entry.fields {
        line.push_str(&format!(
            "; {}: {} → {}",
            field.name, field.before, field.after
        ));
    }
    line
}

// ID-SEC-28 ID-CLI-20 ID-CLI-23: all commands there are, and all options of `user-modify`
#[tokio::test]
async fn every_command_leaves_exactly_what_it_did() {
    let mut world = World::new();
    world.admin.upkeep = Arc::new(Serving);
    world.components().await;
    let mut trail = Trail {
        world,
        tried: BTreeSet::new(),
        options: [false; OPTIONS],
        wrong: Vec::new(),
    };
    others::mail(&mut trail).await;
    people::all(&mut trail).await;
    others::all(&mut trail).await;
    looks::all(&mut trail).await;
    let all = kinds::ALL.iter().map(|(_, name)| *name);
    let untried: Vec<&str> = all.filter(|name| !trail.tried.contains(name)).collect();
    assert_eq!(untried, Vec::<&str>::new(), "kinds of commands not tried");
    assert_eq!(trail.options, [true; OPTIONS], "options not tried");
    assert!(trail.wrong.is_empty(), "{}", trail.wrong.join("\n"));
}

// ID-CLI-80: of a user, what was done to and by them, in order; no values that are none
#[tokio::test]
async fn the_trail_of_a_user_is_what_they_did_and_what_was_done_to_them() {
    let world = World::new();
    let erin = world.user(ERIN).await;
    world.user("fred@example.org").await;
    let fred = world.admin.identity.find("fred@example.org").await;
    let caller = kernel::Caller::person(erin).with(kernel::Role::Admin);
    let change = vec![identity::UserChange::Level(1)];
    let identity = &world.admin.identity;
    let done = identity.admin_modify(&caller, fred.unwrap().unwrap().no, change);
    done.await.unwrap();
    let command = Command::Account(wire::admin::AccountCommand::Audit {
        list: columns(&["who", "action", "target", "before", "after"]),
        user: Some(ERIN.into()),
        since: None,
    });
    let report = world.run(command).await.unwrap();
    let rows = &table(&report).rows;
    let actions: Vec<&Cell> = rows.iter().map(|row| &row[1]).collect();
    let wanted = ["user.add", "user.verify", "user.accept", "user.level"].map(Cell::from);
    assert_eq!(actions, wanted.iter().collect::<Vec<_>>());
    let last = [
        ERIN,
        "user.level",
        "user fred@example.org",
        "level: 4",
        "level: 1",
    ];
    assert_eq!(rows[3], last.map(Cell::from));
    assert_eq!(rows[0][3], Cell::from(""));
}
