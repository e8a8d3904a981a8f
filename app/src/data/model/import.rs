//! Why an uploaded file was not taken: codes that the upload's redirect carries, so that no free text travels in an address.

/// Why an upload did not become a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportFault {
    /// No file was chosen.
    NoFile,
    /// The exchange's name is malformed.
    Exchange,
    /// The symbol is malformed.
    Symbol,
    /// The interval does not exist.
    Interval,
    /// The file is larger than the server takes.
    TooLarge,
    /// The upload broke off.
    Broken,
    /// The server could not keep the file.
    NotStored,
}

impl ImportFault {
    /// Every fault, in the order of the definition.
    pub const ALL: [Self; 7] = [
        Self::NoFile,
        Self::Exchange,
        Self::Symbol,
        Self::Interval,
        Self::TooLarge,
        Self::Broken,
        Self::NotStored,
    ];

    /// Returns its code in the address.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoFile => "no_file",
            Self::Exchange => "exchange",
            Self::Symbol => "symbol",
            Self::Interval => "interval",
            Self::TooLarge => "too_large",
            Self::Broken => "broken",
            Self::NotStored => "not_stored",
        }
    }

    /// Returns the fault with that code.
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fault| fault.code() == code)
    }

    /// Returns where the server sends the browser.
    pub fn location(self) -> String {
        format!("/data?import={}#import", self.code())
    }

    /// Returns what to tell the user.
    pub const fn message(self) -> &'static str {
        match self {
            Self::NoFile => "Choose a file first: CSV, .zip or .gz as Binance publishes its archives.",
            Self::Exchange => "The exchange's name takes a–z, 0–9, '-' and '_', starting with a letter.",
            Self::Symbol => "The symbol takes letters, digits, '-', '_' and '.', for example BTCUSDT.",
            Self::Interval => "Choose one of the intervals in the list.",
            Self::TooLarge => {
                "The file is larger than an upload may be. Import it on the command line: crypto import FILE."
            }
            Self::Broken => "The upload broke off. Try again.",
            Self::NotStored => {
                "The server could not keep the file. Check the free space and the rights of its data folder."
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_reads_back() {
        for fault in ImportFault::ALL {
            assert_eq!(ImportFault::of_code(fault.code()), Some(fault));
        }
        assert_eq!(ImportFault::of_code("<script>"), None);
    }
}
