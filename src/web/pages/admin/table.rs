//! The list of people as data (ID-ADU-12, ID-ADU-20, ID-ADU-21), in the protocol of
//! DataTables 1.9, and everybody who fits the filters at once ("Select all matching").

use super::{AtDesk, ops, people_asked, people_find, rows, views};
use crate::{
    auth::query_value,
    pages::Failed,
    text::{self, text},
};
use askama::filters::{Escaper, Html};
use axum::{
    Json,
    extract::Path,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, header};
use identity::Card;
use kernel::{Error, Result};
use search::{Order, Query};
use serde_json::{Value, json};

/// Most rows of one answer with all that is known of each.
const MOST_ROWS: usize = 100;
/// How deep an answer may begin, and most entries of one that selects all.
pub(super) const DEEPEST: usize = 10_000;
/// Read at a time on the way there.
const SLICE: usize = 1_000;
/// Columns, in order.
const COLUMNS: usize = 8;

/// The numbers of the table's protocol.
pub(super) struct Numbers {
    pub(super) echo: u64,
    pub(super) start: usize,
    /// None: all of them, numbers only.
    pub(super) length: Option<usize>,
    /// By which column, and downwards?
    pub(super) sort: Option<(usize, bool)>,
}

impl Numbers {
    pub(super) fn read(query: &str) -> Result<Self> {
        let one = |name: &str| query_value(query, name).unwrap_or_default();
        let number = |name: &str, unset: i64| -> Result<i64> {
            match one(name).as_str() {
                "" => Ok(unset),
                given => {
                    let wrong = |_| Error::field(name, text::text("adm-number-wrong"));
                    given.parse().map_err(wrong)
                }
            }
        };
        let length = usize::try_from(number("iDisplayLength", 10)?).ok();
        // The first column that is named decides; what is alike there is by number.
        let sort = one("iSortCol_0").parse::<usize>().ok();
        let sort = sort.filter(|_| one("iSortingCols") != "0");
        let down = one("sSortDir_0") == "desc";
        Ok(Numbers {
            echo: u64::try_from(number("sEcho", 0)?).unwrap_or(0),
            start: usize::try_from(number("iDisplayStart", 0)?).unwrap_or(0),
            length: length.map(|n| n.clamp(1, MOST_ROWS)),
            sort: sort.map(|column| (column, down)),
        })
    }
}

/// What was asked for.
struct Asked {
    numbers: Numbers,
    query: Query,
}

impl Asked {
    fn read(query: &str) -> Result<Self> {
        let numbers = Numbers::read(query)?;
        if numbers.start > DEEPEST {
            return Err(Error::field("iDisplayStart", text("adm-too-deep")));
        }
        // Columns after the number are the labels of the index, in order.
        let order = match numbers.sort {
            Some((0, false)) => Order::Oldest,
            Some((0, true)) => Order::Newest,
            Some((column, down)) if column < COLUMNS => Order::Label {
                n: column - 1,
                down,
            },
            _ => Order::Best,
        };
        let query = people_asked::typed(query, order);
        Ok(Asked { numbers, query })
    }
}

/// Numbers of whoever fits, `limit` of them from the `start`th on.
pub(super) async fn numbers(
    d: &AtDesk,
    mut query: Query,
    start: usize,
    limit: usize,
) -> Result<Vec<u64>> {
    let mut found = Vec::new();
    let mut passed = 0;
    while found.len() < limit {
        let ahead = start - passed;
        query.limit = if ahead > 0 {
            ahead
        } else {
            limit - found.len()
        }
        .min(SLICE);
        let (keys, next) = people_find::keys(d, &query).await?;
        if ahead > 0 {
            // What matches as a whole comes on top of the limit at most.
            let skipped = keys.len().min(ahead);
            passed += skipped;
            found.extend(keys.into_iter().skip(skipped));
        } else {
            found.extend(keys);
        }
        match next {
            Some(next) => query.after = Some(next),
            None => break,
        }
    }
    found.truncate(limit);
    Ok(found)
}

pub(super) fn escaped(text: &str) -> Value {
    let mut out = String::with_capacity(text.len());
    match Html.write_escaped_str(&mut out, text) {
        Ok(()) => out.into(),
        Err(_) => String::new().into(),
    }
}

/// The columns of the table of ID-ADU-21.
fn cells(card: &Card) -> [Value; COLUMNS] {
    let user = &card.user;
    let yes = |on: bool| Value::from(text(if on { "yes" } else { "no" }));
    [
        user.no.to_string().into(),
        escaped(&user.email),
        escaped(&user.first_name),
        escaped(&user.last_name),
        yes(user.active),
        yes(user.rejected),
        yes(user.moderated_at.is_some()),
        yes(user.verified),
    ]
}

