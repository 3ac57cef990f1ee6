//! Bars in a picture: EAN-13, EAN-8, UPC-A, UPC-E with their add-ons, and Code 128. Lines are drawn over the picture in
//! eight directions; what lies under each is cut into black and white by the light around it, and read both ways. A code
//! counts when lines agree on it.

use std::collections::BTreeMap;

use rxing::common::BitArray;
use rxing::oned::{Code128Reader, MultiFormatUPCEANReader, OneDReader};
use rxing::{BarcodeFormat, DecodeHints, RXingResult, RXingResultMetadataType, RXingResultMetadataValue};

use super::{Grey, tried};
use crate::loyalty::scan::{self, EightDigits, Kind, Settings};

/// Lines in each direction, about.
const LINES: usize = 240;
/// Directions, an eighth of a half turn apart: a code that is twice as wide as high is crossed by some of them.
const DIRECTIONS: u32 = 8;
/// How often a line is read anew behind a white gap, where what stood before it was no code.
const ATTEMPTS: usize = 12;
/// Less than this between the darkest and the brightest around a place is paper.
const LEAST_CONTRAST: u8 = 40;
/// How far around a place its light is measured, in samples to each side, in blocks of so many.
const BLOCK: usize = 16;
/// Code 128 and EAN-13 carry good check digits; the short ones are found in any noise.
const VOTES: u32 = 2;
const VOTES_OF_SHORT: u32 = 4;

/// What is read, with its identifier in front.
pub(super) fn read(picture: &Grey) -> Vec<String> {
    let mut seen: BTreeMap<Bars, Votes> = BTreeMap::new();
    for direction in 0..DIRECTIONS {
        for line in lines(picture, direction) {
            let dark = bits(&line);
            let light: Vec<bool> = dark.iter().map(|bit| !bit).collect();
            // A picture cut close to its code has no paper beside it: some is put there. A slanting line may leave the
            // picture in the middle of a code, and gets none.
            let paper = if direction % (DIRECTIONS / 2) == 0 {
                PAPER
            } else {
                0
            };
            for bits in [dark, light] {
                let _ = tried(|| {
                    in_line(&bits, paper, &mut seen);
                    Some(())
                });
            }
        }
    }
    let agreed = seen
        .into_iter()
        .filter(|(bars, votes)| votes.times >= bars.votes_needed());
    agreed
        .filter_map(|(bars, votes)| bars.sent(votes.add_on()))
        .collect()
}

/// What one line shows.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Bars {
    /// 12 or 13 digits.
    Ean13(String),
    Ean8(String),
    UpcE(String),
    /// The identifier, and the text behind it.
    Code128(String, String),
}

#[derive(Default)]
struct Votes {
    times: u32,
    add_ons: BTreeMap<String, u32>,
}

impl Votes {
    /// The add-on that lines agree on; they agree on what they read, for a line may miss it.
    fn add_on(&self) -> Option<&str> {
        let most = self.add_ons.iter().max_by_key(|(_, times)| **times)?;
        (*most.1 >= VOTES).then_some(most.0.as_str())
    }
}

impl Bars {
    fn votes_needed(&self) -> u32 {
        match self {
            Bars::Ean13(_) | Bars::Code128(..) => VOTES,
            Bars::Ean8(_) | Bars::UpcE(_) => VOTES_OF_SHORT,
        }
    }

    /// As a scanner sends it: all but EAN-8 of the UPC and EAN family with 13 digits (ISO/IEC 15424).
    fn sent(&self, add_on: Option<&str>) -> Option<String> {
        let thirteen = match self {
            Bars::Ean8(digits) => return Some(format!("]E4{digits}")),
            Bars::Code128(identifier, text) => return Some(format!("{identifier}{text}")),
            Bars::Ean13(digits) => format!("{digits:0>13}"),
            Bars::UpcE(digits) => {
                let upce = Settings {
                    eight_digits_are: EightDigits::Upce,
                    ..Settings::default()
                };
                match scan::read(digits, &upce).ok()?.kind {
                    Kind::UpcE(gtin) => gtin.thirteen()?.to_owned(),
                    _ => return None,
                }
            }
        };
        Some(match add_on {
            Some(add_on) => format!("]E3{thirteen}{add_on}"),
            None => format!("]E0{thirteen}"),
        })
    }
}

