//! Outputs letter by letter, as the original printed them.

use super::*;

fn style(format: Format) -> Style {
    Style {
        format,
        no_headers: false,
    }
}

fn out(report: &Report, format: Format) -> String {
    super::report(report, &style(format)).0
}

fn users() -> Report {
    let mut table = Table::new(["id", "displayname", "active"]);
    table.push([1u64.into(), "admin@example.org".into(), true.into()]);
    table.push([22u64.into(), Cell::None, false.into()]);
    Report::new().with(table).note("2 users")
}

// ID-CLI-10 ID-CLI-05 CY-CLI-GEN-07
#[test]
fn a_table_is_right_aligned_over_dashes() {
    let (out, err) = super::report(&users(), &style(Format::Pretty));
    assert_eq!(
        out,
        "id        displayname  active\n\
         -----------------------------\n\
         \x201  admin@example.org    True\n\
         22               None   False\n"
    );
    assert_eq!(err, "2 users\n");
}

// ID-CLI-10
#[test]
fn a_table_without_rows_is_its_header() {
    let report = Report::new().with(Table::new(["id", "project"]));
    assert_eq!(out(&report, Format::Pretty), "id  project\n-----------\n");
    assert_eq!(out(&report, Format::Csv), "id,project\n");
    assert_eq!(out(&report, Format::Json), "[]\n");
}

// ID-CLI-10
#[test]
fn width_is_what_a_terminal_shows() {
    let mut table = Table::new(["name", "n"]);
    for (name, n) in [("日本", 1u64), ("Ελένη", 2), ("e\u{301}", 3), ("plain", 10)] {
        table.push([name.into(), n.into()]);
    }
    assert_eq!(
        out(&Report::new().with(table), Format::Pretty),
        "\x20name   n\n\
         ---------\n\
         \x20日本   1\n\
         Ελένη   2\n\
         \x20   e\u{301}   3\n\
         plain  10\n"
    );
}

// ID-CLI-11
#[test]
fn json_holds_texts_in_the_order_of_the_columns() {
    let expected = r#"[
    {
        "id": "1",
        "displayname": "admin@example.org",
        "active": "True"
    },
    {
        "id": "22",
        "displayname": "None",
        "active": "False"
    }
]
"#;
    assert_eq!(out(&users(), Format::Json), expected);
    let record = Record::new().with("id", 1u64).with("name", "x");
    let two = Report::new().with(record).with(Table::new(["a"]));
    let expected = "[\n    {\n        \"id\": \"1\",\n        \"name\": \"x\"\n    }\n]\n[]\n";
    assert_eq!(out(&two, Format::Json), expected);
}

// ID-CLI-11
#[test]
fn typed_json_is_one_document() {
    let value: serde_json::Value = serde_json::from_str(&out(&users(), Format::JsonTyped)).unwrap();
    assert_eq!(
        value,
        serde_json::json!([
            {"id": 1, "displayname": "admin@example.org", "active": true},
            {"id": 22, "displayname": null, "active": false},
        ])
    );
    let two = users()
        .with(Record::new().with("list", vec!["a", "b"]))
        .text("end");
    let value: serde_json::Value = serde_json::from_str(&out(&two, Format::JsonTyped)).unwrap();
    assert_eq!(value[1], serde_json::json!({"list": ["a", "b"]}));
    assert_eq!(value[2], "end");
}

// ID-CLI-12
#[test]
fn csv_is_quoted_where_needed() {
    let mut table = Table::new(["name", "groups"]);
    table.push(["a \"b\", c".into(), vec!["x", "y"].into()]);
    table.push(["two\nlines".into(), Vec::<String>::new().into()]);
    let report = Report::new().with(table);
    let rows = "\"a \"\"b\"\", c\",\"['x', 'y']\"\ntwo\\nlines,[]\n";
    assert_eq!(out(&report, Format::Csv), format!("name,groups\n{rows}"));
    let bare = Style {
        format: Format::Csv,
        no_headers: true,
    };
    assert_eq!(super::report(&report, &bare).0, rows);
    let bare = Style {
        format: Format::Pretty,
        no_headers: true,
    };
    assert_eq!(
        super::report(&users(), &bare).0,
        "\x201  admin@example.org   True\n22               None  False\n"
    );
    assert_eq!(
        out(&users(), Format::Tabs),
        "id\tdisplayname\tactive\n1\tadmin@example.org\tTrue\n22\tNone\tFalse\n"
    );
}

