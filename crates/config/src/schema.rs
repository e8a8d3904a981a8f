//! JSON Schema (draft 2020-12) of the four files, made from the tables that check them.
//!
//! Invariant: a file that the checker accepts is valid by the schema, so that an editor never underlines what is right. The
//! schema cannot say everything: order of dates and parameters, names of other files and exact decimals are the checker's.

#[cfg(test)]
mod tests;

use serde_json::{Map, Value, json};
use types::Interval;

use crate::catalogue::{self, ParamDefault, ParamKind, StrategyKind};
use crate::shape::{self, Field, Names, Presence, Shape, VERSION};
use crate::source::ConfigFile;
use crate::yaml::{Resolved, resolve_plain};

/// Returns the schema of a file.
pub fn json_schema(file: ConfigFile) -> Value {
    let mut schema = table(shape::fields(file));
    let root = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": file.file_name(),
        "$defs": {
            "placeholder": {
                "description": "A value from the environment: ${NAME} or ${NAME:default}.",
                "type": "string",
                "pattern": "\\$\\{",
            },
        },
    });
    let mut root = into_map(root);
    root.append(&mut schema);
    Value::Object(root)
}

fn table(fields: &[Field]) -> Map<String, Value> {
    let properties: Map<String, Value> =
        fields.iter().map(|field| (field.key.to_owned(), property(field))).collect();
    let required: Vec<&str> =
        fields.iter().filter(|field| field.presence == Presence::Required).map(|field| field.key).collect();
    let mut schema = into_map(json!({
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    }));
    if !required.is_empty() {
        schema.insert("required".to_owned(), json!(required));
    }
    if fields.iter().any(|field| matches!(field.shape, Shape::Params)) {
        schema.insert("allOf".to_owned(), catalogue::strategies().iter().map(params_of_type).collect());
    }
    if ["symbol", "symbols"].iter().all(|key| fields.iter().any(|field| field.key == *key)) {
        // Nothing after a key counts as absent, which `required` cannot see.
        schema.insert("anyOf".to_owned(), json!([{ "required": ["symbol"] }, { "required": ["symbols"] }]));
    }
    schema
}

fn property(field: &Field) -> Value {
    let mut schema = into_map(value(field.shape));
    if field.presence != Presence::Required {
        schema = into_map(json!({ "anyOf": [schema, { "type": "null" }] }));
    }
    schema.insert("description".to_owned(), json!(field.doc));
    if let Presence::Default(default) = field.presence {
        schema.insert("default".to_owned(), default_value(field.shape, default));
    }
    Value::Object(schema)
}

fn default_value(shape: Shape, text: &str) -> Value {
    if shape.is_text() {
        return json!(text);
    }
    match resolve_plain(text) {
        Resolved::Bool(value) => json!(value),
        Resolved::Integer(value) => json!(value),
        Resolved::Number(value) => json!(value),
        Resolved::Null | Resolved::Text => json!(text),
    }
}

fn value(shape: Shape) -> Value {
    match shape {
        Shape::Version => or_placeholder(&json!({ "const": VERSION })),
        Shape::Text | Shape::Symbol | Shape::Exchange | Shape::StrategyName => {
            json!({ "type": "string", "minLength": 1 })
        }
        Shape::Integer { min, max } => {
            or_placeholder(&json!({ "type": "integer", "minimum": min, "maximum": max }))
        }
        Shape::Bool => or_placeholder(&json!({ "type": "boolean" })),
        Shape::Rate => or_decimal_text(&json!({ "type": "number", "minimum": 0, "maximum": 1 })),
        Shape::Money => {
            let most = types::limits::MAX_INITIAL_CAPITAL;
            or_decimal_text(&json!({ "type": "number", "exclusiveMinimum": 0, "maximum": most }))
        }
        Shape::Date => json!({
            "anyOf": [
                { "type": "string", "pattern": "^\\s*\\+?[0-9]{4,}" },
                { "type": "integer", "minimum": 0 },
                { "$ref": "#/$defs/placeholder" },
            ],
        }),
        Shape::Interval => {
            let mut names: Vec<&str> = Interval::ALL.iter().map(|interval| interval.as_str()).collect();
            // Other platforms' spellings, which are read too.
            names.extend(["1D", "3D", "1W", "1mo"]);
            or_placeholder(&json!({ "enum": names }))
        }
        Shape::StrategyType => or_placeholder(&json!({ "enum": shape::strategy_types() })),
        Shape::Choice(options) => or_placeholder(&json!({ "enum": options() })),
        Shape::Url { schemes, words } => {
            let schemes = schemes.iter().map(|scheme| format!("{scheme}://"));
            let starts: Vec<String> = words.iter().map(|&word| word.to_owned()).chain(schemes).collect();
            or_placeholder(&json!({ "type": "string", "pattern": format!("^\\s*({})", starts.join("|")) }))
        }
        Shape::Secret => json!({ "anyOf": [{ "const": "" }, { "$ref": "#/$defs/placeholder" }] }),
        Shape::Params => json!({ "type": "object" }),
        Shape::List(shape) => or_placeholder(
            &json!({ "type": "array", "minItems": 1, "uniqueItems": true, "items": value(*shape) }),
        ),
        Shape::Table(fields) => Value::Object(table(fields)),
        Shape::Named { names, of, .. } => named(names, of),
    }
}

fn named(names: Names, of: &[Field]) -> Value {
    json!({
        "type": "object",
        "propertyNames": { "pattern": names.pattern() },
        "additionalProperties": table(of),
    })
}

fn or_placeholder(schema: &Value) -> Value {
    json!({ "anyOf": [schema, { "$ref": "#/$defs/placeholder" }] })
}

/// Exact decimals may be quoted.
fn or_decimal_text(schema: &Value) -> Value {
    let text = json!({ "type": "string", "pattern": "^\\s*[+-]?[0-9]*\\.?[0-9]*([eE][+-]?[0-9]+)?\\s*$" });
    json!({ "anyOf": [schema, text, { "$ref": "#/$defs/placeholder" }] })
}

/// Returns the rule that a strategy of this type has these parameters.
fn params_of_type(kind: &StrategyKind) -> Value {
    let properties: Map<String, Value> = kind
        .params
        .iter()
        .map(|param| {
            let mut schema = into_map(json!({
                "anyOf": [param_value(param.kind), { "$ref": "#/$defs/placeholder" }, { "type": "null" }],
                "title": param.title,
                "description": param.doc,
            }));
            schema.insert("default".to_owned(), default_param(param.default));
            (param.name.to_owned(), Value::Object(schema))
        })
        .collect();
    json!({
        "if": { "properties": { "type": { "const": kind.name } }, "required": ["type"] },
        "then": {
            "properties": {
                "params": {
                    "type": ["object", "null"],
                    "description": kind.summary,
                    "properties": properties,
                    "additionalProperties": false,
                },
            },
        },
    })
}

fn param_value(kind: ParamKind) -> Value {
    match kind {
        ParamKind::Integer { min, max } => json!({ "type": "integer", "minimum": min, "maximum": max }),
        ParamKind::Number { min, max } => json!({ "type": "number", "minimum": min, "maximum": max }),
        ParamKind::Bool => json!({ "type": "boolean" }),
        ParamKind::Choice { options } => json!({ "enum": options }),
    }
}

fn default_param(default: ParamDefault) -> Value {
    match default {
        ParamDefault::Integer(value) => json!(value),
        ParamDefault::Number(value) => json!(value),
        ParamDefault::Bool(value) => json!(value),
        ParamDefault::Text(value) => json!(value),
    }
}

fn into_map(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
