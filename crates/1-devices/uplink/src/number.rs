//! Decimal numbers to 64-bit floating point: exact, and without a detour through text for the usual short ones.

/// Powers of ten that a double holds exactly.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];

/// The nearest double of a decimal number with optional sign, fraction and exponent; also `nan`, `inf` and `infinity` in
/// any case. `None` when the bytes are nothing of that kind.
///
/// Short numbers take the exact way of Clinger (1990): below 2^53, one division by an exact power of ten rounds correctly.
#[inline]
pub(crate) fn float(bytes: &[u8]) -> Option<f64> {
    short(bytes).or_else(|| std::str::from_utf8(bytes).ok()?.parse().ok())
}

#[inline]
fn short(bytes: &[u8]) -> Option<f64> {
    let (negative, digits) = match bytes {
        [b'-', rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    if digits.is_empty() || digits.len() > 17 {
        return None;
    }
    let (mut mantissa, mut after_point, mut seen_point, mut seen_digit) = (0_u64, 0_usize, false, false);
    for &byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit < 10 {
            mantissa = mantissa * 10 + u64::from(digit);
            after_point += usize::from(seen_point);
            seen_digit = true;
        } else if byte == b'.' && !seen_point {
            seen_point = true;
        } else {
            return None;
        }
    }
    if !seen_digit || mantissa > 1 << 53 {
        return None;
    }
    let value = mantissa as f64 / POWERS.get(after_point)?;
    Some(if negative { -value } else { value })
}

/// A whole number with optional sign; `None` when it is none or does not fit.
#[inline]
pub(crate) fn integer(bytes: &[u8]) -> Option<i64> {
    let (negative, digits) = match bytes {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    if digits.is_empty() {
        return None;
    }
    let mut value = 0_i64;
    for &byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value.checked_mul(10)?.checked_sub(i64::from(digit))?;
    }
    if negative { Some(value) } else { value.checked_neg() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{any, prop_assert_eq, proptest};

    #[test]
    fn what_is_a_number_and_what_is_not() {
        for (text, value) in [
            ("1.25", Some(1.25)),
            ("-0", Some(-0.0)),
            ("1.", Some(1.0)),
            (".5", Some(0.5)),
            ("1e3", Some(1000.0)),
            ("1e999", Some(f64::INFINITY)),
            ("-inf", Some(f64::NEG_INFINITY)),
            (".", None),
            ("", None),
            ("-", None),
            ("1.2.3", None),
            ("1,5", None),
            ("0x10", None),
        ] {
            assert_eq!(float(text.as_bytes()), value, "{text}");
        }
        assert!(float(b"NaN").is_some_and(f64::is_nan));
    }

    #[test]
    fn whole_numbers_reach_both_ends() {
        assert_eq!(integer(b"9223372036854775807"), Some(i64::MAX));
        assert_eq!(integer(b"-9223372036854775808"), Some(i64::MIN));
        assert_eq!(integer(b"9223372036854775808"), None);
        assert_eq!(integer(b""), None);
        assert_eq!(integer(b"1a"), None);
    }

    proptest! {
        #[test]
        fn every_double_is_read_as_the_standard_library_reads_it(bits in any::<u64>(), short in -1_000_000_i64..1_000_000, cut in 0_usize..6) {
            let long = f64::from_bits(bits);
            if !long.is_nan() {
                prop_assert_eq!(float(format!("{long}").as_bytes()), Some(long));
                prop_assert_eq!(float(format!("{long:e}").as_bytes()), Some(long));
            }
            let text = format!("{:.cut$}", short as f64 / 1e3);
            prop_assert_eq!(float(text.as_bytes()).map(f64::to_bits), text.parse::<f64>().ok().map(f64::to_bits));
        }

        #[test]
        fn every_integer_is_read(value in any::<i64>()) {
            prop_assert_eq!(integer(value.to_string().as_bytes()), Some(value));
        }
    }
}
