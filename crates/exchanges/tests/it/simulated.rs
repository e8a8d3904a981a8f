//! The adapter against the simulator when all is well: candles, instruments, clock and budget.

use std::sync::Arc;

use exchange_sim::{Clock, Limits, MarketSource, ReplaySeries, SimConfig, Simulator};
use exchanges::{
    BudgetSnapshot, ByUrgency, CandleRequest, DownloadError, Exchange, Notice, Priority, Sharing,
};
use tokio_util::sync::CancellationToken;
use types::{Candle, InstrumentStatus, Interval, Provenance, TimeRange, Timestamp};

use crate::support::{Memory, at, connect, fetch, fetch_symbol, range, symbol, transport};

/// What the clock of both sides shows at the start: 40 seconds into a minute, 20 minutes into an hour.
pub(crate) const NOW: &str = "2024-03-01 12:20:40";

pub(crate) struct Sim {
    pub(crate) simulator: Simulator,
    pub(crate) exchange: Arc<dyn Exchange>,
    pub(crate) clock: Clock,
    pub(crate) url: String,
}

impl Sim {
    pub(crate) async fn start(market: MarketSource, limits: Limits, rate_limit: u32) -> Self {
        let clock = Clock::manual(at(NOW));
        let config = SimConfig {
            market,
            clock: clock.clone(),
            rate_clock: clock.clone(),
            limits,
            ..SimConfig::default()
        };
        let simulator = Simulator::new(config).unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        // The task ends with the test's runtime.
        tokio::spawn(exchange_sim::serve(listener, simulator.clone(), std::future::pending()));
        let exchange = connect(&url, rate_limit, transport(&clock));
        Self { simulator, exchange, clock, url }
    }

    pub(crate) async fn generated() -> Self {
        Self::start(MarketSource::generated(7), Limits::default(), 1200).await
    }

    /// What a download of BTCUSDT ought to bring.
    pub(crate) fn truth(&self, interval: Interval, range: TimeRange) -> Vec<Candle> {
        self.simulator.candles(&symbol("BTCUSDT"), interval, range).unwrap()
    }
}

#[tokio::test]
async fn many_pages_arrive_whole_and_the_progress_ends_full() {
    let sim = Sim::generated().await;
    let asked = range("2023-10-01", "2024-01-15");
    let (memory, summary) = fetch(&*sim.exchange, Interval::H1, asked).await;
    let summary = summary.unwrap();
    assert_eq!(memory.candles, sim.truth(Interval::H1, asked));
    assert!(memory.batches >= 3, "{}", memory.batches);
    assert_eq!(summary.candles, memory.candles.len() as u64);
    assert_eq!(summary.first, memory.candles.first().map(|candle| candle.open_time));
    let last = memory.progress.last().unwrap();
    assert_eq!((last.done_bars, last.expected_bars), (106 * 24, 106 * 24));
    assert!(memory.progress.is_sorted_by_key(|progress| progress.done_bars));
    assert_eq!(sim.simulator.stats().hasty_requests, 0);
}

#[tokio::test]
async fn the_unfinished_candle_is_left_out_and_said_so() {
    let sim = Sim::generated().await;
    for (interval, open) in
        [(Interval::H1, "2024-03-01 12:00"), (Interval::Mo1, "2024-03-01"), (Interval::W1, "2024-02-26")]
    {
        let asked = range("2023-12-01", "2030-01-01");
        let (memory, summary) = fetch(&*sim.exchange, interval, asked).await;
        summary.unwrap();
        assert_eq!(memory.candles, sim.truth(interval, asked), "{interval}");
        assert!(
            memory.notices.contains(&Notice::UnfinishedDropped { open_time: at(open) }),
            "{}",
            memory.said()
        );
    }
}

#[tokio::test]
async fn three_day_candles_of_every_listing_open_on_their_own_days() {
    let sim = Sim::generated().await;
    for (name, first, unfinished) in
        [("BTCUSDT", "2020-01-01", "2024-03-01"), ("SOLUSDT", "2020-08-11", "2024-02-28")]
    {
        let asked = TimeRange::ALL;
        let (memory, summary) = fetch_symbol(&*sim.exchange, &symbol(name), Interval::D3, asked).await;
        let summary = summary.unwrap();
        let truth = sim.simulator.candles(&symbol(name), Interval::D3, asked).unwrap();
        assert_eq!((memory.candles.len(), memory.candles == truth), (truth.len(), true), "{name}");
        assert_eq!((memory.candles[0].open_time, summary.refused), (at(first), 0), "{name}");
        let dropped = Notice::UnfinishedDropped { open_time: at(unfinished) };
        assert!(memory.notices.contains(&dropped), "{name}: {}", memory.said());
        let last = memory.progress.last().unwrap();
        assert_eq!(last.done_bars, last.expected_bars, "{name}");
        assert_eq!(summary.missing, 0, "{name}");
    }
}

