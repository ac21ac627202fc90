//! Do the tables of this crate agree with each other?

use crate::{
    captcha::Spent,
    email,
    email_change::EmailChange,
    factor::{Factor, Half, Recovery, Setup},
    handover::{Consent, Handover},
    invitations::Invitation,
    moderation::{DigestMark, ModerationLink},
    oauth2::{OauthClient, OauthCode, OauthToken},
    pending::Pending,
    policy::Profile,
    rows::{Attempts, Group, Method, Password, Project, ProjectState, Reset, Session, User},
    scoped::Revoked,
    switch::Switch,
    terms::{Signature, Terms},
    user_setting::UserSetting,
};
use kernel::{Result, UserNo};
use std::collections::BTreeSet;
use store::{Inconsistency, ReadTx, Reads, Row};

/// Checks all tables. Work grows with the store.
pub fn verify(tx: &ReadTx) -> Result<Vec<Inconsistency>> {
    let mut problems = tables(tx)?;
    let mut users = BTreeSet::new();
    tx.each_row::<User>(&(), None, |user| {
        users.insert(user.no);
        for problem in wrong(tx, &user)? {
            let problem = format!("user {}: {problem}", user.no);
            problems.push(Inconsistency::new(User::TABLE, problem));
        }
        Ok(true)
    })?;
    problems.extend(orphans(tx, &users)?);
    Ok(problems)
}

/// What is wrong with single tables and topics.
fn tables(tx: &ReadTx) -> Result<Vec<Inconsistency>> {
    let mut problems = tx.verify_table::<User>()?;
    problems.extend(tx.verify_table::<Method>()?);
    problems.extend(tx.verify_table::<Password>()?);
    problems.extend(tx.verify_table::<Session>()?);
    problems.extend(tx.verify_table::<Reset>()?);
    problems.extend(tx.verify_table::<Attempts>()?);
    problems.extend(tx.verify_table::<Group>()?);
    problems.extend(tx.verify_table::<Project>()?);
    problems.extend(tx.verify_table::<crate::component::Component>()?);
    problems.extend(tx.verify_table::<crate::component::Registered>()?);
    problems.extend(tx.verify_table::<crate::component::Once>()?);
    problems.extend(tx.verify_table::<Terms>()?);
    problems.extend(tx.verify_table::<Signature>()?);
    problems.extend(tx.verify_table::<Invitation>()?);
    problems.extend(tx.verify_table::<EmailChange>()?);
    problems.extend(tx.verify_table::<ModerationLink>()?);
    problems.extend(tx.verify_table::<DigestMark>()?);
    problems.extend(tx.verify_outbox(crate::events::TOPIC)?);
    problems.extend(tx.verify_table::<Profile>()?);
    problems.extend(tx.verify_table::<Pending>()?);
    problems.extend(tx.verify_table::<Switch>()?);
    problems.extend(tx.verify_table::<Factor>()?);
    problems.extend(tx.verify_table::<Recovery>()?);
    problems.extend(tx.verify_table::<Half>()?);
    problems.extend(tx.verify_table::<Setup>()?);
    problems.extend(tx.verify_table::<Spent>()?);
    problems.extend(tx.verify_outbox(crate::follow::CHANGED)?);
    problems.extend(::audit::verify(tx)?);
    problems.extend(tx.verify_table::<OauthClient>()?);
    problems.extend(tx.verify_table::<OauthCode>()?);
    problems.extend(tx.verify_table::<OauthToken>()?);
    problems.extend(tx.verify_table::<Revoked>()?);
    problems.extend(tx.verify_table::<Consent>()?);
    problems.extend(tx.verify_table::<Handover>()?);
    problems.extend(tx.verify_table::<UserSetting>()?);
    problems.extend(tx.verify_table::<crate::import::Dearest>()?);
    Ok(problems)
}

/// Rows of people who do not exist.
fn orphans(tx: &ReadTx, users: &BTreeSet<UserNo>) -> Result<Vec<Inconsistency>> {
    let mut problems = Vec::new();
    let mut orphan = |table: &str, user: UserNo| {
        if !users.contains(&user) {
            let problem = format!("a row of user {user}, who does not exist");
            problems.push(Inconsistency::new(table, problem));
        }
        Ok(true)
    };
    tx.each_row::<Method>(&(), None, |row| orphan(Method::TABLE, row.user))?;
    tx.each_row::<Password>(&(), None, |row| orphan(Password::TABLE, row.user))?;
    tx.each_row::<Session>(&(), None, |row| orphan(Session::TABLE, row.user))?;
    tx.each_row::<Factor>(&(), None, |row| orphan(Factor::TABLE, row.user))?;
    tx.each_row::<Recovery>(&(), None, |row| orphan(Recovery::TABLE, row.user))?;
    tx.each_row::<Half>(&(), None, |row| orphan(Half::TABLE, row.user))?;
    tx.each_row::<Setup>(&(), None, |row| orphan(Setup::TABLE, row.user))?;
    tx.each_row::<Reset>(&(), None, |row| orphan(Reset::TABLE, row.user))?;
    tx.each_row::<Project>(&(), None, |row| orphan(Project::TABLE, row.user))?;
    tx.each_row::<OauthCode>(&(), None, |row| orphan(OauthCode::TABLE, row.user))?;
    tx.each_row::<OauthToken>(&(), None, |row| orphan(OauthToken::TABLE, row.user))?;
    tx.each_row::<Consent>(&(), None, |row| orphan(Consent::TABLE, row.user))?;
    tx.each_row::<Switch>(&(), None, |row| orphan(Switch::TABLE, row.user))?;
    tx.each_row::<Handover>(&(), None, |row| orphan(Handover::TABLE, row.user))?;
    tx.each_row::<UserSetting>(&(), None, |row| orphan(UserSetting::TABLE, row.user))?;
    tx.each_row::<Signature>(&(), None, |row| orphan(Signature::TABLE, row.user))?;
    tx.each_row::<EmailChange>(&(), None, |row| orphan(EmailChange::TABLE, row.user))?;
    tx.each_row::<ModerationLink>(&(), None, |row| orphan(ModerationLink::TABLE, row.user))?;
    Ok(problems)
}

/// What is wrong with one account.
fn wrong(tx: &ReadTx, user: &User) -> Result<Vec<&'static str>> {
    let project = tx.get::<Project>(&user.uuid.own_project())?;
    let suspended = project
        .as_ref()
        .is_some_and(|p| p.state == ProjectState::Suspended);
    let sessions = tx.find::<Session>("user", &(user.no,), None, 1)?;
    let checks = [
        (
            user.username != user.email.to_lowercase(),
            "user name is not the address",
        ),
        (!email::valid(&user.email), "malformed address"),
        (
            user.is_active && !(user.email_verified && user.is_accepted()),
            "active but not accepted",
        ),
        (
            user.is_rejected && (!user.moderated || user.is_active),
            "rejected and yet active or undecided",
        ),
        (
            user.email_verified != user.verified_at.is_some(),
            "verified without a time, or the reverse",
        ),
        (
            user.email_verified && user.code.is_some(),
            "verified and yet waiting for a code",
        ),
        (
            user.is_accepted() != project.is_some(),
            "accepted without a system project, or the reverse",
        ),
        (
            user.is_active && suspended,
            "active with a suspended system project",
        ),
        (
            user.is_accepted() && user.accepted_email.is_none(),
            "accepted without a policy",
        ),
        (
            !user.is_active && !sessions.is_empty(),
            "inactive with a session",
        ),
    ];
    let found = checks.into_iter().filter(|(bad, _)| *bad);
    Ok(found.map(|(_, problem)| problem).collect())
}
