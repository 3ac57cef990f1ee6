//! `vafa program try`: what programs would have given on recorded sales, without a till or a server.

use std::collections::HashMap;
use std::path::PathBuf;
use std::time::Instant;

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use super::programs::{BadFiles, read_set};
use super::{BadInput, Place};
use crate::loyalty::amount::Points;
use crate::loyalty::id::PurseId;
use crate::loyalty::program::{ProgramSet, Terms};
use crate::recorded::{ReadAs, RecordedSales};
use crate::server::import::{self, Kind};
use crate::story::trial::{Given, Tally, Trial};

/// What `vafa program try` takes.
#[derive(Clone, Debug, clap::Args)]
pub struct ProgramTryArgs {
    /// Program files, or folders of them.
    #[arg(required = true)]
    pub paths: Vec<PathBuf>,
    /// Recorded sales: columns sale_id, at, site, card, sku, qty, unit_price; rows of one sale stand together.
    #[arg(long, value_name = "SALES.csv")]
    pub sales: PathBuf,
    /// The goods: columns sku, name, and perhaps categories, brand, unit, price, tax_rate.
    #[arg(long, value_name = "PRODUCTS.csv")]
    pub products: PathBuf,
    /// One JSON object a line, for each program.
    #[arg(long)]
    pub json: bool,
    /// The currency of amounts; without it, that of the configuration.
    #[arg(long, value_name = "CODE")]
    pub currency: Option<String>,
}

/// Reads all files, runs every sale, and prints what each program came to. Nothing is written.
pub fn run(args: &ProgramTryArgs, terms: &Terms, place: &Place) -> anyhow::Result<u8> {
    let programs = match read_set(&args.paths, terms) {
        Ok(programs) => programs,
        Err(BadFiles(wrong)) => {
            for line in wrong {
                eprintln!("{line}");
            }
            return Ok(2);
        }
    };
    let config = place.config()?;
    let goods = import::read(
        Kind::Products,
        &args.products,
        &config.shop.timezone,
        &config.scan,
    );
    let goods = goods.map_err(BadInput::of)?.goods;
    let read_as = ReadAs {
        zones: HashMap::new(),
        shop_zone: terms.zone.clone(),
        settings: config.scan.settings(),
    };
    let started = Instant::now();
    eprintln!("reading {} …", args.sales.display());
    let sales = RecordedSales::check(&args.sales, read_as).map_err(BadInput::of)?;
    let bar = ProgressBar::new(sales.count());
    let style = ProgressStyle::with_template("{bar:32} {pos}/{len} sales, {per_sec}, {eta} left");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    let mut trial = Trial::open(&programs, goods);
    for sale in sales.read().map_err(BadInput::of)? {
        let sale = sale.map_err(BadInput::of)?;
        trial.ring_up(&sale).map_err(BadInput::of)?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    let tally = trial.tally();
    for program in &programs.programs {
        let given = &tally.programs[&program.id];
        if args.json {
            say!("{}", as_json(program.id.as_str(), given, tally, &programs));
        } else {
            say!("{}", as_text(&program.name, given, tally, &programs));
        }
    }
    eprintln!("{}", summary(tally, &programs, started.elapsed().as_secs_f32()));
    Ok(0)
}

fn as_json(id: &str, given: &Given, tally: &Tally, programs: &ProgramSet) -> Value {
    let currency = programs.terms.currency;
    let points = given.points.iter();
    let points: serde_json::Map<String, Value> = points
        .map(|(purse, points)| (purse.to_string(), Value::String(units(purse, *points, programs))))
        .collect();
    json!({
        "program": id,
        "sales": given.sales,
        "members": given.members.len(),
        "discount": currency.text(given.discount),
        "points": points,
        "turnover": currency.text(given.turnover),
        "share_of_turnover": tally.share(given.turnover),
        "discount_share": tally.share(given.discount),
    })
}

fn as_text(name: &str, given: &Given, tally: &Tally, programs: &ProgramSet) -> String {
    let currency = programs.terms.currency;
    let mut text = format!(
        "{name}\n  {} sales of {} members, {} % of the turnover\n  {} off, {} % of the turnover",
        given.sales,
        given.members.len(),
        tally.share(given.turnover),
        currency.text(given.discount),
        tally.share(given.discount),
    );
    for (purse, points) in &given.points {
        text += &format!("\n  {} {purse}", units(purse, *points, programs));
    }
    text
}

/// A money purse is written like money.
fn units(purse: &PurseId, points: Points, programs: &ProgramSet) -> String {
    let currency = programs.terms.currency;
    let step = currency.step().units();
    if programs.purse(purse).is_money && points.units() % step == 0 {
        return currency.text(crate::loyalty::amount::Money::minor(points.units() / step));
    }
    points.to_string()
}

fn summary(tally: &Tally, programs: &ProgramSet, seconds: f32) -> String {
    let refused = match tally.refused {
        0 => String::new(),
        some => format!("; {some} of them would have been refused, for goods that are kept for others"),
    };
    format!(
        "{} sales with {} cards, turnover {}, in {seconds:.0} s{refused}",
        tally.sales,
        tally.members,
        programs.terms.currency.text(tally.turnover),
    )
}
