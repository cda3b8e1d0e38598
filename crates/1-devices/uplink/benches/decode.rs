//! How many rows a second each decoder reads on one core: `cargo bench -p uplink`.
#![allow(missing_docs, clippy::unwrap_used)]

use arrow_array::types::Int32Type;
use arrow_array::{DictionaryArray, Float64Array, RecordBatch, TimestampMicrosecondArray};
use arrow_ipc::writer::StreamWriter;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use kernel::time::Timestamp;
use std::fmt::Write;
use std::hint::black_box;
use std::sync::Arc;
use uplink::{Decoded, Format, Precision, decode};

const ROWS: usize = 20_000;

fn device(row: usize) -> String {
    format!("g{:05}", row * 7 % 20_000)
}

fn lines(series: usize) -> Vec<u8> {
    (0..ROWS)
        .fold(String::new(), |mut text, row| {
            let _ = writeln!(
                text,
                "water,device={} level={}.25 {}",
                device(row % series),
                row % 10,
                1_724_600_000_000_000_000 + row
            );
            text
        })
        .into_bytes()
}

fn json() -> Vec<u8> {
    let items: Vec<String> = (0..ROWS)
        .map(|row| {
            format!(
                r#"{{"n":"{}/water.level","u":"m","v":{}.25,"t":{}}}"#,
                device(row),
                row % 10,
                1_724_600_000 + row
            )
        })
        .collect();
    format!("[{}]", items.join(",")).into_bytes()
}

fn arrow() -> Vec<u8> {
    let devices: Vec<String> = (0..ROWS).map(device).collect();
    let batch = RecordBatch::try_from_iter([
        (
            "device",
            Arc::new(
                devices
                    .iter()
                    .map(|device| Some(device.as_str()))
                    .collect::<DictionaryArray<Int32Type>>(),
            ) as _,
        ),
        (
            "name",
            Arc::new(
                (0..ROWS)
                    .map(|_| Some("water.level"))
                    .collect::<DictionaryArray<Int32Type>>(),
            ) as _,
        ),
        (
            "time",
            Arc::new(TimestampMicrosecondArray::from_iter_values(
                (0..ROWS).map(|row| 1_724_600_000_000_000 + row as i64),
            )) as _,
        ),
        (
            "value",
            Arc::new(Float64Array::from_iter_values((0..ROWS).map(|row| row as f64 / 4.0))) as _,
        ),
    ])
    .unwrap();
    let mut bytes = Vec::new();
    let mut writer = StreamWriter::try_new(&mut bytes, &batch.schema()).unwrap();
    writer.write(&batch).unwrap();
    writer.finish().unwrap();
    drop(writer);
    bytes
}

fn decoders(criterion: &mut Criterion) {
    let now = Timestamp::from_seconds(1_795_222_800);
    let mut group = criterion.benchmark_group("decode");
    group.throughput(Throughput::Elements(ROWS as u64));
    for (name, format, payload) in [
        (
            "line_each_another_series",
            Format::Line(Precision::Nanoseconds),
            lines(ROWS),
        ),
        ("line_200_series", Format::Line(Precision::Nanoseconds), lines(200)),
        ("senml_json", Format::SenmlJson, json()),
        ("arrow", Format::Arrow, arrow()),
    ] {
        group.bench_function(name, |bencher| {
            let mut out = Decoded::default();
            bencher.iter(|| {
                decode(format, black_box(&payload), now, &mut out).unwrap();
                assert_eq!(out.readings.len(), ROWS);
            });
        });
    }
    group.finish();
}

criterion_group!(benches, decoders);
criterion_main!(benches);
