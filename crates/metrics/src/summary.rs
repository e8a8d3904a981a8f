//! Everything the statistics say about a run, each figure under its own name, and why some are missing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use types::{Interval, Timestamp};

use crate::average_loss::average_loss;
use crate::average_trade_return::average_trade_return;
use crate::average_win::average_win;
use crate::cagr::cagr;
use crate::calmar::calmar;
use crate::daily;
use crate::drawdown::Drawdowns;
use crate::expectancy::expectancy;
use crate::exposure::exposure;
use crate::figure::{Figure, long_enough};
use crate::monthly::monthly;
use crate::profit_factor::profit_factor;
use crate::sharpe::sharpe;
use crate::sortino::sortino;
use crate::total_return::total_return;
use crate::turnover::turnover;
use crate::volatility::volatility;
use crate::win_rate::{win_rate, wins};
use crate::{Drawdown, EquityPoint, Metric, MonthlyReturn, Observation};

/// The statistics of one run. Money is in quote currency, rates and returns are fractions (0.1 is 10 %), durations are days.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// The length of a bar.
    pub interval: Interval,
    /// The open time of the first bar.
    pub start: Timestamp,
    /// The close of the last bar; equal to `start` without bars.
    pub end: Timestamp,
    /// The number of bars.
    pub bars: u64,
    /// Calendar days from `start` to `end`, fractions included.
    pub days: f64,
    /// Cash before the first bar.
    pub initial_capital: f64,
    /// The number of closed trades.
    pub trades: u64,
    /// Closed trades that earned something.
    pub winning_trades: u64,
    /// Closed trades that lost something; those that broke even are neither.
    pub losing_trades: u64,
    /// Whether a position was open at the end: it is in the equity and in no trade figure.
    pub open_trade: bool,
    /// Bars with an open position at their close.
    pub bars_in_market: u64,

    /// Equity at the last close.
    pub final_equity: Option<f64>,
    /// `final_equity − initial_capital`.
    pub net_profit: Option<f64>,
    /// `final_equity / initial_capital − 1`.
    pub total_return: Option<f64>,
    /// Compound annual growth rate.
    pub cagr: Option<f64>,
    /// Annualised deviation of daily returns.
    pub volatility: Option<f64>,
    /// Sharpe ratio.
    pub sharpe: Option<f64>,
    /// Sortino ratio.
    pub sortino: Option<f64>,
    /// Deepest fall below a peak, zero or negative.
    pub max_drawdown: Option<f64>,
    /// Days from its peak to its recovery; `None` while under water.
    pub max_drawdown_duration: Option<f64>,
    /// Days of the longest drawdown, up to the end when it has not recovered.
    pub longest_drawdown_duration: Option<f64>,
    /// Calmar ratio.
    pub calmar: Option<f64>,
    /// Share of closed trades that earned something.
    pub win_rate: Option<f64>,
    /// Gross profit / gross loss.
    pub profit_factor: Option<f64>,
    /// Mean profit of winning trades.
    pub average_win: Option<f64>,
    /// Mean profit of losing trades, negative.
    pub average_loss: Option<f64>,
    /// Mean profit of closed trades.
    pub expectancy: Option<f64>,
    /// Mean profit / cost of closed trades.
    pub average_trade_return: Option<f64>,
    /// Share of bars in the market.
    pub exposure: Option<f64>,
    /// Traded notional / mean daily equity.
    pub turnover: Option<f64>,
    /// Fees paid.
    pub fees_paid: Option<f64>,

    /// Why a figure is `None`.
    pub withheld: BTreeMap<Metric, String>,
    /// Returns by calendar month; they compound to the total return.
    pub monthly: Vec<MonthlyReturn>,
    /// Equity at every 00:00 UTC.
    pub daily: Vec<EquityPoint>,
    /// The five deepest drawdowns, deepest first.
    pub drawdowns: Vec<Drawdown>,
    /// The longest drawdown.
    pub longest_drawdown: Option<Drawdown>,
}

