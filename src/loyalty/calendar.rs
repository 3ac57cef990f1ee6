//! The shop's days: civil time in a zone, windows whose last day counts, and birthdays. The moment itself always comes
//! in as a value; nothing here looks at a clock.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use minicbor::{Decode, Encode};

/// A point in time, in milliseconds since 1970 UTC: fine enough to order a till's work, small enough for every entry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct Moment(#[n(0)] i64);

/// The years that a shop knows: others are slips of the pen, and some have no short form on the wire.
const YEARS: std::ops::RangeInclusive<i16> = 1..=9999;

/// A text that is no time, or a zone that does not exist.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// Not a time.
    #[error(
        "\"{found}\" is not a time: write 2026-02-10T12:00:00, with +01:00 or Z behind it where no zone is set"
    )]
    Time {
        /// The text as it was found.
        found: String,
    },
    /// Not a day.
    #[error("\"{found}\" is not a day: write 2026-02-10")]
    Day {
        /// The text as it was found.
        found: String,
    },
    /// Not a time zone.
    #[error("\"{found}\" is not a time zone: write a name such as Europe/Berlin, Asia/Kolkata or UTC")]
    Zone {
        /// The text as it was found.
        found: String,
    },
}

impl Moment {
    /// So many milliseconds since 1970 UTC.
    pub const fn from_millis(millis: i64) -> Moment {
        Moment(millis)
    }

    /// Milliseconds since 1970 UTC.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Reads RFC 3339, or civil time in the zone. A civil time that a clock change skips or doubles is read the way
    /// jiff calls compatible: skipped times move forward, of doubled times the first is taken.
    pub fn parse(text: &str, zone: &Zone) -> Result<Moment, CalendarError> {
        let wrong = || CalendarError::Time {
            found: text.chars().take(40).collect(),
        };
        let stamp = match text.parse::<Timestamp>() {
            Ok(stamp) => stamp,
            Err(_) => {
                let civil: DateTime = text.parse().map_err(|_| wrong())?;
                zone.0.to_timestamp(civil).map_err(|_| wrong())?
            }
        };
        // A day of margin on either side, so that every zone's calendar stays inside.
        let year = |days| {
            TimeZone::UTC
                .to_datetime(stamp.saturating_add(days).unwrap_or(stamp))
                .year()
        };
        if !YEARS.contains(&year(Span::new().hours(-24))) || !YEARS.contains(&year(Span::new().hours(24))) {
            return Err(wrong());
        }
        Ok(Moment(stamp.as_millisecond()))
    }

    /// Civil time in a zone.
    pub fn in_zone(self, zone: &Zone) -> DateTime {
        zone.0.to_datetime(self.stamp())
    }

    /// The day in a zone.
    pub fn day(self, zone: &Zone) -> Day {
        Day(self.in_zone(zone).date())
    }

    /// RFC 3339 with the zone's offset, to the second.
    pub fn text(self, zone: &Zone) -> String {
        let offset = zone.0.to_offset(self.stamp());
        self.stamp().display_with_offset(offset).to_string()
    }

    /// Seconds east of UTC that the zone had at this moment.
    pub fn offset_s(self, zone: &Zone) -> i32 {
        zone.0.to_offset(self.stamp()).seconds()
    }

