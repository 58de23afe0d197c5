//! nova's objects, as far as they are read here: what is in them and has no type (`Object`) goes on as it came.

mod flavor;
mod instance;
mod request_spec;

use rpc_runtime::object::Project;

pub use flavor::Flavor;
pub use instance::Instance;
pub use request_spec::RequestSpec;

/// The project that the objects are of.
pub const NOVA: Project = Project::new("nova").with_prefix("nova_object");
