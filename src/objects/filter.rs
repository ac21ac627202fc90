//! The `meta` filter of listings (PI-LST-04).

use crate::{META, PITHOS, rows::Version};

/// Terms of the filter, in their three groups.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MetaFilter {
    any: Vec<String>,
    none: Vec<String>,
    compared: Vec<(String, Op, String)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Op {
    Eq,
    Ne,
    Le,
    Ge,
    Lt,
    Gt,
}

impl MetaFilter {
    /// Adds a term `key`, `!key` or `key OP value`; `name` puts a key into the form
    /// metadata names are stored in. What is no term is ignored.
    pub fn add(&mut self, term: &str, name: impl Fn(&str) -> String) {
        let full = |key: &str| format!("{META}{}", name(key));
        const OPS: [(&str, Op); 6] = [
            ("!=", Op::Ne),
            ("<=", Op::Le),
            (">=", Op::Ge),
            ("=", Op::Eq),
            ("<", Op::Lt),
            (">", Op::Gt),
        ];
        let term = term.trim();
        let found = OPS
            .iter()
            .filter_map(|(sign, op)| term.find(sign).map(|at| (at, *sign, *op)))
            .min_by_key(|(at, sign, _)| (*at, std::cmp::Reverse(sign.len())));
        match found {
            Some((at, sign, op)) => {
                let (key, value) = term.split_at(at);
                let value = value.strip_prefix(sign).unwrap_or_default();
                let (key, value) = (key.trim(), value.trim());
                if !key.is_empty() && !value.is_empty() {
                    self.compared.push((full(key), op, value.to_owned()));
                }
            }
            None => match term.strip_prefix('!') {
                Some(key) if !key.trim().is_empty() => self.none.push(full(key.trim())),
                None if !term.is_empty() => self.any.push(full(term)),
                _ => {}
            },
        }
    }

    pub(crate) fn passes(&self, version: &Version) -> bool {
        let items = version.attributes.get(PITHOS);
        let value = |key: &str| items.and_then(|items| items.get(key));
        (self.any.is_empty() || self.any.iter().any(|key| value(key).is_some()))
            && self.none.iter().all(|key| value(key).is_none())
            && self.compared.iter().all(|(key, op, wanted)| {
                value(key).is_some_and(|have| match op {
                    Op::Eq => have == wanted,
                    Op::Ne => have != wanted,
                    Op::Le => have <= wanted,
                    Op::Ge => have >= wanted,
                    Op::Lt => have < wanted,
                    Op::Gt => have > wanted,
                })
            })
    }
}
