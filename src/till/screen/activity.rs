//! What a member brought or did outside of a sale: which kind, how many, what else must be told, what it gives; then Enter
//! records it. The open basket stays as it is.

use std::collections::BTreeMap;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use super::super::line::Entered;
use super::super::look::Tone;
use super::super::message::{Answer, Command, Effect};
use super::{Common, Event, Screen, Turn, frame as around, member, paint};
use crate::counter::view::{Told, WouldGive, name_of};
use crate::loyalty::amount::Quantity;
use crate::loyalty::engine::{ActivityKind, Asks, Attribute};
use crate::loyalty::member::Change;
use crate::loyalty::quote::Reason;
use crate::words;

const NO_CARD: &str = "Scan the member's card first: what is brought or done is put on his account";

/// What is being told.
#[derive(Default)]
pub struct ActivityScreen {
    kinds: Option<Vec<ActivityKind>>,
    chosen: usize,
    step: Step,
    quantity: Quantity,
    told: BTreeMap<String, String>,
    gives: Option<WouldGive>,
    is_sent: bool,
}

/// What is asked now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Step {
    #[default]
    Kind,
    Quantity,
    Attribute(usize),
    Confirm,
}

impl ActivityScreen {
    /// It is on its way to the disk.
    pub fn is_sent(&self) -> bool {
        self.is_sent
    }

    /// It was refused.
    pub fn unlock(&mut self) {
        self.is_sent = false;
    }

    /// A number that differs from step to step: Enter counts only on a step that was seen.
    pub fn step(&self) -> u8 {
        match self.step {
            Step::Kind => 0,
            Step::Quantity => 1,
            Step::Confirm => 2,
            Step::Attribute(n) => 3 + u8::try_from(n).unwrap_or(u8::MAX - 3).min(60),
        }
    }

    fn kind(&self) -> Option<&ActivityKind> {
        self.kinds.as_ref()?.get(self.chosen)
    }

    fn attribute(&self) -> Option<&Attribute> {
        let Step::Attribute(n) = self.step else {
            return None;
        };
        self.kind()?.attributes.get(n)
    }

    /// Takes an event.
    pub fn update(&mut self, event: Event<'_>, common: &mut Common) -> Turn {
        if self.is_sent {
            return match event {
                Event::Entered(entered) if entered.is_scan() => common.scan(entered),
                _ => Turn::stay(),
            };
        }
        match event {
            Event::Answer(Answer::Activities(kinds)) => {
                self.kinds = Some(kinds.clone());
                self.chosen = 0;
                Turn::stay()
            }
            Event::Answer(Answer::AttributeRead(name, value)) => self.read(name, value),
            Event::Answer(Answer::ActivityQuoted(gives)) => {
                if gives.told == self.asked() {
                    self.gives = Some((**gives).clone());
                }
                Turn::stay()
            }
            Event::Entered(entered) => self.entered(entered, common),
            Event::Press => self.press(common),
            Event::Command(Command::Back) => self.back(),
            Event::Command(Command::Up) if self.step == Step::Kind => {
                self.chosen = self.chosen.saturating_sub(1);
                Turn::stay()
            }
            Event::Command(Command::Down) if self.step == Step::Kind => {
                let last = self
                    .kinds
                    .as_ref()
                    .map_or(0, |kinds| kinds.len().saturating_sub(1));
                self.chosen = (self.chosen + 1).min(last);
                Turn::stay()
            }
            _ => Turn::stay(),
        }
    }

    fn asked(&self) -> Told {
        Told {
            kind: self.kind().map(|kind| kind.kind.clone()).unwrap_or_default(),
            quantity: self.quantity,
            attributes: self.told.clone(),
        }
    }

    fn read(&mut self, name: &str, value: &str) -> Turn {
        if self.attribute().is_none_or(|asked| asked.name != name) {
            return Turn::stay();
        }
        self.told.insert(name.to_owned(), value.to_owned());
        let Step::Attribute(n) = self.step else {
            return Turn::stay();
        };
        self.ask_from(n + 1)
    }

