//! A data directory of an older structure, made by leaving out the newest migrations.

use super::*;
use cli::Call;
use std::collections::BTreeMap;
use store::Schema;
use wire::admin::Terminal;

/// What the program before knew.
const BEFORE: Schema = Schema {
    release: "0.0.9",
    migrations: SCHEMA.migrations.split_at(1).0,
};

/// One that is to come.
const AFTER: Schema = Schema {
    release: "9.0.0",
    migrations: &[
        SCHEMA.migrations[0],
        SCHEMA.migrations[1],
        SCHEMA.migrations[2],
        SCHEMA.migrations[3],
        store::Migration::mark(5, "to come"),
    ],
};

#[derive(Default)]
struct Said(String);

impl Io for Said {
    fn out<'a>(&'a mut self, text: &'a str) -> IoFuture<'a, ()> {
        self.0.push_str(text);
        Box::pin(async { Ok(()) })
    }
    fn err<'a>(&'a mut self, text: &'a str) -> IoFuture<'a, ()> {
        self.out(text)
    }
    fn ask<'a>(&'a mut self, _: &'a str, _: bool) -> IoFuture<'a, Option<String>> {
        Box::pin(async { Ok(None) })
    }
    fn read_file<'a>(&'a mut self, _: &'a str) -> IoFuture<'a, Vec<u8>> {
        Box::pin(async { Ok(Vec::new()) })
    }
    fn terminal(&self) -> Terminal {
        Terminal::default()
    }
}

struct World {
    dir: tempfile::TempDir,
}

impl World {
    /// A directory with a store of `schema`.
    fn of(schema: &Schema) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let data = DataDir::create(&dir.path().join("d")).unwrap();
        let (store, _) = Store::open_with(&data.database(), options(), schema).unwrap();
        store.close();
        appliance::key_file(&data.keys(), "seal.key", true).unwrap();
        World { dir }
    }

    fn data(&self) -> DataDir {
        DataDir::existing(&self.dir.path().join("d"))
    }

    fn settings(&self) -> Settings {
        let mut settings = Settings::default();
        let log = self.dir.path().join("log").display().to_string();
        settings.set("LOG_DIR", kernel::settings::Value::Str(log));
        settings.set("STORE_MIN_FREE_SPACE", kernel::settings::Value::Int(0));
        settings
    }

    /// `snf-manage ARGS`; status and what was said.
    fn manage(&self, args: &[&str]) -> (i32, String) {
        let runner = Upgrade {
            data: self.data(),
            settings: self.settings(),
            served: "https://cloud.example.org".into(),
        };
        let call = Call {
            program: "snf-manage".into(),
            args: args.iter().map(|arg| (*arg).to_owned()).collect(),
            ..Call::default()
        };
        let mut said = Said::default();
        let runtime = tokio::runtime::Builder::new_multi_thread().build().unwrap();
        let code = runtime.block_on(cli::run(&runner, &call, &mut said));
        (code.unwrap(), said.0)
    }

    /// Every file below the data directory with its bytes, but for the keys' age.
    fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut all = BTreeMap::new();
        for entry in fs::read_dir(self.data().root()).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                all.insert(path.clone(), fs::read(path).unwrap());
            }
        }
        all
    }

    fn restore(&self) -> anyhow::Result<u8> {
        go_back(&RestoreCall {
            archive: None,
            no_confirm: true,
            data_dir: self.data().root().to_owned(),
            config_dir: self.dir.path().join("etc"),
            set: Vec::new(),
        })
    }
}

fn options() -> Options {
    Options {
        min_free: 0,
        ..Options::default()
    }
}

