"""`flask escalations report`: the figures as tables that a team reads."""

from tests.hospital import Hospital


def test_the_report_says_how_fast_and_how_many(hospital: Hospital) -> None:
    hospital.enrols().texts("39.5")
    hospital.move(minutes=4)
    hospital.nurse.texts("1")
    printed = hospital.runs("escalations", "report").output
    words = " ".join(printed.split())
    assert "emergency 0 1 2026-01-05 01:00" in words
    assert "emergency 1 0 s / 0 s 4 min / 4 min -" in words
    assert "PKU 2026-01-05 1 0 0 s / 0 s 4 min / 4 min - - -" in words
    assert all(len(line) <= 120 for line in printed.splitlines())


def test_one_site_or_a_known_one(hospital: Hospital) -> None:
    hospital.employs_elsewhere("dr-zhou", "+8613900000009")
    hospital.enrols().texts("39.5")
    assert "SHX" not in hospital.runs("escalations", "report", "--site", "PKU").output
    whole = hospital.runs("escalations", "report", "--weeks", "1").output
    assert [line.split()[0] for line in whole.splitlines()[-4:]] == ["PKU", "PKU", "SHX", "all"]
    refused = hospital.runs("escalations", "report", "--site", "XXX")
    assert (refused.exit_code, "unknown site 'XXX': write one of PKU, SHX" in refused.output) == (1, True)


def test_one_is_ended_at_the_command_line_with_what_fits_it(hospital: Hospital) -> None:
    hospital.enrols().texts("qwertz")
    assert "UNDELIVERABLE" in hospital.runs("escalations", "outcomes").output
    said = ("--by", "nurse-li", "--note", "read to her by phone", "--outcome")
    refused = hospital.runs("escalations", "resolve", "1", *said, "sent_home")
    assert refused.exit_code == 2
    refused = hospital.runs("escalations", "resolve", "1", *said, "false_alarm")
    assert (refused.exit_code, "cannot end as false_alarm" in refused.output) == (1, True)
    assert hospital.runs("escalations", "resolve", "9", *said, "read_by_a_person").exit_code == 1
    assert hospital.runs("escalations", "resolve", "1", *said, "read_by_a_person").output == "No. 1 is resolved: read_by_a_person\n"
    assert hospital.the_escalation().resolved_by == "nurse-li"
    printed = " ".join(hospital.runs("escalations", "report").output.split())
    assert "read_by_a_person 0 1" in printed
