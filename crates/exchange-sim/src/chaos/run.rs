//! Carries a plan out: each fault is injected when the market's clock reaches its time.

use std::future::Future;

use types::Timestamp;

use crate::chaos::{ChaosPlan, Planned};
use crate::simulator::{SimError, Simulator};

impl Simulator {
    /// Carries a plan out, starting now; the future ends with the last fault and returns what happened, in order.
    ///
    /// What is returned carries the offsets of the plan and the faults as they happened: a `ReviseRecent` has become the
    /// `Revise` it stood for. A fault that could not happen is missing; it is counted in [`Stats::faults_refused`]. A manual
    /// clock that leaps over several times meets their faults in order. Dropping the future ends the plan.
    ///
    /// [`Stats::faults_refused`]: crate::Stats::faults_refused
    pub fn run_chaos(&self, plan: ChaosPlan) -> impl Future<Output = Vec<Planned>> + Send + 'static {
        let sim = self.clone();
        // Now, not when the future is first polled: a test that spawns it may move the clock at once.
        let progress = Progress::new(sim.clone(), &plan);
        async move {
            let mut injected = Vec::new();
            for Planned { after_ms, fault } in plan.planned {
                let due = progress.start.plus_ms(after_ms);
                progress.waits_for(due);
                sim.clock().reached(due).await;
                match sim.try_inject(fault) {
                    Ok(fault) => injected.push(Planned { after_ms, fault }),
                    Err(error) => tell(&error),
                }
                sim.count(|stats| stats.chaos.injected += 1);
            }
            injected
        }
    }
}

fn tell(error: &SimError) {
    tracing::debug!(%error, "a planned fault cannot happen");
}

/// What `GET /sim/stats` says of a plan, until it ends or is dropped.
#[derive(Debug)]
struct Progress {
    sim: Simulator,
    start: Timestamp,
}

impl Progress {
    fn new(sim: Simulator, plan: &ChaosPlan) -> Self {
        let start = sim.clock().now();
        let count = u64::try_from(plan.planned.len()).unwrap_or(u64::MAX);
        sim.count(|stats| stats.chaos.planned += count);
        Self { sim, start }
    }

    fn waits_for(&self, due: Timestamp) {
        self.sim.count(|stats| stats.chaos.next_at = Some(due));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.sim.count(|stats| stats.chaos.next_at = None);
    }
}
