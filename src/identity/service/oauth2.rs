//! The OAuth 2 provider for `web` and `admin`.

use super::{Service, must};
use crate::{
    admin,
    audit::{self, Act, Target},
    oauth2::{
        self, AskedGrant, AskedToken, ClientView, Credentials, Grant, NewClient, OauthToken,
        Refused,
    },
    users,
    view::UserView,
};
use kernel::{Caller, Error, Result, Timestamp, UserId, secret::SecretString};

/// An access token that is good.
#[derive(Clone, Debug)]
pub struct AccessToken {
    /// Whose rights it carries.
    pub user: UserView,
    /// What for.
    pub scope: String,
    /// Until when.
    pub expires: Timestamp,
}

fn client_act(action: &str, client: &ClientView) -> Act {
    let target = Target::new("oauth2-client", client.id, &client.identifier);
    Act::new(action, target)
}

impl Service {
    /// Makes a client (ID-CLI-60); also tells which addresses were left out because
    /// they are too long.
    ///
    /// # Errors
    /// `Invalid` with what is missing, `Conflict` for an identifier in use, `Forbidden`
    /// for non-administrators.
    pub async fn oauth2_client_add(
        &self,
        actor: &Caller,
        new: NewClient,
    ) -> Result<(ClientView, Vec<String>)> {
        admin::allow(actor)?;
        let actor = actor.clone();
        self.write(move |tx, cx, r| {
            let (client, left_out) = oauth2::add(tx, r, &new)?;
            let act = client_act("oauth2-client.add", &client)
                .with("kind", "", client.kind.name())
                .with("trusted", "", client.is_trusted)
                .with("addresses", "", client.urls.join(" "));
            audit::record(tx, cx, &actor, act)?;
            Ok((client, left_out))
        })
        .await
    }

    /// All clients by number (ID-CLI-61).
    pub async fn oauth2_client_list(&self, actor: &Caller) -> Result<Vec<ClientView>> {
        admin::allow(actor)?;
        self.store.read(oauth2::list).await
    }

    /// Removes a client by number or identifier, with its codes and tokens (ID-CLI-62).
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn oauth2_client_remove(&self, actor: &Caller, name: &str) -> Result<ClientView> {
        admin::allow(actor)?;
        let (actor, name) = (actor.clone(), name.to_owned());
        self.write(move |tx, cx, _| {
            let client = oauth2::remove(tx, &name)?;
            let act = client_act("oauth2-client.remove", &client)
                .with("kind", client.kind.name(), "")
                .with("trusted", client.is_trusted, "")
                .with("addresses", client.urls.join(" "), "");
            audit::record(tx, cx, &actor, act)?;
            Ok(client)
        })
        .await
    }

    /// Checks an authorisation request; nothing is stored (ID-OA2-03).
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn oauth2_check(&self, asked: &AskedGrant) -> Result<Grant, Refused> {
        let rules = self.rules();
        // The store's closures know one kind of error only.
        let checked = self
            .store
            .read_now(|tx| Ok(oauth2::check(tx, &rules, asked)));
        checked?
    }

    /// Gives a code out for a grant somebody agreed to (ID-OA2-07).
    pub async fn oauth2_issue(&self, user: UserId, grant: Grant) -> Result<String> {
        self.write(move |tx, cx, r| oauth2::issue(tx, cx, r, &must(tx, user)?, &grant))
            .await
    }

    /// Makes an access token from a code, once; the token and its seconds (ID-OA2-12).
    ///
    /// # Errors
    /// What is wrong with the request.
    pub async fn oauth2_redeem(&self, asked: AskedToken) -> Result<(SecretString, u64), Refused> {
        let (cx, rules) = (self.cx.cx(), self.rules());
        let code = self
            .store
            .read_now(|tx| Ok(oauth2::admissible(tx, &cx, &rules, &asked)))??;
        let made = self
            .write(move |tx, cx, r| oauth2::redeem(tx, cx, r, &code))
            .await?;
        let used = Refused::Client("invalid_grant", "No such authorization code");
        let (token, seconds) = made.ok_or(used)?;
        Ok((SecretString::from(token), seconds))
    }

    /// What an access token stands for (ID-KST-20); `belongs_to` must lie in its scope.
    ///
    /// # Errors
    /// `NotFound` with the texts of ID-KST-20.
    pub async fn oauth2_validate(
        &self,
        token: &str,
        belongs_to: Option<&str>,
    ) -> Result<AccessToken> {
        let (cx, rules) = (self.cx.cx(), self.rules());
        let found = self.store.read_now(|tx| {
            let (row, user) = oauth2::validate(tx, &cx, &rules, token)?;
            Ok((row, users::view(tx, user)?))
        });
        let (row, user): (OauthToken, UserView) = match found {
            Err(error) if error.to_string() == "Token has expired" => {
                // Expired ones go at once; a failure to do so changes no answer.
                let gone = self.store.write_reclaiming({
                    let cx = cx.clone();
                    move |tx| oauth2::tidy(tx, &cx, 100)
                });
                if let Err(error) = gone.await {
                    tracing::debug!(target: "astakos.oa2", "expired tokens stay: {}", error.chain());
                }
                return Err(error);
            }
            other => other?,
        };
        if belongs_to.is_some_and(|place| !place.starts_with(&row.scope)) {
            let text = "The specified tenant is outside the token's scope";
            return Err(Error::not_found(text));
        }
        Ok(AccessToken {
            user,
            scope: row.scope,
            expires: row.expires,
        })
    }

    /// Is this a client with the right secret? (ID-KST-22)
    ///
    /// # Errors
    /// `invalid_client`.
    pub fn oauth2_client_proves(&self, given: &Credentials) -> Result<(), Refused> {
        let rules = self.rules();
        self.store
            .read_now(|tx| Ok(oauth2::proves(tx, &rules, given)))?
    }
}
