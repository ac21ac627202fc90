//! Every kind of command there is, and whether it changes anything. A new command does
//! not compile here until it is put among them, and the tests fail until it is tried.

use wire::admin::{
    AccountCommand as A, ClientCommand as O, Command as C, ComponentCommand as P,
    GeneralCommand as N, GroupCommand as G, MailCommand as M, PolicyCommand as Y,
    QuotaCommand as Q, QuotaTask as T, ResourceCommand as R, ServiceCommand as S, UserModify,
};

/// What a kind of command does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Changes something, and leaves entries.
    Acts,
    /// Only looks, and leaves none.
    Looks,
}
use Kind::{Acts, Looks};

macro_rules! kinds {
    ($($kind:ident $name:literal: $pattern:pat,)*) => {
        /// All of them.
        pub(super) const ALL: &[(Kind, &str)] = &[$(($kind, $name)),*];

        /// Of which kind a command is.
        pub(super) fn of(command: &C) -> (Kind, &'static str) {
            match command {
                $($pattern => ($kind, $name),)*
            }
        }
    };
}

kinds! {
    Acts "user-add": C::UserAdd(_),
    Looks "user-list": C::UserList(_),
    Looks "user-show": C::UserShow { .. },
    Acts "user-modify": C::UserModify(_),
    Acts "user-activation-send": C::UserActivationSend { .. },
    Acts "group-add": C::Group(G::Add { .. }),
    Looks "group-list": C::Group(G::List { .. }),
    Acts "group-remove": C::Group(G::Remove { .. }),
    Acts "authpolicy-add": C::Policy(Y::Add(_)),
    Looks "authpolicy-list": C::Policy(Y::List { .. }),
    Acts "authpolicy-remove": C::Policy(Y::Remove { .. }),
    Acts "authpolicy-set": C::Policy(Y::Set { .. }),
    Looks "authpolicy-show": C::Policy(Y::Show { .. }),
    Acts "component-add": C::Component(P::Add { .. }),
    Looks "component-list": C::Component(P::List { .. }),
    Looks "component-show": C::Component(P::Show { .. }),
    Acts "component-modify": C::Component(P::Modify(_)),
    Acts "component-remove": C::Component(P::Remove { .. }),
    Acts "snf-component-register": C::Component(P::Register(_)),
    Acts "service-import": C::Service(S::Import { .. }),
    Looks "service-list": C::Service(S::List { .. }),
    Looks "service-show": C::Service(S::Show { .. }),
    Looks "service-export": C::Service(S::Export { .. }),
    Acts "resource-import": C::Resource(R::Import { .. }),
    Looks "resource-export": C::Resource(R::Export { .. }),
    Looks "resource-list": C::Resource(R::List { .. }),
    Acts "resource-modify": C::Resource(R::Modify(_)),
    Looks "quota --list": C::Quota(Q::Quota(T::List { .. })),
    Looks "quota --verify": C::Quota(Q::Quota(T::Verify)),
    Acts "quota --sync": C::Quota(Q::Quota(T::Sync)),
    Acts "quota --import-base-quota": C::Quota(Q::Quota(T::Import { .. })),
    Looks "quota-list": C::Quota(Q::List { .. }),
    Looks "quota-verify": C::Quota(Q::Verify { fix: false, .. }),
    Acts "quota-verify --fix": C::Quota(Q::Verify { fix: true, .. }),
    Looks "reconcile-resources-astakos": C::Quota(Q::Reconcile { fix: false, .. }),
    Acts "reconcile-resources-astakos --fix": C::Quota(Q::Reconcile { fix: true, .. }),
    Looks "commission-list": C::Quota(Q::Commissions { .. }),
    Looks "commission-show": C::Quota(Q::Commission { .. }),
    Acts "astakos-init": C::Quota(Q::LoadServiceResources),
    Acts "oauth2-client-add": C::Client(O::Add(_)),
    Looks "oauth2-client-list": C::Client(O::List { .. }),
    Acts "oauth2-client-remove": C::Client(O::Remove { .. }),
    Acts "term-add": C::Account(A::TermAdd { .. }),
    Acts "fix-superusers": C::Account(A::FixSuperusers),
    Acts "cleanup-full": C::Account(A::Cleanup),
    Looks "stats-astakos": C::Account(A::Stats { .. }),
    Acts "createsuperuser": C::Account(A::CreateSuperuser { .. }),
    Looks "session-list": C::Account(A::Sessions { .. }),
    Acts "session-flush": C::Account(A::FlushSessions { .. }),
    Looks "invitation-list": C::Account(A::Invitations { .. }),
    Looks "pending-list": C::Account(A::Pending { .. }),
    Looks "audit-list": C::Account(A::Audit { .. }),
    Acts "user-erase": C::Account(A::Erase { .. }),
    Acts "import-django-dump": C::Account(A::ImportDump { .. }),
    Acts "user-export": C::Account(A::Export { .. }),
    Looks "migrate": C::General(N::Migrate { .. }),
    Looks "pithos-migrate": C::General(N::Obsolete),
    Looks "collectstatic": C::General(N::Static),
    Looks "settings-show": C::General(N::Settings { .. }),
    Looks "show_urls": C::General(N::Urls),
    Acts "flavor-create": C::FlavorCreate(_),
    Looks "flavor-list": C::FlavorList { .. },
    Acts "flavor-modify": C::FlavorModify(_),
    Looks "flavor-show": C::FlavorShow { .. },
    Acts "backend-add": C::BackendAdd(_),
    Looks "backend-list": C::BackendList { .. },
    Acts "backend-modify": C::BackendModify(_),
    Acts "backend-remove": C::BackendRemove { .. },
    // What clusters say of themselves is nobody's act.
    Looks "backend-update-status": C::BackendUpdateStatus,
    Acts "network-create": C::NetworkCreate(_),
    Looks "network-list": C::NetworkList(_),
    Looks "network-inspect": C::NetworkInspect { .. },
    Looks "server-list": C::ServerList(_),
    Looks "server-show": C::ServerShow { .. },
    Looks "image-list": C::ImageList(_),
    Looks "mail-list": C::Mail(M::List { .. }),
    Acts "mail-retry": C::Mail(M::Retry { .. }),
    Acts "mail-test": C::Mail(M::Test { .. }),
    Looks "email-preview": C::Mail(M::Preview { .. }),
    Looks "template-check": C::Mail(M::Check),
    Looks "language-check": C::Mail(M::LanguageCheck { .. }),
    Looks "language-export": C::Mail(M::LanguageExport { .. }),
    Looks "queue-inspect": C::Mail(M::Inspect { remove: false, ask: false, .. }),
    Acts "queue-inspect --remove": C::Mail(M::Inspect { .. }),
    Acts "queue-retry": C::Mail(M::RetryDead { .. }),
    Acts "settings reload": C::SettingsReload,
    Looks "log-level": C::LogLevel(wire::admin::LogLevel { level: None, .. }),
    Acts "log-level LOGGER LEVEL": C::LogLevel(_),
    Acts "backup": C::Backup { .. },
    Looks "verify": C::Verify { .. },
}

