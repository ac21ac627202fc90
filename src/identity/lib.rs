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
mod component;
mod definition;
mod desk;
mod device;
mod email;
mod email_change;
mod erase;
pub mod events;
pub mod factor;
pub mod follow;
mod handover;
mod import;
mod invitations;
mod keys;
mod limits;
mod mails;
pub mod messages;
mod method;
mod moderation;
mod notice;
pub mod oauth2;
pub mod outside;
mod parts;
mod password;
mod pending;
pub mod policy;
mod profile;
mod project;
pub mod provider;
mod rows;
mod rules;
mod scoped;
mod service;
mod session;
mod sign_up;
mod state;
mod statistics;
mod switch;
#[doc(hidden)]
pub mod synthetic;
mod terms;
mod throttle;
mod token;
mod upkeep;
mod user_setting;
mod users;
mod verify;
mod view;

pub use component::{
    CATALOGUE, ComponentChange, ComponentView, Endpoint, ServiceView, address as component_address,
};
pub use definition::{Definition, Imported};
pub use desk::{Desk, DeskOp, Done};
pub use email_change::{Agreed, EmailChangeView};
pub use import::{Brought, Newcomer, NewcomerMethod, Newcomers};
pub use invitations::InvitationView;
pub use keys::Keys;
pub use limits::{Mismatch, Synced};
pub use moderation::{Decided, Decision, Moderation, Relative};
pub use policy::GroupView;
pub use rows::{USERS, reindex_users};
pub use scoped::Scope;
pub use service::{
    AccessToken, Arrival, Attached, Card, DeskGroup, DeskMethod, DeskProject, FactorKept,
    FactorView, FactorsView, HalfView, MethodLine, Methods, PendingIdentity, PendingView, Person,
    Place, Proof, ResourceChange, SecondLogin, SecondProof, Service, ServiceCaller, TotpSetup,
    Wanted,
};
pub use statistics::{Amounts, Counts, Resources, Statistics};
pub use switch::SwitchView;
pub use terms::{SignatureView, TermsView, harmless};
pub use verify::verify;
pub use view::{
    AccountState, ClientInfo, HalfLogin, Login, LoginOutcome, MethodView, NewPassword, NoReset,
    Outcome, PasswordChange, ProfileChange, ProfileForm, ProfileRules, SessionInfo, SessionView,
    SignUp, SignUpMore, SignedUp, TokenView, UserChange, UserFilter, UserView, Verified,
};

#[cfg(test)]
mod tests;
