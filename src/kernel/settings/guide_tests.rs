//! Every setting the administrator's guide prints, with the value it prints: it loads, has
//! that value, and is complained about only where its part of the product is not built yet.
//! What they do is tested where it is done.

use super::*;

/// A file, its lines as the guide has them, and the settings that are warned of.
type Snippet = (&'static str, &'static str, &'static [&'static str]);

#[rustfmt::skip]
const GUIDE: &[Snippet] = &[
    // Ways to log in: 'shibboleth', 'twitter', 'google' are added to the list.
    ("20-snf-astakos-app-settings.conf", "ASTAKOS_IM_MODULES = ['local', 'shibboleth']", &["ASTAKOS_IM_MODULES"]),
    ("20-snf-astakos-app-settings.conf", "ASTAKOS_IM_MODULES = ['local', 'twitter']", &["ASTAKOS_IM_MODULES"]),
    ("20-snf-astakos-app-settings.conf",
     "# settings from https://code.google.com/apis/console/\n\
      ASTAKOS_GOOGLE_CLIENT_ID = '1111111111-epi60tvimgha63qqnjo40cljkojcann3.apps.googleusercontent.com'\n\
      ASTAKOS_GOOGLE_SECRET = 'tNDQqTDKlTf7_LaeUcWTWwZM'\n\
      # let users signup and login using their google account\n\
      ASTAKOS_IM_MODULES = ['local', 'google']",
     &["ASTAKOS_GOOGLE_CLIENT_ID", "ASTAKOS_GOOGLE_SECRET", "ASTAKOS_IM_MODULES"]),
    // Activation.
    ("20-snf-astakos-app-settings.conf", "ASTAKOS_MODERATION_ENABLED = False\nASTAKOS_RE_USER_EMAIL_PATTERNS = []", &[]),
    ("20-snf-astakos-app-settings.conf",
     "ASTAKOS_AUTH_PROVIDER_SHIBBOLETH_AUTOMODERATE_POLICY = True\n\
      ASTAKOS_AUTH_PROVIDER_SHIBBOLETH_REMOVE_POLICY = False", &[]),
    ("00-snf-common-admins.conf",
     "ADMINS = (('John', 'john@example.com'),)\nMANAGERS = ADMINS_AGAIN\nHELPDESK = ()", &[]),
    // Projects.
    ("20-snf-astakos-app-settings.conf",
     "# this will make the 'projects' page visible in the dashboard\nASTAKOS_PROJECTS_VISIBLE = True",
     &["ASTAKOS_PROJECTS_VISIBLE"]),
    ("20-snf-astakos-app-settings.conf",
     "# UUIDs of users that can approve or deny project applications from the web.\n\
      ASTAKOS_PROJECT_ADMINS = ['78661411-5eed-412f-a9ea-2de24f542c2e', ]",
     &["ASTAKOS_PROJECT_ADMINS"]),
    // reCAPTCHA.
    ("20-snf-astakos-app-settings.conf",
     "ASTAKOS_RECAPTCHA_PUBLIC_KEY = 'example_recaptcha_public_key!@#$%^&*('\n\
      ASTAKOS_RECAPTCHA_PRIVATE_KEY = 'example_recaptcha_private_key!@#$%^&*('\n\
      ASTAKOS_RECAPTCHA_ENABLED = True", &[]),
    // Clusters.
    ("20-snf-cyclades-app-backend.conf",
     "BACKEND_REFRESH_MIN = 15\nBACKEND_PREFIX_ID = 'snf-'\n\
      BACKEND_PER_USER = {\n  'example@synnefo.org': 2,\n}", &[]),
    ("20-snf-cyclades-app-queues.conf",
     "AMQP_HOSTS = [\"amqp://synnefo:example_pass@node1:5672\", \"amqp://synnefo:example_pass@node2:5672\"]",
     &["AMQP_HOSTS"]),
    // Branding.
    ("15-snf-branding.conf",
     "# setting used in Astakos Dashboard/Projects pages\n\
      BRANDING_SERVICE_NAME = 'My cloud'\n\
      BRANDING_SERVICE_URL = 'http://www.mycloud.synnefo.org/'\n\
      # settings used in Astakos, Pithos, Cyclades footer only if\n\
      # BRANDING_SHOW_COPYRIGHT is set to True\n\
      BRANDING_SHOW_COPYRIGHT = True\n\
      BRANDING_COMPANY_NAME = 'Company LTD'\n\
      BRANDING_COMPANY_URL = 'https://www.company-ltd.synnefo.org/'\n\
      #BRANDING_SHOW_COPYRIGHT = False\n\
      BRANDING_COPYRIGHT_MESSAGE = 'Copyright (c) 2011-2013 GRNET'\n\
      #BRANDING_FOOTER_EXTRA_MESSAGE = ''", &[]),
    ("15-snf-branding.conf", "BRANDING_IMAGE_MEDIA_URL= '/static/mybranding/images/'", &[]),
    ("15-snf-branding.conf", "BRANDING_IMAGE_MEDIA_URL= 'https://cdn.synnefo.org/branding/images/'", &[]),
    ("15-snf-branding.conf", "BRANDING_DASHBOARD_URL = 'https://www.synnefo.com/images/my_dashboard.jpg'", &[]),
    // Logging: debug messages of the API only.
    ("10-snf-webproject-logging.conf",
     "LOGGING_SETUP = {\n  'version': 1,\n  'loggers': {'synnefo.api': {'level': 'DEBUG'}},\n}", &[]),
];

