//! A scanner that is a keyboard for Linux, grabbed: its keys reach this program and nobody else.

use std::io::ErrorKind;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

use evdev::{Device, EventType};

use super::hid_keys::HidKeys;

/// Keys that may wait; the kernel keeps more.
const QUEUE: usize = 1024;
const PATIENCE: Duration = Duration::from_millis(20);

/// An open and grabbed device.
pub struct Hid {
    keys: HidKeys,
    events: Receiver<(u16, i32)>,
}

impl Hid {
    /// Opens a device such as /dev/input/by-id/usb-…-event-kbd and grabs it.
    ///
    /// # Errors
    /// What the scanner is instead of open, and what to do: the end of a sentence that begins with its name.
    pub fn open(path: &Path, keys: HidKeys) -> Result<Hid, String> {
        let mut device = Device::open(path).map_err(|error| match error.kind() {
            ErrorKind::NotFound => "not there: plug it in, or correct [scanner] hid".to_owned(),
            ErrorKind::PermissionDenied => {
                "not to be opened by this user: add the user to the group input".to_owned()
            }
            _ => format!("not to be opened as an input device ({error})"),
        })?;
        device.grab().map_err(|error| match error.kind() {
            ErrorKind::ResourceBusy => "grabbed by another program: end that one first".to_owned(),
            _ => format!("not to be grabbed ({error})"),
        })?;
        let (tell, events) = sync_channel(QUEUE);
        // Reading waits in the kernel; the thread ends with the device, or when nobody listens at the next key.
        let reading = thread::Builder::new().name("hid".to_owned()).spawn(move || {
            while let Ok(read) = device.fetch_events() {
                for event in read.filter(|event| event.event_type() == EventType::KEY) {
                    if tell.send((event.code(), event.value())).is_err() {
                        return;
                    }
                }
            }
        });
        reading.map_err(|error| format!("not to be listened to ({error})"))?;
        Ok(Hid { keys, events })
    }

    /// Waits a short time for characters.
    ///
    /// # Errors
    /// The device is gone; said in the same form.
    pub fn read(&mut self, text: &mut String) -> Result<(), String> {
        match self.events.recv_timeout(PATIENCE) {
            Ok((code, value)) => text.extend(self.keys.key(code, value)),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                return Err("unplugged: plug it in again".to_owned());
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::Country;
    use super::*;

    #[test]
    fn what_cannot_be_grabbed_is_said() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        let absent = file.path().with_extension("absent");
        for (path, word) in [(absent.as_path(), "not there"), (file.path(), "input device")] {
            let why = Hid::open(path, HidKeys::new(Country::Us, None))
                .err()
                .expect("no device");
            assert!(why.contains(word), "{why}");
        }
    }
}
