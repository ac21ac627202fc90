//! A page of a list, from wherever its things are kept, with their owners.

use super::{
    AtDesk,
    filter::{Asked, Resolved, resolve},
    items::Item,
    views::Kind,
};
use compute::Place;
use identity::UserView;
use kernel::{Result, UserId, page::PageRequest};
use std::collections::BTreeMap;

/// Read at a time from lists that are filtered here, and how often.
const SLICE: usize = 500;
const ROUNDS: usize = 4;

/// A page.
#[derive(Default)]
pub(super) struct Listed {
    pub(super) items: Vec<Item>,
    /// Owners of the items.
    pub(super) owners: BTreeMap<UserId, UserView>,
    /// Go on after this one.
    pub(super) next: Option<String>,
    /// So many fit, as far as was looked.
    pub(super) matched: usize,
    /// All was looked at.
    pub(super) complete: bool,
}

/// Which page.
#[derive(Clone, Copy)]
pub(super) struct Part {
    pub(super) skip: usize,
    pub(super) limit: usize,
    /// Go on to count.
    pub(super) count: bool,
}

/// As many things as are looked at to be sorted by a value.
const SORTED: usize = 2_000;

/// A page of the things of a kind, with their owners.
pub(super) async fn find(d: &AtDesk, kind: &Kind, asked: &Asked, part: Part) -> Result<Listed> {
    find_owned(d, kind, asked, part, true).await
}

/// The same, with owners or without.
pub(super) async fn find_owned(
    d: &AtDesk,
    kind: &Kind,
    asked: &Asked,
    part: Part,
    owners: bool,
) -> Result<Listed> {
    let mut listed = match asked.by {
        Some(by) => sorted(d, kind, asked, part, by).await?,
        None => by_number(d, kind, asked, part).await?,
    };
    if owners {
        let owners = listed.items.iter().filter_map(|item| item.owner).collect();
        listed.owners = d.state.identity.desk_owners(&d.desk, owners).await?;
    }
    Ok(listed)
}

/// A page by the value of a name: of a list that one look sees the end of. Others stay
/// by number, for nothing may cost work that grows with all there is.
async fn sorted(
    d: &AtDesk,
    kind: &Kind,
    asked: &Asked,
    part: Part,
    (name, down): (&str, bool),
) -> Result<Listed> {
    let whole = Part {
        skip: 0,
        limit: SORTED,
        count: false,
    };
    let mut listed = by_number(d, kind, asked, whole).await?;
    if !listed.complete {
        return by_number(d, kind, asked, part).await;
    }
    // Numbers as numbers; names whatever their accents and capitals.
    let key = |item: &Item| {
        let value = item.value(name);
        (value.parse::<u64>().unwrap_or(0), search::folded(value))
    };
    listed.items.sort_by_cached_key(key);
    if down {
        listed.items.reverse();
    }
    listed.matched = listed.items.len();
    let items = listed.items.into_iter().skip(part.skip).take(part.limit);
    listed.items = items.collect();
    Ok(listed)
}

/// A page by number.
async fn by_number(d: &AtDesk, kind: &Kind, asked: &Asked, part: Part) -> Result<Listed> {
    let resolved = resolve(d, kind, asked).await?;
    Ok(match kind.thing {
        Some(thing) => {
            let after = Some(asked.after.as_str()).filter(|after| !after.is_empty());
            let after = after.map(|after| after.parse::<u64>()).transpose();
            let wrong = |_| kernel::Error::field("after", crate::text::text("adm-number-wrong"));
            let place = Place {
                after: after.map_err(wrong)?,
                oldest: asked.oldest(),
                skip: part.skip,
                limit: part.limit,
                count: part.count,
            };
            let wanted = resolved.keep(d.settings.str("BACKEND_PREFIX_ID").to_owned());
            let found = d.state.compute.desk_list(thing, wanted, place).await?;
            Listed {
                items: found.things.into_iter().map(Item::thing).collect(),
                next: found.next.map(|next| next.to_string()),
                matched: found.matched,
                complete: found.complete,
                ..Listed::default()
            }
        }
        None => others(d, kind, &resolved, asked, part).await?,
    })
}

