//! `vafa report`: what the server's books say.

use std::path::Path;

use serde_json::json;

use crate::config::Config;
use crate::loyalty::amount::Money;
use crate::loyalty::calendar::Zone;
use crate::loyalty::settlement::Party;
use crate::server::database::SyncReport;
use crate::server::{HeadOffice, ServerError, Settlement};

/// The reports there are.
const NAMES: &[&str] = &["settlement", "sync"];

/// A report on the server's books.
#[derive(clap::Args, Debug)]
pub struct ReportArgs {
    /// Which report: settlement (what partners owe each other), or sync.
    pub name: String,
    /// As one line of JSON.
    #[arg(long)]
    pub json: bool,
}

/// Prints a report.
pub fn run(args: &ReportArgs, data: &Path, config: &Config) -> Result<u8, ServerError> {
    if !NAMES.contains(&args.name.as_str()) {
        return Err(ServerError::Report {
            found: args.name.chars().filter(|c| !c.is_control()).take(40).collect(),
            known: NAMES.join(", "),
        });
    }
    let office = HeadOffice::open(data, config)?;
    if args.name == "settlement" {
        tell_settlement(&office.settlement()?, args.json);
        return Ok(0);
    }
    let report = office.sync_report()?;
    if args.json {
        say!("{}", as_json(&report));
    } else {
        print_plain(&report);
    }
    Ok(0)
}

/// What partners owe each other. Sites without a partner are the shop's own: null in JSON.
fn tell_settlement(settlement: &Settlement, is_json: bool) {
    let currency = settlement.currency;
    let text = |money: Option<Money>| money.map(|money| currency.text(money));
    let name = |party: &Party| party.as_ref().map(ToString::to_string);
    if is_json {
        let debts: Vec<_> = settlement.debts.iter().map(|(debt, money)| {
            json!({"purse": debt.purse.as_str(), "from": name(&debt.from), "to": name(&debt.to), "units": debt.units.to_string(), "money": text(*money)})
        }).collect();
        let balances: Vec<_> = settlement.balances().iter().map(|((purse, party), (units, money))| {
            json!({"purse": purse.as_str(), "partner": name(party), "units": units.to_string(), "money": text(*money)})
        }).collect();
        say!("{}", json!({"debts": debts, "balances": balances}));
        return;
    }
    let called = |party: &Party| name(party).unwrap_or_else(|| "the shop itself".to_owned());
    let worth =
        |money: Option<Money>| text(money).map_or_else(String::new, |money| format!(", worth {money}"));
    for (debt, money) in &settlement.debts {
        say!(
            "{} owes {} {} {}{}",
            called(&debt.from),
            called(&debt.to),
            debt.units,
            debt.purse,
            worth(*money)
        );
    }
    for ((purse, party), (units, money)) in settlement.balances() {
        say!("in all, {}: {units} {purse}{}", called(&party), worth(money));
    }
    if settlement.debts.is_empty() {
        say!("no partner owes another anything");
    }
}

fn as_json(report: &SyncReport) -> serde_json::Value {
    let terminals: Vec<_> = report
        .terminals
        .iter()
        .map(|one| {
            json!({
                "terminal": one.terminal.as_str(),
                "site": one.site.as_str(),
                "through": one.through,
                "last_seen": one.last_seen.text(&Zone::utc()),
                "version": one.program_version,
                "revoked": one.revoked,
            })
        })
        .collect();
    json!({
        "entries": report.entries,
        "sales": report.sales,
        "quarantined": report.quarantined,
        "exceptions": report.exceptions,
        "forks": report.forks,
        "draws": {
            "decided": report.draws.decided,
            "checked": report.draws.checked,
            "wrong": report.draws.wrong,
        },
        "terminals": terminals,
    })
}

fn print_plain(report: &SyncReport) {
    say!(
        "{} entries, {} sales, {} with an exception, {} quarantined, {} of copied machines",
        report.entries,
        report.sales,
        report.exceptions,
        report.quarantined,
        report.forks
    );
    if report.draws.decided > 0 {
        say!(
            "{} draws, {} of them worked out again, {} came out otherwise than their secret decides",
            report.draws.decided,
            report.draws.checked,
            report.draws.wrong
        );
    }
    for one in &report.terminals {
        say!(
            "{} at {}: taken in up to {}, last seen {}, vafa {}{}",
            one.terminal,
            one.site,
            one.through,
            one.last_seen.text(&Zone::utc()),
            one.program_version,
            if one.revoked { ", out of service" } else { "" }
        );
    }
}
