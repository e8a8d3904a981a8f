//! A column of numbers that was looked at while it was made.
//!
//! Invariant: none of them is infinite or NaN. Whoever fills such a column has its values at hand anyway, several threads may fill
//! several, and [`Bars`](super::Bars) need not go through all of them once more.

/// Finite numbers.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FiniteColumn(Vec<f64>);

impl FiniteColumn {
    /// Returns an empty column with room for some.
    pub fn with_capacity(rows: usize) -> Self {
        Self(Vec::with_capacity(rows))
    }

    /// Takes over numbers.
    ///
    /// # Errors
    /// The position of the first that is not finite.
    pub fn new(values: Vec<f64>) -> Result<Self, usize> {
        check(&values).map(|()| Self(values))
    }

    /// Appends numbers.
    ///
    /// # Errors
    /// The position, among the new ones, of the first that is not finite; then none was appended.
    pub fn extend(&mut self, values: impl Iterator<Item = f64>) -> Result<(), usize> {
        let rows = self.0.len();
        self.0.extend(values);
        // Looked at while they are still in the caches.
        check(&self.0[rows..]).inspect_err(|_| self.0.truncate(rows))
    }

    /// Returns the numbers.
    pub fn as_slice(&self) -> &[f64] {
        &self.0
    }
}

impl From<FiniteColumn> for Vec<f64> {
    fn from(column: FiniteColumn) -> Self {
        column.0
    }
}

fn check(values: &[f64]) -> Result<(), usize> {
    // Without an early way out several are looked at in one step.
    let is_finite = values.iter().fold(true, |all, value| all & value.is_finite());
    if is_finite { Ok(()) } else { values.iter().position(|value| !value.is_finite()).map_or(Ok(()), Err) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_finite_numbers_get_in() {
        let mut column = FiniteColumn::with_capacity(3);
        assert_eq!(column.extend([1.0, f64::MAX].into_iter()), Ok(()));
        assert_eq!(column.extend([2.0, f64::NEG_INFINITY, f64::NAN].into_iter()), Err(1));
        assert_eq!(FiniteColumn::new(vec![f64::NAN]), Err(0));
        assert_eq!(column.as_slice(), [1.0, f64::MAX]);
    }
}
