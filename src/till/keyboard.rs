//! The keyboard: bytes of the terminal, on threads of their own, into keys that fingers pressed and scans. What may be a
//! scan is held back here, so that the screen never sees a digit of it as a key.

use std::fs::File;
use std::io::Read;
use std::os::fd::AsFd;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use crossterm::event::KeyCode;
use zeroize::{Zeroize, Zeroizing};

use super::decode::Decoder;
use super::keys;
use super::message::{Message, Scanned};
use crate::device::wedge::{Out, Proof, Wedge};
use crate::device::{Settings, Source};

/// Reads that may wait; the terminal keeps more.
const QUEUE: usize = 64;
const AT_REST: Duration = Duration::from_secs(60);
/// Whoever wakes up so much too late was kept waiting, and so were the keys.
const LATE_MS: u64 = 20;
/// So long the reading thread has to bring what waited with it.
const GRACE: Duration = Duration::from_millis(30);

/// What was read: it may be a payment card, so that it is overwritten when it goes.
pub type Bytes = Zeroizing<Vec<u8>>;

/// Reads standard input until it ends or nobody takes it, past the buffer of the standard library, which would keep it.
pub fn read_input(mut take: impl FnMut(Bytes) -> bool) {
    let Ok(input) = std::io::stdin().as_fd().try_clone_to_owned() else {
        return;
    };
    let (mut input, mut buffer) = (File::from(input), Zeroizing::new([0; 1024]));
    while let Ok(count @ 1..) = input.read(buffer.as_mut_slice()) {
        let bytes = Zeroizing::new(buffer[..count].to_vec());
        buffer.zeroize();
        if !take(bytes) {
            return;
        }
    }
}

/// Starts to read. Times are milliseconds since `began`.
pub fn start(settings: Settings, began: Instant, tell: SyncSender<Message>) -> std::io::Result<()> {
    let (read, bytes) = sync_channel(QUEUE);
    // It waits in the system for a byte, and ends with the program.
    thread::Builder::new()
        .name("terminal".to_owned())
        .spawn(move || read_input(|bytes| read.send((bytes, millis(began))).is_ok()))?;
    thread::Builder::new()
        .name("keyboard".to_owned())
        .spawn(move || work(settings, began, &bytes, &tell))?;
    Ok(())
}

/// Milliseconds since a start.
pub fn millis(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}

fn work(settings: Settings, began: Instant, bytes: &Receiver<(Bytes, u64)>, tell: &SyncSender<Message>) {
    let (mut decoder, mut wedge) = (Decoder::default(), Wedge::new(settings, KeyCode::Null.into()));
    loop {
        let due = [decoder.deadline_ms(), wedge.deadline_ms()]
            .into_iter()
            .flatten()
            .min();
        let patience = due.map_or(AT_REST, |due| {
            Duration::from_millis(due.saturating_sub(millis(began)))
        });
        let mut read = bytes.recv_timeout(patience);
        let is_late = due.is_some_and(|due| millis(began) > due + LATE_MS);
        if is_late && matches!(read, Err(RecvTimeoutError::Timeout)) {
            read = bytes.recv_timeout(GRACE);
        }
        let (keys, at_ms) = match read {
            Ok((bytes, at_ms)) => (decoder.feed(&bytes, at_ms), at_ms),
            Err(RecvTimeoutError::Timeout) => (decoder.tick(millis(began)), millis(began)),
            Err(RecvTimeoutError::Disconnected) => {
                // The terminal is gone.
                let _ = tell.send(Message::Stop);
                return;
            }
        };
        let mut out = Vec::new();
        for key in keys {
            if let Some(kind) = keys::for_scans(key) {
                out.extend(wedge.feed(kind, key, at_ms));
            }
        }
        out.extend(wedge.tick(at_ms));
        for out in out {
            let message = match out {
                Out::Typed(key, at_ms) => Message::Key(key, at_ms),
                Out::Scan(text, proof) => Message::Scanned(Scanned {
                    text,
                    source: Source::Keyboard,
                    is_sure: proof != Proof::Speed,
                }),
                Out::Trouble(trouble) => Message::Misread(trouble),
            };
            if tell.send(message).is_err() {
                return;
            }
        }
    }
}
