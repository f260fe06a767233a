use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value, value::RawValue};

use super::approval::{Approval, ToolAccess, readable};
use super::state::{StateError, StateSlot};
use super::{Persona, bind::parse, conversation::Conversation};
use crate::worker::{Asker, protocol::CallContext};

/// What a run tells its agent: who is asking, which iteration and turn this is, what was said before.
///
/// An agent takes it as a parameter of type `&fluxloop::Context`. To call an agent from a test of your own, start
/// from the default and set what the test is about:
///
/// ```
/// use fluxloop::{Context, Persona};
///
/// #[fluxloop::agent]
/// fn greet(input: String, context: &Context) -> String {
///     let name = context.persona().map_or("you", |persona| &persona.name);
///     format!("Hello {name}, you asked: {input}")
/// }
///
/// let context = Context::default().with_persona(Persona::named("novice"));
/// assert_eq!(greet("why?".to_owned(), &context), "Hello novice, you asked: why?");
/// ```
// It must never implement `Deserialize`: then it would be an input, and no longer told apart from one.
#[derive(Clone, Debug, PartialEq)]
pub struct Context {
    iteration: u32,
    turn: u32,
    seed: u64,
    persona: Option<Persona>,
    metadata: Map<String, Value>,
    conversation: Conversation,
    state: StateSlot,
    tools: ToolAccess,
}

impl Default for Context {
    /// The first turn of the first iteration: no persona, no metadata, seed 0, every tool approved.
    fn default() -> Self {
        Self {
            iteration: 0,
            turn: 1,
            seed: 0,
            persona: None,
            metadata: Map::new(),
            conversation: Conversation::default(),
            state: StateSlot::default(),
            tools: ToolAccess {
                automatic: true,
                asker: None,
            },
        }
    }
}

impl Context {
    /// Reads what came over the wire. All of it at once: a few microseconds a turn, and a sender that breaks the
    /// protocol is found out here rather than in the agent.
    pub(crate) fn new(wire: &CallContext<'_>) -> Result<Self, ContextError> {
        Ok(Self {
            iteration: wire.iteration,
            turn: wire.turn,
            seed: wire.seed,
            persona: read("persona", wire.persona.as_deref())?,
            metadata: read("metadata", wire.metadata.as_deref())?.unwrap_or_default(),
            conversation: read("conversation", wire.conversation.as_deref())?.unwrap_or_default(),
            state: StateSlot::holding(wire.state.as_deref()),
            tools: ToolAccess {
                automatic: !wire.ask_before_tools,
                asker: None,
            },
        })
    }

    /// Sets who is asked for approvals, and told of them.
    pub(crate) fn with_asker(mut self, asker: Asker) -> Self {
        self.tools.asker = Some(asker);
        self
    }

    /// The simulated user of this run, if the experiment has personas.
    ///
    /// ```
    /// # let context = fluxloop::Context::default().with_persona(fluxloop::Persona::named("expert"));
    /// assert_eq!(context.persona().unwrap().name, "expert");
    /// ```
    #[must_use]
    pub fn persona(&self) -> Option<&Persona> {
        self.persona.as_ref()
    }

    /// Which repetition of its input this run is, from 0.
    ///
    /// ```
    /// # let context = fluxloop::Context::default().with_iteration(3);
    /// assert_eq!(context.iteration(), 3);
    /// ```
    #[must_use]
    pub fn iteration(&self) -> u32 {
        self.iteration
    }

    /// Which turn of its conversation this call answers, from 1.
    ///
    /// ```
    /// let context = fluxloop::Context::default();
    /// assert_eq!(context.turn(), 1);
    /// ```
    #[must_use]
    pub fn turn(&self) -> u32 {
        self.turn
    }

