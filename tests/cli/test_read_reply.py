"""`read-reply` prints a reading readably or as JSON lines, in order, and says which line is wrong."""

import json

import pytest
from click.testing import CliRunner, Result

from followup_service.cli.read_reply import read_reply_command


def _run(*args: str, stdin: str = "") -> Result:
    return CliRunner().invoke(read_reply_command, list(args), input=stdin)


def _line(number: int, text: str, question: str | None = None) -> str:
    return json.dumps({"id": number, "language": "zh_Hans", "open_question": question, "text": text})


def test_a_text_is_described() -> None:
    ran = _run("--language", "zh_Hans", "38度5，右肩疼")
    assert ran.exit_code == 0
    assert "emergency" in ran.output
    assert "38.50 °C" in ran.output
    assert "SHOULDER_PAIN" in ran.output


def test_explain_names_the_words_and_the_dropped_numbers() -> None:
    output = _run("--language", "en", "--explain", "ALT 38.5, no fever").output
    assert "dropped: belongs to ALT" in output
    assert 'cleared by "no"' in output


def test_explain_names_the_words_of_the_command_and_of_the_answer() -> None:
    output = _run("--language", "zh_Hans", "--explain", "退订").output
    assert '0-2 "退订" = command stop' in output
    assert '0-2 "退订": stop_phrase, stop_word' in output
    output = _run("--language", "en", "--question", "yes_no", "--explain", "thanks, all good but yes").output
    assert '21-24 "yes" = answer yes' in output
    assert '8-16 "all good": fine' in output


def test_explain_names_the_words_that_nobody_understood_and_another_language() -> None:
    assert '0-11 "qwertz uiop" = not understood' in _run("--language", "en", "--explain", "qwertz uiop").output
    assert '0-15 "no tengo fiebre" = written in es' in _run("--language", "en", "--explain", "no tengo fiebre").output


def test_json_lines_come_back_in_order() -> None:
    stdin = "\n".join([_line(1, "38度5"), _line(2, "没有", "yes_no"), _line(3, "退订")])
    rows = [json.loads(line) for line in _run("--jsonl", stdin=stdin).output.splitlines()]
    assert [row["id"] for row in rows] == [1, 2, 3]
    assert (rows[0]["celsius"], rows[0]["level"], rows[0]["codes"]) == ("38.50", "emergency", ["FEVER"])
    assert rows[0]["temperatures"][0]["written"] == "38度5"
    assert rows[1]["answer"] == "no"
    assert rows[2]["command"] == "stop"


@pytest.mark.parametrize(
    ("text", "question", "level", "codes"),
    [
        ("退订", None, "review", ["OPTED_OUT"]),
        ("STOP 39.5", None, "emergency", ["FEVER", "STOPPED_WHILE_UNWELL"]),
        ("1", "yes_no", "urgent", []),
        ("2", "yes_no", "none", []),
    ],
)
def test_the_level_is_that_of_the_escalation(text: str, question: str | None, level: str, codes: list[str]) -> None:
    row = json.loads(_run("--jsonl", stdin=_line(1, text, question)).output)
    assert (row["level"], row["codes"]) == (level, codes)


@pytest.mark.parametrize(
    ("line", "advice"),
    [
        ("{", "line 2 is not JSON"),
        ("[]", "line 2 has no text"),
        ('{"language": "xx", "text": "38"}', "line 2: language is 'xx'; write one of"),
        ('{"language": "en", "text": "38", "open_question": "mood"}', "line 2: open_question is 'mood'; write null or one of"),
    ],
)
def test_a_wrong_line_is_named_and_earlier_output_kept(line: str, advice: str) -> None:
    ran = _run("--jsonl", stdin=f"{_line(1, '38.5')}\n{line}\n")
    assert ran.exit_code == 2
    assert '"id": 1' in ran.stdout
    assert advice in ran.stderr


def test_without_a_text_it_says_what_to_write() -> None:
    ran = _run("--language", "en")
    assert ran.exit_code == 2
    assert "write one" in ran.stderr
