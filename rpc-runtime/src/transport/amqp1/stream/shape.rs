//! How deeply values are nested, found out without keeping them: the client library goes as deep as a peer has it go, until the
//! stack ends, and the process with it.

/// How deep values may be nested; what peers send is not a third as deep.
const DEEPEST: usize = 16;

/// Sections that are bodies. What is in those is not gone into.
const BODIES: std::ops::RangeInclusive<u8> = 0x75..=0x77;

/// Walks over values as their bytes come.
#[derive(Debug, Clone, Default)]
pub(super) struct Shape {
    at: u64,
    open: Vec<Open>,
    step: Step,
    /// Bytes of a value that are passed over.
    skip: u64,
    /// What the value that is open at the top is described by, if that is a number.
    section: u8,
    /// How many values are over.
    values: u32,
}

/// A value that has others in it.
#[derive(Debug, Clone, Copy)]
enum Open {
    /// What describes it, and itself, as far as they have not come.
    Described {
        left: u8,
    },
    Many {
        end: u64,
    },
}

/// What comes next.
#[derive(Debug, Clone, Copy, Default)]
enum Step {
    #[default]
    Constructor,
    /// The rest of a number that may describe a value.
    Descriptor { left: u8 },
    /// The rest of the size of a value.
    Size { constructor: u8, left: u8, size: u32 },
    /// What all values of an array are.
    Elements,
}

/// Values that are nested more deeply than any have to be.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooDeep;

impl Shape {
    /// Goes on with `bytes` until they are over or, if there is a number, so many values are; how many bytes that took.
    pub(super) fn feed(&mut self, bytes: &[u8], until: Option<u32>) -> Result<usize, TooDeep> {
        let mut rest = bytes;
        while !rest.is_empty() && !until.is_some_and(|until| self.values >= until && self.skip == 0) {
            if self.skip > 0 {
                let passed = self.skip.min(rest.len() as u64);
                (self.skip, self.at, rest) = (self.skip - passed, self.at + passed, &rest[passed as usize..]);
            } else {
                self.take(rest[0])?;
                (self.at, rest) = (self.at + 1, &rest[1..]);
            }
            self.close();
        }
        Ok(bytes.len() - rest.len())
    }

    fn take(&mut self, byte: u8) -> Result<(), TooDeep> {
        match self.step {
            Step::Constructor => self.begin(byte)?,
            Step::Descriptor { left: 1 } => {
                if let [Open::Described { left: 2 }] = self.open[..] {
                    self.section = byte;
                }
                self.step = Step::Constructor;
                self.over();
            }
            Step::Descriptor { left } => self.step = Step::Descriptor { left: left - 1 },
            Step::Size { constructor, left, size } => {
                let size = size << 8 | u32::from(byte);
                match left {
                    1 => self.sized(constructor, size)?,
                    _ => self.step = Step::Size { constructor, left: left - 1, size },
                }
            }
            Step::Elements => {
                self.step = Step::Constructor;
                // Others than numbers, texts and the like are nested.
                if byte == 0 || byte >= 0xc0 {
                    return Err(TooDeep);
                }
            }
        }
        Ok(())
    }

    fn begin(&mut self, constructor: u8) -> Result<(), TooDeep> {
        let size = |left| Step::Size { constructor, left, size: 0 };
        match constructor {
            0 => self.open(Open::Described { left: 2 })?,
            0x53 => self.step = Step::Descriptor { left: 1 },
            0x80 => self.step = Step::Descriptor { left: 8 },
            _ => match constructor >> 4 {
                5 => self.pass(1),
                6 => self.pass(2),
                7 => self.pass(4),
                8 => self.pass(8),
                9 => self.pass(16),
                0xa | 0xc | 0xe => self.step = size(1),
                0xb | 0xd | 0xf => self.step = size(4),
                _ => self.over(),
            },
        }
        Ok(())
    }

    /// A value is of this size, which the bytes that follow are.
    fn sized(&mut self, constructor: u8, size: u32) -> Result<(), TooDeep> {
        self.step = Step::Constructor;
        let is_body =
            BODIES.contains(&self.section) && matches!(self.open[..], [Open::Described { left: 1 }]);
        // How many there are in it comes first.
        let count: u32 = if constructor & 0x10 == 0 { 1 } else { 4 };
        // Behind the byte that is taken.
        let end = self.at + 1 + u64::from(size);
        match constructor >> 4 {
            0xc | 0xd if !is_body && size > count => {
                self.open(Open::Many { end })?;
                self.skip = count.into();
            }
            0xe | 0xf if !is_body && size > count => {
                self.open(Open::Many { end })?;
                (self.skip, self.step) = (count.into(), Step::Elements);
            }
            _ => self.pass(size.into()),
        }
        Ok(())
    }

