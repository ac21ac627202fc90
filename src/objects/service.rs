//! The async face of this crate: one call per request, rules inside.

use crate::{
    access::{Container as ContainerPath, Object as ObjectPath, Want, allow},
    account::{self, AccountView},
    claims,
    conditions::Conditions,
    container::{self, ContainerView, Created, PolicyChange},
    history::{self, Which},
    list::{self, Item, Listing},
    maps::{self, Piece},
    meta::MetaChange,
    object::{self, Content, NewObject, ObjectView},
    policy::Policy,
    rows::{Micros, Version},
    transfers::{Transfer, Transfers},
};
use blocks::{BlockList, Blocks, Buf, Lease, Writer};
use kernel::{BlockHash, Caller, Cx, CxSource, Result, SettingsHandle, UserId};
use std::{collections::BTreeMap, ops::Range};
use store::Store;

/// Object storage for `web` and `admin`. Cheap to clone.
#[derive(Clone)]
pub struct Service {
    pub(crate) store: Store,
    pub(crate) blocks: Blocks,
    settings: SettingsHandle,
    pub(crate) cx: CxSource,
    transfers: Transfers,
}

/// What is known of an upload before its body arrives.
#[derive(Clone, Debug)]
pub struct Upload {
    /// Where it goes.
    pub path: ObjectPath,
    /// Of which type.
    pub content_type: String,
    /// Metadata of people, by full name.
    pub meta: BTreeMap<String, String>,
    /// What must hold of what is there.
    pub conditions: Conditions,
}

impl Service {
    /// A service over an open store and block store.
    pub fn new(store: Store, blocks: Blocks, settings: SettingsHandle, cx: CxSource) -> Self {
        Service {
            store,
            blocks,
            settings,
            cx,
            transfers: Transfers::default(),
        }
    }

    /// The settings in force.
    pub fn policy(&self) -> Policy {
        Policy::from(&*self.settings.now())
    }

    /// The block store.
    pub fn blocks(&self) -> &Blocks {
        &self.blocks
    }

    /// An account as its owner sees it.
    pub async fn account(
        &self,
        caller: &Caller,
        user: UserId,
        until: Option<Micros>,
    ) -> Result<AccountView> {
        let caller = caller.clone();
        self.store
            .read(move |tx| account::view(tx, &caller, user, until))
            .await
    }

    /// Changes the metadata of an account.
    pub async fn change_account(
        &self,
        caller: &Caller,
        user: UserId,
        change: MetaChange,
    ) -> Result<()> {
        self.write(caller, move |tx, cx, caller, policy| {
            account::change(tx, cx, caller, policy, user, &change)
        })
        .await
    }

    /// Containers of an account, after `marker`, at most `limit`.
    pub async fn containers(
        &self,
        caller: &Caller,
        user: UserId,
        marker: Option<String>,
        limit: usize,
        until: Option<Micros>,
    ) -> Result<Vec<ContainerView>> {
        let caller = caller.clone();
        self.store
            .read(move |tx| container::list(tx, &caller, user, marker.as_deref(), limit, until))
            .await
    }

    /// A container.
    pub async fn container(
        &self,
        caller: &Caller,
        path: ContainerPath,
        until: Option<Micros>,
    ) -> Result<ContainerView> {
        let caller = caller.clone();
        self.store
            .read(move |tx| container::view(tx, &caller, &path, until))
            .await
    }

    /// A container and what is in it, of one moment.
    pub async fn list(
        &self,
        caller: &Caller,
        path: ContainerPath,
        want: Listing,
    ) -> Result<(ContainerView, Vec<Item>)> {
        let caller = caller.clone();
        self.store
            .read(move |tx| {
                let view = container::view(tx, &caller, &path, want.until)?;
                Ok((view, list::list(tx, &caller, &path, &want)?))
            })
            .await
    }

    /// Makes a container or changes the one that is there.
    pub async fn put_container(
        &self,
        caller: &Caller,
        path: ContainerPath,
        policies: PolicyChange,
        meta: MetaChange,
    ) -> Result<Created> {
        self.write(caller, move |tx, cx, caller, policy| {
            container::put(tx, cx, caller, policy, &path, &policies, &meta)
        })
        .await
    }

    /// Changes policies and metadata of a container.
    pub async fn change_container(
        &self,
        caller: &Caller,
        path: ContainerPath,
        policies: PolicyChange,
        meta: MetaChange,
    ) -> Result<()> {
        self.write(caller, move |tx, cx, caller, policy| {
            container::change(tx, cx, caller, policy, &path, &policies, &meta)
        })
        .await
    }

