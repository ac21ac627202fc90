//! What the owner of the service adds to the pages: images, and a few words of HTML of
//! which only harmless tags are kept.

use crate::{assets, remote};
use kernel::{Settings, settings::Value};

/// The address of a branding image (ID-BRD-01, ID-BRD-02, ID-BRD-03).
pub(crate) fn branding_image(settings: &Settings, name: &str, file: &str) -> String {
    let media = settings.str("MEDIA_URL");
    let base = settings.str("BRANDING_IMAGE_MEDIA_URL");
    let own = [
        format!("BRANDING_{name}_LOGO_URL"),
        format!("BRANDING_{name}_URL"),
    ];
    let own = own
        .iter()
        .map(|name| settings.str(name))
        .find(|url| !url.is_empty());
    let absolute = |url: &str| match url.starts_with('/') || url.contains("://") {
        true => url.to_owned(),
        false => format!("{media}{url}"),
    };
    match (own, base) {
        (Some(own), _) => absolute(own),
        (None, "") => absolute(&format!("branding/images/{file}")),
        (None, base) => absolute(&format!("{}/{file}", base.trim_end_matches('/'))),
    }
}

/// The images, with the name their settings have and the file at the base.
const IMAGES: [(&str, &str); 6] = [
    ("FAVICON", "favicon.ico"),
    ("CLOUDBAR_HOME", "cloudbar_home.png"),
    ("DASHBOARD", "dashboard_logo.png"),
    ("COMPUTE", "compute_logo.png"),
    ("CONSOLE", "console_logo.png"),
    ("STORAGE", "storage_logo.png"),
];

/// Name of an image for dense displays.
fn twice(url: &str) -> Option<String> {
    let (stem, ending) = url.rsplit_once('.')?;
    let plain = !ending.is_empty() && ending.chars().all(|c| c.is_ascii_alphanumeric());
    plain.then(|| format!("{stem}@2x.{ending}"))
}

fn elsewhere(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

/// Addresses on other servers where images for dense displays may be (ID-BRD-14).
pub(crate) fn images_elsewhere(settings: &Settings) -> Vec<String> {
    let mut all: Vec<String> = IMAGES
        .iter()
        .filter(|(name, _)| *name != "FAVICON")
        .map(|(name, file)| branding_image(settings, name, file))
        .filter(|url| elsewhere(url))
        .filter_map(|url| twice(&url))
        .collect();
    all.sort();
    all.dedup();
    all
}

/// The same image for dense displays, when there is one: this server looks, of others
/// it is known (ID-BRD-06).
pub(super) fn dense(settings: &Settings, url: &str) -> Option<String> {
    let twice = twice(url)?;
    if elsewhere(url) {
        return remote::is_there(&twice).then_some(twice);
    }
    let place = twice.strip_prefix(settings.str("MEDIA_URL"))?;
    assets::has_twin(
        settings,
        url.strip_prefix(settings.str("MEDIA_URL"))?,
        place,
    )
    .then_some(twice)
}

/// Origins of images that are elsewhere, for the policy of pages (ID-BRD-14).
pub(super) fn image_origins(settings: &Settings) -> String {
    let mut found: Vec<String> = Vec::new();
    for (name, file) in IMAGES {
        let url = branding_image(settings, name, file);
        let Ok(url) = url.parse::<http::Uri>() else {
            continue;
        };
        let (Some(scheme @ ("http" | "https")), Some(at)) = (url.scheme_str(), url.authority())
        else {
            continue;
        };
        let origin = format!("{scheme}://{at}");
        let plain = at
            .as_str()
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || ".-:[]".contains(c));
        if plain && !found.contains(&origin) {
            found.push(origin);
        }
    }
    found.join(" ")
}

/// Address and text of the owner's buttons below account pages (ID-DSH-13).
pub(super) fn extra_links(settings: &Settings) -> Vec<(String, String)> {
    let Some(Value::Dict(entries)) = settings.get("ASTAKOS_PROFILE_EXTRA_LINKS") else {
        return Vec::new();
    };
    let pair = |(url, text): &(Value, Value)| match (url, text) {
        (Value::Str(url), Value::Str(text)) if runs_nothing(url) => {
            Some((url.clone(), text.clone()))
        }
        _ => None,
    };
    entries.iter().filter_map(pair).collect()
}

/// A banner of the owner: its level and harmless HTML (ID-UI-03).
pub(super) fn banners(settings: &Settings, name: &str) -> Vec<(&'static str, String)> {
    let parts = |value: &Value| -> Option<(&'static str, String)> {
        let Value::List(pair) = value else {
            return None;
        };
        let [Value::Str(level), Value::Str(html)] = pair.as_slice() else {
            return None;
        };
        let level = ["debug", "info", "success", "warning", "error"]
            .into_iter()
            .find(|known| known.eq_ignore_ascii_case(level));
        Some((level.unwrap_or("info"), harmless(html)))
    };
    match settings.get(name) {
        Some(Value::List(all)) => all.iter().filter_map(parts).collect(),
        _ => Vec::new(),
    }
}

