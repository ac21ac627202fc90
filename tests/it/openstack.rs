//! The unmodified OpenStack command line of PyPI against identity v3. `tests/clients/openstack`
//! prints where it is into `TESTS_OPENSTACK`; without it the test says so and passes,
//! unless `TESTS_REQUIRE_OPENSTACK` is set.

use crate::{
    client::{Client, PASSWORD},
    server::Server,
};
use serde_json::Value;
use std::process::{Command, Output, Stdio};

/// The programs, and who uses them how.
struct OpenStack {
    bin: String,
    home: tempfile::TempDir,
    env: Vec<(&'static str, String)>,
}

impl OpenStack {
    fn find() -> Option<String> {
        let found = std::env::var("TESTS_OPENSTACK").ok();
        if found.is_none() {
            assert!(
                std::env::var_os("TESTS_REQUIRE_OPENSTACK").is_none(),
                "the OpenStack clients are required: tests/clients/openstack"
            );
            eprintln!("SKIPPED: no OpenStack clients (tests/clients/openstack)");
        }
        found
    }

    /// With a password, as somebody types it.
    fn with_password(bin: &str, server: &Server, email: &str, password: &str) -> Self {
        let env = [
            ("OS_USERNAME", email),
            ("OS_PASSWORD", password),
            ("OS_USER_DOMAIN_ID", "default"),
            ("OS_PROJECT_DOMAIN_ID", "default"),
            ("OS_PROJECT_NAME", email),
        ];
        Self::with(bin, server, &env)
    }

    fn with(bin: &str, server: &Server, env: &[(&'static str, &str)]) -> Self {
        let mut env: Vec<_> = env.iter().map(|(n, v)| (*n, (*v).to_owned())).collect();
        env.push(("OS_AUTH_URL", format!("{}/identity/v3", server.url)));
        env.push(("OS_IDENTITY_API_VERSION", "3".to_owned()));
        OpenStack {
            bin: bin.to_owned(),
            home: tempfile::tempdir().unwrap(),
            env,
        }
    }

    fn run(&self, program: &str, args: &[&str]) -> Output {
        Command::new(format!("{}/{program}", self.bin))
            .args(args)
            .env_clear()
            .envs(self.env.iter().map(|(n, v)| (*n, v.as_str())))
            .env("HOME", self.home.path())
            .env("LC_ALL", "C.UTF-8")
            .stdin(Stdio::null())
            .output()
            .expect("the client starts")
    }

    /// What a command answers, as JSON.
    fn ask(&self, args: &[&str]) -> Value {
        let args: Vec<&str> = args.iter().copied().chain(["-f", "json"]).collect();
        let output = self.run("openstack", &args);
        let wrong = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{args:?}: {wrong}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// What is said of a command that fails.
    fn refused(&self, args: &[&str]) -> String {
        let output = self.run("openstack", args);
        assert!(!output.status.success(), "{args:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }
}

// CL-O-01 ID-KST-01: a password and a token, the catalogue, one's project and oneself;
// a wrong password is refused; what speaks no OpenStack yet says so.
#[test]
fn the_openstack_command_line_logs_in() {
    let Some(bin) = OpenStack::find() else {
        return;
    };
    let server = Server::start("");
    let person = Client::add(&server, "os@example.org");
    let typed = OpenStack::with_password(&bin, &server, "os@example.org", PASSWORD);
    let token = typed.ask(&["token", "issue"]);
    assert_eq!(token["user_id"], person.uuid.as_str());
    assert_eq!(token["project_id"], person.uuid.as_str());

    let catalogue = typed.ask(&["catalog", "list"]);
    let types: Vec<&str> = catalogue
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["Type"].as_str().unwrap())
        .collect();
    for kind in ["identity", "compute", "image", "network", "object-store"] {
        assert!(types.contains(&kind), "{types:?}");
    }
    let projects = typed.ask(&["project", "list"]);
    assert_eq!(projects[0]["ID"], person.uuid.as_str());
    let me = typed.ask(&["user", "show", "os@example.org"]);
    assert_eq!(me["id"], person.uuid.as_str());

    let env = [
        ("OS_AUTH_TYPE", "v3token"),
        ("OS_TOKEN", person.token.as_str()),
        ("OS_PROJECT_ID", person.uuid.as_str()),
    ];
    let handed = OpenStack::with(&bin, &server, &env);
    assert_eq!(
        handed.ask(&["token", "issue"])["user_id"],
        person.uuid.as_str()
    );

    let wrong = OpenStack::with_password(&bin, &server, "os@example.org", "Wrong-horse-1");
    assert!(wrong.refused(&["token", "issue"]).contains("401"));
    let unspoken = typed.refused(&["flavor", "list"]);
    assert!(
        unspoken.contains("501") && unspoken.contains("not supported yet"),
        "{unspoken}"
    );

    let swift = typed.run("swift", &["--auth-version", "3", "auth"]);
    let said = String::from_utf8_lossy(&swift.stdout).into_owned();
    assert!(
        said.contains(&format!("object-store/v1/AUTH_{}", person.uuid)),
        "{said}"
    );
}
