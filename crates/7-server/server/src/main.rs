//! `hanoi-ioc`: the one binary. It installs the crypto provider, reads the command line and runs one command.

mod assemble;
mod backup;
mod ca;
mod check;
mod city;
mod cli;
mod clocks;
mod control;
mod demo;
mod device;
mod door;
mod dump;
mod graves;
mod hours;
mod identity;
mod import;
mod join;
mod keys;
mod lake;
#[cfg(test)]
mod matrix;
mod orders;
mod past;
mod rights;
mod routes;
mod security;
mod serve;
mod settings;
mod storm;
mod tenants;
mod trail;
mod verify;

use clap::Parser;
use std::process::ExitCode;

/// Many small things live for one payload and die on another thread; the C library's allocator takes a sixth of the
/// processor for that (docs/adr/0016).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // the first thing: rustls asks for a provider at its first use
    let _ = rustls::crypto::ring::default_provider().install_default();
    match cli::run(cli::Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("hanoi-ioc: {error:#}");
            ExitCode::FAILURE
        }
    }
}
