"""Shortcut gates and duplicate checks: sound sets pass, and each planted shortcut fails its gate."""

import math
import random
import sys

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from harness.dataset import probe
from harness.dataset.cue import cues
from harness.dataset.duplicate import minilm, near_duplicate_check, near_duplicates, normalised, same_texts
from harness.dataset.floor import above_floor, permuted
from harness.dataset.gate import Floor, Gate
from harness.dataset.shortcut import ahead, contrast, gates, pairs, pairwise, surface_form
from harness.errors import InputError
from harness.label import Content, Edit, Form, Origin, Section, Veracity
from harness.schema import Claim, Passage

S, R = Veracity.SUPPORTED, Veracity.REFUTED
PASSAGES = {
    id_: Passage(
        id=id_, article="a1", start=start, end=start + 80, section=Section.BODY, paragraph=1, sha256="", text=None
    )
    for id_, start in [("a1.s01", 0), ("a1.s02", 80)]
}


def claim(id_, text, veracity, family=0, edit=Edit.NEGATION, evidence=("a1.s01",), **changed):
    """A claim in a cluster of its family's number."""
    usual = {
        "origin": Origin.EXTRACTED if edit is None else Origin.CONTRAST,
        "parent": None if edit is None else f"vc-{family}",
        "family": f"vc-{family}",
        "cluster": f"k-{family}",
        "fold": family % 5,
        "form": Form.OWN_VOICE,
        "content": Content.FACTUAL,
        "article": "a1",
        "spans": (),
        "justification": "So it is.",
        "ambiguous": False,
        "invented": False,
    }
    row = {"id": id_, "text": text, "edit": edit, "veracity": veracity, "evidence": evidence}
    return Claim.model_validate(usual | row | changed)


def crossed(n=60):
    """Of each family P and not-Q supported, not-P and Q refuted; a coin says whether P is of a school or of an inn."""
    coin, made = random.Random(7), []
    for i in range(n):
        true, false = coin.sample(["school", "inn"], 2)
        texts = [
            (f"Mayor{i} did open the {true} at river{i}.", S),
            (f"Mayor{i} did not open the {true} at river{i}.", R),
            (f"Mayor{i} did open the {false} at river{i}.", R),
            (f"Mayor{i} did not open the {false} at river{i}.", S),
        ]
        coin.shuffle(texts)
        made += [claim(f"vc-{i:03d}-{k}", text, veracity, i) for k, (text, veracity) in enumerate(texts)]
    return made


def balanced(n=60):
    """As many supported as refuted claims, and every negated one refuted."""
    return [
        made
        for i in range(n)
        for made in (
            claim(f"vc-{i:03d}-a", f"Mayor{i} did open the school at river{i}.", S, i),
            claim(f"vc-{i:03d}-b", f"Mayor{i} did not open the school at river{i}.", R, i),
        )
    ]


def each(claims, change):
    return [row.model_copy(update=change(row)) for row in claims]


def floor_gate(claims, rows=probe.words, seed=0):
    return above_floor(claims, "words", rows, np.random.default_rng(seed), n_refits=20)


@pytest.fixture(scope="module")
def sound():
    return crossed()


@pytest.mark.parametrize("rows", [probe.words, probe.characters])
def test_pairwise_gate_passes_a_crossed_set(sound, rows):
    gate = pairwise(sound, "word", rows)
    assert gate.passed
    # Four pairs a family: two supported claims by two refuted ones.
    assert (gate.n, gate.n_clusters) == (240, 60)


@pytest.mark.parametrize("rows", [probe.words, probe.characters])
def test_pairwise_gate_fails_a_set_that_is_balanced_and_not_crossed(rows):
    gate = pairwise(balanced(), "word", rows)
    assert not gate.passed
    assert gate.value == gate.bound == 1


def test_pairwise_gate_counts_a_tie_as_half(sound):
    gate = pairwise(sound, "constant", lambda claims: np.ones((len(claims), 1)))
    assert (gate.value, gate.reach) == (0.5, 0)


