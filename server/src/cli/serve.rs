//! `crypto serve`: the web interface, the job queue's worker, the followers and, when asked for, the demo exchange, in one process;
//! `crypto daemon`: the same without the web interface.

use std::collections::BTreeMap;
use std::future::Future;
use std::io::IsTerminal as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, ValueEnum};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::fan_out::FanOut;
use crate::following::Following;
use crate::jobs::{Worker, WorkerName};
use crate::output::{Failure, Output};
use crate::web::{Bells, Limits, Web, router};
use crate::wiring::{Folders, House, now, open_store};

/// How long jobs and requests under way may take to end after a stop was asked for.
const PATIENCE: Duration = Duration::from_secs(10);

/// What this process does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Role {
    /// Everything.
    All,
    /// Pages only; another process works the queue.
    Web,
    /// The job queue and the followers only.
    Worker,
}

#[derive(Debug, Args)]
pub(super) struct ServeArguments {
    /// Where to listen
    #[arg(long, default_value = "127.0.0.1:3000", env = "CRYPTO_LISTEN")]
    listen: SocketAddr,
    /// What this process does
    #[arg(long, value_enum, default_value = "all")]
    role: Role,
    /// Folder of the built web interface
    #[arg(long, default_value = "target/site", env = "LEPTOS_SITE_ROOT")]
    site_root: PathBuf,
    /// Jobs worked on at once
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=64))]
    jobs: u16,
    /// Also serve the demo exchange (synthetic markets, no internet needed) here; exchanges.yaml's `demo` points to it
    #[arg(long, value_name = "ADDRESS", num_args = 0..=1, default_missing_value = "127.0.0.1:3900", env = "CRYPTO_DEMO_EXCHANGE")]
    demo_exchange: Option<SocketAddr>,
}

#[derive(Debug, Args)]
pub(super) struct DaemonArguments {
    /// Jobs worked on at once
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=64))]
    jobs: u16,
}

impl From<DaemonArguments> for ServeArguments {
    fn from(arguments: DaemonArguments) -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            role: Role::Worker,
            site_root: PathBuf::new(),
            jobs: arguments.jobs,
            demo_exchange: None,
        }
    }
}

pub(super) async fn run(arguments: ServeArguments, folders: &Folders, output: Output) -> Result<(), Failure> {
    let demo = match arguments.demo_exchange {
        Some(address) => Some(bind(address, "--demo-exchange").await?),
        None => None,
    };
    let house = House::open_with(folders, &demo_variables(demo.as_ref())?).await?;
    start_tracing(house.configuration.config.settings.logging.level.as_str());
    let open_files = raise_file_limit();
    let store = open_store(&house.configuration, folders).await?;
    let shutdown = CancellationToken::new();
    let tasks = TaskTracker::new();

    // Everything that can refuse to start does so before anything runs.
    let listener = match arguments.role {
        Role::All | Role::Web => Some(bind(arguments.listen, "--listen").await?),
        Role::Worker => None,
    };
    if let Some(listener) = demo {
        let address = listener.local_addr()?;
        let market = super::exchange_sim::demo_market()?;
        tasks.spawn(watched(
            "demo exchange",
            exchange_sim::serve(listener, market, shutdown.clone().cancelled_owned()),
        ));
        output.notice(&format!("demo exchange (synthetic data) on http://{address}"));
    }
    let (bell, follow_bell) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let cache_url = house.configuration.config.settings.cache_url.clone();
    let (candles, news) = (FanOut::new("crypto:candles:2"), FanOut::new("crypto:news:1"));
    tasks.spawn(candles.clone().carry(cache_url.clone(), shutdown.clone()));
    tasks.spawn(news.clone().carry(cache_url, shutdown.clone()));
    crate::jobs::sweep_uploads(&folders.data.join("uploads"), store.as_ref()).await;
    if arguments.role != Role::Web {
        let name = WorkerName::take(&folders.data).map_err(|error| {
            Failure::failed(format!("cannot use the data folder {}: {error}", folders.data.display()))
        })?;
        let holder = name.as_str().to_owned();
        let worker = Worker::new(house.clone(), store.clone(), name, bell.clone(), news.told.clone());
        tasks.spawn(worker.run(usize::from(arguments.jobs), shutdown.clone()));
        let following = Following::new(
            house.clone(),
            store.clone(),
            holder,
            follow_bell.clone(),
            candles.told.clone(),
            news.told.clone(),
        );
        tasks.spawn(following.run(shutdown.clone()));
        if arguments.role == Role::Worker {
            output.notice("running jobs and following subscriptions");
            if output.is_json() {
                output.json(&serde_json::json!({ "running": ["jobs", "subscriptions"] }))?;
            }
        }
    }
    tasks.spawn(tidy(store.clone(), shutdown.clone()));
    if let Some(listener) = listener {
        let address = listener.local_addr()?;
        let bells = Bells {
            jobs: bell,
            following: follow_bell,
            candles: candles.published,
            news,
            closing: shutdown.clone(),
        };
        let web = Web::new(house, store.clone(), bells, folders, arguments.site_root, address);
        let limits = Limits::of_files(open_files);
        let serving = crate::web::serve(listener, router(web)?, limits, shutdown.clone());
        tasks.spawn(serving);
        output.notice(&format!("serving http://{address}"));
        if output.is_json() {
            output.json(&serde_json::json!({ "serving": format!("http://{address}") }))?;
        }
    }
    tasks.close();

    stop_signal().await;
    output.notice("stopping: running jobs go back to the queue");
    shutdown.cancel();
    if tokio::time::timeout(PATIENCE, tasks.wait()).await.is_err() {
        tracing::warn!("some work did not end in time and is broken off; it is repeated at the next start");
    }
    store.close().await;
    Ok(())
}

