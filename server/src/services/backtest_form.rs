//! The form of a new backtest: what it offers, and the start of what it asks for.

use app::AppError;
use app::FieldError;
use app::backtests::model::{BacktestDefaults, BacktestRequest, ParamField, SeriesChoice, StrategyChoice};
use app::markets::model::SeriesView;
use backtest::RunSpec;
use config::StrategySpec;
use config::catalogue::{
    ParamKind, ParamSpec, ParamValue, Params, StrategyKind, check_texts, strategy as find_kind,
};
use store::{JobKind, NewJob};
use types::{Interval, JobId};

use super::errors::{from_store, internal, invalid};
use super::request::RequestServices;
use super::strategies_view::{described, range_text, whole};
use crate::jobs::BacktestJob;
use crate::wiring::now;

impl RequestServices {
    pub(super) async fn form_defaults(&self) -> Result<BacktestDefaults, AppError> {
        self.signed_in().await?;
        let config = &self.shared.house.configuration.config;
        let strategies: Vec<StrategyChoice> = config.strategies.values().map(strategy_choice).collect();
        let series = offered(&self.all_series().await?, &strategies);
        let trading = &config.settings.trading;
        Ok(BacktestDefaults {
            strategies,
            series,
            initial_capital: trading.default_initial_capital,
            commission: trading.default_commission,
            slippage: trading.default_slippage,
        })
    }

    /// Queues a backtest for the user, once it is clear that it can run.
    pub(super) async fn queue_backtest(&self, request: BacktestRequest) -> Result<JobId, AppError> {
        let user = self.signed_in().await?;
        let house = &self.shared.house;
        let strategy = house.configuration.config.strategies.get(&request.strategy).ok_or_else(|| {
            invalid(
                "strategy",
                format!("There is no strategy '{}' any more. Choose another.", request.strategy),
            )
        })?;
        let params = checked_params(strategy, &request);
        let series = self.check_series(&request).await;
        // Every fault at once, each at its field.
        let params = match (params, series) {
            (Ok(params), Ok(())) => params,
            (Err(AppError::Invalid { mut fields }), Err(AppError::Invalid { fields: more })) => {
                fields.extend(more);
                return Err(AppError::Invalid { fields });
            }
            (Err(error), _) | (_, Err(error)) => return Err(error),
        };
        let title = format!("{} on {}", described(&strategy.kind, &params), request.key);
        let spec = RunSpec {
            name: strategy.name.clone(),
            strategy: strategy.kind.clone(),
            params,
            series: request.key,
            start: request.start,
            end: request.end,
            initial_capital: request.initial_capital,
            commission: request.commission,
            slippage: request.slippage,
            filters: types::FilterSchedule::default(),
        };
        let work = serde_json::to_value(BacktestJob { runs: vec![spec] }).map_err(internal)?;
        let new = NewJob { kind: JobKind::Backtest, title, spec: work };
        let job = self.shared.store.enqueue_job(user.id, new, now()).await.map_err(from_store)?;
        self.shared.queued(&job);
        Ok(job.id)
    }

    /// Refuses a series that is not stored, and a range that lies outside of it.
    async fn check_series(&self, request: &BacktestRequest) -> Result<(), AppError> {
        let candles = &self.shared.house.candles;
        let stored = backtest::source(candles.as_ref(), &request.key).await.map_err(internal)?;
        let Some(stored) = stored else {
            let text = format!("No candles of {} are stored. Get them on the Data page.", request.key);
            return Err(invalid("series", text));
        };
        let is_before = request.end.is_some_and(|end| end <= stored.first);
        let is_after = request.start.is_some_and(|start| start > stored.last);
        if is_before || is_after {
            let field = if is_before { "end" } else { "start" };
            let (first, last) = (stored.first.to_date(), stored.last.to_date());
            return Err(invalid(
                field,
                format!("Candles are stored from {first} to {last}. Choose days among them."),
            ));
        }
        Ok(())
    }
}

fn strategy_choice(strategy: &StrategySpec) -> StrategyChoice {
    let kind = find_kind(&strategy.kind);
    StrategyChoice {
        name: strategy.name.clone(),
        title: described(&strategy.kind, &strategy.params),
        params: kind.map_or_else(Vec::new, |kind| {
            kind.params.iter().map(|param| param_field(param, &strategy.params)).collect()
        }),
        summary: kind.map_or_else(String::new, |kind| kind.summary.to_owned()),
        exchange: strategy.exchange.clone(),
        symbols: strategy.symbols.clone(),
        interval: strategy.interval,
    }
}

