//! Who sells, where a program rewards him for it: the member of a card, named for one basket.

use super::{Counter, CounterError};
use crate::loyalty::member::{CardToken, Known};
use crate::loyalty::said::quoted;
use crate::loyalty::scan;

impl Counter {
    /// Names who sells, by his card. He must be a member who is known here: points of nobody would be nobody's.
    pub fn name_agent(&mut self, text: &str) -> Result<(), CounterError> {
        if let Err(scan::Unread::PaymentCard) = scan::read(text, &self.scan) {
            return Err(scan::Unread::PaymentCard.into());
        }
        let Some(known) = self.known_by_card(text)? else {
            return Err(CounterError::NoAgent {
                found: quoted(text.trim()),
            });
        };
        if known.member.blocked {
            return Err(CounterError::Blocked);
        }
        let (id, name) = (known.member.id, known.member.name);
        self.step(|draft| {
            draft.basket.agent = Some(id.clone());
            Ok(())
        })?;
        self.agent_name = name.map(|name| (id, name));
        Ok(())
    }

    /// Nobody is named as the one who sells.
    pub fn forget_agent(&mut self) -> Result<(), CounterError> {
        self.step(|draft| {
            draft.basket.agent = None;
            Ok(())
        })
    }

    /// What the screen calls who sells: his name, where it was heard, else his id.
    pub(super) fn agent(&self) -> Option<String> {
        let id = self.draft.basket.agent.as_ref()?;
        let named = self.agent_name.as_ref().filter(|(of, _)| of == id);
        Some(named.map_or_else(|| id.to_string(), |(_, name)| name.clone()))
    }

    /// The member of a card's number that was scanned or typed, where he is known here.
    pub(super) fn known_by_card(&mut self, text: &str) -> Result<Option<Known>, CounterError> {
        let what = text.trim();
        let read = scan::read(what, &self.scan);
        let Some(number) = self.card_in(what, read.as_ref().ok())? else {
            return Ok(None);
        };
        let token = CardToken::of(self.store.keys.card_key(), number.as_str());
        self.known(&token)
    }
}
