//! What was fetched because the streams had not told it, gathered so that a break is one line in the log and not one per channel.

use std::collections::BTreeSet;

use exchanges::Channel;
use types::Timestamp;

use crate::follow::event::FollowEvent;

/// The longest time something is kept to be told together with more.
const GATHER_MS: i64 = 60_000;

#[derive(Debug, Default)]
pub(super) struct CatchUp {
    channels: BTreeSet<Channel>,
    candles: u64,
    since: Option<Timestamp>,
}

impl CatchUp {
    /// Adds candles that were fetched now.
    pub(super) fn add(&mut self, channel: Channel, candles: u64, now: Timestamp) {
        self.channels.insert(channel);
        self.candles += candles;
        self.since.get_or_insert(now);
    }

    /// Returns what to tell, if there is something and it is time: the catching up is over, or goes on for long.
    pub(super) fn take(&mut self, is_over: bool, now: Timestamp) -> Option<FollowEvent> {
        let since = self.since?;
        // A clock that was set back counts as a long time.
        if !is_over && (0..GATHER_MS).contains(&now.ms_since(since)) {
            return None;
        }
        let Self { channels, candles, .. } = std::mem::take(self);
        Some(FollowEvent::CaughtUp { channels, candles })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn channel(symbol: &str) -> Channel {
        Channel { symbol: symbol.parse().unwrap(), interval: "1m".parse().unwrap() }
    }

    #[test]
    fn a_break_of_many_channels_is_told_once() {
        let mut catch_up = CatchUp::default();
        let at = Timestamp::from_ms;
        assert_eq!(catch_up.take(true, at(0)), None, "nothing to tell");
        catch_up.add(channel("BTCUSDT"), 3, at(10));
        catch_up.add(channel("ETHUSDT"), 2, at(20));
        catch_up.add(channel("BTCUSDT"), 1, at(30));
        assert_eq!(catch_up.take(false, at(40)), None, "more may come");
        let told = catch_up.take(true, at(50)).unwrap();
        assert_eq!(told.to_string(), "2 channels: fetched 6 candles that the stream had not told");
        assert_eq!(catch_up.take(true, at(60)), None, "told once");
    }

    #[test]
    fn one_channel_is_named_and_a_long_catching_up_is_told_meanwhile() {
        let mut catch_up = CatchUp::default();
        catch_up.add(channel("BTCUSDT"), 3, Timestamp::EPOCH);
        let told = catch_up.take(false, Timestamp::from_ms(GATHER_MS)).unwrap();
        assert_eq!(told.to_string(), "BTCUSDT 1m: fetched 3 candles that the stream had not told");
        catch_up.add(channel("BTCUSDT"), 3, Timestamp::from_ms(5000));
        assert!(catch_up.take(false, Timestamp::EPOCH).is_some(), "the clock was set back");
    }
}
