use std::{
    any::Any,
    cell::RefCell,
    future::{Future, poll_fn},
    panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind},
    pin::Pin,
    sync::Once,
    task::{Context, Poll},
};

use super::protocol::Panic;
use crate::observe::Scope;

thread_local! {
    /// The last panic of this thread: the hook knows the place, the catcher knows which run it was.
    static LAST: RefCell<Option<Panic>> = const { RefCell::new(None) };
}

/// Notes the place of every panic from now on. The hook that was there before still speaks.
pub(super) fn install_hook() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let previous = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let noted = note(info);
            // A thread that ends has none any more; a panic in this hook would end the process.
            let _ = LAST.try_with(|last| last.replace(Some(noted)));
            previous(info);
        }));
    });
}

fn note(info: &PanicHookInfo<'_>) -> Panic {
    Panic {
        message: message(info.payload()),
        file: info.location().map(|place| place.file().to_owned()),
        line: info.location().map(std::panic::Location::line),
    }
}

fn message(payload: &(dyn Any + Send)) -> String {
    payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic whose payload is no text".to_owned())
}

/// What the panic says that this thread is in, where that is known.
pub(crate) fn panic_message() -> Option<String> {
    LAST.with_borrow(|last| last.as_ref().map(|panic| panic.message.clone()))
}

/// Calls user code; a panic comes back as a value.
pub(super) fn catch<T>(call: impl FnOnce() -> T) -> Result<T, Panic> {
    // One that user code has caught itself is of no interest any more.
    LAST.with(RefCell::take);
    catch_unwind(AssertUnwindSafe(call)).map_err(|payload| {
        let message = message(&*payload);
        let noted = LAST.with(RefCell::take);
        // `resume_unwind` panics past the hook, and so does all after the user has set another: what was noted is
        // of another panic then, and the payload is all there is.
        noted
            .filter(|noted| noted.message == message)
            .unwrap_or(Panic {
                message,
                file: None,
                line: None,
            })
    })
}

/// Polls user code to its end, each time within its scope; a panic comes back as a value.
pub(super) async fn catch_async<T>(
    future: Pin<Box<dyn Future<Output = T> + Send>>,
    scope: &Scope,
) -> Result<T, Panic> {
    let mut call = Call {
        future: Some(future),
        scope,
    };
    let result = poll_fn(|context| match catch(|| call.poll(context)) {
        Ok(Poll::Pending) => Poll::Pending,
        Ok(Poll::Ready(value)) => Poll::Ready(Ok(value)),
        Err(panic) => Poll::Ready(Err(panic)),
    })
    .await;
    // What a panicked future still holds is the user's, and may panic in its own drop.
    match (result, catch(move || drop(call))) {
        (Ok(_), Err(panic)) | (Err(panic), _) => Err(panic),
        (Ok(value), Ok(())) => Ok(value),
    }
}

/// User code on its way, also when it is cancelled: what happens in it, its drop included, happens in its scope.
struct Call<'s, T> {
    future: Option<Pin<Box<dyn Future<Output = T> + Send>>>,
    scope: &'s Scope,
}

impl<T> Call<'_, T> {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<T> {
        match &mut self.future {
            Some(future) => self.scope.within(|| future.as_mut().poll(context)),
            None => Poll::Pending,
        }
    }
}

impl<T> Drop for Call<'_, T> {
    fn drop(&mut self) {
        let future = self.future.take();
        self.scope.within(move || drop(future));
    }
}
