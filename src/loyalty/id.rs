//! One type for each thing that has a name, so that a member can never stand where a site belongs.

use std::fmt;
use std::sync::Arc;

use minicbor::decode::{self, Decoder};
use minicbor::encode::{self, Encoder, Write};

use super::said::quoted;

/// Why a text is no name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{found} is no {what}: write 1 to 64 characters without control characters or spaces at the ends")]
pub struct NameError {
    /// The kind of name that was wanted.
    pub what: &'static str,
    /// What was found, in quotes, shortened and without control characters; never a card's number.
    pub found: String,
}

macro_rules! names {
    ($($(#[$doc:meta])* $kind:ident = $what:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $kind(Arc<str>);

        impl $kind {
            /// Checks a text: 1 to 64 characters, nothing that a screen or a printer would act on.
            pub fn parse(text: &str) -> Result<$kind, NameError> {
                check(text, $what).map($kind)
            }

            /// The text of the name.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $kind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $kind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($kind), self.0)
            }
        }

        impl<C> minicbor::Encode<C> for $kind {
            fn encode<W: Write>(&self, e: &mut Encoder<W>, _: &mut C) -> Result<(), encode::Error<W::Error>> {
                e.str(&self.0)?;
                Ok(())
            }
        }

        impl<'b, C> minicbor::Decode<'b, C> for $kind {
            fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
                $kind::parse(d.str()?).map_err(decode::Error::message)
            }
        }
    )*};
}

names! {
    /// A machine that sells: till, forecourt or kiosk. The server gives it, such as "t1".
    TerminalId = "terminal";
    /// A place with terminals.
    SiteId = "site";
    /// Somebody with a card: the server's own id, never a card number.
    MemberId = "member";
    /// A loyalty program, named as its file says.
    ProgramId = "program";
    /// A unit of account: points, miles, stamps, store money.
    PurseId = "purse";
    /// One article of the goods.
    Sku = "sku";
    /// A company that takes part in a coalition.
    PartnerId = "partner";
    /// A right that lasts for a time or for ever: a paid membership, a fixed discount card.
    MembershipId = "membership";
    /// Something of the catalogue that is issued and used up.
    RewardId = "reward";
    /// A ladder of tiers.
    LadderId = "ladder";
    /// A company that buys, with its own account.
    OrganisationId = "organisation";
    /// An account that donations go to.
    CharityId = "charity";
    /// A sum over days that rules ask for: what a member spent, how often a limit was used.
    CounterId = "counter";
    /// A paid sale: terminal, number and the first 8 hex digits of the entry's hash, such as "t1-42-9f3ac21b".
    SaleId = "sale id";
    /// A basket from its first line until it is paid; the key that keeps a double press from selling twice.
    BasketId = "basket id";
    /// Somebody of the shop who answers for a decision, as he is called there: no member's id, and never a card number.
    PersonName = "person's name";
}

impl SaleId {
    /// The sale's id as it is printed: terminal, number in its journal, first 4 bytes of the entry's hash.
    pub fn of(terminal: &TerminalId, seq: u64, hash: &[u8; 32]) -> SaleId {
        let [a, b, c, d, ..] = hash;
        SaleId(Arc::from(format!(
            "{terminal}-{seq}-{a:02x}{b:02x}{c:02x}{d:02x}"
        )))
    }

    /// The terminal and the number inside its journal, where the id has that form.
    pub fn place(&self) -> Option<(TerminalId, u64)> {
        let mut parts = self.0.rsplitn(3, '-');
        let (_hash, seq, terminal) = (parts.next()?, parts.next()?, parts.next()?);
        Some((TerminalId::parse(terminal).ok()?, seq.parse().ok()?))
    }
}

fn check(text: &str, what: &'static str) -> Result<Arc<str>, NameError> {
    let length = text.chars().count();
    if (1..=64).contains(&length) && text.trim() == text && !text.chars().any(char::is_control) {
        return Ok(Arc::from(text));
    }
    Err(NameError {
        what,
        found: quoted(text),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sale_id_names_its_place() {
        let terminal = TerminalId::parse("north-2").expect("a name");
        let id = SaleId::of(
            &terminal,
            42,
            &[
                0x9f, 0x3a, 0xc2, 0x1b, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                0, 0, 0, 0, 0,
            ],
        );
        assert_eq!(id.as_str(), "north-2-42-9f3ac21b");
        assert_eq!(id.place(), Some((terminal, 42)));
    }

    #[test]
    fn a_name_cannot_open_a_drawer() {
        for wrong in ["", " ", "a\u{1b}p", "x ", &"y".repeat(65)] {
            assert!(Sku::parse(wrong).is_err(), "{wrong:?}");
        }
    }
}