/// The brightness along lines in one direction. Each sample is the mean of three pixels across the line.
fn lines(picture: &Grey, direction: u32) -> impl Iterator<Item = Vec<u8>> + '_ {
    let angle = f64::from(direction) * std::f64::consts::PI / f64::from(DIRECTIONS);
    let (along_x, along_y) = (angle.cos(), angle.sin());
    let (across_x, across_y) = (-along_y, along_x);
    let (width, height) = (picture.width as f64, picture.height as f64);
    // How far the picture reaches along and across, from its middle.
    let reach = |x: f64, y: f64| (x.abs() * width + y.abs() * height) / 2.0;
    let (far, wide) = (reach(along_x, along_y), reach(across_x, across_y));
    let between = (2.0 * wide / LINES as f64).max(1.0);
    // Two samples a pixel where the picture is small: a bar may be a pixel wide.
    let step = if far > 1500.0 { 1.0 } else { 0.5 };
    let count = (2.0 * wide / between) as usize;
    (0..=count).map(move |at| {
        let off = at as f64 * between - wide;
        let samples = (2.0 * far / step) as usize;
        let mut line = Vec::with_capacity(samples);
        for sample in 0..=samples {
            let on = sample as f64 * step - far;
            let mean = |off: f64| {
                picture.at(
                    width / 2.0 + on * along_x + off * across_x,
                    height / 2.0 + on * along_y + off * across_y,
                )
            };
            match (mean(off - 1.0), mean(off), mean(off + 1.0)) {
                (Some(a), Some(b), Some(c)) => {
                    line.push(((u32::from(a) + u32::from(b) + u32::from(c)) / 3) as u8)
                }
                (_, Some(b), _) => line.push(b),
                _ => {}
            }
        }
        line
    })
}

impl Grey {
    /// The brightness at a place between pixels, by its four neighbours; none outside.
    fn at(&self, x: f64, y: f64) -> Option<u8> {
        let (x, y) = (x - 0.5, y - 0.5);
        if x < -0.5 || y < -0.5 || x > self.width as f64 - 0.5 || y > self.height as f64 - 0.5 {
            return None;
        }
        let (x, y) = (x.max(0.0), y.max(0.0));
        let (left, top) = (
            (x as usize).min(self.width - 1),
            (y as usize).min(self.height - 1),
        );
        let (right, below) = ((left + 1).min(self.width - 1), (top + 1).min(self.height - 1));
        let (part_x, part_y) = (x - left as f64, y - top as f64);
        let pixel = |x: usize, y: usize| f64::from(self.pixels[y * self.width + x]);
        let upper = pixel(left, top) * (1.0 - part_x) + pixel(right, top) * part_x;
        let lower = pixel(left, below) * (1.0 - part_x) + pixel(right, below) * part_x;
        Some((upper * (1.0 - part_y) + lower * part_y) as u8)
    }
}

/// Black is what is darker than the middle between the darkest and the brightest around it.
fn bits(line: &[u8]) -> Vec<bool> {
    let ends: Vec<(u8, u8)> = line
        .chunks(BLOCK)
        .map(|block| {
            let darkest = block.iter().copied().min().unwrap_or(0);
            (darkest, block.iter().copied().max().unwrap_or(0))
        })
        .collect();
    let around = |block: usize| {
        let near = &ends[block.saturating_sub(2)..(block + 3).min(ends.len())];
        let darkest = near.iter().map(|(darkest, _)| *darkest).min().unwrap_or(0);
        let brightest = near.iter().map(|(_, brightest)| *brightest).max().unwrap_or(0);
        (darkest, brightest)
    };
    let mut bits = Vec::with_capacity(line.len());
    for (block, samples) in line.chunks(BLOCK).enumerate() {
        let (darkest, brightest) = around(block);
        let middle = darkest / 2 + brightest / 2;
        let is_flat = brightest - darkest < LEAST_CONTRAST;
        // A wide dark bar has no bright paper near: it is dark all the same.
        bits.extend(samples.iter().map(|&sample| match is_flat {
            true => sample < 96,
            false => sample < middle,
        }));
    }
    bits
}

/// Paper put at both ends of a line, in samples.
const PAPER: usize = 24;

/// A code in a line, and from where to where it reaches.
struct Hit {
    bars: Bars,
    add_on: Option<String>,
    start: f32,
    end: f32,
}

fn in_line(bits: &[bool], paper: usize, seen: &mut BTreeMap<Bars, Votes>) {
    let mut forward = vec![false; paper];
    forward.extend_from_slice(bits);
    forward.extend(vec![false; paper]);
    let backward: Vec<bool> = forward.iter().rev().copied().collect();
    let length = forward.len() as f32;
    let mut hits = in_direction(&forward);
    hits.extend(in_direction(&backward).into_iter().map(|hit| Hit {
        start: length - hit.end,
        end: length - hit.start,
        ..hit
    }));
    let is_part_of_longer = |hit: &Hit| {
        let longer = hits
            .iter()
            .filter(|other| other.bars.votes_needed() < hit.bars.votes_needed());
        longer
            .into_iter()
            .any(|other| other.start < hit.end && hit.start < other.end)
    };
    let counts: Vec<bool> = hits.iter().map(|hit| !is_part_of_longer(hit)).collect();
    for (hit, _) in hits.into_iter().zip(counts).filter(|(_, counts)| *counts) {
        let votes = seen.entry(hit.bars).or_default();
        votes.times += 1;
        if let Some(add_on) = hit.add_on {
            *votes.add_ons.entry(add_on).or_default() += 1;
        }
    }
}

