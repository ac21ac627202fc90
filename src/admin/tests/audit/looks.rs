//! Commands that only look.

use super::*;
use wire::admin::{
    AccountCommand, ClientCommand, ComponentCommand, GeneralCommand, GroupCommand, ImageList,
    LogLevel, MailCommand, NetworkList, PolicyCommand, QuotaCommand, QuotaTask, ResourceCommand,
    ServerList, ServiceCommand, UserList,
};

const ROOT: &str = "root@example.org";

fn list() -> ListOptions {
    columns(&["id"])
}

pub(super) async fn all(trail: &mut Trail) {
    for commands in [people(), registry(), quota(), machines(), program()] {
        for command in commands {
            trail.leaves(command, &[]).await;
        }
    }
    let missing = "Server with ID 1 does not exist. Use server-list to find out available \
                   server IDs.";
    trail
        .refused(Command::ServerShow { server: 1 }, missing)
        .await;
}

fn people() -> Vec<Command> {
    let user = || ROOT.to_owned();
    let account = [
        AccountCommand::Stats {
            unit_style: "mb".into(),
            json: false,
        },
        AccountCommand::Sessions { user: user() },
        AccountCommand::Invitations { list: list() },
        AccountCommand::Pending { list: list() },
        AccountCommand::Audit {
            list: list(),
            user: None,
            since: None,
        },
    ];
    let mut all = vec![
        Command::UserList(UserList {
            list: list(),
            ..UserList::default()
        }),
        Command::UserShow {
            user: user(),
            quota: true,
            unit_style: "mb".into(),
            projects: true,
        },
    ];
    all.extend(account.map(Command::Account));
    all
}

fn registry() -> Vec<Command> {
    vec![
        Command::Group(GroupCommand::List { list: list() }),
        Command::Policy(PolicyCommand::List { list: list() }),
        Command::Policy(PolicyCommand::Show {
            name: "kept".into(),
        }),
        Command::Component(ComponentCommand::List { list: list() }),
        Command::Component(ComponentCommand::Show {
            component: "astakos".into(),
        }),
        Command::Service(ServiceCommand::List { list: list() }),
        Command::Service(ServiceCommand::Show {
            service: "astakos_account".into(),
        }),
        Command::Service(ServiceCommand::Export {
            component: "astakos".into(),
            base_url: None,
        }),
        Command::Resource(ResourceCommand::Export {
            component: "astakos".into(),
        }),
        Command::Resource(ResourceCommand::List {
            list: list(),
            unit_style: "mb".into(),
        }),
        Command::Client(ClientCommand::List {
            list: list(),
            confidential: None,
            trusted: false,
        }),
    ]
}

fn quota() -> Vec<Command> {
    [
        QuotaCommand::Quota(QuotaTask::List {
            user: None,
            unit_style: "mb".into(),
        }),
        QuotaCommand::Quota(QuotaTask::Verify),
        QuotaCommand::List {
            list: columns(&["holder"]),
            overlimit: false,
            unit_style: "mb".into(),
        },
        QuotaCommand::Verify {
            fix: false,
            unexpected: true,
        },
        QuotaCommand::Reconcile {
            user: None,
            project: None,
            fix: false,
            force: false,
        },
        QuotaCommand::Commissions {
            list: columns(&["serial"]),
            overdue: None,
        },
        QuotaCommand::Commission { serial: 1 },
    ]
    .map(Command::Quota)
    .into()
}

fn machines() -> Vec<Command> {
    vec![
        Command::FlavorList {
            list: list(),
            deleted: false,
        },
        Command::FlavorShow { flavor: 1 },
        Command::BackendList { list: list() },
        Command::BackendUpdateStatus,
        Command::NetworkList(NetworkList {
            list: list(),
            ..NetworkList::default()
        }),
        Command::NetworkInspect {
            network: 1,
            display_mails: false,
            backends: false,
        },
        Command::ServerList(ServerList {
            list: list(),
            ..ServerList::default()
        }),
        Command::ImageList(ImageList {
            list: list(),
            ..ImageList::default()
        }),
    ]
}

fn program() -> Vec<Command> {
    let mut all: Vec<Command> = [
        MailCommand::List {
            list: list(),
            failed: false,
        },
        MailCommand::Preview {
            name: None,
            html: false,
            language: "en".into(),
        },
        MailCommand::Check,
        MailCommand::LanguageCheck { code: None },
        MailCommand::LanguageExport { code: "en".into() },
        MailCommand::Inspect {
            queue: "mail".into(),
            remove: false,
            ask: false,
        },
    ]
    .map(Command::Mail)
    .into();
    let general = [
        GeneralCommand::Migrate { check: false },
        GeneralCommand::Obsolete,
        GeneralCommand::Static,
        GeneralCommand::Settings { name: None },
        GeneralCommand::Urls,
    ];
    all.extend(general.map(Command::General));
    all.extend([
        Command::LogLevel(LogLevel::default()),
        Command::Verify { deep: true },
    ]);
    all
}