/// The options of `user-modify`; a new one does not compile until it is here.
pub(super) const OPTIONS: usize = 23;

/// Which options of `user-modify` are given, by their place.
pub(super) fn options(change: &UserModify) -> [bool; OPTIONS] {
    let UserModify {
        user: _,
        set_admin,
        reject,
        reject_reason,
        verify,
        accept,
        default_project,
        set_active,
        inactive_reason,
        invitations,
        level,
        add_groups,
        delete_groups,
        add_permissions,
        delete_permissions,
        password,
        renew_password,
        renew_token,
        sign_terms,
        reset_second_factor,
        delete,
        set_email,
        base_quota,
        no_confirm: _,
    } = change;
    [
        *set_admin == Some(true),
        *set_admin == Some(false),
        *reject,
        reject_reason.is_some(),
        *verify,
        *accept,
        default_project.is_some(),
        *set_active == Some(true),
        *set_active == Some(false),
        inactive_reason.is_some(),
        invitations.is_some(),
        level.is_some(),
        !add_groups.is_empty() || !add_permissions.is_empty(),
        !delete_groups.is_empty(),
        !delete_permissions.is_empty(),
        password.is_some(),
        *renew_password,
        *renew_token,
        *sign_terms,
        *reset_second_factor,
        *delete,
        set_email.is_some(),
        !base_quota.is_empty(),
    ]
}
