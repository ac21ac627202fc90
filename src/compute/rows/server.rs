//! Flavors, servers, their disks and their diagnostics.

use super::newest_first;
use kernel::{BackendId, FlavorId, ProjectId, ServerId, Timestamp, UserId, VolumeId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use store::{IndexSet, Row};
use uuid::Uuid;

/// Number of a volume type.
pub type VolumeTypeId = u64;

/// A kind of disk (CY-MOD-01).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VolumeType {
    /// Its number.
    pub id: VolumeTypeId,
    /// Its name.
    pub name: String,
    /// Ganeti's word, with the provider of `ext` disks behind a `_`.
    pub disk_template: String,
    /// No new flavors or volumes of it.
    pub deleted: bool,
}

impl VolumeType {
    /// What Ganeti calls the template.
    pub fn template(&self) -> &str {
        self.disk_template.split('_').next().unwrap_or_default()
    }

    /// The provider of an `ext` disk.
    pub fn provider(&self) -> Option<&str> {
        self.disk_template.split_once('_').map(|(_, p)| p)
    }
}

impl Row for VolumeType {
    type Key = VolumeTypeId;
    const TABLE: &'static str = "compute.volume_type";

    fn key(&self) -> Self::Key {
        self.id
    }

    fn indexes(&self, ix: &mut IndexSet) {
        ix.add("by_template", (&self.disk_template, self.deleted));
    }
}

/// A machine size on offer (CY-MOD-02).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flavor {
    /// Its number.
    pub id: FlavorId,
    /// Processors.
    pub cpu: u32,
    /// MiB of memory.
    pub ram: u32,
    /// GiB of disk.
    pub disk: u32,
    /// Kind of its disk.
    pub volume_type: VolumeTypeId,
    /// That kind's disk template, copied.
    pub disk_template: String,
    /// No longer on offer.
    pub deleted: bool,
    /// May servers be made of it?
    pub allow_create: bool,
    /// Is it for everybody?
    pub public: bool,
    /// Notes of the administrator.
    pub specs: BTreeMap<String, String>,
}

impl Flavor {
    /// `C<cpu>R<ram>D<disk><template>`.
    pub fn name(&self) -> String {
        let Flavor {
            cpu,
            ram,
            disk,
            disk_template,
            ..
        } = self;
        format!("C{cpu}R{ram}D{disk}{disk_template}")
    }
}

impl Row for Flavor {
    type Key = FlavorId;
    const TABLE: &'static str = "compute.flavor";

    fn key(&self) -> FlavorId {
        self.id
    }

    fn indexes(&self, ix: &mut IndexSet) {
        ix.unique("by_size", (self.cpu, self.ram, self.disk, self.volume_type));
    }
}

/// A project may use a flavor that is not public (CY-MOD-03).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlavorAccess {
    /// The flavor.
    pub flavor: FlavorId,
    /// The project.
    pub project: ProjectId,
}

impl Row for FlavorAccess {
    type Key = (FlavorId, ProjectId);
    const TABLE: &'static str = "compute.flavor_access";

    fn key(&self) -> Self::Key {
        (self.flavor, self.project)
    }
}

/// Where a server stands; only facts from its cluster change it (CY-STM-01).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum OperState {
    /// Being made.
    Build,
    /// Making it failed.
    Error,
    /// Does not run.
    Stopped,
    /// Runs.
    Started,
    /// Is gone.
    Destroyed,
}

impl OperState {
    /// The word the API and the command line use.
    pub fn word(self) -> &'static str {
        match self {
            OperState::Build => "BUILD",
            OperState::Error => "ERROR",
            OperState::Stopped => "STOPPED",
            OperState::Started => "STARTED",
            OperState::Destroyed => "DESTROYED",
        }
    }

    /// Does a server in this state use processors and memory (CY-QTA-02)?
    pub fn active(self) -> bool {
        matches!(
            self,
            OperState::Build | OperState::Error | OperState::Started
        )
    }
}

