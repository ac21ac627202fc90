use super::*;
use crate::settings::{files, registry};

struct Dir(tempfile::TempDir);

impl Dir {
    fn new(files: &[(&str, &str)]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(dir.path().join(name), text).unwrap();
        }
        Dir(dir)
    }

    fn load(&self) -> Result<Loaded, Problems> {
        self.load_with(&[], &[])
    }

    fn load_with(&self, env: &[(&str, &str)], set: &[&str]) -> Result<Loaded, Problems> {
        let env = env.iter().map(|(k, v)| (k.to_string(), v.to_string()));
        let set: Vec<_> = set.iter().map(|s| s.to_string()).collect();
        load(self.0.path(), env, &set)
    }

    fn problems(&self) -> Vec<String> {
        let prefix = format!("{}/", self.0.path().display());
        let problems = self.load().unwrap_err().0;
        problems
            .iter()
            .map(|p| p.to_string().replace(&prefix, ""))
            .collect()
    }
}

// ID-SET: a file overriding one setting changes that and nothing else.
#[test]
fn later_files_then_environment_then_options_win() {
    let dir = Dir::new(&[
        (
            "20-b.conf",
            "ASTAKOS_MODERATION_ENABLED = True\nEMAIL_PORT = 26\n",
        ),
        ("10-a.conf", "\nEMAIL_PORT = 24\nEMAIL_HOST = 'a'\n"),
        ("30-off.conf.bak", "EMAIL_PORT = 'nonsense'"),
        (".40-hidden.conf", "EMAIL_PORT = 'nonsense'"),
    ]);
    let plain = dir.load().unwrap();
    assert_eq!(plain.settings.int("EMAIL_PORT"), 26);
    assert_eq!(plain.settings.str("EMAIL_HOST"), "a");
    assert!(plain.settings.bool("ASTAKOS_MODERATION_ENABLED"));
    assert_eq!(
        plain.settings.origin("EMAIL_PORT"),
        &Origin::File(dir.0.path().join("20-b.conf"), 2)
    );
    assert_eq!(plain.settings.origin("EMAIL_USE_TLS"), &Origin::Default);
    let loaded = dir
        .load_with(
            &[
                ("SYNNEFO_EMAIL_PORT", "27"),
                ("SYNNEFO_EMAIL_HOST", "mail.example.org"),
                ("SYNNEFO_BRANDING_SERVICE_NAME", "7"),
                ("PATH", "x"),
            ],
            &["EMAIL_PORT=28", "BRANDING_SERVICE_NAME='My cloud'"],
        )
        .unwrap();
    assert_eq!(loaded.settings.int("EMAIL_PORT"), 28);
    assert_eq!(loaded.settings.origin("EMAIL_PORT"), &Origin::CommandLine);
    assert_eq!(loaded.settings.str("EMAIL_HOST"), "mail.example.org");
    assert_eq!(loaded.settings.origin("EMAIL_HOST"), &Origin::Environment);
    assert_eq!(loaded.settings.str("BRANDING_SERVICE_NAME"), "My cloud");
    assert_eq!(
        loaded.settings.str("ASTAKOS_KAMAKI_CONFIG_CLOUD_NAME"),
        "my_cloud"
    );
    let changed: Vec<_> = Settings::default()
        .iter()
        .zip(plain.settings.iter())
        .filter(|(a, b)| a != b)
        .map(|(a, _)| a.0.to_owned())
        .collect();
    assert_eq!(
        changed,
        ["ASTAKOS_MODERATION_ENABLED", "EMAIL_HOST", "EMAIL_PORT"]
    );
}

// ID-SET-77: wrong names, types and syntax name file, line and what was meant.
#[test]
fn every_problem_is_named_with_its_place() {
    let dir = Dir::new(&[
        (
            "10-a.conf",
            "ASTAKOS_MODERATION_ENABELD = True\nEMAIL_PORT = '25'\nADMINS = ('a', 'a@b')\n",
        ),
        ("20-b.conf", "\n\nEMAIL_HOST = [1,\n"),
        ("30-c.conf", "EMAIL_HOST_PASSWORD = 12345\nZZZ = 1\n"),
    ]);
    assert_eq!(
        dir.problems(),
        [
            "10-a.conf:1: unknown setting ASTAKOS_MODERATION_ENABELD; \
             did you mean ASTAKOS_MODERATION_ENABLED?",
            "10-a.conf:2: EMAIL_PORT: expected a whole number, found '25'",
            "10-a.conf:3: ADMINS: expected a list of ('name', 'address') pairs, \
             found ['a', 'a@b']",
            "20-b.conf:3: the bracket is never closed by ']'",
            "30-c.conf:1: EMAIL_HOST_PASSWORD: expected text in quotes, found something else",
            "30-c.conf:2: unknown setting ZZZ",
        ]
    );
    let error = Dir::new(&[])
        .load_with(
            &[("SYNNEFO_EMAIL_PORT", "x"), ("SYNNEFO_EMIAL_PORT", "x y")],
            &["EMAIL_PORT", "EMAIL_PORT=[", "METRICS_TOKN=a"],
        )
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "SYNNEFO_EMAIL_PORT: EMAIL_PORT: 'x' is not a value; write text in quotes, or True, False, None\n\
         SYNNEFO_EMIAL_PORT: unknown setting EMIAL_PORT; did you mean EMAIL_PORT?\n\
         --set: 'EMAIL_PORT' is not NAME=value\n\
         --set: EMAIL_PORT: the bracket is never closed by ']'\n\
         --set: unknown setting METRICS_TOKN; did you mean METRICS_TOKEN?"
    );
}

