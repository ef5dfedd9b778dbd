//! A report's place in the log as a code for cameras: origin, size and root on three lines, as `verify --head` reads them.
//! It holds no figure and no name: whoever reads it can hold a log against it, and nothing else.

use fast_qr::{ECL, Mode, QRBuilder};
use proto::Origin;
use proto::checkpoint::Checkpoint;
use proto::tree::TreeHead;

use super::Stand;
use crate::refusal::Refusal;

/// Empty modules around a code (ISO/IEC 18004).
const QUIET: usize = 4;
/// Points of a picture for each module.
const SCALE: usize = 8;

/// A code.
#[derive(Debug)]
pub struct Code {
    /// What it says.
    pub text: String,
    sides: usize,
    dark: Vec<bool>,
}

impl Code {
    /// The code of a place in a log.
    ///
    /// # Errors
    /// [`Refusal::Write`] where no code can hold it.
    pub fn of(origin: &Origin, stand: &Stand) -> Result<Self, Refusal> {
        let head = TreeHead { size: stand.position, root: stand.root };
        let text = Checkpoint::new(origin.as_str(), head).to_string();
        let drawn = QRBuilder::new(text.as_bytes()).mode(Mode::Byte).ecl(ECL::M).build();
        let drawn = drawn.map_err(|e| Refusal::Write(format!("no code can hold the place: {e}")))?;
        let sides = drawn.size + 2 * QUIET;
        let mut dark = vec![false; sides * sides];
        for y in 0..drawn.size {
            for (x, module) in drawn[y].iter().enumerate().take(drawn.size) {
                dark[(y + QUIET) * sides + x + QUIET] = module.value();
            }
        }
        Ok(Self { text, sides, dark })
    }

    /// The modules of its sides, with what must stay empty around it.
    #[must_use]
    pub fn sides(&self) -> usize {
        self.sides
    }

    /// The dark modules as the path of an SVG, each run of a row as one rectangle.
    #[must_use]
    pub fn path(&self) -> String {
        let mut path = String::new();
        for (y, row) in self.dark.chunks(self.sides).enumerate() {
            let mut x = 0;
            for run in row.chunk_by(|a, b| a == b) {
                if run[0] {
                    path += &format!("M{x} {y}h{long}v1h-{long}z", long = run.len());
                }
                x += run.len();
            }
        }
        path
    }

    /// The code as a picture, PNG (ISO/IEC 15948): one bit for a point, nothing compressed, for the files that hold it are.
    #[must_use]
    pub fn png(&self) -> Vec<u8> {
        let points = self.sides * SCALE;
        let mut rows = Vec::with_capacity(points * (points / 8 + 1));
        for y in 0..points {
            rows.push(0);
            let module = |x: usize| self.dark[y / SCALE * self.sides + x];
            // A scale of eight makes each module one byte of a row; a set bit is white.
            rows.extend((0..self.sides).map(|x| if module(x) { 0x00 } else { 0xff }));
        }
        let side = u32::try_from(points).expect("a code has 177 modules at most").to_be_bytes();
        let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
        chunk(&mut out, *b"IHDR", &[&side[..], &side[..], &[1, 0, 0, 0, 0]].concat());
        chunk(&mut out, *b"IDAT", &stored(&rows));
        chunk(&mut out, *b"IEND", &[]);
        out
    }
}

fn chunk(out: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    out.extend(u32::try_from(data.len()).expect("a picture of a code is small").to_be_bytes());
    let from = out.len();
    out.extend(kind);
    out.extend(data);
    let sum = crc(&out[from..]);
    out.extend(sum.to_be_bytes());
}

/// Bytes as a zlib stream of stored blocks (RFC 1950, 1951).
fn stored(bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![0x78, 0x01];
    let blocks = bytes.chunks(usize::from(u16::MAX));
    let last = blocks.len().saturating_sub(1);
    for (i, block) in blocks.enumerate() {
        let long = u16::try_from(block.len()).expect("a block is that long at most");
        out.push(u8::from(i == last));
        out.extend(long.to_le_bytes());
        out.extend((!long).to_le_bytes());
        out.extend(block);
    }
    let (mut a, mut b) = (1_u32, 0_u32);
    for byte in bytes {
        a = (a + u32::from(*byte)) % 65_521;
        b = (b + a) % 65_521;
    }
    out.extend((b << 16 | a).to_be_bytes());
    out
}

/// CRC-32 (ISO/IEC 15948, annex D), bit by bit: a code's picture has some tens of thousands of bytes.
fn crc(bytes: &[u8]) -> u32 {
    let step = |sum: u32, byte: &u8| {
        let shift = |sum: u32, _| if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 };
        (0..8).fold(sum ^ u32::from(*byte), shift)
    };
    !bytes.iter().fold(u32::MAX, step)
}

#[cfg(test)]
mod tests {
    use super::{Code, crc};
    use crate::report::Stand;
    use proto::{Hash, Origin};
    use rqrr::PreparedImage;

    #[test]
    fn the_checksum_is_the_one_of_the_standard() {
        assert_eq!(crc(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn a_code_says_the_place_that_it_was_made_of() {
        let (origin, root) = (Origin::parse("hanoi.example/training").expect("an origin"), Hash::digest(b"x"));
        let code = Code::of(&origin, &Stand { position: 812, root }).expect("a code");
        let sides = code.sides();
        let of = |x: usize, y: usize| if code.dark[y / 4 * sides + x / 4] { 0 } else { 255 };
        let mut image = PreparedImage::prepare_from_greyscale(sides * 4, sides * 4, of);
        let grids = image.detect_grids();
        let (_, text) = grids.first().expect("a code").decode().expect("it reads");
        assert_eq!(text, format!("hanoi.example/training\n812\n{}\n", root.base64()));
        assert_eq!(text, code.text);
    }
}
