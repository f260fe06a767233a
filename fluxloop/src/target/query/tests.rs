use super::*;

/// The agents of a workspace with the packages `shop` (library, example, binary and test), `shop-cli`, `shop-core` and `e-collide`.
fn agents() -> Vec<AgentName> {
    [
        ("shop", Kind::Lib, "shop", "run"),
        ("shop", Kind::Lib, "shop::a", "deep"),
        ("shop", Kind::Lib, "shop::a::b", "deep"),
        ("shop", Kind::Lib, "shop::a::b", "support-bot"),
        ("shop", Kind::Lib, "shop::tests", "mock"),
        ("shop", Kind::Lib, "shop::my_agent", "inner"),
        ("shop", Kind::Example, "my_agent", "run"),
        ("shop", Kind::Example, "my_agent::helper", "assist"),
        ("shop", Kind::Bin, "my_bin", "serve"),
        ("shop", Kind::Test, "agents", "it"),
        ("shop-cli", Kind::Bin, "shop_cli", "only"),
        ("shop-core", Kind::Lib, "core", "plan"),
        ("e-collide", Kind::Lib, "e_collide", "twice"),
        ("e-collide", Kind::Bin, "e_collide", "twice"),
    ]
    .map(|(package, kind, modules, name)| AgentName::new(package, kind, modules, name))
    .to_vec()
}

/// What a target means where these crates exist.
fn meant(target: &str) -> String {
    let agents = agents();
    let spec = target.parse().unwrap();
    let crates = CrateNames::new(
        ["shop", "e_collide", "core"],
        ["shop", "shop-cli", "e-collide", "shop-core"],
    );
    let query = Query::new(&spec, &crates);
    let best = query.best(&agents);
    let shown: Vec<String> = best
        .iter()
        .map(|name| format!("{} {name}", name.kind().prefix()))
        .collect();
    shown.join(", ")
}

#[test]
fn names_are_matched_from_exact_to_suffix() {
    for (target, expected) in [
        // Exactly that function.
        ("shop:run", "lib shop:run"),
        ("shop::a::b::deep", "lib shop.a.b:deep"),
        ("shop.a:deep", "lib shop.a:deep"),
        ("my_agent:run", "examples my_agent:run"),
        // `-` reads as `_`, in crates and in names.
        ("my-agent:run", "examples my_agent:run"),
        ("shop.a.b:support_bot", "lib shop.a.b:support-bot"),
        ("shop:support-bot", "lib shop.a.b:support-bot"),
        // Anywhere in the crate.
        ("shop:deep", "lib shop.a:deep, lib shop.a.b:deep"),
        ("my_agent:assist", "examples my_agent.helper:assist"),
        // The package in the crate's place.
        ("shop.my_bin:serve", "bins my_bin:serve"),
        ("shop.my_agent:assist", "examples my_agent.helper:assist"),
        ("shop:serve", ""),
        ("shop-core:plan", "lib core:plan"),
        ("shop.my_agent:inner", "lib shop.my_agent:inner"),
        ("shop-cli:only", "bins shop_cli:only"),
        // The end of a name.
        ("b::deep", "lib shop.a.b:deep"),
        ("support-bot", "lib shop.a.b:support-bot"),
        ("run", "lib shop:run, examples my_agent:run"),
        ("tests:mock", "lib shop.tests:mock"),
        // Kinds.
        ("examples.my_agent:run", "examples my_agent:run"),
        ("examples:run", "examples my_agent:run"),
        ("examples.shop:run", "examples my_agent:run"),
        ("bins.my-bin:serve", "bins my_bin:serve"),
        ("tests.agents:it", "tests agents:it"),
        ("lib.shop:run", "lib shop:run"),
        ("lib.e_collide:twice", "lib e_collide:twice"),
        ("bins.e_collide:twice", "bins e_collide:twice"),
        (
            "e_collide:twice",
            "lib e_collide:twice, bins e_collide:twice",
        ),
        // Nothing.
        ("shop.a.c:deep", ""),
        ("a:deep", "lib shop.a:deep"),
        ("shop:rum", ""),
        ("bins.my_agent:run", ""),
        ("examples.nope:run", ""),
        ("Run", ""),
    ] {
        assert_eq!(meant(target), expected, "{target}");
    }
}

#[test]
fn a_crate_named_like_a_kind_comes_first() {
    let agents = [
        AgentName::new("examples", Kind::Lib, "examples::docs", "answer"),
        AgentName::new("examples", Kind::Example, "my_agent", "run"),
        AgentName::new("shop", Kind::Example, "my_agent", "run"),
    ];
    let best = |target: &str, has_crate: bool| {
        let spec = target.parse().unwrap();
        let none: [&str; 0] = [];
        let crates = if has_crate {
            CrateNames::new(["examples"], ["examples", "shop"])
        } else {
            CrateNames::new(none, ["shop"])
        };
        let query = Query::new(&spec, &crates);
        let places: Vec<usize> = query
            .best(&agents)
            .iter()
            .map(|found| {
                agents
                    .iter()
                    .position(|agent| std::ptr::eq(agent, *found))
                    .unwrap()
            })
            .collect();
        places
    };
    assert_eq!(best("examples.docs:answer", true), [0]);
    assert_eq!(
        best("examples.my_agent:run", true),
        [1],
        "of the package `examples`"
    );
    assert_eq!(best("examples.my_agent:run", false), [1, 2], "any example");
    assert_eq!(best("my_agent:run", true), [1, 2]);
}
