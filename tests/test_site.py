"""The site that tests reach over HTTP is the real one."""

import os
import socket
import sys

import psutil
import pytest

from tests.site import Site


def test_a_site_serves_and_says_so(site: Site) -> None:
    assert site.get("/readyz").status == 200
    assert site.get("/no-such-page/").status == 404


def test_a_load_balancer_need_not_name_a_host(site: Site) -> None:
    for path in (b"/healthz", b"/readyz"):
        with socket.create_connection(("127.0.0.1", site.port)) as balancer:
            balancer.sendall(b"GET %b HTTP/1.0\r\n\r\n" % path)
            assert b" 200 " in balancer.recv(100)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such policy")
def test_no_thread_of_a_web_process_interrupts_another(site: Site) -> None:
    site.get("/healthz")
    # Python may have a process of its own for tracking, with one thread.
    processes = [[thread.id for thread in p.threads()] for p in psutil.Process(site.pid).children()]
    threads_of_each = [threads for threads in processes if len(threads) > 1]
    assert threads_of_each
    for threads in threads_of_each:
        assert {os.sched_getscheduler(thread) for thread in threads} == {os.SCHED_BATCH}
