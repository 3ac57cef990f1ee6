//! The terminal is borrowed and given back on every way out: the end, an error, a panic, SIGTERM and SIGHUP.

use std::io::{self, IsTerminal, Stdout, stdout};
use std::panic::{self, PanicHookInfo};
use std::sync::Arc;
use std::sync::mpsc::SyncSender;
use std::thread;
use std::time::Duration;

use crossterm::cursor::{Hide, Show};
use crossterm::execute;
use crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGWINCH};
use signal_hook::iterator::{Handle, Signals};

use super::message::Message;

type Hook = dyn Fn(&PanicHookInfo<'_>) + Send + Sync;

/// After a signal the screen has this long to leave by itself.
const PATIENCE: Duration = Duration::from_secs(12);

/// Can a screen be shown here?
pub fn is_there() -> bool {
    let is_dumb = std::env::var("TERM").is_ok_and(|term| term == "dumb");
    stdout().is_terminal() && io::stdin().is_terminal() && !is_dumb
}

/// The borrowed terminal; dropping it gives it back.
pub struct Borrowed {
    /// What is drawn on.
    pub terminal: Terminal<CrosstermBackend<Stdout>>,
    before: Arc<Hook>,
}

impl Borrowed {
    /// Takes the terminal over. From here on a panic of this thread gives it back before it is reported; one of another
    /// thread must not write over the screen and is told by that thread's own end.
    pub fn take() -> io::Result<Borrowed> {
        let before: Arc<Hook> = Arc::from(panic::take_hook());
        let (hook, drawing) = (Arc::clone(&before), thread::current().id());
        panic::set_hook(Box::new(move |info| {
            if thread::current().id() == drawing {
                give_back();
                hook(info);
            }
        }));
        let set_up = || {
            enable_raw_mode()?;
            execute!(stdout(), EnterAlternateScreen, Hide)?;
            Terminal::new(CrosstermBackend::new(stdout()))
        };
        match set_up() {
            Ok(terminal) => Ok(Borrowed { terminal, before }),
            Err(error) => {
                give_back();
                put_hook_back(before);
                Err(error)
            }
        }
    }
}

impl Drop for Borrowed {
    fn drop(&mut self) {
        give_back();
        if !thread::panicking() {
            put_hook_back(Arc::clone(&self.before));
        }
    }
}

fn put_hook_back(before: Arc<Hook>) {
    let _ = panic::take_hook();
    panic::set_hook(Box::new(move |info| before(info)));
}

/// Twice does no harm. A terminal that is gone cannot be given back, so errors are nobody's business here.
fn give_back() {
    let _ = disable_raw_mode();
    let _ = execute!(stdout(), LeaveAlternateScreen, Show);
}

/// Passes signals on as messages while it lives.
pub struct Watch(Handle);

impl Watch {
    /// Starts to listen for the signals that ask a program to stop, and for another size of the window.
    pub fn start(tell: SyncSender<Message>) -> io::Result<Watch> {
        let mut signals = Signals::new([SIGTERM, SIGHUP, SIGINT, SIGWINCH])?;
        let (handle, is_over) = (signals.handle(), signals.handle());
        thread::Builder::new().name("signals".to_owned()).spawn(move || {
            for signal in signals.forever() {
                if signal == SIGWINCH {
                    let _ = tell.try_send(Message::Resized);
                    continue;
                }
                let _ = tell.try_send(Message::Stop);
                thread::sleep(PATIENCE);
                if !is_over.is_closed() {
                    give_back();
                    std::process::exit(128 + signal);
                }
                return;
            }
        })?;
        Ok(Watch(handle))
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.0.close();
    }
}
