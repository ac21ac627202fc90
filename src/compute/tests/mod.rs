//! Rules tests, by requirement.
