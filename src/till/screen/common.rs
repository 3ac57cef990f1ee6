//! What all screens share, what reaches them, and what they answer.

use std::collections::VecDeque;

use super::super::line::{Entered, InputLine};
use super::super::look::{Look, Tone};
use super::super::message::{Answer, Command, Effect};
use super::activity::ActivityScreen;
use super::cards::{CardToTry, CardsScreen};
use super::catalogue::CatalogueScreen;
use super::done::DoneScreen;
use super::held::HeldScreen;
use super::paying::Paying;
use super::returning::Returning;
use super::why::WhyScreen;
use crate::counter::view::{Health, Question, Serving};
use crate::loyalty::amount::{Currency, Money, Quantity};
use crate::loyalty::calendar::{Moment, Zone};
use crate::loyalty::goods::Goods;
use crate::loyalty::id::SiteId;

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
    /// Cards to try, in a demo.
    pub cards: Vec<CardToTry>,
    /// Scanners with a line of their own: what they are called, and why they are not there if they are not.
    pub scanners: Vec<(String, Result<(), String>)>,
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
    /// In which way is this scan meant?
    Which(Box<Question>),
    /// Who sells?
    Agent,
}

/// What reaches a screen.
pub enum Event<'a> {
    /// A line of text that ended with Enter, or a scan.
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
    /// Cards to try.
    Cards(CardsScreen),
    /// Why, and why not.
    Why(WhyScreen),
    /// What was brought or done outside of a sale.
    Activity(ActivityScreen),
    /// What the member holds, and the catalogue.
    Catalogue(CatalogueScreen),
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

    /// Takes a scan for the basket, or what was typed in its place.
    pub fn scan(&mut self, entered: Entered) -> Turn {
        Turn::ask(Effect::Scan(entered.text, entered.source))
    }

    /// No sale can be recorded, and none has begun.
    pub fn is_blocked(&self) -> bool {
        self.health.cannot_record.is_some() && self.serving.basket.lines.is_empty()
    }

    /// A scanner with a line of its own is there, or is not.
    pub fn scanner(&mut self, name: String, state: Result<(), String>) {
        let known = self.scanners.iter_mut().find(|(known, _)| *known == name);
        let was_missing = known.as_ref().is_some_and(|(_, state)| state.is_err());
        match known {
            Some(known) => known.1.clone_from(&state),
            None => self.scanners.push((name.clone(), state.clone())),
        }
        match state {
            Ok(()) if was_missing => self.say(Tone::Good, format!("Scanner {name} is back")),
            Ok(()) => {}
            Err(why) => self.trouble(Tone::Warn, format!("Scanner {name} is {why}")),
        }
    }

    /// Says something that went wrong, and keeps it for the status screen.
    pub fn trouble(&mut self, tone: Tone, text: String) {
        if self.problems.len() == MOST_PROBLEMS {
            self.problems.pop_front();
        }
        self.problems.push_back((self.now, text.clone()));
        self.say(tone, text);
    }
}
