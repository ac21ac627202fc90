//! `synnefo settings logrotate`: the file for `/etc/logrotate.d` (ID-OPS-14).

use crate::invocation::Printed;
use kernel::Settings;

/// Logs of block storage beside our own.
const ARCHIPELAGO: &str = "/var/log/archipelago";

/// Weekly, 8 kept, compressed, at 64 MiB at once; the service opens its files anew.
pub(super) fn file(settings: &Settings) -> Printed {
    let dir = settings.str("LOG_DIR").trim_end_matches('/');
    let user = settings.str("SNF_MANAGE_USER");
    let group = settings.str("SNF_MANAGE_GROUP");
    let named = format!("\"{dir}/*.log\" \"{ARCHIPELAGO}/*.log\"");
    Printed {
        out: format!(
            "# Made by 'synnefo settings logrotate'.\n\
             {named} {{\n    \
                 weekly\n    rotate 8\n    maxsize 64M\n    compress\n    delaycompress\n    \
                 missingok\n    notifempty\n    su {user} {group}\n    \
                 create 0640 {user} {group}\n    sharedscripts\n    postrotate\n        \
                     /etc/init.d/gunicorn reload >/dev/null 2>&1 || true\n    endscript\n\
             }}\n\
             # One file for each command, turned over by their age.\n\
             \"{dir}/commands/*.log\" {{\n    \
                 weekly\n    rotate 1\n    maxage 56\n    compress\n    missingok\n    \
                 nocreate\n    su {user} {group}\n}}\n"
        ),
        ..Printed::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // ID-OPS-14
    #[test]
    fn all_logs_are_turned_over() {
        let mut settings = Settings::default();
        settings.set("LOG_DIR", kernel::settings::Value::Str("/srv/log/".into()));
        let text = file(&settings).out;
        for line in [
            "\"/srv/log/*.log\" \"/var/log/archipelago/*.log\" {",
            "    weekly",
            "    rotate 8",
            "    compress",
            "    maxsize 64M",
            "    create 0640 synnefo synnefo",
            "        /etc/init.d/gunicorn reload >/dev/null 2>&1 || true",
            "\"/srv/log/commands/*.log\" {",
        ] {
            assert!(text.lines().any(|one| one == line), "{line} in\n{text}");
        }
    }
}
