//! The profiles of the city pack.

use crate::ground::pack;
use device::profile::parse;

#[test]
fn every_profile_of_the_pack_is_read() {
    let files = pack();
    assert!(files.len() >= 7, "the folder of profiles is there");
    for (name, text) in files {
        let profile = parse(&name, &text).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(
            format!("{}.yaml", profile.profile),
            name,
            "a file bears the name of its profile"
        );
        assert!(!profile.title.vi.is_empty() && !profile.title.en.is_empty(), "{name}");
        assert!(
            profile.source.is_some(),
            "{name}: figures have a source, or say that they are assumed"
        );
        for binding in &profile.bindings {
            assert!(
                !binding.title.vi.is_empty() && !binding.title.en.is_empty(),
                "{name}: {}",
                binding.name
            );
        }
    }
}
