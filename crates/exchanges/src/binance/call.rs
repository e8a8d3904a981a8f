//! One request as we mean it: path, parameters, cost, and what it is about.

use types::{Interval, Symbol};

/// A request. Making it is `rest`'s work.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    /// Below `/api/v3/`.
    pub(crate) path: &'static str,
    /// Percent-encoded when sent: a symbol may hold letters of any script.
    pub(crate) query: Vec<(&'static str, String)>,
    /// What it costs of the minute's budget.
    pub(crate) weight: u32,
    /// The pair it is about, to name it when the exchange does not know it.
    pub(crate) symbol: Option<&'a Symbol>,
    /// The interval it is about.
    pub(crate) interval: Option<Interval>,
}

impl<'a> Call<'a> {
    pub(crate) const fn new(path: &'static str, weight: u32) -> Self {
        Self { path, query: Vec::new(), weight, symbol: None, interval: None }
    }

    pub(crate) fn about(mut self, symbol: &'a Symbol) -> Self {
        self.query.push(("symbol", symbol.as_str().to_owned()));
        self.symbol = Some(symbol);
        self
    }

    pub(crate) fn of_interval(mut self, interval: Interval) -> Self {
        self.query.push(("interval", interval.as_str().to_owned()));
        self.interval = Some(interval);
        self
    }

    pub(crate) fn with(mut self, name: &'static str, value: String) -> Self {
        self.query.push((name, value));
        self
    }
}
