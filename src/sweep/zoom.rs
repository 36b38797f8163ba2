//! The same plane, closer.

use super::axes::{Spacing, between, spacing};
use super::plane::{Plane, Side, no_plane};
use super::spec::{LONGEST_LABEL, Sweep};
use super::text::{finite_number, shortest, with_digits};
use crate::problem::Problem;

/// Where to look, and how closely.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Zoom {
    /// The coordinates x and y of the middle.
    pub middle: [f64; 2],
    /// How many times as closely; below 1 from farther away.
    pub factor: f64,
}

impl Zoom {
    /// Reads `X,Y,FACTOR`.
    ///
    /// # Errors
    /// If it is not three finite numbers, or the last one is not above 0.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let numbers: Option<Vec<f64>> = text.split(',').map(|number| finite_number(number.trim())).collect();
        match numbers.as_deref() {
            Some(&[x, y, factor]) if factor > 0.0 => Ok(Self { middle: [x, y], factor }),
            _ => Err(Problem::new("zoom", text, "give X,Y,FACTOR: three numbers, the last one above 0")),
        }
    }

    /// The zoom of a frame of several, which come closer by equal ratios: the first one shows the whole width, the
    /// last one is this zoom.
    #[must_use]
    pub fn frame(self, number: u64, of: u64) -> Self {
        let part = if of > 1 { number as f64 / (of - 1) as f64 } else { 1.0 };
        let factor = if number + 1 == of { self.factor } else { libm::exp(part * libm::log(self.factor)) };
        Self { factor, ..self }
    }

    /// The name of a zoomed sweep.
    #[must_use]
    pub fn name(self, name: &str) -> String {
        let [x, y] = self.middle.map(shortest);
        format!("{name}-zoom-{x}_{y}_{}", shortest(self.factor))
    }

    /// What stands above pictures of a zoomed sweep that has a title.
    fn title(self, title: &str) -> String {
        let [x, y, factor] = [self.middle[0], self.middle[1], self.factor].map(|value| with_digits(value, 6));
        let suffix = format!(", {factor} times closer around ({x}, {y})");
        let room = LONGEST_LABEL.saturating_sub(suffix.chars().count());
        title.chars().take(room).collect::<String>() + &suffix
    }

    /// The same sweep with as many points around the middle, on sides shorter by the factor, and with this name.
    ///
    /// # Errors
    /// If the sweep has no plane, a side is spaced neither evenly nor by the logarithm or would have values that it cannot
    /// have, or its points would be too close for doubles.
    pub fn apply(self, sweep: &Sweep, name: &str) -> Result<Sweep, Problem> {
        let plane = sweep.plane.as_ref().ok_or_else(no_plane)?;
        let [x, y] = self.middle;
        let closer = Plane {
            x: self.side("plane_x_range", &plane.x, x)?,
            y: self.side("plane_y_range", &plane.y, y)?,
            ..plane.clone()
        };
        if !closer.is_finite(sweep.axes.origins().bound()) {
            return Err(Problem::new("zoom", self.factor, "starts could be infinite; give smaller numbers"));
        }
        let title = sweep.title.as_deref().map(|title| self.title(title));
        Ok(Sweep { name: name.to_owned(), title, plane: Some(closer), ..sweep.clone() })
    }

    fn too_close(self) -> Problem {
        let remedy = "the points would be closer than doubles can tell: give a smaller factor";
        Problem::new("zoom", shortest(self.factor), remedy)
    }

    /// A side, closer around its middle.
    fn side(self, key: &str, side: &Side, middle: f64) -> Result<Side, Problem> {
        let old = &side.values;
        let (first, last) = (old[0], old[old.len() - 1]);
        if old.len() == 1 {
            return Ok(side.clone());
        }
        let spacing = spacing(old);
        let (low, high) = match spacing {
            Spacing::Even => {
                let half = (last - first) / self.factor / 2.0;
                (middle - half, middle + half)
            }
            Spacing::Logarithmic if middle > 0.0 => {
                let ratio = libm::exp(libm::log(last / first) / self.factor / 2.0);
                (middle / ratio, middle * ratio)
            }
            Spacing::Logarithmic => {
                return Err(Problem::new("zoom", middle, "this side has values above 0 only"));
            }
            Spacing::Uneven => {
                let remedy = "to zoom, give values that are evenly spaced, or log:from:to:count";
                return Err(Problem::new(key, "", remedy));
            }
        };
        let (is_allowed, remedy) = Side::allowed(&side.along);
        let values = between(low, high, old.len() as u64, spacing).ok_or_else(|| self.too_close())?;
        if let Some(wrong) = values.iter().find(|value| !is_allowed(**value)) {
            return Err(Problem::new(key, shortest(*wrong), remedy));
        }
        // Neighbours that are equal could not be told apart.
        let is_apart = values.windows(2).all(|two| two[0] != two[1]);
        if is_apart { Ok(Side { values, ..side.clone() }) } else { Err(self.too_close()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sweep::spec::Spec;
    use proptest::prelude::*;

    fn sweep(ranges: [&str; 2]) -> Sweep {
        let spec = format!(
            "name = 'p'\n[plane]\nx = 'w1'\nx_range = ['{}']\ny = 'alpha'\ny_range = ['{}']\nseed = 1",
            ranges[0], ranges[1]
        );
        Spec::from_toml(&spec).unwrap().resolve("".as_ref()).unwrap()
    }

    fn ends(sweep: &Sweep) -> [[f64; 2]; 2] {
        let plane = sweep.plane.as_ref().unwrap();
        [&plane.x, &plane.y].map(|side| [side.values[0], *side.values.last().unwrap()])
    }

    #[test]
    fn a_zoom_shows_a_part_of_the_plane_with_as_many_points() {
        let zoom = Zoom::parse("1,0.5, 4").unwrap();
        let zoomed = zoom.apply(&sweep(["-4:4:9", "log:0.01:100:5"]), "q").unwrap();
        let [x, y] = ends(&zoomed);
        assert_eq!((x, zoomed.runs(), zoomed.name.as_str()), ([0.0, 2.0], 45, "q"));
        assert!((y[0] - 0.05 * 10.0_f64.sqrt()).abs() < 1e-12 && (y[1] * y[0] - 0.25).abs() < 1e-12, "{y:?}");
        assert_eq!(zoom.name("p"), "p-zoom-1_0.5_4");
        let again = Spec::from_toml(&zoomed.to_toml()).unwrap().resolve("".as_ref()).unwrap();
        assert_eq!(again, zoomed);
    }

    #[test]
    fn a_zoom_tells_in_its_title_how_close_it_is() {
        let titled = |title: &str| Sweep { title: Some(title.to_owned()), ..sweep(["-4:4:9", "0.1:1:10"]) };
        let zoom = Zoom::parse("1,0.5,4").unwrap();
        let title = |title| zoom.apply(&titled(title), "q").unwrap().title.unwrap();
        assert_eq!(title("Basins"), "Basins, 4 times closer around (1, 0.5)");
        assert_eq!(title(&"é".repeat(100)).chars().count(), 100);
    }

    #[test]
    fn frames_come_closer_by_equal_ratios() {
        let zoom = Zoom { middle: [0.0, 0.0], factor: 1e6 };
        let factors: Vec<f64> = (0..4).map(|number| zoom.frame(number, 4).factor).collect();
        assert_eq!((factors[0], factors[3]), (1.0, 1e6));
        assert!((factors[1] - 100.0).abs() < 1e-9 && (factors[2] - 1e4).abs() < 1e-7);
        assert_eq!(zoom.frame(0, 1), zoom);
    }

    #[test]
    fn what_cannot_be_zoomed_is_told() {
        for text in ["", "1", "1,2", "1,2,0", "1,2,-3", "1,2,inf", "a,2,3", "1,2,3,4"] {
            assert_eq!(Zoom::parse(text).unwrap_err().key, "zoom", "{text}");
        }
        let apply = |text: &str, ranges| Zoom::parse(text).unwrap().apply(&sweep(ranges), "q").unwrap_err();
        let even = ["-4:4:9", "0.1:1:10"];
        assert!(apply("1,0.5,1e17", even).remedy.contains("closer than doubles"));
        assert_eq!(apply("1,0.1,1", even).key, "plane_y_range");
        assert_eq!(apply("1,-1,2", ["-4:4:9", "log:0.1:1:10"]).key, "zoom");
        assert_eq!(apply("1,0.5,2", ["-4:4:9", "0.1', '0.2', '0.9"]).key, "plane_y_range");
    }

    proptest! {
        #[test]
        fn the_middle_stays_in_the_middle(x in -3.0..3.0_f64, y in 0.4..0.6_f64, factor in 2.0..1e6_f64) {
            let zoomed = Zoom { middle: [x, y], factor }.apply(&sweep(["-4:4:8", "0.1:1:7"]), "q").unwrap();
            for (ends, middle) in ends(&zoomed).into_iter().zip([x, y]) {
                let width = ends[1] - ends[0];
                prop_assert!(((ends[0] + ends[1]) / 2.0 - middle).abs() < 1e-9 * width.max(1e-3));
            }
        }
    }
}
