//! Options of list commands (ID-CLI-14, CY-CLI-LST-01).

use super::common::{flag, many, option, positional};
use clap::Arg;

/// Options of every list command. The argument is there to be refused by name.
pub(super) fn options() -> Vec<Arg> {
    vec![
        option("output", "FIELDS", "Columns to show, parted by commas").short('o'),
        flag("list-fields", "List the fields that can be shown"),
        many(
            "filter-by",
            "FILTERS",
            "Rows to show: 'key op value', parted by commas; op is one of = != > >= < <=",
        ),
        flag("list-filters", "List the keys of filters"),
        flag("no-headers", "Print no header line"),
        positional("ARGUMENT").hide(true),
    ]
}

/// `-u`: whose things to list.
pub(super) fn user() -> Arg {
    option("user", "USER", "Only those of this user (uuid or email)").short('u')
}

/// `--display-mails`, in the guide also `--displayname`.
pub(super) fn mails() -> Arg {
    flag("display-mails", "Show the users' addresses too").alias("displayname")
}

/// `-p`.
pub(super) fn project() -> Arg {
    option("project", "PROJECT", "Only those of this project (uuid)").short('p')
}

/// `-d`.
pub(super) fn deleted() -> Arg {
    flag("deleted", "Only deleted ones").short('d')
}
