//! Paying: what is due, in cash with change, or by card at another machine.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use super::super::line::{Entered, reads_as_code};
use super::super::look::Tone;
use super::super::message::{Command, Effect};
use super::{Common, Event, Screen, Turn, frame as around, paint};
use crate::counter::Payment;
use crate::counter::view::name_of;
use crate::loyalty::amount::{Currency, Money};
use crate::loyalty::basket::Basket;
use crate::loyalty::quote::Reason;

/// Longer rows of digits without a decimal point are a code and no amount.
const LONGEST_AMOUNT: usize = 8;
/// The longest name of who approves a sale.
const LONGEST_NAME: usize = 40;
/// Notes and coins that customers hand over, in major units.
const NOTES: [i64; 11] = [1, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];

/// How the customer pays.
pub struct Paying {
    chosen: usize,
    wants_card: bool,
    is_sent: bool,
    /// Who approved it, and the basket as it stood then: another basket must be approved again.
    approved: Option<(String, Basket)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Exact,
    Cash(Money),
    Card,
}

impl Paying {
    /// Cash is marked first.
    pub fn in_cash() -> Paying {
        Paying {
            chosen: 0,
            wants_card: false,
            is_sent: false,
            approved: None,
        }
    }

    /// The card is marked first.
    pub fn by_card() -> Paying {
        Paying {
            wants_card: true,
            ..Paying::in_cash()
        }
    }

    /// The payment is on its way to the disk.
    pub fn is_sent(&self) -> bool {
        self.is_sent
    }

    /// The payment was refused.
    pub fn unlock(&mut self) {
        self.is_sent = false;
    }

    /// Who approved what is on the screen.
    fn approved_by(&self, common: &Common) -> Option<&str> {
        let (name, basket) = self.approved.as_ref()?;
        (*basket == common.serving.basket).then_some(name.as_str())
    }

    /// Somebody must agree before it is paid, and nobody has.
    fn waits_for_approval(&self, common: &Common) -> bool {
        common.serving.quote.needs_approval && self.approved_by(common).is_none()
    }

    /// A name that was typed; a scan that comes meanwhile goes to the basket.
    fn approve(&mut self, entered: Entered, common: &mut Common) -> Turn {
        if entered.is_scan() || reads_as_code(&entered.text) {
            return self.scanned(entered, common);
        }
        let name = entered.text.trim().to_owned();
        if !name.chars().any(char::is_alphabetic) || name.chars().count() > LONGEST_NAME {
            common.say(
                Tone::Bad,
                "Type the name of who approves it, in at most 40 characters",
            );
            return Turn::stay();
        }
        self.approved = Some((name, common.serving.basket.clone()));
        Turn::stay()
    }

    fn ways(&self, common: &Common) -> Vec<Way> {
        let due = common.serving.quote.due;
        let mut ways = vec![Way::Exact];
        ways.extend(handed(due, common.currency).into_iter().map(Way::Cash));
        ways.push(Way::Card);
        ways
    }

    fn way(&self, common: &Common) -> Way {
        if self.wants_card {
            return Way::Card;
        }
        self.ways(common).get(self.chosen).copied().unwrap_or(Way::Exact)
    }

    /// Takes an event.
    pub fn update(&mut self, event: Event<'_>, common: &mut Common) -> Turn {
        match event {
            Event::Entered(entered) if self.waits_for_approval(common) => self.approve(entered, common),
            Event::Press | Event::Command(Command::Pay | Command::Card)
                if self.waits_for_approval(common) =>
            {
                common.say(
                    Tone::Warn,
                    "Somebody must approve it first: type who does, then Enter",
                );
                Turn::stay()
            }
            Event::Entered(entered) => self.entered(entered, common),
            Event::Press | Event::Command(Command::Pay) => self.pay(self.way(common), common),
            Event::Command(Command::Card) if self.way(common) == Way::Card => self.pay(Way::Card, common),
            Event::Command(Command::Card) => {
                self.wants_card = true;
                Turn::stay()
            }
            Event::Command(Command::Up) => self.step(-1, common),
            Event::Command(Command::Down) => self.step(1, common),
            Event::Command(Command::Back) if !self.is_sent => Turn::go(Screen::Selling),
            Event::Command(Command::NoCard) if common.serving.buyer.is_some() && !self.is_sent => {
                Turn::ask(Effect::ForgetBuyer)
            }
            Event::Command(_) if !self.is_sent => {
                common.say(Tone::Plain, "Esc goes back to the basket");
                Turn::stay()
            }
            _ => Turn::stay(),
        }
    }

