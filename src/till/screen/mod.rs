//! What is on the screen: what all screens share, which one is shown, and how a message finds it.

pub mod done;
pub mod frame;
pub mod health;
pub mod held;
pub mod help;
pub mod member;
pub mod paint;
pub mod paying;
pub mod returning;
pub mod selling;

use std::collections::VecDeque;

use ratatui::Frame;

use super::keys::{self, Stroke};
use super::line::{Ended, Entered, InputLine};
use super::look::{Look, Tone};
use super::message::{Answer, Command, Effect, Message, Opened, Outcome};
use crate::counter::view::{Done, Health, Serving};
use crate::loyalty::amount::{Currency, Money, Quantity};
use crate::loyalty::calendar::{Moment, Zone};
use crate::loyalty::goods::Goods;
use crate::loyalty::id::SiteId;
use done::{DoneScreen, What};
use held::HeldScreen;
use paying::Paying;
use returning::Returning;
use selling::Selling;

/// A key that confirms something counts only when the screen was seen for so long.
const SEEN_MS: u64 = 250;
/// How many sentences are kept for the health screen.
const MOST_PROBLEMS: usize = 20;

/// What all screens share.
pub struct Common {
    /// The shop's currency.
    pub currency: Currency,
    /// The zone of the clock on the site's wall.
    pub zone: Zone,
    /// Where this terminal stands.
    pub site: SiteId,
    /// The customer being served.
    pub serving: Serving,
    /// How the terminal is.
    pub health: Health,
    /// What the clock said when the health was told.
    pub now: Moment,
    /// How this terminal can be painted.
    pub look: Look,
    /// The line of input.
    pub line: InputLine,
    /// The last sentence for the cashier.
    pub notice: Option<Notice>,
    /// Questions that scans have left.
    pub asks: VecDeque<Ask>,
    /// Effects that are not answered yet.
    pub unanswered: usize,
    /// What went wrong since the start.
    pub problems: VecDeque<(Moment, String)>,
}

/// A sentence for the cashier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What it means.
    pub tone: Tone,
    /// The sentence.
    pub text: String,
}

/// A question that a scan left open.
#[derive(Clone, Debug, PartialEq)]
pub enum Ask {
    /// What do these goods cost?
    Price(Box<Goods>, Quantity),
    /// Which of these is meant, and which one is marked.
    Choose(Vec<Goods>, usize),
}

/// What reaches a screen.
pub enum Event<'a> {
    /// A line of text that ended with Enter.
    Entered(Entered),
    /// Plus or minus was pressed so many times.
    Signs(i64),
    /// Enter on an empty line.
    Press,
    /// A key.
    Command(Command),
    /// The backroom's word.
    Answer(&'a Answer),
}

/// What a screen makes of an event.
#[derive(Default)]
pub struct Turn {
    /// What is to be carried out.
    pub effects: Vec<Effect>,
    /// Which screen comes next.
    pub go: Option<Screen>,
}

impl Turn {
    /// Nothing.
    pub fn stay() -> Turn {
        Turn::default()
    }

    /// One effect.
    pub fn ask(effect: Effect) -> Turn {
        Turn {
            effects: vec![effect],
            go: None,
        }
    }

    /// Another screen.
    pub fn go(screen: Screen) -> Turn {
        Turn {
            effects: Vec::new(),
            go: Some(screen),
        }
    }

    /// And then another screen.
    pub fn and_go(mut self, screen: Screen) -> Turn {
        self.go = Some(screen);
        self
    }
}

/// Which screen is shown.
pub enum Screen {
    /// The basket.
    Selling,
    /// What is due, and how it is paid.
    Paying(Paying),
    /// A sale or return that is on the disk.
    Done(DoneScreen),
    /// Taking goods back.
    Returning(Returning),
    /// Baskets put aside.
    Held(HeldScreen),
    /// The keys.
    Help,
    /// How the terminal is.
    Health,
}

impl Common {
    /// Says something to the cashier.
    pub fn say(&mut self, tone: Tone, text: impl Into<String>) {
        let text = text.into();
        self.notice = Some(Notice { tone, text });
    }

    /// Money as text with the currency's code.
    pub fn money(&self, money: Money) -> String {
        format!("{} {}", self.currency.text(money), self.currency.code())
    }

    /// Takes a scan for the basket.
    pub fn scan(&mut self, text: String) -> Turn {
        Turn::ask(Effect::Scan(text))
    }

