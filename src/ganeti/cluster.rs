//! One cluster, whichever protocol it is spoken to in.

use crate::{
    luxi::Luxi,
    opcode::{self, NetworkSeen},
    rapi::{Rapi, unescape},
    trust::Trust,
};
use compute::{Job, JobError, JobStatus, Transport};
use kernel::{Timestamp, secret::SecretString};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

/// Why a call gave no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Nothing was sent.
    Unreachable(String),
    /// It may or may not have been carried out.
    Doubt(String),
    /// The cluster said no.
    Refused(String),
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Trouble::Unreachable(why) | Trouble::Doubt(why) | Trouble::Refused(why) => {
                f.write_str(why)
            }
        }
    }
}

/// How long one look at a job waits for a change.
const WAIT: u64 = 30;

/// Where a job stands.
#[derive(Clone, Debug, PartialEq)]
pub struct JobView {
    /// Its status.
    pub status: JobStatus,
    /// Name of its first opcode, `OP_…`.
    pub opcode: String,
    /// When it came to this status.
    pub at: Timestamp,
    /// Last line of its log.
    pub log: Option<String>,
    /// Why it failed.
    pub error: Option<JobError>,
    /// Highest serial of its log.
    pub serial: i64,
}

/// A way to talk to one cluster.
pub enum Cluster {
    /// Over the query socket.
    #[doc(hidden)]
    Luxi(LuxiCluster),
    /// Over the remote API.
    #[doc(hidden)]
    Rapi(RapiCluster),
}

/// The query socket of one cluster.
pub struct LuxiCluster(pub(crate) Luxi);

/// The remote API of one cluster.
pub struct RapiCluster(pub(crate) Rapi);

const JOB: [&str; 7] = [
    "status",
    "ops",
    "opresult",
    "oplog",
    "received_ts",
    "start_ts",
    "end_ts",
];

impl Cluster {
    /// The client for a backend's row.
    ///
    /// # Errors
    /// [`Trouble::Unreachable`] when the row's certificate cannot be used.
    pub fn new(
        backend: &compute::Backend,
        password: Option<SecretString>,
    ) -> Result<Self, Trouble> {
        match &backend.transport {
            Transport::Luxi { socket } => Ok(Cluster::Luxi(LuxiCluster(Luxi::new(socket)))),
            Transport::Rapi { ca, pinned } => {
                let trust = Trust::new(ca.as_deref(), *pinned).map_err(Trouble::Unreachable)?;
                let password = password.unwrap_or_default();
                let rapi = Rapi::new(
                    &backend.clustername,
                    backend.port,
                    &backend.username,
                    password,
                    trust,
                )?;
                Ok(Cluster::Rapi(RapiCluster(rapi)))
            }
        }
    }

    /// The certificate's hash when it was met for the first time.
    pub fn first_seen(&self) -> Option<[u8; 32]> {
        match self {
            Cluster::Luxi(_) => None,
            Cluster::Rapi(RapiCluster(rapi)) => rapi.first_seen(),
        }
    }

    /// Sends a job and answers the number of the last one it became; None when there
    /// was nothing left to do.
    pub async fn submit(
        &self,
        job: &Job,
        after: &[u64],
        key: &str,
    ) -> Result<Option<u64>, Trouble> {
        let (groups, seen) = match job {
            Job::NetworkCreate(_) | Job::NetworkRemove { .. } => {
                // Only reading: a failure here leaves nothing in doubt.
                let read = async { Ok((self.groups().await?, self.network(job.name()).await?)) };
                read.await.map_err(unsent)?
            }
            _ => Default::default(),
        };
        match self {
            Cluster::Luxi(LuxiCluster(luxi)) => {
                let ops = opcode::opcodes(job, after, key, &groups, &seen);
                if ops.is_empty() {
                    return Ok(None);
                }
                job_number(&luxi.call("SubmitJob", json!([ops])).await?).map(Some)
            }
            Cluster::Rapi(RapiCluster(rapi)) => {
                let mut after = after.to_vec();
                let mut last = None;
                for request in opcode::requests(job, &groups, &seen) {
                    let sign = if request.path.contains('?') { '&' } else { '?' };
                    let path = format!("{}{sign}reason={key}", request.path);
                    let body = opcode::waiting(request.body, &after);
                    let answer = rapi.change(request.method, &path, Some(&body)).await;
                    // Once one of several is there, the rest is in doubt.
                    let answer = match (answer, last) {
                        (Err(trouble), Some(_)) => Err(Trouble::Doubt(trouble.to_string())),
                        (answer, _) => answer,
                    };
                    let number = job_number(&answer?)?;
                    after = vec![number];
                    last = Some(number);
                }
                Ok(last)
            }
        }
    }

