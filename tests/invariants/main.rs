//! What must hold for every basket, every customer and every set of programs: tried with random files out of the whole
//! vocabulary, and with all files of `programs/` together. Each test carries the number of what went wrong elsewhere.

mod files;
mod order;
mod past;
mod prices;
mod returns;
mod shop;