    fn stamp(self) -> Timestamp {
        Timestamp::from_millisecond(self.0).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

/// A time zone of the IANA list, with its name. The tables are compiled in, so that every machine agrees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone(TimeZone);

impl Zone {
    /// Looks a zone up by its name.
    pub fn named(name: &str) -> Result<Zone, CalendarError> {
        let wrong = |_| CalendarError::Zone {
            found: name.chars().take(40).collect(),
        };
        TimeZone::get(name).map(Zone).map_err(wrong)
    }

    /// Coordinated universal time.
    pub fn utc() -> Zone {
        Zone(TimeZone::UTC)
    }

    /// The name in the IANA list.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// The moment at which a day begins here.
    pub fn midnight(&self, day: Day) -> Moment {
        let start = self
            .0
            .to_timestamp(day.0.to_datetime(jiff::civil::Time::midnight()));
        Moment(start.map_or(0, Timestamp::as_millisecond))
    }
}

/// A civil day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(Date);

impl Day {
    /// Reads "2026-02-10".
    pub fn parse(text: &str) -> Result<Day, CalendarError> {
        let wrong = |_| CalendarError::Day {
            found: text.chars().take(40).collect(),
        };
        let date: Date = text.parse().map_err(wrong)?;
        if YEARS.contains(&date.year()) {
            Ok(Day(date))
        } else {
            Err(CalendarError::Day {
                found: text.to_owned(),
            })
        }
    }

    /// The calendar date.
    pub fn date(self) -> Date {
        self.0
    }

    /// So many months later; from the 31st it is the month's last day.
    pub fn plus_months(self, months: i32) -> Day {
        Day::inside(self.0.saturating_add(Span::new().months(months)))
    }

    /// The first day of the month, quarter (3) or year (12) of the calendar that this day is in.
    pub fn first_of(self, months: i32) -> Day {
        let month = i32::from(self.0.month()) - 1;
        let first = i8::try_from(month / months * months + 1).unwrap_or(1);
        Day(Date::new(self.0.year(), first, 1).unwrap_or(self.0))
    }

    /// So many days later, or earlier.
    pub fn plus_days(self, days: i32) -> Day {
        Day::inside(self.0.saturating_add(Span::new().days(days)))
    }

    /// Days since 1 January 1970.
    pub fn since_1970(self) -> i32 {
        self.0
            .since(Date::constant(1970, 1, 1))
            .map_or(0, |span| span.get_days())
    }

    /// The day so many days after 1 January 1970.
    pub fn after_1970(days: u16) -> Day {
        Day(Date::constant(1970, 1, 1)).plus_days(i32::from(days))
    }

    /// The nearest day of the years that a shop knows.
    fn inside(date: Date) -> Day {
        let first = Date::new(*YEARS.start(), 1, 1).unwrap_or(date);
        Day(date.max(first))
    }

    /// Is this day the birthday of somebody born then? 29 February is kept on 1 March in other years.
    pub fn is_birthday_of(self, born: Day) -> bool {
        self.keeps(born, (3, 1))
    }

    /// The same where 29 February is kept on 28 February in other years.
    pub fn is_birthday_in_february_of(self, born: Day) -> bool {
        self.keeps(born, (2, 28))
    }

    fn keeps(self, born: Day, leap_day: (i8, i8)) -> bool {
        let (born, today) = (born.0, self.0);
        let born = match (born.month(), born.day()) {
            (2, 29) if !today.in_leap_year() => leap_day,
            other => other,
        };
        born == (today.month(), today.day())
    }

    /// What an entry may keep of a birthday: whether it is this day, by either way of keeping 29 February, and no year.
    pub fn birthday_to_record(self, born: Day) -> Option<Day> {
        match (born.0.month(), born.0.day()) {
            (2, 29) => {
                let is_near = self.is_birthday_of(born) || self.is_birthday_in_february_of(born);
                is_near.then(|| Day(Date::constant(2000, 2, 29)))
            }
            _ => self.is_birthday_of(born).then_some(self),
        }
    }
}

impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl<C> minicbor::Encode<C> for Day {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        let packed =
            i32::from(self.0.year()) * 10_000 + i32::from(self.0.month()) * 100 + i32::from(self.0.day());
        e.i32(packed)?;
        Ok(())
    }
}

impl<'b, C> minicbor::Decode<'b, C> for Day {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        let packed = d.i32()?;
        let part = |value: i32| i8::try_from(value % 100).unwrap_or(0);
        let year = i16::try_from(packed / 10_000).unwrap_or(i16::MAX);
        Date::new(year, part(packed / 100), part(packed))
            .map(Day)
            .map_err(|_| minicbor::decode::Error::message("not a day"))
    }
}

/// Days, weekdays and hours in which a program or a rule is valid, in the site's civil time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// The first day, where there is one.
    pub from: Option<Day>,
    /// The last day, which is included.
    pub until: Option<Day>,
    /// The weekdays, Monday first; empty means all.
    pub weekdays: Vec<jiff::civil::Weekday>,
    /// From this time of day up to but not including that one; may run over midnight.
    pub hours: Option<(jiff::civil::Time, jiff::civil::Time)>,
}

