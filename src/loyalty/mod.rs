//! The rules of the shop: no file, socket, clock, chance or screen can be reached from here. The modules stand in the
//! order of the flow: a room knows only what stands before it.

// No float comes near money, points, quantities or rates. tests/house.rs looks for literals, too.
#![deny(clippy::float_arithmetic, clippy::disallowed_types)]

pub mod said;

pub mod amount;
pub mod id;

pub mod calendar;
pub mod goods;

pub mod card;
pub mod scan;

pub mod pass;
pub mod shown;

pub mod member;

pub mod basket;

pub mod program;

pub mod quote;

pub mod engine;

pub mod sale;

pub mod ledger;
pub mod settlement;

pub mod journal;

pub mod terminal;

pub mod office;

#[cfg(test)]
pub(crate) mod fixture;
