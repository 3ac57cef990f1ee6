//! Carries out effects off the drawing thread: the one owner of the counter, and the only thread of the till that
//! touches disk or network. Effects are done in the order in which they were asked; each is answered with a message.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use zeroize::Zeroizing;

use super::message::{Answer, Effect, Message, Opened, Outcome, Target};
use super::printer::{Printer, PrinterSettings, last_printed};
use crate::counter::view::{Done, Scanned};
use crate::counter::{Counter, CounterError};
use crate::device::Source;
use crate::loyalty::amount::{Money, Quantity};
use crate::loyalty::calendar::Moment;
use crate::loyalty::id::{BasketId, SaleId};

/// What is done while no command waits: this is where the steps of sync are plugged in. Each call is one short step,
/// for the next key waits until it returns. Answers true where the screen should show something new.
pub type Idle = Box<dyn FnMut(&mut Counter) -> bool + Send>;

/// Effects that may wait; more are refused on the screen.
const QUEUE: usize = 256;
const HEALTH_EVERY: Duration = Duration::from_secs(1);
const IDLE_AFTER: Duration = Duration::from_millis(100);
const PATIENCE: Duration = Duration::from_secs(10);

/// The way into the backroom.
pub struct Backroom {
    effects: SyncSender<Effect>,
    left: Receiver<()>,
}

impl Backroom {
    /// Starts the thread; it opens the counter there and answers `Opened`, or `Gone` with the reason.
    pub fn start<O>(
        open: O,
        printer: PrinterSettings,
        idle: Option<Idle>,
        tell: SyncSender<Message>,
    ) -> std::io::Result<Backroom>
    where
        O: FnOnce() -> Result<Counter, CounterError> + Send + 'static,
    {
        let (effects, asked) = sync_channel(QUEUE);
        let (leave, left) = sync_channel(1);
        thread::Builder::new()
            .name("backroom".to_owned())
            .spawn(move || {
                let gone = catch_unwind(AssertUnwindSafe(|| serve(open, printer, idle, &asked, &tell)));
                let why = match gone {
                    Ok(Ok(())) => None,
                    Ok(Err(why)) => Some(why),
                    Err(panic) => Some(panic_text(panic.as_ref())),
                };
                if let Some(why) = why {
                    // The screen may have left already: then nobody needs the reason.
                    let _ = tell.send(Message::Answer(Answer::Gone(why)));
                }
                let _ = leave.send(());
            })?;
        Ok(Backroom { effects, left })
    }

    /// Asks for an effect. Never waits: gives it back where the backroom is too busy.
    pub fn ask(&self, effect: Effect) -> Result<(), Effect> {
        use std::sync::mpsc::TrySendError::{Disconnected, Full};
        self.effects.try_send(effect).map_err(|error| match error {
            Full(effect) | Disconnected(effect) => effect,
        })
    }

    /// Lets the backroom finish what was asked. Whoever calls this no longer listens to its answers.
    pub fn close(self) {
        drop(self.effects);
        // A network that hangs keeps nobody at the till; what was recorded is on the disk.
        let _ = self.left.recv_timeout(PATIENCE);
    }
}

fn serve<O>(
    open: O,
    printer: PrinterSettings,
    mut idle: Option<Idle>,
    asked: &Receiver<Effect>,
    tell: &SyncSender<Message>,
) -> Result<(), String>
where
    O: FnOnce() -> Result<Counter, CounterError>,
{
    let counter = open().map_err(|error| error.to_string())?;
    let opened = opened(&counter, &printer)?;
    let printer = Printer::start(printer, tell.clone()).map_err(|error| error.to_string())?;
    let mut desk = Desk {
        counter,
        printer,
        last_scanned: None,
        paid: None,
    };
    let say = |answer| {
        // The screen may have left: what was asked before is done all the same.
        let _ = tell.send(Message::Answer(answer));
    };
    say(Answer::Opened(Box::new(opened)));
    let mut health_due = Instant::now() + HEALTH_EVERY;
    loop {
        match asked.recv_timeout(IDLE_AFTER) {
            Ok(effect) => {
                if let Some(answer) = desk.carry_out(effect) {
                    say(answer);
                }
            }
            Err(RecvTimeoutError::Timeout) => {
                if idle.as_mut().is_some_and(|idle| idle(&mut desk.counter)) {
                    say(Answer::News(Box::new(desk.counter.serving())));
                    health_due = Instant::now();
                }
            }
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        }
        if Instant::now() >= health_due {
            say(Answer::Health(Box::new(desk.counter.health()), now()));
            health_due = Instant::now() + HEALTH_EVERY;
        }
    }
}

