//! Codes in a picture: QR codes, EAN-13, EAN-8, UPC-A, UPC-E and Code 128, as a scanner would have sent them, with the
//! identifier of ISO/IEC 15424 in front. What they mean is for `loyalty::scan`; nothing of them is kept or logged here.
//!
//! A picture comes from anywhere, so its size is checked before it is unpacked, and a library that gives up on it costs
//! that attempt and not the program.

mod bars;
mod load;
mod squares;

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::Once;

/// The largest file that is read, in bytes.
pub const MOST_BYTES: u64 = 64 << 20;
/// The most pixels of a picture.
pub const MOST_PIXELS: u64 = 40_000_000;

/// A picture in grey: `width` times `height` bytes, row by row, 0 is black.
struct Grey {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

/// Why a file is no picture that can be read.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// The file cannot be read.
    #[error("{} cannot be read ({why}): name a PNG or JPEG file", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        why: String,
    },
    /// The file is too large.
    #[error("{} has {bytes} bytes: a picture may have at most {MOST_BYTES}", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// How many bytes it has.
        bytes: u64,
    },
    /// The picture is too large.
    #[error("{} has {width} x {height} pixels: a picture may have at most {MOST_PIXELS} in all; make it smaller", path.display())]
    TooManyPixels {
        /// The file.
        path: PathBuf,
        /// Pixels in a row.
        width: u64,
        /// Rows.
        height: u64,
    },
    /// Neither PNG nor JPEG.
    #[error("{} is neither a PNG nor a JPEG: save the picture as one of these", path.display())]
    NotAPicture {
        /// The file.
        path: PathBuf,
    },
    /// A PNG or JPEG that is broken.
    #[error("{} is a broken {format} ({why}): save the picture again", path.display())]
    Broken {
        /// The file.
        path: PathBuf,
        /// PNG or JPEG.
        format: &'static str,
        /// What is broken.
        why: String,
    },
}

/// The codes in a picture, each as a scanner with identifiers sends it, in the order of QR codes before bars. A code that
/// stands there twice is answered once. Empty where none is found.
///
/// # Errors
/// A file that is missing, too large, or no picture.
pub fn read(path: &Path) -> Result<Vec<String>, PictureError> {
    Ok(codes(&load::grey(path)?))
}

fn codes(picture: &Grey) -> Vec<String> {
    let mut found = squares::read(picture);
    for code in bars::read(picture) {
        if !found.contains(&code) {
            found.push(code);
        }
    }
    found
}

thread_local! {
    /// Whether this thread is at an attempt.
    static TRYING: Cell<bool> = const { Cell::new(false) };
}

/// Runs a library on a picture. Where it gives up on something unforeseen, that is the same as nothing found, and nothing
/// is said of it: what libraries say then may repeat what they have read.
fn tried<T>(attempt: impl FnOnce() -> Option<T>) -> Option<T> {
    static SILENCE: Once = Once::new();
    SILENCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !TRYING.get() {
                before(info);
            }
        }));
    });
    let was_trying = TRYING.replace(true);
    let found = panic::catch_unwind(AssertUnwindSafe(attempt));
    TRYING.set(was_trying);
    found.ok().flatten()
}

impl Grey {
    /// Half as wide and half as high, each pixel the mean of four: noise is halved with it.
    fn halved(&self) -> Grey {
        let (width, height) = (self.width / 2, self.height / 2);
        let mut pixels = Vec::with_capacity(width * height);
        for y in 0..height {
            let upper = &self.pixels[2 * y * self.width..][..2 * width];
            let lower = &self.pixels[(2 * y + 1) * self.width..][..2 * width];
            pixels.extend(upper.chunks_exact(2).zip(lower.chunks_exact(2)).map(|(a, b)| {
                let sum = u16::from(a[0]) + u16::from(a[1]) + u16::from(b[0]) + u16::from(b[1]);
                (sum / 4) as u8
            }));
        }
        Grey {
            width,
            height,
            pixels,
        }
    }

    /// Three times as wide and high, without anything between: for codes drawn with one pixel a module.
    fn tripled(&self) -> Grey {
        let (width, height) = (self.width * 3, self.height * 3);
        let pixels = (0..height)
            .flat_map(|y| (0..width).map(move |x| (x / 3, y / 3)))
            .map(|(x, y)| self.pixels[y * self.width + x])
            .collect();
        Grey {
            width,
            height,
            pixels,
        }
    }

    /// Each pixel the mean of itself and its eight neighbours, as far as there are any.
    fn smoothed(&self) -> Grey {
        let sums = |line: &mut dyn Iterator<Item = [u16; 3]>| -> Vec<u16> {
            line.map(|[a, b, c]| (a + b + c) / 3).collect()
        };
        let mut across = Vec::with_capacity(self.pixels.len());
        for row in self.pixels.chunks_exact(self.width) {
            let at = |x: usize| u16::from(row[x.min(self.width - 1)]);
            across.extend(sums(
                &mut (0..self.width).map(|x| [at(x.saturating_sub(1)), at(x), at(x + 1)]),
            ));
        }
        let mut pixels = Vec::with_capacity(self.pixels.len());
        for y in 0..self.height {
            let row = |y: usize| &across[y.min(self.height - 1) * self.width..][..self.width];
            let (above, here, below) = (row(y.saturating_sub(1)), row(y), row(y + 1));
            pixels.extend((0..self.width).map(|x| ((above[x] + here[x] + below[x]) / 3) as u8));
        }
        Grey {
            width: self.width,
            height: self.height,
            pixels,
        }
    }
}

#[cfg(test)]
mod tests;