    /// No sale can be recorded, and none has begun.
    pub fn is_blocked(&self) -> bool {
        self.health.cannot_record.is_some() && self.serving.basket.lines.is_empty()
    }

    fn trouble(&mut self, tone: Tone, text: String) {
        if self.problems.len() == MOST_PROBLEMS {
            self.problems.pop_front();
        }
        self.problems.push_back((self.now, text.clone()));
        self.say(tone, text);
    }
}

/// The till: the state of its screens.
pub struct Till {
    /// What all screens share.
    pub common: Common,
    selling: Selling,
    screen: Screen,
    shown: Option<(u8, u64)>,
    leaving: bool,
    asked_to_leave: bool,
    broken: Option<String>,
    unprinted: Option<Done>,
    was_restored: bool,
}

impl Till {
    /// A till whose folder is open.
    pub fn new(opened: Opened, look: Look) -> Till {
        let mut till = Till {
            common: Common {
                currency: opened.currency,
                zone: opened.zone,
                site: opened.site,
                serving: opened.serving,
                health: opened.health,
                now: opened.now,
                look,
                line: InputLine::default(),
                notice: None,
                asks: VecDeque::new(),
                unanswered: 0,
                problems: VecDeque::new(),
            },
            selling: Selling::default(),
            screen: Screen::Selling,
            shown: None,
            leaving: false,
            asked_to_leave: false,
            broken: None,
            unprinted: opened.unprinted,
            was_restored: opened.was_restored,
        };
        till.greet();
        till
    }

    fn greet(&mut self) {
        let common = &mut self.common;
        let lines = common.serving.basket.lines.len();
        let mut sentences = Vec::new();
        if let Some(last) = &self.unprinted {
            sentences.push(format!(
                "Last sale {} ({}) was recorded: print again with F9",
                last.id,
                common.money(last.total)
            ));
        }
        if lines > 0 && self.was_restored {
            let s = if lines == 1 { "" } else { "s" };
            sentences.push(format!("The open basket is here again ({lines} line{s})"));
        }
        if !sentences.is_empty() {
            common.say(Tone::Warn, sentences.join(". "));
        }
    }

    /// What is asked for before the first key.
    pub fn start(&mut self) -> Vec<Effect> {
        self.selling.choose_last(&self.common.serving);
        Vec::new()
    }

    /// Takes a message.
    pub fn update(&mut self, message: Message) -> Vec<Effect> {
        let effects = match message {
            Message::Key(key, read_ms) => match keys::read(key) {
                Some(stroke) => self.stroke(stroke, read_ms),
                None => Vec::new(),
            },
            Message::Answer(answer) => self.answer(answer),
            Message::Resized => Vec::new(),
            Message::Stop => {
                self.leaving = true;
                Vec::new()
            }
        };
        self.count(effects)
    }

    /// Decides on lone signs when enough time went by.
    pub fn settle(&mut self, at_ms: u64) -> Vec<Effect> {
        let Some(signs) = self.common.line.settle(at_ms) else {
            return Vec::new();
        };
        let effects = self.turn(Event::Signs(signs));
        self.count(effects)
    }

    /// Does something on the line of input wait for `settle`?
    pub fn is_settling(&self) -> bool {
        self.common.line.is_settling()
    }

    /// The screen was drawn.
    pub fn drawn(&mut self, at_ms: u64) {
        let kind = self.kind();
        if self.shown.is_none_or(|(shown, _)| shown != kind) {
            self.shown = Some((kind, at_ms));
        }
    }

    /// The backroom was too busy for this.
    pub fn bounced(&mut self, effect: Effect) {
        self.common.unanswered = self.common.unanswered.saturating_sub(1);
        let what = match effect {
            Effect::Scan(_) => "The till is busy: the last scan was not taken. Scan it again",
            _ => "The till is busy: the last key was not taken. Press it again",
        };
        self.common.say(Tone::Bad, what);
        self.unlock();
    }

    /// Somebody leaves.
    pub fn is_leaving(&self) -> bool {
        self.leaving
    }

    /// Why the till cannot go on, if so.
    pub fn broken(&self) -> Option<String> {
        self.broken.clone()
    }

