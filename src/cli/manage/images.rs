//! `image-list` (CY-CLI-IMG-01).

use super::{Entry, common::flag, inventory::Service::Cyclades, lists};
use wire::admin::{Command, ImageList, lists::IMAGE};

pub(super) static ENTRIES: &[Entry] = &[Entry {
    name: "image-list",
    service: Cyclades,
    about: "List images, newest first",
    list: Some(&IMAGE),
    define: |command| {
        command
            .arg(lists::user().help("Only images this user sees (uuid or email)"))
            .arg(flag("public", "Only public images"))
    },
    read: |args, _| {
        Ok(Command::ImageList(ImageList {
            list: args.list_options(&[])?,
            user: args.text("user"),
            public: args.flag("public"),
        }))
    },
}];
