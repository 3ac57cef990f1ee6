//! A file becomes a picture in grey: PNG and JPEG, with their sizes checked before anything is unpacked.

use std::fs::File;
use std::io::{Cursor, Read};
use std::path::Path;

use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::{Grey, MOST_BYTES, MOST_PIXELS, PictureError, tried};

/// No side of a picture is longer: the most that a JPEG can say.
const LONGEST_SIDE: usize = 65_535;
/// What a PNG's side chunks may take; the picture itself is measured by its pixels.
const MOST_SIDE_BYTES: usize = 16 << 20;

/// Reads a file.
pub(super) fn grey(path: &Path) -> Result<Grey, PictureError> {
    let bytes = bytes(path)?;
    let picture = if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        png(&bytes).map_err(|fault| (fault, "PNG"))
    } else if bytes.starts_with(&[0xFF, 0xD8, 0xFF]) {
        jpeg(&bytes).map_err(|fault| (fault, "JPEG"))
    } else {
        return Err(PictureError::NotAPicture {
            path: path.to_owned(),
        });
    };
    picture.map_err(|(fault, format)| match fault {
        Fault::TooManyPixels { width, height } => PictureError::TooManyPixels {
            path: path.to_owned(),
            width,
            height,
        },
        Fault::Broken(why) => PictureError::Broken {
            path: path.to_owned(),
            format,
            why,
        },
    })
}

fn bytes(path: &Path) -> Result<Vec<u8>, PictureError> {
    let unreadable = |why: String| PictureError::Unreadable {
        path: path.to_owned(),
        why,
    };
    // A pipe or a device may never end, or wait for ever: only a file says how long it is.
    let said = std::fs::metadata(path).map_err(|error| unreadable(error.to_string()))?;
    if !said.is_file() {
        return Err(unreadable("it is no file".to_owned()));
    }
    if said.len() > MOST_BYTES {
        return Err(PictureError::TooLarge {
            path: path.to_owned(),
            bytes: said.len(),
        });
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|error| unreadable(error.to_string()))?;
    // It may grow while it is read.
    file.take(MOST_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(error.to_string()))?;
    match bytes.len() as u64 {
        bytes @ (..=MOST_BYTES) => Ok(bytes),
        bytes => Err(PictureError::TooLarge {
            path: path.to_owned(),
            bytes,
        }),
    }
    .map(|_| bytes)
}

enum Fault {
    TooManyPixels { width: u64, height: u64 },
    Broken(String),
}

fn broken(why: impl std::fmt::Display) -> Fault {
    let why = why.to_string();
    Fault::Broken(why.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Refuses a picture by what its header says.
fn measured(width: u64, height: u64) -> Result<(), Fault> {
    if width == 0 || height == 0 {
        return Err(broken("it has no pixels"));
    }
    match width.checked_mul(height) {
        Some(..=MOST_PIXELS) => Ok(()),
        _ => Err(Fault::TooManyPixels { width, height }),
    }
}

fn png(bytes: &[u8]) -> Result<Grey, Fault> {
    let mut decoder = png::Decoder::new_with_limits(
        Cursor::new(bytes),
        png::Limits {
            bytes: MOST_SIDE_BYTES,
        },
    );
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    let header = decoder.read_header_info().map_err(broken)?;
    measured(header.width.into(), header.height.into())?;
    let mut reader = decoder.read_info().map_err(broken)?;
    let size = reader
        .output_buffer_size()
        .ok_or_else(|| broken("it is too large"))?;
    let mut pixels = vec![0; size];
    let frame = reader.next_frame(&mut pixels).map_err(broken)?;
    let grey: Vec<u8> = match frame.color_type {
        png::ColorType::Grayscale => pixels,
        png::ColorType::GrayscaleAlpha => pixels
            .chunks_exact(2)
            .map(|pixel| over_white(pixel[0], pixel[1]))
            .collect(),
        png::ColorType::Rgb => pixels.chunks_exact(3).map(luma).collect(),
        png::ColorType::Rgba => pixels
            .chunks_exact(4)
            .map(|pixel| over_white(luma(&pixel[..3]), pixel[3]))
            .collect(),
        png::ColorType::Indexed => return Err(broken("its palette was not resolved")),
    };
    whole(frame.width as usize, frame.height as usize, grey)
}

fn jpeg(bytes: &[u8]) -> Result<Grey, Fault> {
    let options = DecoderOptions::default()
        .set_max_width(LONGEST_SIDE)
        .set_max_height(LONGEST_SIDE)
        .jpeg_set_out_colorspace(ColorSpace::Luma);
    // The library is young: where a broken file makes it give up, the file is broken.
    tried(|| Some(unpack_jpeg(bytes, options))).unwrap_or_else(|| Err(broken("it cannot be unpacked")))
}

fn unpack_jpeg(bytes: &[u8], options: DecoderOptions) -> Result<Grey, Fault> {
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder
        .decode_headers()
        .map_err(|fault| broken(format!("{fault:?}")))?;
    let info = decoder.info().ok_or_else(|| broken("it has no header"))?;
    measured(info.width.into(), info.height.into())?;
    let pixels = decoder.decode().map_err(|fault| broken(format!("{fault:?}")))?;
    whole(info.width.into(), info.height.into(), pixels)
}

fn whole(width: usize, height: usize, mut pixels: Vec<u8>) -> Result<Grey, Fault> {
    if pixels.len() < width * height {
        return Err(broken("its end is missing"));
    }
    pixels.truncate(width * height);
    Ok(Grey {
        width,
        height,
        pixels,
    })
}

/// The brightness of a colour (ITU-R BT.601), in whole numbers.
fn luma(rgb: &[u8]) -> u8 {
    ((u32::from(rgb[0]) * 299 + u32::from(rgb[1]) * 587 + u32::from(rgb[2]) * 114 + 500) / 1000) as u8
}

/// A pixel that can be seen through lies on white paper.
fn over_white(grey: u8, alpha: u8) -> u8 {
    let (grey, alpha) = (u32::from(grey), u32::from(alpha));
    ((grey * alpha + 255 * (255 - alpha) + 127) / 255) as u8
}
