//! What streams tell and what work brings.

use exchanges::{Channel, ExchangeError, LineEvent};
use market_data::AppendReport;
use tokio::task::JoinError;
use types::{Candle, Timestamp};

use super::Desk;
use crate::follow::Published;
use crate::follow::event::FollowEvent;
use crate::follow::work::Done;
use crate::observer::IngestError;

/// How long a pair is left alone that the exchange refuses to serve.
const REFUSED_MS: i64 = 10 * 60_000;

impl Desk {
    /// Takes what a stream tells.
    pub(super) fn hear(&mut self, event: LineEvent) {
        let now = self.clock.now();
        match event {
            LineEvent::Closed(channel, candle) => {
                if let Some(series) = self.series.get_mut(&channel) {
                    series.heard = Some(now);
                    series.told(candle);
                }
            }
            LineEvent::Forming(channel, candle) => {
                if let Some(series) = self.series.get_mut(&channel) {
                    series.heard = Some(now);
                    let key = series.key.clone();
                    // Nobody looks: that is fine.
                    let _ = self.follower.published.send(Published { key, candle, is_closed: false });
                }
            }
            LineEvent::Refused(channel, open_time, fault) => {
                if let Some(series) = self.series.get_mut(&channel) {
                    series.must_fill = true;
                }
                self.tell(Some(FollowEvent::Refused { channel, open_time, reason: fault.to_string() }));
            }
            LineEvent::Up { line, channels } => {
                for channel in &channels {
                    if let Some(series) = self.series.get_mut(channel) {
                        series.line = Some(line);
                        // What closed before the stream began is asked for.
                        series.must_fill = true;
                    }
                }
                self.broken.remove(&line);
                self.tell(Some(FollowEvent::Connected { line, channels: channels.len() }));
            }
            LineEvent::Down { line, reason, retry_in_ms } => {
                for series in self.series.values_mut().filter(|series| series.line == Some(line)) {
                    series.line = None;
                    series.reconnects += 1;
                }
                // Attempts that fail while it is down are the same break.
                let is_news = self.broken.insert(line);
                if is_news {
                    self.tell(Some(FollowEvent::Disconnected { line, reason, retry_in_ms }));
                } else {
                    tracing::debug!(line, "the stream is still down: {reason}");
                }
            }
            LineEvent::Renewed { line, reason } => self.tell(Some(FollowEvent::Renewed { line, reason })),
        }
    }

    /// Takes what came of a piece of work.
    pub(super) fn finish(&mut self, done: Result<Done, JoinError>) {
        match done {
            Ok(Done::Filled { channel, start, is_first, is_long, result }) => {
                self.questions = self.questions.saturating_sub(1);
                self.long_questions = self.long_questions.saturating_sub(usize::from(is_long));
                self.filled(channel, start, is_first, result);
            }
            Ok(Done::Audited { channel, result }) => {
                self.questions = self.questions.saturating_sub(1);
                self.audited(channel, result);
            }
            Ok(Done::Stored { channel, candles, result }) => match result {
                Ok(report) => self.stored(channel, candles, &report),
                Err(error) => {
                    let now = self.clock.now();
                    let wait_ms = self.series.get(&channel).map_or(1, |series| series.failures + 1);
                    if let Some(series) = self.series.get_mut(&channel) {
                        series.is_busy = false;
                        series.put_back(candles);
                        series.failures += 1;
                        series.store_after = Some(now.plus_ms(self.follower.policy.retry.wait_ms(wait_ms)));
                    }
                    self.trouble(channel, error.to_string());
                }
            },
            // Nothing hangs on it: the next append or the next end tries again.
            Ok(Done::Compacted { key, result }) => {
                if let Err(error) = result {
                    tracing::warn!(%key, %error, "a series was not compacted");
                }
            }
            // A task that broke is a defect; its series is asked for again by the next tick at the latest.
            Err(error) => {
                tracing::error!(%error, "a task of the follower broke");
                // Which one it was is not told; no more questions can be under way than tasks.
                self.questions = self.questions.min(self.jobs.len());
                self.long_questions = self.long_questions.min(self.jobs.len());
                for series in self.series.values_mut() {
                    series.is_busy = false;
                    series.must_fill = true;
                }
            }
        }
    }

