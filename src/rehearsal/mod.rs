//! The only room that knows both ends: a shop to try, with server and till in one process.

mod day;
pub mod demo;
mod shop;

pub use demo::{DemoError, Shop};
