//! The async face of this crate: one call per request, rules inside.

mod acts;
mod admin;
mod captcha;
mod care;
mod desk;
mod desk_lists;
mod entry;
mod factor;
mod handover;
mod life;
mod login;
mod oauth2;
mod outside;
mod own;
mod policy;
mod profile;
mod registry;
mod sealed;
mod statistics;
mod switch;
mod tokens;

pub use care::PendingIdentity;
pub use factor::{FactorKept, FactorView, FactorsView};
pub use login::{HalfView, SecondLogin, SecondProof, TotpSetup};
pub use outside::{Arrival, MethodLine, Methods, PendingView};
pub use registry::{ResourceChange, ServiceCaller};
pub use switch::Attached;
pub use tokens::{Person, Place, Proof, Wanted};

pub use oauth2::AccessToken;

pub use desk::Card;
pub use desk_lists::{DeskGroup, DeskMethod, DeskProject};

use crate::{
    Keys,
    password::Hasher,
    rows::{USERS, User, by_email, by_uuid},
    rules::Rules,
    throttle::Recent,
    users,
    view::UserView,
};
use kernel::{Caller, Cx, CxSource, Digest, Error, Result, SettingsHandle, UserId, UserNo};
use std::{collections::BTreeMap, sync::Arc};
use store::{ReadTx, Reads, Store, WriteTx};
use tokio::sync::watch;

/// Identity for `web` and `admin`. Cheap to clone.
#[derive(Clone)]
pub struct Service {
    store: Store,
    settings: SettingsHandle,
    cx: CxSource,
    keys: Keys,
    hasher: Hasher,
    recent: Recent,
    /// Counts commits that changed who may do what.
    changes: watch::Receiver<u64>,
    passkeys: Option<Arc<dyn crate::factor::Passkeys>>,
    judge: Option<Arc<dyn crate::captcha::Judge>>,
    callers: moka::sync::Cache<Digest, tokens::Known>,
    counted: store::Counted<crate::statistics::Statistics>,
    catalogue: registry::Remembered,
}

impl Service {
    /// A service over an open store.
    pub fn new(store: Store, settings: SettingsHandle, cx: CxSource, keys: Keys) -> Self {
        let workers = settings.now().int("PASSWORD_HASH_WORKERS");
        Service {
            hasher: Hasher::new(usize::try_from(workers).unwrap_or(1).min(64)),
            recent: Recent::default(),
            changes: store.subscribe(USERS),
            callers: moka::sync::Cache::new(20_000),
            passkeys: None,
            judge: None,
            counted: store::Counted::default(),
            catalogue: registry::Remembered::new(&store),
            store,
            settings,
            cx,
            keys,
        }
    }

    fn rules(&self) -> Rules {
        Rules {
            settings: self.settings.now(),
            keys: self.keys.clone(),
        }
    }

    async fn write<T: Send + 'static>(
        &self,
        rule: impl Fn(&WriteTx, &Cx, &Rules) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (cx, rules) = (self.cx.cx(), self.rules());
        self.store.write(move |tx| rule(tx, &cx, &rules)).await
    }

    /// As `write`, also when the disk is nearly full: without it nobody could log in
    /// to make room.
    async fn write_anyway<T: Send + 'static>(
        &self,
        rule: impl Fn(&WriteTx, &Cx, &Rules) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (cx, rules) = (self.cx.cx(), self.rules());
        self.store
            .write_reclaiming(move |tx| rule(tx, &cx, &rules))
            .await
    }

    /// Who a token belongs to (ID-INT-01); point reads only, fit for async threads.
    ///
    /// # Errors
    /// `Unauthorized` as of ID-TOK-03.
    pub fn caller_by_token(&self, token: &str) -> Result<Caller> {
        Ok(self.person_by_token(token)?.caller.clone())
    }

    /// Who a token belongs to, with the account; point reads only.
    ///
    /// # Errors
    /// As [`Service::caller_by_token`].
    pub fn user_by_token(&self, token: &str) -> Result<(Caller, UserView)> {
        let caller = self.caller_by_token(token)?;
        let user = self
            .store
            .read_now(|tx| users::view(tx, must(tx, caller.user)?))?;
        Ok((caller, user))
    }

    /// The ledger of the same store.
    pub fn quota(&self) -> quota::Service {
        quota::Service::new(self.store.clone())
    }

    /// An account.
    pub async fn user(&self, user: UserId) -> Result<UserView> {
        self.store
            .read(move |tx| users::view(tx, must(tx, user)?))
            .await
    }

    /// An account by address or user name, in any case (ID-CON-06).
    pub async fn user_by_email(&self, email: &str) -> Result<Option<UserView>> {
        let email = email.to_owned();
        self.store
            .read(move |tx| viewed(tx, by_email(tx, &email)?))
            .await
    }

    /// An account by number.
    pub async fn user_by_no(&self, no: UserNo) -> Result<Option<UserView>> {
        self.store.read(move |tx| viewed(tx, tx.get(&no)?)).await
    }

    /// An account by number, uuid or address, as administrators name it.
    pub async fn find(&self, name: &str) -> Result<Option<UserView>> {
        let name = name.to_owned();
        self.store
            .read(move |tx| viewed(tx, users::named(tx, &name)?))
            .await
    }

    /// Addresses of users by uuid text, and uuids by address as given (ID-ACC-10,
    /// ID-INT-04).
    pub async fn user_catalogs(
        &self,
        uuids: Vec<String>,
        names: Vec<String>,
    ) -> Result<(BTreeMap<String, String>, BTreeMap<String, UserId>)> {
        if uuids.len() + names.len() > 1000 {
            return Err(Error::too_large("At most 1000 users can be asked for."));
        }
        self.store
            .read(move |tx| {
                let mut by_id = BTreeMap::new();
                for text in uuids {
                    let Ok(uuid) = text.parse() else { continue };
                    if let Some(user) = by_uuid(tx, uuid)? {
                        by_id.insert(text, user.username);
                    }
                }
                let mut by_name = BTreeMap::new();
                for name in names {
                    if let Some(user) = by_email(tx, &name)? {
                        by_name.insert(name, user.uuid);
                    }
                }
                Ok((by_id, by_name))
            })
            .await
    }

    /// Removes what is over: expired sessions, codes, links, counters, and accounts
    /// never verified (ID-CLI-26, ID-VER-06), a slice at a time; how many were removed.
    pub async fn tidy(&self) -> Result<usize> {
        let mut all = 0;
        for _ in 0..500 {
            let (cx, rules) = (self.cx.cx(), self.rules());
            let slice = self
                .store
                .write_reclaiming(move |tx| crate::upkeep::tidy(tx, &cx, &rules));
            match slice.await? {
                0 => break,
                gone => all += gone,
            }
        }
        Ok(all)
    }
}

fn must(tx: &impl Reads, user: UserId) -> Result<User> {
    by_uuid(tx, user)?.ok_or_else(|| Error::not_found("ACCOUNT_UNKNOWN"))
}

fn viewed(tx: &ReadTx, user: Option<User>) -> Result<Option<UserView>> {
    user.map(|user| users::view(tx, user)).transpose()
}
