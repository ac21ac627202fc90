//! Shapes of what is done to a running service (identity.md §14.2).

/// Arguments of `synnefo log-level` (ID-OPS-13).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogLevel {
    /// Name of the logger; without one the levels that were set are listed.
    pub logger: Option<String>,
    /// A level, or `default`: that of the settings.
    pub level: Option<String>,
    /// `--for`: until then; without it until the service ends.
    pub minutes: Option<u32>,
}
