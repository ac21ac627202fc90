//! Shapes of the administration commands: what was asked ([`Command`]), what
//! comes back ([`Report`]), what a command may ask of the person at the
//! keyboard ([`Io`]) and the frames of the admin socket ([`frame`]).
//!
//! `cli` parses and prints, `admin` carries out, `app` connects the two, in the
//! server or offline; none of the three knows another's types but these.

pub mod accounts;
pub mod command;
pub mod filter;
pub mod frame;
pub mod io;
pub mod list;
pub mod lists;
pub mod mail;
pub mod output;
pub mod registry;
pub mod upkeep;

pub use accounts::{
    AccountCommand, ClientAdd, ClientCommand, GeneralCommand, PolicyAdd, PolicyCommand,
};
pub use command::{
    BackendAdd, BackendModify, Command, FlavorCreate, FlavorModify, ImageList, ListOptions,
    NetworkCreate, NetworkList, Secret, ServerList, Transport, UserAdd, UserList, UserModify,
};
pub use filter::{Filter, Op};
pub use io::{Io, IoFuture, Terminal, confirm};
pub use list::{Field, FieldKind, List, Row, Shown};
pub use mail::MailCommand;
pub use output::{Cell, Output, Record, Report, Table};
pub use registry::{
    ComponentCommand, ComponentModify, ComponentRegister, GroupCommand, QuotaCommand, QuotaTask,
    ResourceCommand, ResourceModify, ServiceCommand,
};
pub use upkeep::LogLevel;
