"""Exceptions in the style of the OpenStack services, for both sides of the tests."""


class ServiceError(Exception):
    """The usual base class: a format, filled from keyword arguments that stay readable in `kwargs`."""

    msg_fmt = "The service failed."
    code = 500

    def __init__(self, message=None, **kwargs):
        self.kwargs = {"code": self.code, **kwargs}
        super().__init__(message or self.msg_fmt % kwargs)


class VolumeNotFound(ServiceError):
    msg_fmt = "Volume %(volume_id)s could not be found."
    code = 404


class VolumeBusy(ServiceError):
    msg_fmt = "Volume %(volume_id)s is busy: %(reason)s"
    code = 409


class LimitReached(Exception):
    """Positional arguments only, and no `kwargs`."""

    def __init__(self, resource, limit):
        super().__init__(resource, limit)
