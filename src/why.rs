//! Reasons why a network does not learn XOR, found behind public reports, each with a sweep that shows how often it is
//! the reason.
//!
//! [equal_units]: self::equal_units
//! [small_start]: self::small_start
//! [large_start]: self::large_start
//! [small_rate]: self::small_rate
//! [large_rate]: self::large_rate
//! [two_units]: self::two_units
//! [dead_units]: self::dead_units
//! [sigmoid_output]: self::sigmoid_output
//! [frozen_parts]: self::frozen_parts
//! [order]: self::order
//! [optimizers]: self::optimizers
//! [patterns]: self::patterns
//! [measure]: self::measure
//! [facts]: crate::facts
//! [your_program]: crate::your_program
#![doc = ""]
#![doc = include_str!("why/README.md")]

/// A page of the same name. Its links come first here, so that they lead to items where the page's own lead to files.
macro_rules! pages {
    ($($name:ident)*) => {$(
        #[doc = "[index]: super\n[facts]: crate::facts\n[your_program]: crate::your_program\n"]
        #[doc = include_str!(concat!("why/", stringify!($name), ".md"))]
        pub mod $name {}
    )*};
}

pages! {
    equal_units small_start large_start small_rate large_rate two_units dead_units sigmoid_output frozen_parts order
    optimizers patterns measure
}
