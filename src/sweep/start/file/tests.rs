use super::*;
use proptest::prelude::*;

/// The network of most files here.
const XOR: Shape = Shape { inputs: 2, units: 2 };

const HEADER: &str = "w1,w2,w3,w4,w5,w6,b1,b2,b3";

fn read(text: impl AsRef<[u8]>) -> Result<Found, String> {
    parse(text.as_ref(), XOR, None)
}

fn read_as(text: &str, layout: StartsLayout) -> Result<Found, String> {
    parse(text.as_bytes(), XOR, Some(layout))
}

fn names(found: &Found) -> Option<Vec<&str>> {
    found.names.as_ref().map(|names| (0..names.ends.len()).map(|row| names.get(row)).collect())
}

/// 1 to 9, as each row of most files here.
const NINE: [f64; 9] = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0];

#[test]
fn columns_stand_in_any_order_and_rows_keep_their_names() {
    let text = "\u{feff}b3,Name,note,w1,w2,w3,w4,w5,w6,b1,b2\r\n\
                9,near,\"two\r\n\r\nlines\",1,2,3,4,5,6,7,8\r\n\
                -9e-1,\"far, \"\"off\"\"\",5\" long,1,2,3,4,5,6,7, 8\r\n\
                0,,,1,2,3,4,5,6,7,8\r\n\
                0,near,,1,2,3,4,5,6,7,8\r\n\r\n";
    let found = read(text).unwrap();
    assert_eq!(found.values[..9], NINE);
    assert_eq!((found.values[17], found.values.len()), (-0.9, 36));
    assert_eq!(names(&found), Some(vec!["near", "far, \"off\"", "", "near"]));
    assert_eq!(found.understood, "columns w1 to b3, names from the column name");
}

#[test]
fn a_table_is_read_whatever_separates_its_cells() {
    let plain = "0.5,2,3,4,5,6,7,8,-9e1";
    let half = [0.5, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, -90.0];
    for separator in [",", ";", "\t", "|", " ", "   ", " \t", ", ", " ; "] {
        let row = plain.replace(',', separator);
        let header = HEADER.replace(',', separator);
        let mut texts = vec![
            format!("{header}\n{row}\n"),
            format!("{}\n{row}\n{row}", header.to_uppercase()),
            format!("# {header}\n{row}\n"),
            format!("# made today\n#\n## {header}\n# w1 is the first\n{row}\n# the end\n"),
            format!("{row}\n"),
            format!("# some numbers\n  {row}  \r\n"),
        ];
        if !separator.contains(',') {
            texts.extend(texts.clone().into_iter().map(|text| text.replace("0.5", "0,5")));
        }
        for text in texts {
            let found = read(&text).unwrap_or_else(|remedy| panic!("{text:?}: {remedy}"));
            assert_eq!(found.values[..9], half, "{text:?}");
            assert_eq!(found.names, None);
            assert_eq!(
                found.understood.contains("decimal comma"),
                text.contains("0,5"),
                "{}",
                found.understood
            );
        }
    }
    // The names in a comment may be separated otherwise than the numbers.
    assert_eq!(read(format!("# {}\n{plain}\n", HEADER.replace(',', " "))).unwrap().values, half);
    assert_eq!(read("\"0,5\",2,3,4,5,6,7,8,-90\n").unwrap().values, half);
    assert_eq!(read(format!("{HEADER}\r{plain}\r{plain}\r")).unwrap().values.len(), 18);
}

