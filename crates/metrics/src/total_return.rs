//! Total return: last equity / initial capital − 1.

pub(crate) fn total_return(initial_capital: f64, final_equity: f64) -> f64 {
    final_equity / initial_capital - 1.0
}
