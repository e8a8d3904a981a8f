//! What every adapter must do, whatever its exchange's wire looks like: one suite, run on each of them.
//!
//! An adapter takes part with a [`Counterpart`]: a small server that speaks its exchange's language by its exchange's rules and
//! serves the candles of a [`World`]. `exchange_contract!` makes the tests. See docs/guides/add-an-exchange.md.

pub(crate) mod history;
pub(crate) mod live;
mod meddler;
mod world;

use std::sync::Arc;
use std::time::Duration;

use axum::http::Uri;
use axum::{Router, middleware};
use config::ExchangeSettings;
use exchange_sim::Clock;
use exchanges::{DownloadError, DownloadSummary, Exchange, RetryPolicy, Transport, registry};
use types::{Candle, Interval, TimeRange};

use crate::support::{FastClock, Memory, SharedClock, fetch_symbol, settings, symbol};
pub(crate) use meddler::Meddler;
pub(crate) use world::World;

/// An exchange on this machine that speaks an adapter's language.
pub(crate) trait Counterpart: Sized + Send + Sync + 'static {
    /// The adapter's name.
    const ADAPTER: &'static str;
    /// What the exchange calls the pair of every [`World`].
    const SYMBOL: &'static str;
    /// A pair that it does not have.
    const UNKNOWN: &'static str;
    /// A candle length that it does not have.
    const UNSUPPORTED: Interval;
    /// What an error about unreadable candles names.
    const PLACE: &'static str;
    /// The body of its HTTP 429.
    const TOO_MANY: &'static str;

    /// Builds the server.
    fn open(world: &World) -> (Self, Router);

    /// Whether a request is one for candles: those are meddled with.
    fn asks_for_candles(uri: &Uri) -> bool;

    /// What an adapter can know of a candle from this exchange's wire.
    fn as_served(candle: Candle) -> Candle;

    /// Builds the adapter.
    fn connect(settings: &ExchangeSettings, transport: Transport) -> Arc<dyn Exchange> {
        registry::build(settings, transport).unwrap()
    }

    /// Cuts every stream without a word; only asked where live candles are offered.
    fn cut_streams(&self) {}
}

/// A world, an exchange in it, and our adapter talking to it.
pub(crate) struct Arena<C> {
    pub(crate) world: World,
    pub(crate) counterpart: C,
    pub(crate) exchange: Arc<dyn Exchange>,
    pub(crate) meddler: Meddler,
    /// Where the exchange is.
    pub(crate) url: String,
}

impl<C: Counterpart> Arena<C> {
    /// Both sides share a clock that jumps where somebody waits.
    pub(crate) async fn start(world: World) -> Self {
        let clock = Arc::new(SharedClock(world.clock.clone()));
        let transport = Transport { clock, request_timeout: Duration::from_secs(20), ..Transport::default() };
        Self::start_with(world, transport).await
    }

    /// Both sides share a clock that runs.
    pub(crate) async fn start_running(world: World, clock: Clock, speed: u32) -> Self {
        let clock = Arc::new(FastClock { clock, speed });
        let retry = RetryPolicy { base_ms: 1000, cap_ms: 5000, ..RetryPolicy::default() };
        Self::start_with(world, Transport { clock, retry, ..Transport::default() }).await
    }

    async fn start_with(world: World, transport: Transport) -> Self {
        let (counterpart, router) = C::open(&world);
        let meddler = Meddler::new(C::asks_for_candles, C::TOO_MANY);
        let router = router.layer(middleware::from_fn_with_state(meddler.clone(), meddler::meddle));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        // The task ends with the test's runtime.
        tokio::spawn(async move { axum::serve(listener, router).await });
        let settings =
            ExchangeSettings { adapter: C::ADAPTER.to_owned(), synthetic: false, ..settings(&url, 6000) };
        let exchange = C::connect(&settings, transport);
        Self { world, counterpart, exchange, meddler, url }
    }

    /// Downloads the world's pair.
    pub(crate) async fn fetch(
        &self,
        interval: Interval,
        range: TimeRange,
    ) -> (Memory, Result<DownloadSummary, DownloadError>) {
        fetch_symbol(&*self.exchange, &symbol(C::SYMBOL), interval, range).await
    }

    /// What a download ought to bring.
    pub(crate) fn truth(&self, interval: Interval, range: TimeRange) -> Vec<Candle> {
        self.world.closed(interval, range).into_iter().map(C::as_served).collect()
    }
}

/// Makes the suite's tests for a counterpart, in a module of this name; `live` adds those of live candles.
macro_rules! exchange_contract {
    ($module:ident: $counterpart:path, live) => {
        mod $module {
            crate::contract::exchange_contract!(@history $counterpart);

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn live_candles_are_told_as_the_exchange_closes_them() {
                crate::contract::live::closed_and_forming_are_told_apart::<$counterpart>().await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn a_cut_stream_is_told_and_opened_again() {
                crate::contract::live::a_cut_stream_is_told_and_opened_again::<$counterpart>().await;
            }
        }
    };
    ($module:ident: $counterpart:path) => {
        mod $module {
            crate::contract::exchange_contract!(@history $counterpart);
        }
    };
    (@history $counterpart:path) => {
        crate::contract::exchange_contract!(@each $counterpart:
            several_pages_bring_the_truth,
            an_unknown_symbol_is_named,
            an_unsupported_interval_is_named,
            the_unfinished_candle_is_left_out,
            holes_stay_holes,
            a_start_before_the_listing_begins_at_the_first_candle,
            too_many_requests_are_waited_out,
            a_cut_connection_is_tried_again,
            garbage_is_asked_for_again,
            garbage_that_stays_is_malformed_and_names_the_place,
            the_clock_never_runs_ahead,
            a_pair_is_taken_apart,
            what_is_not_offered_is_said,
        );
    };
    (@each $counterpart:path: $($name:ident,)+) => {
        $(
            #[tokio::test]
            async fn $name() {
                crate::contract::history::$name::<$counterpart>().await;
            }
        )+
    };
}

pub(crate) use exchange_contract;
