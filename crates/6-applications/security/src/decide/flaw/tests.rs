//! Versions, the life of a flaw and its signals, as tables.

use super::*;
use crate::model::flaw::{Ecosystem, Grade};

const TERMS: Terms = Terms {
    critical: 7,
    high: 30,
    medium: 90,
    low: 180,
};

fn part(version: &str) -> Component {
    Component {
        ecosystem: Ecosystem::Cargo,
        name: "tar".into(),
        version: version.into(),
    }
}

fn span(introduced: &str, fixed: &str, last: &str) -> Span {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Span {
        introduced: some(introduced),
        fixed: some(fixed),
        last: some(last),
    }
}

fn advisory(spans: Vec<Span>, versions: &[&str]) -> Advisory {
    Advisory {
        id: "RUSTSEC-2026-0001".into(),
        aliases: Vec::new(),
        summary: "x".into(),
        grade: Grade::Critical,
        withdrawn: false,
        affected: vec![Affected {
            ecosystem: Ecosystem::Cargo,
            name: "tar".into(),
            spans,
            versions: versions.iter().map(|version| (*version).to_owned()).collect(),
        }],
    }
}

/// Spans are half open; pre-releases come before their release; what cannot be compared has the flaw.
#[test]
fn versions_lie_in_their_spans() {
    let two = vec![span("1.0.0", "1.4.2", ""), span("2.0.0", "2.1.0", "")];
    for (spans, version, expected) in [
        (two.clone(), "0.9.9", false),
        (two.clone(), "1.0.0", true),
        (two.clone(), "1.4.1", true),
        (two.clone(), "1.4.2", false),
        (two.clone(), "1.4.2-rc.1", true),
        (two.clone(), "1.9.0", false),
        (two.clone(), "2.0.0-alpha", false),
        (two.clone(), "2.0.0+build.5", true),
        (two, "10.0.0", false),
        (vec![span("", "", "1.2.3")], "1.2.3", true),
        (vec![span("", "", "1.2.3")], "1.2.4", false),
        (vec![span("", "", "")], "99.0.0", true),
        (vec![span("1.0.0", "one", "")], "1.5.0", true),
        (vec![span("1.0.0", "2.0.0", "")], "not-a-version", true),
        (Vec::new(), "1.0.0", false),
    ] {
        assert_eq!(
            has(&advisory(spans.clone(), &[]).affected[0], &part(version)),
            expected,
            "{version} {spans:?}"
        );
    }
    assert!(has(&advisory(Vec::new(), &["1.0.0"]).affected[0], &part("1.0.0")));
    let other = Component {
        ecosystem: Ecosystem::Npm,
        ..part("1.0.0")
    };
    assert!(
        !has(&advisory(vec![span("", "", "")], &[]).affected[0], &other),
        "another tar"
    );
}

fn found(now: i64) -> Flaw {
    let advisory = advisory(vec![span("", "1.4.2", "")], &[]);
    let found = find(
        &[part("1.0.0")],
        [&advisory].into_iter(),
        &TERMS,
        Timestamp::from_seconds(now),
    );
    found.into_values().next().unwrap()
}

#[test]
fn a_flaw_is_due_by_its_grade_and_a_withdrawn_advisory_finds_none() {
    let flaw = found(0);
    assert_eq!(
        (flaw.due, &flaw.fixed_in),
        (Timestamp::from_seconds(7 * 86_400), &vec!["1.4.2".to_owned()])
    );
    let withdrawn = Advisory {
        withdrawn: true,
        ..advisory(vec![span("", "", "")], &[])
    };
    assert!(find(&[part("1.0.0")], [&withdrawn].into_iter(), &TERMS, Timestamp::EPOCH).is_empty());
}

/// What was gone and is back begins anew; what a person called mended opens only when a new list of parts still has it.
#[test]
fn what_comes_back_opens_again() {
    let (flaw, later) = (found(0), found(100));
    assert_eq!(
        again(&flaw, &later, true, &TERMS),
        None,
        "nothing new, and the first day stays"
    );
    let gone = gone(&flaw, Timestamp::from_seconds(50)).unwrap();
    assert_eq!(super::gone(&gone, Timestamp::from_seconds(60)), None);
    let back = again(&gone, &later, false, &TERMS).unwrap();
    assert_eq!((back.phase.code(), back.first), ("open", later.first));

    let person = ActorId::Anonymous;
    let note = "vá trong cấu hình".to_owned();
    let word = Word {
        state: Some(Said::Mended { note }),
        owner: None,
    };
    let mended = say(&flaw, word, &person, Timestamp::EPOCH).unwrap();
    assert_eq!(again(&mended, &later, false, &TERMS), None);
    assert_eq!(again(&mended, &later, true, &TERMS).unwrap().phase, Phase::Open);
}

/// The signal goes out once when a flaw is overdue, and ends with whatever ends that.
#[test]
fn an_overdue_flaw_speaks_once_and_falls_silent_when_it_is_accepted() {
    let mut flaw = found(0);
    let (early, late) = (Timestamp::from_seconds(1), Timestamp::from_seconds(8 * 86_400));
    assert_eq!(speak(&mut flaw, early), None);
    assert_eq!(speak(&mut flaw, late).unwrap().change, Change::Raised);
    assert_eq!(speak(&mut flaw, late), None);
    let until = late.plus(Duration::from_secs(60));
    let reason = "không dùng chức năng này".to_owned();
    let word = Word {
        state: Some(Said::Accepted { reason, until }),
        owner: OrgId::new("so-kh-cn").ok(),
    };
    let mut accepted = say(&flaw, word, &ActorId::Anonymous, late).unwrap();
    assert_eq!(speak(&mut accepted, late).unwrap().change, Change::Cleared);
    assert_eq!(lapse(&accepted, late), None);
    let mut open = lapse(&accepted, until).unwrap();
    assert_eq!(speak(&mut open, until).unwrap().change, Change::Raised);
    assert_eq!(open.owner.unwrap().as_str(), "so-kh-cn");
}

#[test]
fn acceptance_needs_a_reason_and_an_end() {
    let now = Timestamp::EPOCH;
    let accept = |reason: &str, until: Timestamp| {
        let reason = reason.to_owned();
        let word = Word {
            state: Some(Said::Accepted { reason, until }),
            owner: None,
        };
        say(&found(0), word, &ActorId::Anonymous, now)
    };
    assert!(accept("vì sao", Timestamp::from_seconds(1)).is_ok());
    assert!(
        accept("", Timestamp::from_seconds(1))
            .unwrap_err()
            .to_string()
            .starts_with("reason")
    );
    for until in [now, Timestamp::MAX] {
        assert!(accept("vì sao", until).unwrap_err().to_string().starts_with("until"));
    }
}
