//! Prices, amounts of a currency and quantities.

use rust_decimal::Decimal;

use super::NOT_AVAILABLE;
use super::number::{Number, decimals_for, number, signed, trimmed};
use crate::currency;

/// Significant digits of a price of one or more whose tick is not known, or that lies between two ticks (an average, a slipped fill).
const PRICE_DIGITS: usize = 5;
/// The same of a price below one: at most so many, and zeros at the end only within the first few.
const SMALL_PRICE_DIGITS: (usize, usize) = (7, 4);
/// Significant digits of an amount below one.
const AMOUNT_DIGITS: usize = 4;
/// Decimals that any number of money shows at least.
const CENTS: usize = 2;
/// Decimals of a quantity, and of a currency that has no cents.
const COIN_DECIMALS: usize = 8;

/// Writes a price: with the decimals of its tick, and with more where a computed price would lose its digits in them. Without a tick the
/// digits follow the size.
pub fn price(value: impl Number, tick: Option<Decimal>) -> String {
    let size = value.size();
    let (most, least) = if size.abs() < 1.0 { SMALL_PRICE_DIGITS } else { (PRICE_DIGITS, PRICE_DIGITS) };
    let (most, least) = (decimals_for(size, most), decimals_for(size, least));
    match step_decimals(tick) {
        None => trimmed(number(value, CENTS.max(most)), CENTS.max(least)),
        Some(decimals) if is_multiple(value, decimals) => number(value, decimals),
        Some(decimals) => trimmed(number(value, decimals.max(most)), decimals.max(least)),
    }
}

/// Writes an amount of a currency (`USDT`; empty when it is not known) without its name: `10,234.57`, `0.00004078`.
pub fn amount(value: impl Number, currency: &str) -> String {
    let size = value.size();
    let least = CENTS.min(currency::decimals(currency).unwrap_or(CENTS));
    let usual = match currency::decimals(currency) {
        Some(decimals) => decimals,
        // By significance where nothing is known: cents from a hundred on.
        None => CENTS.max(decimals_for(size, PRICE_DIGITS)),
    };
    // A currency's smallest unit does not hide an amount: fees of a fraction of a cent are no zero.
    let needed = if size.abs() < 1.0 { decimals_for(size, AMOUNT_DIGITS) } else { 0 };
    trimmed(number(value, usual.max(needed)), least)
}

/// Writes an amount with the name of its currency: `10,234.57 USDT`.
pub fn amount_in(value: impl Number, currency: &str) -> String {
    let text = amount(value, currency);
    if currency.is_empty() || text == NOT_AVAILABLE { text } else { format!("{text} {currency}") }
}

/// Writes an amount with its sign: `+12.40`.
pub fn signed_amount(value: impl Number, currency: &str) -> String {
    signed(amount(value, currency))
}

/// Writes a quantity of base: with the decimals of its step; one that is no multiple of it, or has none, with up to eight and more where a
/// small one needs them.
pub fn quantity(value: impl Number, step: Option<Decimal>) -> String {
    let size = value.size();
    if let Some(decimals) = step_decimals(step).filter(|decimals| is_multiple(value, *decimals)) {
        return number(value, decimals);
    }
    let usual = (COIN_DECIMALS + 1).saturating_sub(whole_digits(value)).clamp(CENTS, COIN_DECIMALS);
    let needed = if size.abs() < 1.0 { decimals_for(size, AMOUNT_DIGITS) } else { 0 };
    trimmed(number(value, usual.max(needed)), 0)
}

/// Returns the decimals of a tick or step; a step of zero is none.
fn step_decimals(step: Option<Decimal>) -> Option<usize> {
    step.filter(|step| *step > Decimal::ZERO).map(|step| step.normalize().scale() as usize)
}

/// Returns whether a value has no more decimals than these; the noise of an `f64` is no decimal.
fn is_multiple(value: impl Number, decimals: usize) -> bool {
    let plain: f64 = value.plain(decimals).parse().unwrap_or(f64::NAN);
    (plain - value.size()).abs() <= value.size().abs() * 1e-9
}

