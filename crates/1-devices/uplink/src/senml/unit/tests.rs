//! The registries of RFC 8428 and RFC 8798 against the names here and against the conversions of the kernel.

use super::*;
use kernel::unit::conversion;

/// RFC 8428 section 12.1 and RFC 8798 section 2, in the order of the registry, with the UCUM code that each becomes.
const PRIMARY: [(&str, &str); 66] = [
    ("m", "m"),
    ("kg", "kg"),
    ("g", "g"),
    ("s", "s"),
    ("A", "A"),
    ("K", "K"),
    ("cd", "cd"),
    ("mol", "mol"),
    ("Hz", "Hz"),
    ("rad", "rad"),
    ("sr", "sr"),
    ("N", "N"),
    ("Pa", "Pa"),
    ("J", "J"),
    ("W", "W"),
    ("C", "C"),
    ("V", "V"),
    ("F", "F"),
    ("Ohm", "Ohm"),
    ("S", "S"),
    ("Wb", "Wb"),
    ("T", "T"),
    ("H", "H"),
    ("Cel", "Cel"),
    ("lm", "lm"),
    ("lx", "lx"),
    ("Bq", "Bq"),
    ("Gy", "Gy"),
    ("Sv", "Sv"),
    ("kat", "kat"),
    ("m2", "m2"),
    ("m3", "m3"),
    ("l", "L"),
    ("m/s", "m/s"),
    ("m/s2", "m/s2"),
    ("m3/s", "m3/s"),
    ("l/s", "L/s"),
    ("W/m2", "W/m2"),
    ("cd/m2", "cd/m2"),
    ("bit", "bit"),
    ("bit/s", "bit/s"),
    ("lat", "deg"),
    ("lon", "deg"),
    ("pH", "[pH]"),
    ("dB", "dB"),
    ("dBW", "dB[W]"),
    ("Bspl", "B[SPL]"),
    ("count", "1"),
    ("/", "1"),
    ("%", "1"),
    ("%RH", "%"),
    ("%EL", "%"),
    ("EL", "s"),
    ("1/s", "/s"),
    ("1/min", "/min"),
    ("beat/min", "/min"),
    ("beats", "1"),
    ("S/m", "S/m"),
    ("B", "By"),
    ("VA", "V.A"),
    ("VAs", "V.A.s"),
    ("var", "V.A{reactive}"),
    ("vars", "V.A.s{reactive}"),
    ("J/m", "J/m"),
    ("kg/m3", "kg/m3"),
    ("deg", "deg"),
];

/// RFC 8798 section 3, table 2: secondary unit, SenML unit, scale, offset.
const SECONDARY: [(&str, &str, f64, f64); 33] = [
    ("ms", "s", 1.0 / 1000.0, 0.0),
    ("min", "s", 60.0, 0.0),
    ("h", "s", 3600.0, 0.0),
    ("MHz", "Hz", 1e6, 0.0),
    ("kW", "W", 1000.0, 0.0),
    ("kVA", "VA", 1000.0, 0.0),
    ("kvar", "var", 1000.0, 0.0),
    ("Ah", "C", 3600.0, 0.0),
    ("Wh", "J", 3600.0, 0.0),
    ("kWh", "J", 3_600_000.0, 0.0),
    ("varh", "vars", 3600.0, 0.0),
    ("kvarh", "vars", 3_600_000.0, 0.0),
    ("kVAh", "VAs", 3_600_000.0, 0.0),
    ("Wh/km", "J/m", 3.6, 0.0),
    ("KiB", "B", 1024.0, 0.0),
    ("GB", "B", 1e9, 0.0),
    ("Mbit/s", "bit/s", 1e6, 0.0),
    ("B/s", "bit/s", 8.0, 0.0),
    ("MB/s", "bit/s", 8e6, 0.0),
    ("mV", "V", 1.0 / 1000.0, 0.0),
    ("mA", "A", 1.0 / 1000.0, 0.0),
    ("dBm", "dBW", 1.0, -30.0),
    ("ug/m3", "kg/m3", 1e-9, 0.0),
    ("mm/h", "m/s", 1.0 / 3_600_000.0, 0.0),
    ("m/h", "m/s", 1.0 / 3600.0, 0.0),
    ("ppm", "/", 1e-6, 0.0),
    ("/100", "/", 1.0 / 100.0, 0.0),
    ("/1000", "/", 1.0 / 1000.0, 0.0),
    ("hPa", "Pa", 100.0, 0.0),
    ("mm", "m", 1.0 / 1000.0, 0.0),
    ("cm", "m", 1.0 / 100.0, 0.0),
    ("km", "m", 1000.0, 0.0),
    ("km/h", "m/s", 1.0 / 3.6, 0.0),
];

#[test]
fn every_primary_unit_of_rfc_8428_and_rfc_8798_has_its_ucum_code() {
    for (senml, ucum) in PRIMARY {
        assert_eq!(to_ucum(senml), ucum, "{senml}");
    }
    assert_eq!(to_ucum("parsec"), "parsec", "what is not registered passes");
}

#[test]
fn every_secondary_unit_of_rfc_8798_has_its_scale_and_offset() {
    for (secondary, primary, scale, offset) in SECONDARY {
        let found = conversion(to_ucum(secondary), to_ucum(primary)).expect(secondary);
        let off = (found.factor / scale - 1.0).abs();
        assert!(off < 1e-15, "{secondary}: {} is not {scale}", found.factor);
        assert_eq!(found.offset, offset, "{secondary}");
    }
    // the two examples of section 3
    let apply = |from, to, value| conversion(to_ucum(from), to_ucum(to)).map(|found| found.apply(value));
    assert_eq!(apply("ms", "s", 100.0), Some(0.1));
    assert_eq!(apply("dBm", "dBW", 10.0), Some(-20.0));
}

/// RFC 8428 section 12.1: units with an asterisk SHOULD be understood where the one closer to SI can be used.
#[test]
fn every_unit_with_an_asterisk_turns_into_the_one_closer_to_si() {
    for (starred, preferred, factor) in [
        ("g", "kg", 1e-3),
        ("l", "m3", 1e-3),
        ("l/s", "m3/s", 1e-3),
        ("%", "/", 1.0),
        ("1/min", "1/s", 1.0 / 60.0),
        ("beat/min", "1/s", 1.0 / 60.0),
        ("beats", "count", 1.0),
        ("deg", "rad", std::f64::consts::PI / 180.0),
    ] {
        let found = conversion(to_ucum(starred), to_ucum(preferred)).expect(starred);
        assert!((found.factor / factor - 1.0).abs() < 1e-15, "{starred}");
    }
}

#[test]
fn the_unit_of_a_sum_is_that_of_the_value_times_seconds() {
    for (unit, sum) in [("W", "W.s"), ("", ""), ("1", "s"), ("/s", "1"), ("m3/h", "m3/h.s")] {
        assert_eq!(times_second(unit), sum);
    }
    assert_eq!(conversion("W.s", "J").map(|found| found.factor), Some(1.0));
    assert_eq!(conversion("kW.h", "W.s").map(|found| found.apply(0.5)), Some(1.8e6));
}

#[test]
fn no_name_is_listed_twice() {
    let mut names: Vec<_> = DIFFERENT.iter().map(|(senml, _)| senml).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), DIFFERENT.len());
}
