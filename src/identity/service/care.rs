//! Upkeep that administrators ask for by hand, and what they may know of everybody.

use super::Service;
use crate::{
    admin::{allow, may_change},
    audit::{self, Act},
    import::{self, Brought, Newcomers},
    notice::{self, Notice},
    pending::Pending,
    rows::{Method, Session, User, methods, save},
    session, sign_up, terms, token, user_setting, users,
    view::SessionInfo,
};
use kernel::{Caller, Cx, Error, Result, Timestamp, UserNo};
use std::{collections::BTreeMap, sync::Arc};
use store::{Reads, WriteTx};

/// Somebody known elsewhere, on the way to an account (ID-MOD-07).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingIdentity {
    /// The login method.
    pub provider: String,
    /// What it calls the person.
    pub identifier: String,
    /// Address, may be empty.
    pub email: String,
    /// First name, may be empty.
    pub first_name: String,
    /// Last name, may be empty.
    pub last_name: String,
    /// Where the person belongs.
    pub affiliation: Option<String>,
    /// When they came.
    pub created: Timestamp,
}

impl Service {
    /// Completes administrators' records that lack what every account has (ID-CLI-25);
    /// how many were mended.
    pub async fn fix_superusers(&self, actor: &Caller) -> Result<usize> {
        allow(actor)?;
        let incomplete = self.store.read(|tx| {
            let mut found = Vec::new();
            tx.each_row::<User>(&(), None, |user| {
                if user.is_superuser && lacks(tx, &user)? {
                    found.push(user.no);
                }
                Ok(true)
            })?;
            Ok(found)
        });
        let incomplete = incomplete.await?;
        if incomplete.is_empty() {
            return Ok(0);
        }
        let actor = actor.clone();
        self.write(move |tx, cx, r| {
            for no in &incomplete {
                let Some(mut user) = tx.get::<User>(no)? else {
                    continue;
                };
                let before = user.clone();
                complete(tx, cx, &mut user)?;
                if user.token.is_none() {
                    token::make(cx, r, &mut user)?;
                }
                save(tx, cx, &mut user)?;
                let changes = audit::changes(tx, Some(&before), Some(&user))?;
                let act = Act::new("user.fix", audit::target(&user)).and(changes);
                audit::record(tx, cx, &actor, act)?;
            }
            Ok(incomplete.len())
        })
        .await
    }

    /// The sessions of somebody, newest first (ID-CLI-80).
    pub async fn admin_sessions(&self, actor: &Caller, user: UserNo) -> Result<Vec<SessionInfo>> {
        allow(actor)?;
        let now = self.cx.cx().now;
        self.store
            .read(move |tx| session::list(tx, user, now, None))
            .await
    }

    /// Ends all sessions of somebody; how many (ID-CLI-80).
    pub async fn admin_flush_sessions(&self, actor: &Caller, user: UserNo) -> Result<usize> {
        allow(actor)?;
        let actor = actor.clone();
        self.write(move |tx, cx, r| {
            let unknown = || Error::not_found(format!("Unknown user with id '{user}'"));
            let person: User = tx.get(&user)?.ok_or_else(unknown)?;
            may_change(tx, &actor, &person)?;
            let open = tx.find::<Session>("user", &(user,), None, usize::MAX)?;
            session::flush(tx, user, None)?;
            if !open.is_empty() {
                notice::tell(tx, cx, r, &person, &Notice::SessionsEndedByAdmin, None)?;
            }
            let act = Act::new("user.end_sessions", audit::target(&person));
            let act = act.with("sessions", open.len(), 0);
            audit::record(tx, cx, &actor, act)?;
            Ok(open.len())
        })
        .await
    }

    /// People that came from another login method and have no account yet, by age.
    pub async fn admin_pending(&self, actor: &Caller) -> Result<Vec<PendingIdentity>> {
        allow(actor)?;
        self.store
            .read(|tx| {
                let all = tx.find::<Pending>("created", &(), None, 10_000)?;
                let view = |row: Pending| PendingIdentity {
                    provider: row.provider,
                    identifier: row.identifier,
                    email: row.email,
                    first_name: row.first_name,
                    last_name: row.last_name,
                    affiliation: row.affiliation,
                    created: row.created,
                };
                Ok(all.into_iter().map(view).collect())
            })
            .await
    }

    /// Erases somebody who uses nothing any more (ID-CLI-80).
    ///
    /// # Errors
    /// `Conflict` naming what is still used.
    pub async fn admin_erase(&self, actor: &Caller, user: UserNo) -> Result<()> {
        allow(actor)?;
        let actor = actor.clone();
        self.write(move |tx, cx, _| crate::erase::erase(tx, cx, &actor, user))
            .await
    }

    /// Brings the people of another installation (ID-CLI-80).
    ///
    /// # Errors
    /// `Invalid` naming every address that cannot be taken over; then nobody is.
    pub async fn admin_import(&self, actor: &Caller, all: Newcomers) -> Result<Brought> {
        allow(actor)?;
        let (actor, all) = (actor.clone(), Arc::new(all));
        self.write(move |tx, cx, r| import::bring(tx, cx, r, &actor, &all))
            .await
    }

