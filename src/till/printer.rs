//! Receipts to the configured file or device, as text. A thread of its own: a printer without paper or power may keep
//! it waiting for hours, and no sale waits for it.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread;

use super::message::{Answer, Message};
use crate::loyalty::id::SaleId;
use crate::receipt;

/// Receipts that may wait for the printer; more are refused and can be printed again later.
const QUEUE: usize = 16;

/// Where receipts go.
#[derive(Clone, Debug, Default)]
pub struct PrinterSettings {
    /// A file or device; none shows receipts on the screen only.
    pub receipt_to: Option<PathBuf>,
    /// A file that holds the id of the last receipt that came out, so that the next start knows what is missing.
    pub mark: Option<PathBuf>,
}

/// The way to the printer.
pub struct Printer {
    jobs: SyncSender<(SaleId, Vec<String>)>,
}

impl Printer {
    /// Starts the printer's thread.
    pub fn start(settings: PrinterSettings, tell: SyncSender<Message>) -> std::io::Result<Printer> {
        let (jobs, queue) = sync_channel(QUEUE);
        thread::Builder::new()
            .name("printer".to_owned())
            .spawn(move || work(&settings, &queue, &tell))?;
        Ok(Printer { jobs })
    }

    /// Hands a receipt over. Never waits.
    pub fn print(&self, id: SaleId, lines: Vec<String>) -> Result<(), String> {
        self.jobs.try_send((id, lines)).map_err(|error| match error {
            TrySendError::Full(_) => "the printer does not answer".to_owned(),
            TrySendError::Disconnected(_) => "the printer's work has stopped".to_owned(),
        })
    }
}

/// The id on the mark: the last receipt that came out.
pub fn last_printed(mark: Option<&Path>) -> Option<String> {
    let text = std::fs::read_to_string(mark?).ok()?;
    Some(text.trim().to_owned())
}

fn work(settings: &PrinterSettings, queue: &Receiver<(SaleId, Vec<String>)>, tell: &SyncSender<Message>) {
    for (id, lines) in queue {
        let printed = print(settings, &id, &lines).map(|()| id);
        if tell.send(Message::Answer(Answer::Printed(printed))).is_err() {
            return;
        }
    }
}

fn print(settings: &PrinterSettings, id: &SaleId, lines: &[String]) -> Result<(), String> {
    if let Some(path) = &settings.receipt_to {
        write(path, lines).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    if let Some(mark) = &settings.mark {
        std::fs::write(mark, format!("{id}\n")).map_err(|error| format!("{}: {error}", mark.display()))?;
    }
    Ok(())
}

fn write(path: &Path, lines: &[String]) -> std::io::Result<()> {
    let mut text = String::new();
    for line in lines {
        text.push_str(receipt::clean(line).trim_end());
        text.push('\n');
    }
    text.push_str("\n\n");
    let mut paper = OpenOptions::new().create(true).append(true).open(path)?;
    paper.write_all(text.as_bytes())?;
    paper.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receipt_is_printed_and_marked_and_a_missing_printer_is_said() {
        let folder = tempfile::tempdir().expect("a folder");
        let id = SaleId::parse("t1-42-9f3ac21b").expect("an id");
        let mut settings = PrinterSettings {
            receipt_to: Some(folder.path().join("paper.txt")),
            mark: Some(folder.path().join("mark")),
        };
        print(&settings, &id, &["Chai\u{1b}p  2.00".to_owned()]).expect("paper");
        let paper = std::fs::read_to_string(folder.path().join("paper.txt")).expect("paper");
        assert_eq!(paper, "Chaip  2.00\n\n\n");
        assert_eq!(
            last_printed(settings.mark.as_deref()).as_deref(),
            Some("t1-42-9f3ac21b")
        );
        settings.receipt_to = Some(folder.path().join("no/such/printer"));
        let why = print(&settings, &id, &[]).expect_err("there is no printer");
        assert!(why.contains("no/such/printer"), "{why}");
    }
}