// ID-SET-77 ID-SEC-01: what was to be a secret is not said in the problem.
#[test]
fn a_secret_without_quotes_is_a_problem_that_keeps_it() {
    for (line, said) in [
        ("EMAIL_HOST_PASSWORD = hunter2", "EMAIL_HOST_PASSWORD"),
        ("SECRET_KEY = (hunter2)", "SECRET_KEY"),
        ("RABBIT_PASSWORD = hunter2", "RABBIT_PASSWORD"),
        ("EMAIL_HOST_PASWORD = 7hunter2", "EMAIL_HOST_PASWORD"),
        (
            "ASTAKOS_GOOGLE_SECRET = 'a' hunter2",
            "ASTAKOS_GOOGLE_SECRET",
        ),
    ] {
        let problems = Dir::new(&[("a.conf", &format!("\n{line}\n"))]).problems();
        assert_eq!(
            problems,
            [format!(
                "a.conf:2: {said}: the value cannot be read; write text in quotes"
            )]
        );
    }
    // Others are quoted, which helps.
    assert_eq!(
        Dir::new(&[("a.conf", "EMAIL_HOST = localhost\n")]).problems(),
        ["a.conf:1: 'localhost' is not a value; write text in quotes, or True, False, None"]
    );
}

#[test]
fn files_that_cannot_be_read_are_problems_not_panics() {
    let dir = Dir::new(&[]);
    fs::write(dir.0.path().join("a.conf"), b"EMAIL_PORT = 1\nX = '\xff'\n").unwrap();
    fs::create_dir(dir.0.path().join("b.conf")).unwrap();
    fs::write(dir.0.path().join("c.conf"), vec![b'#'; MAX_SIZE + 1]).unwrap();
    let problems = dir.problems();
    assert_eq!(problems.len(), 3, "{problems:?}");
    assert_eq!(problems[0], "a.conf: line 2 is not UTF-8");
    let missing = load(Path::new("/nonexistent/synnefo"), [], &[]).unwrap();
    assert_eq!(missing.settings.int("EMAIL_PORT"), 25);
}

// ID-SET-76: names of the original without meaning are accepted with a warning.
#[test]
fn retired_names_warn() {
    let dir = Dir::new(&[(
        "10-a.conf",
        "DATABASES = {'default': {}}\nAMQP_BACKEND = 'puka'\n",
    )]);
    let warnings = dir.load().unwrap().warnings;
    assert_eq!(warnings.len(), 2);
    assert!(
        warnings[0]
            .to_string()
            .ends_with("10-a.conf:1: DATABASES has no effect any more: the database is built in")
    );
}

// ID-BRD-01 ID-BRD-02 ID-SET-61: values that follow from others.
#[test]
fn derived_values_follow_their_sources() {
    let dir = Dir::new(&[(
        "15-snf-branding.conf",
        "MEDIA_URL = '/files'\nBRANDING_COMPUTE_URL = '/own.png'\nBRANDING_COMPANY_NAME = 'ACME'\n\
         ADMINS = (('a', 'a@x'), ('b', 'b@x'))\nHELPDESK = [('b', 'b@x'), ('c', 'c@x')]\n",
    )]);
    let loaded = dir.load().unwrap();
    let s = &loaded.settings;
    assert_eq!(s.str("BRANDING_IMAGE_MEDIA_URL"), "/files/branding/images/");
    assert_eq!(
        s.str("BRANDING_FAVICON_URL"),
        "/files/branding/images/favicon.ico"
    );
    assert_eq!(s.str("BRANDING_COMPUTE_LOGO_URL"), "/own.png");
    assert_eq!(s.copyright(2026), "Copyright (c) 2011-2026 ACME.");
    let addresses: Vec<_> = s
        .people("ACCOUNT_ACTIVATED_RECIPIENTS")
        .into_iter()
        .map(|(_, address)| address)
        .collect();
    assert_eq!(addresses, ["b@x", "c@x", "a@x"]);
    assert_eq!(
        loaded.settings.origin("ACCOUNT_ACTIVATED_RECIPIENTS"),
        &Origin::Derived
    );
    assert_eq!(s.people("PROJECT_CREATION_RECIPIENTS").len(), 2);
}

