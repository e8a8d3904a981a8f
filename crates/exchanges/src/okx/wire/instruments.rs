//! The traded pairs of OKX spot and their rules.

use rust_decimal::Decimal;
use serde::Deserialize;
use types::{Instrument, InstrumentFilters, InstrumentStatus};

use super::read_data;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct InstrumentBody {
    inst_id: String,
    base_ccy: String,
    quote_ccy: String,
    state: String,
    /// Empty until a pair is listed.
    #[serde(default)]
    tick_sz: String,
    #[serde(default)]
    lot_sz: String,
    #[serde(default)]
    min_sz: String,
    #[serde(default)]
    max_lmt_sz: String,
}

/// Reads the answer of `/api/v5/public/instruments`. Pairs whose name we cannot use are left out and logged.
pub(crate) fn read_instruments(body: &[u8]) -> Result<Vec<Instrument>, String> {
    let pairs: Vec<InstrumentBody> = read_data(body, "instruments")?;
    pairs.into_iter().filter_map(|pair| read_pair(pair).transpose()).collect()
}

fn read_pair(body: InstrumentBody) -> Result<Option<Instrument>, String> {
    let symbol = match body.inst_id.parse() {
        Ok(symbol) => symbol,
        Err(error) => {
            tracing::warn!("the exchange lists a pair we leave out: {error}");
            return Ok(None);
        }
    };
    let bound = |name: &str, text: &str| {
        read_bound(text)
            .map_err(|()| format!("instruments, {symbol}: {name} is '{text}', not a positive decimal"))
    };
    // Sizes of spot pairs are in base currency. OKX bounds what an order may be worth in dollars, not in quote currency.
    let filters = InstrumentFilters {
        tick_size: bound("tickSz", &body.tick_sz)?,
        step_size: bound("lotSz", &body.lot_sz)?,
        min_quantity: bound("minSz", &body.min_sz)?,
        max_quantity: bound("maxLmtSz", &body.max_lmt_sz)?,
        min_notional: None,
        max_notional: None,
    };
    // suspend, preopen, test and whatever comes next: only live takes orders.
    let status = if body.state == "live" { InstrumentStatus::Trading } else { InstrumentStatus::Halted };
    Ok(Some(Instrument { symbol, base: body.base_ccy, quote: body.quote_ccy, status, filters }))
}

fn read_bound(text: &str) -> Result<Option<Decimal>, ()> {
    if text.is_empty() {
        return Ok(None);
    }
    match Decimal::from_str_exact(text) {
        Ok(value) if !value.is_sign_negative() => {
            Ok(Some(value.normalize()).filter(|value| !value.is_zero()))
        }
        _ => Err(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = r#"{"code":"0","msg":"","data":[
        {"instType":"SPOT","instId":"BTC-USDT","uly":"","baseCcy":"BTC","quoteCcy":"USDT","listTime":"1606468572000",
         "tickSz":"0.1","lotSz":"0.00000001","minSz":"0.00001","maxLmtSz":"9999999999","state":"live","new":[1]},
        {"instType":"SPOT","instId":"NEW-USDT","baseCcy":"NEW","quoteCcy":"USDT","tickSz":"","lotSz":"","minSz":"",
         "maxLmtSz":"","state":"preopen"},
        {"instType":"SPOT","instId":"../up","baseCcy":"A","quoteCcy":"B","state":"live"}]}"#;

    #[test]
    fn pairs_and_their_rules_are_read() {
        let pairs = read_instruments(BODY.as_bytes()).unwrap();
        assert_eq!(pairs.len(), 2);
        let text = |value: Option<Decimal>| value.map(|value| value.to_string());
        let btc = &pairs[0];
        assert_eq!((btc.symbol.as_str(), btc.base.as_str(), btc.quote.as_str()), ("BTC-USDT", "BTC", "USDT"));
        assert_eq!(btc.status, InstrumentStatus::Trading);
        assert_eq!(text(btc.filters.tick_size).as_deref(), Some("0.1"));
        assert_eq!(text(btc.filters.step_size).as_deref(), Some("0.00000001"));
        assert_eq!(text(btc.filters.min_quantity).as_deref(), Some("0.00001"));
        assert_eq!(pairs[1].status, InstrumentStatus::Halted);
        assert_eq!(pairs[1].filters, InstrumentFilters::default());
    }

    #[test]
    fn a_rule_that_is_no_number_is_named() {
        let error = read_instruments(BODY.replace("\"0.1\"", "\"a lot\"").as_bytes()).unwrap_err();
        assert!(error.contains("BTC-USDT: tickSz is 'a lot'"), "{error}");
    }
}
