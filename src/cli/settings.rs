//! `synnefo settings` and its sub-commands (decision 3).
//!
//! Invariant: the value of a secret setting is not printed.

mod defaults;
mod front;
mod loggers;
mod logrotate;

use crate::{
    invocation::{Printed, SettingsAct, SettingsCall},
    print::render,
};
use kernel::settings::{
    self, Loaded, Origin, Problem, Settings, Value,
    registry::{self, Family},
};
use serde_json::{Value as Json, json};

/// Stands for the value of a secret.
const MASK: &str = "********";

/// Carries the call out; `env` are the variables of the process.
pub fn run(call: &SettingsCall, env: impl IntoIterator<Item = (String, String)>) -> Printed {
    if let SettingsAct::WriteDefaults(dir) = &call.act {
        return defaults::write(dir);
    }
    let loaded = settings::load(&call.config_dir, env, &call.set);
    let loaded = match loaded {
        Ok(loaded) => loaded,
        Err(problems) => {
            let json = call.json && call.act == SettingsAct::Check;
            return refused(&problems.0, json);
        }
    };
    match &call.act {
        SettingsAct::Check => checked(&loaded, call.json),
        SettingsAct::Loggers => loggers::listed(&loaded.settings, call.json),
        SettingsAct::Front(server) => front::site(server, &loaded.settings),
        SettingsAct::Logrotate => logrotate::file(&loaded.settings),
        SettingsAct::List(names) => listed(&loaded, call.json, names),
        SettingsAct::WriteDefaults(_) => Printed::default(),
    }
}

fn refused(problems: &[Problem], json: bool) -> Printed {
    if json {
        return Printed {
            out: findings(problems, &[]),
            err: String::new(),
            code: 1,
        };
    }
    let mut err = lines("error", problems);
    let count = problems.len();
    let noun = if count == 1 { "problem" } else { "problems" };
    err.push_str(&format!("{count} {noun} in the settings\n"));
    Printed::failure(err, 1)
}

fn checked(loaded: &Loaded, json: bool) -> Printed {
    match json {
        true => Printed {
            out: findings(&[], &loaded.warnings),
            ..Printed::default()
        },
        false => Printed {
            out: "The settings are good.\n".to_owned(),
            err: lines("warning", &loaded.warnings),
            code: 0,
        },
    }
}

fn lines(what: &str, problems: &[Problem]) -> String {
    problems
        .iter()
        .map(|problem| format!("{what}: {problem}\n"))
        .collect()
}

fn findings(problems: &[Problem], warnings: &[Problem]) -> String {
    let each = |found: &[Problem]| -> Json {
        found
            .iter()
            .map(|p| json!({"place": p.place, "message": p.message}))
            .collect()
    };
    render(&json!({"problems": each(problems), "warnings": each(warnings)}))
}

/// A setting with all there is to say about it.
struct Line<'a> {
    name: &'a str,
    value: String,
    default: String,
    about: &'static str,
    /// Why it has no effect.
    idle: Option<&'static str>,
    file: &'static str,
    origin: Origin,
    secret: bool,
}

fn listed(loaded: &Loaded, json: bool, names: &[String]) -> Printed {
    let mut all = declared(loaded);
    all.extend(members(loaded));
    if !names.is_empty() {
        for name in names {
            if !all.iter().any(|line| line.name == name) {
                return Printed::failure(unknown(name), 1);
            }
        }
        all.retain(|line| names.iter().any(|name| line.name == name));
    }
    Printed {
        out: match json {
            true => render(&all.iter().map(as_json).collect()),
            false => for_people(&all),
        },
        err: lines("warning", &loaded.warnings),
        code: 0,
    }
}

fn unknown(name: &str) -> String {
    if let Some(now) = registry::renamed(name) {
        return format!("error: {name} is called {now} now\n");
    }
    let hint = match (registry::retired(name), registry::nearest(name)) {
        (Some(why), _) => format!(" (has no effect any more: {why})"),
        (None, Some(near)) => format!("; did you mean {near}?"),
        (None, None) => String::new(),
    };
    format!("error: unknown setting {name}{hint}\n")
}

fn declared(loaded: &Loaded) -> Vec<Line<'_>> {
    registry::all()
        .map(|(group, setting)| Line {
            name: setting.name,
            value: literal(loaded.settings.get(setting.name), setting.secret),
            default: match setting.secret {
                true => masked(settings::literal::parse(setting.default).ok().as_ref()),
                false => setting.default.to_owned(),
            },
            about: setting.about,
            idle: registry::idle(setting.name),
            file: group.file,
            origin: loaded.settings.origin(setting.name).clone(),
            secret: setting.secret,
        })
        .collect()
}

/// Settings whose names an administrator makes up, of the families that exist.
fn members(loaded: &Loaded) -> Vec<Line<'_>> {
    own(&loaded.settings)
        .map(|(name, value)| {
            let family = Family::of(name);
            Line {
                name,
                value: literal(Some(value), registry::is_secret(name)),
                default: "None".to_owned(),
                about: family.map_or("", |family| family.about),
                idle: registry::idle(name),
                file: family.map_or("", |family| family.file),
                origin: loaded.settings.origin(name).clone(),
                secret: registry::is_secret(name),
            }
        })
        .collect()
}

fn own(settings: &Settings) -> impl Iterator<Item = (&str, &Value)> {
    settings
        .iter()
        .filter(|(name, _)| registry::find(name).is_none())
}

fn literal(value: Option<&Value>, secret: bool) -> String {
    match (value, secret) {
        (value, true) => masked(value),
        (None, false) => "None".to_owned(),
        (Some(value), false) => value.to_literal(),
    }
}

/// Tells only whether there is anything.
fn masked(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::None) => "None".to_owned(),
        Some(Value::Str(text)) if text.is_empty() => "''".to_owned(),
        Some(_) => MASK.to_owned(),
    }
}

fn as_json(line: &Line<'_>) -> Json {
    json!({
        "name": line.name,
        "value": line.value,
        "default": line.default,
        "meaning": line.about,
        "without_effect": line.idle,
        "file": line.file,
        "origin": line.origin.to_string(),
        "secret": line.secret,
    })
}

fn for_people(all: &[Line<'_>]) -> String {
    let mut out = String::new();
    let mut file = None;
    for line in all {
        if file != Some(line.file) && !line.file.is_empty() {
            out.push_str(&format!("## {}\n\n", line.file));
        }
        file = Some(line.file);
        if !line.about.is_empty() {
            out.push_str(&format!("# {}\n", line.about));
        }
        if let Some(why) = line.idle {
            out.push_str(&format!("# Without effect: {why}\n"));
        }
        out.push_str(&format!("{} = {}\n", line.name, line.value));
        out.push_str(&match line.origin {
            Origin::Default => "#   default\n\n".to_owned(),
            _ => format!("#   from {}; default {}\n\n", line.origin, line.default),
        });
    }
    out
}

#[cfg(test)]
mod tests;
