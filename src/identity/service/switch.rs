//! Attaching an academic identity to a local account by a mailed link (ID-SHB-09).

use super::{Service, entry::login};
use crate::{
    email, outside, pending,
    switch::{self, SwitchView, Switched},
    throttle, users,
    view::{ClientInfo, Login},
};
use kernel::{Error, Result, UserId};

/// What following such a link led to.
#[derive(Clone, Debug)]
pub enum Attached {
    /// The identity is a login method of the account now.
    Done {
        /// Its module.
        module: String,
        /// The session of who had none.
        login: Option<Box<Login>>,
    },
    /// The owner has to log in first; nothing is changed.
    LogIn,
}

impl Service {
    /// Asks for the link; the address it goes to, if an account uses it. The answer is
    /// the same whether one does.
    ///
    /// # Errors
    /// `NotFound` for a token that is worth nothing; `Invalid` at `email`; `Busy`.
    pub async fn ask_switch(
        &self,
        token: &str,
        typed: &str,
        client: &ClientInfo,
    ) -> Result<String> {
        let now = self.now();
        let typed: String = typed.trim().chars().take(254).collect();
        let subject = throttle::network(client.address);
        self.recent.note(throttle::SWITCH, &subject, 1, now)?;
        let unknown = || Error::not_found("This sign-up is over. Please begin again.");
        let (cx, rules) = (self.cx.cx(), self.rules());
        let row = self
            .store
            .read_now(|tx| pending::of_token(tx, &cx, &rules, token))?
            .ok_or_else(unknown)?;
        if !switch::offered(&rules, &row.provider) {
            return Err(Error::forbidden("SWITCH_ACCOUNT_FAILURE"));
        }
        let to = switch::meant(&row, &typed);
        if !email::valid(&to) {
            return Err(Error::field("email", "INVALID_EMAIL"));
        }
        // Counted here: what the writer runs, it may run twice.
        self.recent
            .note(throttle::SWITCH, &email::key(&to), 1, now)?;
        let (token, from, address) = (token.to_owned(), client.clone(), to.clone());
        let asked = self.write(move |tx, cx, r| {
            let row = outside::waiting(tx, cx, r, &token)?;
            row.map(|row| switch::ask(tx, cx, r, &row, &address, &from))
                .transpose()
        });
        asked.await?.ok_or_else(unknown)?;
        Ok(to)
    }

    /// What a mailed link is about; changes nothing. `viewer` is who is logged in.
    ///
    /// # Errors
    /// `Conflict` with SWITCH_ACCOUNT_FAILURE; `Forbidden` for somebody else.
    pub async fn switch_of(&self, token: &str, viewer: Option<UserId>) -> Result<SwitchView> {
        let (cx, rules, token) = (self.cx.cx(), self.rules(), cut(token));
        self.store
            .read(move |tx| switch::look(tx, &cx, &rules, &token, viewer))
            .await
    }

    /// Attaches the identity of a mailed link to its account, once.
    ///
    /// # Errors
    /// As [`Service::switch_of`].
    pub async fn follow_switch(
        &self,
        token: &str,
        viewer: Option<UserId>,
        client: &ClientInfo,
    ) -> Result<Attached> {
        let (token, from) = (cut(token), client.clone());
        let done = self.write(move |tx, cx, r| {
            Ok(match switch::follow(tx, cx, r, &token, viewer, &from)? {
                Switched::Done(user, module, opened) => {
                    Some((users::view(tx, *user)?, module, opened))
                }
                Switched::LogIn => None,
            })
        });
        Ok(match done.await? {
            Some((user, module, opened)) => {
                tracing::info!(target: "astakos.im",
                    "{} has an identity of {module} now", user.log_display());
                Attached::Done {
                    module,
                    login: opened.map(|opened| Box::new(login(user, opened))),
                }
            }
            None => Attached::LogIn,
        })
    }
}

/// No token is longer.
fn cut(token: &str) -> String {
    token.chars().take(256).collect()
}
