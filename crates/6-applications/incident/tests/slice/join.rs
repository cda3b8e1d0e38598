//! Which alert joins which incident, as a table.

use crate::script::{play, seen};
use incident::decide::join::{choose, fits, places};
use incident::model::timeline::Joined;

#[test]
fn an_alert_joins_by_group_or_by_kind_and_commune() {
    use Joined::{SameGroup, SameKindNearby};
    for (story, alert, expected) in [
        ("0 a+4", "a", Some(SameGroup)),
        ("0 a+4", "b", Some(SameKindNearby)),
        // another ward, another kind
        ("0 a+4", "c", None),
        ("0 a+4", "d", None),
        // another ward, but the same group
        ("0 a+4", "e", Some(SameGroup)),
        // one of several communes is enough
        ("0 a+4", "f", Some(SameKindNearby)),
        ("0 c+4", "f", Some(SameKindNearby)),
        // the whole city is no commune
        ("0 a+4", "w", None),
        ("0 w+4", "b", None),
        ("0 w+4", "w", Some(SameGroup)),
        ("0 x+4", "w", None),
        ("0 x+4", "x", Some(SameGroup)),
        // opened by hand, by its kind and place
        ("0 open", "b", Some(SameKindNearby)),
        ("0 open", "c", None),
        // what has joined brings its areas and its group
        ("0 a+4; 1 f+2", "c", Some(SameKindNearby)),
        ("0 a+4; 1 f+2", "f", Some(SameGroup)),
        // work goes on
        ("0 a+4; 1 start", "b", Some(SameKindNearby)),
        // nothing joins what is closed
        ("0 a+4; 1 close", "a", None),
        ("0 a+4; 1 close; 2 reopen", "b", Some(SameKindNearby)),
    ] {
        let (world, ..) = play(story);
        let found = fits(&world.incidents[0].incident, &seen(alert, 3, false, 1));
        assert_eq!(found, expected, "{story}; {alert}");
    }
}

#[test]
fn the_group_counts_before_the_ward_and_the_old_before_the_new() {
    // c opens the second incident in its ward; a and e share a group
    for (story, alert, expected) in [
        ("0 a+4; 10 c+4", "e", Some((0, Joined::SameGroup))),
        ("0 c+4; 10 a+4", "e", Some((1, Joined::SameGroup))),
        ("0 a+4; 10 c+4", "f", Some((0, Joined::SameKindNearby))),
        ("0 c+4; 10 a+4", "f", Some((0, Joined::SameKindNearby))),
        ("0 c+4; 10 a+4; 20 #1 close", "f", Some((1, Joined::SameKindNearby))),
        ("0 d+4", "a", None),
    ] {
        let (world, ..) = play(story);
        let all = world.incidents.iter().map(|stored| &stored.incident).enumerate();
        assert_eq!(choose(all, &seen(alert, 3, false, 1)), expected, "{story}; {alert}");
    }
}

#[test]
fn only_communes_are_places() {
    let areas = seen("f", 3, false, 1).areas;
    let all: Vec<_> = places("flood_depth", &areas).collect();
    assert_eq!(all, ["flood_depth/00118", "flood_depth/00070"]);
    assert_eq!(places("flood_depth", &seen("x", 3, false, 1).areas).count(), 0);
}
