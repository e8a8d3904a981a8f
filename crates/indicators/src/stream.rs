//! One shape for all indicators, so that charts and the command line can run any of them over bars.
//!
//! Strategies call the indicators themselves; this layer costs a virtual call per bar and is not for the engine's loop.

use std::fmt;

use types::Bar;

use crate::{Atr, Bollinger, Ema, Macd, Obv, Rsi, Sma, Stochastic, Wma};

/// An indicator fed with whole bars; averages and oscillators of one value read the close.
pub trait Stream: fmt::Debug {
    /// Takes the next bar and writes the outputs in the order of the registry, `None` for what is not defined yet.
    fn next_bar(&mut self, bar: &Bar, outputs: &mut [Option<f64>]);
}

/// Writes as many outputs as both sides have.
fn write(outputs: &mut [Option<f64>], values: &[Option<f64>]) {
    for (output, value) in outputs.iter_mut().zip(values) {
        *output = *value;
    }
}

macro_rules! of_the_close {
    ($($indicator:ident)+) => {
        $(impl Stream for $indicator {
            fn next_bar(&mut self, bar: &Bar, outputs: &mut [Option<f64>]) {
                write(outputs, &[self.next(bar.close)]);
            }
        })+
    };
}

of_the_close!(Ema Rsi Sma Wma);

impl Stream for Atr {
    fn next_bar(&mut self, bar: &Bar, outputs: &mut [Option<f64>]) {
        write(outputs, &[self.next(bar.high, bar.low, bar.close)]);
    }
}

impl Stream for Bollinger {
    fn next_bar(&mut self, bar: &Bar, outputs: &mut [Option<f64>]) {
        let bands = self.next(bar.close).map(|bands| [bands.upper, bands.middle, bands.lower]);
        write(outputs, &bands.map_or([None; 3], |bands| bands.map(Some)));
    }
}

impl Stream for Macd {
    fn next_bar(&mut self, bar: &Bar, outputs: &mut [Option<f64>]) {
        let lines = self.next(bar.close).map(|lines| [lines.macd, lines.signal, lines.histogram]);
        write(outputs, &lines.map_or([None; 3], |lines| lines.map(Some)));
    }
}

impl Stream for Obv {
    fn next_bar(&mut self, bar: &Bar, outputs: &mut [Option<f64>]) {
        write(outputs, &[Some(self.next(bar.close, bar.volume))]);
    }
}

impl Stream for Stochastic {
    fn next_bar(&mut self, bar: &Bar, outputs: &mut [Option<f64>]) {
        let lines = self.next(bar.high, bar.low, bar.close).map(|lines| [lines.k, lines.d]);
        write(outputs, &lines.map_or([None; 2], |lines| lines.map(Some)));
    }
}
