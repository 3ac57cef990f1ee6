//! Small brushes: text that fits its cells, big digits, spans of time.

use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::loyalty::calendar::Moment;
use crate::receipt;

/// Exactly so many cells: cut with a sign, or filled up on the right.
pub fn left(text: &str, width: usize) -> String {
    let text = receipt::clean(text);
    if text.width() <= width {
        return format!("{text}{}", " ".repeat(width - text.width()));
    }
    let mut cut = String::new();
    let mut used = 0;
    for c in text.chars() {
        let cells = c.width().unwrap_or(0);
        if used + cells + 2 > width {
            break;
        }
        cut.push(c);
        used += cells;
    }
    let dots = "..".chars().take(width - used);
    cut.extend(dots);
    let missing = width.saturating_sub(cut.width());
    format!("{cut}{}", " ".repeat(missing))
}

/// Exactly so many cells, filled up on the left.
pub fn right(text: &str, width: usize) -> String {
    let text = receipt::clean(text);
    if text.width() > width {
        return left(&text, width);
    }
    format!("{}{text}", " ".repeat(width - text.width()))
}

/// Left and right at the ends of a line of this width.
pub fn pair(text: &str, end: &str, width: usize) -> String {
    let end_width = receipt::clean(end).width().min(width);
    format!("{}{}", left(text, width - end_width), right(end, end_width))
}

/// A line in one style.
pub fn styled<'a>(text: impl Into<String>, style: Style) -> Line<'a> {
    Line::from(Span::styled(text.into(), style))
}

/// Words broken into lines of one style.
pub fn wrapped<'a>(text: &str, width: usize, style: Style) -> Vec<Line<'a>> {
    let text = receipt::clean(text);
    receipt::wrap(&text, width.max(1))
        .into_iter()
        .map(|line| styled(line, style))
        .collect()
}

/// How long ago, in the two largest units: "2 h 10", "45 s", "3 d 4 h".
pub fn age(since: Moment, now: Moment) -> String {
    let seconds = (now.millis() - since.millis()).max(0) / 1000;
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, m) => format!("{m} min"),
        (0, h, m) => format!("{h} h {:02}", m % 60),
        (d, h, _) => format!("{d} d {} h", h % 24),
    }
}

/// Digits of five rows, to be read from the other side of the counter. None where they do not fit.
pub fn big(text: &str, area: Rect, ascii: bool) -> Option<Vec<String>> {
    let glyphs: Vec<[&str; 5]> = text.chars().map(glyph).collect::<Option<_>>()?;
    let rows: Vec<String> = (0..5)
        .map(|row| {
            let cells: Vec<&str> = glyphs.iter().map(|glyph| glyph[row]).collect();
            cells.join(" ").replace('#', if ascii { "#" } else { "█" })
        })
        .collect();
    let fits = area.height >= 5 && rows[0].width() <= usize::from(area.width);
    fits.then_some(rows)
}

fn glyph(c: char) -> Option<[&'static str; 5]> {
    Some(match c {
        '0' => ["###", "# #", "# #", "# #", "###"],
        '1' => [" # ", "## ", " # ", " # ", "###"],
        '2' => ["###", "  #", "###", "#  ", "###"],
        '3' => ["###", "  #", "###", "  #", "###"],
        '4' => ["# #", "# #", "###", "  #", "  #"],
        '5' => ["###", "#  ", "###", "  #", "###"],
        '6' => ["###", "#  ", "###", "# #", "###"],
        '7' => ["###", "  #", "  #", "  #", "  #"],
        '8' => ["###", "# #", "###", "# #", "###"],
        '9' => ["###", "# #", "###", "  #", "###"],
        '.' => [" ", " ", " ", " ", "#"],
        '-' => ["   ", "   ", "###", "   ", "   "],
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_fits_its_cells_whatever_it_is() {
        for text in [
            "",
            "Chai",
            "Masala chai 200 ml",
            "हिन्दी चाय",
            "漢字漢字漢字",
            "a\u{1b}[31mb",
        ] {
            for width in 0..14 {
                assert_eq!(left(text, width).width(), width, "{text:?} in {width}");
                assert_eq!(right(text, width).width(), width, "{text:?} in {width}");
            }
        }
    }

    #[test]
    fn an_age_is_said_in_two_units() {
        let at = |seconds: i64| age(Moment::from_millis(0), Moment::from_millis(seconds * 1000));
        for (seconds, said) in [
            (45, "45 s"),
            (600, "10 min"),
            (7800, "2 h 10"),
            (100_000, "1 d 3 h"),
        ] {
            assert_eq!(at(seconds), said);
        }
    }
}
