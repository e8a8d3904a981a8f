//! What a shape is for, rather than which colour it has: a class for the page's theme and a colour for a file that stands alone.

use plotters::style::RGBColor;

/// The background that a chart is drawn for. It chooses the colours of a file without a style sheet; the ground itself is not painted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// Light shapes on a dark ground.
    #[default]
    Dark,
    /// Dark shapes on a light ground.
    Light,
}

/// The purpose of a shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ink {
    Text,
    Label,
    Grid,
    Baseline,
    Up,
    Down,
    Hold,
    Surface,
    /// The drawdown's line, area and figure: no red, which is the equity's on a losing run.
    Drawdown,
    /// A gain in letters, which need more contrast than a line.
    GainText,
    /// A loss in letters.
    LossText,
}

impl Ink {
    const ALL: [Ink; 11] = [
        Ink::Text,
        Ink::Label,
        Ink::Grid,
        Ink::Baseline,
        Ink::Up,
        Ink::Down,
        Ink::Hold,
        Ink::Surface,
        Ink::Drawdown,
        Ink::GainText,
        Ink::LossText,
    ];

    /// Returns up for a gain or nothing, down for a loss.
    pub(crate) fn of_change(change: f64) -> Self {
        if change < 0.0 { Ink::Down } else { Ink::Up }
    }

    /// Returns the same for letters; nothing gained and nothing lost has no colour.
    pub(crate) fn of_change_text(change: f64) -> Self {
        if change < 0.0 {
            Ink::LossText
        } else if change > 0.0 {
            Ink::GainText
        } else {
            Ink::Text
        }
    }

    /// Returns the colour under which plotters carries this purpose to the canvas: only a number, never shown.
    pub(crate) fn carrier(self) -> RGBColor {
        let number = Self::ALL.iter().position(|ink| *ink == self).and_then(|place| u8::try_from(place).ok());
        RGBColor(0, 0, number.unwrap_or(0))
    }

    /// Reads what [`Self::carrier`] wrote.
    pub(crate) fn of_carrier((_, _, number): (u8, u8, u8)) -> Self {
        Self::ALL.get(usize::from(number)).copied().unwrap_or(Ink::Text)
    }

    pub(crate) const fn class(self) -> &'static str {
        match self {
            Ink::Text => "chart-text",
            Ink::Label => "chart-label",
            Ink::Grid => "chart-grid",
            Ink::Baseline => "chart-baseline",
            Ink::Up => "chart-up",
            Ink::Down => "chart-down",
            Ink::Hold => "chart-hold",
            Ink::Surface => "chart-surface",
            Ink::Drawdown => "chart-drawdown",
            Ink::GainText => "chart-gain-text",
            Ink::LossText => "chart-loss-text",
        }
    }

    pub(crate) const fn color(self, theme: Theme) -> &'static str {
        match (self, theme) {
            (Ink::Text, Theme::Dark) => "#E6EAEE",
            (Ink::Text, Theme::Light) => "#1B2127",
            (Ink::Up, _) => "#26A69A",
            (Ink::Down, _) => "#EF5350",
            (Ink::GainText, Theme::Dark) => "#2FBFB1",
            (Ink::GainText, Theme::Light) => "#097268",
            (Ink::LossText, Theme::Dark) => "#F5716E",
            (Ink::LossText, Theme::Light) => "#C92A27",
            (Ink::Drawdown, Theme::Dark) => "#E6B450",
            (Ink::Drawdown, Theme::Light) => "#8A5A00",
            (Ink::Label | Ink::Grid | Ink::Baseline | Ink::Hold, Theme::Dark) => "#8B95A1",
            (Ink::Label | Ink::Grid | Ink::Baseline, Theme::Light) => "#66707B",
            (Ink::Hold, Theme::Light) => "#A3ABB4",
            // Dark letters on the tag: white ones on this green would have a contrast of 3 to 1.
            (Ink::Surface, _) => "#0B0E11",
        }
    }

    /// Returns the lengths of dashes and gaps of a line, `None` for a whole one.
    pub(crate) const fn dashes(self) -> Option<&'static str> {
        match self {
            Ink::Baseline => Some("2 4"),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The page's own sheet, so that no class is left without a colour there.
    const STYLESHEET: &str = include_str!("../../../style/drawings.css");

    #[test]
    fn a_carrier_brings_back_its_ink_and_every_class_is_styled() {
        for ink in Ink::ALL {
            let RGBColor(red, green, blue) = ink.carrier();
            assert_eq!(Ink::of_carrier((red, green, blue)), ink);
            assert!(STYLESHEET.contains(&format!(".{} {{", ink.class())), "{ink:?}");
        }
    }
}
