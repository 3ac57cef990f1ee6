//! Goal `year`: sales a second of `vafa replay`, beside bare durable commits of the same bytes: one SQLite insert a
//! sale, the same journal mode, the same waiting for the disk.
//!
//! Without a real year (`VAFA_YEAR`: a folder with products.csv, members.csv, sales.csv) one of the same shape is made
//! from a fixed seed. Only the first 20 000 sales count unless `VAFA_YEAR_ALL` is set. They are rung up slice by slice,
//! each on a new terminal, and the floor takes its turn after every slice.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context;
use rusqlite::Connection;
use vafa::loyalty::amount::Price;
use vafa::loyalty::goods::{Goods, Unit};
use vafa::loyalty::id::{MemberId, Sku};
use vafa::loyalty::member::{CardToken, Known, Member, Standing};
use vafa::store::{CacheBuild, CardRow, Journal};

use crate::measure::tell;
use crate::shop::{self, Chance};

const SALES: usize = 20_000;
const SLICES: usize = 4;
const PRODUCTS: u64 = 92_331;
const MEMBERS: u64 = 2_469;
const SITES: u64 = 457;
const SEED: u64 = 2_026;
const TARGET: f64 = 0.33;
const HEADER: &str = "sale_id,at,site,card,sku,qty,unit_price\n";

/// A shop's year: its goods, its cards by member, and its sales as rows of a file, basket by basket.
struct Year {
    goods: Vec<Goods>,
    cards: Vec<(String, String)>,
    sales: Vec<String>,
}