/// Does an address lead somewhere instead of running something?
pub(super) fn runs_nothing(url: &str) -> bool {
    let good = ["https://", "http://", "mailto:", "/"];
    good.iter().any(|start| url.starts_with(start))
}

const KEPT: [&str; 10] = [
    "a", "b", "br", "em", "i", "p", "small", "span", "strong", "u",
];

/// A text as HTML that says just that.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// The harmless part of some HTML: few tags, no attribute but the address of a link.
pub(super) fn harmless(html: &str) -> String {
    let (mut out, mut open): (String, Vec<&str>) = (String::new(), Vec::new());
    let mut rest = html;
    while let Some((text, after)) = rest.split_once('<') {
        push_text(&mut out, text);
        let Some((tag, after)) = after.split_once('>') else {
            rest = "";
            break;
        };
        rest = after;
        let name = tag.trim_start_matches('/');
        let end = name.find(|c: char| !c.is_ascii_alphanumeric());
        let name = name[..end.unwrap_or(name.len())].to_ascii_lowercase();
        let Some(kept) = KEPT.iter().find(|kept| **kept == name) else {
            if matches!(name.as_str(), "script" | "style") && !tag.starts_with('/') {
                let lower = rest.to_ascii_lowercase();
                let close = lower.find(&format!("</{name}"));
                rest = close.map_or("", |at| &rest[at..]);
            }
            continue;
        };
        match (tag.starts_with('/'), *kept) {
            (true, kept) if open.contains(&kept) => {
                while let Some(last) = open.pop() {
                    out.push_str(&format!("</{last}>"));
                    if last == kept {
                        break;
                    }
                }
            }
            (true, _) => {}
            (false, "br") => out.push_str("<br>"),
            (false, kept) => {
                open.push(kept);
                match (kept, link(tag)) {
                    ("a", Some(link)) => {
                        out.push_str("<a rel=\"noopener\" href=\"");
                        push_text(&mut out, link);
                        out.push_str("\">");
                    }
                    _ => out.push_str(&format!("<{kept}>")),
                }
            }
        }
    }
    push_text(&mut out, rest);
    while let Some(last) = open.pop() {
        out.push_str(&format!("</{last}>"));
    }
    out
}

fn push_text(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
}

/// The address a link tag names, of a kind that runs nothing.
fn link(tag: &str) -> Option<&str> {
    let (_, value) = tag.split_once("href=")?;
    let value = match value.chars().next()? {
        quote @ ('"' | '\'') => value[1..].split(quote).next()?,
        _ => value.split_ascii_whitespace().next()?,
    };
    runs_nothing(value).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::settings::Value;

    // ID-BRD acceptance 5
    #[test]
    fn only_harmless_tags_are_kept() {
        for (given, kept) in [
            ("<b>x</b><script>alert(1)</script>y", "<b>x</b>y"),
            ("<b onclick=\"x\">x", "<b>x</b>"),
            ("<a href=\"javascript:x\">x</a>", "<a>x</a>"),
            ("<A HREF='https://a/'>x", "<a>x</a>"),
            (
                "<a href='https://a/?b=1&c'>x</a>",
                "<a rel=\"noopener\" href=\"https://a/?b=1&c\">x</a>",
            ),
            (
                "</footer></b>x <img src=x> &copy; 1 > 0",
                "x  &copy; 1 &gt; 0",
            ),
            ("<script", ""),
            ("<style>b{}", ""),
            ("<i><b>x</i>y", "<i><b>x</b></i>y"),
        ] {
            assert_eq!(harmless(given), kept, "{given}");
        }
    }

    // ID-BRD-03 ID-BRD-06 ID-BRD-14
    #[test]
    fn images_are_ours_unless_the_settings_say_otherwise() {
        let mut settings = Settings::default();
        let logo = branding_image(&settings, "DASHBOARD", "dashboard_logo.png");
        assert_eq!(logo, "/static/branding/images/dashboard_logo.png");
        let twice = dense(&settings, &logo);
        assert_eq!(
            twice.as_deref(),
            Some("/static/branding/images/dashboard_logo@2x.png")
        );
        assert_eq!(
            dense(&settings, "/static/branding/images/favicon.ico"),
            None
        );
        assert_eq!(image_origins(&settings), "");
        let url = "https://cdn.example.org/b/logo.png";
        settings.set("BRANDING_DASHBOARD_LOGO_URL", Value::Str(url.into()));
        let logo = branding_image(&settings, "DASHBOARD", "dashboard_logo.png");
        assert_eq!(logo, url);
        assert_eq!(dense(&settings, &logo), None);
        assert_eq!(image_origins(&settings), "https://cdn.example.org");
    }
}
