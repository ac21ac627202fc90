//! The recorded help of the original: every command is there and takes every option.

use super::*;
use serde::Deserialize;

#[derive(Deserialize)]
struct Recorded {
    argv: Vec<String>,
    options: Option<Vec<String>>,
}

/// Commands of the original's framework that are unknown here (ID-CLI-65).
const FRAMEWORK: &str = "changepassword check clearsessions compilemessages createcachetable \
    dbshell diffsettings dumpdata flush inspectdb loaddata makemessages makemigrations runfcgi \
    shell sql sqlall sqlclear sqlcustom sqldropindexes sqlflush sqlindexes sqlinitialdata \
    sqlmigrate sqlsequencereset squashmigrations startapp startproject test testserver validate";

// ID-CLI-01 ID-CLI-02 ID-CLI-65 ID-REC-09
#[test]
fn recorded_options_are_taken() {
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../tests/golden/snf-manage.json"
    );
    let recorded: Vec<Recorded> =
        serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let is_in = |list: &str, name: &str| list.split_whitespace().any(|one| one == name);
    let mut checked = 0;
    for (name, options) in recorded
        .iter()
        .filter_map(|r| Some((r.argv[0].as_str(), r.options.as_ref()?)))
    {
        if name.starts_with('-') || is_in(FRAMEWORK, name) {
            continue;
        }
        let known = inventory::find(name, &services());
        let Ok(entry) = known else {
            // Not carried out yet, but known.
            let told = known.err().unwrap().err;
            assert!(told.contains("is not supported yet"), "{name}: {told}");
            continue;
        };
        let command = entry.command("snf-manage");
        let has = |option: &str| {
            command.get_arguments().any(|arg| {
                let long = arg.get_long_and_visible_aliases().unwrap_or_default();
                let all = arg.get_all_aliases().unwrap_or_default();
                match option.strip_prefix("--") {
                    Some(name) => long.contains(&name) || all.contains(&name),
                    None => arg.get_short() == option.chars().nth(1),
                }
            })
        };
        for option in options.iter().flat_map(|text| text.split(", ")) {
            let option = option.split(['=', ' ']).next().unwrap();
            if option.starts_with('-') {
                assert!(has(option), "{name} {option}");
                checked += 1;
            }
        }
    }
    assert!(checked > 200, "{checked}");
}
