//! The one integration binary: whatever needs the program or several crates.
//! Add a module, not another file of tests beside this one (each is a link step).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod acceptance;
mod arrows;
mod axe;
mod browser;
mod captcha;
mod client;
mod cloudbar;
mod control;
mod crash;
mod files;
mod guide;
mod kamaki;
mod keyboard;
mod lab;
mod mail;
mod mail_crash;
mod mail_flows;
mod openstack;
mod operation;
mod passkey;
mod path;
mod security;
mod server;
mod servers;
mod supervisor;
mod walk;
