//! What is used of what may be used: each resource with a bar for every project that
//! counts (ID-DSH-08). The page looks again by itself, every
//! `ASTAKOS_USAGE_UPDATE_INTERVAL` milliseconds, without a new page.

use super::{
    Failed, presented,
    shell::{Shell, page},
    visitor::User,
};
use crate::text::{text, with};
use askama::Template;
use axum::response::Response;
use http::HeaderMap;
use kernel::{ProjectId, quantity};
use quota::{Numbers, ResourceInfo};

/// How much of a resource one project gives, and how much of it is used.
struct Bar {
    project: String,
    project_name: String,
    /// "2 out of 10 machines (8 left)".
    says: String,
    percent: u64,
    /// Percent at the end that the project itself has no room for.
    blocked: u64,
    /// What the project as a whole has left, where that is less than the person's share.
    warning: String,
    level: &'static str,
}

struct Resource {
    name: &'static str,
    label: String,
    bars: Vec<Bar>,
}

/// Resources that belong together.
struct Group {
    title: String,
    resources: Vec<Resource>,
}

#[derive(Template)]
#[template(path = "pages/usage.html")]
struct Usage {
    s: Shell,
    groups: Vec<Group>,
    interval: i64,
}

#[derive(Template)]
#[template(path = "parts/usage.html")]
struct Part {
    groups: Vec<Group>,
}

/// Percent of a limit, 100 when nothing is left (ID-DSH-08).
pub(super) fn percent(used: u64, limit: u64) -> u64 {
    match limit {
        _ if used >= limit => 100,
        limit => u64::try_from(u128::from(used) * 100 / u128::from(limit)).unwrap_or(100),
    }
}

/// The colour of that many percent (ID-DSH-08).
pub(super) fn level(percent: u64) -> &'static str {
    match percent {
        0..33 => "ok",
        33..66 => "warning",
        _ => "danger",
    }
}

/// An amount of a resource, in its unit.
pub(super) fn amount(about: &ResourceInfo, n: u64) -> String {
    match about.about.unit {
        _ if n >= quantity::INFINITE => text("unlimited"),
        Some("bytes") if n > 0 => two_places(n),
        _ => n.to_string(),
    }
}

/// Bytes with two places (ID-DSH-08).
fn two_places(n: u64) -> String {
    let units = ["bytes", "KB", "MB", "GB", "TB", "PB"];
    let (mut value, mut unit) = (n as f64, 0);
    while value >= 1024.0 && unit + 1 < units.len() {
        value /= 1024.0;
        unit += 1;
    }
    match unit {
        0 => format!("{n} bytes"),
        _ => format!("{value:.2} {}", units[unit]),
    }
}

fn bar(about: &ResourceInfo, n: &Numbers, project: ProjectId, own: bool) -> Bar {
    let left = n.limit.saturating_sub(n.usage);
    let in_project = n.project_limit.saturating_sub(n.project_usage);
    let percent = percent(n.usage, n.limit);
    let (mut blocked, mut warning) = (0, String::new());
    if in_project < left {
        blocked = self::percent(left - in_project, n.limit).min(100 - percent);
        warning = with("project-left", &[("left", &amount(about, in_project))]);
    }
    let values = [
        ("used", amount(about, n.usage)),
        ("limit", amount(about, n.limit)),
        ("left", amount(about, left)),
        ("what", presented::report(about)),
    ];
    let values = values
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    Bar {
        project: project.to_string(),
        project_name: match own {
            true => text("own-project"),
            false => project.to_string().chars().take(25).collect(),
        },
        says: with("usage-says", &values),
        level: level(percent),
        percent,
        blocked,
        warning,
    }
}

async fn groups(user: &User) -> kernel::Result<Vec<Group>> {
    let quota = &user.visitor.state.quota;
    let mut catalogue = quota.catalogue().await?;
    presented::arrange("resources_order", &mut catalogue, |one| {
        one.about.name.to_owned()
    });
    let usage = quota.usage(user.view.uuid).await?;
    let own = user.view.uuid.own_project();
    let mut groups: Vec<(String, Group)> = Vec::new();
    for about in catalogue.iter().filter(|about| about.ui_visible) {
        // The person's own project first, the others in their order.
        let mut bars: Vec<(bool, Bar)> = usage
            .iter()
            .filter_map(|(project, numbers)| {
                let numbers = numbers.get(about.about.name)?;
                let own = *project == own;
                Some((!own, bar(about, numbers, *project, own)))
            })
            .collect();
        bars.sort_by_key(|(other, _)| *other);
        if bars.is_empty() {
            continue;
        }
        let resource = Resource {
            name: about.about.name,
            label: presented::label(about),
            bars: bars.into_iter().map(|(_, bar)| bar).collect(),
        };
        let group = presented::group(about);
        match groups.iter_mut().find(|(name, _)| *name == group) {
            Some((_, group)) => group.resources.push(resource),
            None => {
                let title = presented::group_title(&group);
                let resources = vec![resource];
                groups.push((group, Group { title, resources }));
            }
        }
    }
    presented::arrange("groups_order", &mut groups, |(name, _)| name.clone());
    Ok(groups.into_iter().map(|(_, group)| group).collect())
}

/// The usage page; for a look of its own script, only the part that changes.
pub(super) async fn usage(user: User, headers: HeaderMap) -> Result<Response, Failed> {
    let v = &user.visitor;
    let groups = groups(&user).await?;
    let s = Shell::titled(v, "usage", "nav-usage", "nav-usage");
    if headers.contains_key("hx-request") {
        return Ok(page(&Part { groups }));
    }
    let interval = v.settings.int("ASTAKOS_USAGE_UPDATE_INTERVAL");
    Ok(page(&Usage {
        s,
        groups,
        interval: if interval > 0 { interval.max(1000) } else { 0 },
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    // ID-DSH-08
    #[test]
    fn bars_are_as_full_and_as_red_as_they_should_be() {
        for (used, limit, filled, colour) in [
            (0, 10, 0, "ok"),
            (3, 10, 30, "ok"),
            (1, 3, 33, "warning"),
            (65, 100, 65, "warning"),
            (2, 3, 66, "danger"),
            (0, 0, 100, "danger"),
            (7, 5, 100, "danger"),
            (1 << 40, quantity::INFINITE, 0, "ok"),
        ] {
            let percent = percent(used, limit);
            assert_eq!(
                (percent, level(percent)),
                (filled, colour),
                "{used}/{limit}"
            );
        }
    }

    // ID-DSH-08
    #[tokio::test]
    async fn what_the_project_has_no_room_for_is_told() {
        let fixture = crate::testing::Fixture::new();
        let about = fixture.state.quota.catalogue().await.unwrap()[0];
        assert_eq!(amount(&about, 3 << 29), "1.50 GB");
        let numbers = Numbers {
            limit: 100,
            usage: 20,
            pending: 0,
            project_limit: 100,
            project_usage: 70,
            project_pending: 0,
        };
        let user = kernel::UserId(uuid::Uuid::from_bytes([1; 16]));
        let drawn = bar(&about, &numbers, user.own_project(), true);
        assert_eq!((drawn.percent, drawn.blocked), (20, 50));
        assert!(drawn.warning.contains("30"), "{}", drawn.warning);
        let roomy = Numbers {
            project_usage: 20,
            ..numbers
        };
        let drawn = bar(&about, &roomy, user.own_project(), true);
        assert_eq!((drawn.blocked, drawn.warning.as_str()), (0, ""));
    }
}