    fn open(&mut self, open: Open) -> Result<(), TooDeep> {
        if self.open.len() >= DEEPEST {
            return Err(TooDeep);
        }
        self.open.push(open);
        Ok(())
    }

    /// Passes over the rest of a value.
    fn pass(&mut self, bytes: u64) {
        self.skip = bytes;
        self.over();
    }

    /// A value is over, once its bytes are passed over, and with it those that it is the last part of.
    fn over(&mut self) {
        while let Some(Open::Described { left }) = self.open.last_mut() {
            *left -= 1;
            if *left > 0 {
                return;
            }
            self.open.pop();
        }
        if self.open.is_empty() {
            (self.values, self.section) = (self.values + 1, 0);
        }
    }

    /// Ends the lists that end here.
    fn close(&mut self) {
        while let Some(Open::Many { end }) = self.open.last()
            && self.at + self.skip >= *end
        {
            self.open.pop();
            self.step = Step::Constructor;
            self.over();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is found in these bytes, in pieces of this size.
    fn fed(bytes: &[u8], piece: usize) -> Result<u32, TooDeep> {
        let mut shape = Shape::default();
        for piece in bytes.chunks(piece) {
            shape.feed(piece, None)?;
        }
        assert!(shape.open.is_empty() && shape.skip == 0, "{shape:?}");
        Ok(shape.values)
    }

    fn list(body: &[u8]) -> Vec<u8> {
        [&[0xd0][..], &(body.len() as u32 + 4).to_be_bytes(), &[0, 0, 0, 1], body].concat()
    }

    #[test]
    fn values_are_counted_however_they_come() {
        let header = [&[0, 0x53, 0x70][..], &list(&[0x42, 0x50, 4, 0x70, 0, 0, 0, 9])].concat();
        let annotations = b"\0\x80\0\0\0\0\0\0\0\x72\xc1\x08\x02\xa3\x01x\x53\x07\x45\x40";
        let body = [&[0, 0x53, 0x77, 0xb1, 0, 0, 1, 0][..], &[0; 256]].concat();
        let array = [0xe0, 6, 2, 0xa3, 1, b'a', 1, b'b'];
        let empty = [0x45, 0xc0, 1, 0, 0xc1, 1, 0, 0x40, 0x41];
        for piece in [1, 2, 3, 7, 1000] {
            assert_eq!(fed(&[&header[..], annotations, &body].concat(), piece), Ok(3));
            assert_eq!(fed(&array, piece), Ok(1));
            assert_eq!(fed(&empty, piece), Ok(5));
            assert_eq!(fed(&list(&list(&[0x40])), piece), Ok(1));
        }
    }

    #[test]
    fn it_stops_where_it_is_told_to() {
        let mut shape = Shape::default();
        let performative = [&[0, 0x53, 0x14][..], &list(&[0x43, 0x43])].concat();
        let frame = [&performative[..], &[0, 0x53, 0x77, 0x40]].concat();
        assert_eq!(shape.feed(&frame[..5], Some(1)), Ok(5));
        assert_eq!(shape.feed(&frame[5..], Some(1)), Ok(performative.len() - 5));
    }

    #[test]
    fn what_is_nested_too_deeply_is_found_and_bodies_are_not_gone_into() {
        let deep = (0..50).fold(vec![0x40], |inner, _| list(&inner));
        let described = [0_u8; 100];
        let wrapped = [0, 0x40].repeat(50);
        let arrays = [0xe0, 20, 1, 0xe0, 17, 1];
        for (n, bytes) in [&deep[..], &described, &wrapped, &arrays].into_iter().enumerate() {
            for piece in [1, 5, 1000] {
                let mut shape = Shape::default();
                let found = bytes.chunks(piece).try_for_each(|piece| shape.feed(piece, None).map(drop));
                assert_eq!(found, Err(TooDeep), "{n}");
            }
        }
        for code in BODIES {
            assert_eq!(fed(&[&[0, 0x53, code][..], &deep].concat(), 3), Ok(1));
        }
        assert!(fed(&[&[0, 0x53, 0x72][..], &deep].concat(), 3).is_err());
    }
}