/// Returns the variables through which exchanges.yaml learns where the demo exchange is, whichever port it got.
fn demo_variables(demo: Option<&TcpListener>) -> Result<BTreeMap<&'static str, String>, Failure> {
    let Some(listener) = demo else { return Ok(BTreeMap::new()) };
    let address = listener.local_addr()?;
    Ok(BTreeMap::from([
        ("DEMO_EXCHANGE_URL", format!("http://{address}")),
        ("DEMO_EXCHANGE_STREAM_URL", format!("ws://{address}")),
    ]))
}

/// Listens on an address, or says which option chooses another.
pub(super) async fn bind(address: SocketAddr, option: &str) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| {
        Failure::failed(match error.kind() {
            std::io::ErrorKind::AddrInUse => format!(
                "port {} is in use on {}: stop what listens there, or choose another with {option} {}:PORT",
                address.port(),
                address.ip(),
                address.ip()
            ),
            std::io::ErrorKind::PermissionDenied => {
                format!("may not listen on {address}: ports below 1024 need privileges; choose another with {option}")
            }
            _ => format!("cannot listen on {address}: {error}"),
        })
    })
}

/// Lets this process open as many files and connections as the system allows it to, and returns how many that are.
fn raise_file_limit() -> u64 {
    let limit = getrlimit(Resource::Nofile);
    let (current, most) = (limit.current.unwrap_or(u64::MAX), limit.maximum.unwrap_or(u64::MAX));
    if current >= most {
        return current;
    }
    match setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum }) {
        Ok(()) => most,
        Err(error) => {
            tracing::warn!(%error, limit = current, "the limit of open files could not be raised");
            current
        }
    }
}

/// Logs a server that ends with an error.
async fn watched<E: std::fmt::Display>(name: &'static str, server: impl Future<Output = Result<(), E>>) {
    if let Err(error) = server.await {
        tracing::error!(%error, "the {name} stopped");
    }
}

/// Forgets expired sessions and old failed sign-ins, every ten minutes.
async fn tidy(store: Arc<dyn store::Store>, shutdown: CancellationToken) {
    let mut clock = tokio::time::interval(Duration::from_mins(10));
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            _ = clock.tick() => {}
        }
        if let Err(error) = store.delete_expired_sessions(now()).await {
            tracing::warn!(%error, "expired sessions were not deleted");
        }
        if let Err(error) = store.forget_login_failures(now().plus_ms(-crate::auth::WINDOW_MS)).await {
            tracing::warn!(%error, "old failed sign-ins were not deleted");
        }
    }
}

/// Returns when the process is asked to stop: Ctrl+C, or SIGTERM from a supervisor.
async fn stop_signal() {
    let interrupt = tokio::signal::ctrl_c();
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = interrupt => {}
        () = terminate => {}
    }
}

/// Logs to standard error; `RUST_LOG` overrides the level of settings.yaml.
fn start_tracing(level: &str) {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| {
        tracing_subscriber::EnvFilter::new(format!("{level},sqlx=warn,hyper=warn,tower_http=warn"))
    });
    // A second call (in tests) finds a subscriber already there, which is as good.
    let is_terminal = std::io::stderr().is_terminal();
    let _ = tracing_subscriber::fmt()
        .with_ansi(is_terminal)
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .try_init();
}
