//! From a manifest to a city: who is there, who stands at which black spot, who speaks for whom, and who is broken.

use super::device::Device;
use super::{City, Scene};
use crate::basin::Basin;
use crate::command::Panel;
use crate::error::SimulatorError;
use crate::fault::Fault;
use crate::manifest::{Manifest, Simulated};
use crate::noise::Noise;
use crate::place::Place;
use crate::profile::Profile;
use crate::sky::Sky;
use kernel::id::DeviceId;
use std::collections::{HashMap, HashSet};

/// The longest time between two reports, in seconds.
const MAX_INTERVAL_S: u64 = 86_400;
const RATES: std::ops::RangeInclusive<f64> = 0.01..=1_000.0;
/// Pumps and roads within so many km of a black spot belong to it.
const REACH_KM: f64 = 1.5;

impl City {
    /// Reads who takes part.
    ///
    /// # Errors
    /// A manifest with no devices, a bad or repeated id, a profile that cannot be played, an interval or rate out of range, a
    /// device that can neither connect nor has a gateway, or a storm that cannot be played.
    pub fn new(manifest: &Manifest) -> Result<Self, SimulatorError> {
        if !RATES.contains(&manifest.rate) {
            return Err(SimulatorError::BadRate(manifest.rate));
        }
        if manifest.devices.is_empty() {
            return Err(SimulatorError::Empty);
        }
        if let Some(storm) = &manifest.storm {
            storm.check().map_err(|what| SimulatorError::BadStorm {
                file: storm.storm.clone(),
                what,
            })?;
        }
        let mut devices = devices(manifest)?;
        let mut basins = Vec::new();
        for device in devices
            .iter_mut()
            .filter(|device| device.profile == Profile::FloodGauge)
        {
            device.basin = Some(basins.len());
            basins.push(Basin::new(device.noise, device.place));
        }
        for device in devices.iter_mut().filter(|device| device.profile.stands_at_water()) {
            device.basin = nearest(&basins, device.place);
        }
        let speaks_for = speaks_for(manifest, &devices)?;
        let first = devices.iter_mut().find(|device| device.profile == Profile::FloodGauge);
        if let Some(first) = first {
            first.flood_after_s = manifest.flood_after_s;
        }
        for (profile, fault) in Fault::OF_LAST {
            spoil_last(&mut devices, profile, fault);
        }
        Ok(Self {
            panel: Panel::new(devices.len()),
            devices,
            speaks_for,
            scene: Scene {
                sky: Sky::new(manifest.seed, manifest.storm.as_ref()),
                basins,
            },
        })
    }
}

fn devices(manifest: &Manifest) -> Result<Vec<Device>, SimulatorError> {
    let mut seen = HashSet::new();
    let mut devices = Vec::with_capacity(manifest.devices.len());
    for (index, simulated) in manifest.devices.iter().enumerate() {
        let id = DeviceId::new(&simulated.id).map_err(|error| SimulatorError::BadId {
            number: index + 1,
            reason: error.to_string(),
        })?;
        if !seen.insert(simulated.id.as_str()) {
            return Err(SimulatorError::Twice(simulated.id.clone()));
        }
        let profile = Profile::named(&simulated.profile).ok_or_else(|| SimulatorError::UnknownProfile {
            device: simulated.id.clone(),
            profile: simulated.profile.clone(),
            known: Profile::ALL.map(Profile::name).join(", "),
        })?;
        let interval_s = simulated.interval_s.unwrap_or(manifest.interval_s);
        if !(1..=MAX_INTERVAL_S).contains(&interval_s) {
            return Err(SimulatorError::BadInterval(interval_s));
        }
        let noise = Noise::new(manifest.seed, &simulated.id);
        // an ambulance promises a report each half minute: it would count as silent
        let unsteady = noise.fixed("unsteady") < manifest.unsteady && profile != Profile::Ambulance;
        devices.push(Device {
            noise,
            place: Place::of(simulated.lon, simulated.lat),
            interval_s,
            basin: None,
            flood_after_s: None,
            fault: if unsteady { Fault::Unsteady } else { Fault::None },
            id,
            profile,
        });
    }
    Ok(devices)
}

fn nearest(basins: &[Basin], place: Place) -> Option<usize> {
    let apart = |basin: &Basin| basin.place.distance2(place);
    let near = basins
        .iter()
        .enumerate()
        .min_by(|a, b| apart(a.1).total_cmp(&apart(b.1)));
    near.filter(|(_, basin)| apart(basin) <= REACH_KM * REACH_KM)
        .map(|(index, _)| index)
}

fn speaks_for(manifest: &Manifest, devices: &[Device]) -> Result<Vec<Vec<usize>>, SimulatorError> {
    let index: HashMap<&str, usize> = devices
        .iter()
        .enumerate()
        .map(|(at, device)| (device.id.as_str(), at))
        .collect();
    let mut speaks_for: Vec<Vec<usize>> = vec![Vec::new(); devices.len()];
    let connects = |simulated: &Simulated| simulated.gateway.is_none();
    for (at, _) in manifest.devices.iter().enumerate().filter(|(_, one)| connects(one)) {
        speaks_for[at].push(at);
    }
    for (at, simulated) in manifest.devices.iter().enumerate() {
        let Some(gateway) = &simulated.gateway else { continue };
        let no_way = |what: String| SimulatorError::NoWay {
            device: simulated.id.clone(),
            what,
        };
        let through = *index.get(gateway.as_str()).ok_or_else(|| {
            no_way(format!(
                "names the gateway '{gateway}', which is not in the manifest; add it"
            ))
        })?;
        if !connects(&manifest.devices[through]) {
            return Err(no_way(format!(
                "names the gateway '{gateway}', which has a gateway itself; name one that connects"
            )));
        }
        speaks_for[through].push(at);
    }
    Ok(speaks_for)
}

