"""What a Python kernel evaluates to tell of its variables: text, for it has to run where nothing of ours is installed.

The list runs no code of the user's: of classes that are neither Python's own nor of numpy or pandas, it looks at the
type and at the attributes that an object has.  It ends after a twentieth of a second, whatever there is.  The question
is an expression beside a request without code (specification: `user_expressions`), so no name is left behind.
"""

from typing import Any, Final

from curses_client.inspected import Look

# names in the list, items of a level, characters of a text, of a value, and columns of a table at most
NAMES: Final = 500
_ITEMS: Final = 200
_TEXT: Final = 20_000
_VALUE: Final = 100
_CELL: Final = 60
_SECONDS: Final = 0.05

_SHORT: Final = f"""
import collections, datetime, decimal, itertools, json, pathlib, sys, time, types, uuid

np, pd = sys.modules.get("numpy"), sys.modules.get("pandas")
missing = type("missing", (), {{}})
Array, Scalar = getattr(np, "ndarray", missing), getattr(np, "generic", missing)
Frame, Series, Index = (getattr(pd, name, missing) for name in ("DataFrame", "Series", "Index"))
NOTHING = [type(getattr(pd, name, missing())) for name in ("NaT", "NA")]
STAMPS = [getattr(pd, name, missing) for name in ("Timestamp", "Timedelta", "Period", "Interval")]
PLAIN = (bool, float, complex, type(None), type(Ellipsis), type(NotImplemented), range, datetime.date, datetime.time,
    datetime.datetime, datetime.timedelta, datetime.timezone, decimal.Decimal, uuid.UUID, pathlib.PosixPath,
    pathlib.WindowsPath, pathlib.PurePosixPath, pathlib.PureWindowsPath, *STAMPS, *NOTHING)
MAPS = dict, collections.OrderedDict, collections.defaultdict, collections.Counter
BOXES = (*MAPS, list, tuple, set, frozenset, collections.deque)
TEXTS = str, bytes, bytearray

def of(value, base):
    # not isinstance: it asks the object for its class
    kind = type(value)
    root = str(type.__dict__["__module__"].__get__(kind)).partition(".")[0]
    return issubclass(kind, base) and root in ("numpy", "pandas")

def short(value, level=2):
    kind = type(value)
    if kind in TEXTS:
        return repr(value[:{_VALUE}]) + ("…" if len(value) > {_VALUE} else "")
    if kind is int:
        return repr(value) if value.bit_length() < 400 else "an integer of %d bits" % value.bit_length()
    if kind in PLAIN:
        return repr(value)
    if of(value, Scalar):
        return kind.__name__ if value.dtype.hasobject or value.dtype.names else str(value)
    if kind in BOXES:
        return boxed(value, level)
    if of(value, Array):
        return "%s [%s]" % (value.dtype, several(value.flat[:6].tolist(), value.size, level))
    if of(value, Series) or of(value, Index):
        first = value[:6] if of(value, Index) else value.iloc[:6]
        return "%s [%s]" % (value.dtype, several(first.tolist(), len(value), level))
    if of(value, Frame):
        return ", ".join(map(label, value.columns[:12])) + (", …" if len(value.columns) > 12 else "")
    if issubclass(kind, type):
        return "%s.%s" % (type.__dict__["__module__"].__get__(value), type.__dict__["__name__"].__get__(value))
    if kind is types.ModuleType:
        return str(types.ModuleType.__getattribute__(value, "__dict__").get("__file__") or "")
    if kind in (types.FunctionType, types.BuiltinFunctionType):
        return value.__qualname__
    return fields(value, level)

def boxed(value, level):
    kind = type(value)
    marks = {{list: "[]", tuple: "()", collections.deque: "[]"}}.get(kind, "{{}}")
    if not value or not level:
        return marks if not value else marks[0] + "…" + marks[1]
    if kind in MAPS:
        found = list(itertools.islice(value.items(), 8))
        texts = ["%s: %s" % (short(key, level - 1), short(item, level - 1)) for key, item in found]
        return marks[0] + ", ".join(texts) + (", …" if len(value) > 8 else "") + marks[1]
    return marks[0] + several(list(itertools.islice(value, 8)), len(value), level) + marks[1]

def several(items, count, level):
    return ", ".join(short(item, level - 1) for item in items) + (", …" if count > len(items) else "")

def fields(value, level):
    try:
        found = object.__getattribute__(value, "__dict__")
    except AttributeError:
        found = {{}}
    if type(found) is not dict or not level:
        return ""
    names = [name for name in itertools.islice(found, 8) if type(name) is str and name[:1] != "_"]
    return ", ".join("%s=%s" % (name, short(found[name], level - 1)) for name in names)

def label(name):
    return name[:{_CELL}] if type(name) is str else short(name)[:{_CELL}]

def shape(value):
    kind = type(value)
    if of(value, Array) or of(value, Frame) or of(value, Series) or of(value, Index):
        return "×".join(map(str, value.shape))
    return str(len(value)) if kind in BOXES or kind in TEXTS or kind is range else ""

def size(value):
    if of(value, Frame):
        return int(value.memory_usage().sum()) if len(value.columns) <= 100 else None
    if of(value, Array) or of(value, Series) or of(value, Index):
        return int(value.nbytes)
    return sys.getsizeof(value) if type(value) in (*BOXES, *TEXTS, *PLAIN, int) else None

def named(value):
    return str(type.__dict__["__name__"].__get__(type(value)))
"""

