//! Holdings and commissions.

use crate::registry::{catalogue, in_words};
use kernel::{Cx, Error, ProjectId, Result, Timestamp, UserId, quantity::INFINITE};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use store::{Reads, Row, WriteTx};

/// How much of a resource a holder may use and uses (ID-QTA-01).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holding {
    /// `user:<uuid>` or `project:<uuid>`.
    pub holder: String,
    /// `project:<uuid>`; empty for a project's own holding.
    pub source: String,
    /// Name of the resource.
    pub resource: String,
    /// Most that may be used.
    pub limit: u64,
    /// Used, without what pending commissions add.
    pub usage_min: u64,
    /// Used, with it.
    pub usage_max: u64,
}

impl Row for Holding {
    type Key = (String, String, String);
    const TABLE: &'static str = "quota.holding";
    fn key(&self) -> Self::Key {
        (
            self.holder.clone(),
            self.source.clone(),
            self.resource.clone(),
        )
    }
}

/// Number of a commission.
pub type Serial = u64;

/// One line of a commission (ID-COM-01).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provision {
    /// `user:<uuid>` or `project:<uuid>`.
    pub holder: String,
    /// `project:<uuid>`; empty for a project's own holding.
    pub source: String,
    /// Name of the resource.
    pub resource: String,
    /// Positive or zero allocates, negative releases.
    pub quantity: i64,
}

impl Provision {
    fn key(&self) -> (String, String, String) {
        (
            self.holder.clone(),
            self.source.clone(),
            self.resource.clone(),
        )
    }
}

/// A change that waits for its outcome.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Commission {
    /// Its number.
    pub serial: Serial,
    /// Who issued it: a component's name.
    pub issuer: String,
    /// What it is for.
    pub name: String,
    /// When.
    pub issued: Timestamp,
    /// What it changes.
    pub provisions: Vec<Provision>,
}

impl Row for Commission {
    type Key = u64;
    const TABLE: &'static str = "quota.commission";
    fn key(&self) -> u64 {
        self.serial
    }
}

/// A change of one resource for a user within a project; counts at both levels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delta {
    /// Whose.
    pub user: UserId,
    /// Charged to.
    pub project: ProjectId,
    /// Name of the resource.
    pub resource: &'static str,
    /// Positive allocates, negative releases, zero is left out.
    pub amount: i64,
}

/// Why a commission was not issued (ID-COM-02).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Nothing may be held there at all.
    NoHolding(Provision),
    /// The limit would be passed.
    NoCapacity {
        /// The refused line.
        provision: Provision,
        /// The limit in force.
        limit: u64,
        /// What is used already.
        usage: u64,
    },
    /// More would be released than is held.
    NoQuantity {
        /// The refused line.
        provision: Provision,
        /// What is held.
        usage: u64,
    },
}

/// The holder text of a person.
pub fn user_holder(user: UserId) -> String {
    format!("user:{user}")
}

/// The source (and holder) text of a project.
pub fn project_source(project: ProjectId) -> String {
    format!("project:{project}")
}

fn provisions(deltas: &[Delta]) -> Vec<Provision> {
    deltas
        .iter()
        .filter(|delta| delta.amount != 0)
        .flat_map(|delta| {
            let of = |holder, source| Provision {
                holder,
                source,
                resource: delta.resource.to_owned(),
                quantity: delta.amount,
            };
            let project = project_source(delta.project);
            [
                of(user_holder(delta.user), project.clone()),
                of(project, String::new()),
            ]
        })
        .collect()
}

/// Same holdings summed, in the order first named.
fn summed(provisions: &[Provision]) -> Result<Vec<Provision>> {
    let mut sums: Vec<Provision> = Vec::with_capacity(provisions.len());
    for one in provisions {
        match sums.iter_mut().find(|sum| sum.key() == one.key()) {
            Some(sum) => {
                sum.quantity = sum
                    .quantity
                    .checked_add(one.quantity)
                    .ok_or_else(|| Error::invalid("The quantities are too large."))?;
            }
            None => sums.push(one.clone()),
        }
    }
    Ok(sums)
}

/// The holdings after reserving `provisions`, or the first refusal. Writes nothing.
fn reserved(
    tx: &WriteTx,
    provisions: &[Provision],
    force: bool,
) -> Result<Result<Vec<Holding>, Refusal>> {
    let mut holdings = Vec::with_capacity(provisions.len());
    for provision in provisions {
        let Some(mut held) = tx.get::<Holding>(&provision.key())? else {
            return Ok(Err(Refusal::NoHolding(provision.clone())));
        };
        let amount = provision.quantity.unsigned_abs();
        if provision.quantity >= 0 {
            let after = held.usage_max.saturating_add(amount);
            if (after > held.limit && !force) || after > INFINITE {
                return Ok(Err(Refusal::NoCapacity {
                    provision: provision.clone(),
                    limit: held.limit,
                    usage: held.usage_max,
                }));
            }
            held.usage_max = after;
        } else {
            let Some(after) = held.usage_min.checked_sub(amount) else {
                return Ok(Err(Refusal::NoQuantity {
                    provision: provision.clone(),
                    usage: held.usage_min,
                }));
            };
            held.usage_min = after;
        }
        holdings.push(held);
    }
    Ok(Ok(holdings))
}

