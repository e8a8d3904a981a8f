//! Questions and stores that are due, and the board.

use exchanges::Channel;
use types::{TimeRange, Timestamp};

use super::Desk;
use crate::follow::board::{ChannelStatus, Phase};
use crate::follow::pause::Trouble;
use crate::follow::series::Series;

impl Desk {
    /// Hands out what is due: storing first, then questions, each series in its turn.
    pub(super) fn hand_out(&mut self) {
        self.store_ready();
        let now = self.clock.now();
        if !self.pause.is_over(now) {
            return;
        }
        for channel in self.turns() {
            if self.questions >= self.follower.policy.questions_at_once {
                return;
            }
            self.ask(channel, now);
        }
    }

    /// Stores what may be stored.
    pub(super) fn store_ready(&mut self) {
        let now = self.clock.now();
        for (channel, series) in &mut self.series {
            let candles = series.take_ready(now);
            if !candles.is_empty() {
                series.is_busy = true;
                let work = self.tools.clone().store(channel.clone(), series.key.clone(), candles);
                self.jobs.spawn(work);
            }
        }
    }

    /// Every channel once, beginning after the one that was served last.
    fn turns(&self) -> Vec<Channel> {
        let (mut first, mut rest): (Vec<Channel>, Vec<Channel>) = (Vec::new(), Vec::new());
        for channel in self.series.keys() {
            let is_after = self.served.as_ref().is_none_or(|served| channel > served);
            if is_after { first.push(channel.clone()) } else { rest.push(channel.clone()) }
        }
        first.append(&mut rest);
        first
    }

    fn ask(&mut self, channel: Channel, now: Timestamp) {
        let policy = &self.follower.policy;
        let page_rows = self.follower.exchange.offer().page_rows;
        let Some(series) = self.series.get_mut(&channel) else { return };
        if !series.may_ask(now) {
            return;
        }
        if series.must_fill || series.needs_past || series.is_overdue(now, policy.grace_ms) {
            let start = series.asks_from();
            let is_long = channel.interval.bars_between(start, now) > page_rows as u64;
            // Some room is always kept for what is short: it keeps the others current.
            if is_long && self.long_questions * 2 >= policy.questions_at_once {
                return;
            }
            (series.is_busy, series.must_fill) = (true, false);
            let (key, is_first) = (series.key.clone(), series.needs_past);
            self.questions += 1;
            self.long_questions += usize::from(is_long);
            self.served = Some(channel.clone());
            self.jobs.spawn(self.tools.clone().fill(channel, key, start, is_first, is_long));
        } else if series.needs_audit(now, policy.audit_every_ms) {
            let Some(end) = series.next else { return };
            let start = now.plus_ms(-policy.audit_span_ms).max(series.from);
            // A series that was just filled has nothing old to compare.
            if series.audited.is_none() || start >= end {
                series.audited = Some(now);
                return;
            }
            series.is_busy = true;
            self.questions += 1;
            self.served = Some(channel.clone());
            let range = TimeRange { start, end };
            self.jobs.spawn(self.tools.clone().audit(channel, series.key.clone(), range));
        }
    }

    /// Shows how everything stands.
    pub(super) fn show(&self) {
        let trouble = self.pause.trouble();
        let row = |series: &Series| (series.key.clone(), Some(status(series, trouble)));
        self.follower.board.show(self.series.values().map(row));
    }
}

/// `trouble` is the exchange's as a whole: it concerns the series that need an answer.
fn status(series: &Series, trouble: Option<&Trouble>) -> ChannelStatus {
    let phase = match (&series.trouble, series.next, series.line) {
        (Some(reason), ..) => {
            let until = series.ask_after.max(series.store_after);
            Phase::Waiting { reason: reason.clone(), until }
        }
        (None, ..)
            if series.needs_an_answer()
                && let Some(trouble) = trouble =>
        {
            Phase::Waiting { reason: trouble.reason.clone(), until: Some(trouble.until) }
        }
        (None, ..) if series.needs_past => Phase::Filling,
        (None, None, _) => Phase::Filling,
        (None, Some(_), Some(_)) => Phase::Live,
        (None, Some(_), None) => Phase::Polling,
    };
    ChannelStatus {
        phase,
        complete_until: series.next,
        heard: series.heard,
        reconnects: series.reconnects,
        fetched: series.fetched,
        stored: series.stored,
    }
}
