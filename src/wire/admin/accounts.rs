//! Commands about accounts besides `user-*`: policies, terms, clients of OAuth 2,
//! sessions, invitations, figures, and those that stand for the original's framework.

use super::command::{ListOptions, Secret};

/// Policy profiles of login methods.
#[derive(Clone, Debug, PartialEq)]
pub enum PolicyCommand {
    /// `authpolicy-add` (ID-CLI-32).
    Add(PolicyAdd),
    /// `authpolicy-list` (ID-CLI-33); fields [`super::lists::POLICY`].
    List {
        /// Columns and filters.
        list: ListOptions,
    },
    /// `authpolicy-remove` (ID-CLI-34).
    Remove {
        /// Its name.
        name: String,
    },
    /// `authpolicy-set` (ID-CLI-35).
    Set {
        /// Its name.
        name: String,
        /// `--group`: numbers or names.
        groups: Vec<String>,
        /// `--user`: numbers, uuids or addresses.
        users: Vec<String>,
    },
    /// `authpolicy-show` (ID-CLI-36).
    Show {
        /// Its name.
        name: String,
    },
}

/// Arguments of `authpolicy-add`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PolicyAdd {
    /// Name of the profile.
    pub name: String,
    /// Login method it is about.
    pub provider: String,
    /// `--update`.
    pub update: bool,
    /// `--exclusive`: about all methods but that one.
    pub exclusive: bool,
    /// `--priority`.
    pub priority: Option<i64>,
    /// `--inactive`.
    pub inactive: bool,
    /// `--limit-policy`; the inner None unsets it.
    pub limit: Option<Option<u32>>,
    /// The other policies by name; None unsets one.
    pub flags: Vec<(&'static str, Option<bool>)>,
}

/// Clients of the OAuth 2 provider.
#[derive(Clone, Debug, PartialEq)]
pub enum ClientCommand {
    /// `oauth2-client-add` (ID-CLI-60).
    Add(ClientAdd),
    /// `oauth2-client-list` (ID-CLI-61); fields [`super::lists::CLIENT`].
    List {
        /// Columns and filters.
        list: ListOptions,
        /// `--confidential` (true), `--public` (false).
        confidential: Option<bool>,
        /// `--trusted`.
        trusted: bool,
    },
    /// `oauth2-client-remove` (ID-CLI-62).
    Remove {
        /// Number or identifier.
        client: String,
    },
}

/// Arguments of `oauth2-client-add`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClientAdd {
    /// Its public identifier.
    pub identifier: String,
    /// `--secret`.
    pub secret: Option<Secret>,
    /// `--is-trusted`.
    pub trusted: bool,
    /// `--type`: confidential unless `public`.
    pub public: bool,
    /// `--url`; at least one.
    pub urls: Vec<String>,
}

/// Everything else about accounts.
#[derive(Clone, Debug, PartialEq)]
pub enum AccountCommand {
    /// `term-add` (ID-CLI-37).
    TermAdd {
        /// Absolute path on the administrator's machine, as it is stored.
        location: String,
        /// The path as it was typed, for [`super::Io::read_file`].
        file: String,
    },
    /// `fix-superusers` (ID-CLI-25).
    FixSuperusers,
    /// `cleanup-full` (ID-CLI-26).
    Cleanup,
    /// `stats-astakos` (ID-CLI-63).
    Stats {
        /// `--unit-style`.
        unit_style: String,
        /// Is the answer for people (tables), or the document of ID-STA-02?
        json: bool,
    },
    /// `createsuperuser` (ID-CLI-65).
    CreateSuperuser {
        /// `--email`; asked for unless given.
        email: Option<String>,
    },
    /// `session-list` (ID-CLI-80).
    Sessions {
        /// Number, uuid or address.
        user: String,
    },
    /// `session-flush` (ID-CLI-80).
    FlushSessions {
        /// Number, uuid or address.
        user: String,
    },
    /// `invitation-list` (ID-CLI-80); fields [`super::lists::INVITATION`].
    Invitations {
        /// Columns and filters.
        list: ListOptions,
    },
    /// `pending-list` (ID-CLI-80); fields [`super::lists::PENDING`].
    Pending {
        /// Columns and filters.
        list: ListOptions,
    },
    /// `audit-list` (ID-CLI-80); fields [`super::lists::AUDIT`].
    Audit {
        /// Columns and filters.
        list: ListOptions,
        /// `--user`: only acts on or by this one.
        user: Option<String>,
        /// `--since`: only from this instant on.
        since: Option<kernel::Timestamp>,
    },
    /// `user-erase` (ID-CLI-80).
    Erase {
        /// Number, uuid or address.
        user: String,
        /// `-f`: ask nothing.
        no_confirm: bool,
    },
    /// `import-django-dump` (ID-CLI-80).
    ImportDump {
        /// The path as it was typed, for [`super::Io::read_file`].
        file: String,
    },
    /// `user-export` (ID-CLI-80).
    Export {
        /// Number, uuid or address.
        user: String,
    },
}

/// Commands of the original's framework that are answered for compatibility
/// (ID-CLI-65), and `settings-show`.
#[derive(Clone, Debug, PartialEq)]
pub enum GeneralCommand {
    /// `syncdb`, `migrate`: the store is there and new enough.
    Migrate {
        /// `--check`: only tell what would be done.
        check: bool,
    },
    /// `cyclades-astakos-migrate-013`, `pithos-migrate`: these migrations are not needed
    /// here (ID-UPG-06, CY-CLI-MIG-01, PI-CLI-38).
    Obsolete,
    /// `collectstatic`, `link_static`: nothing is to be done.
    Static,
    /// `settings-show` (ID-CLI-80).
    Settings {
        /// Only this one.
        name: Option<String>,
    },
    /// `show_urls`.
    Urls,
}
