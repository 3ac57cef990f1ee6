//! Goal `memory`: what a till holds resident with ten million cards in its cache and a thousand programs loaded. The
//! figure beside it is a process that opens the same file with bare SQLite and looks up one card.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use rusqlite::OptionalExtension;
use vafa::config::Config;
use vafa::counter::Counter;
use vafa::loyalty::member::CardToken;

use crate::measure::tell;
use crate::shop;

const CARDS: u32 = 10_000_000;
const PROGRAMS: usize = 1_000;
const TARGET_MIB: f64 = 24.0;
/// The member whose card is shown.
const BUYER: u32 = 4_711;

pub fn run() -> anyhow::Result<()> {
    let cards = shop::cards(CARDS, "ten-million.db")?;
    let folder = shop::fresh_folder("memory")?;
    drop(shop::enrol(&folder, programs())?);
    let cache = folder.join("cache.db");
    std::fs::remove_file(&cache)?;
    // The same file under another name: what the till writes beside it goes with the folder.
    std::fs::hard_link(&cards, &cache)?;
    let token = token_of(BUYER);

    let floor = of_child(&["sqlite", &cards.to_string_lossy(), &token.short().to_string()])?;
    let has_till = Command::new(env!("CARGO_BIN_EXE_vafa"))
        .args(["till", "--help"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()?
        .success();
    let ours = if has_till {
        of_till(&folder)?
    } else {
        eprintln!(
            "  memory: this vafa has no till yet; a process with an open counter is measured in its place"
        );
        of_child(&["counter", &folder.to_string_lossy()])?
    };
    tell(
        "memory",
        &format!("{ours:.1}MiB"),
        &format!("{floor:.1}MiB"),
        &format!("{:.1}", ours / floor),
        &format!("{TARGET_MIB:.1}MiB"),
        ours <= TARGET_MIB,
    );
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

/// A thousand programs, of every kind that a file can be today, each on goods of its own.
fn programs() -> Vec<(String, String)> {
    (0..PROGRAMS)
        .map(|n| {
            let id = format!("p{n:04}");
            let (group, percent) = (n / 4, 5 + n / 4 % 20);
            let rule = match n % 4 {
                0 => format!(
                    "needs = {{ goods = {{ category = \"shelf-{group}\" }} }}\ngives = {{ off = \"{percent} %\" }}"
                ),
                1 => format!(
                    "needs = {{ goods = {{ category = \"shelf-{group}\" }}, every = 3 }}\ngives = {{ free = \"cheapest\" }}"
                ),
                2 => format!(
                    "needs = {{ total = \"{}.00\" }}\ngives = {{ off = \"1.00\", of = \"basket\" }}",
                    10 + 5 * (group % 50)
                ),
                _ => format!(
                    "who = \"members\"\nneeds = {{ goods = {{ category = \"shelf-{group}\" }} }}\ngives = {{ points = 1, per = \"1.00\" }}"
                ),
            };
            let text = format!(
                "# Program {n} of a large shop.\n\nid = \"{id}\"\nname = \"Offer {n}\"\ngoal = \"a larger basket\"\n\n[[rule]]\n{rule}\n"
            );
            (format!("{id}.toml"), text)
        })
        .collect()
}

fn token_of(member: u32) -> CardToken {
    CardToken::of(&shop::CARD_KEY, &shop::card_number(u64::from(member)))
}

/// The till as a customer meets it: started, drawn, and the member's card shown.
fn of_till(folder: &Path) -> anyhow::Result<f64> {
    let size = PtySize {
        rows: 24,
        cols: 80,
        pixel_width: 0,
        pixel_height: 0,
    };
    let pty = native_pty_system().openpty(size)?;
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_vafa"));
    command.arg("--data");
    command.arg(folder);
    command.arg("till");
    command.env("TERM", "xterm-256color");
    let mut till = pty.slave.spawn_command(command)?;
    let mut screen = pty.master.try_clone_reader()?;
    let mut keys = pty.master.take_writer()?;
    let (seen, sight) = channel();
    std::thread::spawn(move || {
        let mut bytes = [0; 4096];
        while let Ok(1..) = screen.read(&mut bytes) {
            if seen.send(()).is_err() {
                return;
            }
        }
    });
    // A screen at rest is one on which nothing was drawn for a while.
    let rest = || {
        let until = Instant::now() + Duration::from_secs(20);
        while Instant::now() < until {
            if let Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) =
                sight.recv_timeout(Duration::from_millis(1500))
            {
                return;
            }
        }
    };
    rest();
    write!(keys, "{}\r", shop::card_number(u64::from(BUYER)))?;
    keys.flush()?;
    rest();
    let pid = till.process_id();
    let is_alive = till.try_wait()?.is_none();
    let size = pid.map(resident_mib);
    till.kill()?;
    till.wait()?;
    anyhow::ensure!(is_alive, "the till ended by itself");
    size.ok_or_else(|| anyhow::anyhow!("the till has no process id"))?
}

/// This program as a child that says when it is ready and then waits.
fn of_child(arguments: &[&str]) -> anyhow::Result<f64> {
    let mut child = Command::new(std::env::current_exe()?)
        .arg("child")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let stdout = child.stdout.take().expect("it is piped");
    let mut ready = String::new();
    BufReader::new(stdout).read_line(&mut ready)?;
    let size = resident_mib(child.id());
    drop(child.stdin.take());
    let ended = child.wait()?;
    anyhow::ensure!(
        ready.trim() == "ready" && ended.success(),
        "child {arguments:?} failed"
    );
    size
}

fn resident_mib(pid: u32) -> anyhow::Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let kib = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|rest| rest.split_whitespace().next())
        .and_then(|number| number.parse::<f64>().ok())
        .ok_or_else(|| anyhow::anyhow!("/proc/{pid}/status has no VmRSS"))?;
    Ok(kib / 1024.0)
}

fn wait_to_be_seen() -> anyhow::Result<()> {
    println!("ready");
    std::io::stdout().flush()?;
    std::io::stdin().read_line(&mut String::new())?;
    Ok(())
}

/// An open counter that was shown a card: what is below the till's screen.
pub fn counter_child(folder: &Path) -> anyhow::Result<()> {
    let mut counter = Counter::open(folder, &Config::default())?.with_sync(Duration::from_secs(60))?;
    counter.scan(&shop::card_number(u64::from(BUYER)))?;
    anyhow::ensure!(
        counter.serving().buyer.is_some_and(|buyer| buyer.is_known),
        "the card was not found"
    );
    wait_to_be_seen()
}

/// Bare SQLite: the file opened, one card looked up.
pub fn sqlite_child(file: &Path, token: i64) -> anyhow::Result<()> {
    let connection = rusqlite::Connection::open(file)?;
    let body: Option<Vec<u8>> = connection
        .query_row("SELECT body FROM card WHERE token = ?1", [token], |row| {
            row.get(0)
        })
        .optional()?;
    anyhow::ensure!(body.is_some(), "the card was not found");
    wait_to_be_seen()
}