/// A slice of what identity keeps.
async fn slice(
    d: &AtDesk,
    kind: &Kind,
    after: Option<String>,
) -> Result<(Vec<Item>, Option<String>)> {
    let identity = &d.state.identity;
    let request = PageRequest {
        after,
        limit: SLICE,
    };
    Ok(match kind.name {
        "project" => {
            let page = identity.desk_project_list(&d.desk, request).await?;
            (
                page.items.into_iter().map(Item::project).collect(),
                page.next,
            )
        }
        "group" => {
            let page = identity.desk_group_list(&d.desk, request).await?;
            (page.items.into_iter().map(Item::group).collect(), page.next)
        }
        "auth_provider" => {
            let page = identity.desk_method_list(&d.desk, request).await?;
            (
                page.items.into_iter().map(Item::method).collect(),
                page.next,
            )
        }
        _ => (Vec::new(), None),
    })
}

/// Lists that are filtered here, a bounded number of slices at a time.
async fn others(
    d: &AtDesk,
    kind: &Kind,
    resolved: &Resolved,
    asked: &Asked,
    part: Part,
) -> Result<Listed> {
    let mut listed = Listed::default();
    let mut after = Some(asked.after.clone()).filter(|after| !after.is_empty());
    let wanted = &resolved.wanted;
    for _ in 0..ROUNDS {
        let (items, next) = slice(d, kind, after.clone()).await?;
        for item in items {
            let owned = wanted
                .users
                .as_ref()
                .is_none_or(|set| item.owner.is_some_and(|owner| set.contains(&owner)));
            let named = wanted.projects.as_ref().is_none_or(|set| {
                set.iter()
                    .any(|project| project.to_string() == item.value("uuid"))
            });
            if !owned || !named || !resolved.fits(&item, "") {
                continue;
            }
            if listed.items.len() == part.limit {
                listed.next = listed
                    .next
                    .or_else(|| listed.items.last().map(|i| i.id.clone()));
                if !part.count {
                    return Ok(listed);
                }
            } else if listed.matched >= part.skip {
                listed.items.push(item);
            }
            listed.matched += 1;
        }
        after = next;
        if after.is_none() {
            listed.complete = true;
            return Ok(listed);
        }
    }
    listed.next = listed.next.or(after);
    Ok(listed)
}

/// The thing of an id (ID-ADU-11).
pub(super) async fn one(d: &AtDesk, kind: &Kind, id: &str) -> Result<Option<Item>> {
    let identity = &d.state.identity;
    Ok(match (kind.thing, kind.name) {
        (Some(thing), _) => match id.parse::<u64>() {
            Ok(id) => d
                .state
                .compute
                .desk_thing(thing, id)
                .await?
                .map(Item::thing),
            Err(_) => None,
        },
        (None, "project") => identity.desk_project(&d.desk, id).await?.map(Item::project),
        (None, "group") => match id.parse::<u64>() {
            Ok(id) => identity.desk_group(&d.desk, id).await?.map(Item::group),
            Err(_) => None,
        },
        (None, "auth_provider") => identity.desk_method(&d.desk, id).await?.map(Item::method),
        _ => None,
    })
}

/// How many there are, whatever the filters.
pub(super) async fn total(d: &AtDesk, kind: &Kind) -> Result<u64> {
    if let Some(thing) = kind.thing {
        return d.state.compute.desk_total(thing).await;
    }
    let (groups, methods, projects) = d.state.identity.desk_totals(&d.desk).await?;
    Ok(match kind.name {
        "group" => groups,
        "auth_provider" => methods,
        _ => projects,
    })
}