    /// The next attribute, or what it all gives.
    fn ask_from(&mut self, n: usize) -> Turn {
        if self.kind().is_some_and(|kind| n < kind.attributes.len()) {
            self.step = Step::Attribute(n);
            return Turn::stay();
        }
        self.step = Step::Confirm;
        self.gives = None;
        Turn::ask(Effect::QuoteActivity(self.asked()))
    }

    /// A scan goes to the basket, but a card where the card of another member is asked for.
    fn entered(&mut self, entered: Entered, common: &mut Common) -> Turn {
        let asks_card = self.attribute().is_some_and(|asked| asked.asks == Asks::Member);
        if entered.is_scan() && !asks_card {
            return common.scan(entered);
        }
        match (self.step, self.attribute()) {
            (Step::Quantity, _) => self.many(&entered, common),
            (Step::Attribute(_), Some(asked)) => {
                Turn::ask(Effect::ReadAttribute(asked.clone(), entered.text))
            }
            _ => common.scan(entered),
        }
    }

    fn many(&mut self, entered: &Entered, common: &mut Common) -> Turn {
        let text = entered.text.trim().trim_start_matches('*').replace(',', ".");
        match Quantity::parse(&text) {
            Ok(quantity) if quantity > Quantity::ZERO => {
                self.quantity = quantity;
                self.ask_from(0)
            }
            Ok(_) => {
                common.say(Tone::Bad, "A quantity must be more than 0");
                Turn::stay()
            }
            Err(error) => {
                common.say(Tone::Bad, error.to_string());
                Turn::stay()
            }
        }
    }

    fn press(&mut self, common: &mut Common) -> Turn {
        if common.serving.buyer.is_none() {
            common.say(Tone::Warn, NO_CARD);
            return Turn::stay();
        }
        match self.step {
            Step::Kind if self.kind().is_some() => {
                self.step = Step::Quantity;
                self.told.clear();
                Turn::stay()
            }
            Step::Kind => Turn::go(Screen::Selling),
            Step::Quantity => {
                self.quantity = Quantity::ONE;
                self.ask_from(0)
            }
            Step::Attribute(_) => {
                common.say(
                    Tone::Warn,
                    "This must be told: type it and press Enter, or Esc to go back",
                );
                Turn::stay()
            }
            Step::Confirm => match self.gives.clone() {
                Some(gives) => {
                    self.is_sent = true;
                    Turn::ask(Effect::RecordActivity(gives.id, gives.told))
                }
                None => Turn::ask(Effect::QuoteActivity(self.asked())),
            },
        }
    }

    fn back(&mut self) -> Turn {
        self.gives = None;
        self.step = match self.step {
            Step::Kind => return Turn::go(Screen::Selling),
            Step::Quantity => Step::Kind,
            Step::Attribute(0) => Step::Quantity,
            Step::Attribute(n) => Step::Attribute(n - 1),
            Step::Confirm => match self.kind().map_or(0, |kind| kind.attributes.len()) {
                0 => Step::Quantity,
                many => Step::Attribute(many - 1),
            },
        };
        Turn::stay()
    }

    /// Draws.
    pub fn view(&self, frame: &mut Frame, common: &Common) {
        let name = self.attribute().map(|asked| asked.name.clone());
        let (prompt, enter) = match self.step {
            Step::Kind => ("Scan or type", "Take this"),
            Step::Quantity => ("How many", "One, or type how many"),
            Step::Attribute(_) => (name.as_deref().unwrap_or_default(), "Go on"),
            Step::Confirm => ("Enter records it", "Record it"),
        };
        let keys = [("Enter", enter), ("Up Down", "Choose"), ("Esc", "Back")];
        let body = around::around(frame, common, "Brought or done", prompt, &keys);
        let inside = Rect {
            x: body.x + 2,
            width: body.width.saturating_sub(4),
            ..body
        };
        let rows = self.rows(
            common,
            usize::from(inside.width).min(100),
            usize::from(inside.height),
        );
        frame.render_widget(Paragraph::new(rows), inside);
    }

