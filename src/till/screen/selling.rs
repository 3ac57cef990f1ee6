//! Selling: the basket, line by line with its discounts and their reasons, the member, the total, the line of input.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;
use unicode_width::UnicodeWidthStr;

use super::super::line::Entered;
use super::super::look::Tone;
use super::super::message::{Command, Effect, Target};
use super::held::HeldScreen;
use super::paying::Paying;
use super::returning::Returning;
use super::{Ask, Common, Event, Screen, Turn, frame as around, hints, member, paint, question};
use crate::counter::view::{Serving, name_of};
use crate::loyalty::amount::{Money, Quantity};
use crate::receipt;
use crate::words;

const EMPTY: &str = "Empty the basket? F8 again empties it, any other key keeps it";
/// Columns of the member's panel on a narrow screen.
const PANEL: u16 = 29;

/// Which line is marked, and whether emptying was asked for.
#[derive(Default)]
pub struct Selling {
    chosen: usize,
    is_clearing: bool,
}

impl Selling {
    /// Marks a line.
    pub fn choose(&mut self, line: usize, serving: &Serving) {
        self.chosen = line;
        self.clamp(serving);
    }

    /// Marks the last line.
    pub fn choose_last(&mut self, serving: &Serving) {
        self.chosen = serving.basket.lines.len().saturating_sub(1);
    }

    /// Keeps the mark inside the basket.
    pub fn clamp(&mut self, serving: &Serving) {
        self.chosen = self.chosen.min(serving.basket.lines.len().saturating_sub(1));
    }

    /// Was it asked whether the basket shall be emptied?
    pub fn is_asking(&self) -> bool {
        self.is_clearing
    }

    /// Takes an event.
    pub fn update(&mut self, event: Event<'_>, common: &mut Common) -> Turn {
        let event = match event {
            Event::Entered(entered) if entered.is_scan() => return self.scanned(entered, common),
            event => event,
        };
        // Another sentence may have taken the question's place: nobody answers what he does not see.
        let is_seen = common.notice.as_ref().is_some_and(|notice| notice.text == EMPTY);
        let was_clearing = std::mem::take(&mut self.is_clearing) && is_seen;
        match event {
            Event::Entered(entered) => self.entered(entered, common),
            Event::Signs(by) => match self.target(common) {
                Some(target) => Turn::ask(Effect::More(target, Quantity::whole(by))),
                None => Turn::stay(),
            },
            Event::Press => self.press(common),
            Event::Command(Command::Clear) if was_clearing => {
                common.notice = None;
                Turn::ask(Effect::Clear)
            }
            Event::Command(Command::Clear) if !common.serving.basket.lines.is_empty() => {
                self.is_clearing = true;
                common.say(Tone::Warn, EMPTY);
                Turn::stay()
            }
            Event::Command(command) => self.command(command, common),
            Event::Answer(_) => Turn::stay(),
        }
    }

    /// A scan goes to the basket, whatever is asked; a question stays. Only a price could be meant by a fast number.
    fn scanned(&mut self, entered: Entered, common: &mut Common) -> Turn {
        if matches!(common.asks.front(), Some(Ask::Price(..))) {
            return question::price(entered, common);
        }
        if matches!(common.asks.front(), Some(Ask::Agent)) {
            return Turn::ask(Effect::NameAgent(entered.text, entered.source));
        }
        common.scan(entered)
    }

    fn entered(&mut self, entered: Entered, common: &mut Common) -> Turn {
        match common.asks.front() {
            Some(Ask::Price(..)) => return question::price(entered, common),
            Some(Ask::Which(_)) => return question::which(entered, common),
            Some(Ask::Agent) => return Turn::ask(Effect::NameAgent(entered.text, entered.source)),
            Some(Ask::Choose(..)) => {
                common.asks.pop_front();
            }
            None => {}
        }
        if let Some(number) = entered.text.strip_prefix('*') {
            return self.quantity(number, common);
        }
        let is_number_alone = entered
            .text
            .strip_suffix('*')
            .is_some_and(|n| Quantity::parse(n).is_ok());
        if is_number_alone {
            common.line.put(&entered.text);
            common.say(Tone::Plain, "Now scan the goods");
            return Turn::stay();
        }
        common.scan(entered)
    }

    fn quantity(&mut self, number: &str, common: &mut Common) -> Turn {
        match (
            Quantity::parse(&number.trim().replace(',', ".")),
            self.target(common),
        ) {
            (Ok(quantity), Some(target)) if quantity > Quantity::ZERO => {
                Turn::ask(Effect::SetQuantity(target, quantity))
            }
            (Ok(_), Some(_)) => {
                common.say(
                    Tone::Bad,
                    "A quantity must be more than 0: Del takes the line out",
                );
                Turn::stay()
            }
            (_, None) => {
                common.say(Tone::Bad, "There is no line yet: scan something first");
                Turn::stay()
            }
            (Err(error), _) => {
                common.say(Tone::Bad, error.to_string());
                Turn::stay()
            }
        }
    }

