//! A pass as text, as a QR code on the terminal, or as a picture. Error level M: capital letters and digits make the
//! densest code, and a scratch or a smear still leaves it readable.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use qrcode::{Color, EcLevel, QrCode};

use super::BadInput;
use crate::till::screen::cards::qr;

/// How many dots a module of a picture has on each side.
const SCALE: usize = 8;
/// The empty border that readers need, in modules (ISO/IEC 18004).
const QUIET: usize = 4;

/// In which form.
#[derive(Clone, Debug, Default, clap::Args)]
#[group(multiple = false)]
pub struct Drawn {
    /// As text alone on a line; so without any of these.
    #[arg(long)]
    text: bool,
    /// As a QR code on this terminal.
    #[arg(long)]
    qr: bool,
    /// As a QR code in a new PNG file.
    #[arg(long, value_name = "FILE")]
    png: Option<PathBuf>,
}

impl Drawn {
    /// Refuses, before anything is given out, a file that is there already or cannot be made.
    pub fn can_be_made(&self) -> anyhow::Result<()> {
        let Some(file) = &self.png else { return Ok(()) };
        new_file(file)?;
        std::fs::remove_file(file).map_err(|error| cannot_be_made(file, &error))
    }

    /// Shows the code.
    pub fn show(&self, code: &str) -> anyhow::Result<()> {
        if self.qr {
            qr(code, EcLevel::M).iter().for_each(|line| say!("{line}"));
        } else if self.png.is_none() {
            say!("{code}");
        }
        self.make_file(code)
    }

    /// Makes the picture, where one was asked for.
    pub fn make_file(&self, code: &str) -> anyhow::Result<()> {
        let Some(file) = &self.png else { return Ok(()) };
        let failed = |why: &dyn std::fmt::Display| cannot_be_made(file, why);
        let code = QrCode::with_error_correction_level(code, EcLevel::M).map_err(|error| failed(&error))?;
        let out = new_file(file)?;
        let side = side(&code);
        let mut picture = png::Encoder::new(BufWriter::new(out), side, side);
        picture.set_color(png::ColorType::Grayscale);
        picture.set_depth(png::BitDepth::One);
        let mut picture = picture.write_header().map_err(|error| failed(&error))?;
        picture
            .write_image_data(&dots(&code))
            .map_err(|error| failed(&error))?;
        picture.finish().map_err(|error| failed(&error))?;
        std::io::stdout().flush().map_err(|error| failed(&error))
    }
}

fn new_file(file: &Path) -> anyhow::Result<File> {
    File::create_new(file).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => BadInput::of(format!(
            "{} is there already: name another file, or take it away first",
            file.display()
        )),
        _ => cannot_be_made(file, &error),
    })
}

fn cannot_be_made(file: &Path, why: &dyn std::fmt::Display) -> anyhow::Error {
    BadInput::of(format!("{}: the picture cannot be made ({why})", file.display()))
}

fn side(code: &QrCode) -> u32 {
    u32::try_from((code.width() + 2 * QUIET) * SCALE).unwrap_or(u32::MAX)
}

/// Rows of dots, eight to a byte, 1 for white. A module is as wide as a byte.
fn dots(code: &QrCode) -> Vec<u8> {
    let modules = code.to_colors();
    let width = code.width();
    let is_dark = |row: usize, column: usize| {
        let inside = |at: usize| at.checked_sub(QUIET).filter(|at| *at < width);
        let place = inside(row).zip(inside(column));
        place.is_some_and(|(row, column)| modules[row * width + column] == Color::Dark)
    };
    let all = width + 2 * QUIET;
    let mut dots = Vec::with_capacity(all * all * SCALE);
    for row in 0..all {
        let line: Vec<u8> = (0..all)
            .map(|column| if is_dark(row, column) { 0 } else { 0xff })
            .collect();
        (0..SCALE).for_each(|_| dots.extend(&line));
    }
    dots
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_static_pass_has_41_modules_and_a_phones_57() {
        for (letters, modules) in [(138, 41), (298, 57)] {
            let code = QrCode::with_error_correction_level("A".repeat(letters), EcLevel::M).expect("it fits");
            assert_eq!(code.width(), modules);
            let whole = (modules + 2 * QUIET) * SCALE;
            assert_eq!(side(&code) as usize, whole);
            let dots = dots(&code);
            assert_eq!(dots.len(), whole / 8 * whole);
            // The border is white, the corner of the finder behind it is black.
            assert!(dots[..whole / 8 * QUIET * SCALE].iter().all(|byte| *byte == 0xff));
            assert_eq!(dots[whole / 8 * QUIET * SCALE + QUIET], 0);
        }
    }
}
