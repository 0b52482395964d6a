"""All bugs, by the part of the service they are in."""

from tests.seeded.bug import Bug
from tests.seeded.bugs import admission, answering, delivery, reading, replay, serving, spool, validation

BUGS: tuple[Bug, ...] = (
    *validation.BUGS,
    *reading.BUGS,
    *admission.BUGS,
    *answering.BUGS,
    *delivery.BUGS,
    *spool.BUGS,
    *serving.BUGS,
    *replay.BUGS,
)
