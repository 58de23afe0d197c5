"""What the peers with real classes share: cinder, nova and neutron as libraries, and their objects in JSON.

An object is `{"$object": NAME, "fields": {...}, "changes": [...]}` in both directions. In what is read, `changes` may be
absent, and then all fields count as changed, as after setting them one by one; in what is written there are also `class`,
with its module, and `version`.
"""

import datetime
import importlib
import os

# Before the first import of a project: threads, and no patched standard library.
os.environ["OS_NOVA_DISABLE_EVENTLET_PATCHING"] = "true"
os.environ["OS_CINDER_DISABLE_EVENTLET_PATCHING"] = "true"

from oslo_config import cfg
from oslo_versionedobjects import base as ovo

import peer

PROJECTS = ("cinder", "nova", "neutron")


class Cinder:
    def __init__(self, options):
        import cinder.context
        import cinder.rpc
        from cinder import objects
        from cinder.objects import base
        from cinder.volume import rpcapi

        peer.configure(options, "cinder", transport_url=options.url)
        objects.register_all()
        cinder.rpc.init(cfg.CONF)
        # As in a database with services of this version only, which is where they are looked for.
        cinder.rpc.LAST_RPC_VERSIONS["cinder-volume"] = rpcapi.VolumeAPI.RPC_API_VERSION
        cinder.rpc.LAST_OBJ_VERSIONS["cinder-volume"] = options.objects or base.OBJ_VERSIONS.get_current()
        self.rpc = cinder.rpc
        self.serializer = base.CinderObjectSerializer(options.objects)
        self.registry = base.CinderObjectRegistry
        self.context = cinder.context.RequestContext
        self.api = rpcapi.VolumeAPI


class Nova:
    def __init__(self, options):
        from nova import conf, context, objects, rpc
        from nova.compute import rpcapi
        from nova.objects import base

        peer.configure(options, "nova", transport_url=options.url)
        objects.register_all()
        rpc.init(conf.CONF)
        self.rpc = rpc
        self.serializer = base.NovaObjectSerializer()
        self.registry = base.NovaObjectRegistry
        self.context = context.RequestContext
        self.api = rpcapi.ComputeAPI


class Neutron:
    """The library, which has contexts but no objects and no API."""

    def __init__(self, options):
        from neutron_lib import context, rpc

        peer.configure(options, "neutron", transport_url=options.url)
        rpc.init(cfg.CONF)
        self.rpc = rpc
        self.serializer = None
        self.registry = None
        self.context = context.Context


def arguments(description):
    parser = peer.arguments(description)
    parser.add_argument("--project", required=True, choices=PROJECTS)
    parser.add_argument("--objects", help="the release of the objects that cinder sends, such as 1.38")
    return parser


def project(options):
    """The project of the parsed arguments, ready to be used."""
    return {"cinder": Cinder, "nova": Nova, "neutron": Neutron}[options.project](options)


def unpack(project, ctxt, value):
    """A value from JSON, with its objects as real ones."""
    if isinstance(value, list):
        return [unpack(project, ctxt, item) for item in value]
    if not isinstance(value, dict):
        return value
    if "$object" not in value:
        return {name: unpack(project, ctxt, item) for name, item in value.items()}
    unknown = value.keys() - {"$object", "fields", "changes", "class", "version"}
    if unknown:
        raise ValueError(f"unknown keys of an object: {sorted(unknown)}")
    made = project.registry.obj_classes()[value["$object"]][0](ctxt)
    for name, field in value["fields"].items():
        setattr(made, name, unpack(project, ctxt, field))
    if "changes" in value:
        made.obj_reset_changes()
        made._changed_fields.update(value["changes"])
    return made


def pack(value):
    """A value of Python as JSON."""
    if isinstance(value, ovo.VersionedObject):
        fields = {name: pack(getattr(value, name)) for name in value.obj_fields if set_field(value, name)}
        return {
            "$object": value.obj_name(),
            "class": f"{type(value).__module__}.{type(value).__name__}",
            "version": value.VERSION,
            "fields": fields,
            "changes": sorted(value.obj_what_changed()),
        }
    if isinstance(value, dict):
        return {str(name): pack(item) for name, item in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [pack(item) for item in value]
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return str(value)


def set_field(value, name):
    return name in value.fields and value.obj_attr_is_set(name)


def exception(description):
    """An exception from `{"module", "class", "args", "kwargs"}`; a keyword argument `{"$raise": ...}` is one too."""
    made = getattr(importlib.import_module(description["module"]), description["class"])
    kwargs = {
        name: exception(value["$raise"]) if isinstance(value, dict) and "$raise" in value else value
        for name, value in description.get("kwargs", {}).items()
    }
    return made(*description.get("args", []), **kwargs)