fn param_field(param: &ParamSpec, params: &Params) -> ParamField {
    let range = range_text(param.kind).map(|range| format!("{range}.")).unwrap_or_default();
    let options = match param.kind {
        ParamKind::Choice { options } => options.iter().map(|option| (*option).to_owned()).collect(),
        ParamKind::Bool => ["true", "false"].map(str::to_owned).into(),
        ParamKind::Integer { .. } | ParamKind::Number { .. } => Vec::new(),
    };
    ParamField {
        name: param.name.to_owned(),
        title: param.title.to_owned(),
        doc: param.doc.to_owned(),
        unit: param.unit.to_owned(),
        range,
        options,
        value: value_of(param, params).to_string(),
    }
}

fn value_of(param: &ParamSpec, params: &Params) -> ParamValue {
    params.get(param.name).cloned().unwrap_or_else(|| param.default.into())
}

/// Checks what was typed against the catalogue; what was not typed keeps the library's value.
fn checked_params(strategy: &StrategySpec, request: &BacktestRequest) -> Result<Params, AppError> {
    let Some(kind) = find_kind(&strategy.kind) else { return Ok(strategy.params.clone()) };
    let library: Vec<(&str, String)> =
        kind.params.iter().map(|param| (param.name, value_of(param, &strategy.params).to_string())).collect();
    let typed = |name: &str| request.params.get(name).map(|text| text.trim()).filter(|text| !text.is_empty());
    let known = library.iter().map(|(name, value)| (*name, typed(name).unwrap_or(value)));
    let strangers = request
        .params
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .filter(|(name, _)| kind.param(name).is_none());
    let (params, problems) = check_texts(kind, known.chain(strangers));
    params.ok_or_else(|| {
        let fields = problems.into_iter().map(|problem| FieldError {
            message: message(kind, &problem),
            field: format!("params[{}]", problem.param),
        });
        AppError::Invalid { fields: fields.collect() }
    })
}

/// Says what a parameter may be, in the words of the form.
fn message(kind: &StrategyKind, problem: &config::catalogue::ParamProblem) -> String {
    let order = kind.orderings.iter().find(|(lesser, greater)| {
        problem.is_order() && [*lesser, *greater].contains(&problem.param.as_str())
    });
    if let Some((lesser, greater)) = order {
        let title =
            |name: &str| kind.param(name).map_or_else(|| name.to_owned(), |param| param.title.to_lowercase());
        return format!("The {} must be less than the {}.", title(lesser), title(greater));
    }
    match kind.param(&problem.param).map(|param| param.kind) {
        Some(ParamKind::Integer { min, max }) => {
            format!("Enter a whole number from {min} to {}.", whole(max))
        }
        Some(ParamKind::Number { min, max }) => format!("Enter a number from {min} to {max}."),
        Some(ParamKind::Bool) => "Choose true or false.".to_owned(),
        Some(ParamKind::Choice { options }) => format!("Choose one of {}.", options.join(", ")),
        None => format!("{} has no parameter '{}'.", kind.title, problem.param),
    }
}

/// Returns the stored series, and for each interval that a strategy was written for the ones that can be resampled to it.
fn offered(stored: &[SeriesView], strategies: &[StrategyChoice]) -> Vec<SeriesChoice> {
    let choice = |view: &SeriesView, interval: Interval, from: Option<Interval>| SeriesChoice {
        key: types::SeriesKey { interval, ..view.key.clone() },
        from,
        rows: view.rows,
        first_ms: view.first_ms,
        last_ms: view.last_ms,
        is_synthetic: view.provenance.is_synthetic(),
    };
    let mut offered: Vec<SeriesChoice> =
        stored.iter().map(|view| choice(view, view.key.interval, None)).collect();
    for strategy in strategies {
        for view in stored {
            let key = types::SeriesKey { interval: strategy.interval, ..view.key.clone() };
            let finest = stored
                .iter()
                .filter(|other| other.key.exchange == key.exchange && other.key.symbol == key.symbol)
                .map(|other| other.key.interval)
                .filter(|interval| *interval != key.interval && interval.divides(key.interval))
                .max_by_key(|interval| interval.approximate_ms());
            let is_new = !offered.iter().any(|choice| choice.key == key);
            if is_new && finest == Some(view.key.interval) {
                offered.push(choice(view, key.interval, finest));
            }
        }
    }
    offered
}
