//! The scanner test: shows live what arrives from keyboard, serial ports and grabbed scanners, and what is to be set. In a
//! terminal a screen with the test code; on a pipe lines of text. A scanner may send any key, so that leaving takes what no
//! scanner does: Ctrl-C twice, each alone.

use std::collections::VecDeque;
use std::io::{IsTerminal, Write, stdout};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use qrcode::EcLevel;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use super::TillError;
use super::keyboard::{Bytes, millis};
use super::look::{Look, Tone};
use super::message::Message;
use super::scanners::Scanners;
use super::screen::cards::qr;
use super::screen::paint;
use super::terminal::{self, Borrowed, Watch};
use crate::device::layout::test_text;
use crate::device::listen::{self, Heard};
use crate::device::probe::{Probe, Told};
use crate::receipt;

const QUEUE: usize = 256;
/// A burst is over, and the screen is drawn, at the latest after this.
const TICK: Duration = Duration::from_millis(40);
/// A key is alone when nothing comes for so long before and after it.
const ALONE_MS: u64 = 200;
/// The second Ctrl-C comes within this.
const TWICE_MS: u64 = 3000;
/// Rows that are kept for the screen.
const ROWS: usize = 200;
/// Columns and rows of the test code.
const CODE: (u16, u16) = (37, 19);
const CTRL_C: u8 = 3;

enum Came {
    Bytes(String, Bytes, u64),
    State(String),
    /// Standard input is at its end.
    End,
}

/// Runs the test until somebody leaves, or the input ends. The findings go to standard output at the end.
pub fn run(scanners: &Scanners, look: Look) -> Result<(), TillError> {
    let stop = Arc::new(AtomicBool::new(false));
    let began = Instant::now();
    let (tell, came) = sync_channel(QUEUE);
    let probe = Probe::new(scanners.settings.clone());
    for line in scanners.lines.clone() {
        let (tell, name) = (tell.clone(), line.to_string());
        let listening = listen::bytes(line, scanners.settings.clone(), Arc::clone(&stop), move |heard| {
            let came = match heard {
                Heard::There => Came::State(format!("{name} is there")),
                Heard::Gone(why) => Came::State(format!("{name} is {why}")),
                Heard::Bytes(bytes) => Came::Bytes(name.clone(), Bytes::new(bytes), millis(began)),
                // Whoever has left is noticed at the next byte, or by the flag.
                Heard::Quiet => return true,
            };
            tell.send(came).is_ok()
        });
        listening?;
    }
    let has_lines = !scanners.lines.is_empty();
    let probe = match terminal::is_there() {
        true => on_screen(probe, look, began, tell, &came)?,
        false => in_lines(probe, has_lines, began, tell, &came)?,
    };
    stop.store(true, Ordering::Relaxed);
    let mut out = stdout().lock();
    for row in summary(&probe) {
        // Whoever reads may have gone.
        let _ = writeln!(out, "{row}");
    }
    Ok(())
}

fn summary(probe: &Probe) -> Vec<String> {
    let mut rows = probe.findings();
    let config = probe.config();
    if !config.is_empty() {
        rows.push("For config.toml:".to_owned());
        rows.extend(config);
    }
    rows
}

/// Standard input, byte by byte as the system has it.
fn read_input(began: Instant, tell: SyncSender<Came>) -> std::io::Result<()> {
    thread::Builder::new()
        .name("terminal".to_owned())
        .spawn(move || {
            let keyboard = || "keyboard".to_owned();
            super::keyboard::read_input(|bytes| {
                tell.send(Came::Bytes(keyboard(), bytes, millis(began))).is_ok()
            });
            let _ = tell.send(Came::End);
        })?;
    Ok(())
}

fn in_lines(
    mut probe: Probe,
    has_lines: bool,
    began: Instant,
    tell: SyncSender<Came>,
    came: &Receiver<Came>,
) -> Result<Probe, TillError> {
    let is_asked = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        signal_hook::flag::register(signal, Arc::clone(&is_asked))?;
    }
    if has_lines && std::io::stdin().is_terminal() {
        eprintln!("vafa: listening; Ctrl-C ends");
    }
    read_input(began, tell)?;
    let print = |told: Vec<Told>| {
        let mut out = stdout().lock();
        for row in told.iter().flat_map(|told| rows_of(told, 100)) {
            let _ = writeln!(out, "{row}");
        }
    };
    while !is_asked.load(Ordering::Relaxed) {
        match came.recv_timeout(TICK) {
            Ok(Came::Bytes(source, bytes, at_ms)) => print(probe.feed(&source, &bytes, at_ms)),
            Ok(Came::State(state)) => {
                let _ = writeln!(stdout(), "{state}");
            }
            Ok(Came::End) if has_lines => {}
            Ok(Came::End) | Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => print(probe.tick(millis(began))),
        }
    }
    print(probe.end());
    Ok(probe)
}

