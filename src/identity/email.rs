//! Addresses: which are well formed (ID-CON-07), and which are the same mailbox.

/// Is this an address?
pub(crate) fn valid(email: &str) -> bool {
    let Some((local, domain)) = email.rsplit_once('@') else {
        return false;
    };
    email.len() <= 254 && local.len() <= 64 && local_part(local) && domain_part(domain)
}

/// The one spelling of all that lead to the same mailbox: lower case, the domain as it
/// goes over the wire, nothing quoted that need not be. Accounts, counters and invitations
/// are told apart by it.
pub(crate) fn key(email: &str) -> String {
    let lower = email.trim().to_lowercase();
    let Some((local, domain)) = lower.rsplit_once('@') else {
        return lower;
    };
    let wire = (!plain(domain)).then(|| idna::domain_to_ascii(domain).ok());
    let domain = wire.flatten().unwrap_or_else(|| domain.to_owned());
    format!("{}@{domain}", unquoted(local))
}

/// Is it lower-case ASCII that stands for nothing else?
fn plain(domain: &str) -> bool {
    domain.is_ascii() && !domain.contains("xn--")
}

/// A quoted local part without quotes where it needs none, else with the fewest escapes.
fn unquoted(local: &str) -> String {
    if !quoted(local) {
        return local.to_owned();
    }
    let mut escaped = false;
    let mut inner = String::with_capacity(local.len());
    for c in local[1..local.len() - 1].chars() {
        escaped = c == '\\' && !escaped;
        if !escaped {
            inner.push(c);
        }
    }
    if atoms(&inner) {
        return inner;
    }
    format!("\"{}\"", inner.replace('\\', "\\\\").replace('"', "\\\""))
}

fn local_part(local: &str) -> bool {
    atoms(local) || quoted(local)
}

/// Words with single dots between them.
fn atoms(local: &str) -> bool {
    let atext = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c);
    let mut all = local.split('.');
    all.all(|atom| !atom.is_empty() && atom.chars().all(atext))
}

/// `"…"` with backslash before `"` and `\`; no control characters.
fn quoted(local: &str) -> bool {
    let inner = local.strip_prefix('"').and_then(|l| l.strip_suffix('"'));
    let Some(inner) = inner else { return false };
    let mut escaped = false;
    for c in inner.chars() {
        if !c.is_ascii() || c.is_ascii_control() || (c == '"' && !escaped) {
            return false;
        }
        escaped = c == '\\' && !escaped;
    }
    !escaped
}

fn domain_part(domain: &str) -> bool {
    if domain.eq_ignore_ascii_case("localhost") {
        return true;
    }
    if let Some(literal) = domain.strip_prefix('[').and_then(|d| d.strip_suffix(']')) {
        return literal.parse::<std::net::Ipv4Addr>().is_ok();
    }
    let ascii = match domain.is_ascii() {
        true => domain.to_owned(),
        false => match idna::domain_to_ascii(domain) {
            Ok(ascii) => ascii,
            Err(_) => return false,
        },
    };
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    match ascii.rsplit_once('.') {
        Some((rest, last)) => rest.split('.').all(label) && label(last) && last.len() >= 2,
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // ID-CON-07
    #[test]
    fn addresses_are_told_from_other_texts() {
        for good in [
            "a@b.org",
            "Maria.Doe+x@example-1.co.uk",
            "o'neil@example.org",
            "\"a b\"@example.org",
            "\"a\\\"b\"@example.org",
            "a@[127.0.0.1]",
            "a@localhost",
            "a@παράδειγμα.ελ",
        ] {
            assert!(valid(good), "{good}");
        }
        for bad in [
            "",
            "a",
            "@b.org",
            "a@",
            "a@b",
            "a@b.o",
            "a.@b.org",
            ".a@b.org",
            "a..b@b.org",
            "user@example.org.",
            "a@-b.org",
            "a@b-.org",
            "a b@b.org",
            "a@b_c.org",
            "a@[1.2.3]",
            "\"a\"b\"@b.org",
            "a\n@b.org",
            "a@b.org\n",
            "a@b@c.org",
            "ü@b.org",
            "a,b@c.org",
        ] {
            assert!(!valid(bad), "{bad:?}");
        }
        assert!(!valid(&format!("{}@b.org", "a".repeat(65))));
        assert!(!valid(&format!("a@{}.org", "b".repeat(64))));
    }

    // ID-CON-06 ID-MOD-02
    #[test]
    fn spellings_of_a_mailbox_have_one_key() {
        for (key_of, all) in [
            (
                "a@b.org",
                vec![
                    "A@B.org",
                    " a@b.org ",
                    "\"a\"@b.org",
                    "\"\\a\"@b.org",
                    "a@ｂ.org",
                ],
            ),
            ("a.b@b.org", vec!["\"a.b\"@b.org", "\"a\\.B\"@b.org"]),
            ("\"a b\"@b.org", vec!["\"A b\"@b.org", "\"\\a\\ b\"@b.org"]),
            ("\"a\\\"\\\\\"@b.org", vec!["\"\\a\\\"\\\\\"@b.org"]),
            (
                "a@xn--hxajbheg2az3al.xn--qxam",
                vec!["a@παράδειγμα.ελ", "a@ΠΑΡΆΔΕΙΓΜΑ.ελ"],
            ),
            ("no address", vec!["No address"]),
        ] {
            assert_eq!(key(key_of), key_of);
            for one in all {
                assert_eq!(key(one), key_of, "{one}");
            }
        }
        assert_ne!(key("\"a..b\"@b.org"), key("\"a.b\"@b.org"));
        assert_ne!(key("a@b.org"), key("a@c.org"));
    }
}
