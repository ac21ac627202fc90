//! Real Ganeti for a test: the lab that `tests/lab/up` brings up. Tests share it;
//! each has its own instance names and addresses.

use crate::server::{Server, wait_for};
use serde_json::Value;
use std::{
    process::{Command, Output},
    sync::atomic::{AtomicU32, Ordering},
};

/// One cluster of the lab.
#[derive(Clone)]
pub struct Cluster {
    /// Its name.
    pub name: String,
    /// Host of its remote API.
    pub rapi_host: String,
    /// User and password of the remote API.
    pub user: String,
    /// Password of the remote API.
    pub password: String,
    /// File with the authority of its certificate.
    pub ca: String,
    /// Its query socket.
    pub luxi: String,
    /// What runs a command inside its node.
    gnt: Vec<String>,
}

/// How a test drives a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// The query socket.
    Luxi,
    /// The remote API.
    Rapi,
}

/// The lab's clusters; None where there is no lab, unless `TESTS_REQUIRE_LAB` is set.
pub fn clusters() -> Option<Vec<Cluster>> {
    let list = std::env::var("LAB_STATE").unwrap_or_else(|_| "/var/lib/gntlab".into());
    let Ok(text) = std::fs::read_to_string(format!("{list}/lab.json")) else {
        assert!(
            std::env::var_os("TESTS_REQUIRE_LAB").is_none(),
            "the Ganeti lab is required and not up: tests/lab/up"
        );
        eprintln!("SKIPPED: no Ganeti lab (tests/lab/up)");
        return None;
    };
    let list: Vec<Value> = serde_json::from_str(&text).expect("lab.json");
    let text = |entry: &Value, key: &str| entry[key].as_str().unwrap_or_default().to_owned();
    let one = |entry: &Value| Cluster {
        name: text(entry, "cluster"),
        rapi_host: text(entry, "rapi")
            .replace("https://", "")
            .replace(":5080", ""),
        user: text(entry, "user"),
        password: text(entry, "password"),
        ca: text(entry, "ca"),
        luxi: text(entry, "luxi"),
        gnt: entry["gnt"]
            .as_array()
            .unwrap()
            .iter()
            .map(|v| v.as_str().unwrap().to_owned())
            .collect(),
    };
    Some(list.iter().map(one).collect())
}

/// A number no other test of this run has, and other runs hardly.
fn unique() -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    std::process::id() % 10_000 * 100 + NEXT.fetch_add(1, Ordering::SeqCst)
}

/// A service with one flavor, one public network and one cluster to use.
pub struct Cloud {
    /// The service.
    pub server: Server,
    /// The cluster.
    pub cluster: Cluster,
    /// Begins the names of its instances.
    pub prefix: String,
}

/// What a [`Cloud`] is like.
pub struct Plan<'a> {
    /// How the cluster is driven.
    pub over: Over,
    /// `fake` or `kvm`.
    pub hypervisor: &'a str,
    /// OS definition with variant.
    pub os: &'a str,
    /// Value of GANETI_CREATEINSTANCE_KWARGS's hvparams, a literal.
    pub hvparams: &'a str,
    /// Prefix length of the public network.
    pub prefix: u8,
    /// Further settings lines.
    pub settings: &'a str,
}

impl Default for Plan<'_> {
    fn default() -> Self {
        Plan {
            over: Over::Luxi,
            hypervisor: "fake",
            os: "noop+default",
            hvparams: "{}",
            prefix: 24,
            settings: "",
        }
    }
}

impl Cloud {
    /// Starts the service and makes what servers need.
    pub fn start(cluster: &Cluster, plan: &Plan<'_>) -> Self {
        Self::launch(cluster, plan, Server::start_on)
    }

    /// The same with TLS.
    pub fn start_tls(cluster: &Cluster, plan: &Plan<'_>) -> Self {
        Self::launch(cluster, plan, Server::start_tls)
    }

