//! The lists there are (ID-ADU-01, ID-ADU-10): `ADMIN_VIEWS` says which, in the order of
//! `ADMIN_VIEWS_ORDER`; what each shows (ID-ADU-21); the rooms of administrators.

use super::super::shell::{Place, place};
use crate::text::text;
use compute::ThingKind;
use kernel::{Error, Result, Settings, settings::Value};

/// A kind of things that are listed.
pub(in crate::pages) struct Kind {
    /// Its name in addresses, settings and the table of rights.
    pub(super) name: &'static str,
    /// What the original calls its list.
    label: &'static str,
    /// Key of its name, which is that of its room.
    pub(super) key: &'static str,
    pub(super) icon: &'static str,
    /// Where compute keeps it.
    pub(super) thing: Option<ThingKind>,
    /// What the trail calls it.
    pub(super) audited: &'static str,
    /// Columns for programs.
    pub(super) columns: &'static [&'static str],
    /// Shown with an opened row.
    pub(super) summary: &'static [&'static str],
    /// Columns of the page, after name, state and owner.
    pub(super) shown: &'static [&'static str],
    /// Headings of its page, each with its id, key and values.
    pub(super) sections: &'static [(&'static str, &'static str, &'static [&'static str])],
    /// Filters, beside the words.
    pub(super) filters: &'static [&'static str],
    /// Values of the filter that is about the state.
    pub(super) states: &'static [&'static str],
}

