//! Sync: plan, run a step, note it, wait. The owner of the terminal's files gives this a turn whenever nobody is
//! served; a courier carries the letters. Online means a signed answer of the server, and nothing else.

pub mod client;
mod courier;
mod enrol;
pub mod plan;
mod snapshot;
mod take;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use minicbor::bytes::ByteVec;

use crate::loyalty::calendar::Moment;
use crate::loyalty::journal::Head;
use crate::loyalty::office::Outcome;
use crate::loyalty::terminal::{Distrust, Epoch, Share};
use crate::store::{CacheMark, Store, StoreError};
use crate::wire::{
    self, FeedPage, FeedReply, HeldShare, HelloRequest, PushReply, PushRequest, SharesRequest,
};
use client::{Line, LineError};
use courier::{Answer, Courier, Letter};
pub use enrol::{EnrolError, enrol, move_to};
use plan::{Ours, Step, Theirs};

/// Why a round of sync ended.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// The line.
    #[error(transparent)]
    Line(#[from] LineError),
    /// The server's word does not fit this journal.
    #[error(transparent)]
    Distrust(#[from] Distrust),
    /// This terminal's files.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The thread of the line cannot be started.
    #[error("the line cannot be started ({0})")]
    Thread(std::io::Error),
}

/// What a turn brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Nothing yet: a letter is out, or it is not time.
    Waiting,
    /// The server answered for entries up to this one.
    Pushed {
        /// Up to here.
        through: u64,
        /// How many of them were put aside.
        quarantined: u64,
    },
    /// Rows arrived.
    Pulled {
        /// How many.
        rows: u64,
    },
    /// Shares of totals were dealt.
    Dealt,
    /// New programs arrived.
    Programs(u64),
    /// Both sides have nothing left.
    Rested,
}

/// Sync as a state of its own, beside the files it works on.
pub struct Sync {
    courier: Courier,
    every: Duration,
    theirs: Option<Theirs>,
    next_at: Instant,
    failures: u32,
    batch: usize,
    last_error: Option<String>,
    last_answer: Option<Instant>,
}

impl Sync {
    /// Sync for the terminal in this store. Asks for news `every` so often.
    pub fn new(store: &Store, every: Duration) -> Result<Sync, SyncError> {
        let identity = &store.identity;
        let terminal = identity.post.terminal.clone();
        let line = Line::new(&identity.url, terminal, store.keys.signing(), identity.server_key)?;
        Ok(Sync {
            courier: Courier::start(line).map_err(SyncError::Thread)?,
            every,
            theirs: None,
            next_at: Instant::now(),
            failures: 0,
            batch: wire::PUSH_ENTRIES,
            last_error: None,
            last_answer: None,
        })
    }

    /// Has the server answered within the last half minute or the last round?
    pub fn is_online(&self) -> bool {
        let lately = self.every.max(Duration::from_secs(30)) + Duration::from_secs(5);
        self.last_error.is_none() && self.last_answer.is_some_and(|at| at.elapsed() < lately)
    }

    /// Why not, in a sentence.
    pub fn last_error(&self) -> Option<&str> {
        self.last_error.as_deref()
    }

    /// There is something new to send: the next turn need not wait for the timer, unless the line failed.
    pub fn wake(&mut self) {
        if self.failures == 0 {
            self.next_at = Instant::now();
        }
    }

    /// One short turn: takes an answer if there is one, hands over the next letter if it is time. Never waits.
    pub fn turn(&mut self, store: &mut Store, now: Moment) -> Result<Progress, SyncError> {
        if self.courier.is_out() {
            return match self.courier.look() {
                None => Ok(Progress::Waiting),
                Some(answer) => self.answered(store, answer, now),
            };
        }
        if Instant::now() < self.next_at {
            return Ok(Progress::Waiting);
        }
        self.begin(store, now)
    }

