//! The keys of the till.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::super::keys::KEYS;
use super::super::message::Command;
use super::{Common, Event, Screen, Turn, frame as around};

const TYPING: [(&str, &str); 7] = [
    ("scan", "goods or card, on any screen, in any order"),
    ("3* + scan", "three of them"),
    ("*3 Enter", "sets the marked line to three"),
    ("+  -", "one more, one fewer of the marked line"),
    ("Up Down", "marks a line; also Page Up, Page Down"),
    ("Enter", "on an empty line: the next step, first to paying"),
    ("Esc", "empties the line of input; back"),
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
    let typing = || {
        TYPING.iter().map(|(key, what)| {
            Line::from(vec![
                Span::styled(format!("  {key:<12}"), common.look.key()),
                Span::raw(*what),
            ])
        })
    };
    let mut functions = Vec::new();
    for (_, first, second, what) in KEYS {
        functions.push(Line::from(vec![
            Span::styled(format!("  {first:<4}"), common.look.key()),
            Span::raw("or "),
            Span::styled(format!("{second:<8}"), common.look.key()),
            Span::raw(what),
        ]));
    }
    if body.width >= 130 {
        let [left, right] = Layout::horizontal([Constraint::Fill(1), Constraint::Fill(1)]).areas(body);
        frame.render_widget(Paragraph::new(functions), left);
        frame.render_widget(Paragraph::new(typing().collect::<Vec<_>>()), right);
        return;
    }
    let room = usize::from(body.height).saturating_sub(functions.len());
    functions.extend(typing().take(room));
    frame.render_widget(Paragraph::new(functions), body);
}
