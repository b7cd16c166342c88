import pytest

from harness.answer import Answer, Unparsable, answer_schema, read_label

LABELS = ("supported", "refuted", "conflicting", "not_enough_evidence")


@pytest.mark.parametrize(
    "raw",
    [
        '{"label": "refuted"}',
        '{\n  "label": "refuted"\n}',
        '{"label": "Refuted"}',
        '```json\n{"label": "refuted"}\n```',
        '```\n{"label": "REFUTED"}\n```\n',
        "refuted",
        " Refuted \n",
        "REFUTED.",
        "```\nrefuted\n```",
    ],
)
def test_read_label_reads_what_is_plainly_one_label(raw):
    assert read_label(raw, LABELS) == Answer("refuted")


def test_read_label_keeps_the_rationale():
    raw = '{"label": "supported", "rationale": "Passage a1.s07 says so."}'
    assert read_label(raw, LABELS) == Answer("supported", "Passage a1.s07 says so.")


def test_read_label_gives_the_spelling_of_the_question():
    assert read_label("pants-fire", ("Pants-Fire", "True")).label == "Pants-Fire"


@pytest.mark.parametrize(
    "raw",
    [
        "The claim is refuted",
        "Label: refuted",
        '{"label": "refuted"} because passage 1 says otherwise',
        'Here you are:\n```json\n{"label": "refuted"}\n```',
        '```json\n{"label": "refuted"}\n```\n```json\n{"label": "refuted"}\n```',
        "````\n```\nrefuted\n```\n````",
        "```json refuted```",
    ],
)
def test_read_label_refuses_prose_and_more_than_one_fence(raw):
    with pytest.raises(Unparsable):
        read_label(raw, LABELS)


@pytest.mark.parametrize("raw", ['{"label": "refuted",}', '{label: "refuted"}', "{'label': 'refuted'}", '["refuted"]'])
def test_read_label_refuses_what_is_no_json_object(raw):
    with pytest.raises(Unparsable):
        read_label(raw, LABELS)


@pytest.mark.parametrize(
    "raw",
    [
        "supported refuted",
        "supported, refuted",
        "supported or refuted",
        '{"label": "supported"}{"label": "refuted"}',
        '{"label": "supported", "label": "refuted"}',
        '{"label": ["supported", "refuted"]}',
        '{"label": "supported/refuted"}',
    ],
)
def test_read_label_refuses_two_verdicts(raw):
    with pytest.raises(Unparsable):
        read_label(raw, LABELS)


@pytest.mark.parametrize("raw", ["INCORRECT", '{"label": "INCORRECT"}'])
def test_read_label_reads_no_correct_in_incorrect(raw):
    with pytest.raises(Unparsable):
        read_label(raw, ("correct", "wrong"))


@pytest.mark.parametrize("raw", ["NOT_SUPPORTED", '{"label": "NOT_SUPPORTED"}', "unsupported"])
def test_read_label_reads_no_supported_in_not_supported(raw):
    with pytest.raises(Unparsable):
        read_label(raw, LABELS)


@pytest.mark.parametrize("raw", ["not true", "Not true.", '{"label": "not true"}'])
def test_read_label_reads_no_true_in_not_true(raw):
    with pytest.raises(Unparsable):
        read_label(raw, ("true", "false"))


@pytest.mark.parametrize(
    "raw", ["", " \n", "```\n```", "```json\n\n```", ".", "{}", '{"label": ""}', '{"label": null}']
)
def test_read_label_refuses_an_empty_answer(raw):
    with pytest.raises(Unparsable):
        read_label(raw, LABELS)


@pytest.mark.parametrize("raw", ['{"label": "refu', '{"label": "refuted"', "refu", '```json\n{"label": "refuted"}'])
def test_read_label_refuses_an_answer_that_is_cut_off(raw):
    with pytest.raises(Unparsable):
        read_label(raw, LABELS)


@pytest.mark.parametrize(
    "raw",
    [
        '{"verdict": "refuted"}',
        '{"label": "refuted", "confidence": 0.9}',
        '{"label": "refuted", "rationale": 1}',
        '{"Label": "refuted"}',
        '{"rationale": "no label"}',
        '{"label": ' + "[" * 100_000,
    ],
)
def test_read_label_refuses_other_keys_and_values(raw):
    with pytest.raises(Unparsable):
        read_label(raw, LABELS)


@pytest.mark.parametrize("raw", ["refuted..", "refuted!", "not enough evidence", "**refuted**", '"refuted"'])
def test_read_label_mends_nothing(raw):
    with pytest.raises(Unparsable):
        read_label(raw, LABELS)


def test_read_label_refuses_labels_that_differ_in_case_alone():
    with pytest.raises(Unparsable):
        read_label("true", ("True", "TRUE"))


def test_answer_schema_allows_the_labels_alone():
    schema = answer_schema(LABELS)
    assert schema["properties"]["label"]["enum"] == list(LABELS)
    assert schema["additionalProperties"] is False
