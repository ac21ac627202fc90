//! The second factor and captchas, as a browser without script meets them.

use super::*;
use kernel::Clock;

pub(super) fn code_of(house: &House, key: &str) -> String {
    let secret = totp_rs::Secret::try_from_base32(key.replace(' ', "")).unwrap();
    let totp = totp_rs::Builder::new().with_secret(secret).build().unwrap();
    let now = house.0.clock.now().as_second();
    totp.generate(u64::try_from(now).unwrap()).to_string()
}

const PAGE: &str = "/ui/second_factor";

impl House {
    fn wait(&self, seconds: u64) {
        self.0
            .clock
            .advance(std::time::Duration::from_secs(seconds));
    }
}

/// Sets codes by time up; the key for the app and a recovery code.
pub(super) async fn set_up(house: &House, browser: &Browser) -> (String, String) {
    let begin = [
        ("action", "begin"),
        ("kind", "totp"),
        ("password", PASSWORD),
    ];
    assert_eq!(browser.submit(PAGE, PAGE, &begin).await.leads_to(), PAGE);
    let page = browser.get(PAGE).await.is(200);
    assert!(page.contains("<svg role=\"img\"") && page.contains("otpauth://totp/"));
    let key = between(&page, "secret=", "&").to_owned();
    let wrong = [("action", "confirm"), ("kind", "totp"), ("code", "000000")];
    assert!(
        browser
            .submit(PAGE, PAGE, &wrong)
            .await
            .is(400)
            .contains("SECOND_FACTOR_WRONG")
    );
    let code = code_of(house, &key);
    let right = [
        ("action", "confirm"),
        ("kind", "totp"),
        ("code", &code),
        ("name", "Phone"),
    ];
    let codes = browser.submit(PAGE, PAGE, &right).await.is(200);
    let list = between(&codes, "id=\"recovery-codes\"", "</ul>");
    assert_eq!(list.matches("<code>").count(), 10);
    (key, between(list, "<code>", "</code>").to_owned())
}

// ID-SEC-29
#[tokio::test]
async fn a_second_factor_is_set_up_asked_for_and_removed() {
    let house = House::new();
    let browser = house.browser_of("maria@example.org").await;
    let nobody = [
        ("action", "begin"),
        ("kind", "totp"),
        ("form", "totp"),
        ("password", "wrong"),
    ];
    assert!(
        browser
            .submit(PAGE, PAGE, &nobody)
            .await
            .is(400)
            .contains("PASSWORD_INCORRECT")
    );
    let (key, recovery) = set_up(&house, &browser).await;
    assert!(browser.get(PAGE).await.is(200).contains("Phone"));

    let other = Browser::new(&house);
    let fields = [
        ("username", "maria@example.org"),
        ("password", PASSWORD),
        ("next", "/ui/resources"),
    ];
    let half = other.submit("/ui/login", "/ui/login", &fields).await;
    let ask = half.leads_to().to_owned();
    assert_eq!(ask, "/ui/login/second?next=%2Fui%2Fresources");
    assert!(half.cookie("sessionid").is_none());
    let cookie = half.cookie("halflogin").unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("Secure"));
    assert!(
        other
            .get("/ui/profile")
            .await
            .leads_to()
            .starts_with("/ui/login"),
        "half is in"
    );
    // The cookie of half a login is no session either.
    let stolen = other.cookies.borrow()["halflogin"].clone();
    other
        .cookies
        .borrow_mut()
        .insert("sessionid".into(), stolen);
    assert!(
        other
            .get("/ui/profile")
            .await
            .leads_to()
            .starts_with("/ui/login")
    );
    other.cookies.borrow_mut().remove("sessionid");

    let wrong = other
        .submit(&ask, "/ui/login/second", &[("code", "123")])
        .await;
    assert!(wrong.is(401).contains("data-field=\"code\""));
    house.wait(30);
    let code = code_of(&house, &key);
    let fields = [("code", code.as_str()), ("next", "/ui/resources")];
    let entered = other.submit(&ask, "/ui/login/second", &fields).await;
    assert_eq!(entered.leads_to(), "/ui/resources");
    assert!(entered.cookie("halflogin").unwrap().contains("Max-Age=0"));
    other.get("/ui/profile").await.is(200);

    let third = Browser::new(&house);
    let ask = third
        .log_in("maria@example.org", PASSWORD)
        .await
        .leads_to()
        .to_owned();
    let fields = [("code", recovery.as_str())];
    third
        .submit(&ask, "/ui/login/second", &fields)
        .await
        .leads_to();
    assert!(
        third
            .get(PAGE)
            .await
            .is(200)
            .contains("9 recovery codes are left")
    );

    let page = browser.get(PAGE).await.is(200);
    let id = between(&page, "name=\"factor\" value=\"", "\"").to_owned();
    let remove = [
        ("action", "remove"),
        ("factor", id.as_str()),
        ("password", PASSWORD),
    ];
    assert_eq!(browser.submit(PAGE, PAGE, &remove).await.leads_to(), PAGE);
    let fourth = Browser::new(&house);
    assert_eq!(
        fourth
            .log_in("maria@example.org", PASSWORD)
            .await
            .leads_to(),
        "/ui/landing"
    );
}

