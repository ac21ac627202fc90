//! What the audit trail says of components, services, resources and limits (ID-SEC-28):
//! each value that changed, before and after; of secrets only that they changed.

use crate::{
    audit::{Act, Target},
    component::{ComponentView, ServiceView},
    limits::{Mismatch, Synced},
};
use kernel::quantity::INFINITE;
use quota::ResourceInfo;

/// A limit as people read it; nothing where there is none.
fn limit(amount: Option<u64>) -> String {
    match amount {
        None => String::new(),
        Some(amount) if amount >= INFINITE => "inf".to_owned(),
        Some(amount) => amount.to_string(),
    }
}

fn yes_no(on: bool) -> &'static str {
    if on { "yes" } else { "no" }
}

/// What a side of a change says of something that may not be there.
fn side<T>(of: Option<&T>, what: impl Fn(&T) -> String) -> String {
    of.map(what).unwrap_or_default()
}

/// A component that came, changed or went.
pub(super) fn component(
    action: &str,
    before: Option<&ComponentView>,
    after: Option<&ComponentView>,
) -> Act {
    let name = side(after.or(before), |one| one.name.clone());
    let both = |what: fn(&ComponentView) -> String| (side(before, what), side(after, what));
    let mut act = Act::new(action, Target::new("component", &name, &name));
    for (field, (before, after)) in [
        (
            "base URL",
            both(|one| one.base_url.clone().unwrap_or_default()),
        ),
        ("UI URL", both(|one| one.ui_url.clone().unwrap_or_default())),
        (
            "services",
            both(|one| {
                let names: Vec<&str> = one.services.iter().map(|s| s.name.as_str()).collect();
                names.join(", ")
            }),
        ),
    ] {
        act = act.with(field, before, after);
    }
    let renewed = before.zip(after).is_some_and(|(before, after)| {
        use kernel::secret::ExposeSecret;
        let bytes = |one: &ComponentView| one.token.expose_secret().as_bytes().to_vec();
        !kernel::secret::same(&bytes(before), &bytes(after))
    });
    if renewed { act.secret("token") } else { act }
}

/// A service that was registered, perhaps again.
pub(super) fn service(
    name: &str,
    before: Option<&ServiceView>,
    after: Option<&ServiceView>,
) -> Act {
    let addresses = |one: &ServiceView| {
        let all = one.endpoints.iter().flat_map(|endpoint| &endpoint.data);
        let all = all.filter(|(key, _)| key == "publicURL");
        let all: Vec<&str> = all.map(|(_, url)| url.as_str()).collect();
        all.join(", ")
    };
    let kind = |one: &ServiceView| one.kind.clone();
    let component = |one: &ServiceView| one.component.clone();
    Act::new("service.import", Target::new("service", name, name))
        .with("component", side(before, component), side(after, component))
        .with("type", side(before, kind), side(after, kind))
        .with("addresses", side(before, addresses), side(after, addresses))
}

/// A resource that was registered or changed.
pub(super) fn resource(
    action: &str,
    name: &str,
    before: Option<&ResourceInfo>,
    after: Option<&ResourceInfo>,
) -> Act {
    let both = |what: fn(&ResourceInfo) -> String| (side(before, what), side(after, what));
    let mut act = Act::new(action, Target::new("resource", name, name));
    for (field, (before, after)) in [
        ("service", both(|one| one.about.service_origin.to_owned())),
        ("description", both(|one| one.about.description.to_owned())),
        (
            "unit",
            both(|one| one.about.unit.unwrap_or_default().to_owned()),
        ),
        (
            "system default",
            both(|one| limit(Some(one.system_default))),
        ),
        (
            "project default",
            both(|one| limit(Some(one.project_default))),
        ),
        (
            "in the APIs",
            both(|one| yes_no(one.api_visible).to_owned()),
        ),
        ("on pages", both(|one| yes_no(one.ui_visible).to_owned())),
    ] {
        act = act.with(field, before, after);
    }
    act
}

/// A limit that follows its default.
pub(super) fn synced(one: &Synced) -> Act {
    let user = one.user.to_string();
    let target = Target::new("quota", format!("{user} {}", one.resource), &one.email);
    let field = format!("quota of {}", one.resource);
    Act::new("quota.sync", target).with(&field, limit(one.before), limit(Some(one.after)))
}

/// A holding that was not as the projects say.
pub(super) fn repaired(one: &Mismatch) -> Act {
    let name = format!("{} {}", one.holder, one.resource);
    let act = Act::new("quota.verify", Target::new("quota", &name, &name));
    let field = match one.source.as_str() {
        "" => "limit".to_owned(),
        source => format!("limit from {source}"),
    };
    act.with(&field, limit(one.held), limit(one.wanted))
}

/// What was charged without a reason.
pub(super) fn released(held: &quota::Holding) -> Act {
    let name = format!("{} {}", held.holder, held.resource);
    let act = Act::new("quota.reconcile", Target::new("quota", &name, &name));
    act.with("usage", held.usage_max, 0)
}
