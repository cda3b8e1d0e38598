//! How far a piece of data may travel.

use serde::{Deserialize, Serialize};

/// Ordered from open to closed; whatever is derived takes the maximum of its inputs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Classification {
    /// Công khai.
    Public,
    /// Nội bộ.
    #[default]
    Internal,
    /// Hạn chế: the highest that an instance accepts unless its configuration says otherwise.
    Restricted,
    /// Mật (law on state secrets, lowest of three levels).
    Confidential,
    /// Tối mật.
    Secret,
    /// Tuyệt mật.
    TopSecret,
}