fn opened(counter: &Counter, printer: &PrinterSettings) -> Result<Opened, String> {
    let last = counter.last().map_err(|error| error.to_string())?;
    let printed = last_printed(printer.mark.as_deref())
        .and_then(|id| SaleId::parse(&id).ok()?.place())
        .map(|(_, seq)| seq);
    Ok(Opened {
        currency: counter.terms().currency,
        zone: counter.site().zone.clone(),
        site: counter.site().id.clone(),
        serving: counter.serving(),
        health: counter.health(),
        now: now(),
        was_restored: counter.was_restored(),
        unprinted: last.filter(|last| printed.is_none_or(|seq| seq < last.seq)),
    })
}

/// What came from a scanner or from fingers. It may be a payment card, which is kept nowhere.
fn scanned(counter: &mut Counter, raw: String, source: Source) -> Result<Scanned, CounterError> {
    let raw = Zeroizing::new(raw);
    if source.is_scanner() {
        counter.scan(&raw)
    } else {
        counter.scan_typed(&raw)
    }
}

struct Desk {
    counter: Counter,
    printer: Printer,
    last_scanned: Option<usize>,
    paid: Option<(BasketId, Done)>,
}

impl Desk {
    fn carry_out(&mut self, effect: Effect) -> Option<Answer> {
        let answer = match effect {
            Effect::Pay {
                basket,
                due,
                payment,
                approved_by,
            } => self.pay(basket, due, payment, approved_by.as_deref()),
            Effect::Activities => Ok(Answer::Activities(self.counter.activity_kinds())),
            Effect::Why => Ok(Answer::Why(self.counter.declined())),
            Effect::Catalogue => Ok(Answer::Catalogue(self.counter.catalogue())),
            Effect::ReadAttribute(wanted, text) => {
                let text = Zeroizing::new(text);
                let read = self.counter.read_attribute(&wanted, &text);
                read.map(|value| Answer::AttributeRead(wanted.name, value))
            }
            Effect::QuoteActivity(told) => {
                let quoted = self.counter.quote_activity(&told);
                quoted.map(|gives| Answer::ActivityQuoted(Box::new(gives)))
            }
            Effect::RecordActivity(id, told) => {
                let done = self.counter.record_activity(&id, &told);
                done.map(|done| Answer::ActivityDone(Box::new(done), Box::new(self.counter.serving())))
            }
            Effect::Find(sale) => self
                .counter
                .find(&sale)
                .map(|found| Answer::Found(Box::new(found))),
            Effect::QuoteReturn(sale, quantities) => self
                .counter
                .quote_return(&sale, &quantities)
                .map(|money| Answer::ReturnQuoted(quantities, money)),
            Effect::TakeBack(sale, quantities) => {
                let done = self.counter.take_back(&sale, &quantities);
                done.map(|done| Answer::TakenBack(Box::new(done)))
            }
            Effect::Print(id, lines) => {
                let refused = self.printer.print(id, lines).err();
                return refused.map(|why| Answer::Printed(Err(why)));
            }
            Effect::PrintAgain => return Some(self.print_again()),
            basket_step => {
                return Some(match self.step(basket_step) {
                    Ok(outcome) => Answer::Served(Box::new(self.counter.serving()), outcome),
                    Err(why) => self.refused(why),
                });
            }
        };
        Some(answer.unwrap_or_else(|error| self.refused(error.to_string())))
    }