fn rows_of(told: &Told, width: usize) -> Vec<String> {
    let letters: Vec<char> = told.head.chars().collect();
    let mut rows: Vec<String> = letters
        .chunks(width.max(1))
        .map(|row| row.iter().collect())
        .collect();
    let mut row = String::from(" ");
    for cell in &told.cells {
        if row.len() + cell.len() + 2 > width {
            rows.push(std::mem::replace(&mut row, String::from(" ")));
        }
        row.push(' ');
        row.push_str(cell);
        row.push(' ');
    }
    rows.push(row);
    if told.verdict.is_empty() {
        return rows;
    }
    let verdict = receipt::wrap(&told.verdict, width.saturating_sub(2).max(1));
    rows.extend(verdict.into_iter().zip(0..).map(|(line, n)| match n {
        0 => format!("= {line}"),
        _ => format!("  {line}"),
    }));
    rows.into_iter().map(|row| row.trim_end().to_owned()).collect()
}

fn on_screen(
    mut probe: Probe,
    look: Look,
    began: Instant,
    tell: SyncSender<Came>,
    came: &Receiver<Came>,
) -> Result<Probe, TillError> {
    let (stop, stopped) = sync_channel(QUEUE);
    let _watch = Watch::start(stop)?;
    let mut borrowed = Borrowed::take()?;
    read_input(began, tell)?;
    let mut screen = Screen {
        look,
        told: VecDeque::new(),
    };
    let mut leaving = Leaving::default();
    loop {
        borrowed.terminal.draw(|frame| screen.view(frame, &probe))?;
        let told = match came.recv_timeout(TICK) {
            Ok(Came::Bytes(source, bytes, at_ms)) => {
                if source == "keyboard" {
                    leaving.key(&bytes, at_ms);
                }
                probe.feed(&source, &bytes, at_ms)
            }
            Ok(Came::State(state)) => vec![Told {
                head: state,
                cells: Vec::new(),
                verdict: String::new(),
            }],
            Ok(Came::End) | Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => probe.tick(millis(began)),
        };
        screen.add(told);
        let is_asked = stopped.try_iter().any(|message| matches!(message, Message::Stop));
        if is_asked || leaving.is_asked(millis(began)) {
            break;
        }
    }
    screen.add(probe.end());
    drop(borrowed);
    Ok(probe)
}

/// Counts Ctrl-C that came alone.
#[derive(Default)]
struct Leaving {
    last_ms: Option<u64>,
    candidate_ms: Option<u64>,
    first_ms: Option<u64>,
}

impl Leaving {
    fn key(&mut self, bytes: &[u8], at_ms: u64) {
        let is_alone = self
            .last_ms
            .is_none_or(|last| at_ms.saturating_sub(last) > ALONE_MS);
        // What was alone until now had its second of fame.
        self.is_asked(at_ms);
        self.candidate_ms = (bytes == [CTRL_C] && is_alone).then_some(at_ms);
        if bytes != [CTRL_C] {
            self.first_ms = None;
        }
        self.last_ms = Some(at_ms);
    }

    /// Has the second one stood alone, too?
    fn is_asked(&mut self, now_ms: u64) -> bool {
        let Some(at_ms) = self
            .candidate_ms
            .filter(|at| now_ms.saturating_sub(*at) > ALONE_MS)
        else {
            return false;
        };
        if self.first_ms.is_some_and(|first| at_ms - first <= TWICE_MS) {
            return true;
        }
        self.first_ms = Some(at_ms);
        self.candidate_ms = None;
        false
    }
}

struct Screen {
    look: Look,
    told: VecDeque<Told>,
}

impl Screen {
    fn add(&mut self, told: Vec<Told>) {
        self.told.extend(told);
        while self.told.len() > ROWS {
            self.told.pop_front();
        }
    }

