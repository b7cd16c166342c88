"""The command `veristance`: the verb is read here, help in words is printed here, all else is a Hydra app.

Nothing but the standard library is imported before a verb is known, so that `--help` is quick.
"""

from __future__ import annotations

import sys
from pathlib import Path

VERBS = {
    "evaluate": "run one system, or a sweep of systems, and score it",
    "inject": "plant instructions in claims and passages, and count the verdicts that change",
    "compare": "put runs side by side and write the report",
    "runs": "list the runs that there are, how far they are and what they are worth",
    "watch": "follow a running sweep: rate, cost, coverage, scores so far",
    "ranks": "systems x datasets: mean ranks, Friedman's test and Nemenyi's critical difference",
    "systems": "list the systems that ship, and what each needs",
    "datasets": "list the datasets that have a map, their licence and size, and which are on this machine",
    "map": "guess the map of a file of your own: ten rows as questions, the table of labels, and a YAML",
    "audit": "probe a dataset: what gives labels away, what stands in two splits, which evidence leaks",
    "check": "compose and make everything, count questions and cost, try the server",
    "build": "build the dataset from seeds/, source and annotations, or check it",
    "ingest": "take new articles into seeds/: text, Markdown or HTML",
    "annotate": "label in Label Studio: serve, push, pull, status, adjudicate, stop",
    "publish": "publish the dataset: to a hub, a folder or an archive",
    "diff": "say what changed between two versions of the dataset",
    "rehydrate": "fill article text into a dataset that was published without it",
    "export": "write our questions for other harnesses, or scores for results boards",
    "import": "make a run of another harness's log on our questions",
}

HELP = """veristance scores fact-checkers - scikit-learn and embedding classifiers, LLMs - on one labelled dataset of news claims.

Usage: veristance VERB [key=value ...] [Hydra's own flags]

{verbs}

Start here:
  veristance evaluate system=tfidf                          one system on the veracity task
  veristance evaluate system=tfidf task=stance              the same on the stance task
  veristance evaluate -m system=majority,tfidf,llm task=veracity,stance
                                                            a sweep (-m): every combination, one run each
  veristance compare                                        report on the latest sweep: reports/latest/report.html
  veristance compare 'runs=[runs/veracity/*]'               report on the runs that you name

Settings are key=value after the verb: task=veracity|stance|check_worthiness, evidence=gold|none|retrieved, sample=100, seed=1, fresh=true, debug=true.
`veristance VERB --help` says what a verb takes; `veristance VERB --cfg job` prints its whole configuration.
Exit codes: 0 done, 1 our fault, 2 bad input, 3 below the bar, 4 some questions have no answer, 130 interrupted.
"""