#[test]
fn numbers_without_names_are_taken_in_the_order_that_is_told_or_asked_for() {
    let row = "1,2,3,4,5,6,7,8,9\n";
    let keras = [1.0, 2.0, 3.0, 4.0, 7.0, 8.0, 5.0, 6.0, 9.0];
    let pytorch = [1.0, 3.0, 2.0, 4.0, 7.0, 8.0, 5.0, 6.0, 9.0];
    for text in [row, &row.replace(',', "\n"), &format!("[{}]", row.trim()), &format!("[[{}]]", row.trim())] {
        let found = read(text).unwrap();
        assert_eq!(found.values, NINE, "{text}");
        for part in [
            "in the order w1,w2,w3,w4,w5,w6,b1,b2,b3, since nothing names them",
            "starts_layout = keras: w1,w2,w3,w4,b1,b2,w5,w6,b3",
            "starts_layout = pytorch: w1,w3,w2,w4,b1,b2,w5,w6,b3",
        ] {
            assert!(found.understood.contains(part), "{}", found.understood);
        }
        for (layout, expected) in
            [(StartsLayout::Numbered, NINE), (StartsLayout::Keras, keras), (StartsLayout::Pytorch, pytorch)]
        {
            let found = read_as(text, layout).unwrap();
            assert_eq!(found.values, expected, "{text} {layout:?}");
            assert!(found.understood.contains(&format!("{}, as asked", layout.order(XOR))));
        }
        for layout in [StartsLayout::Start, StartsLayout::End] {
            assert!(read_as(text, layout).unwrap_err().contains("without columns start_ and end_"));
        }
    }
    for text in [format!("{HEADER}\n{row}"), format!("# {HEADER}\n{row}")] {
        assert!(read_as(&text, StartsLayout::Keras).unwrap_err().contains("leave it out"));
    }
}

#[test]
fn columns_that_are_only_counted_are_not_a_start() {
    let row = "1,2,3,4,5,6,7,8,9";
    for (header, index, has_names) in [
        ("0,1,2,3,4,5,6,7,8", "", false),
        (",0,1,2,3,4,5,6,7,8", "0,", false),
        (",0,1,2,3,4,5,6,7,8", "near,", true),
        ("\"\",\"V1\",\"V2\",\"V3\",\"V4\",\"V5\",\"V6\",\"V7\",\"V8\",\"V9\"", "\"1\",", false),
        ("column_0,column_1,column_2,column_3,column_4,column_5,column_6,column_7,column_8", "", false),
        (",w1,w2,w3,w4,w5,w6,b1,b2,b3", "0,", false),
        (",w1,w2,w3,w4,w5,w6,b1,b2,b3", "near,", true),
        // R's write.table names the rows beside the header.
        (HEADER, "\"1\",", false),
        (HEADER, "\"near\",", true),
    ] {
        let found = read(format!("{header}\n{index}{row}\n{index}{row}\n")).unwrap();
        assert_eq!(found.values, [NINE, NINE].concat(), "{header} {index}");
        assert_eq!(names(&found), has_names.then(|| vec!["near", "near"]), "{header} {index}");
    }
    assert_eq!(read(format!("{row}\n")).unwrap().values, NINE);
}

#[test]
fn a_table_of_results_gives_its_starts_or_its_ends() {
    let prefixed =
        |prefix: &str| HEADER.split(',').map(|name| format!("{prefix}{name}")).collect::<Vec<_>>().join(",");
    let both = format!("run,init,{},{}\n", prefixed("start_"), prefixed("end_"));
    let text = format!("{both}0,\"uniform(0,1)\",1,2,3,4,5,6,7,8,9,-1,-2,-3,-4,-5,-6,-7,-8,-9\n");
    let ends = NINE.map(|value| -value);
    let found = read(&text).unwrap();
    assert_eq!(found.values, NINE);
    assert_eq!(
        found.understood,
        "columns start_w1 to start_b3, not end_w1 to end_b3 (starts_layout = end takes these)"
    );
    assert_eq!(read_as(&text, StartsLayout::Start).unwrap().values, NINE);
    let found = read_as(&text, StartsLayout::End).unwrap();
    assert_eq!(found.values, ends);
    assert!(found.understood.contains("starts_layout = start takes these"));
    let only_ends = format!("{}\n-1,-2,-3,-4,-5,-6,-7,-8,-9\n", prefixed("end_"));
    let found = read(&only_ends).unwrap();
    assert_eq!((found.values.as_slice(), found.understood.as_str()), (&ends[..], "columns end_w1 to end_b3"));
    let remedy = read_as(&only_ends, StartsLayout::Start).unwrap_err();
    assert!(remedy.contains("line 1: the column start_w1 is missing"), "{remedy}");
}

