//! The rows of the table of AIs. The facts are those of GS1's Barcode Syntax Dictionary: format, checks, partners,
//! exclusions, and use in Digital Links.

use super::gs1_rules::Rule::{self, *};
use super::gs1_table::{Letters, Part, Row, Shape};

const fn part(letters: Letters, min: u8, max: u8, rules: &'static [Rule]) -> Part {
    Part {
        letters,
        min,
        max,
        optional: false,
        rules,
    }
}
const fn n(length: u8, rules: &'static [Rule]) -> Part {
    part(Letters::N, length, length, rules)
}
const fn n_to(max: u8, rules: &'static [Rule]) -> Part {
    part(Letters::N, 1, max, rules)
}
const fn x(length: u8, rules: &'static [Rule]) -> Part {
    part(Letters::X, length, length, rules)
}
const fn x_to(max: u8, rules: &'static [Rule]) -> Part {
    part(Letters::X, 1, max, rules)
}
const fn y_to(max: u8, rules: &'static [Rule]) -> Part {
    part(Letters::Y, 1, max, rules)
}
const fn z_to(max: u8, rules: &'static [Rule]) -> Part {
    part(Letters::Z, 1, max, rules)
}
const fn maybe(part: Part) -> Part {
    Part {
        optional: true,
        ..part
    }
}

const fn row(
    first: u16,
    last: u16,
    shape: Shape,
    attribute: bool,
    needs: &'static str,
    excludes: &'static str,
    qualifiers: Option<&'static str>,
) -> Row {
    Row {
        first,
        last,
        shape,
        attribute,
        needs,
        excludes,
        qualifiers,
    }
}

const ATTRIBUTE: bool = true;
const NOT_IN_QUERY: bool = false;