/// All kinds.
pub(super) const KINDS: &[Kind] = &[
    Kind {
        name: "user",
        label: "Users",
        key: "nav-adm-users",
        icon: "person",
        thing: None,
        audited: "user",
        columns: &[],
        summary: &[],
        shown: &[],
        sections: &[],
        filters: &[],
        states: &[],
    },
    Kind {
        name: "vm",
        label: "VMs",
        key: "nav-adm-vm",
        icon: "machine",
        thing: Some(ThingKind::Server),
        audited: "server",
        columns: &["id", "owner_uuid", "name", "state", "suspended"],
        summary: &["owner", "image", "flavor", "created", "updated"],
        shown: &["flavor", "suspended", "created"],
        sections: &[
            (
                "details",
                "details",
                &[
                    "id",
                    "name",
                    "owner_uuid",
                    "project",
                    "operstate",
                    "task",
                    "suspended",
                    "flavor",
                    "created",
                    "updated",
                    "deleted",
                ],
            ),
            ("image", "adm-image", &["image_name", "image"]),
        ],
        filters: &[
            "operstate",
            "suspended",
            "user",
            "vm",
            "vol",
            "net",
            "ip",
            "proj",
        ],
        states: &["BUILD", "ERROR", "STOPPED", "STARTED", "DESTROYED"],
    },
    Kind {
        name: "volume",
        label: "Volumes",
        key: "nav-adm-volume",
        icon: "folder",
        thing: Some(ThingKind::Volume),
        audited: "volume",
        columns: &[
            "id",
            "owner_uuid",
            "name",
            "status",
            "size",
            "template",
            "vm",
            "created",
            "updated",
        ],
        summary: &[
            "owner",
            "project",
            "description",
            "source",
            "origin",
            "index",
            "vm",
        ],
        shown: &["size", "template", "vm", "created"],
        sections: &[
            (
                "details",
                "details",
                &[
                    "id",
                    "name",
                    "owner_uuid",
                    "project",
                    "status",
                    "size",
                    "vm",
                    "index",
                    "with_server",
                    "created",
                    "updated",
                ],
            ),
            ("type", "adm-type", &["template"]),
            ("source", "adm-source", &["source", "origin"]),
        ],
        filters: &[
            "status",
            "disk_template",
            "index",
            "source",
            "user",
            "vm",
            "vol",
            "proj",
        ],
        states: &["CREATING", "IN_USE", "ERROR", "DELETED"],
    },
    Kind {
        name: "network",
        label: "Networks",
        key: "nav-adm-network",
        icon: "network",
        thing: Some(ThingKind::Network),
        audited: "network",
        columns: &["id", "owner_uuid", "name", "status", "public", "drained"],
        summary: &[
            "owner",
            "updated",
            "kind",
            "mode",
            "link",
            "mac_prefix",
            "subnets",
            "floating_pool",
        ],
        shown: &["subnets", "public", "drained", "created"],
        sections: &[(
            "details",
            "details",
            &[
                "id",
                "name",
                "owner_uuid",
                "project",
                "status",
                "public",
                "drained",
                "subnets",
                "kind",
                "mode",
                "link",
                "mac_prefix",
                "floating_pool",
                "created",
                "updated",
            ],
        )],
        filters: &[
            "state", "public", "drained", "user", "vm", "net", "ip", "proj",
        ],
        states: &["PENDING", "ACTIVE", "DELETED", "ERROR"],
    },
    Kind {
        name: "ip",
        label: "IPs",
        key: "nav-adm-ip",
        icon: "globe",
        thing: Some(ThingKind::Address),
        audited: "ip",
        columns: &["id", "owner_uuid", "address", "floating", "created"],
        summary: &["owner", "vm", "network", "updated", "in_use"],
        shown: &["floating", "vm", "network", "created"],
        sections: &[(
            "details",
            "details",
            &[
                "id",
                "address",
                "owner_uuid",
                "project",
                "floating",
                "in_use",
                "vm",
                "network",
                "nic",
                "created",
            ],
        )],
        filters: &["floating_ip", "user", "vm", "net", "ip", "proj"],
        states: &[],
    },
    Kind {
        name: "ip_log",
        label: "IP History",
        key: "nav-adm-ip-log",
        icon: "clock",
        thing: Some(ThingKind::AddressLog),
        audited: "ip",
        columns: &[
            "address", "user", "vm", "network", "action", "date", "reason",
        ],
        summary: &["owner", "address", "vm", "network", "reason"],
        shown: &["action", "vm", "network", "date", "reason"],
        sections: &[(
            "details",
            "details",
            &[
                "id",
                "address",
                "owner_uuid",
                "vm",
                "network",
                "action",
                "date",
                "reason",
            ],
        )],
        filters: &["user", "vm", "net", "ip"],
        states: &[],
    },
    Kind {
        name: "project",
        label: "Projects",
        key: "nav-adm-project",
        icon: "chart",
        thing: None,
        audited: "project",
        columns: &[
            "id",
            "owner_uuid",
            "name",
            "project_status",
            "application_status",
            "created",
            "ends",
        ],
        summary: &[
            "owner",
            "uuid",
            "homepage",
            "description",
            "members",
            "comments",
            "member_resources",
            "total_resources",
            "usage",
        ],
        shown: &["created", "ends"],
        sections: &[(
            "details",
            "details",
            &[
                "id",
                "uuid",
                "name",
                "owner_uuid",
                "project_status",
                "description",
                "homepage",
                "is_base",
                "reason",
                "created",
                "ends",
            ],
        )],
        filters: &["project_status", "is_base", "user", "proj"],
        states: &["active", "suspended"],
    },
    Kind {
        name: "group",
        label: "User Groups",
        key: "nav-adm-group",
        icon: "person",
        thing: None,
        audited: "group",
        columns: &["id", "name"],
        summary: &["permissions"],
        shown: &["permissions"],
        sections: &[("details", "details", &["id", "name", "permissions"])],
        filters: &[],
        states: &[],
    },
    Kind {
        name: "auth_provider",
        label: "User Auth Providers",
        key: "nav-adm-auth-provider",
        icon: "key",
        thing: None,
        audited: "",
        columns: &["id", "name", "identifier", "active", "created"],
        summary: &["description", "backend"],
        shown: &["identifier", "active", "created"],
        sections: &[(
            "details",
            "details",
            &[
                "id",
                "name",
                "identifier",
                "backend",
                "active",
                "created",
                "description",
            ],
        )],
        filters: &[],
        states: &[],
    },
];

/// The rooms that are no lists.
const ROOMS: &[Place] = &[
    place("nav-adm-audit", "/admin/audit", "shield", ""),
    place("nav-adm-mail", "/admin/mail", "mail", ""),
    place("nav-adm-figures", "/admin/charts", "chart", ""),
    place("nav-guide", "/guide", "book", ""),
];