    /// Deletes a container without current objects, history and all.
    pub async fn delete_container(&self, caller: &Caller, path: ContainerPath) -> Result<()> {
        loop {
            let path = path.clone();
            let gone = self
                .reclaim(caller, self.cx.cx(), move |tx, cx, caller, policy| {
                    container::delete(tx, cx, caller, policy, &path)
                })
                .await?;
            if gone {
                return Ok(());
            }
        }
    }

    /// Deletes the objects of a container whose names start with `prefix` and that
    /// are there now. Many are deleted in several transactions.
    pub async fn empty_container(
        &self,
        caller: &Caller,
        path: ContainerPath,
        prefix: String,
    ) -> Result<()> {
        let cx = self.cx.cx();
        loop {
            let (path, prefix) = (path.clone(), prefix.clone());
            let done = self
                .reclaim(caller, cx.clone(), move |tx, cx, caller, policy| {
                    container::empty(tx, cx, caller, policy, &path, &prefix)
                })
                .await?;
            if done {
                return Ok(());
            }
        }
    }

    /// Purges the history of a container up to an instant.
    pub async fn purge_container(
        &self,
        caller: &Caller,
        path: ContainerPath,
        until: Micros,
    ) -> Result<()> {
        let mut after: Option<String> = None;
        loop {
            let (path, from) = (path.clone(), after.take());
            let purged = self
                .reclaim(caller, self.cx.cx(), move |tx, cx, caller, policy| {
                    container::purge(tx, cx, caller, policy, &path, until, from.as_ref())
                })
                .await?;
            match purged {
                container::Purged::After(name) => after = name,
                container::Purged::All => return Ok(()),
            }
        }
    }

    /// May blocks be uploaded into this container? Only by its owner (PI-CON-04).
    pub async fn check_blocks(&self, caller: &Caller, path: ContainerPath) -> Result<()> {
        let caller = caller.clone();
        self.store
            .read(move |tx| {
                allow(&caller, path.account, Want::WriteContainer)?;
                path.row(tx).map(drop)
            })
            .await
    }

    /// Lets the caller name blocks they just uploaded.
    pub async fn grant(&self, caller: &Caller, list: BlockList, lease: Lease) -> Result<()> {
        self.write(caller, move |tx, cx, caller, _| {
            let _until_committed = &lease;
            claims::grant(tx, cx, caller.user, list.blocks())
        })
        .await
    }

    /// One version of an object.
    pub async fn object(
        &self,
        caller: &Caller,
        path: ObjectPath,
        which: Which,
    ) -> Result<ObjectView> {
        let caller = caller.clone();
        self.store
            .read(move |tx| object::view(tx, &caller, &path, which))
            .await
    }

    /// The versions of an object, oldest first.
    pub async fn versions(&self, caller: &Caller, path: ObjectPath) -> Result<Vec<Version>> {
        let caller = caller.clone();
        self.store
            .read(move |tx| history::versions(tx, &caller, &path))
            .await
    }

    /// The block map of a version the caller was shown.
    pub async fn block_list(&self, version: Version) -> Result<BlockList> {
        self.store
            .read(move |tx| maps::block_list(tx, &version))
            .await
    }

    /// The pieces of some ranges of a version the caller was shown.
    pub async fn pieces(
        &self,
        version: Version,
        ranges: Vec<Range<u64>>,
    ) -> Result<Vec<Vec<Piece>>> {
        self.store
            .read(move |tx| maps::pieces(tx, &version, &ranges))
            .await
    }

    /// The block a piece is in, up to the piece's end.
    pub async fn read(&self, piece: &Piece) -> Result<Buf> {
        self.blocks.get(piece.hash, piece.bytes.end).await
    }

    /// Refuses what can be refused before the body of an upload is read.
    pub async fn check_put(
        &self,
        caller: &Caller,
        upload: &Upload,
        size: Option<u64>,
    ) -> Result<()> {
        let policy = self.policy();
        let (caller, path, conditions) = (
            caller.clone(),
            upload.path.clone(),
            upload.conditions.clone(),
        );
        self.store
            .read(move |tx| object::check_put(tx, &caller, &path, &conditions, &policy, size))
            .await
    }

    /// A place for one more body of the caller, to be held until its last byte.
    ///
    /// # Errors
    /// `Busy` when too many are on their way.
    pub fn transfer(&self, caller: &Caller) -> Result<Transfer> {
        self.transfers.begin(caller.user)
    }

    /// Takes the bytes of an upload.
    pub fn writer(&self) -> Writer {
        Writer::new(&self.blocks, self.policy().max_upload)
    }

