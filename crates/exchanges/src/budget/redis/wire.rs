//! What goes to Redis and what comes back: the scripts, their keys and arguments, and the one form of their answers.
//!
//! Every script is the prelude and an operation; an operation is atomic because a script is.

use redis::{Script, ScriptInvocation};
use types::Timestamp;

use super::Caller;
use crate::budget::Pause;
use crate::budget::snapshot::{BudgetSnapshot, ByUrgency, Sharing};
use crate::protocol::Priority;

macro_rules! script {
    ($file:literal) => {
        Script::new(concat!(include_str!("prelude.lua"), include_str!($file)))
    };
}

/// The operations.
#[derive(Debug)]
pub(super) struct Scripts {
    take: Script,
    settle: Script,
    observe: Script,
    pause: Script,
    look: Script,
}

/// An operation with its own arguments.
#[derive(Debug, Clone, Copy)]
pub(super) enum Operation<'a> {
    Take { ticket: &'a str, weight: u32, priority: Priority, lease_ms: u64 },
    Settle { ticket: &'a str },
    Observe { used: u32, sent: Timestamp },
    Pause(Pause),
    Look,
}

/// What this process knows and Redis may have forgotten.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    /// Grows with every call: calls may overtake each other.
    pub(super) turn: u64,
    pub(super) used: u32,
    /// Weight taken while Redis could not be asked.
    pub(super) unreported: ByUrgency,
    pub(super) pause: Option<Pause>,
}

/// Where one address's budget lies. The braces keep its keys together in a cluster.
#[derive(Debug)]
pub(super) struct Keys([String; 4]);

/// What a script answers, its times by the caller's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) verdict: Verdict,
    pub(super) sharers: u32,
    pub(super) pause: Option<Pause>,
    pub(super) seen: BudgetSnapshot,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Done,
    Spent,
    Paused,
    NeverFits,
}

impl Scripts {
    pub(super) fn new() -> Self {
        Self {
            take: script!("take.lua"),
            settle: script!("settle.lua"),
            observe: script!("observe.lua"),
            pause: script!("pause.lua"),
            look: script!("look.lua"),
        }
    }

    pub(super) fn invocation(
        &self,
        operation: Operation<'_>,
        keys: &Keys,
        who: &str,
        caller: Caller,
        known: &Known,
    ) -> ScriptInvocation<'_> {
        let mut call = match operation {
            Operation::Take { .. } => &self.take,
            Operation::Settle { .. } => &self.settle,
            Operation::Observe { .. } => &self.observe,
            Operation::Pause(_) => &self.pause,
            Operation::Look => &self.look,
        }
        .prepare_invoke();
        for key in &keys.0 {
            call.key(key);
        }
        call.arg(who)
            .arg(caller.now.as_ms())
            .arg(u8::from(caller.is_known))
            .arg(caller.allowed)
            .arg(known.used);
        for priority in Priority::ALL {
            call.arg(known.unreported.of(priority));
        }
        call.arg(known.pause.map_or_else(String::new, |pause| pause.until.as_ms().to_string()))
            .arg(u8::from(known.pause.is_some_and(|pause| pause.is_ban)))
            .arg(known.turn);
        match operation {
            Operation::Take { ticket, weight, priority, lease_ms } => {
                call.arg(ticket).arg(weight).arg(place(priority)).arg(priority.share_percent()).arg(lease_ms);
            }
            Operation::Settle { ticket } => {
                call.arg(ticket);
            }
            Operation::Observe { used, sent } => {
                call.arg(used).arg(sent.as_ms());
            }
            Operation::Pause(Pause { until, is_ban }) => {
                call.arg(until.as_ms()).arg(u8::from(is_ban));
            }
            Operation::Look => {}
        }
        call
    }
}

/// The place of an urgency in Lua's lists, which begin at 1.
fn place(priority: Priority) -> usize {
    Priority::ALL.iter().position(|each| *each == priority).map_or(Priority::ALL.len(), |index| index + 1)
}

impl Keys {
    pub(super) fn new(address: &str) -> Self {
        Self(
            ["state", "tickets", "sharers", "pause"]
                .map(|part| format!("crypto:budget:{{{address}}}:{part}")),
        )
    }
}

impl Answer {
    /// Reads what a script answered to `caller`; `None` when it is no answer of ours.
    pub(super) fn read(answer: &[i64], caller: Caller) -> Option<Self> {
        let &[verdict, now, ends, used, order, live, repair, backfill, allowed, sharers, pause_until, is_ban] =
            answer
        else {
            return None;
        };
        let verdict = match verdict {
            0 => Verdict::Done,
            1 => Verdict::Spent,
            2 => Verdict::Paused,
            3 => Verdict::NeverFits,
            _ => return None,
        };
        let number = |value: i64| u32::try_from(value).ok();
        let ours = |shared: i64| Timestamp::from_ms(shared).plus_ms(caller.now.as_ms().saturating_sub(now));
        let pause = (is_ban >= 0).then(|| Pause { until: ours(pause_until), is_ban: is_ban == 1 });
        let by_urgency = ByUrgency {
            order: number(order)?,
            live: number(live)?,
            repair: number(repair)?,
            backfill: number(backfill)?,
        };
        let used = number(used)?;
        let used_by_us = by_urgency.total().min(used);
        let seen = BudgetSnapshot {
            used,
            used_by_us,
            used_by_others: used - used_by_us,
            by_urgency,
            allowed: number(allowed)?,
            resets_at: ours(ends),
            paused_until: pause.map(|pause| pause.until),
            is_banned: pause.is_some_and(|pause| pause.is_ban),
            sharing: Sharing::Shared,
        };
        Some(Self { verdict, sharers: number(sharers)?, pause, seen })
    }
}
