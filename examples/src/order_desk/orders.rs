use serde::{Deserialize, Serialize};

/// How far an order is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Status {
    Packing,
    Shipped,
    Delivered,
    Cancelled,
    Refunded,
}

/// An order of the shop's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Order {
    pub(super) number: String,
    pub(super) item: String,
    /// Paid, in whole euros.
    pub(super) paid: u32,
    pub(super) address: String,
    pub(super) status: Status,
}

/// The shop's orders: number, item, paid, address, status.
const ORDERS: [(&str, &str, u32, &str, Status); 4] = [
    (
        "A-1001",
        "a kettle",
        35,
        "12 Harbour Street",
        Status::Packing,
    ),
    (
        "A-1002",
        "two lamps",
        120,
        "3 Station Road",
        Status::Shipped,
    ),
    ("A-1003", "a desk", 240, "8 Mill Lane", Status::Delivered),
    ("A-1004", "a gift card", 0, "1 Park View", Status::Delivered),
];

/// The order of this number, as it stands in the shop's books.
pub(super) fn find(number: &str) -> Option<Order> {
    ORDERS
        .iter()
        .find(|order| order.0 == number)
        .map(|&(number, item, paid, address, status)| Order {
            number: number.to_owned(),
            item: item.to_owned(),
            paid,
            address: address.to_owned(),
            status,
        })
}

impl Order {
    /// What can be paid back, if anything.
    pub(super) fn refundable(&self) -> Option<u32> {
        (self.paid > 0).then_some(self.paid)
    }

    pub(super) fn description(&self) -> String {
        let Self {
            number,
            item,
            address,
            ..
        } = self;
        match self.status {
            Status::Packing => {
                format!("Order {number}, {item}, is being packed and goes to {address}.")
            }
            Status::Shipped => format!("Order {number}, {item}, is on its way to {address}."),
            Status::Delivered => format!("Order {number}, {item}, was delivered to {address}."),
            Status::Cancelled => format!("Order {number}, {item}, is cancelled."),
            Status::Refunded => format!("Order {number}, {item}, is refunded."),
        }
    }
}
