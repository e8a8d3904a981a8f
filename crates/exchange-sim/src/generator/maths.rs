//! Random draws and the exponential, from additions, multiplications and divisions only.
//!
//! The platform's `exp` and `ln` differ in the last digit between systems; IEEE arithmetic does not. That is why the same seed
//! gives the same bytes everywhere. Not for statistics or secrets.

/// `SplitMix64`: tiny, fast, passes `BigCrush`, and any starting state is as good as any other.
#[derive(Debug, Clone)]
pub(crate) struct Rng(u64);

const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

const fn mix(state: u64) -> u64 {
    let z = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

impl Rng {
    /// Returns the generator that belongs to a seed and a key; different keys give unrelated draws.
    pub(crate) fn keyed(seed: u64, key: &[u64]) -> Self {
        let state =
            key.iter().fold(mix(seed ^ GOLDEN), |state, part| mix(state.wrapping_add(GOLDEN) ^ mix(*part)));
        Self(state)
    }

    /// Returns 64 random bits.
    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN);
        mix(self.0)
    }

    /// Returns a number in `0..1`.
    pub(crate) fn unit(&mut self) -> f64 {
        // The upper 32 bits are plenty here and convert exactly.
        f64::from(u32::try_from(self.bits() >> 32).unwrap_or(0)) / 4_294_967_296.0
    }

    /// Returns a whole number in `0..bound` (0 for a bound of 0).
    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        u32::try_from(((self.bits() >> 32) * u64::from(bound)) >> 32).unwrap_or(0)
    }

    /// Returns whether an event of this probability happens.
    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// Returns a draw of mean 0 and standard deviation 1, bell-shaped within ±3.46: four uniform draws added up.
    pub(crate) fn normal(&mut self) -> f64 {
        let bits = self.bits();
        let sum: u64 = (0..4).map(|part| (bits >> (16 * part)) & 0xFFFF).sum();
        let centred = f64::from(u32::try_from(sum).unwrap_or(0)) / 65_536.0 - 2.0 + 2.0 / 65_536.0;
        centred * 1.732_050_807_568_877_2
    }
}

/// Returns e^x for moderate x; relative error below 1e-12.
pub(crate) fn exp(x: f64) -> f64 {
    // e^x = (e^(x/1024))^1024: the series converges at once and ten squarings undo the division.
    let small = x.clamp(-60.0, 60.0) / 1024.0;
    let series =
        1.0 + small * (1.0 + small / 2.0 * (1.0 + small / 3.0 * (1.0 + small / 4.0 * (1.0 + small / 5.0))));
    (0..10).fold(series, |power, _| power * power)
}

/// Rounds to the nearest whole number within the range of prices and amounts.
#[expect(clippy::cast_possible_truncation, reason = "`as` saturates, and no price or amount comes near 2^63")]
pub(crate) fn whole(value: f64) -> i64 {
    value.round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_agrees_with_the_platform() {
        for step in -40..=40 {
            let x = f64::from(step) / 8.0;
            assert!((exp(x) / x.exp() - 1.0).abs() < 1e-12, "{x}");
        }
    }

    #[test]
    fn draws_have_the_promised_moments() {
        let mut rng = Rng::keyed(7, &[1, 2]);
        let draws: Vec<f64> = (0..100_000).map(|_| rng.normal()).collect();
        let mean = draws.iter().sum::<f64>() / 1e5;
        let variance = draws.iter().map(|draw| draw * draw).sum::<f64>() / 1e5;
        assert!(mean.abs() < 0.02 && (variance - 1.0).abs() < 0.02, "{mean} {variance}");
        assert!((0..1000).all(|_| rng.below(7) < 7));
        assert!((0..1000).map(|_| rng.unit()).all(|draw| (0.0..1.0).contains(&draw)));
    }

    #[test]
    fn keys_are_independent_and_repeatable() {
        assert_eq!(Rng::keyed(1, &[2, 3]).bits(), Rng::keyed(1, &[2, 3]).bits());
        assert_ne!(Rng::keyed(1, &[2, 3]).bits(), Rng::keyed(1, &[3, 2]).bits());
        assert_ne!(Rng::keyed(1, &[2]).bits(), Rng::keyed(2, &[2]).bits());
    }
}
