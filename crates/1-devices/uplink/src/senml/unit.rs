//! SenML unit names (IANA registry "SenML Units") as UCUM codes.

/// Names that UCUM writes otherwise. All other registered names (`m`, `kg`, `Cel`, `Pa`, `lx`, `m3/s`, `mm/h`, `km/h`, ...)
/// are UCUM codes as they stand.
const DIFFERENT: &[(&str, &str)] = &[
    // RFC 8428 section 12.1
    ("l", "L"),
    ("l/s", "L/s"),
    ("lat", "deg"),
    ("lon", "deg"),
    ("pH", "[pH]"),
    ("dBW", "dB[W]"),
    ("Bspl", "B[SPL]"),
    ("count", "1"),
    ("/", "1"),
    ("%RH", "%"),
    ("%EL", "%"),
    ("EL", "s"),
    ("1/s", "/s"),
    ("1/min", "/min"),
    ("beat/min", "/min"),
    ("beats", "1"),
    // RFC 8798 section 2: additional primary units
    ("B", "By"),
    ("VA", "V.A"),
    ("VAs", "V.A.s"),
    ("var", "V.A{reactive}"),
    ("vars", "V.A.s{reactive}"),
    // RFC 8798 section 3: secondary units
    ("kVA", "kV.A"),
    ("kvar", "kV.A{reactive}"),
    ("Ah", "A.h"),
    ("Wh", "W.h"),
    ("kWh", "kW.h"),
    ("varh", "V.A.h{reactive}"),
    ("kvarh", "kV.A.h{reactive}"),
    ("kVAh", "kV.A.h"),
    ("Wh/km", "W.h/km"),
    ("KiB", "KiBy"),
    ("GB", "GBy"),
    ("B/s", "By/s"),
    ("MB/s", "MBy/s"),
    ("dBm", "dB[mW]"),
    ("ppm", "[ppm]"),
    ("/100", "%"),
    ("/1000", "[ppth]"),
];

/// The UCUM code of a SenML unit. What is not registered passes as it stands: it may be UCUM already, and the series'
/// contract decides.
pub(super) fn to_ucum(unit: &str) -> &str {
    DIFFERENT
        .iter()
        .find(|(senml, _)| *senml == unit)
        .map_or(unit, |(_, ucum)| ucum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registered_names_become_ucum() {
        for (senml, ucum) in [
            ("Cel", "Cel"),
            ("%RH", "%"),
            ("l/s", "L/s"),
            ("kWh", "kW.h"),
            ("/", "1"),
            ("mm", "mm"),
            ("ug/m3", "ug/m3"),
            ("B", "By"),
            ("mm/h", "mm/h"),
            ("parsec", "parsec"),
        ] {
            assert_eq!(to_ucum(senml), ucum);
        }
    }

    #[test]
    fn no_name_is_listed_twice() {
        let mut names: Vec<_> = DIFFERENT.iter().map(|(senml, _)| senml).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), DIFFERENT.len());
    }
}