    fn step(&mut self, by: isize, common: &Common) -> Turn {
        let last = self.ways(common).len() - 1;
        let now = if self.wants_card { last } else { self.chosen };
        self.chosen = now.saturating_add_signed(by).min(last);
        self.wants_card = false;
        Turn::stay()
    }

    /// An amount is paid; a code goes to the basket; what could be either is asked for again.
    fn entered(&mut self, entered: Entered, common: &mut Common) -> Turn {
        let text = entered.text.replace(',', ".");
        let is_long = text.len() > LONGEST_AMOUNT && !text.contains('.');
        let amount = common.currency.money(&text);
        let is_amount = amount.is_ok() && !is_long;
        if entered.is_sure || entered.is_scan() && !is_amount {
            return self.scanned(entered, common);
        }
        if entered.is_scan() {
            common.say(
                Tone::Warn,
                "That came as fast as a scan: scan it again, or type the amount more slowly",
            );
            return Turn::stay();
        }
        if reads_as_code(&text) || is_long {
            if amount.is_err() {
                return common.scan(entered);
            }
            common.say(
                Tone::Warn,
                "That reads as a code, not as an amount. Scan it again, or type it as 20.00",
            );
            return Turn::stay();
        }
        match amount {
            Ok(amount) => self.pay(Way::Cash(amount), common),
            Err(_) if text.chars().any(char::is_alphabetic) => common.scan(entered),
            Err(error) => {
                common.say(Tone::Bad, error.to_string());
                Turn::stay()
            }
        }
    }

    /// A scan goes to the basket; one that comes while the sale is being recorded, to the next.
    fn scanned(&mut self, entered: Entered, common: &mut Common) -> Turn {
        if self.is_sent {
            common.say(
                Tone::Warn,
                "That scan came behind the payment: it is in the next basket",
            );
        }
        common.scan(entered)
    }

    fn pay(&mut self, way: Way, common: &mut Common) -> Turn {
        let due = common.serving.quote.due;
        if self.is_sent {
            return Turn::stay();
        }
        if common.unanswered > 0 {
            common.say(
                Tone::Warn,
                "One moment: the last scan is being added. Look at the total and press again",
            );
            return Turn::stay();
        }
        if common.serving.basket.lines.is_empty() {
            common.say(Tone::Warn, "The basket is empty");
            return Turn::go(Screen::Selling);
        }
        let payment = match way {
            Way::Exact => Payment::Cash(None),
            Way::Card => Payment::Elsewhere,
            Way::Cash(amount) if amount < due => {
                let missing = common.money(due - amount);
                common.say(
                    Tone::Bad,
                    format!("{} is not enough: {missing} is missing", common.money(amount)),
                );
                return Turn::stay();
            }
            Way::Cash(amount) => Payment::Cash(Some(amount)),
        };
        self.is_sent = true;
        Turn::ask(Effect::Pay {
            basket: common.serving.basket.id.clone(),
            due,
            payment,
            approved_by: self.approved_by(common).map(str::to_owned),
        })
    }

    /// Draws.
    pub fn view(&self, frame: &mut Frame, common: &Common) {
        let is_waiting = self.waits_for_approval(common);
        let asking = [
            ("Enter", "Approved by this person"),
            ("Esc", "Back to the basket"),
        ];
        let keys = [
            ("Enter", "Pay as marked"),
            ("Up Down", "Choose"),
            ("F4", "Card"),
            ("Esc", "Back to the basket"),
        ];
        let (prompt, keys) = match is_waiting {
            true => ("Approved by", &asking[..]),
            false => ("Cash received", &keys[..]),
        };
        let body = around::around(frame, common, "Paying", prompt, keys);
        let width = usize::from(body.width.saturating_sub(4)).min(76);
        let quote = &common.serving.quote;
        let mut rows = vec![Line::default()];
        if !quote.discount.is_zero() {
            rows.push(Line::from(paint::pair(
                "Subtotal",
                &common.money(quote.subtotal),
                width,
            )));
            let text = paint::pair("Discounts", &common.money(-quote.discount), width);
            rows.push(paint::styled(text, common.look.gift()));
        }
        let due = paint::pair(" DUE", &format!("{} ", common.money(quote.due)), width);
        rows.push(paint::styled(due, common.look.chosen()));
        rows.push(Line::default());
        let area = Rect {
            height: 5,
            width: u16::try_from(width).unwrap_or(76),
            ..body
        };
        for row in paint::big(&common.currency.text(quote.due), area, common.look.ascii).unwrap_or_default() {
            rows.push(paint::styled(paint::right(&row, width), common.look.strong()));
        }
        rows.push(Line::default());
        if self.is_sent {
            rows.push(paint::styled(
                "Recording the sale, one moment ...",
                common.look.strong(),
            ));
        } else if is_waiting {
            rows.extend(asks_approval(common, width));
        } else {
            if let Some(name) = self.approved_by(common) {
                rows.push(Line::from(paint::pair("Approved by", name, width)));
            }
            rows.extend(self.choices(common, width));
        }
        let inside = Rect {
            x: body.x + 2,
            width: body.width - 2,
            ..body
        };
        frame.render_widget(Paragraph::new(rows), inside);
    }

