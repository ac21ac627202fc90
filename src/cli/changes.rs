//! What each release brought, carried in the binary (ID-UPG-04).

use crate::invocation::Printed;

/// One part `## VERSION` for each release, the newest first.
const CHANGES: &str = include_str!("changes.md");

/// The version of this binary, as every program and page shows it (ID-UPG-01).
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

const fn holds(text: &[u8], part: &[u8]) -> bool {
    let mut at = 0;
    while at + part.len() <= text.len() {
        let mut same = 0;
        while same < part.len() && text[at + same] == part[same] {
            same += 1;
        }
        if same == part.len() {
            return true;
        }
        at += 1;
    }
    false
}

// A release nobody wrote anything about does not build.
const _: () = assert!(
    holds(
        CHANGES.as_bytes(),
        concat!("\n## ", env!("CARGO_PKG_VERSION"), "\n").as_bytes()
    ),
    "changes.md says nothing of this version"
);

/// The releases, newest first: version and text.
fn releases(text: &str) -> Vec<(&str, &str)> {
    let parts = text.split("\n## ").skip(1);
    parts
        .map(|part| part.split_once('\n').unwrap_or((part, "")))
        .collect()
}

/// What came after the release `since`; everything without one.
pub fn print(since: Option<&str>) -> Printed {
    told(CHANGES, since)
}

fn told(text: &str, since: Option<&str>) -> Printed {
    let releases = releases(text);
    let count = match since {
        None => releases.len(),
        Some(since) => match releases.iter().position(|(version, _)| *version == since) {
            Some(at) => at,
            None => {
                let known: Vec<_> = releases.iter().map(|(version, _)| *version).collect();
                let known = known.join(", ");
                let text = format!("error: no release {since}; there are: {known}\n");
                return Printed::failure(text, 1);
            }
        },
    };
    let newer = releases.iter().take(count);
    Printed {
        out: newer
            .map(|(version, text)| {
                format!(
                    "{version}\n{}\n{}\n\n",
                    "=".repeat(version.len()),
                    text.trim()
                )
            })
            .collect(),
        ..Printed::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // ID-UPG-04
    #[test]
    fn only_what_is_newer_is_told() {
        let text = "# Changes\n\n## 3\n\nNews\n- c\n\n## 2\n\nNews\n- b\n\n## 1\n\nNews\n- a\n";
        let since = |version| told(text, version);
        let all = since(None).out;
        assert!(all.contains("- a") && all.contains("- b") && all.contains("- c"));
        let newer = since(Some("1")).out;
        assert!(!newer.contains("- a") && newer.contains("- b") && newer.contains("- c"));
        assert_eq!(since(Some("3")), Printed::default());
        let unknown = since(Some("9"));
        assert_eq!(unknown.code, 1);
        assert!(unknown.err.contains("3, 2, 1"), "{}", unknown.err);
    }

    // ID-UPG-04
    #[test]
    fn every_release_has_its_three_parts() {
        for (version, text) in releases(CHANGES) {
            for part in ["News\n", "Changes\n", "Upgrade notes\n"] {
                assert!(text.contains(part), "{version}: {part}");
            }
        }
    }
}