/// What is shown when a row is opened, and what actions need to know.
async fn extra(d: &AtDesk, card: &Card) -> Result<Value> {
    let user = &card.user;
    let offered: Vec<String> = ops::offered(d, card)
        .iter()
        .map(|op| op.json_name())
        .collect();
    let groups: Vec<&str> = user.groups.iter().map(|(_, name)| name.as_str()).collect();
    let providers: Vec<&str> = user
        .methods
        .iter()
        .filter(|method| method.active)
        .map(|method| method.module.as_str())
        .collect();
    let policy = user.accepted_policy.clone().unwrap_or_default();
    let all = [
        ("allowed_actions", json!(offered), false),
        ("id", user.no.0.into(), false),
        ("item_name", escaped(user.real_name().trim()), false),
        (
            "details_url",
            format!("/admin/user/{}", user.no).into(),
            false,
        ),
        ("contact_id", user.no.0.into(), false),
        ("contact_email", escaped(&user.email), false),
        ("contact_name", escaped(user.real_name().trim()), false),
        ("uuid", user.uuid.to_string().into(), true),
        (
            "pending_email",
            escaped(card.pending_email.as_deref().unwrap_or_default()),
            true,
        ),
        ("status", escaped(&user.status), true),
        ("groups", escaped(&groups.join(", ")), true),
        ("enabled_providers", escaped(&providers.join(", ")), true),
        ("moderation_policy", escaped(&policy), true),
        (
            "suspended_vms",
            escaped(&suspended(d, card).await?.join(", ")),
            true,
        ),
    ];
    let mut all = all.to_vec();
    if let Some(link) = activation(d, card).await? {
        all.push(("activation_url", link.into(), true));
    }
    let named = all.into_iter().map(|(key, value, visible)| {
        let name = text(&format!("adm-extra-{}", key.replace('_', "-")));
        (key, name, value, visible)
    });
    Ok(rows::pairs(named.collect()))
}

/// The link that proves the address, for those who may decide and only for accounts that
/// wait for it (ID-ADU-21).
async fn activation(d: &AtDesk, card: &Card) -> Result<Option<String>> {
    if card.user.verified || !d.may("accept") {
        return Ok(None);
    }
    d.state
        .identity
        .desk_activation(&d.desk, card.user.no)
        .await
}

/// The person's machines that are locked, the first few.
async fn suspended(d: &AtDesk, card: &Card) -> Result<Vec<String>> {
    let most = d.settings.int("ADMIN_LIMIT_SUSPENDED_VMS_IN_SUMMARY");
    let most = usize::try_from(most).unwrap_or(0);
    if most == 0 {
        return Ok(Vec::new());
    }
    let filter = compute::ServerFilter {
        user: Some(card.user.uuid),
        suspended: true,
        ..compute::ServerFilter::default()
    };
    let found = d.state.compute.all_servers(filter, None, most).await?;
    Ok(found.into_iter().map(|view| view.server.name).collect())
}

/// The table of a type of things.
pub(in crate::pages) async fn table(
    d: AtDesk,
    Path(kind): Path<String>,
    headers: HeaderMap,
) -> std::result::Result<Response, Failed> {
    let kind = views::named(&d.settings, &kind)?;
    let accepts = headers.get(header::ACCEPT).and_then(|v| v.to_str().ok());
    if !accepts.is_some_and(|kinds| kinds.contains("application/json")) {
        return Err(Error::invalid(text("adm-json-only")).into());
    }
    let query = d.uri.query().unwrap_or_default();
    let body = match kind.name {
        "user" => people(&d, &Asked::read(query)?).await?,
        _ => rows::answer(&d, kind, query).await?,
    };
    Ok(Json(body).into_response())
}

/// The table of people.
async fn people(d: &AtDesk, asked: &Asked) -> Result<Value> {
    let numbers = &asked.numbers;
    let limit = numbers.length.unwrap_or(DEEPEST);
    let found = self::numbers(d, asked.query.clone(), numbers.start, limit).await?;
    let (mut rows, mut extras) = (Vec::new(), Vec::new());
    let fitting = match people_find::count(d, &asked.query).await? {
        Some(count) => count,
        None => (numbers.start + found.len()) as u64,
    };
    match numbers.length {
        // To select all of them, their numbers are enough.
        None => extras.extend(found.iter().map(|no| json!({"id": {"value": no}}))),
        Some(_) => {
            for card in d.state.identity.desk_cards(&d.desk, found).await? {
                rows.push(json!(cells(&card)));
                extras.push(extra(d, &card).await?);
            }
        }
    }
    Ok(json!({
        "sEcho": numbers.echo,
        "iTotalRecords": d.state.search.count(&[])?,
        "iTotalDisplayRecords": fitting,
        "aaData": rows,
        "extra": extras,
    }))
}
