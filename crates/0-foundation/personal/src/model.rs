//! The personal fields of one person. They have no debug form, so that no log can take them along.

use crate::error::PersonalError;
use serde::{Deserialize, Serialize};

/// Longest value of a field, in characters.
pub const MAX_CHARACTERS: usize = 200;

/// What is known of a person beside the account.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    /// Full name (họ và tên).
    pub full_name: String,
    /// Telephone on duty; may be empty.
    #[serde(default)]
    pub telephone: String,
    /// E-mail on duty; may be empty.
    #[serde(default)]
    pub email: String,
    /// Unit inside the organisation (phòng, ban, đội); may be empty.
    #[serde(default)]
    pub unit: String,
}

impl std::fmt::Debug for Details {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Details(...)")
    }
}

impl Details {
    /// Takes spaces at both ends away and refuses what does not fit. The error names the field, never its value.
    pub fn checked(self) -> Result<Self, PersonalError> {
        let trimmed = |text: String| text.trim().to_owned();
        let own = Self {
            full_name: trimmed(self.full_name),
            telephone: trimmed(self.telephone),
            email: trimmed(self.email),
            unit: trimmed(self.unit),
        };
        let fields = [
            ("full_name", &own.full_name),
            ("telephone", &own.telephone),
            ("email", &own.email),
            ("unit", &own.unit),
        ];
        for (name, value) in fields {
            if value.chars().count() > MAX_CHARACTERS || value.chars().any(char::is_control) {
                let rule = format!("{name} has at most {MAX_CHARACTERS} characters on one line");
                return Err(PersonalError::Invalid(rule));
            }
        }
        let invalid = |rule: &str| Err(PersonalError::Invalid(rule.to_owned()));
        if own.full_name.is_empty() {
            return invalid("full_name is empty; write the name, or erase the person's details");
        }
        let sign = |c: char| c.is_ascii_digit() || "+ ().-".contains(c);
        if !own.telephone.chars().all(sign) {
            return invalid("telephone has digits, spaces and + ( ) . - only");
        }
        let parts: Vec<&str> = own.email.split('@').collect();
        let mail = matches!(parts.as_slice(), [name, host] if !name.is_empty() && host.contains('.'));
        if !own.email.is_empty() && (!mail || own.email.contains(' ')) {
            return invalid("email is name@host");
        }
        Ok(own)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(full_name: &str, telephone: &str, email: &str) -> Details {
        let [full_name, telephone, email] = [full_name, telephone, email].map(str::to_owned);
        Details {
            full_name,
            telephone,
            email,
            unit: String::new(),
        }
    }

    #[test]
    fn what_does_not_fit_is_refused_without_its_value() {
        for (details, field) in [
            (with(" ", "", ""), "full_name"),
            (with("Mẫu", "09x", ""), "telephone"),
            (with("Mẫu", "", "a@b"), "email"),
            (with("Mẫu", "", "a b@c.vn"), "email"),
            (with("Mẫu\nHai", "", ""), "full_name"),
            (with(&"x".repeat(201), "", ""), "full_name"),
        ] {
            let error = details.clone().checked().unwrap_err().to_string();
            assert!(
                error.contains(field) && !error.contains("09x") && !error.contains("Mẫu"),
                "{error}"
            );
        }
        let good = with(" Người Mẫu ", "+84 24 3825 0000", "nguoi.mau@example.vn")
            .checked()
            .unwrap();
        assert_eq!(good.full_name, "Người Mẫu");
        assert_eq!(format!("{good:?}"), "Details(...)");
    }
}
