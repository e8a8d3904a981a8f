//! Why an exchange could not answer, in words that tell a user what to do.

use types::{ExchangeId, Interval, Symbol, Timestamp};

/// Why an exchange could not answer. Whatever was worth retrying has been retried.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExchangeError {
    /// The exchange does not trade this pair.
    #[error(
        "{exchange} has no symbol '{symbol}'; write it as the exchange does (BTCUSDT, BTC-USDT or BTC-USD) and check the spelling and that it is listed there"
    )]
    UnknownSymbol {
        /// The exchange asked.
        exchange: ExchangeId,
        /// The pair asked for.
        symbol: Symbol,
    },
    /// The exchange does not publish candles of this length.
    #[error("{exchange} publishes no {interval} candles; choose another interval")]
    BadInterval {
        /// The exchange asked.
        exchange: ExchangeId,
        /// The interval asked for.
        interval: Interval,
    },
    /// The exchange wants a longer pause than we wait for, or kept asking for one.
    #[error(
        "{exchange} is limiting our requests until {until} UTC; try again after that, or lower rate_limit in exchanges.yaml"
    )]
    RateLimited {
        /// The exchange asked.
        exchange: ExchangeId,
        /// When it will listen again.
        until: Timestamp,
    },
    /// The exchange has shut out our address.
    #[error(
        "{exchange} has banned this address until {until} UTC; nothing will be sent before that. \
         Lower rate_limit in exchanges.yaml, and look for other programs on this address that use the exchange"
    )]
    Banned {
        /// The exchange asked.
        exchange: ExchangeId,
        /// When the ban ends.
        until: Timestamp,
    },
    /// The settings allow less weight in a minute than this one request costs.
    #[error(
        "rate_limit {allowed} of {exchange} is less than the {weight} this request costs; raise it in exchanges.yaml"
    )]
    BudgetTooSmall {
        /// The exchange asked.
        exchange: ExchangeId,
        /// What the request costs.
        weight: u32,
        /// What a minute may cost.
        allowed: u32,
    },
    /// The budget cannot be shared just now, and this process's part of it is less than this one request costs.
    #[error(
        "the request budget of {exchange} cannot be shared, and alone this process may use {allowed} a minute, less than the \
         {weight} this request costs; check cache.url in settings.yaml and that Redis runs"
    )]
    BudgetNotShared {
        /// The exchange asked.
        exchange: ExchangeId,
        /// What the request costs.
        weight: u32,
        /// What this process may use in a minute without the others.
        allowed: u32,
    },
    /// The exchange refuses to serve this address.
    #[error(
        "{exchange} refuses to serve this address (HTTP {status}: {message}); it may be closed to this country or network. \
         Another base_url can be set in exchanges.yaml"
    )]
    Forbidden {
        /// The exchange asked.
        exchange: ExchangeId,
        /// The HTTP status: 403 or 451.
        status: u16,
        /// What the exchange said.
        message: String,
    },
    /// The answer leads somewhere else, where no exchange is.
    #[error(
        "{exchange} did not answer: the request was redirected (HTTP {status}) to {to}, which is not followed. A network that wants \
         a sign-in does so, and exchanges do where they are closed; open base_url of exchanges.yaml in a browser, sign in there or \
         set another base_url"
    )]
    Redirected {
        /// The exchange asked.
        exchange: ExchangeId,
        /// The HTTP status: 301, 302, 307, …
        status: u16,
        /// Where it leads.
        to: String,
    },
    /// The exchange understood the request and refused it.
    #[error("{exchange} refused the request (HTTP {status}, code {code}): {message}")]
    Rejected {
        /// The exchange asked.
        exchange: ExchangeId,
        /// The HTTP status.
        status: u16,
        /// The exchange's own error code; 0 when it gave none.
        code: i64,
        /// What the exchange said.
        message: String,
    },
    /// The exchange could not be reached or kept failing.
    #[error(
        "{exchange} is not available: {last} (attempts made: {attempts}); check the connection and base_url in exchanges.yaml, \
         or try again later"
    )]
    Unavailable {
        /// The exchange asked.
        exchange: ExchangeId,
        /// How many requests were made.
        attempts: u32,
        /// Why the last one failed.
        last: String,
    },
    /// The exchange answered something that is not an answer.
    #[error(
        "{exchange} sent an answer that cannot be read: {what}; check that base_url in exchanges.yaml is the exchange's API"
    )]
    Malformed {
        /// The exchange asked.
        exchange: ExchangeId,
        /// What is wrong, and where.
        what: String,
    },
    /// The exchange does not do this at all.
    #[error("{exchange} offers no {what}")]
    NotOffered {
        /// The exchange asked.
        exchange: ExchangeId,
        /// What was asked for: `live candles`.
        what: &'static str,
    },
    /// The settings do not make a working adapter.
    #[error("exchange {exchange} cannot be set up: {what}")]
    Setup {
        /// The exchange in question.
        exchange: ExchangeId,
        /// What is wrong, and the remedy.
        what: String,
    },
}

impl ExchangeError {
    /// Returns a short, stable name for logs and JSON.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownSymbol { .. } => "unknown_symbol",
            Self::BadInterval { .. } => "bad_interval",
            Self::RateLimited { .. } => "rate_limited",
            Self::Banned { .. } => "banned",
            Self::BudgetTooSmall { .. } => "budget_too_small",
            Self::BudgetNotShared { .. } => "budget_not_shared",
            Self::Forbidden { .. } => "forbidden",
            Self::Redirected { .. } => "redirected",
            Self::Rejected { .. } => "rejected",
            Self::Unavailable { .. } => "unavailable",
            Self::Malformed { .. } => "malformed",
            Self::NotOffered { .. } => "not_offered",
            Self::Setup { .. } => "setup",
        }
    }

    /// Returns whether the same request may succeed later without anyone changing anything.
    pub const fn is_temporary(&self) -> bool {
        matches!(
            self,
            Self::RateLimited { .. }
                | Self::Banned { .. }
                | Self::BudgetNotShared { .. }
                | Self::Unavailable { .. }
        )
    }
}
