//! Networks in JSON, as programs dump their weights: matrices and biases, by name or layer by layer.
//!
//! A matrix of weights is inputs × units (Keras, NumPy) or units × inputs (PyTorch). Its sizes tell which, unless it is
//! square; then the output's weights do, which are n × 1 or 1 × n; then the names.

use std::fmt;
use std::io::Read;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::{Found, MAX_ROWS, Names, order_of_unnamed, rows_of, sizes};
use crate::kernel::Shape;
use crate::sweep::start::layout::StartsLayout;

/// The most bytes such a file may have; a number of it takes 32 bytes in memory.
const MAX_BYTES: u64 = 16 << 20;

/// The name of a start among the arrays of its network.
const NAME: &str = "name";

/// Reads a whole file; the error is a remedy.
pub(super) fn read(source: impl Read, shape: Shape, layout: Option<StartsLayout>) -> Result<Found, String> {
    let mut text = Vec::new();
    source.take(MAX_BYTES + 1).read_to_end(&mut text).map_err(|error| super::unreadable(&error))?;
    if text.len() as u64 > MAX_BYTES {
        return Err(format!(
            "JSON may have at most {MAX_BYTES} bytes; give the starts as a table or as .npy"
        ));
    }
    let documents: Result<Vec<Json>, _> = serde_json::Deserializer::from_slice(&text).into_iter().collect();
    let mut documents = documents.map_err(|error| format!("it begins like JSON but is none: {error}"))?;
    // Several are a list, one a line.
    let document = if documents.len() == 1 { documents.remove(0) } else { Json::List(documents) };
    Reader { shape, names: shape.names(), layout }.starts(&document)
}

/// A value of JSON, its members in the file's order.
#[derive(Clone, Debug, PartialEq)]
enum Json {
    Number(f64),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
    /// A truth value, or nothing.
    Other,
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyJson)
    }
}

struct AnyJson;

impl<'de> Visitor<'de> for AnyJson {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Json, E> {
        Ok(Json::Other)
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Other)
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        Ok(Json::Number(value))
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "a whole number beyond 2^53 is rounded as any other text of it"
    )]
    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Number(value as f64))
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "a whole number beyond 2^53 is rounded as any other text of it"
    )]
    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Number(value as f64))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json, E> {
        Ok(Json::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Json, A::Error> {
        let mut list = Vec::new();
        while let Some(member) = members.next_entry()? {
            list.push(member);
        }
        Ok(Json::Object(list))
    }
}

/// A rectangular array of numbers.
#[derive(Clone, Debug, Default, PartialEq)]
struct Array {
    /// The last word of its name that says something, in lower case; empty if it has none.
    word: String,
    sizes: Vec<usize>,
    values: Vec<f64>,
}

impl Array {
    /// The array that a value is, if it is one.
    fn of(json: &Json) -> Option<Self> {
        match json {
            Json::Number(value) => Some(Self { values: vec![*value], ..Self::default() }),
            Json::List(items) => {
                let mut all = Self::of(items.first()?)?;
                for item in &items[1..] {
                    let next = Self::of(item).filter(|next| next.sizes == all.sizes)?;
                    all.values.extend(next.values);
                }
                all.sizes.insert(0, items.len());
                Some(all)
            }
            _ => None,
        }
    }

    fn is_weights(&self) -> bool {
        let word = &self.word;
        ["weight", "kernel", "coef"].iter().any(|part| word.contains(part))
            || word.starts_with("w_")
            || (word.starts_with('w') && word.len() <= MAX_SHORT)
    }

    fn is_biases(&self) -> bool {
        let word = &self.word;
        ["bias", "intercept"].iter().any(|part| word.contains(part))
            || word.starts_with("b_")
            || (word.starts_with('b') && word.len() <= MAX_SHORT && !["beta", "bs"].contains(&word.as_str()))
    }
}

/// The most letters of a name such as w1, bh or wout.
const MAX_SHORT: usize = 4;

/// All arrays below a value, in the file's order.
fn collect(json: &Json, word: &str, arrays: &mut Vec<Array>) {
    if let Some(array) = Array::of(json) {
        arrays.push(Array { word: word.to_owned(), ..array });
        return;
    }
    match json {
        Json::List(items) => items.iter().for_each(|item| collect(item, word, arrays)),
        Json::Object(members) => {
            for (name, value) in members {
                collect(value, last_word(name).as_deref().unwrap_or(word), arrays);
            }
        }
        _ => {}
    }
}

/// The last word of a name such as `hidden.weight` or `dense/kernel:0`, unless it says nothing about what is there.
fn last_word(name: &str) -> Option<String> {
    let says_something =
        |word: &&str| !word.is_empty() && !word.bytes().all(|byte| byte.is_ascii_digit()) && *word != "data";
    name.split(['.', '/', ':']).rev().find(says_something).map(str::to_lowercase)
}

/// How a matrix of weights is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    /// A row for each input.
    InputsByUnits,
    /// A row for each unit.
    UnitsByInputs,
}

