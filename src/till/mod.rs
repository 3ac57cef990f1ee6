//! The till's screen. The loop: take a message, and all others that wait; update; draw once; hand the effects to the
//! backroom. The main thread owns the screen and never waits for disk or network.

pub mod backroom;
pub mod decode;
mod keyboard;
pub mod keys;
pub mod line;
pub mod look;
pub mod message;
pub mod printer;
pub mod probe;
pub mod scanners;
pub mod screen;
mod terminal;

use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

use crate::counter::{Counter, CounterError};
use backroom::{Backroom, Idle};
use keyboard::millis;
use look::Look;
use message::{Answer, Effect, Message, Opened};
use printer::PrinterSettings;
use scanners::{Listening, Scanners};
use screen::Till;
use screen::cards::CardToTry;
use terminal::{Borrowed, Watch};

/// Messages that may wait for the screen. Keys beyond them wait in the terminal.
const QUEUE: usize = 1024;
/// Without a message the screen is looked at this often.
const TICK: Duration = Duration::from_secs(1);
/// While a lone sign waits for its meaning.
const SHORT_TICK: Duration = Duration::from_millis(20);

/// What the till's screen needs besides the counter.
pub struct Settings {
    /// Where receipts go.
    pub printer: PrinterSettings,
    /// How this terminal can be painted.
    pub look: Look,
    /// What is done while no key waits: the steps of sync.
    pub idle: Option<Idle>,
    /// The scanners of this machine.
    pub scanners: Scanners,
    /// Cards to try, in a demo; none in a shop.
    pub cards: Vec<CardToTry>,
}

/// Why the till's screen cannot be shown, or had to end.
#[derive(Debug, thiserror::Error)]
pub enum TillError {
    /// There is no screen to draw on.
    #[error(
        "the till needs a terminal of at least 80 x 24 that can move its cursor: start it in one, not in a pipe or with TERM=dumb"
    )]
    NoTerminal,
    /// The counter cannot be opened, or it stopped.
    #[error("the till stopped: {why}")]
    Stopped {
        /// The counter's own sentence.
        why: String,
    },
    /// The terminal or a thread was refused by the system.
    #[error("the terminal cannot be used: {0}")]
    Terminal(#[from] std::io::Error),
}

impl TillError {
    /// The status that the program ends with.
    pub fn status(&self) -> u8 {
        match self {
            TillError::NoTerminal => 2,
            TillError::Stopped { .. } | TillError::Terminal(_) => 1,
        }
    }
}

/// Opens the counter in the backroom and serves customers until somebody leaves.
pub fn run<O>(open: O, settings: Settings) -> Result<(), TillError>
where
    O: FnOnce() -> Result<Counter, CounterError> + Send + 'static,
{
    if !terminal::is_there() {
        return Err(TillError::NoTerminal);
    }
    let (tell, messages) = sync_channel(QUEUE);
    let _watch = Watch::start(tell.clone())?;
    let backroom = Backroom::start(open, settings.printer, settings.idle, tell.clone())?;
    let Some(opened) = wait_until_open(&messages)? else {
        return Ok(());
    };
    let mut borrowed = Borrowed::take()?;
    let began = Instant::now();
    let listening = Listening::start(&settings.scanners, &tell)?;
    keyboard::start(settings.scanners.settings, began, tell)?;
    let till = Till::new(opened, settings.look, settings.cards);
    let end = serve(till, &mut borrowed, &messages, &backroom, began);
    // Nobody listens from here on; what was asked for is still carried out.
    drop(messages);
    drop(listening);
    backroom.close();
    drop(borrowed);
    end
}

/// The folder opens before the terminal is taken, so that a refusal is an ordinary sentence.
fn wait_until_open(messages: &Receiver<Message>) -> Result<Option<Opened>, TillError> {
    loop {
        match messages.recv() {
            Ok(Message::Answer(Answer::Opened(opened))) => return Ok(Some(*opened)),
            Ok(Message::Answer(Answer::Gone(why))) => return Err(TillError::Stopped { why }),
            Ok(Message::Stop) | Err(_) => return Ok(None),
            Ok(_) => {}
        }
    }
}

fn serve(
    mut till: Till,
    borrowed: &mut Borrowed,
    messages: &Receiver<Message>,
    backroom: &Backroom,
    began: Instant,
) -> Result<(), TillError> {
    let now_ms = || millis(began);
    let mut effects = till.start();
    loop {
        borrowed.terminal.draw(|frame| till.view(frame))?;
        till.drawn(now_ms());
        for effect in effects.drain(..) {
            ask(backroom, &mut till, effect);
        }
        let tick = if till.is_settling() { SHORT_TICK } else { TICK };
        match messages.recv_timeout(tick) {
            Ok(message) => effects.extend(till.update(message)),
            Err(RecvTimeoutError::Timeout) => effects.extend(till.settle(now_ms())),
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        }
        while let Ok(message) = messages.try_recv() {
            effects.extend(till.update(message));
        }
        if let Some(why) = till.broken() {
            return Err(TillError::Stopped { why });
        }
        if till.is_leaving() {
            for effect in effects.drain(..) {
                ask(backroom, &mut till, effect);
            }
            return Ok(());
        }
    }
}

fn ask(backroom: &Backroom, till: &mut Till, effect: Effect) {
    if let Err(effect) = backroom.ask(effect) {
        till.bounced(effect);
    }
}
