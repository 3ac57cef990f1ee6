//! vafa: loyalty at the till, online or not.
pub mod command;
pub mod loyalty;
