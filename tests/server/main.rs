//! Days of a server, told over real connections on this machine.

mod draws;
mod enrolment;
mod importing;
mod limits;
mod process;
mod pushing;
mod reading;
mod settling;
mod shares;
mod till;
