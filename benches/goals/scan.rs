//! Goals `scan-gtin` and `scan-elements`: how many scans a second one core reads through `scan::read`, the whole way from
//! the scanner's characters to a checked value. The floor beside each is a bare loop over the same scans: the GTIN's check
//! digit, or a split at GS.

use std::hint::black_box;
use std::time::{Duration, Instant};

use vafa::loyalty::scan::{self, Settings};

use crate::measure::tell;

/// Goods as scanners send them: EAN-13, EAN-8 and UPC-A, with and without identifier and line end.
const GTINS: [&str; 8] = [
    "5901234123457",
    "4006381333931\r\n",
    "]E05901234123457",
    "96385074",
    "]E496385074\r",
    "036000291452",
    "123601057072\r\n",
    "]E00036000291452",
];
/// Element strings of two to five AIs, as they stand on food, medicine, measured goods, pallets and member cards.
const ELEMENTS: [&str; 6] = [
    "]C18018123456789012345675\x1d8019123",
    "]e0011231231231233310ABC123\x1d99TESTING\x1d98XYZ",
    "]d201095201234567881726043010LOT-4711\x1d21SERIAL0815",
    "]C1010952012345678831030012343922000499",
    "]Q3010952012345678810L7\x1d17260430\x1d3103000500\x1d392299",
    "]C100952012345678912345020952012345678837000012\x1d10B77\x1d15261231",
];

pub fn run() -> anyhow::Result<()> {
    measure("scan-gtin", &GTINS, check_digits, 1_000_000)?;
    measure("scan-elements", &ELEMENTS, split, 300_000)
}

fn measure(name: &str, scans: &[&str], floor: fn(&str) -> usize, target: u64) -> anyhow::Result<()> {
    let settings = Settings::default();
    for raw in scans {
        scan::read(raw, &settings).map_err(|fault| anyhow::anyhow!("{raw:?}: {fault}"))?;
    }
    let (mut ours, mut bare) = (0, 0);
    // In turn, so that what else the machine does meets both; the best of each is told.
    for _ in 0..5 {
        ours = ours.max(a_second(scans, |raw| {
            usize::from(scan::read(raw, &settings).is_ok())
        }));
        bare = bare.max(a_second(scans, floor));
    }
    tell(
        name,
        &format!("{ours}/s"),
        &format!("{bare}/s"),
        &format!("{:.3}", ours as f64 / bare as f64),
        &format!("{target}/s"),
        ours >= target,
    );
    Ok(())
}

fn a_second(scans: &[&str], work: impl Fn(&str) -> usize) -> u64 {
    let (started, mut done) = (Instant::now(), 0_u64);
    while started.elapsed() < Duration::from_millis(400) {
        for _ in 0..500 {
            for raw in scans {
                black_box(work(black_box(raw)));
            }
        }
        done += 500 * scans.len() as u64;
    }
    (done as f64 / started.elapsed().as_secs_f64()) as u64
}

fn check_digits(raw: &str) -> usize {
    let digits = raw.bytes().filter(u8::is_ascii_digit).rev();
    let sum: usize = digits
        .enumerate()
        .map(|(place, digit)| usize::from(digit - b'0') * if place % 2 == 0 { 1 } else { 3 })
        .sum();
    sum % 10
}

fn split(raw: &str) -> usize {
    raw.split('\x1d').map(str::len).sum()
}
