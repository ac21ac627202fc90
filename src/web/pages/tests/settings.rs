//! What each setting does, as an owner writes it into the files: named by its ID.

use super::*;

/// A house under these lines of a settings file, and where its own static files are.
fn house(lines: &str) -> (House, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let (conf, own) = (dir.path().join("conf"), dir.path().join("static"));
    std::fs::create_dir_all(&conf).unwrap();
    std::fs::create_dir_all(own.join("im")).unwrap();
    let text = format!(
        "ASTAKOS_BASE_URL = 'https://{HOST}'\nMEDIA_ROOT = '{}'\n{lines}\n",
        own.display()
    );
    std::fs::write(conf.join("20-snf-astakos-app-settings.conf"), text).unwrap();
    let loaded = kernel::settings::load(&conf, [], &[]).unwrap_or_else(|e| panic!("{e}"));
    let house = House::new();
    house.0.state.settings.replace(loaded.settings);
    (house, dir)
}

/// A page somebody who is logged in sees.
async fn seen(lines: &str, path: &str) -> String {
    let (house, _dir) = house(lines);
    let browser = house.browser_of("maria@example.org").await;
    browser.get(path).await.is(200)
}

/// A page everybody sees.
async fn open(lines: &str, path: &str) -> String {
    let (house, _dir) = house(lines);
    Browser::new(&house).get(path).await.is(200)
}

// ID-SET-31 ID-SET-57 and acceptance check 3 of settings
#[tokio::test]
async fn banners_are_on_the_pages_of_their_list() {
    let lines = "ASTAKOS_GLOBAL_MESSAGES = [('warning', 'Of all')]\n\
                 ASTAKOS_LOGIN_MESSAGES = {'info': 'Of login'}\n\
                 ASTAKOS_SIGNUP_MESSAGES = [('error', 'Of signup')]\n\
                 ASTAKOS_PROFILE_MESSAGES = [('info', 'Of profile')]";
    let (house, _dir) = house(lines);
    let nobody = Browser::new(&house);
    let somebody = house.browser_of("maria@example.org").await;
    for (browser, path, own) in [
        (&nobody, "/ui/login", "Of login"),
        (&nobody, "/ui/signup", "Of signup"),
        (&somebody, "/ui/profile", "Of profile"),
        (&somebody, "/ui/feedback", "Of profile"),
        (&somebody, "/ui/landing", ""),
        (&somebody, "/ui/api_access", ""),
    ] {
        let page = browser.get(path).await.is(200);
        assert!(
            page.contains("class=\"msg warning\" data-key=\"\">Of all</div>"),
            "{path}"
        );
        for list in ["Of login", "Of signup", "Of profile"] {
            assert_eq!(page.contains(list), list == own, "{list} at {path}");
        }
    }
    let moved = format!("{lines}\nASTAKOS_MESSAGES_VIEWS_MAP = {{'feedback': 'SIGNUP'}}");
    let page = seen(&moved, "/ui/feedback").await;
    assert!(page.contains("Of signup") && !page.contains("Of profile"));
}

// ID-SET-29
#[tokio::test]
async fn a_login_leads_where_the_setting_says() {
    let (house, _dir) = house("ASTAKOS_LOGIN_SUCCESS_URL = '/ui/resources'");
    house.person("maria@example.org").await;
    let browser = Browser::new(&house);
    let entered = browser.log_in("maria@example.org", PASSWORD).await;
    assert_eq!(entered.leads_to(), "/ui/resources");
    browser.get("/ui/logout").await.leads_to();
    let fields = [
        ("username", "maria@example.org"),
        ("password", PASSWORD),
        ("next", "/ui/profile"),
    ];
    let wished = browser.submit("/ui/login", "/ui/login", &fields).await;
    assert_eq!(
        wished.leads_to(),
        "/ui/profile",
        "what was asked for comes first"
    );
}