def test_pairs_are_of_one_family_and_one_kind():
    rows = [
        claim("a", "The parent.", S, 0, edit=None),
        claim("b", "Not-P.", R, 0),
        claim("c", "Not-Q.", S, 0),
        claim("d", "Q.", R, 0),
        claim("e", "Three.", S, 0, edit=Edit.QUANTITY),
        claim("f", "Four.", R, 0, edit=Edit.DATE),
        claim("g", "Not-P.", R, 1),
        claim("h", "Not-Q.", Veracity.CONFLICTING, 1),
    ]
    assert pairs(rows).tolist() == [[2, 1], [2, 3]]


def test_floor_gate_passes_a_crossed_set(sound):
    assert floor_gate(sound).passed


def test_floor_gate_fails_a_set_that_is_balanced_and_not_crossed():
    gate = floor_gate(balanced())
    assert not gate.passed
    assert gate.note.startswith("macro-F1 1.00 against a floor of ")


def test_floor_is_what_kind_and_form_give_away():
    # All quantities are supported, all places refuted: the words tell the kind, and permuting within a kind changes nothing.
    rows = [
        claim(f"vc-{i:03d}-{k}", f"Mayor{i} counted {word}.", veracity, i, edit=edit)
        for i in range(20)
        for k, (word, veracity, edit) in enumerate([("bridges", S, Edit.QUANTITY), ("here", R, Edit.PLACE)])
    ]
    gate = floor_gate(rows)
    assert (gate.value, gate.note) == (0, "macro-F1 1.00 against a floor of 1.00")


def test_permuted_labels_stay_in_their_stratum():
    strata = np.array([1, 0, 1, 0, 1, 0, 1])
    codes = np.array([3, 0, 3, 1, 2, 0, 2])
    drawn = [permuted(codes, strata, np.random.default_rng(seed)) for seed in range(20)]
    assert all(sorted(d[strata == s]) == sorted(codes[strata == s]) for d in drawn for s in (0, 1))
    assert len({tuple(d) for d in drawn}) > 5


def test_evidence_gate_passes_where_labels_share_their_number_of_passages(sound):
    rows = each(sound, lambda row: {"evidence": ("a1.s01", "a1.s02")[: 1 + int(row.cluster[2:]) % 2]})
    assert floor_gate(rows, probe.gold_passages(PASSAGES)).passed


def test_evidence_gate_fails_where_the_label_follows_the_number_of_passages(sound):
    rows = each(sound, lambda row: {"evidence": ("a1.s01", "a1.s02")[: 1 + (row.veracity is R)]})
    gate = floor_gate(rows, probe.gold_passages(PASSAGES))
    assert not gate.passed
    assert gate.note.startswith("macro-F1 1.00")


def test_surface_gate_passes_a_crossed_set(sound):
    assert surface_form(sound).passed


@pytest.mark.parametrize(
    "change", [str.upper, str.lower, lambda text: text.replace(".", "!"), lambda text: f"{text[:-1]} in 2024."]
)
def test_surface_gate_fails_where_the_label_follows_the_surface(sound, change):
    gate = surface_form(each(sound, lambda row: {"text": change(row.text) if row.veracity is R else row.text}))
    assert not gate.passed
    assert gate.value == 1


def test_surface_accuracy_of_unequal_classes_is_a_half_by_chance(sound):
    # Three in four claims are refuted, and every text is the same: whatever is said of all has recalls 1 and 0.
    rows = each(sound, lambda row: {"text": "It rained.", "veracity": S if row.id.endswith("0") else R})
    assert surface_form(rows).value == 0.5


