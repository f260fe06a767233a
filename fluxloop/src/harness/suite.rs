use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::Arc,
};

use libtest_mimic::Arguments;

use super::{
    Call, Configs, HarnessError,
    agent::{agent, crate_of},
    desk::Desk,
    env::Environment,
    nextest::Nextest,
    report,
};
use crate::{
    config::{LoadRequest, Override},
    plan::Plan,
    setup::Setup,
    target::normal,
    worker::protocol::AgentInfo,
};

/// One configuration's cases, and all that is known of them before any is run.
#[derive(Debug)]
pub(super) struct Suite {
    pub(super) setup: Setup,
    pub(super) agent: AgentInfo,
    /// For that agent.
    pub(super) plan: Plan,
    /// What leads the names of its cases, where there are several configurations.
    pub(super) prefix: Option<String>,
    /// Where its tests ask for their cases.
    pub(super) desk: Arc<Desk>,
    /// The crates whose `debug` spans are recorded, too.
    pub(super) own_crates: Vec<String>,
}

impl Suite {
    /// Loads every configuration.
    pub(super) fn all(
        call: &Call<'_>,
        arguments: &Arguments,
        (environment, nextest): (&Environment, Option<&Nextest>),
    ) -> Result<Vec<Self>, HarnessError> {
        let from_variable = environment.get("FLUXLOOP_CONFIG");
        let requests = match (call.configs, &from_variable) {
            (Configs::Several(_), Some(path)) => vec![(Some(*path), true)],
            (Configs::Usual | Configs::One(_), Some(path)) => vec![(Some(*path), false)],
            (Configs::Usual, None) => vec![(None, false)],
            (Configs::One(path), None) => vec![(Some(path), false)],
            (Configs::Several(paths), None) => {
                paths.iter().map(|path| (Some(*path), true)).collect()
            }
        };
        let named_by = match from_variable {
            Some(_) => "the variable `FLUXLOOP_CONFIG`",
            None => "`fluxloop::main!(…, config = \"…\")`",
        };
        let mut prefixes = BTreeSet::new();
        let mut suites = Vec::new();
        for (path, is_named) in requests {
            let mut request = request(call, arguments, environment);
            request.config = path.map(PathBuf::from);
            request.config_named_by = Some(named_by.to_owned());
            request.seed = nextest.map(Nextest::seed);
            let prefix = is_named.then(|| stem(path.unwrap_or_default()));
            if let Some(name) = &prefix
                && !prefixes.insert(name.clone())
            {
                return Err(HarnessError::SameName { name: name.clone() });
            }
            suites.push(Self::load(call, &request, prefix)?);
        }
        Ok(suites)
    }

    fn load(
        call: &Call<'_>,
        request: &LoadRequest,
        prefix: Option<String>,
    ) -> Result<Self, HarnessError> {
        let setup = Setup::load(request, &mut |warning| report::text(&warning.report()))?;
        let agent = agent(call, setup.target.as_ref())?;
        let plan = setup.plan.clone().for_agent(&agent.name);
        let own: BTreeSet<String> = [call.crate_name, call.package, crate_of(&agent)]
            .map(normal)
            .into();
        Ok(Self {
            setup,
            plan,
            prefix,
            desk: Arc::default(),
            own_crates: own.into_iter().collect(),
            agent,
        })
    }

    /// A case's name as a test.
    pub(super) fn test_name(&self, case: &str) -> String {
        match &self.prefix {
            Some(prefix) => format!("{prefix}::{case}"),
            None => case.to_owned(),
        }
    }

    /// A test's name as a case.
    pub(super) fn case_name<'n>(&self, test: &'n str) -> Option<&'n str> {
        match &self.prefix {
            Some(prefix) => test.strip_prefix(&**prefix)?.strip_prefix("::"),
            None => Some(test),
        }
    }

    /// The file that its configuration is read from: the last of those that are merged.
    pub(super) fn config_file(&self) -> &Path {
        let files = &self.setup.config.files;
        files.last().map_or(Path::new(""), PathBuf::as_path)
    }
}

/// What every configuration is loaded with.
fn request(call: &Call<'_>, arguments: &Arguments, environment: &Environment) -> LoadRequest {
    let mut request = LoadRequest::new(package_directory(call, environment));
    request.environment.clone_from(&environment.variables);
    let threads = |flag, value: serde_json::Value| Override::flag(flag, "parallel_runs", value);
    let variable = environment.get("RUST_TEST_THREADS");
    request.overrides = match (arguments.test_threads, variable) {
        (Some(count), _) => vec![threads("--test-threads", count.into())],
        (None, Some(text)) => {
            let value = text.parse::<u64>().map_or_else(|_| text.into(), Into::into);
            vec![threads("RUST_TEST_THREADS", value)]
        }
        (None, None) => Vec::new(),
    };
    request
}

/// Where the package is: where it was when the test was built, or where cargo says that it is now.
fn package_directory(call: &Call<'_>, environment: &Environment) -> PathBuf {
    let built = Path::new(call.manifest_dir);
    match environment.get("CARGO_MANIFEST_DIR") {
        Some(now) if !built.is_dir() => PathBuf::from(now),
        _ => built.to_owned(),
    }
}

/// What a configuration is called by its file.
fn stem(path: &str) -> String {
    let stem = Path::new(path).file_stem();
    stem.unwrap_or_default().to_string_lossy().into_owned()
}
