//! The scanners of this till, as config.toml names them: one thread each, whose scans come as messages.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::SyncSender;

use super::message::{Message, Scanned};
use crate::config::{self, Config};
use crate::counter;
use crate::device::listen::{self, Line, News};
use crate::device::{self, Country, Suffix};

/// How scanners are set up, and those that have a line of their own.
#[derive(Clone, Debug, Default)]
pub struct Scanners {
    /// How they are set up.
    pub settings: device::Settings,
    /// Those with a line of their own.
    pub lines: Vec<Line>,
}

impl Scanners {
    /// As the configuration says.
    pub fn of(config: &Config) -> Scanners {
        let scanner = &config.scanner;
        let path = |path: &String| PathBuf::from(path);
        let serial = scanner
            .serial
            .iter()
            .map(|port| Line::Serial(path(port), scanner.baud));
        let hid = scanner.hid.iter().map(|device| Line::Hid(path(device)));
        Scanners {
            settings: device::Settings {
                prefix: scanner.prefix.clone(),
                suffix: suffix(scanner.suffix),
                key_gap_ms: scanner.key_gap_ms,
                least_length: scanner.least_length,
                idle_flush_ms: scanner.idle_flush_ms,
                gs_key: scanner.gs_key(),
                country: country(scanner.hid_country),
                scan: counter::scan_settings(config),
            },
            lines: serial.chain(hid).collect(),
        }
    }
}

fn suffix(suffix: config::Suffix) -> Suffix {
    match suffix {
        config::Suffix::Any => Suffix::Any,
        config::Suffix::Cr => Suffix::Cr,
        config::Suffix::Lf => Suffix::Lf,
        config::Suffix::Crlf => Suffix::CrLf,
        config::Suffix::Tab => Suffix::Tab,
        config::Suffix::None => Suffix::None,
    }
}

fn country(country: config::Country) -> Country {
    match country {
        config::Country::Us => Country::Us,
        config::Country::Uk => Country::Uk,
        config::Country::De => Country::De,
        config::Country::Fr => Country::Fr,
        config::Country::Be => Country::Be,
        config::Country::Es => Country::Es,
        config::Country::It => Country::It,
    }
}

/// Threads that listen while it lives.
pub struct Listening(Arc<AtomicBool>);

impl Listening {
    /// Starts a thread for each scanner with a line of its own.
    pub fn start(scanners: &Scanners, tell: &SyncSender<Message>) -> std::io::Result<Listening> {
        let listening = Listening(Arc::new(AtomicBool::new(false)));
        for line in scanners.lines.clone() {
            let (tell, source, name) = (tell.clone(), line.source(), line.name());
            let stop = Arc::clone(&listening.0);
            listen::scans(line, scanners.settings.clone(), stop, move |news| {
                let message = match news {
                    News::Scan(text) => Message::Scanned(Scanned {
                        text,
                        source,
                        is_sure: true,
                    }),
                    News::Trouble(trouble) => Message::Misread(trouble),
                    News::There => Message::Scanner(name.clone(), Ok(())),
                    News::Gone(why) => Message::Scanner(name.clone(), Err(why)),
                };
                tell.send(message).is_ok()
            })?;
        }
        Ok(listening)
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