impl Order {
    /// How a matrix of weights from so many to so many is laid out, if its sizes tell.
    fn of(sizes: &[usize], from: usize, to: usize) -> Option<Self> {
        match *sizes {
            [rows, columns] if rows == columns => None,
            [rows, columns] if (rows, columns) == (from, to) => Some(Self::InputsByUnits),
            [rows, columns] if (rows, columns) == (to, from) => Some(Self::UnitsByInputs),
            _ => None,
        }
    }

    /// What it is called, and what else there is.
    fn words(self) -> [&'static str; 3] {
        match self {
            Self::InputsByUnits => {
                ["inputs × units, as Keras and NumPy have them", "pytorch", "units × inputs"]
            }
            Self::UnitsByInputs => ["units × inputs, as PyTorch has them", "keras", "inputs × units"],
        }
    }
}

/// A network that was read.
struct Network {
    theta: Vec<f64>,
    understood: String,
}

/// Reads networks of one shape.
struct Reader {
    shape: Shape,
    names: Vec<String>,
    layout: Option<StartsLayout>,
}

impl Reader {
    /// The starts of a file: an array of numbers, a network, or several networks in a list or by name.
    fn starts(&self, json: &Json) -> Result<Found, String> {
        if let Some((rows, array)) = self.rows(json) {
            return self.of_array(rows, &array);
        }
        let alone = self.network(json);
        let reason = match alone {
            Ok(network) => return found(vec![(self.name_of(json), network)]),
            Err(reason) => reason,
        };
        let several: Vec<(Option<&str>, &Json)> = match json {
            Json::List(items) => items.iter().map(|item| (self.name_of(item), item)).collect(),
            Json::Object(members) => {
                let is_more = |value: &Json| matches!(value, Json::List(_) | Json::Object(_));
                let members = members.iter().filter(|(_, value)| is_more(value));
                members.map(|(name, value)| (Some(name.as_str()), value)).collect()
            }
            _ => Vec::new(),
        };
        if several.len() > MAX_ROWS {
            return Err(format!("give at most {MAX_ROWS} networks"));
        }
        let mut networks = Vec::new();
        for (number, (name, json)) in several.into_iter().enumerate() {
            match self.one(json) {
                Ok(network) => networks.push((name, network)),
                // The first one decides whether it is a list of networks at all.
                Err(_) if number == 0 => return Err(reason),
                Err(reason) => {
                    let name =
                        name.map_or_else(String::new, |name| format!(" `{}`", super::first_letters(name)));
                    return Err(format!("network {number}{name} (from 0): {reason}"));
                }
            }
        }
        if networks.is_empty() { Err(reason) } else { found(networks) }
    }

    /// How many starts an array lists, and the array.
    fn rows(&self, json: &Json) -> Option<(usize, Array)> {
        let array = Array::of(json)?;
        Some((rows_of(&array.sizes, self.shape.parameters())?, array))
    }

    fn of_array(&self, rows: usize, array: &Array) -> Result<Found, String> {
        let (layout, order) = order_of_unnamed(self.layout, self.shape, "an array of numbers")?;
        if rows > MAX_ROWS {
            return Err(format!("give at most {MAX_ROWS} rows"));
        }
        let places = layout.places(self.shape);
        let rows = array.values.chunks(self.shape.parameters());
        let values = rows.flat_map(|row| places.iter().map(|&place| row[place])).collect();
        Ok(Found {
            values,
            names: None,
            understood: format!("an array {}, numbers {order}", sizes(&array.sizes)),
        })
    }

