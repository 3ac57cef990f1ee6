//! Questions that a scan leaves open, over the basket: what does it cost, which one is meant; and the stop sign of a
//! till that cannot record sales.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::{Block, Clear, Paragraph};

use super::super::line::{Entered, reads_as_code};
use super::super::look::Tone;
use super::super::message::Effect;
use super::{Ask, Common, Turn, paint};
use crate::loyalty::amount::Price;
use crate::loyalty::said::quoted;
use crate::receipt;

/// Longer rows of digits are a code and no price.
const LONGEST_PRICE: usize = 8;
/// The longest name that a cashier gives to goods.
const LONGEST_NAME: usize = 60;

/// A price that was asked for. A scan that comes instead goes to the basket, and the question stays.
pub fn price(entered: Entered, common: &mut Common) -> Turn {
    let text = entered.text.replace(',', ".");
    let is_long = text.len() > LONGEST_PRICE && !text.contains('.');
    let is_price = Price::parse(&text).is_ok() && !is_long;
    if entered.is_sure || entered.is_scan() && !is_price {
        return common.scan(entered);
    }
    if entered.is_scan() {
        common.say(
            Tone::Warn,
            "That came as fast as a scan: scan it again, or type the price more slowly",
        );
        return Turn::stay();
    }
    if let Some((price, what)) = described(&entered.text) {
        let Some(Ask::Price(mut goods, quantity)) = common.asks.pop_front() else {
            return Turn::stay();
        };
        goods.name = what;
        return Turn::ask(Effect::AddAtPrice(goods, price, quantity));
    }
    if reads_as_code(&text) || is_long {
        common.say(
            Tone::Warn,
            "That reads as a code, not as a price. Scan it again, or type the price as 12.50",
        );
        return Turn::stay();
    }
    match Price::parse(&text) {
        Ok(price) if price >= Price::default() => {
            let Some(Ask::Price(goods, quantity)) = common.asks.pop_front() else {
                return Turn::stay();
            };
            Turn::ask(Effect::AddAtPrice(goods, price, quantity))
        }
        Err(_) if text.chars().any(char::is_alphabetic) => common.scan(entered),
        _ => {
            common.say(
                Tone::Bad,
                format!("{} is not a price: type it as 12.50", quoted(&text)),
            );
            Turn::stay()
        }
    }
}

/// A price, and behind it what the goods are, in the cashier's words: goods outside of the catalogue have no name of their own.
fn described(text: &str) -> Option<(Price, String)> {
    let (price, what) = text.trim().split_once(char::is_whitespace)?;
    let price = price.replace(',', ".");
    let is_short = price.len() <= LONGEST_PRICE || price.contains('.');
    let price = Price::parse(&price)
        .ok()
        .filter(|price| *price >= Price::default() && is_short)?;
    let what: String = receipt::clean(what.trim()).chars().take(LONGEST_NAME).collect();
    what.chars().any(char::is_alphabetic).then_some((price, what))
}

/// The number of a choice, with Enter behind it. A scan that comes instead goes to the basket, and the question stays.
pub fn which(entered: Entered, common: &mut Common) -> Turn {
    let Some(Ask::Which(question)) = common.asks.front() else {
        return Turn::stay();
    };
    let is_number = entered.text.len() == 1 && entered.text.bytes().all(|key| key.is_ascii_digit());
    if !is_number {
        return common.scan(entered);
    }
    let chosen = entered
        .text
        .parse::<usize>()
        .ok()
        .and_then(|number| number.checked_sub(1));
    match chosen.and_then(|index| question.choices.get(index)) {
        Some(choice) => {
            let does = choice.does.clone();
            common.asks.pop_front();
            Turn::ask(Effect::Take(Box::new(does)))
        }
        None => {
            let text = format!("Press 1 to {}, or Esc for none of them", question.choices.len());
            common.say(Tone::Warn, text);
            Turn::stay()
        }
    }
}

