//! The configured exchanges, and downloads from them.

use app::AppError;
use app::data::model::{BudgetView, ExchangeView, IngestRequest, IngestWindow};
use exchanges::{BudgetSnapshot, Sharing, registry};
use store::{JobKind, NewJob};
use types::{Interval, JobId, Symbol, Timestamp};

use super::errors::{from_store, internal, invalid};
use super::request::RequestServices;
use crate::jobs::IngestJob;
use crate::wiring::now;

/// Before any exchange had candles.
const BEGINNING_MS: i64 = 1_483_228_800_000; // 2017-01-01

impl RequestServices {
    pub(super) async fn all_exchanges(&self) -> Vec<ExchangeView> {
        let house = &self.shared.house;
        let library = house.configuration.config.strategies.values();
        let written_for: Vec<Symbol> = library.flat_map(|strategy| strategy.symbols.clone()).collect();
        let mut views = Vec::new();
        for settings in house.exchanges.settings() {
            let (intervals, budget) = match house.exchanges.get(&settings.id) {
                Ok(exchange) => (exchange.offer().intervals.to_vec(), Some(budget(exchange.meter().await))),
                Err(_) => (Interval::ALL.to_vec(), None),
            };
            views.push(ExchangeView {
                id: settings.id.clone(),
                adapter: settings.adapter.clone(),
                is_synthetic: settings.synthetic,
                is_testnet: settings.testnet,
                intervals,
                suggested_symbols: suggested(&settings.adapter, &written_for),
                budget,
            });
        }
        views
    }

    /// Queues a download for the user.
    pub(super) async fn queue_ingest(&self, request: IngestRequest) -> Result<JobId, AppError> {
        let user = self.signed_in().await?;
        if let Err(message) = self.shared.house.exchanges.get(&request.key.exchange) {
            return Err(invalid("exchange", message));
        }
        let (start, end) = match request.window {
            IngestWindow::LastDays(days) => {
                (now().plus_ms(-i64::from(days) * Timestamp::DAY_MS).floor_day(), None)
            }
            IngestWindow::Everything => (Timestamp::from_ms(BEGINNING_MS), None),
            IngestWindow::Between { start, end } => (start, end),
        };
        if start >= now() {
            return Err(invalid("start", "The first day is in the future."));
        }
        let work = IngestJob { series: request.key.clone(), start, end };
        let spec = serde_json::to_value(work).map_err(internal)?;
        let title = format!("Download {} from {}", request.key, start.to_date());
        let new = NewJob { kind: JobKind::Ingest, title, spec };
        let job = self.shared.store.enqueue_job(user.id, new, now()).await.map_err(from_store)?;
        self.shared.queued(&job);
        Ok(job.id)
    }
}

fn budget(snapshot: BudgetSnapshot) -> BudgetView {
    BudgetView {
        used: snapshot.used,
        used_by_others: snapshot.used_by_others,
        limit: snapshot.allowed,
        paused_until_ms: snapshot.paused_until.map(Timestamp::as_ms),
        is_banned: snapshot.is_banned,
        is_shared: snapshot.sharing != Sharing::InProcess,
    }
}

/// The pairs that the library's strategies are written for, where the exchange writes them the same way, and some that it is sure to
/// have.
fn suggested(adapter: &str, written_for: &[Symbol]) -> Vec<Symbol> {
    let known = registry::pairs(adapter);
    let is_spelled_alike = |symbol: &&Symbol| {
        known.first().is_some_and(|pair| pair.contains('-') == symbol.as_str().contains('-'))
    };
    let mut suggested: Vec<Symbol> = Vec::new();
    let sure = known.iter().filter_map(|pair| pair.parse().ok());
    for symbol in written_for.iter().filter(is_spelled_alike).cloned().chain(sure) {
        if !suggested.contains(&symbol) {
            suggested.push(symbol);
        }
    }
    suggested
}
