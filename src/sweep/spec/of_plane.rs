//! The plane that a spec asks for.

use super::Spec;
use crate::kernel::{SetUp, Shape};
use crate::problem::Problem;
use crate::sweep::axes::numbers;
use crate::sweep::plane::{Along, Plane, Side};
use crate::sweep::set_ups::{Axis, varying};

/// The keys of a side: what it is along, its coordinates and its name.
const X: [&str; 3] = ["plane_x", "plane_x_range", "plane_x_name"];
const Y: [&str; 3] = ["plane_y", "plane_y_range", "plane_y_name"];
const ORIGIN_NAME: &str = "plane_origin_name";

impl Spec {
    /// The plane, if there is one; its starts have parameters of at most `size`.
    pub(super) fn plane(&self, size: f64, set_ups: &[SetUp]) -> Result<Option<Plane>, Problem> {
        if !X.iter().chain(&Y).chain(&[ORIGIN_NAME]).any(|key| self.has(key)) {
            return Ok(None);
        }
        if let Some(missing) = [X[0], Y[0]].into_iter().find(|key| !self.has(key)) {
            return Err(Problem::new(
                missing,
                "",
                "a plane needs both x and y: a parameter, alpha, momentum or a direction",
            ));
        }
        if !varying(set_ups).is_empty() {
            let keys: Vec<&str> = varying(set_ups).into_iter().map(Axis::key).collect();
            let remedy = format!("a plane is of one set-up: give one value for {}", keys.join(", "));
            return Err(Problem::new(X[0], self.texts(X[0]).join(","), remedy));
        }
        let shape = set_ups[0].shape();
        let plane =
            Plane { x: self.side(X, shape)?, y: self.side(Y, shape)?, origin_name: self.label(ORIGIN_NAME)? };
        if plane.x.along == plane.y.along {
            return Err(Problem::new(Y[0], self.texts(Y[0]).join(","), "x is the same; give another side"));
        }
        for (side, [key, ..]) in [(&plane.x, X), (&plane.y, Y)] {
            if side.along == Along::Momentum && side.values.iter().any(|&value| value != 0.0) {
                // Without a momentum the set-up has been checked.
                set_ups[0].check(true).map_err(|refusal| {
                    let remedy = format!("{} {}: {}", refusal.key, refusal.value, refusal.remedy);
                    Problem::new(key, self.texts(key).join(","), remedy)
                })?;
            }
        }
        if !plane.is_finite(size) {
            return Err(Problem::new(
                X[1],
                self.texts(X[1]).join(","),
                "starts could be infinite; give smaller numbers",
            ));
        }
        Ok(Some(plane))
    }

    fn side(&self, [key, range_key, name_key]: [&str; 3], shape: Shape) -> Result<Side, Problem> {
        let along = Along::parse(key, &self.texts(key), shape)?;
        if !self.has(range_key) {
            return Err(Problem::new(range_key, "", "give the coordinates, such as -3:3:256"));
        }
        let (allowed, remedy) = Side::allowed(&along);
        let values = numbers(range_key, &self.texts(range_key), allowed, remedy)?;
        Ok(Side { along, name: self.label(name_key)?, values })
    }
}
