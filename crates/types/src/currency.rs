//! What is known of currencies by their names alone: which of them are quoted in, and their smallest unit.

use crate::Symbol;

/// Currencies that pairs are quoted in, longest first so that `BTCFDUSD` is not read as dollars, each with the decimals of its smallest
/// unit: cents, or the eight of a coin.
const QUOTES: [(&str, usize); 24] = [
    ("FDUSD", 2),
    ("USDT", 2),
    ("USDC", 2),
    ("BUSD", 2),
    ("TUSD", 2),
    ("USDP", 2),
    ("USD1", 2),
    ("DAI", 2),
    ("EURI", 2),
    ("EUR", 2),
    ("GBP", 2),
    ("USD", 2),
    ("AUD", 2),
    ("TRY", 2),
    ("BRL", 2),
    ("UAH", 2),
    ("JPY", 0),
    ("IDR", 0),
    ("KRW", 0),
    ("BTC", 8),
    ("ETH", 8),
    ("BNB", 8),
    ("SOL", 8),
    ("XRP", 8),
];

/// Returns the decimals of a currency's smallest unit, if it is a known one.
pub(crate) fn decimals(currency: &str) -> Option<usize> {
    QUOTES.iter().find(|(name, _)| *name == currency).map(|(_, decimals)| *decimals)
}

/// Returns whether a currency is a coin, of which one is worth much more than a dollar as a rule: `BTC`.
pub fn is_coin(currency: &str) -> bool {
    decimals(currency) == Some(8)
}

impl Symbol {
    /// Returns the asset that prices of this pair are in, as far as the name tells: `USDT` for `BTCUSDT`. Empty when it does not.
    pub fn quote_asset(&self) -> &'static str {
        let name = self.as_str();
        let quote = QUOTES.iter().map(|(quote, _)| *quote);
        quote
            .filter(|quote| name.len() > quote.len() && name.ends_with(quote))
            .max_by_key(|quote| quote.len())
            .unwrap_or_default()
    }

    /// Returns the asset that is bought and sold: `BTC` for `BTCUSDT`. The whole name when it does not tell.
    pub fn base_asset(&self) -> &str {
        let base = self.as_str().strip_suffix(self.quote_asset()).unwrap_or(self.as_str());
        base.trim_end_matches(['-', '_', '.'])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_quote_wins() {
        for (symbol, base, quote) in [
            ("BTCUSDT", "BTC", "USDT"),
            ("BTCFDUSD", "BTC", "FDUSD"),
            ("ETHBTC", "ETH", "BTC"),
            ("BTC-USD", "BTC", "USD"),
            ("USDT", "USDT", ""),
            ("ODD", "ODD", ""),
        ] {
            let symbol: Symbol = symbol.parse().expect("a symbol");
            assert_eq!((symbol.base_asset(), symbol.quote_asset()), (base, quote), "{symbol}");
        }
        assert_eq!(
            [decimals("BTC"), decimals("USDT"), decimals("JPY"), decimals("")],
            [Some(8), Some(2), Some(0), None]
        );
    }
}
