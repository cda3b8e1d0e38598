//! The plane on which lengths and areas are measured: metres east and north of the middle of the city.

use crate::model::Shape;
use access::area::Areas;
use geo::{Coord, LineString, MultiPolygon, Orient, Polygon, orient::Direction};
use kernel::place::Bounds;

/// Metres of one degree of latitude.
const DEGREE_M: f64 = 111_195.0;
/// How far a boundary may reach beyond the outermost centres of communes, in degrees.
const MARGIN: f64 = 0.3;

/// Degrees to metres, good to a thousandth within one city.
pub(crate) struct Plane {
    lon: f64,
    lat: f64,
    shrink: f64,
    /// Where boundaries of this city can be.
    pub(crate) bounds: Bounds,
}

impl Plane {
    /// Around the centres of all communes.
    pub(crate) fn around(areas: &Areas) -> Option<Self> {
        let mut bounds: Option<Bounds> = None;
        for area in areas.all().filter(|area| area.code.len() == 5) {
            let (lon, lat) = (area.lon, area.lat);
            let before = bounds.unwrap_or(Bounds {
                west: lon,
                south: lat,
                east: lon,
                north: lat,
            });
            bounds = Some(Bounds {
                west: before.west.min(lon),
                south: before.south.min(lat),
                east: before.east.max(lon),
                north: before.north.max(lat),
            });
        }
        let Bounds {
            west,
            south,
            east,
            north,
        } = bounds?;
        let (lon, lat) = (f64::midpoint(west, east), f64::midpoint(south, north));
        Some(Self {
            lon,
            lat,
            shrink: lat.to_radians().cos(),
            bounds: Bounds {
                west: west - MARGIN,
                south: south - MARGIN,
                east: east + MARGIN,
                north: north + MARGIN,
            },
        })
    }

    /// Whether a position can belong to this city.
    pub(crate) fn holds(&self, [lon, lat]: [f64; 2]) -> bool {
        let Bounds {
            west,
            south,
            east,
            north,
        } = self.bounds;
        (west..=east).contains(&lon) && (south..=north).contains(&lat)
    }

    /// Metres.
    pub(crate) fn metres(&self, [lon, lat]: [f64; 2]) -> Coord {
        Coord {
            x: (lon - self.lon) * self.shrink * DEGREE_M,
            y: (lat - self.lat) * DEGREE_M,
        }
    }

    /// Degrees, as people read them.
    pub(crate) fn degrees(&self, at: Coord) -> String {
        let (lon, lat) = (at.x / self.shrink / DEGREE_M + self.lon, at.y / DEGREE_M + self.lat);
        format!("{lon:.5},{lat:.5}")
    }

    /// A shape in metres, outer rings against the clock.
    pub(crate) fn shape(&self, shape: &Shape) -> MultiPolygon {
        let ring = |ring: &Vec<[f64; 2]>| LineString::new(ring.iter().map(|at| self.metres(*at)).collect());
        let polygon = |rings: &Vec<Vec<[f64; 2]>>| {
            let mut rings = rings.iter().map(ring);
            let outer = rings.next().unwrap_or_else(|| LineString::new(Vec::new()));
            Polygon::new(outer, rings.collect()).orient(Direction::Default)
        };
        MultiPolygon::new(shape.iter().map(polygon).collect())
    }
}
