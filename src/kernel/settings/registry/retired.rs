//! Names of the original that have no meaning any more: accepted with a warning,
//! so that an old configuration can be kept as it is.

/// Names, and what to say about them.
#[rustfmt::skip]
pub const RETIRED: &[(&[&str], &str)] = &[
    (&["DATABASES", "DATABASE_ROUTERS", "PITHOS_BACKEND_DB_MODULE", "PITHOS_BACKEND_DB_CONNECTION", "BACKEND_DB_CONNECTION"],
     "the database is built in"),
    (&["CACHES", "BROKER_URL", "SESSION_ENGINE", "SESSION_SERIALIZER", "PITHOS_BACKEND_QUEUE_MODULE", "PITHOS_BACKEND_QUEUE_HOSTS", "PITHOS_BACKEND_QUEUE_EXCHANGE"],
     "sessions, caches and queues are built in"),
    (&["TEMPLATE_LOADERS", "TEMPLATE_DEBUG", "TEMPLATE_CONTEXT_PROCESSORS", "MIDDLEWARE_CLASSES", "INSTALLED_APPS", "ROOT_URLCONF", "STATIC_FILES", "STATIC_ROOT", "STATIC_URL", "SILENCED_SYSTEM_CHECKS", "DEFAULT_EXCEPTION_REPORTER_FILTER", "APPEND_SLASH", "LANGUAGES", "USE_I18N", "USE_L10N", "OAUTH2_USER_MODEL", "WEBPROJECT_SERVE_STATIC"],
     "the web framework it belonged to is gone"),
    (&["PITHOS_BACKEND_BLOCK_MODULE", "PITHOS_BACKEND_BLOCK_KWARGS", "PITHOS_BACKEND_POOL_ENABLED", "PITHOS_BACKEND_XSEG_POOL_SIZE", "PITHOS_BACKEND_STORAGE", "PITHOS_RADOS_CEPH_CONF"],
     "block storage is built in"),
    (&["PITHOS_BACKEND_BLOCK_PATH"],
     "blocks lie in blocks/ of the data directory (--data-dir)"),
    (&["CYCLADES_ASTAKOSCLIENT_POOLSIZE", "PITHOS_ASTAKOSCLIENT_POOLSIZE", "CYCLADES_SERVICE_TOKEN", "PITHOS_SERVICE_TOKEN", "PITHOS_BASE_ASTAKOS_PROXY_PATH", "PITHOS_CUSTOMIZE_ASTAKOS_SERVICES"],
     "the services are in one process and need no connection to the identity service"),
    (&["AMQP_BACKEND", "DISPATCHER_FORMATTERS", "COMPUTE_API_URL"],
     "nothing reads it any more"),
];
