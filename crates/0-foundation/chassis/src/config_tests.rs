//! Wrong configurations and what is said to them.

use super::*;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
struct Settings {
    http: Http,
}

#[derive(Debug, Deserialize)]
struct Http {
    address: String,
    max_body_mb: u64,
}

const DEFAULTS: &str = "[http]\n# where to listen\naddress = \"127.0.0.1:8080\"\nmax_body_mb = 10\n";

fn load_with(file: &str, variable: Option<(&str, &str)>) -> Result<Loaded<Settings>, ConfigError> {
    let environment = |name: &str| {
        variable
            .filter(|(known, _)| *known == name)
            .map(|(_, value)| value.to_owned())
    };
    load(DEFAULTS, Some(("site.toml", file)), &environment)
}

#[test]
fn the_last_word_wins_and_its_source_is_known() {
    let loaded = load_with("[http]\nmax_body_mb = 3", Some(("HANOI_IOC_HTTP_ADDRESS", "[::1]:9"))).unwrap();
    assert_eq!(
        (loaded.settings.http.address.as_str(), loaded.settings.http.max_body_mb),
        ("[::1]:9", 3)
    );
    assert_eq!(
        loaded.effective["http.max_body_mb"].1,
        Source::File("site.toml:2".into())
    );
    assert_eq!(
        loaded.effective["http.address"].1,
        Source::Environment("HANOI_IOC_HTTP_ADDRESS".into())
    );
}

#[test]
fn mistakes_name_place_and_remedy() {
    for (file, place, says) in [
        ("[http]\nadress = \"x\"", "site.toml:2", "did you mean http.address"),
        ("[htp]\naddress = \"x\"", "site.toml:1", "no section 'htp'"),
        (
            "[http]\nmax_body_mb = \"ten\"",
            "site.toml:2",
            "write a integer such as 10",
        ),
        ("[http\n", "site.toml:1", ""),
    ] {
        let error = load_with(file, None).unwrap_err();
        assert_eq!(error.place, place, "{file}");
        assert!(error.what.contains(says), "{file}: {}", error.what);
    }
    let error = load_with("", Some(("HANOI_IOC_HTTP_MAX_BODY_MB", "many"))).unwrap_err();
    assert_eq!(error.place, "HANOI_IOC_HTTP_MAX_BODY_MB");
}

#[derive(Debug, Deserialize)]
struct Lists {
    doors: Vec<Door>,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
struct Door {
    name: String,
    ports: Vec<u16>,
}

#[test]
fn a_list_of_tables_is_written_in_either_way() {
    let defaults = "# which doors there are\ndoors = []\n[http]\naddress = \"\"\n";
    let short = "doors = [{ name = \"a\", ports = [1, 2] }, { name = \"b\", ports = [] }]";
    let long =
        "[http]\naddress = \"x\"\n[[doors]]\nname = \"a\"\nports = [1, 2]\n[[doors]]\nname = \"b\"\nports = []\n";
    let door = |name: &str, ports: &[u16]| Door {
        name: name.to_owned(),
        ports: ports.to_vec(),
    };
    for text in [short, long] {
        let loaded: Loaded<Lists> = load(defaults, Some(("site.toml", text)), &|_| None).unwrap();
        assert_eq!(loaded.settings.doors, [door("a", &[1, 2]), door("b", &[])], "{text}");
    }
}
