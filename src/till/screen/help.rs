//! The keys of the till.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::super::keys::KEYS;
use super::super::message::Command;
use super::{Common, Event, Screen, Turn, frame as around};

/// What can be typed, in at most 27 characters.
const TYPING: [(&str, &str); 7] = [
    ("scan", "goods or card, at any time"),
    ("3* + scan", "three of them"),
    ("*3 Enter", "the marked line is three"),
    ("+  -", "one more, one fewer"),
    ("Up Down", "marks a line; Page Up, Down"),
    ("Enter", "on an empty line: go on"),
    ("Esc", "empties the line; back"),
];

/// Help and status leave with any key that asks for another screen; scans go to the basket.
pub fn update(event: Event<'_>, common: &mut Common) -> Turn {
    match event {
        Event::Entered(entered) => common.scan(entered).and_go(Screen::Selling),
        Event::Press | Event::Command(Command::Back) => Turn::go(Screen::Selling),
        _ => Turn::stay(),
    }
}

/// Draws.
pub fn view(frame: &mut Frame, common: &Common) {
    let keys = [("Esc", "Back to the basket"), ("F11", "Status"), ("F10", "Leave")];
    let body = around::around(frame, common, "Help", "Scan or type", &keys);
    let typing: Vec<Line<'_>> = TYPING
        .iter()
        .map(|(key, what)| {
            Line::from(vec![
                Span::styled(format!("  {key:<10} "), common.look.key()),
                Span::raw(*what),
            ])
        })
        .collect();
    let functions: Vec<Line<'_>> = KEYS
        .iter()
        .map(|(_, first, second, what)| {
            Line::from(vec![
                Span::styled(format!("  {first:<4} {second:<7} "), common.look.key()),
                Span::raw(*what),
            ])
        })
        .collect();
    let [left, right] = Layout::horizontal([Constraint::Fill(1), Constraint::Fill(1)]).areas(body);
    frame.render_widget(Paragraph::new(functions), left);
    frame.render_widget(Paragraph::new(typing), right);
}
