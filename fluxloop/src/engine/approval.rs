use std::{fmt, future::Future, pin::Pin};

use serde_json::value::RawValue;

use crate::worker::protocol::ApprovalDecision;

/// What an agent wants to do, and has to be allowed.
#[derive(Clone, Copy, Debug)]
pub struct ApprovalRequest<'a> {
    /// The case's name.
    pub case: &'a str,
    /// The turn, from 1.
    pub turn: u32,
    /// The tool.
    pub tool: &'a str,
    /// What it would be called with. Secrets are masked.
    pub arguments: &'a RawValue,
}

/// Decides for whoever is in charge whether an agent may use a tool. Any number of questions may be open at once.
pub trait Approver: fmt::Debug {
    /// Decides. Dropped where the experiment ends meanwhile.
    fn decide<'a>(
        &'a self,
        request: ApprovalRequest<'a>,
    ) -> Pin<Box<dyn Future<Output = ApprovalDecision> + 'a>>;
}

/// Refuses every tool: there is nobody to ask.
#[derive(Clone, Copy, Debug)]
pub struct NobodyToAsk;

impl Approver for NobodyToAsk {
    fn decide<'a>(
        &'a self,
        _: ApprovalRequest<'a>,
    ) -> Pin<Box<dyn Future<Output = ApprovalDecision> + 'a>> {
        Box::pin(std::future::ready(ApprovalDecision::NobodyToAsk))
    }
}
