//! Components, services, resources, groups and limits: what administrators ask and what
//! the catalogue answers.

use super::{Service, acts};
use crate::{
    admin::allow,
    audit,
    catalog::Entry,
    component::{self, CATALOGUE, ComponentChange, ComponentView, ServiceView},
    definition::{self, Definition, Imported},
    limits::{self, Mismatch, Synced},
    rules::Rules,
};
use kernel::{Caller, Cx, Error, Result, Settings};
use quota::ResourceInfo;
use std::sync::{Arc, PoisonError, RwLock};
use store::{Reads, Store, WriteTx};
use tokio::sync::watch;

/// Rows changed in one transaction of a long task.
const SLICE: usize = 500;

/// The catalogue as it was last made, good while neither registry nor settings change.
#[derive(Clone)]
pub(super) struct Remembered {
    changes: watch::Receiver<u64>,
    last: Arc<RwLock<Option<Last>>>,
}

struct Last {
    changes: u64,
    settings: Arc<Settings>,
    served: String,
    entries: Arc<Vec<Entry>>,
}

impl Remembered {
    pub(super) fn new(store: &Store) -> Self {
        Remembered {
            changes: store.subscribe(CATALOGUE),
            last: Arc::default(),
        }
    }
}

/// A component that showed its token (ID-API-03).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceCaller {
    /// Number of the component.
    pub id: u64,
    /// Its name.
    pub name: String,
}

/// A change of a resource (ID-CLI-44).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResourceChange {
    /// Limit of new system projects.
    pub system_default: Option<u64>,
    /// Limit of other new projects.
    pub project_default: Option<u64>,
    /// Shown in APIs?
    pub api_visible: Option<bool>,
    /// Shown on pages?
    pub ui_visible: Option<bool>,
    /// Both when True, pages when False (ID-RES-06).
    pub allow_in_projects: Option<bool>,
}

impl Service {
    /// Registers the components of the product, unless that was done before
    /// (ID-CMP-07). Blocks; for the start of the process.
    pub fn register_components(&self) -> Result<()> {
        if self.store.read_now(component::registered)? {
            return Ok(());
        }
        let (cx, r) = (self.cx.cx(), self.rules());
        self.store
            .write_blocking(move |tx| component::register_own(tx, &cx, &r))
    }

    /// The service catalogue (ID-KST-14); `served` is the address for services the
    /// settings give none. Made anew only after a change.
    pub fn catalogue(&self, served: &str) -> Result<Arc<Vec<Entry>>> {
        let kept = &self.catalogue;
        let changes = *kept.changes.borrow();
        let r = self.rules();
        let last = kept.last.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(last) = &*last
            && last.changes == changes
            && Arc::ptr_eq(&last.settings, &r.settings)
            && last.served == served
        {
            return Ok(last.entries.clone());
        }
        drop(last);
        let made = self
            .store
            .read_now(|tx| component::catalogue(tx, &r, served))?;
        let entries = Arc::new(made);
        *kept.last.write().unwrap_or_else(PoisonError::into_inner) = Some(Last {
            changes,
            settings: r.settings,
            served: served.to_owned(),
            entries: entries.clone(),
        });
        Ok(entries)
    }

    /// The component a token belongs to; point reads only.
    ///
    /// # Errors
    /// `Unauthorized` when it is nobody's, or over (ID-API-03).
    pub fn component_by_token(&self, token: &str) -> Result<ServiceCaller> {
        if token.len() > 256 {
            return Err(Error::unauthorized("Invalid X-Auth-Token"));
        }
        let (r, now) = (self.rules(), self.cx.cx().now);
        let row = self
            .store
            .read_now(|tx| component::by_token(tx, &r, now, token))?;
        Ok(ServiceCaller {
            id: row.id,
            name: row.name,
        })
    }

    /// All components.
    pub async fn components(&self, actor: &Caller) -> Result<Vec<ComponentView>> {
        allow(actor)?;
        let r = self.rules();
        self.store.read(move |tx| component::list(tx, &r)).await
    }

    /// A component by number or name.
    pub async fn component(&self, actor: &Caller, name: &str) -> Result<Option<ComponentView>> {
        allow(actor)?;
        let (r, name) = (self.rules(), name.to_owned());
        self.store
            .read(move |tx| {
                let row = component::named(tx, &name)?;
                row.map(|row| component::view(tx, &r, &row)).transpose()
            })
            .await
    }

    /// Registers a component (ID-CLI-38).
    ///
    /// # Errors
    /// `Conflict` when there is one of that name.
    pub async fn component_add(
        &self,
        actor: &Caller,
        name: String,
        base_url: Option<String>,
        ui_url: Option<String>,
    ) -> Result<ComponentView> {
        allow(actor)?;
        let actor = actor.clone();
        self.write(move |tx, cx, r| {
            let row = component::add(tx, cx, r, &name, base_url.as_ref(), ui_url.as_ref())?;
            let view = component::view(tx, r, &row)?;
            let act = acts::component("component.add", None, Some(&view));
            audit::record(tx, cx, &actor, act)?;
            Ok(view)
        })
        .await
    }