def test_bound_agrees_with_leaving_out_clusters_in_a_loop():
    drawn = random.Random(3)
    right = [drawn.randint(0, 1) for _ in range(47)]
    clusters = [f"k-{drawn.randrange(10)}" for _ in right]
    names = sorted(set(clusters))
    left = []
    for name in names:
        kept = [r for r, cluster in zip(right, clusters, strict=True) if cluster != name]
        left.append(sum(kept) / len(kept))
    mean = sum(left) / len(left)
    variance = (len(left) - 1) / len(left) * sum((value - mean) ** 2 for value in left)
    # 1.833: the 95th percentile of Student's t with 9 degrees of freedom, from a printed table.
    expected = sum(right) / len(right) - 0.1 + 1.833 * math.sqrt(variance + 0.02**2)
    assert len(names) == 10
    gate = Gate(name="share", side="upper", bar=0.6, n=len(right), unit="claims", n_clusters=len(names))
    shares = np.array(right, dtype=float)
    made = gate.measured(lambda w: (w @ shares) / w.sum(axis=1), clusters, floor=Floor(0.1, 0.02))
    assert made.bound == pytest.approx(expected, abs=1e-4)
    lower = made.model_copy(update={"side": "lower"})
    assert made.bound - made.value == pytest.approx(made.value - lower.bound)


def test_gate_as_a_check_names_figure_bound_and_size():
    gate = Gate(
        name="share", value=0.55, reach=0.04, side="upper", bar=0.6, n=99, unit="pairs", n_clusters=37, note="of two"
    )
    assert gate.check().model_dump() == {
        "name": "share",
        "figure": "0.55, upper bound 0.59 (of two; 99 pairs in 37 clusters)",
        "bar": "upper bound <= 0.60",
        "passed": True,
        "reason": "",
    }


def test_too_few_clusters_pass_no_gate_but_that_of_duplicates():
    found = gates(balanced(9), PASSAGES, None)
    assert [check.passed for check in found] == [False] * 5 + [True]
    assert [check.figure.split()[0] for check in found] == ["-"] * 5 + ["0"]


def test_no_claims_are_an_error():
    with pytest.raises(InputError, match="no claims to gate"):
        gates([], PASSAGES, None)


def test_claims_of_one_fold_are_an_error():
    with pytest.raises(InputError, match="in one fold"):
        pairwise(each(balanced(), lambda row: {"fold": 0}), "word", probe.words)


def test_same_seed_gives_the_same_figures_in_any_order_of_rows(sound):
    shuffled = random.Random(1).sample(sound, len(sound))
    assert pairwise(shuffled, "word", probe.words) == pairwise(sound, "word", probe.words)
    assert floor_gate(shuffled) == floor_gate(sound)
    assert surface_form(shuffled) == surface_form(sound)


def test_another_seed_permutes_otherwise(sound):
    assert floor_gate(sound, seed=1).value != floor_gate(sound, seed=0).value


def test_out_of_fold_probabilities_are_those_of_sparse_rows(sound):
    texts = [row.text for row in sound]
    codes = np.array([row.veracity is S for row in sound], dtype=np.intp)
    folds = np.array([row.fold for row in sound])
    sparse = TfidfVectorizer(ngram_range=(1, 2)).fit_transform(texts)
    fitted = LogisticRegression(class_weight="balanced", tol=1e-8).fit(sparse[folds != 0], codes[folds != 0])
    given = probe.out_of_fold(probe.words(sound), codes, folds, 2)[folds == 0]
    # The fits stop within 1e-3 of each other, for scikit-learn's default tolerance is 1e-4 of the gradient.
    np.testing.assert_allclose(given, fitted.predict_proba(sparse[folds == 0]), atol=1e-3)


def test_out_of_fold_gives_an_only_label_probability_one():
    given = probe.out_of_fold(np.ones((3, 1)), np.array([1, 1, 0]), np.array([0, 0, 1]), 2)
    assert given[2].tolist() == [0, 1]


def test_partitions_keep_clusters_whole_and_begin_with_the_datasets_own(sound):
    made = probe.partitions(sound, np.zeros(len(sound), dtype=np.intp))
    assert made[0].tolist() == [row.fold for row in sound]
    for folds in made:
        placed = {(row.cluster, fold) for row, fold in zip(sound, folds.tolist(), strict=True)}
        assert len(placed) == 60
    assert len({tuple(folds) for folds in made}) == probe.N_PARTITIONS


