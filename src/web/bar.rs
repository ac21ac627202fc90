//! The bar that all services share, as far as settings decide it: its height and its
//! colour for our own pages, and the files that pages of other places include
//! (ID-CLB-01, ID-CLB-02).
//!
//! Invariant: what a setting says goes into a style sheet only when it is a height or
//! a colour and nothing else.

use crate::{State, assets, pages};
use axum::{
    Router,
    extract::{Path, State as Given},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use http::{HeaderMap, StatusCode};
use kernel::Settings;

const USUAL_BACK: &str = "#000000";
const USUAL_HEIGHT: u16 = 35;

/// Where our own files of the bar are among the built-in ones.
const FILES: &str = "im/cloudbar/";

/// The height, pixels.
fn height(settings: &Settings) -> u16 {
    let set = settings.str("CLOUDBAR_HEIGHT").trim();
    let set = set.strip_suffix("px").unwrap_or(set).trim();
    match set.parse() {
        Ok(height) if (20..=200).contains(&height) => height,
        _ => USUAL_HEIGHT,
    }
}

/// Red, green and blue of `#rgb` or `#rrggbb`.
fn parts(color: &str) -> Option<[u8; 3]> {
    let digits = color.strip_prefix('#')?;
    let wide: String = match digits.len() {
        3 => digits.chars().flat_map(|c| [c, c]).collect(),
        6 => digits.to_owned(),
        _ => return None,
    };
    let mut all = [0; 3];
    hex::decode_to_slice(wide, &mut all).ok()?;
    Some(all)
}

/// Is it a colour as style sheets write them, and only that?
fn is_color(text: &str) -> bool {
    let name = |text: &str| {
        (1..=24).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphabetic())
    };
    let call = text.strip_suffix(')').and_then(|text| text.split_once('('));
    match call {
        Some((function, values)) => {
            let known = [
                "rgb", "rgba", "hsl", "hsla", "hwb", "lab", "lch", "oklab", "oklch",
            ];
            let plain = |b: u8| b.is_ascii_alphanumeric() || b" ,./%+-".contains(&b);
            known.contains(&function) && values.len() <= 64 && values.bytes().all(plain)
        }
        None => parts(text).is_some() || name(text),
    }
}

/// The background.
fn back(settings: &Settings) -> &str {
    let set = settings.str("CLOUDBAR_BACKGROUND_COLOR").trim();
    if is_color(set) { set } else { USUAL_BACK }
}

/// What can be read on the background: white, or black where that is clearer.
fn text_on(back: &str) -> &'static str {
    let Some(parts) = parts(back) else {
        // The browser knows how light such a colour is.
        return "color(from var(--bar-back) xyz-d65 calc(clamp(0, (0.179 - y) * 1000, 1) * 0.9505) \
                clamp(0, (0.179 - y) * 1000, 1) calc(clamp(0, (0.179 - y) * 1000, 1) * 1.089))";
    };
    let linear = |part: u8| match f64::from(part) / 255.0 {
        low if low <= 0.04045 => low / 12.92,
        high => ((high + 0.055) / 1.055).powf(2.4),
    };
    let [red, green, blue] = parts.map(linear);
    let light = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    if light > 0.179 { "#000000" } else { "#ffffff" }
}

/// Height and colours, for a style sheet of ours.
pub(crate) fn properties(settings: &Settings) -> String {
    let (height, back) = (height(settings), back(settings));
    let text = text_on(back);
    format!("--bar-height: {height}px; --bar-back: {back}; --bar-text: {text};")
}

/// The files for other places, at `CLOUDBAR_LOCATION` too where that is a free path.
pub(crate) fn routes(state: &State) -> Router<State> {
    let settings = state.settings.now();
    let usual = format!("/static/{FILES}");
    let media = format!("{}{FILES}", settings.str("MEDIA_URL"));
    let mut places = vec![usual];
    for place in [media.as_str(), settings.str("CLOUDBAR_LOCATION")] {
        let known = places.iter().any(|one| one == place);
        if !known && !place.is_empty() && assets::is_free_path(place) {
            places.push(place.to_owned());
        }
    }
    let place =
        |router: Router<State>, path: String| router.route(&format!("{path}{{*path}}"), get(file));
    places.into_iter().fold(Router::new(), place)
}

