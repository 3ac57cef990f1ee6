//! QR codes in a picture, in any direction, several of them, dark on light or light on dark.

use rxing::common::cpp_essentials::DecoderResult;
use rxing::common::{BitMatrix, DetectorRXingResult, HybridBinarizer};
use rxing::qrcode::cpp_port::decoder::Decode;
use rxing::qrcode::cpp_port::detector::{FindFinderPatterns, GenerateFinderPatternSets, SampleQR};
use rxing::{BinaryBitmap, Luma8Source};

use super::{Grey, tried};

/// Corners that are tried; a picture with more of them is noise, and triples of them would take minutes.
const MOST_CORNERS: usize = 240;
/// Triples of corners that are tried.
const MOST_TRIPLES: usize = 600;
/// Pictures are halved, again and again, as long as their longer side stays above this.
const SMALLEST_SIDE: usize = 240;
/// Below this a code may be drawn with one pixel a module.
const TINY_SIDE: usize = 200;

/// What is read, with its identifier in front.
pub(super) fn read(picture: &Grey) -> Vec<String> {
    let mut found = Vec::new();
    look(picture, &mut found);
    if picture.width.max(picture.height) < TINY_SIDE {
        look(&picture.tripled(), &mut found);
        return found;
    }
    look(&picture.smoothed(), &mut found);
    let mut smaller = picture.halved();
    while smaller.width.max(smaller.height) > SMALLEST_SIDE {
        look(&smaller, &mut found);
        smaller = smaller.halved();
    }
    found
}

fn look(picture: &Grey, found: &mut Vec<String>) {
    let Ok((width, height)) = u32::try_from(picture.width)
        .and_then(|width| u32::try_from(picture.height).map(|height| (width, height)))
    else {
        return;
    };
    let Ok(source) = Luma8Source::new_with_slice(&picture.pixels, width, height) else {
        return;
    };
    let mut bitmap = BinaryBitmap::new(HybridBinarizer::new(source));
    for _ in ["dark on light", "light on dark"] {
        let codes = tried(|| Some(in_matrix(bitmap.get_black_matrix())));
        for code in codes.into_iter().flatten() {
            if !found.contains(&code) {
                found.push(code);
            }
        }
        if tried(|| {
            bitmap.invert();
            Some(())
        })
        .is_none()
        {
            return;
        }
    }
}

fn in_matrix(matrix: &BitMatrix) -> Vec<String> {
    let mut corners = FindFinderPatterns(matrix, true, 0);
    // The larger ones first: noise is small.
    corners.sort_by_key(|corner| std::cmp::Reverse(corner.size));
    corners.truncate(MOST_CORNERS);
    let (mut used, mut codes) = (Vec::new(), Vec::new());
    for triple in GenerateFinderPatternSets(&mut corners)
        .into_iter()
        .take(MOST_TRIPLES)
    {
        let own = [triple.bl, triple.tl, triple.tr];
        if own.iter().any(|corner| used.contains(corner)) {
            continue;
        }
        let read = SampleQR(matrix, &triple).and_then(|sampled| Decode(sampled.getBits()));
        if let Some(code) = read.ok().filter(DecoderResult::isValid).map(|read| text(&read)) {
            used.extend(own);
            codes.push(code);
        }
    }
    codes
}

/// The bytes as text: UTF-8, as phones write it, else Latin-1, the standard's own default.
fn text(read: &DecoderResult<bool>) -> String {
    let content = read.content();
    let modifier = content.symbology.modifier + u8::from(content.has_eci);
    let text = match std::str::from_utf8(content.bytes()) {
        Ok(text) => text.to_owned(),
        Err(_) => content.bytes().iter().map(|&byte| char::from(byte)).collect(),
    };
    format!("]Q{}{text}", char::from(modifier))
}