def test_cues_name_the_word_that_gives_the_label_away():
    # Words of both sides differ a little as well, for a longer text gives each of its words less weight.
    found = [cue for cue in cues(balanced()) if len(cue.supported) != len(cue.refuted) and cue.n_clusters == 60]
    assert all(cue.gain > 0 for cue in found)
    held = {cue.ngram: (len(cue.supported), len(cue.refuted)) for cue in found}
    assert held == {"not": (0, 60), "did not": (0, 60), "not open": (0, 60), "did open": (60, 0)}


def test_gains_of_cues_add_up_to_the_margins_of_the_pairs():
    rows = balanced(20)
    asked, total = contrast(rows), 0.0
    vectors = TfidfVectorizer(ngram_range=(1, 2)).fit_transform([row.text for row in asked])
    codes = np.array([row.veracity is S for row in asked], dtype=np.intp)
    parts = probe.partitions(asked, codes)
    for folds in parts:
        for fold in range(5):
            fitted = LogisticRegression(class_weight="balanced").fit(vectors[folds != fold], codes[folds != fold])
            margins = fitted.decision_function(vectors)
            total += sum(margins[s] - margins[r] for s, r in pairs(asked) if folds[s] == fold) / len(parts)
    assert sum(cue.gain for cue in cues(rows)) == pytest.approx(total)
    assert ahead(asked, pairs(asked), probe.words).tolist() == [1.0] * 20


def test_cues_of_few_clusters_are_an_error():
    with pytest.raises(InputError, match="come from 9 clusters; expected 10 or more"):
        cues(balanced(9))


def angle(degrees):
    return np.array([math.cos(math.radians(degrees)), math.sin(math.radians(degrees))], dtype=np.float32)


def test_near_duplicates_are_found_across_clusters_alone():
    # cos 18 = .951 and cos 19 = .946.
    degrees = {"Rain.": 0, "Much rain.": 18, "Snow.": 37, "It rains.": 0}
    families = {"Rain.": 0, "Much rain.": 1, "Snow.": 2, "It rains.": 0}
    rows = [claim(f"vc-{i}", text, S, families[text]) for i, text in enumerate(degrees)]
    found = near_duplicates(rows[::-1], lambda text: angle(degrees[text]))
    assert [(pair.a, pair.b) for pair in found] == [("vc-0", "vc-1"), ("vc-1", "vc-3")]
    assert found[0].cosine == pytest.approx(math.cos(math.radians(18)))
    check = near_duplicate_check(rows, lambda text: angle(degrees[text]))
    assert (check.figure, check.passed) == ("2 (vc-0 vc-1 0.95, vc-1 vc-3 0.95)", False)


def test_same_texts_are_found_whatever_case_and_punctuation():
    texts = ["It rained in Ryazan.", "It snowed in Ryazan.", "it  rained, in ryazan!"]
    rows = [claim(f"vc-{i}", text, S) for i, text in enumerate(texts)]
    assert same_texts(rows) == [("vc-0", "vc-2")]


def test_normalised_text_keeps_numbers_apart():
    assert normalised("3.5 km") != normalised("35 km")
    assert normalised("Ｆｕｌｌ №１") == normalised("full no1")


def test_missing_extra_is_told_with_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    from harness.system import embedding

    embedding._load.cache_clear()
    with pytest.raises(InputError, match=r'onnxruntime is not installed.*pip install "veristance\[embedded\]"'):
        near_duplicates([claim("vc-0", "A text that no other test embeds.", S)], minilm())


@pytest.mark.integration
def test_near_duplicates_of_minilm():
    texts = [
        "A strong earthquake struck the coast of Chile on Friday.",
        "On Friday, a strong earthquake struck the coast of Chile.",
        "The central bank of Chile kept its interest rate unchanged on Friday.",
    ]
    rows = [claim(f"vc-{i}", text, S, i) for i, text in enumerate(texts)]
    assert [(pair.a, pair.b) for pair in near_duplicates(rows, minilm())] == [("vc-0", "vc-1")]


@pytest.mark.integration
def test_embeddings_add_two_rows():
    with_them, without = gates(balanced(9), PASSAGES, minilm()), gates(balanced(9), PASSAGES, None)
    assert {check.name for check in without} < {check.name for check in with_them}
    assert len(with_them) == len(without) + 2
