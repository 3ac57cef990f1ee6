//! The floor of a quote: a plain loop over the programs with whole-cent arithmetic. Shelves are numbers, programs are
//! rows; nothing is explained, rounded by shares or kept for a return.

use crate::chain;

/// A line: shelf, price in cents, pieces.
#[derive(Clone, Copy)]
pub struct PlainLine {
    pub shelf: usize,
    pub cents: i64,
    pub pieces: i64,
}

/// A program: what kind it is, on which shelf, and its percentage.
#[derive(Clone, Copy)]
pub struct PlainProgram {
    pub kind: usize,
    pub shelf: usize,
    pub percent: i64,
}

/// What one evaluation comes to: cents off, and points and stamps earned.
pub fn evaluate(lines: &[PlainLine], programs: &[PlainProgram], shelves: usize) -> (i64, i64) {
    let mut on_shelf = vec![false; shelves];
    let mut net: Vec<i64> = Vec::with_capacity(lines.len());
    for line in lines {
        on_shelf[line.shelf] = true;
        net.push(line.cents * line.pieces);
    }
    let (mut off, mut points) = (0, 0);
    for program in programs.iter().filter(|program| on_shelf[program.shelf]) {
        let mut here = 0;
        let of_shelf = || (0..lines.len()).filter(|line| lines[*line].shelf == program.shelf);
        match program.kind {
            0 | 2 | 6 | 7 | 10 => {
                for line in of_shelf() {
                    let less = net[line] * program.percent / 100;
                    net[line] -= less;
                    here += less;
                }
            }
            1 => {
                let mut prices: Vec<i64> = of_shelf()
                    .flat_map(|line| (0..lines[line].pieces).map(move |_| lines[line].cents))
                    .collect();
                prices.sort_unstable_by(|a, b| b.cmp(a));
                here += prices.chunks_exact(3).map(|group| group[2]).sum::<i64>();
            }
            3 => here += of_shelf().map(|line| 5 * lines[line].pieces).sum::<i64>(),
            4 | 11 => points += of_shelf().map(|line| net[line]).sum::<i64>() / 100,
            5 => points += of_shelf().map(|line| lines[line].pieces).sum::<i64>(),
            _ => here += 100.min(of_shelf().map(|line| net[line]).sum()),
        }
        off += here;
    }
    (off, points)
}

/// The chain's programs as rows.
pub fn of_chain(shelf_of: impl Fn(usize) -> usize, count: usize) -> Vec<PlainProgram> {
    let row = |n: usize| PlainProgram {
        kind: n % chain::KINDS,
        shelf: shelf_of(n),
        percent: 2 + i64::try_from(n % 17).expect("small"),
    };
    (0..count).map(row).collect()
}

/// One evaluation of the neutral basket: line i of n against program j of m, as the goals describe them. Cents off, and
/// points.
pub fn neutral(lines: &[PlainLine], programs: usize) -> (i64, i64) {
    let mut net: Vec<i64> = lines.iter().map(|line| line.cents * line.pieces).collect();
    let (mut off, mut points) = (0, 0);
    let basket: i64 = net.iter().sum();
    for j in 0..programs {
        let g = j / 4;
        let shelf = g % 20;
        let of_shelf = || (0..lines.len()).filter(|line| lines[*line].shelf == shelf);
        match j % 4 {
            0 => {
                let percent = 5 + i64::try_from(g % 20).expect("small");
                for line in of_shelf() {
                    let less = net[line] * percent / 100;
                    net[line] -= less;
                    off += less;
                }
            }
            1 => {
                let mut prices: Vec<i64> = of_shelf()
                    .flat_map(|line| (0..lines[line].pieces).map(move |_| lines[line].cents))
                    .collect();
                prices.sort_unstable_by(|a, b| b.cmp(a));
                off += prices.chunks_exact(3).map(|group| group[2]).sum::<i64>();
            }
            2 if basket >= 1_000 + 500 * i64::try_from(g % 50).expect("small") => off += 100,
            2 => {}
            _ => points += of_shelf().map(|line| net[line]).sum::<i64>() / 100,
        }
    }
    (off, points)
}
