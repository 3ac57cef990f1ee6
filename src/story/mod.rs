//! A shop in memory: runs programs on a story, or on recorded sales, with the same engine, ledger and calendar as till
//! and server.

mod account;
mod answer;
mod raw;
mod read;
mod run;
mod shape;
mod steps;
pub mod trial;

pub use read::{BadStory, Story, read};
