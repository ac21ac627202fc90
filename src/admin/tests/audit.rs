//! Every command that changes something leaves its entry in the trail, in the name of
//! whoever typed it; commands that only look leave none (ID-SEC-28).

use super::*;
use identity::audit::{Entry, Filter};
use kernel::page::PageRequest;
use wire::admin::{
    AccountCommand, BackendModify, ClientAdd, ClientCommand, ComponentCommand, ComponentModify,
    FlavorCreate, FlavorModify, GroupCommand, MailCommand, NetworkCreate, PolicyAdd, PolicyCommand,
    QuotaCommand, QuotaTask, ResourceCommand, ResourceModify, Secret, ServiceCommand, UserModify,
};

const ERIN: &str = "erin@example.org";

impl World {
    async fn entries(&self) -> Vec<Entry> {
        let caller = self.admin.caller();
        let page = PageRequest {
            after: None,
            limit: 1000,
        };
        let found = self.admin.identity.audit(&caller, Filter::default(), page);
        found.await.unwrap().items
    }

    /// The actions a command left, the oldest first.
    async fn leaves(&self, command: Command, file: &str) -> Vec<String> {
        let before = self.entries().await.len();
        let mut person = Person {
            file: Some(file.to_owned()),
            answer: Some("y"),
            ..Person::default()
        };
        let said = self.admin.run(command.clone(), &mut person).await;
        said.unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let mut new = self.entries().await;
        new.truncate(new.len() - before);
        let now = self.admin.cx.cx().now;
        for entry in &new {
            assert_eq!(entry.at, now, "{entry:?}");
            assert_eq!(entry.from, "command line", "{entry:?}");
            assert!(!entry.who.key().is_empty(), "{entry:?}");
            assert!(!entry.target.kind.is_empty(), "{entry:?}");
        }
        new.into_iter().rev().map(|entry| entry.action).collect()
    }
}

fn modify(change: UserModify) -> Command {
    Command::UserModify(Box::new(UserModify {
        user: ERIN.into(),
        no_confirm: true,
        ..change
    }))
}

fn on() -> UserModify {
    UserModify::default()
}

/// Options of `user-modify`, in an order in which each is possible, and what they leave.
fn of_user() -> Vec<(UserModify, &'static str)> {
    let text = |text: &str| vec![text.to_owned()];
    vec![
        (
            UserModify {
                verify: true,
                ..on()
            },
            "user.verify",
        ),
        (
            UserModify {
                reject: true,
                reject_reason: Some("x".into()),
                ..on()
            },
            "user.reject",
        ),
        (
            UserModify {
                accept: true,
                ..on()
            },
            "user.accept",
        ),
        (
            UserModify {
                set_admin: Some(true),
                ..on()
            },
            "user.admin",
        ),
        (
            UserModify {
                set_admin: Some(false),
                ..on()
            },
            "user.admin",
        ),
        (
            UserModify {
                set_active: Some(false),
                ..on()
            },
            "user.deactivate",
        ),
        (
            UserModify {
                set_active: Some(true),
                ..on()
            },
            "user.activate",
        ),
        (
            UserModify {
                invitations: Some(7),
                ..on()
            },
            "user.invitations",
        ),
        (
            UserModify {
                level: Some(7),
                ..on()
            },
            "user.level",
        ),
        (
            UserModify {
                add_groups: text("staff"),
                ..on()
            },
            "user.add-group",
        ),
        (
            UserModify {
                delete_groups: text("staff"),
                ..on()
            },
            "user.delete-group",
        ),
        (
            UserModify {
                add_permissions: text("a.b"),
                ..on()
            },
            "user.add-permission",
        ),
        (
            UserModify {
                delete_permissions: text("a.b"),
                ..on()
            },
            "user.delete-permission",
        ),
        (
            UserModify {
                password: Some(Secret::new("quiet harbour")),
                ..on()
            },
            "user.password",
        ),
        (
            UserModify {
                renew_password: true,
                ..on()
            },
            "user.password",
        ),
        (
            UserModify {
                renew_token: true,
                ..on()
            },
            "user.renew-token",
        ),
        (
            UserModify {
                sign_terms: true,
                ..on()
            },
            "user.sign-terms",
        ),
        (
            UserModify {
                base_quota: vec![("cyclades.vm".into(), "9".into())],
                ..on()
            },
            "user.base-quota",
        ),
        (
            UserModify {
                set_email: Some(ERIN.to_uppercase()),
                ..on()
            },
            "user.email",
        ),
    ]
}

// ID-SEC-28 ID-CLI-23: every option of `user-modify`
#[tokio::test]
async fn every_change_of_an_account_is_in_the_trail() {
    let world = World::new();
    world.components().await;
    let group = Command::Group(GroupCommand::Add {
        name: "staff".into(),
    });
    assert_eq!(world.leaves(group, "").await, ["group.add"]);
    let add = Command::UserAdd(users::new(ERIN));
    assert_eq!(world.leaves(add, "").await, ["user.add"]);
    let users = vec![ERIN.to_owned()];
    let send = Command::UserActivationSend { users };
    assert_eq!(world.leaves(send, "").await, ["user.send-verification"]);
    for (change, action) in of_user() {
        let left = world.leaves(modify(change.clone()), "").await;
        assert_eq!(left, [action], "{change:?}");
    }
    let erase = Command::Account(AccountCommand::Erase {
        user: ERIN.into(),
        no_confirm: true,
    });
    assert_eq!(world.leaves(erase, "").await, ["user.erase"]);
}

