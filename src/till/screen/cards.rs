//! Cards to try, in a demo: each as a QR code that a scanner can read from the screen, and as a number to type. Enter
//! shows the chosen card to the till, as a scanner would.

use qrcode::render::unicode::Dense1x2;
use qrcode::{EcLevel, QrCode};
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use super::super::message::{Command, Effect};
use super::{Common, Event, Screen, Turn, frame as around, paint};
use crate::device::Source;

/// A card to try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardToTry {
    /// Whose it is.
    pub name: String,
    /// The number to type or to scan.
    pub number: String,
}

/// Which card is marked.
#[derive(Default)]
pub struct CardsScreen {
    chosen: usize,
}

impl CardsScreen {
    /// Takes an event.
    pub fn update(&mut self, event: Event<'_>, common: &mut Common) -> Turn {
        let last = common.cards.len().saturating_sub(1);
        match event {
            Event::Entered(entered) => return common.scan(entered).and_go(Screen::Selling),
            Event::Press => {
                return match common.cards.get(self.chosen) {
                    Some(card) => {
                        Turn::ask(Effect::Scan(card.number.clone(), Source::Typed)).and_go(Screen::Selling)
                    }
                    None => Turn::go(Screen::Selling),
                };
            }
            Event::Command(Command::Up) => self.chosen = self.chosen.saturating_sub(1),
            Event::Command(Command::Down) => self.chosen = (self.chosen + 1).min(last),
            Event::Command(Command::Back | Command::Cards) => return Turn::go(Screen::Selling),
            _ => {}
        }
        Turn::stay()
    }

    /// Draws.
    pub fn view(&self, frame: &mut Frame, common: &Common) {
        let keys = [
            ("Enter", "Show this card"),
            ("Up Down", "Choose"),
            ("Esc", "Back to the basket"),
        ];
        let body = around::around(frame, common, "Cards to try", "Scan or type", &keys);
        let [list, code] = Layout::horizontal([Constraint::Min(40), Constraint::Length(34)]).areas(body);
        let mut rows = vec![Line::default()];
        for (index, card) in common.cards.iter().enumerate() {
            let is_chosen = index == self.chosen;
            let mark = if is_chosen {
                common.look.pick("▸", ">")
            } else {
                " "
            };
            let style = if is_chosen {
                common.look.chosen()
            } else {
                Style::new()
            };
            rows.push(paint::styled(
                format!("  {mark} {:<12} {}", card.name, card.number),
                style,
            ));
        }
        frame.render_widget(Paragraph::new(rows), list);
        if let Some(card) = common.cards.get(self.chosen) {
            let lines: Vec<Line> = qr(&card.number, EcLevel::M).into_iter().map(Line::from).collect();
            let area = Rect {
                y: code.y + u16::from(code.height > 18),
                ..code
            };
            frame.render_widget(Paragraph::new(lines), area.intersection(code));
        }
    }
}

/// A QR code in half blocks, light modules drawn: right on a dark screen, and readers take the inverse, too.
pub fn qr(text: &str, level: EcLevel) -> Vec<String> {
    let Ok(code) = QrCode::with_error_correction_level(text, level) else {
        return Vec::new();
    };
    let drawn = code
        .render::<Dense1x2>()
        .dark_color(Dense1x2::Light)
        .light_color(Dense1x2::Dark)
        .build();
    drawn.lines().map(str::to_owned).collect()
}
