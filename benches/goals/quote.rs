//! Goals 1, 1b, 1c, 1e and 1f: from a card's number to the priced basket with its reasons. A chain runs a thousand programs
//! of all kinds, ten million people hold its cards, and ten of the programs touch the basket. The floor is the same card
//! looked up with bare SQLite and a plain loop over the programs in whole cents. Beside them the neutral basket, and
//! how often a quote asks for memory.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rusqlite::OptionalExtension;
use vafa::config::Config;
use vafa::counter::Counter;
use vafa::loyalty::amount::{Price, Quantity};
use vafa::loyalty::basket::{Basket, Line};
use vafa::loyalty::calendar::{Moment, Zone};
use vafa::loyalty::engine;
use vafa::loyalty::goods::Goods;
use vafa::loyalty::id::{BasketId, SiteId, Sku};
use vafa::loyalty::member::{CardToken, Holder, Known};
use vafa::loyalty::program::{ProgramSet, Site, Terms, file};
use vafa::loyalty::quote::Quote;

use crate::chain;
use crate::measure::{Samples, tell, tell_times};
use crate::plain::{self, PlainLine, PlainProgram};
use crate::shop::{self, Chance};

const MANY: u32 = 10_000_000;
const FEW: u32 = 100_000;
const PROGRAMS: usize = 1_000;
/// So many of them touch the basket.
const TOUCHING: usize = 10;
/// So many members come to the till: four times the pages that SQLite keeps by itself.
const PEOPLE: usize = 2_003;
const SAMPLES: usize = 4_000;
const COLD_SAMPLES: usize = 200;

pub fn run() -> anyhow::Result<()> {
    let mut many = Till::with(MANY, "ten-million.db")?;
    let mut few = Till::with(FEW, "hundred-thousand.db")?;
    for (name, lines, target) in [("scan-to-quote", 10, 6.0), ("quote-200", 200, 8.0)] {
        let basket = Both::of(lines)?;
        let (ours, floor) = warm(&mut many, &basket)?;
        tell_times(name, ours.percentile_us(50), floor.percentile_us(50), target);
        eprintln!(
            "  {name}: {}",
            memory(&many.programs, &basket.real, &mut many.counter)?
        );
    }
    let basket = Both::of(10)?;
    let (ours, floor) = cold(&mut many, &basket)?;
    tell_times("quote-cold", ours.percentile_us(50), floor.percentile_us(50), 3.0);

    many.warm_up()?;
    few.warm_up()?;
    let (mut of_many, mut of_few) = (Samples::default(), Samples::default());
    for _ in 0..SAMPLES {
        of_many.time_quote(&mut many, &basket)?;
        of_few.time_quote(&mut few, &basket)?;
    }
    tell_times(
        "quote-growth",
        of_many.percentile_us(50),
        of_few.percentile_us(50),
        1.6,
    );

    let all = programs(PROGRAMS)?;
    let alone = programs(TOUCHING)?;
    let known = many.look_up(4_711)?;
    let (mut of_all, mut of_ten) = (Samples::default(), Samples::default());
    for _ in 0..SAMPLES {
        of_all.time(|| black_box(engine::quote(&basket.real, known.as_ref(), &all, &site())));
        of_ten.time(|| black_box(engine::quote(&basket.real, known.as_ref(), &alone, &site())));
    }
    tell_times(
        "program-growth",
        of_all.percentile_us(50),
        of_ten.percentile_us(50),
        2.0,
    );
    search()?;
    neutral()
}

/// A terminal with so many cards in its cache, and bare SQLite on the same file.
struct Till {
    counter: Counter,
    programs: ProgramSet,
    bare: rusqlite::Connection,
    rows: Vec<PlainProgram>,
    file: PathBuf,
    /// Those who come to the till, in no order.
    people: Vec<String>,
    next: usize,
}

impl Till {
    fn with(cards: u32, name: &str) -> anyhow::Result<Till> {
        let (file, mut chance) = (shop::cards(cards, name)?, Chance(11));
        let folder = shop::fresh_folder(&format!("quote-{cards}"))?;
        drop(shop::enrol(&folder, files(PROGRAMS))?);
        let cache = folder.join("cache.db");
        std::fs::remove_file(&cache)?;
        // The same file under another name: what the till writes beside it goes with the folder.
        std::fs::hard_link(&file, &cache)?;
        Ok(Till {
            counter: Counter::open(&folder, &Config::default())?,
            programs: programs(PROGRAMS)?,
            bare: rusqlite::Connection::open(&file)?,
            rows: plain::of_chain(shelf_of, PROGRAMS),
            file,
            people: (0..PEOPLE)
                .map(|_| shop::card_number(chance.below(u64::from(cards))))
                .collect(),
            next: 0,
        })
    }

    fn look_up(&mut self, member: u64) -> anyhow::Result<Option<Known>> {
        Ok(self.counter.look_up(&shop::card_number(member))?)
    }

    fn somebody(&mut self) -> String {
        self.next = (self.next + 1) % PEOPLE;
        self.people[self.next].clone()
    }