/// Carries a reserved line to its end (ID-COM-03).
fn conclude(held: &mut Holding, quantity: i64, accept: bool) -> Result<()> {
    let amount = quantity.unsigned_abs();
    let side = match (quantity >= 0, accept) {
        (true, true) | (false, false) => {
            held.usage_min = held.usage_min.saturating_add(amount);
            return Ok(());
        }
        (false, true) | (true, false) => &mut held.usage_max,
    };
    *side = side
        .checked_sub(amount)
        .ok_or_else(|| Error::broken("quota: a commission names more than is pending"))?;
    Ok(())
}

/// Issues a commission over raw provisions, as other components do it (ID-COM-02).
pub fn issue_provisions(
    tx: &WriteTx,
    cx: &Cx,
    issuer: &str,
    name: &str,
    lines: &[Provision],
    force: bool,
) -> Result<Result<Serial, Refusal>> {
    let lines = summed(lines)?;
    let holdings = match reserved(tx, &lines, force)? {
        Ok(holdings) => holdings,
        Err(refusal) => return Ok(Err(refusal)),
    };
    for held in &holdings {
        tx.put(held)?;
    }
    let serial = tx.next_id("quota.commission")?;
    tx.put(&Commission {
        serial,
        issuer: issuer.to_owned(),
        name: name.to_owned(),
        issued: cx.now,
        provisions: lines,
    })?;
    Ok(Ok(serial))
}

/// Issues a commission that waits for [`settle`].
///
/// # Errors
/// [`Error::OverQuota`] unless `force`; releases are never refused for a limit.
pub fn issue(tx: &WriteTx, cx: &Cx, name: &str, deltas: &[Delta], force: bool) -> Result<Serial> {
    issue_provisions(tx, cx, "synnefo", name, &provisions(deltas), force)?.map_err(refused)
}

/// Accepts or rejects a commission; always possible (ID-COM-03).
///
/// # Errors
/// [`Error::NotFound`] when there is no such commission pending.
pub fn settle(tx: &WriteTx, serial: Serial, accept: bool) -> Result<()> {
    let commission: Commission = tx.must(&serial, &format!("serial {serial} does not exist"))?;
    for provision in &commission.provisions {
        let mut held: Holding = tx
            .get(&provision.key())?
            .ok_or_else(|| Error::broken("quota: a commission names a missing holding"))?;
        conclude(&mut held, provision.quantity, accept)?;
        tx.put(&held)?;
    }
    tx.remove::<Commission>(&serial)?;
    Ok(())
}

/// Charges several changes at once, all or none.
///
/// # Errors
/// As for [`issue`].
pub fn charge_all(tx: &WriteTx, deltas: &[Delta], force: bool) -> Result<()> {
    let lines = summed(&provisions(deltas))?;
    let mut holdings = reserved(tx, &lines, force)?.map_err(refused)?;
    for (held, line) in holdings.iter_mut().zip(&lines) {
        conclude(held, line.quantity, true)?;
    }
    holdings.iter().try_for_each(|held| tx.put(held))
}

/// Charges one change of a resource at user and project level, at once.
///
/// # Errors
/// [`Error::OverQuota`] (CY-QTA-07, PI-QTA-07) unless `force`; [`Error::Invalid`]
/// when the user may hold nothing in the project.
pub fn charge(
    tx: &WriteTx,
    user: UserId,
    project: ProjectId,
    resource: &'static str,
    amount: i64,
    force: bool,
) -> Result<()> {
    let delta = Delta {
        user,
        project,
        resource,
        amount,
    };
    charge_all(tx, &[delta], force)
}

fn refused(refusal: Refusal) -> Error {
    match refusal {
        Refusal::NoHolding(line) => {
            let user = line.holder.trim_start_matches("user:");
            let project = line.source.trim_start_matches("project:");
            Error::invalid(format!("User {user} not in project {project}"))
        }
        Refusal::NoCapacity {
            provision,
            limit,
            usage,
        } => Error::OverQuota {
            message: "Resource Limit Exceeded for your account.".into(),
            details: format!(
                "Limit for resource '{}' exceeded for your account. Available: {}, Requested: {}",
                in_words(&provision.resource),
                limit.saturating_sub(usage),
                provision.quantity
            ),
        },
        Refusal::NoQuantity { provision, usage } => Error::broken(format!(
            "quota: {} {} releases {} of {}, holds {usage}",
            provision.holder, provision.source, provision.quantity, provision.resource
        )),
    }
}