    /// Commits an upload whose blocks `lease` holds.
    pub async fn put(
        &self,
        caller: &Caller,
        upload: Upload,
        content: Content,
        lease: Lease,
    ) -> Result<Version> {
        let new = NewObject {
            path: upload.path,
            content,
            content_type: upload.content_type,
            meta: upload.meta,
            conditions: upload.conditions,
        };
        // The closure owns the lease: it may be committed after its caller has gone.
        self.write(caller, move |tx, cx, caller, policy| {
            let _until_committed = &lease;
            object::put(tx, cx, caller, policy, &new)
        })
        .await
    }

    /// Commits an upload that names blocks by hash; or answers which of them must
    /// be sent first, each once and in order (PI-WRT-08).
    pub async fn put_map(
        &self,
        caller: &Caller,
        upload: Upload,
        list: BlockList,
    ) -> Result<std::result::Result<Version, Vec<BlockHash>>> {
        let lease = self.blocks.lease();
        let missing = self.missing(caller, &list, &lease).await?;
        if !missing.is_empty() {
            return Ok(Err(missing));
        }
        let md5 = match self.policy().update_md5 {
            true => Some(self.md5(&list).await?),
            false => None,
        };
        let content = self
            .blocks
            .run(move |_| Ok(Content::new(list, md5)))
            .await?;
        self.put(caller, upload, content, lease).await.map(Ok)
    }

    /// Blocks the caller may not name or that are not there. Whether somebody else
    /// has a block is not looked at (PI-SEC-02).
    async fn missing(
        &self,
        caller: &Caller,
        list: &BlockList,
        lease: &Lease,
    ) -> Result<Vec<BlockHash>> {
        let (user, cx, wanted) = (caller.user, self.cx.cx(), list.clone());
        let global = self.policy().claim_global;
        let (known, unknown) = self
            .store
            .read(move |tx| {
                let mut seen = std::collections::HashSet::new();
                let (mut known, mut unknown) = (Vec::new(), Vec::new());
                for hash in wanted.blocks().iter().filter(|hash| seen.insert(**hash)) {
                    match global || claims::may_name(tx, &cx, user, hash)? {
                        true => known.push(*hash),
                        false => unknown.push(*hash),
                    }
                }
                Ok((known, unknown))
            })
            .await?;
        let mut absent = self.blocks.rely(lease, known).await?;
        if absent.is_empty() || unknown.is_empty() {
            absent.extend(unknown);
            return Ok(absent);
        }
        absent.extend(unknown);
        let mut left: std::collections::HashSet<_> = absent.into_iter().collect();
        let ordered = list.blocks().iter().filter(|hash| left.remove(hash));
        Ok(ordered.copied().collect())
    }

    async fn md5(&self, list: &BlockList) -> Result<[u8; 16]> {
        let mut sum = blocks::Md5Sum::default();
        for (index, hash) in list.blocks().iter().enumerate() {
            let block = self.blocks.get(*hash, list.len_of(index)).await?;
            sum = self.blocks.run(move |_| Ok(sum.with(&block))).await?;
        }
        Ok(sum.finish())
    }

    /// Changes the metadata of an object in one domain.
    pub async fn change_object(
        &self,
        caller: &Caller,
        path: ObjectPath,
        domain: &'static str,
        change: MetaChange,
    ) -> Result<Version> {
        self.write(caller, move |tx, cx, caller, policy| {
            object::change_attributes(tx, cx, caller, policy, &path, domain, &change)
        })
        .await
    }

    /// Deletes an object; it stays as history where versions are kept.
    pub async fn delete(&self, caller: &Caller, path: ObjectPath) -> Result<()> {
        self.reclaim(caller, self.cx.cx(), move |tx, cx, caller, policy| {
            object::delete(tx, cx, caller, policy, &path)
        })
        .await
    }

    /// Purges the versions of an object up to an instant.
    pub async fn purge(&self, caller: &Caller, path: ObjectPath, until: Micros) -> Result<()> {
        loop {
            let path = path.clone();
            let done = self
                .reclaim(caller, self.cx.cx(), move |tx, cx, caller, policy| {
                    history::purge_object(tx, cx, caller, policy, &path, until)
                })
                .await?;
            if done {
                return Ok(());
            }
        }
    }

    async fn write<T: Send + 'static>(
        &self,
        caller: &Caller,
        rule: impl Fn(&store::WriteTx, &Cx, &Caller, &Policy) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (cx, caller, policy) = (self.cx.cx(), caller.clone(), self.policy());
        self.store
            .write(move |tx| rule(tx, &cx, &caller, &policy))
            .await
    }

    /// As `write`, for rules that free space, at a given instant.
    async fn reclaim<T: Send + 'static>(
        &self,
        caller: &Caller,
        cx: Cx,
        rule: impl Fn(&store::WriteTx, &Cx, &Caller, &Policy) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (caller, policy) = (caller.clone(), self.policy());
        self.store
            .write_reclaiming(move |tx| rule(tx, &cx, &caller, &policy))
            .await
    }
}
