//! Where identity is, whatever `ASTAKOS_BASE_URL` says.

use super::*;

// ID-CON-03 ID-CON-04
#[tokio::test]
async fn identity_is_at_the_root_below_astakos_and_at_the_path_of_the_settings() {
    let seen = async |base: &str, path: &str| {
        let house = House::new();
        let mut settings = (*house.0.state.settings.now()).clone();
        let url = format!("https://{HOST}{base}");
        settings.set("ASTAKOS_BASE_URL", Value::Str(url));
        house.0.state.settings.replace(settings);
        let answer = Browser::new(&house).get(path).await;
        let to = answer.headers.get(header::LOCATION);
        let to = to.map(|to| to.to_str().unwrap().to_owned());
        (answer.status.as_u16(), to.unwrap_or_default())
    };
    // The seed: no path. Both addresses are served.
    for path in [
        "/ui/login",
        "/astakos/ui/login",
        "/identity/v2.0",
        "/astakos/identity/v2.0",
    ] {
        assert_eq!(seen("", path).await, (200, String::new()), "{path}");
    }
    assert_eq!(seen("", "/astakos").await, (302, "/astakos/ui".into()));
    // The later guides: pages without the path lead to it; interfaces stay.
    assert_eq!(
        seen("/astakos", "/ui/login?next=%2Fui%2Fx").await,
        (302, "/astakos/ui/login?next=%2Fui%2Fx".into())
    );
    for path in [
        "/astakos/ui/login",
        "/astakos/identity/v2.0",
        "/identity/v2.0",
    ] {
        assert_eq!(seen("/astakos", path).await, (200, String::new()), "{path}");
    }
    assert_eq!(
        seen("/astakos", "/cyclades/ui").await.0,
        seen("", "/cyclades/ui").await.0
    );
    // Any other path.
    for path in [
        "/accounts/ui/login",
        "/accounts/identity/v2.0",
        "/astakos/ui/login",
    ] {
        assert_eq!(
            seen("/accounts", path).await,
            (200, String::new()),
            "{path}"
        );
    }
    assert_eq!(
        seen("/accounts", "/ui/login").await,
        (302, "/accounts/ui/login".into())
    );
    assert_eq!(
        seen("/accounts", "/accounts/").await,
        (302, "/accounts/ui".into())
    );
    assert_eq!(seen("/accounts", "/accounts/nothing").await.0, 404);
}

// ID-CON-03: only GET leads elsewhere: a form that was sent is not lost.
#[tokio::test]
async fn forms_are_taken_at_either_address() {
    let house = House::new();
    house.person("maria@example.org").await;
    let mut settings = (*house.0.state.settings.now()).clone();
    let url = format!("https://{HOST}/astakos");
    settings.set("ASTAKOS_BASE_URL", Value::Str(url));
    house.0.state.settings.replace(settings);
    for path in ["/ui/login", "/astakos/ui/login"] {
        let browser = Browser::new(&house);
        let fields = [("username", "maria@example.org"), ("password", PASSWORD)];
        let entered = browser.submit("/astakos/ui/login", path, &fields).await;
        assert!(entered.leads_to().ends_with("/ui/landing"), "{path}");
    }
}

// ID-CON-08: two words are a first and a last name; anything else is a last name.
#[tokio::test]
async fn a_real_name_is_split_when_it_has_two_words() {
    let per_level = vec![(Value::Int(4), Value::Int(5))];
    let house = House::with(&[
        ("ASTAKOS_INVITATIONS_ENABLED", Value::Bool(true)),
        ("ASTAKOS_INVITATIONS_PER_LEVEL", Value::Dict(per_level)),
    ]);
    let browser = house.browser_of("maria@example.org").await;
    for (n, (name, first, last)) in [
        ("Ann Doe", "Ann", "Doe"),
        ("Ann", "", "Ann"),
        ("Ann van Doe", "", "Ann van Doe"),
    ]
    .into_iter()
    .enumerate()
    {
        let email = format!("ann{n}@example.org");
        let form = [("username", email.as_str()), ("realname", name)];
        let sent = browser.submit("/ui/invite", "/ui/invite", &form).await;
        assert_eq!(sent.leads_to(), "/ui/invite");
        let link = house.mailed_path("invitation").await;
        let code = link.split_once("code=").unwrap().1;
        let guest = Browser::new(&house);
        let page = guest.get(&format!("/ui/signup?code={code}")).await.is(200);
        let value = |field: &str| {
            let input = between(&page, &format!("name=\"{field}\""), ">");
            match input.contains("value=\"") {
                true => between(input, "value=\"", "\"").to_owned(),
                false => String::new(),
            }
        };
        assert_eq!(
            (value("first_name").as_str(), value("last_name").as_str()),
            (first, last)
        );
    }
}
