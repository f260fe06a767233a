//! What agents are called with, and what becomes of what they return.

use serde_json::{Value, json};
use tests::{Finished, Project};

const LIBRARY: &str = r#"
use std::{error::Error, fmt, num::ParseIntError};

use fluxloop::Context;
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
struct Ticket {
    customer: String,
    #[serde(default)]
    lines: Vec<Line>,
}

#[derive(Deserialize)]
struct Line {
    article: u64,
    price: f64,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Decision {
    Refund { total: f64, articles: Vec<u64>, to: String },
    Nothing,
}

#[fluxloop::agent]
fn typed(ticket: Ticket) -> Decision {
    if ticket.lines.is_empty() {
        return Decision::Nothing;
    }
    Decision::Refund {
        total: ticket.lines.iter().map(|line| line.price).sum(),
        articles: ticket.lines.iter().map(|line| line.article).collect(),
        to: ticket.customer,
    }
}

#[fluxloop::agent]
fn named(query: String, limit: u32, language: Option<String>) -> (String, u32, Option<String>) {
    (query, limit, language)
}

#[fluxloop::agent]
fn borrowed(text: &str, ctx: &Context) -> usize {
    text.len() + ctx.iteration() as usize
}

#[fluxloop::agent]
async fn informed(ctx: &Context, _input: String) -> serde_json::Value {
    serde_json::json!({
        "persona": ctx.persona().map(|persona| &persona.name),
        "description": ctx.persona().and_then(|persona| persona.description.as_ref()),
        "iteration": ctx.iteration(),
        "turn": ctx.turn(),
        "metadata": ctx.metadata(),
        "said": ctx.conversation().messages().len(),
    })
}

#[fluxloop::agent]
fn careless() -> u8 {
    7
}

#[derive(Debug)]
struct Refused {
    why: String,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "refused {}", self.why)
    }
}

impl Error for Refused {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&**self.source.as_ref()?)
    }
}

#[fluxloop::agent]
fn chained(input: String) -> Result<u32, Refused> {
    input.parse().map_err(|error: ParseIntError| {
        let inner = Refused { why: "a digit".to_owned(), source: Some(error.into()) };
        Refused { why: "an amount".to_owned(), source: Some(inner.into()) }
    })
}

#[fluxloop::agent]
fn overloaded(input: String) -> Result<String, Box<dyn Error + Send + Sync>> {
    let inner = Refused { why: input, source: Some("too many requests".into()) };
    Err(fluxloop::transient(inner).into())
}

#[fluxloop::agent]
fn disconnected(_input: String) -> Result<String, std::io::Error> {
    Err(std::io::ErrorKind::ConnectionReset.into())
}

#[fluxloop::agent]
fn wordy(input: String) -> Result<String, String> {
    Err(input)
}
"#;

fn project(name: &str) -> Project {
    let rest =
        "serde = { version = \"1\", features = [\"derive\"] }\nserde_json = \"1\"\n\n[workspace]\n";
    Project::bare()
        .package("", name, rest)
        .locked()
        .file("src/lib.rs", LIBRARY)
}

/// Runs an agent with these inputs.
#[track_caller]
fn run(project: &Project, agent: &str, inputs: &str, code: i32) -> (Finished, Vec<Value>) {
    project.write(
        "configs/simulation.yaml",
        &format!("runner: {{ target: {agent}, retry_delay: 0 }}"),
    );
    project.write("inputs/generated.yaml", inputs);
    let finished = project.experiment("").exits(code);
    let rows = if code == 96 {
        Vec::new()
    } else {
        project.latest().rows("trace_summary.jsonl")
    };
    (finished, rows)
}

#[test]
fn inputs_become_what_the_agent_takes() {
    let project = project("e2e_binding");
    let outputs = |agent: &str, inputs: &str| -> Vec<Value> {
        let (_, rows) = run(&project, agent, inputs, 0);
        rows.into_iter().map(|row| row["output"].clone()).collect()
    };
    let tickets = "
- input:
    customer: Ada
    lines: [{ article: 1, price: 2.5 }, { article: 2, price: 4 }]
- input: { customer: Bob }
";
    let refund = json!({"refund": {"total": 6.5, "articles": [1, 2], "to": "Ada"}});
    assert_eq!(outputs("typed", tickets), [refund, json!("nothing")]);
    let searches = "
- input: { query: hours, limit: 3, language: de, beside: ignored }
- input: { limit: 4, query: prices }
";
    let expected = [json!(["hours", 3, "de"]), json!(["prices", 4, null])];
    assert_eq!(outputs("named", searches), expected);
    assert_eq!(
        outputs("borrowed", "- four\n- \"\\\"quoted\\\"\\n\""),
        [4, 9]
    );
    assert_eq!(
        outputs("careless", "- anything\n- { input: { at: all } }"),
        [7, 7]
    );
}

