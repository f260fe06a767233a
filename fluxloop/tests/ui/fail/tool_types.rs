struct Database;

#[fluxloop::tool]
fn argument(order: u32, database: &Database) -> u32 {
    let _ = database;
    order
}

#[fluxloop::tool]
async fn result(order: u32) -> Database {
    let _ = order;
    Database
}

#[fluxloop::tool]
fn value(order: u32) -> Result<Database, String> {
    let _ = order;
    Ok(Database)
}

#[fluxloop::tool]
fn generic<T>(value: T) -> bool {
    drop(value);
    true
}

fn main() {}
