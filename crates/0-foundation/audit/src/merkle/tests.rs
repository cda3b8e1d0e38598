//! The tree against the definition of RFC 6962, read word for word, and against published values.

use super::*;

fn leaves(count: u64) -> Vec<Hash> {
    (0..count).map(|number| leaf(&number.to_be_bytes())).collect()
}

/// MTH of RFC 6962 section 2.1, as it is written there.
fn defined(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Sha256::digest([]).into(),
        [one] => *one,
        more => {
            let (left, right) = more.split_at(split(more.len() as u64) as usize);
            node(&defined(left), &defined(right))
        }
    }
}

fn hashes(leaves: &[Hash], steps: &[Step]) -> Vec<Hash> {
    let of = |place: &Place| {
        let from = (place.index << place.level) as usize;
        defined(&leaves[from..from + (1 << place.level)])
    };
    steps
        .iter()
        .map(|places| step(&places.iter().map(of).collect::<Vec<_>>()).unwrap())
        .collect()
}

fn hex(hash: &Hash) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn known_values() {
    // the empty tree and the empty leaf, as every implementation of RFC 6962 gives them
    assert_eq!(
        hex(&root(&[])),
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    );
    assert_eq!(
        hex(&leaf(b"")),
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    );
}

#[test]
fn roots_follow_the_definition() {
    let all = leaves(130);
    for size in 0..=all.len() {
        assert_eq!(root(&all[..size]), defined(&all[..size]), "{size}");
    }
    let mut by_fours = Peaks::default();
    for four in all[..64].chunks(4) {
        by_fours.push_subtree(2, defined(four));
    }
    assert_eq!((by_fours.root(), by_fours.size()), (defined(&all[..64]), 64));
}

#[test]
fn every_leaf_is_proven_and_no_other_is() {
    let all = leaves(40);
    for size in 1..=40_u64 {
        let top = root(&all[..size as usize]);
        for index in 0..size {
            let proof = hashes(&all, &inclusion(index, size).unwrap());
            let found = root_from_inclusion(index, size, &all[index as usize], &proof);
            assert_eq!(found, Some(top), "{index} of {size}");
            let other = leaf(b"another");
            assert_ne!(root_from_inclusion(index, size, &other, &proof), Some(top));
            let mut longer = proof.clone();
            longer.push(other);
            assert_eq!(root_from_inclusion(index, size, &all[index as usize], &longer), None);
            if size > 1 {
                let elsewhere = root_from_inclusion((index + 1) % size, size, &all[index as usize], &proof);
                assert_ne!(elsewhere, Some(top), "{index} of {size} at another place");
            }
        }
        assert_eq!(inclusion(size, size), None);
    }
}

#[test]
fn every_growth_is_proven_and_no_rewriting_is() {
    let all = leaves(33);
    let mut other = all.clone();
    other[0] = leaf(b"rewritten");
    for size in 1..=33_u64 {
        let top = root(&all[..size as usize]);
        for old in 1..=size {
            let before = root(&all[..old as usize]);
            let proof = hashes(&all, &consistency(old, size).unwrap());
            assert!(is_consistent(old, &before, size, &top, &proof), "{old} of {size}");
            let rewritten = root(&other[..size as usize]);
            let forged = hashes(&other, &consistency(old, size).unwrap());
            assert!(
                !is_consistent(old, &before, size, &rewritten, &forged),
                "{old} of {size}"
            );
            assert!(!is_consistent(old, &rewritten, size, &top, &proof) || rewritten == before);
        }
    }
    assert_eq!(consistency(0, 3), None);
    assert_eq!(consistency(4, 3), None);
}
