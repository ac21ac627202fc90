use super::*;
use crate::{filters, render::Context};
use minijinja::{Environment, Value, syntax::SyntaxConfig, value::Serde};
use proptest::prelude::*;
use serde_json::json;

fn context() -> Context {
    let values = json!({
        "user": {"email": "eva@example.org", "name": "Eva O'Hara", "in": "odd", "n": 3},
        "object": {"end_date": "2027-05-31T10:20:30Z", "limit": 9_223_372_036_854_775_807i64},
        "list": ["a", "b", "c"], "none": null, "yes": true, "empty": [],
        "pairs": [["k", 1], ["l", 2]], "dict": {"x": 1},
        "html": "<b>&</b>", "long": "abcdefghij", "lines": "a\nb",
    });
    let object = values.as_object().unwrap().clone();
    object
        .into_iter()
        .map(|(name, value)| (name, Serde(value).into()))
        .collect()
}

fn render_as(name: &str, source: &str) -> Result<String, String> {
    let translated =
        translate(source).map_err(|wrong| format!("{}: {}", wrong.line, wrong.message))?;
    let mut environment = Environment::empty();
    let syntax = SyntaxConfig::builder()
        .keep_trailing_newline(true)
        .build()
        .unwrap();
    environment.set_syntax(syntax);
    environment.set_fuel(Some(50_000));
    environment.set_auto_escape_callback(|name| match name.ends_with(".html") {
        true => minijinja::AutoEscape::Html,
        false => minijinja::AutoEscape::None,
    });
    let now = "2027-01-01T00:00:00Z".parse().unwrap();
    let zone = jiff::tz::TimeZone::UTC;
    filters::install(
        &mut environment,
        now,
        &zone,
        "https://cloud.example.org/astakos",
    );
    let base = translate("[{% block b %}base{% endblock %}]")
        .unwrap()
        .source;
    environment.add_template_owned("base.txt", base).unwrap();
    let values: std::collections::BTreeMap<String, Value> = context()
        .iter()
        .map(|(name, value)| (format!("{PREFIX}{name}"), value.clone()))
        .collect();
    let added = environment.add_template_owned(name.to_owned(), translated.source);
    added.map_err(|error| format!("engine: {error}"))?;
    let template = environment.get_template(name).unwrap();
    template.render(values).map_err(|error| format!("{error}"))
}

fn render(source: &str) -> String {
    render_as("x.txt", source).unwrap_or_else(|error| panic!("{source}: {error}"))
}

// ID-TPL-10
#[test]
fn values_comments_and_blanks() {
    for (source, text) in [
        ("a {{ user.email }} b\n", "a eva@example.org b\n"),
        ("{{user.email}}", "eva@example.org"),
        ("{{ list.1 }}{{ pairs.0.0 }}", "bk"),
        ("{{ user.in }}", "odd"),
        (
            "{{ nothing }}{{ user.nothing.more }}{{ none }}{{ list.9 }}",
            "",
        ),
        ("{{ yes }}", "True"),
        ("a{# not this #}b", "ab"),
        (
            "a{% comment %}\nx {{ bad|nosuch }} {% if %}\n{% endcomment %}b",
            "ab",
        ),
        ("  {% if yes %}\n  x\n  {% endif %}\n\n", "  \n  x\n  \n\n"),
        (
            "{{ broken\n}} {% also\n%} {# this\n#}",
            "{{ broken\n}} {% also\n%} {# this\n#}",
        ),
        ("{ {x} }} %} {{x} {%x} {#x}", "{ {x} }} %} {{x} {%x} {#x}"),
        ("{{ html }}{{ user.name }}", "<b>&</b>Eva O'Hara"),
        ("{{ \"}}\" }}", "\" }}"),
    ] {
        let made = render_as("x.txt", source);
        if source.contains("\"}}\"") {
            // The first closing braces end it, as in the original.
            assert!(made.is_err(), "{made:?}");
            continue;
        }
        assert_eq!(made.as_deref(), Ok(text), "{source}");
    }
}

// ID-TPL-13
#[test]
fn only_html_is_escaped() {
    assert_eq!(render("{{ html }}"), "<b>&</b>");
    assert_eq!(
        render_as("x.html", "{{ html }}").unwrap(),
        "&lt;b&gt;&amp;&lt;/b&gt;"
    );
    assert_eq!(render_as("x.html", "{{ html|safe }}").unwrap(), "<b>&</b>");
    assert_eq!(
        render("{% autoescape on %}{{ html }}{% endautoescape %}{{ html }}"),
        "&lt;b&gt;&amp;&lt;/b&gt;<b>&</b>"
    );
}