    /// Changes a component (ID-CLI-41).
    pub async fn component_modify(
        &self,
        actor: &Caller,
        name: String,
        change: ComponentChange,
    ) -> Result<ComponentView> {
        allow(actor)?;
        let actor = actor.clone();
        self.write(move |tx, cx, r| {
            let before = seen(tx, r, &name)?;
            let row = component::modify(tx, cx, r, &name, &change)?;
            let view = component::view(tx, r, &row)?;
            let act = acts::component("component.modify", before.as_ref(), Some(&view));
            audit::record(tx, cx, &actor, act)?;
            Ok(view)
        })
        .await
    }

    /// Forgets a component with its services (ID-CLI-42); its name.
    pub async fn component_remove(&self, actor: &Caller, name: String) -> Result<String> {
        allow(actor)?;
        let actor = actor.clone();
        self.write(move |tx, cx, r| {
            let before = seen(tx, r, &name)?;
            let row = component::remove(tx, &name)?;
            let act = acts::component("component.remove", before.as_ref(), None);
            audit::record(tx, cx, &actor, act)?;
            Ok(row.name)
        })
        .await
    }

    /// All services, by number.
    pub async fn services(&self, actor: &Caller) -> Result<Vec<ServiceView>> {
        let mut all: Vec<ServiceView> = self
            .components(actor)
            .await?
            .into_iter()
            .flat_map(|component| component.services)
            .collect();
        all.sort_by_key(|service| service.id);
        Ok(all)
    }

    /// A service by number or name.
    pub async fn service_named(&self, actor: &Caller, name: &str) -> Result<Option<ServiceView>> {
        allow(actor)?;
        let (r, name) = (self.rules(), name.to_owned());
        self.store
            .read(move |tx| component::service(tx, &r, &name))
            .await
    }

    /// Registers services with their resources (ID-CLI-43); what to say of each.
    pub async fn import_services(
        &self,
        actor: &Caller,
        all: Vec<Definition>,
    ) -> Result<Vec<String>> {
        allow(actor)?;
        let by = actor.clone();
        let done = self.write(move |tx, cx, r| {
            let there = |name: &str| component::service(tx, r, name);
            let before: Vec<_> = all.iter().map(|one| there(&one.name)).collect();
            let resources = all.iter().flat_map(|one| &one.resources);
            let resources = before_resources(tx, resources)?;
            let done = definition::import(tx, r, &all)?;
            for (one, before) in all.iter().zip(before) {
                let act = acts::service(&one.name, before?.as_ref(), there(&one.name)?.as_ref());
                audit::record(tx, cx, &by, act)?;
            }
            note_resources(tx, cx, &by, resources)?;
            Ok(done)
        });
        self.spread(actor, done.await?).await
    }

    /// Registers resources (ID-CLI-43); what to say of each.
    pub async fn import_resources(
        &self,
        actor: &Caller,
        all: Vec<quota::NewResource>,
    ) -> Result<Vec<String>> {
        allow(actor)?;
        let by = actor.clone();
        let done = self.write(move |tx, cx, r| {
            let mut done = Imported::default();
            let before = before_resources(tx, &all)?;
            definition::register_resources(tx, r, &all, None, &mut done)?;
            note_resources(tx, cx, &by, before)?;
            Ok(done)
        });
        self.spread(actor, done.await?).await
    }

    /// New resources reach everybody at once (ID-RES-02).
    async fn spread(&self, actor: &Caller, done: Imported) -> Result<Vec<String>> {
        if !done.new_resources.is_empty() {
            self.sync_limits(actor).await?;
        }
        Ok(done.said)
    }

    /// Changes resources, all or none (ID-CLI-44); what was repaired besides.
    pub async fn resources_modify(
        &self,
        actor: &Caller,
        changes: Vec<(String, ResourceChange)>,
    ) -> Result<Vec<String>> {
        allow(actor)?;
        let actor = actor.clone();
        self.write(move |tx, cx, _| {
            let mut said = Vec::new();
            for (name, change) in &changes {
                let unknown = || Error::not_found(format!("Resource {name} does not exist."));
                let before = quota::resource_named(tx, name)?.ok_or_else(unknown)?;
                modify_resource(tx, name, change, &mut said)?;
                let after = quota::resource_named(tx, name)?;
                let act = acts::resource("resource.modify", name, Some(&before), after.as_ref());
                if !act.fields.is_empty() {
                    audit::record(tx, cx, &actor, act)?;
                }
            }
            Ok(said)
        })
        .await
    }

