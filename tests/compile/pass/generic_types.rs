//! Arguments and results whose types are made of many.
#![deny(warnings)]

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::marker::PhantomData;

use rpc_runtime::{CallError, Context, RemoteError, Transport, rpc_manager};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Page<T, const N: usize> {
    items: Vec<T>,
    #[serde(skip)]
    size: PhantomData<[(); N]>,
}

pub trait Resource {
    type Id: Serialize + DeserializeOwned + Clone + Send + PartialEq + std::fmt::Debug;
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Volume;

impl Resource for Volume {
    type Id = u32;
}

type Table<V> = BTreeMap<String, HashMap<u32, V>>;
type Answer<T> = Result<T, RemoteError>;

/// Everything with parameters.
#[rpc_manager(client = GenericApi, fake = FakeGeneric, topic = "generic", version = "1.1")]
pub trait Generic {
    #[rpc(call, to(ids: &[u32]) = ids.first().map(u32::to_string))]
    async fn nested(
        &self,
        ctx: Context,
        table: Table<Option<Page<Volume, 3>>>,
        id: <Volume as Resource>::Id,
        pair: (String, [u8; 4]),
        #[arg(default)] seen: HashSet<Vec<u8>>,
        #[arg(default = Cow::Borrowed("x"))] text: Cow<'static, str>,
        #[arg(since = "1.1", old = error_if_set)] late: Option<Box<Page<Table<u8>, 1>>>,
        #[arg(rest, default)] others: BTreeMap<String, Vec<Option<u8>>>,
    ) -> Answer<Page<Option<<Volume as Resource>::Id>, { 1 + 1 }>>;

    #[rpc(call_or_cast)]
    async fn aliased(
        &self,
        ctx: Context,
        #[arg(from(of: &HashMap<u32, Volume>, pick: fn(&u32) -> bool) = of.keys().copied().find(pick))]
        id: Option<u32>,
        #[arg(default)] volume: Box<str>,
    ) -> Answer<()>;
}

pub async fn calls(transport: &Transport, ctx: &Context) -> Result<(), CallError<RemoteError>> {
    let api = GenericApi::new(transport);
    let pair = ("a".to_owned(), [1, 2, 3, 4]);
    let request =
        api.nested(ctx, &[7], Table::new(), 7, pair, None).text(Cow::Borrowed("y")).seen(HashSet::new());
    let page: Page<Option<u32>, 2> = request.await?;
    drop(page);
    api.aliased(ctx, &HashMap::new(), |id| *id > 1).volume(Box::<str>::from("v")).call().await
}

fn main() {}
