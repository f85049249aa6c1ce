"""Runs OpenStack Swift with its S3 API; its four servers share one process.

Reads a JSON object from standard input: `folder` for the data, `port` on loopback, `accessKey` (account:user),
`secretKey`, `pageSize` of listings. Checks signatures and their expiry. Encrypts objects that request SSE-S3 on disk.
"""

import base64
import json
import os
import sys

import eventlet

eventlet.monkey_patch()

import eventlet.wsgi
from swift.common import utils, wsgi
from swift.common.ring import RingBuilder

settings = json.load(sys.stdin)
folder = settings["folder"]
account, user = settings["accessKey"].split(":")

# Swift reads the suffix from /etc/swift by default, which needs root.
utils.HASH_PATH_SUFFIX = os.urandom(16)

STORE = """
[DEFAULT]
devices = {folder}
swift_dir = {folder}
mount_check = false
fallocate_reserve = 0
[app:main]
use = egg:swift#{name}
"""

FRONT = """
[DEFAULT]
swift_dir = {folder}
[pipeline:main]
pipeline = catch_errors gatekeeper listing_formats s3api tempauth slo keymaster encryption proxy-server
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:gatekeeper]
use = egg:swift#gatekeeper
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:s3api]
use = egg:swift#s3api
max_bucket_listing = {page_size}
[filter:tempauth]
use = egg:swift#tempauth
user_{account}_{user} = {secret_key} .admin
[filter:slo]
use = egg:swift#slo
[filter:keymaster]
use = egg:swift#keymaster
encryption_root_secret = {root_secret}
[filter:encryption]
use = egg:swift#encryption
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
"""


class MemoryCache:
    """The memcached client that Swift expects, as a dictionary: one process needs no shared cache."""

    def __init__(self):
        self.values = {}

    def get(self, key, *_args, **_options):
        return self.values.get(key)

    def set(self, key, value, *_args, **_options):
        self.values[key] = value

    def delete(self, key, *_args, **_options):
        self.values.pop(key, None)


def load(name, template, **values):
    path = os.path.join(folder, f"{name}.conf")
    with open(path, "w") as file:
        file.write(template.format(folder=folder, name=name, **values))
    return wsgi.loadapp(path)


def save_ring(name, port):
    """Writes a ring that maps all data of the server `name` to one disk behind one port."""
    builder = RingBuilder(part_power=1, replicas=1, min_part_hours=0)
    builder.add_dev({"region": 1, "zone": 1, "weight": 1, "ip": "127.0.0.1", "port": port, "device": "disk"})
    builder.rebalance()
    builder.get_ring().save(os.path.join(folder, f"{name}.ring.gz"))


def serve(listener, app):
    eventlet.wsgi.server(listener, app, log_output=False)


os.makedirs(os.path.join(folder, "disk"), exist_ok=True)
for name in ["account", "container", "object"]:
    listener = eventlet.listen(("127.0.0.1", 0))
    save_ring(name, listener.getsockname()[1])
    eventlet.spawn(serve, listener, load(name, STORE))

front = load(
    "front",
    FRONT,
    account=account,
    user=user,
    secret_key=settings["secretKey"],
    page_size=settings["pageSize"],
    root_secret=base64.b64encode(os.urandom(32)).decode(),
)
cache = MemoryCache()


def with_cache(environ, start_response):
    environ["swift.cache"] = cache
    return front(environ, start_response)


serve(eventlet.listen(("127.0.0.1", settings["port"])), with_cache)
