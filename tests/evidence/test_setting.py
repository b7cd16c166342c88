"""What each evidence setting shows."""

import json

import pytest

from harness.errors import ConfigError, InputError
from harness.evidence import Gold
from harness.evidence.bm25 import Bm25
from harness.evidence.collection import DatasetPassages, Folder
from harness.evidence.noisy import GoldRemoved, Noisy
from harness.evidence.retrieved import Frozen, Retrieved

# str.splitlines cuts at each of the three; JSON leaves them bare in a string.
ODD = "It rained.\u2028Two bridges\u0085were\u2029closed. \x7f"


def ids(given):
    return {id_: [passage.id for passage in passages] for id_, passages in given.shown.items()}


def retrieved(k=2):
    return Retrieved(Bm25(), DatasetPassages(), k)


def frozen(tmp_path, given, change=lambda rows: rows):
    path = tmp_path / "retrieval.jsonl"
    path.write_text("".join(change(list(given.retrieval.lines()))), "utf-8")
    return Frozen(str(path))


def test_gold_shows_the_gold_passages_in_the_order_of_the_articles(corpus, needs):
    assert ids(Gold().give(corpus(), needs[1:])) == {"c2": ["a1.s02", "a2.s02"]}


def test_retrieved_shows_the_best_k_best_first(corpus, needs):
    given = retrieved().give(corpus(), needs)
    assert ids(given) == {"c1": ["a1.s01", "a2.s02"], "c2": ["a1.s02", "a2.s02"]}
    assert given.retrieval.head.n_passages == 5


def test_a_withheld_passage_cannot_be_found_and_is_counted(corpus, needs):
    given = retrieved(5).give(corpus(withheld=("a1.s01",)), needs)
    assert "a1.s01" not in ids(given)["c1"]
    assert (given.retrieval.head.n_passages, given.retrieval.head.n_withheld) == (4, 1)


def test_a_dataset_without_any_text_cannot_be_searched(corpus, needs):
    bare = corpus(withheld=("a1.s01", "a1.s02", "a1.s03", "a2.s01", "a2.s02"))
    with pytest.raises(InputError, match="withholds the text of all 5 passages"):
        retrieved().give(bare, needs)


def test_k_below_one_is_refused():
    with pytest.raises(ConfigError, match=r"evidence\.k is 0"):
        retrieved(0)


def test_frozen_replays_a_retrieval_word_for_word(corpus, needs, tmp_path):
    given = retrieved().give(corpus(), needs)
    again = frozen(tmp_path, given).give(corpus(withheld=("a1.s01",)), needs)
    assert again == given


def test_frozen_refuses_a_question_without_ranking(corpus, needs, tmp_path):
    saved = frozen(tmp_path, retrieved().give(corpus(), needs[:1]))
    with pytest.raises(InputError, match='no ranking of question "c2"'):
        saved.give(corpus(), needs)


def test_frozen_refuses_a_ranking_of_other_words(corpus, needs, tmp_path):
    saved = frozen(tmp_path, retrieved().give(corpus(), needs))
    with pytest.raises(InputError, match='question "c1" was made for another text'):
        saved.give(corpus(), [needs[0].__class__("c1", "It snowed.", ("a1.s01",))])


def test_frozen_refuses_a_passage_with_other_words(corpus, needs, tmp_path):
    saved = frozen(
        tmp_path,
        retrieved().give(corpus(), needs),
        lambda rows: [row.replace("two bridges", "ten bridges") for row in rows],
    )
    with pytest.raises(InputError, match=r'passage "a1.s02" has another text than in tiny 1.0.0'):
        saved.give(corpus(), needs)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda rows: rows[:-1] + rows[-2:-1], r'line \d+: "c1" is there twice'),
        (lambda rows: rows[:1] + rows[2:], r"has no line of its own"),
        (lambda rows: rows[:3], "holds no ranking"),
        (lambda rows: rows[1:], "line 1 has"),
        (lambda rows: [*rows[:-1], rows[-1][:20]], "expected a retrieval.jsonl as a run saves it"),
    ],
)
def test_a_damaged_retrieval_is_told_by_line(corpus, needs, tmp_path, change, message):
    with pytest.raises(InputError, match=message):
        frozen(tmp_path, retrieved().give(corpus(), needs), change).give(corpus(), needs)


def test_a_retrieval_with_line_separators_in_its_texts_is_read_back(corpus, needs, tmp_path):
    (tmp_path / "mine.jsonl").write_text(json.dumps({"id": "x1", "text": ODD}, ensure_ascii=False) + "\n", "utf-8")
    given = Retrieved(Bm25(), Folder(str(tmp_path)), 1).give(corpus(), needs)
    assert [passage.text for passage in given.retrieval.passages] == [ODD]
    assert frozen(tmp_path, given).give(corpus(), needs).retrieval.passages == given.retrieval.passages


def test_noisy_adds_near_passages_that_are_gold_of_no_claim_in_the_cluster(corpus, needs):
    # a2.s02 is nearest to c1 after its gold, and gold of its kin; the next by shared words is none, so order decides.
    assert ids(Noisy(Bm25(), n=1).give(corpus(), needs[:1])) == {"c1": ["a1.s01", "a1.s02"]}


def test_gold_removed_shows_as_many_others(corpus, needs):
    given = ids(GoldRemoved(Bm25()).give(corpus(), needs))
    assert [len(given[need.id]) for need in needs] == [1, 2]
    assert all(not need.kin & set(given[need.id]) for need in needs)


def test_noisy_says_where_there_are_too_few_passages(corpus, needs):
    with pytest.raises(InputError, match='"c1" has 3 passages that are gold of no claim in its cluster; expected 4'):
        Noisy(Bm25(), n=4).give(corpus(), needs)


def test_a_folder_gives_a_known_sentence_its_own_id(corpus, tmp_path):
    rows = [{"id": "x1", "text": "Ann said that two bridges were closed."}, {"id": "x2", "text": "A new sentence."}]
    (tmp_path / "mine.jsonl").write_text("\n".join(map(json.dumps, rows)))
    (tmp_path / "b.txt").write_text("It rained in Ryazan on Monday. Nobody saw it.")
    (tmp_path / "notes.md").write_text("Not read.")
    found = Folder(str(tmp_path)).load(corpus())
    assert [passage.id for passage in found.texts] == ["a1.s01", "b.s02", "a1.s02", "x2"]


def test_a_folder_whose_ids_mean_other_texts_is_refused(corpus, tmp_path):
    (tmp_path / "a1.txt").write_text("It snowed.")
    with pytest.raises(InputError, match=r'passage "a1\.s01" is also another text\'s id'):
        Folder(str(tmp_path)).load(corpus())


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "is no JSON"),
        ('{"id": "x"}', "has no id or no text"),
        ("[]", "has no id"),
        ('{"id": 1, "text": "x"}', "has no id"),
    ],
)
def test_a_bad_row_of_a_folder_is_told_by_line(corpus, tmp_path, line, message):
    (tmp_path / "mine.jsonl").write_text('{"id": "x1", "text": "Good."}\n' + line)
    with pytest.raises(InputError, match=f"mine.jsonl line 2 {message}"):
        Folder(str(tmp_path)).load(corpus())


def test_a_folder_without_texts_is_told(corpus, tmp_path):
    with pytest.raises(InputError, match="holds no text"):
        Folder(str(tmp_path)).load(corpus())
