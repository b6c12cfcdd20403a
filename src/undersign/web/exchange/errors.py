"""What can be wrong with a petition file, said so that its author can mend it."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: in which file, on which line (from 1, if known), at which key."""

    file: str
    message: str
    line: int | None = None
    key: str = ""

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.key}: {self.message}" if self.key else f"{place}: {self.message}"


@dataclass(slots=True)
class Report:
    """Everything that is wrong with one file, gathered so that it can be mended in one go."""

    file: str
    problems: list[Problem] = field(default_factory=list)

    def add(self, message: str, *, line: int | None = None, key: str = "") -> None:
        """Note one more problem."""
        problem = Problem(self.file, message, line, key)
        if problem not in self.problems:
            self.problems.append(problem)


class PetitionFileInvalid(Exception):
    """One or more petition files cannot be taken in; nothing was written."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)
