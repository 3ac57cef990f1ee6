//! The messenger: a thread of its own that carries one request at a time over the line. Whoever owns the terminal's
//! files never waits for the network; it hands over a letter and looks for the answer when it has time.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};

use super::client::{Line, LineError};
use super::snapshot;
use crate::wire::{
    FeedReply, HelloReply, HelloRequest, Manifest, PushReply, PushRequest, ROWS, SharesReply, SharesRequest,
    path,
};

/// A request on its way.
#[derive(Debug)]
pub enum Letter {
    /// Where this terminal stands.
    Hello(HelloRequest),
    /// Entries.
    Push(PushRequest),
    /// What this terminal holds of totals.
    Shares(SharesRequest),
    /// What changed after this cursor?
    Feed(u64),
    /// Everything, built into a new cache beside the old one in this folder.
    Snapshot(PathBuf),
}

/// The server's word on a letter.
#[derive(Debug)]
pub enum Answer {
    /// Where the server stands.
    Hello(HelloReply),
    /// What became of the entries.
    Push(PushReply),
    /// What was dealt to it.
    Shares(SharesReply),
    /// Changes.
    Feed(Box<FeedReply>),
    /// A new cache, ready to be swapped in.
    Snapshot(Box<snapshot::Built>),
}

/// A thread with a line.
pub struct Courier {
    letters: SyncSender<Letter>,
    answers: Receiver<Result<Answer, LineError>>,
    is_out: bool,
}

impl Courier {
    /// Starts the thread. It ends when the courier is dropped and its last request is done.
    pub fn start(line: Line) -> std::io::Result<Courier> {
        let (letters, inbox) = sync_channel::<Letter>(1);
        let (outbox, answers) = sync_channel(1);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        std::thread::Builder::new()
            .name("courier".to_owned())
            .spawn(move || {
                while let Ok(letter) = inbox.recv() {
                    let answer = runtime.block_on(carry(&line, letter));
                    if outbox.send(answer).is_err() {
                        return;
                    }
                }
            })?;
        Ok(Courier {
            letters,
            answers,
            is_out: false,
        })
    }

    /// Is a letter on its way?
    pub fn is_out(&self) -> bool {
        self.is_out
    }

    /// Hands over a letter. One at a time: a second is not taken while the first is out.
    pub fn send(&mut self, letter: Letter) -> bool {
        self.is_out = self.is_out || self.letters.try_send(letter).is_ok();
        self.is_out
    }

    /// Looks for the answer.
    pub fn look(&mut self) -> Option<Result<Answer, LineError>> {
        match self.answers.try_recv() {
            Ok(answer) => self.arrived(answer),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => self.arrived(Err(gone())),
        }
    }

    /// Waits for the answer of a letter that is out; nothing where none is out. Each request has its own limits of time,
    /// so that the wait ends.
    pub fn wait_if_out(&mut self) -> Option<Result<Answer, LineError>> {
        if !self.is_out {
            return None;
        }
        let answer = self.answers.recv().unwrap_or_else(|_| Err(gone()));
        self.arrived(answer)
    }

    fn arrived(&mut self, answer: Result<Answer, LineError>) -> Option<Result<Answer, LineError>> {
        self.is_out = false;
        Some(answer)
    }
}

fn gone() -> LineError {
    LineError::Unreachable {
        url: String::new(),
        why: "the line's own thread has ended".to_owned(),
    }
}

async fn carry(line: &Line, letter: Letter) -> Result<Answer, LineError> {
    match letter {
        Letter::Hello(hello) => line.ask(path::HELLO, &hello).await.map(Answer::Hello),
        Letter::Push(push) => line.ask(path::PUSH, &push).await.map(Answer::Push),
        Letter::Shares(shares) => line.ask(path::SHARES, &shares).await.map(Answer::Shares),
        Letter::Feed(from) => {
            let page: FeedReply = line
                .get(&format!("{}?from={from}&rows={ROWS}", path::FEED))
                .await?;
            Ok(Answer::Feed(Box::new(page)))
        }
        Letter::Snapshot(folder) => {
            let manifest: Manifest = line.get(&format!("{}?rows={ROWS}", path::SNAPSHOT)).await?;
            let built = snapshot::take(line, &folder, manifest).await?;
            Ok(Answer::Snapshot(Box::new(built)))
        }
    }
}
