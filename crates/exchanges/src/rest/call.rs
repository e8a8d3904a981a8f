//! One request as we mean it: path, parameters, cost, and what it is about.

use std::borrow::Cow;

use types::{Interval, Symbol};

use super::Pace;

/// A request. Making it is [`super::Rest`]'s work.
#[derive(Debug)]
pub struct Call<'a> {
    /// Below the dialect's prefix.
    pub(crate) path: Cow<'static, str>,
    /// Percent-encoded when sent: a symbol may hold letters of any script.
    pub(crate) query: Vec<(&'static str, String)>,
    /// What it costs of the minute's budget.
    pub(crate) weight: u32,
    /// How fast its endpoint may be asked, where the budget does not say enough.
    pub(crate) pace: Option<&'a Pace>,
    /// The pair it is about, to name it when the exchange does not know it.
    pub(crate) symbol: Option<&'a Symbol>,
    /// The interval it is about.
    pub(crate) interval: Option<Interval>,
}

impl<'a> Call<'a> {
    /// A request without parameters.
    pub fn new(path: impl Into<Cow<'static, str>>, weight: u32) -> Self {
        Self { path: path.into(), query: Vec::new(), weight, pace: None, symbol: None, interval: None }
    }

    /// Says which pair it is about; the parameter is [`Call::with`]'s.
    #[must_use]
    pub const fn about(mut self, symbol: &'a Symbol) -> Self {
        self.symbol = Some(symbol);
        self
    }

    /// Says which interval it is about; the parameter is [`Call::with`]'s.
    #[must_use]
    pub const fn of_interval(mut self, interval: Interval) -> Self {
        self.interval = Some(interval);
        self
    }

    /// Adds a parameter.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    /// Keeps it to the pace of its endpoint.
    #[must_use]
    pub const fn paced(mut self, pace: &'a Pace) -> Self {
        self.pace = Some(pace);
        self
    }

    /// Returns the pair it is about.
    pub const fn symbol(&self) -> Option<&'a Symbol> {
        self.symbol
    }

    /// Returns the interval it is about.
    pub const fn interval(&self) -> Option<Interval> {
        self.interval
    }
}
