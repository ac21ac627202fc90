//! What administrators do with their token is in the trail as what they do on pages.

use super::{
    admin_things::{Cluster, OWNER},
    *,
};
use kernel::secret::ExposeSecret;
use serde_json::{Value as Json, json};
use std::sync::Arc;

/// Asks the router with a token.
async fn ask(house: &House, token: &str, method: &str, path: &str, body: &Json) -> Seen {
    let headers = [
        ("content-type", "application/json"),
        ("x-auth-token", token),
        ("x-subject-token", body["subject"].as_str().unwrap_or("")),
    ];
    let browser = Browser::new(house);
    let method: Method = method.parse().unwrap();
    browser.send(method, path, &headers, body.to_string()).await
}

impl Cluster {
    /// The same, asked by people with tokens of their own.
    async fn with_tokens() -> Self {
        let mut cluster = Cluster::new().await;
        let state = &mut cluster.desk.house.0.state;
        state.auth = Arc::new(state.identity.clone());
        cluster
    }

    async fn token(&self, user: UserId) -> String {
        let token = self.state().identity.token_of(user).await.unwrap();
        token.token.expose_secret().to_owned()
    }
}

// Issue 3 (5), ID-SEC-28: every act of an administrator through the APIs on what is
// somebody else's has an entry that says who, what and from where; on their own, and by
// people on theirs, none.
#[tokio::test(start_paused = true)]
async fn acts_through_the_apis_are_in_the_trail() {
    let cluster = Cluster::with_tokens().await;
    drop(cluster.desk.superuser("boss@example.org").await);
    let boss = cluster.desk.user("boss@example.org").await;
    let token = cluster.token(boss.uuid).await;
    let (lan, address) = (cluster.network("lan").await, cluster.address().await);
    let theirs = cluster.owner.own_project().to_string();
    let compute = "/cyclades/compute/v2.0";
    let network = "/cyclades/network/v2.0";
    let machine = cluster.state().compute.any_server(kernel::ServerId(1));
    let port = machine.await.unwrap().ports[0].port.id;
    let subnet = json!({"subnet": {
        "network_id": lan.to_string(), "ip_version": 4, "cidr": "10.9.0.0/24"}});
    let give = json!({"reassign": {"project": theirs}});
    let subject = json!({"subject": cluster.token(cluster.owner).await});
    let name = |kind: &str| json!({kind: {"name": "changed"}});
    let acts = [
        (
            "PUT",
            format!("{compute}/servers/1"),
            name("server"),
            "server.rename",
        ),
        (
            "POST",
            format!("{compute}/servers/1/metadata"),
            json!({"metadata": {"a": "b"}}),
            "server.metadata",
        ),
        (
            "DELETE",
            format!("{compute}/servers/1/metadata/a"),
            json!({}),
            "server.metadata",
        ),
        (
            "DELETE",
            format!("{compute}/servers/1/password"),
            json!({}),
            "server.forget-password",
        ),
        (
            "POST",
            format!("{compute}/servers/1/action"),
            json!({"shutdown": {}}),
            "server.shutdown",
        ),
        (
            "DELETE",
            format!("{compute}/servers/2"),
            json!({}),
            "server.destroy",
        ),
        (
            "PUT",
            format!("{network}/networks/{lan}"),
            name("network"),
            "network.rename",
        ),
        (
            "POST",
            format!("{network}/networks/{lan}/action"),
            give.clone(),
            "network.reassign",
        ),
        (
            "POST",
            format!("{network}/subnets"),
            subnet,
            "subnet.create",
        ),
        (
            "PUT",
            format!("{network}/subnets/1"),
            name("subnet"),
            "subnet.rename",
        ),
        (
            "PUT",
            format!("{network}/ports/{port}"),
            name("port"),
            "port.rename",
        ),
        (
            "POST",
            format!("{network}/floatingips/{address}/action"),
            give,
            "ip.reassign",
        ),
        (
            "DELETE",
            format!("{network}/floatingips/{address}"),
            json!({}),
            "ip.destroy",
        ),
        (
            "DELETE",
            format!("{network}/networks/{lan}"),
            json!({}),
            "network.destroy",
        ),
        (
            "DELETE",
            "/identity/v3/auth/tokens".to_owned(),
            subject,
            "user.revoke-token",
        ),
    ];
    for (method, path, body, action) in acts {
        let sent = ask(&cluster.desk.house, &token, method, &path, &body).await;
        assert!(sent.status.is_success(), "{method} {path}: {}", sent.text);
        let entry = cluster.desk.newest().await;
        assert_eq!(entry.action, action, "{method} {path}");
        assert_eq!(entry.who.key(), boss.uuid.to_string(), "{action}");
        assert_eq!(entry.name, boss.email, "{action}");
        assert!(!entry.from.is_empty(), "{entry:?}");
        assert!(!entry.target.id.is_empty(), "{entry:?}");
        cluster.carry_out().await;
    }
    let before = cluster.desk.newest().await;
    let own = cluster.token(cluster.owner).await;
    for (token, path, body) in [
        (&own, format!("{compute}/servers/1"), name("server")),
        (&own, format!("{network}/ports/{port}"), name("port")),
    ] {
        let sent = ask(&cluster.desk.house, token, "PUT", &path, &body).await;
        assert!(sent.status.is_success(), "{path}: {}", sent.text);
    }
    let mine = json!({"subject": token});
    let path = "/identity/v3/auth/tokens";
    let sent = ask(&cluster.desk.house, &token, "DELETE", path, &mine).await;
    assert!(sent.status.is_success(), "{}", sent.text);
    assert_eq!(cluster.desk.newest().await, before, "nobody else's");
}

