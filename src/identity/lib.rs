//! Who people are: accounts and their states, passwords, tokens, sessions, groups,
//! the system project, and the service catalogue.
//!
//! Owns the tables `identity.*`. Invariants: no two accounts share an address in any
//! case; an active account is verified and accepted; a rejected one has no session;
//! an address counts as verified only after its code came back or an administrator
//! said so; codes, session keys and tokens lie in the store as keyed hashes only
//! (a token also sealed, because it must be shown again); a change and the mails that
//! report it are one transaction. Knows nothing of HTTP; people's texts are message
//! keys (see [`messages`]), which the edge turns into words.

mod access;
mod admin;
pub mod audit;
pub mod catalog;
mod desk;
mod email;
pub mod follow;
mod keys;
mod mails;
pub mod messages;
mod password;
mod project;
mod rows;
mod rules;
mod service;
mod session;
mod sign_up;
mod state;
mod throttle;
mod token;
mod upkeep;
mod users;
mod verify;
mod view;

pub use desk::{Desk, DeskOp, Done};
pub use keys::Keys;
pub use rows::USERS;
pub use service::{Card, Service};
pub use verify::verify;
pub use view::{
    AccountState, ClientInfo, Login, LoginOutcome, MethodView, Outcome, PasswordChange,
    ProfileChange, SessionInfo, SessionView, SignUp, SignedUp, TokenView, UserChange, UserFilter,
    UserView, Verified,
};

#[cfg(test)]
mod tests;