    /// Everything stored about somebody that is no secret, as JSON (ID-CLI-80); that it
    /// was given away is in the trail before anybody has it.
    pub async fn admin_export(&self, actor: &Caller, user: UserNo) -> Result<serde_json::Value> {
        allow(actor)?;
        let exported = self.exported(actor, user).await?;
        let parts = exported.as_object().into_iter().flatten();
        let parts: Vec<&str> = parts.map(|(name, _)| name.as_str()).collect();
        let parts = parts.join(", ");
        let actor = actor.clone();
        self.write_anyway(move |tx, cx, _| {
            let row: User = tx.must(&user, "Unknown user.")?;
            let act = Act::new("user.export", audit::target(&row)).with("given", "", &parts);
            audit::record(tx, cx, &actor, act)
        })
        .await?;
        Ok(exported)
    }

    async fn exported(&self, actor: &Caller, user: UserNo) -> Result<serde_json::Value> {
        let sessions = self.admin_sessions(actor, user).await?;
        let exported = self.store.read(move |tx| {
            let unknown = || Error::not_found(format!("Unknown user with id '{user}'"));
            let row: User = tx.get(&user)?.ok_or_else(unknown)?;
            let methods = methods(tx, user)?;
            let view = users::view(tx, row.clone())?;
            let holdings = quota::usage(tx, row.uuid)?;
            let numbers = user_setting::all(tx, user)?;
            Ok((row, view, methods, holdings, numbers))
        });
        let (row, view, methods, holdings, numbers) = exported.await?;
        let time = |at: Timestamp| at.to_string();
        let methods: Vec<_> = methods
            .iter()
            .map(|m| {
                serde_json::json!({
                    "module": m.module, "identifier": m.identifier, "active": m.active,
                    "info": m.info, "created": time(m.created),
                    "last_login": m.last_login.map(time),
                })
            })
            .collect();
        let sessions: Vec<_> = sessions
            .iter()
            .map(|s| {
                serde_json::json!({
                    "created": time(s.created), "seen": time(s.seen), "expires": time(s.expires),
                    "address": s.address, "user_agent": s.user_agent,
                })
            })
            .collect();
        let quota: serde_json::Map<String, serde_json::Value> = holdings
            .into_iter()
            .map(|(project, resources)| (project.to_string(), serde_json::json!(resources)))
            .collect();
        let mut account = account(&row, &view.status);
        if let Some(all) = account.as_object_mut() {
            let groups: Vec<_> = view.groups.iter().map(|(_, name)| name.clone()).collect();
            all.insert("groups".into(), groups.into());
            all.insert("permissions".into(), view.permissions.into());
        }
        Ok(serde_json::json!({
            "account": account, "login_methods": methods, "sessions": sessions, "quota": quota,
            "settings": numbers.into_iter().map(|one| (one.name, one.value)).collect::<BTreeMap<_, _>>(),
        }))
    }
}

fn account(row: &User, status: &str) -> serde_json::Value {
    let time = |at: Option<Timestamp>| at.map(|at| at.to_string());
    serde_json::json!({
        "id": row.no.0, "uuid": row.uuid.to_string(), "email": row.email,
        "username": row.username, "first_name": row.first_name, "last_name": row.last_name,
        "language": row.language, "status": status, "is_superuser": row.is_superuser,
        "verified_at": time(row.verified_at), "moderated_at": time(row.moderated_at),
        "rejected_reason": row.rejected_reason, "accepted_policy": row.accepted_policy,
        "accepted_email": row.accepted_email, "deactivated_reason": row.deactivated_reason,
        "deactivated_at": time(row.deactivated_at),
        "activation_sent": time(row.activation_sent),
        "date_signed_terms": time(row.date_signed_terms),
        "auth_token_created": time(row.token.as_ref().map(|t| t.created)),
        "auth_token_expires": time(row.token.as_ref().map(|t| t.expires)),
        "level": row.level, "invitations": row.invitations, "affiliation": row.affiliation,
        "default_project": row.default_project.map(|p| p.to_string()),
        "date_joined": row.joined.to_string(), "updated": row.updated.to_string(),
        "last_login": time(row.last_login),
    })
}

/// Does the record lack what every account has?
fn lacks(tx: &impl Reads, user: &User) -> Result<bool> {
    let named = user.username == user.email.to_lowercase();
    Ok(!named || user.token.is_none() || methods(tx, user.no)?.is_empty())
}

fn complete(tx: &WriteTx, cx: &Cx, user: &mut User) -> Result<()> {
    let methods: Vec<Method> = methods(tx, user.no)?;
    user.username = user.email.to_lowercase();
    if methods.is_empty() {
        sign_up::add_local(tx, cx, user)?;
    }
    match terms::signed(tx, user)? && user.has_signed_terms {
        true => Ok(()),
        false => terms::note(tx, cx, user, ""),
    }
}