// The guide's settings, each file as printed.
#[test]
fn every_snippet_of_the_guide_loads_with_its_values() {
    let people = "(('Mia', 'mia@example.com'),)";
    for (file, lines, warned) in GUIDE {
        let lines = lines.replace("ADMINS_AGAIN", people);
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(file), format!("{lines}\n")).unwrap();
        let loaded = load(dir.path(), [], &[]).unwrap_or_else(|e| panic!("{e}"));
        let names: Vec<&str> = loaded
            .warnings
            .iter()
            .map(|w| w.message.split([' ', ':']).next().unwrap())
            .collect();
        assert_eq!(names, *warned, "{lines}");
        for setting in literal::assignments(&lines).unwrap() {
            assert_eq!(
                loaded.settings.get(&setting.name),
                Some(&setting.value),
                "{}",
                setting.name
            );
            let origin = loaded.settings.origin(&setting.name);
            let written = Origin::File(dir.path().join(file), setting.line);
            assert_eq!(origin, &written);
        }
    }
    let settings = Settings::default();
    assert!(
        !settings.bool("ASTAKOS_MODERATION_ENABLED"),
        "the default the guide names"
    );
    assert!(
        settings
            .strings("ASTAKOS_RE_USER_EMAIL_PATTERNS")
            .is_empty()
    );
    assert_eq!(settings.strings("ASTAKOS_IM_MODULES"), ["local"]);
    assert!(!settings.bool("BRANDING_SHOW_COPYRIGHT"));
    assert_eq!(settings.str("BRANDING_SERVICE_NAME"), "Synnefo");
    assert_eq!(settings.str("BRANDING_COMPANY_NAME"), "GRNET");
}

/// Made-up names, and what scripts of pages of other places tell the bar.
const NO_SETTINGS: [&str; 6] = [
    "NAME",
    "SYNNEFO_NAME",
    "CLOUDBAR_ACTIVE_SERVICE",
    "CLOUDBAR_EXTRA_CSS",
    "GET_SERVICES_URL",
    "GET_MENU_URL",
];

/// Settings our own guide names in running text, with the value where it prints one.
fn named() -> Vec<(String, String, Option<String>)> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../templates/guide");
    let mut all = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let chapter = path.file_name().unwrap().to_string_lossy().into_owned();
        let text = fs::read_to_string(&path).unwrap();
        for part in text.split('`').skip(1).step_by(2) {
            let (name, value) = match part.split_once(" = ") {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (part, None),
            };
            let shouted = |c: char| c.is_ascii_uppercase() || c == '_';
            let example = NO_SETTINGS.contains(&name);
            if name.len() > 3 && name.chars().all(shouted) && !example {
                all.push((chapter.clone(), name.to_owned(), value));
            }
        }
    }
    all
}

// ID-OPS-05: what our own guide prints is known, has an effect and loads.
#[test]
fn the_settings_of_our_guide_load() {
    let all = named();
    assert!(all.len() > 20, "{all:?}");
    for (chapter, name, value) in all {
        assert!(registry::kind(&name).is_some(), "{chapter}: {name}");
        assert_eq!(registry::idle(&name), None, "{chapter}: {name}");
        let Some(value) = value else {
            continue;
        };
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("a.conf"), format!("{name} = {value}\n")).unwrap();
        let loaded = load(dir.path(), [], &[]).unwrap_or_else(|e| panic!("{chapter}: {e}"));
        assert!(
            loaded.warnings.is_empty(),
            "{chapter}: {:?}",
            loaded.warnings
        );
    }
}
