//! Devices of the pack with certificates, and the file that tells the simulator of them.

use super::DemoArgs;
use crate::serve::Running;
use crate::settings::Settings;
use crate::storm::Staged;
use anyhow::{Context, Result};
use device::certificate::Issued;
use device::model::Device;
use device::model::certificate::Standing;
use kernel::actor::Actor;
use kernel::id::DeviceId;
use simulator::manifest::{Manifest, Simulated};
use std::collections::BTreeMap;
use std::fs::{OpenOptions, rename};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// The share of devices that are out of reach now and then.
const UNSTEADY: f64 = 0.03;

/// Registers the devices and says what is simulated.
pub(super) async fn manifest(
    running: &Running,
    settings: &Settings,
    args: &DemoArgs,
    staged: Option<&Staged>,
) -> Result<Manifest> {
    let house = &running.house;
    let actor = Actor::service("demo", &house.tenant);
    let devices = match args.devices {
        Some(count) => some_of_each(&house.pack.demo_devices, count),
        None => house.pack.demo_devices.clone(),
    };
    house.devices.import(&actor, devices.clone()).await?;
    let folder = settings.instance.data_dir.join("devices");
    std::fs::create_dir_all(&folder)?;
    let speaking = |device: &&Device| device.gateway.is_none() || args.direct;
    identities(running, &actor, &folder, devices.iter().filter(speaking)).await?;
    let promised = |device: &Device| {
        let profile = house.devices.registry().profile(&device.profile);
        u64::from(profile.and_then(|profile| profile.interval_s).unwrap_or(60)).max(1)
    };
    let mut simulated = Vec::with_capacity(devices.len());
    for device in &devices {
        let gateway = device.gateway.as_ref().filter(|_| !args.direct);
        let identity = match gateway {
            Some(_) => None,
            None => Some(paths(&folder, &device.id)),
        };
        let (certificate, key) = identity.unzip();
        let (lon, lat) = device.place.map_or((0.0, 0.0), |place| (place.lon, place.lat));
        let interval_s = match staged {
            Some(_) => promised(device),
            None => (promised(device) * args.interval)
                .div_ceil(60)
                .max(args.interval.max(1)),
        };
        simulated.push(Simulated {
            id: device.id.to_string(),
            profile: device.profile.to_string(),
            certificate,
            key,
            gateway: gateway.map(ToString::to_string),
            interval_s: Some(interval_s),
            lon,
            lat,
        });
    }
    let address = running
        .addresses
        .mqtts
        .context("mqtt.tls_address is empty; the simulator needs it")?;
    Ok(Manifest {
        address: address.to_string(),
        server_name: "localhost".to_owned(),
        ca: house.keys.ca_path(),
        seed: args.seed,
        interval_s: args.interval.max(1),
        rate: args.rate,
        flood_after_s: staged.is_none().then_some(args.flood_after),
        unsteady: UNSTEADY,
        time: staged.map(|staged| staged.scaling),
        storm: staged.map(|staged| staged.storm.clone()),
        devices: simulated,
    })
}

/// So many devices that connect themselves, of all kinds in turn.
fn some_of_each(devices: &[Device], count: usize) -> Vec<Device> {
    let mut kinds: BTreeMap<&str, Vec<&Device>> = BTreeMap::new();
    for device in devices.iter().filter(|device| device.gateway.is_none()) {
        kinds.entry(device.profile.as_str()).or_default().push(device);
    }
    let most = kinds.values().map(Vec::len).max().unwrap_or(0);
    let in_turn = (0..most).flat_map(|turn| kinds.values().filter_map(move |kind| kind.get(turn).copied()));
    in_turn.take(count.max(1)).cloned().collect()
}

fn paths(folder: &Path, device: &DeviceId) -> (PathBuf, PathBuf) {
    (
        folder.join(format!("{device}.crt")),
        folder.join(format!("{device}.key")),
    )
}

/// Certificates and keys of devices: made at the first start, and anew where the register has none that counts.
async fn identities(
    running: &Running,
    actor: &Actor,
    folder: &Path,
    devices: impl Iterator<Item = &Device>,
) -> Result<()> {
    let certificates = &running.house.certificates;
    let lacks = |device: &DeviceId| {
        let (certificate, key) = paths(folder, device);
        let held = certificates.best(device.as_str());
        let good = held.is_some_and(|(_, how)| matches!(how, Standing::Good | Standing::Ending));
        !good || !certificate.exists() || !key.exists()
    };
    let lacking: Vec<DeviceId> = devices.map(|device| device.id.clone()).filter(lacks).collect();
    let issued = certificates.issue_all(actor, &lacking).await?;
    for (device, Issued { certificate, key }) in lacking.iter().zip(issued) {
        let paths = paths(folder, device);
        write(&paths.1, key.as_bytes())?;
        write(&paths.0, certificate.as_bytes())?;
    }
    Ok(())
}

/// Writes a file that can be made anew: not synced, because two thousand syncs would be most of the demo's first start.
fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let temporary = path.with_extension("new");
    let write = || -> std::io::Result<()> {
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&temporary)?;
        file.write_all(bytes)?;
        rename(&temporary, path)
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}
