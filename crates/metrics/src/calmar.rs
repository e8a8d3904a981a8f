//! Calmar ratio: CAGR / |maximum drawdown|.

use crate::figure::Figure;

pub(crate) fn calmar(cagr: &Figure, max_drawdown: f64) -> Figure {
    let cagr = cagr.clone()?;
    if max_drawdown >= 0.0 {
        return Err("equity never fell below a peak: nothing to divide by".to_owned());
    }
    Ok(cagr / max_drawdown.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn divides_by_the_size_of_the_drawdown_and_passes_a_reason_on() {
        assert_eq!(calmar(&Ok(0.3), -0.15), Ok(2.0));
        assert!(calmar(&Ok(0.3), 0.0).is_err());
        assert_eq!(calmar(&Err("short".to_owned()), -0.15), Err("short".to_owned()));
    }
}
