//! Lines of `vafa scan --batch`: JSON with a text and settings of any type. One answer for each line that is not blank.
#![no_main]

use jiff::civil::date;
use libfuzzer_sys::fuzz_target;
use vafa::command::scan::answer_lines;
use vafa::loyalty::scan::Settings;

fuzz_target!(|lines: &[u8]| {
    let mut answers = Vec::new();
    answer_lines(lines, &Settings::default(), date(2026, 3, 2), &mut answers).expect("memory takes all");
    let asked = lines.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()).count();
    let answers = std::str::from_utf8(&answers).expect("an answer is JSON");
    assert_eq!(asked, answers.lines().count());
});
