//! Puts routes, pages, server functions, static files, sessions and headers together.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use app::{App, shell};
use axum::Router;
use axum::extract::{ConnectInfo, DefaultBodyLimit};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::from_fn;
use axum::routing::{get, post};
use ingest::Published;
use leptos::config::{Env, LeptosOptions, ReloadWSProtocol};
use leptos::prelude::{provide_context, use_context};
use leptos_axum::{LeptosRoutes as _, ResponseOptions, generate_route_list};
use store::Store;
use time::Duration as SessionDuration;
use tokio::sync::{Notify, broadcast};
use tokio_util::sync::CancellationToken;
use tower_http::compression::CompressionLayer;
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::{RequestBodyTimeoutLayer, TimeoutLayer};
use tower_sessions::cookie::SameSite;
use tower_sessions::{Expiry, Session, SessionManagerLayer};

use super::error_status::status_of_errors;
use super::headers::{layers, page_policy};
use super::kept_input::keep_input;
use super::live::{live_candles, live_jobs};
use super::same_origin::require_same_origin;
use super::upload::{UPLOAD_BYTES, import_upload};
use crate::auth::DatabaseSessions;
use crate::fan_out::FanOut;
use crate::jobs::News;
use crate::output::Failure;
use crate::services::{HotWindows, PerUser, Places, RequestServices, SeriesCache, Shared, Turns};
use crate::wiring::{Folders, House};

/// A session ends after this long without a visit.
const SESSION_DAYS: i64 = 14;
/// What a form may carry; uploads have their own limit.
pub(super) const FORM_BYTES: usize = 1024 * 1024;

/// How long an answer may take.
const ANSWER: Duration = Duration::from_mins(2);
/// How long a form may say nothing before it is given up.
const FORM_SILENCE: Duration = Duration::from_secs(20);
/// How long an upload may say nothing before it is given up.
const UPLOAD_SILENCE: Duration = Duration::from_mins(1);
/// Streams that a user may have open: two for each of many tabs.
const STREAMS_EACH: usize = 40;
/// Uploads that a user may have under way.
const UPLOADS_EACH: usize = 4;

/// What the web interface is made of.
#[derive(Debug, Clone)]
pub(crate) struct Web {
    shared: Arc<Shared>,
    site_root: PathBuf,
    options: LeptosOptions,
}

/// How pages reach the work of this process, and it them.
#[derive(Debug, Clone)]
pub(crate) struct Bells {
    /// Wakes the job queue's worker.
    pub(crate) jobs: Arc<Notify>,
    /// Wakes the followers.
    pub(crate) following: Arc<Notify>,
    /// Hands out candles as they happen.
    pub(crate) candles: broadcast::Sender<Published>,
    /// Carries what happens to jobs, results and series.
    pub(crate) news: FanOut<News>,
    /// Rings when the process stops.
    pub(crate) closing: CancellationToken,
}

impl Web {
    pub(crate) fn new(
        house: House,
        store: Arc<dyn Store>,
        bells: Bells,
        folders: &Folders,
        site_root: PathBuf,
        address: SocketAddr,
    ) -> Self {
        let options = LeptosOptions::builder()
            .output_name("crypto")
            .site_root(site_root.display().to_string())
            .site_pkg_dir("pkg")
            .site_addr(address)
            .env(Env::PROD)
            .reload_ws_protocol(ReloadWSProtocol::WS)
            .build();
        let uploads = folders.data.join("uploads");
        let lake = house.configuration.lake_path(folders);
        let places = Places::new(&uploads, &lake, &folders.data, &folders.config);
        let Bells { jobs: bell, following: follow_bell, candles, news, closing } = bells;
        let windows = HotWindows::new(&house.configuration.config.settings.cache_url);
        let series_facts = SeriesCache::default();
        let shared = Shared {
            house,
            store,
            bell,
            follow_bell,
            candles,
            news,
            turns: Turns::default(),
            streams: PerUser::new(STREAMS_EACH),
            uploading: PerUser::new(UPLOADS_EACH),
            closing,
            places,
            uploads,
            series_facts,
            series_quality: SeriesCache::default(),
            windows,
        };
        Self { shared: Arc::new(shared), site_root, options }
    }
}

