//! `cargo xtask matrix`: the built router asked on every route as every role, and compared with the policies; then canaries.

use crate::repo::Repo;
use crate::run;
use anyhow::Result;

/// Runs the matrix and prints its figures: routes, cells, holes. With `self_test`, plants holes that have to be found.
pub(crate) fn run(repo: &Repo, self_test: bool) -> Result<()> {
    let tests: &[&str] = if self_test {
        &["matrix::planted_holes_are_found"]
    } else {
        &["matrix::the_whole_matrix_holds", "matrix::no_canary_is_read_from_below"]
    };
    let mut cargo = run::cargo(repo);
    cargo.args([
        "test",
        "--package",
        "server",
        "--bin",
        "hanoi-ioc",
        "--",
        "--exact",
        "--nocapture",
        "--test-threads=1",
    ]);
    cargo.args(tests);
    run::run(&mut cargo)
}
