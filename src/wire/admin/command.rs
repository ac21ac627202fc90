//! Every administration command with its arguments, parsed and typed.
//!
//! Invariant: a value of [`Command`] is well formed (numbers are numbers, choices
//! are among the choices); whether the things it names exist is for `admin`.

use super::{
    accounts::{AccountCommand, ClientCommand, GeneralCommand, PolicyCommand},
    filter::Filter,
    registry::{ComponentCommand, GroupCommand, QuotaCommand, ResourceCommand, ServiceCommand},
};
use kernel::secret::{ExposeSecret, SecretString};

/// A password given as an option; never shown by Debug.
#[derive(Clone, Debug)]
pub struct Secret(SecretString);

impl Secret {
    /// Wraps `text`.
    pub fn new(text: impl Into<String>) -> Self {
        Secret(SecretString::from(text.into()))
    }

    /// The text itself.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        kernel::secret::same(self.expose().as_bytes(), other.expose().as_bytes())
    }
}

/// What every list command takes (ID-CLI-14, CY-CLI-LST-01).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListOptions {
    /// Names of the columns to show, in order (`-o`, or the defaults and what
    /// options like `--display-mails` add); each is a field of the command's list.
    pub columns: Vec<String>,
    /// `--filter-by`; all must hold.
    pub filters: Vec<Filter>,
}

/// A command of `snf-manage`, or of `synnefo` where it needs the database.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// `user-add` (ID-CLI-20).
    UserAdd(UserAdd),
    /// `user-list` (ID-CLI-21); fields [`super::lists::USER`].
    UserList(UserList),
    /// `user-show` (ID-CLI-22).
    UserShow {
        /// Id, uuid or email.
        user: String,
        /// `--quota`.
        quota: bool,
        /// `--unit-style`, `mb` unless given.
        unit_style: String,
        /// `--projects`.
        projects: bool,
    },
    /// `user-modify` (ID-CLI-23).
    UserModify(Box<UserModify>),
    /// `user-activation-send` (ID-CLI-24); at least one id, uuid or email.
    UserActivationSend {
        /// Whom to write to.
        users: Vec<String>,
    },
    /// `group-*`.
    Group(GroupCommand),
    /// `authpolicy-*`.
    Policy(PolicyCommand),
    /// `component-*`, `snf-component-register`.
    Component(ComponentCommand),
    /// `service-*`.
    Service(ServiceCommand),
    /// `resource-*`.
    Resource(ResourceCommand),
    /// `quota*`, `commission-*`, `reconcile-resources-astakos`, `astakos-init`.
    Quota(QuotaCommand),
    /// `oauth2-client-*`.
    Client(ClientCommand),
    /// Other commands about accounts.
    Account(AccountCommand),
    /// Commands of no service.
    General(GeneralCommand),
    /// `flavor-create` (CY-CLI-FLV-01).
    FlavorCreate(FlavorCreate),
    /// `flavor-list` (CY-CLI-FLV-02); fields [`super::lists::FLAVOR`].
    FlavorList {
        /// Columns and filters.
        list: ListOptions,
        /// `-d`: only deleted ones instead of only live ones.
        deleted: bool,
    },
    /// `flavor-modify` (CY-CLI-FLV-03).
    FlavorModify(FlavorModify),
    /// `flavor-show` (CY-CLI-FLV-04).
    FlavorShow {
        /// Number of the flavor.
        flavor: u64,
    },
    /// `backend-add` (CY-CLI-BKD-02).
    BackendAdd(BackendAdd),
    /// `backend-list` (CY-CLI-BKD-01); fields [`super::lists::BACKEND`].
    BackendList {
        /// Columns and filters.
        list: ListOptions,
    },
    /// `backend-modify` (CY-CLI-BKD-03).
    BackendModify(BackendModify),
    /// `backend-remove` (CY-CLI-BKD-05).
    BackendRemove {
        /// Number or cluster name.
        backend: String,
        /// `--purge-networks`.
        purge_networks: bool,
    },
    /// `backend-update-status` (CY-CLI-BKD-04).
    BackendUpdateStatus,
    /// `network-create` (CY-CLI-NET-01).
    NetworkCreate(Box<NetworkCreate>),
    /// `network-list` (CY-CLI-NET-02); fields [`super::lists::NETWORK`].
    NetworkList(NetworkList),
    /// `network-inspect` (CY-CLI-NET-04) and `network-show` (CY-CLI-NET-03).
    NetworkInspect {
        /// Number of the network.
        network: u64,
        /// `--display-mails`.
        display_mails: bool,
        /// `--backends`, True unless given; False for `network-show`.
        backends: bool,
    },
    /// `server-list` (CY-CLI-SRV-01); fields [`super::lists::SERVER`].
    ServerList(ServerList),
    /// `server-show` (CY-CLI-SRV-02).
    ServerShow {
        /// Number of the server.
        server: u64,
    },
    /// `image-list` (CY-CLI-IMG-01); fields [`super::lists::IMAGE`].
    ImageList(ImageList),
    /// Mail and its queue.
    Mail(super::mail::MailCommand),
    /// `synnefo settings reload`: the running service reads its settings again.
    SettingsReload,
    /// `synnefo log-level`: one logger of the running service (ID-OPS-13).
    LogLevel(super::LogLevel),
    /// `synnefo backup`: a consistent copy while the service runs.
    Backup {
        /// Absolute path of the archive, or of a directory.
        target: String,
    },
    /// `synnefo verify`: the store's invariants and every referenced block.
    Verify {
        /// `--deep`: hash the blocks again.
        deep: bool,
    },
}

