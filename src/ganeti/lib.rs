//! `ganeti`: see the workspace layout in README.md.

/// Drives the clusters until told to stop.
pub async fn run(
    _compute: compute::Service,
    _settings: kernel::SettingsHandle,
    _cx: kernel::CxSource,
    stop: tokio_util::sync::CancellationToken,
) {
    stop.cancelled().await;
}