    /// Everybody's row is read once, so that the system holds its page; SQLite's own memory is too small for all of them.
    fn warm_up(&mut self) -> anyhow::Result<()> {
        for _ in 0..PEOPLE {
            let number = self.somebody();
            anyhow::ensure!(self.counter.look_up(&number)?.is_some(), "a member is not found");
        }
        Ok(())
    }
}

/// A basket for the engine and for the plain loop.
struct Both {
    real: Basket,
    plain: Vec<PlainLine>,
}

impl Both {
    fn of(lines: usize) -> anyhow::Result<Both> {
        let plain: Vec<PlainLine> = (0..lines)
            .map(|i| PlainLine {
                shelf: i % TOUCHING,
                cents: 100 + i64::try_from(37 * i % 900).expect("small"),
                pieces: 1 + i64::try_from(i % 3).expect("small"),
            })
            .collect();
        let mut real = empty()?;
        for (number, line) in plain.iter().enumerate() {
            real.add(line_of(number, line)?)?;
        }
        let member = vafa::loyalty::id::MemberId::parse("m1")?;
        real.buyer = Some(Holder::Member(member));
        Ok(Both { real, plain })
    }
}

fn empty() -> anyhow::Result<Basket> {
    let opened = Moment::parse("2026-02-10T12:00:00", &Zone::named("Europe/Berlin")?)?;
    Ok(Basket::open(
        BasketId::parse("b1")?,
        opened,
        SiteId::parse("north")?,
    ))
}

fn line_of(number: usize, line: &PlainLine) -> anyhow::Result<Line> {
    let mut goods = Goods::uncatalogued(Sku::parse(&format!("A{number:05}"))?, None);
    goods.categories = vec![format!("shelf-{}", line.shelf)];
    Ok(Line {
        goods,
        quantity: Quantity::whole(line.pieces),
        price: Price::ten_thousandths(line.cents * 100),
        added_by: None,
    })
}

fn site() -> Site {
    Site {
        id: SiteId::parse("north").expect("a name"),
        partner: None,
        zone: Zone::named("Europe/Berlin").expect("a zone"),
    }
}

/// The first ten programs touch the shelves of the basket; each other one has a shelf of its own.
fn shelf_of(n: usize) -> usize {
    n
}

fn files(count: usize) -> Vec<(String, String)> {
    let file = |n: usize| {
        chain::program(
            n,
            n % chain::KINDS,
            &format!("category = \"shelf-{}\"", shelf_of(n)),
        )
    };
    (0..count).map(file).collect()
}

fn programs(count: usize) -> anyhow::Result<ProgramSet> {
    read(&files(count))
}

fn read(files: &[(String, String)]) -> anyhow::Result<ProgramSet> {
    let terms = Terms::of("EUR", "Europe/Berlin", "tax_inclusive")?;
    file::read_all(files, terms).map_err(|wrong| anyhow::anyhow!("{}", wrong.join("; ")))
}

impl Samples {
    /// From the card's number to the quote, as a till goes: token, cache, own entries, rules.
    fn time_quote(&mut self, till: &mut Till, basket: &Both) -> anyhow::Result<Quote> {
        let number = till.somebody();
        let site = site();
        let quote = self.time(|| {
            let known = till.counter.look_up(&number);
            known.map(|known| engine::quote(&basket.real, known.as_ref(), &till.programs, &site))
        })?;
        anyhow::ensure!(!quote.changes.is_empty(), "a member earns something");
        Ok(quote)
    }

    /// The card's row with bare SQLite, and the plain loop.
    fn time_floor(&mut self, till: &mut Till, basket: &Both) -> anyhow::Result<()> {
        let short = CardToken::of(&shop::CARD_KEY, &till.somebody()).short();
        let mut statement = till
            .bare
            .prepare_cached("SELECT body FROM card WHERE token = ?1")?;
        let rows = &till.rows;
        let found: Option<Vec<u8>> = self.time(|| {
            black_box(plain::evaluate(
                black_box(&basket.plain),
                black_box(rows),
                PROGRAMS,
            ));
            statement.query_row([short], |row| row.get(0)).optional()
        })?;
        anyhow::ensure!(found.is_some(), "bare SQLite does not find a card");
        Ok(())
    }
}

fn warm(till: &mut Till, basket: &Both) -> anyhow::Result<(Samples, Samples)> {
    till.warm_up()?;
    let (mut ours, mut floor) = (Samples::default(), Samples::default());
    for _ in 0..SAMPLES {
        ours.time_quote(till, basket)?;
        floor.time_floor(till, basket)?;
    }
    Ok((ours, floor))
}

/// The same where the system has forgotten the file before each card.
fn cold(till: &mut Till, basket: &Both) -> anyhow::Result<(Samples, Samples)> {
    let (mut ours, mut floor) = (Samples::default(), Samples::default());
    for _ in 0..COLD_SAMPLES {
        forget(&till.file)?;
        ours.time_quote(till, basket)?;
        forget(&till.file)?;
        floor.time_floor(till, basket)?;
    }
    Ok((ours, floor))
}

