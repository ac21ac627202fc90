//! Every command as it is typed, and what comes of it.

mod compute;
mod golden;
mod mail;
mod registry;
mod users;

use super::*;

fn services() -> Vec<String> {
    kernel::settings::registry::SERVICES
        .map(str::to_owned)
        .to_vec()
}

fn read_as(program: &str, args: &[&str]) -> Read {
    let call = Call {
        program: program.to_owned(),
        args: args.iter().map(|arg| (*arg).to_owned()).collect(),
        cwd: "/home/ada".to_owned(),
        pid: 1,
    };
    read(&call, &services(), Terminal::default())
}

fn command(args: &[&str]) -> Command {
    match read_as("snf-manage", args) {
        Read::Run(command, _) => *command,
        Read::Print(printed) => panic!("{args:?}: {printed:?}"),
    }
}

fn printed(args: &[&str]) -> Printed {
    match read_as("snf-manage", args) {
        Read::Print(printed) => printed,
        Read::Run(command, _) => panic!("{args:?}: {command:?}"),
    }
}

fn refused(args: &[&str]) -> String {
    let printed = printed(args);
    assert_eq!((printed.code, &*printed.out), (1, ""), "{args:?}");
    printed.err
}

fn wrong_usage(args: &[&str]) -> String {
    let printed = printed(args);
    assert_eq!((printed.code, &*printed.out), (2, ""), "{args:?}");
    assert!(printed.err.contains("Usage: "), "{}", printed.err);
    printed.err
}

// The parsers themselves are sound.
#[test]
fn every_parser_is_well_formed() {
    for entry in entries().chain(own::ENTRIES) {
        entry.command("snf-manage").debug_assert();
        let help = printed_help(entry.name);
        assert!(help.contains(entry.about), "{help}");
    }
    crate::invocation::command().debug_assert();
}

fn printed_help(name: &str) -> String {
    let program = match own::ENTRIES.iter().any(|e| e.name == name) {
        true => "synnefo",
        false => "snf-manage",
    };
    match read_as(program, &[name, "--help"]) {
        Read::Print(printed) if printed.code == 0 => printed.out,
        other => panic!("{other:?}"),
    }
}

// ID-CLI-02 ID-CLI-22 ID-CLI-40: help says what things are told by
#[test]
fn help_says_what_an_argument_may_be() {
    for (name, what) in [
        ("user-show", "Number, uuid or email address"),
        ("session-list", "Number, uuid or email address"),
        ("component-remove", "Number or name"),
        ("oauth2-client-remove", "Number or identifier"),
    ] {
        let help = printed_help(name);
        assert!(help.contains(what), "{help}");
    }
}

// ID-CLI-14 ID-CLI-15 CY-CLI-LST-01
#[test]
fn list_commands_refuse_what_they_do_not_know() {
    let unknown = "CommandError: Unknown field 'email-less'. 'Use --list-fields option to find \
                   out available fields.\n";
    assert_eq!(
        refused(&["user-list", "-o", "id,email-less", "--no-headers"]),
        unknown
    );
    // Good for filters only.
    assert!(refused(&["user-list", "-o", "is_staff"]).contains("Unknown field 'is_staff'"));
    assert!(
        refused(&["user-list", "--filter-by", "nosuch=1"])
            .contains("Cannot resolve keyword 'nosuch' into field. Choices are: ")
    );
    assert!(
        refused(&["server-list", "--filter-by", "id"])
            .starts_with("CommandError: Invalid filter-by expression 'id'.")
    );
    for name in entries().filter(|e| e.list.is_some()).map(|e| e.name) {
        let none = "CommandError: List commands do not accept any argument\n";
        assert_eq!(refused(&[name, "x"]), none);
        let fields = printed(&[name, "--list-fields", "--output-format=csv"]);
        assert!(fields.out.starts_with("Field,Description\n") && fields.code == 0);
        let filters = printed(&[name, "--list-filters", "--output-format", "csv"]);
        assert!(filters.out.starts_with("Filter,Description\n"));
        assert!(filters.out.len() >= fields.out.len());
    }
}

