//! Listens to one scanner with a line of its own, on a thread of its own: opens it, reads it, and when it is unplugged
//! opens it again as soon as its name is back.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use zeroize::{Zeroize, Zeroizing};

use super::frame::Frame;
#[cfg(target_os = "linux")]
use super::hid::Hid;
#[cfg(target_os = "linux")]
use super::hid_keys::HidKeys;
use super::serial::Serial;
use super::{Settings, Source, Trouble};

/// The first pause before a scanner that is gone is looked for; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// No pause is longer: a cashier who plugs a scanner in waits for it.
const LONGEST_PAUSE: Duration = Duration::from_secs(4);
const STEP: Duration = Duration::from_millis(50);

/// How a scanner is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// A serial port, and its speed.
    Serial(PathBuf, u32),
    /// A keyboard of Linux.
    Hid(PathBuf),
}

/// What is heard of a scanner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// It is there.
    There,
    /// It is not there, or not any more; a sentence says why.
    Gone(String),
    /// Bytes, as they were read.
    Bytes(Vec<u8>),
    /// Nothing came for a moment.
    Quiet,
}

/// What a scanner comes to for a till.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// A scan, without what framed it.
    Scan(String),
    /// Something that is no scan.
    Trouble(Trouble),
    /// The scanner is there.
    There,
    /// It is not there, or not any more; a sentence says why.
    Gone(String),
}

impl Line {
    /// Where what comes over it comes from.
    pub fn source(&self) -> Source {
        match self {
            Line::Serial(..) => Source::Serial,
            Line::Hid(_) => Source::Hid,
        }
    }

    /// The path of its device.
    pub fn path(&self) -> &Path {
        match self {
            Line::Serial(path, _) | Line::Hid(path) => path,
        }
    }

    /// What it is called on a screen: the end of its path.
    pub fn name(&self) -> String {
        let path = self.path();
        path.file_name()
            .unwrap_or(path.as_os_str())
            .to_string_lossy()
            .into_owned()
    }

    /// Opens it once and closes it.
    ///
    /// # Errors
    /// A sentence: why it cannot be opened, and what to do.
    pub fn check(&self, settings: &Settings) -> Result<(), String> {
        Open::of(self, settings).map(|_| ())
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Line::Serial(path, _) => write!(f, "serial {}", path.display()),
            Line::Hid(path) => write!(f, "hid {}", path.display()),
        }
    }
}

/// Listens until `stop` is set or nobody takes what is heard: scans, whole.
///
/// # Errors
/// The system refuses a thread.
pub fn scans(
    line: Line,
    settings: Settings,
    stop: Arc<AtomicBool>,
    mut tell: impl FnMut(News) -> bool + Send + 'static,
) -> std::io::Result<()> {
    let (mut frame, began) = (Frame::new(settings.clone()), Instant::now());
    bytes(line, settings, stop, move |heard| {
        let at_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let read = match heard {
            Heard::There => return tell(News::There),
            Heard::Gone(why) => {
                frame.forget();
                return tell(News::Gone(why));
            }
            Heard::Bytes(bytes) => frame.feed(&Zeroizing::new(bytes), at_ms),
            Heard::Quiet => frame.tick(at_ms).into_iter().collect(),
        };
        read.into_iter()
            .all(|read| tell(read.map_or_else(News::Trouble, News::Scan)))
    })
}

/// Listens until `stop` is set or nobody takes what is heard: bytes, as they come.
///
/// # Errors
/// The system refuses a thread.
pub fn bytes(
    line: Line,
    settings: Settings,
    stop: Arc<AtomicBool>,
    mut tell: impl FnMut(Heard) -> bool + Send + 'static,
) -> std::io::Result<()> {
    let listening = move || {
        let (mut pause, mut last_why) = (FIRST_PAUSE, None);
        while !stop.load(Ordering::Relaxed) {
            let why = match Open::of(&line, &settings) {
                Err(why) => why,
                Ok(mut open) => {
                    (pause, last_why) = (FIRST_PAUSE, None);
                    if !tell(Heard::There) {
                        return;
                    }
                    match open.listen(&stop, &mut tell) {
                        Some(why) => why,
                        None => return,
                    }
                }
            };
            // What is still so is not said again.
            let is_still_gone = last_why.is_some() && !line.path().exists();
            let is_known = is_still_gone || last_why.as_ref() == Some(&why);
            if !is_known && !tell(Heard::Gone(why.clone())) {
                return;
            }
            last_why = Some(why);
            let until = Instant::now() + pause;
            while Instant::now() < until && !stop.load(Ordering::Relaxed) {
                thread::sleep(STEP);
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    };
    thread::Builder::new()
        .name("scanner".to_owned())
        .spawn(listening)?;
    Ok(())
}

enum Open {
    Serial(Serial),
    #[cfg(target_os = "linux")]
    Hid(Hid),
}

impl Open {
    fn of(line: &Line, settings: &Settings) -> Result<Open, String> {
        match line {
            Line::Serial(path, baud) => Serial::open(path, *baud).map(Open::Serial),
            #[cfg(target_os = "linux")]
            Line::Hid(path) => {
                Hid::open(path, HidKeys::new(settings.country, settings.gs_key)).map(Open::Hid)
            }
            #[cfg(not(target_os = "linux"))]
            Line::Hid(path) => Err(format!(
                "{}: only Linux can keep a scanner's keys from others; use its serial mode",
                path.display()
            )),
        }
    }

    /// Answers why the scanner is gone; nothing where nobody listens any more.
    fn listen(&mut self, stop: &AtomicBool, tell: &mut impl FnMut(Heard) -> bool) -> Option<String> {
        let mut buffer = Zeroizing::new([0; 512]);
        while !stop.load(Ordering::Relaxed) {
            let read = match self {
                Open::Serial(serial) => serial.read(buffer.as_mut_slice()).map(|count| {
                    let bytes = buffer[..count].to_vec();
                    buffer[..count].zeroize();
                    bytes
                }),
                #[cfg(target_os = "linux")]
                Open::Hid(hid) => {
                    let mut text = String::new();
                    hid.read(&mut text).map(|()| text.into_bytes())
                }
            };
            let heard = match read {
                Ok(bytes) if bytes.is_empty() => Heard::Quiet,
                Ok(bytes) => Heard::Bytes(bytes),
                Err(why) => return Some(why),
            };
            if !tell(heard) {
                return None;
            }
        }
        None
    }
}
