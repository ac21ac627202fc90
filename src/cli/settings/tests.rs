//! What an administrator sees of the settings.

use super::*;
use std::{fs, path::Path};

fn call(dir: &Path, check: bool, json: bool, names: &[&str]) -> Printed {
    let call = SettingsCall {
        config_dir: dir.to_owned(),
        set: vec!["EMAIL_PORT=2525".to_owned()],
        check,
        json,
        names: names.iter().map(|name| (*name).to_owned()).collect(),
    };
    run(
        &call,
        [(
            "SYNNEFO_EMAIL_HOST".to_owned(),
            "mail.example.org".to_owned(),
        )],
    )
}

fn with(conf: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("50-site.conf"), conf).unwrap();
    dir
}

/// A secret setting of the registry.
fn secret() -> &'static str {
    registry::all()
        .map(|(_, s)| s)
        .find(|s| s.secret)
        .unwrap()
        .name
}

// ID-OPS-01 ID-CLI-80
#[test]
fn every_setting_is_told_with_its_origin() {
    let dir = with("\nASTAKOS_MODERATION_ENABLED = True\n");
    let printed = call(dir.path(), false, false, &[]);
    assert_eq!(printed.code, 0);
    for (group, setting) in registry::all() {
        assert!(
            printed.out.contains(&format!("\n{} = ", setting.name)),
            "{}",
            setting.name
        );
        assert!(printed.out.contains(setting.about), "{}", setting.name);
        assert!(printed.out.contains(group.file));
    }
    let place = format!("{}:2", dir.path().join("50-site.conf").display());
    assert!(printed.out.contains(&format!(
        "ASTAKOS_MODERATION_ENABLED = True\n#   from {place}; default False\n"
    )));
    assert!(
        printed
            .out
            .contains("EMAIL_HOST = 'mail.example.org'\n#   from environment;")
    );
    assert!(printed.out.contains("EMAIL_PORT = 2525\n#   from --set;"));
}

// ID-CLI-80
#[test]
fn secrets_are_masked_everywhere() {
    let name = secret();
    let dir = with(&format!("{name} = 'hunter2-hunter2'\n"));
    for json in [false, true] {
        let printed = call(dir.path(), false, json, &[]);
        assert_eq!(printed.code, 0, "{}", printed.err);
        assert!(!printed.out.contains("hunter2"));
        assert!(printed.out.contains(MASK));
    }
    // Nor in a complaint about it.
    let dir = with(&format!("{name} = ['hunter2-hunter2']\n"));
    let printed = call(dir.path(), true, false, &[]);
    assert_eq!(printed.code, 1);
    assert!(!printed.err.contains("hunter2"), "{}", printed.err);
}

// ID-CLI-80
#[test]
fn json_and_single_names() {
    let dir = with("");
    let printed = call(dir.path(), false, true, &["EMAIL_PORT"]);
    let value: Json = serde_json::from_str(&printed.out).unwrap();
    let about = registry::find("EMAIL_PORT").unwrap();
    assert_eq!(
        value,
        json!([{
            "name": "EMAIL_PORT", "value": "2525", "default": about.default,
            "meaning": about.about, "file": "00-snf-common-admins.conf",
            "origin": "--set", "secret": false,
        }])
    );
    let all: Json = serde_json::from_str(&call(dir.path(), false, true, &[]).out).unwrap();
    assert_eq!(all.as_array().unwrap().len(), registry::all().count());
    let printed = call(dir.path(), false, false, &["EMAIL_PROT"]);
    assert_eq!(printed.code, 1);
    assert!(
        printed.err.contains("did you mean EMAIL_PORT?"),
        "{}",
        printed.err
    );
}

// ID-OPS-01
#[test]
fn check_names_file_line_and_the_nearest_name() {
    let dir = with("EMAIL_HOST = 'a'\nEMAIL_HOTS = 'b'\n");
    let printed = call(dir.path(), true, false, &[]);
    assert_eq!(printed.code, 1);
    assert_eq!(printed.out, "");
    let place = format!("{}:2", dir.path().join("50-site.conf").display());
    assert_eq!(
        printed.err,
        format!(
            "error: {place}: unknown setting EMAIL_HOTS; did you mean EMAIL_HOST?\n\
             1 problem in the settings\n"
        )
    );
    let printed = call(dir.path(), true, true, &[]);
    let value: Json = serde_json::from_str(&printed.out).unwrap();
    assert_eq!(
        (printed.code, value["problems"][0]["place"].as_str()),
        (1, Some(&*place))
    );
    // The list refuses for the same reason.
    assert_eq!(call(dir.path(), false, false, &[]).code, 1);

    let (retired, _) = registry::RETIRED[0];
    let dir = with(&format!("{} = 1\n", retired[0]));
    let printed = call(dir.path(), true, false, &[]);
    assert_eq!(
        (printed.code, &*printed.out),
        (0, "The settings are good.\n")
    );
    assert!(printed.err.starts_with("warning: ") && printed.err.contains(retired[0]));
}