// ID-TPL-11
#[test]
fn tags() {
    for (source, text) in [
        (
            "{% extends \"base.txt\" %}x{% block b %}<{{ block.super }}>{% endblock b %}",
            "[<base>]",
        ),
        ("{% include \"base.txt\" %}", "[base]"),
        (
            "{% if user.n > 2 and not none %}a{% else %}b{% endif %}",
            "a",
        ),
        ("{% if none %}a{% elif user.n == 3 %}b{% endif %}", "b"),
        (
            "{% if \"a\" in list and 'z' not in list %}y{% endif %}",
            "y",
        ),
        (
            "{% if user.n <= 3 and user.n >= 3 and user.n != 4 or none %}y{% endif %}",
            "y",
        ),
        ("{% if nothing < 3 %}{% endif %}", ""),
        (
            "{% for x in list %}{{ forloop.counter }}{{ x }}{% if not forloop.last %},{% endif %}{% endfor %}",
            "1a,2b,3c",
        ),
        (
            "{% for x in list reversed %}{{ forloop.counter0 }}{{ x }}{% if forloop.first %}!{% endif %}{% endfor %}",
            "0c!1b2a",
        ),
        ("{{ 9223372036854775807|inf_display }}", "Unlimited"),
        ("{% for x in empty %}a{% empty %}none{% endfor %}", "none"),
        ("{% for x in nothing %}a{% empty %}none{% endfor %}", "none"),
        (
            "{% for k, v in pairs %}{{ k }}={{ v }};{% endfor %}",
            "k=1;l=2;",
        ),
        (
            "{% for k, v in dict.items %}{{ k }}={{ v }}{% endfor %}",
            "x=1",
        ),
        (
            "{% with a=user.email b=\"x y\" %}{{ a }} {{ b }}{% endwith %}{{ a }}",
            "eva@example.org x y",
        ),
        ("{% with user.n as n %}{{ n }}{% endwith %}", "3"),
        (
            "{% load i18n %}{% trans \"It's\" %}{% blocktrans with n=user.n %} {{ n }}{% endblocktrans %}",
            "It's 3",
        ),
        ("{% blocktrans %}a {{ user.n }}{% endblocktrans %}", "a 3"),
        ("{% now \"Y-m-d\" %}", "2027-01-01"),
        (
            "{% spaceless %}<p> <b>a b</b> </p>{% endspaceless %}",
            "<p><b>a b</b></p>",
        ),
        (
            "{% url 'index' %} {% url login %} {% url \"edit_profile\" %} {% url 'project_list' %}",
            "/astakos/ui/ /astakos/ui/login /astakos/ui/profile /astakos/ui/projects/",
        ),
        (
            "{% autoescape off %}{{ html }}{% endautoescape %}",
            "<b>&</b>",
        ),
    ] {
        assert_eq!(render(source), text, "{source}");
    }
}

// ID-TPL-12
#[test]
fn all_filters() {
    let cases = [
        ("{{ user.email|upper }}", "EVA@EXAMPLE.ORG"),
        ("{{ \"ΑΒ\"|lower }}", "αβ"),
        ("{{ \"o'hara the second\"|title }}", "O'hara The Second"),
        ("{{ \"abc\"|capfirst }}", "Abc"),
        ("{{ nothing|default:\"d|:x\" }}", "d|:x"),
        (
            "{{ none|default_if_none:user.n }}{{ empty|default_if_none:\"x\" }}",
            "3",
        ),
        ("{{ object.end_date|date:\"d/m/Y\" }}", "31/05/2027"),
        ("{{ object.end_date|date }}", "May 31, 2027"),
        ("{{ none|date:\"Y\"|default:\"never\" }}", "never"),
        (
            "{{ html|escape }}{{ html|safe }}",
            "&lt;b&gt;&amp;&lt;/b&gt;<b>&</b>",
        ),
        ("{{ long|truncatechars:5 }}", "abcd\u{2026}"),
        (
            "{{ list|length }}{{ long|length }}{{ nothing|length }}",
            "3100",
        ),
        ("{{ list|join:\", \" }}", "a, b, c"),
        (
            "{{ user.n }} vote{{ user.n|pluralize }}, {{ list|pluralize:\"y,ies\" }}{{ 1|pluralize }}",
            "3 votes, ies",
        ),
        (
            "{{ yes|yesno:\"ja,nein,?\" }}{{ empty|yesno:\"ja,nein\" }}{{ none|yesno }}",
            "janeinmaybe",
        ),
        ("{{ lines|linebreaksbr }}", "a<br />b"),
        (
            "{{ \"a b/ä\"|urlencode }}{{ \"/\"|urlencode:\"\" }}",
            "a%20b/%C3%A4%2F",
        ),
        ("{{ object.end_date|timeuntil }}", "5 months"),
        ("{{ object.end_date|timesince }}", "0 minutes"),
        (
            "{{ object.limit|format_inf }}/{{ object.limit|inf_display }}/{{ 3|inf_display }}",
            "Unlimited/Unlimited/3",
        ),
    ];
    for (source, text) in cases {
        assert_eq!(render(source), text, "{source}");
    }
    for (name, _) in filters::FILTERS {
        let used = cases
            .iter()
            .any(|(source, _)| source.contains(&format!("|{name}")));
        assert!(used, "{name}");
    }
}

