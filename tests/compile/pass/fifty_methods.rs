//! A trait of the size of real services.
#![deny(warnings)]

use std::sync::Arc;

use rpc_runtime::{Context, Endpoint, RemoteError, rpc_manager};

/// Fifty methods. A default body stands for an implementation of each.
#[rpc_manager(client = FiftyApi, fake = FakeFifty, topic = "fifty", version = "1.10")]
pub trait Fifty {
    #[rpc(call, to = host, since = "1.1")]
    async fn method_00(
        &self,
        ctx: Context,
        host: String,
        #[arg(default)] count: u32,
    ) -> Result<(), RemoteError> {
        let _ = (ctx, host, count);
        Ok(())
    }

    #[rpc(cast)]
    async fn method_01(
        &self,
        ctx: Context,
        host: String,
        #[arg(default)] count: u32,
    ) -> Result<(), RemoteError> {
        let _ = (ctx, host, count);
        Ok(())
    }

    #[rpc(call_or_cast)]
    async fn method_02(
        &self,
        ctx: Context,
        host: String,
        #[arg(default)] count: u32,
    ) -> Result<(), RemoteError> {
        let _ = (ctx, host, count);
        Ok(())
    }

    #[rpc(call)]
    async fn method_03(
        &self,
        ctx: Context,
        host: String,
        #[arg(default)] count: u32,
    ) -> Result<(), RemoteError> {
        let _ = (ctx, host, count);
        Ok(())
    }

    #[rpc(cast, to = host)]
    async fn method_04(
        &self,
        ctx: Context,
        host: String,
        #[arg(default)] count: u32,
    ) -> Result<(), RemoteError> {
        let _ = (ctx, host, count);
        Ok(())
    }

    #[rpc(call_or_cast, since = "1.2")]
    async fn method_05(
        &self,
        ctx: Context,
        host: String,
        #[arg(default)] count: u32,
    ) -> Result<(), RemoteError> {
        let _ = (ctx, host, count);
        Ok(())
    }

    #[rpc(call)]
    async fn method_06(
        &self,
        ctx: Context,
        host: String,
        #[arg(default)] count: u32,
    ) -> Result<(), RemoteError> {
        let _ = (ctx, host, count);
        Ok(())
    }

    #[rpc(cast)]
    async fn method_07(
        &self,
        ctx: Context,
        host: String,
        #[arg(default)] count: u32,
    ) -> Result<(), RemoteError> {
        let _ = (ctx, host, count);
        Ok(())
    }

    #[rpc(call_or_cast, to = host)]
    async fn method_08(
        &self,
        ctx: Context,
        host: String,
        #[arg(default)] count: u32,
    ) -> Result<(), RemoteError> {
        let _ = (ctx, host, count);
        Ok(())
    }

    #[rpc(call)]
    async fn method_09(
        &self,
        ctx: Context,
        host: String,
        #[arg(default)] count: u32,
    ) -> Result<(), RemoteError> {
        let _ = (ctx, host, count);
        Ok(())
    }

    #[rpc(cast, since = "1.3")]
    async fn method_10(
        &self,
        ctx: Context,
        host: String,
        #[arg(default)] count: u32,
    ) -> Result<(), RemoteError> {
        let _ = (ctx, host, count);
        Ok(())
    }

    #[rpc(call_or_cast)]
    async fn method_11(
        &self,
        ctx: Context,
        host: String,
        #[arg(default)] count: u32,
    ) -> Result<(), RemoteError> {
        let _ = (ctx, host, count);
        Ok(())
    }

    #[rpc(call, to = host)]
    async fn method_12(
        &self,
        ctx: Context,
        host: String,
        #[arg(default)] count: u32,
    ) -> Result<(), RemoteError> {
        let _ = (ctx, host, count);
        Ok(())
    }

    #[rpc(cast)]
    async fn method_13(
        &self,
        ctx: Context,
        host: String,
        #[arg(default)] count: u32,
    ) -> Result<(), RemoteError> {
        let _ = (ctx, host, count);
        Ok(())
    }

    #[rpc(call_or_cast)]
    async fn method_14(
        &self,
        ctx: Context,
        host: String,
        #[arg(default)] count: u32,
    ) -> Result<(), RemoteError> {
        let _ = (ctx, host, count);
        Ok(())
    }

    #[rpc(call, since = "1.4")]
    async fn method_15(
        &self,
        ctx: Context,
        host: String,
        #[arg(default)] count: u32,
    ) -> Result<(), RemoteError> {
        let _ = (ctx, host, count);
        Ok(())
    }

