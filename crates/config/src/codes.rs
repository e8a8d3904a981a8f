//! The codes of all diagnostics: stable names that the documentation explains one heading each.
//!
//! Invariant: a code never changes its meaning and is never reused; `docs/concepts/diagnostics.md` has exactly these headings.

/// A kind of problem: what it is called and what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// The stable name: `CFG012`.
    pub id: &'static str,
    /// What is wrong, in a few words.
    pub title: &'static str,
}

macro_rules! codes {
    ($($name:ident = $id:literal, $title:literal;)*) => {
        $(
            #[doc = $title]
            pub(crate) const $name: Code = Code { id: $id, title: $title };
        )*

        /// Every code there is, in order.
        pub const CODES: &[Code] = &[$($name),*];
    };
}

codes! {
    SYNTAX = "CFG001", "Not valid YAML";
    TOO_LONG = "CFG002", "File too long";
    TOO_DEEP = "CFG003", "Nested too deeply";
    ALIAS = "CFG004", "Anchors and aliases are refused";
    TAG = "CFG005", "Tags are refused";
    SEVERAL_DOCUMENTS = "CFG006", "More than one document";
    DUPLICATE_KEY = "CFG007", "Key given twice";
    KEY_NOT_TEXT = "CFG008", "Key is not a plain text";
    TOO_MANY = "CFG009", "Too many problems";
    VERSION_MISSING = "CFG010", "Version missing";
    VERSION_UNKNOWN = "CFG011", "Version not supported";
    UNKNOWN_KEY = "CFG012", "Unknown key";
    MISSING_KEY = "CFG013", "Required key missing";
    WRONG_TYPE = "CFG014", "Wrong type";
    OUT_OF_RANGE = "CFG015", "Out of range";
    NOT_A_CHOICE = "CFG016", "Not one of the choices";
    BAD_NAME = "CFG017", "Not a valid name";
    EMPTY = "CFG018", "Empty";
    LISTED_TWICE = "CFG019", "Listed twice";
    BAD_NUMBER = "CFG020", "Not an exact decimal";
    BAD_DATE = "CFG021", "Not a date";
    BAD_SYMBOL = "CFG022", "Not a symbol";
    BAD_INTERVAL = "CFG023", "Not an interval";
    BAD_URL = "CFG024", "Not an address";
    EXCLUSIVE_KEYS = "CFG025", "Two keys for the same thing";
    VARIABLE_MISSING = "CFG030", "Environment variable not set";
    BAD_PLACEHOLDER = "CFG031", "Malformed placeholder";
    LITERAL_SECRET = "CFG032", "Secret written in the file";
    UNKNOWN_STRATEGY_TYPE = "CFG040", "Unknown strategy type";
    UNKNOWN_PARAMETER = "CFG041", "Unknown parameter";
    PARAMETER_ORDER = "CFG042", "Parameters in the wrong order";
    DATE_ORDER = "CFG043", "Start not before end";
    UNKNOWN_STRATEGY = "CFG044", "Unknown strategy";
    UNKNOWN_EXCHANGE = "CFG045", "Unknown exchange";
    LARGE_COST = "CFG050", "Cost that looks like a percentage";
    LOST_VALUE = "CFG090", "Defect in the checker";
}

#[cfg(test)]
mod tests {
    use super::CODES;

    const DOCUMENTATION: &str = include_str!("../../../docs/concepts/diagnostics.md");

    #[test]
    fn codes_ascend_so_none_is_used_twice() {
        assert!(CODES.windows(2).all(|pair| pair[0].id < pair[1].id));
    }

    #[test]
    fn every_code_has_its_heading_and_every_heading_its_code() {
        let headings: Vec<&str> =
            DOCUMENTATION.lines().filter_map(|line| line.strip_prefix("## CFG")).collect();
        let expected: Vec<String> = CODES
            .iter()
            .map(|code| format!("{}: {}", code.id.trim_start_matches("CFG"), code.title))
            .collect();
        assert_eq!(headings, expected);
    }
}
