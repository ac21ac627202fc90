//! The HTML twin of a message: the same words in one column, the logo embedded, nothing
//! fetched from anywhere (ui.md, Mail).

use crate::filters;
use kernel::Settings;
use minijinja::{AutoEscape, Environment, context};
use rust_embed::RustEmbed;
use std::path::{Component, Path};

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../branding/images"]
struct Images;

/// The frame around the words. Its colours follow the reader's scheme.
const FRAME: &str = include_str!("twin.html");
/// Largest logo that is embedded, bytes.
const LARGEST_LOGO: u64 = 128 << 10;
/// Name of the logo inside a message.
pub(crate) const LOGO_ID: &str = "logo";

/// A picture for the head of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Logo {
    pub bytes: Vec<u8>,
    pub kind: &'static str,
    pub name: String,
}

/// A piece of the text.
#[derive(Debug, PartialEq, Eq)]
enum Block {
    /// Lines that belong together.
    Words(Vec<String>),
    /// The one link of the message.
    Link(String),
    /// Lines in columns: commands, facts.
    Fixed(String),
}

/// The words of `text` as a page.
pub(crate) fn twin(settings: &Settings, language: &str, subject: &str, text: &str) -> Twin {
    let logo = logo(settings);
    let blocks: Vec<_> = blocks(text, settings.base_url())
        .into_iter()
        .map(|block| match block {
            Block::Words(lines) => context! { kind => "words", lines },
            Block::Link(link) => context! { kind => "link", link },
            Block::Fixed(fixed) => context! { kind => "fixed", fixed },
        })
        .collect();
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_formatter(filters::write);
    let page = environment.render_str(
        FRAME,
        context! {
            language, subject, blocks,
            service => settings.str("BRANDING_SERVICE_NAME"),
            accent => settings.accent(),
            logo => logo.is_some().then_some(LOGO_ID),
        },
    );
    let page = page.unwrap_or_else(|error| {
        tracing::error!(target: "synnefo::mail", "the frame of mails: {error:#}");
        String::new()
    });
    Twin { page, logo }
}

/// A page with its picture. Empty when it could not be made.
pub(crate) struct Twin {
    pub page: String,
    pub logo: Option<Logo>,
}

impl Twin {
    /// The page with its picture inside, for a browser.
    pub fn standing_alone(&self) -> String {
        use base64::Engine;
        match &self.logo {
            None => self.page.clone(),
            Some(logo) => {
                let bytes = base64::engine::general_purpose::STANDARD.encode(&logo.bytes);
                let inside = format!("data:{};base64,{bytes}", logo.kind);
                self.page.replace(&format!("cid:{LOGO_ID}"), &inside)
            }
        }
    }
}

fn blocks(text: &str, base: &str) -> Vec<Block> {
    let mut all = Vec::new();
    let mut lines: Vec<&str> = Vec::new();
    for line in text.lines().chain([""]) {
        if !line.trim().is_empty() {
            lines.push(line);
            continue;
        }
        if !lines.is_empty() {
            all.push(block(&lines, base));
            lines.clear();
        }
    }
    all
}

fn block(lines: &[&str], base: &str) -> Block {
    if let [line] = lines
        && is_link(line, base)
    {
        return Block::Link((*line).to_owned());
    }
    if lines.iter().all(|line| line.starts_with("  ")) {
        let fixed: Vec<&str> = lines.iter().map(|line| &line[2..]).collect();
        return Block::Fixed(fixed.join("\n"));
    }
    // A line that is nearly full goes on in the next one; a short one ends there.
    let mut joined: Vec<String> = Vec::new();
    let mut full = false;
    for line in lines {
        let line = line.trim();
        match joined.last_mut() {
            Some(last) if full => {
                last.push(' ');
                last.push_str(line);
            }
            _ => joined.push(line.to_owned()),
        }
        full = line.chars().count() >= 50;
    }
    Block::Words(joined)
}

/// Is the line an address of this service and nothing else? What people wrote may hold
/// other ones; those are not made into links.
fn is_link(line: &str, base: &str) -> bool {
    let ours = match line.strip_prefix(base) {
        Some(rest) if !base.is_empty() => rest.is_empty() || rest.starts_with(['/', '?']),
        _ => base.is_empty(),
    };
    let web = line.starts_with("https://") || line.starts_with("http://");
    ours && web && !line.contains(|c: char| c.is_whitespace() || c.is_control())
}