/// Arguments of `user-add`.
#[derive(Clone, Debug, PartialEq)]
pub struct UserAdd {
    /// Address; not checked yet (`Invalid email`).
    pub email: String,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// `--password`; without it one is made and printed.
    pub password: Option<Secret>,
    /// `--admin`.
    pub admin: bool,
    /// `-g`, made when missing.
    pub groups: Vec<String>,
    /// `-p`, made when missing.
    pub permissions: Vec<String>,
}

/// Arguments of `user-list`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UserList {
    /// Columns and filters.
    pub list: ListOptions,
    /// `--active`.
    pub active: bool,
    /// `--pending-moderation`: verified and not moderated.
    pub pending_moderation: bool,
    /// `--pending-verification`.
    pub pending_verification: bool,
    /// `--group`: member of any of these; no restriction when empty.
    pub groups: Vec<String>,
}

/// Arguments of `user-modify`, to be applied in the order of the fields.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UserModify {
    /// Id, uuid or email; not empty.
    pub user: String,
    /// `--set-admin`, `--set-noadmin`.
    pub set_admin: Option<bool>,
    /// `--reject`.
    pub reject: bool,
    /// `--reject-reason`.
    pub reject_reason: Option<String>,
    /// `--verify`.
    pub verify: bool,
    /// `--accept`.
    pub accept: bool,
    /// `--set-default-project`.
    pub default_project: Option<String>,
    /// `--set-active` (also `--active`), `--set-inactive` (also `--inactive`).
    pub set_active: Option<bool>,
    /// `--inactive-reason`.
    pub inactive_reason: Option<String>,
    /// `--invitations`.
    pub invitations: Option<u32>,
    /// `--level`.
    pub level: Option<u32>,
    /// `--add-group`.
    pub add_groups: Vec<String>,
    /// `--delete-group`.
    pub delete_groups: Vec<String>,
    /// `--add-permission`.
    pub add_permissions: Vec<String>,
    /// `--delete-permission`.
    pub delete_permissions: Vec<String>,
    /// `--password`.
    pub password: Option<Secret>,
    /// `--renew-password`.
    pub renew_password: bool,
    /// `--renew-token`.
    pub renew_token: bool,
    /// `--sign-terms`.
    pub sign_terms: bool,
    /// All second factors away.
    pub reset_second_factor: bool,
    /// `--delete`.
    pub delete: bool,
    /// `--set-email`.
    pub set_email: Option<String>,
    /// `--set-base-quota RESOURCE CAPACITY` (a number, with a unit, `inf` or
    /// `default`).
    pub base_quota: Vec<(String, String)>,
    /// `-f`: ask nothing.
    pub no_confirm: bool,
}

/// Arguments of `flavor-create`: the product of the four lists is made.
#[derive(Clone, Debug, PartialEq)]
pub struct FlavorCreate {
    /// Processors.
    pub cpus: Vec<u32>,
    /// MiB, as given; `admin` rounds up to a multiple of 4 with a warning.
    pub rams: Vec<u32>,
    /// GiB.
    pub disks: Vec<u32>,
    /// Volume type ids (digits) or disk templates (anything else).
    pub types: Vec<String>,
    /// `-n`.
    pub dry_run: bool,
    /// `--public`, True unless given.
    pub public: bool,
    /// `--specs`.
    pub specs: Vec<(String, String)>,
}

/// Arguments of `flavor-modify`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FlavorModify {
    /// Number of the flavor.
    pub flavor: u64,
    /// `--deleted`.
    pub deleted: Option<bool>,
    /// `--allow-create`.
    pub allow_create: Option<bool>,
    /// `--public`.
    pub public: Option<bool>,
    /// `--spec-add`.
    pub spec_add: Vec<(String, String)>,
    /// `--spec-delete`; no key is also in `spec_add`.
    pub spec_delete: Vec<String>,
}