    #[rpc(cast, to = host)]
    async fn method_16(
        &self,
        ctx: Context,
        host: String,
        #[arg(default)] count: u32,
    ) -> Result<(), RemoteError> {
        let _ = (ctx, host, count);
        Ok(())
    }

    #[rpc(call_or_cast)]
    async fn method_17(
        &self,
        ctx: Context,
        host: String,
        #[arg(default)] count: u32,
    ) -> Result<(), RemoteError> {
        let _ = (ctx, host, count);
        Ok(())
    }

    #[rpc(call)]
    async fn method_18(
        &self,
        ctx: Context,
        host: String,
        #[arg(default)] count: u32,
    ) -> Result<(), RemoteError> {
        let _ = (ctx, host, count);
        Ok(())
    }

    #[rpc(cast)]
    async fn method_19(
        &self,
        ctx: Context,
        host: String,
        #[arg(default)] count: u32,
    ) -> Result<(), RemoteError> {
        let _ = (ctx, host, count);
        Ok(())
    }

    #[rpc(call_or_cast, to = host, since = "1.5")]
    async fn method_20(
        &self,
        ctx: Context,
        host: String,
        #[arg(default)] count: u32,
    ) -> Result<(), RemoteError> {
        let _ = (ctx, host, count);
        Ok(())
    }

    #[rpc(call)]
    async fn method_21(
        &self,
        ctx: Context,
        host: String,
        #[arg(default)] count: u32,
    ) -> Result<(), RemoteError> {
        let _ = (ctx, host, count);
        Ok(())
    }

    #[rpc(cast)]
    async fn method_22(
        &self,
        ctx: Context,
        host: String,
        #[arg(default)] count: u32,
    ) -> Result<(), RemoteError> {
        let _ = (ctx, host, count);
        Ok(())
    }

    #[rpc(call_or_cast)]
    async fn method_23(
        &self,
        ctx: Context,
        host: String,
        #[arg(default)] count: u32,
    ) -> Result<(), RemoteError> {
        let _ = (ctx, host, count);
        Ok(())
    }

    #[rpc(call, to = host)]
    async fn method_24(
        &self,
        ctx: Context,
        host: String,
        #[arg(default)] count: u32,
    ) -> Result<(), RemoteError> {
        let _ = (ctx, host, count);
        Ok(())
    }

    #[rpc(cast, since = "1.6")]
    async fn method_25(
        &self,
        ctx: Context,
        host: String,
        #[arg(default)] count: u32,
    ) -> Result<(), RemoteError> {
        let _ = (ctx, host, count);
        Ok(())
    }

    #[rpc(call_or_cast)]
    async fn method_26(
        &self,
        ctx: Context,
        host: String,
        #[arg(default)] count: u32,
    ) -> Result<(), RemoteError> {
        let _ = (ctx, host, count);
        Ok(())
    }

    #[rpc(call)]
    async fn method_27(
        &self,
        ctx: Context,
        host: String,
        #[arg(default)] count: u32,
    ) -> Result<(), RemoteError> {
        let _ = (ctx, host, count);
        Ok(())
    }

    #[rpc(cast, to = host)]
    async fn method_28(
        &self,
        ctx: Context,
        host: String,
        #[arg(default)] count: u32,
    ) -> Result<(), RemoteError> {
        let _ = (ctx, host, count);
        Ok(())
    }

    #[rpc(call_or_cast)]
    async fn method_29(
        &self,
        ctx: Context,
        host: String,
        #[arg(default)] count: u32,
    ) -> Result<(), RemoteError> {
        let _ = (ctx, host, count);
        Ok(())
    }

    #[rpc(call, since = "1.7")]
    async fn method_30(
        &self,
        ctx: Context,
        host: String,
        #[arg(default)] count: u32,
    ) -> Result<(), RemoteError> {
        let _ = (ctx, host, count);
        Ok(())
    }

    #[rpc(cast)]
    async fn method_31(
        &self,
        ctx: Context,
        host: String,
        #[arg(default)] count: u32,
    ) -> Result<(), RemoteError> {
        let _ = (ctx, host, count);
        Ok(())
    }

    #[rpc(call_or_cast, to = host)]
    async fn method_32(
        &self,
        ctx: Context,
        host: String,
        #[arg(default)] count: u32,
    ) -> Result<(), RemoteError> {
        let _ = (ctx, host, count);
        Ok(())
    }