// ID-SET-30 ID-SET-28
#[tokio::test]
async fn a_verification_and_a_logout_lead_where_the_settings_say() {
    let lines = "ASTAKOS_ACTIVATION_REDIRECT_URL = '/ui/profile'\n\
                 ASTAKOS_LOGOUT_NEXT = 'https://www.example.org/bye'";
    let (house, _dir) = house(lines);
    let browser = Browser::new(&house);
    let form = [
        ("email", "eva@example.org"),
        ("first_name", "Eva"),
        ("last_name", "Doe"),
        ("password1", PASSWORD),
        ("password2", PASSWORD),
    ];
    browser
        .submit("/ui/signup", "/ui/signup", &form)
        .await
        .leads_to();
    let link = house.mailed_path("activation").await;
    assert_eq!(browser.get(&link).await.leads_to(), "/ui/profile");
    let left = browser.get("/ui/logout").await;
    assert_eq!(left.leads_to(), "https://www.example.org/bye");
}

// ID-SET-08 ID-SET-40
#[tokio::test]
async fn the_token_cookie_is_as_the_settings_say() {
    let cookie = async |lines: &str, name: &str| {
        let (house, _dir) = house(lines);
        house.person("maria@example.org").await;
        let entered = Browser::new(&house)
            .log_in("maria@example.org", PASSWORD)
            .await;
        entered.cookie(name).map(str::to_owned)
    };
    let own = "ASTAKOS_COOKIE_NAME = 'own'\nASTAKOS_COOKIE_DOMAIN = '.example.org'\n\
               ASTAKOS_COOKIE_SECURE = False\nASTAKOS_TRANSLATE_UUIDS = True";
    assert_eq!(cookie(own, "_pithos2_a").await, None);
    let set = cookie(own, "own").await.unwrap();
    assert!(
        set.contains("Domain=.example.org") && !set.contains("Secure"),
        "{set}"
    );
    assert!(set.starts_with("own=maria%40example%2Eorg%7C"), "{set}");
    let usual = cookie("", "_pithos2_a").await.unwrap();
    assert!(
        usual.contains("; Secure") && !usual.contains("Domain="),
        "{usual}"
    );
    assert!(!usual.contains("maria"), "{usual}");
}

// ID-SET-09
#[tokio::test]
async fn the_services_own_files_are_at_their_address() {
    let (house, dir) = house("ASTAKOS_IM_STATIC_URL = '/own/files/'");
    std::fs::write(dir.path().join("static/im/a.css"), "a {}").unwrap();
    let browser = Browser::new(&house);
    for path in ["/own/files/a.css", "/static/im/a.css"] {
        assert_eq!(browser.get(path).await.is(200), "a {}", "{path}");
    }
    assert_ne!(browser.get("/own/files/../a.css").await.status, 200);
    // An address that is taken is left out.
    for taken in ["/ui/", "/im/", "/", "https://cdn.example.org/im/"] {
        let (house, _dir) = self::house(&format!("ASTAKOS_IM_STATIC_URL = '{taken}'"));
        Browser::new(&house).get("/ui/login").await.is(200);
    }
}

// ID-SET-23 ID-SET-24 ID-SET-25 ID-SET-26
#[tokio::test]
async fn the_captchas_widget_is_as_the_settings_say() {
    let keys =
        "ASTAKOS_RECAPTCHA_PUBLIC_KEY = 'open-key'\nASTAKOS_RECAPTCHA_PRIVATE_KEY = 'shut-key'\n";
    let on = format!("{keys}ASTAKOS_RECAPTCHA_ENABLED = True\n");
    let off = open(keys, "/ui/signup").await;
    assert!(!off.contains("g-recaptcha"));
    let plain = format!("{on}ASTAKOS_RECAPTCHA_API_URL = 'https://captcha.example.org/api.js'\n");
    let usual = open(&plain, "/ui/signup").await;
    assert!(usual.contains("<div class=\"g-recaptcha\" data-sitekey=\"open-key\"></div>"));
    assert!(usual.contains("<script src=\"https://captcha.example.org/api.js\""));
    assert!(!usual.contains("shut-key"));
    let own = format!(
        "{on}ASTAKOS_RECAPTCHA_OPTIONS = {{'theme': 'dark', 'tabindex': 3, 'size': '\"><b>', 'lang': 'el'}}\n\
         ASTAKOS_RECAPTCHA_API_URL = '//captcha.example.org/api.js'\n\
         ASTAKOS_RECAPTCHA_USE_SSL = True\n"
    );
    let own = open(&own, "/ui/signup").await;
    let widget = between(&own, "class=\"g-recaptcha\"", "></div>");
    assert_eq!(
        widget,
        " data-sitekey=\"open-key\" data-theme=\"dark\" data-tabindex=\"3\""
    );
    assert!(
        own.contains("<script src=\"https://captcha.example.org/api.js?hl=el\""),
        "{own}"
    );
}

