//! What pictures call a sweep's inits and the sides of its plane.

use crate::kernel::Shape;
use crate::sweep::plane::{Along, Side};
use crate::sweep::spec::Sweep;
use crate::sweep::text::{shortest, with_digits};

/// Longer names of inits are told with rounded numbers.
const LONG: usize = 48;
/// The digits that rounded numbers have.
const DIGITS: usize = 3;
/// Directions with more parts that are not 0 are told by their numbers.
const MAX_PARTS: usize = 3;

/// An init: the name that a person gave the plane's origin, or what draws it, with numbers rounded where it is long.
#[must_use]
pub fn of_init(sweep: &Sweep, index: usize) -> String {
    if let Some(name) = sweep.plane.as_ref().and_then(|plane| plane.origin_name.as_ref()) {
        return name.clone();
    }
    let name = sweep.init_name(index);
    if name.chars().count() > LONG { rounded(name) } else { name.to_owned() }
}

/// A text in which numbers in parentheses are rounded, which a first sign tells.
fn rounded(text: &str) -> String {
    let round = |piece: &str| {
        let number = piece.trim_end_matches(['(', ')', ',']);
        let rounded = number.parse().map_or_else(|_| number.to_owned(), |value| with_digits(value, DIGITS));
        rounded + &piece[number.len()..]
    };
    let shown: String = text.split_inclusive(['(', ')', ',']).map(round).collect();
    if shown == text { shown } else { format!("≈ {shown}") }
}

/// What an axis of a plane says: the name that a person gave the side, or else what it does, with a letter for its
/// coordinate.
#[must_use]
pub fn of_side(side: &Side, letter: &str, shape: Shape) -> String {
    if let Some(name) = &side.name {
        return name.clone();
    }
    match &side.along {
        Along::Parameter(place) => format!("{} at the start", shape.name(*place)),
        Along::Alpha => "learning rate α".to_owned(),
        Along::Momentum => "momentum μ".to_owned(),
        Along::Direction(direction) => {
            let parts: Vec<(String, f64)> = shape
                .names()
                .into_iter()
                .zip(direction.iter().copied())
                .filter(|(_, part)| *part != 0.0)
                .collect();
            if parts.len() > MAX_PARTS {
                let numbers: Vec<String> = direction.iter().map(|&part| with_digits(part, DIGITS)).collect();
                return format!("start + {letter} · ({})", numbers.join(", ")).replace('-', "−");
            }
            let moved = |(name, part): (String, f64)| {
                let sign = if part < 0.0 { '−' } else { '+' };
                let times =
                    if part.abs() == 1.0 { String::new() } else { format!("{}·", shortest(part.abs())) };
                format!("{name} {sign} {times}{letter}")
            };
            parts.into_iter().map(moved).collect::<Vec<_>>().join(", ") + " at the start"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sweep::spec::Spec;

    fn sweep(text: &str) -> Sweep {
        Spec::from_toml(text).and_then(|spec| spec.resolve("".as_ref())).unwrap()
    }

    const RANGES: &str = "plane_x_range = [0, 1]\nplane_y_range = [0, 1]\n";

    #[test]
    fn sides_say_what_they_do_or_what_a_person_called_them() {
        let of = |keys: &str| {
            let sweep = sweep(&format!("{RANGES}{keys}"));
            let (plane, shape) = (sweep.plane.as_ref().unwrap(), sweep.set_ups[0].shape());
            [of_side(&plane.x, "x", shape), of_side(&plane.y, "y", shape)]
        };
        assert_eq!(
            of("plane_x = [1, -1, 0, 0, 0, 0, 0, 0, 0]\nplane_y = [0, 0, 0, 0, 0, 0, 0.25, 0, -3]"),
            ["w1 + x, w2 − x at the start", "b1 + 0.25·y, b3 − 3·y at the start"]
        );
        assert_eq!(
            of("plane_x = [1.564929204408693, 0.2, -1, 1, 1, 1, 1, 1, 1e-9]\nplane_y = 'momentum'"),
            ["start + x · (1.56, 0.2, −1, 1, 1, 1, 1, 1, 1e−9)", "momentum μ"]
        );
        assert_eq!(
            of("plane_x = 'w3'\nplane_y = [1, 1, 1, 1, 1, 1, 1, 1, 1]\nplane_y_name = 'size'"),
            ["w3 at the start", "size"]
        );
    }

    #[test]
    fn long_inits_are_told_with_rounded_numbers() {
        let name = |keys: &str| of_init(&sweep(keys), 0);
        assert_eq!(name("init = 'constant(0.1)+normal(1e-4)'"), "constant(0.1)+normal(0.0001)");
        let point = "init = 'point(-0.6517911526116896,1.6637239913911968,0,1,2,3,4,5,6)'";
        assert_eq!(name(point), "≈ point(-0.652,1.66,0,1,2,3,4,5,6)");
        let plane = format!("{RANGES}plane_x = 'w1'\nplane_y = 'w2'\nplane_origin_name = 'A'\n{point}");
        assert_eq!(name(&plane), "A");
    }
}
