//! The real till in a real pseudo-terminal: scans, a window that shrinks, signals.

mod shelf;

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, NativePtySystem, PtySize, PtySystem};
use vafa::config::Config;
use vafa::counter::Counter;
use vafa::loyalty::amount::Price;
use vafa::loyalty::goods::Goods;
use vafa::loyalty::id::Sku;
use vafa::store::{CacheMark, Store};

const PATIENCE: Duration = Duration::from_secs(20);

/// A till in a terminal, and what the terminal shows.
struct Till {
    master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    screen: Arc<Mutex<vt100::Parser>>,
}

fn size(columns: u16, rows: u16) -> PtySize {
    PtySize {
        rows,
        cols: columns,
        pixel_width: 0,
        pixel_height: 0,
    }
}

fn cells(count: u16) -> NonZeroU16 {
    NonZeroU16::new(count).expect("a window has cells")
}

impl Till {
    fn start(folder: &Path) -> Till {
        let pair = NativePtySystem::default()
            .openpty(size(80, 24))
            .expect("a pseudo-terminal");
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_vafa"));
        command.args(["till", "--offline", "--data"]);
        command.arg(folder);
        command.env("TERM", "xterm-256color");
        command.env("LANG", "en_IN.UTF-8");
        command.env_remove("LC_ALL");
        let child = pair.slave.spawn_command(command).expect("the till starts");
        let screen = Arc::new(Mutex::new(vt100::Parser::new(cells(24), cells(80), 0)));
        let (painted, mut output) = (
            Arc::clone(&screen),
            pair.master.try_clone_reader().expect("output"),
        );
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = output.read(&mut bytes) {
                painted
                    .lock()
                    .expect("nobody panics with it")
                    .process(&bytes[..count]);
            }
        });
        let keys = pair.master.take_writer().expect("input");
        Till {
            master: pair.master,
            keys,
            child,
            screen,
        }
    }

    fn write(&mut self, text: &str) -> &mut Till {
        self.keys.write_all(text.as_bytes()).expect("the till reads");
        self.keys.flush().expect("the till reads");
        self
    }

    fn text(&self) -> String {
        self.screen
            .lock()
            .expect("nobody panics with it")
            .screen()
            .contents()
    }

    fn wait_for(&mut self, what: &str) -> &mut Till {
        self.wait(what, |screen| screen.contents().contains(what))
    }

    fn wait(&mut self, what: &str, is_there: impl Fn(&vt100::Screen) -> bool) -> &mut Till {
        let began = Instant::now();
        while !is_there(self.screen.lock().expect("nobody panics with it").screen()) {
            assert!(began.elapsed() < PATIENCE, "no {what} on:\n{}", self.text());
            thread::sleep(Duration::from_millis(20));
        }
        self
    }

    /// The screen must be seen before a bare Enter confirms anything on it.
    fn look(&mut self) -> &mut Till {
        thread::sleep(Duration::from_millis(400));
        self
    }

    fn resize(&mut self, columns: u16, rows: u16) -> &mut Till {
        self.screen
            .lock()
            .expect("nobody panics with it")
            .screen_mut()
            .set_size(cells(rows), cells(columns));
        self.master.resize(size(columns, rows)).expect("another size");
        self
    }

    fn signal(&mut self, name: &str) {
        let id = self.child.process_id().expect("it runs").to_string();
        let sent = std::process::Command::new("kill")
            .args(["-s", name, &id])
            .status();
        assert!(sent.expect("kill").success());
    }

    fn end(&mut self) -> u32 {
        let began = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("a child") {
                return status.exit_code();
            }
            assert!(began.elapsed() < PATIENCE, "still there:\n{}", self.text());
            thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Till {
    fn drop(&mut self) {
        // Only what this test started: a till that has ended already is not there to be stopped.
        let _ = self.child.kill();
    }
}

fn shop() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("t1");
    shelf::make(&data);
    (folder, data)
}

fn recorded(data: &Path) -> Option<vafa::counter::view::Done> {
    Counter::open(data, &Config::default())
        .expect("the till has left")
        .last()
        .expect("a journal")
}

#[test]
fn a_sale_from_the_first_scan_to_the_receipt() {
    let (_folder, data) = shop();
    let mut till = Till::start(&data);
    till.wait_for("Scan goods or a card")
        .write("8901764012273\r")
        .wait_for("Thums Up");
    till.write(&format!("{}\r", shelf::ASHAS_CARD))
        .wait_for("Asha Verma")
        .wait_for("1240");
    till.write("3*GUM\r")
        .wait_for("55.00")
        .look()
        .write("\r")
        .wait_for("DUE")
        .look();
    till.write("100\r").wait_for("DONE").wait_for("45.00");
    till.look()
        .write("CHAI\r")
        .wait_for("Masala chai")
        .write("\x1b[21~")
        .wait_for("is kept");
    till.write("\x11");
    assert_eq!(till.end(), 0);
    drop(till);
    let last = recorded(&data).expect("a sale");
    assert_eq!(
        (last.seq, last.total.units()),
        (1, 5500),
        "three for two: 45.00 and two gums"
    );
    let mut till = Till::start(&data);
    till.wait_for("The open basket is here again")
        .wait_for("Masala chai");
}

