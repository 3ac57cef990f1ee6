//! `vafa doctor`: what is wrong with this terminal, and what to do about it.

use super::{Place, journal, status};
use crate::store::Cache;
use crate::till::scanners::Scanners;
use crate::words;

/// What `vafa doctor` takes.
#[derive(Clone, Debug, clap::Args)]
pub struct DoctorArgs {}

/// Looks at everything that can be looked at beside a running till; status 1 where something needs a hand.
pub fn run(_args: &DoctorArgs, place: &Place) -> anyhow::Result<u8> {
    let status = status::status(place)?;
    let mut entries = 0;
    let mut wrong = Vec::new();
    match journal::check(place, &mut entries) {
        Ok(()) => say!("journal   fine: {entries} entries, each sealed to the one before"),
        Err(error) => wrong.push(format!("journal   {error}")),
    }
    match Cache::beside(&place.data()) {
        Ok(_) => say!(
            "cache     fine: {} cards, {} goods",
            status["cards"],
            status["goods"]
        ),
        Err(error) => wrong.push(format!(
            "cache     {error}: it is made anew at the next start; sync brings goods and members back"
        )),
    }
    let waiting = status["queue_depth"].as_u64().unwrap_or(0);
    match (status["online"].as_bool(), waiting) {
        (Some(true), _) => say!("line      fine: {waiting} entries waiting"),
        (_, 0) => say!(
            "line      nothing is waiting; last answer of the server: {}",
            status["last_sync"]
        ),
        _ => wrong.push(format!(
            "line      {waiting} entries are waiting since {}: run \"vafa sync --once\" to see why",
            status["oldest_waiting"]
        )),
    }
    let scanners = Scanners::of(&place.config()?);
    for line in &scanners.lines {
        match line.check(&scanners.settings) {
            Ok(()) => say!("scanner   fine: {line}"),
            Err(why) => wrong.push(format!(
                "scanner   {line} is {why}. A till that runs has it open; there F11 says how it is"
            )),
        }
    }
    let language = words::spoken();
    match language.missing() {
        [] => say!("language  fine: {}", language.code()),
        missing => wrong.push(format!(
            "language  {} of {} are said in English: write {} in its core.ftl",
            missing.len(),
            language.code(),
            missing.join(", ")
        )),
    }
    for line in &wrong {
        say!("{line}");
    }
    Ok(u8::from(!wrong.is_empty()))
}