    #[rpc(call)]
    async fn method_33(
        &self,
        ctx: Context,
        host: String,
        #[arg(default)] count: u32,
    ) -> Result<(), RemoteError> {
        let _ = (ctx, host, count);
        Ok(())
    }

    #[rpc(cast)]
    async fn method_34(
        &self,
        ctx: Context,
        host: String,
        #[arg(default)] count: u32,
    ) -> Result<(), RemoteError> {
        let _ = (ctx, host, count);
        Ok(())
    }

    #[rpc(call_or_cast, since = "1.8")]
    async fn method_35(
        &self,
        ctx: Context,
        host: String,
        #[arg(default)] count: u32,
    ) -> Result<(), RemoteError> {
        let _ = (ctx, host, count);
        Ok(())
    }

    #[rpc(call, to = host)]
    async fn method_36(
        &self,
        ctx: Context,
        host: String,
        #[arg(default)] count: u32,
    ) -> Result<(), RemoteError> {
        let _ = (ctx, host, count);
        Ok(())
    }

    #[rpc(cast)]
    async fn method_37(
        &self,
        ctx: Context,
        host: String,
        #[arg(default)] count: u32,
    ) -> Result<(), RemoteError> {
        let _ = (ctx, host, count);
        Ok(())
    }

    #[rpc(call_or_cast)]
    async fn method_38(
        &self,
        ctx: Context,
        host: String,
        #[arg(default)] count: u32,
    ) -> Result<(), RemoteError> {
        let _ = (ctx, host, count);
        Ok(())
    }

    #[rpc(call)]
    async fn method_39(
        &self,
        ctx: Context,
        host: String,
        #[arg(default)] count: u32,
    ) -> Result<(), RemoteError> {
        let _ = (ctx, host, count);
        Ok(())
    }

    #[rpc(cast, to = host, since = "1.9")]
    async fn method_40(
        &self,
        ctx: Context,
        host: String,
        #[arg(default)] count: u32,
    ) -> Result<(), RemoteError> {
        let _ = (ctx, host, count);
        Ok(())
    }

    #[rpc(call_or_cast)]
    async fn method_41(
        &self,
        ctx: Context,
        host: String,
        #[arg(default)] count: u32,
    ) -> Result<(), RemoteError> {
        let _ = (ctx, host, count);
        Ok(())
    }

    #[rpc(call)]
    async fn method_42(
        &self,
        ctx: Context,
        host: String,
        #[arg(default)] count: u32,
    ) -> Result<(), RemoteError> {
        let _ = (ctx, host, count);
        Ok(())
    }

    #[rpc(cast)]
    async fn method_43(
        &self,
        ctx: Context,
        host: String,
        #[arg(default)] count: u32,
    ) -> Result<(), RemoteError> {
        let _ = (ctx, host, count);
        Ok(())
    }

    #[rpc(call_or_cast, to = host)]
    async fn method_44(
        &self,
        ctx: Context,
        host: String,
        #[arg(default)] count: u32,
    ) -> Result<(), RemoteError> {
        let _ = (ctx, host, count);
        Ok(())
    }

    #[rpc(call, since = "1.10")]
    async fn method_45(
        &self,
        ctx: Context,
        host: String,
        #[arg(default)] count: u32,
    ) -> Result<(), RemoteError> {
        let _ = (ctx, host, count);
        Ok(())
    }

    #[rpc(cast)]
    async fn method_46(
        &self,
        ctx: Context,
        host: String,
        #[arg(default)] count: u32,
    ) -> Result<(), RemoteError> {
        let _ = (ctx, host, count);
        Ok(())
    }

    #[rpc(call_or_cast)]
    async fn method_47(
        &self,
        ctx: Context,
        host: String,
        #[arg(default)] count: u32,
    ) -> Result<(), RemoteError> {
        let _ = (ctx, host, count);
        Ok(())
    }

    #[rpc(call, to = host)]
    async fn method_48(
        &self,
        ctx: Context,
        host: String,
        #[arg(default)] count: u32,
    ) -> Result<(), RemoteError> {
        let _ = (ctx, host, count);
        Ok(())
    }

    #[rpc(cast)]
    async fn method_49(
        &self,
        ctx: Context,
        host: String,
        #[arg(default)] count: u32,
    ) -> Result<(), RemoteError> {
        let _ = (ctx, host, count);
        Ok(())
    }
}

struct Defaults;

impl Fifty for Defaults {}

pub fn endpoint() -> Endpoint {
    FiftyApi::endpoint(Arc::new(Defaults))
}

fn main() {
    const { assert!(FiftyApi::INTERFACE.methods.len() == 50) };
}
