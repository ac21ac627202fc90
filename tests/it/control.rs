//! The service as an administrator of the guide controls it (ID-OPS-02), and what may be
//! changed of it while it runs.

use crate::server::{Server, program};
use std::process::Output;

/// `/etc/init.d/gunicorn ACTION` for the directories of a test.
fn control(server: &Server, action: &str) -> (i32, String) {
    let defaults = server.config().join("../defaults");
    let text = format!(
        "DATA_DIR={}\nCONFIG_DIR={}\nLISTEN=127.0.0.1:0\nPLAIN_HTTP=yes\n",
        server.data().display(),
        server.config().display()
    );
    std::fs::write(&defaults, text).unwrap();
    let mut command = program();
    command
        .args(["gunicorn", action, "--defaults"])
        .arg(defaults);
    said(&command.output().unwrap())
}

fn said(output: &Output) -> (i32, String) {
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let text = text + &*String::from_utf8_lossy(&output.stderr);
    (output.status.code().unwrap_or(-1), text)
}

/// A service that is stopped whatever becomes of the test.
struct Stopped<'a>(&'a Server);

impl Drop for Stopped<'_> {
    fn drop(&mut self) {
        control(self.0, "stop");
    }
}

// ID-OPS-02: restart reads the settings again and returns when the service is ready
#[test]
fn the_init_script_starts_restarts_and_stops_the_service() {
    if std::path::Path::new("/run/systemd/system").exists() {
        eprintln!("skipped: systemd runs here, which the script would ask");
        return;
    }
    let server = Server::unstarted("ASTAKOS_RECAPTCHA_ENABLED = False\n");
    let _stopped = Stopped(&server);
    assert_eq!(control(&server, "status").0, 3);
    assert_eq!(control(&server, "reload").0, 7);
    let (code, text) = control(&server, "start");
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("ready at http://127.0.0.1:"), "{text}");
    let (code, text) = control(&server, "start");
    assert!(code == 0 && text.contains("already running"), "{text}");
    let (code, first) = control(&server, "status");
    assert!(code == 0 && first.contains("running (process "), "{first}");

    // Wrong settings stop nothing.
    let file = server.config().join("50-test.conf");
    std::fs::write(&file, "ASTAKOS_RECAPTCHA_ENABLD = True\n").unwrap();
    let (code, text) = control(&server, "restart");
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("50-test.conf:1"), "{text}");
    assert_eq!(control(&server, "status"), (0, first.clone()));

    // The captcha walk of the guide: edit, restart, the sign-up page has one.
    std::fs::write(
        &file,
        "ASTAKOS_RECAPTCHA_ENABLED = True\nASTAKOS_RECAPTCHA_PUBLIC_KEY = 'open-key'\n\
         ASTAKOS_RECAPTCHA_PRIVATE_KEY = 'closed-key'\n",
    )
    .unwrap();
    let (code, text) = control(&server, "restart");
    assert_eq!(code, 0, "{text}");
    let address = text.trim().rsplit_once("ready at ").unwrap().1.to_owned();
    let page = crate::client::http()
        .get(format!("{address}/ui/signup"))
        .send()
        .unwrap();
    assert!(page.text().unwrap().contains("open-key"));
    assert_ne!(control(&server, "status"), (0, first));
    assert_eq!(control(&server, "reload").0, 0);
    assert_eq!(control(&server, "stop").0, 0);
    assert_eq!(control(&server, "status").0, 3);
    assert_eq!(control(&server, "stop").0, 0, "stopped already");
}

// ID-OPS-13: one logger, in the running service
#[test]
fn a_logger_is_turned_up_while_the_service_runs() {
    let mut server = Server::start("");
    let level = |args: &[&str]| {
        let mut all = vec!["log-level"];
        all.extend(args);
        said(&server.synnefo(&all))
    };
    let (code, text) = level(&["synnefo.api", "DEBUG", "--for", "5"]);
    assert_eq!(code, 0, "{text}");
    assert!(
        text.contains("synnefo.api is at DEBUG for 5 minutes"),
        "{text}"
    );
    let (_, text) = level(&[]);
    assert!(
        text.contains("synnefo.api") && text.contains("DEBUG"),
        "{text}"
    );
    assert_eq!(level(&["synnefo.apo", "DEBUG"]).0, 1);
    assert_eq!(level(&["synnefo.api"]).0, 1);
    assert_eq!(level(&["synnefo.api", "default"]).0, 0);
    let (_, text) = level(&[]);
    assert!(!text.contains("synnefo.api"), "{text}");
    server.stop();
    let (code, text) = said(&server.synnefo(&["log-level", "synnefo.api", "DEBUG"]));
    assert!(code == 1 && text.contains("No service runs"), "{text}");
}
