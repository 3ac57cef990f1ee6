//! Baskets that are not paid yet. They lie in journal.db, so that a basket is gone in the very transaction that makes
//! it a sale, and an open one is there again after a power cut.

use rusqlite::{Connection, OptionalExtension, params};

use crate::loyalty::basket::Basket;
use crate::loyalty::id::BasketId;
use crate::loyalty::member::CardToken;

/// A basket that is not paid yet.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// The basket.
    pub basket: Basket,
    /// The token of the card that was shown, by which its member is looked up again.
    pub card: Option<CardToken>,
    /// What the cashier sees of the card that was shown; never its number.
    pub card_ending: String,
    /// Put aside, or being served.
    pub is_held: bool,
}

pub(super) fn keep(connection: &Connection, draft: &Draft) -> rusqlite::Result<()> {
    let body = minicbor::to_vec((&draft.basket, draft.card, &draft.card_ending))
        .expect("writing into memory cannot fail");
    connection
        .prepare_cached("INSERT OR REPLACE INTO draft (basket, is_held, body) VALUES (?1, ?2, ?3)")?
        .execute(params![draft.basket.id.as_str(), draft.is_held, body])?;
    Ok(())
}

pub(super) fn close(connection: &Connection, basket: &BasketId) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM draft WHERE basket = ?1")?
        .execute([basket.as_str()])?;
    Ok(())
}

/// The drafts, oldest first. One whose bytes cannot be read is left out: it was never a sale.
pub(super) fn all(connection: &Connection) -> rusqlite::Result<Vec<Draft>> {
    let mut statement = connection.prepare_cached("SELECT is_held, body FROM draft ORDER BY basket")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, Vec<u8>>(1)?)))?;
    let mut drafts = Vec::new();
    for row in rows {
        let (is_held, body) = row?;
        drafts.extend(read(is_held, &body));
    }
    Ok(drafts)
}

pub(super) fn one(connection: &Connection, basket: &BasketId) -> rusqlite::Result<Option<Draft>> {
    let mut statement = connection.prepare_cached("SELECT is_held, body FROM draft WHERE basket = ?1")?;
    let row = statement
        .query_row([basket.as_str()], |row| {
            Ok((row.get(0)?, row.get::<_, Vec<u8>>(1)?))
        })
        .optional()?;
    Ok(row.and_then(|(is_held, body)| read(is_held, &body)))
}

fn read(is_held: bool, body: &[u8]) -> Option<Draft> {
    let (basket, card, card_ending) = minicbor::decode::<(Basket, Option<CardToken>, String)>(body).ok()?;
    Some(Draft {
        basket,
        card,
        card_ending,
        is_held,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loyalty::calendar::Moment;
    use crate::loyalty::id::SiteId;

    #[test]
    fn a_basket_that_is_put_aside_comes_back_as_it_was() {
        let connection = Connection::open_in_memory().expect("a file in memory");
        connection
            .execute_batch(include_str!("migrations/journal-001.sql"))
            .expect("the tables");
        let id = BasketId::parse("b1").expect("a name");
        let site = SiteId::parse("north").expect("a name");
        let mut draft = Draft {
            basket: Basket::open(id.clone(), Moment::from_millis(1), site),
            card: None,
            card_ending: String::new(),
            is_held: false,
        };
        for (card, is_held) in [(None, false), (Some(CardToken::from_bytes([7; 16])), true)] {
            draft.card = card;
            draft.is_held = is_held;
            keep(&connection, &draft).expect("kept");
            assert_eq!(one(&connection, &id).expect("read"), Some(draft.clone()));
            assert_eq!(all(&connection).expect("read"), [draft.clone()]);
        }
    }
}
