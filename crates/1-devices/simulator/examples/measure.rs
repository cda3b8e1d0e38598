//! temporary
#![allow(dead_code, missing_docs)]
#[path = "../tests/house.rs"]
mod house;
#[tokio::main(flavor = "multi_thread", worker_threads = 1)]
async fn main() {
    let a: Vec<String> = std::env::args().collect();
    if a[1] == "serve" {
        let pki = house::Pki::new();
        let csv = std::fs::read_to_string(&a[3]).unwrap();
        let devices: Vec<_> = csv
            .lines()
            .skip(1)
            .map(|l| {
                let mut p = l.split(',');
                pki.device(p.next().unwrap(), p.next().unwrap())
            })
            .collect();
        let (l, address) = house::port().await;
        let mut m = pki.manifest(address, devices);
        m.interval_s = 5;
        m.flood_after_s = Some(10);
        let h = house::open(&pki, l);
        std::fs::write(&a[2], serde_json::to_vec(&m).unwrap()).unwrap();
        loop {
            tokio::time::sleep(std::time::Duration::from_secs(5)).await;
            println!(
                "sessions {} readings {} rejected {}",
                h.handle.sessions(),
                h.store.arrived().len(),
                h.store.rejected()
            );
        }
    } else {
        let m = serde_json::from_slice(&std::fs::read(&a[2]).unwrap()).unwrap();
        if let Err(e) = simulator::run(m).await {
            eprintln!("{e:#}");
        }
    }
}
