//! Commands about groups, components, services, resources and quota.

use super::command::{ListOptions, Secret};

/// Groups.
#[derive(Clone, Debug, PartialEq)]
pub enum GroupCommand {
    /// `group-add` (ID-CLI-30).
    Add {
        /// Its name.
        name: String,
    },
    /// `group-list` (ID-CLI-31); fields [`super::lists::GROUP`].
    List {
        /// Columns and filters.
        list: ListOptions,
    },
    /// `group-remove`.
    Remove {
        /// Its name.
        name: String,
        /// `-f`: ask nothing.
        no_confirm: bool,
    },
}

/// Components.
#[derive(Clone, Debug, PartialEq)]
pub enum ComponentCommand {
    /// `component-add` (ID-CLI-38).
    Add {
        /// Its name.
        name: String,
        /// `--base-url`.
        base_url: Option<String>,
        /// `--ui-url`, or the second argument.
        ui_url: Option<String>,
    },
    /// `component-list` (ID-CLI-39); fields [`super::lists::COMPONENT`].
    List {
        /// Columns and filters.
        list: ListOptions,
    },
    /// `component-show` (ID-CLI-40).
    Show {
        /// Number or name.
        component: String,
    },
    /// `component-modify` (ID-CLI-41).
    Modify(ComponentModify),
    /// `component-remove` (ID-CLI-42).
    Remove {
        /// Number or name.
        component: String,
        /// `-f`: ask nothing.
        no_confirm: bool,
    },
    /// `snf-component-register` (ID-CLI-71).
    Register(ComponentRegister),
}

/// Arguments of `component-modify`; at least one change is asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ComponentModify {
    /// Number or name.
    pub component: String,
    /// `--ui-url`.
    pub ui_url: Option<String>,
    /// `--base-url`.
    pub base_url: Option<String>,
    /// `--auth-token`.
    pub auth_token: Option<Secret>,
    /// `--renew-token`.
    pub renew_token: bool,
    /// `--purge-services`.
    pub purge_services: bool,
}

/// Arguments of `snf-component-register`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ComponentRegister {
    /// Only this one; all three unless given.
    pub component: Option<String>,
    /// `--base-url`.
    pub base_url: Option<String>,
    /// `--ui-url`.
    pub ui_url: Option<String>,
    /// `--yes`: answer every question with yes, ask for nothing.
    pub yes: bool,
}

/// Services.
#[derive(Clone, Debug, PartialEq)]
pub enum ServiceCommand {
    /// `service-import` (ID-CLI-43).
    Import {
        /// `--json`: a file of the administrator's machine, or `-`.
        file: String,
    },
    /// `service-list`; fields [`super::lists::SERVICE`].
    List {
        /// Columns and filters.
        list: ListOptions,
    },
    /// `service-show`.
    Show {
        /// Number or name.
        service: String,
    },
    /// `service-export-astakos` and its sisters; `snf-service-export`.
    Export {
        /// `astakos`, `pithos` or `cyclades`.
        component: String,
        /// Where the services are; None: where the settings say.
        base_url: Option<String>,
    },
}

/// Resources.
#[derive(Clone, Debug, PartialEq)]
pub enum ResourceCommand {
    /// `resource-import` (ID-CLI-43).
    Import {
        /// `--json`: a file of the administrator's machine, or `-`.
        file: String,
    },
    /// `resource-export-astakos` and its sisters.
    Export {
        /// `astakos`, `pithos` or `cyclades`.
        component: String,
    },
    /// `resource-list` (ID-CLI-44); fields [`super::lists::RESOURCE`].
    List {
        /// Columns and filters.
        list: ListOptions,
        /// `--unit-style`.
        unit_style: String,
    },
    /// `resource-modify`.
    Modify(ResourceModify),
}

/// Arguments of `resource-modify`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ResourceModify {
    /// Its name; there unless limits come from the person or a file.
    pub resource: Option<String>,
    /// `--system-default`: a number, with a unit, or `inf`.
    pub system_default: Option<String>,
    /// `--project-default`.
    pub project_default: Option<String>,
    /// `--api-visible`.
    pub api_visible: Option<bool>,
    /// `--ui-visible`.
    pub ui_visible: Option<bool>,
    /// `--allow-in-projects`.
    pub allow_in_projects: Option<bool>,
    /// `--limit-interactive`.
    pub interactive: bool,
    /// `--limit-from-file`: a file of the administrator's machine, or `-`.
    pub from_file: Option<String>,
    /// `--unit-style`.
    pub unit_style: String,
}

/// Quota and commissions.
#[derive(Clone, Debug, PartialEq)]
pub enum QuotaCommand {
    /// `quota` (ID-CLI-50).
    Quota(QuotaTask),
    /// `quota-list` (ID-CLI-51); fields [`super::lists::QUOTA`].
    List {
        /// Columns and filters.
        list: ListOptions,
        /// `--overlimit`: only where more is used than may be.
        overlimit: bool,
        /// `--unit-style`.
        unit_style: String,
    },
    /// `quota-verify` (ID-CLI-52).
    Verify {
        /// `--fix`.
        fix: bool,
        /// `--include-unexpected-holdings`.
        unexpected: bool,
    },
    /// `reconcile-resources-astakos` (ID-CLI-53).
    Reconcile {
        /// `--user`.
        user: Option<String>,
        /// `--project`.
        project: Option<String>,
        /// `--fix`.
        fix: bool,
        /// `--force`: whatever the limits.
        force: bool,
    },
    /// `commission-list` (ID-CLI-54); fields [`super::lists::COMMISSION`].
    Commissions {
        /// Columns and filters.
        list: ListOptions,
        /// `--overdue`: only those older than this many seconds.
        overdue: Option<u64>,
    },
    /// `commission-show` (ID-CLI-55).
    Commission {
        /// Its serial.
        serial: u64,
    },
    /// `astakos-init --load-service-resources` (ID-CLI-64).
    LoadServiceResources,
}

/// What `quota` is to do.
#[derive(Clone, Debug, PartialEq)]
pub enum QuotaTask {
    /// `--list`.
    List {
        /// `--user`: only this one, by uuid or address.
        user: Option<String>,
        /// `--unit-style`.
        unit_style: String,
    },
    /// `--verify`.
    Verify,
    /// `--sync`.
    Sync,
    /// `--import-base-quota`: a file of the administrator's machine, or `-`.
    Import {
        /// Its path.
        file: String,
    },
}
