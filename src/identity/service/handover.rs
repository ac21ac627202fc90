//! Web login, and the feeds of the cloudbar.

use super::{Service, must};
use crate::{
    catalog::Bases,
    component::{self, Component},
    handover,
    keys::Use,
    rows::User,
    session, token,
    view::TokenView,
};
use kernel::{Error, Result, UserId, settings::registry::SERVICES};
use store::Reads;

/// Accounts read at once.
const SLICE: usize = 5000;

impl Service {
    /// Did somebody agree before that programs of this scheme get their token?
    /// (ID-SEC-11)
    pub fn handover_agreed(&self, user: UserId, scheme: &str) -> Result<bool> {
        self.store
            .read_now(|tx| handover::agreed(tx, must(tx, user)?.no, scheme))
    }

    /// Somebody agrees, for good.
    pub async fn agree_to_handover(&self, user: UserId, scheme: &str) -> Result<()> {
        let scheme = scheme.to_owned();
        self.write(move |tx, cx, _| handover::agree(tx, cx, must(tx, user)?.no, &scheme))
            .await
    }

    /// A code that stands for somebody's token for a minute (ID-WEB-05).
    pub async fn handover_code(&self, user: UserId) -> Result<String> {
        self.write(move |tx, cx, r| handover::code(tx, cx, r, &must(tx, user)?))
            .await
    }

    /// Whose token a code stands for, and the token; works once.
    ///
    /// # Errors
    /// `Unauthorized`.
    pub async fn redeem_handover(&self, code: &str) -> Result<(UserId, TokenView)> {
        let code: String = code.chars().take(256).collect();
        let found = self.write(move |tx, cx, r| {
            let user = handover::redeem(tx, cx, r, &code)?;
            user.map(|user| Ok((user.uuid, token::show(r, &user)?)))
                .transpose()
        });
        let invalid = || Error::unauthorized("Invalid code");
        found.await?.ok_or_else(invalid)
    }

    /// Makes a new API token and ends all other sessions than that of `cookie`
    /// (ID-WEB-03).
    pub async fn renew_token_alone(&self, user: UserId, cookie: &str) -> Result<TokenView> {
        let own = self.keys.hash(Use::Session, cookie.as_bytes());
        self.write(move |tx, cx, r| {
            let mut user = must(tx, user)?;
            token::renew(tx, cx, r, &mut user)?;
            session::flush(tx, user.no, Some(&own))?;
            token::show(r, &user)
        })
        .await
    }

    /// Uuids and user names of everybody, for a component that asks for all
    /// (ID-ACC-15); the answer grows with the store, and is read in slices.
    pub async fn everybody(&self) -> Result<Vec<(UserId, String)>> {
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let slice = self
                .store
                .read(move |tx| tx.scan::<User>(after.as_ref(), SLICE))
                .await?;
            after = slice.last().map(|user| user.no);
            let full = slice.len() == SLICE;
            all.extend(slice.into_iter().map(|user| (user.uuid, user.username)));
            if !full {
                return Ok(all);
            }
        }
    }

    /// Names and page addresses of the components, by number (ID-MNU-01); `served` is
    /// the address for those the settings give none.
    pub fn component_pages(&self, served: &str) -> Result<Vec<(String, String)>> {
        let bases = Bases::new(&self.settings.now(), served);
        let own = |name: &str| bases.of(name).map(|base| format!("{base}/ui"));
        self.store.read_now(|tx| {
            if !component::registered(tx)? {
                let all = SERVICES.into_iter();
                return Ok(all
                    .filter_map(|name| Some((name.to_owned(), own(name)?)))
                    .collect());
            }
            let page = |row: Component| {
                let base = row.base_url.map(|base| format!("{base}/ui"));
                let url = row.ui_url.or(base).or_else(|| own(&row.name));
                (row.name, url.unwrap_or_default())
            };
            let rows = tx.scan::<Component>(None, 1000)?;
            Ok(rows.into_iter().map(page).collect())
        })
    }
}