    /// Goes on until neither side has anything left; `tell` hears of each step.
    pub fn once(
        &mut self,
        store: &mut Store,
        now: impl Fn() -> Moment,
        mut tell: impl FnMut(&Progress),
    ) -> Result<(), SyncError> {
        loop {
            let progress = match self.courier.wait_if_out() {
                Some(answer) => self.answered(store, answer, now())?,
                None => self.begin(store, now())?,
            };
            tell(&progress);
            if progress == Progress::Rested {
                return Ok(());
            }
        }
    }

    fn begin(&mut self, store: &Store, now: Moment) -> Result<Progress, SyncError> {
        let mark = store.cache.mark().unwrap_or_default();
        let shares = store.journal.shares()?;
        let ours = Ours {
            has_totals: !shares.is_empty(),
            head: store.journal.head()?,
            acked: store.journal.acked()?,
            cache_epoch: mark.epoch,
            cursor: mark.cursor,
        };
        let letter = match plan::next(&ours, self.theirs.as_ref()) {
            Step::Hello => Letter::Hello(hello(store, &ours, now)?),
            Step::Push(from) => Letter::Push(self.push(store, from)?),
            Step::Feed(from) => Letter::Feed(from),
            Step::Shares => Letter::Shares(shares_request(&shares)),
            Step::Snapshot => Letter::Snapshot(store.folder().to_owned()),
            Step::Rest => {
                self.rest();
                return Ok(Progress::Rested);
            }
        };
        self.courier.send(letter);
        Ok(Progress::Waiting)
    }

    fn rest(&mut self) {
        self.theirs = None;
        self.next_at = Instant::now() + self.every;
    }

    fn push(&self, store: &Store, from: u64) -> Result<PushRequest, SyncError> {
        let entries = store.journal.entries_from(from, self.batch, wire::PUSH_BYTES)?;
        let last = entries.last().map(|sealed| sealed.hash()).unwrap_or_default();
        let head = Head {
            seq: from + entries.len() as u64 - 1,
            hash: last,
        };
        let signature = store
            .journal
            .sign(head, &store.identity.post.terminal, &store.keys.signing())?;
        let entries = entries
            .iter()
            .map(|sealed| ByteVec::from(sealed.bytes().to_vec()))
            .collect();
        let epoch = self.theirs.map_or(Epoch([0; 16]), |theirs| theirs.epoch);
        Ok(PushRequest {
            epoch,
            from,
            entries,
            head,
            signature,
        })
    }

    fn answered(
        &mut self,
        store: &mut Store,
        answer: Result<Answer, LineError>,
        now: Moment,
    ) -> Result<Progress, SyncError> {
        let taken = answer
            .map_err(SyncError::from)
            .and_then(|answer| self.take(store, answer, now));
        match taken {
            Ok(progress) => {
                self.failures = 0;
                self.last_error = None;
                self.last_answer = Some(Instant::now());
                self.next_at = Instant::now();
                Ok(progress)
            }
            Err(error) => {
                self.failed(&error);
                Err(error)
            }
        }
    }

    fn failed(&mut self, error: &SyncError) {
        let mut chance = [0; 4];
        // Without chance the pause is the longest one, which is safe.
        let chance = getrandom::fill(&mut chance).map_or(u32::MAX, |()| u32::from_le_bytes(chance));
        self.theirs = None;
        self.batch = (self.batch / 2).max(1);
        self.failures = self.failures.saturating_add(1);
        self.next_at = Instant::now() + plan::pause(self.failures, chance);
        self.last_error = Some(error.to_string());
    }