// ID-ADM-04 ID-ADM-06 ID-ADM-07 ID-SEC-28: nor does the interface for users change
// anything without an entry
#[tokio::test]
async fn acts_through_the_interface_for_users_are_in_the_trail() {
    let cluster = Cluster::with_tokens().await;
    cluster.set("ASTAKOS_ADMIN_API_ENABLED", "True");
    cluster.set("ASTAKOS_ADMIN_API_PERMITTED_GROUPS", "['admin']");
    drop(cluster.desk.member("boss@example.org", "admin").await);
    let boss = cluster.desk.user("boss@example.org").await;
    let token = cluster.token(boss.uuid).await;
    let new = json!({"user": {
        "username": "ann@example.org", "first_name": "Ann", "last_name": "Lee"}});
    let one = format!("/identity/v2.0/users/{}", cluster.owner);
    let act = format!("{one}/action");
    for (method, path, body, field) in [
        ("POST", "/identity/v2.0/users", new, ""),
        (
            "PUT",
            &one,
            json!({"user": {"first_name": "Ann"}}),
            "first name",
        ),
        (
            "PUT",
            &one,
            json!({"user": {"password": "another harbour"}}),
            "password",
        ),
        ("PUT", &one, json!({"user": {"metadata": {"a": 1}}}), ""),
        (
            "POST",
            &act,
            json!({"deactivate": {"reason": "x"}}),
            "active",
        ),
        ("POST", &act, json!({"activate": {}}), "active"),
        ("POST", &act, json!({"renewToken": {}}), "token"),
    ] {
        let before = cluster.desk.newest().await.id;
        let sent = ask(&cluster.desk.house, &token, method, path, &body).await;
        assert!(sent.status.is_success(), "{method} {path}: {}", sent.text);
        let entry = cluster.desk.newest().await;
        assert!(entry.id > before, "{method} {path} {body}");
        assert_eq!(
            (entry.who.key(), &entry.name),
            (boss.uuid.to_string(), &boss.email)
        );
        assert!(!entry.from.is_empty(), "{entry:?}");
        let mut fields = entry.fields.iter();
        let told = field.is_empty() || fields.any(|one| one.name.contains(field));
        assert!(told, "{method} {path} {body}: {entry:?}");
    }
    let names = cluster.desk.user(OWNER).await;
    assert_eq!(names.first_name, "Ann");
}
