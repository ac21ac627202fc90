//! Ganeti clusters (ganeti-backends settings).

use super::{
    Kind::{Bool, Dict, Int, List, OptList, Str, Strs},
    Setting, s, secret,
};

#[rustfmt::skip]
pub(super) const BACKEND: &[Setting] = &[
    s("BACKEND_PREFIX_ID", Str, "'snf-'", "Begins the names of instances and networks in the clusters"),
    s("GANETI_CREATEINSTANCE_KWARGS", Dict, "{'os': 'snf-image+default', 'hvparams': {'kvm': {'serial_console': False}, 'xen-pvm': {}, 'xen-hvm': {}}}", "Defaults of new instances"),
    s("GANETI_USE_HOTPLUG", Bool, "True", "Change ports and disks of running servers"),
    s("GANETI_USE_OPPORTUNISTIC_LOCKING", Bool, "True", "Let several servers be made at a time"),
    s("GANETI_DISKS_WAIT_FOR_SYNC", Bool, "False", "A build waits for its disks to be in sync"),
    s("GANETI_MAX_NICS_PER_INSTANCE", Int, "8", "Ports of a server"),
    s("GANETI_MAX_DISKS_PER_INSTANCE", Int, "8", "Disks of a server"),
    s("GANETI_DISK_PROVIDER_KWARGS", Dict, "{}", "Further disk parameters by provider"),
    s("GANETI_CLONE_PROVIDERS", Strs, "['vlmc', 'archipelago']", "Providers that clone images"),
    s("GANETI_POLL_INTERVAL", List, "[2, 15]", "Seconds between two looks at a busy and at a quiet cluster"),
    s("BACKEND_ALLOCATOR_MODULE", Str, "'synnefo.logic.allocators.filter_allocator.FilterAllocator'", "How a cluster is chosen for a server"),
    s("BACKEND_FILTER_ALLOCATOR_FILTERS", Strs, "['synnefo.logic.allocators.filter_allocator.filters.ProjectBackends', 'synnefo.logic.allocators.filter_allocator.filters.Default']", "Filters of that choice, in order"),
    s("BACKEND_ALLOCATION_REQUIRES_PUBLIC_IP", Bool, "True", "Only clusters with free public addresses are chosen"),
    s("BACKEND_PER_USER", Dict, "{}", "User's uuid or address to the backend of all their servers"),
    s("ARCHIPELAGO_BACKENDS", List, "[]", "Backends kept for servers with disks of template ext"),
    s("BACKEND_REFRESH_MIN", Int, "15", "Minutes after which a cluster's figures are read again"),
    s("RECONCILIATION_MIN", Int, "30", "Minutes between two comparisons with the clusters; 0: none"),
    s("RECONCILIATION_AUTO_FIX", Strs, "['pending-tasks', 'unsynced', 'unsynced-nics', 'unsynced-disks', 'unsynced-tags', 'commissions']", "Differences mended without being asked"),
    secret("AMQP_HOSTS", OptList, "None", "Brokers that events also go to; None: none"),
    s("EXCHANGE_GANETI", Str, "'ganeti'", "Exchange of events at the brokers"),
    s("QUEUE_MAX_RETRIES", Int, "3", "Attempts before an event is set aside"),
];
