//! What is typed into a filter (ID-ADU-22): words that all must hold, `OR` between them,
//! `field=value` for one field; evaluated from left to right.

use crate::words::fold;

/// Most words of an expression.
const MOST: usize = 16;
/// Most alternatives.
const MOST_WAYS: usize = 8;

/// One condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// Of one field; None: of those that plain words search.
    pub field: Option<String>,
    /// What it has somewhere, without accents and capitals.
    pub value: String,
}

/// Any of these, each of them all of those.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expression {
    ways: Vec<Vec<Term>>,
}

impl Expression {
    /// Reads what was typed; `field_sign` stands between a field and its value, `or_sign`
    /// is the word for "or". Fields that hold secrets are ignored.
    pub fn parse(typed: &str, field_sign: &str, or_sign: &str) -> Self {
        let mut ways: Vec<Vec<Term>> = vec![Vec::new()];
        let mut or = false;
        for word in typed.split_whitespace().take(MOST) {
            if word == or_sign {
                or = !ways.iter().all(Vec::is_empty);
                continue;
            }
            let split = match field_sign.is_empty() {
                true => None,
                false => word.split_once(field_sign),
            };
            let term = match split {
                Some((field, value)) if !field.is_empty() => {
                    let field = field.to_lowercase();
                    if field.contains("token") || field.contains("password") {
                        continue;
                    }
                    Term {
                        field: Some(field),
                        value: fold(value),
                    }
                }
                _ => Term {
                    field: None,
                    value: fold(word),
                },
            };
            match or && ways.len() < MOST_WAYS {
                true => ways.push(vec![term]),
                false => {
                    for way in &mut ways {
                        way.push(term.clone());
                    }
                }
            }
            or = false;
        }
        ways.retain(|way| !way.is_empty());
        Expression { ways }
    }

    /// Nothing is asked for: everything fits.
    pub fn is_empty(&self) -> bool {
        self.ways.is_empty()
    }

    /// The alternatives.
    pub fn ways(&self) -> &[Vec<Term>] {
        &self.ways
    }

    /// Does something fit of which `holds` says which conditions hold?
    pub fn fits(&self, mut holds: impl FnMut(&Term) -> bool) -> bool {
        self.ways.is_empty() || self.ways.iter().any(|way| way.iter().all(&mut holds))
    }
}

impl Term {
    /// Is the value somewhere in the text, whatever the accents and capitals?
    pub fn within(&self, text: &str) -> bool {
        fold(text).contains(&self.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(typed: &str) -> bool {
        let typed = Expression::parse(typed, "=", "OR");
        let fields = [("first_name", "Ιωάννης"), ("last_name", "Doe")];
        typed.fits(|term| match &term.field {
            None => fields.iter().any(|(_, text)| term.within(text)),
            Some(field) => fields
                .iter()
                .any(|(name, text)| name == field && term.within(text)),
        })
    }

    // ID-ADU-22
    #[test]
    fn words_are_combined_from_left_to_right() {
        for typed in [
            "",
            "ιωαν doe",
            "first_name=ΙΩΑΝ last_name=do",
            "nobody OR doe",
            "doe OR",
            "OR doe",
            "password=x doe",
            "auth_token=x",
        ] {
            assert!(fits(typed), "{typed}");
        }
        for typed in [
            "doe smith",
            "last_name=ιω",
            "height=2",
            // ((doe OR nobody) smith), not (doe OR (nobody smith)).
            "doe OR nobody smith",
        ] {
            assert!(!fits(typed), "{typed}");
        }
        let own = Expression::parse("first_name:ann ODER last_name:doe", ":", "ODER");
        assert_eq!(own.ways().len(), 2);
        assert_eq!(own.ways()[1][0].field.as_deref(), Some("last_name"));
    }
}