#[test]
fn a_bad_file_is_refused_with_its_line_and_column() {
    let good = "1,2,3,4,5,6,7,8,9";
    let row = |row: &str| format!("{HEADER}\n{good}\n{row}\n");
    let cases = [
        (row("1,2,3,4,5,6,7,8,nan"), "line 3, column b3, holds `nan`"),
        (row("1,inf,3,4,5,6,7,8,9"), "line 3, column w2, holds `inf`"),
        (row("1,2,x,4,5,6,7,8,9"), "line 3, column w3, holds `x`"),
        (row("1,2,3,4,,6,7,8,9"), "line 3, column w5, holds ``"),
        (row("1,2,3,4,5,6,7,8,1e999"), "line 3, column b3, holds `1e999`"),
        (row(",,,,,,,,"), "line 3, column w1"),
        (row(&format!("\n{good}")), "line 3 is empty"),
        (row(&format!("\n{good}")).replace('\n', "\r\n"), "line 3 is empty"),
        (row("1,2,3"), "line 3 has 3 cells; give 9"),
        (row("1,2,3").replace('\n', "\r\n"), "line 3 has 3 cells; give 9"),
        (row("1,2,3,4,5,6,7,8,9,10"), "line 3 has 10 cells"),
        (row("# a comment").replace(',', " "), "line 3 has 3 cells"),
        (HEADER.to_owned(), "no rows"),
        (String::new(), "no rows"),
        ("# w1\n".to_owned(), "no rows"),
        ("a,b\n".to_owned(), "line 1: the column w1 is missing"),
        ("1,2,3,4,5,6,7,8,x\n".to_owned(), "line 1: the column w1 is missing"),
        ("# a comment\n1,2,3,4,5,6,7,8,9,10\n".to_owned(), "line 2 has 10 numbers; give 9"),
        ("0,5,0,5,0,5,0,5,0,5,0,5,0,5,0,5,0,5\n".to_owned(), "line 1 has 18 numbers"),
        ("1\n2\n3\n".to_owned(), "one column of 3 numbers; give 9"),
        ("1\n".repeat(12), "one column of 10 or more numbers"),
        (row("").replace("b2", "b4"), "the column b2 is missing"),
        (row("").replace("b2", "w1"), "the column b2 is missing"),
        (format!("{HEADER},W2\n{good},1\n"), "the column w2 stands there twice"),
        (
            "1;2;0,5;4;5;6;7;8;0.5\n".to_owned(),
            "holds `0.5`, with a decimal point; numbers before it have a comma",
        ),
        ("1;2;0.5;4;5;6;7;8;0,5\n".to_owned(), "holds `0,5`, with a decimal comma"),
        (format!("{}\n1;2;3;4;5;6;7;8;1.234,5\n", HEADER.replace(',', ";")), "holds `1.234,5`"),
        (format!("{HEADER},name\n{good},=cmd()\n"), "line 2, name `=cmd()`"),
        (format!("{HEADER},name\n{good},a; =cmd()\n"), "line 2, name `a; =cmd()`"),
        (format!("{HEADER},name\n{good},＝cmd()\n"), "line 2, name `＝cmd()`"),
        (format!("{HEADER},name\n{good},{}\n", "é".repeat(101)), "give at most 200 bytes"),
        (row(&format!("{good}\n{}", "1".repeat(200_000))), "line 4 begins a row of more than 65536 bytes"),
        (row(&format!("\"{}", "1\n".repeat(50_000))), "line 3 begins a row of more than 65536 bytes"),
        (format!("{HEADER},name\n{good},\"a\nb\"\n"), "line 2, name `a\\nb`"),
        (format!("{HEADER},name\n{good},\"a\nb\nc\"\n1\n"), "line 2, name"),
        (format!("{HEADER},note\n{good},\"a\r\nb\rc\"\n1\n"), "line 5 has 1 cells"),
    ];
    for (text, part) in cases {
        let remedy = read(&text).unwrap_err();
        assert!(remedy.contains(part), "{text:?}: {remedy}");
        assert!(!remedy.contains('\n'), "{remedy}");
    }
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("starts.csv");
    let read = |path: &Path| Starts::read(path, XOR, None);
    let problem = read(&path).unwrap_err();
    assert_eq!((problem.key.as_str(), problem.value), ("starts", path.display().to_string()));
    for (bytes, part) in [
        ([HEADER.as_bytes(), b"\r\n1,2,3,4,5,6,7,8,9\r\n\xff"].concat(), "line 3 is not UTF-8"),
        (b"w1\xff\n".to_vec(), "line 1 is not UTF-8"),
        (b"PK\x03\x04 and more".to_vec(), "it is a zip archive"),
        (b"\x80\x04\x95".to_vec(), "it is a pickle"),
        (b"\xff\xfew\x001\x00".to_vec(), "it is text in UTF-16"),
        (b"PAR1".to_vec(), "it is a Parquet file"),
    ] {
        std::fs::write(&path, bytes).unwrap();
        let problem = read(&path).unwrap_err();
        assert!(problem.remedy.contains(part), "{problem}");
    }
    let bad_name = folder.path().join("@starts.csv");
    std::fs::write(&bad_name, "1,2,3,4,5,6,7,8,9").unwrap();
    assert!(read(&bad_name).unwrap_err().remedy.contains("the file's name `@starts.csv`"));
}