/// How a cluster is driven (decision 7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// Over the LUXI socket on this machine.
    Luxi,
    /// Over the remote API.
    Rapi,
}

/// Arguments of `backend-add`; with [`Transport::Rapi`] the user and password
/// are there.
#[derive(Clone, Debug, PartialEq)]
pub struct BackendAdd {
    /// `--clustername`.
    pub clustername: String,
    /// `--port`, 5080 unless given.
    pub port: u16,
    /// `--user`, empty for LUXI.
    pub username: String,
    /// `--pass`.
    pub password: Option<Secret>,
    /// Not `--no-check`.
    pub check: bool,
    /// `--hypervisor`: kvm, xen-pvm or xen-hvm (also fake); kvm unless given.
    pub hypervisor: String,
    /// Not `--no-init`.
    pub init: bool,
    /// `--public`, True unless given.
    pub public: bool,
    /// `--transport`; Luxi too when only `--socket` is given.
    pub transport: Transport,
    /// `--socket`.
    pub socket: Option<String>,
    /// `--ca-cert`: path of a file on the administrator's machine, to be read
    /// through [`super::Io::read_file`].
    pub ca_cert: Option<String>,
}

/// Arguments of `backend-modify`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BackendModify {
    /// Number or cluster name; may be left out when there is exactly one.
    pub backend: Option<String>,
    /// `--clustername`.
    pub clustername: Option<String>,
    /// `--port`.
    pub port: Option<u16>,
    /// `--username`.
    pub username: Option<String>,
    /// `--password`.
    pub password: Option<Secret>,
    /// `--drained`.
    pub drained: Option<bool>,
    /// `--hypervisor`.
    pub hypervisor: Option<String>,
    /// `--offline`.
    pub offline: Option<bool>,
    /// `--public`.
    pub public: Option<bool>,
}

/// Arguments of `network-create`; the checks of CY-CLI-NET-01 between options
/// hold already.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NetworkCreate {
    /// `--name`, empty unless given.
    pub name: String,
    /// `--user`; there unless public.
    pub user: Option<String>,
    /// `--project`.
    pub project: Option<String>,
    /// `--subnet`.
    pub subnet: Option<String>,
    /// `--gateway`.
    pub gateway: Option<String>,
    /// `--subnet6`.
    pub subnet6: Option<String>,
    /// `--gateway6`.
    pub gateway6: Option<String>,
    /// `--dhcp`.
    pub dhcp: bool,
    /// `--public`.
    pub public: bool,
    /// `--flavor`: CUSTOM, IP_LESS_ROUTED, MAC_FILTERED or PHYSICAL_VLAN.
    pub flavor: String,
    /// `--mode`.
    pub mode: Option<String>,
    /// `--link`.
    pub link: Option<String>,
    /// `--mac-prefix`.
    pub mac_prefix: Option<String>,
    /// `--tags`.
    pub tags: Vec<String>,
    /// `--floating-ip-pool`.
    pub floating_ip_pool: bool,
    /// `--allocation-pool`: first and last address.
    pub allocation_pools: Vec<(String, String)>,
    /// `--drained`.
    pub drained: bool,
    /// `--backend-id`.
    pub backend: Option<String>,
    /// `-n`.
    pub dry_run: bool,
}

/// Arguments of `network-list`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NetworkList {
    /// Columns and filters.
    pub list: ListOptions,
    /// `-u`: uuid or email.
    pub user: Option<String>,
    /// `-p`.
    pub project: Option<String>,
    /// `-d`: only deleted ones instead of only live ones.
    pub deleted: bool,
    /// `--public`: only public ones.
    pub public: bool,
}

/// Arguments of `server-list`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ServerList {
    /// Columns and filters.
    pub list: ListOptions,
    /// `-u`: uuid or email.
    pub user: Option<String>,
    /// `-p`.
    pub project: Option<String>,
    /// `-d`: only deleted ones instead of only live ones.
    pub deleted: bool,
    /// `--suspended`: only suspended ones.
    pub suspended: bool,
    /// `--backend-id`: number or cluster name.
    pub backend: Option<String>,
    /// `--build`: only those being built.
    pub build: bool,
}

/// Arguments of `image-list`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ImageList {
    /// Columns and filters.
    pub list: ListOptions,
    /// `--user`: what this user sees (uuid or email).
    pub user: Option<String>,
    /// `--public`: only public ones.
    pub public: bool,
}
