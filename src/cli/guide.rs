//! `synnefo guide [CHAPTER]`: the administrator's guide (ID-OPS-05).

use crate::invocation::Printed;
use wire::guide::{CHAPTERS, chapter};

/// A chapter; without a name, which chapters there are.
pub fn print(name: Option<&str>) -> Printed {
    let list = || -> String {
        let line = |one: &wire::guide::Chapter| format!("  {:<18} {}\n", one.name, one.title());
        CHAPTERS.iter().map(line).collect()
    };
    let out = match name.map(chapter) {
        Some(Some(chapter)) => chapter.text.to_owned(),
        Some(None) => {
            let name = name.unwrap_or_default();
            return Printed::failure(
                format!("error: no chapter '{name}'; there are:\n{}", list()),
                1,
            );
        }
        None => format!("Chapters, for 'synnefo guide CHAPTER':\n{}", list()),
    };
    Printed {
        out,
        ..Printed::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // ID-OPS-05
    #[test]
    fn every_chapter_is_listed_and_printed() {
        let list = print(None).out;
        for chapter in CHAPTERS {
            assert!(list.contains(chapter.name) && list.contains(chapter.title()));
            assert_eq!(print(Some(chapter.name)).out, chapter.text);
            assert!(chapter.text.starts_with("# "), "{}", chapter.name);
        }
        let missing = print(Some("none"));
        assert_eq!(missing.code, 1);
        assert!(missing.err.contains("overview"));
    }
}