/// None has an end, and memory has one.
#[test]
fn a_file_without_end_is_refused() {
    let endless = |head: &str, text: &'static str| {
        let rest = std::iter::repeat_with(move || text.bytes()).flatten();
        struct Bytes<I>(I);
        impl<I: Iterator<Item = u8>> Read for Bytes<I> {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                buffer.iter_mut().for_each(|byte| *byte = self.0.next().expect("it has no end"));
                Ok(buffer.len())
            }
        }
        parse(head.as_bytes().chain(Bytes(rest)), XOR, None).unwrap_err()
    };
    let header = format!("{HEADER}\n");
    for (head, text, part) in [
        ("", "\0", "line 1 begins a row of more than 65536 bytes"),
        (&header, "1", "line 2 begins a row"),
        (&header, "\n", "line 2 is empty, and so are all after it"),
        ("", "# comment\n", "comments have more than"),
        ("1,2,3,4,5,6,7,8,9\n", "#\n", "comments have more than"),
        ("", "1\n", "one column of 10 or more numbers"),
        ("[", "1,", "JSON may have at most"),
        ("[", "[", "JSON may have at most"),
    ] {
        let remedy = endless(head, text);
        assert!(remedy.contains(part), "{head:?} {text:?}: {remedy}");
    }
}

/// The same network, in the ways in which programs write it: w1…w4 = 1…4, w5, w6 = 5, 6, b1, b2 = 7, 8, b3 = 9.
#[test]
fn a_network_is_read_from_its_matrices() {
    let keras = "[[1,2],[3,4]]";
    let pytorch = "[[1,3],[2,4]]";
    for (text, part) in [
        // Keras: [array.tolist() for array in model.get_weights()], and by layers.
        (
            format!("[{keras},[7,8],[[5],[6]],[9]]"),
            "inputs × units, as Keras and NumPy have them, since those of the output are 2 × 1",
        ),
        (format!("[[{keras},[7,8]],[],[[[5],[6]],[9]]]"), "inputs × units"),
        (
            format!(
                "{{\"dense/kernel:0\":{keras},\"dense/bias:0\":[7,8],\"dense_1/kernel:0\":[5,6],\"dense_1/bias:0\":[9]}}"
            ),
            "by the name kernel (starts_layout = pytorch: units × inputs)",
        ),
        // PyTorch: a state dict, parameters in order, a state dict within others.
        (
            format!("{{\"0.weight\":{pytorch},\"0.bias\":[7,8],\"2.weight\":[[5,6]],\"2.bias\":[9]}}"),
            "units × inputs, as PyTorch has them, since those of the output are 1 × 2 (starts_layout = keras: inputs × units)",
        ),
        (format!("[{pytorch},[7,8],[[5,6]],[9]]"), "units × inputs"),
        (
            format!(
                "{{\"epoch\":3,\"batch_size\":4,\"ok\":true,\"model\":{{\"fc1.weight\":{pytorch},\"fc1.bias\":[7,8],\"fc2.weight\":[[5,6]],\"fc2.bias\":[9]}},\"losses\":[1,2]}}"
            ),
            "units × inputs",
        ),
        (
            format!("{{\"bias_h\":[7,8],\"bias_o\":9,\"weights_ho\":[5,6],\"weights_ih\":{pytorch}}}"),
            "by the name weights_ih",
        ),
        // Matrices as objects, biases as columns.
        (
            format!(
                "{{\"weights_ih\":{{\"rows\":2,\"cols\":2,\"data\":{pytorch}}},\"weights_ho\":{{\"rows\":1,\"cols\":2,\"data\":[[5,6]]}},\"bias_h\":{{\"rows\":2,\"cols\":1,\"data\":[[7],[8]]}},\"bias_o\":{{\"rows\":1,\"cols\":1,\"data\":[[9]]}}}}"
            ),
            "1 × 2",
        ),
        (
            format!("{{\"sizes\":[2,2,1],\"weights\":[{pytorch},[[5,6]]],\"biases\":[[[7],[8]],[[9]]]}}"),
            "1 × 2",
        ),
        (
            format!(
                "{{\"sizes\":[2,2,1],\"layers\":[{{\"weights\":[],\"biases\":[]}},{{\"weights\":{pytorch},\"biases\":[7,8]}},{{\"weights\":[[5,6]],\"biases\":[9]}}]}}"
            ),
            "1 × 2",
        ),
        (format!("{{\"coefs_\":[{keras},[[5],[6]]],\"intercepts_\":[[7,8],[9]]}}"), "2 × 1"),
        // NumPy from scratch.
        (format!("{{\"W1\":{keras},\"b1\":[[7,8]],\"W2\":[[5],[6]],\"b2\":[[9]]}}"), "2 × 1"),
        (
            format!("{{\"wh\":{keras},\"bh\":[7,8],\"wout\":[5,6],\"bout\":9}}"),
            "inputs × units, as Keras and NumPy have them, since nothing tells (starts_layout = pytorch",
        ),
        (format!("[{keras},[[5],[6]],[7,8],[9]]"), "2 × 1"),
        (
            "{\"W1\":1,\"w2\":2,\"w3\":3,\"w4\":4,\"w5\":5,\"w6\":6,\"b1\":7,\"b2\":8,\"b3\":9,\"loss\":0.1}"
                .to_owned(),
            "numbers w1 to b3 by name",
        ),
    ] {
        let found = read(&text).unwrap_or_else(|remedy| panic!("{text}: {remedy}"));
        assert_eq!(found.values, NINE, "{text}: {}", found.understood);
        assert!(found.understood.contains(part), "{text}: {}", found.understood);
    }
    let square = format!("[{keras},[7,8],[[5],[6]],[9]]");
    let found = read_as(&square, StartsLayout::Pytorch).unwrap();
    assert_eq!(found.values[..4], [1.0, 3.0, 2.0, 4.0]);
    assert!(
        found.understood.contains("units × inputs, as PyTorch has them, as asked"),
        "{}",
        found.understood
    );
    let found = read(format!("[{keras},[[5],[6]]]")).unwrap();
    assert_eq!(found.values, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 0.0, 0.0, 0.0]);
    assert!(found.understood.ends_with("no biases, which are 0"), "{}", found.understood);
}