/// The logo of the service, in its dense form where there is one; None when it is on
/// another machine or of a kind that mail programs do not show.
fn logo(settings: &Settings) -> Option<Logo> {
    let url = settings.str("BRANDING_DASHBOARD_LOGO_URL");
    let media = settings.str("MEDIA_URL").trim_end_matches('/');
    let below = url.strip_prefix(media);
    let place = match below.and_then(|rest| rest.strip_prefix('/')) {
        Some(place) => place,
        None if url.contains("://") || url.starts_with('/') => return None,
        None => url,
    };
    let (stem, ending) = place.rsplit_once('.')?;
    let kind = match ending.to_ascii_lowercase().as_str() {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        _ => return None,
    };
    let name = format!("logo.{ending}");
    let dense = format!("{stem}@2x.{ending}");
    let own = |place: &str| own_file(settings.str("MEDIA_ROOT"), place);
    let bytes = match own(place) {
        Some(plain) => own(&dense).unwrap_or(plain),
        None => {
            let built_in = |place: &str| Images::get(place.strip_prefix("branding/images/")?);
            let file = built_in(&dense).or_else(|| built_in(place))?;
            file.data.into_owned()
        }
    };
    Some(Logo { bytes, kind, name })
}

fn own_file(root: &str, place: &str) -> Option<Vec<u8>> {
    let plain = Path::new(place)
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    if root.is_empty() || !plain || place.contains('\0') {
        return None;
    }
    let path = Path::new(root).join(place);
    let about = std::fs::metadata(&path).ok()?;
    (about.is_file() && about.len() <= LARGEST_LOGO).then(|| std::fs::read(&path).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::settings::Value;

    const TEXT: &str = "Hello Eva <b>,\n\nthis is a line that is so long that it goes on below,\nhere. Short.\n\nhttps://x/?a=1&b=2\n\n  one   1\n  two   2\n\nlast\nline\n";

    // ID-BRD-12
    #[test]
    fn the_words_are_the_same_and_nothing_is_fetched() {
        let settings = Settings::default();
        let twin = twin(&settings, "en", "A & B", TEXT);
        for part in [
            "<html lang=\"en\">",
            "<title>A &amp; B</title>",
            "Hello Eva &lt;b&gt;,",
            "goes on below, here. Short.",
            "href=\"https://x/?a=1&amp;b=2\"",
            "one   1\ntwo   2",
            "last<br>line",
            "src=\"cid:logo\"",
            "#2f6fde",
        ] {
            assert!(twin.page.contains(part), "{part}: {}", twin.page);
        }
        assert!(!twin.page.contains("src=\"http") && !twin.page.contains("url("));
        assert_eq!(twin.logo.unwrap().kind, "image/png");
        let base = "https://cloud.example.org";
        for (line, link) in [
            ("https://cloud.example.org/ui/x?a=1", true),
            ("https://cloud.example.org", true),
            ("https://cloud.example.org.evil.org/ui", false),
            ("https://evil.org/", false),
            ("https://cloud.example.org/ui and more", false),
        ] {
            assert_eq!(is_link(line, base), link, "{line}");
        }
    }

    // ID-BRD-12 ID-BRD-03
    #[test]
    fn the_logo_is_the_one_of_the_settings() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("mine")).unwrap();
        std::fs::write(dir.path().join("mine/l.jpg"), b"plain").unwrap();
        let root = dir.path().to_str().unwrap().to_owned();
        let with = |url: &str| {
            let mut settings = Settings::default();
            settings.set("MEDIA_ROOT", Value::Str(root.clone()));
            settings.set("BRANDING_DASHBOARD_LOGO_URL", Value::Str(url.into()));
            logo(&settings)
        };
        assert_eq!(with("mine/l.jpg").unwrap().bytes, b"plain");
        assert_eq!(with("/static/mine/l.jpg").unwrap().kind, "image/jpeg");
        std::fs::write(dir.path().join("mine/l@2x.jpg"), b"dense").unwrap();
        assert_eq!(with("mine/l.jpg").unwrap().bytes, b"dense");
        // The final slash of the address may be left out (ID-SET-74).
        let mut settings = Settings::default();
        settings.set("MEDIA_ROOT", Value::Str(root.clone()));
        settings.set("MEDIA_URL", Value::Str("/files".into()));
        for (url, found) in [
            ("/files/mine/l.jpg", true),
            ("/files/branding/images/dashboard_logo.png", true),
            ("/filesmine/l.jpg", false),
        ] {
            settings.set("BRANDING_DASHBOARD_LOGO_URL", Value::Str(url.into()));
            assert_eq!(logo(&settings).is_some(), found, "{url}");
        }
        for elsewhere in [
            "https://cdn/x.png",
            "/other/x.png",
            "mine/x.svg",
            "../l.jpg",
            "gone.png",
        ] {
            assert_eq!(with(elsewhere), None, "{elsewhere}");
        }
        let mut settings = Settings::default();
        settings.set("BRANDING_ACCENT_COLOR", Value::Str("red;x".into()));
        let page = twin(&settings, "en", "A", TEXT).page;
        assert!(page.contains("#2f6fde") && !page.contains("red;x"));
    }
}