// ID-SET-74: times are those of the zone, on pages; what programs read stays UTC.
#[tokio::test]
async fn times_are_in_the_time_zone() {
    let usual = seen("", "/ui/sessions").await;
    let tokyo = seen("TIME_ZONE = 'Asia/Tokyo'", "/ui/sessions").await;
    let apia = seen("TIME_ZONE = 'America/New_York'", "/ui/sessions").await;
    assert!(usual.contains("01/01/2026 00:00"), "{usual}");
    assert!(tokyo.contains("01/01/2026 09:00"), "{tokyo}");
    assert!(apia.contains("31/12/2025 19:00"), "{apia}");
    let exact = seen("TIME_ZONE = 'Asia/Tokyo'", "/ui/api_access").await;
    assert!(exact.contains("2026-01-31T00:00:00Z"), "{exact}");
    let year = "TIME_ZONE = 'America/New_York'\nBRANDING_SHOW_COPYRIGHT = True";
    assert!(open(year, "/ui/login").await.contains("2011-2025 GRNET"));
}

// ID-SET-74
#[tokio::test]
async fn language_front_page_and_host_are_as_the_settings_say() {
    let greek = open("LANGUAGE_CODE = 'el'", "/ui/login").await;
    assert!(greek.contains("<html lang=\"el\""), "{greek}");
    let (house, _dir) = house("WEBPROJECT_ROOT_REDIRECT = 'https://www.example.org/'");
    let front = Browser::new(&house).get("/").await;
    assert_eq!(front.leads_to(), "https://www.example.org/");
    let (house, _dir) = self::house("DEBUG = True");
    Browser::new(&house).get("/ui/_components").await.is(200);
    let (house, _dir) = self::house("SESSION_COOKIE_SECURE = False");
    house.person("maria@example.org").await;
    let entered = Browser::new(&house)
        .log_in("maria@example.org", PASSWORD)
        .await;
    assert!(!entered.cookie("sessionid").unwrap().contains("Secure"));
}

// ID-SET-35 ID-SET-37
#[tokio::test]
async fn lists_and_looks_are_as_long_as_the_settings_say() {
    let page = seen("DEBUG = True\nASTAKOS_PAGINATE_BY = 100", "/ui/_components").await;
    assert!(page.contains("Page 1 of 4"), "321 rows");
    let page = seen("ASTAKOS_USAGE_UPDATE_INTERVAL = 9000", "/ui/resources").await;
    assert!(page.contains("every 9000ms"), "{page}");
    let page = seen("ASTAKOS_USAGE_UPDATE_INTERVAL = 0", "/ui/resources").await;
    assert!(!page.contains("hx-trigger=\"every"), "{page}");
}

