//! What the kernel says of a process (proc(5)): processor time and memory.

use anyhow::{Context, Result};
use std::fs;

/// Ticks per second of the times in `/proc`; fixed at 100 for programs on Linux.
const TICKS: f64 = 100.0;

/// Processor seconds that a process has used, in user and kernel mode.
pub(crate) fn cpu_seconds(pid: u32) -> Result<f64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let after_name = stat.rsplit_once(')').context("/proc/PID/stat cannot be read")?.1;
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    let ticks = |at: usize| {
        fields
            .get(at)
            .and_then(|text| text.parse::<f64>().ok())
            .context("/proc/PID/stat is short")
    };
    Ok((ticks(11)? + ticks(12)?) / TICKS)
}

/// Memory that a process holds, in MiB: now and at most so far.
pub(crate) fn memory_mib(pid: u32) -> Result<(f64, f64)> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let of = |name: &str| {
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix(name)?.split_whitespace().next());
        line.and_then(|kib| kib.parse::<f64>().ok())
            .map(|kib| kib / 1024.0)
            .context("/proc/PID/status is short")
    };
    Ok((of("VmRSS:")?, of("VmHWM:")?))
}

/// Begins anew with what [`memory_mib`] says a process had at most.
pub(crate) fn forget_peak(pid: u32) -> Result<()> {
    fs::write(format!("/proc/{pid}/clear_refs"), "5").context("/proc/PID/clear_refs cannot be written")
}

/// Bytes that a process has asked the kernel for so far, from files and sockets, in memory already or not.
pub(crate) fn read_bytes(pid: u32) -> Result<u64> {
    let io = fs::read_to_string(format!("/proc/{pid}/io"))?;
    let line = io.lines().find_map(|line| line.strip_prefix("rchar:"));
    Ok(line.context("/proc/PID/io is short")?.trim().parse()?)
}

/// As many open files as this process may have.
pub(crate) fn raise_files() -> Result<()> {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    Ok(setrlimit(Resource::Nofile, limit)?)
}

#[cfg(test)]
mod tests {
    #[test]
    fn this_process_has_used_something() {
        let (now, most) = super::memory_mib(std::process::id()).unwrap();
        assert!(now > 0.5 && most >= now * 0.5);
        assert!(super::cpu_seconds(std::process::id()).unwrap() >= 0.0);
    }
}
