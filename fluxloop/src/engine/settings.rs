use std::time::Duration;

use crate::{
    config::{Config, Gate, ObserveSettings, Observed, Pricing, Subscriber},
    secret::Secrets,
    worker::protocol::Level,
};

/// How an experiment is run.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Settings {
    /// The most runs in flight at once.
    pub parallel: usize,
    /// The pause before each next run starts.
    pub run_delay: Duration,
    /// The agent's own time per run, all its attempts together.
    pub timeout: Duration,
    /// Retries of transient failures, on top of the first attempt.
    pub max_retries: u32,
    /// The pause before the first retry; doubled each time, with jitter on top.
    pub retry_delay: Duration,
    /// The last turn of a conversation.
    pub max_turns: u32,
    /// The first turn after which the supervisor may end a conversation.
    pub min_turns: u32,
    /// Stop starting runs once the gate cannot hold any more.
    pub fail_fast: bool,
    /// When the experiment counts as passed.
    pub gate: Gate,
    /// The most observations that a run may have of its agent's process.
    pub max_observations: u64,
    /// What the agent's models cost.
    pub pricing: Pricing,
    /// Which calls of tools are heard of.
    pub tools: ToolSight,
    /// What must appear in no event.
    pub secrets: Secrets,
}

/// Which calls of tools are heard of: what is expected of them is judged by that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToolSight {
    /// All that are recorded.
    All,
    /// All of a process that has something to tell; of one that tells nothing, nobody knows whether it records.
    OfTalkative,
    /// Those of `#[fluxloop::tool]`; libraries' own may be left out.
    Marked,
    /// None.
    Nothing,
}

impl ToolSight {
    fn of(observe: &ObserveSettings) -> Self {
        match (observe.level, observe.subscriber) {
            (Observed::Nothing, _) => Self::Nothing,
            (_, Subscriber::Own) => Self::OfTalkative,
            (Observed::From(Level::Warn | Level::Error), _) => Self::Marked,
            _ if observe.leaves_spans_out() => Self::Marked,
            _ => Self::All,
        }
    }
}

impl From<&Config> for Settings {
    fn from(config: &Config) -> Self {
        Self {
            parallel: usize::try_from(config.parallel.get()).unwrap_or(usize::MAX),
            run_delay: config.run_delay,
            timeout: config.runner.timeout,
            max_retries: config.runner.max_retries,
            retry_delay: config.runner.retry_delay,
            max_turns: config.multi_turn.max_turns,
            min_turns: config.multi_turn.min_turns,
            fail_fast: config.fail_fast,
            gate: config.gate,
            max_observations: config.observe.max_per_run,
            pricing: config.pricing.clone(),
            tools: ToolSight::of(&config.observe),
            secrets: config.secrets.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_heard_of_tools_goes_by_what_is_observed() {
        let sight = |set: fn(&mut ObserveSettings)| {
            let mut config = Config::sample();
            set(&mut config.observe);
            Settings::from(&config).tools
        };
        assert_eq!(sight(|_| {}), ToolSight::All);
        assert_eq!(
            sight(|observe| observe.level = Observed::Nothing),
            ToolSight::Nothing
        );
        assert_eq!(
            sight(|observe| observe.subscriber = Subscriber::Own),
            ToolSight::OfTalkative
        );
        assert_eq!(
            sight(|observe| observe.level = Observed::From(Level::Info)),
            ToolSight::All
        );
        assert_eq!(
            sight(|observe| observe.level = Observed::From(Level::Warn)),
            ToolSight::Marked
        );
        for (filter, sees) in [
            ("shop::db=trace", ToolSight::All),
            ("info,shop=debug", ToolSight::All),
            ("hyper=off", ToolSight::Marked),
            ("warn,shop=debug", ToolSight::Marked),
        ] {
            let mut config = Config::sample();
            config.observe.filter = Some(filter.to_owned());
            assert_eq!(Settings::from(&config).tools, sees, "{filter}");
        }
    }
}
