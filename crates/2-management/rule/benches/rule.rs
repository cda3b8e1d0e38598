//! Rows per second through eight rules on 20,000 series: nothing happens, something happens, and a tick.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    reason = "a bench that cannot set itself up may stop"
)]

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use kernel::batch::Batch;
use kernel::classification::Classification;
use kernel::id::{DeviceId, OrgId, ProfileId};
use kernel::quality::Quality;
use kernel::series::{Contract, SeriesId, SeriesInfo};
use kernel::text::LangText;
use kernel::time::Timestamp;
use kernel::unit::Unit;
use kernel::value::ValueKind;
use rule::evaluate::Evaluator;
use std::hint::black_box;

const SERIES: u32 = 20_000;
const ROWS: u32 = 20_000;
/// A batch every 20 ms is a million rows a second, fifty from each series.
const STEP_MS: i64 = 20;

/// Eight attributes, a rule about values for seven of them (one with a window), and one about silence for all.
const ATTRIBUTES: [(&str, &str, &str); 8] = [
    (
        "waterDepth",
        "m",
        "when: [{severity: 4, above: 50}, {severity: 3, above: 30}]\nfor: PT2M\nhysteresis: 5",
    ),
    ("waterLevel", "m", "when: [{severity: 4, at_least: 50}]\nhysteresis: 1"),
    (
        "precipitationRate",
        "mm/h",
        "when: [{severity: 4, above: 50}]\nwindow: {function: mean, length: PT10M}",
    ),
    ("pm25", "ug/m3", "when: [{severity: 2, above: 45}]"),
    (
        "averageVehicleSpeed",
        "km/h",
        "when: [{severity: 2, below: -5}]\nfor: PT5M",
    ),
    ("lampCurrent", "A", "when: [{severity: 2, below: -5}]"),
    (
        "voltage",
        "V",
        "when: [{severity: 3, above: 50}, {severity: 3, below: -50}]",
    ),
    ("batteryLevel", "%", ""),
];

fn rule(name: &str, body: &str) -> rule::model::Rule {
    let text = format!(
        "rule: {name}\nversion: 1\ntitle: {{vi: x}}\ncode: x\nassumed: true\n{body}\n\
         tests: [{{name: n, interval: PT1M, steps: [{{at: PT0S}}]}}]\n"
    );
    rule::parse::parse(name, &text).unwrap()
}

fn evaluator() -> Evaluator {
    let mut rules = vec![rule("silent", "no_data: {severity: 2, factor: 3}")];
    for (attribute, unit, body) in ATTRIBUTES.iter().filter(|(_, _, body)| !body.is_empty()) {
        rules.push(rule(
            attribute,
            &format!("select: {{attribute: {attribute}}}\nunit: {unit}\n{body}"),
        ));
    }
    let mut evaluator = Evaluator::new(rules).unwrap();
    for id in 0..SERIES {
        let (attribute, unit, _) = ATTRIBUTES[id as usize % ATTRIBUTES.len()];
        let info = SeriesInfo {
            id: SeriesId(id),
            entity: format!("urn:ngsi-ld:Device:hanoi:d{id}").into(),
            attribute: attribute.into(),
            device: DeviceId::new(&format!("d{id}")).unwrap(),
            name: attribute.into(),
            unit: Unit::new(unit),
            kind: ValueKind::Number,
            contract: Contract {
                interval_s: Some(60),
                ..Contract::default()
            },
            profile: ProfileId::new("p").unwrap(),
            org: OrgId::new("o").unwrap(),
            areas: Vec::new(),
            place: None,
            title: LangText::default(),
            classification: Classification::Internal,
        };
        evaluator.bind(&info, Timestamp::EPOCH, &mut Vec::new()).unwrap();
    }
    evaluator
}

fn rows(millis: i64, value: f64) -> Batch {
    let mut batch = Batch::default();
    for row in 0..ROWS {
        // a stride that visits all series in an order that the processor cannot guess
        let series = SeriesId((row * 7_919) % SERIES);
        batch.push_bits(
            series,
            Timestamp::from_millis(millis),
            ValueKind::Number,
            value.to_bits(),
            Quality::GOOD,
        );
    }
    batch
}

fn bench(c: &mut Criterion) {
    let mut group = c.benchmark_group("rule");
    group.throughput(Throughput::Elements(u64::from(ROWS)));
    let (mut quiet, mut out, mut millis) = (evaluator(), Vec::new(), 0);
    group.bench_function("calm rows", |b| {
        b.iter_batched_ref(
            || {
                millis += STEP_MS;
                (millis, rows(millis, 10.0))
            },
            |(millis, batch)| quiet.apply(black_box(batch), Timestamp::from_millis(*millis), &mut out),
            BatchSize::SmallInput,
        );
    });
    assert!(out.is_empty());
    let (mut busy, mut millis) = (evaluator(), 0);
    group.bench_function("every row crosses", |b| {
        b.iter_batched_ref(
            || {
                millis += STEP_MS;
                (
                    millis,
                    rows(millis, if millis % (2 * STEP_MS) == 0 { 10.0 } else { 60.0 }),
                )
            },
            |(millis, batch)| {
                out.clear();
                busy.apply(black_box(batch), Timestamp::from_millis(*millis), &mut out);
            },
            BatchSize::SmallInput,
        );
    });
    group.finish();
    c.bench_function("rule/tick with nothing due", |b| {
        b.iter(|| quiet.tick(Timestamp::EPOCH, black_box(&mut out)))
    });
}

criterion_group!(benches, bench);
criterion_main!(benches);
