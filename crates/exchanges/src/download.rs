//! Fetching a long stretch of candles page by page into a sink.
//!
//! Invariants: the sink receives closed candles only, strictly ascending, each once; every request starts later than the one
//! before it, except one second look at an empty page, so it always ends; what went wrong on the way reaches the sink as
//! notices while it happens. It fills no holes and stores nothing itself; cancelling never interrupts the sink.

mod cursor;
mod notices;
mod sink;

use tokio_util::sync::CancellationToken;
use types::{CandleBatch, Grid, Interval, Symbol, TimeRange, Timestamp};

use crate::protocol::{CandlePage, CandleRequest, Exchange, ExchangeError, Notice};

use cursor::Cursor;
use notices::Reporter;
pub use sink::{CandleSink, DownloadError, DownloadSummary, Progress, SinkError};

/// Fetches the closed candles that open in `range`, oldest first, and hands them to `sink` page by page.
///
/// A start before the listing and an end in the future are fine. The exchange's clock is measured first. Where `grid` is not known,
/// as of an interval alone, the first page tells.
///
/// # Errors
/// [`DownloadError`]; what was handed over before it stays handed over, and the error says how much that was.
pub async fn download(
    exchange: &dyn Exchange,
    symbol: &Symbol,
    grid: impl Into<Grid> + Send,
    range: TimeRange,
    sink: &mut dyn CandleSink,
    cancel: CancellationToken,
) -> Result<DownloadSummary, DownloadError> {
    let grid = grid.into();
    if range.is_empty() {
        return Err(DownloadError::EmptyRange { start: range.start, end: range.end });
    }
    let mut reporter = Reporter::new(sink, cancel);
    let exchange = exchange.watched(reporter.watch());
    let mut summary = DownloadSummary::default();
    let now = reporter.during(exchange.server_time(), &summary).await?;
    let start = range.start.max(Timestamp::EPOCH);
    if start > now {
        return Err(DownloadError::InTheFuture { start, now });
    }
    let cursor = Cursor::new(grid, TimeRange { start, end: range.end.min(now) }, now);
    let download = Download { exchange: &*exchange, symbol, interval: grid.interval(), cursor };
    download.run(&mut reporter, &mut summary).await?;
    Ok(summary)
}

struct Download<'a> {
    exchange: &'a dyn Exchange,
    symbol: &'a Symbol,
    interval: Interval,
    cursor: Cursor,
}

impl Download<'_> {
    async fn run(
        mut self,
        reporter: &mut Reporter<'_>,
        summary: &mut DownloadSummary,
    ) -> Result<(), DownloadError> {
        reporter.progress(self.cursor.progress()).await;
        let mut short: Option<usize> = None;
        while !self.cursor.is_done() {
            let page = self.page(reporter, summary).await?;
            let Some(next) = page.next else {
                if page.served > 0 {
                    return Err(self.stuck(page.served, *summary));
                }
                // An exchange goes on to its next candle by itself: an empty page means that there is none.
                self.cursor.finish();
                reporter.progress(self.cursor.progress()).await;
                break;
            };
            if let Some(rows) = short.take() {
                let resumed_at = self.cursor.next();
                reporter.notice(Notice::ShortPage { rows, limit: page.limit, resumed_at }).await;
            }
            reporter.about_page(&page, self.cursor.next()).await;
            short = page.is_short().then_some(page.served);
            summary.refused += count(page.refused.len());
            self.cursor.learn(page.candles.open_times().next());
            let is_at_the_end = page.unfinished.is_some();
            self.cursor.advance(next);
            self.hand_over(page.candles, reporter, summary).await?;
            if is_at_the_end {
                self.cursor.finish();
            }
            reporter.progress(self.cursor.progress()).await;
        }
        self.tell_what_is_missing(reporter, summary).await;
        Ok(())
    }

    /// Fetches the next page; an empty one where candles are expected is asked for a second time.
    async fn page(
        &self,
        reporter: &mut Reporter<'_>,
        summary: &mut DownloadSummary,
    ) -> Result<CandlePage, DownloadError> {
        let range = self.cursor.rest();
        let request = CandleRequest {
            symbol: self.symbol.clone(),
            grid: self.cursor.grid(),
            start: range.start,
            end: range.end,
        };
        summary.pages += 1;
        let page = reporter.during(self.exchange.candles(&request), summary).await?;
        if page.served > 0 {
            return Ok(page);
        }
        summary.pages += 1;
        let again = reporter.during(self.exchange.candles(&request), summary).await?;
        if again.served > 0 {
            reporter.notice(Notice::EmptyPage { start: range.start }).await;
        }
        Ok(again)
    }

    async fn hand_over(
        &self,
        candles: CandleBatch,
        reporter: &mut Reporter<'_>,
        summary: &mut DownloadSummary,
    ) -> Result<(), DownloadError> {
        let Some(first) = candles.open_times().next() else { return Ok(()) };
        let last = candles.open_times().next_back().unwrap_or(first);
        let mut seen = *summary;
        if seen.first.is_none() {
            seen.first = Some(first);
            let asked = self.cursor.first_open();
            if first > asked {
                reporter.notice(Notice::StartsLater { asked, first }).await;
            }
        }
        let mut expected = seen.last.map_or(first, |last| self.interval.next_open(last));
        for open_time in candles.open_times() {
            if open_time > expected {
                seen.missing += self.cursor.grid().bars_between(expected, open_time);
                seen.gaps += 1;
            }
            expected = self.interval.next_open(open_time);
        }
        seen.last = Some(last);
        seen.candles += count(candles.len());
        // Only what the sink has taken counts as handed over.
        match reporter.candles(candles).await {
            Ok(()) => {
                *summary = seen;
                Ok(())
            }
            Err(cause) => Err(DownloadError::Sink { cause, summary: *summary }),
        }
    }

    async fn tell_what_is_missing(&self, reporter: &mut Reporter<'_>, summary: &DownloadSummary) {
        let Some(last) = summary.last else {
            // Where rows were left out, that was said with each page: then it is not so that nothing is there.
            if self.cursor.expects_any() && summary.refused == 0 {
                let TimeRange { start, end } = self.cursor.asked();
                reporter.notice(Notice::NothingThere { start, end }).await;
            }
            return;
        };
        if summary.missing > 0 {
            reporter.notice(Notice::Missing { candles: summary.missing, gaps: summary.gaps }).await;
        }
        let asked = self.cursor.asked().end;
        if self.cursor.expects_after(last) {
            reporter.notice(Notice::EndsEarlier { asked, last }).await;
        }
    }

    fn stuck(&self, served: usize, summary: DownloadSummary) -> DownloadError {
        let what = format!(
            "candles from {} UTC: all {served} rows open before the start that was asked for",
            self.cursor.next()
        );
        let source = ExchangeError::Malformed { exchange: self.exchange.id().clone(), what };
        DownloadError::Exchange { source, summary }
    }
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
