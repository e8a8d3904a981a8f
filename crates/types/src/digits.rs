//! Digits of integers, eight at a time: documents of a million bars are mostly these.

/// How many numbers eight digits can write.
pub const EIGHT_DIGITS: u64 = 100_000_000;

/// The texts `00` to `99`.
const PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[b'0'; 2]; 100];
    let mut next = 1;
    while next < 100 {
        let [tens, ones] = pairs[next - 1];
        pairs[next] = if ones == b'9' { [tens + 1, b'0'] } else { [tens, ones + 1] };
        next += 1;
    }
    pairs
};

/// Returns the last eight digits of a number, zeros before it included.
#[inline]
pub fn eight_digits(number: u64) -> [u8; 8] {
    let mut digits = [0; 8];
    for (place, unit) in [1_000_000, 10_000, 100, 1].into_iter().enumerate() {
        let pair = usize::try_from(number / unit % 100).unwrap_or_default();
        digits[2 * place..2 * place + 2].copy_from_slice(&PAIRS[pair]);
    }
    digits
}

/// Counts the zeros before the other digits; of eight zeros the last is not counted.
#[inline]
pub fn zeros_before(digits: [u8; 8]) -> usize {
    zeros(u64::from_le_bytes(digits))
}

/// Counts the zeros behind the other digits; of eight zeros the first is not counted.
#[inline]
pub fn zeros_behind(digits: [u8; 8]) -> usize {
    zeros(u64::from_be_bytes(digits))
}

#[inline]
fn zeros(digits: u64) -> usize {
    const ZEROS: u64 = u64::from_le_bytes([b'0'; 8]);
    // All eight are looked at in one step: the first bit that differs lies in the first digit that is no zero.
    (digits ^ ZEROS).trailing_zeros().min(63) as usize / 8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_is_its_number() {
        for number in 0..100 {
            assert_eq!(&eight_digits(number), format!("{number:08}").as_bytes());
            assert_eq!(&eight_digits(number * 1_010_101), format!("{:08}", number * 1_010_101).as_bytes());
        }
        assert_eq!(&eight_digits(9_876_543_210), b"76543210");
    }

    #[test]
    fn zeros_are_counted_from_either_end() {
        for (digits, before, behind) in
            [(b"00000000", 7, 7), (b"00000001", 7, 0), (b"10000000", 0, 7), (b"00120500", 2, 2)]
        {
            assert_eq!((zeros_before(*digits), zeros_behind(*digits)), (before, behind));
        }
    }
}