    fn step(&mut self, effect: Effect) -> Result<Outcome, String> {
        let counter = &mut self.counter;
        let done = match effect {
            Effect::Scan(raw, source) => {
                let scanned = scanned(counter, raw, source).map_err(|error| error.to_string())?;
                return Ok(self.scanned(scanned));
            }
            Effect::Take(does) => {
                let scanned = counter.take(*does).map_err(|error| error.to_string())?;
                return Ok(self.scanned(scanned));
            }
            Effect::NameAgent(text, source) => {
                let text = Zeroizing::new(text);
                match counter.name_agent(&text) {
                    Ok(()) => return Ok(Outcome::Agent),
                    // Goods that were scanned meanwhile are goods all the same.
                    Err(CounterError::NoAgent { .. }) if source.is_scanner() => {
                        let scanned = counter.scan(&text).map_err(|error| error.to_string())?;
                        return Ok(self.scanned(scanned));
                    }
                    Err(error) => return Err(error.to_string()),
                }
            }
            Effect::ForgetAgent => counter.forget_agent(),
            Effect::AddAtPrice(goods, price, quantity) => {
                let line = counter.add_at_price(*goods, price, quantity);
                let line = line.map_err(|error| error.to_string())?;
                self.last_scanned = Some(line);
                return Ok(Outcome::Goods(line));
            }
            Effect::SetQuantity(target, quantity) => {
                let line = self.resolve(target)?;
                self.counter.set_quantity(line, quantity)
            }
            Effect::More(target, by) => {
                let line = self.resolve(target)?;
                let there = self.counter.serving().basket.lines[line].quantity;
                match there + by {
                    more if more > Quantity::ZERO => self.counter.set_quantity(line, more),
                    _ => self.counter.remove(line),
                }
            }
            Effect::Remove(target) => {
                let line = self.resolve(target)?;
                self.last_scanned = None;
                self.counter.remove(line)
            }
            Effect::ForgetBuyer => counter.forget_buyer(),
            Effect::Undo => {
                self.last_scanned = None;
                counter.undo()
            }
            Effect::Clear => {
                counter.clear().map_err(|error| error.to_string())?;
                return Ok(Outcome::Cleared);
            }
            Effect::Hold => {
                counter.hold().map_err(|error| error.to_string())?;
                return Ok(Outcome::Held);
            }
            Effect::TakeUp(basket) => counter.take_up(&basket),
            other => return Err(format!("this is no step on a basket: {other:?}")),
        };
        done.map(|()| Outcome::Changed).map_err(|error| error.to_string())
    }

    fn scanned(&mut self, scanned: Scanned) -> Outcome {
        if let Scanned::Goods(line) | Scanned::Noted(line, _) = scanned {
            self.last_scanned = Some(line);
        }
        match scanned {
            Scanned::Goods(line) => Outcome::Goods(line),
            Scanned::Noted(line, note) => Outcome::Noted(line, note),
            Scanned::Buyer => Outcome::Buyer,
            Scanned::AskPrice(goods, quantity) => Outcome::AskPrice(goods, quantity),
            Scanned::Choose(goods) => Outcome::Choose(goods),
            Scanned::Ask(question) => Outcome::Ask(question),
            Scanned::Code(note) => Outcome::Said(note),
            Scanned::Nothing => Outcome::Changed,
        }
    }

    /// The index of a line, where it still holds the goods that were on the screen.
    fn resolve(&self, target: Target) -> Result<usize, String> {
        let lines = self.counter.serving().basket.lines;
        let found = match target {
            Target::LastScanned => self.last_scanned.or_else(|| lines.len().checked_sub(1)),
            Target::Line(index, sku) => lines
                .get(index)
                .filter(|line| line.goods.sku == sku)
                .map(|_| index),
        };
        found
            .filter(|index| *index < lines.len())
            .ok_or_else(|| "The basket has changed meanwhile: choose the line again".to_owned())
    }

    /// A basket is paid once: the same basket again is the same sale again, and a basket that is no longer what the
    /// screen showed is not paid at all.
    fn pay(
        &mut self,
        basket: BasketId,
        due: Money,
        payment: crate::counter::Payment,
        approved_by: Option<&str>,
    ) -> Result<Answer, CounterError> {
        if let Some((paid, done)) = &self.paid
            && *paid == basket
        {
            let again = Done {
                was_before: true,
                ..done.clone()
            };
            return Ok(Answer::Paid(Box::new(again), Box::new(self.counter.serving())));
        }
        let serving = self.counter.serving();
        if serving.basket.id != basket || serving.quote.due != due {
            let why = "The basket has changed meanwhile: look at the total and pay again".to_owned();
            return Ok(Answer::Refused(why, Box::new(serving)));
        }
        let done = self.counter.pay_approved(payment, approved_by)?;
        self.paid = Some((basket, done.clone()));
        self.last_scanned = None;
        Ok(Answer::Paid(Box::new(done), Box::new(self.counter.serving())))
    }

    fn print_again(&mut self) -> Answer {
        match self.counter.last() {
            Ok(Some(last)) => match self.printer.print(last.id.clone(), last.receipt.clone()) {
                Ok(()) => Answer::Reprinting(Box::new(last)),
                Err(why) => self.refused(format!("Not printed: {why}")),
            },
            Ok(None) => self.refused("This till has recorded no sale yet".to_owned()),
            Err(error) => self.refused(error.to_string()),
        }
    }

    fn refused(&self, why: String) -> Answer {
        Answer::Refused(why, Box::new(self.counter.serving()))
    }
}

/// What the clock says.
fn now() -> Moment {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Moment::from_millis(i64::try_from(since.as_millis()).unwrap_or(0))
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "for a reason that it did not say".to_owned())
}