    /// Draws; changes nothing.
    pub fn view(&self, frame: &mut Frame) {
        let common = &self.common;
        if frame.area().width < frame::LEAST_WIDTH || frame.area().height < frame::LEAST_HEIGHT {
            return frame::too_small(frame, common);
        }
        match &self.screen {
            Screen::Selling => self.selling.view(frame, common),
            Screen::Paying(paying) => paying.view(frame, common),
            Screen::Done(done) => done.view(frame, common),
            Screen::Returning(returning) => returning.view(frame, common),
            Screen::Held(held) => held.view(frame, common),
            Screen::Help => help::view(frame, common),
            Screen::Health => health::view(frame, common),
        }
    }

    fn kind(&self) -> u8 {
        match &self.screen {
            Screen::Selling => 0,
            Screen::Paying(_) => 1,
            Screen::Done(_) => 2,
            Screen::Returning(_) => 3,
            Screen::Held(_) => 4,
            Screen::Help => 5,
            Screen::Health => 6,
        }
    }

    /// Was the screen that a key confirms seen before it was pressed?
    fn was_seen(&self, at_ms: u64) -> bool {
        self.shown
            .is_some_and(|(kind, since)| kind == self.kind() && at_ms >= since + SEEN_MS)
    }

    fn stroke(&mut self, stroke: Stroke, at_ms: u64) -> Vec<Effect> {
        if stroke != Stroke::Command(Command::Quit) {
            self.asked_to_leave = false;
        }
        let line = &mut self.common.line;
        let ended = match stroke {
            Stroke::Text('?') if line.is_empty() => return self.command(Command::Help, at_ms),
            Stroke::Text(c) => {
                line.push(c, at_ms);
                return Vec::new();
            }
            Stroke::Rubout => {
                line.rubout();
                return Vec::new();
            }
            Stroke::Command(command) => return self.command(command, at_ms),
            Stroke::Enter => line.end(at_ms, true),
            Stroke::Suffix => line.end(at_ms, false),
        };
        match ended {
            Ended::Nothing => Vec::new(),
            Ended::Signs(signs) => self.turn(Event::Signs(signs)),
            Ended::Entered(entered) => {
                self.common.notice = None;
                self.turn(Event::Entered(entered))
            }
            Ended::Press if self.was_seen(at_ms) => {
                self.common.notice = None;
                self.turn(Event::Press)
            }
            Ended::Press => Vec::new(),
        }
    }

    fn command(&mut self, command: Command, at_ms: u64) -> Vec<Effect> {
        let is_confirming = matches!(command, Command::Pay | Command::Card);
        if is_confirming && !matches!(self.screen, Screen::Selling) && !self.was_seen(at_ms) {
            return Vec::new();
        }
        match command {
            Command::Back if !self.common.line.is_empty() => self.common.line.clear(),
            Command::Quit => self.quit(),
            Command::Print => return vec![Effect::PrintAgain],
            Command::Help if !self.is_sent() => self.toggle(Screen::Help),
            Command::Health if !self.is_sent() => self.toggle(Screen::Health),
            command => {
                if command != Command::Clear {
                    self.common.notice = None;
                }
                return self.turn(Event::Command(command));
            }
        }
        Vec::new()
    }

    fn toggle(&mut self, screen: Screen) {
        let is_shown = std::mem::discriminant(&screen) == std::mem::discriminant(&self.screen);
        self.screen = if is_shown { Screen::Selling } else { screen };
    }

    fn quit(&mut self) {
        let open = self.common.serving.basket.lines.len();
        if self.asked_to_leave || (open == 0 && self.common.unanswered == 0) {
            self.leaving = true;
            return;
        }
        self.asked_to_leave = true;
        let text =
            "The open basket is kept and will be here again at the next start. Press F10 again to leave";
        self.common.say(Tone::Warn, text);
    }

    /// A payment or return is on its way to the disk.
    fn is_sent(&self) -> bool {
        match &self.screen {
            Screen::Paying(paying) => paying.is_sent(),
            Screen::Returning(returning) => returning.is_sent(),
            _ => false,
        }
    }

    fn unlock(&mut self) {
        match &mut self.screen {
            Screen::Paying(paying) => paying.unlock(),
            Screen::Returning(returning) => returning.unlock(),
            _ => {}
        }
    }