const N18_CSUM: Shape = &[n(18, &[Csum])];
const N14_CSUM: Shape = &[n(14, &[Csum])];
const X_20: Shape = &[x_to(20, &[])];
const N6_YYMM_D0: Shape = &[n(6, &[YymmD0])];
const N2: Shape = &[n(2, &[])];
const X_28: Shape = &[x_to(28, &[])];
const X_30: Shape = &[x_to(30, &[])];
const N_6: Shape = &[n_to(6, &[])];
const N13_CSUM_OPT_X_17: Shape = &[n(13, &[Csum]), maybe(x_to(17, &[]))];
const N13_CSUM_OPT_N_12: Shape = &[n(13, &[Csum]), maybe(n_to(12, &[]))];
const N_8: Shape = &[n_to(8, &[])];
const N6: Shape = &[n(6, &[])];
const N_15: Shape = &[n_to(15, &[])];
const N3_CURRENCY_N_15: Shape = &[n(3, &[Currency]), n_to(15, &[])];
const N4: Shape = &[n(4, &[])];
const X_30_COMPANY: Shape = &[x_to(30, &[Company])];
const N17_CSUM: Shape = &[n(17, &[Csum])];
const N13_CSUM: Shape = &[n(13, &[Csum])];
const N3_COUNTRY_X_9: Shape = &[n(3, &[Country]), x_to(9, &[])];
const N3_COUNTRY: Shape = &[n(3, &[Country])];
const COUNTRIES: Shape = &[
    n(3, &[Country]),
    maybe(n(3, &[Country])),
    maybe(n(3, &[Country])),
    maybe(n(3, &[Country])),
    maybe(n(3, &[Country])),
];
const X_3: Shape = &[x_to(3, &[])];
const X_35_PERCENT_ENCODED: Shape = &[x_to(35, &[PercentEncoded])];
const X_70_PERCENT_ENCODED: Shape = &[x_to(70, &[PercentEncoded])];
const X2_COUNTRY_LETTERS: Shape = &[x(2, &[CountryLetters])];
const PLACE: Shape = &[n(10, &[Latitude]), n(10, &[Longitude])];
const N1_YES_NO: Shape = &[n(1, &[YesNo])];
const DELIVERY_TIME: Shape = &[n(6, &[YymmD0]), n(4, &[HourMinute])];
const N6_YYMMDD: Shape = &[n(6, &[Yymmdd])];
const N6_OPT_X1_HYPHEN: Shape = &[n(6, &[]), maybe(x(1, &[Hyphen]))];
const N13: Shape = &[n(13, &[])];
const N6_YYMMDD_N4_HOUR_MINUTE: Shape = &[n(6, &[Yymmdd]), n(4, &[HourMinute])];
const N_4: Shape = &[n_to(4, &[])];
const X_12: Shape = &[x_to(12, &[])];
const N6_YYMMDD_OPT_N6_YYMMDD: Shape = &[n(6, &[Yymmdd]), maybe(n(6, &[Yymmdd]))];
const X_10: Shape = &[x_to(10, &[])];
const X_2: Shape = &[x_to(2, &[])];
const TEST_BY: Shape = &[n(6, &[Yymmdd]), maybe(n(4, &[HourMinute]))];
const N3_COUNTRY_OR999_X_27: Shape = &[n(3, &[CountryOr999]), x_to(27, &[])];
const UIC: Shape = &[n(1, &[]), x(1, &[]), x(1, &[]), x(1, &[ImporterIndex])];
const X_4_PACKAGE_TYPE: Shape = &[x_to(4, &[PackageType])];
const X2_X_28: Shape = &[x(2, &[]), x_to(28, &[])];
const N2_MEDIA_TYPE: Shape = &[n(2, &[MediaType])];
const X_25: Shape = &[x_to(25, &[])];
const N8_YYYYMMDD: Shape = &[n(8, &[Yyyymmdd])];
const BIRTH_TIME: Shape = &[n(8, &[Yyyymmdd]), n(4, &[HourMinute])];
const N1_SEX: Shape = &[n(1, &[Sex])];
const X_40_PERCENT_ENCODED: Shape = &[x_to(40, &[PercentEncoded])];
const X_90_PERCENT_ENCODED: Shape = &[x_to(90, &[PercentEncoded])];
const X3_POSITION_IN_SEQUENCE: Shape = &[x(3, &[PositionInSequence])];
const ROLL: Shape = &[
    n(4, &[NonZero]),
    n(5, &[NonZero]),
    n(3, &[NonZero]),
    n(1, &[Winding]),
    n(1, &[]),
];
const GRAI: Shape = &[n(1, &[Zero]), n(13, &[Csum]), maybe(x_to(16, &[]))];
const ITIP: Shape = &[n(14, &[Csum]), n(4, &[PieceOfTotal])];
const X_34_IBAN: Shape = &[x_to(34, &[Iban])];
const PRODUCED: Shape = &[
    n(6, &[Yymmdd]),
    n(2, &[Hour]),
    maybe(n(2, &[Minute])),
    maybe(n(2, &[Second])),
];
const X_50: Shape = &[x_to(50, &[])];
const Y_30_COMPANY: Shape = &[y_to(30, &[Company])];
const N_12_NO_ZERO_PREFIX: Shape = &[n_to(12, &[NoZeroPrefix])];
const X_25_CSUM_ALPHA_COMPANY: Shape = &[x_to(25, &[CsumAlpha, Company])];
const MUDI: Shape = &[x_to(25, &[CsumAlpha, Company, HasNonDigit])];
const N_10: Shape = &[n_to(10, &[])];
const Z_90: Shape = &[z_to(90, &[])];
const N15: Shape = &[n(15, &[])];
const N32: Shape = &[n(32, &[])];
const N18_OPT_N_2: Shape = &[n(18, &[]), maybe(n_to(2, &[]))];
const X_70_COUPON: Shape = &[x_to(70, &[Coupon])];
const X_70_POSITIVE_OFFER: Shape = &[x_to(70, &[PositiveOffer])];
const X_70: Shape = &[x_to(70, &[])];
const X_90: Shape = &[x_to(90, &[])];

