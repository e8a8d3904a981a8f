//! Values that passed their table, by key, with their place.
//!
//! Invariant: a value that is absent here without a default was reported, or is optional.

use types::{ExchangeId, Interval, Money, Rate, Symbol, Timestamp};

use crate::diagnostic::Span;
use crate::secret::Secret;
use crate::yaml::Node;

/// A value of the type that its shape asks for.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Text(String),
    Integer(i64),
    Bool(bool),
    Rate(Rate),
    Money(Money),
    Date(Timestamp),
    Symbol(Symbol),
    Interval(Interval),
    Exchange(ExchangeId),
    Secret(Secret),
    /// Left as it is for a later stage.
    Raw(Node),
    List(Vec<Item>),
    Table(Table),
    Named(Vec<NamedTable>),
}

/// A value, its place, and how a message may print it.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) value: Value,
    pub(super) span: Span,
    pub(super) written: String,
}

/// The values of a table.
#[derive(Debug, Clone)]
pub(super) struct Table {
    /// Where the table as a whole is shown: at the key it belongs to.
    pub(super) span: Span,
    pub(super) items: Vec<(&'static str, Item)>,
    /// Keys that were given, with or without a usable value.
    pub(super) given: Vec<&'static str>,
}

/// A table under a name that the user chose.
#[derive(Debug, Clone)]
pub(super) struct NamedTable {
    pub(super) name: String,
    pub(super) table: Table,
}

/// A type that a value can be taken out as.
pub(super) trait FromValue: Sized {
    fn from_value(value: &Value) -> Option<Self>;
}

macro_rules! from_value {
    ($($variant:ident: $type:ty),* $(,)?) => {
        $(impl FromValue for $type {
            fn from_value(value: &Value) -> Option<Self> {
                match value {
                    Value::$variant(inner) => Some(inner.clone()),
                    _ => None,
                }
            }
        })*
    };
}

from_value! {
    Text: String, Integer: i64, Bool: bool, Rate: Rate, Money: Money, Date: Timestamp, Symbol: Symbol, Interval: Interval,
    Exchange: ExchangeId, Secret: Secret, Raw: Node, Table: Table,
}

impl<T: FromValue> FromValue for Vec<T> {
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::List(items) => items.iter().map(|item| T::from_value(&item.value)).collect(),
            _ => None,
        }
    }
}

impl Table {
    /// Returns the value of a key with its place.
    pub(super) fn item(&self, key: &str) -> Option<&Item> {
        self.items.iter().find(|(name, _)| *name == key).map(|(_, item)| item)
    }

    /// Returns the value of a key.
    pub(super) fn get<T: FromValue>(&self, key: &str) -> Option<T> {
        T::from_value(&self.item(key)?.value)
    }

    /// Returns the entries of a list.
    pub(super) fn list(&self, key: &str) -> &[Item] {
        match self.item(key).map(|item| &item.value) {
            Some(Value::List(items)) => items,
            _ => &[],
        }
    }

    /// Returns the tables of a key whose names the user chose; none when the key is absent.
    pub(super) fn named(&self, key: &str) -> &[NamedTable] {
        match self.item(key).map(|item| &item.value) {
            Some(Value::Named(tables)) => tables,
            _ => &[],
        }
    }

    /// Returns whether a key was given, with a usable value or without.
    pub(super) fn has(&self, key: &str) -> bool {
        self.given.contains(&key)
    }
}
