//! The exchanges on the other side of the contract suite, each by its real one's rules.

mod binance;
mod harbour;
mod okx;
mod yahoo;

use crate::contract::exchange_contract;

pub(crate) use okx::Okx;
pub(crate) use yahoo::Yahoo;

exchange_contract!(binance_contract: crate::counterparts::binance::Binance, live);
exchange_contract!(okx_contract: crate::counterparts::Okx, live);
exchange_contract!(yahoo_contract: crate::counterparts::Yahoo);
exchange_contract!(harbour_contract: crate::counterparts::harbour::Harbour);
