//! `cargo xtask matrix`: the built router asked on every route as every role, and compared with the policies.

use crate::repo::Repo;
use crate::run;
use anyhow::Result;

/// Runs the matrix and prints its figures: routes, cells, holes. With `self_test`, plants holes that have to be found.
pub(crate) fn run(repo: &Repo, self_test: bool) -> Result<()> {
    let test = if self_test {
        "matrix::planted_holes_are_found"
    } else {
        "matrix::the_whole_matrix_holds"
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
        test,
        "--nocapture",
    ]);
    run::run(&mut cargo)
}
