//! Goal `commit`: a whole sale durable in journal.db, beside a bare append and fdatasync of the same entry's bytes.
//!
//! Ours goes the till's own way: the basket lies in the journal as a draft (not timed: that was before PAY), then
//! `Journal::sell` writes entry, effects and the closed draft; between two batches the till is idle and tidies. The
//! floor hashes, too, each entry with the hash before it.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use vafa::loyalty::amount::{Currency, Points, Price, Quantity};
use vafa::loyalty::basket::{Basket, Line};
use vafa::loyalty::calendar::{Moment, Zone};
use vafa::loyalty::engine;
use vafa::loyalty::goods::Goods;
use vafa::loyalty::id::{BasketId, MemberId, PurseId, SiteId, Sku};
use vafa::loyalty::journal::Clock;
use vafa::loyalty::member::{CardToken, Holder, Known, Member, Standing};
use vafa::loyalty::program::{ProgramSet, Terms, file};
use vafa::loyalty::sale::{Sale, Tender};
use vafa::store::{Draft, Store};

use crate::measure::{Samples, tell, tell_times, tell_unmeasured};
use crate::shop;

const LINES: u64 = 10;
/// Cold: a new journal, whose log still grows with every sale.
const COLD: usize = 200;
const BATCH: usize = 25;
const BATCHES: usize = 120;
const RATIO: f64 = 1.5;
const RATIO_P99: f64 = 3.0;

