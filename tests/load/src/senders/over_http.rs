//! Senders over HTTP: one request at a time, repeated until it is answered; now and then an answer is lost on purpose.

use super::{LOADED, Maker, Manner, PATIENCE, PAUSE, Plan, Stage};
use crate::check::Record;
use crate::http::{Answer, Client};
use anyhow::{Result, bail, ensure};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::fmt::Write;
use std::ops::Range;
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// Pause of the loader between two bodies, so that it does not crowd out the others.
const BREATH: Duration = Duration::from_millis(40);
/// Share of requests whose answer is not waited for.
const LOSE: f64 = 0.05;

/// Sends until it is told to stop.
pub(super) async fn run(plan: Plan, mut stage: Stage) -> Result<Record> {
    let devices = match plan.manner {
        Manner::Bulk { .. } => (0..LOADED)
            .map(|number| format!("{}loaded-{number}", plan.prefix))
            .collect(),
        _ => vec![plan.device.clone()],
    };
    let mut maker = Maker::new(devices);
    let mut random = StdRng::seed_from_u64(plan.seed);
    let mut client = None;
    let mut request = 0_u64;
    while !stage.stops() {
        request += 1;
        let (rows, body) = payload(&plan, &mut maker)?;
        let headers = headers(&plan, request);
        loop {
            let address = stage.server().await?.http;
            let lose = random.random_bool(LOSE);
            let patience = Duration::from_micros(random.random_range(0..8_000));
            match attempt(&mut client, address, &headers, &body, lose.then_some(patience)).await {
                Ok(answer) if answer.status == 200 => {
                    taken(&answer, rows.len())?;
                    stage.acknowledged(&mut maker.record, rows);
                    break;
                }
                // busy, stopping or full: nothing was promised, so it is sent again
                Ok(answer) if matches!(answer.status, 429 | 503 | 507) => sleep(PAUSE).await,
                Ok(answer) => {
                    bail!(
                        "{}: status {}: {}",
                        plan.device,
                        answer.status,
                        String::from_utf8_lossy(&answer.body)
                    )
                }
                Err(_) => {
                    client = None;
                    sleep(PAUSE).await;
                }
            }
        }
        if matches!(plan.manner, Manner::Bulk { .. }) {
            sleep(BREATH).await;
        }
    }
    Ok(maker.record)
}

async fn attempt(
    client: &mut Option<Client>,
    address: std::net::SocketAddr,
    headers: &str,
    body: &[u8],
    lose: Option<Duration>,
) -> Result<Answer> {
    let open = match client {
        Some(open) => open,
        None => client.insert(Client::connect(address).await?),
    };
    let asking = open.ask("POST", "/api/v1/observations?precision=us", headers, body);
    let answer = timeout(lose.unwrap_or(PATIENCE), asking).await;
    match answer {
        Ok(answer) => answer,
        Err(_) => bail!("the answer is lost"),
    }
}

fn headers(plan: &Plan, request: u64) -> String {
    let (kind, keyed) = match plan.manner {
        Manner::Senml { timed, .. } => ("application/senml+json", !timed),
        Manner::Line { keyed, .. } => ("text/plain", keyed),
        _ => ("text/plain", false),
    };
    let mut headers = format!("Authorization: Bearer {}\r\nContent-Type: {kind}\r\n", plan.token);
    if keyed {
        let _ = write!(headers, "Idempotency-Key: request-{request}\r\n");
    }
    headers
}

fn payload(plan: &Plan, maker: &mut Maker) -> Result<(Range<usize>, Vec<u8>)> {
    let begin = maker.record.rows.len();
    let (rows, timed) = match plan.manner {
        Manner::Senml { rows, timed } => (rows, timed),
        Manner::Line { rows, .. } | Manner::Bulk { rows } => (rows, true),
        Manner::Mqtt { .. } => (1, true),
    };
    for _ in 0..rows {
        maker.row(timed)?;
    }
    let range = begin..maker.record.rows.len();
    let sent = maker.record.rows.get(range.clone()).unwrap_or(&[]);
    let mut body = String::new();
    if let Manner::Senml { .. } = plan.manner {
        for row in sent {
            body.push_str(if body.is_empty() { "[" } else { "," });
            let time = row
                .time
                .map(|time| format!(",\"t\":{}.{:06}", time / 1_000_000, time % 1_000_000))
                .unwrap_or_default();
            let _ = write!(body, "{{\"n\":\"{}\",\"v\":{}{time}}}", row.name, row.value());
        }
        body.push(']');
    } else {
        for row in sent {
            let time = row.time.unwrap_or_default();
            let _ = writeln!(
                body,
                "{},device={} value={} {time}",
                row.name,
                maker.device(row),
                row.value()
            );
        }
    }
    Ok((range, body.into_bytes()))
}

/// The receipt must account for every row.
fn taken(answer: &Answer, rows: usize) -> Result<()> {
    let receipt = answer.json()?;
    let count = |name: &str| receipt[name].as_u64().unwrap_or(0);
    let good =
        count("accepted") + count("duplicates") == rows as u64 && count("rejected") == 0 && count("corrections") == 0;
    ensure!(good, "the receipt does not fit {rows} rows: {receipt}");
    Ok(())
}