    /// One network of several.
    fn one(&self, json: &Json) -> Result<Network, String> {
        match self.rows(json) {
            Some((1, array)) => {
                let Found { values, understood, .. } = self.of_array(1, &array)?;
                Ok(Network { theta: values, understood })
            }
            _ => self.network(json),
        }
    }

    fn name_of<'a>(&self, json: &'a Json) -> Option<&'a str> {
        let Json::Object(members) = json else { return None };
        members.iter().find_map(|(name, value)| match value {
            Json::Text(text) if name.eq_ignore_ascii_case(NAME) => Some(text.as_str()),
            _ => None,
        })
    }

    /// The network that a value is.
    fn network(&self, json: &Json) -> Result<Network, String> {
        if let Some(theta) = self.named_parameters(json)? {
            let (first, last) = (&self.names[0], &self.names[self.names.len() - 1]);
            return Ok(Network { theta, understood: format!("numbers {first} to {last} by name") });
        }
        if let Some(StartsLayout::Numbered | StartsLayout::Start | StartsLayout::End) = self.layout {
            return Err(
                "matrices are laid out as in keras or pytorch: give one of these as starts_layout, or none"
                    .into(),
            );
        }
        let [hidden, output, biases] = self.parts(json)?;
        let (order, reason) = self.order(&hidden, &output)?;
        let Shape { inputs, units } = self.shape;
        let mut theta = Vec::with_capacity(self.shape.parameters());
        for input in 0..inputs {
            for unit in 0..units {
                theta.push(
                    hidden.values[match order {
                        Order::InputsByUnits => input * units + unit,
                        Order::UnitsByInputs => unit * inputs + input,
                    }],
                );
            }
        }
        theta.extend(&output.values);
        theta.extend(&biases.values);
        let without = if biases.sizes.is_empty() { "; no biases, which are 0" } else { "" };
        let understood = format!("weights of the hidden layer ({}) {reason}{without}", sizes(&hidden.sizes));
        Ok(Network { theta, understood })
    }

    /// The parameters in θ's order, if a value gives each by its name.
    fn named_parameters(&self, json: &Json) -> Result<Option<Vec<f64>>, String> {
        let Json::Object(members) = json else { return Ok(None) };
        let value_of = |wanted: &String| {
            members.iter().find_map(|(name, value)| match value {
                Json::Number(value) if name.eq_ignore_ascii_case(wanted) => Some(*value),
                _ => None,
            })
        };
        let theta: Option<Vec<f64>> = self.names.iter().map(value_of).collect();
        if theta.is_some() && self.layout.is_some() {
            return Err("its numbers have names: leave starts_layout out".to_owned());
        }
        Ok(theta)
    }

    /// The hidden layer's weights, the output's weights, and all biases.
    fn parts(&self, json: &Json) -> Result<[Array; 3], String> {
        let Shape { inputs, units } = self.shape;
        let mut arrays = Vec::new();
        collect(json, "", &mut arrays);
        let (mut weights, mut biases): (Vec<Array>, Vec<Array>) = (Vec::new(), Vec::new());
        for array in &arrays {
            if array.is_weights() && !array.sizes.is_empty() {
                weights.push(array.clone());
            } else if array.is_biases() {
                biases.push(array.clone());
            }
        }
        if weights.is_empty() && biases.is_empty() {
            (weights, biases) = layer_by_layer(arrays);
        }
        let wrong = |what: &[Array]| {
            let all: Vec<String> = what.iter().map(|array| sizes(&array.sizes)).collect();
            if all.is_empty() { "none".to_owned() } else { all.join(" and ") }
        };
        let counts =
            |arrays: &[Array]| -> Vec<usize> { arrays.iter().map(|array| array.values.len()).collect() };
        let wanted = [inputs * units, units];
        if counts(&weights) != wanted && counts(&weights) == [wanted[1], wanted[0]] {
            weights.reverse();
        }
        if counts(&weights) != wanted {
            return Err(format!(
                "its weights are {}; give {inputs} × {units} of the hidden layer and {units} of the output, in JSON as \
                 weights_ih, bias_h, weights_ho, bias_o or as PyTorch and Keras name them",
                wrong(&weights)
            ));
        }
        if units != 1 && counts(&biases) == [1, units] {
            biases.reverse();
        }
        let is_known = match counts(&biases)[..] {
            [] => true,
            // One array may hold them all where each layer has one.
            [count] => count == units + 1,
            [hidden, output] => (hidden, output) == (units, 1),
            _ => false,
        };
        if !is_known {
            return Err(format!(
                "its biases are {}; give {units} of the hidden layer and 1 of the output",
                wrong(&biases)
            ));
        }
        let joined = match biases.is_empty() {
            true => Array { values: vec![0.0; units + 1], ..Array::default() },
            false => Array {
                sizes: vec![units + 1],
                values: biases.into_iter().flat_map(|array| array.values).collect(),
                ..Array::default()
            },
        };
        let mut weights = weights.into_iter();
        let [hidden, output] = [weights.next(), weights.next()].map(Option::unwrap_or_default);
        Ok([hidden, output, joined])
    }

    /// How the weights of the hidden layer are laid out, and the phrase that says why.
    fn order(&self, hidden: &Array, output: &Array) -> Result<(Order, String), String> {
        let Shape { inputs, units } = self.shape;
        let asked = match self.layout {
            Some(StartsLayout::Keras) => Some(Order::InputsByUnits),
            Some(StartsLayout::Pytorch) => Some(Order::UnitsByInputs),
            _ => None,
        };
        if hidden.sizes.len() == 2 && inputs != units {
            let order = Order::of(&hidden.sizes, inputs, units).ok_or_else(|| {
                format!("the hidden layer's weights are {}; give {inputs} × {units}", sizes(&hidden.sizes))
            })?;
            if asked.is_some_and(|asked| asked != order) {
                let sizes = sizes(&hidden.sizes);
                return Err(format!("starts_layout is another than {sizes} weights have; leave it out"));
            }
            return Ok((order, format!("are {}", order.words()[0])));
        }
        if let Some(order) = asked {
            return Ok((order, format!("taken as {}, as asked", order.words()[0])));
        }
        let word = &hidden.word;
        let (order, why) = if let Some(order) = Order::of(&output.sizes, units, 1) {
            (order, format!("since those of the output are {}", sizes(&output.sizes)))
        } else if word.contains("kernel") || word.contains("coef") {
            (Order::InputsByUnits, format!("by the name {word}"))
        } else if word.contains("weight") {
            (Order::UnitsByInputs, format!("by the name {word}"))
        } else {
            (Order::InputsByUnits, "since nothing tells".to_owned())
        };
        let [words, other, other_words] = order.words();
        Ok((order, format!("taken as {words}, {why} (starts_layout = {other}: {other_words})")))
    }
}

