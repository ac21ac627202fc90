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
pub mod captcha;
pub mod catalog;
mod desk;
mod email;
mod email_change;
pub mod factor;
pub mod follow;
mod invitations;
mod keys;
mod mails;
pub mod messages;
mod method;
mod moderation;
pub mod outside;
mod password;
mod pending;
pub mod policy;
mod project;
pub mod provider;
mod rows;
mod rules;
mod service;
mod session;
mod sign_up;
mod state;
#[doc(hidden)]
pub mod synthetic;
mod terms;
mod throttle;
mod token;
mod upkeep;
mod users;
mod verify;
mod view;

pub use desk::{Desk, DeskOp, Done};
pub use email_change::EmailChangeView;
pub use invitations::InvitationView;
pub use keys::Keys;
pub use moderation::{Decided, Decision, Moderation, Relative};
pub use rows::USERS;
pub use service::{
    Arrival, FactorView, FactorsView, HalfView, MethodLine, Methods, PendingView, Proof,
    SecondLogin, Service, TotpSetup,
};
pub use service::Card;
pub use terms::{SignatureView, TermsView};
pub use verify::verify;
pub use view::{
    AccountState, ClientInfo, HalfLogin, Login, LoginOutcome, MethodView, Outcome, PasswordChange,
    ProfileChange, SessionInfo, SessionView, SignUp, SignedUp, TokenView, UserChange, UserFilter,
    UserView, Verified,
};

#[cfg(test)]
mod tests;
