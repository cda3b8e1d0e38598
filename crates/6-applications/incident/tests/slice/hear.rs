//! What news of alerts does, as stories.

use crate::script::{World, play};
use incident::decide::{MAX_LINKED, MAX_OWN_LINES};
use incident::model::timeline::Act;
use kernel::severity::Severity;

#[test]
fn stories_of_alerts() {
    for (story, told, end) in [
        // below the limit nothing opens
        ("0 a+3", "-", ""),
        ("0 a+4", "opened", "open/4/1/1"),
        ("0 a+5", "opened", "open/5/1/1"),
        // growing over the limit opens
        ("0 a+3; 5 a^4", "-; opened", "open/4/1/1"),
        ("0 a+2; 5 a^3", "-; -", ""),
        // a reopened alert counts like a new one
        ("0 a+3; 5 a-; 9 a+4", "-; -; opened", "open/4/1/1"),
        // what belongs together joins, whatever its severity
        ("0 a+4; 5 b+1", "opened; linked", "open/4/2/2"),
        ("0 a+4; 5 b+5", "opened; linked severity_set", "open/5/2/2"),
        ("0 a+4; 5 e+4", "opened; linked", "open/4/2/2"),
        ("0 a+4; 5 c+4", "opened; opened", "open/4/1/1 open/4/1/1"),
        ("0 a+4; 5 d+4", "opened; opened", "open/4/1/1 open/4/1/1"),
        ("0 open; 5 b+1", "opened; linked", "open/2/1/1"),
        ("0 open; 5 b+3", "opened; linked severity_set", "open/3/1/1"),
        // a linked one that becomes graver takes the incident with it
        ("0 a+4; 5 a^5", "opened; severity_set", "open/5/1/1"),
        ("0 a+4; 5 b+1; 9 b^3", "opened; linked; -", "open/4/2/2"),
        // a person's judgement stands until something graver than all before
        ("0 a+4; 5 lower; 9 b+4", "opened; severity_set; linked", "open/1/2/2"),
        (
            "0 a+4; 5 lower; 9 b+5",
            "opened; severity_set; linked severity_set",
            "open/5/2/2",
        ),
        (
            "0 a+4; 5 lower; 9 a-; 12 a+4",
            "opened; severity_set; noted; noted",
            "open/1/1/1",
        ),
        // all over: a note and nothing else
        ("0 a+4; 5 a-", "opened; noted", "open/4/1/0"),
        ("0 a+4; 5 b+1; 9 a-", "opened; linked; -", "open/4/2/1"),
        ("0 a+4; 5 b+1; 9 a-; 12 b-", "opened; linked; -; noted", "open/4/2/0"),
        ("0 a+4; 5 a-; 9 a+2", "opened; noted; noted", "open/4/1/1"),
        ("0 a+4; 5 a-; 9 b+2", "opened; noted; linked", "open/4/2/1"),
        ("0 a+4; 5 start; 9 a-", "opened; started; noted", "in_progress/4/1/0"),
        // closed: no words about what goes on, but a new beginning opens anew
        ("0 a+4; 5 close; 9 a-", "opened; closed; -", "closed/4/1/0"),
        (
            "0 a+4; 5 close; 9 a-; 12 a+4",
            "opened; closed; -; opened",
            "closed/4/1/1 open/4/1/1",
        ),
        ("0 a+4; 5 close; 9 a-; 12 a+3", "opened; closed; -; -", "closed/4/1/1"),
        (
            "0 a+4; 5 close; 9 b+4",
            "opened; closed; opened",
            "closed/4/1/1 open/4/1/1",
        ),
        // and so does what becomes graver than what was judged
        (
            "0 a+4; 5 close; 9 a^5",
            "opened; closed; opened",
            "closed/4/1/1 open/5/1/1",
        ),
        (
            "0 open; 1 a+3; 5 close; 9 a^4",
            "opened; linked severity_set; closed; opened",
            "closed/3/1/1 open/4/1/1",
        ),
        // reopened: it knows what happened meanwhile
        (
            "0 a+4; 5 close; 9 a-; 12 reopen",
            "opened; closed; -; reopened",
            "open/4/1/0",
        ),
        (
            "0 a+4; 5 close; 9 reopen; 12 a-",
            "opened; closed; reopened; noted",
            "open/4/1/0",
        ),
        // linked by hand: what the person saw is not told again
        ("0 a+4; 1 d+2; 5 link d; 9 d-", "opened; -; linked; -", "open/4/2/1"),
        (
            "0 a+4; 1 d+5; 2 #2 close; 5 #1 link d",
            "opened; opened; closed; linked severity_set",
            "open/5/2/2 closed/5/1/1",
        ),
    ] {
        let (_, kinds, shape) = play(story);
        assert_eq!((kinds.as_str(), shape.as_str()), (told, end), "{story}");
    }
}

