//! The real till in a real pseudo-terminal, and what programs make the cashier see and do: hints, approval, what was brought,
//! who sells, the catalogue.

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
        let folder = folder.to_str().expect("a path of this test");
        command.args(["till", "--offline", "--data", folder]);
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

    /// Types as fingers do: too slowly for a scanner.
    fn types(&mut self, text: &str) -> &mut Till {
        for c in text.chars() {
            self.write(&c.to_string());
            thread::sleep(Duration::from_millis(120));
        }
        self
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
    let programs = [
        "s12a-three-for-two",
        "s14a-charity",
        "s14b-packaging",
        "s5-repair",
        "b7-hobby",
    ];
    let special = "id = \"special\"\nname = \"Bound papers\"\ntip = \"Old papers come back as new ones\"\n\
                   [[rule]]\nneeds = { goods = { sku = \"PAPER\" } }\ngives = { approval = \"needed\" }\n\
                   [[rule]]\nwho = \"members\"\ngives = { message = \"Ask for the reading room\" }\n\
                   [purse.points]\n[[rule]]\nwho = \"members\"\ngives = { points = 1, per = \"100.00\" }\n\
                   [[rule]]\nneeds = { code = \"WELCOME\" }\ngives = { off = \"1.00\", of = \"basket\" }\n\
                   [[rule]]\nneeds = { code = \"FEW\" }\nlimit = { total = \"2 times\" }\n\
                   gives = { off = \"1.00\", of = \"basket\" }\n";
    shelf::make(&data, &programs, &[("special.toml", special)]);
    (folder, data)
}

#[test]
fn a_free_one_is_near_and_the_hint_goes_when_it_is_there() {
    let (_folder, data) = shop();
    let mut till = Till::start(&data);
    till.wait_for("Scan goods or a card")
        .write("GUM\r")
        .wait_for("+ 2 more gum saves 5.00");
    till.write("GUM\r")
        .wait_for("+ 1 more gum for a free one (Chewing gum: thre");
    till.resize(200, 50)
        .wait_for("+ 1 more gum for a free one (Chewing gum: three for two)");
    till.resize(80, 24)
        .write("GUM\r")
        .wait_for("3 for 2: 1 free")
        .look();
    assert!(!till.text().contains("+ 1 more gum"), "{}", till.text());
    till.wait_for("0.20 goes to charity");
    till.write("\x17")
        .wait_for("This basket gets")
        .wait_for("at no cost to you")
        .wait_for("And not")
        .wait_for("Bound papers: needs 1 of PAPER");
    till.write("\x1b").wait_for("TOTAL");
}

#[test]
fn a_special_line_is_named_approved_and_paid() {
    let (_folder, data) = shop();
    let mut till = Till::start(&data);
    till.wait_for("Scan goods or a card")
        .write(&format!("{}\r", shelf::ASHAS_CARD))
        .wait_for("Asha Verma");
    till.write("PAPER\r").wait_for("What does it cost?").look();
    till.types("250.00 Six years, bound\r")
        .wait_for("Six years, bound");
    till.wait_for("Ask for the reading room").look();
    till.write("\x10")
        .wait_for("Somebody must approve this sale")
        .look();
    till.write("\r").wait_for("type who does").look();
    assert!(!till.text().contains("DONE"), "{}", till.text());
    till.types("Ravi Kumar\r").wait_for("Cash, exactly what is due");
    // Another basket must be approved again.
    till.look()
        .write("CHAI\r")
        .wait_for("270.00")
        .wait_for("Somebody must approve");
    till.look()
        .types("Ravi Kumar\r")
        .wait_for("Cash, exactly what is due")
        .look();
    till.write("\r").wait_for("DONE").look();
    till.write("\x11");
    assert_eq!(till.end(), 0);
    drop(till);
    let last = Counter::open(&data, &Config::default())
        .expect("the till has left")
        .last()
        .expect("a journal")
        .expect("a sale");
    let paper = last.receipt.join("\n");
    for line in [
        "Six years, bound",
        "Ravi Kumar",
        "Old papers come back as new ones",
        "goes to charity",
    ] {
        assert!(paper.contains(line), "{line}\n{paper}");
    }
    assert!(
        !paper.contains("reading room"),
        "a perk is for the cashier to say\n{paper}"
    );
}

#[test]
fn pots_are_recorded_between_two_scans() {
    let (_folder, data) = shop();
    let mut till = Till::start(&data);
    till.wait_for("Scan goods or a card")
        .write("CHAI\r")
        .wait_for("Masala chai")
        .write("\x19")
        .wait_for("packaging-return")
        .wait_for("Scan the member's card first");
    till.write(&format!("{}\r", shelf::ASHAS_CARD))
        .wait_for("card …0013")
        .look();
    // The course comes first, by its word; one down are the pots.
    till.write("\x1b[B")
        .look()
        .write("\r")
        .wait_for("How many?")
        .look();
    till.types("5\r")
        .wait_for("5 pots earned")
        .wait_for("1 fresh mask for you")
        .look();
    till.write("\r").wait_for("RECORDED").look();
    till.write("\r")
        .wait_for("Masala chai")
        .wait_for("holds: fresh mask")
        .look();
    till.write("\x0c")
        .wait_for("The catalogue")
        .wait_for("his points are enough")
        .wait_for("Nothing can be redeemed");
    till.look().write("\x1b").wait_for("TOTAL").look();
    // A course must be named.
    till.write("\x19").wait_for("course-finished").look();
    till.write("\r").wait_for("How many?").look();
    till.write("\r").wait_for("course: type it").look();
    till.types("Tyres 1\r").wait_for("200 points earned").look();
    till.write("\r").wait_for("RECORDED").wait_for("Tyres 1");
}

#[test]
fn who_sells_is_named_and_shown() {
    let (_folder, data) = shop();
    let mut till = Till::start(&data);
    till.wait_for("Scan goods or a card")
        .write("\x15")
        .wait_for("Who sells?");
    // Goods that are scanned meanwhile are goods.
    till.write("8901764012273\r")
        .wait_for("Thums Up")
        .wait_for("Who sells?");
    till.write(&format!("{}\r", shelf::ASHAS_CARD))
        .wait_for("Sold by Asha Verma")
        .wait_for("No card yet")
        .look();
    assert!(!till.text().contains("Who sells?"), "{}", till.text());
    till.write("\x15")
        .wait_for("Who sells?")
        .look()
        .write("\r")
        .look();
    assert!(!till.text().contains("Sold by"), "{}", till.text());
}

#[test]
fn a_code_is_shown_at_the_till() {
    let (_folder, data) = shop();
    let mut till = Till::start(&data);
    till.wait_for("Scan goods or a card").write("GUM\r");
    till.wait_for("gum");
    till.write("welcome\r").wait_for("code WELCOME: 1.00 off");
    till.write("WELCOME\r")
        .wait_for("code WELCOME is on this basket already");
    // Of what all customers share nothing was dealt to this till.
    till.write("few\r")
        .wait_for("code FEW is noted and takes nothing off now: Ins says why");
    till.write("NO-SUCH-CODE\r")
        .wait_for("this is neither an article");
}