// ID-SET-44 ID-RES-08
#[tokio::test]
async fn resources_are_presented_as_the_owner_says() {
    let lines = "ASTAKOS_RESOURCES_META = {\n\
        'groups': {'network': {'verbose_name': 'Wires'}},\n\
        'resources': {\n\
          'cyclades.vm': {'verbose_name': 'engine', 'is_abbreviation': True},\n\
          'cyclades.disk': {'report_desc': 'Plates', 'group': 'network'},\n\
        },\n\
        'groups_order': ['network', 'compute'],\n\
        'resources_order': ['cyclades.vm', 'cyclades.ram'],\n\
      }";
    let page = seen(lines, "/ui/resources").await;
    let at = |text: &str| {
        page.find(text)
            .unwrap_or_else(|| panic!("no {text}: {page}"))
    };
    assert!(at("<h2>Wires</h2>") < at("<h3>Plates</h3>"));
    assert!(at("<h3>Plates</h3>") < at("<h3>ENGINE</h3>"));
    assert!(page.contains(" Plates ("), "{page}");
    assert!(at("<h3>ENGINE</h3>") < at("data-resource=\"cyclades.ram\""));
    assert!(at("data-resource=\"cyclades.ram\"") < at("data-resource=\"cyclades.cpu\""));
    assert!(at("data-resource=\"cyclades.cpu\"") < at("data-resource=\"pithos.diskspace\""));
    let other = seen(
        "ASTAKOS_COMPONENTS_META = {'cyclades': {'dashboard': {'show': False}}}",
        "/ui/landing",
    )
    .await;
    assert!(!other.contains("data-component=\"cyclades\""));
    assert!(other.contains("data-component=\"pithos\""));
}

// ID-SET-45 ID-SET-46 ID-SET-01 ID-SET-02
#[tokio::test]
async fn clients_are_told_of_this_cloud() {
    let lines = "ASTAKOS_API_CLIENT_URL = 'https://get.example.org/kamaki'\n\
                 ASTAKOS_KAMAKI_CONFIG_CLOUD_NAME = 'prod'\nASTAKOS_AUTH_TOKEN_DURATION = 5";
    let (house, _dir) = house(lines);
    let browser = house.browser_of("maria@example.org").await;
    let page = browser.get("/ui/api_access").await.is(200);
    assert!(page.contains("href=\"https://get.example.org/kamaki\""));
    assert!(
        page.contains("kamaki config set cloud.prod.url https://cloud.example.org/identity/v2.0")
    );
    assert!(page.contains("in 5 hours"), "{page}");
    let file = browser.get("/ui/.kamakirc").await.is(200);
    assert!(file.contains("[cloud \"prod\"]\nurl = https://cloud.example.org/identity/v2.0\n"));
    let named = seen("BRANDING_SERVICE_NAME = 'My cloud'", "/ui/.kamakirc").await;
    assert!(named.contains("default_cloud = my_cloud\n"), "{named}");
    let usual = seen("", "/ui/api_access").await;
    assert!(!usual.contains("get.example.org") && usual.contains("in 30 days"));
    // No name ends the section it stands in.
    let odd = seen(
        "ASTAKOS_KAMAKI_CONFIG_CLOUD_NAME = 'a\"]\\nurl=x'",
        "/ui/.kamakirc",
    )
    .await;
    assert!(odd.contains("[cloud \"aurlx\"]\n"), "{odd}");
}

// ID-SET-47
#[tokio::test]
async fn web_logins_lead_to_the_schemes_of_the_setting() {
    let (house, _dir) = house("ASTAKOS_REDIRECT_ALLOWED_SCHEMES = ['mine']");
    let browser = house.browser_of("maria@example.org").await;
    let status = async |scheme: &str| {
        let path = format!("/weblogin/login?next={scheme}%3A%2F%2Fx");
        browser.get(&path).await.status.as_u16()
    };
    assert_eq!(status("mine").await, 200);
    assert_eq!(status("pithos").await, 403);
}

