//! `synnefo serve`: binds, opens, starts what runs behind, tells that it is ready,
//! and closes everything in order when it is asked to stop.
//!
//! Invariant: the store is closed last, after everybody who writes has ended, so
//! that the next start need not check it.

use crate::{
    DataDir, addresses, admin_runner::AdminRunner, admin_socket, config, logging, reload::Reload,
    stack::Stack, tls,
};
use anyhow::Context;
use cli::ServeArgs;
use kernel::{Clock, Settings, SystemClock};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use std::{
    io::Write,
    net::{SocketAddr, TcpListener},
    sync::Arc,
    time::Duration,
};
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;

/// Between two passes of the sweep and of tidying up.
const TIDY: Duration = Duration::from_secs(6 * 3600);

/// Before the first one, so that a service that is often started anew has some too.
const SETTLE: Duration = Duration::from_secs(15 * 60);

/// How long after the stop those behind may go on: a mail server or a cluster that
/// does not answer must not keep the store from being closed before the supervisor
/// kills us.
const FAREWELL: Duration = Duration::from_secs(20);

/// Serves until the process is asked to stop.
///
/// # Errors
/// What kept the service from starting, or that the store failed.
pub fn run(args: &ServeArgs) -> anyhow::Result<()> {
    let loaded = config::read(&args.config_dir, &args.set)?;
    logging::start(&loaded.settings, logging::Ident::Service)?;
    config::warn(&loaded);
    knows_people(&loaded.settings)?;
    let data = DataDir::create(&args.data_dir)?;
    let figures = PrometheusBuilder::new().install_recorder()?;
    let listener = bind(args.listen.as_deref())?;
    let bound = listener.local_addr()?;
    let secure = match args.plain_http {
        true => None,
        false => Some(tls::config(
            &loaded.settings,
            &data,
            bound,
            SystemClock.now(),
        )?),
    };
    let served = addresses::served(bound, secure.is_some(), &addresses::host());
    let stack = Stack::open(data, loaded.settings, &served)?;
    let reload = Reload {
        config_dir: args.config_dir.clone(),
        set: args.set.clone(),
        served: served.clone(),
        settings: stack.settings.clone(),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .max_blocking_threads(64)
        .build()?;
    let outcome = runtime.block_on(serve(&stack, listener, secure, figures, &served, reload));
    runtime.shutdown_timeout(Duration::from_secs(5));
    stack.store.close();
    outcome
}

/// Without identity the people, their tokens and limits would be those of another process,
/// which cannot be asked yet: better none than others (ID-INT-08).
fn knows_people(settings: &Settings) -> anyhow::Result<()> {
    let services = settings.strings("ENABLED_SERVICES");
    anyhow::ensure!(
        services.iter().any(|one| one == "astakos"),
        "ENABLED_SERVICES has no 'astakos', and the identity service of another host \
         (ASTAKOS_AUTH_URL) cannot be used yet: add 'astakos'"
    );
    Ok(())
}

/// The address asked for; else port 443, or 8443 where that is not to be had.
fn bind(listen: Option<&str>) -> anyhow::Result<TcpListener> {
    let listener = match listen {
        Some(address) => {
            TcpListener::bind(address).with_context(|| format!("cannot listen on {address}"))?
        }
        None => TcpListener::bind("0.0.0.0:443")
            .or_else(|_| TcpListener::bind("0.0.0.0:8443"))
            .context("cannot listen on port 443 nor on 8443; use --listen ADDR:PORT")?,
    };
    listener.set_nonblocking(true)?;
    Ok(listener)
}

async fn serve(
    stack: &Stack,
    listener: TcpListener,
    secure: Option<Arc<rustls::ServerConfig>>,
    figures: PrometheusHandle,
    served: &str,
    reload: Reload,
) -> anyhow::Result<()> {
    let stop = CancellationToken::new();
    // Heard from here on: whoever reads that it is ready may ask it to stop at once.
    let asked = Asked::hear()?;
    let hangup = signal(SignalKind::hangup())?;
    let bound = listener.local_addr()?;
    let mut behind = JoinSet::new();
    let folder = stack.data.root().join("search");
    let search = search::Service::open(&folder, stack.store.clone(), web::People)?;
    behind.spawn(search.clone().run(stop.clone()));
    start_behind(stack, &stop, &mut behind, figures.clone());
    let runner = Arc::new(AdminRunner::serving(stack, reload.clone()));
    behind.spawn(reload.at_signals(hangup, stop.clone()));
    let socket = admin_socket::listen(&stack.data.admin_socket())?;
    behind.spawn(admin_socket::serve(socket, runner, stop.clone()));
    if secure.is_some() && bound.port() == 443 {
        behind.spawn(web::redirect_to_https(
            SocketAddr::new(bound.ip(), 80),
            stop.clone(),
        ));
    }
    let state = web_state(stack, search, figures, served)?;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let tls = secure.is_some();
    let mut serving = tokio::spawn(web::serve(listener, secure, state, stop.clone()));
    write_address(&stack.data, bound, tls);
    // Whoever started us need not be there to read it.
    let _ = writeln!(std::io::stdout(), "listening on {served}");
    tell_supervisor(&mut behind, &stop);
    let outcome = tokio::select! {
        result = asked.wait(stack) => result,
        result = &mut serving => Err(anyhow::anyhow!("the web server ended: {result:?}")),
    };
    stop.cancel();
    let patience = tokio::time::Instant::now() + FAREWELL;
    let _ = sd_notify::notify(&[sd_notify::NotifyState::Stopping]);
    if !serving.is_finished() {
        serving.await??;
    }
    let rest = async { while behind.join_next().await.is_some() {} };
    if tokio::time::timeout_at(patience, rest).await.is_err() {
        tracing::warn!(target: "synnefo", "what runs behind did not end in time and is cut off");
    }
    outcome
}

/// What the pages and interfaces work with.
fn web_state(
    stack: &Stack,
    search: search::Service,
    figures: PrometheusHandle,
    served: &str,
) -> anyhow::Result<web::State> {
    Ok(web::State::from(web::Services {
        settings: stack.settings.clone(),
        cx: stack.cx.clone(),
        auth: Arc::new(stack.identity.clone()),
        identity: stack
            .identity
            .clone()
            .with_passkeys(Arc::new(login::passkey::Devices))
            .with_judge(Arc::new(login::recaptcha::Recaptcha::new()?)),
        logins: Arc::new(login::Registry::product()),
        quota: stack.quota.clone(),
        objects: stack.objects.clone(),
        images: stack.images.clone(),
        compute: stack.compute.clone(),
        mail: notify::Service::new(
            stack.store.clone(),
            stack.settings.clone(),
            stack.cx.clone(),
        )
        .sealed(stack.mail_sealer.clone()),
        search,
        figures,
        served: served.into(),
    }))
}

/// Tells the init script of this machine where to ask (ID-OPS-02).
fn write_address(data: &DataDir, bound: SocketAddr, tls: bool) {
    let address = addresses::here(bound, tls);
    if let Err(cause) = std::fs::write(data.address(), format!("{address}\n")) {
        tracing::warn!(target: "synnefo", %cause, "{}", data.address().display());
    }
}

/// Mail, clusters, sweeping, tidying.
fn start_behind(
    stack: &Stack,
    stop: &CancellationToken,
    behind: &mut JoinSet<()>,
    figures: PrometheusHandle,
) {
    behind.spawn(notify::run(
        stack.store.clone(),
        stack.settings.clone(),
        stack.cx.clone(),
        stack.mail_sealer.clone(),
        stack.data.mail(),
        stop.clone(),
    ));
    if runs(stack, "cyclades") {
        behind.spawn(ganeti::run(
            stack.compute.clone(),
            stack.settings.clone(),
            stack.cx.clone(),
            stop.clone(),
        ));
    }
    behind.spawn(logging::deliver(stack.store.clone(), stop.clone()));
    behind.spawn(tidy(stack.clone(), stop.clone()));
    behind.spawn(upkeep_of_figures(figures, stop.clone()));
}

/// Is the service one of those this process runs? (ID-CLI-17)
fn runs(stack: &Stack, service: &str) -> bool {
    let enabled = stack.settings.now().strings("ENABLED_SERVICES");
    enabled.iter().any(|one| one == service)
}

async fn tidy(stack: Stack, stop: CancellationToken) {
    let mut pause = SETTLE;
    while stop
        .run_until_cancelled(tokio::time::sleep(pause))
        .await
        .is_some()
    {
        pause = TIDY;
        if runs(&stack, "pithos") || runs(&stack, "cyclades") {
            // Each step of a sweep is whole by itself.
            let Some(swept) = stop.run_until_cancelled(stack.objects.sweep(false)).await else {
                return;
            };
            if let Err(error) = swept {
                tracing::warn!(target: "pithos.backends", "sweep: {}", error.chain());
            }
        }
        if !runs(&stack, "astakos") {
            continue;
        }
        if let Err(error) = stack.identity.moderation_digest().await {
            tracing::warn!(target: "astakos.im", "the digest of accounts that wait: {}", error.chain());
        }
        if let Err(error) = stack.identity.tidy().await {
            tracing::warn!(target: "astakos.im", "tidying up: {}", error.chain());
        }
    }
}

/// Histograms gather samples until they are drained.
async fn upkeep_of_figures(figures: PrometheusHandle, stop: CancellationToken) {
    let pause = || tokio::time::sleep(Duration::from_secs(5));
    while stop.run_until_cancelled(pause()).await.is_some() {
        figures.run_upkeep();
    }
}

/// The signals that ask the process to stop.
struct Asked {
    terminate: Signal,
    interrupt: Signal,
}

impl Asked {
    fn hear() -> std::io::Result<Self> {
        Ok(Asked {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// Ends when the process is asked to stop, with an error when the store failed.
    async fn wait(mut self, stack: &Stack) -> anyhow::Result<()> {
        let mut broke = stack.store.broke();
        tokio::select! {
            _ = self.terminate.recv() => Ok(()),
            _ = self.interrupt.recv() => Ok(()),
            _ = broke.wait_for(|broke| *broke) => {
                anyhow::bail!("the store failed and must be opened again; see the log")
            }
        }
    }
}

/// Readiness and the watchdog of systemd, where it started us.
fn tell_supervisor(behind: &mut JoinSet<()>, stop: &CancellationToken) {
    let _ = sd_notify::notify(&[sd_notify::NotifyState::Ready]);
    let Some(limit) = sd_notify::watchdog_enabled() else {
        return;
    };
    let stop = stop.clone();
    behind.spawn(async move {
        let pause = || tokio::time::sleep(limit / 3);
        while stop.run_until_cancelled(pause()).await.is_some() {
            let _ = sd_notify::notify(&[sd_notify::NotifyState::Watchdog]);
        }
    });
}
