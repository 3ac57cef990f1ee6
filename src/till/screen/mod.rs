//! What is on the screen: what all screens share, which one is shown, and how a message finds it.

pub mod activity;
mod answers;
pub mod cards;
pub mod catalogue;
mod common;
pub mod done;
pub mod frame;
pub mod health;
pub mod held;
pub mod help;
mod hints;
pub mod member;
pub mod paint;
pub mod paying;
mod question;
pub mod returning;
pub mod selling;
pub mod why;

use std::collections::VecDeque;

use ratatui::Frame;

use super::keys::{self, Stroke};
use super::line::{Ended, Entered, InputLine};
use super::look::{Look, Tone};
use super::message::{Command, Effect, Message, Opened, Scanned};
use crate::counter::view::Done;
use activity::ActivityScreen;
use cards::{CardToTry, CardsScreen};
use catalogue::CatalogueScreen;
pub use common::{Ask, Common, Event, Notice, Screen, Turn};
use held::HeldScreen;
use returning::Returning;
use selling::Selling;
use why::WhyScreen;

/// A key that confirms something counts only when the screen was seen for so long.
const SEEN_MS: u64 = 250;

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
    pub fn new(opened: Opened, look: Look, cards: Vec<CardToTry>) -> Till {
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
                cards,
                scanners: Vec::new(),
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
        if !common.cards.is_empty() && sentences.is_empty() {
            sentences
                .push("Try it: Ctrl-G shows cards; type tea or gum, Enter, then Enter to pay".to_owned());
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
            Message::Scanned(scanned) => self.scanned(scanned),
            Message::Misread(trouble) => {
                self.common.trouble(Tone::Warn, trouble.to_string());
                Vec::new()
            }
            Message::Scanner(name, state) => {
                self.common.scanner(name, state);
                Vec::new()
            }
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
        if self.asks_for_a_number()
            && let Some(digit) = self.common.line.settle_digit(at_ms)
        {
            self.common.notice = None;
            let text = digit.to_string();
            let effects = self.turn(Event::Entered(Entered::typed(text)));
            return self.count(effects);
        }
        let Some(signs) = self.common.line.settle(at_ms) else {
            return Vec::new();
        };
        let effects = self.turn(Event::Signs(signs));
        self.count(effects)
    }

    /// Does something on the line of input wait for `settle`?
    pub fn is_settling(&self) -> bool {
        self.common.line.is_settling() || self.asks_for_a_number() && self.common.line.lone_digit().is_some()
    }

    /// A numbered question is on the screen.
    fn asks_for_a_number(&self) -> bool {
        matches!(self.screen, Screen::Selling) && matches!(self.common.asks.front(), Some(Ask::Which(_)))
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
            Effect::Scan(..) => "The till is busy: the last scan was not taken. Scan it again",
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
            Screen::Cards(cards) => cards.view(frame, common),
            Screen::Why(why) => why.view(frame, common),
            Screen::Activity(activity) => activity.view(frame, common),
            Screen::Catalogue(catalogue) => catalogue.view(frame, common),
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
            Screen::Cards(_) => 7,
            Screen::Why(_) => 8,
            Screen::Catalogue(_) => 9,
            Screen::Activity(activity) => 16 + activity.step(),
        }
    }

    /// Was the screen that a key confirms seen before it was pressed?
    fn was_seen(&self, at_ms: u64) -> bool {
        self.shown
            .is_some_and(|(kind, since)| kind == self.kind() && at_ms >= since + SEEN_MS)
    }

    /// A scan works on every screen, and answers no question: what was asked is still asked.
    fn scanned(&mut self, scanned: Scanned) -> Vec<Effect> {
        let scan = Entered {
            text: scanned.text,
            source: scanned.source,
            is_sure: scanned.is_sure,
        };
        let is_for_text = !matches!(
            self.screen,
            Screen::Paying(_) | Screen::Returning(_) | Screen::Activity(_)
        );
        let entered = self
            .common
            .line
            .meet(scan, is_for_text && self.common.asks.is_empty());
        if !self.selling.is_asking() {
            self.common.notice = None;
        }
        self.turn(Event::Entered(entered))
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
            Command::Why if !self.is_sent() => {
                self.toggle(Screen::Why(WhyScreen::default()));
                return vec![Effect::Why];
            }
            Command::Catalogue if !self.is_sent() => {
                self.toggle(Screen::Catalogue(CatalogueScreen::default()));
                return vec![Effect::Catalogue];
            }
            Command::Activity if !self.is_sent() => {
                self.toggle(Screen::Activity(ActivityScreen::default()));
                return vec![Effect::Activities];
            }
            Command::Health if !self.is_sent() => self.toggle(Screen::Health),
            Command::Cards if !self.common.cards.is_empty() && !self.is_sent() => {
                self.toggle(Screen::Cards(CardsScreen::default()));
            }
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
            Screen::Activity(activity) => activity.is_sent(),
            _ => false,
        }
    }

    fn unlock(&mut self) {
        match &mut self.screen {
            Screen::Paying(paying) => paying.unlock(),
            Screen::Returning(returning) => returning.unlock(),
            Screen::Activity(activity) => activity.unlock(),
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
            Screen::Cards(cards) => cards.update(event, common),
            Screen::Why(why) => why.update(event, common),
            Screen::Activity(activity) => activity.update(event, common),
            Screen::Catalogue(catalogue) => catalogue.update(event, common),
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
}

#[cfg(test)]
mod tests;
