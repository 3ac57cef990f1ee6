//! DONE: the sale is on the disk. The change, the receipt, and the next customer simply scans.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use super::super::look::Tone;
use super::super::message::Command;
use super::{Common, Event, Screen, Turn, frame as around, paint};
use crate::counter::view::Done;

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A sale.
    Sale,
    /// A return.
    Return,
    /// Something that was brought or done outside of a sale.
    Activity,
    /// The last receipt is shown again.
    Again,
}

/// A sale or return that is on the disk.
pub struct DoneScreen {
    done: Done,
    what: What,
    scroll: usize,
}

impl DoneScreen {
    /// The screen of what was recorded.
    pub fn of(done: Done, what: What) -> DoneScreen {
        DoneScreen {
            done,
            what,
            scroll: 0,
        }
    }

    /// Takes an event.
    pub fn update(&mut self, event: Event<'_>, common: &mut Common) -> Turn {
        let last = self.done.receipt.len().saturating_sub(1);
        match event {
            Event::Entered(entered) => return common.scan(entered).and_go(Screen::Selling),
            Event::Command(Command::Up) => self.scroll = self.scroll.saturating_sub(1),
            Event::Command(Command::Down) => self.scroll = (self.scroll + 1).min(last),
            Event::Command(Command::PageUp) => self.scroll = self.scroll.saturating_sub(10),
            Event::Command(Command::PageDown) => self.scroll = (self.scroll + 10).min(last),
            Event::Command(Command::Return) => {
                return Turn::go(Screen::Returning(super::Returning::default()));
            }
            Event::Command(Command::Held) => return Turn::go(Screen::Held(super::HeldScreen::default())),
            Event::Press | Event::Command(Command::Back | Command::Pay) => return Turn::go(Screen::Selling),
            _ => {}
        }
        Turn::stay()
    }

    /// Draws.
    pub fn view(&self, frame: &mut Frame, common: &Common) {
        let keys = [
            match self.what {
                What::Activity => ("Enter", "Back to the basket"),
                _ => ("Enter", "Next customer (or scan)"),
            },
            ("F9", "Print again"),
            ("Up Down", "Receipt"),
            ("F3", "Return"),
        ];
        let body = around::around(frame, common, "Done", "Scan or type", &keys);
        let wide = self
            .done
            .receipt
            .iter()
            .map(|line| line.chars().count())
            .max()
            .unwrap_or(32);
        let paper = u16::try_from(wide.clamp(32, 48)).unwrap_or(48) + 1;
        let [left, rule, right] = Layout::horizontal([
            Constraint::Min(24),
            Constraint::Length(1),
            Constraint::Length(paper),
        ])
        .areas(body);
        around::vertical(frame, rule, common);
        self.sums(frame, left, common);
        let rows: Vec<Line<'_>> = self
            .done
            .receipt
            .iter()
            .skip(self.scroll)
            .take(usize::from(right.height))
            .map(|line| Line::from(format!(" {}", paint::left(line, usize::from(right.width) - 1))))
            .collect();
        frame.render_widget(Paragraph::new(rows), right);
        self.more(frame, right, common);
    }

    fn more(&self, frame: &mut Frame, area: Rect, common: &Common) {
        if self.done.receipt.len() > self.scroll + usize::from(area.height) && area.height > 1 {
            let last = Rect {
                y: area.y + area.height - 1,
                height: 1,
                ..area
            };
            let text = format!(" {} more below", common.look.pick("↓", "v"));
            let text = paint::left(&text, usize::from(last.width));
            frame.render_widget(paint::styled(text, common.look.chosen()), last);
        }
    }

    fn sums(&self, frame: &mut Frame, area: Rect, common: &Common) {
        let inside = Rect {
            x: area.x + 1,
            width: area.width.saturating_sub(2),
            ..area
        };
        let width = usize::from(inside.width);
        let look = common.look;
        let done = &self.done;
        let (title, what, big) = match self.what {
            What::Sale => ("DONE", "Total", done.change.map(|change| ("CHANGE", change))),
            What::Return => ("RETURNED", "Given back", Some(("GIVE BACK", done.total))),
            What::Activity | What::Again => (
                "LAST RECEIPT",
                "Total",
                done.change.map(|change| ("CHANGE", change)),
            ),
        };
        let title = match self.what {
            What::Activity => "RECORDED",
            _ => title,
        };
        let title = format!("{}{title}", look.sign(Tone::Good));
        let mut rows = vec![
            Line::default(),
            paint::styled(
                paint::left(&format!(" {title}"), width),
                look.chosen().patch(look.tone(Tone::Good)),
            ),
            Line::default(),
        ];
        if self.what != What::Activity {
            rows.push(Line::from(paint::pair(what, &common.money(done.total), width)));
        }
        if let Some((what, money)) = big {
            rows.push(paint::styled(
                paint::pair(what, &common.money(money), width),
                look.strong(),
            ));
            rows.push(Line::default());
            let digits = Rect { height: 5, ..inside };
            for row in paint::big(&common.currency.text(money), digits, look.ascii).unwrap_or_default() {
                rows.push(paint::styled(paint::right(&row, width), look.strong()));
            }
        }
        rows.push(Line::default());
        for sentence in &done.drawn {
            rows.extend(paint::wrapped(sentence, width, look.strong()));
        }
        rows.push(Line::from(paint::left(done.id.as_str(), width)));
        rows.extend(paint::wrapped(
            match self.what {
                What::Activity => "It is recorded. The open basket is still there: Enter.",
                _ => "It is recorded. Scan for the next customer.",
            },
            width,
            look.quiet(),
        ));
        frame.render_widget(Paragraph::new(rows), inside);
    }
}
