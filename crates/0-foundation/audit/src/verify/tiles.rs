//! The tiles of the tree, as they are stored.

use super::Evidence;
use super::report::{Fault, Report};
use crate::merkle::Hash;
use crate::tile::{self, TileHead};
use crate::tree::LEVEL;
use ports::error::{PortError, Result};

/// Which tiles there are.
#[derive(Debug)]
pub(super) struct Tiles {
    /// One more than the highest number.
    pub(super) count: u64,
}

pub(super) fn names(evidence: &dyn Evidence, report: &mut Report) -> Result<Tiles> {
    let mut count = 0;
    for name in evidence.names(tile::PREFIX.trim_end_matches('/'))? {
        let number = name
            .strip_prefix(tile::PREFIX)
            .and_then(|number| number.parse::<u64>().ok());
        match number.filter(|number| tile::name(*number) == name) {
            Some(number) => {
                for missing in count..number {
                    report.find(Fault::Tile, tile::name(missing), "the tile is missing");
                }
                count = number + 1;
            }
            None => report.find(Fault::Foreign, name, "no tile has this name"),
        }
    }
    Ok(Tiles { count })
}

/// A tile that is in order with itself; else it is found to be damaged.
pub(super) fn load(evidence: &dyn Evidence, number: u64, report: &mut Report) -> Result<Option<(TileHead, Vec<Hash>)>> {
    let name = tile::name(number);
    let Some(bytes) = evidence.object(&name)? else {
        // told by its name already
        return Ok(None);
    };
    match tile::decode(number, &bytes) {
        Ok(tile) => {
            report.tiles += 1;
            Ok(Some(tile))
        }
        Err(PortError::Corrupt(what)) => {
            report.find(Fault::Tile, name, what);
            Ok(None)
        }
        Err(other) => Err(other),
    }
}

/// The level of the tiles, as the first good one says.
pub(super) fn level(evidence: &dyn Evidence, tiles: &Tiles) -> Result<u32> {
    for number in 0..tiles.count {
        if let Some(bytes) = evidence.object(&tile::name(number))?
            && let Ok((head, _)) = tile::decode(number, &bytes)
        {
            return Ok(head.level);
        }
    }
    Ok(LEVEL)
}
