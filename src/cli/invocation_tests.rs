//! Which program the arguments mean.

use super::*;

fn typed(argv: &[&str]) -> Invocation {
    parse(argv.iter().map(OsString::from))
}

fn admin_call(argv: &[&str]) -> AdminCall {
    match typed(argv) {
        Invocation::Manage(call) => call,
        other => panic!("{other:?}"),
    }
}

fn printed(argv: &[&str]) -> Printed {
    match typed(argv) {
        Invocation::Print(printed) => printed,
        other => panic!("{other:?}"),
    }
}

// Decision 13.
#[test]
fn serve() {
    let Invocation::Serve(args) = typed(&["synnefo", "serve"]) else {
        panic!()
    };
    let defaults = ServeArgs {
        data_dir: DATA_DIR.into(),
        config_dir: CONFIG_DIR.into(),
        listen: None,
        plain_http: false,
        set: Vec::new(),
    };
    assert_eq!(args, defaults);
    let Invocation::Serve(args) = typed(&[
        "/usr/bin/synnefo",
        "serve",
        "--data-dir",
        "/d",
        "--listen=127.0.0.1:0",
        "--config-dir",
        "/c",
        "--plain-http",
        "--set",
        "A=1",
        "--set=B='x=y'",
    ]) else {
        panic!()
    };
    let expected = ServeArgs {
        data_dir: "/d".into(),
        config_dir: "/c".into(),
        listen: Some("127.0.0.1:0".into()),
        plain_http: true,
        set: vec!["A=1".into(), "B='x=y'".into()],
    };
    assert_eq!(args, expected);
    assert_eq!(printed(&["synnefo", "serve", "--nosuch"]).code, 2);
}

// ID-CLI-01: `snf-manage user-list` and `synnefo manage user-list` are the same.
#[test]
fn both_names_of_the_tool() {
    let link = admin_call(&["/usr/sbin/snf-manage", "user-list", "--active"]);
    assert_eq!(
        admin_call(&["synnefo", "manage", "user-list", "--active"]),
        link
    );
    assert_eq!(link.program, "snf-manage");
    assert_eq!(link.args, ["user-list", "--active"]);
}

#[test]
fn the_place_of_the_service_is_taken_out() {
    let call = admin_call(&[
        "snf-manage",
        "--data-dir",
        "/d",
        "user-modify",
        "--set",
        "A=1",
        "6",
        "--set-active",
        "--config-dir=/c",
        "--set=B=2",
        "--",
        "--data-dir",
    ]);
    assert_eq!((call.data_dir, call.config_dir), ("/d".into(), "/c".into()));
    assert_eq!(call.set, ["A=1", "B=2"]);
    assert_eq!(
        call.args,
        ["user-modify", "6", "--set-active", "--", "--data-dir"]
    );
    let missing = printed(&["snf-manage", "user-list", "--data-dir"]);
    assert_eq!(missing.code, 2);
    assert!(missing.err.contains("--data-dir") && missing.err.contains("Usage: "));
    let own = admin_call(&["synnefo", "backup", "--data-dir=/d", "b.tar"]);
    assert_eq!(
        (&*own.program, own.args),
        ("synnefo", vec!["backup".into(), "b.tar".into()])
    );
}

#[test]
fn passwords_are_not_shown_by_debug() {
    let call = typed(&["snf-manage", "user-modify", "6", "--password", "hunter2"]);
    let shown = format!("{call:?}");
    assert!(
        shown.contains("user-modify") && !shown.contains("hunter2"),
        "{shown}"
    );
    let call = crate::Call {
        args: vec!["user-modify".into(), "--password=hunter2".into()],
        ..crate::Call::default()
    };
    assert!(!format!("{call:?}").contains("hunter2"));
}

#[test]
fn arguments_must_be_text() {
    use std::os::unix::ffi::OsStringExt;
    for at in [vec![], vec!["--".into()]] {
        let mut argv: Vec<OsString> = vec!["snf-manage".into(), "user-show".into()];
        argv.extend(at);
        argv.push(OsString::from_vec(vec![0xff]));
        assert!(matches!(parse(argv), Invocation::Print(p) if p.code == 2));
    }
}

// CY-NOD-01 CY-NOD-03 CY-NOD-04
#[test]
fn node_programs_get_their_arguments_untouched() {
    let args = |argv: &[&str]| match typed(argv) {
        Invocation::Node(args) => args,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        args(&["synnefo", "node", "os", "create", "--x"]),
        ["os", "create", "--x"]
    );
    assert_eq!(args(&["synnefo", "node", "--help"]), ["--help"]);
    assert_eq!(
        args(&["/a/snf-ganeti-hook", "-h"]),
        ["snf-ganeti-hook", "-h"]
    );
    assert_eq!(
        args(&["synnefo", "snf-ganeti-hook", "-h"]),
        ["snf-ganeti-hook", "-h"]
    );
}

