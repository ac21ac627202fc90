//! Setups as administrators write them.

use super::*;
use crate::settings::{Settings, literal};

fn setup(text: &str) -> Reading {
    read(&literal::parse(text).unwrap())
}

fn good(text: &str) -> Setup {
    let reading = setup(text);
    assert_eq!(reading.problems, Vec::<String>::new());
    reading.setup
}

// ID-OPS-10 ID-OPS-11
#[test]
fn levels_are_inherited_and_propagate_ends_the_way_up() {
    let setup = good(
        "{'version': 1, 'disable_existing_loggers': False,
          'formatters': {'short': {'format': '%(message)s'}},
          'handlers': {
            'console': {'class': 'logging.StreamHandler', 'formatter': 'short', 'level': 'warning'},
            'own': {'class': 'logging.handlers.WatchedFileHandler', 'filename': '/tmp/x.log'}},
          'loggers': {
            'synnefo': {'level': 'ERROR'},
            'synnefo.api': {'level': 10},
            'astakos': {'handlers': ['own'], 'propagate': False, 'level': 'notset'}},
          'root': {'level': 'INFO', 'handlers': ['console']}}",
    );
    assert_eq!(setup.level_of("synnefo.api"), Level::DEBUG);
    assert_eq!(setup.level_of("synnefo.api.servers"), Level::DEBUG);
    assert_eq!(setup.level_of("synnefo.logic"), Level::ERROR);
    assert_eq!(setup.level_of("synnefoo"), Level::INFO);
    assert_eq!(setup.level_of("astakos.im"), Level::INFO);
    assert_eq!(setup.handlers_of("astakos.im"), ["own"]);
    assert_eq!(setup.handlers_of("synnefo.api"), ["console"]);
    assert_eq!(setup.handlers["console"].level, Level::WARNING);
    assert_eq!(setup.lowest(), Level::DEBUG);
}

// ID-OPS-12: the default
#[test]
fn without_handlers_the_root_has_the_default_one() {
    let settings = Settings::default();
    let setup = read(settings.get("LOGGING_SETUP").unwrap()).setup;
    assert_eq!(setup.level_of("synnefo.api"), Level::INFO);
    assert_eq!(setup.handlers_of("synnefo.api"), [DEFAULT]);
    let setup = good("{'root': {'handlers': []}}");
    assert_eq!(setup.handlers_of("x"), Vec::<&str>::new());
    // The original's file names the root ''.
    let setup = good("{'loggers': {'': {'level': 'DEBUG'}}}");
    assert_eq!(setup.level_of("x"), Level::DEBUG);
    assert_eq!(setup.handlers_of("x"), [DEFAULT]);
}

// ID-OPS-10
#[test]
fn what_is_wrong_is_named() {
    for (text, why) in [
        ("{'version': 2}", "version is 2, not 1"),
        ("{'wrong': 1}", "unknown key 'wrong'"),
        ("{'root': {'level': 'LOUD'}}", "root: unknown level 'LOUD'"),
        ("{'root': {'handlers': ['x']}}", "root: unknown handler 'x'"),
        (
            "{'handlers': {'a': {'class': 'StreamHandler', 'formatter': 'f'}}}",
            "handler 'a': unknown formatter 'f'",
        ),
        (
            "{'handlers': {'a': {'class': 'x.Strange'}}}",
            "handler 'a': unknown class 'x.Strange'",
        ),
        (
            "{'handlers': {'a': {'class': 'FileHandler'}}}",
            "handler 'a': it has no 'filename'",
        ),
        (
            "{'handlers': {'a': {'class': 'SysLogHandler', 'facility': 'x'}}}",
            "handler 'a': unknown facility 'x'",
        ),
        (
            "{'formatters': {'f': {'format': '%(colour)s'}}}",
            "formatter 'f': 'format' has an unknown field 'colour'",
        ),
        (
            "{'loggers': {'x': {'level': 1.5}}}",
            "logger 'x': unknown level 1.5",
        ),
    ] {
        assert_eq!(setup(text).problems, [why], "{text}");
    }
    let filters = setup("{'filters': {'x': {}}}");
    assert_eq!(filters.warnings, ["'filters' has no effect here"]);
}

// ID-OPS-10
#[test]
fn all_classes_are_understood() {
    let text = "{'handlers': {
        'a': {'class': 'logging.handlers.RotatingFileHandler', 'filename': 'f', 'maxBytes': 10, 'backupCount': 2},
        'b': {'class': 'TimedRotatingFileHandler', 'filename': 'f', 'when': 'W6', 'interval': 2},
        'c': {'class': 'SysLogHandler', 'address': '/dev/log', 'facility': 'daemon'},
        'd': {'class': 'SysLogHandler', 'address': ('loghost', 514), 'facility': 'local3'},
        'e': {'class': 'django.utils.log.AdminEmailHandler', 'level': 'ERROR'},
        'f': {'class': 'systemd.journal.JournalHandler'},
        'g': {'class': 'logging.NullHandler'},
        'h': {'class': 'StreamHandler', 'stream': 'ext://sys.stdout'}}}";
    let handlers = good(text).handlers;
    let words: Vec<String> = handlers.values().map(|one| one.place.words()).collect();
    assert_eq!(
        words,
        [
            "RotatingFileHandler, f",
            "TimedRotatingFileHandler, f",
            "SysLogHandler, /dev/log",
            "SysLogHandler, loghost:514",
            "AdminEmailHandler, ADMINS",
            "JournalHandler",
            "NullHandler",
            "StreamHandler, standard output",
        ]
    );
    let facility = |name: &str| match handlers[name].place {
        Place::Syslog { facility, .. } | Place::SyslogUdp { facility, .. } => facility,
        _ => unreachable!(),
    };
    assert_eq!((facility("c"), facility("d")), (3, 19));
}

// ID-OPS-10
#[test]
fn formats_have_widths_and_cuts() {
    let line = |format: &str| {
        let format = Format::new(format, None).unwrap();
        format.line(|field| format!("{field:?}"))
    };
    assert_eq!(
        line("a %(name)s b%% %(message)-9s|"),
        "a Name b% Message  |"
    );
    assert_eq!(
        line("%(levelno)10d|%(name).2s|%(created)f"),
        "   LevelNo|Na|Created"
    );
    for wrong in ["%", "%(name)", "%(name)q", "%x", "%(name)9999s"] {
        assert!(Format::new(wrong, None).is_err(), "{wrong}");
    }
    assert!(Format::new("", Some("%d/%b/%Y %H:%M:%S")).is_ok());
    assert!(Format::new("", Some("%")).is_err());
}

// ID-OPS-11
#[test]
fn places_in_the_code_have_loggers() {
    for (target, name) in [
        ("synnefo.api", "synnefo.api"),
        ("synnefo::mail", "synnefo.mail"),
        ("web::api::object::item", "pithos.api"),
        ("web::error", "synnefo.api"),
        ("compute::send", "synnefo.logic"),
        ("ganeti::worker", "snf.dispatcher"),
        ("hyper::proto", "hyper.proto"),
    ] {
        assert_eq!(name_of(target), name);
    }
    assert!(is_dispatcher("snf.dispatcher") && is_dispatcher("snf.eventd.x"));
    assert!(!is_dispatcher("snf.dispatchers"));
}
