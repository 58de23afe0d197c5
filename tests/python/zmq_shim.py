"""What oslo.messaging 8.1.4, the last with a driver for ZeroMQ, needs to run today: imported before it.

Python 3.10 took names out of `collections` that it imports, and since 6.3.0 each call fails because its driver does not
take a parameter that the client passes.
"""

import collections
import collections.abc

for name in ("Callable", "Iterable", "Mapping", "MutableMapping"):
    if not hasattr(collections, name):
        setattr(collections, name, getattr(collections.abc, name))

from oslo_messaging._drivers import impl_zmq  # noqa: E402

_send = impl_zmq.ZmqDriver.send


def _send_unmonitored(self, *args, call_monitor_timeout=None, **kwargs):
    if call_monitor_timeout is not None:
        raise ValueError("calls are not monitored over ZeroMQ")
    return _send(self, *args, **kwargs)


impl_zmq.ZmqDriver.send = _send_unmonitored