/// The weights and the biases of arrays without names, which come layer by layer, or all weights first.
fn layer_by_layer(mut arrays: Vec<Array>) -> (Vec<Array>, Vec<Array>) {
    arrays.retain(|array| !array.sizes.is_empty());
    if arrays.len() != 4 {
        return (arrays, Vec::new());
    }
    let has_weights_first = arrays[1].sizes.len() == 2 && arrays[2].sizes.len() == 1;
    if !has_weights_first {
        arrays.swap(1, 2);
    }
    let biases = arrays.split_off(2);
    (arrays, biases)
}

/// The starts that networks with their names are.
fn found(networks: Vec<(Option<&str>, Network)>) -> Result<Found, String> {
    let understood = networks[0].1.understood.clone();
    if let Some(number) = networks.iter().position(|(_, network)| network.understood != understood) {
        return Err(format!(
            "network {number} (from 0) is laid out otherwise than network 0: put them in files of their own"
        ));
    }
    let mut names = networks.iter().any(|(name, _)| name.is_some()).then(Names::default);
    let mut values = Vec::new();
    for (number, (name, network)) in networks.into_iter().enumerate() {
        if let Some(names) = &mut names {
            names.add(name.unwrap_or("")).map_err(|reason| format!("network {number} (from 0), {reason}"))?;
        }
        values.extend(network.theta);
    }
    let by_name = if names.is_some() { ", with names" } else { "" };
    Ok(Found { values, names, understood: format!("{understood}{by_name}") })
}