    fn view(&self, frame: &mut Frame, probe: &Probe) {
        let area = frame.area();
        let width = usize::from(area.width);
        let summary: Vec<String> = summary(probe)
            .iter()
            .flat_map(|row| receipt::wrap(row, width.saturating_sub(2).max(1)))
            .collect();
        let room = area.height.saturating_sub(2 + CODE.1).max(3);
        let foot = room.min(u16::try_from(summary.len()).unwrap_or(room).max(3));
        let [head, body, rule, foot] = Layout::vertical([
            Constraint::Length(1),
            Constraint::Min(1),
            Constraint::Length(1),
            Constraint::Length(foot),
        ])
        .areas(area);
        let title = " vafa scan --test: scan anything. To leave: Ctrl-C, a moment later Ctrl-C again";
        frame.render_widget(paint::styled(paint::left(title, width), self.look.strong()), head);
        let line = self.look.pick("─", "-").repeat(width);
        frame.render_widget(paint::styled(line, self.look.quiet()), rule);
        let [list, code] = Layout::horizontal([Constraint::Min(20), Constraint::Length(CODE.0)]).areas(body);
        self.list(frame, list, probe);
        if code.height + 1 >= CODE.1 && area.width >= 2 * CODE.0 {
            // The level with the fewest modules: the code must fit on the screen.
            let rows: Vec<Line> = qr(&test_text(), EcLevel::L).into_iter().map(Line::from).collect();
            frame.render_widget(Paragraph::new(rows), code);
        }
        let skipped = summary.len().saturating_sub(usize::from(foot.height));
        let rows: Vec<Line> = summary
            .iter()
            .skip(skipped)
            .map(|row| Line::from(format!(" {row}")))
            .collect();
        frame.render_widget(Paragraph::new(rows), foot);
    }

    fn list(&self, frame: &mut Frame, area: Rect, probe: &Probe) {
        let width = usize::from(area.width.saturating_sub(2));
        let mut rows: Vec<Line> = Vec::new();
        if self.told.is_empty() {
            let text = format!(
                "First scan the code on the right: {}",
                test_text().replace('\u{1d}', "<GS>")
            );
            rows.extend(paint::wrapped(&text, width, Style::new()));
        }
        for told in &self.told {
            let all = rows_of(told, width);
            let last = all.len() - 1;
            for (n, row) in all
                .into_iter()
                .enumerate()
                .filter(|(_, row)| !row.trim().is_empty())
            {
                let style = match n {
                    0 => self.look.strong(),
                    n if n == last && row.starts_with('=') => self.look.tone(Tone::Good),
                    _ => Style::new(),
                };
                rows.push(paint::styled(format!(" {row}"), style));
            }
        }
        if probe.waiting() > 0 {
            rows.push(Line::from(format!(" {} bytes ...", probe.waiting())));
        }
        let skipped = rows.len().saturating_sub(usize::from(area.height));
        frame.render_widget(Paragraph::new(rows.split_off(skipped)), area);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_two_lone_ctrl_c_leave() {
        let left = |keys: &[(&[u8], u64)]| {
            let mut leaving = Leaving::default();
            let mut has_left = false;
            for (bytes, at_ms) in keys {
                has_left |= leaving.is_asked(*at_ms);
                leaving.key(bytes, *at_ms);
            }
            has_left || leaving.is_asked(keys[keys.len() - 1].1 + 1000)
        };
        assert!(left(&[(b"\x03", 1000), (b"\x03", 2000)]));
        assert!(!left(&[(b"\x03", 1000)]));
        assert!(!left(&[(b"\x03\x03", 1000)]));
        assert!(!left(&[(b"\x03", 1000), (b"\x03", 1100)]), "as fast as a scanner");
        assert!(
            !left(&[(b"\x03", 1000), (b"8901", 1002), (b"\x03", 3000), (b"8901", 3002)]),
            "a prefix"
        );
        assert!(
            !left(&[(b"8901", 998), (b"\x03", 1000), (b"8901", 2998), (b"\x03", 3000)]),
            "a suffix"
        );
        assert!(
            !left(&[(b"\x03", 1000), (b"x", 2000), (b"\x03", 3000)]),
            "something between"
        );
        assert!(!left(&[(b"\x03", 1000), (b"\x03", 9000)]), "too late");
    }
}