    fn rows(&self, common: &Common, width: usize, height: usize) -> Vec<Line<'static>> {
        let look = common.look;
        let mut rows = vec![Line::default()];
        match &common.serving.buyer {
            Some(buyer) => {
                let name = buyer.name.clone().unwrap_or_else(|| "Customer".to_owned());
                let card = look.text(&format!("{} …{}", member::how(buyer), buyer.card_ending));
                rows.push(paint::styled(paint::pair(&name, &card, width), look.strong()));
            }
            None => rows.extend(paint::wrapped(NO_CARD, width, look.tone(Tone::Warn))),
        }
        rows.push(Line::default());
        if self.step == Step::Kind {
            let room = height.saturating_sub(rows.len());
            rows.extend(self.choices(common, width, room));
            return rows;
        }
        let asked = self.asked();
        let many = match self.step {
            Step::Quantity => String::new(),
            _ => asked.quantity.to_string(),
        };
        rows.push(Line::from(paint::pair(&asked.kind, &many, width)));
        for (name, value) in &asked.attributes {
            rows.push(Line::from(paint::pair(&format!("  {name}"), value, width)));
        }
        rows.push(Line::default());
        match (self.step, self.attribute()) {
            (Step::Attribute(_), Some(asked)) => {
                let what = match asked.asks {
                    Asks::Text => "type it",
                    Asks::Number => "type the number",
                    Asks::Member => "scan the other member's card, or type its number",
                };
                rows.push(Line::from(format!("{}: {what}", asked.name)));
            }
            (Step::Confirm, _) => rows.extend(self.confirm(common, width)),
            _ => rows.push(Line::from("How many? Enter alone is one.")),
        }
        rows
    }

    fn choices(&self, common: &Common, width: usize, room: usize) -> Vec<Line<'static>> {
        let look = common.look;
        let Some(kinds) = &self.kinds else {
            return vec![Line::from("One moment ...")];
        };
        if kinds.is_empty() {
            let text =
                "No program of this shop gives anything for what is brought or done outside of a sale.";
            return paint::wrapped(text, width, Style::new());
        }
        let first = (self.chosen + 1).saturating_sub(room.max(1));
        let shown = kinds.iter().enumerate().skip(first).take(room.max(1));
        shown
            .map(|(index, kind)| {
                let is_chosen = index == self.chosen;
                let mark = if is_chosen { look.pick("▸", ">") } else { " " };
                let style = if is_chosen { look.chosen() } else { Style::new() };
                let programs: Vec<&str> = kind
                    .programs
                    .iter()
                    .map(|id| name_of(&common.serving.names, id))
                    .collect();
                let text = paint::pair(&format!("{mark} {}", kind.kind), &programs.join(", "), width);
                paint::styled(text, style)
            })
            .collect()
    }

    fn confirm(&self, common: &Common, width: usize) -> Vec<Line<'static>> {
        let look = common.look;
        if self.is_sent {
            return vec![paint::styled("Recording it, one moment ...", look.strong())];
        }
        let Some(gives) = &self.gives else {
            return vec![Line::from("One moment ...")];
        };
        let said = gives.changes.iter().filter_map(|change| said(change, common));
        let friend = gives
            .others
            .iter()
            .flat_map(|other| &other.changes)
            .filter(|change| matches!(change, Change::Brought { .. }))
            .map(|_| "the friend is noted: points come with his first purchase".to_owned());
        let rows: Vec<Line<'_>> = said
            .chain(friend)
            .flat_map(|text| paint::wrapped(&format!("* {text}"), width, look.gift()))
            .collect();
        if rows.is_empty() {
            let text = "This gives nothing now: the limit is reached, or it was done before. It can be recorded all the same.";
            return paint::wrapped(text, width, look.tone(Tone::Warn));
        }
        rows
    }
}

/// A change as a line for the cashier; what is only counted is not said.
fn said(change: &Change, common: &Common) -> Option<String> {
    let why = match change {
        Change::Earn { purse, amount, .. } => Reason::Earned {
            purse: purse.clone(),
            points: *amount,
        },
        Change::Issue { reward, quantity, .. } => Reason::Issued {
            reward: common
                .serving
                .rewards
                .get(reward)
                .cloned()
                .unwrap_or_else(|| reward.to_string()),
            quantity: *quantity,
        },
        _ => return None,
    };
    Some(words::reason(&why, common.currency))
}
