//! Chance, for waits that are not to be the same for all.

/// A number from 0 to 1, 1 not included.
pub(crate) fn fraction() -> f64 {
    let random = uuid::Uuid::new_v4().as_u128() as u32;
    f64::from(random) / (f64::from(u32::MAX) + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_all_over_the_range() {
        let mut tenths = [0; 10];
        for _ in 0..1000 {
            tenths[(fraction() * 10.0) as usize] += 1;
        }
        assert!(tenths.iter().all(|count| *count > 0), "{tenths:?}");
    }
}