/// Returns the whole web interface.
pub(crate) fn router(web: Web) -> Result<Router, Failure> {
    let Web { shared, site_root, options } = web;
    if !site_root.join("pkg").is_dir() {
        return Err(Failure::not_found(format!(
            "the web interface is not built: {} has no folder pkg; `make run` builds it, --site-root names another folder",
            site_root.display()
        )));
    }
    let sessions = SessionManagerLayer::new(DatabaseSessions::new(shared.store.clone()))
        .with_name("crypto_session")
        .with_same_site(SameSite::Lax)
        .with_http_only(true)
        // Set behind a TLS proxy by the proxy's own rules; on plain http://127.0.0.1 a Secure cookie would be dropped by some browsers.
        .with_secure(false)
        .with_expiry(Expiry::OnInactivity(SessionDuration::days(SESSION_DAYS)));

    let provide = {
        let shared = shared.clone();
        move || provide_request_services(&shared)
    };
    let pages = {
        let options = options.clone();
        move || shell(options.clone())
    };
    // What is no file is a page: the application's own "not found".
    let not_found = leptos_axum::render_app_async_with_context(provide.clone(), pages.clone());
    let static_files = ServeDir::new(&site_root)
        .precompressed_br()
        .precompressed_gzip()
        .append_index_html_on_directories(false)
        .fallback(get(not_found));

    // An upload may take as long as it keeps coming; everything else is to be quick.
    let uploads = Router::new()
        .route("/data/import", post(import_upload).with_state(shared.clone()))
        .layer(DefaultBodyLimit::max(UPLOAD_BYTES))
        .layer(RequestBodyTimeoutLayer::new(UPLOAD_SILENCE));
    // A stream lasts as long as somebody looks.
    let live = Router::new()
        .route("/api/live", get(live_candles).with_state(shared.clone()))
        .route("/api/live/jobs", get(live_jobs).with_state(shared.clone()));
    let pages = Router::new()
        .route("/health", get(|| async { "ok" }))
        .leptos_routes_with_context(&options, generate_route_list(App), provide, pages)
        .fallback_service(static_files)
        .layer(from_fn(status_of_errors))
        .layer(from_fn(keep_input))
        .layer(DefaultBodyLimit::max(FORM_BYTES))
        .layer(RequestBodyTimeoutLayer::new(FORM_SILENCE))
        .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, ANSWER));

    let mut router = uploads
        .merge(pages)
        .merge(live)
        .layer(from_fn(require_same_origin))
        .layer(sessions)
        // Files carry a date to be asked about; pages are private and made anew each time.
        .layer(SetResponseHeaderLayer::if_not_present(header::CACHE_CONTROL, HeaderValue::from_static("no-cache")))
        .layer(CompressionLayer::new())
        .with_state(options);
    for layer in layers() {
        router = router.layer(layer);
    }
    Ok(router)
}

/// The one place where a request's services come into being, for pages and for server functions alike.
fn provide_request_services(shared: &Arc<Shared>) {
    let Some(parts) = use_context::<Parts>() else {
        tracing::error!("a request without its head: no services");
        return;
    };
    let Some(session) = parts.extensions.get::<Session>().cloned() else {
        tracing::error!("a request without a session layer: no services");
        return;
    };
    let address = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0);
    let agent =
        parts.headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    let services = RequestServices::new(shared.clone(), session, address).with_agent(agent);
    app::services::provide_services(Arc::new(services));
    if let (Some(nonce), Some(response)) =
        (use_context::<leptos::nonce::Nonce>(), use_context::<ResponseOptions>())
        && let Ok(policy) = HeaderValue::from_str(&page_policy(&nonce))
    {
        response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
    }
    provide_context(shared.clone());
}
