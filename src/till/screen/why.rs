//! Why, and why not: everything that programs gave this basket, with its lines; what is nearly reached; and each that gave
//! nothing, with its reason.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use super::super::message::Command;
use super::{Common, Event, Screen, Turn, frame as around, hints, paint};
use crate::counter::view::name_of;
use crate::loyalty::quote::Applied;
use crate::words;

/// How far the list is scrolled.
#[derive(Default)]
pub struct WhyScreen {
    first: usize,
}

impl WhyScreen {
    /// Takes an event.
    pub fn update(&mut self, event: Event<'_>, common: &mut Common) -> Turn {
        match event {
            Event::Entered(entered) => return common.scan(entered).and_go(Screen::Selling),
            Event::Command(Command::Up) => self.first = self.first.saturating_sub(1),
            Event::Command(Command::Down) => self.first += 1,
            Event::Command(Command::PageUp) => self.first = self.first.saturating_sub(10),
            Event::Command(Command::PageDown) => self.first += 10,
            Event::Press | Event::Command(Command::Back) => return Turn::go(Screen::Selling),
            _ => {}
        }
        // As many rows as the list can have at most: the last one stays on the screen.
        let quote = &common.serving.quote;
        let lines: usize = quote.applied.iter().map(|applied| applied.parts.len()).sum();
        let most = lines + quote.applied.len() + quote.messages.len() + quote.declined.len();
        self.first = self.first.min(most + common.serving.nearly.len() + 6);
        Turn::stay()
    }

    /// Draws.
    pub fn view(&self, frame: &mut Frame, common: &Common) {
        let keys = [("Up Down", "Scroll"), ("Esc", "Back to the basket")];
        let body = around::around(frame, common, "Why, and why not", "Scan or type", &keys);
        let inside = Rect {
            x: body.x + 1,
            width: body.width - 2,
            ..body
        };
        let rows = rows(common, usize::from(inside.width).min(110));
        let height = usize::from(inside.height);
        let first = self.first.min(rows.len().saturating_sub(height));
        let is_more = rows.len() > first + height;
        let mut shown: Vec<Line<'_>> = rows.into_iter().skip(first).take(height).collect();
        if is_more && let Some(last) = shown.last_mut() {
            let text = format!("{} more below", common.look.pick("↓", "v"));
            *last = paint::styled(text, common.look.chosen());
        }
        frame.render_widget(Paragraph::new(shown), inside);
    }
}

fn rows(common: &Common, width: usize) -> Vec<Line<'static>> {
    let (quote, look) = (&common.serving.quote, common.look);
    let name = |program| name_of(&common.serving.names, program).to_owned();
    let mut rows = vec![paint::styled("This basket gets", look.strong())];
    for applied in &quote.applied {
        rows.extend(gave(applied, &name(&applied.program), common, width));
    }
    for message in &quote.messages {
        let text = format!("{} {message}", look.pick("»", ">"));
        rows.extend(hanging(&text, width, look.strong()));
    }
    if quote.applied.is_empty() && quote.messages.is_empty() {
        rows.push(Line::from("  nothing yet"));
    }
    if quote.greedy {
        let text =
            "There are more offers of one group than can be tried all together: they were chosen one by one.";
        rows.extend(hanging(text, width, look.quiet()));
    }
    if !common.serving.nearly.is_empty() {
        rows.push(paint::styled("Nearly", look.strong()));
    }
    for nearly in &common.serving.nearly {
        rows.extend(hanging(&hints::text(nearly, common), width, look.hint()));
    }
    rows.push(paint::styled("And not", look.strong()));
    for declined in &quote.declined {
        let why = words::reason(&declined.why, common.currency);
        let text = look.text(&format!("  - {}: {why}", name(&declined.program)));
        rows.extend(hanging(&text, width, Style::new()));
    }
    if quote.declined.is_empty() {
        rows.push(Line::from("  everything that there is was given"));
    }
    rows
}

/// What a rule gave, and the lines that it falls on.
fn gave(applied: &Applied, name: &str, common: &Common, width: usize) -> Vec<Line<'static>> {
    let (currency, look) = (common.currency, common.look);
    let text = look.text(&format!("  * {name}: {}", words::reason(&applied.why, currency)));
    if applied.amount.is_zero() {
        return hanging(&text, width, look.gift());
    }
    let amount = currency.text(-applied.amount);
    let mut rows = vec![paint::styled(paint::pair(&text, &amount, width), look.gift())];
    for part in &applied.parts {
        let line = usize::try_from(part.line).ok();
        let Some(line) = line.and_then(|index| common.serving.basket.lines.get(index)) else {
            continue;
        };
        let text = format!("      {}", line.goods.name);
        let row = paint::pair(&text, &currency.text(-part.amount), width);
        rows.push(paint::styled(row, look.quiet()));
    }
    rows
}

/// Broken into rows, of which all but the first begin further in.
fn hanging(text: &str, width: usize, style: Style) -> Vec<Line<'static>> {
    let mut rows = crate::receipt::wrap(&crate::receipt::clean(text), width.saturating_sub(6)).into_iter();
    let first = rows.next().map(|row| format!("  {row}"));
    let rest = rows.map(|row| format!("    {row}"));
    first
        .into_iter()
        .chain(rest)
        .map(|row| paint::styled(row, style))
        .collect()
}
