//! The Exchange protocol, its registry and the adapters.
//!
//! Invariants: a candle that leaves this crate is closed by the exchange's own clock, on its interval's grid and exact to the
//! last decimal; no minute costs more weight than the settings allow; nothing waits without a limit; whatever went wrong on
//! the way is said in a [`Notice`] or an [`ExchangeError`], never swallowed.
//! This crate deliberately decides nothing: it stores no candles, trades nothing and reads no configuration files.

mod binance;
mod budget;
mod clock;
mod download;
mod live;
mod okx;
mod protocol;
pub mod registry;
mod rest;
mod retry;
mod socket;
mod stretch;
mod tls;
pub mod toolkit;
mod transport;
mod yahoo;

pub use binance::Binance;
pub use budget::{
    BudgetSnapshot, Budgets, BudgetsError, ByUrgency, Forecast, RedisTimings, Sharing, forecast,
};
pub use clock::{Clock, ManualClock, SystemClock};
pub use download::{CandleSink, DownloadError, DownloadSummary, Progress, SinkError, download};
pub use live::{LineEvent, LinePolicy, keep_lines};
pub use okx::Okx;
pub use protocol::{
    CandlePage, CandleRequest, Channel, Exchange, ExchangeError, FeedEnd, LiveEvent, LiveFeed, LiveOffer,
    LogWatch, Notice, Offer, Priority, Refusal, RefusedCandle, ServedCandle, ServedColumns, Watch,
};
pub use retry::RetryPolicy;
pub use transport::Transport;
pub use yahoo::Yahoo;