/// The open question of a scan, over the lower part of the basket.
pub fn view(frame: &mut Frame, area: Rect, common: &Common) {
    let Some(ask) = common.asks.front() else { return };
    let width = usize::from(area.width.saturating_sub(4));
    let mut rows: Vec<Line<'_>> = Vec::new();
    let title = match ask {
        Ask::Price(goods, quantity) => {
            rows.extend(paint::wrapped(&goods.name, width, common.look.strong()));
            if goods.name != goods.sku.as_str() {
                rows.push(Line::from(goods.sku.to_string()));
            }
            let many = receipt::count(*quantity, &goods.unit);
            rows.push(Line::from(format!(
                "{many}, no price is known. Type the price of one."
            )));
            rows.push(Line::from("Behind it may stand what it is: 12.50 Oak door"));
            rows.push(Line::from("Enter sells it, Esc leaves it out."));
            " What does it cost? "
        }
        Ask::Choose(goods, at) => {
            let room = usize::from(area.height.saturating_sub(4)).max(1);
            let first = (at + 1).saturating_sub(room);
            for (index, goods) in goods.iter().enumerate().skip(first).take(room) {
                let price = goods
                    .price
                    .map(|price| price.text(common.currency))
                    .unwrap_or_default();
                let mark = if index == *at {
                    common.look.pick("▸", ">")
                } else {
                    " "
                };
                let row = paint::pair(&format!("{mark} {}", goods.name), &price, width);
                let style = if index == *at {
                    common.look.chosen()
                } else {
                    Style::new()
                };
                rows.push(paint::styled(row, style));
            }
            " Which one? Up, Down, Enter; Esc for none "
        }
        Ask::Agent => {
            rows.extend(paint::wrapped(
                "Scan the card of who sells, or type its number.",
                width,
                common.look.strong(),
            ));
            let text = "What programs give for the sale of these goods goes to his account, and not to the customer's.";
            rows.extend(paint::wrapped(text, width, Style::new()));
            rows.push(Line::from("Enter alone: nobody. Esc: as it was."));
            " Who sells? "
        }
        Ask::Which(question) => {
            rows.extend(paint::wrapped(&question.sentence, width, common.look.strong()));
            for (index, choice) in question.choices.iter().enumerate() {
                let row = format!("{} {}", index + 1, choice.word);
                rows.extend(paint::wrapped(&row, width, Style::new()));
            }
            " Press its number; Esc for none "
        }
    };
    let height = u16::try_from(rows.len() + 2)
        .unwrap_or(area.height)
        .min(area.height);
    let over = Rect {
        y: area.y + area.height - height,
        height,
        ..area
    };
    panel(frame, over, common, title, rows, common.look.strong());
}

/// Before a basket is opened: this till cannot record sales.
pub fn blocked(frame: &mut Frame, area: Rect, common: &Common) {
    let Some(why) = common
        .health
        .cannot_record
        .as_deref()
        .filter(|_| common.is_blocked())
    else {
        return;
    };
    let width = area.width.min(64);
    let style = common.look.tone(Tone::Bad);
    let text = usize::from(width.saturating_sub(4));
    let mut rows = paint::wrapped(why, text, style);
    let advice = "Nothing was sold. Use another till and call the office; the next scan here tries again.";
    rows.extend(paint::wrapped(advice, text, Style::new()));
    let height = u16::try_from(rows.len() + 2)
        .unwrap_or(area.height)
        .min(area.height);
    let over = Rect {
        x: area.x + (area.width - width) / 2,
        y: area.y + (area.height - height) / 2,
        width,
        height,
    };
    panel(frame, over, common, " !! STOP !! ", rows, style);
}

fn panel(frame: &mut Frame, area: Rect, common: &Common, title: &str, rows: Vec<Line<'_>>, style: Style) {
    let mut block = Block::bordered().title(title.to_owned()).border_style(style);
    if common.look.ascii {
        block = block.border_set(ASCII_BORDER);
    }
    frame.render_widget(Clear, area);
    frame.render_widget(Paragraph::new(rows).block(block), area);
}

const ASCII_BORDER: ratatui::symbols::border::Set<'static> = ratatui::symbols::border::Set {
    top_left: "+",
    top_right: "+",
    bottom_left: "+",
    bottom_right: "+",
    vertical_left: "|",
    vertical_right: "|",
    horizontal_top: "-",
    horizontal_bottom: "-",
};