// ID-TPL-03 ID-TPL-11 ID-TPL-14
#[test]
fn mistakes_name_their_line() {
    for (source, line, part) in [
        ("a\n{% if x %}\nb", 2, "{% if %} is not closed"),
        ("a\n\n{% endif %}", 3, "without its beginning"),
        (
            "{% if x %}\n{% endfor %}{% endif %}",
            2,
            "line 1 is not closed",
        ),
        ("{% block a %}", 1, "not closed"),
        ("\n{{ x|nosuch }}", 2, "unknown filter 'nosuch'"),
        ("{{ x|default }}", 1, "takes an argument"),
        ("{{ x|upper:1 }}", 1, "takes no argument"),
        ("{% nosuch %}", 1, "unknown tag"),
        ("{% include x %}", 1, "in quotes"),
        ("{% include \"../x.txt\" %}", 1, "not the path"),
        ("{% include \"/etc/passwd\" %}", 1, "not the path"),
        ("{{ a.__class__ }}", 1, "no value"),
        ("{{ a._secret }}", 1, "no value"),
        ("{{ _d_user }}", 1, "no name"),
        ("{{ a() }}", 1, "no"),
        ("{{ }}", 1, "missing"),
        ("{% if a b %}", 1, "operator"),
        ("{% if a and %}", 1, "missing"),
        ("{% for x list %}", 1, "expected"),
        ("{% else %}", 1, "without"),
        (
            "{% if a %}{% else %}{% else %}{% endif %}",
            1,
            "last branch",
        ),
        (
            "x {% if a %}{% endif %}{% extends \"base.txt\" %}",
            1,
            "first tag",
        ),
        ("{% url nosuch %}", 1, "no page"),
        ("{% trans \"a %}", 1, "quote"),
        ("{% autoescape maybe %}", 1, "on or off"),
    ] {
        let wrong = translate(source).expect_err(source);
        assert_eq!(wrong.line, line, "{source}");
        assert!(wrong.message.contains(part), "{source}: {}", wrong.message);
    }
    let deep = "{% if a %}".repeat(60) + &"{% endif %}".repeat(60);
    assert!(
        translate(&deep)
            .unwrap_err()
            .message
            .contains("inside each other")
    );
    let long = "x".repeat(LONGEST + 1);
    assert!(translate(&long).unwrap_err().message.contains("longer"));
    // Neither text nor a missing end makes it slow.
    translate(&"{{ ".repeat(LONGEST / 3)).unwrap();
    translate(&"{{ {% ".repeat(LONGEST / 6)).unwrap();
}

// ID-TPL-14
#[test]
fn nothing_runs_for_long_or_makes_much() {
    let nested = "{% for a in list %}".repeat(30) + "x" + &"{% endfor %}".repeat(30);
    assert!(render_as("x.txt", &nested).is_err());
    let grown = "{% with a=long %}".to_owned()
        + &"{% with a=a|urlencode:\"\"|escape %}".repeat(30)
        + "{{ a }}"
        + &"{% endwith %}".repeat(31);
    assert!(render_as("x.txt", &grown).is_ok());
}

fn piece() -> impl Strategy<Value = String> {
    let fixed = prop::sample::select(vec![
        "{{",
        "}}",
        "{%",
        "%}",
        "{#",
        "#}",
        "{",
        "}",
        "\n",
        " ",
        "\"",
        "'",
        "\\",
        "|",
        ":",
        ".",
        "-",
        "{% if ",
        "{% for x in ",
        "{% endif %}",
        "{% endfor %}",
        "{% else %}",
        "{% empty %}",
        "{% block a %}",
        "{% endblock %}",
        "{{ block.super }}",
        "{% with a=",
        "{% endwith %}",
        "{% extends \"base.txt\" %}",
        "{% include \"base.txt\" %}",
        "{% comment %}",
        "{% endcomment %}",
        "{{ user.email|",
        "default:\"",
        "upper",
        "date:\"d\"",
        "not in",
        "and",
        "list",
        "user.n",
        "forloop.counter",
        "1",
        "==",
        "<",
        "{%-",
        "-%}",
        "{{ list|join:long }}",
        "{% autoescape on %}",
        "{% endautoescape %}",
        "{% spaceless %}",
        "{% endspaceless %}",
        "{% raw %}",
        "{% set x = 1 %}",
        "{% macro m() %}",
        "loop",
        "self",
        "Ω",
        "\u{0}",
        "\r",
    ]);
    prop_oneof![4 => fixed.prop_map(str::to_owned), 1 => ".{0,6}"]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 2000, ..ProptestConfig::default() })]

    // ID-TPL-14: no template makes the program fail, and what is translated is what the
    // engine reads, line for line.
    #[test]
    fn no_template_does_harm(pieces in prop::collection::vec(piece(), 0..30)) {
        let source = pieces.concat();
        if let Ok(translated) = translate(&source) {
            prop_assert_eq!(
                translated.source.matches('\n').count(),
                source.matches('\n').count()
            );
        }
        let made = render_as("x.txt", &source);
        if let Err(error) = &made {
            // The translator finds the mistakes; the engine only those of structure.
            prop_assert!(!error.contains("engine: syntax error"), "{}: {}", source, error);
        }
        let _ = render_as("x.html", &source);
    }

    // ID-TPL-10: text stays as it is.
    #[test]
    fn text_is_kept(text in "[^{]{0,200}") {
        prop_assert_eq!(render(&text), text);
    }
}
