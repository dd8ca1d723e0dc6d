"""A number for each run of tox, so that what one run tested is told from what an older one did."""

import os
import uuid

os.environ.setdefault("GRADVERIFY_TOX_RUN", uuid.uuid4().hex)