/// Sets a limit and keeps the usage; the holding appears when missing (ID-QTA-02).
/// `source` is empty for a project's own holding.
pub fn set_limit(
    tx: &WriteTx,
    holder: &str,
    source: &str,
    resource: &str,
    limit: u64,
) -> Result<()> {
    let key = (holder.to_owned(), source.to_owned(), resource.to_owned());
    let mut held = tx.get::<Holding>(&key)?.unwrap_or(Holding {
        holder: key.0,
        source: key.1,
        resource: key.2,
        limit,
        usage_min: 0,
        usage_max: 0,
    });
    held.limit = limit;
    tx.put(&held)
}

/// Removes a holding nothing is pending on, whatever is used of it; says whether it
/// is gone.
pub fn remove_holding(tx: &WriteTx, holder: &str, source: &str, resource: &str) -> Result<bool> {
    let key = (holder.to_owned(), source.to_owned(), resource.to_owned());
    match tx.get::<Holding>(&key)? {
        Some(held) if held.usage_min == held.usage_max => Ok(tx.remove::<Holding>(&key)?.is_some()),
        _ => Ok(false),
    }
}

/// The holding's limit; None when there is no such holding.
pub fn limit_of(
    tx: &impl Reads,
    holder: &str,
    source: &str,
    resource: &str,
) -> Result<Option<u64>> {
    let key = (holder.to_owned(), source.to_owned(), resource.to_owned());
    Ok(tx.get::<Holding>(&key)?.map(|held| held.limit))
}

/// Opens the holdings of an accepted user's own project with the system defaults;
/// holdings that exist keep their limits (ID-PRJ-30).
pub fn open_system_project(tx: &WriteTx, user: UserId) -> Result<()> {
    let project = project_source(user.own_project());
    let holder = user_holder(user);
    for info in catalogue(tx)? {
        let name = info.about.name;
        for (holder, source) in [(holder.as_str(), project.as_str()), (project.as_str(), "")] {
            if limit_of(tx, holder, source, name)?.is_none() {
                set_limit(tx, holder, source, name, info.system_default)?;
            }
        }
    }
    Ok(())
}

/// The six numbers of a resource for a user in a project (ID-QAP-01).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Numbers {
    /// Limit of the user.
    pub limit: u64,
    /// Used by the user, pending included.
    pub usage: u64,
    /// Of that, pending.
    pub pending: u64,
    /// Limit of the project.
    pub project_limit: u64,
    /// Used in the project by all, pending included.
    pub project_usage: u64,
    /// Of that, pending.
    pub project_pending: u64,
}

impl Numbers {
    /// Limit that holds for the user in effect (ID-QTA-03).
    pub fn effective_limit(&self) -> u64 {
        let others = self.project_usage.saturating_sub(self.usage);
        self.limit.min(self.project_limit.saturating_sub(others))
    }

    /// What the user may still take.
    pub fn available(&self) -> u64 {
        self.effective_limit().saturating_sub(self.usage)
    }
}

/// Per project and resource, what a user may use and uses.
pub type Usage = BTreeMap<ProjectId, BTreeMap<String, Numbers>>;

fn numbers(tx: &impl Reads, held: &Holding) -> Result<Numbers> {
    let key = (held.source.clone(), String::new(), held.resource.clone());
    let project = tx.get::<Holding>(&key)?;
    let of_project = project.map_or((0, 0, 0), |p| {
        (
            p.limit,
            p.usage_max,
            p.usage_max.saturating_sub(p.usage_min),
        )
    });
    Ok(Numbers {
        limit: held.limit,
        usage: held.usage_max,
        pending: held.usage_max.saturating_sub(held.usage_min),
        project_limit: of_project.0,
        project_usage: of_project.1,
        project_pending: of_project.2,
    })
}

/// All holdings of a user, hidden resources included.
pub fn usage(tx: &impl Reads, user: UserId) -> Result<Usage> {
    let mut all = Usage::new();
    for held in tx.scan_prefix::<Holding>(&(user_holder(user),), None, usize::MAX)? {
        let Some(project) = held
            .source
            .strip_prefix("project:")
            .and_then(|text| text.parse().ok())
        else {
            continue;
        };
        let line = numbers(tx, &held)?;
        all.entry(project).or_default().insert(held.resource, line);
    }
    Ok(all)
}

/// One resource of a user in a project; zeros when nothing may be held.
pub fn usage_in(
    tx: &impl Reads,
    user: UserId,
    project: ProjectId,
    resource: &str,
) -> Result<Numbers> {
    let key = (
        user_holder(user),
        project_source(project),
        resource.to_owned(),
    );
    match tx.get::<Holding>(&key)? {
        Some(held) => numbers(tx, &held),
        None => Ok(Numbers::default()),
    }
}

/// Pending commissions, oldest first.
pub fn commissions(
    tx: &impl Reads,
    after: Option<Serial>,
    limit: usize,
) -> Result<Vec<Commission>> {
    tx.scan(after.as_ref(), limit)
}
