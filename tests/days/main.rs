//! Days of a shop that go wrong: the real program, a real server process on this machine, real files. Tills are killed,
//! lines lie, disks fill up and files are full of mistakes; afterwards every sale must be there once.

mod activities;
mod disks;
mod draws;
mod due;
mod gifts;
mod keeping;
mod killing;
mod lines;
mod middleman;
mod mistakes;
mod passes;
mod returning;
mod rewards;
mod sales;
mod shares;
mod shop;