pub fn run() -> anyhow::Result<()> {
    let year = match std::env::var_os("VAFA_YEAR") {
        Some(folder) => Year::read(Path::new(&folder))?,
        None => Year::invented()?,
    };
    let folder = shop::fresh_folder("year")?;
    let cache = folder.join("cache");
    year.build_cache(&cache)?;
    let (mut ours, mut floor) = (Duration::ZERO, Duration::ZERO);
    let slice_length = year.sales.len().div_ceil(SLICES).max(1);
    for (n, slice) in year.sales.chunks(slice_length).enumerate() {
        let terminal = folder.join(format!("terminal-{n}"));
        drop(shop::enrol(&terminal, vec![shop::file(shop::POINTS)])?);
        std::fs::copy(&cache, terminal.join("cache.db"))?;
        let file = folder.join(format!("sales-{n}.csv"));
        std::fs::write(&file, HEADER.to_owned() + &slice.concat())?;
        ours += replay(&terminal, &file)?;
        let entries = entries(&terminal, slice.len())?;
        floor += commit_bare(&folder.join(format!("floor-{n}.db")), &entries)?;
        std::fs::remove_dir_all(&terminal)?;
    }
    let a_second =
        |time: Duration| f64::from(u32::try_from(year.sales.len()).unwrap_or(u32::MAX)) / time.as_secs_f64();
    let ratio = floor.as_secs_f64() / ours.as_secs_f64();
    tell(
        "year",
        &format!("{:.0}/s", a_second(ours)),
        &format!("{:.0}/s", a_second(floor)),
        &format!("{ratio:.2}"),
        &format!("{TARGET:.2}"),
        ratio >= TARGET,
    );
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

/// The whole command: start, check of the file, every sale, and the end.
fn replay(terminal: &Path, file: &Path) -> anyhow::Result<Duration> {
    let started = Instant::now();
    let done = Command::new(env!("CARGO_BIN_EXE_vafa"))
        .arg("--data")
        .arg(terminal)
        .arg("replay")
        .arg(file)
        .arg("--json")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .output()?;
    let took = started.elapsed();
    anyhow::ensure!(
        done.status.success(),
        "vafa replay: {}",
        String::from_utf8_lossy(&done.stderr)
    );
    Ok(took)
}

fn entries(terminal: &Path, count: usize) -> anyhow::Result<Vec<Vec<u8>>> {
    let entries = Journal::beside(terminal)?.entries_from(1, usize::MAX, usize::MAX)?;
    anyhow::ensure!(
        entries.len() == count,
        "{} entries for {count} sales",
        entries.len()
    );
    Ok(entries.iter().map(|sealed| sealed.bytes().to_vec()).collect())
}

fn commit_bare(file: &Path, entries: &[Vec<u8>]) -> anyhow::Result<Duration> {
    let started = Instant::now();
    let connection = Connection::open(file)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.execute_batch("CREATE TABLE entry (seq INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT")?;
    let mut insert = connection.prepare("INSERT INTO entry (bytes) VALUES (?1)")?;
    for entry in entries {
        insert.execute([entry])?;
    }
    drop(insert);
    connection.close().map_err(|(_, error)| error)?;
    Ok(started.elapsed())
}

impl Year {
    fn wanted() -> usize {
        match std::env::var_os("VAFA_YEAR_ALL") {
            Some(_) => usize::MAX,
            None => SALES,
        }
    }

    /// A year of the same shape: about 9.4 lines a basket, most by few goods, three in four with a card.
    fn invented() -> anyhow::Result<Year> {
        let mut chance = Chance(SEED);
        let mut goods = Vec::new();
        for n in 0..PRODUCTS {
            let shelf = format!("department-{}/category-{}", n % 31, n % 301);
            goods.push(Goods {
                name: format!("Article number {n} of the shelf"),
                categories: vec![shelf],
                brand: Some(if n % 3 == 0 { "private" } else { "national" }.to_owned()),
                ..Goods::uncatalogued(Sku::parse(&sku(n))?, None)
            });
        }
        let cards = (1..=MEMBERS)
            .map(|n| (format!("household-{n}"), shop::card_number(n)))
            .collect();
        let sales = Year::wanted().min(155_381);
        let sales = (0..sales as u64).map(|n| basket(n, &mut chance)).collect();
        Ok(Year { goods, cards, sales })
    }

    fn read(folder: &Path) -> anyhow::Result<Year> {
        let open = |name: &str| -> anyhow::Result<(csv::Reader<std::fs::File>, PathBuf)> {
            let path = folder.join(name);
            let reader = csv::Reader::from_path(&path).with_context(|| path.display().to_string())?;
            Ok((reader, path))
        };
        let column = |reader: &mut csv::Reader<std::fs::File>, name: &str| -> anyhow::Result<Option<usize>> {
            Ok(reader.headers()?.iter().position(|found| found == name))
        };
        let (mut reader, _) = open("products.csv")?;
        let mut places = [None; 6];
        for (place, name) in places
            .iter_mut()
            .zip(["sku", "name", "categories", "brand", "unit", "price"])
        {
            *place = column(&mut reader, name)?;
        }
        let mut goods = Vec::new();
        for row in reader.records() {
            let row = row?;
            let field = |n: usize| places[n].and_then(|at| row.get(at)).unwrap_or_default();
            let categories = field(2).split('|').filter(|one| !one.is_empty());
            let price = Some(field(5)).filter(|text| !text.is_empty());
            goods.push(Goods {
                name: field(1).to_owned(),
                categories: categories.map(str::to_owned).collect(),
                brand: Some(field(3)).filter(|text| !text.is_empty()).map(str::to_owned),
                unit: Unit::of(field(4)),
                ..Goods::uncatalogued(Sku::parse(field(0))?, price.map(Price::parse).transpose()?)
            });
        }
        let (mut reader, path) = open("members.csv")?;
        let (id, card) = (column(&mut reader, "id")?, column(&mut reader, "card")?);
        let (id, card) = id
            .zip(card)
            .with_context(|| format!("{}: id or card is missing", path.display()))?;
        let mut cards = Vec::new();
        for row in reader.records() {
            let row = row?;
            cards.push((row[id].to_owned(), row[card].to_owned()));
        }
        Ok(Year {
            goods,
            cards,
            sales: Year::read_sales(folder)?,
        })
    }

    fn read_sales(folder: &Path) -> anyhow::Result<Vec<String>> {
        let mut reader = csv::Reader::from_path(folder.join("sales.csv"))?;
        anyhow::ensure!(
            reader.headers()?.iter().eq(HEADER.trim().split(',')),
            "sales.csv has other columns than {}",
            HEADER.trim()
        );
        let (mut sales, mut current) = (Vec::<String>::new(), String::new());
        for row in reader.records() {
            let row = row?;
            if row[0] != current {
                if sales.len() >= Year::wanted() {
                    break;
                }
                row[0].clone_into(&mut current);
                sales.push(String::new());
            }
            let fields: Vec<&str> = row.iter().collect();
            if let Some(sale) = sales.last_mut() {
                writeln!(sale, "{}", fields.join(","))?;
            }
        }
        Ok(sales)
    }

    fn build_cache(&self, file: &Path) -> anyhow::Result<()> {
        let mut rows = Vec::new();
        for (id, number) in &self.cards {
            rows.push(CardRow {
                token: CardToken::of(&shop::CARD_KEY, number),
                version: 1,
                reflected: 0,
                known: Known {
                    member: Member::named(MemberId::parse(id)?),
                    standing: Standing::default(),
                    organisation: None,
                },
            });
        }
        let mut build = CacheBuild::begin(file)?;
        build.take_in(|writer| {
            self.goods.iter().try_for_each(|goods| writer.goods(goods))?;
            rows.iter().try_for_each(|row| writer.card(row))
        })?;
        Ok(build.finish(shop::complete())?)
    }
}

fn sku(n: u64) -> String {
    (25_000 + n * 191).to_string()
}

fn basket(n: u64, chance: &mut Chance) -> String {
    // One basket in three is a handful, the others are a week's shopping: 9.4 lines on average.
    let lines = match chance.below(3) {
        0 => 1 + chance.below(3),
        _ => 3 + chance.below(21),
    };
    let minutes = n * 525_000 / 155_381;
    let (day, minute) = (minutes / 1440, minutes % 1440);
    let at = format!(
        "2025-{:02}-{:02}T{:02}:{:02}:00",
        1 + day / 28 % 12,
        1 + day % 28,
        minute / 60,
        minute % 60
    );
    let site = 300 + chance.below(SITES);
    let card = match chance.below(4) {
        0 => String::new(),
        _ => shop::card_number(1 + chance.below(MEMBERS)),
    };
    let mut rows = String::new();
    for _ in 0..lines {
        // The smaller of two numbers: some goods are bought much more often than others.
        let product = chance.below(PRODUCTS).min(chance.below(PRODUCTS));
        let (quantity, price) = (1 + chance.below(3) / 2, 50 + chance.below(900));
        writeln!(
            rows,
            "{},{at},store-{site},{card},{},{quantity},{}.{:02}00",
            40_000_000_000_u64 + n,
            sku(product),
            price / 100,
            price % 100
        )
        .expect("writing into memory cannot fail");
    }
    rows
}
