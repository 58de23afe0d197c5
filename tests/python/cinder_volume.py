"""A volume service in Python, with the topic, version and signatures of cinder's volume manager.

It listens as cinder did before 3.6: one topic for all backends, host@backend as the server.

Reports on stdout, one JSON object a line: `ready` once it consumes, a `note` for each request with
its method and arguments, `stopped` after a clean stop. Stops when stdin ends.
"""

import threading
import uuid

import oslo_messaging
from oslo_messaging.rpc import dispatcher

import peer


class VolumeNotFound(Exception):
    """As in cinder.exception: a text, and keyword arguments that are sent along."""

    __module__ = "cinder.exception"

    def __init__(self, message=None, **kwargs):
        self.kwargs = kwargs
        super().__init__(message or f"Volume {kwargs['volume_id']} could not be found.")


def fields(volume):
    """What is in a versioned object, or in a dictionary of the same fields, as cinder's manager takes both."""
    return volume.get("versioned_object.data", volume)


class VolumeManager:
    target = oslo_messaging.Target(version="3.20")

    def __init__(self, host):
        self.host = host
        self.lock = threading.Lock()
        self.volumes = {}

    def note(self, ctxt, **args):
        peer.emit(event="note", server=self.host, args=args, ctxt=ctxt)

    def create_volume(self, ctxt, volume, request_spec=None, filter_properties=None, allow_reschedule=True):
        volume = fields(volume)
        self.note(ctxt, method="create_volume", volume=volume, allow_reschedule=allow_reschedule)
        with self.lock:
            self.volumes[volume["id"]] = {"size": volume["size"], "attachments": {}}

    def delete_volume(self, ctxt, volume, unmanage_only=False, cascade=False):
        volume = fields(volume)
        self.note(ctxt, method="delete_volume", volume=volume, unmanage_only=unmanage_only, cascade=cascade)
        with self.lock:
            self.volumes.pop(volume["id"], None)

    def attach_volume(self, ctxt, volume_id, instance_uuid, host_name, mountpoint, mode, volume=None):
        self.note(ctxt, method="attach_volume", volume_id=volume_id, mountpoint=mountpoint, mode=mode)
        attachment = {
            "id": str(uuid.uuid4()),
            "volume_id": volume_id,
            "instance_uuid": instance_uuid,
            "mountpoint": mountpoint,
            "mode": mode,
        }
        with self.lock:
            if volume_id not in self.volumes:
                raise VolumeNotFound(volume_id=volume_id)
            self.volumes[volume_id]["attachments"][attachment["id"]] = attachment
        return attachment

    def detach_volume(self, ctxt, volume_id, attachment_id=None, volume=None):
        self.note(ctxt, method="detach_volume", volume_id=volume_id, attachment_id=attachment_id)
        with self.lock:
            if volume_id not in self.volumes:
                raise VolumeNotFound(volume_id=volume_id)
            self.volumes[volume_id]["attachments"].pop(attachment_id, None)

    def get_capabilities(self, ctxt, discover):
        with self.lock:
            sizes = [volume["size"] for volume in self.volumes.values()]
        return {
            "host": self.host,
            "volumes": len(sizes),
            "total_capacity_gb": 100,
            "free_capacity_gb": 100 - sum(sizes),
        }

    def publish_service_capabilities(self, ctxt):
        self.note(ctxt, method="publish_service_capabilities")


def main():
    parser = peer.arguments(__doc__)
    parser.add_argument("--server", required=True, help="host@backend")
    options = parser.parse_args()

    transport = peer.connect(options)
    target = oslo_messaging.Target(topic="cinder-volume", server=options.server)
    server = oslo_messaging.get_rpc_server(
        transport,
        target,
        [VolumeManager(options.server)],
        executor="threading",
        access_policy=dispatcher.DefaultRPCAccessPolicy,
    )
    server.start()
    peer.wait_until_consuming(server)
    peer.emit(event="ready")

    for _ in peer.lines():
        pass  # there are no commands: only the end counts
    server.stop()
    server.wait()
    transport.cleanup()
    peer.emit(event="stopped")


main()
