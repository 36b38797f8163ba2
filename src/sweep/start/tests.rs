use super::*;
use crate::kernel::fused::PARAMETERS;

/// The shape of the default network.
const SHAPE: Shape = Shape { inputs: 2, units: 2 };
use proptest::prelude::*;

fn init(text: &str) -> Init {
    text.parse().unwrap()
}

#[test]
fn the_generator_agrees_with_its_published_reference() {
    let mut state = [0_u8; 32];
    for word in 0..4 {
        state[8 * word] = u8::try_from(word + 1).unwrap();
    }
    let mut generator = Xoshiro256PlusPlus::from_seed(state);
    let expected = [
        41943041,
        58720359,
        3588806011781223,
        3591011842654386,
        9228616714210784205,
        9973669472204895162,
        14011001112246962877,
        12406186145184390807,
        15849039046786891736,
        10450023813501588000,
    ];
    assert_eq!(expected.map(|_| generator.next_u64()), expected);
}

#[test]
fn a_seed_fills_the_generator_by_the_published_splitmix64() {
    let words: [u64; 4] =
        [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431];
    let mut state = [0; 32];
    for (bytes, word) in state.chunks_mut(8).zip(words) {
        bytes.copy_from_slice(&word.to_le_bytes());
    }
    assert_eq!(Xoshiro256PlusPlus::seed_from_u64(1234567), Xoshiro256PlusPlus::from_seed(state));
}

/// The literals are what the independent oracle, tests/oracle/starts.py, prints.
#[test]
#[rustfmt::skip]
fn starts_agree_with_the_oracle_bit_for_bit() {
    let cases: [(&str, u64, [f64; PARAMETERS]); 7] = [
        ("uniform(0,1)", 0, [0.3245752680314067, 0.38223929651167343, 0.3596172076473553, 0.011455508934653635, 0.49527006868383106, 0.020565239559745874, 0.8572473990158933, 0.8455088078683693, 0.2948856726612019]),
        ("uniform(-0.5,2)", 18446744073709551615, [0.3476628075471926, 1.751187602047032, 1.7257121864847722, 0.18416972256545217, 1.139027633306277, 0.5053245972295612, 1.7096139925466858, 0.7165829046272878, 1.087131972482965]),
        ("normal(1)", 7, [1.674036445441065, -0.560049561941806, 0.5378981681989655, -0.0397876500248916, 1.2079282540944534, -0.9179778807777227, 0.32834061497569145, -0.5433138167039008, -0.012389036451004696]),
        ("constant(0.1)+normal(0.01)", 7, [0.11674036445441066, 0.09439950438058195, 0.10537898168198966, 0.09960212349975109, 0.11207928254094454, 0.09082022119222277, 0.10328340614975692, 0.094566861832961, 0.09987610963548996]),
        ("glorot", 3, [-1.0987151484219244, 0.36232251219276446, 0.8989971899916873, 0.8446388348735754, 0.358633623269103, -1.099706854801385, 0.0, 0.0, 0.0]),
        ("glorot+normal(0.5)", 3, [-1.2943788164528895, 0.39394340613410606, 0.32738288529464965, 0.5680244424184462, 0.3262765538276947, -1.449395536351174, -0.007223452281038778, -0.7127856194165277, 0.40175225075373727]),
        ("pytorch", 3, [-0.6343434867041178, 0.20918699994795398, 0.5190362696424179, 0.4876524586822707, 0.1793168116345515, -0.5498534274006925, -0.4522852174381532, 0.17609392814473557, 0.07746210951878463]),
    ];
    for (text, seed, theta) in cases {
        assert_eq!(init(text).start(seed, SHAPE)[..], theta[..], "{text} of seed {seed}");
    }
}

#[test]
fn terms_of_others_are_told_by_what_they_are_called_here() {
    for (text, remedy) in [
        ("normal(0,1)", "write normal(1)"),
        ("normal(0.1, 0.01)", "write constant(0.1)+normal(0.01)"),
        ("uniform(0.5)", "write uniform(-0.5,0.5) or uniform(0,0.5)"),
        ("zeros", "here it is called `constant(0)`"),
        ("ones()", "here it is called `constant(1)`"),
        ("xavier", "here it is called `glorot`"),
        ("Xavier_Uniform", "here it is called `glorot`"),
        ("he_normal", "here it is called `he`"),
        ("kaiming_normal_", "here it is called `he`"),
        ("randn", "here it is called `normal(1)`"),
        ("gaussian(0.2)", "here it is called normal(0.2)"),
        ("gaussian(0,0.2)", "write normal(0.2)"),
        ("rand", "here it is called `uniform(0,1)`"),
        ("0.1", "write constant(0.1) for one number everywhere"),
        ("norml(1)", "did you mean `normal`?"),
        ("wat(1)", "there is constant"),
    ] {
        let problem = text.parse::<Init>().unwrap_err();
        assert!(problem.remedy.contains(remedy), "{problem}");
        assert_eq!(problem.value, text);
    }
}

#[test]
fn a_constant_draws_nothing_and_leaves_the_generator_alone() {
    assert!(!init("constant(0.1)").draws());
    assert_eq!(init("constant(0.1)+constant(0.2)").start(5, SHAPE)[..], [0.1 + 0.2; PARAMETERS]);
    assert_eq!(init("constant(0)+normal(1)").start(5, SHAPE), init("normal(1)").start(5, SHAPE));
    assert_eq!(
        init("constant(-0)").start(5, SHAPE).into_iter().map(f64::to_bits).collect::<Vec<_>>(),
        [0; PARAMETERS]
    );
}

