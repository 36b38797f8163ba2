//! The benchmarks' work in a size for tests: it must still do what its hash says.

use xorsweep::{Isa, Options, SetUp, run_all};

#[path = "../benches/work/mod.rs"]
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

#[cfg(target_arch = "x86_64")]
#[test]
fn multiply_adds_settle_at_their_fixed_point() {
    match work::multiply_adds(100) {
        Some(sum) => assert_eq!(sum, 0.5 * work::CHAINS as f64),
        None => println!("skipped: no AVX-512"),
    }
}
