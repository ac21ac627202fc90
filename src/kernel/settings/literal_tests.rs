use super::*;
use proptest::prelude::*;

fn read(text: &str) -> Value {
    parse(text).unwrap_or_else(|e| panic!("{text}: {e:?}"))
}

fn s(text: &str) -> Value {
    Value::Str(text.into())
}

// ID-SET-77
#[test]
fn literals_mean_what_they_mean_in_the_guide() {
    assert_eq!(read(" 'a' # note"), s("a"));
    assert_eq!(read(r#""it's""#), s("it's"));
    assert_eq!(read("u'a' b'b' r'c\\n'"), s("abc\\n"));
    assert_eq!(
        read("'''line\n'quoted' ''two'''"),
        s("line\n'quoted' ''two")
    );
    assert_eq!(read("''"), s(""));
    assert_eq!(read("''''''"), s(""));
    assert_eq!(read("'''a'''"), s("a"));
    assert_eq!(read("''\"\"'x'"), s("x"));
    assert_eq!(
        read(
            r"'\t\x41\101\u03b1\U0001F600\q\
.'"
        ),
        s("\tAAα😀\\q.")
    );
    for (text, n) in [
        ("720", 720),
        ("-3", -3),
        ("+3", 3),
        ("0x1F", 31),
        ("0o022", 18),
        ("022", 18),
        ("0", 0),
        ("00", 0),
        ("0b101", 5),
        ("1_000", 1000),
        ("12L", 12),
        ("-9223372036854775808", i64::MIN),
    ] {
        assert_eq!(read(text), Value::Int(n), "{text}");
    }
    for (text, x) in [
        ("1.5", 1.5),
        (".5", 0.5),
        ("1.", 1.0),
        ("-1e-3", -0.001),
        ("1E+2", 100.0),
    ] {
        assert_eq!(read(text), Value::Float(x), "{text}");
    }
    assert_eq!(read("True"), Value::Bool(true));
    assert_eq!(read("None"), Value::None);
    assert_eq!(read("(1)"), Value::Int(1));
    assert_eq!(read("(1,)"), Value::List(vec![Value::Int(1)]));
    assert_eq!(read("()"), Value::List(vec![]));
    assert_eq!(read("{}"), Value::Dict(vec![]));
    assert_eq!(
        read("{1, 2,}"),
        Value::List(vec![Value::Int(1), Value::Int(2)])
    );
    assert_eq!(
        read("{'a': [1, # one\n (2, 3)],\n 'b': None, 'a': 1}"),
        Value::Dict(vec![(s("a"), Value::Int(1)), (s("b"), Value::None)])
    );
    assert_eq!(
        read("['a'\n 'b',\n 'c']"),
        Value::List(vec![s("ab"), s("c")])
    );
}

#[test]
fn files_are_read_line_by_line() {
    let text = "\u{feff}# comment\r\n\nA = 1 # one\nB = [\n  'x', # first\n  'y',\n]\nC = 'a' \\\n  'b'\n\
                D = 1, 2\nE = 'x',\n  F = {'k':\n 'v'}";
    let found = assignments(text).unwrap();
    let names: Vec<_> = found.iter().map(|a| (a.name.as_str(), a.line)).collect();
    assert_eq!(
        names,
        [
            ("A", 3),
            ("B", 4),
            ("C", 8),
            ("D", 10),
            ("E", 11),
            ("F", 12)
        ]
    );
    assert_eq!(found[2].value, s("ab"));
    assert_eq!(
        found[3].value,
        Value::List(vec![Value::Int(1), Value::Int(2)])
    );
    assert_eq!(found[4].value, Value::List(vec![s("x")]));
}

// ID-SET-77: file and line of a syntax error.
#[test]
fn errors_say_where_and_what() {
    for (text, line, part) in [
        ("A = 1\nB = [1,\n 2", 2, "never closed"),
        ("A = 1\nB = 'x\n", 2, "never closed"),
        ("A = '''x\n\n", 1, "never closed"),
        ("A = 60 * 60", 1, "never evaluated"),
        ("A = foo", 1, "'foo' is not a value"),
        ("A = f'x'", 1, "'f' is not a value"),
        ("A = set([])", 1, "'set' is not a value"),
        ("A =\nB = 1", 1, "missing"),
        ("A", 1, "expected '='"),
        ("A == 1", 1, "expected '='"),
        ("A += 1", 1, "expected '='"),
        ("from x import y", 1, "expected '='"),
        ("A = 1 B = 2", 1, "unexpected 'B'"),
        ("A = [1 2]", 1, "expected ','"),
        ("A = {1: 2, 3}", 1, "expected ':'"),
        ("A = 99999999999999999999", 1, "not a number"),
        ("A = 1e999", 1, "not a number"),
        ("A = 1__0", 1, "not a number"),
        ("A = 1j", 1, "not a number"),
        ("A = 1.2.3", 1, "not a number"),
        ("A = 089", 1, "not a number"),
        ("A = '\\xZZ'", 1, "too few digits"),
        ("A = '\\ud800'", 1, "no such character"),
        ("A = 1 \\ 2", 1, "backslash"),
        ("Ä = 1", 1, "expected NAME"),
        ("\n\n= 1", 3, "expected NAME"),
        ("A = [,]", 1, "unexpected ','"),
    ] {
        let error = assignments(text).unwrap_err();
        assert!(
            error.line == line && error.message.contains(part),
            "{text:?}: {error:?}"
        );
    }
    let deep = format!("A = {}", "[".repeat(100_000));
    assert!(assignments(&deep).unwrap_err().message.contains("nested"));
    let long = "#".repeat(MAX_SIZE + 1);
    assert!(assignments(&long).unwrap_err().message.contains("longer"));
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::None),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        prop::num::f64::NORMAL.prop_map(Value::Float),
        any::<String>().prop_map(Value::Str),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::List),
            prop::collection::btree_map(any::<String>(), inner, 0..6).prop_map(|map| Value::Dict(
                map.into_iter().map(|(k, v)| (Value::Str(k), v)).collect()
            )),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_value_reads_back_as_written(value in values()) {
        let text = format!("A = {}\nB = 1", value.to_literal());
        let found = assignments(&text).unwrap();
        prop_assert_eq!(&found[0].value, &value);
        prop_assert_eq!(found[1].line, 2);
        prop_assert_eq!(parse(&value.to_literal()).unwrap(), value);
    }

    #[test]
    fn any_bytes_give_a_value_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let text = String::from_utf8_lossy(&bytes);
        let _ = assignments(&text);
        let _ = parse(&text);
    }

    // Bytes that look like settings get much further into the reader.
    #[test]
    fn near_settings_give_a_value_or_an_error(text in "(A ?=[ '\"\\\\\\[\\](){},:#a-c0-9xeLu.+\n-]{0,40}\n?){0,4}") {
        if let Ok(found) = assignments(&text) {
            for a in found {
                prop_assert_eq!(parse(&a.value.to_literal()).unwrap(), a.value);
            }
        }
    }
}