// ID-CLI-10
#[test]
fn a_record_is_a_line_for_each_key() {
    let record = Record::new()
        .with("id", 2u64)
        .with(
            "last update",
            "2026-11-22T11:31:23.860174Z"
                .parse::<kernel::Timestamp>()
                .unwrap(),
        )
        .with("groups", Vec::<String>::new());
    assert_eq!(
        out(&Report::new().with(record.clone()), Format::Pretty),
        "id         : 2\nlast update: 2026-11-22 11:31:23.860174\ngroups     : []\n"
    );
    assert_eq!(
        out(&Report::new().with(record), Format::Csv),
        "id,last update,groups\n2,2026-11-22 11:31:23.860174,[]\n"
    );
}

// CY-CLI-GEN-07 CY-CLI-FLV-04
#[test]
fn sections_have_titles_and_bars() {
    let record = Record::new()
        .section("Flavor C1R1024D20drbd")
        .with("id", 1u64)
        .with("name", "C1R1024D20drbd")
        .with("allow_create", true)
        .with("specs", "");
    assert_eq!(
        out(&Report::new().with(record), Format::Pretty),
        "-----------------------------\n\
         \x20   Flavor C1R1024D20drbd    \n\
         -----------------------------\n\
         \x20         id |              1\n\
         \x20       name | C1R1024D20drbd\n\
         allow_create |           True\n\
         \x20      specs |               \n"
    );
    let mut table = Table::new(["ID", "CIDR"])
        .titled("Subnets of network 3")
        .ruled();
    table.push([4u64.into(), "fd00::/64".into()]);
    assert_eq!(
        out(
            &Report::new().with(Table::new(["a"])).with(table),
            Format::Pretty
        ),
        "a\n-\n\n\
         --------------------\n\
         Subnets of network 3\n\
         --------------------\n\
         ID |      CIDR\n\
         --------------\n\
         \x204 | fd00::/64\n"
    );
}

// ID-CLI-13
#[test]
fn values_print_as_the_original_did() {
    let time = |text: &str| shown(&text.parse::<kernel::Timestamp>().unwrap().into());
    assert_eq!(time("2026-11-22T11:31:06Z"), "2026-11-22 11:31:06");
    assert_eq!(time("2026-11-22T11:31:06.5Z"), "2026-11-22 11:31:06.500000");
    assert_eq!(shown(&1024000.0.into()), "1024000.0");
    assert_eq!(shown(&vec!["it's"].into()), "['it\\'s']");
    assert_eq!(shown(&vec![1u64, 2].into()), "[1, 2]");
}

// ID-CLI-13
#[test]
fn control_characters_do_not_reach_the_terminal() {
    let nasty = "a\u{1b}[31m\u{9b}\u{202e}\r\nb\t\0";
    let written = "a\\x1b[31m\\x9b\\u202e\\r\\nb\\t\\x00";
    let record = Record::new().with("k", nasty);
    let report = Report::new().with(record).text("x\u{7}\ny").note(nasty);
    for format in [Format::Pretty, Format::Csv, Format::Tabs] {
        let (out, err) = super::report(&report, &style(format));
        assert!(out.contains(written), "{out:?}");
        for text in [&out, &err] {
            assert!(
                !text.contains(|c: char| c.is_control() && c != '\n'),
                "{text:?}"
            );
        }
    }
    // Lines of a text stay lines.
    assert!(out(&report, Format::Pretty).ends_with("x\\x07\ny\n"));
}
