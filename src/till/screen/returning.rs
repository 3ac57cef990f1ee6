//! Returning: the sale by its id or number, what comes back, what is given back, and then a confirmation.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use super::super::line::{Entered, reads_as_code};
use super::super::look::Tone;
use super::super::message::{Answer, Command, Effect};
use super::{Common, Event, Screen, Turn, frame as around, paint};
use crate::counter::view::Recorded;
use crate::loyalty::amount::{Money, Quantity};
use crate::receipt;

const NOT_TAKEN: &str = "That scan was not taken: finish the return, or leave it with Esc and scan again";

/// Taking goods back.
#[derive(Default)]
pub struct Returning {
    found: Option<Found>,
}

struct Found {
    sale: Recorded,
    quantities: Vec<Quantity>,
    chosen: usize,
    quoted: Option<(Vec<Quantity>, Money)>,
    is_sent: bool,
}

impl Returning {
    /// The return is on its way to the disk.
    pub fn is_sent(&self) -> bool {
        self.found.as_ref().is_some_and(|found| found.is_sent)
    }

    /// The return was refused.
    pub fn unlock(&mut self) {
        if let Some(found) = &mut self.found {
            found.is_sent = false;
        }
    }

    /// Takes an event.
    pub fn update(&mut self, event: Event<'_>, common: &mut Common) -> Turn {
        if self.is_sent() {
            if matches!(&event, Event::Entered(entered) if entered.is_scan()) {
                common.say(Tone::Warn, NOT_TAKEN);
            }
            return Turn::stay();
        }
        match (event, &mut self.found) {
            (Event::Command(Command::Back), _) => Turn::go(Screen::Selling),
            (Event::Answer(Answer::Found(sale)), _) => self.show((**sale).clone(), common),
            (Event::Answer(Answer::ReturnQuoted(quantities, money)), Some(found)) => {
                found.quoted = Some((quantities.clone(), *money));
                Turn::stay()
            }
            // Goods are no sale's number; their scan belongs to the basket.
            (Event::Entered(entered), None) if entered.is_scan() && reads_as_code(&entered.text) => {
                common.say(Tone::Warn, NOT_TAKEN);
                Turn::stay()
            }
            (Event::Entered(entered), None) => Turn::ask(Effect::Find(entered.text)),
            (Event::Entered(entered), Some(found)) => found.entered(entered, common),
            (Event::Signs(by), Some(found)) => found.more(Quantity::whole(by)),
            (Event::Press | Event::Command(Command::Pay), Some(found)) => found.confirm(common),
            (Event::Command(command), Some(found)) => found.command(command),
            _ => Turn::stay(),
        }
    }

    fn show(&mut self, sale: Recorded, common: &mut Common) -> Turn {
        if sale.lines.iter().all(|line| line.left <= Quantity::ZERO) {
            common.say(Tone::Warn, "Everything of this sale has come back already");
        }
        self.found = Some(Found {
            quantities: vec![Quantity::ZERO; sale.lines.len()],
            sale,
            chosen: 0,
            quoted: None,
            is_sent: false,
        });
        Turn::stay()
    }

    /// Draws.
    pub fn view(&self, frame: &mut Frame, common: &Common) {
        match &self.found {
            None => ask(frame, common),
            Some(found) => found.view(frame, common),
        }
    }
}

fn ask(frame: &mut Frame, common: &Common) {
    let keys = [("Enter", "Find"), ("Esc", "Back to the basket")];
    let body = around::around(frame, common, "Return", "Sale", &keys);
    let inside = Rect {
        x: body.x + 2,
        y: body.y + 1,
        width: body.width - 4,
        height: body.height - 1,
    };
    let text = "Scan or type the sale from the receipt, such as t1-42-9f3ac21b, or its number alone: 42.";
    let mut rows = paint::wrapped(text, usize::from(inside.width), Style::new());
    rows.push(Line::default());
    let text = "The basket of the customer before you stays as it is.";
    rows.extend(paint::wrapped(
        text,
        usize::from(inside.width),
        common.look.quiet(),
    ));
    frame.render_widget(Paragraph::new(rows), inside);
}

impl Found {
    fn entered(&mut self, entered: Entered, common: &mut Common) -> Turn {
        let text = entered.text.replace(',', ".");
        if text.contains('-') && text.len() > 2 {
            return Turn::ask(Effect::Find(entered.text));
        }
        if reads_as_code(&text) || entered.is_scan() {
            common.say(Tone::Warn, NOT_TAKEN);
            return Turn::stay();
        }
        match Quantity::parse(text.trim_start_matches('*')) {
            Ok(quantity) => self.set(self.chosen, quantity),
            Err(error) => {
                common.say(Tone::Bad, error.to_string());
                Turn::stay()
            }
        }
    }

