//! How much of the disk the engine of a tenant may take.

use crate::settings::Settings;
use embedded::tenant::TenantOptions;
use std::path::Path;

/// Options of the engine from the settings.
pub(crate) fn engine_options(settings: &Settings) -> TenantOptions {
    let mut options = TenantOptions::default();
    let max_bytes = |mib: u64| match mib {
        0 => disk_fifth(&settings.instance.data_dir),
        mib => mib << 20,
    };
    options.log.max_bytes = max_bytes(settings.log.max_mib);
    options.audit.max_bytes = max_bytes(settings.audit.max_mib);
    options.reserve_bytes = settings.log.reserve_mib << 20;
    options
}

/// A fifth of the disk that holds the directory (SEMANTICS 13), at least 64 MiB.
fn disk_fifth(dir: &Path) -> u64 {
    let existing = dir.ancestors().find(|dir| dir.exists()).unwrap_or(Path::new("."));
    embedded::disk::total_bytes(existing)
        .map_or(1 << 30, |total| total / 5)
        .max(64 << 20)
}
