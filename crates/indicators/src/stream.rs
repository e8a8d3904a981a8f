//! One shape for all indicators, so that charts and the command line can run any of them over bars.
//!
//! Every line of an indicator is defined from the same bar on, and then at every bar.

use std::fmt;

use types::{Bar, Bars};

use crate::{Atr, Bollinger, Ema, Macd, Obv, Rsi, Sma, Stochastic, Wma};

/// An indicator fed with whole bars; averages and oscillators of one value read the close.
pub trait Stream: fmt::Debug {
    /// Takes the next bar. Once it is defined, writes the outputs in the order of the registry and returns `true`.
    fn next_bar(&mut self, bar: &Bar, outputs: &mut [f64]) -> bool;

    /// Runs over a whole series, to the same bits as bar by bar: appends the values of each output to its column, from the first bar
    /// on which they are defined. Returns how many bars there are before it, all of them when it is never defined.
    fn run(&mut self, bars: &Bars, columns: &mut [Vec<f64>]) -> usize {
        let mut warm_up = 0;
        let mut row = vec![f64::NAN; columns.len()];
        for bar in bars.iter() {
            if self.next_bar(&bar, &mut row) {
                for (column, value) in columns.iter_mut().zip(&row) {
                    column.push(*value);
                }
            } else {
                warm_up += 1;
            }
        }
        warm_up
    }
}

/// Writes as many outputs as both sides have, if there are any.
fn write<const N: usize>(outputs: &mut [f64], values: Option<[f64; N]>) -> bool {
    let Some(values) = values else { return false };
    for (output, value) in outputs.iter_mut().zip(values) {
        *output = value;
    }
    true
}

macro_rules! of_the_close {
    ($($indicator:ident)+) => {
        $(impl Stream for $indicator {
            fn next_bar(&mut self, bar: &Bar, outputs: &mut [f64]) -> bool {
                write(outputs, self.next(bar.close).map(|value| [value]))
            }
        })+
    };
}

of_the_close!(Ema Rsi Sma Wma);

impl Stream for Atr {
    fn next_bar(&mut self, bar: &Bar, outputs: &mut [f64]) -> bool {
        write(outputs, self.next(bar.high, bar.low, bar.close).map(|value| [value]))
    }
}

impl Stream for Bollinger {
    fn next_bar(&mut self, bar: &Bar, outputs: &mut [f64]) -> bool {
        write(outputs, self.next(bar.close).map(|bands| [bands.upper, bands.middle, bands.lower]))
    }
}

impl Stream for Macd {
    fn next_bar(&mut self, bar: &Bar, outputs: &mut [f64]) -> bool {
        write(outputs, self.next(bar.close).map(|lines| [lines.macd, lines.signal, lines.histogram]))
    }
}

impl Stream for Obv {
    fn next_bar(&mut self, bar: &Bar, outputs: &mut [f64]) -> bool {
        write(outputs, Some([self.next(bar.close, bar.volume)]))
    }
}

impl Stream for Stochastic {
    fn next_bar(&mut self, bar: &Bar, outputs: &mut [f64]) -> bool {
        write(outputs, self.next(bar.high, bar.low, bar.close).map(|lines| [lines.k, lines.d]))
    }
}
