//! Eight bytes of text at once, in one register: the first of them lowest.

const ZEROS: u64 = 0x3030_3030_3030_3030;
const LOW_BITS: u64 = 0x0101_0101_0101_0101;
const HIGH_BITS: u64 = 0x8080_8080_8080_8080;

/// Eight characters less `0`: what they are worth where they are digits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Digits(u64);

/// Returns the eight bytes of `cell` from `at` on.
#[inline]
pub(super) fn word<const N: usize>(cell: &[u8; N], at: usize) -> u64 {
    let mut word = [0; 8];
    word.copy_from_slice(&cell[at..at + 8]);
    u64::from_le_bytes(word)
}

/// Returns how many bytes stand before the first that is `wanted`; eight when none is.
#[inline]
pub(super) fn first_of(text: u64, wanted: u8) -> usize {
    let differs = text ^ (LOW_BITS * u64::from(wanted));
    // The lowest high bit marks the first byte that is zero; those above it may be wrong.
    let is_zero = differs.wrapping_sub(LOW_BITS) & !differs & HIGH_BITS;
    is_zero.trailing_zeros() as usize / 8
}

impl Digits {
    /// Takes all eight.
    #[inline]
    pub(super) fn all(text: u64) -> Self {
        Self(text.wrapping_sub(ZEROS))
    }

    /// Takes the first `count`, one to eight of them, with as many zeros before them as make eight.
    #[inline]
    pub(super) fn leading(text: u64, count: usize) -> Self {
        // What one byte borrows in the subtraction it borrows from those behind it, and these fall out at the top.
        Self(text.wrapping_sub(ZEROS) << (64 - 8 * count))
    }

    /// Returns zero when all of them are digits.
    #[inline]
    pub(super) fn spoiled(self) -> u64 {
        // A byte above nine has a high bit, or gets one by adding 0x76.
        (self.0 | self.0.wrapping_add(0x7676_7676_7676_7676)) & HIGH_BITS
    }

    /// Returns the number they spell, in three multiplications; means nothing when they are spoiled.
    #[inline]
    pub(super) fn number(self) -> u64 {
        let pairs = self.0.wrapping_mul(10 << 8 | 1) >> 8 & 0x00ff_00ff_00ff_00ff;
        let fours = pairs.wrapping_mul(100 << 16 | 1) >> 16 & 0x0000_ffff_0000_ffff;
        fours.wrapping_mul(10_000 << 32 | 1) >> 32
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn number(digits: Digits) -> Option<u64> {
        (digits.spoiled() == 0).then(|| digits.number())
    }

    proptest! {
        #[test]
        fn eight_bytes_are_read_as_the_standard_library_reads_them(
            text in prop_oneof![
                prop::array::uniform8(b'0'..=b'9'), prop::array::uniform8(b','..=b';'), any::<[u8; 8]>(),
            ],
            count in 1_usize..=8, wanted in any::<u8>(),
        ) {
            let read = |bytes: &[u8]| {
                let is_number = bytes.iter().all(u8::is_ascii_digit);
                is_number.then(|| std::str::from_utf8(bytes).unwrap().parse::<u64>().unwrap())
            };
            let word = word(&text, 0);
            prop_assert_eq!(number(Digits::all(word)), read(&text));
            prop_assert_eq!(number(Digits::leading(word, count)), read(&text[..count]));
            let wanted = if count > 4 { text[count - 1] } else { wanted };
            let found = text.iter().position(|&byte| byte == wanted).unwrap_or(8);
            prop_assert_eq!(first_of(word, wanted), found);
        }
    }
}