    /// What was said before the message that the agent is asked to answer.
    ///
    /// ```
    /// # use fluxloop::Message;
    /// # let said = [Message::user("Where is my order?"), Message::assistant("Which one?")];
    /// # let context = fluxloop::Context::default().with_conversation(said.into_iter().collect());
    /// for message in context.conversation().messages() {
    ///     println!("{:?}: {}", message.role, message.content);
    /// }
    /// # assert_eq!(context.conversation().messages().len(), 2);
    /// ```
    #[must_use]
    pub fn conversation(&self) -> &Conversation {
        &self.conversation
    }

    /// The metadata that the inputs file gives this input; empty if it gives none.
    ///
    /// ```
    /// # let metadata = serde_json::json!({ "locale": "en-GB" });
    /// # let context = fluxloop::Context::default().with_metadata(metadata.as_object().unwrap().clone());
    /// assert_eq!(context.metadata()["locale"], "en-GB");
    /// ```
    #[must_use]
    pub fn metadata(&self) -> &Map<String, Value> {
        &self.metadata
    }

    /// The run's own seed, derived from the experiment's: the same case has the same seed again.
    ///
    /// ```
    /// # let context = fluxloop::Context::default().with_seed(7);
    /// let pick = context.seed() % 3;
    /// assert_eq!(pick, 1);
    /// ```
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// What the agent kept of this conversation's turns before, with [`set_state`](Self::set_state). The default of
    /// its type where it kept nothing, as in the first turn.
    ///
    /// The state belongs to the conversation: no other conversation sees it, and it survives the agent's process.
    ///
    /// ```
    /// use fluxloop::Context;
    /// use serde::{Deserialize, Serialize};
    ///
    /// #[derive(Default, Serialize, Deserialize)]
    /// struct Desk {
    ///     looked_up: Vec<String>,
    /// }
    ///
    /// #[fluxloop::agent]
    /// fn answer(question: &str, context: &Context) -> Result<String, fluxloop::StateError> {
    ///     let mut desk: Desk = context.state()?;
    ///     desk.looked_up.push(question.to_owned());
    ///     context.set_state(&desk)?;
    ///     Ok(format!("That was question {}.", desk.looked_up.len()))
    /// }
    ///
    /// let context = Context::default();
    /// assert_eq!(answer("Where is it?", &context)?, "That was question 1.");
    /// assert_eq!(answer("And when?", &context)?, "That was question 2.");
    /// # Ok::<_, fluxloop::StateError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When what was kept is not of this type.
    pub fn state<T: Default + DeserializeOwned>(&self) -> Result<T, StateError> {
        self.state.get()
    }

    /// Keeps a state for the next turns of this conversation. A turn that fails keeps nothing.
    ///
    /// # Errors
    ///
    /// When the state cannot be written as JSON.
    pub fn set_state(&self, state: &impl Serialize) -> Result<(), StateError> {
        self.state.set(state)
    }

    /// The state, where this turn has set one.
    pub(crate) fn kept_state(&self) -> Option<Box<RawValue>> {
        self.state.kept()
    }

    /// Whether every tool is approved without a question, as `multi_turn.auto_approve_tools` says.
    ///
    /// There is no need to look before [`approve_tool`](Self::approve_tool), which asks only where it has to.
    ///
    /// ```
    /// assert!(fluxloop::Context::default().auto_approve_tools());
    /// ```
    #[must_use]
    pub fn auto_approve_tools(&self) -> bool {
        self.tools.automatic
    }

