//! Logarithms, exponentials and powers that give the same bits everywhere. Those of the standard
//! library are the platform's, and differ in the last place between a server and a browser.
//! Roots and the four operations are exact by IEEE 754 and need nothing of the kind.

/// Natural logarithm.
#[inline]
pub(crate) fn ln(x: f64) -> f64 {
    libm::log(x)
}

/// Exponential.
#[inline]
pub(crate) fn exp(x: f64) -> f64 {
    libm::exp(x)
}

/// `base` to the power of `exponent`.
#[inline]
pub(crate) fn power(base: f64, exponent: f64) -> f64 {
    libm::pow(base, exponent)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bit patterns written down once: what every platform must give. (That of e is one unit off in
    /// the last place, everywhere.)
    #[test]
    fn the_bits_are_the_same_on_every_platform() {
        assert_eq!(ln(10.0).to_bits(), 0x4002_6BB1_BBB5_5516);
        assert_eq!(exp(1.0).to_bits(), 0x4005_BF0A_8B14_576A);
        assert_eq!(power(2.0, 0.5).to_bits(), 2.0_f64.sqrt().to_bits());
    }
}