#[test]
fn settings_and_restore() {
    let settings = |argv: &[&str]| match typed(argv) {
        Invocation::Settings(call) => call,
        other => panic!("{other:?}"),
    };
    let all = settings(&[
        "synnefo",
        "settings",
        "--json",
        "--config-dir",
        "/c",
        "A",
        "B",
    ]);
    assert!(all.json);
    assert_eq!(
        (all.config_dir, all.act),
        ("/c".into(), SettingsAct::List(vec!["A".into(), "B".into()]))
    );
    let check = settings(&["synnefo", "settings", "check", "--set", "A=1"]);
    assert!(check.act == SettingsAct::Check && !check.json);
    assert_eq!(check.set, ["A=1"]);
    match typed(&["synnefo", "restore", "b.tar", "--data-dir=/d"]) {
        Invocation::Restore(call) => {
            assert_eq!(call.archive, Some("b.tar".into()));
            assert_eq!((call.data_dir, call.no_confirm), ("/d".into(), false));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(printed(&["synnefo", "restore"]).code, 2);
    assert_eq!(
        printed(&["synnefo", "restore", "a.tar", "--before-upgrade"]).code,
        2
    );
    match typed(&["synnefo", "restore", "--before-upgrade", "-f"]) {
        Invocation::Restore(call) => assert!(call.archive.is_none() && call.no_confirm),
        other => panic!("{other:?}"),
    }
    // ID-BRD-13: handed to the running service.
    match typed(&["synnefo", "settings", "reload", "--data-dir=/d"]) {
        Invocation::Manage(call) => {
            assert_eq!(
                (&*call.program, &*call.args),
                ("snf-manage", &["settings-reload".to_owned()][..])
            );
            assert_eq!(call.data_dir, std::path::PathBuf::from("/d"));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn help_version_and_mistakes() {
    let version = format!("synnefo {}\n", env!("CARGO_PKG_VERSION"));
    for verbose in [false, true] {
        let args: &[&str] = match verbose {
            true => &["synnefo", "version", "--verbose"],
            false => &["synnefo", "version"],
        };
        assert!(matches!(typed(args), Invocation::Version(v) if v == verbose));
    }
    // ID-UPG-04
    assert!(
        printed(&["synnefo", "changes"])
            .out
            .contains(crate::changes::VERSION)
    );
    assert_eq!(printed(&["synnefo", "--version"]).out, version);
    let help = printed(&["synnefo", "--help"]);
    assert!(help.code == 0 && help.out.contains("serve") && !help.out.contains("generate-docs"));
    assert_eq!(printed(&["synnefo"]).code, 2);
    assert_eq!(printed(&["synnefo", "nosuch"]).code, 2);
    assert!(matches!(
        typed(&["synnefo", "generate-docs", "/x"]),
        Invocation::Docs(_)
    ));
    for later in ["vlmc", "archipelago", "pithos-manage-accounts"] {
        let direct = printed(&[later, "info", "x"]);
        assert_eq!(
            (direct.code, &*direct.err),
            (1, &*format!("{later}: not supported yet\n"))
        );
        assert_eq!(printed(&["synnefo", later, "info"]), direct);
    }
}

// ID-CLI-70 ID-CLI-72
#[test]
fn helper_scripts_are_links_or_sub_commands() {
    for argv in [
        &["/usr/bin/snf-service-export", "pithos", "https://s/pithos"][..],
        &[
            "synnefo",
            "snf-service-export",
            "pithos",
            "https://s/pithos",
        ],
    ] {
        match typed(argv) {
            Invocation::Export(component, base) => {
                assert_eq!((&*component, &*base), ("pithos", "https://s/pithos"));
            }
            other => panic!("{other:?}"),
        }
    }
    for wrong in [
        &["snf-service-export"][..],
        &["snf-service-export", "pithos"],
        &["snf-service-export", "pithos", "x", "y"],
    ] {
        let printed = printed(wrong);
        assert_eq!(printed.code, 2);
        assert!(
            printed.err.contains("Usage: snf-service-export"),
            "{}",
            printed.err
        );
    }
    for argv in [
        &["snf-component-register", "pithos", "--data-dir=/d"][..],
        &[
            "synnefo",
            "snf-component-register",
            "--data-dir",
            "/d",
            "pithos",
        ],
    ] {
        let call = admin_call(argv);
        assert_eq!(call.program, "snf-component-register");
        assert_eq!(call.args, ["pithos"]);
        assert_eq!(call.data_dir, std::path::PathBuf::from("/d"));
    }
}
