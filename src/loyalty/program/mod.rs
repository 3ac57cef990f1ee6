//! A program is rules and rewards, read from a file that a shop's owner can read aloud. A rule answers at most seven
//! questions: who, when, where, needs, gives, limit, with; each has a default that makes it the simplest thing.

pub mod file;
pub mod reward;
pub mod rule;

use std::collections::BTreeMap;

use minicbor::{Decode, Encode};

use super::amount::{AmountError, Currency, Points, Price, Rate};
use super::calendar::{CalendarError, Window, Zone};
use super::id::{MembershipId, PartnerId, ProgramId, PurseId, SiteId};
pub use reward::{EarnBase, Reward};
pub use rule::Rule;

/// Whether prices contain tax.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum PriceBasis {
    /// Prices contain tax.
    #[default]
    #[n(0)]
    TaxInclusive,
    /// Tax comes on top.
    #[n(1)]
    TaxExclusive,
}

/// What holds for the whole shop: terminals receive it from the server with their programs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// The one currency.
    pub currency: Currency,
    /// The zone in which purses, periods and birthdays are judged.
    pub zone: Zone,
    /// Whether prices contain tax.
    pub price_basis: PriceBasis,
}

/// A term of the shop that cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TermsError {
    /// The currency.
    #[error(transparent)]
    Currency(#[from] AmountError),
    /// The zone.
    #[error(transparent)]
    Zone(#[from] CalendarError),
    /// The price basis.
    #[error("\"{found}\" is no price basis: write tax_inclusive or tax_exclusive")]
    PriceBasis {
        /// The text as it was found.
        found: String,
    },
}

impl Terms {
    /// Reads the shop's terms as a configuration, a bundle or a story names them.
    pub fn of(currency: &str, timezone: &str, price_basis: &str) -> Result<Terms, TermsError> {
        let price_basis = match price_basis {
            "tax_inclusive" => PriceBasis::TaxInclusive,
            "tax_exclusive" => PriceBasis::TaxExclusive,
            other => {
                return Err(TermsError::PriceBasis {
                    found: other.chars().take(40).collect(),
                });
            }
        };
        Ok(Terms {
            currency: Currency::of(currency)?,
            zone: Zone::named(timezone)?,
            price_basis,
        })
    }
}

/// A place with terminals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// Its id.
    pub id: SiteId,
    /// The partner of a coalition that runs it.
    pub partner: Option<PartnerId>,
    /// The zone of the clock on its wall.
    pub zone: Zone,
}

/// One loyalty program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// Its id, which is also the file's name.
    pub id: ProgramId,
    /// What the receipt calls it.
    pub name: String,
    /// What the owner wants of it: reports measure it.
    pub goal: Option<String>,
    /// When it is valid, in the site's civil time.
    pub window: Window,
    /// Inside a phase the lower number goes first; ties by id.
    pub priority: i64,
    /// Purses that it names.
    pub purses: BTreeMap<PurseId, PurseTerms>,
    /// Memberships that it declares.
    pub memberships: BTreeMap<MembershipId, MembershipTerms>,
    /// Its rules, in the order of the file.
    pub rules: Vec<Rule>,
}

/// What a file states about a purse. Files that name one purse share it: what one leaves out another may state, and
/// what both state must be the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PurseTerms {
    /// What one unit pays, where the purse can pay at all.
    pub worth: Option<Price>,
    /// The share of a bill that it may pay; everything where nothing is stated.
    pub may_pay: Option<Rate>,
    /// To what earning is rounded down; one whole unit where nothing is stated.
    pub step: Option<Points>,
    /// How many days a lot lives after the day it was earned, that last day included; for ever where nothing is stated.
    pub days: Option<i32>,
}

/// A right that lasts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MembershipTerms {
    /// How many months it lasts, to the end of the day before; for ever where nothing is stated.
    pub months: Option<i32>,
}

/// All programs that a terminal or the server runs, with the shop's terms: one published bundle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgramSet {
    /// What holds for the whole shop.
    pub terms: Terms,
    /// The programs, by id.
    pub programs: Vec<Program>,
    /// The purses of all programs together.
    pub purses: BTreeMap<PurseId, PurseTerms>,
}

/// Two files that say different things about one purse, or two programs with one id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SetError {
    /// Different values of one key.
    #[error(
        "programs {first} and {second} state different values of {key} for the purse {purse}: let only one of them state it, or write the same"
    )]
    Contradiction {
        /// The purse.
        purse: PurseId,
        /// The key on which they differ.
        key: &'static str,
        /// The program that stated it first.
        first: ProgramId,
        /// The program that states it differently.
        second: ProgramId,
    },
    /// One id twice.
    #[error("two program files have the id {id}: rename one")]
    Twice {
        /// The id.
        id: ProgramId,
    },
}

impl ProgramSet {
    /// Puts programs together, sorted by id; purses of one name are merged.
    pub fn of(terms: Terms, mut programs: Vec<Program>) -> Result<ProgramSet, SetError> {
        programs.sort_by(|a, b| a.id.cmp(&b.id));
        if let Some(pair) = programs.windows(2).find(|pair| pair[0].id == pair[1].id) {
            return Err(SetError::Twice {
                id: pair[0].id.clone(),
            });
        }
        let mut purses: BTreeMap<PurseId, PurseTerms> = BTreeMap::new();
        let mut stated: BTreeMap<(PurseId, &'static str), ProgramId> = BTreeMap::new();
        for program in &programs {
            for rule in &program.rules {
                if let Reward::Earn { purse, .. } = &rule.gives {
                    purses.entry(purse.clone()).or_default();
                }
            }
            for (purse, own) in &program.purses {
                let shared = purses.entry(purse.clone()).or_default();
                let mut agree = |key, same| match same {
                    Agreement::Silent => Ok(()),
                    Agreement::Stated => {
                        stated
                            .entry((purse.clone(), key))
                            .or_insert_with(|| program.id.clone());
                        Ok(())
                    }
                    Agreement::Differs => Err(SetError::Contradiction {
                        purse: purse.clone(),
                        key,
                        first: stated.get(&(purse.clone(), key)).unwrap_or(&program.id).clone(),
                        second: program.id.clone(),
                    }),
                };
                agree("worth", merge(&mut shared.worth, own.worth))?;
                agree("may_pay", merge(&mut shared.may_pay, own.may_pay))?;
                agree("step", merge(&mut shared.step, own.step))?;
                agree("days", merge(&mut shared.days, own.days))?;
            }
        }
        Ok(ProgramSet {
            terms,
            programs,
            purses,
        })
    }

    /// What is stated about a purse; a purse that no program names is a plain one that cannot pay.
    pub fn purse(&self, purse: &PurseId) -> PurseTerms {
        self.purses.get(purse).cloned().unwrap_or_default()
    }
}

enum Agreement {
    Silent,
    Stated,
    Differs,
}

fn merge<T: PartialEq>(shared: &mut Option<T>, own: Option<T>) -> Agreement {
    match (shared.as_ref(), own) {
        (_, None) => Agreement::Silent,
        (None, Some(value)) => {
            *shared = Some(value);
            Agreement::Stated
        }
        (Some(there), Some(value)) if *there == value => Agreement::Stated,
        (Some(_), Some(_)) => Agreement::Differs,
    }
}