// ID-SEC-29
#[tokio::test]
async fn half_a_login_ends_and_begins_anew() {
    let house = House::new();
    let browser = house.browser_of("maria@example.org").await;
    set_up(&house, &browser).await;
    let other = Browser::new(&house);
    assert_eq!(other.get("/ui/login/second").await.leads_to(), "/ui/login");
    let ask = other
        .log_in("maria@example.org", PASSWORD)
        .await
        .leads_to()
        .to_owned();
    other.get(&ask).await.is(200);
    house.wait(600);
    let over = other.get(&ask).await;
    assert_eq!(over.leads_to(), "/ui/login");
    assert!(over.cookie("halflogin").unwrap().contains("Max-Age=0"));
}

// ID-SEC-29: ADMIN_REQUIRE_2FA
#[tokio::test]
async fn administrators_without_a_second_factor_set_one_up_first() {
    let house = House::new();
    let uuid = house.person("maria@example.org").await;
    let identity = &house.0.state.identity;
    let root = Caller::person(UserId(uuid::Uuid::from_bytes([250; 16]))).with(Role::Admin);
    let no = identity.user(uuid).await.unwrap().no;
    let admin = vec![identity::UserChange::Admin(true)];
    identity.admin_modify(&root, no, admin).await.unwrap();
    let before = Browser::new(&house);
    before
        .log_in("maria@example.org", PASSWORD)
        .await
        .leads_to();
    let mut settings = (*house.0.state.settings.now()).clone();
    settings.set("ADMIN_REQUIRE_2FA", Value::Bool(true));
    house.0.state.settings.replace(settings);
    for path in [
        "/ui/profile",
        "/ui/landing",
        "/pithos/ui/containers",
        "/ui/api_access",
    ] {
        assert_eq!(before.get(path).await.leads_to(), PAGE, "{path}");
    }
    before.get(PAGE).await.is(200);
    let browser = Browser::new(&house);
    let ask = browser
        .log_in("maria@example.org", PASSWORD)
        .await
        .leads_to()
        .to_owned();
    let page = browser.get(&ask).await.is(200);
    let key = between(&page, "secret=", "&").to_owned();
    let code = code_of(&house, &key);
    let done = browser
        .submit(&ask, "/ui/login/second", &[("code", &code)])
        .await;
    assert!(done.cookie("sessionid").is_some());
    assert!(done.is(200).contains("id=\"recovery-codes\""));
    browser.get("/ui/profile").await.is(200);
}

fn solved(page: &str) -> (String, String) {
    let token = between(page, "name=\"captcha_token\" value=\"", "\"").to_owned();
    let sum = between(page, "How much is ", "?").to_owned();
    let parts: Vec<&str> = sum.split(' ').collect();
    let (a, b): (i64, i64) = (parts[0].parse().unwrap(), parts[2].parse().unwrap());
    let answer = match parts[1] {
        "+" => a + b,
        "−" => a - b,
        _ => a * b,
    };
    (token, answer.to_string())
}

const FORM: [(&str, &str); 5] = [
    ("email", "maria@example.org"),
    ("first_name", "Maria"),
    ("last_name", "Doe"),
    ("password1", PASSWORD),
    ("password2", PASSWORD),
];

