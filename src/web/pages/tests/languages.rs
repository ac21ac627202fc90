//! A language that was put there as a file.

use super::*;

const MADE_UP: &str = "\
language-name = Xenian
login-title = Zign in
save = Zave
INVALID_LOGIN_CREDENTIALS = Vrong email or pazzword.
AUTH_PROVIDER_LOCAL_TITLE = Klazzik

=== registration/password_email
Subject: Nev pazzword on <S>

{% extends \"im/email.txt\" %}
{% block content %}Here iz ze link:

{{ url }}
{% endblock %}
";

fn owner(dir: &std::path::Path) -> Vec<(&'static str, Value)> {
    let dir = dir.to_str().unwrap();
    vec![("TEMPLATE_DIRS", Value::List(vec![Value::Str(dir.into())]))]
}

// ID-UI-09 ID-MSG-01: a file makes a language: it is offered on every page and in the
// profile, follows the browser's wish and the choice, and mails speak it too.
#[tokio::test]
async fn a_file_makes_a_language() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("locale")).unwrap();
    std::fs::write(dir.path().join("locale/xx.ftl"), MADE_UP).unwrap();
    let house = House::with(&owner(dir.path()));
    house.person("maria@example.org").await;
    let browser = Browser::new(&house);
    let page = browser.get("/ui/login").await.is(200);
    assert!(
        page.contains("value=\"xx\" lang=\"xx\">Xenian</button>"),
        "{page}"
    );
    let wish = [("accept-language", "xx-XX, en;q=0.5")];
    let sent = browser.send(Method::GET, "/ui/login", &wish, String::new());
    let page = sent.await.is(200);
    assert!(
        page.contains("<html lang=\"xx\">") && page.contains("Zign in"),
        "{page}"
    );
    // What it lacks is said in English.
    assert!(page.contains("Forgot your password?"), "{page}");

    let chosen = [("language", "xx"), ("next", "/ui/login")];
    browser
        .submit("/ui/login", "/lang/", &chosen)
        .await
        .leads_to();
    let page = browser.log_in("maria@example.org", "wrong").await.is(200);
    assert!(page.contains("Vrong email or pazzword."), "{page}");
    browser
        .log_in("maria@example.org", PASSWORD)
        .await
        .leads_to();
    let page = browser.get("/ui/profile").await.is(200);
    assert!(
        page.contains("<option value=\"xx\">Xenian</option>"),
        "{page}"
    );
    let form = [
        ("first_name", "Maria"),
        ("last_name", ""),
        ("language", "xx"),
    ];
    browser
        .submit("/ui/profile", "/ui/profile", &form)
        .await
        .leads_to();
    let page = browser.get("/ui/profile").await.is(200);
    assert!(
        page.contains("<option value=\"xx\" selected>Xenian</option>"),
        "{page}"
    );
    assert!(page.contains("Klazzik"), "{page}");

    // Another browser, which wishes for nothing, finds it in the profile.
    let other = Browser::new(&house);
    other.log_in("maria@example.org", PASSWORD).await.leads_to();
    assert!(other.get("/ui/profile").await.is(200).contains("Zave"));
    let lost = [("email", "maria@example.org")];
    Browser::new(&house)
        .submit(
            "/ui/local/password_reset",
            "/ui/local/password_reset",
            &lost,
        )
        .await
        .leads_to();
    let mut asked = house.mails().await;
    asked.retain(|mail| mail.template == "registration/password_email");
    let templates = notify::Templates::new(
        house.0.state.settings.now(),
        kernel::Clock::now(&*house.0.clock),
    );
    let made = templates.render(&asked[0]);
    assert_eq!(made.subject, "Nev pazzword on Synnefo");
    assert!(
        made.text.starts_with("Here iz ze link:\n\nhttps://"),
        "{}",
        made.text
    );
    assert_eq!(made.language, "xx");

    // Without the file the profile's choice means English, and nothing is lost.
    std::fs::remove_file(dir.path().join("locale/xx.ftl")).unwrap();
    house
        .0
        .state
        .settings
        .replace((*house.0.state.settings.now()).clone());
    let page = other.get("/ui/profile").await.is(200);
    assert!(
        page.contains("<html lang=\"en\">") && !page.contains("Xenian"),
        "{page}"
    );
}

// ID-UI-09 ID-DSH-05: what identity says of a login method too
#[tokio::test]
async fn login_methods_are_told_in_the_language_of_the_page() {
    let house = House::new();
    let browser = house.browser_of("maria@example.org").await;
    let english = browser.get("/ui/profile").await.is(200);
    assert!(english.contains("Classic account: maria@example.org"));
    let greek = [("language", "el")];
    browser
        .submit("/ui/profile", "/lang", &greek)
        .await
        .leads_to();
    let page = browser.get("/ui/profile").await.is(200);
    assert!(page.contains("Κλασική: maria@example.org"), "{page}");
    assert!(!page.contains("Classic"), "{page}");
}
