use std::{
    fmt,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use backon::{BackoffBuilder as _, ExponentialBuilder};
use secrecy::ExposeSecret as _;
use tokio::time::{Instant, sleep};

use super::{
    super::{Decision, DecisionRequest, Prompt, Step, SupervisorFailure, TokenUsage, reply},
    HttpSettings, Provider, SettingsError,
    exchange::Exchange,
    limiter::Limiter,
    provider::Answer,
    verdict::{self, Verdict},
};
use crate::secret::Secrets;

/// The longest pause that we take unasked.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// How many times `max_retries` a request may be turned away while others are served: one that alone is more than the
/// provider allows has to end, too.
const TURNS_AWAY: u32 = 4;

/// Asks a model what the simulated user does next. Any number of conversations may ask at the same time.
pub struct HttpSupervisor {
    settings: HttpSettings,
    exchange: Exchange,
    limiter: Limiter,
    /// The server refused the schema: it is asked for plain JSON from then on.
    plain: AtomicBool,
    /// The key, wherever it may turn up.
    secrets: Secrets,
}

impl fmt::Debug for HttpSupervisor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpSupervisor")
            .field("provider", &self.settings.provider)
            .field("model", &self.settings.model)
            .field("endpoint", &self.exchange.endpoint())
            .finish_non_exhaustive()
    }
}

impl HttpSupervisor {
    /// Sets up the client. Nothing is sent.
    ///
    /// # Errors
    ///
    /// When the base URL is no HTTP address, when the key cannot be sent in a header, or when the system has no
    /// certificates to trust.
    pub fn new(settings: HttpSettings) -> Result<Self, SettingsError> {
        let key = settings
            .api_key
            .as_ref()
            .map(|key| key.expose_secret().to_owned());
        Ok(Self {
            exchange: Exchange::new(&settings)?,
            limiter: Limiter::new(),
            plain: AtomicBool::new(false),
            secrets: Secrets::new(key),
            settings,
        })
    }

    /// Whose API is spoken.
    #[must_use]
    pub fn provider(&self) -> Provider {
        self.settings.provider
    }

    /// The model that decides.
    #[must_use]
    pub fn model(&self) -> &str {
        &self.settings.model
    }

    /// What the model is asked. The same request gives the same prompt.
    #[must_use]
    pub fn prompt(&self, request: &DecisionRequest<'_>) -> Prompt {
        self.settings.prompt(request).redacted(&self.secrets)
    }

    /// Asks the model; once more, with the reason, if its reply cannot be used.
    ///
    /// # Errors
    ///
    /// When the provider gave no answer, or no decision twice.
    pub async fn decide(
        &self,
        request: &DecisionRequest<'_>,
    ) -> Result<Decision, SupervisorFailure> {
        let asked = self.put(self.prompt(request), request).await?;
        Ok(asked.decision)
    }

    /// Asks the model what stands in `prompt`.
    pub(in super::super) async fn put(
        &self,
        prompt: Prompt,
        request: &DecisionRequest<'_>,
    ) -> Result<Asked, SupervisorFailure> {
        let seed = self.settings.seed ^ request.case.seed ^ u64::from(request.turn);
        let mut effort = Effort::new(seed, prompt);
        let mut asked_again = None;
        loop {
            let answer = self.ask(&mut effort).await?;
            let text = self.secrets.redact(&answer.text).into_owned();
            let step = answer
                .fault
                .map_or_else(|| reply::read(&text, request), Err);
            effort.reply = Some(text);
            match step {
                Ok(step) => {
                    let decision = effort.decision(step);
                    return Ok(Asked {
                        decision,
                        asked_again,
                    });
                }
                Err(fault) if asked_again.is_some() => {
                    let problem =
                        format!("its reply could not be used, and the one before neither: {fault}");
                    return Err(self.failure(&problem, false, &effort));
                }
                Err(fault) => {
                    let problem = self.secrets.redact(&fault.to_string()).into_owned();
                    effort.prompt = effort.prompt.asked_again(&problem);
                    asked_again = Some(problem);
                }
            }
        }
    }