/// Where the bar finds its data unless the page says otherwise.
fn defaults(settings: &Settings) -> String {
    let base = settings.base_url();
    let or = |name: &str, usual: String| match settings.str(name) {
        "" => usual,
        set => set.to_owned(),
    };
    serde_json::json!({
        "CLOUDBAR_COOKIE_NAME": settings.str("CLOUDBAR_COOKIE_NAME"),
        "CLOUDBAR_LOCATION": format!("{base}{}", location(settings)),
        "GET_SERVICES_URL": or("CLOUDBAR_SERVICES_URL", format!("{base}/ui/get_services")),
        "GET_MENU_URL": or("CLOUDBAR_MENU_URL", format!("{base}/ui/get_menu")),
    })
    .to_string()
}

/// The path of the files on this server.
fn location(settings: &Settings) -> String {
    match settings.str("CLOUDBAR_LOCATION") {
        own if own.starts_with('/') && assets::is_free_path(own) => own.to_owned(),
        _ => format!("/static/{FILES}"),
    }
}

/// A file of the bar.
async fn file(Given(state): Given<State>, Path(name): Path<String>, sent: HeaderMap) -> Response {
    let settings = state.settings.now();
    let path = format!("{FILES}{name}");
    // The owner's own comes first (ID-BRD-04).
    if let Some(own) = assets::own(&settings, &path, &sent).await {
        return own;
    }
    let built_in = || assets::text(&path).unwrap_or_default();
    match name.as_str() {
        "cloudbar.css" => {
            let set = properties(&settings);
            assets::made(&path, format!(":root {{ {set} }}\n{}", built_in()), &sent)
        }
        // ID-CLB-03: switched off it is nowhere.
        "cloudbar.js" if !settings.bool("CLOUDBAR_ACTIVE") => {
            assets::made(&path, "// The bar is switched off.\n".to_owned(), &sent)
        }
        "cloudbar.js" => {
            let defaults = defaults(&settings);
            let script = format!("var CLOUDBAR_DEFAULTS = {defaults};\n{}", built_in());
            assets::made(&path, script, &sent)
        }
        "home.png" => {
            let target = pages::branding_image(&settings, "CLOUDBAR_HOME", "cloudbar_home.png");
            Redirect::temporary(&target).into_response()
        }
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::settings::Value;

    fn with(height: &str, color: &str) -> Settings {
        let mut settings = Settings::default();
        settings.set("CLOUDBAR_HEIGHT", Value::Str(height.into()));
        settings.set("CLOUDBAR_BACKGROUND_COLOR", Value::Str(color.into()));
        settings
    }

    // ID-CLB-01
    #[test]
    fn height_and_colour_are_as_set_and_can_be_read() {
        let usual = "--bar-height: 35px; --bar-back: #000000; --bar-text: #ffffff;";
        assert_eq!(properties(&Settings::default()), usual);
        let set = properties(&with("48px", "#ffd700"));
        assert_eq!(
            set,
            "--bar-height: 48px; --bar-back: #ffd700; --bar-text: #000000;"
        );
        assert!(properties(&with("40", "#fff")).ends_with("--bar-text: #000000;"));
        for good in ["navy", "rgb(10, 20, 30)", "oklch(0.4 0.1 250 / 90%)"] {
            let set = properties(&with("40", good));
            assert!(set.contains(&format!("--bar-back: {good};")), "{set}");
        }
        for bad in [
            "red;} body {",
            "url(//evil)",
            "rgb(1",
            "#12",
            "",
            "expression(x(1))",
        ] {
            assert!(properties(&with("40", bad)).contains(USUAL_BACK), "{bad}");
        }
        for bad in ["", "0", "9999", "1;}"] {
            assert_eq!(properties(&with(bad, "#000000")), usual, "{bad}");
        }
    }
}