// ID-CLI-02 CY-CLI-GEN-03
#[test]
fn common_options() {
    let typed = [
        "user-list",
        "--output-format",
        "json",
        "-v",
        "2",
        "--settings=x",
        "--pythonpath",
        "y",
        "--traceback",
        "--no-color",
        "--no-headers",
        "--output-format=tabs",
    ];
    match read_as("snf-manage", &typed) {
        Read::Run(_, style) => {
            assert_eq!(
                style,
                Style {
                    format: Format::Tabs,
                    no_headers: true
                }
            );
        }
        other => panic!("{other:?}"),
    }
    assert!(wrong_usage(&["user-list", "--output-format=xml"]).contains("xml"));
    assert!(wrong_usage(&["user-list", "--nosuch"]).contains("--nosuch"));
    wrong_usage(&["user-show", "6", "--unit-style"]);
    let version = format!("{}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(printed(&["--version"]).out, version);
    assert_eq!(printed(&["user-list", "--version"]).out, version);
}

// ID-CLI-04 CY-CLI-GEN-01
#[test]
fn unknown_commands() {
    let text = "Unknown command: 'nonsense'\nType 'snf-manage help' for usage.\n";
    assert_eq!(refused(&["nonsense"]), text);
    assert_eq!(refused(&["help", "nonsense"]), text);
    assert!(refused(&["usr-list"]).ends_with("usage.\nDid you mean 'user-list'?\n"));
    assert!(refused(&["a\u{1b}[1m"]).starts_with("Unknown command: 'a\\u{1b}[1m'\n"));
    let later = "CommandError: 'server-create' is not supported yet.\n";
    assert_eq!(refused(&["server-create", "--name", "x"]), later);
}

// ID-CLI-04 ID-CLI-17
#[test]
fn help_lists_the_commands_of_the_services_that_run() {
    let all = printed(&["help"]);
    assert_eq!(printed(&[]), all);
    assert_eq!(printed(&["--help"]), all);
    for entry in entries() {
        assert!(
            all.out.contains(&format!("    {} ", entry.name)),
            "{}",
            entry.name
        );
        assert!(all.out.contains(entry.about));
    }
    assert!(
        printed(&["help", "user-modify"])
            .out
            .contains("--set-base-quota")
    );
    let only = ["astakos".to_owned()];
    let typed = |args: &[&str]| {
        let call = Call {
            program: "snf-manage".into(),
            args: args.iter().map(|arg| (*arg).to_owned()).collect(),
            cwd: "/".into(),
            pid: 1,
        };
        match read(&call, &only, Terminal::default()) {
            Read::Print(printed) => printed,
            other => panic!("{other:?}"),
        }
    };
    let help = typed(&["help"]);
    assert!(help.out.contains("[astakos]") && !help.out.contains("server-list"));
    assert!(!help.out.contains("[cyclades]") && help.out.contains("[general]"));
    for args in [
        &["server-list"][..],
        &["server-create"],
        &["help", "server-list"],
    ] {
        let printed = typed(args);
        let name = args.last().unwrap();
        let two_lines = format!("Unknown command: '{name}'\nType 'snf-manage help' for usage.\n");
        assert_eq!((printed.err, printed.code), (two_lines, 1));
    }
}

// Decision 1: the binary's own commands take the same way.
#[test]
fn backup_and_verify() {
    let own = |args: &[&str]| read_as("synnefo", args);
    for (typed, target) in [("b.tar", "/home/ada/b.tar"), ("/x/b", "/x/b")] {
        match own(&["backup", typed]) {
            Read::Run(command, _) => {
                assert_eq!(
                    *command,
                    Command::Backup {
                        target: target.to_owned()
                    }
                );
            }
            other => panic!("{other:?}"),
        }
    }
    assert!(matches!(own(&["backup"]), Read::Print(p) if p.code == 1));
    assert!(matches!(own(&["user-list"]), Read::Print(p) if p.code == 1));
    match own(&["verify", "--deep"]) {
        Read::Run(command, _) => assert_eq!(*command, Command::Verify { deep: true }),
        other => panic!("{other:?}"),
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { failure_persistence: None, ..proptest::prelude::ProptestConfig::default() })]

    // ID-CLI-03: whatever is typed, it is a command or a refusal.
    #[test]
    fn nothing_panics(
        name in 0usize..30,
        args in proptest::collection::vec("(--?[a-z-]{0,12}(=.{0,8})?|\\PC{0,8})", 0..5),
    ) {
        let names: Vec<&str> = entries().map(|e| e.name).chain(["help", ""]).collect();
        let mut all = vec![names[name % names.len()]];
        all.extend(args.iter().map(String::as_str));
        match read_as("snf-manage", &all) {
            Read::Run(..) => {}
            Read::Print(printed) => assert!(printed.code <= 2),
        }
    }
}
