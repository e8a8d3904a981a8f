//! Monthly returns as a table of years and months, each cell with the strength of its colour.

use metrics::MonthlyReturn;

/// The table, years rising.
#[derive(Debug, Clone, PartialEq)]
pub struct MonthlyTable {
    /// One row per calendar year.
    pub years: Vec<YearRow>,
}

/// A year of the table.
#[derive(Debug, Clone, PartialEq)]
pub struct YearRow {
    /// The calendar year, UTC.
    pub year: i32,
    /// January to December; `None` for a month that the run does not touch.
    pub months: [Option<MonthCell>; 12],
    /// The months compounded; `None` when one of them has no return.
    pub total: Option<f64>,
}

/// A month of the table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MonthCell {
    /// The return; `None` when it has no base.
    pub value: Option<f64>,
    /// From −4 (worst) over 0 (nothing) to 4 (best): the strength of the colour.
    pub heat: i8,
}

/// Bounds of the four strengths. Fixed rather than relative to the run, so that two runs can be compared by eye.
const HEAT: [f64; 4] = [0.0, 0.02, 0.05, 0.10];

/// Arranges returns, which come in order of time, by year.
pub fn monthly_table(returns: &[MonthlyReturn]) -> MonthlyTable {
    let mut years: Vec<YearRow> = Vec::new();
    for entry in returns {
        if years.last().is_none_or(|row| row.year != entry.year) {
            years.push(YearRow { year: entry.year, months: [None; 12], total: Some(0.0) });
        }
        let index = usize::try_from(entry.month).ok().and_then(|month| month.checked_sub(1));
        let (Some(row), Some(index)) = (years.last_mut(), index) else { continue };
        if let Some(cell) = row.months.get_mut(index) {
            *cell = Some(MonthCell { value: entry.value, heat: heat(entry.value) });
            row.total = row.total.zip(entry.value).map(|(total, value)| (1.0 + total) * (1.0 + value) - 1.0);
        }
    }
    MonthlyTable { years }
}

fn heat(value: Option<f64>) -> i8 {
    let Some(value) = value else { return 0 };
    let strength = HEAT.iter().filter(|bound| value.abs() > **bound).count();
    let strength = i8::try_from(strength).unwrap_or(4);
    if value < 0.0 { -strength } else { strength }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(year: i32, month: u32, value: Option<f64>) -> MonthlyReturn {
        MonthlyReturn { year, month, value }
    }

    #[test]
    fn months_go_to_their_year_and_compound() {
        let table = monthly_table(&[
            entry(2023, 12, Some(0.1)),
            entry(2024, 1, Some(-0.5)),
            entry(2024, 2, Some(1.0)),
        ]);
        assert_eq!(table.years.len(), 2);
        assert_eq!(table.years[0].months[11], Some(MonthCell { value: Some(0.1), heat: 3 }));
        assert_eq!(table.years[0].months[0], None);
        assert_eq!(table.years[1].total, Some(0.0));
    }

    #[test]
    fn a_month_without_a_base_leaves_its_year_without_a_total() {
        let table =
            monthly_table(&[entry(2024, 1, Some(-1.0)), entry(2024, 2, None), entry(2024, 13, Some(1.0))]);
        assert_eq!(table.years[0].total, None);
        assert_eq!(table.years[0].months[1], Some(MonthCell { value: None, heat: 0 }));
        assert!(monthly_table(&[]).years.is_empty());
    }

    #[test]
    fn heat_grows_with_the_return() {
        let heats = [0.0, 0.01, 0.03, 0.07, 0.5, -0.01, -0.5].map(|value| heat(Some(value)));
        assert_eq!(heats, [0, 1, 2, 3, 4, -1, -4]);
    }
}
