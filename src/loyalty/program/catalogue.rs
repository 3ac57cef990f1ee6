//! Rewards of a catalogue: what is issued, redeemed and used up.

use super::super::amount::Points;
use super::super::id::{CharityId, PurseId};
use super::rule::Who;

/// Something of the catalogue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RewardTerms {
    /// What a customer reads.
    pub name: Option<String>,
    /// What one costs; without a cost it is only given by rules.
    pub cost: Option<(PurseId, Points)>,
    /// How many there are in all; without a number there are enough.
    pub stock: Option<u64>,
    /// Who may have it; all conditions must hold.
    pub who: Vec<Who>,
    /// A supervisor must agree.
    pub needs_approval: bool,
    /// Where redeeming leads; something to hold and use where nothing is stated.
    pub into: Into,
}

/// What becomes of the points that are redeemed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Into {
    /// An entitlement, held until it is used.
    #[default]
    Entitlement,
    /// They go to a charity.
    Charity(CharityId),
    /// They become units of another purse.
    Purse(PurseId, Points),
}