/// Computes every statistic. Input that cannot be a run (unordered times, equity that is not a number) withholds what depends on it.
pub fn summarise(observation: &Observation<'_>) -> Summary {
    let Observation { trades, start, initial_capital, .. } = *observation;
    let curve = Curve::read(observation);
    let days = if curve.is_ok() { observation.days() } else { 0.0 };
    let bars = u64::try_from(observation.close_times.len()).unwrap_or(u64::MAX);
    let (winning_trades, losing_trades) =
        (wins(trades), trades.iter().filter(|trade| trade.profit < 0.0).count());

    let mut withheld = BTreeMap::new();
    let mut of = |metric: Metric, figure: Figure| match figure {
        // Adding zero turns −0 into 0, so that a loss of nothing is not shown as one.
        Ok(value) if value.is_finite() => Some(value + 0.0),
        Ok(_) => {
            withheld.insert(metric, "the result is beyond what a number can hold".to_owned());
            None
        }
        Err(reason) => {
            withheld.insert(metric, reason);
            None
        }
    };
    let on_curve = |figure: &dyn Fn(&Curve) -> Figure| curve.as_ref().map_err(Clone::clone).and_then(figure);
    let on_returns = |figure: fn(&[f64]) -> Figure| {
        on_curve(&|curve| {
            long_enough(days)?;
            figure(curve.returns.as_ref().map_err(Clone::clone)?)
        })
    };
    let growth = on_curve(&|curve| cagr(initial_capital, curve.last, days));

    Summary {
        final_equity: of(Metric::FinalEquity, on_curve(&|curve| Ok(curve.last))),
        net_profit: of(Metric::NetProfit, on_curve(&|curve| Ok(curve.last - initial_capital))),
        total_return: of(
            Metric::TotalReturn,
            on_curve(&|curve| Ok(total_return(initial_capital, curve.last))),
        ),
        volatility: of(Metric::Volatility, on_returns(volatility)),
        sharpe: of(Metric::Sharpe, on_returns(sharpe)),
        sortino: of(Metric::Sortino, on_returns(sortino)),
        max_drawdown: of(Metric::MaxDrawdown, on_curve(&|curve| Ok(curve.drawdowns.max_drawdown()))),
        max_drawdown_duration: of(
            Metric::MaxDrawdownDuration,
            on_curve(&|curve| curve.drawdowns.max_drawdown_duration()),
        ),
        longest_drawdown_duration: of(
            Metric::LongestDrawdownDuration,
            on_curve(&|curve| curve.drawdowns.longest_drawdown_duration()),
        ),
        calmar: of(Metric::Calmar, on_curve(&|curve| calmar(&growth, curve.drawdowns.max_drawdown()))),
        cagr: of(Metric::Cagr, growth),
        win_rate: of(Metric::WinRate, win_rate(trades)),
        profit_factor: of(Metric::ProfitFactor, profit_factor(trades)),
        average_win: of(Metric::AverageWin, average_win(trades)),
        average_loss: of(Metric::AverageLoss, average_loss(trades)),
        expectancy: of(Metric::Expectancy, expectancy(trades)),
        average_trade_return: of(Metric::AverageTradeReturn, average_trade_return(trades)),
        exposure: of(Metric::Exposure, exposure(observation.in_market, bars)),
        turnover: of(
            Metric::Turnover,
            on_curve(&|curve| turnover(observation.traded_notional, &curve.daily)),
        ),
        fees_paid: of(Metric::FeesPaid, Ok(observation.fees_paid)),
        interval: observation.interval,
        start,
        end: observation.close_times.last().copied().unwrap_or(start),
        bars,
        days,
        initial_capital: if initial_capital.is_finite() { initial_capital } else { 0.0 },
        trades: u64::try_from(trades.len()).unwrap_or(u64::MAX),
        winning_trades: u64::try_from(winning_trades).unwrap_or(u64::MAX),
        losing_trades: u64::try_from(losing_trades).unwrap_or(u64::MAX),
        open_trade: observation.open_trade,
        bars_in_market: observation.in_market,
        withheld,
        monthly: curve.as_ref().map(|curve| monthly(&curve.daily, curve.end())).unwrap_or_default(),
        longest_drawdown: curve.as_ref().ok().and_then(|curve| curve.drawdowns.longest),
        drawdowns: curve.as_ref().map(|curve| curve.drawdowns.deepest.clone()).unwrap_or_default(),
        daily: curve.map(|curve| curve.daily).unwrap_or_default(),
    }
}

/// What the figures of the equity curve share.
struct Curve {
    last_close: Timestamp,
    last: f64,
    daily: Vec<EquityPoint>,
    returns: Result<Vec<f64>, String>,
    drawdowns: Drawdowns,
}

impl Curve {
    fn read(observation: &Observation<'_>) -> Result<Self, String> {
        observation.check()?;
        let (Some(&last_close), Some(&last)) = (observation.close_times.last(), observation.equity.last())
        else {
            return Err("the run has no bars".to_owned());
        };
        let daily = daily::sample(observation)?;
        let returns = daily::returns(&daily);
        Ok(Self { last_close, last, daily, returns, drawdowns: Drawdowns::find(observation) })
    }

    fn end(&self) -> (Timestamp, f64) {
        (self.last_close, self.last)
    }
}

impl Summary {
    /// Returns a figure by name; `None` when it is withheld.
    #[expect(clippy::cast_precision_loss, reason = "counts of trades are far below 2^53")]
    pub fn value(&self, metric: Metric) -> Option<f64> {
        match metric {
            Metric::FinalEquity => self.final_equity,
            Metric::NetProfit => self.net_profit,
            Metric::TotalReturn => self.total_return,
            Metric::Cagr => self.cagr,
            Metric::Volatility => self.volatility,
            Metric::Sharpe => self.sharpe,
            Metric::Sortino => self.sortino,
            Metric::MaxDrawdown => self.max_drawdown,
            Metric::MaxDrawdownDuration => self.max_drawdown_duration,
            Metric::LongestDrawdownDuration => self.longest_drawdown_duration,
            Metric::Calmar => self.calmar,
            Metric::Trades => Some(self.trades as f64),
            Metric::WinRate => self.win_rate,
            Metric::ProfitFactor => self.profit_factor,
            Metric::AverageWin => self.average_win,
            Metric::AverageLoss => self.average_loss,
            Metric::Expectancy => self.expectancy,
            Metric::AverageTradeReturn => self.average_trade_return,
            Metric::Exposure => self.exposure,
            Metric::Turnover => self.turnover,
            Metric::FeesPaid => self.fees_paid,
        }
    }

    /// Returns a figure as it is shown everywhere, `n/a` when it is withheld.
    pub fn show(&self, metric: Metric) -> String {
        metric.definition().format.show(self.value(metric))
    }

    /// Returns why a figure is withheld; `None` when it is not.
    pub fn reason(&self, metric: Metric) -> Option<&str> {
        self.withheld.get(&metric).map(String::as_str)
    }
}

#[cfg(test)]
pub(crate) mod tests;
