//! The promises of every port as tests that each engine runs.
