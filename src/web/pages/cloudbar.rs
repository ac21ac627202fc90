//! What the bar on top of every service shows, for pages of other places
//! (ID-MNU, ID-SEC-21).

use super::visitor::{MESSAGE, Visitor, add_cookie};
use super::weblogin::ui;
use crate::{api::jsonp, error::Keystone, text};
use axum::response::Response;
use http::{HeaderMap, HeaderValue, Uri, header};
use kernel::{Settings, settings::Value as Literal};
use serde_json::{Map, Value, json};

type Fault = crate::error::Fault<Keystone>;

/// A literal of the settings as JSON.
fn plain(literal: &Literal) -> Value {
    match literal {
        Literal::None => Value::Null,
        Literal::Bool(on) => (*on).into(),
        Literal::Int(n) => (*n).into(),
        Literal::Float(n) => (*n).into(),
        Literal::Str(text) => text.as_str().into(),
        Literal::List(all) => all.iter().map(plain).collect(),
        Literal::Dict(pairs) => {
            let pairs = pairs.iter().map(|(key, value)| match key {
                Literal::Str(key) => (key.clone(), plain(value)),
                other => (plain(other).to_string(), plain(value)),
            });
            pairs.collect::<Map<_, _>>().into()
        }
    }
}

/// Puts what is set over what is there.
fn merge(below: &mut Value, above: &Value) {
    match (below, above) {
        (Value::Object(below), Value::Object(above)) => {
            for (key, value) in above {
                merge(below.entry(key.clone()).or_insert(Value::Null), value);
            }
        }
        (below, above) => *below = above.clone(),
    }
}

/// How a component is shown unless the settings say otherwise.
fn defaults(name: &str, url: &str) -> Value {
    let mut words: Vec<char> = name.chars().collect();
    if let Some(first) = words.first_mut() {
        *first = first.to_ascii_uppercase();
    }
    let verbose: String = words.into_iter().collect();
    // Place in the bar, shown there, place on the dashboard.
    let (order, shown, place) = match name {
        "astakos" => (1, false, Some(3)),
        "pithos" => (2, true, Some(1)),
        "cyclades" => (3, true, Some(2)),
        _ => (1000, true, None),
    };
    let key = format!("component-{name}");
    let about = match place {
        Some(_) => text::text(&key),
        None => String::new(),
    };
    json!({
        "name": name, "url": url, "verbose_name": verbose, "order": order,
        "cloudbar": {"show": shown, "title": name},
        "dashboard": {
            "show": true, "order": place.unwrap_or(order), "description": about,
        },
    })
}

/// The components in the order of the bar (ID-MNU-01).
pub(super) fn components(settings: &Settings, pages: &[(String, String)]) -> Vec<Value> {
    let set = settings.get("ASTAKOS_COMPONENTS_META").map(plain);
    let mut all: Vec<Value> = pages
        .iter()
        .map(|(name, url)| {
            let mut one = defaults(name, url);
            if let Some(own) = set.as_ref().and_then(|set| set.get(name)) {
                merge(&mut one, own);
            }
            one
        })
        .collect();
    all.sort_by_key(|one| one["order"].as_i64().unwrap_or(1000));
    all
}

/// A component on the overview (ID-DSH-03).
pub(super) struct Room {
    pub(super) name: String,
    pub(super) title: String,
    pub(super) url: String,
    pub(super) icon: &'static str,
    pub(super) about: String,
}

/// What people call our own components, where they are, and their pictures.
pub(super) const OWN: [(&str, &str, &str, &str); 3] = [
    ("pithos", "nav-files", "/pithos/ui/containers", "folder"),
    (
        "cyclades",
        "nav-machines",
        "/cyclades/ui/machines",
        "machine",
    ),
    ("astakos", "nav-account", "/ui/profile", "person"),
];

/// The components the overview leads to, in its order.
pub(super) fn rooms(v: &Visitor) -> kernel::Result<Vec<Room>> {
    let pages = v.state.identity.component_pages(&v.origin)?;
    let mut all = components(&v.settings, &pages);
    all.retain(|one| one["dashboard"]["show"] != false);
    all.sort_by_key(|one| one["dashboard"]["order"].as_i64().unwrap_or(1000));
    let runs = v.settings.strings("ENABLED_SERVICES");
    let room = |one: &Value| {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let name = text(&one["name"]);
        let own = OWN.iter().find(|own| own.0 == name);
        let there = own.is_some() && runs.contains(&name);
        let leads = there || own.is_none() && super::owner::runs_nothing(&text(&one["url"]));
        leads.then(|| Room {
            title: own.map_or_else(|| text(&one["verbose_name"]), |own| text::text(own.1)),
            url: own.map_or_else(|| text(&one["url"]), |own| own.2.to_owned()),
            icon: own.map_or("link", |own| own.3),
            about: text(&one["dashboard"]["description"]),
            name,
        })
    };
    Ok(all.iter().filter_map(room).collect())
}