    fn turn(&mut self, event: Event<'_>) -> Vec<Effect> {
        let common = &mut self.common;
        let turn = match &mut self.screen {
            Screen::Selling => self.selling.update(event, common),
            Screen::Paying(paying) => paying.update(event, common),
            Screen::Done(done) => done.update(event, common),
            Screen::Returning(returning) => returning.update(event, common),
            Screen::Held(held) => held.update(event, common),
            Screen::Help | Screen::Health => help::update(event, common),
        };
        if let Some(screen) = turn.go {
            self.screen = screen;
        }
        turn.effects
    }

    fn count(&mut self, effects: Vec<Effect>) -> Vec<Effect> {
        let answered = effects
            .iter()
            .filter(|effect| !matches!(effect, Effect::Print(..)));
        self.common.unanswered += answered.count();
        effects
    }

    fn answer(&mut self, answer: Answer) -> Vec<Effect> {
        let common = &mut self.common;
        let is_unasked = matches!(
            answer,
            Answer::Health(..) | Answer::News(_) | Answer::Printed(_) | Answer::Gone(_)
        );
        if !is_unasked {
            common.unanswered = common.unanswered.saturating_sub(1);
        }
        match &answer {
            Answer::Opened(_) => {}
            Answer::Health(health, now) => {
                common.health = (**health).clone();
                common.now = *now;
            }
            Answer::News(serving) => {
                common.serving = (**serving).clone();
                self.selling.clamp(&self.common.serving);
            }
            Answer::Printed(Ok(_)) => {}
            Answer::Printed(Err(why)) => {
                let text = format!("Not printed ({why}). The sale is recorded; F9 prints again");
                common.trouble(Tone::Bad, text);
            }
            Answer::Gone(why) => self.broken = Some(why.clone()),
            Answer::Refused(why, serving) => {
                common.serving = (**serving).clone();
                common.trouble(Tone::Bad, why.clone());
                self.selling.clamp(&self.common.serving);
                self.unlock();
            }
            Answer::Served(serving, outcome) => {
                common.serving = (**serving).clone();
                self.served(outcome.clone());
            }
            Answer::Paid(done, serving) => {
                common.serving = (**serving).clone();
                self.selling = Selling::default();
                self.selling.choose_last(&self.common.serving);
                if done.was_before {
                    self.common.say(
                        Tone::Warn,
                        "This basket was paid before: it is the same sale, not a second one",
                    );
                }
                return self.finished(done, What::Sale);
            }
            Answer::TakenBack(done) => return self.finished(done, What::Return),
            Answer::Reprinting(done) => {
                self.common.say(
                    Tone::Good,
                    format!("Printing {} again, marked DUPLICATE", done.id),
                );
                if !self.is_sent() {
                    self.screen = Screen::Done(DoneScreen::of((**done).clone(), What::Again));
                }
            }
            Answer::Found(_) | Answer::ReturnQuoted(..) => return self.turn(Event::Answer(&answer)),
        }
        Vec::new()
    }

    fn finished(&mut self, done: &Done, what: What) -> Vec<Effect> {
        self.screen = Screen::Done(DoneScreen::of(done.clone(), what));
        if done.was_before {
            return Vec::new();
        }
        vec![Effect::Print(done.id.clone(), done.receipt.clone())]
    }

    fn served(&mut self, outcome: Outcome) {
        let common = &mut self.common;
        match outcome {
            Outcome::Goods(line) => self.selling.choose(line, &common.serving),
            Outcome::Buyer => match &common.serving.buyer {
                Some(buyer) => {
                    let name = buyer.name.clone().unwrap_or_else(|| "Card".to_owned());
                    let text = format!("{name}, card ending {}", buyer.card_ending);
                    common.say(Tone::Good, text);
                }
                None => common.notice = None,
            },
            Outcome::AskPrice(goods, quantity) => {
                common.asks.push_back(Ask::Price(goods, quantity));
                self.screen = Screen::Selling;
            }
            Outcome::Choose(goods) => {
                common.asks.push_back(Ask::Choose(goods, 0));
                self.screen = Screen::Selling;
            }
            Outcome::Changed => self.selling.clamp(&common.serving),
            Outcome::Cleared => {
                common.say(Tone::Good, "The basket is empty. F7 brings it back");
                self.selling = Selling::default();
            }
            Outcome::Held => {
                common.say(Tone::Good, "The basket is put aside. F6 shows it");
                self.selling = Selling::default();
            }
        }
    }
}

#[cfg(test)]
mod tests;