USAGE = {
    "evaluate": """Runs a system on a task and scores it. Answers are saved as they arrive: the same command goes on where it stopped.

Usage: veristance evaluate [-m] [key=value ...]

  system=NAME      {system}
  task=NAME        {task}
  evidence=NAME    what the system may read (none = closed book): {evidence}
  dataset=NAME     {dataset}
  train_on=NAME    a dataset that trains, with dataset.space=ours: does what was learnt of one hold on the other?
  protocol=NAME    {protocol}: how trained systems get out-of-fold predictions
  experiment=NAME  {experiment}: a whole table at once
  sample=N         ask about N questions only, drawn at random by the seed; null asks all
  seed=N           of folds, samples and systems
  fresh=true       answer everything again and replace the run
  client=NAME      {client}: how the llm systems reach a model (client.base_url, client.model, client.api_key_env)
  dry_run=true     count questions, tokens and cost, and send nothing
  engine.KEY=...   connections, retries, timeout_s, requests_per_minute, tokens_per_minute, budget.usd, price, cache
  again=[...]      outcomes to ask again: [failed] (default), [failed,unparsable]
  runs_dir=DIR     where runs are kept (runs)
  -m               sweep: system=a,b task=veracity,stance makes one run for each combination

A system of your own: put my.yaml with `_target_: mypackage.MySystem` in a folder ./conf/system and run
  veristance evaluate --config-dir conf system=my '+allow=[mypackage]'
""",
    "inject": """Plants instructions in claims and passages of a run, asks again, and counts the verdicts that change, beside controls that ask
for nothing. Makes the run first where it is not there. `veristance compare` shows the figures as a table.

Usage: veristance inject [-m] [key=value ...]     the keys of evaluate, and

  injection=NAME          {injection}: the texts; a file of your own goes in ./conf/injection (--config-dir conf)
  injection.per_probe=N   questions for each text (2), each of another cluster
  injection.per_control=N the same for texts that ask for nothing (6)
""",
    "compare": """Puts runs side by side: a table, a report in HTML and its twin in Markdown.

Usage: veristance compare [key=value ...]

  runs=[a,b]       run directories or patterns ('runs=[runs/veracity/*]'); left out: the latest sweep
  runs_dir=DIR     where the latest sweep is looked up (runs)
  out=DIR          where the report goes (reports/latest)
  metric=NAME      {metric}: score all runs anew by this set; left out: as the first run was
  figures=png      each picture as SVG and PNG (svg); null for none
  explain=true     say in words what each number means
  correction=bh    Benjamini and Hochberg's correction of the paired tests (holm)
  margin=0.02      how much worse still counts as no worse, for the test of equivalence
  fail_below=0.6   exit code 3 and junit.xml where a contender's headline value is lower
  baseline=NAME    a system or run: fail_below is then on the difference from it (fail_below=-0.02)
  fail_by=low      the end of the interval that must reach the bar: value, low or high (value)
""",
    "ranks": """A table of systems x datasets from runs that are there, with mean ranks, Friedman's test and Nemenyi's critical difference.

Usage: veristance ranks [key=value ...]

  runs=[a,b]       one run of each system on each dataset; left out: the latest sweep
  metric_name=X    macro_f1, accuracy; left out: the runs' headline
  out=FILE         reports/ranks.md
""",
    "runs": """Lists runs: how far each is, its headline metric with interval, its cost.

Usage: veristance runs [key=value ...]

  runs=[a,b]       run directories or patterns ('runs=[runs/veracity/*]'); left out: all
  state=complete   or incomplete: some question has no answer yet
  runs_dir=DIR     where the runs are (runs)
""",
    "watch": """Follows runs from another terminal while they go on: rate, time left, coverage, cost, and scores so far with intervals.

Usage: veristance watch [key=value ...]

  every=2          seconds between two looks; it ends when all runs are complete
  hours=1          runs that were written in so many hours
  once=true        look once
  runs_dir=DIR     where the runs are (runs)
""",
    "systems": """Lists the systems that ship: name, what it is, what it needs.

Usage: veristance systems
""",
    "datasets": """Lists the datasets that have a map: tasks, labels, licence, size, source, and which are on this machine.

Usage: veristance datasets
""",
    "map": """Guesses how a file of your own is laid out, shows ten of its rows as questions, the table of labels and what would be left out, and
writes a YAML to be read over and mended. Nothing else is written.

Usage: veristance map path=claims.csv [key=value ...]

  out=FILE                conf/dataset/<name of the file>.yaml; then: veristance evaluate --config-dir conf dataset=<name>
  task=NAME               veracity or stance (veracity)
  columns.claim=NAME      and gold, evidence (none for none), id, cluster, split, date: what the guess got wrong
  'labels={True: supported}'   ours for the file's labels
  format.encoding=latin-1 format.delimiter=';' format.quoting=none   what the guess got wrong
""",
    "audit": """Probes a dataset: claim only, evidence only, metadata only, surface form, duplicates across splits, evidence from fact-checking
sites, evidence dated after the claim. Prints a report and writes it as Markdown and JSON.

Usage: veristance audit dataset=NAME [key=value ...]     the keys of dataset, and task=NAME

  out=DIR          where audit.md and audit.json go (reports/audit-<dataset>-<task>)
  rows=N           rows that the probes are fitted on, drawn by the seed (20000); null takes all
  seed=N           of folds and draws
""",
    "check": """Composes the configuration, makes every part, counts questions, tokens and cost, and asks no question. A model behind a
server gets one small request, which shows a missing key, a server that does not answer, an ignored schema or log-probabilities.

Usage: veristance check [key=value ...]     the keys of evaluate

  probe=false      send nothing at all
""",
    "build": """Builds the dataset from seeds/, dataset/source/ and dataset/annotation/. Needs a checkout and veristance[build].

Usage: veristance build [key=value ...]

  check=true       write nothing; fail with exit code 3 where dataset/ is not what the inputs give or misses a bar
  out=DIR          write to another folder than dataset/
""",
    "ingest": """Takes articles into seeds/, each with a sidecar of what is known about it. Refuses one that is there already.

Usage: veristance ingest 'paths=[article.html,note.txt]' [key=value ...]

  paths=[...]      plain text (verbatim), Markdown, or HTML (its main text)
  title= outlet= published_on= as_of= language= url=     what a file does not say of itself
""",
    "annotate": """Labels items in Label Studio and brings the votes into dataset/annotation/. Needs a checkout and veristance[annotate].

Usage: veristance annotate do=STEP [key=value ...]

  do=serve         start a Label Studio on 127.0.0.1 (install=true installs it first); do=stop ends it
  do=push          make a project for each annotator and task, and add what is to be labelled
  do=status        progress, agreement so far, and what to label next
  do=pull          validate the votes and write them, with a report
  do=adjudicate    decide what all say alike, and push what differs to a project for the adjudicator; again, to take the decisions
  round=N          the round; annotators=[p1,p2] pseudonyms, one project each
  tasks=[...]      veracity, stance, check_worthiness, or claims to write those of a new article
  items=[...]      undecided, all, or ids of articles, claims, pairs or passages
  url=URL          another server (LABEL_STUDIO_URL); its token is read from LABEL_STUDIO_API_KEY
""",
    "publish": """Publishes the built dataset: shows what would change against what is there, scans it, asks, then makes one commit and a tag
with the version. Needs a checkout and veristance[hub]; docs/publishing.md leads through a release.

Usage: veristance publish repo=OWNER/NAME [key=value ...]

  repo=OWNER/NAME  on the hub of HF_ENDPOINT, with the token of HF_TOKEN or `hf auth login`
  target=folder    a static copy in out=DIR that load_dataset reads; target=archive: a zip with checksums and DataCite metadata
  text_policy=NAME which text of the articles travels: none (default in public), quotes, full
  private=true     make the repository private
  dry_run=true     send nothing; the default where no terminal is there
  yes=true         do not ask
  check=false      do not build the dataset anew first
""",
    "diff": """Says which rows two versions of the dataset do not share, which labels and words changed, and the step in the version that it asks for.

Usage: veristance diff a=OLD [b=NEW] [key=value ...]     each a folder, or owner/name@revision on the hub

  b=NEW            left out: the dataset that ships
  most=N           rows printed of each kind of change (20)
  out=FILE         the whole difference as JSON
""",
    "rehydrate": """Fills article text into a dataset that was published without it, from your own copies, and checks every sentence by its sha256.

Usage: veristance rehydrate path=DATASET articles=DIR out=DIR

  path=DATASET     a folder, or owner/name@revision on the hub
  articles=DIR     your copies as .txt; the words must be the same, line ends need not
  out=DIR          a new folder; then veristance evaluate dataset.path=DIR
""",
    "export": """Writes our questions, with our prompt and our reading of answers, as a task of another harness; or scores of runs for boards.

Usage: veristance export to=TARGET [key=value ...]

  to=lm_eval       task files of lm-evaluation-harness: generation, and multiple choice by one letter a label
  to=inspect       a task module of inspect-ai
  to=eee           Every Eval Ever records, with intervals, of runs=[...]
  to=hub_results   the hub's .eval_results and model-index, of runs=[...] on hub_dataset=OWNER/NAME
  task=NAME evidence=NAME prompt=NAME dataset=NAME     what is exported, as for evaluate
  out=DIR          where it is written (exported)
""",
    "import": """Makes a run of answers that another harness logged on questions of ours: read by our rules, scored with our intervals, comparable.

Usage: veristance import from=HARNESS path=LOG [key=value ...]

  from=inspect     a .json log or an .eval archive; from=lm_eval: samples_*.jsonl; from=promptfoo: results.json with vars.id
  task=NAME evidence=NAME dataset=NAME     as they were exported
  name=NAME        what the run is called; left out: the model's name
""",
}


