//! `snf-manage help` (ID-CLI-17, CY-CLI-GEN-01).

use super::{entries, inventory::Service};
use crate::invocation::Printed;

/// The commands of the services that run here, one group for each.
pub(super) fn all(services: &[String]) -> Printed {
    let mut out = String::from(
        "Usage: snf-manage <command> [options] [arguments]\n\n\
         Type 'snf-manage help <command>' for help on a command.\n\n\
         Options of every command:\n\
         \x20   --data-dir DIR           Directory of the service's data\n\
         \x20   --config-dir DIR         Directory of the *.conf files\n\
         \x20   --set NAME=VALUE         Set a setting over files and environment\n\
         \x20   --output-format FORMAT   pretty, csv, json, json-typed or tabs\n\
         \x20   -h, --help               Help on the command\n",
    );
    let width = entries().map(|e| e.name.len()).max().unwrap_or(0);
    for service in Service::ALL {
        let mut here: Vec<(&str, &str)> = entries()
            .filter(|e| e.service == service && service.runs(services))
            .map(|e| (e.name, e.about))
            .collect();
        if service == Service::General {
            here.push(("help", "Show this help, or that of a command"));
        }
        if here.is_empty() {
            continue;
        }
        here.sort_unstable();
        out.push_str(&format!("\n[{}]\n", service.name()));
        for (name, about) in here {
            out.push_str(&format!("    {name:width$}  {about}\n"));
        }
    }
    Printed {
        out,
        ..Printed::default()
    }
}
