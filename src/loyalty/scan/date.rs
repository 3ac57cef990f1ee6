//! The dates of GS1 data: six digits without a century, and a day 00 where only the month is known.

use jiff::civil::Date;

/// Whether six digits are a day of the calendar. A year 00 is read as 2000, a leap year, as it will be until 2050.
pub(super) fn is_yymmdd(digits: &str) -> bool {
    parts(digits).is_some_and(|(year, month, day)| Date::new(2000 + year, month, day).is_ok())
}

/// As `is_yymmdd`, but a day 00 stands for the month's last.
pub(super) fn is_yymmd0(digits: &str) -> bool {
    match digits.strip_suffix("00") {
        Some(month) => is_yymmdd(&format!("{month}01")),
        None => is_yymmdd(digits),
    }
}

/// Whether eight digits are a day of the calendar.
pub(super) fn is_yyyymmdd(digits: &str) -> bool {
    let Some((year, rest)) = digits.split_at_checked(4) else {
        return false;
    };
    let Some((month, day)) = rest.split_at_checked(2) else {
        return false;
    };
    let (Ok(year), Ok(month), Ok(day)) = (year.parse(), month.parse(), day.parse()) else {
        return false;
    };
    Date::new(year, month, day).is_ok()
}

/// The day that six digits mean today: a year 51 or more ahead of this one is of the last century, one 50 or more behind
/// is of the next (GS1 General Specifications, 7.12). A day 00 is the month's last.
pub(super) fn resolve(digits: &str, today: Date) -> Option<Date> {
    let (year, month, day) = parts(digits)?;
    let century = today.year() / 100 * 100;
    let year = match year - today.year() % 100 {
        51.. => century - 100 + year,
        ..=-50 => century + 100 + year,
        _ => century + year,
    };
    match day {
        0 => Date::new(year, month, 1).ok().map(Date::last_of_month),
        day => Date::new(year, month, day).ok(),
    }
}

fn parts(digits: &str) -> Option<(i16, i8, i8)> {
    let two = |at: usize| digits.get(at..at + 2)?.parse::<u8>().ok();
    if digits.len() != 6 || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    Some((
        i16::from(two(0)?),
        i8::try_from(two(2)?).ok()?,
        i8::try_from(two(4)?).ok()?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn days_that_are_and_days_that_are_not() {
        for (digits, day, month_end) in [
            ("260228", true, true),
            ("260229", false, false),
            ("240229", true, true),
            ("000229", true, true),
            ("260400", false, true),
            ("261300", false, false),
            ("260001", false, false),
            ("26040", false, false),
            ("2604-1", false, false),
        ] {
            assert_eq!(
                (is_yymmdd(digits), is_yymmd0(digits)),
                (day, month_end),
                "{digits}"
            );
        }
        assert!(is_yyyymmdd("19700101") && !is_yyyymmdd("19700132") && !is_yyyymmdd("1970010"));
    }

    #[test]
    fn the_century_comes_from_today() {
        let today = date(2026, 6, 1);
        for (digits, day) in [
            ("260400", date(2026, 4, 30)),
            ("181119", date(2018, 11, 19)),
            ("760101", date(2076, 1, 1)),
            ("770101", date(1977, 1, 1)),
            ("990531", date(1999, 5, 31)),
        ] {
            assert_eq!(resolve(digits, today), Some(day), "{digits}");
        }
        assert_eq!(resolve("000101", date(2049, 1, 1)), Some(date(2000, 1, 1)));
        assert_eq!(resolve("000101", date(2050, 1, 1)), Some(date(2100, 1, 1)));
        assert_eq!(resolve("261301", today), None);
    }
}