    /// Waits until a job is in another status than `known` or has logged something
    /// after `serial`, half a minute at most; None when there is no such job.
    pub async fn wait(
        &self,
        job: u64,
        known: Option<JobStatus>,
        serial: i64,
    ) -> Result<Option<JobView>, Trouble> {
        let Some(known) = known else {
            return self.job(job).await;
        };
        let waited = match self {
            Cluster::Luxi(LuxiCluster(luxi)) => {
                let args = json!([job, ["status"], [known.word()], serial, WAIT]);
                let patience = Duration::from_secs(WAIT + 15);
                let answer = luxi.call_apart("WaitForJobChange", args, patience).await;
                answer.map(drop)
            }
            Cluster::Rapi(RapiCluster(rapi)) => {
                let body = json!({
                    "fields": ["status"],
                    "previous_job_info": [known.word()],
                    "previous_log_serial": serial,
                });
                let path = format!("/2/jobs/{job}/wait");
                let answer = rapi.ask(Method::GET, &path, Some(&body)).await;
                answer.map(drop)
            }
        };
        let view = self.job(job).await?;
        match waited {
            // A job that was archived meanwhile cannot be waited for: it is over. One
            // that is as it was must not be asked for again without a pause.
            Err(trouble) if view.as_ref().is_some_and(|v| v.status == known) => Err(trouble),
            _ => Ok(view),
        }
    }

    /// A job; None when there is none any more.
    pub async fn job(&self, job: u64) -> Result<Option<JobView>, Trouble> {
        let fields = match self {
            Cluster::Luxi(LuxiCluster(luxi)) => {
                let answer = luxi.call("QueryJobs", json!([[job], JOB])).await?;
                answer.get(0).cloned().unwrap_or_default()
            }
            Cluster::Rapi(RapiCluster(rapi)) => {
                let answer = rapi
                    .ask(Method::GET, &format!("/2/jobs/{job}"), None)
                    .await?;
                let Some(answer) = answer else {
                    return Ok(None);
                };
                JOB.iter().map(|field| answer[*field].clone()).collect()
            }
        };
        Ok(job_view(&fields))
    }

    /// The newest job that carries `key` in its reason, archived ones included where
    /// the protocol shows them.
    pub async fn find_job(&self, key: &str) -> Result<Option<u64>, Trouble> {
        // Naming the field `archived` is what makes Ganeti read the archive.
        let fields = ["id", "ops", "archived"];
        let answer = match self {
            Cluster::Luxi(LuxiCluster(luxi)) => {
                luxi.call("Query", json!(["job", fields, null])).await?
            }
            Cluster::Rapi(RapiCluster(rapi)) => {
                let body = json!({ "fields": fields });
                let answer = rapi.ask(Method::PUT, "/2/query/job", Some(&body)).await?;
                answer.ok_or_else(|| Trouble::Doubt("the jobs cannot be listed".into()))?
            }
        };
        // Without a list there is no saying that a job is absent.
        let rows = answer["data"]
            .as_array()
            .ok_or_else(|| Trouble::Doubt("the list of jobs makes no sense".into()))?;
        let carries = |ops: &Value| {
            let ops = ops.as_array().map(Vec::as_slice).unwrap_or_default();
            ops.iter().any(|op| {
                let reasons = op["reason"]
                    .as_array()
                    .map(Vec::as_slice)
                    .unwrap_or_default();
                reasons.iter().any(|reason| reason[1].as_str() == Some(key))
            })
        };
        // Every field is [status, value].
        let found = rows.iter().filter(|row| carries(&row[1][1]));
        Ok(found.filter_map(|row| number(&row[0][1])).max())
    }

    /// Names of the node groups.
    pub async fn groups(&self) -> Result<Vec<String>, Trouble> {
        let names: Vec<Value> = match self {
            Cluster::Luxi(LuxiCluster(luxi)) => {
                let answer = luxi
                    .call("QueryGroups", json!([[], ["name"], false]))
                    .await?;
                let rows = answer.as_array().cloned().unwrap_or_default();
                rows.iter().map(|row| row[0].clone()).collect()
            }
            Cluster::Rapi(RapiCluster(rapi)) => {
                let answer = rapi.ask(Method::GET, "/2/groups", None).await?;
                let rows = answer
                    .and_then(|a| a.as_array().cloned())
                    .unwrap_or_default();
                rows.iter().map(|row| row["name"].clone()).collect()
            }
        };
        Ok(names
            .iter()
            .filter_map(|n| n.as_str().map(str::to_owned))
            .collect())
    }

