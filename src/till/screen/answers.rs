//! What the backroom says, and which screen it leads to.

use super::super::look::Tone;
use super::super::message::{Answer, Effect, Outcome};
use super::done::{DoneScreen, What};
use super::{Ask, Event, Screen, Selling, Till, member};
use crate::counter::view::Done;

impl Till {
    pub(super) fn answer(&mut self, answer: Answer) -> Vec<Effect> {
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
            Answer::ActivityDone(done, serving) => {
                common.serving = (**serving).clone();
                return self.finished(done, What::Activity);
            }
            Answer::Found(_)
            | Answer::ReturnQuoted(..)
            | Answer::Activities(_)
            | Answer::AttributeRead(..)
            | Answer::ActivityQuoted(_)
            | Answer::Catalogue(_) => return self.turn(Event::Answer(&answer)),
            Answer::Why(declined) => self.common.serving.quote.declined.clone_from(declined),
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

    pub(super) fn served(&mut self, outcome: Outcome) {
        let common = &mut self.common;
        match outcome {
            Outcome::Goods(line) => {
                self.selling.choose(line, &common.serving);
                // The basket is not on this screen: what was sold meanwhile is said.
                let sold = common.serving.basket.lines.get(line);
                if let (Screen::Activity(_), Some(sold)) = (&self.screen, sold) {
                    let text = format!("{} is in the basket", sold.goods.name);
                    common.say(Tone::Good, text);
                }
            }
            Outcome::Buyer => match &common.serving.buyer {
                Some(buyer) => {
                    let name = buyer.name.clone().unwrap_or_else(|| "Card".to_owned());
                    let text = format!("{name}, {} ending {}", member::how(buyer), buyer.card_ending);
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
            Outcome::Noted(line, note) => {
                self.selling.choose(line, &common.serving);
                common.say(Tone::Warn, note);
            }
            Outcome::Said(note) => {
                common.say(Tone::Warn, note);
            }
            Outcome::Ask(question) => {
                common.asks.push_back(Ask::Which(question));
                self.screen = Screen::Selling;
            }
            Outcome::Agent => {
                common.asks.retain(|ask| *ask != Ask::Agent);
                let name = common.serving.agent.clone().unwrap_or_default();
                common.say(Tone::Good, format!("Sold by {name}"));
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
