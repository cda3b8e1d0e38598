//! `hanoi-ioc check --security`: which settings an operator has to decide before operation, and how they stand.
//!
//! Numbers of clauses are those of TCVN 14423:2026 as docs/security.md has them: from a secondary source, so **assumed**.

use crate::settings::{Settings, parse_address};
use anyhow::{Result, bail};
use ipnet::IpNet;
use kernel::classification::Classification;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// One thing that has to be decided.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Point {
    /// Level 3 / level 4.
    clause: &'static str,
    /// What is asked for.
    what: &'static str,
    /// How it stands.
    now: String,
    good: bool,
    /// What to do.
    remedy: &'static str,
}

/// Prints every point; fails when any is open, so that it can be a gate before operation.
pub(super) fn run(settings: &Settings) -> Result<()> {
    let points = points(settings)?;
    for point in &points {
        let mark = if point.good { "ok  " } else { "OPEN" };
        println!("{mark}  {:<15} {}: {}", point.clause, point.what, point.now);
        if !point.good {
            println!("      -> {}", point.remedy);
        }
    }
    let open = points.iter().filter(|point| !point.good).count();
    println!(
        "{} of {} points hold; what no setting says stands in docs/operate.md",
        points.len() - open,
        points.len()
    );
    if open > 0 {
        bail!("{open} point(s) open; decide each before operation (clauses are assumed, the official text decides)");
    }
    Ok(())
}

fn points(settings: &Settings) -> Result<Vec<Point>> {
    let (session, http, mqtt, audit) = (&settings.session, &settings.http, &settings.mqtt, &settings.audit);
    let point = |clause, what, now: String, good, remedy| Point {
        clause,
        what,
        now,
        good,
        remedy,
    };
    let empty = |path: &Path| path.as_os_str().is_empty();
    let shown = |text: &str| {
        if text.is_empty() {
            "none".to_owned()
        } else {
            text.to_owned()
        }
    };
    let beyond = |key, text: &str| -> Result<bool> {
        Ok(parse_address(key, text)?.is_some_and(|address| !address.ip().is_loopback()))
    };
    let plain = [&http.address, &mqtt.address, &mqtt.web_address];
    let plain: Vec<&str> = plain
        .into_iter()
        .filter(|text| !text.is_empty())
        .map(String::as_str)
        .collect();
    let tls = beyond("http.tls_address", &http.tls_address)?;
    let terms = [audit.keep_read_days, audit.keep_change_days, audit.keep_security_days];
    let shortest = terms.into_iter().min().unwrap_or_default();
    let named = |net: &IpNet| net.addr().is_loopback() || net.prefix_len() >= 16;
    let watched = http.watchers()?.iter().all(named);
    let dir = &settings.instance.data_dir;
    let mode = std::fs::metadata(dir)
        .map(|found| found.permissions().mode() & 0o777)
        .ok();
    let (mode, closed) = match mode {
        Some(mode) => (format!("{mode:03o}"), mode & 0o077 == 0),
        None => ("not there yet".to_owned(), true),
    };
    Ok(vec![
        point(
            "5.6 / 6.6.2",
            "a second factor of those who keep the house",
            format!("session.second_factor = {}", session.second_factor),
            session.second_factor,
            "let each enrol one in the console, then set session.second_factor = true",
        ),
        point(
            "5.5 / 6.5.2.2",
            "a session ends when nobody uses it for 15 minutes",
            format!("session.idle_min = {}", session.idle_min),
            session.idle_min <= 15,
            "set session.idle_min = 15 or less",
        ),
        point(
            "5.4.2.4 / 6.4.2.4",
            "no door without encryption",
            shown(&plain.join(", ")),
            plain.is_empty() || (http.behind_proxy && plain.len() == 1 && !http.address.is_empty()),
            "set http.address, mqtt.address and mqtt.web_address to \"\"; or http.behind_proxy = true when a proxy ends TLS",
        ),
        point(
            "5.12 / 6.12.2.3",
            "people and devices come in over TLS, under a name",
            format!(
                "http.tls_address = {}, http.tls_names = {:?}",
                shown(&http.tls_address),
                http.tls_names
            ),
            http.behind_proxy || (tls && !http.tls_names.is_empty()),
            "set http.tls_address to an address of this machine and http.tls_names to what people type",
        ),
        point(
            "- / 6.8.2.3",
            "checkpoints of the trail outside of this machine",
            shown(&audit.checkpoint_mirror.display().to_string()),
            !empty(&audit.checkpoint_mirror),
            "set audit.checkpoint_mirror to a folder that the administrator of this machine cannot write",
        ),
        point(
            "5.8.2.1 / 6.8.2.1",
            "the security centre gets the trail",
            shown(&settings.siem.address),
            !settings.siem.address.is_empty(),
            "set siem.address, siem.server_name and siem.ca",
        ),
        point(
            "5.8.2.1 / 6.8.2.1",
            "the trail is kept for 12 months",
            format!("{shortest} days at least"),
            shortest >= 365,
            "set audit.keep_read_days, keep_change_days and keep_security_days to 365 or more",
        ),
        point(
            "5.13 / 6.13",
            "figures of the program are for this machine only, or for named watchers",
            format!("http.metrics_from = {:?}", http.metrics_from),
            watched,
            "name the watchers in http.metrics_from by narrow networks",
        ),
        point(
            "5.4.2.1 / 6.4.2.1",
            "no state secrets on a machine that is connected",
            format!(
                "instance.max_classification = {}",
                word(settings.instance.max_classification)
            ),
            settings.instance.max_classification <= Classification::Restricted,
            "set instance.max_classification = \"restricted\", or run this instance on a host that is apart",
        ),
        point(
            "5.4.2.4 / 6.4.2.4",
            "the data directory is closed to other users of the machine",
            format!("{} has mode {mode}", dir.display()),
            closed,
            "chmod 700 the directory, and run the service with UMask=0077",
        ),
    ])
}

