//! The built server, spoken to as devices, people and operators do. Each module is one theme.

mod alert;
mod audit;
mod backup;
mod boundary;
mod certificate;
mod check;
mod command;
mod crash;
mod durable;
mod ending;
mod incident;
mod indicator;
mod ingest;
mod lake;
mod large;
mod mqtt;
mod overlay;
mod pack;
mod paho;
mod reason;
mod refusal;
mod repeat;
mod replay;
mod session;
mod start;
mod storm;