// ID-CAP-01 ID-CAP-05 ID-REG-02: acceptance 0
#[tokio::test]
async fn forms_with_a_captcha_take_nothing_without_an_answer() {
    let house = House::with(&[
        ("ASTAKOS_RECAPTCHA_ENABLED", Value::Bool(true)),
        ("ASTAKOS_CAPTCHA_PROVIDER", Value::Str("builtin".into())),
    ]);
    let browser = Browser::new(&house);
    let refused = browser
        .submit("/ui/signup", "/ui/signup", &FORM)
        .await
        .is(200);
    assert!(refused.contains("data-field=\"captcha\" data-key=\"CAPTCHA_VALIDATION_ERR\""));
    assert!(house.mails().await.is_empty(), "somebody was made");
    let page = browser.get("/ui/signup").await.is(200);
    let (token, answer) = solved(&page);
    let mut fields = FORM.to_vec();
    fields.extend([
        ("captcha_token", token.as_str()),
        ("captcha", answer.as_str()),
    ]);
    let made = browser.submit("/ui/signup", "/ui/signup", &fields).await;
    made.leads_to();
    assert_eq!(house.mails().await.len(), 1);
    let again = browser
        .submit("/ui/signup", "/ui/signup", &fields)
        .await
        .is(200);
    assert!(
        again.contains("CAPTCHA_VALIDATION_ERR"),
        "an answer counts once"
    );
    let reset = "/ui/local/password_reset";
    let refused = browser
        .submit(reset, reset, &[("email", "maria@example.org")])
        .await;
    assert!(refused.is(200).contains("CAPTCHA_VALIDATION_ERR"));
}

// ID-LOG-09: acceptance 2
#[tokio::test]
async fn the_third_form_within_a_minute_holds_a_captcha() {
    for on in [true, false] {
        let house = House::with(&[
            ("ASTAKOS_RECAPTCHA_ENABLED", Value::Bool(on)),
            ("ASTAKOS_CAPTCHA_PROVIDER", Value::Str("builtin".into())),
        ]);
        house.person("maria@example.org").await;
        let browser = Browser::new(&house);
        let first = browser.log_in("maria@example.org", "wrong").await.is(200);
        assert!(!first.contains("captcha_token"));
        let second = browser.log_in("maria@example.org", "wrong").await.is(200);
        assert_eq!(second.contains("captcha_token"), on);
        let third = browser.log_in("maria@example.org", PASSWORD).await;
        assert_eq!(third.status == 302, !on, "{}", third.text);
    }
}

// ID-CAP-03 ID-CAP-04 ID-SEC-22
#[tokio::test]
async fn pages_load_a_widget_only_while_captchas_are_on() {
    let policy = |seen: &Seen| {
        seen.headers["content-security-policy"]
            .to_str()
            .unwrap()
            .to_owned()
    };
    let keys = [
        ("ASTAKOS_RECAPTCHA_ENABLED", Value::Bool(true)),
        (
            "ASTAKOS_RECAPTCHA_PUBLIC_KEY",
            Value::Str("public-key".into()),
        ),
        (
            "ASTAKOS_RECAPTCHA_PRIVATE_KEY",
            Value::Str("private-key".into()),
        ),
        (
            "ASTAKOS_RECAPTCHA_API_URL",
            Value::Str("https://captcha.example/api.js".into()),
        ),
    ];
    let house = House::with(&keys);
    let page = Browser::new(&house).get("/ui/signup").await;
    let said = policy(&page);
    assert!(
        said.contains("script-src 'self' https://captcha.example;"),
        "{said}"
    );
    assert!(said.contains("frame-src https://captcha.example") && !said.contains("unsafe"));
    let text = page.is(200);
    assert!(text.contains("data-sitekey=\"public-key\"") && !text.contains("private-key"));
    let house = House::with(&keys[..1]);
    let closed = Browser::new(&house)
        .submit("/ui/signup", "/ui/signup", &FORM)
        .await
        .is(200);
    assert!(closed.contains("GENERIC_ERROR"));
    assert!(house.mails().await.is_empty());
    let house = House::with(&keys[1..]);
    let page = Browser::new(&house).get("/ui/signup").await;
    assert!(
        page.headers
            .get("content-security-policy")
            .is_none_or(|p| !p.to_str().unwrap().contains("captcha"))
    );
    assert!(!page.is(200).contains("captcha"));
}