    /// Asks until there is an answer, or no hope of one.
    async fn ask(&self, effort: &mut Effort) -> Result<Answer, SupervisorFailure> {
        let HttpSettings {
            provider,
            max_retries,
            ..
        } = self.settings;
        let pauses = self.pauses(effort.seed);
        let mut retries = pauses
            .with_max_times(usize::try_from(max_retries).unwrap_or(usize::MAX))
            .build();
        let mut unasked_pauses = pauses.without_max_times().build();
        let mut turned_away = 0;
        loop {
            let with_schema = provider.has_response_format() && !self.plain.load(Ordering::Relaxed);
            let body = provider.request(&self.settings, &effort.prompt, with_schema);
            let asked_to_enter = Instant::now();
            let permit = self.limiter.enter().await;
            effort.waited += asked_to_enter.elapsed();
            effort.attempts += 1;
            let response = self.exchange.send(&body).await;
            match verdict::judge(provider, response, with_schema) {
                Verdict::Answered(answer) => {
                    permit.served();
                    effort.add(answer.usage);
                    return Ok(answer);
                }
                Verdict::NoSchema => self.plain.store(true, Ordering::Relaxed),
                Verdict::Limited { problem, pause } => {
                    turned_away += 1;
                    let pause = pause
                        .or_else(|| unasked_pauses.next())
                        .unwrap_or(LONGEST_PAUSE);
                    let dry = permit.turned_away(pause);
                    if dry > max_retries || turned_away > max_retries.saturating_mul(TURNS_AWAY) {
                        return Err(self.failure(&problem, false, effort));
                    }
                }
                Verdict::Passing { problem, pause } => {
                    drop(permit);
                    let Some(own) = retries.next() else {
                        return Err(self.failure(&problem, false, effort));
                    };
                    sleep(pause.map_or(own, |asked| asked.max(own))).await;
                }
                Verdict::Final(problem) => return Err(self.failure(&problem, false, effort)),
                Verdict::Refused(problem) => return Err(self.failure(&problem, true, effort)),
            }
        }
    }

    fn pauses(&self, seed: u64) -> ExponentialBuilder {
        ExponentialBuilder::new()
            .with_min_delay(self.settings.first_pause)
            .with_max_delay(LONGEST_PAUSE.max(self.settings.first_pause))
            .with_factor(2.0)
            .with_jitter()
            .with_jitter_seed(seed)
    }

    fn failure(&self, problem: &str, refused: bool, effort: &Effort) -> SupervisorFailure {
        let name = self.settings.provider.name();
        let endpoint = self.exchange.endpoint();
        let times = match effort.attempts {
            1 => "once".to_owned(),
            attempts => format!("{attempts} times"),
        };
        let message = format!("no decision from `{name}` at {endpoint}, asked {times}: {problem}");
        SupervisorFailure {
            message: self.secrets.redact(&message).into_owned(),
            refused,
            usage: effort.usage,
            attempts: effort.attempts,
            latency: effort.latency(),
            prompt: Some(effort.prompt.to_string().into()),
            reply: effort.reply.as_deref().map(Into::into),
        }
    }
}

/// A decision, and how it came about.
#[derive(Debug)]
pub(in super::super) struct Asked {
    pub(in super::super) decision: Decision,
    /// Why the first reply could not be used, where there was another.
    pub(in super::super) asked_again: Option<String>,
}

/// What a decision took so far.
struct Effort {
    seed: u64,
    started: Instant,
    /// As it is asked next.
    prompt: Prompt,
    /// The last one that came.
    reply: Option<String>,
    attempts: u32,
    usage: Option<TokenUsage>,
    /// For a free place.
    waited: Duration,
}

impl Effort {
    fn new(seed: u64, prompt: Prompt) -> Self {
        Self {
            seed,
            started: Instant::now(),
            prompt,
            reply: None,
            attempts: 0,
            usage: None,
            waited: Duration::ZERO,
        }
    }

    fn latency(&self) -> Duration {
        self.started.elapsed().saturating_sub(self.waited)
    }

    fn decision(self, step: Step) -> Decision {
        Decision {
            step,
            usage: self.usage,
            attempts: self.attempts,
            latency: self.latency(),
            prompt: Some(self.prompt.to_string()),
            reply: self.reply,
        }
    }

    fn add(&mut self, usage: Option<TokenUsage>) {
        if let Some(more) = usage {
            *self.usage.get_or_insert_default() += more;
        }
    }
}