#[test]
fn glorot_takes_nine_draws_so_that_the_next_term_draws_the_same_after_either() {
    let noise = |first: &str| {
        let (alone, both) =
            (init(first).start(9, SHAPE), init(&format!("{first}+normal(1)")).start(9, SHAPE));
        std::array::from_fn::<f64, PARAMETERS, _>(|index| both[index] - alone[index])
    };
    for (one, other) in noise("glorot").into_iter().zip(noise("pytorch")) {
        assert!((one - other).abs() < 1e-14);
    }
    assert_eq!(init("glorot").start(9, SHAPE)[SHAPE.biases()], [0.0; 3]);
}

#[test]
fn a_uniform_draw_never_reaches_its_upper_end() {
    let greatest = 1.0 - f64::EPSILON / 2.0;
    for (lo, hi) in [(0.0, 1.0), (1.0, 1.0_f64.next_up()), (-1e300, 1.0), (0.0, 5e-324), (1e16, 1e16 + 2.0)] {
        assert!((lo..hi).contains(&scaled(greatest, lo, hi)), "{lo} {hi}");
        assert_eq!(scaled(0.0, lo, hi), lo);
    }
}

#[test]
fn normal_draws_have_mean_nought_and_variance_one() {
    let normal = init("normal(1)");
    let draws: Vec<f64> = (0..20_000).flat_map(|seed| normal.start(seed, SHAPE)).collect();
    let count = f64::from(u32::try_from(draws.len()).unwrap());
    let mean = draws.iter().sum::<f64>() / count;
    let variance = draws.iter().map(|z| z * z).sum::<f64>() / count;
    assert!(mean.abs() < 0.01 && (variance - 1.0).abs() < 0.02, "{mean} {variance}");
}

#[test]
fn the_text_of_an_init_is_canonical() {
    for (text, canonical) in [
        (" constant( 1e-1 ) + normal (0.010) ", "constant(0.1)+normal(0.01)"),
        ("uniform(-1.0, 1e+0)", "uniform(-1,1)"),
        ("normal(1e-7)", "normal(1e-7)"),
        ("glorot+pytorch", "glorot+pytorch"),
        ("constant(-0)", "constant(0)"),
    ] {
        assert_eq!(init(text).to_string(), canonical);
    }
}

#[test]
fn a_bad_init_is_named() {
    let cases = [
        ("normall(1)", "did you mean `normal`?"),
        ("gauss(1)", "here it is called normal(1)"),
        ("", "a term is missing"),
        ("normal(1)+", "a term is missing"),
        ("normal(1)++normal(1)", "a term is missing"),
        ("normal", "write normal(0.01)"),
        ("normal()", "write normal(0.01)"),
        ("normal(1,2)", "write constant(1)+normal(2)"),
        ("normal(nan)", "finite numbers"),
        ("constant(inf)", "finite numbers"),
        ("constant(1e999)", "finite numbers"),
        ("normal(1", "close the parenthesis"),
        ("normal(1)normal(2)", "finite numbers"),
        ("normal(0)", "above 0"),
        ("normal(-1)", "above 0"),
        ("uniform(1)", "write uniform(-1,1) or uniform(0,1)"),
        ("uniform(0)", "write uniform(0,1)"),
        ("normal(0,-1)", "write normal(0.01)"),
        ("uniform(1,0)", "lower end first"),
        ("uniform(1,1)", "lower end first"),
        ("uniform(-1e308,1e308)", "too far apart"),
        ("glorot()", "write glorot without"),
        ("pytorch(1)", "write pytorch without"),
        ("constant(1e308)+constant(1e308)", "infinite"),
        ("normal(1e308)", "infinite"),
    ];
    for (text, part) in cases {
        let problem = text.parse::<Init>().unwrap_err();
        assert_eq!((problem.key.as_str(), problem.value.as_str()), ("init", text));
        assert!(problem.remedy.contains(part), "{problem}");
    }
    assert!(["glorot"; MAX_TERMS + 1].join("+").parse::<Init>().is_err());
}

proptest! {
    #[test]
    fn no_text_makes_the_parser_panic(text in "\\PC*", near in "[a-z(),+.0-9 ]{0,30}") {
        let _ = text.parse::<Init>();
        let _ = near.parse::<Init>();
    }

    #[test]
    fn inits_of_one_kind_and_seed_differ_in_size_alone(seed: u64, constant in -9.0..9.0, sd in 1e-9..9.0) {
        let (z, u) = (init("normal(1)").start(seed, SHAPE), init("uniform(0,1)").start(seed, SHAPE));
        let normal = init(&format!("constant({constant})+normal({sd})")).start(seed, SHAPE);
        prop_assert_eq!(normal, z.iter().map(|z| constant + sd * z).collect::<Theta>());
        let uniform = init(&format!("uniform(0,{sd})")).start(seed, SHAPE);
        prop_assert_eq!(uniform, u.iter().map(|u| u * sd).collect::<Theta>());
    }

    #[test]
    fn starts_are_finite_and_text_reads_back(seed: u64, lo in -1e300..0.0, hi in 0.0..1e300, sd in 1e-300..1e300) {
        for text in [format!("uniform({lo},{hi})"), format!("normal({sd})+pytorch+glorot")] {
            let init = init(&text);
            prop_assert!(init.start(seed, SHAPE).iter().all(|value| value.is_finite()));
            prop_assert_eq!(init.to_string().parse::<Init>().unwrap(), init);
        }
    }
}
