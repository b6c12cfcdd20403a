"""The site that tests reach over HTTP is the real one."""

import os
import sys

import psutil
import pytest

from tests.site import Site


def test_a_site_serves_and_says_so(site: Site) -> None:
    assert site.get("/readyz").status == 200
    assert site.get("/no-such-page/").status == 404


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such policy")
def test_no_thread_of_a_web_process_interrupts_another(site: Site) -> None:
    site.get("/healthz")
    for process in psutil.Process(site.pid).children():
        threads = [thread.id for thread in process.threads()]
        assert len(threads) > 1
        assert {os.sched_getscheduler(thread) for thread in threads} == {os.SCHED_BATCH}
