//! Coordinates: WGS 84, longitude first, as GeoJSON (RFC 7946) writes them.

use serde::{Deserialize, Serialize};

/// A point in WGS 84 degrees.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Degrees east, -180 to 180.
    pub lon: f64,
    /// Degrees north, -90 to 90.
    pub lat: f64,
}

impl Point {
    /// A point, if both numbers are finite and in range.
    pub fn new(lon: f64, lat: f64) -> Option<Self> {
        let inside = (-180.0..=180.0).contains(&lon) && (-90.0..=90.0).contains(&lat);
        inside.then_some(Self { lon, lat })
    }

    /// Packs into 64 bits at 1e-7 degree (about 1 cm): longitude in the high half.
    pub fn to_bits(self) -> u64 {
        let pack = |degrees: f64| u64::from(((degrees * 1e7).round() as i32) as u32);
        pack(self.lon) << 32 | pack(self.lat)
    }

    /// The reverse of [`Point::to_bits`].
    pub fn from_bits(bits: u64) -> Self {
        let unpack = |half: u64| f64::from(half as u32 as i32) / 1e7;
        Self {
            lon: unpack(bits >> 32),
            lat: unpack(bits & 0xffff_ffff),
        }
    }
}

/// A bounding box; `west <= east` and `south <= north`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bounds {
    /// Smallest longitude.
    pub west: f64,
    /// Smallest latitude.
    pub south: f64,
    /// Largest longitude.
    pub east: f64,
    /// Largest latitude.
    pub north: f64,
}

impl Bounds {
    /// The box of one point.
    pub fn of(point: Point) -> Self {
        Self {
            west: point.lon,
            south: point.lat,
            east: point.lon,
            north: point.lat,
        }
    }
    /// Whether the two boxes share a point.
    pub fn touches(&self, other: &Self) -> bool {
        self.west <= other.east && other.west <= self.east && self.south <= other.north && other.south <= self.north
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_packs_to_a_centimetre() {
        let lake = Point::new(105.852_437_1, 21.028_511_3).unwrap();
        let back = Point::from_bits(lake.to_bits());
        assert!((back.lon - lake.lon).abs() < 1e-7 && (back.lat - lake.lat).abs() < 1e-7);
        let south_west = Point::new(-179.999_999_9, -89.999_999_9).unwrap();
        assert!((Point::from_bits(south_west.to_bits()).lon - south_west.lon).abs() < 1e-6);
    }

    #[test]
    fn a_point_outside_the_earth_is_none() {
        assert_eq!(Point::new(181.0, 0.0), None);
        assert_eq!(Point::new(f64::NAN, 0.0), None);
    }
}