// One AI a line reads best; rustfmt would make each a paragraph.
#[rustfmt::skip]
pub(super) static ROWS: [Row; 184] = [
    row(0, 0, N18_CSUM, ATTRIBUTE, "", "", Some("")),
    row(1, 1, N14_CSUM, ATTRIBUTE, "", "255,37", Some("22,10,21|235")),
    row(2, 2, N14_CSUM, ATTRIBUTE, "37", "01,03", None),
    row(3, 3, N14_CSUM, NOT_IN_QUERY, "", "01,02,37,235", None),
    row(10, 10, X_20, ATTRIBUTE, "01,02,03,8006,8026", "", None),
    row(11, 11, N6_YYMM_D0, ATTRIBUTE, "01,02,03,8006,8026", "", None),
    row(12, 12, N6_YYMM_D0, ATTRIBUTE, "8020", "", None),
    row(13, 13, N6_YYMM_D0, ATTRIBUTE, "01,02,03,8006,8026", "", None),
    row(15, 16, N6_YYMM_D0, ATTRIBUTE, "01,02,03,8006,8026", "", None),
    row(17, 17, N6_YYMM_D0, ATTRIBUTE, "01,02,03,255,8006,8026", "", None),
    row(20, 20, N2, ATTRIBUTE, "01,02,03,8006,8026", "", None),
    row(21, 21, X_20, NOT_IN_QUERY, "01,03,8006", "235", None),
    row(22, 22, X_20, NOT_IN_QUERY, "01", "", None),
    row(30, 30, N_8, ATTRIBUTE, "01,02", "", None),
    row(37, 37, N_8, ATTRIBUTE, "00+02,00+8026", "", None),
    row(90, 90, X_30, ATTRIBUTE, "", "", None),
    row(91, 99, X_90, ATTRIBUTE, "", "", None),
    row(235, 235, X_28, NOT_IN_QUERY, "01", "", None),
    row(240, 241, X_30, ATTRIBUTE, "01,02,03,8006,8026", "", None),
    row(242, 242, N_6, ATTRIBUTE, "01,02,8006,8026", "", None),
    row(243, 243, X_20, ATTRIBUTE, "01,03", "", None),
    row(250, 250, X_30, ATTRIBUTE, "01+21,03+21,8006+21", "", None),
    row(251, 251, X_30, ATTRIBUTE, "01,03,8006", "", None),
    row(253, 253, N13_CSUM_OPT_X_17, ATTRIBUTE, "", "", Some("")),
    row(254, 254, X_20, NOT_IN_QUERY, "414", "", None),
    row(255, 255, N13_CSUM_OPT_N_12, ATTRIBUTE, "", "01,02,415,8006,8020,8026", Some("")),
    row(400, 400, X_30, ATTRIBUTE, "", "", None),
    row(401, 401, X_30_COMPANY, ATTRIBUTE, "", "", Some("")),
    row(402, 402, N17_CSUM, ATTRIBUTE, "", "", Some("")),
    row(403, 403, X_30, ATTRIBUTE, "00", "", None),
    row(410, 413, N13_CSUM, ATTRIBUTE, "", "", None),
    row(414, 414, N13_CSUM, ATTRIBUTE, "", "", Some("254|7040")),
    row(415, 415, N13_CSUM, ATTRIBUTE, "8020", "", Some("8020")),
    row(416, 416, N13_CSUM, ATTRIBUTE, "", "", None),
    row(417, 417, N13_CSUM, ATTRIBUTE, "", "", Some("7040")),
    row(420, 420, X_20, ATTRIBUTE, "", "421", None),
    row(421, 421, N3_COUNTRY_X_9, ATTRIBUTE, "", "4307", None),
    row(422, 422, N3_COUNTRY, ATTRIBUTE, "01,02,03,8006,8026", "426", None),
    row(423, 423, COUNTRIES, ATTRIBUTE, "01,02,03", "426", None),
    row(424, 424, N3_COUNTRY, ATTRIBUTE, "01,02,03", "426", None),
    row(425, 425, COUNTRIES, ATTRIBUTE, "01,02,03", "426", None),
    row(426, 426, N3_COUNTRY, ATTRIBUTE, "01,02,03", "", None),
    row(427, 427, X_3, ATTRIBUTE, "01+422,02+422,03+422", "", None),
    row(710, 717, X_20, ATTRIBUTE, "01", "", None),
    row(3100, 3105, N6, ATTRIBUTE, "01,02", "310n", None),
    row(3110, 3115, N6, ATTRIBUTE, "01,02", "311n", None),
    row(3120, 3125, N6, ATTRIBUTE, "01,02", "312n", None),
    row(3130, 3135, N6, ATTRIBUTE, "01,02", "313n", None),
    row(3140, 3145, N6, ATTRIBUTE, "01,02", "314n", None),
    row(3150, 3155, N6, ATTRIBUTE, "01,02", "315n", None),
    row(3160, 3165, N6, ATTRIBUTE, "01,02", "316n", None),
    row(3200, 3205, N6, ATTRIBUTE, "01,02", "320n", None),
    row(3210, 3215, N6, ATTRIBUTE, "01,02", "321n", None),
    row(3220, 3225, N6, ATTRIBUTE, "01,02", "322n", None),
    row(3230, 3235, N6, ATTRIBUTE, "01,02", "323n", None),
    row(3240, 3245, N6, ATTRIBUTE, "01,02", "324n", None),
    row(3250, 3255, N6, ATTRIBUTE, "01,02", "325n", None),
    row(3260, 3265, N6, ATTRIBUTE, "01,02", "326n", None),
    row(3270, 3275, N6, ATTRIBUTE, "01,02", "327n", None),
    row(3280, 3285, N6, ATTRIBUTE, "01,02", "328n", None),
    row(3290, 3295, N6, ATTRIBUTE, "01,02", "329n", None),
    row(3300, 3305, N6, ATTRIBUTE, "00,01", "330n", None),
    row(3310, 3315, N6, ATTRIBUTE, "00,01", "331n", None),
    row(3320, 3325, N6, ATTRIBUTE, "00,01", "332n", None),
    row(3330, 3335, N6, ATTRIBUTE, "00,01", "333n", None),
    row(3340, 3345, N6, ATTRIBUTE, "00,01", "334n", None),
    row(3350, 3355, N6, ATTRIBUTE, "00,01", "335n", None),
    row(3360, 3365, N6, ATTRIBUTE, "00,01", "336n", None),
    row(3370, 3375, N6, ATTRIBUTE, "01", "337n", None),
    row(3400, 3405, N6, ATTRIBUTE, "00,01", "340n", None),
    row(3410, 3415, N6, ATTRIBUTE, "00,01", "341n", None),
    row(3420, 3425, N6, ATTRIBUTE, "00,01", "342n", None),
    row(3430, 3435, N6, ATTRIBUTE, "00,01", "343n", None),
    row(3440, 3445, N6, ATTRIBUTE, "00,01", "344n", None),
    row(3450, 3455, N6, ATTRIBUTE, "00,01", "345n", None),
    row(3460, 3465, N6, ATTRIBUTE, "00,01", "346n", None),
    row(3470, 3475, N6, ATTRIBUTE, "00,01", "347n", None),
    row(3480, 3485, N6, ATTRIBUTE, "00,01", "348n", None),
    row(3490, 3495, N6, ATTRIBUTE, "00,01", "349n", None),
    row(3500, 3505, N6, ATTRIBUTE, "01,02", "350n", None),
    row(3510, 3515, N6, ATTRIBUTE, "01,02", "351n", None),
    row(3520, 3525, N6, ATTRIBUTE, "01,02", "352n", None),
    row(3530, 3535, N6, ATTRIBUTE, "00,01", "353n", None),
    row(3540, 3545, N6, ATTRIBUTE, "00,01", "354n", None),
    row(3550, 3555, N6, ATTRIBUTE, "00,01", "355n", None),
    row(3560, 3565, N6, ATTRIBUTE, "01,02", "356n", None),
    row(3570, 3575, N6, ATTRIBUTE, "01,02", "357n", None),
    row(3600, 3605, N6, ATTRIBUTE, "01,02", "360n", None),
    row(3610, 3615, N6, ATTRIBUTE, "01,02", "361n", None),
    row(3620, 3625, N6, ATTRIBUTE, "00,01", "362n", None),
    row(3630, 3635, N6, ATTRIBUTE, "00,01", "363n", None),
    row(3640, 3645, N6, ATTRIBUTE, "01,02", "364n", None),
    row(3650, 3655, N6, ATTRIBUTE, "01,02", "365n", None),
    row(3660, 3665, N6, ATTRIBUTE, "01,02", "366n", None),
    row(3670, 3675, N6, ATTRIBUTE, "00,01", "367n", None),
    row(3680, 3685, N6, ATTRIBUTE, "00,01", "368n", None),
    row(3690, 3695, N6, ATTRIBUTE, "00,01", "369n", None),
    row(3900, 3909, N_15, ATTRIBUTE, "255,8020", "390n,391n,394n,8111", None),
    row(3910, 3919, N3_CURRENCY_N_15, ATTRIBUTE, "8020", "391n", None),
    row(3920, 3929, N_15, ATTRIBUTE, "01+30,01+31nn,01+32nn,01+35nn,01+36nn", "392n,393n", None),
    row(3930, 3939, N3_CURRENCY_N_15, ATTRIBUTE, "30,31nn,32nn,35nn,36nn", "393n", None),
    row(3940, 3943, N4, ATTRIBUTE, "255", "394n,8111", None),
    row(3950, 3955, N6, ATTRIBUTE, "30,31nn,32nn,35nn,36nn", "392n,393n,395n,8005", None),
    row(4300, 4301, X_35_PERCENT_ENCODED, ATTRIBUTE, "00", "", None),
    row(4302, 4302, X_70_PERCENT_ENCODED, ATTRIBUTE, "00", "", None),
    row(4303, 4303, X_70_PERCENT_ENCODED, ATTRIBUTE, "4302", "", None),
    row(4304, 4306, X_70_PERCENT_ENCODED, ATTRIBUTE, "00", "", None),
    row(4307, 4307, X2_COUNTRY_LETTERS, ATTRIBUTE, "00", "", None),
    row(4308, 4308, X_30, ATTRIBUTE, "00", "", None),
    row(4309, 4309, PLACE, ATTRIBUTE, "00", "", None),
    row(4310, 4311, X_35_PERCENT_ENCODED, ATTRIBUTE, "00", "", None),
    row(4312, 4312, X_70_PERCENT_ENCODED, ATTRIBUTE, "00", "", None),
    row(4313, 4313, X_70_PERCENT_ENCODED, ATTRIBUTE, "4312", "", None),
    row(4314, 4316, X_70_PERCENT_ENCODED, ATTRIBUTE, "00", "", None),
    row(4317, 4317, X2_COUNTRY_LETTERS, ATTRIBUTE, "00", "", None),
    row(4318, 4318, X_20, ATTRIBUTE, "00", "", None),
    row(4319, 4319, X_30, ATTRIBUTE, "00", "", None),
    row(4320, 4320, X_35_PERCENT_ENCODED, ATTRIBUTE, "00", "", None),
    row(4321, 4323, N1_YES_NO, ATTRIBUTE, "00", "", None),
    row(4324, 4325, DELIVERY_TIME, ATTRIBUTE, "00", "", None),
    row(4326, 4326, N6_YYMMDD, ATTRIBUTE, "00", "", None),
    row(4330, 4330, N6_OPT_X1_HYPHEN, ATTRIBUTE, "00", "4331", None),
    row(4331, 4331, N6_OPT_X1_HYPHEN, ATTRIBUTE, "00", "4330", None),
    row(4332, 4332, N6_OPT_X1_HYPHEN, ATTRIBUTE, "00", "4333", None),
    row(4333, 4333, N6_OPT_X1_HYPHEN, ATTRIBUTE, "00", "4332", None),
    row(7001, 7001, N13, ATTRIBUTE, "01,02,8006,8026", "", None),
    row(7002, 7002, X_30, ATTRIBUTE, "01,02", "", None),
    row(7003, 7003, N6_YYMMDD_N4_HOUR_MINUTE, ATTRIBUTE, "01,02,03", "", None),
    row(7004, 7004, N_4, ATTRIBUTE, "01+10,03+10", "", None),
    row(7005, 7005, X_12, ATTRIBUTE, "01,02", "", None),
    row(7006, 7006, N6_YYMMDD, ATTRIBUTE, "01,02", "", None),
    row(7007, 7007, N6_YYMMDD_OPT_N6_YYMMDD, ATTRIBUTE, "01,02", "", None),
    row(7008, 7008, X_3, ATTRIBUTE, "01,02", "", None),
    row(7009, 7009, X_10, ATTRIBUTE, "01,02", "", None),
    row(7010, 7010, X_2, ATTRIBUTE, "01,02,03", "", None),
    row(7011, 7011, TEST_BY, ATTRIBUTE, "01,02,03", "", None),
    row(7020, 7020, X_20, ATTRIBUTE, "01+416,03+416,8006+416", "", None),
    row(7021, 7021, X_20, ATTRIBUTE, "01,03,8006", "", None),
    row(7022, 7022, X_20, ATTRIBUTE, "01+7021,03+7021,8006+7021", "", None),
    row(7023, 7023, X_30_COMPANY, ATTRIBUTE, "", "", None),
    row(7030, 7039, N3_COUNTRY_OR999_X_27, ATTRIBUTE, "01,02", "", None),
    row(7040, 7040, UIC, NOT_IN_QUERY, "", "", None),
    row(7041, 7041, X_4_PACKAGE_TYPE, NOT_IN_QUERY, "00", "", None),
    row(7230, 7239, X2_X_28, ATTRIBUTE, "01,8004", "", None),
    row(7240, 7240, X_20, ATTRIBUTE, "01,8006", "03", None),
    row(7241, 7241, N2_MEDIA_TYPE, ATTRIBUTE, "8017,8018", "", None),
    row(7242, 7242, X_25, ATTRIBUTE, "8017,8018", "", None),
    row(7250, 7250, N8_YYYYMMDD, ATTRIBUTE, "8018", "7251", None),
    row(7251, 7251, BIRTH_TIME, ATTRIBUTE, "8018", "7250", None),
    row(7252, 7252, N1_SEX, ATTRIBUTE, "8018", "", None),
    row(7253, 7254, X_40_PERCENT_ENCODED, ATTRIBUTE, "8017,8018", "7256,7259", None),
    row(7255, 7255, X_10, ATTRIBUTE, "8017,8018", "7256,7259", None),
    row(7256, 7256, X_90_PERCENT_ENCODED, ATTRIBUTE, "8017,8018", "", None),
    row(7257, 7257, X_70_PERCENT_ENCODED, ATTRIBUTE, "8018", "", None),
    row(7258, 7258, X3_POSITION_IN_SEQUENCE, ATTRIBUTE, "8018+7259", "", None),
    row(7259, 7259, X_40_PERCENT_ENCODED, ATTRIBUTE, "8018", "7256", None),
    row(8001, 8001, ROLL, ATTRIBUTE, "01", "", None),
    row(8002, 8002, X_20, ATTRIBUTE, "", "", None),
    row(8003, 8003, GRAI, ATTRIBUTE, "", "", Some("")),
    row(8004, 8004, X_30_COMPANY, ATTRIBUTE, "", "", Some("7040")),
    row(8005, 8005, N6, ATTRIBUTE, "01,02", "", None),
    row(8006, 8006, ITIP, ATTRIBUTE, "", "01,03,37", Some("22,10,21")),
    row(8007, 8007, X_34_IBAN, ATTRIBUTE, "415", "", None),
    row(8008, 8008, PRODUCED, ATTRIBUTE, "01,02,03", "", None),
    row(8009, 8009, X_50, ATTRIBUTE, "00,01,03", "", None),
    row(8010, 8010, Y_30_COMPANY, ATTRIBUTE, "", "", Some("8011")),
    row(8011, 8011, N_12_NO_ZERO_PREFIX, NOT_IN_QUERY, "8010", "", None),
    row(8012, 8012, X_20, ATTRIBUTE, "01,03,8006", "", None),
    row(8013, 8013, X_25_CSUM_ALPHA_COMPANY, ATTRIBUTE, "", "", Some("")),
    row(8014, 8014, MUDI, NOT_IN_QUERY, "01", "", None),
    row(8017, 8017, N18_CSUM, ATTRIBUTE, "", "8018", Some("8019")),
    row(8018, 8018, N18_CSUM, ATTRIBUTE, "", "8017", Some("8019")),
    row(8019, 8019, N_10, NOT_IN_QUERY, "8017,8018", "", None),
    row(8020, 8020, X_25, NOT_IN_QUERY, "415", "", None),
    row(8026, 8026, ITIP, ATTRIBUTE, "37", "02,03,8006", None),
    row(8030, 8030, Z_90, ATTRIBUTE, "00,01+21,03+21,253,255,8003,8004,8006+21,8010+8011,8017,8018", "", None),
    row(8040, 8040, N15, NOT_IN_QUERY, "01+21", "", None),
    row(8041, 8041, N15, NOT_IN_QUERY, "01+21+8040", "", None),
    row(8042, 8042, N32, NOT_IN_QUERY, "01+21+8040", "", None),
    row(8043, 8043, N18_OPT_N_2, NOT_IN_QUERY, "01+21+8040", "", None),
    row(8110, 8110, X_70_COUPON, ATTRIBUTE, "", "", None),
    row(8111, 8111, N4, ATTRIBUTE, "255", "", None),
    row(8112, 8112, X_70_POSITIVE_OFFER, ATTRIBUTE, "", "", None),
    row(8200, 8200, X_70, NOT_IN_QUERY, "01", "", None),
];
