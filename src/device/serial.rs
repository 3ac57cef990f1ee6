//! A scanner on a serial port: 8 data bits, no parity, one stop bit, and the port for nobody else.

use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serialport::TTYPort;

/// A read waits so long for a byte.
const PATIENCE: Duration = Duration::from_millis(20);
/// So often it is looked whether the name still leads to the port that is open.
const LOOK_EVERY: Duration = Duration::from_millis(500);

const GONE: &str = "unplugged: plug it in again";

/// An open port.
pub struct Serial {
    port: TTYPort,
    path: PathBuf,
    /// What the path led to: a name under /dev/serial/by-id leads to another node after each replug.
    node: Option<PathBuf>,
    looked: Instant,
}

impl Serial {
    /// Opens a port by its path.
    ///
    /// # Errors
    /// What the scanner is instead of open, and what to do: the end of a sentence that begins with its name.
    pub fn open(path: &Path, baud: u32) -> Result<Serial, String> {
        let name = path.display().to_string();
        if !path.exists() {
            return Err("not there: plug it in, or correct [scanner] serial".to_owned());
        }
        let port = TTYPort::open(&serialport::new(&name, baud).timeout(PATIENCE)).map_err(|error| {
            use serialport::ErrorKind as Kind;
            match error.kind() {
                Kind::Io(ErrorKind::PermissionDenied) => {
                    "not to be opened by this user: add the user to the group that owns it (often dialout)"
                        .to_owned()
                }
                Kind::NoDevice => format!("open in another program, or no device ({error})"),
                _ => format!("not to be opened as a serial port ({error})"),
            }
        })?;
        Ok(Serial {
            port,
            path: path.to_owned(),
            node: path.canonicalize().ok(),
            looked: Instant::now(),
        })
    }

    /// Waits a short time for bytes: how many came, or none.
    ///
    /// # Errors
    /// The port is gone; said in the same form.
    pub fn read(&mut self, bytes: &mut [u8]) -> Result<usize, String> {
        match self.port.read(bytes) {
            // A port that was hung up is at its end for ever.
            Ok(0) => Err(GONE.to_owned()),
            Ok(count) => Ok(count),
            Err(error) if matches!(error.kind(), ErrorKind::TimedOut | ErrorKind::Interrupted) => {
                if self.looked.elapsed() >= LOOK_EVERY {
                    self.looked = Instant::now();
                    if self.path.canonicalize().ok() != self.node {
                        return Err(GONE.to_owned());
                    }
                }
                Ok(0)
            }
            Err(_) => Err(GONE.to_owned()),
        }
    }
}
