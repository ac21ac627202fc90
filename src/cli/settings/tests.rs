//! What an administrator sees of the settings.

use super::*;
use std::{fs, path::Path};

fn call(dir: &Path, check: bool, json: bool, names: &[&str]) -> Printed {
    let call = SettingsCall {
        config_dir: dir.to_owned(),
        set: vec!["EMAIL_PORT=2525".to_owned()],
        json,
        act: match check {
            true => SettingsAct::Check,
            false => SettingsAct::List(names.iter().map(|&name| name.to_owned()).collect()),
        },
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
            "meaning": about.about, "without_effect": null, "file": "00-snf-common-admins.conf",
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

fn act(dir: &Path, act: SettingsAct) -> Printed {
    let call = SettingsCall {
        config_dir: dir.to_owned(),
        set: Vec::new(),
        json: false,
        act,
    };
    run(&call, [])
}

// ID-OPS-01
#[test]
fn the_files_with_all_defaults_change_nothing_when_uncommented() {
    let dir = tempfile::tempdir().unwrap();
    let printed = act(dir.path(), SettingsAct::WriteDefaults(dir.path().into()));
    assert_eq!(printed.code, 0, "{}", printed.err);
    let mut seen = std::collections::BTreeMap::<String, usize>::new();
    for entry in fs::read_dir(dir.path()).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let mut open = String::new();
        for line in text.lines() {
            match line.strip_prefix('#').filter(|rest| !rest.starts_with(' ')) {
                Some(setting) => {
                    let name = setting.split(" = ").next().unwrap();
                    *seen.entry(name.to_owned()).or_default() += 1;
                    open.push_str(setting);
                }
                None => open.push_str(line),
            }
            open.push('\n');
        }
        fs::write(&path, open).unwrap();
    }
    for (_, setting) in registry::all() {
        assert_eq!(seen.get(setting.name), Some(&1), "{}", setting.name);
    }
    let loaded = settings::load(dir.path(), [], &[]).unwrap();
    assert_eq!(lines("warning", &loaded.warnings), "");
    for (name, value) in Settings::default().iter() {
        assert_eq!(loaded.settings.get(name), Some(value), "{name}");
    }
}

// ID-OPS-01
#[test]
fn what_somebody_wrote_is_never_overwritten() {
    let dir = tempfile::tempdir().unwrap();
    let write = || act(dir.path(), SettingsAct::WriteDefaults(dir.path().into()));
    write();
    // Again: nothing to do.
    let printed = write();
    assert_eq!((printed.code, &*printed.out), (0, ""));
    let mine = dir.path().join("15-snf-branding.conf");
    let text = fs::read_to_string(&mine).unwrap();
    fs::write(&mine, "BRANDING_SERVICE_NAME = 'Ours'\n").unwrap();
    let printed = write();
    assert!(
        printed.out.contains("15-snf-branding.conf.new"),
        "{}",
        printed.out
    );
    assert_eq!(
        fs::read_to_string(&mine).unwrap(),
        "BRANDING_SERVICE_NAME = 'Ours'\n"
    );
    let new = dir.path().join("15-snf-branding.conf.new");
    assert_eq!(fs::read_to_string(new).unwrap(), text);
    assert_eq!(act(dir.path(), SettingsAct::Check).code, 0);

    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    let printed = act(dir.path(), SettingsAct::WriteDefaults(file.clone()));
    assert_eq!(printed.code, 1);
    assert!(
        printed.err.contains(&file.display().to_string()),
        "{}",
        printed.err
    );
}

// ID-OPS-03
#[test]
fn a_front_server_gets_a_site_file() {
    let dir = with("ASTAKOS_BASE_URL = 'https://cloud.example.org/astakos'\n");
    for server in ["apache", "nginx"] {
        let printed = act(dir.path(), SettingsAct::Front(server.into()));
        assert_eq!(printed.code, 0);
        for part in [
            "cloud.example.org",
            "127.0.0.1:8080",
            "Shibboleth",
            "Upgrade",
        ] {
            assert!(printed.out.contains(part), "{server}: {part}");
        }
        assert!(!printed.out.contains("/astakos"), "{server}");
    }
    let printed = act(with("").path(), SettingsAct::Front("nginx".into()));
    assert!(printed.out.contains("server_name"), "{}", printed.out);
}

// ID-OPS-11 ID-OPS-12
#[test]
fn loggers_are_shown_with_level_and_handlers() {
    let dir = with(
        "LOGGING_SETUP = {'handlers': {'own': {'class': 'FileHandler', 'filename': '/x'}},
  'loggers': {'synnefo.api': {'level': 'DEBUG', 'handlers': ['own'], 'propagate': False},
              'astakos': {'handlers': [], 'propagate': 0}}}
LOG_DIR = '/logs/'
",
    );
    let printed = act(dir.path(), SettingsAct::Loggers);
    assert_eq!(printed.code, 0, "{}", printed.err);
    let line = |name: &str| {
        let mut lines = printed.out.lines();
        let found = lines.find(|line| line.split_whitespace().next() == Some(name));
        let found = found.unwrap_or_else(|| panic!("{name}: {}", printed.out));
        found.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(
        line("synnefo.api"),
        "synnefo.api DEBUG own (FileHandler, /x)"
    );
    assert_eq!(line("astakos.im"), "astakos.im INFO nowhere");
    assert!(line("root").starts_with("root INFO default ("));
    assert_eq!(
        line("snf.dispatcher"),
        "snf.dispatcher INFO dispatcher.log (FileHandler, /logs/dispatcher.log)"
    );
}

// README decision 3: the list and the check say what has no effect, and why.
#[test]
fn what_has_no_effect_is_said() {
    let dir = with("ASTAKOS_TWITTER_TOKEN = 'x'\nASTAKOS_BASEURL = 'https://a'\n");
    let listed = call(dir.path(), false, false, &["ASTAKOS_TWITTER_TOKEN"]);
    let why = "this way to log in is not built yet";
    assert!(
        listed.out.contains(&format!(
            "# Without effect: {why}\nASTAKOS_TWITTER_TOKEN = 'x'\n"
        )),
        "{}",
        listed.out
    );
    let json = call(dir.path(), false, true, &["ASTAKOS_TWITTER_TOKEN"]);
    let value: Json = serde_json::from_str(&json.out).unwrap();
    assert_eq!(value[0]["without_effect"], why);
    let checked = call(dir.path(), true, false, &[]);
    assert_eq!(
        (checked.code, &*checked.out),
        (0, "The settings are good.\n")
    );
    for said in [
        &format!(":1: ASTAKOS_TWITTER_TOKEN has no effect: {why}\n"),
        ":2: ASTAKOS_BASEURL is called ASTAKOS_BASE_URL now\n",
    ] {
        assert!(checked.err.contains(said), "{}", checked.err);
    }
    // ID-UPG-03
    let older = call(dir.path(), false, false, &["ASTAKOS_BASEURL"]);
    assert_eq!(older.code, 1);
    assert_eq!(
        older.err,
        "error: ASTAKOS_BASEURL is called ASTAKOS_BASE_URL now\n"
    );
    let file = settings::files::default_text(&registry::GROUPS[3]);
    assert!(file.contains(&format!(
        "# Without effect: {why}.\n#ASTAKOS_TWITTER_TOKEN = ''\n"
    )));
}
