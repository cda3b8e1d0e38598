//! The built server, spoken to as devices, people and operators do. Each module is one theme.

mod alert;
mod audit;
mod backup;
mod certificate;
mod check;
mod crash;
mod ending;
mod ingest;
mod large;
mod mqtt;
mod pack;
mod paho;
mod reason;
mod refusal;
mod repeat;
mod session;
mod start;
