//! Kline frames on their way to one client, and what faults do to them: held back, sent twice, overtaken by a newer one.
//!
//! Invariants: without faults frames leave as they came; a late frame keeps its place within its stream, so only other streams
//! overtake it; an overtaken one follows the next frame of its stream. What waits when the connection ends is never sent.

use std::collections::VecDeque;
use std::sync::Arc;

use serde_json::Value;
use tokio::time::Instant;

use crate::faults::Fate;
use crate::simulator::Simulator;

/// A kline frame and the stream it belongs to.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Frame {
    pub(crate) stream: Arc<str>,
    pub(crate) data: Value,
    pub(crate) is_closing: bool,
}

/// Frames that wait.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    /// Frames held back, in the order of their release.
    late: VecDeque<(Instant, Frame)>,
    /// Closing frames that let the next one of their stream pass.
    overtaken: Vec<Frame>,
}

impl Outbox {
    /// Takes a new frame and appends those that leave now.
    pub(crate) fn take(&mut self, frame: Frame, sim: &Simulator, now: Instant, leaving: &mut Vec<Frame>) {
        if let Some(release) = self.last_release(Some(&frame.stream)) {
            return self.hold(frame, release, sim);
        }
        match sim.frame_fate(frame.is_closing) {
            Fate::Sent => self.send(frame, leaving),
            Fate::Dropped => {}
            Fate::Duplicated => {
                leaving.push(frame.clone());
                self.send(frame, leaving);
            }
            Fate::Reordered => self.overtaken.push(frame),
            Fate::Delayed(by) => {
                let release = now + by;
                let release = self.last_release(None).map_or(release, |last| release.max(last));
                self.hold(frame, release, sim);
            }
        }
    }

    /// Appends the late frames whose time has come.
    pub(crate) fn release(&mut self, now: Instant, leaving: &mut Vec<Frame>) {
        while self.late.front().is_some_and(|(release, _)| *release <= now) {
            if let Some((_, frame)) = self.late.pop_front() {
                self.send(frame, leaving);
            }
        }
    }

    /// Returns when the next late frame leaves.
    pub(crate) fn next_release(&self) -> Option<Instant> {
        self.late.front().map(|(release, _)| *release)
    }

    /// Forgets what waits of a stream that nobody listens to any more.
    pub(crate) fn forget(&mut self, stream: &str) {
        self.late.retain(|(_, frame)| &*frame.stream != stream);
        self.overtaken.retain(|frame| &*frame.stream != stream);
    }

    fn hold(&mut self, frame: Frame, release: Instant, sim: &Simulator) {
        sim.count(|stats| stats.frames_delayed += 1);
        // Behind those that leave at the same time: the queue stays in the order of release.
        let at = self.late.partition_point(|(other, _)| *other <= release);
        self.late.insert(at, (release, frame));
    }

    /// Sends a frame, and after it those that it has overtaken.
    fn send(&mut self, frame: Frame, leaving: &mut Vec<Frame>) {
        let stream = Arc::clone(&frame.stream);
        leaving.push(frame);
        leaving.extend(self.overtaken.extract_if(.., |waiting| waiting.stream == stream));
    }

    /// Returns when the last late frame leaves, of one stream or of all.
    fn last_release(&self, stream: Option<&Arc<str>>) -> Option<Instant> {
        let is_meant = |frame: &Frame| stream.is_none_or(|stream| frame.stream == *stream);
        self.late.iter().rev().find(|(_, frame)| is_meant(frame)).map(|(release, _)| *release)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;
    use crate::config::SimConfig;
    use crate::faults::Fault;

    fn frame(stream: &str, number: u32, is_closing: bool) -> Frame {
        Frame { stream: stream.into(), data: json!(number), is_closing }
    }

    /// Puts frames through an outbox and returns the numbers that leave, at once and a second later.
    fn pass(faults: impl IntoIterator<Item = Fault>, frames: Vec<Frame>) -> (Vec<u64>, Vec<u64>) {
        let sim = Simulator::new(SimConfig::default()).unwrap();
        sim.inject_all(faults);
        let (mut outbox, now) = (Outbox::default(), Instant::now());
        let numbers = |frames: Vec<Frame>| frames.iter().filter_map(|frame| frame.data.as_u64()).collect();
        let (mut leaving, mut later) = (Vec::new(), Vec::new());
        for frame in frames {
            outbox.take(frame, &sim, now, &mut leaving);
        }
        outbox.release(now + Duration::from_secs(1), &mut later);
        assert!(outbox.next_release().is_none());
        (numbers(leaving), numbers(later))
    }

    #[test]
    fn late_frames_are_overtaken_by_other_streams_only() {
        let frames =
            vec![frame("a", 1, true), frame("b", 2, false), frame("a", 3, false), frame("c", 4, false)];
        let faults = [Fault::DelayFrames { ms: 500, count: 1 }, Fault::DelayFrames { ms: 5, count: 1 }];
        assert_eq!(pass(faults, frames), (vec![4], vec![1, 2, 3]));
    }

    #[test]
    fn an_overtaken_closing_frame_follows_the_next_of_its_stream() {
        let frames = vec![
            frame("a", 1, true),
            frame("b", 2, false),
            frame("a", 3, true),
            frame("a", 4, false),
            frame("a", 5, true),
        ];
        let faults = [Fault::ReorderFrames { count: 2 }];
        assert_eq!(pass(faults, frames), (vec![2, 4, 1, 3, 5], vec![]));
    }

    #[test]
    fn twice_means_twice_in_a_row() {
        let frames = vec![frame("a", 1, false), frame("a", 2, true), frame("a", 3, false)];
        assert_eq!(pass([Fault::DuplicateFrames { count: 2 }], frames), (vec![1, 1, 2, 2, 3], vec![]));
    }
}