fn in_direction(bits: &[bool]) -> Vec<Hit> {
    let mut hits = Vec::new();
    let mut from = 0;
    for gap in gaps(bits).into_iter().take(ATTEMPTS) {
        if gap < from {
            continue;
        }
        if let Some(mut hit) = at_gap(&bits[gap..]) {
            from = gap + hit.end as usize;
            hit.start += gap as f32;
            hit.end += gap as f32;
            hits.push(hit);
        }
    }
    hits
}

/// Where white stands that may be the quiet zone before a code: at least four times as wide as the bar behind it.
fn gaps(bits: &[bool]) -> Vec<usize> {
    let mut found = Vec::new();
    let mut start = 0;
    while start < bits.len() {
        let white = bits[start..].iter().take_while(|bit| !**bit).count();
        let black = bits[start + white..].iter().take_while(|bit| **bit).count();
        if black == 0 {
            break;
        }
        if white >= 4 * black {
            found.push(start);
        }
        start += white + black;
    }
    found
}

/// Reads the first code behind a gap.
fn at_gap(bits: &[bool]) -> Option<Hit> {
    let mut row = BitArray::with_size(bits.len());
    for (at, _) in bits.iter().enumerate().filter(|(_, bit)| **bit) {
        row.set(at);
    }
    let hints = DecodeHints {
        AssumeGs1: Some(true),
        ..DecodeHints::default()
    };
    let read = MultiFormatUPCEANReader::new(&hints)
        .decode_row(0, &row, &hints)
        .or_else(|_| Code128Reader.decode_row(0, &row, &hints))
        .ok()?;
    let (bars, add_on) = named(&read)?;
    let ends = read.getPoints().iter().map(|point| point.x);
    let (start, end) = (ends.clone().fold(f32::MAX, f32::min), ends.fold(0.0, f32::max));
    if !is_framed(bits, &bars, start, end) {
        return None;
    }
    Some(Hit {
        bars,
        add_on,
        start,
        end,
    })
}

/// Whether the ends of a short code are its own: a guard of three runs of about one module, and white beside it. The bars
/// of other codes and lines of print are read as short codes again and again, but have neither. The ends are the middles of
/// the guards; that behind a UPC-E is twice as long.
fn is_framed(bits: &[bool], bars: &Bars, start: f32, end: f32) -> bool {
    let (modules, behind) = match bars {
        Bars::Ean8(_) => (64.0, 1.5),
        Bars::UpcE(_) => (46.5, 3.0),
        Bars::Ean13(_) | Bars::Code128(..) => return true,
    };
    let module = (end - start) / modules;
    let white = |from: f32, to: f32| {
        let (from, to) = (from.max(0.0) as usize, (to.max(0.0) as usize).min(bits.len()));
        from < to && !bits[from..to].contains(&true)
    };
    let guard = |middle: f32| {
        let middle = (middle as usize).min(bits.len() - 1);
        let run = |from: usize, step: isize| {
            let mut at = from;
            while bits.get(at) == bits.get(from) {
                match at.checked_add_signed(step) {
                    Some(next) => at = next,
                    None => break,
                }
            }
            at
        };
        let (before, after) = (run(middle, -1), run(middle, 1));
        let runs = [
            before - run(before, -1),
            after - before - 1,
            run(after, 1) - after,
        ];
        runs.iter()
            .all(|&run| (0.35..1.75).contains(&(run as f32 / module)))
    };
    guard(start)
        && guard(end)
        && white(start - 6.5 * module, start - 2.3 * module)
        && white(end + (behind + 0.8) * module, end + (behind + 5.0) * module)
}

fn named(read: &RXingResult) -> Option<(Bars, Option<String>)> {
    let about = |key| read.getRXingResultMetadata().get(&key);
    let text = read.getText().to_owned();
    let add_on = match about(RXingResultMetadataType::UPC_EAN_EXTENSION) {
        Some(RXingResultMetadataValue::UpcEanExtension(digits)) => Some(digits.clone()),
        _ => None,
    };
    let bars = match read.getBarcodeFormat() {
        BarcodeFormat::EAN_13 | BarcodeFormat::UPC_A => Bars::Ean13(text),
        BarcodeFormat::EAN_8 => Bars::Ean8(text),
        BarcodeFormat::UPC_E => Bars::UpcE(text),
        BarcodeFormat::CODE_128 => {
            let Some(RXingResultMetadataValue::SymbologyIdentifier(identifier)) =
                about(RXingResultMetadataType::SYMBOLOGY_IDENTIFIER)
            else {
                return None;
            };
            match identifier.as_str() {
                // The library has put the identifier before the text already.
                "]C1" => Bars::Code128(
                    "]C1".to_owned(),
                    text.strip_prefix("]C1").unwrap_or(&text).to_owned(),
                ),
                // A check digit that looks like a separator is none.
                other => Bars::Code128(other.to_owned(), text.trim_end_matches('\x1d').to_owned()),
            }
        }
        _ => return None,
    };
    Some((bars, add_on))
}
