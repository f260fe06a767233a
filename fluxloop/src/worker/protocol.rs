//! Wire types, one JSON object a line. `PROTOCOL.md` beside this file is the description.