    fn take(&mut self, store: &mut Store, answer: Answer, now: Moment) -> Result<Progress, SyncError> {
        match answer {
            Answer::Hello(reply) => {
                store.journal.hear(reply.epoch, reply.through)??;
                self.theirs = Some(Theirs::from(&reply));
                self.note(store, now);
                Ok(Progress::Waiting)
            }
            Answer::Push(reply) => self.pushed(store, &reply, now),
            Answer::Shares(reply) => {
                store.journal.dealt(&reply.dealt)?;
                if let Some(theirs) = &mut self.theirs {
                    theirs.has_dealt = true;
                }
                self.note(store, now);
                Ok(Progress::Dealt)
            }
            Answer::Feed(reply) => match *reply {
                FeedReply::Page(page) => self.pulled(store, page, now),
                FeedReply::MustRefetch => {
                    self.courier.send(Letter::Snapshot(store.folder().to_owned()));
                    Ok(Progress::Waiting)
                }
            },
            Answer::Snapshot(built) => {
                let rows = built.manifest.parts.iter().map(|part| part.rows).sum();
                // What the journal keeps goes before the cache's cursor: behind it, an end of the program between the two
                // would lose a list of keys for as long as no other follows.
                if let Some(bundle) = &built.signed.bundle {
                    take_bundle(store, bundle)?;
                }
                if let Some(keys) = &built.signed.pass_keys {
                    take_pass_keys(store, keys)?;
                }
                store.swap_cache(&built.file)?;
                store.journal.reflected(built.manifest.reflected)?;
                if self
                    .theirs
                    .is_some_and(|theirs| theirs.epoch != built.manifest.epoch)
                {
                    // The server began anew in between: both heads are compared again first.
                    self.theirs = None;
                }
                self.note(store, now);
                Ok(Progress::Pulled { rows })
            }
        }
    }

    fn note(&mut self, store: &mut Store, now: Moment) {
        // The time of the last answer lies in the cache: losing it costs nothing but a line on the screen.
        let _ = store.cache.heard(now);
    }

    fn pushed(&mut self, store: &mut Store, reply: &PushReply, now: Moment) -> Result<Progress, SyncError> {
        store.journal.hear(reply.epoch, reply.through)??;
        if let Some(theirs) = &mut self.theirs {
            theirs.version = reply.version;
        }
        self.batch = (self.batch * 2).min(wire::PUSH_ENTRIES);
        self.note(store, now);
        let is_aside = |(_, outcome): &&(u64, Outcome)| matches!(outcome, Outcome::Quarantined(_));
        let quarantined = reply.results.iter().filter(is_aside).count() as u64;
        Ok(Progress::Pushed {
            through: reply.through.seq,
            quarantined,
        })
    }

    fn pulled(&mut self, store: &mut Store, page: FeedPage, now: Moment) -> Result<Progress, SyncError> {
        let epoch = self.theirs.map(|theirs| theirs.epoch);
        let mark = CacheMark {
            epoch,
            cursor: page.to,
            last_sync: Some(now),
        };
        let mut progress = Progress::Pulled {
            rows: page.changes.len() as u64,
        };
        // As with a snapshot: the journal first, then the cursor.
        for change in &page.changes {
            if let wire::Row::Bundle(bundle) = &change.row
                && take_bundle(store, bundle)?
            {
                progress = Progress::Programs(bundle.version);
            }
            if let wire::Row::PassKeys(keys) = &change.row {
                take_pass_keys(store, keys)?;
            }
        }
        let stored = store.cache.take_in(mark, |writer| {
            page.changes
                .iter()
                .try_for_each(|c| take::row(writer, &c.row, c.version, page.reflected))
        });
        if let Err(error) = stored {
            store.cache.heal()?;
            return Err(StoreError::from(error).into());
        }
        if let Some(theirs) = &mut self.theirs {
            theirs.version = theirs.version.max(page.to);
            if !page.more {
                theirs.version = page.to;
                store.journal.reflected(page.reflected)?;
            }
        }
        Ok(progress)
    }
}

/// Keeps a bundle that the server signed and that is newer than ours; the last good one stays otherwise.
fn take_bundle(store: &mut Store, bundle: &wire::SignedBundle) -> Result<bool, SyncError> {
    let newest = store.journal.bundles()?.first().map_or(0, |ours| ours.version);
    if bundle.version <= newest || bundle.open(&store.identity.server_key).is_err() {
        return Ok(false);
    }
    store.journal.keep_bundle(bundle)?;
    Ok(true)
}