// ID-UPG-02: the command upgrades offline; `--check` tells what it would do
#[test]
fn migrate_upgrades_and_its_check_changes_nothing() {
    let world = World::of(&BEFORE);
    let before = world.files();
    for name in ["migrate", "syncdb"] {
        let (code, said) = world.manage(&[name, "--check"]);
        assert_eq!(code, 0, "{said}");
        assert!(said.contains("would be copied aside"), "{said}");
        let (number, name) = (SCHEMA.migrations[1].number, SCHEMA.migrations[1].name);
        assert!(
            said.contains(&format!("migration {number}: {name}")),
            "{said}"
        );
        assert!(world.files() == before, "something was changed");
    }
    let (code, said) = world.manage(&["migrate"]);
    assert_eq!(code, 0, "{said}");
    assert!(
        said.contains("was copied to") && said.contains("up to date"),
        "{said}"
    );
    let copy = copy_of_before(&world.data().database()).unwrap().unwrap();
    assert_eq!(Store::peek(&copy).unwrap().release, "0.0.9");
    for args in [&["migrate"][..], &["syncdb", "--check"]] {
        let (code, said) = world.manage(args);
        assert_eq!((code, said), (0, format!("{NOTHING}\n")));
    }
}

// ID-UPG-02: a store that is to come is refused, both versions named
#[test]
fn a_store_of_a_newer_program_is_refused() {
    let world = World::of(&AFTER);
    let before = world.files();
    for args in [&["migrate"][..], &["migrate", "--check"]] {
        let (code, said) = world.manage(args);
        assert_eq!(code, 1, "{said}");
        assert!(
            said.contains("9.0.0") && said.contains(SCHEMA.release),
            "{said}"
        );
        assert!(world.files() == before, "something was changed");
    }
}

// ID-UPG-05
#[test]
fn going_back_puts_the_copy_in_place_and_keeps_the_rest() {
    let world = World::of(&BEFORE);
    assert!(world.restore().is_err(), "there is no copy yet");
    world.manage(&["migrate"]);
    let file = world.data().database();
    let copy = copy_of_before(&file).unwrap().unwrap();
    // Components and the like were written by the first start of the newer program.
    let since = written_since(&copy, &file).unwrap();
    assert!(since.iter().any(|change| change.added > 0), "{since:?}");
    let after = fs::read(&file).unwrap();
    assert_eq!(world.restore().unwrap(), 0);
    assert_eq!(Store::peek(&file).unwrap().release, "0.0.9");
    assert!(copy_of_before(&file).unwrap().is_none());
    let aside = file.with_file_name(format!("synnefo.redb.after-{}", SCHEMA.release));
    assert!(fs::read(aside).unwrap() == after);
    // The earlier program opens it.
    let (store, migrated) = Store::open_with(&file, options(), &BEFORE).unwrap();
    assert_eq!(migrated.applied, []);
    store.close();
}

// ID-UPG-05: where the copy cannot be put back nothing is changed, and the database is in
// its place all the time.
#[test]
fn a_copy_that_cannot_be_put_back_changes_nothing() {
    use std::os::unix::fs::MetadataExt;
    let world = World::of(&BEFORE);
    world.manage(&["migrate"]);
    let file = world.data().database();
    let copy = copy_of_before(&file).unwrap().unwrap();
    let aside = file.with_file_name("aside");
    let (before, inode) = (world.files(), fs::metadata(&file).unwrap().ino());
    assert!(put_back(&file.with_file_name("gone"), &file, &aside).is_err());
    assert!(world.files() == before, "something was changed");
    assert_eq!(fs::metadata(&file).unwrap().ino(), inode, "it was moved");
    put_back(&copy, &file, &aside).unwrap();
    assert_eq!(fs::metadata(&aside).unwrap().ino(), inode);
    assert_eq!(Store::peek(&file).unwrap().release, "0.0.9");
}

// ID-CLI-65: the first command of an installation
#[test]
fn migrate_makes_a_store_where_there_is_none() {
    let dir = tempfile::tempdir().unwrap();
    let world = World { dir };
    let (code, said) = world.manage(&["syncdb", "--check"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("would be made") && !world.data().root().exists());
    let (code, said) = world.manage(&["syncdb", "--noinput"]);
    assert_eq!((code, said), (0, "The store was made.\n".to_owned()));
    assert!(world.data().database().exists());
}