/// The components of the cloud.
pub(super) async fn services(v: Visitor, uri: Uri) -> Result<Response, Fault> {
    let callback = jsonp::callback(&uri)?;
    let pages = v.state.identity.component_pages(&v.origin)?;
    let all = components(&v.settings, &pages);
    Ok(finished(&v, callback, &all.into()))
}

/// May this page be told who looks (ID-MNU-05)? Only pages of ours, and of the domain
/// that shares our cookies.
fn is_ours(v: &Visitor, headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    if let Some(site) = text("sec-fetch-site")
        && matches!(site, "same-origin" | "none")
    {
        return true;
    }
    let Some(from) = text("origin").or_else(|| text("referer")) else {
        return false;
    };
    let host_of = |url: &str| {
        let uri: Uri = url.parse().ok()?;
        uri.host().map(str::to_lowercase)
    };
    let Some(host) = host_of(from) else {
        return false;
    };
    let domain = v.settings.str("ASTAKOS_COOKIE_DOMAIN");
    let domain = domain.trim_start_matches('.').to_lowercase();
    let below = !domain.is_empty() && (host == domain || host.ends_with(&format!(".{domain}")));
    let here = Some(&host) == host_of(&v.origin).as_ref();
    below || here || Some(host) == host_of(v.settings.base_url())
}

/// The menu at the end of the bar (ID-MNU-02).
pub(super) async fn menu(v: Visitor, headers: HeaderMap, uri: Uri) -> Result<Response, Fault> {
    let callback = jsonp::callback(&uri)?;
    let user = v
        .user()
        .filter(|_| callback.is_none() || is_ours(&v, &headers));
    let base = ui(&v);
    let here = format!("{}{}", v.origin, uri.path());
    let item = |url: String, name: &str| {
        let mut one = json!({"url": url, "name": name});
        if here.starts_with(&url)
            && let Value::Object(fields) = &mut one
        {
            fields.insert("is_active".into(), true.into());
        }
        one
    };
    let items = match user {
        None => vec![item(format!("{base}/"), &text::text("menu-sign-in"))],
        Some(user) => vec![
            item(format!("{base}/"), &user.email),
            item(format!("{base}/landing"), &text::text("menu-dashboard")),
            item(format!("{base}/logout"), &text::text("menu-sign-out")),
        ],
    };
    Ok(finished(&v, callback, &items.into()))
}

fn finished(v: &Visitor, callback: Option<String>, value: &Value) -> Response {
    let consumed = callback.is_some() && v.message.is_some();
    let mut response = jsonp::answer(callback, value);
    if consumed {
        add_cookie(&mut response, &v.set_cookie(MESSAGE, "", Some(0)));
    }
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (header::VARY, "Cookie, Origin, Referer"),
    ] {
        let value = HeaderValue::from_static(value);
        response.headers_mut().insert(name, value);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Literal {
        Literal::Str(text.into())
    }

    // ID-MNU-01
    #[test]
    fn components_are_as_the_settings_say() {
        let pages = [("astakos", "https://a/ui"), ("extra", "https://e/")];
        let pages = pages.map(|(name, url)| (name.to_owned(), url.to_owned()));
        let mut settings = Settings::default();
        let all = components(&settings, &pages);
        assert_eq!(all[0]["name"], "astakos");
        assert_eq!(all[0]["cloudbar"]["show"], false);
        assert_eq!(all[0]["dashboard"]["order"], 3);
        assert_eq!(all[1]["verbose_name"], "Extra");
        assert_eq!(all[1]["order"], 1000);
        let bar = Literal::Dict(vec![(text("title"), text("More"))]);
        let extra = Literal::Dict(vec![
            (text("order"), Literal::Int(0)),
            (text("cloudbar"), bar),
        ]);
        let set = Literal::Dict(vec![(text("extra"), extra)]);
        settings.set("ASTAKOS_COMPONENTS_META", set);
        let all = components(&settings, &pages);
        assert_eq!(all[0]["name"], "extra");
        assert_eq!(all[0]["cloudbar"], json!({"show": true, "title": "More"}));
    }
}
