use std::{collections::BTreeMap, num::NonZeroU32, path::PathBuf, time::Duration};

use super::{
    CaseSelection, Config, Gate, GenerationMode, GenerationSettings, ModelProvider, ModelSettings,
    MultiTurn, ObserveSettings, Observed, Output, Runner, Subscriber, SupervisorSettings,
};
use crate::{expect::Expectations, secret::Secrets, supervisor::MockSupervisor};

impl ModelSettings {
    /// A model at nobody's address, asked once.
    fn sample() -> Self {
        Self {
            provider: ModelProvider::OpenAi,
            model: "a-model".to_owned(),
            temperature: None,
            system_prompt: None,
            api_key: None,
            api_key_source: None,
            base_url: Some("http://127.0.0.1:9".to_owned()),
            base_url_source: None,
            timeout: Duration::from_secs(10),
            max_retries: 0,
            cassette: None,
            missing_key: None,
        }
    }
}

impl Config {
    /// A configuration of defaults, for the tests of what reads one.
    pub(crate) fn sample() -> Self {
        Self {
            project_directory: PathBuf::from("/project"),
            files: Vec::new(),
            name: "sample".to_owned(),
            description: None,
            version: None,
            tags: Vec::new(),
            metadata: serde_json::Map::new(),
            iterations: NonZeroU32::MIN,
            parallel: NonZeroU32::MIN,
            run_delay: Duration::ZERO,
            seed: None,
            input_template: None,
            runner: Runner {
                target: None,
                working_directory: PathBuf::from("/project"),
                environment: BTreeMap::new(),
                timeout: Duration::from_mins(2),
                max_retries: 3,
                retry_delay: Duration::from_secs(5),
                crash_rerun: true,
            },
            output: Output {
                directory: PathBuf::from("/project/experiments"),
                save_traces: true,
                save_aggregated_metrics: true,
            },
            inputs_files: Vec::new(),
            base_inputs: Vec::new(),
            personas: Vec::new(),
            persona_filter: None,
            cases: CaseSelection::default(),
            generation: GenerationSettings {
                mode: GenerationMode::Deterministic,
                strategies: Vec::new(),
                variations: NonZeroU32::MIN,
                model: ModelSettings::sample(),
                custom_prompt: None,
            },
            replay: None,
            multi_turn: MultiTurn {
                enabled: false,
                max_turns: 8,
                min_turns: 1,
                auto_approve_tools: true,
                persona_override: None,
                supervisor: SupervisorSettings::Mock(MockSupervisor::default()),
            },
            pricing: crate::config::Pricing::default(),
            observe: ObserveSettings {
                level: Observed::Usual,
                filter: None,
                subscriber: Subscriber::Fluxloop,
                max_per_run: 10_000,
                max_value_bytes: 64 * 1024,
            },
            snapshots: crate::config::SnapshotSettings::default(),
            expect: Expectations::default(),
            checks: Vec::new(),
            gate: Gate {
                max_failures: 0,
                min_success_rate: None,
                min_case_pass_rate: None,
            },
            fail_fast: false,
            secrets: Secrets::default(),
            shown_from: PathBuf::from("/project"),
            merged: serde_json::Map::new(),
        }
    }
}