fn word(class: Classification) -> String {
    let text = serde_json::to_string(&class).unwrap_or_default();
    text.trim_matches('"').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(text: &str) -> Vec<&'static str> {
        let loaded = chassis::config::load::<Settings>(crate::settings::DEFAULTS, Some(("site.toml", text)), &|_| None);
        let mut settings = loaded.unwrap().settings;
        settings.instance.data_dir = "nowhere".into();
        let points = points(&settings).unwrap();
        points
            .iter()
            .filter(|point| !point.good)
            .map(|point| point.what)
            .collect()
    }

    const HARD: &str = "[session]\nsecond_factor = true\nidle_min = 15\n[http]\naddress = \"\"\ntls_address = \"10.0.0.5:8443\"\n\
        tls_names = [\"ioc.example.vn\"]\n[mqtt]\naddress = \"\"\n[audit]\ncheckpoint_mirror = \"/mnt/mirror\"\n\
        [siem]\naddress = \"10.0.0.9:6514\"\nca = \"ca.pem\"\n";

    #[test]
    fn the_defaults_are_for_looking_around_and_a_hardened_file_leaves_nothing_open() {
        assert_eq!(open(HARD), Vec::<&str>::new());
        let watched = HARD.replacen("[http]", "[http]\nmetrics_from = [\"127.0.0.0/8\", \"10.1.2.0/24\"]", 1);
        assert_eq!(open(&watched), Vec::<&str>::new(), "this machine and a narrow network");
        let left = open("");
        assert!(
            left.len() >= 5 && left.contains(&"a second factor of those who keep the house"),
            "{left:?}"
        );
    }

    #[test]
    fn each_setting_opens_its_own_point() {
        for (from, to, opens) in [
            (
                "second_factor = true",
                "second_factor = false",
                "a second factor of those who keep the house",
            ),
            (
                "idle_min = 15",
                "idle_min = 16",
                "a session ends when nobody uses it for 15 minutes",
            ),
            (
                "[http]\naddress = \"\"",
                "[http]\naddress = \"127.0.0.1:1\"",
                "no door without encryption",
            ),
            (
                "10.0.0.5:8443",
                "127.0.0.1:8443",
                "people and devices come in over TLS, under a name",
            ),
            (
                "checkpoint_mirror = \"/mnt/mirror\"",
                "keep_read_days = 365",
                "checkpoints of the trail outside of this machine",
            ),
            (
                "[siem]\naddress = \"10.0.0.9:6514\"",
                "[siem]\naddress = \"\"",
                "the security centre gets the trail",
            ),
            (
                "[audit]",
                "[audit]\nkeep_security_days = 90",
                "the trail is kept for 12 months",
            ),
            (
                "[http]",
                "[http]\nmetrics_from = [\"0.0.0.0/0\"]",
                "figures of the program are for this machine only, or for named watchers",
            ),
            (
                "[session]",
                "[instance]\nmax_classification = \"secret\"\n[session]",
                "no state secrets on a machine that is connected",
            ),
        ] {
            assert!(HARD.contains(from), "{from}");
            assert_eq!(open(&HARD.replacen(from, to, 1)), [opens], "{to}");
        }
    }

    #[test]
    fn a_directory_that_others_may_read_is_open() {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = chassis::config::load::<Settings>(crate::settings::DEFAULTS, Some(("a", HARD)), &|_| None)
            .unwrap()
            .settings;
        settings.instance.data_dir = folder.path().to_owned();
        for (mode, good) in [(0o700, true), (0o750, false), (0o701, false)] {
            std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(
                points(&settings).unwrap().iter().all(|point| point.good),
                good,
                "{mode:o}"
            );
        }
    }
}