impl Window {
    /// Is the moment inside, as the clock on the site's wall shows it?
    pub fn contains(&self, at: DateTime) -> bool {
        let day = Day(at.date());
        let in_hours = self.hours.is_none_or(|(from, until)| {
            let now = at.time();
            if from <= until {
                from <= now && now < until
            } else {
                from <= now || now < until
            }
        });
        self.from.is_none_or(|first| first <= day)
            && self.until.is_none_or(|last| day <= last)
            && (self.weekdays.is_empty() || self.weekdays.contains(&at.date().weekday()))
            && in_hours
    }
}

/// A stretch of days over which the past is summed, seen from one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Period {
    /// This day and so many before it.
    Days(i32),
    /// So many months that end with this day.
    Months(i32),
    /// The month of the calendar that this day is in, up to it; and so on.
    Month,
    /// A quarter of the calendar.
    Quarter,
    /// A year of the calendar.
    Year,
    /// The whole month of the calendar before this day's.
    LastMonth,
    /// The whole quarter before.
    LastQuarter,
    /// The whole year before.
    LastYear,
    /// All days.
    Ever,
}

impl Period {
    /// The words that `parse` reads besides "30 days" and "12 months".
    pub const WORDS: [(&str, Period); 7] = [
        ("calendar month", Period::Month),
        ("calendar quarter", Period::Quarter),
        ("calendar year", Period::Year),
        ("last month", Period::LastMonth),
        ("last quarter", Period::LastQuarter),
        ("last year", Period::LastYear),
        ("ever", Period::Ever),
    ];

    /// Reads "30 days", "12 months", "calendar month", "last month", "ever" and their like.
    pub fn parse(text: &str) -> Option<Period> {
        if let Some((_, period)) = Period::WORDS.iter().find(|(word, _)| *word == text) {
            return Some(*period);
        }
        let (number, unit) = text.split_once(' ')?;
        let number = number.parse().ok().filter(|n| (1..=36_500).contains(n))?;
        match unit {
            "day" | "days" => Some(Period::Days(number)),
            "month" | "months" if number <= 1_200 => Some(Period::Months(number)),
            _ => None,
        }
    }

    /// The first and the last of its days, seen from this one. Without a first one it has no beginning.
    pub fn days(self, today: Day) -> (Option<Day>, Day) {
        let begins = |months: i32| today.first_of(months);
        match self {
            Period::Days(days) => (Some(today.plus_days(-days)), today),
            Period::Months(months) => (Some(today.plus_months(-months).plus_days(1)), today),
            Period::Month => (Some(begins(1)), today),
            Period::Quarter => (Some(begins(3)), today),
            Period::Year => (Some(begins(12)), today),
            Period::LastMonth => Period::before(begins(1), 1),
            Period::LastQuarter => Period::before(begins(3), 3),
            Period::LastYear => Period::before(begins(12), 12),
            Period::Ever => (None, today),
        }
    }

    fn before(begins: Day, months: i32) -> (Option<Day>, Day) {
        (Some(begins.plus_months(-months)), begins.plus_days(-1))
    }

    /// The last day on which something that began on this day still holds: a month from the 5th ends on the 4th.
    pub fn ends(self, began: Day) -> Option<Day> {
        let calendar = |months: i32| began.first_of(months).plus_months(months).plus_days(-1);
        match self {
            Period::Days(days) => Some(began.plus_days(days)),
            Period::Months(months) => Some(began.plus_months(months).plus_days(-1)),
            Period::Month | Period::LastMonth => Some(calendar(1)),
            Period::Quarter | Period::LastQuarter => Some(calendar(3)),
            Period::Year | Period::LastYear => Some(calendar(12)),
            Period::Ever => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).expect("a day")
    }