_TABLE: Final = f"""
def dull(name, value, hidden):
    if name[:1] == "_" or (name in hidden and hidden[name] is value) or name in ("In", "Out", "exit", "quit"):
        return True
    kind = type(value)
    return issubclass(kind, type) or kind in (types.ModuleType, types.FunctionType, types.BuiltinFunctionType)

def answer(space, everything):
    began = time.monotonic()
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    hidden = getattr(shell, "user_ns_hidden", None) or {{}}
    found = dict(space)
    names = [name for name in found if type(name) is str and (everything or not dull(name, found[name], hidden))]
    rows = []
    for name in sorted(names)[:{NAMES}]:
        value, told = found[name], ["", None, "…"]
        try:
            if time.monotonic() - began < {_SECONDS}:
                told = [shape(value), size(value), short(value)[:{_VALUE}]]
        except Exception as error:
            # another thread may be changing it
            told = ["", None, "…"]
        rows.append([name[:{_VALUE}], named(value)[:{_CELL}], *told])
    return {{"rows": rows, "count": len(names)}}
"""

_LOOK: Final = f"""
def children(value):
    if isinstance(value, dict):
        return ((label(key), item) for key, item in dict.items(value))
    if isinstance(value, tuple) and hasattr(type(value), "_fields"):
        return zip(type(value)._fields, value)
    return ((str(number), item) for number, item in enumerate(value))

def is_box(value):
    return isinstance(value, (dict, list, tuple, set, frozenset, collections.deque)) or (
        isinstance(value, Array) and value.ndim > 2)

def answer(space, look):
    try:
        return opened(space, look)
    except Exception as error:
        return {{"failure": "%s: %s" % (type(error).__name__, (str(error).splitlines() or [""])[0][:200])}}

def opened(space, look):
    if look["name"] not in space:
        return {{"failure": "there is no %s any more" % look["name"]}}
    value = space[look["name"]]
    for number in look["path"]:
        value = next(itertools.islice(children(value), number, None))[1]
    if isinstance(value, (Frame, Series, Index)) or (isinstance(value, Array) and 0 < value.ndim < 3):
        return grid(value, look, space)
    if is_box(value):
        found = list(itertools.islice(children(value), {_ITEMS}))
        items = [[key, named(item)[:{_CELL}], short(item)[:{_VALUE}], is_box(item)] for key, item in found]
        return {{"kind": "tree", "type": named(value), "items": items, "count": len(value)}}
    text = value if isinstance(value, str) else repr(value)
    more = "\\n… %d more characters" % (len(text) - {_TEXT}) if len(text) > {_TEXT} else ""
    return {{"kind": "text", "type": named(value), "text": text[:{_TEXT}] + more}}

def cell(value):
    if isinstance(value, float) or of(value, Scalar) and isinstance(value, np.floating):
        return "%.6g" % value
    return label(value)

def grid(value, look, space):
    columns, names, dtypes, index, total = columns_of(value)
    where, sort, first, left = look["where"], look["sort"], look["first"], look["first_col"]
    order = None
    if where:
        order = np.flatnonzero(chosen(value, where, look["name"], space, total))
    if sort is not None and sort < len(names):
        order = ordered(columns(sort), order, look["descending"])
    count = total if order is None else len(order)
    first = max(min(first, count - look["rows"]), 0)
    shown = range(first, min(first + look["rows"], count))
    places = list(shown) if order is None else [int(order[number]) for number in shown]
    which = range(min(left, len(names)), min(left + look["cols"], len(names)))
    taken = [taken_of(columns(number), places) for number in which]
    return {{"kind": "grid", "type": named(value), "first": first, "count": count, "total": total,
        "cols": len(names), "index": [label(index(place)) for place in places],
        "columns": [label(names[number]) for number in which], "dtypes": [str(dtypes[number]) for number in which],
        "rows": [[cell(column[row]) for column in taken] for row in range(len(places))]}}

def columns_of(value):
    if isinstance(value, Frame):
        return (lambda n: value.iloc[:, n]), value.columns, list(value.dtypes), value.index.__getitem__, len(value)
    if isinstance(value, (Series, Index)):
        index = value.index.__getitem__ if isinstance(value, Series) else int
        return (lambda n: value), [value.name if value.name is not None else "value"], [value.dtype], index, len(value)
    if value.dtype.names and value.ndim == 1:
        names = value.dtype.names
        return (lambda n: value[names[n]]), names, [value.dtype[name] for name in names], int, len(value)
    if value.ndim == 1:
        return (lambda n: value), ["value"], [value.dtype], int, len(value)
    width = value.shape[1]
    return (lambda n: value[:, n]), range(width), [value.dtype] * width, int, len(value)

def taken_of(column, places):
    return list(column.iloc[places] if isinstance(column, Series) else column[places])

def chosen(value, where, name, space, total):
    if isinstance(value, Frame):
        mask = value.eval(where, engine="python", global_dict=dict(space), local_dict={{}})
    else:
        mask = eval(where, dict(space), {{"np": np, "pd": pd, "x": value, name: value}})
    mask = np.asarray(mask)
    if mask.ndim == 2 and len(mask) == total:
        mask = mask.any(axis=1)
    if mask.dtype != bool or mask.shape != (total,):
        raise ValueError("the expression is to be true or false for each row")
    return mask

def ordered(column, order, descending):
    series = getattr(pd, "Series", None)
    if series is not None:
        column = series(np.asarray(column) if isinstance(column, Index) else column).reset_index(drop=True)
        column = column if order is None else column.iloc[order]
        return column.sort_values(ascending=not descending, kind="stable").index
    places = np.arange(len(column)) if order is None else order
    found = places[np.argsort(column[places], kind="stable")]
    return found[::-1] if descending else found
"""


def listing(*, everything: bool) -> str:
    """Return the expression for the list."""
    return _expression(_SHORT + _TABLE, everything)


def looking(look: Look) -> str:
    """Return the expression for what is in a variable."""
    return _expression(_SHORT + _LOOK, look.__dict__)


def _expression(source: str, argument: Any) -> str:
    # only in the expression itself `locals` are the user's names
    called = f"found['json'].dumps(found['answer'](space, {argument!r}))"
    return f"(lambda found, space: (exec({source!r}, found), {called})[1])({{}}, locals())"
