# SPDX-License-Identifier: Apache-2.0
"""`restic forget` over as many snapshots: what it takes to load them and to judge them.

restic makes a snapshot in a second, so that 100,000 of them are written here instead: files of its
repository's format (restic, "References": a nonce, AES-256-CTR, Poly1305-AES), under the key that
restic itself made. restic reads and judges them as its own."""

import base64
import datetime
import hashlib
import json
import os
import random
import subprocess

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.poly1305 import Poly1305

NOW = datetime.datetime(2026, 11, 24, 3, tzinfo=datetime.timezone.utc)
SPAN = 5.5 * 365 * 86400
# The same as jobs.SIX_RULES: those that restic has, too.
POLICY = ["--keep-last", "10", "--keep-hourly", "24", "--keep-daily", "7", "--keep-weekly", "4",
          "--keep-monthly", "12", "--keep-yearly", "5", "--keep-within", "2d",
          "--keep-tag", "prod"]


class Repository:
    def __init__(self, folder):
        self.folder = folder
        self.made = 0
        self.environment = {"RESTIC_REPOSITORY": str(folder), "RESTIC_PASSWORD": "bench",
                            "HOME": str(folder.parent)}
        self.run("init")
        key = json.loads(self.run("cat", "masterkey"))
        self.encrypt = base64.b64decode(key["encrypt"])
        self.mac = algorithms.AES(base64.b64decode(key["mac"]["k"]))
        self.r = base64.b64decode(key["mac"]["r"])
        self.random = random.Random(1)

    @staticmethod
    def command(*words):
        return ["restic", "--no-cache", "--no-lock", "--quiet", *words]

    def run(self, *words):
        return subprocess.run(self.command(*words), check=True, capture_output=True, text=True,
                              env=os.environ | self.environment).stdout

    def forget(self):
        return self.command("forget", "--dry-run", "--json", "--group-by", "", *POLICY)

    def load(self):
        """Reads as many, and judges none of them."""
        return self.command("snapshots", "--json", "--latest", "1")

    def grow(self, count):
        """To so many snapshots, of five years and a half."""
        for number in range(self.made, count):
            age = datetime.timedelta(seconds=self.random.random() * SPAN)
            snapshot = {"time": (NOW - age).isoformat(), "tree": hashlib.sha256(b"").hexdigest(),
                        "paths": ["/srv"], "hostname": "bench", "username": "bench"}
            if number % 5000 == 0:
                snapshot["tags"] = ["prod"]
            sealed = self.seal(json.dumps(snapshot).encode())
            name = hashlib.sha256(sealed).hexdigest()
            (self.folder / "snapshots" / name).write_bytes(sealed)
        self.made = max(self.made, count)

    def seal(self, text):
        nonce = self.random.randbytes(16)
        cipher = Cipher(algorithms.AES(self.encrypt), modes.CTR(nonce)).encryptor()
        sealed = cipher.update(text) + cipher.finalize()
        block = Cipher(self.mac, modes.ECB()).encryptor()
        once = block.update(nonce) + block.finalize()
        return nonce + sealed + Poly1305.generate_tag(self.r + once, sealed)
