//! How wide a label is; how it is written is the house's formatter's to know.

/// Returns how wide a text is about, in pixels; the browser's font is not known here.
pub(crate) fn width(text: &str, size: f64) -> f64 {
    let em = |letter: char| match letter {
        '.' | ',' | ' ' | 'i' | 'l' | 'j' | '(' | ')' => 0.32,
        'M' | 'W' | 'm' | 'w' | '%' => 0.88,
        _ => 0.59,
    };
    text.chars().map(em).sum::<f64>() * size
}
