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
        Till::run(&[
            "till",
            "--offline",
            "--data",
            folder.to_str().expect("a path of this test"),
        ])
    }

    /// Any command of vafa in a terminal.
    fn run(args: &[&str]) -> Till {
        let pair = NativePtySystem::default()
            .openpty(size(80, 24))
            .expect("a pseudo-terminal");
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_vafa"));
        command.args(args);
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
    shelf::make(&data, &["s1-points", "s11-fixed-card", "s12a-three-for-two"], &[]);
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

/// A phone with a pass for Asha's card, and the till told of the key that signed it.
fn phone_of_asha(data: &Path) -> impl Fn() -> String {
    use ed25519_dalek::SigningKey;
    use vafa::loyalty::calendar::{Day, Moment};
    use vafa::loyalty::pass::{IssuerKey, KeyList, Terms, present, step_of};
    let (server, issuer) = (SigningKey::from_bytes(&[7; 32]), SigningKey::from_bytes(&[5; 32]));
    let phone = SigningKey::from_bytes(&[6; 32]);
    let list = KeyList {
        version: 1,
        shop: "highway-fuels".to_owned(),
        keys: vec![IssuerKey {
            id: 1,
            public: issuer.verifying_key().to_bytes(),
            not_before: Day::parse("2020-01-01").expect("a day"),
            not_after: None,
            revoked: false,
        }],
    };
    let mut store = vafa::store::Store::open(data).expect("a terminal");
    let signed = vafa::wire::SignedKeys::sign(&list, &server);
    store.journal.keep_pass_keys(&signed).expect("kept");
    let terms = Terms {
        key_id: 1,
        program: 1,
        number: shelf::ASHAS_CARD.parse().expect("a number"),
        srin: 1,
        tier: 0,
        flags: 0,
        issued: Terms::day(Day::parse("2020-01-01").expect("a day")).expect("a day of passes"),
        expires: u16::MAX,
        phone: Some(phone.verifying_key().to_bytes()),
    };
    let held = terms.sign(&issuer).expect("a pass");
    move || {
        let now = Moment::from_millis(jiff::Timestamp::now().as_millisecond());
        present(&held, &phone, step_of(now)).expect("a code")
    }
}

#[test]
fn f62_a_phones_code_is_good_for_one_basket_also_after_the_plug_was_pulled() {
    let (_folder, data) = shop();
    let phone = phone_of_asha(&data);
    let mut till = Till::start(&data);
    let code = phone();
    till.wait_for("Scan goods or a card")
        .write(&format!("{code}\r"))
        .wait_for("phone pass …0013");
    till.write("CHAI\r").wait_for("Masala chai");
    // The same basket: nothing new.
    till.write(&format!("{code}\r"))
        .wait_for("phone pass ending 0013");
    till.signal("KILL");
    till.end();
    let mut till = Till::start(&data);
    till.wait_for("The open basket is here again")
        .wait_for("phone pass …0013");
    till.write("\x01").wait_for("No card yet");
    till.write(&format!("{code}\r")).wait_for("shown already");
    till.signal("KILL");
    till.end();
    let mut till = Till::start(&data);
    till.wait_for("Scan goods or a card")
        .write(&format!("{code}\r"))
        .wait_for("shown already");
    assert!(
        till.text().contains("No card yet") && !till.text().contains(&code[3..20]),
        "{}",
        till.text()
    );
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

// ---- F79: a scanner that floods, stutters, or sends what it should not ----

#[test]
fn f79_ten_codes_in_50_ms_are_ten_lines() {
    let (_folder, data) = shop();
    let mut till = Till::start(&data);
    till.wait_for("Scan goods or a card");
    // Two goods in turn, and at the end the price of one that is not known: ten scans in one write.
    let codes: Vec<&str> = ["8901764012273", "8901491101837", "8901063010017"]
        .into_iter()
        .cycle()
        .take(10)
        .collect();
    till.write(&(codes.join("\r\n") + "\r\n"));
    // 4 x 45 + 3 x 20 + 3 x 30
    till.wait_for("330.00").look();
    let text = till.text();
    assert!(text.contains("Scan or type >") && !text.contains("DUE"), "{text}");
    till.write("\x11\x11");
}

#[test]
fn f79_escape_bytes_in_a_scan_press_nothing() {
    let (_folder, data) = shop();
    let mut till = Till::start(&data);
    till.wait_for("Scan goods or a card");
    // F10 would leave, F8 twice would empty, F2 would go to paying, Esc and Alt would go back.
    for (code, total) in [
        ("8901\x1b[21~764012273\r", "45.00"),
        ("\x1b8901764012273\r", "90.00"),
        ("89017\x1bOQ6401\x1b2273\r", "135.00"),
        ("\x1b[19~\x1b[19~8901764012273\r", "180.00"),
        ("890176401227\x1b\x1b3\r", "225.00"),
    ] {
        till.write(code).wait_for(total).look();
        let text = till.text();
        assert!(
            text.contains("vafa till") && text.contains("Scan or type >"),
            "{code:?}:\n{text}"
        );
    }
    // What is no code any more is said, and nothing behind it is swallowed.
    till.write("89017\x1b[21~64\r").wait_for("came mixed").look();
    till.write("\x1b[8901764012273\r").look();
    till.write("8901764012273\r").wait_for("270.00");
    assert!(till.child.try_wait().expect("a child").is_none(), "it still runs");
}

#[test]
fn f79_half_a_code_is_no_sale() {
    let (_folder, data) = shop();
    let mut till = Till::start(&data);
    till.wait_for("Scan goods or a card");
    // 89017646 is a right EAN-8, too.
    till.write("89017646").wait_for("without its end");
    assert!(!till.text().contains("8901764"), "{}", till.text());
    till.write("8901764012273\r").wait_for("45.00").look();
    let text = till.text();
    assert!(
        text.contains("Thums Up") && !text.contains("What does it cost"),
        "{text}"
    );
    till.write("\x1b[21~\x1b[21~").look();
    assert!(recorded(&data).is_none(), "nothing was sold");
}

/// Not even for a moment: a slow scanner is watched while it types into the cash that a customer hands over.
#[test]
fn f79_no_digit_of_a_scan_is_seen_in_a_field() {
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
        .wait_for("received > 20");
    for c in "8901764012273\r\n".chars() {
        till.write(&c.to_string());
        thread::sleep(Duration::from_millis(12));
        assert!(!till.text().contains("received > 208"), "{}", till.text());
    }
    till.wait_for("1594.00").wait_for("received > 20").look();
    assert!(
        !till.text().contains("DONE") && !till.text().contains("received > 208"),
        "{}",
        till.text()
    );
}

#[test]
fn f79_a_scan_on_every_screen_is_sold_and_presses_nothing() {
    let (_folder, data) = shop();
    let mut till = Till::start(&data);
    till.wait_for("Scan goods or a card");
    let mut total = 0;
    // Help, status, baskets put aside, why, the catalogue: each is left for the basket.
    for (key, seen) in [
        ("\x1bOP", "Ctrl-P"),
        ("\x13", "Recording"),
        ("\x0f", "No basket is put aside"),
        ("\x17", "This basket gets"),
        ("\x0c", "The catalogue"),
    ] {
        till.write(key).wait_for(seen).look();
        total += 45;
        till.write("8901764012273\r\n")
            .wait_for(&format!("{total}.00"))
            .wait_for("vafa till");
    }
    // A price that is asked for is still asked for.
    till.write("PAPER\r").wait_for("What does it cost").look();
    till.write("8901764012273\r\n")
        .wait_for("270.00")
        .wait_for("What does it cost")
        .look();
    till.write("7.50\r").wait_for("277.50");
    // A return takes no goods, and says so.
    till.write("\x12").wait_for("from the receipt").look();
    till.write("8901764012273\r\n").wait_for("was not taken");
}

#[test]
fn f79_with_a_prefix_scans_and_typing_come_in_one_breath() {
    let (_folder, data) = shop();
    std::fs::write(data.join("config.toml"), "[scanner]\nprefix = \"\\u0002\"\n").expect("a file");
    let mut till = Till::start(&data);
    till.wait_for("Scan goods or a card")
        .write("\x02OIL\r\n")
        .wait_for("Servo")
        .look();
    till.write("\x10").wait_for("DUE").look();
    // Two keys, a scan, one more key, a scan: all at once, as after a stall.
    till.write("20\x028901764012273\r\n0\x028901764012273\r\n");
    till.wait_for("1639.00").wait_for("received > 200").look();
    assert!(!till.text().contains("DONE"), "{}", till.text());
    // Without the prefix it was typed, and is asked for again rather than paid.
    till.write("\x7f\x7f\x7f8901764012273\r")
        .wait_for("reads as a code");
}

// ---- the scanner test ----

#[test]
fn f79_a_wrong_layout_is_named() {
    use vafa::device::Country;
    use vafa::device::layout::typed;
    let mut test = Till::run(&["scan", "--test"]);
    test.wait_for("First scan the code");
    let arrives: String = typed(Country::Us, Country::De)
        .into_iter()
        .filter(|c| *c != '\0')
        .collect();
    test.write(&format!("{arrives}END\r"));
    test.wait("the advice", |screen| {
        let text = screen.contents().split_whitespace().collect::<Vec<_>>().join(" ");
        text.contains("this machine reads Germany") && text.contains("GS does not arrive")
    });
    // A payment card is refused, and no digit of it is seen.
    test.write("4012888888881881\r")
        .wait_for("a payment card: refused");
    assert!(
        !test.text().contains("38 8") && !test.text().contains("8888"),
        "{}",
        test.text()
    );
    // What a scanner sends does not leave; two slow Ctrl-C do.
    test.write("\x03\x03\x1b\x1bq\r").look().wait_for("scan --test");
    test.write("\x03").look().write("\x03");
    assert_eq!(test.end(), 0);
    test.wait("ordinary screen", |screen| {
        !screen.alternate_screen() && !screen.hide_cursor()
    });
}

#[test]
fn the_scanner_test_reads_a_pipe() {
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_vafa"))
        .args(["scan", "--test"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut input = child.stdin.take().expect("a pipe");
    input.write_all(b"\x028901764012273\r\n").expect("it reads");
    drop(input);
    let out = child.wait_with_output().expect("it ends");
    let text = String::from_utf8_lossy(&out.stdout);
    assert_eq!(out.status.code(), Some(0), "{text}");
    for part in [
        "02 STX +0",
        "0d CR",
        "= gtin, means product",
        "suffix crlf",
        "prefix = \"\\u0002\"",
    ] {
        assert!(text.contains(part), "{part}:\n{text}");
    }
}

// ---- a serial scanner, unplugged and plugged in again ----

/// A scanner on a pseudo serial port under a name that outlives it.
#[cfg(unix)]
fn plug_in(by_id: &Path) -> (serialport::TTYPort, serialport::TTYPort) {
    use serialport::SerialPort;
    let (scanner, port) = serialport::TTYPort::pair().expect("a pseudo serial port");
    std::os::unix::fs::symlink(port.name().expect("a name"), by_id).expect("a name under by-id");
    (scanner, port)
}

#[cfg(unix)]
#[test]
fn a_serial_scanner_is_unplugged_and_comes_back() {
    let (folder, data) = shop();
    let by_id = folder.path().join("usb-Scanner_0001-if00");
    std::fs::write(
        data.join("config.toml"),
        format!("[scanner]\nserial = [{by_id:?}]\n"),
    )
    .expect("a file");
    let mut plugged = plug_in(&by_id);
    let mut till = Till::start(&data);
    till.wait_for("Scan goods or a card")
        .write("OIL\r")
        .wait_for("Servo")
        .look();
    // On the screen of cash, with an amount half typed: it stays.
    till.write("\x10").wait_for("DUE").look().write("20");
    plugged
        .0
        .write_all(b"8901764012273\r\n8901764012273\r\n")
        .expect("the port takes it");
    till.wait_for("1639.00").wait_for("received > 20");
    plugged.0.write_all(b"89017").expect("the port takes it");
    till.wait_for("without its end");
    plugged.0.write_all(b"\xff\xfe\r").expect("the port takes it");
    till.wait_for("no text");

    std::fs::remove_file(&by_id).expect("a name");
    drop(plugged);
    till.wait_for("plug it in");
    till.write("\x7f\x7f").write("\x13").wait_for("is unplugged");
    let mut plugged = plug_in(&by_id);
    till.wait_for("is back");
    plugged
        .0
        .write_all(b"8901764012273\r")
        .expect("the port takes it");
    till.wait_for("1684.00");
}

#[cfg(unix)]
#[test]
fn the_doctor_and_the_scanner_test_know_a_serial_scanner() {
    let (folder, data) = shop();
    let by_id = folder.path().join("usb-Scanner_0001-if00");
    std::fs::write(
        data.join("config.toml"),
        format!("[scanner]\nserial = [{by_id:?}]\n"),
    )
    .expect("a file");
    let doctor = || {
        let out = std::process::Command::new(env!("CARGO_BIN_EXE_vafa"))
            .args(["doctor", "--data"])
            .arg(&data)
            .output()
            .expect("it ran");
        String::from_utf8_lossy(&out.stdout).into_owned()
    };
    assert!(doctor().contains("not there: plug it in"), "{}", doctor());
    let mut plugged = plug_in(&by_id);
    assert!(doctor().contains("scanner   fine"), "{}", doctor());

    let by_id = by_id.to_str().expect("a path of this test");
    let mut test = Till::run(&["scan", "--test", "--serial", by_id]);
    test.wait_for("is there");
    plugged
        .0
        .write_all(b"]C10108901764012273\x1d10A\r")
        .expect("the port takes it");
    test.wait_for("elements, means product").wait_for("1d GS");
    test.signal("TERM");
    assert_eq!(test.end(), 0);
    test.wait("the lines to copy", |screen| {
        screen.contents().contains("[scanner]")
    });
}
