//! What is nearly reached, "1 more coffee for a free one": under the basket where rows are free, else beside it. A line of
//! the basket is never pushed out for it.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use super::{Common, paint};
use crate::counter::view::name_of;
use crate::loyalty::engine::Nearly;
use crate::words;

/// The most hints under a basket, on a narrow screen and on a wide one.
const MOST: usize = 3;
const MOST_WIDE: usize = 6;

/// A hint with its sign and its program, for a cashier to say.
pub fn text(nearly: &Nearly, common: &Common) -> String {
    let name = name_of(&common.serving.names, &nearly.program);
    let what = words::nearly(nearly, common.currency);
    common.look.text(&format!("+ {what} ({name})"))
}

/// Draws the best hints at the foot of this area, one row each. Answers how many.
pub fn below(frame: &mut Frame, area: Rect, free: usize, common: &Common) -> usize {
    let most = if area.width >= 70 { MOST_WIDE } else { MOST };
    let shown = common.serving.nearly.iter().take(most.min(free));
    let width = usize::from(area.width).saturating_sub(2);
    let rows: Vec<Line<'_>> = shown
        .map(|nearly| {
            let text = paint::left(&text(nearly, common), width);
            paint::styled(format!(" {text}"), common.look.hint())
        })
        .collect();
    let many = rows.len();
    let height = u16::try_from(many).unwrap_or(0);
    let foot = Rect {
        y: area.y + area.height.saturating_sub(height),
        height,
        ..area
    };
    frame.render_widget(Paragraph::new(rows), foot);
    many
}

/// The same for the panel beside the basket: whole hints, as far as there is room.
pub fn beside(common: &Common, width: usize, room: usize) -> Vec<Line<'static>> {
    let mut rows = Vec::new();
    for nearly in &common.serving.nearly {
        let lines = paint::wrapped(&text(nearly, common), width, common.look.hint());
        if rows.len() + lines.len() > room {
            break;
        }
        rows.extend(lines);
    }
    rows
}