/// Gives the last of several devices of a profile a fault; a single one stays healthy.
fn spoil_last(devices: &mut [Device], profile: Profile, fault: Fault) {
    let mut of_profile = devices.iter_mut().filter(|device| device.profile == profile);
    if of_profile.next().is_some()
        && let Some(last) = of_profile.last()
    {
        last.fault = fault;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::tests::manifest;
    use crate::moment::Moment;
    use kernel::time::Timestamp;

    #[test]
    fn a_bad_manifest_is_named() {
        let of = |profile: &str| manifest(&[("a", profile)]);
        let mut never = of("rain-gauge");
        never.interval_s = 0;
        let mut rarely = of("rain-gauge");
        rarely.devices[0].interval_s = Some(86_401);
        let mut racing = of("rain-gauge");
        racing.rate = 1e9;
        let mut lost = of("rain-gauge");
        lost.devices[0].gateway = Some("nowhere".to_owned());
        let mut chained = manifest(&[("a", "rain-gauge"), ("b", "gateway")]);
        chained.devices[0].gateway = Some("b".to_owned());
        chained.devices[1].gateway = Some("b".to_owned());
        let mut stormy = of("rain-gauge");
        stormy.storm = Some(crate::storm::tests::storm());
        stormy.storm.as_mut().unwrap().shape[3] = 4.0;
        for (manifest, said) in [
            (manifest(&[]), "no devices"),
            (never, "interval_s of the manifest is 0"),
            (rarely, "1 to 86400"),
            (racing, "rate of the manifest"),
            (lost, "'nowhere', which is not in the manifest"),
            (chained, "has a gateway itself"),
            (stormy, "adds up to 1004"),
            (of("toaster"), "it knows: air-station, ambulance, flood-gauge"),
            (
                manifest(&[("a", "rain-gauge"), ("b c", "rain-gauge")]),
                "device 2 of the manifest",
            ),
            (
                manifest(&[("a", "rain-gauge"), ("a", "rain-gauge")]),
                "'a' stands twice",
            ),
        ] {
            let error = City::new(&manifest).unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
        }
    }

    #[test]
    fn only_the_first_flood_gauge_rises_and_only_the_last_of_several_fail() {
        let mut manifest = manifest(&[
            ("r1", "rain-gauge"),
            ("f1", "flood-gauge"),
            ("r2", "rain-gauge"),
            ("f2", "flood-gauge"),
            ("t1", "traffic-counter"),
        ]);
        manifest.flood_after_s = Some(10);
        let city = City::new(&manifest).unwrap();
        let seen: Vec<_> = city
            .devices
            .iter()
            .map(|device| (device.fault, device.flood_after_s))
            .collect();
        assert_eq!(
            seen,
            [
                (Fault::None, None),
                (Fault::None, Some(10)),
                (Fault::Overflow, None),
                (Fault::Weak, None),
                (Fault::None, None),
            ]
        );
    }

    #[test]
    fn a_gateway_speaks_for_its_children_in_one_report() {
        let mut manifest = manifest(&[
            ("lamp-1", "street-light"),
            ("gw", "gateway"),
            ("lamp-2", "street-light"),
        ]);
        manifest.devices[0].gateway = Some("gw".to_owned());
        let city = City::new(&manifest).unwrap();
        assert_eq!(
            [0, 1, 2].map(|index| city.speaks_for(index).to_vec()),
            [vec![], vec![1, 0], vec![2]]
        );
        let moment = Moment::new(Timestamp::EPOCH, Timestamp::from_seconds(1_795_000_000));
        assert_eq!(city.report(0, moment), None);
        let pack: serde_json::Value = serde_json::from_slice(&city.report(1, moment).unwrap()).unwrap();
        let names: Vec<_> = pack
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|one| one["bn"].as_str())
            .collect();
        assert_eq!(names, ["gw/", "lamp-1/"]);
        assert_eq!(pack[0]["v"], 1.0, "it reaches one child");
    }

    #[test]
    fn pumps_and_roads_belong_to_the_nearest_black_spot_within_reach() {
        let mut manifest = manifest(&[
            ("far", "flood-gauge"),
            ("near", "flood-gauge"),
            ("pump", "pump"),
            ("road", "traffic-counter"),
            ("lamp", "street-light"),
        ]);
        manifest.devices[0].lon = 105.862;
        manifest.devices[3].lon = 105.95;
        let city = City::new(&manifest).unwrap();
        let basins: Vec<_> = city.devices.iter().map(|device| device.basin).collect();
        assert_eq!(basins, [Some(0), Some(1), Some(1), None, None]);
    }

    #[test]
    fn the_same_seed_says_the_same_and_another_seed_does_not() {
        let names: Vec<_> = Profile::ALL
            .map(Profile::name)
            .into_iter()
            .filter(|name| *name != "gateway")
            .map(|name| (name, name))
            .collect();
        let one = manifest(&names);
        let mut two = one.clone();
        two.seed += 1;
        let (city, same, other) = (
            City::new(&one).unwrap(),
            City::new(&one).unwrap(),
            City::new(&two).unwrap(),
        );
        let moment = Moment::new(
            Timestamp::EPOCH,
            Timestamp::parse("2026-03-01T21:17:03.5+07:00").unwrap(),
        );
        for index in 0..city.len() {
            let report = city.report(index, moment).unwrap();
            assert_eq!(report, same.report(index, moment).unwrap());
            if city.id(index) != "pump" {
                assert_ne!(report, other.report(index, moment).unwrap(), "{}", city.id(index));
            }
        }
    }
}