def main(argv: list[str] | None = None) -> int:
    """Run the verb; gives the exit code."""
    args = list(sys.argv[1:] if argv is None else argv)
    if not args or args[0] in {"-h", "--help", "help"}:
        verbs = "\n".join(f"  {verb:<10} {what}" for verb, what in VERBS.items())
        print(HELP.format(verbs=verbs), end="")
        return 0
    verb, rest = args[0], args[1:]
    if verb in {"-V", "--version", "version"}:
        from harness import __version__

        print(f"veristance {__version__}")
        return 0
    if verb not in VERBS:
        print(_unknown(verb), file=sys.stderr)
        return 2
    if "-h" in rest or "--help" in rest:
        print(USAGE[verb].format_map(_Choices()), end="")
        return 0
    from harness import app

    return app.run(verb, rest)


class _Choices(dict[str, str]):
    """Names of a config group's files, read when a usage text asks for them."""

    def __missing__(self, group: str) -> str:
        from harness import paths

        return ", ".join(sorted(path.stem for path in Path(paths.configs(), group).glob("*.yaml")))


def _unknown(verb: str) -> str:
    import difflib

    near = difflib.get_close_matches(verb, VERBS, n=1)
    hint = f"did you mean {near[0]!r}?" if near else "run `veristance --help`."
    return f"veristance: {verb!r} is no verb; expected {', '.join(VERBS)}; {hint}"


if __name__ == "__main__":
    sys.exit(main())