    /// Asks whether a tool may be used with these arguments, before it is used.
    ///
    /// Where every tool is approved it is approved at once. Else whoever runs the experiment is asked at the terminal;
    /// the agent's time stands still meanwhile. Without a terminal it is refused. Any number of questions may be open
    /// at once; dropping the future takes its question back. Each decision is recorded as an observation
    /// (`tool_approval`).
    ///
    /// Arguments that cannot be written as JSON, or are longer than 8 MiB, are refused: nobody can judge them.
    ///
    /// ```
    /// use fluxloop::Context;
    ///
    /// #[fluxloop::agent]
    /// async fn desk(message: String, context: &Context) -> String {
    ///     let approval = context.approve_tool("refund", &message).await;
    ///     if approval.is_approved() {
    ///         format!("Done: {message} is refunded.")
    ///     } else {
    ///         format!("I am sorry: {approval}.")
    ///     }
    /// }
    ///
    /// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    /// # runtime.block_on(async {
    /// let answer = desk("A-1001".to_owned(), &Context::default()).await;
    /// assert_eq!(answer, "Done: A-1001 is refunded.");
    /// # });
    /// ```
    pub fn approve_tool<T: Serialize + ?Sized>(
        &self,
        tool: &str,
        arguments: &T,
    ) -> impl Future<Output = Approval> + Send + use<T> {
        // Here rather than in the future, which would not be `Send` with arguments that are not `Sync`.
        let arguments = readable(arguments);
        self.tools.clone().approve(tool.to_owned(), arguments)
    }

    /// Sets the simulated user.
    #[must_use]
    pub fn with_persona(mut self, persona: Persona) -> Self {
        self.persona = Some(persona);
        self
    }

    /// Sets the iteration, from 0.
    #[must_use]
    pub fn with_iteration(mut self, iteration: u32) -> Self {
        self.iteration = iteration;
        self
    }

    /// Sets the turn, from 1.
    #[must_use]
    pub fn with_turn(mut self, turn: u32) -> Self {
        self.turn = turn;
        self
    }

    /// Sets what was said before.
    #[must_use]
    pub fn with_conversation(mut self, conversation: Conversation) -> Self {
        self.conversation = conversation;
        self
    }

    /// Sets the input's metadata.
    #[must_use]
    pub fn with_metadata(mut self, metadata: Map<String, Value>) -> Self {
        self.metadata = metadata;
        self
    }

    /// Sets whether every tool is approved. Where none is and there is no experiment, as in a test of your own, there
    /// is nobody to ask: every tool is refused.
    #[must_use]
    pub fn with_auto_approve_tools(mut self, automatic: bool) -> Self {
        self.tools.automatic = automatic;
        self
    }

    /// Sets the run's seed.
    #[must_use]
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }
}

/// A part of a [`CallContext`] that is not what the protocol says.
#[derive(Debug, thiserror::Error)]
#[error("the {part} of the run's context: {problem}")]
pub(crate) struct ContextError {
    part: &'static str,
    problem: String,
}

fn read<'w, T: Deserialize<'w>>(
    part: &'static str,
    raw: Option<&'w RawValue>,
) -> Result<Option<T>, ContextError> {
    raw.map(|raw| parse(raw.get()))
        .transpose()
        .map_err(|problem| ContextError { part, problem })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::Message;

    fn wire(json: &str) -> CallContext<'_> {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn what_the_wire_leaves_out_is_empty() {
        let context = Context::new(&wire(
            r#"{"iteration":2,"turn":3,"seed":18446744073709551615}"#,
        ));
        let expected = Context::default()
            .with_iteration(2)
            .with_turn(3)
            .with_seed(u64::MAX);
        assert_eq!(context.unwrap(), expected);
    }

    #[test]
    fn every_part_arrives() {
        let context = Context::new(&wire(
            r#"{"iteration":0,"turn":2,"seed":1,"ask_before_tools":true,"persona":{"name":"novice"},"metadata":{"a":[1]},
                "conversation":[{"role":"user","content":"hi"},{"role":"assistant","content":"hello"}]}"#,
        ))
        .unwrap();
        assert_eq!(context.persona(), Some(&Persona::named("novice")));
        assert_eq!(context.metadata()["a"][0], 1);
        assert!(!context.auto_approve_tools());
        let said = [Message::user("hi"), Message::assistant("hello")];
        assert_eq!(context.conversation().messages(), said);
    }

    #[test]
    fn a_malformed_part_is_named() {
        let error =
            Context::new(&wire(r#"{"iteration":0,"turn":1,"seed":1,"metadata":[1]}"#)).unwrap_err();
        insta::assert_snapshot!(error, @"the metadata of the run's context: invalid type: sequence, expected a map");
    }
}
