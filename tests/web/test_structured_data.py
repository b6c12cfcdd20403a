import json

from undersign.web.presentation.structured_data import petition_structured_data


def test_a_title_cannot_end_the_script_it_stands_in() -> None:
    title = "</script><script>alert(1)</script>"
    data = petition_structured_data(
        title=title, ask="Ask", url="https://a.example/p/x/", organisation="A & B", language="en"
    )
    assert "<" not in data
    assert json.loads(data)["name"] == title
