//! The exchanges on the other side of the contract suite, each by its real one's rules.

mod binance;
mod okx;
mod yahoo;

use crate::contract::exchange_contract;

exchange_contract!(binance_contract: crate::counterparts::binance::Binance, live);
exchange_contract!(okx_contract: crate::counterparts::okx::Okx, live);
exchange_contract!(yahoo_contract: crate::counterparts::yahoo::Yahoo);