    #[test]
    fn a_leap_birthday_is_kept_on_the_first_of_march() {
        let cases = [
            ("2000-02-29", "2025-03-01", true),
            ("2000-02-29", "2025-02-28", false),
            ("2000-02-29", "2024-02-29", true),
            ("2000-02-29", "2024-03-01", false),
            ("1990-03-01", "2026-03-01", true),
        ];
        for (born, today, kept) in cases {
            assert_eq!(day(today).is_birthday_of(day(born)), kept, "{born} on {today}");
        }
    }

    #[test]
    fn a_window_holds_its_last_day() {
        let window = Window {
            from: Some(day("2026-02-01")),
            until: Some(day("2026-02-10")),
            ..Window::default()
        };
        for (at, inside) in [
            ("2026-02-10T23:59:59", true),
            ("2026-02-11T00:00:00", false),
            ("2026-01-31T23:59:59", false),
        ] {
            assert_eq!(window.contains(at.parse().expect("a time")), inside, "{at}");
        }
    }

    #[test]
    fn a_night_shift_runs_over_midnight() {
        let time = |text: &str| text.parse().expect("a time of day");
        let window = Window {
            hours: Some((time("22:00"), time("06:00"))),
            ..Window::default()
        };
        for (at, inside) in [
            ("2026-02-10T23:00", true),
            ("2026-02-10T05:59", true),
            ("2026-02-10T06:00", false),
        ] {
            assert_eq!(window.contains(at.parse().expect("a time")), inside, "{at}");
        }
    }

    #[test]
    fn only_years_of_four_digits_are_days() {
        for wrong in ["-000001-05-05", "0000-01-01", "10000-01-01"] {
            assert!(Day::parse(wrong).is_err(), "{wrong}");
            assert!(
                Moment::parse(&format!("{wrong}T10:00:00"), &Zone::utc()).is_err(),
                "{wrong}"
            );
        }
        let last = day("9999-12-31");
        assert_eq!(last.plus_months(1), last);
        let bytes = minicbor::to_vec(last).expect("memory");
        assert_eq!(minicbor::decode::<Day>(&bytes).ok(), Some(last));
    }

    #[test]
    fn periods_are_seen_from_their_day() {
        for (words, today, first, last) in [
            ("30 days", "2026-03-31", Some("2026-03-01"), "2026-03-31"),
            ("12 months", "2026-03-31", Some("2025-04-01"), "2026-03-31"),
            ("calendar month", "2026-02-10", Some("2026-02-01"), "2026-02-10"),
            ("calendar quarter", "2026-06-30", Some("2026-04-01"), "2026-06-30"),
            ("calendar year", "2026-06-30", Some("2026-01-01"), "2026-06-30"),
            ("last month", "2026-03-31", Some("2026-02-01"), "2026-02-28"),
            ("last quarter", "2026-01-01", Some("2025-10-01"), "2025-12-31"),
            ("last year", "2024-02-29", Some("2023-01-01"), "2023-12-31"),
            ("ever", "2026-01-01", None, "2026-01-01"),
        ] {
            let days = Period::parse(words).map(|period| period.days(day(today)));
            assert_eq!(days, Some((first.map(day), day(last))), "{words} on {today}");
        }
        for wrong in ["0 days", "soon", "3 weeks", "99999999999 days", ""] {
            assert_eq!(Period::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_began_on_a_day_holds_to_the_end_of_its_period() {
        for (period, began, last) in [
            (Period::Months(12), "2026-02-10", Some("2027-02-09")),
            (Period::Quarter, "2026-02-10", Some("2026-03-31")),
            (Period::Year, "2026-02-10", Some("2026-12-31")),
            (Period::Ever, "2026-02-10", None),
        ] {
            assert_eq!(period.ends(day(began)), last.map(day), "{period:?}");
        }
    }

    #[test]
    fn a_skipped_hour_moves_forward() {
        let berlin = Zone::named("Europe/Berlin").expect("a zone");
        let at = Moment::parse("2026-03-29T02:30:00", &berlin).expect("a time");
        assert_eq!(at.text(&berlin), "2026-03-29T03:30:00+02:00");
        assert_eq!(day("2026-01-31").plus_months(1), day("2026-02-28"));
    }
}
