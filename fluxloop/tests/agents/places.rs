//! What the registry says of an agent.

use fluxloop::agent::{AgentEntry, Registry};

use crate::invocation::{agent, output};

const LINE_OF_THE_NAME: u32 = line!() + 5;

/// The attribute, this comment and the qualifiers stand on other lines.
#[fluxloop::agent]
#[must_use]
pub(crate) fn located(input: String) -> String {
    input
}

mod deep {
    mod deeper {
        #[fluxloop::agent(name = "support-desk")]
        fn renamed() -> &'static str {
            "deep"
        }

        #[fluxloop::agent]
        fn r#try() -> &'static str {
            "raw"
        }
    }
}

mod renamed_dependency {
    use ::fluxloop as simulation;

    pub(super) mod path {
        pub(crate) use ::fluxloop as nested;
    }

    #[simulation::agent(crate = crate::places::renamed_dependency::path::nested)]
    fn renamed_crate() {}
}

#[test]
fn an_agent_knows_where_it_is() {
    let agent = agent("agents::places:located");
    assert_eq!(agent.name, "located");
    assert_eq!(agent.module_path, module_path!());
    assert_eq!(agent.file, file!());
    assert_eq!(agent.line, LINE_OF_THE_NAME);
    assert_eq!(agent.package, "fluxloop");
    assert_eq!(agent.binary, None);
    assert_eq!(
        agent.place().to_string(),
        format!("{}:{LINE_OF_THE_NAME}", file!())
    );
}

#[test]
fn names_are_those_of_the_option_or_of_the_function_without_its_raw_prefix() {
    let none = crate::invocation::input(&serde_json::Value::Null);
    assert_eq!(
        output("agents::places::deep::deeper:support-desk", &none),
        "deep"
    );
    assert_eq!(output("agents::places::deep::deeper:try", &none), "raw");
    agent("agents::places::renamed_dependency:renamed_crate");
}

#[test]
fn agents_inside_of_functions_are_found() {
    #[fluxloop::agent]
    fn inside() -> u8 {
        7
    }

    let none = crate::invocation::input(&serde_json::Value::Null);
    assert_eq!(output("agents::places:inside", &none), 7);
    assert_eq!(inside(), 7);
}

#[test]
fn all_agents_are_listed_in_the_order_of_their_ids() {
    let registry = Registry::collect().unwrap();
    let ids: Vec<_> = registry.agents().map(AgentEntry::id).collect();
    assert!(ids.is_sorted());
    assert!(ids.len() > 20, "{ids:?}");
}
