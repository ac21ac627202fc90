//! Finding people by what was typed: words from the search index; fields, alternatives
//! and what belongs to somebody on top of it (ID-ADU-22).
//!
//! Invariants: each page asks the index a bounded number of times; what the index cannot
//! tell is compared with the accounts it names, so a page may be short and say where to
//! go on.

use super::{AtDesk, filter};
use compute::{Place, ThingKind, Wanted};
use identity::{AccountState, UserView};
use kernel::{Result, UserId};
use search::{Expression, Order, Query, Term};
use std::collections::{BTreeMap, BTreeSet};

/// Most alternatives that are asked for.
const MOST_WAYS: usize = 50;
/// Rounds of one page.
const ROUNDS: usize = 5;

/// Words and facets of one alternative, and what is compared afterwards.
#[derive(Clone, Default)]
struct Way {
    words: Vec<String>,
    facets: Vec<String>,
    fields: Vec<Term>,
    without: Vec<String>,
}

/// Fields of an account by their names.
fn field(user: &UserView, name: &str) -> Option<String> {
    let yes = |on: bool| if on { "true" } else { "false" }.to_owned();
    Some(match name {
        "id" => user.no.to_string(),
        "uuid" => user.uuid.to_string(),
        "email" => user.email.clone(),
        "username" => user.username.clone(),
        "first_name" => user.first_name.clone(),
        "last_name" => user.last_name.clone(),
        "affiliation" => user.affiliation.clone().unwrap_or_default(),
        "accepted_email" => user.accepted_email.clone().unwrap_or_default(),
        "accepted_policy" => user.accepted_policy.clone().unwrap_or_default(),
        "rejected_reason" => user.rejected_reason.clone().unwrap_or_default(),
        "level" => user.level.to_string(),
        "invitations" => user.invitations.to_string(),
        "is_active" | "active" => yes(user.active),
        "is_rejected" | "rejected" => yes(user.rejected),
        "is_verified" | "email_verified" | "verified" => yes(user.verified),
        "is_superuser" | "admin" => yes(user.admin),
        "moderated" => yes(user.state != AccountState::Unmoderated && user.moderated),
        _ => return None,
    })
}

/// Is a field indexed by the beginnings of its words?
fn indexed(name: &str) -> bool {
    [
        "id",
        "uuid",
        "email",
        "username",
        "first_name",
        "last_name",
        "affiliation",
        "accepted_email",
    ]
    .contains(&name)
}

impl Way {
    /// Of the conditions of an alternative; None when a field of it does not exist.
    fn of(terms: &[Term]) -> Option<Self> {
        let mut way = Way::default();
        for term in terms {
            match &term.field {
                None => way.words.push(term.value.clone()),
                Some(name) => {
                    known(name)?;
                    if indexed(name) && !term.value.is_empty() {
                        way.words.push(term.value.clone());
                    }
                    way.fields.push(term.clone());
                }
            }
        }
        Some(way)
    }

    /// Does the index tell everything?
    fn plain(&self) -> bool {
        self.fields.is_empty() && self.without.is_empty()
    }

    fn fits(&self, user: &UserView) -> bool {
        let holds = |term: &Term| {
            let name = term.field.as_deref().unwrap_or_default();
            field(user, name).is_some_and(|value| term.within(&value))
        };
        let lacks = |module: &String| !user.methods.iter().any(|m| m.active && m.module == *module);
        self.fields.iter().all(holds) && self.without.iter().all(lacks)
    }
}

fn known(name: &str) -> Option<()> {
    const OTHERS: [&str; 13] = [
        "accepted_policy",
        "rejected_reason",
        "level",
        "invitations",
        "is_active",
        "active",
        "is_rejected",
        "rejected",
        "is_verified",
        "email_verified",
        "verified",
        "is_superuser",
        "moderated",
    ];
    (indexed(name) || name == "admin" || OTHERS.contains(&name)).then_some(())
}