// ID-OPS-01: removing every # before a setting changes no effective value.
#[test]
fn uncommented_default_files_change_nothing() {
    let files: Vec<_> = files::all()
        .map(|(name, text)| {
            let lines: Vec<_> = text
                .lines()
                .map(|line| match line.strip_prefix('#') {
                    Some(rest) if !rest.starts_with(' ') => rest,
                    _ => line,
                })
                .collect();
            (name, lines.join("\n"))
        })
        .collect();
    let refs: Vec<_> = files.iter().map(|(n, t)| (*n, t.as_str())).collect();
    let loaded = Dir::new(&refs).load().unwrap();
    assert!(loaded.warnings.is_empty());
    assert!(loaded.settings.iter().eq(Settings::default().iter()));
    let from_files = registry::all()
        .filter(|(group, s)| {
            matches!(loaded.settings.origin(s.name), Origin::File(path, _) if path.ends_with(group.file))
                || loaded.settings.origin(s.name) == &Origin::Derived
        })
        .count();
    assert_eq!(from_files, registry::all().count());
}

/// The sources of the workspace.
fn sources(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ext| ext == "rs") {
            found.push(path);
        }
    }
}

// A getter with a name the registry does not have would silently give nothing.
#[test]
fn every_name_read_anywhere_is_declared() {
    let mut files = Vec::new();
    sources(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join(".."),
        &mut files,
    );
    let mut checked = 0;
    for path in files {
        let text = fs::read_to_string(&path).unwrap();
        for getter in [
            ".str(",
            ".bool(",
            ".int(",
            ".strings(",
            ".people(",
            ".addresses(",
        ] {
            for (at, _) in text.match_indices(getter) {
                let rest = text[at + getter.len()..].trim_start();
                let Some(name) = rest.strip_prefix('"').and_then(|r| r.split('"').next()) else {
                    continue;
                };
                let shouted = name
                    .chars()
                    .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
                if shouted && name.len() > 2 {
                    checked += 1;
                    let path = path.display();
                    assert!(registry::kind(name).is_some(), "{path} reads {name}");
                }
            }
        }
    }
    assert!(checked > 10, "only {checked} names found");
}

// ID-OPS-10: no start with a setup that cannot be
#[test]
fn a_wrong_logging_setup_is_a_problem_with_file_line_and_name() {
    let dir = Dir::new(&[(
        "10-snf-webproject-logging.conf",
        "# the log\nLOGGING_SETUP = {\n  'handlers': {'a': {'class': 'StreamHandler', 'formatter': 'f'}},\n}\n",
    )]);
    assert_eq!(
        dir.problems(),
        ["10-snf-webproject-logging.conf:2: LOGGING_SETUP: handler 'a': unknown formatter 'f'"]
    );
    let set = ["DISPATCHER_LOGGING_SETUP={'filters': {'x': {}}}"];
    let loaded = Dir::new(&[]).load_with(&[], &set).unwrap();
    assert_eq!(
        loaded.warnings[0].to_string(),
        "--set: DISPATCHER_LOGGING_SETUP: 'filters' has no effect here"
    );
}

// ID-MAIL-03: a way out for mail that there is not is told wherever settings are read,
// not when the first message waits.
#[test]
fn a_wrong_way_for_mail_is_a_problem_with_file_line_and_name() {
    for (wrong, why) in [
        (
            "pigeon",
            "'pigeon' is none of smtp, file:<directory>, console, none",
        ),
        ("file:mails", "the directory must be an absolute path"),
    ] {
        let dir = Dir::new(&[("10-a.conf", &format!("\nEMAIL_BACKEND = '{wrong}'\n"))]);
        let problem = format!("10-a.conf:2: EMAIL_BACKEND: {why}");
        assert_eq!(dir.problems(), [problem]);
    }
    for good in [
        "",
        "smtp",
        "file:/var/mails",
        "console",
        "none",
        "django.core.mail.backends.smtp.EmailBackend",
        "django.core.mail.backends.dummy.EmailBackend",
    ] {
        let dir = Dir::new(&[("10-a.conf", &format!("EMAIL_BACKEND = '{good}'\n"))]);
        assert_eq!(dir.load().unwrap().settings.str("EMAIL_BACKEND"), good);
    }
}
