//! Addresses: which are well formed (ID-CON-07).

/// Is this an address?
pub(crate) fn valid(email: &str) -> bool {
    let Some((local, domain)) = email.rsplit_once('@') else {
        return false;
    };
    email.len() <= 254 && local.len() <= 64 && local_part(local) && domain_part(domain)
}

fn local_part(local: &str) -> bool {
    let atext = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c);
    let atoms = local
        .split('.')
        .all(|atom| !atom.is_empty() && atom.chars().all(atext));
    atoms || quoted(local)
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
}
