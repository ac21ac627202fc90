//! Terms of use by version, and who signed which (identity.md §8).
//!
//! Invariants: versions only grow; what is stored is harmless HTML; a new version
//! asks everybody anew without touching anybody: an account knows the version it
//! signed, and that is compared with the newest one wherever it matters.

use crate::{
    admin,
    audit::{self, Act, Target},
    rows::{User, save},
};
use kernel::{Caller, Cx, Error, Result, Timestamp, UserNo};
use serde::{Deserialize, Serialize};
use store::{Reads, Row, WriteTx};

/// Longest text of terms.
const LONGEST: usize = 1 << 20;

/// A version of the terms (ID-MOD-10).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// Its number.
    pub id: u64,
    /// Since when it holds.
    pub issued: Timestamp,
    /// Where the file lay.
    pub location: String,
    /// What it held, harmless.
    pub html: String,
}

impl Row for Terms {
    type Key = u64;
    const TABLE: &'static str = "identity.terms";
    fn key(&self) -> u64 {
        self.id
    }
}

/// A signature below a version (ID-TRM-05).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// Whose.
    pub user: UserNo,
    /// Number of the version.
    pub terms: u64,
    /// When.
    pub at: Timestamp,
    /// From which address; empty when an administrator did it.
    pub address: String,
}

impl Row for Signature {
    type Key = (UserNo, u64);
    const TABLE: &'static str = "identity.signature";
    fn key(&self) -> Self::Key {
        (self.user, self.terms)
    }
}

/// A version of the terms, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TermsView {
    /// Its number.
    pub id: u64,
    /// Since when it holds.
    pub issued: Timestamp,
    /// Where the file lay.
    pub location: String,
    /// Harmless HTML.
    pub html: String,
}

impl From<Terms> for TermsView {
    fn from(row: Terms) -> Self {
        TermsView {
            id: row.id,
            issued: row.issued,
            location: row.location,
            html: row.html,
        }
    }
}

/// A signature below a version of the terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureView {
    /// Number of the version.
    pub terms: u64,
    /// When it was signed.
    pub at: Timestamp,
    /// From which address; empty when an administrator did it.
    pub address: String,
}

/// Number of the newest version, 0 while there is none.
pub(crate) fn newest(tx: &impl Reads) -> Result<u64> {
    tx.last_id(Terms::TABLE)
}

/// Has the person signed all there is to sign (ID-TRM-02)?
pub(crate) fn signed(tx: &impl Reads, user: &User) -> Result<bool> {
    let newest = newest(tx)?;
    Ok(newest == 0 || (user.has_signed_terms && user.life.signed_terms >= newest))
}

/// What may stand in HTML that an owner wrote.
static HARMLESS: std::sync::LazyLock<ammonia::Builder<'static>> = std::sync::LazyLock::new(|| {
    let mut builder = ammonia::Builder::default();
    builder
        .rm_tags(["img", "map", "area"])
        .add_clean_content_tags(["title", "iframe", "object", "noscript"])
        .url_schemes(["http", "https", "mailto"].into())
        .link_rel(Some("noopener noreferrer"));
    builder
});

/// The harmless part of HTML that an owner wrote: no scripts, no handlers, no frames,
/// no titles, no images (ID-TRM-05). Terms, footer and banners pass through it.
pub fn harmless(html: &str) -> String {
    match html.is_empty() {
        true => String::new(),
        false => HARMLESS.clean(html).to_string(),
    }
}

/// Registers a new version (ID-TRM-01).
pub(crate) fn add(
    tx: &WriteTx,
    cx: &Cx,
    actor: &Caller,
    location: &str,
    html: &str,
) -> Result<u64> {
    admin::allow(actor)?;
    let html = harmless(html);
    if html.trim().is_empty() {
        return Err(Error::invalid("The terms are empty."));
    }
    let before = newest(tx)?;
    let id = tx.next_id(Terms::TABLE)?;
    tx.put(&Terms {
        id,
        issued: cx.now,
        location: location.to_owned(),
        html: html.clone(),
    })?;
    let act = Act::new("terms.add", Target::new("terms", id, location))
        .with("newest version", before, id)
        .with("location", "", location)
        .with("text", "", &html);
    audit::record(tx, cx, actor, act)?;
    // Whoever remembers that somebody may use the APIs has to look again.
    tx.wake(crate::rows::USERS);
    Ok(id)
}

/// Refuses texts that are not worth looking at.
pub(crate) fn bounded(html: &str) -> Result<()> {
    match html.len() <= LONGEST {
        true => Ok(()),
        false => Err(Error::invalid("The terms are too long: at most 1 MiB.")),
    }
}

/// Notes on the account, not yet stored, that the newest terms are signed.
pub(crate) fn note(tx: &WriteTx, cx: &Cx, user: &mut User, address: &str) -> Result<()> {
    let newest = newest(tx)?;
    user.has_signed_terms = true;
    user.date_signed_terms = Some(cx.now);
    user.life.signed_terms = newest;
    if newest == 0 {
        return Ok(());
    }
    tx.put(&Signature {
        user: user.no,
        terms: newest,
        at: cx.now,
        address: address.to_owned(),
    })
}

/// A person signs the newest terms (ID-TRM-03).
pub(crate) fn sign(tx: &WriteTx, cx: &Cx, user: &mut User, address: &str) -> Result<()> {
    if newest(tx)? == 0 {
        return Err(Error::not_found("NO_APPROVAL_TERMS"));
    }
    note(tx, cx, user, address)?;
    save(tx, cx, user)
}

/// What somebody signed, oldest first.
pub(crate) fn history(tx: &impl Reads, user: UserNo) -> Result<Vec<SignatureView>> {
    let all = tx.scan_prefix::<Signature>(&(user,), None, 1000)?;
    let view = |row: Signature| SignatureView {
        terms: row.terms,
        at: row.at,
        address: row.address,
    };
    Ok(all.into_iter().map(view).collect())
}

/// Forgets what somebody signed whose account goes.
pub(crate) fn forget(tx: &WriteTx, user: UserNo) -> Result<()> {
    for row in tx.scan_prefix::<Signature>(&(user,), None, 1000)? {
        tx.remove::<Signature>(&row.key())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::harmless;

    // ID-TRM-05 ID-SEC-23
    #[test]
    fn terms_keep_their_text_and_lose_what_could_act() {
        let page = "<!DOCTYPE html><html><head><title>Terms</title><style>p{}</style></head>\
            <body onload=\"x()\"><h1 onclick=\"y()\">Rules</h1><script>alert(1)</script>\
            <iframe src=\"https://evil\">z</iframe><p>Be <b>kind</b>. \
            <a href=\"javascript:x\">a</a> <a href=\"https://example.org/\">b</a></p>\
            <form action=\"/x\"><input name=\"q\"></form><table><tr><td>1</td></tr></table></body></html>";
        let kept = harmless(page);
        for gone in [
            "script",
            "onclick",
            "onload",
            "iframe",
            "javascript",
            "style",
            "Terms",
            "form",
            "input",
            "alert",
        ] {
            assert!(!kept.contains(gone), "{gone} in {kept}");
        }
        for there in [
            "<h1>Rules</h1>",
            "<b>kind</b>",
            "href=\"https://example.org/\"",
            "<td>1</td>",
        ] {
            assert!(kept.contains(there), "no {there} in {kept}");
        }
    }
}