// ID-SET-71
#[tokio::test]
async fn the_oauth2_endpoints_are_where_the_settings_put_them_too() {
    let lines = "OAUTH2_ENDPOINT_PREFIX = 'sso/two/'\nOAUTH2_TOKEN_ENDPOINT = 'give/'\n\
                 OAUTH2_AUTHORIZATION_ENDPOINT = 'ask/'";
    let (house, _dir) = house(lines);
    let browser = Browser::new(&house);
    for root in ["/oauth2", "/oa2", "/sso/two", "/astakos/sso/two"] {
        for token in ["token", "token/", "give", "give/"] {
            let got = browser.post(&format!("{root}/{token}"), &[]).await;
            assert_eq!(got.status, 400, "{root}/{token}: {}", got.text);
            assert!(got.text.contains("Secure request required"), "{}", got.text);
        }
        for page in ["auth", "ask/"] {
            let got = browser.get(&format!("{root}/{page}?client_id=x")).await;
            assert!(
                got.text.contains("\"invalid_request\""),
                "{root}/{page}: {}",
                got.text
            );
        }
    }
    assert_eq!(browser.get("/sso/other").await.status, 404);
    // With the identity service elsewhere none of them is here.
    let (house, _dir) = self::house(&format!("{lines}\nENABLED_SERVICES = ['pithos']"));
    let browser = Browser::new(&house);
    for path in ["/oauth2/auth", "/oa2/auth", "/sso/two/ask"] {
        assert_eq!(browser.get(path).await.status, 404, "{path}");
    }
}

// ID-SET-52 ID-REG-08 ID-SET-06
#[tokio::test]
async fn the_login_page_offers_what_the_settings_offer() {
    let usual = open("", "/ui/login").await;
    assert!(usual.contains("/ui/signup") && usual.contains("name=\"password\""));
    let (house, _dir) = house("ASTAKOS_SHOW_SIGNUP = False");
    let browser = Browser::new(&house);
    assert!(
        !browser
            .get("/ui/login")
            .await
            .is(200)
            .contains("/ui/signup")
    );
    browser.get("/ui/signup").await.is(200);
    let none = open("ASTAKOS_IM_MODULES = []", "/ui/login").await;
    assert!(!none.contains("name=\"password\""), "{none}");
}

// ID-SET-55 ID-BRD-01
#[tokio::test]
async fn the_services_name_leads_to_its_address() {
    let page = open(
        "ASTAKOS_SITENAME = 'Old cloud'\nBRANDING_SERVICE_URL = 'http://www.mycloud.synnefo.org/'",
        "/ui/login",
    )
    .await;
    assert!(page.contains("<title>Old cloud Dashboard"), "{page}");
    let foot = between(&page, "<footer", "</footer>");
    assert!(
        foot.contains("<a href=\"http://www.mycloud.synnefo.org/\" rel=\"noopener\">Old cloud</a>"),
        "{foot}"
    );
    for none in ["", "javascript:alert(1)"] {
        let page = open(&format!("BRANDING_SERVICE_URL = '{none}'"), "/ui/login").await;
        let foot = between(&page, "<footer", "</footer>");
        assert!(
            !foot.contains("Synnefo</a>") && !foot.contains("alert"),
            "{foot}"
        );
    }
}

// ID-SET-32 ID-SET-33 ID-SET-67 ID-DSH-13
#[tokio::test]
async fn account_pages_have_what_the_settings_add() {
    let lines = "ASTAKOS_PROFILE_EXTRA_LINKS = {'https://help.example.org/': 'Help'}\n\
                 CONTACT_EMAIL = 'desk@example.org'\nASTAKOS_EMAILCHANGE_ENABLED = True";
    let (house, _dir) = house(lines);
    let browser = house.browser_of("maria@example.org").await;
    for path in [
        "/ui/landing",
        "/ui/profile",
        "/ui/email_change",
        "/ui/password_change",
        "/ui/sessions",
        "/ui/second_factor",
        "/ui/api_access",
        "/ui/resources",
        "/ui/feedback",
    ] {
        let page = browser.get(path).await.is(200);
        let link = "href=\"https://help.example.org/\">Help<";
        assert_eq!(page.matches(link).count(), 1, "{path}");
    }
    let page = browser.get("/cyclades/ui/machines").await.is(200);
    assert!(!page.contains("help.example.org"));
    let missing = browser.get("/ui/nothing").await.is(404);
    assert!(missing.contains("mailto:desk@example.org"), "{missing}");
    let (house, _dir) = self::house("");
    let browser = house.browser_of("maria@example.org").await;
    assert_ne!(
        browser.get("/ui/email_change").await.status,
        200,
        "off by default"
    );
    let page = browser.get("/ui/profile").await.is(200);
    assert!(!page.contains("help.example.org"));
}

