import pytest

from harness.answer import Abstained, Answer, Refused, Unparsable, answer_schema, read_label
from harness.label import Outcome

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


def unparsable(raw, labels=LABELS):
    """Neither a label nor an abstention nor a refusal."""
    with pytest.raises(Unparsable) as caught:
        read_label(raw, labels)
    return caught.type is Unparsable and caught.value.outcome is Outcome.UNPARSABLE


@pytest.mark.parametrize(
    "raw",
    [
        "'refuted'",
        "“refuted”",
        'He said "refuted".',
        '{"label": "\\"refuted\\""}',
        '{"label": "the verdict is \'refuted\'"}',
        '> {"label": "refuted"}',
        "`refuted`",
    ],
)
def test_a_verdict_inside_a_quotation_is_none(raw):
    assert unparsable(raw)


@pytest.mark.parametrize(
    "raw",
    ["widerlegt", "réfuté", "refutado", "опровергнуто", "спростовано", "反驳", "支持", '{"label": "unterstützt"}'],
)
def test_a_label_in_another_language_is_none(raw):
    assert unparsable(raw)


@pytest.mark.parametrize(
    "raw", ["rеfuted", "ｒｅｆｕｔｅｄ", "refu\u200bted", "refuted\u202e", "ſupported"]
)  # Cyrillic e, full width, unseen
def test_a_look_alike_of_a_label_is_none(raw):
    assert unparsable(raw)


@pytest.mark.parametrize(
    "raw", ["[\n", '{"label": "refuted",\n}', '```json\n{"label": "refuted",}\n```', '{"label": "refuted"},']
)
def test_a_trailing_comma_is_not_mended(raw):
    assert unparsable(raw)


def test_not_enough_evidence_in_other_words_is_no_abstention_and_no_label():
    assert unparsable("There is not enough evidence to tell.")
    assert unparsable("The passages do not say.")
    assert unparsable("unknown")


@pytest.mark.parametrize(
    "raw",
    [
        "I'm sorry, but I can't assist with that request.",
        "I’m sorry, but I can’t help with that.",
        "I cannot comply with this request as it involves living people.",
        "As an AI language model, I am unable to provide political judgements.",
        "Sorry, I won't engage with this topic.",
        "This request violates our usage policy.",
        "Es tut mir leid, aber ich kann dabei nicht helfen.",
        "Je suis désolé, mais je ne peux pas vous aider.",
        "Lo siento, pero no puedo ayudar con eso.",
        "К сожалению, я не могу помочь с этим запросом.",
        "很抱歉，我无法提供帮助。",
        '{"label": "I\'m sorry, but I can\'t assist with that."}',
        "<think>Is this allowed?</think>I can't help with that.",
    ],
)
def test_a_refusal_is_recognised(raw):
    with pytest.raises(Refused) as caught:
        read_label(raw, LABELS)
    assert caught.value.outcome is Outcome.REFUSED


@pytest.mark.parametrize(
    "raw",
    [
        "I don't know.",
        "I do not know whether this is so.",
        "I will not answer.",
        "I'd rather not say.",
        "I decline to judge this claim.",
        "I'm sorry, but I cannot answer that.",
        "I abstain.",
        "abstain",
        '{"label": "abstain"}',
        "No answer.",
        "Ich weiß es nicht.",
        "Я не знаю.",
    ],
)
def test_an_abstention_is_recognised(raw):
    with pytest.raises(Abstained) as caught:
        read_label(raw, LABELS)
    assert caught.value.outcome is Outcome.ABSTAINED


@pytest.mark.parametrize(
    "raw",
    [
        "I cannot say that it is refuted.",
        "I can't help with that. Refuted.",
        "I'm sorry, but I can't assist with that. However: not enough evidence.",
        "I don't know, maybe conflicting.",
        "The article says: I can't help with that.",
        "I don't know. " + "And so on. " * 100,
        "We cannot support this claim.",
        "I cannot provide evidence for this claim.",
    ],
)
def test_a_refusal_with_a_verdict_or_within_prose_is_unparsable(raw):
    assert unparsable(raw)


def test_an_abstention_that_is_a_label_is_that_label():
    assert read_label("Abstain", ("true", "abstain")).label == "abstain"


def test_a_closed_block_of_reasoning_is_passed_over():
    assert read_label('<think>\nIt may be supported.\n</think>\n\n{"label": "refuted"}', LABELS) == Answer("refuted")


@pytest.mark.parametrize(
    "raw",
    [
        "<think>It is refuted",
        "<think>refuted</think>",
        "refuted<think>supported</think>",
        "<think>a</think>refuted<think>b</think>supported",
        "<think>x<think>y</think>refuted",
    ],
)
def test_a_verdict_within_reasoning_is_none(raw):
    assert unparsable(raw)


def test_read_label_gives_the_cited_passages_once_each():
    raw = '{"rationale": "So it says.", "label": "refuted", "evidence": ["a1.s07", "a1.s02", "a1.s07"]}'
    assert read_label(raw, LABELS) == Answer("refuted", "So it says.", ("a1.s07", "a1.s02"))


@pytest.mark.parametrize("cited", ['"a1.s07"', "[7]", "null", "{}"])
def test_cited_passages_that_are_no_ids_are_refused(cited):
    assert unparsable(f'{{"label": "refuted", "evidence": {cited}}}')


def test_answer_schema_puts_the_reason_before_the_label():
    schema = answer_schema(LABELS, rationale=True, passages=["a1.s07"])
    assert list(schema["properties"]) == schema["required"] == ["rationale", "label", "evidence"]
    assert schema["properties"]["evidence"]["items"]["enum"] == ["a1.s07"]


def test_answer_schema_without_passages_lists_none_to_choose_from():
    assert answer_schema(LABELS, passages=[])["properties"]["evidence"]["items"] == {"type": "string"}
