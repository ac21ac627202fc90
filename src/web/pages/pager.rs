//! Lists page by page (ID-UI-10): `<prefix>page` in the address, everything else of
//! the address kept.

use super::visitor::Visitor;
use crate::auth::query_value;
use kernel::Settings;

/// Most rows of a page, whatever the setting says.
const MOST: usize = 1_000;

/// How many rows a page of a list has (ID-UI-10).
pub(super) fn rows(settings: &Settings) -> usize {
    let per = usize::try_from(settings.int("ASTAKOS_PAGINATE_BY"));
    per.unwrap_or(1).clamp(1, MOST)
}

/// Where one is in a list.
pub(super) struct Pager {
    /// The page, from 1.
    pub(super) page: usize,
    /// How many there are, at least 1.
    pub(super) pages: usize,
    per: usize,
    param: String,
    /// The rest of the address.
    rest: String,
}

impl Pager {
    /// A list of `total` rows; `prefix` as in `members_`.
    pub(super) fn new(v: &Visitor, prefix: &str, total: usize) -> Self {
        let per = rows(&v.settings);
        let query = v.uri.query().unwrap_or_default();
        Pager::over(query, prefix, total, per)
    }

    fn over(query: &str, prefix: &str, total: usize, per: usize) -> Self {
        let per = per.max(1);
        let pages = total.div_ceil(per).max(1);
        let param = format!("{prefix}page");
        let asked = query_value(query, &param).and_then(|page| page.parse().ok());
        let start = format!("{param}=");
        let rest: Vec<&str> = query
            .split('&')
            .filter(|pair| !pair.is_empty() && !pair.starts_with(&start))
            .collect();
        Pager {
            page: asked.unwrap_or(1).clamp(1, pages),
            pages,
            per,
            param,
            rest: rest.join("&"),
        }
    }

    /// The rows of the page.
    pub(super) fn cut<T>(&self, rows: Vec<T>) -> Vec<T> {
        let before = (self.page - 1) * self.per;
        rows.into_iter().skip(before).take(self.per).collect()
    }

    /// How many rows come before the page, and how many it has at most.
    pub(super) fn window(&self) -> (usize, usize) {
        ((self.page - 1) * self.per, self.per)
    }

    /// The address of another page.
    pub(super) fn to(&self, page: usize) -> String {
        let rest = &self.rest;
        let and = if rest.is_empty() { "" } else { "&" };
        format!("?{rest}{and}{}={page}", self.param)
    }

    /// "Page 2 of 7".
    pub(super) fn says(&self) -> String {
        let (page, pages) = (self.page.to_string(), self.pages.to_string());
        crate::text::with("page-of", &[("page", &page), ("pages", &pages)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // ID-UI-10
    #[test]
    fn pages_are_cut_and_led_to() {
        let p = Pager::over("q=a%20b&members_page=2&x", "members_", 7, 3);
        assert_eq!((p.page, p.pages), (2, 3));
        assert_eq!(p.cut((0..7).collect()), vec![3, 4, 5]);
        assert_eq!(p.to(3), "?q=a%20b&x&members_page=3");
        assert_eq!(p.says(), "Page 2 of 3");
        for (asked, page) in [("0", 1), ("99", 3), ("-1", 1), ("x", 1)] {
            let p = Pager::over(&format!("page={asked}"), "", 7, 3);
            assert_eq!(p.page, page, "{asked}");
        }
        let empty = Pager::over("", "", 0, 0);
        assert_eq!(
            (empty.page, empty.pages, empty.to(1)),
            (1, 1, "?page=1".into())
        );
    }
}
