//! Whose card was shown: the server's word from the cache, and this terminal's own sales on top.

use std::collections::BTreeMap;

use super::view::Buyer;
use super::{Counter, CounterError};
use crate::loyalty::calendar::{Day, Zone};
use crate::loyalty::engine;
use crate::loyalty::id::LadderId;
use crate::loyalty::member::{CardToken, Holder, Known};
use crate::loyalty::program::past::Whose;
use crate::loyalty::shown::{Identified, Shown};
use crate::loyalty::terminal::known_here;
use crate::sqlite::SqliteError;
use crate::store::{CardRow, ShownCode, StoreError};

impl Counter {
    /// The member of a card. Sales made while the card was unknown here count, too.
    pub(super) fn known(&mut self, token: &CardToken) -> Result<Option<Known>, CounterError> {
        let Some(row) = self.card(token)? else {
            return Ok(None);
        };
        let CardRow { known, reflected, .. } = row;
        let journal = &self.store.journal;
        let mut own = journal.effects(&Holder::Member(known.member.id.clone()), reflected)?;
        own.extend(journal.effects(&Holder::Card(*token), reflected)?);
        own.sort_by_key(|(seq, ..)| *seq);
        Ok(Some(known_here(known, reflected, &own)))
    }

    /// The member of a card number, as this terminal knows him now.
    pub fn look_up(&mut self, number: &str) -> Result<Option<Known>, CounterError> {
        let token = CardToken::of(self.store.keys.card_key(), number);
        self.known(&token)
    }

    /// A broken cache is no reason to stop: it is made anew, and the card is one that is not known here.
    fn card(&mut self, token: &CardToken) -> Result<Option<CardRow>, CounterError> {
        match self.store.cache.card(token) {
            Ok(row) => Ok(row),
            Err(SqliteError::Damaged { .. }) => {
                self.store.cache.heal()?;
                Ok(None)
            }
            Err(error) => Err(StoreError::from(error).into()),
        }
    }

    /// Puts a member or an unknown card to a basket, in the way in which he was identified; a phone's code is good for this basket only.
    pub(super) fn take_in(
        &mut self,
        number: &str,
        ending: &str,
        identified: Identified,
        code: Option<ShownCode>,
    ) -> Result<(), CounterError> {
        let token = CardToken::of(self.store.keys.card_key(), number);
        let known = self.known(&token)?;
        if known.as_ref().is_some_and(|known| known.member.blocked) {
            return Err(CounterError::Blocked);
        }
        let holder = known.map_or(Holder::Card(token), |known| Holder::Member(known.member.id));
        self.step_showing(code, |draft| {
            draft.basket.buyer = Some(holder);
            draft.basket.identified = Some(identified);
            draft.card = Some(token);
            draft.card_ending = ending.to_owned();
            Ok(())
        })
    }

    pub(super) fn buyer(&self) -> Option<Buyer> {
        self.draft.card?;
        let today = self.draft.basket.opened.day(self.zone());
        let standing = self
            .known
            .as_ref()
            .map(|known| known.standing.clone())
            .unwrap_or_default();
        let member = self.known.as_ref().map(|known| &known.member);
        Some(Buyer {
            name: member.and_then(|member| member.name.clone()),
            card_ending: self.draft.card_ending.clone(),
            shown: self.draft.basket.identified.map(|identified| identified.shown),
            is_unchecked: self.is_unchecked(),
            is_known: member.is_some(),
            standing,
            tiers: self.tiers(today),
            organisation: member
                .and_then(|member| member.organisation.as_ref())
                .map(ToString::to_string),
            is_birthday: member
                .and_then(|member| member.birthday)
                .is_some_and(|born| today.is_birthday_of(born)),
        })
    }

    /// The tiers that count today: those that came with a group, too, and without those that have ended.
    fn tiers(&self, today: Day) -> BTreeMap<LadderId, String> {
        let Some(known) = &self.known else {
            return BTreeMap::new();
        };
        let of = |whose| engine::tiers_of(known, &self.programs, today, whose);
        let all = of(Whose::Organisation).into_iter().chain(of(Whose::Member));
        all.map(|(ladder, tier)| (ladder, tier.name)).collect()
    }

    /// A pass of which nobody here could know whether it was withdrawn: it may do less than the shop's settings say.
    fn is_unchecked(&self) -> bool {
        let identified = self.draft.basket.identified;
        identified.is_some_and(|identified| match identified.shown {
            Shown::Pass | Shown::Phone => identified != self.ways.of(identified.shown),
            Shown::Typed | Shown::Card => false,
        })
    }

    /// The shop's zone, in which birthdays are judged.
    pub(super) fn zone(&self) -> &Zone {
        &self.programs.terms.zone
    }
}