    fn choices(&self, common: &Common, width: usize) -> Vec<Line<'static>> {
        let (marked, due) = (self.way(common), common.serving.quote.due);
        let typed = common
            .currency
            .money(&common.line.text().trim().replace(',', "."))
            .ok();
        let mut rows = Vec::new();
        for way in self.ways(common) {
            let is_marked = way == marked && common.line.is_empty();
            let mark = if is_marked {
                common.look.pick("▸", ">")
            } else {
                " "
            };
            let (text, change) = match way {
                Way::Exact => ("Cash, exactly what is due".to_owned(), String::new()),
                Way::Cash(cash) => {
                    let change = format!("change {}", common.currency.text(cash - due));
                    (format!("Cash {}", common.currency.text(cash)), change)
                }
                Way::Card => ("F4 Card, paid elsewhere".to_owned(), String::new()),
            };
            let style = if is_marked {
                common.look.chosen()
            } else {
                Style::new()
            };
            rows.push(paint::styled(
                paint::pair(&format!("{mark} {text}"), &change, width),
                style,
            ));
        }
        if let Some(cash) = typed.filter(|cash| *cash >= due) {
            let change = format!("change {} ", common.currency.text(cash - due));
            let text = format!(
                "{} Cash {}",
                common.look.pick("▸", ">"),
                common.currency.text(cash)
            );
            rows.push(paint::styled(
                paint::pair(&text, &change, width),
                common.look.chosen(),
            ));
        }
        rows
    }
}

/// Why somebody must approve it, and that he is asked for.
fn asks_approval(common: &Common, width: usize) -> Vec<Line<'static>> {
    let applied = common.serving.quote.applied.iter();
    let asking = applied.filter(|applied| applied.why == Reason::NeedsApproval);
    let names: Vec<&str> = asking
        .map(|applied| name_of(&common.serving.names, &applied.program))
        .collect();
    let title = format!("! Somebody must approve this sale ({})", names.join(", "));
    let mut rows = paint::wrapped(&title, width, common.look.tone(Tone::Warn));
    rows.push(Line::default());
    let text = "Type the name of who approves it, then Enter. It is kept with the sale and printed. A name proves nothing yet: \
                there are no supervisors' PINs at this till.";
    rows.extend(paint::wrapped(text, width, Style::new()));
    rows
}

/// What a customer may hand over for this: the next amounts that notes make, at most four. Notes that are small beside
/// the bill are left out.
fn handed(due: Money, currency: Currency) -> Vec<Money> {
    let (major, due) = (10_i64.pow(currency.decimals()), due.units().max(0));
    let mut amounts: Vec<i64> = NOTES
        .iter()
        .map(|note| note * major)
        .filter(|note| *note >= due / 100)
        .map(|note| (due + note - 1) / note * note)
        .filter(|amount| *amount > due)
        .collect();
    amounts.sort_unstable();
    amounts.dedup();
    amounts.truncate(4);
    amounts.into_iter().map(Money::minor).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_amounts_offered_are_those_in_a_purse() {
        let eur = Currency::of("EUR").expect("a currency");
        for (due, offered) in [
            ("7.40", "8.00 10.00 20.00 50.00"),
            ("184.20", "185.00 190.00 200.00 500.00"),
            ("3342.66", "3350.00 3400.00 3500.00 4000.00"),
            ("20.00", "50.00 100.00 200.00 500.00"),
            ("0.00", ""),
        ] {
            let due = eur.money(due).expect("an amount");
            let texts: Vec<String> = handed(due, eur)
                .into_iter()
                .map(|amount| eur.text(amount))
                .collect();
            assert_eq!(texts.join(" "), offered);
        }
    }
}
