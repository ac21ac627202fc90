//! What the log of commands keeps (ID-CLI-07): the line as it was typed and all that
//! was said, without passwords and tokens.

use crate::run::Call;
use kernel::Result;
use wire::admin::{Io, IoFuture, Terminal, output::MASK};

/// Most that is kept of what a command said.
const LONGEST: usize = 1 << 20;

/// Options whose values are secrets, under any abbreviation.
const SECRET: [&str; 4] = ["auth-token", "pass", "password", "secret"];

/// One command, for the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandLog {
    /// Its name.
    pub command: String,
    /// The process that asked for it.
    pub pid: u32,
    /// What was typed.
    pub line: String,
    /// What was said.
    pub output: String,
    /// The exit status.
    pub code: i32,
}

impl CommandLog {
    /// The log of a call.
    pub(crate) fn of(call: &Call, mut output: String, code: i32) -> Self {
        if output.len() > LONGEST {
            let end = (0..=LONGEST).rev().find(|n| output.is_char_boundary(*n));
            output.truncate(end.unwrap_or(0));
            output.push_str("\n[cut here]\n");
        }
        let words = std::iter::once(call.program.clone()).chain(masked(&call.args));
        CommandLog {
            command: match call.program.as_str() {
                "snf-manage" | "synnefo" => call.args.first().unwrap_or(&call.program).clone(),
                // A program that is one command.
                program => program.to_owned(),
            },
            pid: call.pid,
            line: words
                .map(|word| quoted(&word))
                .collect::<Vec<_>>()
                .join(" "),
            output,
            code,
        }
    }
}

/// The arguments with the values of secret options masked.
fn masked(args: &[String]) -> Vec<String> {
    let mut hide_next = false;
    let mut plain = false;
    let mask = |arg: &String| {
        if std::mem::take(&mut hide_next) {
            return MASK.to_owned();
        }
        let Some(option) = arg.strip_prefix("--").filter(|_| !plain) else {
            return arg.clone();
        };
        plain |= option.is_empty();
        let (name, value) = match option.split_once('=') {
            Some((name, _)) => (name, true),
            None => (option, false),
        };
        // Of "password" also "--p", where that is understood.
        let secret = !name.is_empty() && SECRET.iter().any(|one| one.starts_with(name));
        match (secret, value) {
            (true, true) => format!("--{name}={MASK}"),
            (true, false) => {
                hide_next = true;
                arg.clone()
            }
            _ => arg.clone(),
        }
    };
    args.iter().map(mask).collect()
}

/// A word as a shell would take it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_=./:@,+*".contains(c);
    match !word.is_empty() && word.chars().all(plain) {
        true => word.to_owned(),
        false => format!(
            "'{}'",
            word.escape_debug().to_string().replace('\'', "'\\''")
        ),
    }
}

/// An administrator whose conversation with a command is kept.
pub(crate) struct Tee<'a> {
    pub(crate) io: &'a mut dyn Io,
    pub(crate) log: String,
}

impl Tee<'_> {
    fn keep(&mut self, text: &str) {
        if self.log.len() < LONGEST {
            self.log.push_str(text);
        }
    }
}

impl Io for Tee<'_> {
    fn out<'a>(&'a mut self, text: &'a str) -> IoFuture<'a, ()> {
        self.keep(text);
        self.io.out(text)
    }

    fn err<'a>(&'a mut self, text: &'a str) -> IoFuture<'a, ()> {
        self.keep(text);
        self.io.err(text)
    }

    fn tell<'a>(&'a mut self, before: &'a str, secret: &'a str) -> IoFuture<'a, ()> {
        self.keep(&format!("{before}{MASK}\n"));
        self.io.tell(before, secret)
    }

    fn ask<'a>(&'a mut self, prompt: &'a str, secret: bool) -> IoFuture<'a, Option<String>> {
        self.keep(prompt);
        Box::pin(async move {
            let answer: Result<Option<String>> = self.io.ask(prompt, secret).await;
            match &answer {
                Ok(Some(_)) if secret => self.keep(&format!("{MASK}\n")),
                Ok(Some(text)) => self.keep(&format!("{text}\n")),
                _ => self.keep("\n"),
            }
            answer
        })
    }

    fn read_file<'a>(&'a mut self, path: &'a str) -> IoFuture<'a, Vec<u8>> {
        self.io.read_file(path)
    }

    fn read_long_file<'a>(&'a mut self, path: &'a str) -> IoFuture<'a, Vec<u8>> {
        self.io.read_long_file(path)
    }

    fn terminal(&self) -> Terminal {
        self.io.terminal()
    }

    fn user(&self) -> String {
        self.io.user()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(args: &[&str]) -> String {
        let call = Call {
            program: "snf-manage".into(),
            args: args.iter().map(|arg| (*arg).to_owned()).collect(),
            ..Call::default()
        };
        CommandLog::of(&call, String::new(), 0).line
    }

    // ID-CLI-07 ID-CLI-72: of a program that is one command, its own name
    #[test]
    fn the_log_is_named_after_the_command() {
        for (program, args, name) in [
            ("snf-manage", &["user-add", "x"][..], "user-add"),
            ("synnefo", &["backup", "/x"], "backup"),
            (
                "snf-component-register",
                &["pithos"],
                "snf-component-register",
            ),
            (
                "snf-component-register",
                &["--yes"],
                "snf-component-register",
            ),
            ("snf-component-register", &[], "snf-component-register"),
        ] {
            let call = Call {
                program: program.into(),
                args: args.iter().map(|arg| (*arg).to_owned()).collect(),
                ..Call::default()
            };
            assert_eq!(CommandLog::of(&call, String::new(), 0).command, name);
        }
    }

    // ID-CLI-07
    #[test]
    fn secrets_of_the_line_are_masked() {
        for (typed, kept) in [
            (
                &["user-modify", "6", "--password", "hunter2 x", "-f"][..],
                "snf-manage user-modify 6 --password ******** -f",
            ),
            (
                &["user-modify", "--passw=hunter2", "6"],
                "snf-manage user-modify --passw=******** 6",
            ),
            (
                &["component-modify", "x", "--auth", "hunter2"],
                "snf-manage component-modify x --auth ********",
            ),
            (
                &["backend-add", "--clustername=c", "--pass=hunter2"],
                "snf-manage backend-add --clustername=c --pass=********",
            ),
            (
                &["oauth2-client-add", "c", "--secret", "--hunter2"],
                "snf-manage oauth2-client-add c --secret ********",
            ),
            (
                &["group-add", "--", "--password", "a b"],
                "snf-manage group-add -- --password 'a b'",
            ),
        ] {
            let line = line(typed);
            assert_eq!(line, kept);
            assert!(!line.contains("hunter2"));
        }
    }
}