    fn launch(cluster: &Cluster, plan: &Plan<'_>, serve: fn(&str, &str) -> Server) -> Self {
        let number = unique();
        let prefix = format!("t{number}-");
        let settings = format!(
            "BACKEND_PREFIX_ID = '{prefix}'\nGANETI_CREATEINSTANCE_KWARGS = {{'os': '{}', 'hvparams': {{'{}': {}}}}}\n\
             CYCLADES_FORCED_SERVER_NETWORKS = ['SNF:ANY_PUBLIC_IPV4']\nRECONCILIATION_MIN = 1\n{}",
            plan.os, plan.hypervisor, plan.hvparams, plan.settings
        );
        // The host's side of the lab's management bridge: nodes reach it.
        let server = serve("10.249.0.1:0", &settings);
        let cloud = Cloud {
            server,
            cluster: cluster.clone(),
            prefix,
        };
        cloud.set_up(plan, number);
        cloud
    }

    fn set_up(&self, plan: &Plan<'_>, number: u32) {
        let manage = |args: &[&str]| self.server.manage_ok(args);
        manage(&["flavor-create", "1", "128", "1", "file"]);
        let c = &self.cluster;
        let mut add = vec!["backend-add", "--clustername"];
        match plan.over {
            Over::Luxi => add.extend([c.name.as_str(), "--transport", "luxi", "--socket", &c.luxi]),
            Over::Rapi => add.extend([
                c.rapi_host.as_str(),
                "--transport",
                "rapi",
                "--user",
                &c.user,
                "--pass",
                &c.password,
                "--ca-cert",
                &c.ca,
            ]),
        }
        add.extend(["--hypervisor", plan.hypervisor]);
        manage(&add);
        manage(&["backend-modify", "1", "--drained", "False"]);
        let subnet = format!(
            "10.{}.{}.0/{}",
            100 + number / 250 % 100,
            number % 250,
            plan.prefix
        );
        let gateway = subnet.replace(&format!(".0/{}", plan.prefix), ".1");
        manage(&[
            "network-create",
            "--name",
            "public",
            "--public",
            "--flavor",
            "CUSTOM",
            "--mode",
            "bridged",
            "--link",
            "br0",
            "--subnet",
            &subnet,
            "--gateway",
            &gateway,
        ]);
        // The public network has to be in the cluster before a server can have an address.
        wait_for("the network to be in the cluster", || {
            let shown = self.server.manage_ok(&["network-inspect", "1"]);
            let (_, backends) = shown.split_once("Backend")?;
            backends.contains("ACTIVE").then_some(())
        });
    }

    /// Runs a command inside the cluster's node.
    pub fn gnt(&self, args: &[&str]) -> Output {
        gnt(&self.cluster, args)
    }

    /// The cluster's instances of this test: name and status.
    pub fn instances(&self) -> Vec<(String, String)> {
        let output = self.gnt(&[
            "gnt-instance",
            "list",
            "--no-headers",
            "--separator=,",
            "-o",
            "name,status",
        ]);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        text.lines()
            .filter(|line| line.starts_with(&self.prefix))
            .filter_map(|line| line.split_once(','))
            .map(|(name, status)| (name.to_owned(), status.to_owned()))
            .collect()
    }

    /// Waits until no instance of this test is left.
    pub fn wait_empty(&self) {
        wait_for("the cluster to be empty", || {
            self.instances().is_empty().then_some(())
        });
    }
}

impl Drop for Cloud {
    fn drop(&mut self) {
        self.server.kill();
        for (name, _) in self.instances() {
            self.gnt(&[
                "gnt-instance",
                "remove",
                "--force",
                "--shutdown-timeout=0",
                &name,
            ]);
        }
        let list = ["gnt-network", "list", "--no-headers", "-o", "name"];
        let networks = self.gnt(&list);
        for name in String::from_utf8_lossy(&networks.stdout).split_whitespace() {
            if name.starts_with(&self.prefix) {
                self.gnt(&["gnt-network", "disconnect", name, "default"]);
                self.gnt(&["gnt-network", "remove", name]);
            }
        }
    }
}

/// Runs a command inside a cluster's node.
pub fn gnt(cluster: &Cluster, args: &[&str]) -> Output {
    let (program, first) = cluster.gnt.split_first().expect("a command");
    Command::new(program)
        .args(first)
        .args(args)
        .output()
        .expect("the lab answers")
}
