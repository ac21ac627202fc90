//! Commands over real services and a store in memory.
