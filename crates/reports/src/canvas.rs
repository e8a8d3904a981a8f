//! The SVG that plotters draws on: classes instead of fixed colours, tenths of a pixel instead of whole ones, text that stays text.
//!
//! plotters' own SVG backend rounds every point to a whole pixel, which shows as stairs in a scaled chart, and writes colours that no
//! theme can change. Here coordinates are tenths, and a colour is the number of an [`Ink`].

use std::convert::Infallible;
use std::fmt::Write as _;

use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind, FontStyle,
};

use crate::ink::{Ink, Theme};

/// Units of the canvas per pixel of the chart.
pub(crate) const SCALE: i32 = 10;

/// The body of a chart in the making.
#[derive(Debug)]
pub(crate) struct Canvas<'a> {
    body: &'a mut String,
    size: (u32, u32),
    theme: Theme,
}

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

impl<'a> Canvas<'a> {
    /// Draws into `body`; `size` is in pixels.
    pub(crate) fn new(body: &'a mut String, size: (u32, u32), theme: Theme) -> Self {
        Self { body, size, theme }
    }

    /// Writes the attributes that every shape has.
    fn ink(&self, color: BackendColor) -> String {
        let ink = Ink::of_carrier(color.rgb);
        let mut text = format!("class=\"{}\" color=\"{}\"", ink.class(), ink.color(self.theme));
        if color.alpha < 1.0 {
            push(&mut text, format_args!(" opacity=\"{:.2}\"", color.alpha));
        }
        text
    }

    /// Writes a path in steps from point to point, which are shorter than places and, being whole tenths, exact.
    fn path(&mut self, points: impl IntoIterator<Item = BackendCoord>, closed: bool, attributes: &str) {
        let mut data = String::new();
        let mut before = (0, 0);
        for (index, (x, y)) in points.into_iter().enumerate() {
            let letter = match index {
                0 => "M",
                1 => "l",
                _ => " ",
            };
            push(&mut data, format_args!("{letter}{} {}", Pixels(x - before.0), Pixels(y - before.1)));
            before = (x, y);
        }
        if closed {
            data.push('Z');
        }
        push(self.body, format_args!("<path d=\"{data}\" {attributes}/>\n"));
    }

    fn stroke<S: BackendStyle>(&self, style: &S) -> String {
        let color = style.color();
        let width = Pixels(i32::try_from(style.stroke_width()).unwrap_or(SCALE));
        let mut text =
            format!("{} fill=\"none\" stroke=\"currentColor\" stroke-width=\"{width}\"", self.ink(color));
        if let Some(dashes) = Ink::of_carrier(color.rgb).dashes() {
            push(&mut text, format_args!(" stroke-dasharray=\"{dashes}\""));
        }
        text
    }

    /// Writes plain text, or the runs of [`runs`] as spans that follow one another whatever the font's widths are.
    fn spans(&self, text: &str) -> String {
        let mut runs = text.split(RUN);
        let mut spans = escape(runs.next().unwrap_or_default());
        for (index, run) in runs.enumerate() {
            let mut letters = run.chars();
            let number = letters
                .next()
                .and_then(|digit| digit.to_digit(36))
                .and_then(|digit| u8::try_from(digit).ok());
            let ink = Ink::of_carrier((0, 0, number.unwrap_or_default()));
            let weight = if letters.next() == Some('b') { " font-weight=\"600\"" } else { "" };
            let gap = if index == 0 { "" } else { " dx=\"8\"" };
            let (class, color, text) = (ink.class(), ink.color(self.theme), escape(letters.as_str()));
            push(
                &mut spans,
                format_args!(
                    "<tspan class=\"{class}\" color=\"{color}\" fill=\"currentColor\"{weight}{gap}>{text}</tspan>"
                ),
            );
        }
        spans
    }

    fn fill(&self, color: BackendColor) -> String {
        format!("{} fill=\"currentColor\"", self.ink(color))
    }
}

/// Starts a run within a text; plotters passes it through, and [`escape`] would drop it from anything a user wrote.
const RUN: char = '\u{1f}';

/// Returns one text of several runs, each with its ink and weight.
pub(crate) fn runs(runs: &[(&str, Ink, bool)]) -> String {
    let run = |&(text, ink, bold): &(&str, Ink, bool)| {
        let weight = if bold { 'b' } else { 'n' };
        let number = char::from_digit(ink.carrier().2.into(), 36).unwrap_or('0');
        format!("{RUN}{number}{weight}{}", text.replace(RUN, " "))
    };
    runs.iter().map(run).collect()
}

/// A length of the canvas as the file says it: pixels with at most one decimal.
struct Pixels(i32);

impl std::fmt::Display for Pixels {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (whole, tenth) = (self.0.abs() / SCALE, self.0.abs() % SCALE);
        let sign = if self.0 < 0 { "-" } else { "" };
        if tenth == 0 { write!(f, "{sign}{whole}") } else { write!(f, "{sign}{whole}.{tenth}") }
    }
}