    fn filled(
        &mut self,
        channel: Channel,
        start: Timestamp,
        is_first: bool,
        result: Result<crate::FillReport, IngestError>,
    ) {
        let now = self.clock.now();
        let retry = self.follower.policy.retry;
        let report = match result {
            Ok(report) => report,
            Err(error) => {
                if let Some(series) = self.series.get_mut(&channel) {
                    series.is_busy = false;
                    series.must_fill = true;
                }
                return self.failed(channel, error);
            }
        };
        let released = self.pause.answered(now);
        self.tell(released);
        let Some(series) = self.series.get_mut(&channel) else { return };
        series.is_busy = false;
        series.asked_from(start);
        let is_news = series.complete(report.until);
        series.succeed();
        if !is_news && !is_first {
            // Nothing there yet: the exchange may be late, or have an outage. Ask again, but ever more patiently.
            series.idle += 1;
            series.ask_after = Some(now.plus_ms(retry.wait_ms(series.idle)));
        } else {
            series.idle = 0;
        }
        if !is_first {
            series.fetched += report.stored.added;
        }
        series.stored += report.stored.added;
        if report.stored.added > 0 && !is_first {
            self.catch_up.add(channel.clone(), report.stored.added, now);
        }
        for range in report.empty {
            self.tell(Some(FollowEvent::Hole(channel.clone(), range)));
        }
        self.revised(channel, &report.stored);
    }

    fn audited(&mut self, channel: Channel, result: Result<crate::AuditReport, IngestError>) {
        let now = self.clock.now();
        let every_ms = self.follower.policy.audit_every_ms;
        if let Some(series) = self.series.get_mut(&channel) {
            series.is_busy = false;
            // One that failed is made up for soon, not at once.
            let again_in_ms = if result.is_ok() { every_ms } else { every_ms.min(60_000) };
            series.audited = Some(now.plus_ms(again_in_ms - every_ms));
        }
        match result {
            Ok(report) => {
                let released = self.pause.answered(now);
                self.tell(released);
                if report.stored.added > 0
                    && let Some(series) = self.series.get_mut(&channel)
                {
                    series.stored += report.stored.added;
                    // What was added after the last known candle is complete only once the exchange was asked.
                    let candles = report.stored.added;
                    self.tell(Some(FollowEvent::Recovered { channel: channel.clone(), candles }));
                }
                self.revised(channel, &report.stored);
            }
            Err(error) => self.failed(channel, error),
        }
    }

    fn stored(&mut self, channel: Channel, candles: Vec<Candle>, report: &AppendReport) {
        let Some(series) = self.series.get_mut(&channel) else { return };
        series.is_busy = false;
        if let Some(last) = candles.last() {
            series.complete(channel.interval.next_open(last.open_time));
        }
        series.succeed();
        series.stored += report.added;
        let key = series.key.clone();
        for candle in candles {
            // Nobody looks: that is fine.
            let _ = self.follower.published.send(Published { key: key.clone(), candle, is_closed: true });
        }
        self.revised(channel, report);
    }

    fn revised(&self, channel: Channel, report: &AppendReport) {
        if report.revised > 0 {
            let (candles, first) = (report.revised, report.revised_examples.first().copied());
            self.tell(Some(FollowEvent::Revised { channel, candles, first }));
        }
    }

    fn failed(&mut self, channel: Channel, error: IngestError) {
        let now = self.clock.now();
        let error = match error {
            IngestError::Cancelled => return,
            IngestError::Exchange(error) => match self.pause.failed(error, now, self.follower.policy.retry) {
                Ok(event) => return self.tell(event),
                Err(error) => IngestError::Exchange(error),
            },
            other => other,
        };
        let is_refused = matches!(
            error,
            IngestError::Exchange(ExchangeError::UnknownSymbol { .. } | ExchangeError::BadInterval { .. })
        );
        self.wait(&channel, now, is_refused);
        self.trouble(channel, error.to_string());
    }

    fn wait(&mut self, channel: &Channel, now: Timestamp, is_refused: bool) {
        if let Some(series) = self.series.get_mut(channel) {
            series.failures += 1;
            let wait_ms =
                if is_refused { REFUSED_MS } else { self.follower.policy.retry.wait_ms(series.failures) };
            series.ask_after = Some(now.plus_ms(wait_ms));
        }
    }

    /// Tells why a series cannot go on, once for each reason.
    fn trouble(&mut self, channel: Channel, reason: String) {
        let Some(series) = self.series.get_mut(&channel) else { return };
        if series.trouble.as_ref() != Some(&reason) {
            series.trouble = Some(reason.clone());
            self.tell(Some(FollowEvent::Failed { channel, reason }));
        }
    }
}