pub fn run() -> anyhow::Result<()> {
    let folder = shop::fresh_folder("commit")?;
    let mut till = Till::open(&folder.join("terminal"))?;
    let mut floor = Floor::open(&folder.join("floor"))?;

    let (mut ours, mut bare) = (Samples::default(), Samples::default());
    for _ in 0..COLD / BATCH {
        batch(&mut till, &mut floor, &mut ours, &mut bare)?;
    }
    let cold = (ours.percentile_us(50), bare.percentile_us(50));

    let (mut ours, mut bare) = (Samples::default(), Samples::default());
    for _ in 0..BATCHES {
        batch(&mut till, &mut floor, &mut ours, &mut bare)?;
        till.store.journal.tidy_when_idle()?;
    }
    tell_times("commit", ours.percentile_us(50), bare.percentile_us(50), RATIO);
    tell_times(
        "commit-p99",
        ours.percentile_us(99),
        bare.percentile_us(99),
        RATIO_P99,
    );
    // No goal: the log of a folder that was just opened still grows, and a growing file waits for its length, too.
    println!(
        "  the first sales after a start: ours={:.1}us floor={:.1}us",
        cold.0, cold.1
    );
    drop(till);
    syncs(&folder)?;
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

fn batch(till: &mut Till, floor: &mut Floor, ours: &mut Samples, bare: &mut Samples) -> anyhow::Result<()> {
    for _ in 0..BATCH {
        let sale = till.next_sale()?;
        till.keep_draft(&sale)?;
        ours.time(|| till.sell(sale))?;
    }
    // The same entries' bytes.
    let entries = till.last_entries(BATCH)?;
    for entry in &entries {
        bare.time(|| floor.append(entry))?;
    }
    Ok(())
}

/// A terminal that sells ten lines to a member, again and again.
struct Till {
    store: Store,
    programs: ProgramSet,
    sold: u64,
}

impl Till {
    fn open(folder: &Path) -> anyhow::Result<Till> {
        let store = shop::enrol(folder, vec![shop::file(shop::POINTS)])?;
        let terms = Terms::of("EUR", "Europe/Berlin", "tax_inclusive")?;
        let files = [shop::file(shop::POINTS)];
        let programs = file::read_all(&files, terms).map_err(|wrong| anyhow::anyhow!("{wrong:?}"))?;
        Ok(Till {
            store,
            programs,
            sold: 0,
        })
    }

    /// The next basket, quoted.
    fn next_sale(&mut self) -> anyhow::Result<Sale> {
        self.sold += 1;
        let member = MemberId::parse(&format!("m{:06}", self.sold * 7919 % 100_000))?;
        let id = BasketId::parse(&uuid::Uuid::now_v7().to_string())?;
        let opened = Moment::from_millis(jiff::Timestamp::now().as_millisecond());
        let mut basket = Basket::open(id, opened, SiteId::parse("north")?);
        basket.buyer = Some(Holder::Member(member.clone()));
        for i in 0..LINES {
            basket.add(line(self.sold * LINES + i)?)?;
        }
        let mut standing = Standing::default();
        standing
            .purses
            .insert(PurseId::parse("points")?, Points::parse("120")?);
        let known = Known {
            member: Member::named(member),
            standing,
            organisation: None,
        };
        let quote = engine::quote(&basket, Some(&known), &self.programs, &self.store.identity.site());
        anyhow::ensure!(!quote.changes.is_empty(), "a sale to a member earns points");
        Ok(Sale {
            known: Some(known.as_recorded(opened.day(&Zone::named("Europe/Berlin")?))),
            basket,
            quote: vafa::loyalty::quote::Quote {
                declined: Vec::new(),
                ..quote
            },
            tender: Tender::Elsewhere,
            source: None,
            as_of: 1,
            drawn: None,
            approved_by: None,
        })
    }

    /// Keeps the basket on the disk as a till does while it is served.
    fn keep_draft(&mut self, sale: &Sale) -> anyhow::Result<()> {
        self.store.journal.keep_draft(&Draft {
            basket: sale.basket.clone(),
            card: Some(CardToken::of(&shop::CARD_KEY, &shop::card_number(self.sold))),
            card_ending: "1234".to_owned(),
            is_held: false,
        })?;
        Ok(())
    }

    fn sell(&mut self, sale: Sale) -> anyhow::Result<()> {
        let post = &self.store.identity.post;
        let clock = Clock {
            wall: Moment::from_millis(jiff::Timestamp::now().as_millisecond()),
            mono_ms: self.sold,
            boot: 1,
        };
        self.store.journal.sell(post, 1, sale, clock)?;
        Ok(())
    }

    fn last_entries(&self, count: usize) -> anyhow::Result<Vec<Vec<u8>>> {
        let first = self.store.journal.head()?.seq + 1 - u64::try_from(count)?;
        let entries = self.store.journal.entries_from(first, count, usize::MAX)?;
        Ok(entries.iter().map(|sealed| sealed.bytes().to_vec()).collect())
    }
}

fn line(n: u64) -> anyhow::Result<Line> {
    let sku = Sku::parse(&format!("{:08}", 4_000_000 + n * 31 % 92_331))?;
    let price = Price::parse(&Currency::of("EUR")?.text(cents(100 + 37 * n % 900)))?;
    let goods = Goods {
        name: format!("Fresh goods number {:05}", n % 92_331),
        categories: vec![format!("grocery/shelf-{:02}", n % 20)],
        brand: Some("national".to_owned()),
        ..Goods::uncatalogued(sku, Some(price))
    };
    Ok(Line {
        goods,
        quantity: Quantity::ONE,
        price,
        added_by: None,
    })
}

fn cents(cents: u64) -> vafa::loyalty::amount::Money {
    vafa::loyalty::amount::Money::minor(i64::try_from(cents).expect("a small number"))
}

/// The least that keeps a sale: append, hash onto the hash before, wait for the disk.
struct Floor {
    file: File,
    hash: blake3::Hash,
}

impl Floor {
    fn open(path: &Path) -> anyhow::Result<Floor> {
        let file = File::options().create(true).append(true).open(path)?;
        Ok(Floor {
            file,
            hash: blake3::hash(b""),
        })
    }

    fn append(&mut self, entry: &[u8]) -> anyhow::Result<()> {
        let mut hasher = blake3::Hasher::new();
        hasher.update(self.hash.as_bytes()).update(entry);
        self.hash = hasher.finalize();
        self.file.write_all(entry)?;
        self.file.sync_data()?;
        Ok(())
    }
}

/// Sales under strace: how many syncs each costs. What opening and closing cost falls out, because a short run is
/// taken from a longer one.
fn syncs(folder: &Path) -> anyhow::Result<()> {
    const FEW: u64 = 100;
    const MANY: u64 = 600;
    let target = "1.0";
    let count = |what: &str, sales: u64| -> anyhow::Result<Option<u64>> {
        let data = folder.join(format!("{what}-{sales}"));
        let report = folder.join(format!("{what}-{sales}.strace"));
        let done = Command::new("strace")
            .args([
                "-f",
                "-qq",
                "-e",
                "trace=fsync,fdatasync,sync_file_range,msync,sync",
            ])
            .arg("-o")
            .arg(&report)
            .arg(std::env::current_exe()?)
            .args(["child", what])
            .arg(&data)
            .arg(sales.to_string())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        if !done.is_ok_and(|status| status.success()) {
            return Ok(None);
        }
        let calls = std::fs::read_to_string(&report)?;
        Ok(Some(
            calls.lines().filter(|call| call.contains("sync(")).count() as u64
        ))
    };
    let a_sale = |what: &str| -> anyhow::Result<Option<f64>> {
        let (Some(few), Some(many)) = (count(what, FEW)?, count(what, MANY)?) else {
            return Ok(None);
        };
        Ok(Some(
            f64::from(u32::try_from(many - few)?) / f64::from(u32::try_from(MANY - FEW)?),
        ))
    };
    match (a_sale("sell")?, a_sale("append")?) {
        (Some(ours), Some(floor)) => {
            let ratio = ours / floor;
            tell(
                "commit-syncs",
                &format!("{ours:.2}"),
                &format!("{floor:.2}"),
                &format!("{ratio:.2}"),
                target,
                ratio <= 1.0,
            );
        }
        _ => tell_unmeasured(
            "commit-syncs",
            target,
            "strace is missing or may not trace; install it to count syncs",
        ),
    }
    Ok(())
}

/// Sells so many baskets without drafts: every sync that is counted is a sale's own.
pub fn child(folder: &Path, sales: u64) -> anyhow::Result<()> {
    let mut till = Till::open(folder)?;
    till.store.journal.tidy_when_idle()?;
    for _ in 0..sales {
        let sale = till.next_sale()?;
        till.sell(sale)?;
    }
    // A child that is measured ends without the checkpoint of a closing connection.
    std::process::exit(0);
}

/// The floor under strace.
pub fn floor_child(file: &Path, sales: u64) -> anyhow::Result<()> {
    let mut floor = Floor::open(file)?;
    for n in 0..sales {
        floor.append(&n.to_be_bytes())?;
    }
    Ok(())
}
