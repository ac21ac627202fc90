//! What callers give and get.

use crate::rows::{Address, Diagnostic, Flavor, Port, Server};
use kernel::{
    FlavorId, NetworkId, PortId, ProjectId, ServerId, UserId, VolumeId, secret::SecretString,
};
use std::{collections::BTreeMap, fmt, net::IpAddr};
use uuid::Uuid;

/// `status` of the API (CY-STM-02).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Being made.
    Build,
    /// Runs.
    Active,
    /// Does not run.
    Stopped,
    /// Is being rebooted.
    Reboot,
    /// Failed.
    Error,
    /// Gone.
    Deleted,
}

impl Status {
    /// The word of the API.
    pub fn word(self) -> &'static str {
        match self {
            Status::Build => "BUILD",
            Status::Active => "ACTIVE",
            Status::Stopped => "STOPPED",
            Status::Reboot => "REBOOT",
            Status::Error => "ERROR",
            Status::Deleted => "DELETED",
        }
    }
}

/// A server with what its detail object shows (CY-SRV-02), of one moment.
#[derive(Clone, Debug)]
pub struct ServerView {
    /// The row.
    pub server: Server,
    /// Its size.
    pub flavor: Flavor,
    /// `status`.
    pub status: Status,
    /// `progress`.
    pub progress: u8,
    /// Ports by id, in any state; the API shows those in state Active.
    pub ports: Vec<PortView>,
    /// Disks that are not deleted, by id.
    pub volumes: Vec<VolumeId>,
    /// The newest line of its log.
    pub diagnostic: Option<Diagnostic>,
    /// `SNF:fqdn`.
    pub fqdn: Option<String>,
}

impl ServerView {
    /// `SNF:task_state`, empty without a task.
    pub fn task_state(&self) -> &'static str {
        self.server.task.map_or("", |task| task.task_state())
    }
}

/// A port and its addresses.
#[derive(Clone, Debug)]
pub struct PortView {
    /// The row.
    pub port: Port,
    /// At most one of each IP version, IPv4 first.
    pub addresses: Vec<Address>,
}

impl PortView {
    /// The IPv4 address.
    pub fn ipv4(&self) -> Option<&Address> {
        self.addresses.iter().find(|a| a.address.is_ipv4())
    }

    /// The IPv6 address.
    pub fn ipv6(&self) -> Option<&Address> {
        self.addresses.iter().find(|a| a.address.is_ipv6())
    }
}

/// A floating address and where it is used.
#[derive(Clone, Debug)]
pub struct FloatingIp {
    /// The row.
    pub address: Address,
    /// The server of its port.
    pub server: Option<ServerId>,
}

/// A floating address to be reserved (CY-FIP-03).
#[derive(Clone, Copy, Debug, Default)]
pub struct NewFloatingIp {
    /// Of which network; of any pool when None.
    pub network: Option<NetworkId>,
    /// Which one; any when None.
    pub address: Option<IpAddr>,
    /// Where it is charged; the caller's default when None.
    pub project: Option<ProjectId>,
    /// Members of the project may use it.
    pub shared_to_project: bool,
}

/// A flavor as a caller sees it.
#[derive(Clone, Debug)]
pub struct FlavorView {
    /// The row.
    pub flavor: Flavor,
    /// The caller's projects that were given access.
    pub access: Vec<ProjectId>,
}

/// A file to be put into a new server (CY-SRV-13).
#[derive(Clone, Default, PartialEq, Eq)]
pub struct PersonalityFile {
    /// Where.
    pub path: String,
    /// Base64, as given.
    pub contents: String,
    /// Owner, when given.
    pub owner: Option<String>,
    /// Group, when given.
    pub group: Option<String>,
    /// Mode bits, when given.
    pub mode: Option<u32>,
}

impl fmt::Debug for PersonalityFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PersonalityFile")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

/// An item of `networks` of a new server (CY-SRV-14).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestedNetwork {
    /// An existing port.
    Port(PortId),
    /// A port to be made on a network.
    Network {
        /// The network.
        network: NetworkId,
        /// With this address; any when None.
        address: Option<IpAddr>,
    },
}

/// A server to be made (CY-SRV-10).
#[derive(Clone, Default)]
pub struct NewServer {
    /// Name for people.
    pub name: String,
    /// From which image.
    pub image: Uuid,
    /// Of which size.
    pub flavor: Option<FlavorId>,
    /// Where it is charged; the caller's default when None.
    pub project: Option<ProjectId>,
    /// Members of the project may use it.
    pub shared_to_project: bool,
    /// Key and value pairs.
    pub metadata: BTreeMap<String, String>,
    /// Tags.
    pub tags: Vec<String>,
    /// Files.
    pub personality: Vec<PersonalityFile>,
    /// None: the default networks; an empty list: none but the forced ones.
    pub networks: Option<Vec<RequestedNetwork>>,
    /// Public keys put in: names and contents, looked up by the caller.
    pub keys: Vec<(String, String)>,
    /// Base64.
    pub user_data: Option<String>,
    /// Made when None.
    pub admin_password: Option<SecretString>,
    /// The owner, when an administrator makes it for somebody.
    pub owner: Option<UserId>,
    /// The cluster, when an administrator names one.
    pub backend: Option<kernel::BackendId>,
}

/// Leaves out what may hold secrets.
impl fmt::Debug for NewServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewServer")
            .field("name", &self.name)
            .field("image", &self.image)
            .field("flavor", &self.flavor)
            .field("project", &self.project)
            .field("networks", &self.networks)
            .finish_non_exhaustive()
    }
}

/// A server that was accepted.
#[derive(Clone, Debug)]
pub struct Created {
    /// It, in status BUILD (or ERROR when no cluster could be asked).
    pub server: ServerView,
    /// `adminPass`: shown once.
    pub admin_password: SecretString,
}

/// An action on a server (CY-ACT-01).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// `start`.
    Start,
    /// `shutdown`.
    Shutdown {
        /// Seconds it gets.
        timeout: Option<u32>,
    },
    /// `reboot`.
    Reboot {
        /// `HARD`.
        hard: bool,
    },
    /// `delete`.
    Delete,
}

/// What a node is told about a build (CY-VMA-02). Has no derived Debug: it holds a password.
#[derive(Clone, PartialEq, Eq)]
pub struct BuildDocument {
    /// Which server.
    pub server: kernel::ServerId,
    /// `pithosmap://<map>/<size>`.
    pub img_id: String,
    /// Password for the image's users.
    pub img_passwd: String,
    /// diskdump, extdump or ntfsdump.
    pub img_format: String,
    /// JSON text.
    pub img_personality: String,
    /// JSON text.
    pub img_properties: String,
    /// Public keys, one a line.
    pub auth_keys: Option<String>,
    /// User data, base64.
    pub cloud_userdata: Option<String>,
    /// Bytes of a block.
    pub block_size: u64,
    /// Bytes of the image.
    pub size: u64,
}

impl fmt::Debug for BuildDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BuildDocument")
            .field("server", &self.server)
            .field("img_id", &self.img_id)
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}

/// What a node reports of a build (CY-MSG-06, CY-DSP-22).
#[derive(Clone, Debug, PartialEq)]
pub enum BuildProgress {
    /// Percent copied.
    Copy(f64),
    /// Anything else: a line of the server's log.
    Said {
        /// How grave.
        level: crate::rows::Level,
        /// `image-info`, `image-helper-task-start`, …
        source: String,
        /// Task name or joined messages.
        message: String,
        /// What a program printed.
        details: Option<String>,
    },
}