/// dd advises the kernel to drop a file's pages: what an ordinary user can do.
fn forget(file: &Path) -> anyhow::Result<()> {
    let status = Command::new("dd")
        .arg(format!("if={}", file.display()))
        .args(["iflag=nocache", "count=0"])
        .stderr(Stdio::null())
        .status()?;
    anyhow::ensure!(status.success(), "dd cannot drop the pages of {}", file.display());
    Ok(())
}

fn memory(programs: &ProgramSet, basket: &Basket, counter: &mut Counter) -> anyhow::Result<String> {
    let known = counter.look_up(&shop::card_number(4_711))?;
    let site = site();
    let (times, bytes, quote) = counted::of(|| engine::quote(basket, known.as_ref(), programs, &site));
    Ok(format!(
        "{times} allocations, {bytes} bytes a quote; {} rules applied, {} declined",
        quote.applied.len(),
        quote.declined.len()
    ))
}

/// How long the exact search takes at its bound: ten exclusive groups of two, 200 lines.
fn search() -> anyhow::Result<()> {
    for (name, goods) in [("shelves", true), ("everything", false)] {
        let files: Vec<(String, String)> = (0..20)
            .map(|n| {
                let (id, group, off) = (format!("g{n:02}"), n / 2, 3 + n % 2);
                let goods = if goods {
                    format!("needs = {{ goods = {{ category = \"shelf-{group}\" }} }}\n")
                } else {
                    String::new()
                };
                let text = format!(
                    "id = \"{id}\"\n[[rule]]\n{goods}gives = {{ off = \"{off} %\", of = \"basket\" }}\nwith = {{ one_of = \
                     \"of-{group}\" }}\n"
                );
                (format!("{id}.toml"), text)
            })
            .collect();
        let (programs, basket, site) = (read(&files)?, Both::of(200)?, site());
        let mut ours = Samples::default();
        let mut is_greedy = false;
        for _ in 0..20 {
            is_greedy = ours
                .time(|| engine::quote(&basket.real, None, &programs, &site))
                .greedy;
        }
        let took = ours.percentile_us(50) / 1_000.0;
        let how = if is_greedy { "greedy" } else { "exact" };
        tell(
            &format!("search-{name}"),
            &format!("{took:.1}ms ({how})"),
            "n/a",
            "n/a",
            "50ms",
            took <= 50.0,
        );
    }
    Ok(())
}

/// The neutral basket of the goals: no target, for comparing engines.
fn neutral() -> anyhow::Result<()> {
    for lines in [1, 10, 50, 200] {
        let plain: Vec<PlainLine> = (0..lines)
            .map(|i| PlainLine {
                shelf: i % 20,
                cents: 100 + i64::try_from(37 * i % 900).expect("small"),
                pieces: 1 + i64::try_from(i % 3).expect("small"),
            })
            .collect();
        let mut real = empty()?;
        for (number, line) in plain.iter().enumerate() {
            real.add(line_of(number, line)?)?;
        }
        for count in [1, 10, 100, 1_000] {
            let files: Vec<(String, String)> = (0..count).map(neutral_program).collect();
            let (programs, site) = (read(&files)?, site());
            let (mut ours, mut floor) = (Samples::default(), Samples::default());
            for _ in 0..(200_000 / (lines * count)).clamp(20, 2_000) {
                ours.time(|| black_box(engine::quote(&real, None, &programs, &site)));
                floor.time(|| black_box(plain::neutral(black_box(&plain), black_box(count))));
            }
            let (times, bytes, _) = counted::of(|| engine::quote(&real, None, &programs, &site));
            let (ours, floor) = (ours.percentile_us(50), floor.percentile_us(50));
            println!(
                "bench neutral-{lines}x{count} ours={ours:.1}us floor={floor:.2}us ratio={:.1} target=none ok ({times} \
                 allocations, {bytes} bytes)",
                ours / floor
            );
        }
    }
    Ok(())
}

fn neutral_program(j: usize) -> (String, String) {
    let (id, g) = (format!("n{j:04}"), j / 4);
    let goods = format!("goods = {{ category = \"shelf-{}\" }}", g % 20);
    let rule = match j % 4 {
        0 => format!(
            "needs = {{ {goods} }}\ngives = {{ off = \"{} %\", of = \"goods\" }}\nwith = \"stack\"",
            5 + g % 20
        ),
        1 => format!("needs = {{ {goods}, every = 3 }}\ngives = {{ free = \"cheapest\" }}\nwith = \"stack\""),
        2 => format!(
            "needs = {{ total = \"{}.00\" }}\ngives = {{ off = \"1.00\", of = \"basket\" }}",
            10 + 5 * (g % 50)
        ),
        // Nobody shows a card here: the points go to whoever sells, so that the rule has its work.
        _ => format!("needs = {{ {goods} }}\ngives = {{ points = 1, per = \"1.00\", to = \"agent\" }}"),
    };
    (format!("{id}.toml"), format!("id = \"{id}\"\n[[rule]]\n{rule}\n"))
}