    /// What is there of a network.
    pub(crate) async fn network(&self, name: &str) -> Result<NetworkSeen, Trouble> {
        let groups: Option<Value> = match self {
            Cluster::Luxi(LuxiCluster(luxi)) => {
                let filter = json!(["=", "name", name]);
                let args = json!(["network", ["name", "group_list"], filter]);
                let answer = known(luxi.call("Query", args).await)?;
                answer.and_then(|a| a["data"].get(0).map(|row| row[1][1].clone()))
            }
            Cluster::Rapi(RapiCluster(rapi)) => {
                let answer = rapi
                    .ask(Method::GET, &format!("/2/networks/{name}"), None)
                    .await?;
                answer.map(|value| value["group_list"].clone())
            }
        };
        Ok(match groups {
            None => NetworkSeen::default(),
            Some(list) => NetworkSeen {
                exists: true,
                groups: group_names(&list),
            },
        })
    }
}

/// Asking for one thing by its name is refused when there is none.
pub(crate) fn known<T>(answer: Result<T, Trouble>) -> Result<Option<T>, Trouble> {
    match answer {
        Ok(value) => Ok(Some(value)),
        Err(Trouble::Refused(why)) if why.ends_with(": unknown_entity") => Ok(None),
        Err(trouble) => Err(trouble),
    }
}

/// A read that failed before the thing itself was sent.
fn unsent(trouble: Trouble) -> Trouble {
    match trouble {
        Trouble::Doubt(why) => Trouble::Unreachable(why),
        other => other,
    }
}

/// Numbers arrive as numbers or as text.
fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

fn job_number(value: &Value) -> Result<u64, Trouble> {
    number(value).ok_or_else(|| Trouble::Doubt("the cluster answered no job number".into()))
}

/// `["default (bridged, br0, )"]`, or lists that begin with the name.
fn group_names(list: &Value) -> Vec<String> {
    let items = list.as_array().map(Vec::as_slice).unwrap_or_default();
    items
        .iter()
        .filter_map(|item| item.as_str().or_else(|| item[0].as_str()))
        .map(|text| text.split(" (").next().unwrap_or(text).to_owned())
        .collect()
}

/// The fields of [`JOB`]; None when the job is not known.
fn job_view(fields: &Value) -> Option<JobView> {
    let status = JobStatus::from_word(fields[0].as_str()?)?;
    let log = fields[3].as_array().map(Vec::as_slice).unwrap_or_default();
    let entries: Vec<&Value> = log.iter().filter_map(Value::as_array).flatten().collect();
    let serial = entries.iter().filter_map(|entry| entry[0].as_i64()).max();
    let last = entries.last().and_then(|entry| match &entry[3] {
        Value::String(text) => Some(text.trim().to_owned()),
        _ => None,
    });
    let times = match status {
        _ if status.is_final() => [6, 5, 4],
        JobStatus::Running | JobStatus::Waiting => [5, 4, 6],
        _ => [4, 5, 6],
    };
    let at = times.iter().find_map(|index| instant(&fields[*index]));
    Some(JobView {
        status,
        opcode: fields[1][0]["OP_ID"]
            .as_str()
            .unwrap_or_default()
            .to_owned(),
        at: at.unwrap_or(Timestamp::UNIX_EPOCH),
        log: last,
        error: match status {
            JobStatus::Error | JobStatus::Canceled => Some(job_error(&fields[2])),
            _ => None,
        },
        serial: serial.unwrap_or(-1),
    })
}

/// `[seconds, microseconds]`.
fn instant(value: &Value) -> Option<Timestamp> {
    let micros = value[0].as_i64()?.checked_mul(1_000_000)?;
    Timestamp::from_microsecond(micros + value[1].as_i64().unwrap_or(0)).ok()
}

/// The first failed result: `["Class", ["message", "code"]]`.
fn job_error(results: &Value) -> JobError {
    let results = results.as_array().map(Vec::as_slice).unwrap_or_default();
    for result in results {
        if let (Some(class), Some(args)) = (result[0].as_str(), result[1].as_array()) {
            let text = |index: usize| args.get(index).and_then(Value::as_str).unwrap_or_default();
            return JobError {
                class: class.to_owned(),
                message: unescape(text(0)),
                code: text(1).to_owned(),
            };
        }
    }
    JobError::default()
}

#[cfg(test)]
pub(crate) mod testing {
    //! The pure readers, for tests.
    use super::*;

    pub(crate) fn job(fields: &Value) -> Option<JobView> {
        job_view(fields)
    }

    pub(crate) fn known(answer: Result<Value, Trouble>) -> Result<Option<Value>, Trouble> {
        super::known(answer)
    }

    pub(crate) fn groups(list: &Value) -> Vec<String> {
        group_names(list)
    }
}