/// What is asked of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Action {
    /// Make it.
    Create,
    /// Start it.
    Start,
    /// Shut it down.
    Stop,
    /// Start it again.
    Reboot,
    /// Remove it.
    Destroy,
}

impl Action {
    /// The word of CY-MOD-06.
    pub fn word(self) -> &'static str {
        match self {
            Action::Create => "CREATE",
            Action::Start => "START",
            Action::Stop => "STOP",
            Action::Reboot => "REBOOT",
            Action::Destroy => "DESTROY",
        }
    }

    /// The word while it is a pending task: as [`Action::word`], but BUILD.
    pub fn task_word(self) -> &'static str {
        match self {
            Action::Create => "BUILD",
            other => other.word(),
        }
    }

    /// `SNF:task_state` (CY-STM-03).
    pub fn task_state(self) -> &'static str {
        match self {
            Action::Create => "BUILDING",
            Action::Start => "STARTING",
            Action::Stop => "STOPPING",
            Action::Reboot => "REBOOTING",
            Action::Destroy => "DESTROYING",
        }
    }
}

/// Where a Ganeti job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum JobStatus {
    /// Not begun.
    Queued,
    /// Waits for locks or other jobs.
    Waiting,
    /// Is to be stopped.
    Canceling,
    /// Works.
    Running,
    /// Was stopped before it began.
    Canceled,
    /// Is done.
    Success,
    /// Failed.
    Error,
}

impl JobStatus {
    /// Ganeti's word.
    pub fn word(self) -> &'static str {
        match self {
            JobStatus::Queued => "queued",
            JobStatus::Waiting => "waiting",
            JobStatus::Canceling => "canceling",
            JobStatus::Running => "running",
            JobStatus::Canceled => "canceled",
            JobStatus::Success => "success",
            JobStatus::Error => "error",
        }
    }

    /// From Ganeti's word.
    pub fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "queued" => JobStatus::Queued,
            "waiting" => JobStatus::Waiting,
            "canceling" => JobStatus::Canceling,
            "running" => JobStatus::Running,
            "canceled" => JobStatus::Canceled,
            "success" => JobStatus::Success,
            "error" => JobStatus::Error,
            _ => return None,
        })
    }

    /// Is this how a job ends?
    pub fn is_final(self) -> bool {
        matches!(
            self,
            JobStatus::Canceled | JobStatus::Success | JobStatus::Error
        )
    }
}

/// The last job that was heard of (CY-MOD-06, backendjob…).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastJob {
    /// Its number in the cluster.
    pub id: u64,
    /// `OP_INSTANCE_…`.
    pub opcode: String,
    /// Where it stands.
    pub status: JobStatus,
    /// Last line of its log.
    pub log: Option<String>,
}

/// A server (CY-MOD-06).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Server {
    /// Its number.
    pub id: ServerId,
    /// Name for people; not unique.
    pub name: String,
    /// Whose.
    pub user: UserId,
    /// Where it is charged.
    pub project: ProjectId,
    /// May members of the project see and use it?
    pub shared_to_project: bool,
    /// The cluster it lives in, for life.
    pub backend: BackendId,
    /// When it was asked for.
    pub created: Timestamp,
    /// Last change of anything people see of it (CY-API-10).
    pub updated: Timestamp,
    /// The image it was made from.
    pub image: Uuid,
    /// And that image's version.
    pub image_version: u64,
    /// The image's name then.
    pub image_name: String,
    /// Names of the keys put in.
    pub key_names: Vec<String>,
    /// Its size.
    pub flavor: FlavorId,
    /// Gone; only shown as history.
    pub deleted: bool,
    /// Locked by an administrator.
    pub suspended: bool,
    /// Last action asked for.
    pub action: Option<Action>,
    /// Where it stands.
    pub operstate: OperState,
    /// Last job heard of.
    pub job: Option<LastJob>,
    /// Percent of the image that is copied.
    pub progress: u8,
    /// Time of the newest fact applied.
    pub backend_time: Timestamp,
    /// The pending action.
    pub task: Option<Action>,
    /// Its job, once there is one.
    pub task_job: Option<u64>,
    /// Quota reserved for the pending action.
    pub serial: Option<u64>,
    /// False while it is certain that no cluster has heard of it.
    pub submitted: bool,
    /// Key and value pairs of its owner (CY-META).
    pub metadata: BTreeMap<String, String>,
    /// Its tags: true once the cluster has them (CY-TAG).
    pub tags: BTreeMap<String, bool>,
}

