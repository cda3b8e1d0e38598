//! Personal fields on the embedded engine and over the API.

#[path = "main/ground.rs"]
mod ground;
#[path = "main/life.rs"]
mod life;