/// Three inputs, and the same numbers in every layout.
#[test]
fn networks_of_other_shapes_are_read_by_their_sizes() {
    let shape = Shape { inputs: 3, units: 2 };
    let expected: Vec<f64> = (1..=11).map(f64::from).collect();
    for (text, layout) in [
        ("1 2 3 4 5 6 7 8 9 10 11", None),
        ("w1 w2 w3 w4 w5 w6 b1 b2 b3 w7 w8\n1 2 3 4 5 6 9 10 11 7 8", None),
        ("1,2,3,4,5,6,9,10,7,8,11", Some(StartsLayout::Keras)),
        ("1,3,5,2,4,6,9,10,7,8,11", Some(StartsLayout::Pytorch)),
        ("[[[1,2],[3,4],[5,6]],[9,10],[7,8],[11]]", None),
        ("[[[1,3,5],[2,4,6]],[9,10],[7,8],[11]]", None),
        ("[[[1,3,5],[2,4,6]],[9,10],[7,8],[11]]", Some(StartsLayout::Pytorch)),
    ] {
        let found = parse(text.as_bytes(), shape, layout).unwrap_or_else(|remedy| panic!("{text}: {remedy}"));
        assert_eq!(found.values, expected, "{text}");
    }
    let remedy = parse(&b"[[[1,2],[3,4],[5,6]],[9,10],[7,8],[11]]"[..], shape, Some(StartsLayout::Pytorch));
    assert!(remedy.unwrap_err().contains("another than 3 × 2 weights have"));
    let one = Shape { inputs: 2, units: 1 };
    for text in [
        "[[[1],[2]],[4],[[3]],[5]]",
        "{\"coefs_\":[[[1],[2]],[[3]]],\"intercepts_\":[[4],[5]]}",
        "{\"0.weight\":[[1,2]],\"0.bias\":[4],\"2.weight\":[[3]],\"2.bias\":[5]}",
    ] {
        assert_eq!(parse(text.as_bytes(), one, None).unwrap().values, [1.0, 2.0, 3.0, 4.0, 5.0], "{text}");
    }
}