impl Row for Server {
    type Key = ServerId;
    const TABLE: &'static str = "compute.server";

    fn key(&self) -> ServerId {
        self.id
    }

    fn indexes(&self, ix: &mut IndexSet) {
        ix.add("by_user", (self.user, self.deleted));
        ix.add("by_user_change", (self.user, newest_first(self.updated)));
        if self.shared_to_project {
            ix.add("by_project", (self.project, self.deleted));
            ix.add(
                "by_project_change",
                (self.project, newest_first(self.updated)),
            );
        }
        ix.add("by_backend", (self.backend, self.deleted));
        ix.add("by_flavor", (self.flavor, self.deleted));
        ix.add("by_deleted", self.deleted);
    }
}

/// State of a disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum VolumeState {
    /// Being made.
    Creating,
    /// Belongs to a server.
    InUse,
    /// Making it failed.
    Error,
    /// Gone.
    Deleted,
}

impl VolumeState {
    /// The word of the API.
    pub fn word(self) -> &'static str {
        match self {
            VolumeState::Creating => "CREATING",
            VolumeState::InUse => "IN_USE",
            VolumeState::Error => "ERROR",
            VolumeState::Deleted => "DELETED",
        }
    }
}

/// A disk (CY-MOD-21).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Volume {
    /// Its number.
    pub id: VolumeId,
    /// Name for people.
    pub name: Option<String>,
    /// Whose.
    pub user: UserId,
    /// Where it is charged.
    pub project: ProjectId,
    /// GiB.
    pub size: u32,
    /// Kind of disk.
    pub volume_type: VolumeTypeId,
    /// Goes with its server.
    pub delete_on_termination: bool,
    /// `image:<id>` or none.
    pub source: Option<String>,
    /// Version of that.
    pub source_version: Option<u64>,
    /// The map its content started as.
    pub origin: Option<String>,
    /// State.
    pub state: VolumeState,
    /// Its server.
    pub server: Option<ServerId>,
    /// Place among the server's disks.
    pub index: Option<u32>,
    /// When it was asked for.
    pub created: Timestamp,
    /// Last change.
    pub updated: Timestamp,
}

impl Row for Volume {
    type Key = VolumeId;
    const TABLE: &'static str = "compute.volume";

    fn key(&self) -> VolumeId {
        self.id
    }

    fn indexes(&self, ix: &mut IndexSet) {
        let gone = self.state == VolumeState::Deleted;
        ix.add("by_user", (self.user, gone));
        if let Some(server) = self.server {
            ix.add("by_server", (server, self.index));
        }
    }
}

/// How grave a diagnostic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Level {
    /// Something failed.
    Error,
    /// Something may surprise.
    Warning,
    /// Worth knowing.
    Info,
    /// For the curious.
    Debug,
}

impl Level {
    /// The word of the API.
    pub fn word(self) -> &'static str {
        match self {
            Level::Error => "ERROR",
            Level::Warning => "WARNING",
            Level::Info => "INFO",
            Level::Debug => "DEBUG",
        }
    }
}

/// A line of a server's log for people (CY-MOD-10).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// Of which server.
    pub server: ServerId,
    /// Counts up.
    pub id: u64,
    /// When.
    pub created: Timestamp,
    /// How grave.
    pub level: Level,
    /// Which part says so.
    pub source: String,
    /// At most 255 characters.
    pub message: String,
    /// More of it.
    pub details: Option<String>,
}

impl Row for Diagnostic {
    type Key = (ServerId, u64);
    const TABLE: &'static str = "compute.diagnostic";

    fn key(&self) -> Self::Key {
        (self.server, self.id)
    }
}
