//! The benchmarks' work in a size for tests: it must still do what its hash says.

use xorsweep::{Isa, Options, SetUp, run_all};

use crate::networks;

#[path = "../../benches/work/feed.rs"]
mod feed;
#[path = "../../benches/work/set_ups.rs"]
mod set_ups;
#[path = "../../benches/work/mod.rs"]
mod work;

#[test]
fn the_kernel_does_the_same_work_on_every_instruction_set() {
    for network in &work::networks() {
        for momentum in [0.0, 0.5] {
            let hashes: Vec<u64> =
                Isa::available().map(|isa| work::kernel(isa, network, momentum, 17, 100)).collect();
            assert!(hashes.windows(2).all(|pair| pair[0] == pair[1]), "{network:?} {momentum}: {hashes:?}");
        }
    }
}

#[test]
fn a_single_run_ends_where_its_lane_does() {
    assert_eq!(work::single_run(100), work::kernel(Isa::best(), &SetUp::default(), 0.0, 1, 100));
}

#[test]
fn a_whole_sweep_does_the_same_work_on_one_thread_and_on_two() {
    let sweep = work::sweep(34);
    let [one, two] = [1, 2].map(|threads| run_all(&sweep, &Options { threads, ..Options::default() }));
    assert_eq!(work::hash_of_ends(&one), work::hash_of_ends(&two));
    assert!(work::steps_of(&one) > 34);
    assert_eq!(work::rows(&one), work::rows(&two));
}

#[test]
fn set_ups_do_the_same_work_on_every_instruction_set() {
    for case in set_ups::cases() {
        case.set_up
            .check(case.momentum != 0.0)
            .unwrap_or_else(|refusal| panic!("{}: {refusal:?}", case.name));
        let ends: Vec<[u64; 2]> = Isa::available()
            .map(|isa| case.sweep(isa, 17, 100).0)
            .map(|all| [set_ups::hash_of_ends(&all), set_ups::steps_of(&all)])
            .collect();
        assert!(ends.windows(2).all(|pair| pair[0] == pair[1]), "{}: {ends:?}", case.name);
        assert!(ends[0][1] > 17, "{}: {ends:?}", case.name);
    }
}

#[test]
fn the_general_kernel_does_the_work_of_the_fused_one() {
    let cases = set_ups::cases();
    let of = |name| cases.iter().find(|case| case.name == name).expect("there is such a set-up");
    for [fused, general] in [["default, fused", "default"], ["momentum 0.9, fused", "momentum 0.9"]] {
        let [fused, general] = [fused, general].map(|name| of(name).sweep(Isa::best(), 34, 2000).0);
        assert_ne!(
            set_ups::hash_of_ends(&fused),
            set_ups::hash_of_ends(&general),
            "both are the same kernel"
        );
        for (one, other) in fused.iter().zip(&general) {
            assert_eq!((one.run, one.outcome, one.steps), (other.run, other.outcome, other.steps));
            for (a, b) in one.end.iter().zip(&other.end) {
                assert!((a - b).abs() <= 1e-9 * (1.0 + b.abs()), "run {}: {a} and {b}", one.run);
            }
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[test]
fn multiply_adds_settle_at_their_fixed_point() {
    match work::multiply_adds(100) {
        Some(sum) => assert_eq!(sum, 0.5 * work::CHAINS as f64),
        None => println!("skipped: no AVX-512"),
    }
}