    fn more(&mut self, by: Quantity) -> Turn {
        match self.quantities.get(self.chosen) {
            Some(now) => self.set(self.chosen, *now + by),
            None => Turn::stay(),
        }
    }

    /// Never more than is still with the customer, never less than nothing.
    fn set(&mut self, line: usize, quantity: Quantity) -> Turn {
        let Some(recorded) = self.sale.lines.get(line) else {
            return Turn::stay();
        };
        self.quantities[line] = quantity.clamp(Quantity::ZERO, recorded.left.max(Quantity::ZERO));
        self.quote()
    }

    fn all(&mut self) -> Turn {
        self.quantities = self
            .sale
            .lines
            .iter()
            .map(|line| line.left.max(Quantity::ZERO))
            .collect();
        self.quote()
    }

    fn quote(&mut self) -> Turn {
        self.quoted = None;
        if self.is_empty() {
            return Turn::stay();
        }
        Turn::ask(Effect::QuoteReturn(self.sale.id.clone(), self.quantities.clone()))
    }

    fn is_empty(&self) -> bool {
        self.quantities.iter().all(|quantity| *quantity <= Quantity::ZERO)
    }

    fn given_back(&self) -> Option<Money> {
        let (quantities, money) = self.quoted.as_ref()?;
        (*quantities == self.quantities).then_some(*money)
    }

    fn confirm(&mut self, common: &mut Common) -> Turn {
        if self.is_empty() {
            common.say(
                Tone::Warn,
                "Nothing is chosen yet: + on a line, or F5 for everything",
            );
            return Turn::stay();
        }
        if self.given_back().is_none() {
            common.say(
                Tone::Warn,
                "One moment: look at what is given back, and press again",
            );
            return Turn::stay();
        }
        self.is_sent = true;
        Turn::ask(Effect::TakeBack(self.sale.id.clone(), self.quantities.clone()))
    }

    fn command(&mut self, command: Command) -> Turn {
        let last = self.sale.lines.len().saturating_sub(1);
        match command {
            Command::Up => self.chosen = self.chosen.saturating_sub(1),
            Command::Down => self.chosen = (self.chosen + 1).min(last),
            Command::PageUp => self.chosen = self.chosen.saturating_sub(10),
            Command::PageDown => self.chosen = (self.chosen + 10).min(last),
            Command::Hold => return self.all(),
            Command::Remove => return self.set(self.chosen, Quantity::ZERO),
            _ => {}
        }
        Turn::stay()
    }

    fn view(&self, frame: &mut Frame, common: &Common) {
        let keys = [
            ("+ -", "How many"),
            ("F5", "Everything"),
            ("Enter", "Give back"),
            ("Esc", "Leave"),
        ];
        let body = around::around(frame, common, "Return", "How many", &keys);
        let width = usize::from(body.width.saturating_sub(4)).min(110);
        let at = receipt::minute(self.sale.at, &common.zone);
        let mut rows = vec![
            paint::styled(
                paint::pair(
                    &format!("{}  {at}", self.sale.id),
                    &common.money(self.sale.total),
                    width,
                ),
                common.look.strong(),
            ),
            paint::styled(
                format!(" {}", columns(width, "Back", "of", "Goods", "Paid")),
                common.look.quiet(),
            ),
        ];
        let room = usize::from(body.height).saturating_sub(rows.len() + 3).max(1);
        let first = (self.chosen + 1).saturating_sub(room);
        for (index, line) in self.sale.lines.iter().enumerate().skip(first).take(room) {
            let net = common.currency.text(line.net);
            let back = self.quantities[index].to_string();
            let text = columns(width, &back, &line.left.to_string(), &line.name, &net);
            let style = if index == self.chosen {
                common.look.chosen()
            } else {
                Style::new()
            };
            let mark = if index == self.chosen {
                common.look.pick("▸", ">")
            } else {
                " "
            };
            rows.push(paint::styled(format!("{mark}{text}"), style));
        }
        rows.push(Line::default());
        let given = match (self.is_sent, self.is_empty(), self.given_back()) {
            (true, _, _) => "recording ...".to_owned(),
            (_, true, _) => "choose what comes back".to_owned(),
            (_, _, Some(money)) => common.money(money),
            (_, _, None) => "...".to_owned(),
        };
        rows.push(paint::styled(
            paint::pair(" GIVES BACK", &format!("{given} "), width),
            common.look.chosen(),
        ));
        let inside = Rect {
            x: body.x + 2,
            width: body.width - 2,
            ..body
        };
        frame.render_widget(Paragraph::new(rows), inside);
    }
}

fn columns(width: usize, back: &str, left: &str, name: &str, net: &str) -> String {
    let name_width = width.saturating_sub(1 + 8 + 8 + 13);
    format!(
        "{} {} {} {}",
        paint::right(back, 7),
        paint::right(left, 7),
        paint::left(name, name_width),
        paint::right(net, 12)
    )
}
