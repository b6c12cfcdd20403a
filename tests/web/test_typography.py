from undersign.web.templatetags.typography import soft_hyphens


def test_a_long_german_word_may_break_where_german_breaks_it() -> None:
    assert soft_hyphens("Gesichtserkennung", "de").split("\u00ad") == ["Gesichts", "er", "ken", "nung"]


def test_short_words_and_unknown_languages_are_left_alone() -> None:
    assert soft_hyphens("Our square", "en") == "Our square"
    assert soft_hyphens("أزيلواكاميراتالتعرّف", "ar") == "أزيلواكاميراتالتعرّف"
