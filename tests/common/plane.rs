//! A plane of a moment.

/// 24 runs.
pub const PLANE: &str = "name = 'plane'\nsteps = 400\ntolerance = 1e-3\ninit = 'normal(1)'\nseeds = 3\n\
                         [plane]\nx = 'w1'\nx_range = '-4:4:6'\ny = 'alpha'\ny_range = '0.2:1.1:4'\n";
