//! The traded pairs of exchangeInfo. Unknown fields, states and filters are Binance's future and no errors.

use rust_decimal::Decimal;
use serde::Deserialize;
use types::{Instrument, InstrumentFilters, InstrumentStatus};

use super::read_json;

#[derive(Debug, Deserialize)]
struct InfoBody {
    symbols: Vec<SymbolBody>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SymbolBody {
    symbol: String,
    status: String,
    base_asset: String,
    quote_asset: String,
    #[serde(default)]
    filters: Vec<FilterBody>,
}

/// Every filter's fields that we use; a filter has only its own.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct FilterBody {
    filter_type: String,
    tick_size: Option<String>,
    step_size: Option<String>,
    min_qty: Option<String>,
    max_qty: Option<String>,
    min_notional: Option<String>,
    max_notional: Option<String>,
}

/// Reads the answer of `/api/v3/exchangeInfo`. Pairs whose name we cannot use are left out and logged.
pub(crate) fn read_instruments(body: &[u8]) -> Result<Vec<Instrument>, String> {
    let info: InfoBody = read_json(body, "exchangeInfo")?;
    info.symbols.into_iter().filter_map(|symbol| read_symbol(symbol).transpose()).collect()
}

fn read_symbol(body: SymbolBody) -> Result<Option<Instrument>, String> {
    let symbol = match body.symbol.parse() {
        Ok(symbol) => symbol,
        Err(error) => {
            tracing::warn!("the exchange lists a pair we leave out: {error}");
            return Ok(None);
        }
    };
    let filters = read_filters(&body.filters).map_err(|what| format!("exchangeInfo, {symbol}: {what}"))?;
    // HALT, BREAK, END_OF_DAY, CANCEL_ONLY and whatever comes next: only TRADING takes orders.
    let status = if body.status == "TRADING" { InstrumentStatus::Trading } else { InstrumentStatus::Halted };
    Ok(Some(Instrument { symbol, base: body.base_asset, quote: body.quote_asset, status, filters }))
}

fn read_filters(bodies: &[FilterBody]) -> Result<InstrumentFilters, String> {
    let mut filters = InstrumentFilters::default();
    for body in bodies {
        let bound = |name: &str, text: Option<&String>| read_bound(&body.filter_type, name, text);
        match body.filter_type.as_str() {
            "PRICE_FILTER" => filters.tick_size = bound("tickSize", body.tick_size.as_ref())?,
            "LOT_SIZE" => {
                filters.step_size = bound("stepSize", body.step_size.as_ref())?;
                filters.min_quantity = bound("minQty", body.min_qty.as_ref())?;
                filters.max_quantity = bound("maxQty", body.max_qty.as_ref())?;
            }
            // NOTIONAL is today's form of MIN_NOTIONAL; a pair carries one of them.
            "NOTIONAL" | "MIN_NOTIONAL" => {
                filters.min_notional = bound("minNotional", body.min_notional.as_ref())?;
                filters.max_notional = bound("maxNotional", body.max_notional.as_ref())?;
            }
            _ => {}
        }
    }
    Ok(filters)
}

/// A bound of 0 means that there is none.
fn read_bound(filter: &str, name: &str, text: Option<&String>) -> Result<Option<Decimal>, String> {
    let Some(text) = text else { return Ok(None) };
    match Decimal::from_str_exact(text) {
        Ok(value) if value.is_sign_negative() => Err(format!("{filter} {name} is negative: {value}")),
        Ok(value) => Ok(Some(value.normalize()).filter(|value| !value.is_zero())),
        Err(_) => Err(format!("{filter} {name} is '{text}', not a decimal")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = r#"{"timezone":"UTC","serverTime":1,"rateLimits":[],"exchangeFilters":[],"symbols":[
        {"symbol":"BTCUSDT","status":"TRADING","baseAsset":"BTC","quoteAsset":"USDT","isSpotTradingAllowed":true,"filters":[
            {"filterType":"PRICE_FILTER","minPrice":"0.01000000","maxPrice":"1000000.00000000","tickSize":"0.01000000"},
            {"filterType":"LOT_SIZE","minQty":"0.00001000","maxQty":"9000.00000000","stepSize":"0.00001000"},
            {"filterType":"MARKET_LOT_SIZE","minQty":"0.00000000","maxQty":"112.0","stepSize":"0.00000000"},
            {"filterType":"NOTIONAL","minNotional":"5.00000000","applyMinToMarket":true,"maxNotional":"9000000.00000000"},
            {"filterType":"FROM_THE_FUTURE","limit":[1]}]},
        {"symbol":"币安人生USDT","status":"CANCEL_ONLY","baseAsset":"币安人生","quoteAsset":"USDT","filters":[
            {"filterType":"LOT_SIZE","minQty":"0.00000000","maxQty":"0.00000000","stepSize":"0.10000000"},
            {"filterType":"MIN_NOTIONAL","minNotional":"10.00000000"}]},
        {"symbol":"../up","status":"TRADING","baseAsset":"A","quoteAsset":"B"}]}"#;

    #[test]
    fn pairs_and_their_filters_are_read() {
        let instruments = read_instruments(BODY.as_bytes()).unwrap();
        let text = |value: Option<Decimal>| value.map(|value| value.to_string());
        assert_eq!(instruments.len(), 2);
        let btc = &instruments[0];
        assert_eq!((btc.symbol.as_str(), btc.base.as_str(), btc.quote.as_str()), ("BTCUSDT", "BTC", "USDT"));
        assert_eq!(btc.status, InstrumentStatus::Trading);
        assert_eq!(text(btc.filters.tick_size).as_deref(), Some("0.01"));
        assert_eq!(text(btc.filters.step_size).as_deref(), Some("0.00001"));
        assert_eq!(text(btc.filters.max_quantity).as_deref(), Some("9000"));
        assert_eq!(text(btc.filters.max_notional).as_deref(), Some("9000000"));
        let other = &instruments[1];
        assert_eq!(other.status, InstrumentStatus::Halted);
        assert_eq!((other.filters.min_quantity, other.filters.tick_size), (None, None));
        assert_eq!(text(other.filters.min_notional).as_deref(), Some("10"));
    }

    #[test]
    fn a_filter_that_is_no_number_is_named() {
        let error = read_instruments(BODY.replace("\"0.01000000\"}", "\"a lot\"}").as_bytes()).unwrap_err();
        assert!(error.contains("BTCUSDT: PRICE_FILTER tickSize is 'a lot'"), "{error}");
    }
}