/// The same for the keys that sign passes.
fn take_pass_keys(store: &mut Store, keys: &wire::SignedKeys) -> Result<(), SyncError> {
    let newest = store.journal.pass_keys()?.map_or(0, |ours| ours.version);
    let identity = &store.identity;
    if keys.version > newest && keys.open(&identity.server_key, &identity.post.shop).is_ok() {
        store.journal.keep_pass_keys(keys)?;
    }
    Ok(())
}

fn shares_request(shares: &[Share]) -> SharesRequest {
    let held = shares.iter().map(|share| HeldShare {
        counter: share.counter.clone(),
        dealt: share.dealt.unwrap_or(0),
        left: share.left().unwrap_or(0),
    });
    let codes: BTreeSet<String> = shares.iter().filter_map(|share| share.code.clone()).collect();
    SharesRequest {
        held: held.collect(),
        codes: codes.into_iter().collect(),
    }
}

fn hello(store: &Store, ours: &Ours, now: Moment) -> Result<HelloRequest, SyncError> {
    Ok(HelloRequest {
        head: ours.head,
        acked: ours.acked,
        epoch: store.journal.epoch()?,
        protocol: (wire::PROTOCOL, wire::PROTOCOL),
        program_version: env!("CARGO_PKG_VERSION").to_owned(),
        wall: now,
        cursor: ours.cursor,
        bundle: store
            .journal
            .bundles()?
            .first()
            .map_or(0, |bundle| bundle.version),
    })
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::SigningKey;

    use super::*;
    use crate::loyalty::calendar::Zone;
    use crate::loyalty::id::{SiteId, TerminalId};
    use crate::loyalty::pass::KeyList;
    use crate::loyalty::terminal::Post;
    use crate::store::{Identity, Keys};
    use crate::wire::{Bundle, SignedBundle, SignedKeys};

    #[test]
    fn the_last_good_list_of_pass_keys_stays() {
        let server = SigningKey::from_bytes(&[7; 32]);
        let folder = tempfile::TempDir::new().expect("a folder");
        let identity = Identity {
            url: "http://127.0.0.1:9".to_owned(),
            post: Post {
                shop: "shop".to_owned(),
                terminal: TerminalId::parse("t1").expect("a name"),
                site: SiteId::parse("north").expect("a name"),
                zone: Zone::utc(),
                day_begins_h: 4,
            },
            partner: None,
            server_key: server.verifying_key(),
        };
        let bundle = Bundle {
            version: 1,
            shop: "shop".to_owned(),
            currency: "EUR".to_owned(),
            timezone: "UTC".to_owned(),
            price_basis: "tax_inclusive".to_owned(),
            files: Vec::new(),
        };
        let bundle = SignedBundle::sign(&bundle, &server);
        let keys = Keys::new([1; 32], [9; 32]);
        let mut store = Store::create(folder.path(), identity, keys, &bundle).expect("an empty folder");
        let list = |version, shop: &str, key: &SigningKey| {
            let list = KeyList {
                version,
                shop: shop.to_owned(),
                keys: Vec::new(),
            };
            SignedKeys::sign(&list, key)
        };
        let other = SigningKey::from_bytes(&[8; 32]);
        // What arrives, and the version that is kept afterwards.
        let arrivals = [
            (list(5, "shop", &server), 5),
            (list(4, "shop", &server), 5),
            (list(6, "shop", &other), 5),
            (list(6, "elsewhere", &server), 5),
            (
                SignedKeys {
                    version: 7,
                    ..list(5, "shop", &server)
                },
                5,
            ),
            (list(6, "shop", &server), 6),
        ];
        for (arrived, kept) in arrivals {
            take_pass_keys(&mut store, &arrived).expect("a file that can be written");
            let now = store.journal.pass_keys().expect("a file").expect("a list");
            assert_eq!(now.version, kept, "after {}", arrived.version);
            assert!(now.open(&server.verifying_key(), "shop").is_ok());
        }
    }
}