/// Appends to a text, which cannot fail.
fn push(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    let written = text.write_fmt(arguments);
    debug_assert!(written.is_ok(), "Invariant: a String takes any text");
}

/// Escapes text for XML and drops control characters, which XML cannot hold.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\u{fffe}' | '\u{ffff}' => {}
            letter if letter.is_control() => escaped.push(' '),
            letter => escaped.push(letter),
        }
    }
    escaped
}

/// Wraps a body: no fixed width, a name and a description for those who do not see it.
pub(crate) fn document(
    body: &str,
    class: &str,
    (width, height): (u32, u32),
    title: &str,
    description: &str,
) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"{class}\" viewBox=\"0 0 {width} {height}\" role=\"img\" \
         font-family=\"Inter, system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif\">\n\
         <title>{}</title>\n<desc>{}</desc>\n{body}</svg>\n",
        escape(title),
        escape(description)
    )
}

impl DrawingBackend for Canvas<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        let scale = SCALE.unsigned_abs();
        (self.size.0 * scale, self.size.1 * scale)
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, (x, y): BackendCoord, color: BackendColor) -> Drawn {
        let fill = self.fill(color);
        let (x, y) = (Pixels(x), Pixels(y));
        push(self.body, format_args!("<rect x=\"{x}\" y=\"{y}\" width=\"0.1\" height=\"0.1\" {fill}/>\n"));
        Ok(())
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Drawn {
        self.draw_path([from, to], style)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        let stroke = self.stroke(style);
        self.path(path, false, &format!("{stroke} stroke-linejoin=\"round\""));
        Ok(())
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        (left, top): BackendCoord,
        (right, bottom): BackendCoord,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let attributes = if fill { self.fill(style.color()) } else { self.stroke(style) };
        let (width, height) = (Pixels(right - left), Pixels(bottom - top));
        let (x, y) = (Pixels(left), Pixels(top));
        push(
            self.body,
            format_args!(
                "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"3\" {attributes}/>\n"
            ),
        );
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        (x, y): BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let attributes = if fill { self.fill(style.color()) } else { self.stroke(style) };
        let radius = Pixels(i32::try_from(radius).unwrap_or(SCALE));
        let (x, y) = (Pixels(x), Pixels(y));
        push(self.body, format_args!("<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\" {attributes}/>\n"));
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        points: I,
        style: &S,
    ) -> Drawn {
        let fill = self.fill(style.color());
        self.path(points, true, &fill);
        Ok(())
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, (x, y): BackendCoord) -> Drawn {
        let anchor = match style.anchor().h_pos {
            HPos::Left => "start",
            HPos::Center => "middle",
            HPos::Right => "end",
        };
        let shift = match style.anchor().v_pos {
            VPos::Top => "0.76em",
            VPos::Center => "0.35em",
            VPos::Bottom => "-0.24em",
        };
        let weight = if matches!(style.style(), FontStyle::Bold) { " font-weight=\"600\"" } else { "" };
        let (x, y, size) = (Pixels(x), Pixels(y), style.size() / f64::from(SCALE));
        let fill = self.fill(style.color());
        push(
            self.body,
            format_args!(
                "<text x=\"{x}\" y=\"{y}\" dy=\"{shift}\" text-anchor=\"{anchor}\" font-size=\"{size}\"{weight} {fill}>{}</text>\n",
                self.spans(text)
            ),
        );
        Ok(())
    }

    fn estimate_text_size<S: BackendTextStyle>(
        &self,
        text: &str,
        style: &S,
    ) -> Result<(u32, u32), DrawingErrorKind<Infallible>> {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "an estimate of a short text"
        )]
        let units = |pixels: f64| (pixels * f64::from(SCALE)) as u32;
        let size = style.size() / f64::from(SCALE);
        Ok((units(crate::labels::width(text, size)), units(size)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_have_at_most_one_decimal() {
        let texts = [0, 5, -5, 10, 123, -1230].map(|length| Pixels(length).to_string());
        assert_eq!(texts, ["0", "0.5", "-0.5", "1", "12.3", "-123"]);
    }

    #[test]
    fn runs_become_spans() {
        let mut body = String::new();
        let canvas = Canvas::new(&mut body, (1, 1), Theme::Dark);
        let spans = canvas.spans(&runs(&[("a<\u{1f}0b", Ink::Up, true), ("c", Ink::Text, false)]));
        assert_eq!(
            spans,
            "<tspan class=\"chart-up\" color=\"#26A69A\" fill=\"currentColor\" font-weight=\"600\">a&lt; 0b</tspan>\
             <tspan class=\"chart-text\" color=\"#E6EAEE\" fill=\"currentColor\" dx=\"8\">c</tspan>"
        );
    }

    #[test]
    fn text_cannot_break_out_of_its_element() {
        assert_eq!(escape("a<b>&\"c\"'d'\u{1}"), "a&lt;b&gt;&amp;&quot;c&quot;&#39;d&#39; ");
        let svg = document("", "chart", (10, 20), "</title><script>", "x");
        assert!(!svg.contains("<script>") && svg.contains("viewBox=\"0 0 10 20\""));
    }
}
