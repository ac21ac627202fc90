//! What the owner of the service adds to the pages: images, links, and words in HTML,
//! of which the harmless part is kept.

use crate::{assets, remote};
use identity::harmless;
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
    let said = |level: &Value, html: &Value| -> Option<(&'static str, String)> {
        let (Value::Str(level), Value::Str(html)) = (level, html) else {
            return None;
        };
        let level = ["debug", "info", "success", "warning", "error"]
            .into_iter()
            .find(|known| known.eq_ignore_ascii_case(level));
        Some((level.unwrap_or("info"), harmless(html)))
    };
    match settings.get(name) {
        Some(Value::List(all)) => all
            .iter()
            .filter_map(|pair| match pair {
                Value::List(pair) => said(pair.first()?, pair.get(1)?),
                _ => None,
            })
            .collect(),
        Some(Value::Dict(all)) => all.iter().filter_map(|(k, v)| said(k, v)).collect(),
        _ => Vec::new(),
    }
}

/// Does an address lead somewhere instead of running something?
pub(super) fn runs_nothing(url: &str) -> bool {
    let good = ["https://", "http://", "mailto:", "/"];
    good.iter().any(|start| url.starts_with(start))
}

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

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::settings::Value;

    // ID-UI-03 ID-SEC-23: the owner's words keep their form and run nothing
    #[test]
    fn banners_are_harmless() {
        let mut settings = Settings::default();
        let html = "<b onclick=x>On</b> <a href='javascript:x'>y</a><script>alert(1)</script>";
        let pair = Value::List(vec![Value::Str("WARNING".into()), Value::Str(html.into())]);
        settings.set("ASTAKOS_GLOBAL_MESSAGES", Value::List(vec![pair]));
        let all = banners(&settings, "ASTAKOS_GLOBAL_MESSAGES");
        assert_eq!(all[0].0, "warning");
        assert!(all[0].1.starts_with("<b>On</b> <a"), "{}", all[0].1);
        for bad in ["javascript", "onclick", "alert"] {
            assert!(!all[0].1.contains(bad), "{}", all[0].1);
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
