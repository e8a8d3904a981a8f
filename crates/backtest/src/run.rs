//! Runs a specification over bars already in memory: CPU work without waiting, to be kept off async threads.

use engine::{
    EngineError, Event, FillModel, InstrumentIndex, Kernel, Ledger, LongOnlySpot, OrderState, Position,
    SimulatedVenue,
};
use market_data::LoadedBars;
use metrics::{Observation, TradeOutcome, summarise};
use types::limits::{LimitError, check_initial_capital, check_share};
use types::{Bars, FixedError, Money, Price, Timestamp};

use crate::coverage::Coverage;
use crate::digits::Settler;
use crate::result::{Account, DataNote, EquityCurve, OpenPosition, RunResult, TradeRow};
use crate::rules::RulesBasis;
use crate::spec::RunSpec;

/// How far a run has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Bars processed.
    pub done: u64,
    /// Bars in all.
    pub total: u64,
}

/// What the observer wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// Go on.
    Continue,
    /// Stop; the run ends with [`RunError::Cancelled`].
    Cancel,
}

/// Why a run has no result.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// Not enough bars for the strategy to say anything.
    #[error(
        "{strategy} needs {needed} bars before its first signal, but only {found} are stored in this range: widen the range or get more candles"
    )]
    TooFewBars {
        /// The strategy's kind.
        strategy: String,
        /// Bars it needs.
        needed: u64,
        /// Bars there are.
        found: u64,
    },
    /// The observer stopped it.
    #[error("cancelled")]
    Cancelled,
    /// The strategy cannot be made.
    #[error(transparent)]
    Strategy(#[from] strategies::BuildError),
    /// The instrument's filters do not fit.
    #[error("the instrument's order rules cannot be used: {0}")]
    Filters(FixedError),
    /// A capital or cost outside its bounds.
    #[error("the {what} {error}")]
    Limit {
        /// Which.
        what: &'static str,
        /// What is allowed.
        error: LimitError,
    },
    /// Sums that the books cannot hold, or a broken invariant of the engine.
    #[error("the engine stopped: {0}")]
    Engine(#[from] EngineError),
}

/// Bars between two looks at the observer: a few tenths of a millisecond of work.
const BARS_PER_REPORT: usize = 65_536;

/// Runs a specification over the bars of its range.
pub fn run(
    spec: &RunSpec,
    data: &LoadedBars,
    observer: &mut dyn FnMut(Progress) -> Flow,
) -> Result<RunResult, RunError> {
    let limit = |what| move |error| RunError::Limit { what, error };
    check_initial_capital(spec.initial_capital).map_err(limit("initial capital"))?;
    check_share(spec.commission).map_err(limit("commission"))?;
    check_share(spec.slippage).map_err(limit("slippage"))?;
    let bars = &data.bars;
    let strategy = strategies::build(&spec.strategy, &spec.params)?;
    let warm_up = strategy.warm_up_bars() as u64;
    let (Some(first), Some(last)) = (bars.get(0), bars.len().checked_sub(1).and_then(|last| bars.get(last)))
    else {
        return Err(too_few(spec, warm_up.max(1), 0));
    };
    if (bars.len() as u64) < warm_up {
        return Err(too_few(spec, warm_up, bars.len() as u64));
    }
    let model =
        FillModel { fee_rate: spec.commission, slippage: spec.slippage, filters: vec![spec.filters.clone()] };
    let venue = SimulatedVenue::new(&model).map_err(RunError::Filters)?;
    let mut kernel = Kernel::new(strategy, Box::new(LongOnlySpot), venue, spec.initial_capital, 1);
    let (value, in_market) = simulate(&mut kernel, bars, observer)?;
    let mut settler = Settler::new();
    let equity = EquityCurve {
        time: bars.shared_close_times(),
        value: value.into_iter().map(|value| settler.settle(value)).collect(),
        close: bars.shared_close(),
    };

    let note = DataNote {
        bars: bars.len() as u64,
        first: first.open_time,
        last: last.open_time,
        coverage: Coverage::of(spec, first.open_time, last.open_time, bars.len() as u64),
        provenance: data.provenance,
        first_open: first.open,
        market_return: Settler::new().settle(last.close / first.open - 1.0),
        warm_up_bars: warm_up,
        rules: RulesBasis::of(&spec.filters, bars),
    };
    Ok(assemble(spec, note, &kernel, equity, in_market))
}

fn too_few(spec: &RunSpec, needed: u64, found: u64) -> RunError {
    RunError::TooFewBars { strategy: spec.strategy.clone(), needed, found }
}

/// Feeds every bar to the kernel; returns equity at each close, in quote, and the number of closes with an open position.
pub fn simulate(
    kernel: &mut Kernel<SimulatedVenue>,
    bars: &Bars,
    observer: &mut dyn FnMut(Progress) -> Flow,
) -> Result<(Vec<f64>, u64), RunError> {
    let total = bars.len() as u64;
    let mut equity = Vec::with_capacity(bars.len());
    let mut in_market = 0;
    let interval = bars.interval();
    for (index, bar) in bars.iter().enumerate() {
        if index % BARS_PER_REPORT == 0 && observer(Progress { done: index as u64, total }) == Flow::Cancel {
            return Err(RunError::Cancelled);
        }
        let closed_at = interval.next_open(bar.open_time);
        kernel.process(&Event::Bar { instrument: InstrumentIndex::FIRST, bar, closed_at })?;
        let ledger = kernel.ledger();
        equity.push(ledger.equity());
        in_market +=
            u64::from(ledger.position(InstrumentIndex::FIRST).is_some_and(|position| !position.is_flat()));
    }
    observer(Progress { done: total, total });
    Ok((equity, in_market))
}

fn assemble(
    spec: &RunSpec,
    data: DataNote,
    kernel: &Kernel<SimulatedVenue>,
    equity: EquityCurve,
    in_market: u64,
) -> RunResult {
    let ledger = kernel.ledger();
    let open = ledger.position(InstrumentIndex::FIRST).filter(|position| !position.is_flat());
    let outcomes: Vec<TradeOutcome> = kernel
        .trades()
        .iter()
        .map(|trade| TradeOutcome {
            entry_time: trade.entry_time,
            exit_time: trade.exit_time,
            profit: trade.profit.to_f64(),
            return_on_cost: trade.return_on_cost().unwrap_or_default(),
            fees: trade.fees.to_f64(),
            bars_held: trade.bars_held,
        })
        .collect();
    let mut metrics = summarise(&Observation {
        interval: spec.series.interval,
        start: data.first,
        initial_capital: spec.initial_capital.to_f64(),
        close_times: &equity.time,
        equity: &equity.value,
        in_market,
        trades: &outcomes,
        open_trade: open.is_some(),
        fees_paid: ledger.fees().to_f64(),
        traded_notional: ledger.bought().to_f64() + ledger.sold().to_f64(),
    });
    // Amounts that the books know to the last digit are taken from there.
    metrics.fees_paid = metrics.fees_paid.map(|_| ledger.fees().nearest_f64());
    let at_the_end = final_equity(ledger);
    let profit = at_the_end.and_then(|amount| amount.checked_sub(ledger.initial_cash()).ok());
    if let Some((amount, profit)) = at_the_end.zip(profit) {
        metrics.final_equity = metrics.final_equity.map(|_| amount.nearest_f64());
        metrics.net_profit = metrics.net_profit.map(|_| profit.nearest_f64());
    }
    let count = |is_counted: fn(&OrderState) -> bool| {
        kernel.orders().iter().filter(|order| is_counted(&order.state)).count() as u64
    };
    RunResult {
        spec: spec.clone(),
        account: Account {
            initial_cash: ledger.initial_cash(),
            cash: ledger.cash(),
            bought: ledger.bought(),
            sold: ledger.sold(),
            fees: ledger.fees(),
            remainder: ledger
                .position(InstrumentIndex::FIRST)
                .map(engine::Position::remainder)
                .unwrap_or_default(),
            refused_orders: count(|state| matches!(state, OrderState::Rejected(_))),
            unfilled_orders: count(|state| !state.is_final()),
        },
        open_position: open.map(|position| OpenPosition {
            quantity: position.quantity,
            entry_time: position.opened_at,
            entry_notional: position.entry_notional,
            fees: position.fees,
            mark: position.mark(),
            value: value_of(position).map_or_else(|| position.value(), Money::nearest_f64),
        }),
        trades: (1..).zip(kernel.trades()).map(|(number, trade)| row(number, trade.clone())).collect(),
        data,
        metrics,
        equity,
    }
}

/// Returns what a position is worth at its last mark, to the last digit; `None` beyond what an amount can hold.
fn value_of(position: &Position) -> Option<Money> {
    Price::from_column(position.mark()).ok()?.notional(position.quantity).ok()
}

fn final_equity(ledger: &Ledger) -> Option<Money> {
    let held = ledger.position(InstrumentIndex::FIRST).map_or(Some(Money::ZERO), value_of)?;
    ledger.cash().checked_add(held).ok()
}

fn row(number: u64, trade: engine::Trade) -> TradeRow {
    TradeRow {
        number,
        entry_price: trade.entry_price(),
        exit_price: trade.exit_price(),
        return_on_cost: trade.return_on_cost().map(|share| Settler::new().settle(share)),
        trade,
    }
}

impl RunResult {
    /// Returns the equity at the last close, in quote currency.
    pub fn final_equity(&self) -> f64 {
        self.equity.value.last().copied().unwrap_or_else(|| self.account.initial_cash.to_f64())
    }

    /// Returns when the last bar closed.
    pub fn ended_at(&self) -> Timestamp {
        self.equity.time.last().copied().unwrap_or(self.data.last)
    }
}
