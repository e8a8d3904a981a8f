//! The records of a journal: what one append changed, with checksums, so that an end that was cut off is told from damage.
//!
//! A record is a head of 16 bytes and its content, filled up with zeros to a multiple of 16, so that no head crosses a block of the
//! disk. The head: `ROWS`, length of the content, CRC-32 of the content, CRC-32 of these twelve bytes; little-endian.
//!
//! Invariant: a record is flushed before the next one is written, so only the last one can be unfinished. What an unfinished write
//! leaves is the beginning of a record, or zeros where its length was noted and its bytes never came. Everything else is damage.

use flate2::Crc;

/// What heads begin with.
const MAGIC: [u8; 4] = *b"ROWS";
/// Bytes of a head, and what the length of a record is a multiple of.
pub(super) const BLOCK: usize = 16;

/// What lies at some place of a journal.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found<'a> {
    /// A record: its content, and its length with everything.
    Record(&'a [u8], usize),
    /// The end, or what a write that was cut off left there.
    End,
    /// Something that no write leaves.
    Damage,
}

/// Appends a record with this content, which does not end in zeros. Returns `None` when it is too long.
pub(super) fn push(bytes: &mut Vec<u8>, content: &[u8]) -> Option<()> {
    let mut head = [0; BLOCK];
    head[..4].copy_from_slice(&MAGIC);
    head[4..8].copy_from_slice(&u32::try_from(content.len()).ok()?.to_le_bytes());
    head[8..12].copy_from_slice(&crc(content).to_le_bytes());
    let sum = crc(&head[..12]);
    head[12..].copy_from_slice(&sum.to_le_bytes());
    bytes.extend_from_slice(&head);
    bytes.extend_from_slice(content);
    bytes.resize(bytes.len().next_multiple_of(BLOCK), 0);
    Some(())
}

/// Says what the rest of a journal begins with.
pub(super) fn next(rest: &[u8]) -> Found<'_> {
    let Some(head) = rest.first_chunk::<BLOCK>() else {
        let begun = &rest[..rest.len().min(MAGIC.len())];
        return if MAGIC.starts_with(begun) || is_blank(rest) { Found::End } else { Found::Damage };
    };
    let Some((length, sum)) = read_head(head) else {
        // A record that lies whole behind it was written later, so this one had been flushed.
        return if is_blank(head) && !holds_record(&rest[BLOCK..]) { Found::End } else { Found::Damage };
    };
    let whole = length.saturating_add(BLOCK).next_multiple_of(BLOCK);
    let Some(record) = rest.get(..whole) else { return Found::End };
    let (content, filling) = record[BLOCK..].split_at(length);
    if crc(content) == sum && is_blank(filling) {
        return Found::Record(content, whole);
    }
    if whole == rest.len() && is_blank(&record[whole - BLOCK..]) { Found::End } else { Found::Damage }
}

pub(super) fn crc(bytes: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum()
}

/// Returns the length and the checksum of the content, or `None` when this is no head.
fn read_head(head: &[u8; BLOCK]) -> Option<(usize, u32)> {
    let field = |at: usize| head[at..].first_chunk().map(|bytes| u32::from_le_bytes(*bytes));
    let is_head = head.starts_with(&MAGIC) && field(12)? == crc(&head[..12]);
    if is_head { Some((usize::try_from(field(4)?).ok()?, field(8)?)) } else { None }
}

fn holds_record(bytes: &[u8]) -> bool {
    (0..bytes.len()).step_by(BLOCK).any(|at| {
        let is_head = bytes[at..].first_chunk().is_some_and(|head| read_head(head).is_some());
        is_head && matches!(next(&bytes[at..]), Found::Record(..))
    })
}

fn is_blank(bytes: &[u8]) -> bool {
    bytes.iter().all(|&byte| byte == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(contents: &[&[u8]]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for content in contents {
            push(&mut bytes, content).expect("a short record");
        }
        bytes
    }

    /// What is found from the start on: the contents, and whether they end in damage.
    fn read(mut rest: &[u8]) -> (Vec<&[u8]>, bool) {
        let mut contents = Vec::new();
        loop {
            match next(rest) {
                Found::Record(content, whole) => {
                    contents.push(content);
                    rest = &rest[whole..];
                }
                Found::End => return (contents, false),
                Found::Damage => return (contents, true),
            }
        }
    }

    const CONTENTS: [&[u8]; 3] = [b"one", b"a second one of thirty-two bytes", b"the third, of some length"];

    #[test]
    fn what_is_written_is_read_and_a_cut_end_is_the_end() {
        let bytes = records(&CONTENTS);
        assert_eq!(read(&bytes), (CONTENTS.to_vec(), false));
        let ends: Vec<usize> = (1..=3).map(|count| records(&CONTENTS[..count]).len()).collect();
        for length in 0..bytes.len() {
            let whole = ends.iter().filter(|&&end| end <= length).count();
            assert_eq!(read(&bytes[..length]), (CONTENTS[..whole].to_vec(), false), "{length} bytes");
        }
    }

    #[test]
    fn zeros_in_place_of_the_last_record_are_the_end_and_elsewhere_damage() {
        let bytes = records(&CONTENTS);
        let second = records(&CONTENTS[..1]).len();
        let third = records(&CONTENTS[..2]).len();
        for from in (third..bytes.len()).step_by(BLOCK) {
            let mut blank = bytes.clone();
            blank[from..].fill(0);
            assert_eq!(read(&blank), (CONTENTS[..2].to_vec(), false), "from {from}");
        }
        let mut blank = bytes.clone();
        blank[second..third].fill(0);
        assert_eq!(read(&blank), (CONTENTS[..1].to_vec(), true), "a whole record follows");
    }

    #[test]
    fn a_changed_byte_is_damage() {
        let bytes = records(&CONTENTS);
        for at in 0..bytes.len() {
            for change in [1, 0x80, 0xff] {
                let mut damaged = bytes.clone();
                damaged[at] ^= change;
                let (contents, is_damaged) = read(&damaged);
                assert!(is_damaged, "byte {at}");
                assert_eq!(contents, CONTENTS[..contents.len()], "byte {at}");
            }
        }
    }
}
