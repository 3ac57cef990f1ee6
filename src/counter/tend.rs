//! What is done when nobody waits: a turn of sync, tidying the journal; and how the terminal is.

use super::view::{Health, Line};
use super::{Counter, CounterError};
use crate::loyalty::amount::Money;
use crate::sync::{Progress, Sync};

impl Counter {
    /// One short turn of everything that can wait for a quiet moment. Never waits for the line. Answers true where
    /// something came of it that a screen should show.
    pub fn tend(&mut self) -> Result<bool, CounterError> {
        // A disk without room for tidying must not keep sales from the server; that nothing can be recorded shows at
        // the next scan, which is written first of all.
        let _ = self.store.journal.tidy_when_idle();
        self.keep_draws();
        self.give_shares_back();
        let now = self.watch.wall();
        let Some(sync) = &mut self.sync else {
            return Ok(false);
        };
        match sync.turn(&mut self.store, now) {
            Ok(progress) => self.heard(&progress),
            // The line keeps its own error, in a sentence for the screen.
            Err(_) => Ok(true),
        }
    }

    /// Syncs until neither side has anything left; `tell` hears of each step.
    pub fn sync_once(&mut self, mut tell: impl FnMut(&Progress)) -> Result<(), CounterError> {
        let Some(mut sync) = self.sync.take() else {
            return Ok(());
        };
        let done = self.rounds(&mut sync, &mut tell);
        self.sync = Some(sync);
        done?;
        self.acked = self.store.journal.acked()?.seq;
        self.waiting_total = self.waiting_from_acked()?;
        self.take_up_programs()
    }

    /// One round of sync, and another where the first brought programs of whose totals this terminal has no share yet.
    fn rounds(&mut self, sync: &mut Sync, tell: &mut impl FnMut(&Progress)) -> Result<(), CounterError> {
        for _ in 0..2 {
            let watch = &self.watch;
            sync.once(&mut self.store, || watch.wall(), &mut *tell)?;
            self.take_up_programs()?;
            if !self.wish_for_shares()? {
                break;
            }
        }
        Ok(())
    }

    fn heard(&mut self, progress: &Progress) -> Result<bool, CounterError> {
        match progress {
            Progress::Waiting => return Ok(false),
            Progress::Pushed { through, .. } => self.sent(*through)?,
            Progress::Programs(_) | Progress::Pulled { .. } => self.take_up_programs()?,
            Progress::Dealt => self.requote()?,
            Progress::Rested => {}
        }
        Ok(true)
    }

    /// The server answered for entries up to this one: their sales wait no longer.
    fn sent(&mut self, through: u64) -> Result<(), CounterError> {
        if through < self.acked {
            self.waiting_total = self.waiting_from_acked()?;
        } else {
            self.waiting_total -= self.store.journal.sales_total(self.acked + 1, through)?;
        }
        self.acked = through;
        Ok(())
    }

    fn waiting_from_acked(&self) -> Result<Money, CounterError> {
        let acked = self.store.journal.acked()?;
        Ok(self.store.journal.sales_total(acked.seq + 1, u64::MAX)?)
    }

    /// Folds the journal's log into its file in a long run without quiet moments.
    pub fn tidy(&mut self) -> Result<(), CounterError> {
        Ok(self.store.journal.tidy_when_large()?)
    }

    /// How the terminal is.
    pub fn health(&self) -> Health {
        let waiting = self.store.journal.waiting().unwrap_or_default();
        let (cards, goods) = self.store.cache.counts().unwrap_or_default();
        Health {
            terminal: self.store.identity.post.terminal.clone(),
            line: self.line(),
            waiting: waiting.entries,
            waiting_total: self.waiting_total,
            oldest: waiting.oldest,
            last_sync: self.store.cache.mark().ok().and_then(|mark| mark.last_sync),
            cards,
            goods,
            bundle: self.bundle,
            cannot_record: self.cannot_record.clone(),
        }
    }

    fn line(&self) -> Line {
        match &self.sync {
            None => Line::Unknown,
            Some(sync) if sync.is_online() => Line::Online,
            Some(sync) => sync
                .last_error()
                .map_or(Line::Unknown, |why| Line::Offline(why.to_owned())),
        }
    }
}