fn policy(update: bool) -> Command {
    Command::Policy(PolicyCommand::Add(PolicyAdd {
        name: "strict".into(),
        provider: "local".into(),
        update,
        priority: Some(if update { 3 } else { 2 }),
        flags: vec![("login", Some(!update))],
        ..PolicyAdd::default()
    }))
}

fn component(change: ComponentModify) -> Command {
    Command::Component(ComponentCommand::Modify(ComponentModify {
        component: "extra".into(),
        ..change
    }))
}

fn flavor(change: FlavorModify) -> Command {
    Command::FlavorModify(FlavorModify {
        flavor: 1,
        ..change
    })
}

/// Commands about everything else, in order: what they leave, or a dash.
fn of_others() -> Vec<(Command, &'static str)> {
    let name = || "extra".to_owned();
    let client = ClientAdd {
        identifier: "app".into(),
        public: true,
        urls: vec!["https://app.example.org/cb".into()],
        ..ClientAdd::default()
    };
    let vm = |limit: &str| {
        Command::Resource(ResourceCommand::Modify(ResourceModify {
            resource: Some("cyclades.vm".into()),
            system_default: Some(limit.into()),
            ..ResourceModify::default()
        }))
    };
    let network = NetworkCreate {
        name: "pub".into(),
        subnet: Some("5.6.7.0/27".into()),
        public: true,
        flavor: "CUSTOM".into(),
        link: Some("br100".into()),
        ..NetworkCreate::default()
    };
    let flavors = FlavorCreate {
        cpus: vec![1],
        rams: vec![1024],
        disks: vec![20],
        types: vec!["drbd".into()],
        dry_run: false,
        public: true,
        specs: vec![],
    };
    vec![
        (policy(false), "policy.add"),
        (policy(true), "policy.change"),
        (
            Command::Policy(PolicyCommand::Set {
                name: "strict".into(),
                groups: vec![],
                users: vec![ERIN.into()],
            }),
            "policy.assign",
        ),
        (
            Command::Policy(PolicyCommand::Remove {
                name: "strict".into(),
            }),
            "policy.remove",
        ),
        (
            Command::Component(ComponentCommand::Add {
                name: name(),
                base_url: Some("https://extra.example.org/".into()),
                ui_url: None,
            }),
            "component.add",
        ),
        (
            component(ComponentModify {
                renew_token: true,
                ..Default::default()
            }),
            "component.modify",
        ),
        (
            component(ComponentModify {
                ui_url: Some("https://extra.example.org/ui".into()),
                ..Default::default()
            }),
            "component.modify",
        ),
        (
            Command::Component(ComponentCommand::Remove {
                component: name(),
                no_confirm: true,
            }),
            "component.remove",
        ),
        (
            Command::Client(ClientCommand::Add(client)),
            "oauth2-client.add",
        ),
        (
            Command::Client(ClientCommand::Remove {
                client: "app".into(),
            }),
            "oauth2-client.remove",
        ),
        (vm("7"), "resource.modify"),
        (
            Command::Account(AccountCommand::TermAdd {
                location: "/terms.html".into(),
                file: "terms.html".into(),
            }),
            "terms.add",
        ),
        (Command::FlavorCreate(flavors), "flavor.create"),
        (
            flavor(FlavorModify {
                public: Some(false),
                ..Default::default()
            }),
            "flavor.modify",
        ),
        (
            flavor(FlavorModify {
                deleted: Some(true),
                ..Default::default()
            }),
            "flavor.modify",
        ),
        (
            Command::BackendAdd(compute::cluster("c.example.com")),
            "backend.add",
        ),
        (
            Command::BackendModify(BackendModify {
                drained: Some(false),
                ..Default::default()
            }),
            "backend.modify",
        ),
        (Command::NetworkCreate(Box::new(network)), "network.create"),
        (
            Command::Mail(MailCommand::Test {
                to: "a@example.org".into(),
            }),
            "mail.test",
        ),
        (
            Command::Account(AccountCommand::FlushSessions { user: ERIN.into() }),
            "user.end_sessions",
        ),
        (
            Command::Group(GroupCommand::Remove {
                name: "staff".into(),
                no_confirm: true,
            }),
            "group.remove",
        ),
        // Who only looks leaves nothing.
        (Command::Quota(QuotaCommand::Quota(QuotaTask::Verify)), "-"),
        (
            Command::Group(GroupCommand::List {
                list: columns(&["name"]),
            }),
            "-",
        ),
        (
            Command::Service(ServiceCommand::List {
                list: columns(&["name"]),
            }),
            "-",
        ),
        (
            Command::Account(AccountCommand::Sessions { user: ERIN.into() }),
            "-",
        ),
        (Command::Mail(MailCommand::Check), "-"),
    ]
}

// ID-SEC-28: groups, policies, components, clients, resources, terms, flavors, clusters,
// networks, mail, sessions
#[tokio::test]
async fn every_command_that_changes_something_is_in_the_trail() {
    let world = World::new();
    world.components().await;
    world.user(ERIN).await;
    let group = Command::Group(GroupCommand::Add {
        name: "staff".into(),
    });
    world.run(group).await.unwrap();
    let mut wrong = Vec::new();
    for (command, action) in of_others() {
        let left = world.leaves(command.clone(), "<p>Be kind.</p>").await;
        let right = match action {
            "-" => left.is_empty(),
            action => left.iter().any(|own| own == action),
        };
        if !right {
            wrong.push(format!("{command:?}: {left:?}, not {action}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