    /// Puts defaults and limits in force for everybody, some at a time (ID-RES-05);
    /// what changed.
    pub async fn sync_limits(&self, actor: &Caller) -> Result<Vec<Synced>> {
        allow(actor)?;
        let mut all = Vec::new();
        let mut after = None;
        loop {
            let actor = actor.clone();
            let slice = self.write(move |tx, cx, _| {
                let (synced, next) = limits::sync(tx, cx, after, SLICE)?;
                for one in &synced {
                    audit::record(tx, cx, &actor, acts::synced(one))?;
                }
                Ok((synced, next))
            });
            let (synced, next) = slice.await?;
            all.extend(synced);
            after = next;
            if after.is_none() {
                return Ok(all);
            }
        }
    }

    /// Takes back what is charged without a reason (ID-CLI-53), all or none. What
    /// changed in between is left alone.
    pub async fn release_usage(&self, actor: &Caller, wrong: Vec<quota::Holding>) -> Result<()> {
        allow(actor)?;
        let actor = actor.clone();
        self.write(move |tx, cx, _| {
            for held in &wrong {
                let key = store::Row::key(held);
                if tx.get::<quota::Holding>(&key)?.as_ref() != Some(held) {
                    continue;
                }
                let amount = i64::try_from(held.usage_max).map_err(Error::broken)?;
                let line = |holder: &str, source: &str| quota::Provision {
                    holder: holder.to_owned(),
                    source: source.to_owned(),
                    resource: held.resource.clone(),
                    quantity: -amount,
                };
                let lines = [line(&held.holder, &held.source), line(&held.source, "")];
                let issued = quota::issue_provisions(tx, cx, "astakos", "RECONCILE", &lines, true)?;
                let serial = issued.map_err(|_| {
                    Error::conflict(format!(
                        "{} holds more than its project: run quota-verify first.",
                        held.holder
                    ))
                })?;
                quota::settle(tx, serial, true)?;
                audit::record(tx, cx, &actor, acts::released(held))?;
            }
            Ok(())
        })
        .await
    }

    /// Holdings that are not as the projects say (ID-CLI-52).
    pub async fn check_limits(&self, actor: &Caller) -> Result<Vec<Mismatch>> {
        allow(actor)?;
        self.store.read(limits::check).await
    }

    /// Mends what [`Service::check_limits`] found, some at a time; how many.
    pub async fn repair_limits(
        &self,
        actor: &Caller,
        wrong: Vec<Mismatch>,
        unexpected: bool,
    ) -> Result<usize> {
        allow(actor)?;
        let mut repaired = 0;
        for slice in wrong.chunks(SLICE) {
            let (slice, actor) = (slice.to_vec(), actor.clone());
            let done = self.write(move |tx, cx, _| {
                let repaired = limits::repair(tx, &slice, unexpected)?;
                for one in &repaired {
                    audit::record(tx, cx, &actor, acts::repaired(one))?;
                }
                Ok(repaired.len())
            });
            repaired += done.await?;
        }
        Ok(repaired)
    }
}

/// A component as it is before a change; none where there is none, which the change
/// itself refuses.
fn seen(tx: &WriteTx, r: &Rules, name: &str) -> Result<Option<ComponentView>> {
    let row = component::named(tx, name)?;
    row.map(|row| component::view(tx, r, &row)).transpose()
}

/// Resources that are to be registered, as they were before.
type Before = Vec<(String, Option<ResourceInfo>)>;

fn before_resources<'a>(
    tx: &WriteTx,
    all: impl IntoIterator<Item = &'a quota::NewResource>,
) -> Result<Before> {
    let known = quota::catalogue(tx)?;
    let known = |name: &str| known.iter().find(|one| one.about.name == name).copied();
    let each = |one: &quota::NewResource| (one.name.clone(), known(&one.name));
    Ok(all.into_iter().map(each).collect())
}

fn note_resources(tx: &WriteTx, cx: &Cx, actor: &Caller, before: Before) -> Result<()> {
    let known = quota::catalogue(tx)?;
    for (name, before) in before {
        let after = known.iter().find(|one| one.about.name == name);
        let act = acts::resource("resource.import", &name, before.as_ref(), after);
        audit::record(tx, cx, actor, act)?;
    }
    Ok(())
}

fn modify_resource(
    tx: &WriteTx,
    name: &str,
    change: &ResourceChange,
    said: &mut Vec<String>,
) -> Result<()> {
    if let Some(limit) = change.system_default {
        quota::set_system_default(tx, name, limit)?;
    }
    if let Some(limit) = change.project_default {
        quota::set_project_default(tx, name, limit)?;
    }
    let api = change
        .api_visible
        .or(change.allow_in_projects.filter(|on| *on));
    let ui = change.ui_visible.or(change.allow_in_projects);
    if api.is_none() && ui.is_none() {
        return Ok(());
    }
    let (in_apis, on_pages) = quota::set_visible(tx, name, api, ui)?;
    if ui.is_none() && !in_apis && !on_pages {
        said.push(format!(
            "Resource '{name}' is not visible in the APIs, and so not on pages: ui_visible is False."
        ));
    }
    if api.is_none() && on_pages {
        said.push(format!(
            "Resource '{name}' is visible on pages, and so in the APIs: api_visible is True."
        ));
    }
    Ok(())
}
