//! The frames clients send on a stream connection, and the replies.

use serde_json::{Value, json};

/// What a client asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Command {
    Subscribe(Vec<String>),
    Unsubscribe(Vec<String>),
    ListSubscriptions,
    SetCombined(bool),
    GetCombined,
}

/// A frame that was understood, or the complaint to send back.
pub(crate) type Parsed = Result<(Command, Value), Value>;

/// Reads a text frame.
pub(crate) fn parse(text: &str) -> Parsed {
    let frame: Value = match serde_json::from_str(text) {
        Ok(frame) => frame,
        Err(error) => return Err(complaint(3, &format!("Invalid JSON: {error}"), &Value::Null)),
    };
    let id = frame.get("id").cloned().unwrap_or(Value::Null);
    let is_id = id.is_null() || id.is_i64() || id.as_str().is_some_and(|id| id.chars().count() <= 36);
    if !is_id {
        let message =
            "Invalid request: request ID must be an integer, a string of at most 36 characters, or null";
        return Err(complaint(2, message, &Value::Null));
    }
    let refuse = |code, message: &str| Err(complaint(code, message, &id));
    let params = frame.get("params").and_then(Value::as_array).map(Vec::as_slice);
    let command = match frame.get("method").and_then(Value::as_str) {
        Some(method @ ("SUBSCRIBE" | "UNSUBSCRIBE")) => {
            let names = params.and_then(|params| {
                params.iter().map(|name| name.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>()
            });
            match names {
                Some(names) if method == "SUBSCRIBE" => Command::Subscribe(names),
                Some(names) => Command::Unsubscribe(names),
                None => return refuse(2, "Invalid request: params must be an array of stream names"),
            }
        }
        Some("LIST_SUBSCRIPTIONS") => Command::ListSubscriptions,
        Some("GET_PROPERTY") if params.is_some_and(|params| params == ["combined"]) => Command::GetCombined,
        Some("SET_PROPERTY") => match params {
            Some([Value::String(name), Value::Bool(is_combined)]) if name == "combined" => {
                Command::SetCombined(*is_combined)
            }
            Some([Value::String(name), _]) if name == "combined" => {
                return refuse(1, "Invalid value type: expected Boolean");
            }
            Some([Value::String(_), ..]) => return refuse(0, "Unknown property"),
            _ => return refuse(2, "Invalid request: property name must be a string"),
        },
        Some("GET_PROPERTY") => return refuse(0, "Unknown property"),
        Some(method) => return refuse(2, &format!("Invalid request: unknown method '{method}'")),
        None => return refuse(2, "Invalid request: method must be a string"),
    };
    Ok((command, id))
}

/// Returns the reply to a command that was carried out.
pub(crate) fn reply(result: &Value, id: &Value) -> Value {
    json!({ "result": result, "id": id })
}

fn complaint(code: u8, message: &str, id: &Value) -> Value {
    json!({ "code": code, "msg": message, "id": id })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_of_real_clients_are_understood() {
        let subscribe = parse(r#"{"method":"SUBSCRIBE","params":["btcusdt@kline_1m"],"id":1}"#);
        assert_eq!(subscribe, Ok((Command::Subscribe(vec!["btcusdt@kline_1m".into()]), json!(1))));
        let list = parse(r#"{"method":"LIST_SUBSCRIPTIONS","id":"3f1c"}"#);
        assert_eq!(list, Ok((Command::ListSubscriptions, json!("3f1c"))));
        let set = parse(r#"{"method":"SET_PROPERTY","params":["combined",true],"id":null}"#);
        assert_eq!(set, Ok((Command::SetCombined(true), Value::Null)));
    }

    #[test]
    fn nonsense_gets_the_documented_codes() {
        for (text, code) in [
            ("{", 3),
            (r#"{"method":"SUBSCRIBE","params":"x","id":1}"#, 2),
            (r#"{"method":"SUBSCRIBE","params":[1],"id":1}"#, 2),
            (r#"{"method":"DANCE","id":1}"#, 2),
            (r#"{"method":"SET_PROPERTY","params":["combined",1],"id":1}"#, 1),
            (r#"{"method":"SET_PROPERTY","params":["colour",true],"id":1}"#, 0),
            (r#"{"method":"LIST_SUBSCRIPTIONS","id":1.5}"#, 2),
        ] {
            assert_eq!(parse(text).unwrap_err()["code"], code, "{text}");
        }
    }
}
