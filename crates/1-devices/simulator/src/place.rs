//! Places in kilometres around Hồ Gươm, which is plane enough for one city.

/// Hồ Gươm, degrees east and north.
const CENTRE: (f64, f64) = (105.8524, 21.0287);
/// Kilometres of a degree at this latitude.
const KM_PER_DEGREE: (f64, f64) = (103.9, 110.7);

/// A place, kilometres east and north of Hồ Gươm.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Place {
    pub(crate) east: f64,
    pub(crate) north: f64,
}

impl Place {
    /// From degrees; what is no number counts as the centre.
    pub(crate) fn of(lon: f64, lat: f64) -> Self {
        let km = |degrees: f64, centre: f64, scale: f64| {
            let away = (degrees - centre) * scale;
            if away.is_finite() {
                away.clamp(-500.0, 500.0)
            } else {
                0.0
            }
        };
        Self {
            east: km(lon, CENTRE.0, KM_PER_DEGREE.0),
            north: km(lat, CENTRE.1, KM_PER_DEGREE.1),
        }
    }

    /// Degrees east and north.
    pub(crate) fn degrees(self) -> (f64, f64) {
        (
            CENTRE.0 + self.east / KM_PER_DEGREE.0,
            CENTRE.1 + self.north / KM_PER_DEGREE.1,
        )
    }

    /// The square of the distance in km².
    pub(crate) fn distance2(self, other: Self) -> f64 {
        let (x, y) = (self.east - other.east, self.north - other.north);
        x * x + y * y
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn degrees_and_kilometres_agree() {
        for (lon, lat) in [(105.8524, 21.0287), (105.49, 21.1441), (105.917, 20.7641)] {
            let (east, north) = Place::of(lon, lat).degrees();
            assert!((east - lon).abs() < 1e-9 && (north - lat).abs() < 1e-9);
        }
        let far = Place::of(105.49, 21.1441)
            .distance2(Place::of(105.8524, 21.0287))
            .sqrt();
        assert!((35.0..45.0).contains(&far), "Sơn Tây is about 40 km away: {far}");
        assert_eq!(Place::of(f64::NAN, 0.0).east, 0.0);
    }
}
