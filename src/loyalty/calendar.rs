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
        let (born, today) = (born.0, self.0);
        if born.month() == 2 && born.day() == 29 && !today.in_leap_year() {
            return today.month() == 3 && today.day() == 1;
        }
        born.month() == today.month() && born.day() == today.day()
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
    fn a_skipped_hour_moves_forward() {
        let berlin = Zone::named("Europe/Berlin").expect("a zone");
        let at = Moment::parse("2026-03-29T02:30:00", &berlin).expect("a time");
        assert_eq!(at.text(&berlin), "2026-03-29T03:30:00+02:00");
        assert_eq!(day("2026-01-31").plus_months(1), day("2026-02-28"));
    }
}