/// Every way times every value.
fn times(ways: Vec<Way>, values: &[String], add: impl Fn(&mut Way, &str)) -> Vec<Way> {
    let mut all = Vec::new();
    for way in ways {
        for value in values {
            let mut way = way.clone();
            add(&mut way, value);
            all.push(way);
        }
    }
    all.truncate(MOST_WAYS);
    all
}

/// Who owns the things a filter names.
async fn owners(d: &AtDesk, name: &str, value: &str) -> Result<Vec<String>> {
    let kind = match name {
        "vm" => ThingKind::Server,
        "vol" => ThingKind::Volume,
        "net" => ThingKind::Network,
        "ip" => ThingKind::Address,
        _ => {
            let value = value.strip_prefix("system:").unwrap_or(value);
            let found = d.state.identity.desk_project(&d.desk, value).await?;
            return Ok(found
                .into_iter()
                .map(|p| p.owner.uuid.to_string())
                .collect());
        }
    };
    let numbers = Some(filter::numbers(d, kind, value).await?);
    let mut wanted = Wanted::default();
    match kind {
        ThingKind::Server => wanted.servers = numbers,
        ThingKind::Volume => wanted.volumes = numbers,
        ThingKind::Network => wanted.networks = numbers,
        _ => wanted.addresses = numbers,
    }
    let place = Place {
        limit: MOST_WAYS,
        ..Place::default()
    };
    let found = d.state.compute.desk_list(kind, wanted, place).await?;
    let owners: BTreeSet<UserId> = found
        .things
        .iter()
        .filter_map(compute::Thing::owner)
        .collect();
    Ok(owners.iter().map(UserId::to_string).collect())
}

/// The alternatives of a query.
async fn ways(d: &AtDesk, query: &Query) -> Result<Vec<Way>> {
    let typed: Expression = filter::expression(d, &query.text);
    let mut ways: Vec<Way> = match typed.is_empty() {
        true => vec![Way::default()],
        false => typed.ways().iter().filter_map(|way| Way::of(way)).collect(),
    };
    for facet in &query.facets {
        let (name, value) = facet.split_once(':').unwrap_or((facet, ""));
        let values =
            || -> Vec<String> { value.split(',').map(|one| one.trim().to_owned()).collect() };
        ways = match name {
            "without" => {
                for way in &mut ways {
                    way.without.extend(values());
                }
                ways
            }
            "vm" | "vol" | "net" | "ip" | "proj" => {
                let owners = owners(d, name, value).await?;
                times(ways, &owners, |way, owner| way.words.push(owner.to_owned()))
            }
            _ => times(ways, &values(), |way, value| {
                way.facets.push(format!("{name}:{value}"));
            }),
        };
    }
    Ok(ways)
}

/// Numbers of whoever fits, and where to go on.
pub(super) async fn keys(d: &AtDesk, query: &Query) -> Result<(Vec<u64>, Option<String>)> {
    let ways = ways(d, query).await?;
    match ways.as_slice() {
        [] => Ok((Vec::new(), None)),
        [way] if way.plain() => {
            let found = d.state.search.find(asked(query, way)).await?;
            Ok((found.keys, found.next))
        }
        several => merged(d, query, several).await,
    }
}

/// Who fits.
pub(super) async fn find(d: &AtDesk, query: &Query) -> Result<(Vec<UserView>, Option<String>)> {
    let (keys, next) = keys(d, query).await?;
    Ok((d.state.identity.desk_users(&d.desk, keys).await?, next))
}

/// Who fits the words alone: for filters of other lists.
pub(super) async fn find_plain(
    d: &AtDesk,
    query: &Query,
) -> Result<(Vec<UserView>, Option<String>)> {
    let typed: Expression = filter::expression(d, &query.text);
    let ways: Vec<Way> = typed.ways().iter().filter_map(|way| Way::of(way)).collect();
    let (keys, next) = merged(d, query, &ways).await?;
    Ok((d.state.identity.desk_users(&d.desk, keys).await?, next))
}