    /// While scans are on their way, the line meant is the one that the last of them makes.
    fn target(&self, common: &Common) -> Option<Target> {
        if common.unanswered > 0 {
            return Some(Target::LastScanned);
        }
        let line = common.serving.basket.lines.get(self.chosen)?;
        Some(Target::Line(self.chosen, line.goods.sku.clone()))
    }

    fn press(&mut self, common: &mut Common) -> Turn {
        match common.asks.front() {
            Some(Ask::Choose(goods, at)) => {
                let sku = goods.get(*at).map(|goods| goods.sku.to_string());
                common.asks.pop_front();
                return sku.map_or_else(Turn::stay, |sku| common.scan(Entered::typed(sku)));
            }
            Some(Ask::Price(..)) => {
                common.say(
                    Tone::Warn,
                    "Type the price and press Enter, or Esc to leave these goods out",
                );
                return Turn::stay();
            }
            Some(Ask::Agent) => {
                common.asks.pop_front();
                return Turn::ask(Effect::ForgetAgent);
            }
            Some(Ask::Which(question)) => {
                let text = format!("Press 1 to {}, or Esc for none of them", question.choices.len());
                common.say(Tone::Warn, text);
                return Turn::stay();
            }
            None => {}
        }
        pay(common, Paying::in_cash())
    }

    fn command(&mut self, command: Command, common: &mut Common) -> Turn {
        let page = 10;
        match command {
            Command::Back => {
                common.asks.pop_front();
                Turn::stay()
            }
            Command::Agent if common.asks.is_empty() => {
                common.asks.push_front(Ask::Agent);
                Turn::stay()
            }
            Command::Up => self.step(-1, common),
            Command::Down => self.step(1, common),
            Command::PageUp => self.step(-page, common),
            Command::PageDown => self.step(page, common),
            Command::Pay => pay(common, Paying::in_cash()),
            Command::Card => pay(common, Paying::by_card()),
            Command::Return => Turn::go(Screen::Returning(Returning::default())),
            Command::Held => Turn::go(Screen::Held(HeldScreen::default())),
            Command::Hold if common.serving.basket.lines.is_empty() => {
                common.say(Tone::Plain, "There is no basket to put aside");
                Turn::stay()
            }
            Command::Hold => Turn::ask(Effect::Hold),
            Command::Undo => Turn::ask(Effect::Undo),
            Command::NoCard if common.serving.buyer.is_some() => Turn::ask(Effect::ForgetBuyer),
            Command::Remove => match self.target(common) {
                Some(target) => Turn::ask(Effect::Remove(target)),
                None => Turn::stay(),
            },
            _ => Turn::stay(),
        }
    }

    fn step(&mut self, by: isize, common: &mut Common) -> Turn {
        if let Some(Ask::Choose(goods, at)) = common.asks.front_mut() {
            *at = at.saturating_add_signed(by).min(goods.len().saturating_sub(1));
            return Turn::stay();
        }
        self.chosen = self.chosen.saturating_add_signed(by);
        self.clamp(&common.serving);
        Turn::stay()
    }

    /// Draws.
    pub fn view(&self, frame: &mut Frame, common: &Common) {
        let keys = [
            ("F2", "Pay"),
            ("F4", "Card"),
            ("F3", "Return"),
            ("F5", "Aside"),
            ("F7", "Undo"),
            ("Del", "Remove"),
            ("Ins", "Why"),
            ("F1", "Help"),
        ];
        let more = [
            ("F6", "Put aside"),
            ("F9", "Print again"),
            ("F11", "Status"),
            ("F12", "No card"),
            ("F8", "Empty"),
            ("Home", "Brought"),
            ("End", "Member"),
            ("F10", "Leave"),
        ];
        let is_wide = frame.area().width >= 140;
        let keys: Vec<_> = keys
            .into_iter()
            .chain(more.into_iter().filter(|_| is_wide))
            .collect();
        let prompt = match common.asks.front() {
            Some(Ask::Price(..)) => "Price",
            Some(Ask::Which(_)) => "Number, or scan",
            Some(Ask::Agent) => "Card of who sells",
            _ => "Scan or type",
        };
        let body = around::around(frame, common, "vafa till", prompt, &keys);
        let panel = if is_wide { body.width / 3 } else { PANEL };
        let [basket, rule, side] = Layout::horizontal([
            Constraint::Min(40),
            Constraint::Length(1),
            Constraint::Length(panel),
        ])
        .areas(body);
        around::vertical(frame, rule, common);
        let hinted = self.basket(frame, basket, common);
        member::view(frame, side, common, hinted);
        question::view(frame, basket, common);
        question::blocked(frame, body, common);
    }