#[tokio::test]
async fn rows_that_were_all_left_out_are_told_and_are_not_called_nothing() {
    let shifted = |candle: Candle| Candle { open_time: candle.open_time.plus_ms(1_800_000), ..candle };
    let hours = Sim::generated().await.truth(Interval::H1, range("2024-01-01", "2024-01-02"));
    let series = ReplaySeries {
        symbol: symbol("BTCUSDT"),
        assets: None,
        interval: Interval::H1,
        candles: hours.into_iter().map(shifted).collect(),
    };
    let sim = Sim::start(MarketSource::Replayed(vec![series]), Limits::default(), 1200).await;
    let (memory, summary) = fetch(&*sim.exchange, Interval::H1, range("2024-01-01", "2024-02-01")).await;
    assert_eq!((memory.candles.len(), summary.unwrap().refused), (0, 24));
    let told = memory.notices.iter().any(|notice| matches!(notice, Notice::RowsRefused { rows: 24, .. }));
    assert!(told, "{}", memory.said());
    assert!(
        !memory.notices.iter().any(|notice| matches!(notice, Notice::NothingThere { .. })),
        "{}",
        memory.said()
    );
}

#[tokio::test]
async fn a_start_before_the_listing_begins_at_the_first_candle() {
    let sim = Sim::generated().await;
    let (memory, summary) = fetch(&*sim.exchange, Interval::D1, TimeRange::ALL).await;
    summary.unwrap();
    assert_eq!(memory.candles, sim.truth(Interval::D1, TimeRange::ALL));
    let starts = Notice::StartsLater { asked: Timestamp::EPOCH, first: at("2020-01-01") };
    assert!(memory.notices.contains(&starts), "{}", memory.said());
}

#[tokio::test]
async fn a_long_outage_is_crossed_and_counted() {
    let whole = Sim::generated().await;
    let asked = range("2023-01-01", "2023-12-01");
    let mut candles = whole.truth(Interval::H1, range("2023-01-01", "2023-12-01"));
    let in_outage = range("2023-02-10", "2023-08-10");
    candles.retain(|candle| !in_outage.contains(candle.open_time));
    let series = ReplaySeries {
        symbol: symbol("BTCUSDT"),
        assets: None,
        interval: Interval::H1,
        candles: candles.clone(),
    };
    let sim = Sim::start(MarketSource::Replayed(vec![series]), Limits::default(), 1200).await;
    let (memory, summary) = fetch(&*sim.exchange, Interval::H1, asked).await;
    let summary = summary.unwrap();
    assert_eq!(memory.candles, candles);
    let expected = Interval::H1.bars_between(at("2023-01-01"), at("2023-12-01"));
    assert_eq!(summary.candles + summary.missing, expected);
    assert!(
        memory
            .notices
            .iter()
            .any(|notice| matches!(notice, Notice::Missing { candles, .. } if *candles >= 181 * 24))
    );
}

#[tokio::test]
async fn a_pair_that_stopped_trading_ends_where_it_ended() {
    let whole = Sim::generated().await;
    let candles = whole.truth(Interval::D1, range("2023-01-01", "2023-06-01"));
    let last = candles.last().unwrap().open_time;
    let series = ReplaySeries { symbol: symbol("BTCUSDT"), assets: None, interval: Interval::D1, candles };
    let sim = Sim::start(MarketSource::Replayed(vec![series]), Limits::default(), 1200).await;
    let (memory, summary) = fetch(&*sim.exchange, Interval::D1, range("2023-03-01", "2024-01-01")).await;
    assert_eq!(summary.unwrap().last, Some(last));
    assert_eq!(memory.notices, [Notice::EndsEarlier { asked: at("2024-01-01"), last }]);
    assert_eq!(memory.progress.last().map(|progress| progress.done_bars), Some(306));

    let (memory, summary) = fetch(&*sim.exchange, Interval::D1, range("2023-09-01", "2024-01-01")).await;
    assert_eq!(summary.unwrap().candles, 0);
    let nothing = Notice::NothingThere { start: at("2023-09-01"), end: at("2024-01-01") };
    assert_eq!(memory.notices, [nothing]);
}

