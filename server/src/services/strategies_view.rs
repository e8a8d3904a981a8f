//! The library's strategies as pages show them.

use std::fmt::Write as _;

use app::AppError;
use app::strategies::model::{ParamView, StrategyView};
use config::StrategySpec;
use config::catalogue::{ParamKind, ParamSpec, ParamValue, Params, strategy as find_kind};
use types::format;

use super::request::RequestServices;

impl RequestServices {
    pub(super) fn library(&self) -> Vec<StrategyView> {
        let configuration = &self.shared.house.configuration;
        let source = configuration.sources.strategies.as_ref().map_or("", |source| source.name.as_str());
        // Where it lies on the server is no business of those who read it.
        let source = source.rsplit(['/', '\\']).next().unwrap_or(source);
        configuration.config.strategies.values().map(|strategy| view(strategy, source)).collect()
    }

    pub(super) fn find_in_library(&self, name: &str) -> Result<StrategyView, AppError> {
        self.library()
            .into_iter()
            .find(|strategy| strategy.name == name)
            .ok_or_else(|| AppError::not_found("strategy"))
    }
}

/// Returns a kind's title, or its name when the catalogue no longer has it.
pub(super) fn title_of(kind: &str) -> String {
    find_kind(kind).map_or_else(|| kind.to_owned(), |kind| kind.title.to_owned())
}

/// Returns parameters by name, short: `fast 10, slow 30`.
pub(super) fn params_text(kind: &str, params: &Params) -> String {
    let kind = find_kind(kind);
    let label = |name: &str| {
        let title = kind.and_then(|kind| kind.param(name)).map_or(name, |param| param.title).to_lowercase();
        // A lone period is called so; of two, their difference is the name.
        title.strip_suffix(" period").map_or(title.clone(), str::to_owned)
    };
    let named: Vec<String> = params.iter().map(|(name, value)| format!("{} {value}", label(name))).collect();
    named.join(", ")
}

/// Returns a kind with its parameters: `SMA crossover, fast 10, slow 30`.
pub(crate) fn described(kind: &str, params: &Params) -> String {
    let (title, params) = (title_of(kind), params_text(kind, params));
    if params.is_empty() { title } else { format!("{title}, {params}") }
}

/// Returns what a number may be: `1 to 1,000`.
pub(super) fn range_text(kind: ParamKind) -> Option<String> {
    match kind {
        ParamKind::Integer { min, max } => Some(format!("{} to {}", whole(min), whole(max))),
        ParamKind::Number { min, max } => Some(format!("{min} to {max}")),
        ParamKind::Bool | ParamKind::Choice { .. } => None,
    }
}

/// Writes a whole number: `1,000`.
pub(super) fn whole(number: i64) -> String {
    format::number(rust_decimal::Decimal::from(number), 0)
}

fn view(strategy: &StrategySpec, source: &str) -> StrategyView {
    let kind = find_kind(&strategy.kind);
    StrategyView {
        name: strategy.name.clone(),
        kind: strategy.kind.clone(),
        title: title_of(&strategy.kind),
        described: described(&strategy.kind, &strategy.params),
        category: kind.map_or_else(String::new, |kind| kind.category.title().to_owned()),
        summary: kind.map_or_else(String::new, |kind| kind.summary.to_owned()),
        description: kind.map_or_else(String::new, |kind| kind.description.to_owned()),
        params: kind.map_or_else(Vec::new, |kind| {
            kind.params.iter().map(|param| param_view(param, &strategy.params)).collect()
        }),
        exchange: strategy.exchange.clone(),
        symbols: strategy.symbols.clone(),
        interval: strategy.interval,
        yaml: yaml(strategy),
        source: source.to_owned(),
    }
}

fn param_view(param: &ParamSpec, params: &Params) -> ParamView {
    ParamView {
        name: param.name.to_owned(),
        title: param.title.to_owned(),
        value: params
            .get(param.name)
            .map_or_else(|| ParamValue::from(param.default).to_string(), ToString::to_string),
        default: ParamValue::from(param.default).to_string(),
        doc: param.doc.to_owned(),
        unit: (!param.unit.is_empty()).then(|| param.unit.to_owned()),
        range: range_text(param.kind).unwrap_or_else(|| param.kind.describe()),
    }
}

/// Writes a strategy as its entry in strategies.yaml, every default spelt out.
fn yaml(strategy: &StrategySpec) -> String {
    let mut text = format!("{}:\n  type: {}\n", strategy.name, strategy.kind);
    let params: Vec<String> =
        strategy.params.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    if !params.is_empty() {
        let _ = writeln!(text, "  params: {{ {} }}", params.join(", "));
    }
    let symbols: Vec<String> = strategy.symbols.iter().map(ToString::to_string).collect();
    let _ = writeln!(
        text,
        "  exchange: {}\n  symbols: [{}]\n  interval: {}",
        strategy.exchange,
        symbols.join(", "),
        strategy.interval
    );
    text
}