#[test]
fn without_a_limit_nothing_opens_by_itself_but_alerts_still_join() {
    let mut world = World::default();
    world.settings.opens_at = None;
    assert!(world.step("0 a+5").is_empty());
    world.step("1 open");
    assert_eq!(world.step("2 b+1"), ["incident.linked.v1"]);
}

#[test]
fn what_a_person_linked_after_the_fact_is_not_heard_twice() {
    let mut world = World::default();
    world.step("0 open");
    // d is raised and cleared; the consumer is late and the person links it as it is now
    let raised = world.news("d", "+", 4, 1).unwrap();
    let cleared = world.news("d", "-", 0, 2).unwrap();
    world.step("3 link d");
    assert_eq!(world.shape(), "open/4/1/0");
    assert_eq!(world.take(&[raised, cleared]), Vec::<String>::new());
    assert_eq!(
        world.shape(),
        "open/4/1/0",
        "neither a second incident nor a second word"
    );
}

#[test]
fn a_full_incident_counts_what_it_cannot_follow() {
    let mut world = World::default();
    let names: Vec<String> = (0..MAX_LINKED + 5).map(|number| format!("n{number}")).collect();
    let heard: Vec<_> = names.iter().map(|name| world.news(name, "+", 4, 1).unwrap()).collect();
    world.take(&heard);
    assert_eq!(world.incidents.len(), 1, "the same kind in the same commune");
    let incident = &world.incidents[0].incident;
    assert_eq!((incident.linked.len(), incident.unlinked), (MAX_LINKED, 5));
    assert_eq!(incident.timeline.len(), MAX_OWN_LINES, "{}", incident.timeline.len());
    assert_eq!(incident.unlisted as usize, MAX_LINKED - MAX_OWN_LINES);
    assert_eq!(
        world.told.len(),
        MAX_LINKED,
        "every link is told, also when the timeline is full"
    );
    // all of it once more: nothing
    let before = world.incidents.clone();
    assert_eq!(world.take(&heard), Vec::<String>::new());
    assert_eq!(world.incidents, before);
    // a person still has room
    assert_eq!(world.step("9 note"), ["incident.noted.v1"]);
}

#[test]
fn each_line_says_how_the_alert_came() {
    let (world, ..) = play("0 a+4; 5 b+5; 9 e+2; 12 d+1; 15 link d; 20 a-; 21 b-; 22 e-; 23 d-");
    let acts: Vec<_> = world.incidents[0]
        .incident
        .timeline
        .iter()
        .map(|line| &line.act)
        .collect();
    let why = |act: &Act| match act {
        Act::Linked { why, .. } => format!("{why:?}"),
        Act::SeveritySet { from, to, text: None } => format!("{}-{}", from.level(), to.level()),
        Act::Opened {
            severity, alerts: 1, ..
        } => format!("opened {}", severity.level()),
        Act::AlertsOver => "over".to_owned(),
        other => format!("{other:?}"),
    };
    let all: Vec<_> = acts.into_iter().map(why).collect();
    assert_eq!(
        all,
        ["opened 4", "SameKindNearby", "4-5", "SameGroup", "ByHand", "over"]
    );
    assert_eq!(world.incidents[0].incident.worst, Severity::FIVE);
}