/// How many fit; None where the index cannot tell.
pub(super) async fn count(d: &AtDesk, query: &Query) -> Result<Option<u64>> {
    let ways = ways(d, query).await?;
    match ways.as_slice() {
        [] => Ok(Some(0)),
        [way] if way.plain() => d.state.search.count_of(&asked(query, way)).map(Some),
        _ => Ok(None),
    }
}

fn asked(query: &Query, way: &Way) -> Query {
    Query {
        text: way.words.join(" "),
        facets: way.facets.clone(),
        ..query.clone()
    }
}

/// Somebody who may fit, and the place in the order.
type Candidate = (u64, String);

/// The next candidates of all ways in order, each once, and where the next ones begin.
///
/// A way that has more to tell says so far only what comes before its own marker: what
/// the others found behind that waits for the next round.
async fn round(
    d: &AtDesk,
    query: &Query,
    ways: &[Way],
) -> Result<(Vec<Candidate>, Option<String>)> {
    let compare = |a: &Candidate, b: &Candidate| match query.order {
        Order::Best | Order::Newest => b.0.cmp(&a.0),
        Order::Oldest => a.0.cmp(&b.0),
        Order::Label { down: false, .. } => a.1.cmp(&b.1),
        Order::Label { down: true, .. } => b.1.cmp(&a.1),
    };
    let place = |marker: String| (marker.parse().unwrap_or_default(), marker);
    let mut all: Vec<Candidate> = Vec::new();
    let mut horizon: Option<Candidate> = None;
    for way in ways {
        let page = d.state.search.find(asked(query, way)).await?;
        all.extend(page.keys.into_iter().zip(page.places));
        if let Some(next) = page.next.map(place) {
            let nearer = |known: &Candidate| compare(&next, known).is_lt();
            if horizon.as_ref().is_none_or(nearer) {
                horizon = Some(next);
            }
        }
    }
    all.sort_by(compare);
    all.dedup_by_key(|candidate| candidate.0);
    if let Some(horizon) = &horizon {
        all.retain(|candidate| compare(candidate, horizon).is_le());
    }
    let mut next = horizon.map(|(_, marker)| marker);
    if all.len() > query.limit {
        all.truncate(query.limit);
        next = all.last().map(|(_, marker)| marker.clone());
    }
    Ok((all, next))
}

/// What fits any of the ways, in order; whole matches have no turn of their own here.
async fn merged(d: &AtDesk, query: &Query, ways: &[Way]) -> Result<(Vec<u64>, Option<String>)> {
    let mut query = query.clone();
    if query.order == Order::Best {
        query.order = Order::Newest;
    }
    let mut found: Vec<Candidate> = Vec::new();
    for _ in 0..ROUNDS {
        let (candidates, next) = round(d, &query, ways).await?;
        let places: BTreeMap<u64, String> = candidates.iter().cloned().collect();
        let numbers = candidates.into_iter().map(|(no, _)| no).collect();
        for user in d.state.identity.desk_users(&d.desk, numbers).await? {
            if ways.iter().any(|way| way.plain() || way.fits(&user))
                && let Some(place) = places.get(&user.no.0)
            {
                found.push((user.no.0, place.clone()));
            }
        }
        query.after = next;
        if query.after.is_none() || found.len() >= query.limit {
            break;
        }
    }
    if found.len() > query.limit {
        found.truncate(query.limit);
        query.after = found.last().map(|(_, marker)| marker.clone());
    }
    let found = found.into_iter().map(|(no, _)| no);
    Ok((found.collect(), query.after))
}

#[cfg(test)]
mod tests {
    use super::*;

    // ID-ADU-22: an unknown field finds nobody
    #[test]
    fn a_field_that_does_not_exist_is_no_alternative() {
        let way = |typed: &str| {
            let typed = Expression::parse(typed, "=", "OR");
            Way::of(&typed.ways()[0])
        };
        assert!(way("height=2 doe").is_none());
        let found = way("first_name=John is_active=true doe").unwrap();
        assert_eq!(found.words, ["john", "doe"]);
        assert!(!found.plain() && way("doe").unwrap().plain());
    }
}