#[test]
fn several_networks_keep_their_order_and_names() {
    let net = "{\"0.weight\":[[1,3],[2,4]],\"0.bias\":[7,8],\"2.weight\":[[5,6]],\"2.bias\":[9]}";
    let row = "[1,2,3,4,5,6,7,8,9]";
    let record =
        "{\"name\":\"b\",\"w1\":1,\"w2\":2,\"w3\":3,\"w4\":4,\"w5\":5,\"w6\":6,\"b1\":7,\"b2\":8,\"b3\":9}";
    for (text, expected) in [
        (format!("[{net},{net}]"), None),
        (format!("{net}\n{net}\n"), None),
        (format!("{{\"b\":{net},\"a\":{net},\"count\":2}}"), Some(vec!["b", "a"])),
        (format!("{{\"b\":{row},\"a\":{row}}}"), Some(vec!["b", "a"])),
        (format!("[{row},{row}]"), None),
        (format!("{row}\n{row}"), None),
        (format!("[{record},{}]", record.replace("\"b\"", "\"\"")), Some(vec!["b", ""])),
    ] {
        let found = read(&text).unwrap_or_else(|remedy| panic!("{text}: {remedy}"));
        assert_eq!(found.values, [NINE, NINE].concat(), "{text}");
        assert_eq!(names(&found), expected, "{text}");
    }
    let other = net.replace("[[5,6]]", "[[5],[6]]");
    for (text, part) in [
        (format!("[{net},{other}]"), "network 1 (from 0) is laid out otherwise"),
        (
            format!("[{net},{{\"0.weight\":[[1,3],[2,4]]}}]"),
            "network 1 (from 0): its weights are 2 × 2; give",
        ),
        (format!("{{\"a\":{net},\"b\":[1]}}"), "network 1 `b` (from 0)"),
        (format!("{{\"=a\":{net},\"b\":{net}}}"), "name `=a`"),
        ("[[1,2],[3,4]]".to_owned(), "its weights are 2 × 2"),
        (
            "{\"0.weight\":[[1,3,2],[2,4,2]],\"2.weight\":[[5,6]]}".to_owned(),
            "its weights are 2 × 3 and 1 × 2; give 2 × 2",
        ),
        (
            "{\"0.weight\":[[1,3],[2,4]],\"2.weight\":[[5,6]],\"0.bias\":[1,2,3]}".to_owned() + " x",
            "begins like JSON but is none",
        ),
        (
            "{\"0.weight\":[[1,3],[2,4]],\"2.weight\":[[5,6]],\"0.bias\":[1,2]}".to_owned(),
            "its biases are 2 numbers; give 2 of",
        ),
        ("[NaN]".to_owned(), "begins like JSON but is none"),
        ("[1e999]".to_owned(), "begins like JSON but is none"),
        ("[".repeat(100_000), "begins like JSON but is none"),
    ] {
        let remedy = read(&text).unwrap_err();
        assert!(remedy.contains(part), "{text:.200}: {remedy}");
    }
}

