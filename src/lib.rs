//! vafa: loyalty at the till, online or not.
//!
//! One card's walk through the house:
//!
//! ```text
//! scan -> card -> member -> basket -> program engine -> quote -> sale -> journal -> sync
//! ```
//!
//! `loyalty` holds the rules of the shop and reaches no file, socket, clock or screen. Around it, floor by floor: what
//! puts reasons into words and bytes into files, the terminal's two files, sync and the server, the counter where a
//! customer is served, the till's screens, and the commands. A room knows only the floors below it.

pub mod loyalty;

pub mod config;
pub mod recorded;
pub mod sqlite;
pub mod wire;

pub mod words;

pub mod receipt;

pub mod story;

pub mod device;

pub mod store;

pub mod sync;

pub mod server;

pub mod counter;

pub mod till;

pub mod rehearsal;

pub mod command;
