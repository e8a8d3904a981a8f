//! What every exchange can do for us, whatever its wire looks like.
//!
//! Invariants: the trait is object-safe and shared between tasks; a method returns a whole, checked answer or a typed error,
//! having retried what is worth retrying; every method may be cancelled by dropping its future.
//! Orders and balances are not part of it yet.

mod candles;
mod columns;
mod error;
mod live;
mod notice;
mod priority;

use std::fmt::Debug;
use std::sync::Arc;

use async_trait::async_trait;
use types::{ExchangeId, Instrument, Interval, Provenance, Symbol, TimeRange, Timestamp};

use crate::budget::{BudgetSnapshot, Forecast};
use crate::clock::Clock;

pub use candles::{CandlePage, CandleRequest, Refusal, RefusedCandle, ServedCandle};
pub use columns::ServedColumns;
pub use error::ExchangeError;
pub use live::{Channel, FeedEnd, LiveEvent, LiveFeed, LiveOffer, Offer};
pub use notice::{LogWatch, Notice, Watch};
pub use priority::Priority;

/// An exchange.
#[async_trait]
pub trait Exchange: Debug + Send + Sync {
    /// Returns the name it has in `exchanges.yaml`.
    fn id(&self) -> &ExchangeId;

    /// Returns the name of its adapter: `binance`.
    fn adapter(&self) -> &'static str;

    /// Returns what its candles are: published by an exchange, or made up by a demo market.
    fn provenance(&self) -> Provenance;

    /// Returns the same exchange (same budget, same connections) reporting to `watch` what happens on the way.
    fn watched(&self, watch: Arc<dyn Watch>) -> Arc<dyn Exchange>;

    /// Returns the same exchange asking with another urgency; [`Priority::Backfill`] unless said otherwise.
    fn prioritised(&self, priority: Priority) -> Arc<dyn Exchange>;

    /// Returns what it serves, and how much at once.
    fn offer(&self) -> Offer;

    /// Returns its clock as far as it is known: our own until [`Exchange::server_time`] has measured it.
    fn clock(&self) -> Arc<dyn Clock>;

    /// Asks once, without retrying, whether the exchange answers.
    async fn ping(&self) -> Result<(), ExchangeError>;

    /// Measures the exchange's clock. The result never runs ahead of it.
    async fn server_time(&self) -> Result<Timestamp, ExchangeError>;

    /// Returns every traded pair, in the exchange's order.
    async fn instruments(&self) -> Result<Vec<Instrument>, ExchangeError>;

    /// Returns one traded pair.
    async fn instrument(&self, symbol: &Symbol) -> Result<Instrument, ExchangeError>;

    /// Returns the first page of closed candles of a stretch, oldest first.
    ///
    /// An exchange without candles at `start` goes on to the next one it has. Go on with [`CandlePage::next`].
    async fn candles(&self, request: &CandleRequest) -> Result<CandlePage, ExchangeError>;

    /// Opens a connection for live candles; [`LiveFeed::want`] says which.
    ///
    /// # Errors
    /// [`ExchangeError::NotOffered`] where candles can only be asked for; [`ExchangeError::Unavailable`] after one attempt.
    async fn listen(&self) -> Result<Box<dyn LiveFeed>, ExchangeError>;

    /// Returns how much of this minute's request weight is used, as this process saw it last; asks nobody.
    fn budget(&self) -> BudgetSnapshot;

    /// Returns how much of this minute's request weight is used by everyone who shares the budget.
    async fn meter(&self) -> BudgetSnapshot;

    /// Says what downloading the candles that open in `range` will cost at this urgency, before it starts: at most, since an
    /// exchange skips the time before its first candle.
    async fn forecast(&self, interval: Interval, range: TimeRange, priority: Priority) -> Forecast {
        let Offer { page_rows, page_weight, .. } = self.offer();
        let bars =
            interval.bars_between(range.start.max(Timestamp::EPOCH), range.end.min(self.clock().now()));
        let pages = bars.div_ceil(u64::try_from(page_rows.max(1)).unwrap_or(u64::MAX));
        Forecast::of_pages(pages, page_weight, self.meter().await.allowed, priority)
    }
}
