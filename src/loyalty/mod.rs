//! The rules of the shop: everything here only computes.
pub mod card;
pub mod scan;