#[tokio::test]
async fn impossible_stretches_are_refused_with_a_remedy() {
    let sim = Sim::generated().await;
    let (_, empty) = fetch(&*sim.exchange, Interval::H1, range("2024-01-02", "2024-01-02")).await;
    assert!(matches!(&empty, Err(DownloadError::EmptyRange { .. })), "{empty:?}");
    let (_, future) = fetch(&*sim.exchange, Interval::H1, range("2024-03-02", "2024-03-03")).await;
    let text = future.unwrap_err().to_string();
    assert!(text.contains("in the future") && text.contains(NOW), "{text}");
    // The bar that is open now: nothing to fetch, and nothing wrong.
    let (memory, summary) =
        fetch(&*sim.exchange, Interval::H1, range("2024-03-01 12:00", "2024-03-03")).await;
    assert_eq!((summary.unwrap().candles, memory.notices.len()), (0, 0));
}

#[tokio::test]
async fn an_unknown_symbol_is_named() {
    let sim = Sim::generated().await;
    let mut memory = Memory::new();
    let unknown = symbol("NOPEUSDT");
    let asked = range("2024-01-01", "2024-01-02");
    let cancel = CancellationToken::new();
    let error = exchanges::download(&*sim.exchange, &unknown, Interval::H1, asked, &mut memory, cancel)
        .await
        .unwrap_err();
    assert!(error.to_string().contains("demo has no symbol 'NOPEUSDT'"), "{error}");
    assert!(memory.notices.is_empty() && memory.candles.is_empty());
    assert_eq!(sim.exchange.instrument(&unknown).await.unwrap_err().code(), "unknown_symbol");
}

#[tokio::test]
async fn an_interval_the_exchange_lacks_is_named() {
    let sim = Sim::generated().await;
    let (_, result) = fetch(&*sim.exchange, Interval::S1, range("2024-01-01", "2024-01-02")).await;
    let text = result.unwrap_err().to_string();
    assert!(text.contains("no 1s candles"), "{text}");
}

#[tokio::test]
async fn instruments_clock_and_ping_answer() {
    let sim = Sim::generated().await;
    sim.exchange.ping().await.unwrap();
    assert_eq!(sim.exchange.server_time().await.unwrap(), at(NOW));
    let all = sim.exchange.instruments().await.unwrap();
    assert_eq!(
        all.iter().map(|instrument| instrument.symbol.clone()).collect::<Vec<_>>(),
        sim.simulator.symbols()
    );
    let one = sim.exchange.instrument(&symbol("BTCUSDT")).await.unwrap();
    assert_eq!(
        (one.base.as_str(), one.quote.as_str(), one.status),
        ("BTC", "USDT", InstrumentStatus::Trading)
    );
    assert!(one.filters.tick_size.is_some() && one.filters.step_size.is_some());
    assert_eq!(all.into_iter().find(|instrument| instrument.symbol == one.symbol), Some(one));
    assert_eq!(sim.exchange.provenance(), Provenance::Synthetic);
}

#[tokio::test]
async fn the_budget_counts_what_the_exchange_counts() {
    let sim = Sim::generated().await;
    sim.exchange.instruments().await.unwrap();
    let request = CandleRequest {
        symbol: symbol("BTCUSDT"),
        grid: Interval::H1.into(),
        start: at("2024-01-01"),
        end: at("2024-01-02"),
    };
    let page = sim.exchange.candles(&request).await.unwrap();
    assert_eq!((page.candles.len(), page.refused.len(), page.unfinished), (page.served, 0, None));
    let used = sim.simulator.stats().used_weight;
    let expected = BudgetSnapshot {
        used,
        used_by_us: used,
        used_by_others: 0,
        by_urgency: ByUrgency { backfill: used, ..ByUrgency::default() },
        allowed: 1200,
        resets_at: at("2024-03-01 12:21:00"),
        paused_until: None,
        is_banned: false,
        sharing: Sharing::InProcess,
    };
    assert_eq!((sim.exchange.budget(), sim.exchange.meter().await), (expected, expected));
}

#[tokio::test]
async fn a_forecast_is_what_the_download_costs() {
    let sim = Sim::generated().await;
    let asked = range("2024-02-01", "2024-02-11");
    let forecast = sim.exchange.forecast(Interval::M1, asked, Priority::Backfill).await;
    assert_eq!(
        (forecast.weight, forecast.to_string()),
        (30, "3 % of the budget for less than a minute".to_owned())
    );
    let (_, summary) = fetch(&*sim.exchange, Interval::M1, asked).await;
    summary.unwrap();
    // The clock is measured once on top of it.
    assert_eq!(sim.simulator.stats().weight, forecast.weight + 1);
    // Nothing can be fetched that has not happened yet.
    let ahead =
        sim.exchange.forecast(Interval::H1, range("2024-03-01", "2030-01-01"), Priority::Backfill).await;
    assert_eq!(ahead.weight, 2);
}