/// Files that the programs themselves have made: tests/starts/make.py says how.
#[test]
fn the_files_of_real_programs_are_read_to_the_last_bit() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/starts");
    let read = |name: &str, layout: Option<StartsLayout>| {
        Starts::read(&folder.join(name), XOR, layout).unwrap_or_else(|problem| panic!("{problem}"))
    };
    let plain = read("plain.csv", None).values;
    let single: Vec<f64> = plain.iter().map(|&value| f64::from(value as f32)).collect();
    let layouts = [("torch-vector.npy", StartsLayout::Pytorch), ("keras-flat.csv", StartsLayout::Keras)];
    let has_names = ["named.csv", "records.json", "convergence.csv"];
    for name in [
        "savetxt.txt",
        "savetxt-header.txt",
        "savetxt-comma.csv",
        "savetxt-one.txt",
        "rows.npy",
        "fortran.npy",
        "float32.npy",
        "fortran-float32.npy",
        "one.npy",
        "big-endian.npy",
        "index.csv",
        "german.csv",
        "tabs.tsv",
        "named.csv",
        "records.json",
        "counted.csv",
        "counted-no-index.csv",
        "r-write-csv.csv",
        "r-write-table.txt",
        "r-write-csv2.csv",
        "r-matrix.csv",
        "convergence.csv",
        "toy-nn.json",
        "torch-state-dict.json",
        "torch-parameters.json",
        "torch-vector.npy",
        "keras-get-weights.json",
        "keras-layers.json",
        "keras-paths.json",
        "keras-flat.csv",
        "sklearn-mlp.json",
    ] {
        let layout = layouts.iter().find(|(file, _)| *file == name).map(|(_, layout)| *layout);
        let starts = read(name, layout);
        let is_single = ["float32", "torch", "keras"].iter().any(|part| name.contains(part));
        let expected = if is_single { &single } else { &plain };
        let is_one = ["one", "torch", "keras", "toy", "sklearn"].iter().any(|part| name.contains(part));
        assert_eq!(starts.len(), if is_one { 1 } else { 3 }, "{name}");
        for (value, expected) in starts.values().iter().zip(expected) {
            // R and pandas' JSON write 15 digits.
            let tolerance = if name.starts_with("r-") || name == "records.json" { 1e-14 } else { 0.0 };
            assert!((value - expected).abs() <= tolerance, "{name}: {value} {expected}");
        }
        assert_eq!(starts.has_names(), has_names.contains(&name), "{name}");
        if starts.has_names() {
            assert_eq!(
                ["near", "far off", "a, b"].map(Some),
                [0, 1, 2].map(|row| starts.name(row)),
                "{name}"
            );
        }
        println!("{name}: {}", starts.understood);
    }
}

proptest! {
    #[test]
    fn no_text_makes_the_parser_panic(
        text in "\\PC*",
        rows in "[-0-9,.e\"\r\n]{0,60}",
        numbers in "[0-9,.; \t#\n\"]{0,60}",
        json in "[\\[{]([\\[\\]{},:1-3]|\"[wb]1\":){0,30}",
    ) {
        let _ = read(&text);
        let _ = read(format!("{HEADER}\n{rows}"));
        let _ = read(&numbers);
        let _ = read(&json);
    }

    #[test]
    fn cells_in_quotes_read_back(cells in prop::collection::vec("[a,;\t |\"\r\n]{0,4}", 1..4)) {
        let quoted: Vec<String> = cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
        for separator in [",", ";", "\t", "|", "  "] {
            let names: Vec<String> = (0..cells.len()).map(|number| format!("x{number}")).collect();
            let header = format!("{}{separator}{}", names.join(separator), HEADER.replace(',', separator));
            let row = format!("{}{separator}{}", quoted.join(separator), "1,2,3,4,5,6,7,8,9".replace(',', separator));
            let found = read(format!("{header}\n{row}\r\n{row}\n")).unwrap();
            prop_assert_eq!(found.values, [NINE, NINE].concat());
        }
    }
}
