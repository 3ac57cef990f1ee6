//! Baskets put aside, the newest as the counter lists them.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use super::super::message::{Command, Effect};
use super::{Common, Event, Screen, Turn, frame as around, paint};
use crate::receipt;

/// Which basket is marked.
#[derive(Default)]
pub struct HeldScreen {
    chosen: usize,
}

impl HeldScreen {
    /// Takes an event.
    pub fn update(&mut self, event: Event<'_>, common: &mut Common) -> Turn {
        let held = &common.serving.held;
        let last = held.len().saturating_sub(1);
        match event {
            Event::Entered(entered) => return common.scan(entered).and_go(Screen::Selling),
            Event::Press => {
                return match held.get(self.chosen) {
                    Some(held) => Turn::ask(Effect::TakeUp(held.basket.clone())).and_go(Screen::Selling),
                    None => Turn::go(Screen::Selling),
                };
            }
            Event::Command(Command::Up) => self.chosen = self.chosen.saturating_sub(1),
            Event::Command(Command::Down) => self.chosen = (self.chosen + 1).min(last),
            Event::Command(Command::Back | Command::Held) => return Turn::go(Screen::Selling),
            _ => {}
        }
        Turn::stay()
    }

    /// Draws.
    pub fn view(&self, frame: &mut Frame, common: &Common) {
        let keys = [
            ("Enter", "Take up"),
            ("Up Down", "Choose"),
            ("Esc", "Back to the basket"),
        ];
        let body = around::around(frame, common, "Baskets put aside", "Scan or type", &keys);
        let width = usize::from(body.width.saturating_sub(4)).min(100);
        let held = &common.serving.held;
        let mut rows = vec![Line::default()];
        if held.is_empty() {
            rows.push(Line::from("No basket is put aside. F5 puts the open one aside."));
        }
        let chosen = self.chosen.min(held.len().saturating_sub(1));
        let room = usize::from(body.height).saturating_sub(1).max(1);
        let first = (chosen + 1).saturating_sub(room);
        for (index, held) in held.iter().enumerate().skip(first).take(room) {
            let mark = if index == chosen {
                common.look.pick("▸", ">")
            } else {
                " "
            };
            let s = if held.lines == 1 { "" } else { "s" };
            let text = format!(
                "{mark} {}  {} line{s}, {} ago",
                receipt::minute(held.opened, &common.zone),
                held.lines,
                paint::age(held.opened, common.now)
            );
            let style = if index == chosen {
                common.look.chosen()
            } else {
                Style::new()
            };
            rows.push(paint::styled(
                paint::pair(&text, &common.money(held.total), width),
                style,
            ));
        }
        let inside = Rect {
            x: body.x + 2,
            width: body.width - 2,
            ..body
        };
        frame.render_widget(Paragraph::new(rows), inside);
    }
}
