//! The accept loop: TLS or plain, HTTP/1.1 and 2, bounded in connections, heads and
//! silence, drained when the service stops.
//!
//! Invariants: a connection that is silent longer than the limit is closed; after
//! the stop signal no new connection is taken and open requests get their grace.

mod crowd;
mod hosts;
mod idle;
pub(crate) mod monitor;
mod outer;

pub(crate) use outer::{PAGES as PAGES_POLICY, Private};
pub use outer::{Peer, RequestId};

use crate::{State, router};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{
        conn::auto,
        graceful::{GracefulShutdown, Watcher},
    },
    service::TowerToHyperService,
};
use idle::Idle;
use rustls::ServerConfig;
use std::{io, net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

/// How long a TLS handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(15);

/// How many connections one address may hold where nothing is done but redirected.
const REDIRECTED: usize = 16;

/// Limits of connections, by setting.
#[derive(Clone, Copy, Debug)]
struct Limits {
    head: Duration,
    idle: Duration,
    connections: usize,
    grace: Duration,
}

impl Limits {
    fn of(settings: &kernel::Settings) -> Self {
        let seconds =
            |name: &str| Duration::from_secs(u64::try_from(settings.int(name)).unwrap_or(1).max(1));
        Limits {
            head: seconds("HTTP_HEADER_TIMEOUT"),
            idle: seconds("HTTP_IDLE_TIMEOUT"),
            connections: usize::try_from(settings.int("HTTP_MAX_CONNECTIONS"))
                .unwrap_or(1)
                .clamp(1, 1 << 20),
            grace: seconds("SHUTDOWN_GRACE"),
        }
    }
}

/// Cancelled when the service stops, for answers that would never end.
#[derive(Clone, Debug, Default)]
pub struct Stopping(pub CancellationToken);

/// What every connection shares.
struct Shared {
    router: axum::Router,
    tls: Option<TlsAcceptor>,
    limits: Limits,
    builder: auto::Builder<TokioExecutor>,
}

/// Serves until `stop`, then drains.
///
/// # Errors
/// None at present: what fails is one connection's trouble.
pub async fn serve(
    listener: TcpListener,
    tls: Option<Arc<ServerConfig>>,
    state: State,
    stop: CancellationToken,
) -> io::Result<()> {
    let limits = Limits::of(&state.settings.now());
    // Behind a front server people are on TLS although this listener is not (ID-OPS-03).
    let public = state.settings.now().base_url().starts_with("https://");
    let secure = tls.is_some() || public;
    let graceful = GracefulShutdown::new();
    let shared = Arc::new(Shared {
        router: outer::dress(
            hosts::only(monitor::add(router(state.clone()), &state), &state),
            secure,
        )
        .layer(axum::Extension(Stopping(stop.clone()))),
        tls: tls.map(with_protocols),
        limits,
        builder: protocols(limits),
    });
    tokio::spawn(crate::remote::watch(state.clone(), stop.clone()));
    let places = Arc::new(Semaphore::new(limits.connections));
    let crowd = crowd::Crowd::default();
    loop {
        let place = tokio::select! {
            () = stop.cancelled() => break,
            place = places.clone().acquire_owned() => place.map_err(io::Error::other)?,
        };
        let (stream, peer) = tokio::select! {
            () = stop.cancelled() => break,
            taken = listener.accept() => match taken {
                Ok(taken) => taken,
                Err(error) => {
                    // Out of file descriptors or a connection gone again: breathe, go on.
                    tracing::warn!(target: "synnefo.api", "accept: {error}");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
        };
        let Some(own) = crowd.admit(&state.settings.now(), peer.ip()) else {
            continue;
        };
        let (shared, watcher) = (shared.clone(), graceful.watcher());
        tokio::spawn(async move {
            connection(&shared, stream, peer, watcher).await;
            drop((place, own));
        });
    }
    drop(listener);
    if tokio::time::timeout(limits.grace, graceful.shutdown())
        .await
        .is_err()
    {
        tracing::warn!(target: "synnefo.api", "some requests did not end in time and are cut off");
    }
    Ok(())
}

/// HTTP/1.1 and 2 within the limits.
fn protocols(limits: Limits) -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_buf_size(64 << 10);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(128)
        .keep_alive_interval(Some(limits.head))
        .max_header_list_size(64 << 10);
    builder
}

fn with_protocols(config: Arc<ServerConfig>) -> TlsAcceptor {
    let mut config = Arc::unwrap_or_clone(config);
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    TlsAcceptor::from(Arc::new(config))
}

async fn connection(shared: &Shared, stream: TcpStream, peer: SocketAddr, watcher: Watcher) {
    // Small answers must not wait for more.
    let _ = stream.set_nodelay(true);
    let stream = Idle::new(stream, shared.limits.idle);
    match &shared.tls {
        None => requests(shared, stream, peer, watcher).await,
        Some(acceptor) => {
            if let Ok(Ok(stream)) = tokio::time::timeout(HANDSHAKE, acceptor.accept(stream)).await {
                requests(shared, stream, peer, watcher).await;
            }
        }
    }
}

async fn requests<S>(shared: &Shared, stream: S, peer: SocketAddr, watcher: Watcher)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = TowerToHyperService::new(outer::with_peer(shared.router.clone(), peer));
    let connection = shared
        .builder
        .serve_connection_with_upgrades(TokioIo::new(stream), service)
        .into_owned();
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(target: "synnefo.api", "connection of {peer}: {error}");
    }
}

/// Answers everything on a plain-HTTP address with the way to HTTPS on port 443.
/// Gives up quietly where the address is not to be had.
pub async fn redirect_to_https(address: SocketAddr, stop: CancellationToken) {
    let listener = match TcpListener::bind(address).await {
        Ok(listener) => listener,
        Err(error) => {
            tracing::info!(target: "synnefo", "no redirect from {address}: {error}");
            return;
        }
    };
    let routes = axum::Router::new().fallback(outer::to_https);
    let done = axum_serve(listener, routes, stop).await;
    if let Err(error) = done {
        tracing::warn!(target: "synnefo", "redirect from {address}: {error}");
    }
}

/// A small server without state, for the redirect only.
async fn axum_serve(
    listener: TcpListener,
    routes: axum::Router,
    stop: CancellationToken,
) -> io::Result<()> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HANDSHAKE);
    let builder = Arc::new(builder);
    let places = Arc::new(Semaphore::new(256));
    let crowd = crowd::Crowd::default();
    loop {
        let place = tokio::select! {
            () = stop.cancelled() => return Ok(()),
            place = places.clone().acquire_owned() => place.map_err(io::Error::other)?,
        };
        let (stream, peer) = tokio::select! {
            () = stop.cancelled() => return Ok(()),
            taken = listener.accept() => match taken {
                Ok(taken) => taken,
                Err(_) => {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
        };
        let Some(own) = crowd.admit_up_to(REDIRECTED, peer.ip()) else {
            continue;
        };
        let (builder, service) = (builder.clone(), TowerToHyperService::new(routes.clone()));
        tokio::spawn(async move {
            let stream = TokioIo::new(Idle::new(stream, HANDSHAKE));
            // A visitor who goes away is no news.
            let _ = builder.serve_connection(stream, service).await;
            drop((place, own));
        });
    }
}