#[test]
fn ten_codes_at_once_are_ten_scans() {
    let (_folder, data) = shop();
    let mut till = Till::start(&data);
    till.wait_for("Scan goods or a card");
    till.write(&"8901764012273\r\n".repeat(10));
    till.wait_for("450.00").look();
    assert!(
        !till.text().contains("DUE"),
        "no Enter of a scanner goes on to paying"
    );
}

#[test]
fn a_double_press_of_pay_is_one_sale() {
    let (_folder, data) = shop();
    let mut till = Till::start(&data);
    till.wait_for("Scan goods or a card")
        .write("OIL\r")
        .wait_for("Servo")
        .look();
    till.write("\x10")
        .wait_for("DUE")
        .look()
        .write("\x10\x10\r\r")
        .wait_for("DONE")
        .look();
    till.write("\x11");
    assert_eq!(till.end(), 0);
    drop(till);
    assert_eq!(recorded(&data).expect("a sale").seq, 1);
}

#[test]
fn a_scan_while_cash_is_typed_goes_to_the_basket() {
    let (_folder, data) = shop();
    let mut till = Till::start(&data);
    till.wait_for("Scan goods or a card")
        .write("OIL\r")
        .wait_for("Servo")
        .look();
    till.write("\x10")
        .wait_for("DUE")
        .look()
        .write("20")
        .look()
        .write("8901764012273\r");
    till.wait_for("1594.00").wait_for("Cash received > 20");
    assert!(!till.text().contains("DONE"), "{}", till.text());
}

#[test]
fn a_scan_of_two_meanings_is_asked_and_one_key_answers() {
    let (_folder, data) = shop();
    // The terminal's own goods, one of them with a number of the range of in-store cards.
    let mut store = Store::open(&data).expect("a terminal's folder");
    let mark = CacheMark {
        epoch: None,
        cursor: 2,
        last_sync: None,
    };
    let tea = Goods {
        name: "House tea".to_owned(),
        ..Goods::uncatalogued(
            Sku::parse("416000336108").expect("a sku"),
            Price::parse("30.00").ok(),
        )
    };
    store.cache.take_in(mark, |rows| rows.goods(&tea)).expect("a row");
    drop(store);
    let mut till = Till::start(&data);
    till.wait_for("Scan goods or a card")
        .write("416000336108\r")
        .wait_for("Which is meant?")
        .wait_for("1 Sell House tea, 30.00")
        .wait_for("2 The card ending 6108");
    // A scan meanwhile is a scan, though it begins with a digit.
    till.look()
        .write("CHAI\r")
        .wait_for("Masala chai")
        .write("8901764012273\r")
        .wait_for("Thums Up")
        .wait_for("Which is meant?");
    till.look().write("1").wait_for("95.00");
    till.look();
    assert!(!till.text().contains("Which is meant?"), "{}", till.text());
    till.write("416000336108\r").wait_for("Which is meant?").look();
    till.write("2").wait_for("card ending 6108").look();
    till.write("416000336108\r").wait_for("Which is meant?").look();
    till.write("\x1b").look();
    assert!(!till.text().contains("Which is meant?"), "{}", till.text());
    assert!(
        till.text().contains("95.00"),
        "Esc takes neither\n{}",
        till.text()
    );
}

#[test]
fn a_tiny_window_loses_nothing() {
    let (_folder, data) = shop();
    let mut till = Till::start(&data);
    till.wait_for("Scan goods or a card")
        .write("CHAI\r")
        .wait_for("Masala chai");
    till.resize(20, 5).wait_for("vafa needs 80").write("GUM\r").look();
    till.resize(80, 24)
        .wait_for("Masala chai")
        .wait_for("Center Fresh")
        .wait_for("25.00");
}

#[test]
fn signals_give_the_terminal_back() {
    for signal in ["TERM", "HUP"] {
        let (_folder, data) = shop();
        let mut till = Till::start(&data);
        till.wait_for("Scan goods or a card")
            .write("CHAI\r")
            .wait_for("Masala chai");
        till.wait("alternate screen", vt100::Screen::alternate_screen);
        till.signal(signal);
        assert_eq!(till.end(), 0, "SIG{signal}");
        till.wait("ordinary screen", |screen| {
            !screen.alternate_screen() && !screen.hide_cursor()
        });
        drop(till);
        let mut till = Till::start(&data);
        till.wait_for("The open basket is here again")
            .wait_for("Masala chai");
    }
}

#[test]
fn without_a_terminal_it_says_so() {
    let (_folder, data) = shop();
    let out = std::process::Command::new(env!("CARGO_BIN_EXE_vafa"))
        .args(["till", "--data"])
        .arg(&data)
        .output()
        .expect("it ran");
    let sentence = String::from_utf8_lossy(&out.stderr);
    assert_eq!(out.status.code(), Some(2), "{sentence}");
    assert_eq!(sentence.lines().count(), 1, "{sentence}");
}
