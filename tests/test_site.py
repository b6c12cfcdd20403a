"""The site that tests reach over HTTP is the real one."""

from tests.site import Site


def test_a_site_serves_and_says_so(site: Site) -> None:
    assert site.get("/readyz").status == 200
    assert site.get("/no-such-page/").status == 404