#[test]
fn inputs_that_do_not_fit_are_told_in_the_words_of_their_types() {
    let project = project("e2e_misfits");
    let (finished, _) = run(
        &project,
        "typed",
        "- text\n- { input: { lines: [] } }\n- { input: { customer: 7 } }",
        96,
    );
    insta::assert_snapshot!(project.told(&finished), @r#"
    error: 3 inputs do not fit agent `e2e_misfits:typed` (their types said so):
      inputs/generated.yaml:1: input `text-982d9e`: parameter `ticket`: invalid type: string "text", expected struct Ticket
      inputs/generated.yaml:2: input `lines-2ffd96`: parameter `ticket`: missing field `customer`
      inputs/generated.yaml:3: input `customer-7-ceb4d0`: parameter `ticket`: invalid type: integer `7`, expected a string
      = help: change the inputs, or the types of the agent's parameters; nothing was run
    "#);
    let (finished, _) = run(
        &project,
        "named",
        "- text\n- { input: { query: a, limit: -1 } }",
        96,
    );
    insta::assert_snapshot!(project.told(&finished), @"
    error: 2 inputs do not fit agent `e2e_misfits:named` (their types said so):
      inputs/generated.yaml:1: input `text-982d9e`: parameter `limit`: nothing provides it: the input is no mapping, so the first parameter takes it whole
      inputs/generated.yaml:2: input `limit-1-query-a-94f959`: parameter `limit`: invalid value: integer `-1`, expected u32
      = help: change the inputs, or the types of the agent's parameters; nothing was run
    ");
    let (finished, _) = run(&project, "borrowed", "- { input: 7 }", 96);
    insta::assert_snapshot!(project.told(&finished), @"
    error: 1 input does not fit agent `e2e_misfits:borrowed` (its type said so):
      inputs/generated.yaml:1: input `7-790269`: parameter `text`: invalid type: integer `7`, expected a string
      = help: change the inputs, or the types of the agent's parameters; nothing was run
    ");
}

#[test]
fn the_context_tells_of_the_run() {
    let project = project("e2e_informed");
    let inputs = "
- input: a
  persona: ada
  metadata: { locale: en-GB, depth: { of: [1] } }
- b
";
    let config = "runner: { target: informed, iterations: 2 }\npersonas: [{ name: ada, description: hurried }]";
    let project = project.config(config).inputs(inputs);
    let _ = project.experiment("").exits(0);
    let runs = project.latest().runs();
    let row = &runs["informed::ada::a-ca9781::iter_1"];
    let expected = json!({
        "persona": "ada", "description": "hurried", "iteration": 1, "turn": 1, "said": 0,
        "metadata": {"locale": "en-GB", "depth": {"of": [1]}},
    });
    assert_eq!(row["output"], expected);
    assert_eq!(row["iteration"], 1);
    assert_eq!(
        runs["informed::ada::b-3e23e8::iter_0"]["output"]["metadata"],
        json!({})
    );
}

#[test]
fn errors_keep_their_causes() {
    let project = project("e2e_errors");
    let failure = |agent: &str| {
        let (finished, rows) = run(&project, agent, "- several", 100);
        assert_eq!(rows[0]["output"], Value::Null, "{finished}");
        (rows[0]["error"].clone(), rows[0]["attempts"].clone())
    };
    let (error, attempts) = failure("chained");
    let expected = json!({
        "kind": "agent_error",
        "message": "refused an amount",
        "causes": ["refused a digit", "invalid digit found in string"],
    });
    assert_eq!((error, attempts), (expected, Value::Null));
    let (error, attempts) = failure("overloaded");
    let expected = json!({
        "kind": "agent_error",
        "message": "refused several",
        "causes": ["too many requests"],
        "transient": true,
    });
    assert_eq!((error, attempts), (expected, json!(4)));
    let (error, attempts) = failure("disconnected");
    assert_eq!(
        (&error["message"], attempts),
        (&json!("connection reset"), json!(4))
    );
    let (error, attempts) = failure("wordy");
    assert_eq!(
        (&error["message"], attempts),
        (&json!("several"), Value::Null)
    );
}