/// The lists as rooms.
const LISTS: &[Place] = &[
    place("nav-adm-users", "/admin/user", "person", ""),
    place("nav-adm-vm", "/admin/vm", "machine", ""),
    place("nav-adm-volume", "/admin/volume", "folder", ""),
    place("nav-adm-network", "/admin/network", "network", ""),
    place("nav-adm-ip", "/admin/ip", "globe", ""),
    place("nav-adm-ip-log", "/admin/ip_log", "clock", ""),
    place("nav-adm-project", "/admin/project", "chart", ""),
    place("nav-adm-group", "/admin/group", "person", ""),
    place("nav-adm-auth-provider", "/admin/auth_provider", "key", ""),
];

impl Kind {
    /// What people call the list: the setting's word, where it is not the original's.
    pub(super) fn title(&self, settings: &Settings) -> String {
        let views = settings.get("ADMIN_VIEWS");
        let set = views.and_then(|views| views.entry(self.name)?.entry("label"));
        match set {
            Some(Value::Str(own)) if own != self.label => own.clone(),
            _ => text(self.key),
        }
    }

    /// Its list.
    pub(super) fn path(&self) -> String {
        format!("/admin/{}", self.name)
    }
}

/// The kinds that have lists, in order.
pub(super) fn all(settings: &Settings) -> Vec<&'static Kind> {
    let shown = |name: &str| {
        settings
            .get("ADMIN_VIEWS")
            .is_some_and(|all| all.entry(name).is_some())
    };
    let order = settings.strings("ADMIN_VIEWS_ORDER");
    let place = |kind: &&'static Kind| {
        let at = order.iter().position(|name| name == kind.name);
        at.unwrap_or(order.len())
    };
    let mut kinds: Vec<_> = KINDS.iter().filter(|kind| shown(kind.name)).collect();
    kinds.sort_by_key(place);
    kinds
}

/// The kind of a name that has a list (ID-ADU-18).
///
/// # Errors
/// `NotFound`, naming what was asked for.
pub(super) fn named(settings: &Settings, name: &str) -> Result<&'static Kind> {
    let found = all(settings).into_iter().find(|kind| kind.name == name);
    found.ok_or_else(|| Error::not_found(crate::text::with("adm-no-type", &[("name", name)])))
}

/// The rooms of administrators, in order.
pub(in crate::pages) fn places(settings: &Settings) -> Vec<&'static Place> {
    let lists = all(settings).into_iter();
    let lists = lists.filter_map(|kind| LISTS.iter().find(|place| place.key == kind.key));
    lists.chain(ROOMS).collect()
}

/// What a room of administrators is called.
pub(in crate::pages) fn name(settings: &Settings, key: &str) -> String {
    match KINDS.iter().find(|kind| kind.key == key) {
        Some(kind) => kind.title(settings),
        None => text(key),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // ID-ADU-01 ID-ADU-10
    #[test]
    fn settings_say_which_lists_there_are_and_in_which_order() {
        let mut settings = Settings::default();
        let names = |settings: &Settings| -> Vec<&str> {
            all(settings).iter().map(|kind| kind.name).collect()
        };
        assert_eq!(
            names(&settings),
            [
                "user", "vm", "volume", "network", "ip", "ip_log", "project", "group"
            ]
        );
        assert!(named(&settings, "auth_provider").is_err());
        let views = "{'vm': {'label': 'Boxes'}, 'user': {'label': 'Users'}, 'auth_provider': {}}";
        let set = |settings: &mut Settings, name: &str, text: &str| {
            settings.set(name, kernel::settings::literal::parse(text).unwrap());
        };
        set(&mut settings, "ADMIN_VIEWS", views);
        set(&mut settings, "ADMIN_VIEWS_ORDER", "['vm', 'network']");
        assert_eq!(names(&settings), ["vm", "user", "auth_provider"]);
        assert_eq!(named(&settings, "vm").unwrap().title(&settings), "Boxes");
        assert_eq!(named(&settings, "user").unwrap().title(&settings), "Users");
        let rooms = places(&settings);
        assert_eq!(rooms[0].path, "/admin/vm");
        assert!(rooms.iter().any(|place| place.path == "/admin/audit"));
        assert!(rooms.iter().all(|place| place.path != "/admin/network"));
        assert_eq!(name(&settings, "nav-adm-vm"), "Boxes");
    }
}
