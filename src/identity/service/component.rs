//! Components and their services, for administrators and for the catalogue.

use super::Service;
use crate::{
    admin,
    catalog::{self, Bases},
    component::{
        self, Component, ComponentChange, ComponentView, NewService, Registered, ServiceView,
    },
};
use kernel::{Caller, Result};
use store::Reads;

impl Service {
    /// Registers the components and services of the program, once (ID-CMP-07).
    pub async fn register_components(&self) -> Result<()> {
        if self.store.read_now(|tx| tx.last_id("identity.component"))? > 0 {
            return Ok(());
        }
        self.write(component::ensure).await
    }

    fn bases(&self) -> Bases {
        Bases::new(&self.settings.now(), "")
    }

    /// Makes a component (ID-CLI-38).
    ///
    /// # Errors
    /// `Conflict` for a name in use.
    pub async fn component_add(
        &self,
        actor: &Caller,
        name: &str,
        ui_url: Option<String>,
        base_url: Option<String>,
    ) -> Result<ComponentView> {
        admin::allow(actor)?;
        self.register_components().await?;
        let (name, bases) = (name.to_owned(), self.bases());
        self.write(move |tx, cx, r| {
            let row = component::add(tx, cx, r, &name, ui_url.clone(), base_url.clone())?;
            component::view(r, &bases, row)
        })
        .await
    }

    /// All components by number (ID-CLI-39).
    pub async fn component_list(&self, actor: &Caller) -> Result<Vec<ComponentView>> {
        admin::allow(actor)?;
        self.register_components().await?;
        let (rules, bases) = (self.rules(), self.bases());
        self.store
            .read(move |tx| {
                let all = tx.scan::<Component>(None, usize::MAX)?.into_iter();
                all.map(|row| component::view(&rules, &bases, row))
                    .collect()
            })
            .await
    }

    /// A component by number or name (ID-CLI-40).
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn component_show(&self, actor: &Caller, name: &str) -> Result<ComponentView> {
        admin::allow(actor)?;
        self.register_components().await?;
        let (rules, bases, name) = (self.rules(), self.bases(), name.to_owned());
        self.store
            .read(move |tx| component::view(&rules, &bases, component::named(tx, &name)?))
            .await
    }

    /// Changes a component (ID-CLI-41).
    ///
    /// # Errors
    /// `NotFound`; `Conflict` for a token in use.
    pub async fn component_modify(
        &self,
        actor: &Caller,
        name: &str,
        change: ComponentChange,
    ) -> Result<ComponentView> {
        admin::allow(actor)?;
        self.register_components().await?;
        let (bases, name) = (self.bases(), name.to_owned());
        self.write(move |tx, cx, r| {
            let row = component::modify(tx, cx, r, &name, &change)?;
            component::view(r, &bases, row)
        })
        .await
    }

    /// Removes a component with its services (ID-CLI-42).
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn component_remove(&self, actor: &Caller, name: &str) -> Result<()> {
        admin::allow(actor)?;
        self.register_components().await?;
        let name = name.to_owned();
        self.write(move |tx, _, _| component::remove(tx, &name))
            .await
    }

    /// Registers services, all or none; for each its name and whether it was there
    /// (ID-CLI-43). Resources are quota's.
    ///
    /// # Errors
    /// `NotFound` for an unknown component, `Conflict` for another's service.
    pub async fn service_import(
        &self,
        actor: &Caller,
        services: Vec<NewService>,
    ) -> Result<Vec<(String, bool)>> {
        admin::allow(actor)?;
        self.register_components().await?;
        self.write(move |tx, _, _| {
            let all = services.iter();
            all.map(|new| Ok((new.name.clone(), component::import(tx, new)?)))
                .collect()
        })
        .await
    }

    /// All services by number (ID-CLI-43).
    pub async fn service_list(&self, actor: &Caller) -> Result<Vec<ServiceView>> {
        admin::allow(actor)?;
        self.register_components().await?;
        let bases = self.bases();
        self.store.read(move |tx| services(tx, &bases)).await
    }

    /// The name of the component a token belongs to (ID-INT-02); point reads only.
    ///
    /// # Errors
    /// `Unauthorized` as of ID-API-03.
    pub fn component_by_token(&self, token: &str) -> Result<String> {
        let (cx, rules) = (self.cx.cx(), self.rules());
        if token.len() > 256 {
            return Err(kernel::Error::unauthorized("Invalid X-Auth-Token"));
        }
        self.store
            .read_now(|tx| component::by_token(tx, &cx, &rules, token))
    }

    /// The native catalogue (ID-KST-14); `served` is where the service was reached, for
    /// settings that name no address. Few rows are read.
    pub fn catalogue(&self, served: &str) -> Result<Vec<catalog::Service>> {
        let bases = Bases::new(&self.settings.now(), served);
        self.store.read_now(|tx| catalog::all(tx, &bases))
    }

    /// Names and page addresses of the components by number (ID-MNU-01).
    pub fn component_pages(&self, served: &str) -> Result<Vec<(String, String)>> {
        let bases = Bases::new(&self.settings.now(), served);
        self.store.read_now(|tx| {
            let rows = tx.scan::<Component>(None, 1000)?;
            if rows.is_empty() {
                return Ok(catalog::pages(&bases));
            }
            let page = |row: Component| {
                let base = catalog::base_of(&bases, &row.name);
                let url = row.ui_url.or(base.map(|base| format!("{base}/ui")));
                (row.name, url.unwrap_or_default())
            };
            Ok(rows.into_iter().map(page).collect())
        })
    }

    /// Counts changes of components and services.
    pub fn catalogue_changes(&self) -> u64 {
        *self.components.borrow()
    }
}

fn services(tx: &impl Reads, bases: &Bases) -> Result<Vec<ServiceView>> {
    let all = tx.scan::<Registered>(None, usize::MAX)?.into_iter();
    all.map(|row| {
        let component = tx.get::<Component>(&row.component)?;
        let endpoints = match row.endpoints {
            Some(endpoints) => endpoints,
            None => catalog::endpoints_of(bases, &row.name),
        };
        Ok(ServiceView {
            id: row.id,
            component: component.map_or_else(String::new, |c| c.name),
            name: row.name,
            kind: row.kind,
            endpoints,
        })
    })
    .collect()
}