    /// Draws the basket, and what is nearly reached in the rows that it leaves. Answers whether there were any.
    fn basket(&self, frame: &mut Frame, area: Rect, common: &Common) -> bool {
        let columns = Columns::of(area.width);
        let [head, rows] = Layout::vertical([Constraint::Length(1), Constraint::Min(1)]).areas(area);
        let title = columns.row("", "Qty", "Goods", "Price", "Net");
        frame.render_widget(paint::styled(title, common.look.quiet()), head);
        let lines = &common.serving.basket.lines;
        if lines.is_empty() {
            let text = "Scan goods or a card, in any order. Typing works too: a number, or the first letters of a name.";
            let lines = paint::wrapped(text, usize::from(rows.width) - 2, Style::new());
            let inside = Rect {
                x: rows.x + 1,
                y: rows.y + 1,
                height: rows.height - 1,
                ..rows
            };
            frame.render_widget(Paragraph::new(lines), inside);
            return false;
        }
        let height = usize::from(rows.height);
        let drawn = self.rows(common, &columns, height);
        // One row stays between the basket and the hints.
        let free = height.saturating_sub(drawn.len() + 1);
        frame.render_widget(Paragraph::new(drawn), rows);
        hints::below(frame, rows, free, common) > 0
    }

    /// Rows around the marked line, as many as fit: those before it as far as there is room, then those after it.
    fn rows(&self, common: &Common, columns: &Columns, height: usize) -> Vec<Line<'static>> {
        let lines = common.serving.basket.lines.len();
        let mut first = self.chosen;
        let mut used = self.block(common, columns, self.chosen).len();
        while first > 0 {
            let before = self.block(common, columns, first - 1).len();
            if used + before > height {
                break;
            }
            used += before;
            first -= 1;
        }
        let mut rows = Vec::new();
        for index in first..lines {
            if rows.len() >= height {
                break;
            }
            rows.extend(self.block(common, columns, index));
        }
        let hidden = lines > 0 && (first > 0 || rows.len() > height);
        rows.truncate(height);
        if hidden
            && first > 0
            && let Some(top) = rows.first_mut()
        {
            top.spans
                .insert(0, Span::styled(common.look.pick("↑", "^"), common.look.quiet()));
            trim_left(top);
        }
        rows
    }

    fn block(&self, common: &Common, columns: &Columns, index: usize) -> Vec<Line<'static>> {
        let serving = &common.serving;
        let (line, look) = (&serving.basket.lines[index], common.look);
        let quoted = serving.quote.lines.get(index).copied().unwrap_or_default();
        let is_chosen = index == self.chosen;
        let mark = if is_chosen { look.pick("▸", ">") } else { " " };
        let row = columns.row(
            mark,
            &receipt::count(line.quantity, &line.goods.unit),
            &line.goods.name,
            &line.price.text(common.currency),
            &common.currency.text(quoted.net()),
        );
        let style = if is_chosen { look.chosen() } else { Style::new() };
        let mut rows = vec![paint::styled(row, style)];
        for (applied, part) in receipt::parts_of(&serving.quote, index) {
            let why = words::reason(&applied.why, common.currency);
            let text = columns.why(&format!("− {why}"), name_of(&serving.names, &applied.program));
            let text = look.text(&text);
            let amount = common.currency.text(-part);
            rows.push(paint::styled(columns.under(&text, &amount), look.gift()));
        }
        rows
    }
}

/// The first cell of a row is free for a sign that more lines are above.
fn trim_left(row: &mut Line<'static>) {
    if let Some(text) = row.spans.get_mut(1) {
        let rest: String = text.content.chars().skip(1).collect();
        text.content = rest.into();
    }
}

/// Goes on to paying, where there is something to pay and every scan has arrived.
fn pay(common: &mut Common, screen: Paying) -> Turn {
    if common.serving.basket.lines.is_empty() && common.unanswered == 0 {
        return Turn::stay();
    }
    if !common.asks.is_empty() {
        common.say(
            Tone::Warn,
            "First answer the question on the screen, or press Esc",
        );
        return Turn::stay();
    }
    Turn::go(Screen::Paying(screen))
}

struct Columns {
    name: usize,
    quantity: usize,
    money: usize,
}

impl Columns {
    fn of(width: u16) -> Columns {
        let width = usize::from(width);
        let (quantity, money) = if width >= 70 { (10, 12) } else { (7, 9) };
        Columns {
            name: width.saturating_sub(quantity + 2 * money + 5),
            quantity,
            money,
        }
    }

    fn row(&self, mark: &str, quantity: &str, name: &str, price: &str, net: &str) -> String {
        format!(
            "{}{} {} {} {} ",
            paint::left(mark, 1),
            paint::right(quantity, self.quantity),
            paint::left(name, self.name),
            paint::right(price, self.money),
            paint::right(net, self.money),
        )
    }

    /// The program's name stands behind the reason where there is room for both.
    fn why(&self, why: &str, program: &str) -> String {
        let both = format!("{why} ({program})");
        if both.width() <= self.name + self.money + 1 {
            both
        } else {
            why.to_owned()
        }
    }

    fn under(&self, why: &str, amount: &str) -> String {
        let room = self.name + self.money + 1;
        let indent = " ".repeat(self.quantity + 2);
        format!(
            "{indent}{} {} ",
            paint::left(why, room),
            paint::right(amount, self.money)
        )
    }
}

/// What the customer saves, for the panel beside the basket.
pub fn saved(serving: &Serving) -> Option<Money> {
    let saved = serving.quote.discount;
    (!saved.is_zero()).then_some(saved)
}
