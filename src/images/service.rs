//! The async face of this crate.

use crate::{
    image::Image,
    list::{self, Listing},
    register::{self, Attributes, Rules, Sharing},
};
use kernel::{Caller, Cx, CxSource, Error, Result, SettingsHandle, UserId};
use objects::ObjectPath;
use std::collections::BTreeSet;
use store::{Store, WriteTx};
use uuid::Uuid;

/// Entries of deleted files that one list clears away.
const FORGET: usize = 200;

/// Images for `web` and `admin`. Cheap to clone.
#[derive(Clone)]
pub struct Service {
    store: Store,
    settings: SettingsHandle,
    cx: CxSource,
}

impl Service {
    /// A service over an open store.
    pub fn new(store: Store, settings: SettingsHandle, cx: CxSource) -> Self {
        Service {
            store,
            settings,
            cx,
        }
    }

    /// Images the caller sees (CY-IMG-30).
    pub async fn list(&self, caller: &Caller, listing: Listing) -> Result<Vec<Image>> {
        let user = caller.user;
        let (found, mut dead) = self
            .store
            .read(move |tx| list::visible(tx, user, &listing))
            .await?;
        if !dead.is_empty() {
            dead.truncate(FORGET);
            let forgotten = self
                .store
                .write_reclaiming(move |tx| list::forget(tx, &dead));
            // A list must not fail because of what it does not show.
            drop(forgotten.await);
        }
        Ok(found)
    }

    /// All images, for administrators (CY-IMG-70).
    pub async fn all(&self, caller: &Caller, public_only: bool) -> Result<Vec<Image>> {
        if !caller.is_admin() {
            return Err(Error::forbidden("Administrators only."));
        }
        self.store.read(move |tx| list::all(tx, public_only)).await
    }

    /// One image the caller may use.
    pub async fn image(&self, caller: &Caller, id: Uuid) -> Result<Image> {
        let caller = caller.clone();
        self.store
            .read(move |tx| Image::find(tx, &caller, id))
            .await
    }

    /// Makes an image of a file (CY-IMG-33).
    pub async fn register(
        &self,
        caller: &Caller,
        path: ObjectPath,
        given: Attributes,
    ) -> Result<Image> {
        self.write(caller, move |tx, cx, caller, rules| {
            register::register(tx, cx, caller, rules, &path, &given)
        })
        .await
    }

    /// Changes an image (CY-IMG-34).
    pub async fn update(&self, caller: &Caller, id: Uuid, given: Attributes) -> Result<Image> {
        self.write(caller, move |tx, cx, caller, rules| {
            register::update(tx, cx, caller, rules, id, &given)
        })
        .await
    }

    /// The file is no image any more; it stays (CY-IMG-35).
    pub async fn unregister(&self, caller: &Caller, id: Uuid) -> Result<()> {
        self.write(caller, move |tx, cx, caller, rules| {
            register::unregister(tx, cx, caller, rules, id)
        })
        .await
    }

    /// Shares an image with exactly these people (CY-IMG-36).
    pub async fn set_members(
        &self,
        caller: &Caller,
        id: Uuid,
        members: BTreeSet<UserId>,
    ) -> Result<()> {
        self.share(caller, id, Sharing::Replace(members)).await
    }

    /// Shares an image with one more person.
    pub async fn add_member(&self, caller: &Caller, id: Uuid, member: UserId) -> Result<()> {
        self.share(caller, id, Sharing::Add(member)).await
    }

    /// Ends that.
    pub async fn remove_member(&self, caller: &Caller, id: Uuid, member: UserId) -> Result<()> {
        self.share(caller, id, Sharing::Remove(member)).await
    }

    /// Images of `owner`, not public, that the caller may use (CY-IMG-37).
    pub async fn shared_by(&self, caller: &Caller, owner: UserId) -> Result<Vec<Image>> {
        let user = caller.user;
        self.store
            .read(move |tx| list::shared(tx, user, owner))
            .await
    }

    async fn share(&self, caller: &Caller, id: Uuid, change: Sharing) -> Result<()> {
        self.write(caller, move |tx, _, caller, _| {
            register::share(tx, caller, id, &change)
        })
        .await
    }

    async fn write<T: Send + 'static>(
        &self,
        caller: &Caller,
        rule: impl Fn(&WriteTx, &Cx, &Caller, &Rules) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (cx, caller) = (self.cx.cx(), caller.clone());
        let rules = Rules::from(&*self.settings.now());
        self.store
            .write(move |tx| rule(tx, &cx, &caller, &rules))
            .await
    }
}
