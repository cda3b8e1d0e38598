//! The mission as lints: devices and applications keep no raw observations, and personal data has five homes.

use crate::repo::Source;
use crate::tidy::finding::Finding;
use crate::tidy::globs::{is_test, production};

/// Floors that may not hold the series log: "IOC không được lưu trữ dữ liệu gốc".
const NO_RAW: [&str; 3] = ["crates/1-devices/", "crates/2-management/", "crates/6-applications/"];
/// How the series log would be reached.
const LOG: [&str; 3] = ["ports::log::", "ports::{log", "dyn Log>"];
/// The crates that may hold personal fields.
const HOMES: [&str; 5] = [
    "0-foundation/access/",
    "0-foundation/personal/",
    "4-lakehouse/master/",
    "6-applications/feedback/",
    "6-applications/party/",
];
/// Names of personal fields.
const PERSONAL: [&str; 8] = [
    "citizen_id",
    "national_id",
    "id_card",
    "phone_number",
    "date_of_birth",
    "birth_date",
    "home_address",
    "health_record",
];

/// Checks one Rust file of the crates.
pub(crate) fn check(source: &Source) -> Vec<Finding> {
    let path = source.path.as_str();
    if !path.starts_with("crates/") || !path.ends_with(".rs") || is_test(path) {
        return Vec::new();
    }
    let raw = NO_RAW.iter().any(|floor| path.starts_with(floor));
    let home = HOMES.iter().any(|home| path.contains(home));
    let mut findings = Vec::new();
    for (at, line) in production(&source.text) {
        let code = line.split("//").next().unwrap_or_default();
        if raw && LOG.iter().any(|word| code.contains(word)) {
            let fix = "ask `observation` or `history` through their API; only floors 3 and 4 store observations";
            findings.push(Finding::new(
                path,
                at,
                "the series log on a floor that keeps no observations",
                fix,
            ));
        }
        let words = code.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
        if let Some(word) = words.filter(|_| !home).find(|word| PERSONAL.contains(word)) {
            let fix =
                "carry the person's id; personal fields live in access, personal, master, feedback and party only";
            findings.push(Finding::new(path, at, format!("the personal field {word}"), fix));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::repo::Source;

    fn found(path: &str, text: &str) -> usize {
        check(&Source {
            path: path.into(),
            text: text.into(),
        })
        .len()
    }

    #[test]
    fn raw_observations_on_the_wrong_floor_are_found() {
        let line = "use ports::log::Log;";
        assert_eq!(found("crates/6-applications/alert/src/store.rs", line), 1);
        assert_eq!(found("crates/2-management/device/src/store.rs", line), 1);
        assert_eq!(found("crates/3-integration/observation/src/store.rs", line), 0);
    }

    #[test]
    fn personal_fields_outside_their_homes_are_found() {
        let line = "    pub phone_number: String,";
        assert_eq!(found("crates/6-applications/alert/src/model.rs", line), 1);
        assert_eq!(found("crates/0-foundation/access/src/model.rs", line), 0);
    }
}
