"""What the servers of the sample serve: their endpoints, whatever bus they are on."""

import time

import oslo_messaging

import peer
import sample_exceptions


class Public:
    """No namespace, version 1.3."""

    target = oslo_messaging.Target(version="1.3")

    def __init__(self, name):
        self.name = name

    def echo(self, ctxt, value):
        return value

    def add(self, ctxt, a, b=10):
        return a + b

    def context(self, ctxt):
        return ctxt

    def whoami(self, ctxt):
        return {"server": self.name, "namespace": None}

    def slow(self, ctxt, seconds):
        time.sleep(seconds)
        return seconds

    def note(self, ctxt, **args):
        peer.emit(event="note", server=self.name, args=args, ctxt=ctxt)

    def work(self, ctxt, id, seconds=0.0):
        peer.emit(event="note", server=self.name, args={"id": id}, ctxt=ctxt)
        time.sleep(seconds)
        return id

    def fail_builtin(self, ctxt, message):
        raise ValueError(message)

    def fail_not_found(self, ctxt, volume_id):
        raise sample_exceptions.VolumeNotFound(volume_id=volume_id)

    def fail_limit(self, ctxt, resource, limit):
        raise sample_exceptions.LimitReached(resource, limit)

    @oslo_messaging.expected_exceptions(sample_exceptions.VolumeBusy)
    def fail_expected(self, ctxt, volume_id, reason):
        raise sample_exceptions.VolumeBusy(volume_id=volume_id, reason=reason)


class Admin:
    """Namespace `admin`, version 2.1; also found under its older name `operator`."""

    target = oslo_messaging.Target(namespace="admin", version="2.1", legacy_namespaces=["operator"])

    def __init__(self, name):
        self.name = name

    def whoami(self, ctxt):
        return {"server": self.name, "namespace": "admin"}