// The guide: names, addresses and footer, as its snippet has them.
#[tokio::test]
async fn the_guides_branding_shows() {
    let lines = "BRANDING_SERVICE_NAME = 'My cloud'\n\
                 BRANDING_SERVICE_URL = 'http://www.mycloud.synnefo.org/'\n\
                 BRANDING_SHOW_COPYRIGHT = True\n\
                 BRANDING_COMPANY_NAME = 'Company LTD'\n\
                 BRANDING_COMPANY_URL = 'https://www.company-ltd.synnefo.org/'\n";
    let page = open(lines, "/ui/login").await;
    assert!(page.contains("<title>My cloud Dashboard"), "{page}");
    assert!(page.contains("alt=\"My cloud Dashboard\""), "{page}");
    let foot = between(&page, "<footer", "</footer>").to_owned();
    assert!(
        foot.contains("href=\"http://www.mycloud.synnefo.org/\""),
        "{foot}"
    );
    assert!(
        foot.contains("href=\"https://www.company-ltd.synnefo.org/\""),
        "{foot}"
    );
    assert!(
        foot.contains("Copyright (c) 2011-2026 Company LTD."),
        "{foot}"
    );
    let own = format!(
        "{lines}BRANDING_COPYRIGHT_MESSAGE = 'Copyright (c) 2011-2013 GRNET'\n\
         BRANDING_FOOTER_EXTRA_MESSAGE = '<b>Hello</b>'"
    );
    let page = open(&own, "/ui/login").await;
    let foot = between(&page, "<footer", "</footer>");
    let (extra, copyright) = (
        foot.find("<b>Hello</b>"),
        foot.find("Copyright (c) 2011-2013 GRNET"),
    );
    assert!(extra.unwrap() < copyright.unwrap(), "{foot}");
    for (line, logo) in [
        (
            "BRANDING_IMAGE_MEDIA_URL= '/static/mybranding/images/'",
            "/static/mybranding/images/dashboard_logo.png",
        ),
        (
            "BRANDING_IMAGE_MEDIA_URL= 'https://cdn.synnefo.org/branding/images/'",
            "https://cdn.synnefo.org/branding/images/dashboard_logo.png",
        ),
        (
            "BRANDING_DASHBOARD_URL = 'https://www.synnefo.com/images/my_dashboard.jpg'",
            "https://www.synnefo.com/images/my_dashboard.jpg",
        ),
    ] {
        let page = open(line, "/ui/login").await;
        assert!(page.contains(&format!("src=\"{logo}\"")), "{line}: {page}");
    }
}

// The guide: the sign-up page shows the box of the captcha with the key of the snippet.
#[tokio::test]
async fn the_guides_captcha_is_on_the_sign_up_page() {
    let lines = "ASTAKOS_RECAPTCHA_PUBLIC_KEY = 'example_recaptcha_public_key!@#$%^&*('\n\
                 ASTAKOS_RECAPTCHA_PRIVATE_KEY = 'example_recaptcha_private_key!@#$%^&*('\n\
                 ASTAKOS_RECAPTCHA_ENABLED = True\n\
                 ASTAKOS_RECAPTCHA_API_URL = 'https://captcha.example.org/api.js'";
    let page = open(lines, "/ui/signup").await;
    let key = between(&page, "class=\"g-recaptcha\" data-sitekey=\"", "\"");
    assert_eq!(key, "example_recaptcha_public_key!@#$%^&#38;*(");
    assert!(!page.contains("private_key"));
}