/// Returns the number of digits before the point.
fn whole_digits(value: impl Number) -> usize {
    value.plain(0).trim_start_matches('-').len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Money, Quantity};

    fn decimal(text: &str) -> Option<Decimal> {
        (!text.is_empty()).then(|| text.parse().expect("a literal decimal"))
    }

    #[test]
    fn prices_follow_their_tick_or_their_size() {
        for (value, tick, text) in [
            (64_123.456, "", "64,123.46"),
            (123.456, "", "123.46"),
            (12.345_67, "", "12.346"),
            (1.5, "", "1.5000"),
            (0.123_456, "", "0.123456"),
            (0.000_010_44, "", "0.00001044"),
            (0.000_010_5, "", "0.00001050"),
            (0.000_000_115_157_55, "", "0.0000001151576"),
            (0.0, "", "0.00"),
            (64_123.4, "0.10", "64,123.4"),
            (64_123.0, "0.01", "64,123.00"),
            (64_123.0, "1", "64,123"),
            (0.000_010_5, "0.00000001", "0.00001050"),
            // A fill that slipped between two ticks keeps what it slipped.
            (0.000_010_505_25, "0.00000001", "0.00001050525"),
            (0.000_000_92, "0.01", "0.0000009200"),
            (0.004, "0.01", "0.004000"),
            (64_123.456_7, "0.01", "64,123.46"),
            (1.0, "0", "1.0000"),
        ] {
            assert_eq!(price(value, decimal(tick)), text, "{value} {tick}");
        }
    }

    #[test]
    fn amounts_have_the_precision_of_their_currency_and_are_never_a_false_zero() {
        for (value, currency, text) in [
            (10_234.567, "USDT", "10,234.57"),
            (-0.0213, "USDT", "-0.0213"),
            (0.5, "USDT", "0.50"),
            (0.000_04, "USDT", "0.00004"),
            (0.0, "USDT", "0.00"),
            (1_234.5, "JPY", "1,234"),
            (0.5, "JPY", "0.5"),
            (0.000_040_78, "BTC", "0.00004078"),
            (-0.000_04, "BTC", "-0.00004"),
            (0.003_959_22, "BTC", "0.00395922"),
            (12.5, "BTC", "12.50"),
            (12.345_678_912, "BTC", "12.34567891"),
            (0.000_000_001_234, "BTC", "0.000000001234"),
            (12_345.678, "", "12,345.68"),
            (1.234_567, "PEPE", "1.2346"),
        ] {
            assert_eq!(amount(value, currency), text, "{value} {currency}");
        }
        let exact: Money = "0.0000407812".parse().unwrap();
        assert_eq!(amount_in(exact, "BTC"), "0.00004078 BTC");
        assert_eq!([amount_in(2.0, ""), amount_in(f64::NAN, "BTC")], ["2.00", "n/a"]);
        assert_eq!([signed_amount(12.4, "EUR"), signed_amount(-12.4, "EUR")], ["+12.40", "-12.40"]);
    }

    #[test]
    fn quantities_follow_their_step_or_their_size() {
        for (value, step, text) in [
            ("0.155823041234", "", "0.15582304"),
            ("952380952.380952", "", "952,380,952.38"),
            ("155.823041234", "", "155.823041"),
            ("2", "", "2"),
            ("0.000000001234", "", "0.000000001234"),
            ("0", "", "0"),
            ("1500", "1", "1,500"),
            ("0.5", "0.00100000", "0.500"),
            ("0.0000012", "0.001", "0.0000012"),
            ("12.7", "1", "12.7"),
        ] {
            let value: Quantity = value.parse().unwrap();
            assert_eq!(quantity(value, decimal(step)), text, "{value} {step}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_not_zero_is_not_written_as_zero(size in -26_i32..17, digits in 1.0..9.99_f64, is_negative: bool) {
            let value = digits * 10_f64.powi(size) * if is_negative { -1.0 } else { 1.0 };
            for text in [price(value, None), price(value, decimal("0.01")), amount(value, "USDT"), amount(value, "BTC"), amount(value, ""), quantity(value, decimal("1"))] {
                let read: f64 = text.replace(',', "").parse().expect("a number");
                proptest::prop_assert!(read != 0.0, "{value} as {text}");
                proptest::prop_assert!((read - value).abs() <= value.abs() * 0.07 || value.abs() >= 1.0, "{value} as {text}");
            }
        }
    }
}
